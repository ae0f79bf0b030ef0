"""The examples of one batch of lines: checked one by one, counted and compared together.

Together, because each different text is then counted once (a training file repeats its system prompt on every
line), and because NumPy works on whole columns.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np

from pycalc.dataset import content, vendors
from pycalc.dataset.checks import check
from pycalc.dataset.findings import ERROR, NOTE
from pycalc.dataset.similarity import signatures
from pycalc.dataset.sketch import Sketch, hashes
from pycalc.dataset.summary import Summary
from pycalc.models.tokenizer import count_many

NO_LABEL = "(none)"

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number with well spread bits (2^64 / golden ratio), so prompt and answer do not cancel out."""


def _take_definitions(given: tuple[Any, ...], asked: list[str], texts: list[tuple[int, str]]) -> tuple[int, int]:
    """Add the tools' definitions to what is asked and counted; how many functions, and their fixed tokens."""
    functions = fixed = 0
    for definitions in given:
        if not definitions:
            continue
        asked.append(content.compact(definitions))
        counted = content.tool_texts(definitions) if isinstance(definitions, list) else None
        if counted is None:
            texts.append((content.OTHER, asked[-1]))
        else:
            functions += len(definitions)
            fixed += counted[0]
            texts += [(content.OTHER, text) for text in counted[1]]
    return functions, fixed


class Batch:
    """The examples of one batch, whose texts are counted together, each different text once."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.lines: list[int] = []
        self.fixed: list[int] = []
        self.fixed_rejected: list[int] = []
        self.functions: list[int] = []
        self.texts: dict[str, int] = {}
        self.text: list[int] = []  # for each counted text: its number in `texts`,
        self.kind: list[int] = []  # what it is,
        self.owner: list[int] = []  # and the example it belongs to
        self.labels: list[str] = []
        self.sound: list[bool] = []  # no error was found in the example
        self.prompts: list[str] = []
        self.answers: list[str] = []
        self.questions: list[str] = []

    def add(self, example: Any) -> None:
        """Check an example and take it in; all of it or, when it cannot be read, nothing."""
        summary = self.summary
        worst = [NOTE]

        def report(code: str, severity: str, detail: str) -> None:
            if severity == ERROR:
                worst[0] = ERROR
            summary.report(code, severity, detail)

        options = summary.options
        read = check(example, report, vendors.vendor(options.vendor), options.label.partition(".")[0])
        if read is None or not read.messages:
            return
        messages = [*read.messages, *read.preferred]
        texts: list[tuple[int, str]] = []
        asked, answered, questions = [], [], []
        roles = set()
        for message in messages:
            role = message.get("role")
            if isinstance(role, str):
                roles.add(role)
            texts += content.counted(message)
            if role == "assistant":
                answered.append(content.identity(message))
            else:
                asked.append(content.identity(message))
                if role == "user":
                    questions.append(content.text_of(message.get("content")))
        for message in read.rejected:
            texts += [(content.REJECTED, text) for _, text in content.counted(message)]
            answered.append(content.identity(message))
        functions, fixed = _take_definitions((read.tools, read.other.get("functions")), asked, texts)
        for kind, text in texts:
            self.text.append(self.texts.setdefault(text, len(self.texts)))
            self.kind.append(kind)
        self.owner += [len(self.lines)] * len(texts)
        self.lines.append(summary.lines)
        self.fixed.append(content.fixed_tokens(messages) + fixed)
        self.functions.append(functions)
        self.fixed_rejected.append(content.fixed_tokens(read.rejected) if read.rejected else 0)
        self.prompts.append("\x1e".join(asked))
        self.answers.append("\x1e".join(answered))
        self.questions.append("\n".join(questions))
        if summary.options.label:
            self.labels.append(_label(example, summary.options.label))
        summary.take_kind(read.format)
        summary.examples += 1
        summary.faulty += worst[0] == ERROR
        self.sound.append(worst[0] != ERROR)
        summary.messages[len(messages)] += 1
        summary.without_system += not ("system" in roles or "developer" in roles)
        summary.without_user += "user" not in roles

    def token_counts(self) -> list[list[int]]:
        """Tokens of each different text, in each vocabulary."""
        return [count_many(list(self.texts), encoding) for encoding in self.summary.options.encodings]

    def take_tokens(self, counted: list[list[int]]) -> None:
        """Put the token counts into the summary."""
        if not self.lines:
            return
        summary, size = self.summary, len(self.lines)
        text, owner, kind = (np.array(each, int) for each in (self.text, self.owner, self.kind))
        is_answer = kind == content.ANSWER
        for place, ((encoding, tokens), numbers) in enumerate(zip(summary.tokens.items(), counted, strict=True)):
            counts = np.array(numbers, int)[text]
            total = _sums(counts, owner, size) + np.array(self.fixed) + np.array(self.fixed_rejected)
            if encoding == "cl100k_base":
                total += np.array(self.functions) * (content.FUNCTION_CL100K - content.FUNCTION)
            answer = _sums(counts[is_answer], owner[is_answer], size).tolist()
            rejected = int(counts[kind == content.REJECTED].sum()) + sum(self.fixed_rejected)
            tokens.add(total.tolist(), answer, int(counts[kind == content.SYSTEM].sum()), rejected, self.lines)
            if place == 0:
                for label, length in zip(self.labels, answer, strict=False):
                    summary.labels.setdefault(label, Counter())[length] += 1
        summary.bound_labels()

    def compare(self) -> None:
        """Put the examples into the summary's comparison tables."""
        if not self.lines:
            return
        summary = self.summary
        lines = np.array(self.lines)
        prompts, answers = hashes(self.prompts), hashes(self.answers)
        with np.errstate(over="ignore"):
            whole = prompts * _SPREAD ^ answers
        _file(summary.same_examples, whole, lines, sound=np.array(self.sound))
        _file(summary.prompts, prompts, lines, lowest=answers, highest=answers)
        _file_texts(summary.answers, answers, lines, self.answers)
        held_out = summary.options.held_out
        every = held_out is not None
        questions, signature = _file_texts(summary.questions, hashes(self.questions), lines, self.questions, every)
        if held_out is not None:
            for kind, hash in (("examples", whole), ("prompts", prompts)):
                pairs = _equal(getattr(held_out, kind), hash)
                self._leak(kind, pairs, lines)
            self._leak("questions", held_out.questions.find(signature), questions)

    def _leak(self, kind: str, pairs: np.ndarray, lines: np.ndarray) -> None:
        """File pairs of a row of the held-out table and a place in `lines`, the earliest line of each row."""
        leaks = self.summary.leaks[kind]
        for row, line in sorted(zip(pairs[:, 0].tolist(), lines[pairs[:, 1]].tolist(), strict=True)):
            leaks.setdefault(row, line)


