"""What is decided once for a template is what each of its formulas would have become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.errors import from_code
from workbook.engines import recalculate, single
from workbook.engines.single import evaluate
from workbook.engines.surroundings import Surroundings
from workbook.engines.wording import backwards, with_errors_called
from workbook.file.package import Package
from workbook.formulas.shapes import template_of

_FORMULAS = (
    "{0}-{1}",
    "FT_BREAKEVEN({0},{1},{2})",
    "FT_BREAKEVEN({0},,{2})+1",
    'IF({0}+0.1>{1},FT_ROI({0},{1},{2}),"A1")',
    "SUM({0}:{1})/{2}",
    "SUMPRODUCT(LEN({0}:{1}))",
    "ROW({0}:{1})",
    "SUM({0}:{1} {1}:{2})",
    "{0}:{1}*2",
    "price*FT_ROI({0},{1},{2})",
    "besides+{0}",
    "YEAR({0})",
    "SUM('Plan Q1'!{0}:{1})",
    "'Plan Q1'!{0}+PE_MONTHLY({0},{1},{2},1,2)",
    "SUBTOTAL(109,{0}:{1})",
    "INDEX(B:B,{0})",
    "FT_BREAKEVEN({0}:{1},{1},{2})",
    "VLOOKUP({0},$A$1:$C$9,TRUNC(COLUMN({1})/5)+ROW({2}),FALSE)",
    "COLUMN({0})+9000+{1}",
    "ROW({0})-COLUMN()",
    "ROW({0})%+1.2E4*price",
    "DATE(COLUMN({0}),1,{1})",
)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path_factory.mktemp("wording") / "names.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Model").write_row(0, 0, (1, 2, 3))
    book.add_worksheet("Plan Q1")
    book.define_name("price", "=Model!$A$1:$A$9")
    book.define_name("besides", "=Model!A1")
    book.close()
    with Package(path) as package:
        yield Surroundings(package)


@st.composite
def _references(draw):
    place = st.tuples(
        st.sampled_from(("", "$")), st.sampled_from("ABZ"), st.sampled_from(("", "$")), st.integers(1, 40)
    )
    return ["".join(map(str, draw(place))) for _ in range(3)]


@given(st.sampled_from(_FORMULAS), st.lists(_references(), min_size=2, max_size=3), st.integers(1, 30), st.booleans())
def test_one_plan_for_all_formulas_of_a_template(surroundings, pattern, filled, row, array):
    for shift, references in enumerate(filled):
        text = pattern.format(*references)
        template, found = template_of(text)
        place = ("Model", row + shift, 7)
        plan = surroundings.plan(template, text, *place, array)
        expected = surroundings.prepared(text, *place, array)
        assert surroundings.worded(plan, text, found, *place, array) == expected
        if plan.text is not None and not plan.changes and not backwards(plan, found):
            assert expected == text


_MEANINGS = (
    ("=2", 3, None),
    ("=Model!$B$1", 4, 3),
    ("=Model!$C$1:$D$1", 13, 12),
    (None, "#NAME?", 0),
    ("table", 12, 11),
    ("=Model!$D$1*2", 15, None),
)
"""What a workbook defines a name as, SUM(rate)+1, and IFERROR(SUM(INDIRECT("rate")),0): 3, 5 and 7 stand in B1 to D1
of the sheet Model, 11 in a table."""


def test_a_name_means_in_each_workbook_what_it_means_there(tmp_path):
    """What was decided for one workbook is kept for the next one."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    for meaning, total, indirect in _MEANINGS * 2:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name in ("Model", "Other"):
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 1, (3, 5, 7) if name == "Model" else (1, 1, 1))
                sheet.write_formula(9, 0, "=SUM(rate)+1", None, "")
                sheet.write_formula(10, 0, '=IFERROR(SUM(INDIRECT("rate")),0)', None, "")
            if meaning == "table":
                book.worksheets()[0].add_table("F1:F2", {"name": "rate", "columns": [{"header": "x"}], "data": [[11]]})
            elif meaning:
                book.define_name("rate", meaning)
        values = recalculate(path).values
        for name in ("Model", "Other"):
            assert values[name, "A10"] == (from_code(total) if type(total) is str else total), (meaning, name)
            if indirect is not None:
                assert values[name, "A11"] == indirect, (meaning, name)


