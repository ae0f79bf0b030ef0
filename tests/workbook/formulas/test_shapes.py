"""Formulas filled down: the pattern of their template finds the references that a search finds."""

from __future__ import annotations

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


def test_what_is_a_reference():
    for row in range(1, 5):
        assert shapes.split(f"FT_ROI(12,$D{row},B{row})") == ("FT_ROI(12,\x01,\x01)", [f"$D{row}", f"B{row}"])
    # No reference: a row beyond the last, a column beyond XFD.
    assert shapes.split("FT_ROI(12,$D1048577,B1)") == ("FT_ROI(12,$D1048577,\x01)", ["B1"])
    assert shapes.split("FT_ROI(12,XFE1,XFD1048576)") == ("FT_ROI(12,XFE1,\x01)", ["XFD1048576"])


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
