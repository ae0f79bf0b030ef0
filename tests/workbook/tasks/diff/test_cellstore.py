"""The compact store of cells against a dictionary, and the rows it tells apart."""

from __future__ import annotations

import math
import struct
import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.errors import CODES, from_code
from tests.pycalc.texts import CHARACTERS
from workbook.file.addresses import LAST_COLUMN, LAST_ROW
from workbook.tasks.diff.cellstore import Cells

NARROW = st.tuples(st.sampled_from(["A", "B"]), st.integers(1, 4), st.integers(1, 4))
"""Few places, so that cells come twice and in any order."""

WIDE = st.tuples(
    st.sampled_from(["A", "Prices 2026", ""]),
    st.integers(1, LAST_ROW) | st.just(LAST_ROW),
    st.integers(1, LAST_COLUMN) | st.just(LAST_COLUMN),
)
HELD = st.one_of(
    st.floats(),
    st.sampled_from([0.0, -0.0, math.inf]),
    st.integers(),
    st.booleans(),
    st.text(CHARACTERS),
    st.sampled_from([from_code(code) for code in CODES]),
    st.dates(date(1900, 3, 1)),
    st.none(),
)


def told(value: object) -> object:
    """A value so that -0.0 is not 0.0, 1 is not TRUE and NaN is itself."""
    return type(value), struct.pack("<d", value) if isinstance(value, float) else value


@given(st.lists(st.tuples(NARROW | WIDE, HELD)), st.lists(NARROW | WIDE))
def test_it_holds_what_a_dictionary_holds(written, asked):
    cells: Cells = Cells()
    plain: dict = {}
    for spot, value in written:
        cells[spot] = value
        plain[spot] = value
    for spot in [*plain, *asked]:
        assert (spot in cells) == (spot in plain)
        assert told(cells.get(spot)) == told(plain.get(spot))
    assert len(cells) == len(plain)
    sheets = list(dict.fromkeys(sheet for sheet, _, _ in plain))
    in_order = sorted(plain, key=lambda spot: (sheets.index(spot[0]), *spot[1:]))
    assert list(cells) == in_order
    assert [told(cells.get(spot)) for spot in cells] == [told(plain[spot]) for spot in in_order]
    for sheet in [*sheets, "C"]:
        rows = [(row, column) for name, row, column in in_order if name == sheet]
        assert [(row, column) for row, column, _ in cells.of_sheet(sheet)] == rows
        assert cells.last_row(sheet) == max((row for row, _ in rows), default=0)


@given(st.lists(st.tuples(NARROW, HELD, NARROW)))
def test_it_may_be_read_while_it_is_written(steps):
    cells: Cells = Cells()
    plain: dict = {}
    for spot, value, asked in steps:
        cells[spot] = value
        plain[spot] = value
        assert told(cells.get(asked)) == told(plain.get(asked))
        assert len(cells) == len(plain)


@pytest.mark.parametrize("columns", [1, 20])
def test_a_number_takes_little(columns):
    """8 bytes for its place, 8 for the list, 24 for the number itself; and what lists and arrays keep in reserve."""
    count = 100_000
    tracemalloc.start()
    try:
        cells: Cells = Cells()
        for index in range(count):
            cells["Data", index // columns + 1, index % columns + 1] = index / 7
        taken = tracemalloc.get_traced_memory()[0] / count
    finally:
        tracemalloc.stop()
    assert 40 <= taken < 50


def test_a_sheet_is_copied_without_some_rows():
    other, copy = Cells[float](), Cells[float]()
    for row in range(1, 5):
        other["A", row, 2] = float(row)
    copy.take_rows("A", other, {1, 3})
    copy["A", 3, 2] = 30.0
    assert {spot: copy.get(spot) for spot in copy} == {("A", 2, 2): 2.0, ("A", 3, 2): 30.0, ("A", 4, 2): 4.0}
    assert sorted(copy.unlike(other)) == [("A", 3, 2)]
    assert [other.get(("A", row, 2)) for row in (4, 1, 2, 9)] == [4.0, 1.0, 2.0, None]
