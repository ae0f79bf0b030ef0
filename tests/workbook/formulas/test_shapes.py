"""Formulas filled down: the pattern of their template finds the references that a search finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.formulas import shapes
from workbook.formulas.cells import Master
from workbook.formulas.parser import FormulaError, shifted

PIECES = (
    "A{0}", "$B${0}", "XFD{0}", "XFE{0}", "AB{0}", "a{0}", "$c{0}", "A{0}0000", "A0{0}", "LOG10(A{0})", "LOG{0}(A1)",
    "Sheet{0}!A{0}", "'It''s A{0}'!B{0}", '"text A{0}"', "Table1[A{0}]", "A{0}:B{0}", "A{0}:Data!B{0}", "name{0}",
    "A{0}.5", "1.5E{0}", "A{0}#", "R{0}C{0}", "[1]Sheet!A{0}", "{0}", "é{0}", "A1048576", "A1048577",
    "FT_ROI({0},A{0},B{0})",
)  # fmt: skip
FORMULAS = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from("+,:&( "), st.integers(0, 1_200_000)), min_size=1
)


def written(parts):
    return "".join(piece.format(number) + sign for piece, sign, number in parts)


@pytest.fixture
def from_the_first(monkeypatch):
    monkeypatch.setattr(shapes, "_OFTEN", 1)
    shapes._seen.clear()
    yield
    shapes._seen.clear()


@pytest.mark.usefixtures("from_the_first")
@settings(max_examples=200, deadline=None)
@given(FORMULAS, st.lists(st.integers(0, 1_200_000), min_size=1, max_size=30))
def test_the_pattern_finds_what_the_search_finds(parts, numbers):
    for at in range(3):  # the same formula often enough to have a pattern
        assert shapes.split(written(parts)) == shapes._split(written(parts)), at
    for turn, number in enumerate(numbers):
        other = [(piece, sign, number if turn % 2 else number + place) for place, (piece, sign, _) in enumerate(parts)]
        assert shapes.split(written(other)) == shapes._split(written(other))


@pytest.mark.usefixtures("from_the_first")
def test_a_filled_down_formula_has_its_pattern_used():
    for row in range(1, 5):
        assert shapes.split(f"FT_ROI(12,$D{row},B{row})") == ("FT_ROI(12,\x01,\x01)", [f"$D{row}", f"B{row}"])
    assert [seen.match is not None for seen in shapes._seen.values()] == [True]
    # The same without its digits, but no reference: a column beyond XFD, a row beyond the last, other numbers.
    assert shapes.split("FT_ROI(12,$D1048577,B1)") == ("FT_ROI(12,$D1048577,\x01)", ["B1"])
    assert shapes.split("FT_ROI(13,$D1,B1)") == ("FT_ROI(13,\x01,\x01)", ["$D1", "B1"])


@settings(max_examples=150, deadline=None)
@given(FORMULAS, st.integers(1, 20), st.integers(1, 5), st.integers(-30, 30), st.integers(-6, 6))
def test_a_copy_of_a_shared_formula_reads_as_the_parser_moves_it(parts, row, column, down, across):
    text = "+".join(piece.format(number % 40 + 1) for piece, _, number in parts if "Data" not in piece)
    master = Master(text, row, column)
    place = (row + down, column + across)
    if min(place) < 1:
        return
    try:
        expected = shifted(text, down, across)
    except FormulaError:
        expected = text
    moved = master.text_in(*place)
    assert moved.replace("$a", "$A").upper() == expected.upper()
    if master.reaches(*place):
        assert shapes.shape_of(moved, *place) == (master.shape, master.template)


def test_a_copy_that_would_read_beyond_the_sheet_is_the_parsers():
    master = Master("A1+B$2+$C3", 3, 2)
    assert [master.reaches(*place) for place in ((3, 2), (2, 2), (3, 1), (1_048_576, 2), (3, 16_384))] == [
        True, False, False, True, True,
    ]  # fmt: skip
    assert master.text_in(4, 3) == "B2+C$2+$C4"
    assert master.text_in(2, 2) == "A1048576+B$2+$C2"  # the sheet's ends meet
    assert not Master("SUM(A:A)+B1", 1, 3).reaches(1, 4)
    assert Master("SUM(A:A)+B1", 1, 3).text_in(1, 4) == "SUM(B:B)+C1"


@settings(max_examples=300, deadline=None)
@given(FORMULAS, st.lists(st.tuples(st.integers(1, 9), st.integers(-3, 3)), min_size=3, max_size=12), st.integers(1, 3))
def test_a_column_read_downwards_gives_each_formulas_own_shape(parts, steps, column):
    """Filled down, and now and then a formula of its own; `step` rows below the one before."""
    columns, row, low = shapes.Columns(), 0, min(number for _, _, number in parts)
    for step, odd in steps:
        row += step
        moved = [(piece, sign, max(0, number + row + (odd if odd > 1 else 0))) for piece, sign, number in parts]
        for text in (written(moved), written([(piece, sign, number - low) for piece, sign, number in moved])):
            assert columns.shape_of(text, row, column) == shapes.shape_of(text, row, column)


@pytest.mark.parametrize(
    ("text", "last"),
    [("FT_ROI(12,$D{0},B{1})", 1_048_574), ('IF(A{0}>$C$1,"A{0}",Sheet1!B{1})', 9), ("NOW()", 9)],
)
def test_a_formula_filled_down_is_the_one_above(text, last):
    """A row of its own is found from its text; beyond the last row there is no cell, but a name."""
    columns = shapes.Columns()
    found = [columns.shape_of(text.format(row, row + 2), row, 5) for row in (1, 2, 3, last)]
    same_text = '"' not in text  # a text that names a cell is another in each row
    assert [each is found[0] for each in found] == [True, False, same_text, same_text]
    if "$D" in text:
        beyond = columns.shape_of(text.format(last + 1, last + 3), last + 1, 5)
        assert beyond == shapes.shape_of(text.format(last + 1, last + 3), last + 1, 5)
        assert beyond[0] != found[0][0]