@pytest.mark.parametrize(
    ("name", "given", "other"),
    [
        ("SUBTOTAL(109,S!$A$1:$A$3)", 6.0, 4.0),
        ("AGGREGATE(9,5,S!$A$1:$A$3)", 6.0, 4.0),
        ("_xlfn.ISFORMULA(S!$B$1)", False, True),
        ("_xlfn.FORMULATEXT(S!$B$1)", from_code("#N/A"), "=1+1"),
    ],
)
def test_a_name_that_looks_at_a_sheet_means_what_is_on_that_sheet(tmp_path, name, given, other):
    """Two workbooks with the same names: 1, 2, 3, and in the other one row 2 is hidden and B1 holds a formula."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    for differs, expected in ((False, given), (True, other)):
        path = tmp_path / f"{differs}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("S")
            sheet.write_column(0, 0, (1, 2, 3))
            book.define_name("looks", "=" + name)
            sheet.write_formula("D1", "=looks", None, "")
            if differs:
                sheet.set_row(1, None, None, {"hidden": True})
                sheet.write_formula("B1", "=1+1", None, 2)
        with Package(path) as package:
            assert recalculate(package).values["S", "D1"] == expected


def test_the_number_of_a_reference_goes_into_the_plan(surroundings):
    """The text says the row and column of each reference, and a number that only looks like one of them stays."""

    def becomes(text, other):
        template, _ = template_of(text)
        plan = surroundings.plan(template, text, "Model", 2, 2, False)
        return plan.text(template_of(other)[1]) if plan.text else None

    assert becomes("TRUNC(COLUMN(C$2)/5)+ROW(B7)*D4", "TRUNC(COLUMN(AA$2)/5)+ROW(B$11)*D5") == "TRUNC(27/5)+11*D5"
    assert becomes("COLUMN(C2)+9000", "COLUMN(D2)+9000") is None
    assert becomes("COLUMN(MHD2)+9000", "COLUMN(D2)+9000") is None  # column 9000
    assert becomes("DATE(ROW(B1950),1,1)", "DATE(ROW(B1900),1,1)") is None  # Excel's 1900 has a day more
    assert becomes("ROW(C2)+ROW()", "ROW(D2)+ROW()") is None
    assert becomes("ROW(C2:C4)", "ROW(D2:D9)") is None


@pytest.mark.parametrize("code", ["#NUM!", "#VALUE!", "#DIV/0!", "#N/A"])
def test_an_error_a_formula_names_is_given_by_a_call(code):
    changed = with_errors_called(f'IF(A1<0,{code},"{code}")')
    assert changed.endswith(f'"{code}")')
    assert changed.count(code) == 1
    assert evaluate(f"=IFERROR({with_errors_called(code)},7)") == 7
    assert evaluate(f"={with_errors_called(code)}").code == code
    assert with_errors_called(f"SUM({{1,{code}}})") == f"SUM({{1,{code}}})"


@pytest.mark.parametrize(("formula", "times"), [('"$5"+"a"', 1), ('"a"+1', 2)])
def test_a_formula_written_with_numbers_is_computed_once(monkeypatch, formula, times):
    """One that is not may show a number then, and is computed again."""
    asked = []
    evaluated = single._evaluated
    monkeypatch.setattr(single, "_evaluated", lambda text: asked.append(text) or evaluated(text))
    assert evaluate(f"={formula}").code == "#VALUE!"
    assert len(asked) == times


@pytest.mark.parametrize(
    ("formula", "read"),
    [
        ("A1<=1E-12*B1", "A1<=0.000000000001*B1"),
        ("2.5e+3%+E12", "2500%+E12"),
        ("A1E5", "A1E5"),
        ('"1E5"', '"1E5"'),
        ("{1E5}", "{1E5}"),
        ("1E-300", "1E-300"),
    ],
)
def test_a_number_with_an_exponent_is_written_out(formula, read):
    assert with_errors_called(formula) == read


@pytest.mark.parametrize(
    ("formula", "array", "expected"),
    [
        ("=SUMPRODUCT(N(A1:A4>2))", False, 2.0),
        ("=SUMPRODUCT(N(A1:A4>2),A1:A4)", False, 7.0),
        ("=SUM(N(A1:A4>2)*A1:A4)", True, 7.0),
        ("=SUM(N({1,2,5}>1))", False, 2.0),
        ("=SUMPRODUCT(LEN(T(B1:B4&C1:C4)))", False, 8.0),
        ("=N(A2:A4)", False, 2.0),  # of a range the first cell's
        ("=T(B2:B4)", False, "yy"),
        ("=N(A2)+N(B2)", False, 2.0),
    ],
)
def test_n_and_t_of_several_values(tmp_path, formula, array, expected):
    """1, 2, 3, 4 beside x, yy, zz, www and blanks."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet("S")
        sheet.write_column(0, 0, (1, 2, 3, 4))
        sheet.write_column(0, 1, ("x", "yy", "zz", "www"))
        for row in range(8, 10):  # filled down, with fixed rows
            text = formula if row == 8 else formula.replace("1:", "$1:").replace("2:", "$2:")
            if array:
                sheet.write_array_formula(row, 4, row, 4, text, None, "")
            else:
                sheet.write_formula(row, 4, text, None, "")
    values = recalculate(tmp_path / "book.xlsx").values
    assert [values["S", "E9"], values["S", "E10"]] == [expected, expected]


def test_a_text_that_stands_on_two_sheets_means_on_each_what_it_means_there(tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "tabs.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, numbers, rate in (("One", (1, 2, 3), "$A$2"), ("Two", (10, 20, 30), "$A$3")):
            sheet = book.add_worksheet(name)
            sheet.write_column("A1", numbers)
            book.define_name(f"{name}!rate", f"={name}!{rate}")
            for place, text in (("B2", "$A$1:$A$3*2"), ("B3", "$A$1:$A$3*2"), ("C1", "SUM($A$3:$A$1)")):
                sheet.write_formula(place, "=" + text)
            for place, text in (("D1", "rate+1"), ("D2", "ROW()"), ("D3", "ROW()"), ("E1", "0.1+0.2=0.3")):
                sheet.write_formula(place, "=" + text)
    values = recalculate(path).values
    places = ("B2", "B3", "C1", "D1", "D2", "D3", "E1")
    assert [values["One", place] for place in places] == [4, 6, 6, 3, 2, 3, True]
    assert [values["Two", place] for place in places] == [40, 60, 60, 31, 2, 3, True]
