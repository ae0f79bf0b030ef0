"""The formula cells of a worksheet with their whole text: shared formulas translated, array areas known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbook.file.addresses import LAST_COLUMN, LAST_ROW, Place, corners
from workbook.file.cells import Cell
from workbook.file.package import Package
from workbook.file.plaincells import formula_of, rows
from workbook.file.xmlspans import check_encoding, escaped
from workbook.formulas.parser import FormulaError, as_meant, shifted
from workbook.formulas.shapes import Shape, Template, shape_of, template_of, text_of

LARGEST_ARRAY = 2_000_000
"""Cells of an array formula, two whole columns; a file may claim 17,000 million."""


class FormulaCell:
    """A cell with a formula.

    `dynamic` says that its result may spill, `area` what it fills: an array formula's reference, else "".
    """

    __slots__ = ("_master", "_text", "area", "cell", "dynamic")

    def __init__(self, cell: Cell, text: str, master: Master | None = None) -> None:
        self.cell = cell
        self.area = cell.area if cell.formula_attributes and cell.kind == "array" else ""
        self.dynamic = bool(self.area) and cell.cm is not None
        self._text = text
        self._master = master

    @property
    def address(self) -> str:
        """Such as "B5"."""
        return self.cell.address

    @property
    def text(self) -> str:
        """The formula as this cell reads it; for the child of a shared formula, the master's translated."""
        if self._master is not None:
            self._text = self._master.text_in(self.cell.row, self.cell.column)
            self._master = None
        return self._text

    def shape(self) -> tuple[Shape, Template]:
        """The formula in relative form, which a shared formula has in common with its master."""
        if self._master is not None and self._master.reaches(self.cell.row, self.cell.column):
            return self._master.shape, self._master.template
        return shape_of(self.text, self.cell.row, self.cell.column)

    def template(self) -> Template:
        """The formula without its references, which a shared formula has in common with its master."""
        return self.shape()[1] if self._master is not None else template_of(self._text)[0]


class Master:
    """The formula that others of a shared one are copies of."""

    __slots__ = ("_box", "_place", "_text", "shape", "template")

    def __init__(self, text: str, row: int, column: int) -> None:
        self._text, self._place = text, (row, column)
        self.shape, self.template = shape_of(text, row, column)
        fixed_kinds = all(item.kind not in ("columns", "rows", "external") for item in self.template.others)
        self._box = _room(self.shape) if self.template.readable and fixed_kinds else None
        """The cells from which all it reads is on the sheet; None where its offsets alone do not say what it reads."""

    def reaches(self, row: int, column: int) -> bool:
        """Whether the formula reads the same in a cell, by its offsets."""
        return self._box is not None and self._box[0] <= row <= self._box[2] and self._box[1] <= column <= self._box[3]

    def text_in(self, row: int, column: int) -> str:
        """The formula as another cell reads it."""
        if self.reaches(row, column):
            return text_of(self.shape, row, column)
        try:
            return shifted(self._text, row - self._place[0], column - self._place[1])
        except FormulaError:
            return self._text


def _room(shape: Shape) -> tuple[int, int, int, int]:
    """The first and last row and column in which all relative references of a formula are on the sheet."""
    down = [0, *(offset[1] for offset in shape[1] if not offset[0])]
    across = [0, *(offset[3] for offset in shape[1] if not offset[2])]
    return 1 - min(down), 1 - min(across), LAST_ROW - max(down), LAST_COLUMN - max(across)


Masters = dict[str, Master]
"""The shared formulas of a sheet seen so far, by their index."""


def formula_cells(package: Package, part: str) -> Iterator[FormulaCell]:
    """The formula cells of a worksheet part. What-if data tables hold no formula and are left out."""
    masters: Masters = {}
    for cell in package.cells(part, formulas_only=True):
        if cell.kind != "dataTable":
            yield formula_cell(cell, masters)


def formula_texts(package: Package, part: str, naming: str) -> Iterator[str]:
    """The texts of a worksheet part's formulas that hold a name, given in small letters; each at least once."""
    elements: set[bytes | None] = set()
    with package.parsing(part):
        check_encoding(data := package.read(part))
        for row in rows(data):
            elements.update(row[3] if row is not None else (_OTHER,))
    texts: Iterable[str]
    if any(element and not element.startswith(b"<f>") and b" t=" in element.partition(b">")[0] for element in elements):
        texts = (formula.text for formula in formula_cells(package, part))
    else:
        written = escaped(naming)
        found = (element for element in elements if element and written in element.decode().lower())
        texts = (_as_written(formula_of(element)[1]) for element in found)
    return (text for text in texts if naming in text.lower())


_OTHER = b"<f t=>"
"""A formula that may not have a text of its own: it is written otherwise than `rows` reads."""


def computed_places(package: Package, part: str) -> Iterator[Place]:
    """Rows and columns of the formula cells of a worksheet part, and of the further cells their arrays fill."""
    for formula in formula_cells(package, part):
        yield formula.cell.row, formula.cell.column
        if formula.area:
            yield from array_children(formula.area)


def formula_cell(cell: Cell, masters: Masters) -> FormulaCell:
    """One cell with its formula; `masters` remembers the shared formulas seen so far on the sheet."""
    text = as_written(cell)
    if cell.formula_attributes and cell.kind == "shared":
        index = cell.formula_attributes.get("si", "")
        if not text and index in masters:
            return FormulaCell(cell, "", masters[index])
        masters[index] = Master(text, cell.row, cell.column)
    return FormulaCell(cell, text)


def as_written(cell: Cell) -> str:
    """The text of a cell's own formula, as it was written."""
    return _as_written(cell.formula or "")


def _as_written(text: str) -> str:
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
