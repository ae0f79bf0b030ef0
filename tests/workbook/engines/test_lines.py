"""Many lines at once: each operator and function over cells of every kind, and Microsoft's own examples."""

from __future__ import annotations

import pytest

from pycalc.errors import CalcError, from_code
from tests.workbook.engines import corpus
from workbook.engines.lines import LINE, Lines
from workbook.errors import WorkbookError
from workbook.formulas.parser import parse

A = [5.0, "Abc", "", True, None, from_code("#N/A"), 0.0, -2.5]
"""A number, a text, the empty text, a logical value, a blank, an error value, 0 and a negative number."""
B = [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.5]


def lines(*formulas: str) -> Lines:
    texts = {
        place: formula.replace("A_", f"In!$A{LINE}").replace("B_", f"In!$B{LINE}")
        for place, formula in enumerate(formulas)
    }
    return Lines(("Own", "In"), texts, {(2, 3): 7.0}, {"rate": 0.5}, {0: A, 1: B}, len(A))


def shown(value: object) -> object:
    return value.code if isinstance(value, CalcError) else value


V, N, D, U = "#VALUE!", "#N/A", "#DIV/0!", "#NUM!"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # Calculation operators and precedence in Excel: a logical value counts 1, a blank 0, a text that is no number
        # is #VALUE!; an error value passes through.
        ("=A_+B_", [7, V, V, 3, 2, N, 0, -2]),
        ("=A_/B_", [2.5, V, V, 0.5, 0, N, D, -5]),
        ("=A_^B_", [25, V, V, 1, 0, N, U, U]),  # 0^0 and a root of a negative number are #NUM!
        ("=0^A_", [0, V, V, 0, U, N, U, D]),
        ("=-A_^2", [25, V, V, 1, 0, N, 0, 6.25]),  # the sign binds closer than the power
        ('=A_&"x"', ["5x", "Abcx", "x", "TRUEx", "x", N, "0x", "-2.5x"]),
        ("=A_=0", [False, False, False, False, True, N, True, False]),
        ('=A_=""', [False, False, True, False, True, N, False, False]),
        ('=A_="aBC"', [False, True, False, False, False, N, False, False]),
        ('=A_<"b"', [True, True, True, False, True, N, True, True]),  # numbers, texts, logical values
        ("=A_>1", [True, True, True, True, False, N, False, False]),
        ("=IF(A_>1,A_,B_)", [5, "Abc", "", True, 2, N, 0, 0.5]),
        ('=IF(B_=2,"",A_)', ["", "", "", "", "", "", 0, -2.5]),
        ("=IF(A_,1,0)", [1, V, V, 1, 0, N, 0, 1]),
        ("=N(A_)", [5, 0, 0, 1, 0, N, 0, -2.5]),
        ("=ISNUMBER(A_)", [True, False, False, False, False, False, True, True]),
        ("=ISTEXT(A_)", [False, True, True, False, False, False, False, False]),
        ("=INT(A_)", [5, V, V, 1, 0, N, 0, -3]),
        ("=SQRT(A_)", [5**0.5, V, V, 1, 0, N, 0, U]),
        ("=IFERROR(1/A_,9)", [0.2, 9, 9, 1, 9, 9, 9, -0.4]),
        ("=LEN(A_)", [1, 3, 0, 4, 0, N, 1, 4]),
        ("=LEFT(A_,2)", ["5", "Ab", "", "TR", "", N, "0", "-2"]),
        ("=SUM(In!$A\0:$B\0)", [7, 2, 2, 2, 2, N, 0, -2]),  # a range: what is no number is passed over
        ("=MAX(In!$A\0:$B\0)", [5, 2, 2, 2, 2, N, 0, 0.5]),
        ("=COUNT(In!$A\0:$B\0)", [2, 1, 1, 1, 1, 1, 2, 2]),
        ("=SUMPRODUCT(In!$A\0:$B\0*1)", [7, V, V, 3, 2, N, 0, -2]),
        ("=INDEX(In!$A\0:$B\0,1,B_)", [2, 2, 2, 2, 2, 2, "#REF!", "#REF!"]),
        ("=MATCH(2,In!$A\0:$B\0,0)", [2, 2, 2, 2, 2, 2, N, N]),
        ("=SMALL(In!$A\0:$B\0,1)", [2, 2, 2, 2, 2, N, 0, -2.5]),
        ("=$C$2*rate+B_", [5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 3.5, 4]),
    ],
)
def test_cells_of_every_kind(formula, expected):
    assert [shown(value) for value in lines(formula).values(0)] == expected


def test_dates_and_shares_as_text_are_rounded_half_up():
    values = lines('=TEXT(45000+B_,"yyyy-mm-dd")', '=TEXT(B_/16,"0.0%")')
    assert values.values(0)[0] == "2023-03-17"  # 45000 is the 15th of March 2023
    assert values.values(1)[0] == "12.5%"
    assert lines('=TEXT(0.0625,"0.0%")').values(0)[0] == "6.3%"


def test_a_formula_that_cannot_be_calculated_so_is_refused():
    for formula, message in (
        ("=VLOOKUP(1,A_,1)", "VLOOKUP"),
        ('=TEXT(B_,"[$-407]mmmm")', "407"),
        ("=MATCH(1,A_,1)", "first"),
    ):
        with pytest.raises(WorkbookError, match=message):
            lines(formula).values(0)


ELSEWHERE = {"15 digits", "15 digits in INT", "text as number", "text as date", "text as condition"}
"""What the recalculation of a whole workbook mends around its engine, and no formula of the model needs."""


def test_microsofts_examples():
    """Those of the corpus that read no cells; a TRUE typed into SUM is taken for a cell's, which SUM passes over."""
    compared = 0
    for line in corpus.lines():
        if parse(line.formula).references() or line.name in ELSEWHERE or line.formula == "SUM(5,15,TRUE)":
            continue
        try:
            (value, *_) = lines("=" + line.formula).values(0)
        except WorkbookError:
            continue  # a function that the model does not use
        assert corpus.equal(value, line.expected), line
        compared += 1
    assert compared >= 25
