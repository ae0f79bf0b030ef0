"""A workbook that differs in constants alone is calculated in the other's engine: the same as loading it."""

from __future__ import annotations

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook.tasks.diff import diff
from workbook.tasks.diff.book import Book

ROWS = 6
FORMULAS = (
    "=A{0}+B{0}*C$1",
    "=SUM(A$1:A{0})",
    '=IF(A{0}>B{0},"more",C{0})',
    "=FT_BREAKEVEN(A{0},B{0},C{0})",
    "=IFERROR(PE_MONTHLY(A{0},50,B{0},100,C{0},1.5),-1)",
    '=A{0}&"x"',
    "=E1/(A{0}-B{0})",
    "=VLOOKUP(A{0},$A$1:$C$6,2,FALSE)",
    "=IF(A{0}>2,Other!$A$1:$A$3,C{0})",
    "=PLUGIN(A{0})",
)
ARRAYS = (
    ("static", "=SUM(A{0}:C{0}*2)", 0),
    ("dynamic", "=SUM(IF(A{0}:C{0}>1,1,0))", 0),
    ("dynamic", "=SEQUENCE(A1)", 0),
    ("dynamic", "=Other!A1:A3*B{0}", 2),
    ("static", "=A1:A2&C{0}", 2),
)
"""Kinds of array formula with what they fill below their cell."""
CONSTANT = st.sampled_from([0, 1, 2, 3, 7.5, 100, -4, "text", "5", True, False])
calculate_in = Book.calculate_in
CONSTANTS = st.lists(CONSTANT, min_size=3 * ROWS, max_size=3 * ROWS)


def write(path, constants, formulas, arrays=()):
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("Model"), book.add_worksheet("Other")
        for place, value in enumerate(constants):
            sheet.write(*divmod(place, 3), value)
        for row in range(ROWS):
            for column, formula in enumerate(formulas):
                sheet.write_formula(row, 3 + column, formula.format(row + 1), None, 0)
        for number, (kind, formula, below) in enumerate(arrays):
            put = sheet.write_array_formula if kind == "static" else sheet.write_dynamic_array_formula
            column = 12 + 2 * number
            put(0, column, below, column, formula.format(1))
            for row in range(ROWS):
                sheet.write_formula(row, column + 1, f"=SUM({chr(65 + column)}{row + 1})+1")
        for row in range(3):
            other.write(row, 0, row)
    return path


def shown(result):
    return (
        [str(change) for change in (*result.inputs, *result.formulas, *result.results, *result.texts)],
        [str(answer) for answer in result.answers],
        [str(effect) for effect in result.effects],
    )


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    CONSTANTS,
    CONSTANTS,
    st.lists(st.sampled_from(FORMULAS), min_size=1, max_size=5),
    st.lists(st.sampled_from(ARRAYS), max_size=3),
)
def test_constants_changed(tmp_path, monkeypatch, old, new, formulas, arrays):
    first = write(tmp_path / "old.xlsx", old, formulas, arrays)
    second = write(tmp_path / "new.xlsx", new[:6] + old[6:], formulas, arrays)
    fast = shown(diff(first, second))
    with monkeypatch.context() as patch:
        patch.setattr(Book, "calculate_in", lambda *_: False)
        slow = shown(diff(first, second))
    assert fast == slow


def test_arrays_are_calculated_in_the_same_engine_while_they_fill_the_same_cells(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(Book, "calculate_in", lambda *books: told.append(calculate_in(*books)) or told[-1])
    old = write(tmp_path / "old.xlsx", [1, 2, 3] * ROWS, (), ARRAYS)
    result = diff(old, write(tmp_path / "b.xlsx", [1, 20, 3, *[1, 2, 3] * (ROWS - 1)], (), ARRAYS))
    moved = {change.cell: change.new for change in result.results}
    assert moved["M1"] == 48.0
    diff(old, write(tmp_path / "a.xlsx", [3, 2, 3, *[1, 2, 3] * (ROWS - 1)], (), ARRAYS))  # SEQUENCE(A1) fills more
    assert told == [True, False]


def test_only_the_same_formulas_share_an_engine(tmp_path):
    def pair(first, second):
        before = Book(first)
        return Book(second, before).shares

    constants = [1, 2, 3] * ROWS
    old = write(tmp_path / "old.xlsx", constants, FORMULAS[:3])
    assert pair(old, write(tmp_path / "a.xlsx", [9, *constants[1:]], FORMULAS[:3]))
    assert not pair(old, write(tmp_path / "b.xlsx", constants, FORMULAS[1:4]))
    assert not pair(old, write(tmp_path / "c.xlsx", constants[:-1], FORMULAS[:3]))
