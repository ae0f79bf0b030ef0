"""The formula cells of a worksheet with their whole text: shared formulas translated, array areas known."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.file.addresses import corners
from workbook.file.cells import Cell
from workbook.file.package import Package
from workbook.formulas.parser import FormulaError, as_meant, shifted
from workbook.formulas.shapes import Shape, Template, shape_of, template_of, text_of

LARGEST_ARRAY = 2_000_000
"""Cells of an array formula, two whole columns; a file may claim 17,000 million."""


class FormulaCell:
    """A cell with a formula.

    `dynamic` says that its result may spill, `area` what it fills: an array formula's reference, else "".
    """

    __slots__ = ("_master", "_text", "address", "area", "cell", "dynamic")

    def __init__(self, cell: Cell, text: str, master: tuple[str, int, int] | None = None) -> None:
        self.cell = cell
        self.address = cell.address
        self.area = cell.area if cell.kind == "array" else ""
        self.dynamic = bool(self.area) and cell.cm is not None
        self._text = text
        self._master = master

    @property
    def text(self) -> str:
        """The formula as this cell reads it; for the child of a shared formula, the master's translated."""
        if self._master is not None:
            text, row, column = self._master
            self._master = None
            self._text = self._translated(text, row, column)
        return self._text

    def _translated(self, text: str, row: int, column: int) -> str:
        shape, template = shape_of(text, row, column)
        if template.readable and all(item.kind not in ("columns", "rows", "external") for item in template.others):
            new = text_of(shape, self.cell.row, self.cell.column)
            if "#REF!" not in new:
                return new
        try:
            return shifted(text, self.cell.row - row, self.cell.column - column)
        except FormulaError:
            return text

    def shape(self) -> tuple[Shape, Template]:
        """The formula in relative form, which a shared formula has in common with its master."""
        if self._master is not None:
            return shape_of(*self._master)
        return shape_of(self._text, self.cell.row, self.cell.column)

    def template(self) -> Template:
        """The formula without its references, which a shared formula has in common with its master."""
        return template_of(self._text if self._master is None else self._master[0])[0]


Masters = dict[str, tuple[str, int, int]]
"""The shared formulas of a sheet seen so far: index to text, row and column of the master."""


def formula_cells(package: Package, part: str) -> Iterator[FormulaCell]:
    """The formula cells of a worksheet part. What-if data tables hold no formula and are left out."""
    masters: Masters = {}
    for cell in package.cells(part, formulas_only=True):
        if cell.kind != "dataTable":
            yield formula_cell(cell, masters)


def formula_cell(cell: Cell, masters: Masters) -> FormulaCell:
    """One cell with its formula; `masters` remembers the shared formulas seen so far on the sheet."""
    text = as_written(cell)
    if cell.kind == "shared":
        index = cell.formula_attributes.get("si", "")
        if not text and index in masters:
            return FormulaCell(cell, "", masters[index])
        masters[index] = (text, cell.row, cell.column)
    return FormulaCell(cell, text)


def as_written(cell: Cell) -> str:
    """The text of a cell's own formula, as it was written."""
    text = cell.formula or ""
    return as_meant(text).removeprefix("=") if "DUMMYFUNCTION" in text or text.startswith("=") else text


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
