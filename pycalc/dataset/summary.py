"""What is known of a training file after reading it, in a form that merges.

The summary of a file equals the merged summaries of its parts, number for number: whole-number counts, exact
histograms and tables chosen by hash. Only line numbers depend on place, and `merge` moves those.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TYPE_CHECKING, Any

import numpy as np

from pycalc.dataset import content
from pycalc.dataset.checks import ERROR, NOTE, WARNING, check
from pycalc.dataset.reader import LONGEST_LINE, OverlongLine
from pycalc.dataset.similarity import PLACES, Index, signatures
from pycalc.dataset.sketch import Sketch, hashes, text_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

PLACES_KEPT = 10
"""Findings of one kind whose lines are kept; all are counted."""

LONGEST_KEPT = 10
"""Longest examples whose lines are kept."""

EXAMPLES_COMPARED = 131_072
"""Different examples told apart exactly; past that, duplicates are counted in a random sample of so many."""

TEXTS_COMPARED = 32_768
"""Different answers, and questions, looked at for near likeness; past that, a random sample of so many."""

LABELS_KEPT = 200
"""Different labels counted; a key with more values is no label."""

NO_LABEL = "(none)"


LEAKS = ("examples", "prompts", "questions")
"""What of a held-out file may be in the training file too: whole examples, prompts, nearly the same questions."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What to look for while a training file is read: the tables of the held-out file."""

    examples: np.ndarray
    prompts: np.ndarray
    questions: Index


@dataclass(frozen=True, eq=False)
class Options:
    """How to read a file."""

    encodings: tuple[str, ...]
    """Vocabularies to count in."""
    label: str = ""
    """Key of each example's label, with dots for keys within keys."""
    threads: int | None = None
    held_out: HeldOut | None = None


@dataclass
class Finding:
    """Findings of one code and severity: how many, and where the first ones are."""

    count: int = 0
    places: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, detail: str) -> None:
        self.count += 1
        if len(self.places) < PLACES_KEPT:
            self.places.append((line, detail))

    def merge(self, other: Finding, lines: int) -> None:
        self.count += other.count
        self.places += [(line + lines, detail) for line, detail in other.places]
        del self.places[PLACES_KEPT:]


class Tokens:
    """Token counts in one vocabulary."""

    def __init__(self) -> None:
        self.total: Counter[int] = Counter()
        self.answer: Counter[int] = Counter()
        self.system = 0
        self.longest: list[tuple[int, int]] = []
        """Tokens and line, negated so that the earlier of two equals is the larger."""

    def add(self, total: list[int], answer: list[int], system: int, lines: list[int]) -> None:
        self.total.update(total)
        self.answer.update(answer)
        self.system += system
        self._keep([(tokens, -line) for tokens, line in zip(total, lines, strict=True)])

    def merge(self, other: Tokens, lines: int) -> None:
        self.total += other.total
        self.answer += other.answer
        self.system += other.system
        self._keep([(tokens, line - lines) for tokens, line in other.longest])

    def _keep(self, more: list[tuple[int, int]]) -> None:
        self.longest = nlargest(LONGEST_KEPT, self.longest + more)


