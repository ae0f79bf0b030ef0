"""What a hand-over did."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

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


class Replacements:
    """What was replaced, one after the other: in a file without a name but for the last ones."""

    def __init__(self) -> None:
        self._last: list[Replacement] = []
        self._groups = 0

    def append(self, line: Replacement) -> None:
        self._last.append(line)
        if len(self._last) == _HELD:
            if not self._groups:
                self._filed = Filed()
            self._filed.file.seek(0, os.SEEK_END)
            self._groups += 1
            pickle.dump([attrgetter(*Replacement.__slots__)(held) for held in self._last], self._filed.file)
            self._last = []

    def __len__(self) -> int:
        return self._groups * _HELD + len(self._last)

    def __iter__(self) -> Iterator[Replacement]:
        at = 0
        for _ in range(self._groups):
            self._filed.file.seek(at)
            group = pickle.load(self._filed.file)
            at = self._filed.file.tell()
            yield from (Replacement(*fields) for fields in group)
        yield from self._last


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
