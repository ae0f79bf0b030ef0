"""What is known of a training file after reading it, in a form that merges.

The summary of a file equals the merged summaries of its parts, number for number: whole-number counts, exact
histograms and tables chosen by hash. Only line numbers depend on place, and `merge` moves those.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import nlargest

import numpy as np

from pycalc.dataset.similarity import PLACES, Index
from pycalc.dataset.sketch import Sketch, text_hash

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
    vendor: str = ""
    """Whose rules hold; "" is nobody in particular."""
    held_out: HeldOut | None = None


@dataclass
class Occurrences:
    """Findings of one code and severity: how many, and where the first ones are."""

    count: int = 0
    places: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, detail: str) -> None:
        self.count += 1
        if len(self.places) < PLACES_KEPT:
            self.places.append((line, detail))

    def merge(self, other: Occurrences, lines: int) -> None:
        self.count += other.count
        self.places += [(line + lines, detail) for line, detail in other.places]
        del self.places[PLACES_KEPT:]


class Tokens:
    """Token counts in one vocabulary."""

    def __init__(self) -> None:
        self.total: Counter[int] = Counter()
        self.answer: Counter[int] = Counter()
        self.system = 0
        self.rejected = 0
        """Of preference pairs, the answers to avoid."""
        self.longest: list[tuple[int, int]] = []
        """Tokens and line, negated so that the earlier of two equals is the larger."""

    def add(self, total: list[int], answer: list[int], system: int, rejected: int, lines: list[int]) -> None:
        self.total.update(total)
        self.answer.update(answer)
        self.system += system
        self.rejected += rejected
        self._keep([(tokens, -line) for tokens, line in zip(total, lines, strict=True)])

    def merge(self, other: Tokens, lines: int) -> None:
        self.total += other.total
        self.answer += other.answer
        self.system += other.system
        self.rejected += other.rejected
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
        self.findings: dict[tuple[str, str], Occurrences] = {}
        self.kinds: dict[str, list[int]] = {}
        """For each format its examples and its first line."""
        self.messages: Counter[int] = Counter()
        self.tokens = {name: Tokens() for name in options.encodings}
        self.labels: dict[str, Counter[int]] = {}
        self.labels_complete = True
        self.same_examples = Sketch(EXAMPLES_COMPARED, sound=np.maximum)
        self.prompts = Sketch(EXAMPLES_COMPARED, lowest=np.minimum, highest=np.maximum)
        self.answers = Sketch(TEXTS_COMPARED, signature=np.minimum)
        self.questions = Sketch(TEXTS_COMPARED, signature=np.minimum)
        self.leaks: dict[str, dict[int, int]] = {kind: {} for kind in LEAKS}
        """Row of the held-out file's table, and the first line that repeats it."""

    def report(self, code: str, severity: str, detail: str) -> None:
        """File a finding on the current line."""
        self.findings.setdefault((code, severity), Occurrences()).add(self.lines, detail)

    def take_kind(self, format: str) -> None:
        """Count the current line as an example of a format."""
        self.kinds.setdefault(format, [0, self.lines])[0] += 1

    def merge(self, other: Summary) -> Summary:
        """Take in the summary of the lines that follow."""
        lines = self.lines
        for name in ("lines", "bytes", "examples", "faulty", "without_system", "without_user"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for key, finding in other.findings.items():
            self.findings.setdefault(key, Occurrences()).merge(finding, lines)
        for format, (count, first) in other.kinds.items():
            self.kinds.setdefault(format, [0, first + lines])[0] += count
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
