"""A few formulas of a workbook for a second engine: a small file of them and of the cells they read.

Everything the second engine might stumble over stays behind: names and tables are written as cells, what the formulas
read stands there as values. So its answer is about these formulas from these values, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pycalc.errors import CODES, CalcError
from workbook.engines import EngineFailed, EngineMissing, Key
from workbook.engines.calculation import calculation
from workbook.engines.intersection import intersected
from workbook.engines.lifting import lifted
from workbook.engines.mending import hidden_rows
from workbook.engines.surroundings import Surroundings
from workbook.file.addresses import corners
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.saving import scratch
from workbook.formulas.cells import FormulaCell, formula_cells
from workbook.formulas.readers import Area, References

SECOND = ("ironcalc", "libreoffice")
"""The engines that are asked when the embedded one is not believed, in this order."""

_MOST_BOXES = 64
_FUNCTION = re.compile(r"[\w.]+\(")


def opinions(engine: str, package: Package, live: Collection[Key], values: Mapping[Key, Value]) -> dict[Key, Value]:
    """What a second engine computes for some formula cells, from the values the file stores and those given.

    Cells it has no value for are left out; so is everything where the engine is not installed or gives up.
    """
    with scratch("second-") as folder:
        path = Path(folder, "second.xlsx")
        try:
            write(package, path, live, values)
            if engine == "ironcalc":
                from workbook.engines.ironcalc import values_of
            else:
                from workbook.engines.libreoffice import values_of
            return values_of(path, live)
        except (EngineMissing, EngineFailed):
            return {}


def write(package: Package, path: Path, live: Collection[Key], values: Mapping[Key, Value]) -> None:
    """Write the small file: every sheet, the formulas that are asked for, the values they read."""
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException
    from xlsxwriter.worksheet import Worksheet

    class Tab(Worksheet):  # type: ignore[misc]
        """Puts prefixes before new functions, for which XlsxWriter looks through each formula thirty times, only where
        a formula has such."""

        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            usual = formula.startswith("=") and formula[-1] != "}" and not expand_future_functions
            if usual and not any(map(prefixed, _FUNCTION.findall(formula))):
                return formula[1:]
            return str(super()._prepare_formula(formula, expand_future_functions))

    @cache
    def prefixed(function: str) -> bool:
        return str(Worksheet()._prepare_formula(function)) != function

    around = Surroundings(package)
    around.left.clear()  # the small file has no names, not even those the embedded engine resolves
    live = set(live)
    formulas, read = _read(package, live)
    strings = package.strings()
    settings = calculation(package)
    try:
        with xlsxwriter.Workbook(str(path), {"date_1904": settings.date1904}) as book:
            for sheet in package.worksheets():
                tab = book.add_worksheet(sheet.name, Tab)
                for row in hidden_rows(package, sheet.name):
                    tab.set_row(row - 1, None, None, {"hidden": True})
                wanted = read.get(sheet.name)
                for cell in package.cells(sheet.part) if wanted is not None else ():
                    key = (sheet.name, cell.address)
                    if key in formulas:
                        _put_formula(tab, formulas[key], around, sheet.name)
                    elif wanted is True or wanted.holds(cell.row, cell.column):  # type: ignore[union-attr]
                        value = values[key] if key in values else cell.value(strings)
                        _put_value(tab, cell.row - 1, cell.column - 1, value)
    except XlsxWriterException as problem:
        raise EngineFailed(f"{package.path}: no second engine can be asked: {problem}") from None


class _Wanted:
    """The areas of one sheet that are read."""

    def __init__(self) -> None:
        self.singles: set[tuple[int, int]] = set()
        self.boxes: set[tuple[int, int, int, int]] = set()
        self._row, self._columns = 0, set[int]()

    def add(self, area: Area) -> None:
        if area[1:3] == area[3:5]:
            self.singles.add((area[1], area[2]))
        else:
            self.boxes.add(area[1:])
            if len(self.boxes) > _MOST_BOXES:
                tops, lefts, bottoms, rights = zip(*self.boxes, strict=True)
                self.boxes = {(min(tops), min(lefts), max(bottoms), max(rights))}

    def holds(self, row: int, column: int) -> bool:
        """Asked row by row, once all areas are known."""
        if row != self._row:
            across = (range(left, right + 1) for top, left, bottom, right in self.boxes if top <= row <= bottom)
            self._row, self._columns = row, set().union(*across)
        return column in self._columns or (row, column) in self.singles


def _read(package: Package, live: set[Key]) -> tuple[dict[Key, FormulaCell], dict[str, Any]]:
    """The formulas asked for, and what they read by sheet: areas, or True for all of it."""
    references = References(package)
    formulas: dict[Key, FormulaCell] = {}
    read: dict[str, Any] = {}
    everywhere = False
    for sheet in package.worksheets():
        if not any(name == sheet.name for name, _ in live):
            continue
        for whole in formula_cells(package, sheet.part):
            key = (sheet.name, whole.address)
            if key in live:
                formulas[key] = whole
                own = read.setdefault(sheet.name, _Wanted())
                own.add((sheet.name, whole.cell.row, whole.cell.column, whole.cell.row, whole.cell.column))
                areas, anywhere = references.of(whole.text, (sheet.name, whole.cell.row, whole.cell.column))
                everywhere |= anywhere
                for area in areas:
                    read.setdefault(area[0], _Wanted()).add(area)
    if everywhere:
        read = {sheet.name: True for sheet in package.worksheets()}
    return formulas, read


def _put_formula(tab: Any, formula: FormulaCell, around: Surroundings, sheet: str) -> None:
    row, column = formula.cell.row - 1, formula.cell.column - 1
    text = "=" + around.native(formula.text, sheet, row + 1, column + 1)
    if formula.area:
        top, left, bottom, right = corners(formula.area)
        put = tab.write_dynamic_array_formula if formula.dynamic else tab.write_array_formula
        put(top - 1, left - 1, bottom - 1, right - 1, text)
        return
    met = intersected(text, row + 1, column + 1)
    # What INDEX is given is calculated cell by cell in Excel alone.
    if "INDEX(" in met.upper() and lifted(met, copy=False) != met:
        tab.write_array_formula(row, column, row, column, met)
    else:
        tab.write_formula(row, column, text)


def _put_value(tab: Any, row: int, column: int, value: Value) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        tab.write_boolean(row, column, value)
    elif isinstance(value, CalcError):
        known = value.code in CODES and value.code not in ("#SPILL!", "#CALC!", "#GETTING_DATA")
        tab.write_formula(row, column, f"={value.code}" if known else "=NA()", None, value.code)
    elif isinstance(value, str):
        tab.write_string(row, column, value[:32_767])
    else:
        tab.write_number(row, column, value)
