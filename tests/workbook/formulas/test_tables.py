"""Structured references as Excel stores them, and as other writers do."""

from __future__ import annotations

import pytest

from workbook.formulas.tables import Table, spelled_out, without_tables

# Sales: header in row 2, data in rows 3 to 5, totals in row 6, columns B to E.
SALES = Table("Sales", "Data", (2, 2, 6, 5), ("X", "Y Z", "A]#'B", "N,:M"), 1, 1)
BARE = Table("Bare", "It's", (1, 1, 3, 1), ("V",), 0, 0)

CASES = [
    ("SUM(Sales[x])", "SUM($B$3:$B$5)"),
    ("SUM(sales[X])", "SUM($B$3:$B$5)"),
    ("Sales", "$B$3:$E$5"),
    ("Sales[]", "$B$3:$E$5"),
    ("Sales[#All]", "$B$2:$E$6"),
    ("Sales[#Data]", "$B$3:$E$5"),
    ("Sales[#Headers]", "$B$2:$E$2"),
    ("Sales[#Totals]", "$B$6:$E$6"),
    ("Sales[[#Headers],[#Data],[x]]", "$B$2:$B$5"),
    ("Sales[[#All],[x]:[y z]]", "$B$2:$C$6"),
    ("Sales[[x]:[y z]]", "$B$3:$C$5"),
    ("Sales[[#This Row],[x]]", "$B4"),
    ("Sales[[#This Row],[x]:[y z]]", "$B4:$C4"),
    ("Sales[@x]", "$B4"),
    ("Sales[@[y z]]", "$C4"),
    ("Sales[@[x]:[y z]]", "$B4:$C4"),
    ("[@x]*2", "$B4*2"),
    ("[[#This Row],x]*2", "$B4*2"),
    ("[x]", "$B$3:$B$5"),
    ("Sales[y z]", "$C$3:$C$5"),
    ("Sales[a']'#''b]", "$D$3:$D$5"),
    ("Sales[[#This Row],[a']'#''b]]", "$D4"),
    ("Sales[n,:m]", "$E$3:$E$5"),
    ("Sales[nothing]", "#REF!"),
    ("Bare[#Headers]", "#REF!"),
    ("Bare[v]", "'It''s'!$A$1:$A$3"),
    ("Other[x]", "Other[x]"),
    ('"Sales[x]"&A1', '"Sales[x]"&A1'),
    ("SalesTax+1", "SalesTax+1"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_as_plain_references(text, expected):
    """As read in C4, inside the table."""
    assert without_tables(text, [SALES, BARE], "Data", 4, 3) == expected


def test_this_row_outside_the_data():
    assert without_tables("Sales[@x]", [SALES], "Data", 5, 9) == "$B5"
    assert without_tables("Sales[@x]", [SALES], "Data", 6, 9) == "#VALUE!"  # the totals
    assert without_tables("Sales[@x]", [SALES], "Data", 2, 9) == "#VALUE!"  # the headers
    assert without_tables("[@x]", [SALES], "Data", 5, 9) == "[@x]"  # beside the table there is no own table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[@x]*2", "Sales[[#This Row],[x]]*2"),
        ("[[#This Row],x]*2", "Sales[[#This Row],[x]]*2"),
        ("[@[y z]]", "Sales[[#This Row],[y z]]"),
        ("[@[x]:[y z]]", "Sales[[#This Row],[x]:[y z]]"),
        ("[@a']'#''b]", "Sales[[#This Row],[a']'#''b]]"),
        ("Sales[[#This Row],[x]]", "Sales[[#This Row],[x]]"),
        ("[x]", "[x]"),
    ],
)
def test_spelled_out_as_excel_stores_them(text, expected):
    assert spelled_out(text, [SALES], "Data", 4, 3) == expected