def _file(sketch: Sketch, hash: np.ndarray, lines: np.ndarray, **columns: np.ndarray) -> None:
    """Add the entries a sketch wants."""
    wanted = np.flatnonzero(sketch.wanted(hash))
    kept = {name: column[wanted] for name, column in columns.items()}
    sketch.add(hash[wanted], count=np.ones(len(wanted), "i8"), line=lines[wanted], last=lines[wanted], **kept)


def _file_texts(
    sketch: Sketch, hash: np.ndarray, lines: np.ndarray, texts: list[str], every: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Add each different entry a sketch wants, with its signature.

    Returns the first lines and the signatures of these entries; with `every`, of all entries.
    """
    order = np.argsort(hash, kind="stable")
    unique, begins, count = np.unique(hash[order], return_index=True, return_counts=True)
    first, last = order[begins], order[begins + count - 1]
    wanted = sketch.wanted(unique)
    signed = np.flatnonzero(np.ones_like(wanted) if every else wanted)
    signature = signatures([texts[i] for i in first[signed]])
    kept = wanted[signed]
    row = signed[kept]
    sketch.add(unique[row], count=count[row], line=lines[first[row]], last=lines[last[row]], signature=signature[kept])
    return lines[first[signed]], signature


def _equal(known: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Pairs (row of known, row of given) of equal hashes; `known` is in order."""
    if not len(known):
        return np.empty((0, 2), int)
    place = np.minimum(np.searchsorted(known, given), len(known) - 1)
    hit = np.flatnonzero(known[place] == given)
    return np.column_stack([place[hit], hit])


def _sums(values: np.ndarray, owner: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(owner, weights=values, minlength=size).astype("i8")


def _label(example: dict[str, Any], key: str) -> str:
    value: Any = example
    for step in key.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if value is None or isinstance(value, (dict, list)):
        return NO_LABEL
    return value if isinstance(value, str) else json.dumps(value)
