"""The formula cells of a worksheet with their whole text: shared formulas translated, array areas known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbook.file.addresses import corners
from workbook.file.cells import Cell
from workbook.file.package import Package
from workbook.formulas.parser import FormulaError, as_meant, shifted

LARGEST_ARRAY = 2_000_000
"""Cells of an array formula, two whole columns; a file may claim 17,000 million."""


@dataclass(slots=True)
class FormulaCell:
    """A cell with a formula.

    `text` is the formula as this cell reads it; for the child of a shared formula, the master's translated.
    `dynamic` says that its result may spill, `area` what it fills: an array formula's reference, else "".
    """

    cell: Cell
    address: str
    text: str
    area: str
    dynamic: bool


Masters = dict[str, tuple[str, int, int]]
"""The shared formulas of a sheet seen so far: index to text, row and column of the master."""


def formula_cells(package: Package, part: str) -> Iterator[FormulaCell]:
    """The formula cells of a worksheet part. What-if data tables hold no formula and are left out."""
    masters: Masters = {}
    for cell in package.cells(part):
        if cell.formula is not None and cell.kind != "dataTable":
            yield formula_cell(cell, masters)


def formula_cell(cell: Cell, masters: Masters) -> FormulaCell:
    """One cell with its whole text; `masters` remembers the shared formulas seen so far on the sheet."""
    text = as_meant(cell.formula or "")
    if cell.kind == "shared":
        index = cell.formula_attributes.get("si", "")
        if text:
            masters[index] = (text, cell.row, cell.column)
        elif index in masters:
            master, row, column = masters[index]
            try:
                text = shifted(master, cell.row - row, cell.column - column)
            except FormulaError:
                text = master
    area = cell.area if cell.kind == "array" else ""
    return FormulaCell(cell, cell.address, text.removeprefix("="), area, bool(area) and cell.cm is not None)


def array_size(area: str) -> int:
    """How many cells an area has."""
    top, left, bottom, right = corners(area)
    return (bottom - top + 1) * (right - left + 1)


def array_children(area: str) -> Iterator[tuple[int, int]]:
    """Rows and columns of an array formula's cells, without the first, which holds the formula.

    None for an area no computation fills, such as the whole sheet.
    """
    if array_size(area) > LARGEST_ARRAY:
        return
    top, left, bottom, right = corners(area)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                yield row, column
