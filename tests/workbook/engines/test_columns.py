"""Formulas filled down, worked out from plain numbers: told are the lines where Excel's rules leave no doubt."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
import xlsxwriter

from workbook.engines.columns import Columns
from workbook.file.package import Package

A = [5.0, 0.0, -2.5, 1e300, "Abc", True, None, 4]
"""Numbers, and what is none: a text, a logical value, a blank. The engine gives numbers as floats; what it does not is
left to it."""
B = [2.0, 0.0, 0.5, 1e300, 2.0, 2.0, 2.0, 2.0]
ROWS = range(200_003, 200_003 + len(A))
HELD = 5
_ = None
"""Where nothing is told."""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    path = tmp_path_factory.mktemp("columns") / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for name in ("Model", "Other"):
            made.add_worksheet(name)
        made.define_name("rate", "=Other!$B$2")
        made.define_name("word", "=Other!$B$3")
        made.define_name("own", "=Other!$B$2")
        made.define_name("Other!own", "=Other!$B$9")
        made.define_name("many", "=Other!$B$2:$B$3")
    with Package(path) as opened:
        yield opened


def told(package, formula, holds):
    """The lines of which `formula` is said to give what the column holds."""
    cells = {("Model", 1, 3): 7.0, ("Other", 2, 2): 0.5, ("Other", 3, 2): "half"}
    for row, a, b, held in zip(ROWS, A, B, holds, strict=True):
        cells |= {("Model", row, 1): a, ("Model", row, 2): b, ("Model", row, HELD): held, ("Other", row, 1): 100.0}
    engine = SimpleNamespace(get_value=lambda *place: cells.get(place, 3.0 if place[2] == 3 else None))
    kind = SimpleNamespace(at=lambda text, row: text.replace("@", str(row)).replace("§", str(row - 1)))
    text = formula.replace("A_", "A@").replace("B_", "$B@")
    return Columns(engine, package, "Model", ROWS).agrees(kind, text, HELD)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # Calculation operators and precedence in Excel.
        ("A_+B_", [7, 0, -2, 2e300, _, _, _, _]),
        ("A_-B_", [3, 0, -3, 0, _, _, _, _]),
        ("A_*B_", [10, 0, -1.25, _, _, _, _, _]),  # beyond the largest number: #NUM!
        ("A_/B_", [2.5, _, -5, 1, _, _, _, _]),
        ("A_^B_", [25, _, _, _, _, _, _, _]),  # 0^0 and a root of a negative number are #NUM!
        ("-A_^2", [25, 0, 6.25, _, _, _, _, _]),  # the sign binds closer than the power
        ("50%*A_", [2.5, 0, -1.25, 5e299, _, _, _, _]),
        ("IF(A_>B_,1,2)", [1, 2, 2, 2, _, _, _, _]),
        ("IF(A_,1,2)", [1, 2, 1, 1, _, _, _, _]),
        ("(A_>=B_)+1", [2, 2, 1, 2, _, _, _, _]),
        ("IF(A_=5,NA(),1)", [_, 1, 1, 1, _, _, _, _]),
        ("IFERROR(1/(A_*B_),9)", [0.1, 9, -0.8, 9, _, _, _, _]),  # #DIV/0! and #NUM!
        ("IFERROR(IF(A_=5,#NUM!,SQRT(A_)),9)", [9, 0, 9, 1e150, _, _, _, _]),
        ("IFERROR(A_^B_,9)", [25, 9, _, 9, _, _, _, _]),
        ("IF(ISTEXT(A_)+ISLOGICAL(A_),1,2)", [2, 2, 2, 2, _, _, _, _]),
        ("IF(ISLOGICAL(A_>1),1,2)", [1, 1, 1, 1, _, _, _, _]),
        ("IF(AND(A_>1,B_>1),1,IF(OR(A_<0,B_<0),2,IF(NOT(A_),3,4)))", [1, 3, 2, 1, _, _, _, _]),
        ("SUM(A_:B_)", [7, 0, -2, 2e300, _, _, _, _]),
        ("MAX(A_:B_,1)-MIN(A_,3)", [2, 1, 3.5, 1e300, _, _, _, _]),
        ("IF(1.0000000000001>1,1,2)", [1] * len(A)),  # the fourteenth digit counts
        ("ROUND(B_*1.234,1)", [2.5, 0, 0.6, _, 2.5, 2.5, 2.5, 2.5]),
        ("ROUND(-2.6749,2)", [-2.67] * len(A)),
        ("INT(7.9999999999999)", [7] * len(A)),
        ("7.0000000000001-7", [7.0000000000001 - 7] * len(A)),
        ("ABS(INT(A_))", [5, 0, 3, 1e300, _, _, _, _]),
        # What it reads: a fixed cell, a name, another sheet, the line above.
        ("A_+$C$1", [12, 7, 4.5, 1e300, _, _, _, _]),
        ("A_*rate", [2.5, 0, -1.25, 5e299, _, _, _, _]),
        ("A_+Other!A_", [105, 100, 97.5, 1e300, _, _, _, _]),
        ("B_+B§", [_, 2, 0.5, 1e300, 1e300, 4, 4, 4]),
        ("IFERROR(NA(),3)", [3] * len(A)),
    ],
)
def test_told_is_what_excel_gives_and_nothing_else(package, formula, expected):
    held = [9.0 if value is None else float(value) for value in expected]
    assert told(package, formula, held) == [value is not None for value in expected]
    assert not any(told(package, formula, [math.nextafter(value, math.inf) for value in held]))
    for value in {0.0, 1.0, 2.0, *held}:  # where nothing is to be told, whatever is held
        assert not any(told(package, formula, [value if of is None else None for of in expected]))


@pytest.mark.parametrize(
    ("formula", "tempting"),
    [
        ("IF((A_>B_)<5,1,2)", 1),  # a logical value is above every number
        ("IF(5>(A_>B_),1,2)", 1),
        ("A_>B_", 1),  # is no number
        ("IF(0.1+0.2=0.3,1,2)", 1),  # fifteen digits are compared, and counted from
        ("IF(0.1+0.2>0.3,1,2)", 1),
        ("0.1+0.2-0.3", 0.1 + 0.2 - 0.3),
        ("-0.3+(0.1+0.2)", 0.1 + 0.2 - 0.3),
        ("INT((0.1+0.7)*10)", 7),
        ("A_+word", 5),  # a name for a text; for a cell on one sheet and another elsewhere; for several cells; for none
        ("A_+own", 5.5),
        ("A_+many", 5.5),
        ("A_+nowhere", 5),
        ("A_+Elsewhere!A1", 5),
        ("A_+$D$1", 5),  # a blank
        ("A_+$C$1000000", 8),  # rows that would be taken for ones near the line's own
        ("A_+$C$900000", 8),
        ("SUM(C§:C@)+A_", 8),  # a range over several lines
        ("A_:B_*2", 10),
        ("IF(A_:B_,9,9)", 9),
        ("IF(A_,9,)", 9),
        ("ROUND(2.675,2)", 2.67),  # Excel shows 2.68, and 2.675 is a little less than that in binary
        ("ROUND(2.675,2)", 2.68),
        ("ROUND(5.5,0)", 6),
        ("ROUND(A_*100,-1)", 500),
        ("IFERROR(ROUND(A_,1E+300),9)", 9),
        ("TRUNC(A_)", 5),
        ("LOG10(A_)", math.log10(5)),
        ("A_&B_", 52),
        ('"5"+B_', 7),
        ("A_+", 5),
    ],
)
def test_what_only_an_engine_can_tell(package, formula, tempting):
    assert not any(told(package, formula, [float(tempting)] * len(A)))


def test_what_the_column_holds_is_a_number_or_nothing_is_told(package):
    assert told(package, "IF(A_>B_,1,0)", [True, False, None, "0", 0.0, 0.0, 0.0, 0.0]) == [False] * len(A)
    assert told(package, "IF(A_>B_,1,0)", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])[:4] == [True] * 4
