"""Put these values into these cells of a worksheet; everything else of it stays byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbook.errors import BadWorkbook
from workbook.file.addresses import Place, address
from workbook.file.cells import Cell, Value
from workbook.file.edits import cell_bytes, constant_edit, insertions
from workbook.file.package import Package, Sheet
from workbook.file.xmlspans import Edit


class Held(dict[Place, Cell]):
    """The cells a sheet has, by row and column; a large sheet takes much memory so."""

    def __init__(self, package: Package, sheet: Sheet) -> None:
        super().__init__(((cell.row, cell.column), cell) for cell in package.cells(sheet.part))
        self._strings = package.strings()

    def value(self, place: Place) -> Value:
        """What a cell shows; None where there is none."""
        return self[place].value(self._strings) if place in self else None

    def shown(self) -> dict[Place, Value]:
        """What each cell shows."""
        return {place: cell.value(self._strings) for place, cell in self.items()}


def put_values(
    package: Package,
    sheet: Sheet,
    values: Mapping[Place, Value],
    *,
    held: Held | None = None,
    like: Callable[[Place, Held], Cell | None] = lambda _place, _held: None,
    clearing: bool = False,
) -> None:
    """Store values as constants. A new cell looks like the cell that `like` gives; a blank makes none.

    A formula is refused (`BadWorkbook`), but for a blank over it where `clearing` is allowed.
    """
    held = Held(package, sheet) if held is None else held
    data = package.read(sheet.part)
    edits: list[Edit] = []
    new: dict[Place, bytes] = {}
    for place, value in values.items():
        cell = held.get(place)
        if cell is None:
            if value is not None:
                model = like(place, held)
                new[place] = cell_bytes(address(place), value=value, style=model.style if model else None)
            continue
        if cell.kind and not (clearing and value is None):
            raise BadWorkbook(
                package.path,
                f"{sheet.name}!{cell.address} is a formula",
                "Put a value there first, so that no formula is lost",
            )
        edits.append(constant_edit(data, cell, value))
    package.splice(sheet.part, edits + insertions(data, new))