class Summary:
    """Counts, distributions, findings and comparison tables of some lines of a file."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.lines = 0
        self.bytes = 0
        self.examples = 0
        self.faulty = 0
        """Counted examples with a finding of severity error."""
        self.without_system = 0
        self.without_user = 0
        self.findings: dict[tuple[str, str], Finding] = {}
        self.messages: Counter[int] = Counter()
        self.tokens = {name: Tokens() for name in options.encodings}
        self.labels: dict[str, Counter[int]] = {}
        self.labels_complete = True
        self.same_examples = Sketch(EXAMPLES_COMPARED)
        self.prompts = Sketch(EXAMPLES_COMPARED, lowest=np.minimum, highest=np.maximum)
        self.answers = Sketch(TEXTS_COMPARED, signature=np.minimum)
        self.questions = Sketch(TEXTS_COMPARED, signature=np.minimum)
        self.leaks: dict[str, dict[int, int]] = {kind: {} for kind in LEAKS}
        """Row of the held-out file's table, and the first line that repeats it."""

    def read(self, batches: Iterable[list[bytes | OverlongLine]]) -> Summary:
        """Take in lines, batch after batch.

        The tokens of one batch are counted on other threads (tiktoken lets go of Python's lock) while this
        one reads and checks the next.
        """
        with ThreadPoolExecutor(1) as pool:
            waiting: tuple[_Batch, Future[list[list[int]]]] | None = None
            for lines in batches:
                batch = self._examine(lines)
                counting = pool.submit(batch.token_counts)
                if waiting:
                    waiting[0].take_tokens(waiting[1].result())
                waiting = (batch, counting)
                batch.compare()
            if waiting:
                waiting[0].take_tokens(waiting[1].result())
        return self

    def _examine(self, lines: list[bytes | OverlongLine]) -> _Batch:
        batch = _Batch(self)
        for line in lines:
            self.lines += 1
            if isinstance(line, OverlongLine):
                self.bytes += line.size + 1
                self.report("line_too_long", ERROR, _overlong(line.size))
                continue
            self.bytes += len(line) + 1
            try:
                example = self._parse(line)
                if example is not _NOTHING:
                    batch.add(example)
            except RecursionError:
                self.report("json", ERROR, "nested too deeply to be read")
        return batch

    def report(self, code: str, severity: str, detail: str) -> None:
        """File a finding on the current line."""
        self.findings.setdefault((code, severity), Finding()).add(self.lines, detail)

    def merge(self, other: Summary) -> Summary:
        """Take in the summary of the lines that follow."""
        lines = self.lines
        for name in ("lines", "bytes", "examples", "faulty", "without_system", "without_user"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for key, finding in other.findings.items():
            self.findings.setdefault(key, Finding()).merge(finding, lines)
        self.messages += other.messages
        for name, tokens in other.tokens.items():
            self.tokens[name].merge(tokens, lines)
        for label, answer in other.labels.items():
            self.labels.setdefault(label, Counter()).update(answer)
        self.labels_complete = self.labels_complete and other.labels_complete
        self.bound_labels()
        for name in ("same_examples", "prompts", "answers", "questions"):
            getattr(self, name).merge(getattr(other, name), lines)
        for kind, rows in other.leaks.items():
            for row, line in rows.items():
                self.leaks[kind].setdefault(row, line + lines)
        return self

    def to_look_for(self) -> HeldOut:
        """This summary's tables, for the reading of a training file that may repeat them."""
        self.settle()
        signature = self.questions.rows.get("signature", np.empty((0, PLACES), "u2"))
        return HeldOut(self.same_examples.hash, self.prompts.hash, Index(signature))

    def settle(self) -> Summary:
        """Make ready to be read or sent: nothing waits to be put in its table."""
        for sketch in (self.same_examples, self.prompts, self.answers, self.questions):
            sketch.settle()
        return self

    def bound_labels(self) -> None:
        if len(self.labels) > LABELS_KEPT:
            kept = sorted(self.labels, key=text_hash)[:LABELS_KEPT]
            self.labels = {label: self.labels[label] for label in kept}
            self.labels_complete = False

    def _parse(self, line: bytes) -> Any:
        try:
            return _DECODER.decode(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            self.report("encoding", ERROR, f"byte {error.start + 1} of the line is not UTF-8")
        except json.JSONDecodeError as error:
            if not line.strip():
                self.report("blank_line", WARNING, "the line is empty")
            else:
                self.report("json", ERROR, _broken(error, line))
        except ValueError as error:
            self.report("json", ERROR, f"not valid JSON: {error}")
        return _NOTHING


class _Batch:
    """The examples of one batch, whose texts are counted together, each different text once."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.lines: list[int] = []
        self.fixed: list[int] = []
        self.texts: dict[str, int] = {}
        self.text: list[int] = []  # for each counted text: its number in `texts`,
        self.kind: list[int] = []  # what it is,
        self.owner: list[int] = []  # and the example it belongs to
        self.labels: list[str] = []
        self.whole: list[str] = []
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

        messages = check(example, report)
        if not messages:
            return
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
        for key in ("tools", "functions"):
            if definitions := example.get(key):
                asked.append(content.compact(definitions))
                texts.append((content.OTHER, asked[-1]))
        for kind, text in texts:
            self.text.append(self.texts.setdefault(text, len(self.texts)))
            self.kind.append(kind)
        self.owner += [len(self.lines)] * len(texts)
        self.lines.append(summary.lines)
        self.fixed.append(content.fixed_tokens(messages))
        self.prompts.append("\x1e".join(asked))
        self.answers.append("\x1e".join(answered))
        self.questions.append("\n".join(questions))
        if summary.options.label:
            self.labels.append(_label(example, summary.options.label))
        summary.examples += 1
        summary.faulty += worst[0] == ERROR
        summary.messages[len(messages)] += 1
        summary.without_system += not ("system" in roles or "developer" in roles)
        summary.without_user += "user" not in roles

    def token_counts(self) -> list[list[int]]:
        """Tokens of each different text, in each vocabulary."""
        from pycalc.tokenizer import count_many

        options = self.summary.options
        return [count_many(list(self.texts), encoding, options.threads) for encoding in options.encodings]

    def take_tokens(self, counted: list[list[int]]) -> None:
        """Put the token counts into the summary."""
        if not self.lines:
            return
        summary, size = self.summary, len(self.lines)
        text, owner, kind = np.array(self.text), np.array(self.owner), np.array(self.kind)
        is_answer = kind == content.ANSWER
        for place, (tokens, numbers) in enumerate(zip(summary.tokens.values(), counted, strict=True)):
            counts = np.array(numbers)[text]
            total = _sums(counts, owner, size) + np.array(self.fixed)
            answer = _sums(counts[is_answer], owner[is_answer], size).tolist()
            tokens.add(total.tolist(), answer, int(counts[kind == content.SYSTEM].sum()), self.lines)
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
        _file(summary.same_examples, whole, lines)
        _file(summary.prompts, prompts, lines, answers=answers)
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


def _file(sketch: Sketch, hash: np.ndarray, lines: np.ndarray, answers: np.ndarray | None = None) -> None:
    """Add the entries a sketch wants."""
    wanted = np.flatnonzero(sketch.wanted(hash))
    columns = {"count": np.ones(len(wanted), "i8"), "line": lines[wanted], "last": lines[wanted]}
    if answers is not None:
        columns["lowest"] = columns["highest"] = answers[wanted]
    sketch.add(hash[wanted], **columns)


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


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _broken(error: json.JSONDecodeError, line: bytes) -> str:
    if line.strip() in (b"[", b"{") or (error.pos == len(error.doc) and line.strip()[:1] == b"["):
        return "the file is laid out over several lines; JSON Lines has one whole object on each line"
    return f"not valid JSON at character {error.pos + 1}: {error.msg}"


def _overlong(size: int) -> str:
    return f"{size / 1e6:,.1f} MB in one line, more than {LONGEST_LINE / 2**20:.0f} MiB: skipped, not counted"


_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number with well spread bits (2^64 / golden ratio), so prompt and answer do not cancel out."""

_NOTHING = object()
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
