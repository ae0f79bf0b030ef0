"""What a hand-over did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.file.cells import Value


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


@dataclass
class Handover:
    """What `handover` did."""

    out: Path
    mode: str
    replacements: list[Replacement] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    """A line each: the engine, how many formulas it computed before and after, and that nothing differs."""
    warnings: list[str] = field(default_factory=list)
    prices: list[tuple[str, str]] = field(default_factory=list)
    """Prices of the catalogue that stand in the copy as numbers, with their source."""
