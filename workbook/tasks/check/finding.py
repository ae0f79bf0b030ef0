"""What the audit says: one finding, and findings of the same kind put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.file.cells import area_of, column_letters

ERROR = "error"
WARNING = "warning"
NOTE = "note"
SEVERITIES = (ERROR, WARNING, NOTE)
"""error: a figure is wrong or cannot be trusted; warning: look at it before you rely on it; note: good to know."""

SINGLY = 25
"""So many findings of a kind are reported one by one on a sheet; more are put together."""

Place = tuple[int, int]
"""Row and column, counted from 1."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the audit found.

    severity : "error", "warning" or "note".
    kind : a fixed word for the kind of finding, such as "typed-over", for programs.
    sheet, cell : where; a cell may be several ("B2:B9, D4"), both are "" for the workbook as a whole.
    what : what is there, with the values seen.
    remedy : what to do about it.
    count : how many cells it is about.
    formula : the formula in the first of them, in full, where `what` does not hold it.
    """

    severity: str
    kind: str
    sheet: str
    cell: str
    what: str
    remedy: str
    count: int = 1
    formula: str = ""

    @property
    def where(self) -> str:
        """Sheet and cell as a formula writes them, "" for the workbook."""
        from workbook.formulas.parser import quoted_sheet

        return f"{quoted_sheet(self.sheet)}!{self.cell}" if self.sheet and self.cell else self.sheet


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first; within a severity in the order they were found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def worst(findings: Iterable[Finding]) -> str:
    """The worst severity among findings, "" for none."""
    present = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in present), "")


def areas(places: Iterable[Place], most: int = 4) -> str:
    """Cells as a person names them: "B2:B9, D4 and 12 more"."""
    left = sorted(set(places), key=lambda place: (place[1], place[0]))
    blocks: list[list[int]] = []  # top, left, bottom, right: first down, then neighbouring columns
    for row, column in left:
        if blocks and blocks[-1][3] == column and blocks[-1][2] == row - 1:
            blocks[-1][2] = row
        else:
            blocks.append([row, column, row, column])
    merged: list[list[int]] = []
    open_blocks: dict[tuple[int, int, int], list[int]] = {}
    for block in blocks:
        top, first, bottom, last = block
        neighbour = open_blocks.pop((top, bottom, first - 1), None)
        if neighbour is not None:
            neighbour[3] = last
            open_blocks[top, bottom, last] = neighbour
        else:
            merged.append(block)
            open_blocks[top, bottom, last] = block
    shown = merged[:most]
    text = ", ".join(area_of(*block) for block in shown)
    held = sum((bottom - top + 1) * (last - first + 1) for top, first, bottom, last in shown)
    rest = len(left) - held
    return f"{text} and {rest:,} more" if rest else text


def address(place: Place) -> str:
    """(5, 2) as "B5"."""
    return column_letters(place[1]) + str(place[0])
