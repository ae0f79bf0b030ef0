"""What a hand-over did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.file.addresses import area_of, row_and_column
from workbook.file.cells import Value


class HandoverDifference(WorkbookError):
    """The result would not show the same numbers; nothing was written."""


@dataclass(slots=True)
class Replacement:
    """One formula that was replaced, or one and its copies filled down: `before`, `after` and `value` are the first's.

    where : the first cell, or what else held the formula ("name rate", "conditional format A1:A9").
    how : "formula", "lambda" or "value", or "left" for one that could not be replaced.
    cells : how many cells hold it.
    """

    sheet: str
    where: str
    how: str
    before: str
    after: str
    value: Value = None
    note: str = ""
    cells: int = 1

    @property
    def area(self) -> str:
        """Every cell that holds it."""
        if self.cells == 1:
            return self.where
        row, column = row_and_column(self.where)
        return area_of(row, column, row + self.cells - 1, column)


@dataclass
class Handover:
    """What `handover` did."""

    out: Path
    mode: str
    replacements: list[Replacement] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    """A line each: the engine, or how else they were worked out, how many formulas, and that nothing differs."""
    warnings: list[str] = field(default_factory=list)
    prices: list[tuple[str, str]] = field(default_factory=list)
    """Prices of the catalogue that stand in the copy as numbers, with their source."""

    @property
    def replaced(self) -> int:
        """How many formulas were replaced, each cell counted."""
        return sum(line.cells for line in self.replacements)
