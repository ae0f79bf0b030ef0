"""What a hand-over did."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from workbook.errors import WorkbookError
from workbook.file.cells import Value
from workbook.file.saving import Filed

_HELD = 1_000


class HandoverDifference(WorkbookError):
    """The result would not show the same numbers; nothing was written."""


@dataclass(slots=True)
class Replacement:
    """One formula that was replaced.

    where : the cell, or what else held the formula ("name rate", "conditional format A1:A9").
    how : "formula", "lambda" or "value", or "left" for one that could not be replaced.
    """

    sheet: str
    where: str
    how: str
    before: str
    after: str
    value: Value = None
    note: str = ""


class Replacements(Sequence[Replacement]):
    """What was replaced, one after the other: in a file without a name but for the last ones."""

    def __init__(self) -> None:
        self._last: list[Replacement] = []
        self._starts: list[int] = []

    def append(self, line: Replacement) -> None:
        self._last.append(line)
        if len(self._last) == _HELD:
            if not self._starts:
                self._filed = Filed()
            self._starts.append(self._filed.file.seek(0, os.SEEK_END))
            pickle.dump([attrgetter(*Replacement.__slots__)(held) for held in self._last], self._filed.file)
            self._last = []

    def __len__(self) -> int:
        return len(self._starts) * _HELD + len(self._last)

    def __iter__(self) -> Iterator[Replacement]:
        for number in range(len(self._starts) + 1):
            yield from self._group(number)

    def _group(self, number: int) -> list[Replacement]:
        if number == len(self._starts):
            return self._last
        self._filed.file.seek(self._starts[number])
        return [Replacement(*fields) for fields in pickle.load(self._filed.file)]

    def __getitem__(self, at: Any) -> Any:
        """A line, or a list of them for a slice."""
        if isinstance(at, slice):
            return list(self)[at]
        number, place = divmod(range(len(self))[at], _HELD)
        return self._group(number)[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list | Replacements) and list(self) == list(other)


@dataclass
class Handover:
    """What `handover` did."""

    out: Path
    mode: str
    replacements: Replacements = field(default_factory=Replacements)
    proofs: list[str] = field(default_factory=list)
    """A line each: the engine, how many formulas it computed before and after, and that nothing differs."""
    warnings: list[str] = field(default_factory=list)
    prices: list[tuple[str, str]] = field(default_factory=list)
    """Prices of the catalogue that stand in the copy as numbers, with their source."""
