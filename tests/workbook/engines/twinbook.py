"""A workbook of native twins: arguments in cells, the twin over them, a wrong stored value in each.

Several engines open the same file. An error among the arguments is a formula (=#DIV/0!), which all of them read
alike.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pycalc import FUNCTIONS
from pycalc.errors import CalcError
from pycalc.registry.definition import Function
from tests.casetable import Case

POISON = -987654321.5
Render = Callable[[Function, dict[str, str]], str]


class AsTheyAre(Worksheet):
    """Takes formulas as they are: no twin has a function that wants a prefix, and looking for one takes its time."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
        return formula.removeprefix("=")


def write(
    path: Path, cases: list[Case], render: Render, names: dict[str, str] | None = None
) -> dict[str, tuple[str, list[list[str]]]]:
    """Write the cases and defined names; give each case's sheet and the cells of its result."""
    book = xlsxwriter.Workbook(str(path))
    for name, text in (names or {}).items():
        book.define_name(name, f"={text}")
    sheets: dict[str, tuple[object, int]] = {}
    places = {}
    for case in cases:
        if case.function not in sheets:
            sheets[case.function] = (book.add_worksheet(case.function, AsTheyAre), 0)
        sheet, row = sheets[case.function]
        places[str(case)], height = _write_case(sheet, row, case, render)
        sheets[case.function] = (sheet, row + height)
    book.close()
    return places


def _write_case(sheet, row: int, case: Case, render: Render) -> tuple[tuple[str, list[list[str]]], int]:
    function = FUNCTIONS[case.function]
    shape = (len(case.expected), len(case.expected[0])) if isinstance(case.expected, list) else (1, 1)
    column, height = shape[1] + 1, shape[0]
    given = {}
    for argument in function.arguments:
        if argument.name not in case.values:
            continue
        value = case.values[argument.name]
        block = value if isinstance(value, list) else [[value]]
        for down, cells in enumerate(block):
            for right, cell in enumerate(cells):
                _write_cell(sheet, row + down, column + right, cell)
        first = xl_rowcol_to_cell(row, column)
        last = xl_rowcol_to_cell(row + len(block) - 1, column + len(block[0]) - 1)
        given[argument.name] = first if first == last else f"{first}:{last}"
        column += len(block[0])
        height = max(height, len(block))
    formula = "=" + render(function, given)
    last_row, last_column = row + shape[0] - 1, shape[1] - 1
    if case.has_range() or isinstance(case.expected, list):
        sheet.write_array_formula(row, 0, last_row, last_column, formula, None, POISON)
    else:
        sheet.write_formula(row, 0, formula, None, POISON)
    cells = [[xl_rowcol_to_cell(row + down, right) for right in range(shape[1])] for down in range(shape[0])]
    return (case.function, cells), height


def _write_cell(sheet, row: int, column: int, value: object) -> None:
    if value is None:
        return
    if isinstance(value, CalcError):
        sheet.write_formula(row, column, f"={value.code}", None, POISON)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, float):
        sheet.write_number(row, column, value)
    elif value == "":
        sheet.write_formula(row, column, '=""', None, POISON)
    else:
        sheet.write_string(row, column, value)
