"""What the tests of scenarios read from workbooks."""

from __future__ import annotations

from pathlib import Path

from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.formulas.cells import formula_cells


def formulas(path: Path) -> dict[tuple[str, str], str]:
    with Package(path) as package:
        return {
            (sheet.name, cell.address): cell.text
            for sheet in package.worksheets()
            for cell in formula_cells(package, sheet.part)
        }


def tab_values(path: Path, tab: str, computed: dict[tuple[str, str], Value] | None = None) -> dict[str, Value]:
    """Column C of a tab, option 1, by the labels in column A; the values stored, or those an engine computed."""
    with Package(path) as package:
        part = next(sheet.part for sheet in package.worksheets() if sheet.name == tab)
        strings = package.strings()
        held = {(cell.row, cell.column): cell for cell in package.cells(part)}
        found = {}
        for (row, column), cell in held.items():
            value = cell.value(strings)
            if column == 1 and isinstance(value, str) and (row, 3) in held:
                own = held[row, 3]
                stored = own.value(strings)
                found[f"{row} {value}"] = computed.get((tab, own.address), stored) if computed else stored
        return found


def figure(values: dict[str, Value], label: str) -> Value:
    """The first figure with this label."""
    return next(value for key, value in values.items() if key.partition(" ")[2] == label)
