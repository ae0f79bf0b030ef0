"""What a second engine is given: the cells that the formulas asked of it read, and no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.books import sheet, write_book
from workbook.engines.mending import hidden_rows
from workbook.engines.transcript import _Wanted
from workbook.file.package import Package

SIDE = st.integers(1, 6)


@given(st.lists(st.tuples(SIDE, SIDE, SIDE, SIDE), max_size=5))
def test_a_cell_is_wanted_where_an_area_holds_it(corners):
    areas = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    wanted = _Wanted()
    for area in areas:
        wanted.add(("S", *area))
    for row in range(8):
        for column in range(8):
            inside = any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in areas)
            assert wanted.holds(row, column) is inside


def test_hidden_rows_are_those_that_say_so(tmp_path):
    """A hidden column, a text and a row that is shown say the word, too."""
    rows = '<row r="2" hidden="0"><c r="A2" t="inlineStr"><is><t>hidden</t></is></c></row>'
    columns = '<cols><col min="1" max="1" hidden="1"/></cols><sheetData>'
    shown = write_book(tmp_path / "shown.xlsx", {"S": sheet(rows).replace("<sheetData>", columns)})
    both = rows + '<row r="3" spans="1:1" hidden="1"/><row r="7" hidden="true"/>'
    hidden = write_book(tmp_path / "hidden.xlsx", {"S": sheet(both)})
    for path, expected in ((shown, ()), (hidden, (3, 7))):
        with Package(path) as package:
            assert hidden_rows(package, "S") == expected
