"""Stored values against computed ones, errors, and what no engine computes."""

from __future__ import annotations

import openpyxl
import pytest

import pycalc
from tests.books import row, sheet, write_book
from tests.workbook.tasks.check.audited import ON, cells_of, found, write


@pytest.mark.parametrize(
    ("stored", "faults"), [(200 * (1 + 0.9e-9), 0), (200 * (1 + 1.2e-9), 1), ("200", 1), (True, 1)]
)
def test_a_stored_value_may_differ_by_its_rounding(tmp_path, stored, faults):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": 100, "B1": "=A1*A1/50"}}, stored={("S", "B1"): stored})
    stale = found(path, "stale")
    assert len(stale) == faults
    assert all(finding.severity == "error" and finding.where == "S!B1" for finding in stale)


@pytest.mark.parametrize(("stored", "faults"), [(1.9, 0), (2.1, 1)])
def test_rounding_is_measured_by_the_largest_term(tmp_path, stored, faults):
    """1e9 + 1 less 1e9 is 1; 1e-9 of the largest term is 1, so 2 is the limit."""
    cells = {"A1": 1e9 + 1, "A2": 1e9, "B1": "=A1-A2"}
    assert len(found(write(tmp_path / "b.xlsx", {"S": cells}, stored={("S", "B1"): stored}), "stale")) == faults


def test_rounding_is_inherited_by_what_subtracts_it(tmp_path):
    """B1 is 1 from terms of 1e9 and stored within 1; C1 shows that difference and nothing else."""
    cells = {"A1": 1e9 + 1, "A2": 1e9, "A3": 1, "B1": "=A1-A2", "C1": "=B1-A3"}
    stored = {("S", "B1"): 1.5, ("S", "C1"): 0.5}
    assert found(write(tmp_path / "b.xlsx", {"S": cells}, stored=stored), "stale") == []
    stored[("S", "C1")] = 1.5
    assert cells_of(found(write(tmp_path / "c.xlsx", {"S": cells}, stored=stored), "stale")) == ["C1"]


def test_a_long_list_of_stale_cells_is_put_together(tmp_path):
    cells = {f"A{n}": n for n in range(1, 101)} | {f"B{n}": f"=A{n}*A$1" for n in range(1, 101)}
    path = write(tmp_path / "b.xlsx", {"S": cells}, stored={("S", f"B{n}"): -1 for n in range(1, 101)})
    stale = found(path, "stale")
    assert sum(finding.count for finding in stale) == 100
    assert len(stale) == 26
    assert stale[-1].cell == "B26:B100"


def test_formulas_without_a_stored_value(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([1, "=A1*A1", "=A1+A1"])
    book.save(tmp_path / "b.xlsx")
    (finding,) = found(tmp_path / "b.xlsx")
    assert (finding.kind, finding.severity, finding.cell, finding.count) == ("not-stored", "warning", "B1:C1", 2)


def test_an_empty_text_is_a_stored_value(tmp_path):
    assert found(write(tmp_path / "b.xlsx", {"S": {"A1": 1, "B1": '=IF(A1>0,"",A1)'}})) == []


def test_the_stored_cells_of_an_array_formula_are_compared(tmp_path):
    text = sheet(
        row(1, A="<v>3</v>", B='<f t="array" ref="B1:B2">A1:A2*A1</f><v>9</v>') + row(2, A="<v>4</v>", B="<v>{}</v>")
    )
    right = write_book(tmp_path / "right.xlsx", {"S": text.replace("{}", "12")})
    wrong = write_book(tmp_path / "wrong.xlsx", {"S": text.replace("{}", "13")})
    assert found(right, "stale") == []
    assert cells_of(found(wrong, "stale")) == ["B2"]


# errors


def test_an_error_is_reported_where_it_arises(tmp_path):
    cells = {"A1": 0, "B1": "=1/A1", "C1": "=B1+A1", "D1": "=SUM(A1:C1)"}
    findings = found(write(tmp_path / "b.xlsx", {"S": cells}))
    assert [(item.severity, item.kind, item.cell) for item in findings] == [
        ("error", "error-value", "B1"),
        ("note", "error-passed-on", "C1:D1"),
    ]


@pytest.mark.parametrize(
    ("formula", "severity"),
    [("=IF(A1>0,NA(),A1)", "note"), ("=MATCH(A1,A2:A3,0)", "warning"), ("=SQRT(A1-A1-A1)", "error")],
)
def test_no_answer_is_not_always_a_fault(tmp_path, formula, severity):
    (finding,) = found(write(tmp_path / "b.xlsx", {"S": {"A1": 5, "A2": 6, "A3": 7, "B1": formula}}))
    assert finding.severity == severity


def test_an_error_somebody_typed(tmp_path):
    text = sheet(row(1, A='<c r="A1" t="e"><v>#DIV/0!</v></c>', B="<f>1+1</f><v>2</v>"))
    (finding,) = found(write_book(tmp_path / "b.xlsx", {"S": text}))
    assert (finding.severity, finding.cell) == ("error", "A1")
    assert "no formula" in finding.what


def test_a_refused_call_says_what_ft_check_says(tmp_path):
    arguments = (10_000, -800, 50, 100, 30, 60)
    cells = {f"A{n}": value for n, value in enumerate(arguments, 1)}
    cells["C1"] = "=PE_MONTHLY(A1,A2,A3,A4,A5,A6)*A1/A1"
    (finding,) = found(write(tmp_path / "b.xlsx", {"S": cells}))
    assert (finding.severity, finding.kind, finding.cell) == ("error", "refused-call", "C1")
    assert pycalc.ft_check("PE_MONTHLY", *arguments) in finding.what
    assert "prompt_tokens" in finding.what
    assert "-800" in finding.what


def test_no_break_even_is_an_answer(tmp_path):
    (finding,) = found(
        write(tmp_path / "b.xlsx", {"S": {"A1": 100, "A2": 9, "A3": 10, "B1": "=FT_BREAKEVEN(A1,A2,A3)"}})
    )
    assert (finding.severity, finding.kind) == ("note", "no-answer")
    assert "never breaks even" in finding.what


@pytest.mark.parametrize(
    ("formula", "faults"),
    [
        ("=IFERROR(FT_BREAKEVEN(A1,A2,A3),A2)", 1),  # refused: -100 upfront
        ("=IFERROR(FT_BREAKEVEN(A2,A3,A2),A2)", 0),  # no answer, which IFERROR is for
        ("=IFERROR(IF(A1<0,A2,FT_BREAKEVEN(A1,A2,A3)),A2)", 0),  # the branch is not taken
        ("=IFERROR(FT_BREAKEVEN(A2,A2,A3),A2)", 0),  # no error at all
        ("=IFERROR(FT_BREAKEVEN(A2,A3,1/0),A2)", 0),  # not our error
        ("=IFERROR(1/0+FT_BREAKEVEN(A1,A2,A3),A2)", 1),  # refused, though an engine may have enough before
        ("=IFERROR(SUM(1/0,FT_BREAKEVEN(A1,A2,A3)),A2)", 1),
        ("=SUM(IFERROR(FT_BREAKEVEN(A1,A2,A3),A2),0)", 1),
        ("=IFERROR(AND(FALSE,FT_BREAKEVEN(A1,A2,A3)>1),A2)", 1),
        ("=IFERROR(FT_ROI(FT_BREAKEVEN(A1,A2,A3),A2,A3),A2)", 1),
        ("=IFERROR(FT_BREAKEVEN(A1:A3,A2,A3),A2)", 1),  # one of three
    ],
)
def test_a_refusal_behind_iferror(tmp_path, formula, faults):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": -100, "A2": 20, "A3": 10, "B1": formula}})
    assert [(item.kind, item.severity) for item in found(path)] == [("refused-call", "warning")] * faults


def test_a_refusal_behind_iferror_in_a_formula_no_engine_computes(tmp_path):
    text = "IFERROR(FT_BREAKEVEN(A1,20,10),20)+WOBBLE(1)"
    path = write_book(tmp_path / "b.xlsx", {"S": sheet(row(1, A="<v>-100</v>", B=f"<f>{text}</f><v>21</v>"))})
    assert "refused-call" in {item.kind for item in found(path)}


def test_calls_saved_without_the_add_in(tmp_path):
    cells = {"A1": 100, "A2": 20, "A3": 10, "B1": "=FT_BREAKEVEN(A1,A2,A3)"}
    (finding,) = found(write(tmp_path / "b.xlsx", {"S": cells}, stored={("S", "B1"): "#NAME?"}))
    assert (finding.severity, finding.kind) == ("error", "no-add-in")


# what no engine computes, and what moves by itself


def test_a_circle(tmp_path):
    text = sheet(row(1, A="<f>B1+1</f><v>1</v>", B="<f>A1+1</f><v>2</v>", C="<f>1+1</f><v>2</v>"))
    (finding,) = found(write_book(tmp_path / "b.xlsx", {"S": text}))
    assert (finding.severity, finding.kind, finding.cell) == ("error", "circular", "A1:B1")


def test_a_circle_through_a_long_column_in_which_other_cells_ask_where_they_are(tmp_path):
    text = sheet(row(1, A="<f>SUM(A2:A100)</f>") + row(2, A="<f>COLUMNS(A2)</f>") + row(3, A="<f>A1</f>"))
    assert {finding.cell for finding in found(write_book(tmp_path / "b.xlsx", {"S": text}), "circular")} == {"A1, A3"}


@pytest.mark.parametrize("formula", ["SUM(A:A)", "SUM(1:1)", "SUM(costs)", "first+1", "SUM(other)"])
def test_a_circle_through_a_whole_column_or_a_name(tmp_path, formula):
    names = "".join(
        f'<definedName name="{name}">{text}</definedName>'
        for name, text in {"Costs": "S!$A$1:$A$2", "FIRST": "S!$A$1", "other": "Costs"}.items()
    )
    text = sheet(row(1, A=f"<f>{formula}</f><v>1</v>", B="<f>1+1</f><v>2</v>") + row(2, A="<v>5</v>"))
    (finding,) = found(write_book(tmp_path / "b.xlsx", {"S": text}, names=names), "circular")
    assert (finding.severity, finding.cell) == ("error", "A1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('IF(C1="new",B1*2,0)', 'IF(C1="new",0,A1+1)'),  # Excel evaluates the branch that is taken, and finds no circle
        ("IFERROR(C2,B1)", "A1+1"),
    ],
)
def test_a_circle_through_a_branch_is_not_proved(tmp_path, one, other):
    text = sheet(row(1, A=f"<f>{one}</f><v>0</v>", B=f"<f>{other}</f><v>1</v>", C="<v>3</v>"))
    (finding,) = found(write_book(tmp_path / "b.xlsx", {"S": text}), "circular")
    assert finding.severity == "warning"


def test_asking_for_the_own_row_or_the_cell_above_is_no_circle(tmp_path):
    """As calendars and running balances of Excel's own templates do."""
    text = sheet(
        row(1, A="<v>875</v>", B="<v>2</v>")
        + row(2, A="<f>IF(ISERROR(OFFSET(A2,-1,0,1,1)+B2),B2,OFFSET(A2,-1,0,1,1)+B2)</f><v>880</v>", B="<v>5</v>")
        + row(3, A="<f>(ROW(A3)-ROW($A$1))*7+COLUMN(A3)</f><v>15</v>")
    )
    path = write_book(tmp_path / "b.xlsx", {"S": text})
    assert found(path, "circular") == []
    assert found(path, "not-computed") == []
    assert found(path, "stale") == []


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("ERF(0.745)", 0.70792869314882),  # Excel 2007; in full 0.707928920
        ("BESSELJ(1.9,2)", 0.329925828669785),  # as Microsoft's page prints it; in full 0.329925727
        ("BETAINV(0.6854,8,10,1,3)", 1.99995231628418),  # "a precision of 3e-7"
        ("SIN(PI())", 1.22514845490862e-16),
        ('LEFTB("東京都",4)', "東京"),  # in a Japanese Excel, where they count two each
        ("-FV(0.005,360,-PMT(0.005,360,-A1),A1)", -7.3711134973564185e-09),  # 0 but for rounding of 100,000
        ('COUNT(1,"a","5","2021-03-14")', 3.0),
        ("A3*1", 44533.0),  # a day in German
        ("A4*1", 1000.5),  # an amount
        ("A5*1", 44531.0),  # 1 December 2021
        ("100*ERF(0.745)", 70.792869314882),
        ("1-ERF(0.745)", 0.29207130685118),
        ("AVERAGEIFS(A1:A2,A1:A2,5)", "#VALUE!"),
        ("(10%+A2)/2", 0.2917),  # A2 holds the text 48,34%, a number where a comma is the decimal point
        ("CHAR(128)", "Ä"),  # on a Mac
        ("_xlfn.BASE(0,2)", 0.0),
        ("1/0", "#NUM!"),  # an error all the same
        ("TAN(PI()/2)", 1e9 + 1),  # at a pole the last digit of PI decides
        ('SUMIFS(A1:A2,A3:A5,"a")', "#VALUE!"),
    ],
)
def test_what_excel_stored_by_an_older_or_other_way_is_not_wrong(tmp_path, formula, value):
    cells = {"A1": 100_000, "A2": "48,34%", "A3": "3. Dezember 2021", "A4": "1.000,5 €", "A5": "Dez 2021"}
    cells |= {"B1": "=" + formula, "B2": "=A1*2"}
    assert found(write(tmp_path / "b.xlsx", {"S": cells}, stored={("S", "B1"): value}), "stale") == []


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("ERF(0.745)", 0.7079),
        ("SIN(PI())", 0.001),
        ("TAN(PI()/2)", 1e9),
        ("COUNT(1,2)", 3.0),
        ("A1*2", "200000"),  # a sum passes over a text
        ('"2"&"0"', 20.0),  # a sum counts it
        ("A2*3", 36.0),  # of no language's numbers
        ("A3*3", 36.0),
        ("A4*3", 36.0),
        ("SUMIFS(A1:A1,A1:A1,5)/C1", 5.0),  # a sum of nothing is 0: the error is the division's
        ("COUNTIFS(A1:A1,1)+NA()", 36.0),
        ("_xlfn.MAXIFS(A1:A1,A1:A1,5)/C1", 5.0),
        ("10*A1+IRR(D1:D2)", 1_000_000.9),  # 1,000,000.1, which is not approximated
        ("SUM(10*A1,IRR(D1:D2))", 1_000_000.9),
    ],
)
def test_and_beyond_that_it_is(tmp_path, formula, value):
    cells = {"A1": 100_000, "A2": "12 pcs", "A3": "Year 1", "A4": "3 sets", "C1": 0, "D1": -1000, "D2": 1100}
    cells |= {"B1": "=" + formula, "B2": "=A1*2"}
    assert cells_of(found(write(tmp_path / "b.xlsx", {"S": cells}, stored={("S", "B1"): value}), "stale")) == ["B1"]


def test_an_error_stored_as_a_text_is_wrong(tmp_path):
    cell = '<c r="A1" t="str"><f>1/0</f><v>#DIV/0!</v></c>'
    text = sheet(f'<row r="1">{cell}<c r="B1"><f>1+1</f><v>2</v></c></row>')
    assert cells_of(found(write_book(tmp_path / "b.xlsx", {"S": text}), "stale")) == ["A1"]


def test_functions_the_engine_lacks_are_named(tmp_path):
    text = sheet(row(1, A="<f>THEIRMACRO(1)</f><v>5</v>", B="<f>A1+1</f><v>6</v>", C="<f>1+1</f><v>2</v>"))
    (finding,) = found(write_book(tmp_path / "b.xlsx", {"S": text}))
    assert (finding.severity, finding.kind, finding.count) == ("note", "not-computed", 1)
    assert "THEIRMACRO" in finding.what


def test_a_clock_is_no_stale_value(tmp_path):
    cells = {"A1": "=TODAY()", "A2": "=A1+A3", "A3": 1, "A4": "=A3+A3"}
    stored = {("S", "A1"): 40_000, ("S", "A2"): 40_001, ("S", "A4"): 3}
    path = write(tmp_path / "b.xlsx", {"S": cells}, stored=stored)
    assert cells_of(found(path, "stale")) == ["A4"]  # the wrong value that no clock explains
    assert {finding.severity for finding in found(path, "volatile")} == {"note"}


@pytest.mark.usefixtures("soffice")
def test_libreoffice_recomputes_and_ours_are_computed_by_python(tmp_path):
    cells = {"A1": 100, "A2": 20, "A3": 10, "B1": "=FT_BREAKEVEN(A1,A2,A3)", "B2": "=A1*A2"}
    cells["B3"] = "=IF(A1>A2,TRUE,FALSE)"
    stored = {("S", "B1"): 11, ("S", "B2"): 2001}
    path = write(tmp_path / "b.xlsx", {"S": cells}, stored=stored)
    assert cells_of(found(path, "stale", engine="libreoffice")) == ["B1", "B2"]
    assert found(write(tmp_path / "right.xlsx", {"S": cells}), engine="libreoffice") == []


# a second opinion


def test_npv_and_irr_agree_with_numpy_financial(tmp_path):
    flows = {f"A{n}": value for n, value in enumerate((-1000, 300, 420, 680), 1)}
    cells = {**flows, "B1": 0.1, "C1": "=IRR(A1:A4)", "C2": "=NPV(B1,A2:A4)+A1"}
    cells |= {"C3": "=FT_NPV(B1,B2,B3,B4)", "C4": "=FT_IRR(B2,B3,B4)", "B2": 12, "B3": 1000, "B4": 120}
    assert found(write(tmp_path / "b.xlsx", {"S": cells})) == []


def test_an_npv_or_irr_that_numpy_financial_finds_otherwise_is_reported(tmp_path, monkeypatch):
    """The cash flows it is given are those of the cells: nothing now and 300, 420, 680 later; 1,000 paid, 120 saved."""
    import numpy_financial

    seen = []

    def otherwise(*given):
        seen.append([float(flow) for flow in given[-1]])
        return 0.5

    monkeypatch.setattr(numpy_financial, "npv", otherwise)
    monkeypatch.setattr(numpy_financial, "irr", otherwise)
    cells = {"A2": 300, "A3": 420, "A4": 680, "B1": 0.1, "B2": 12, "B3": 1000, "B4": 120}
    cells |= {"C1": "=NPV(B1,A2:A4)", "C2": "=FT_NPV(B1,B2,B3,B4)", "C3": "=FT_IRR(B2,B3,B4)", "C4": "=SUM(A2:A4)"}
    path = write(tmp_path / "b.xlsx", {"S": cells})
    assert sorted(cells_of(found(path, "second-opinion"))) == ["C1", "C2", "C3"]
    assert sorted(seen) == sorted([[0.0, 300.0, 420.0, 680.0], *([[-1000.0] + [120.0] * 12] * 2)])


def test_an_irr_with_two_answers_is_reported(tmp_path):
    """-100, 230, -132 has the rates 10% and 20%: (1 + r) solves 100 x² - 230 x + 132 = 0."""
    cells = {"A1": -100, "A2": 230, "A3": -132, "B1": 0.25, "C1": "=IRR(A1:A3,B1)"}
    (finding,) = found(write(tmp_path / "b.xlsx", {"S": cells}))
    assert (finding.severity, finding.kind) == ("warning", "second-opinion")  # both are right
    assert "0.2" in finding.what
    assert "0.1" in finding.what


def test_npv_passes_over_blanks(tmp_path):
    """Microsoft, NPV: "If an argument is an array or reference, only numbers are counted; empty cells are ignored"."""
    cells = {"A1": 0.08, "B1": 8000, "D1": 10_000, "E1": 12_000, "A2": "=NPV(A1,B1,C1,D1,E1)", "A3": "=NPV(A1,B1:E1)"}
    path = write(
        tmp_path / "b.xlsx", {"S": cells}, stored={("S", cell): _npv((8e3, 1e4, 12e3)) for cell in ("A2", "A3")}
    )
    assert found(path) == []


def _npv(flows):
    return sum(flow / 1.08**year for year, flow in enumerate(flows, 1))


def test_the_day_is_today_when_none_is_given(tmp_path):
    from workbook.tasks.check import check

    assert check(write(tmp_path / "b.xlsx", {"S": {"A1": 1, "B1": "=A1+A1"}})) == []
    assert ON.year == 2026


# the cause, and what follows from it


def test_the_cause_is_named_and_its_consequences_are_counted_under_it(tmp_path):
    """B1 = A1*A1 is 9 and stores 4; C1 and D1 were computed from that 4, E1 from A1."""
    cells = {"A1": 3, "B1": "=A1*A1", "C1": "=B1+1", "D1": "=C1*2", "E1": "=A1+1"}
    stored = {("S", "B1"): 4, ("S", "C1"): 5, ("S", "D1"): 10}
    (finding,) = (item for item in found(write(tmp_path / "b.xlsx", {"S": cells}, stored=stored), "stale"))
    assert (finding.severity, finding.cell) == ("error", "B1")
    assert "shows 4 but computes to 9; 2 cells that read it" in finding.what


def test_what_only_one_engine_says_is_no_error(tmp_path, monkeypatch):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": 3, "B1": "=A1*A1"}}, stored={("S", "B1"): 4})
    monkeypatch.setattr("workbook.engines.settling.Settlement.verdicts", lambda *_: (set(), set()))
    assert [(item.severity, item.kind) for item in found(path)] == [("note", "not-confirmed")]
    monkeypatch.setattr("workbook.engines.settling.Settlement.verdicts", lambda *_: (set(), {("S", "B1")}))
    assert found(path) == []  # a second engine gives what the file says


def test_a_file_that_iterates_is_compared_to_its_own_delta(tmp_path):
    """A2 = A4/10, A3 = A1+A2, A4 = A3/2 with A1 = 1000: A3 = 1000/0.95 = 1052.63157894..; Excel stops within 0.001."""
    text = sheet(
        row(1, A="<v>1000</v>")
        + row(2, A="<f>A4*0.1</f><v>52.6315625</v>")
        + row(3, A="<f>A1+A2</f><v>1052.6315625</v>")
        + row(4, A="<f>A3*0.5</f><v>526.3157</v>")
    )
    right = write_book(tmp_path / "b.xlsx", {"S": text}, workbook='<calcPr iterate="1" iterateDelta="0.001"/>')
    assert [item.kind for item in found(right) if item.severity == "error"] == []
    wrong = write_book(tmp_path / "c.xlsx", {"S": text.replace("526.3157", "526.4")}, workbook='<calcPr iterate="1"/>')
    assert [item.kind for item in found(wrong) if item.severity == "error"] != []


def test_what_libreoffice_saves_in_its_own_way_is_no_finding(tmp_path):
    """TRUE and FALSE as 1 and 0, a text without the space it begins with."""
    text = sheet(
        row(1, A="<v>3</v>", B="<f>A1&gt;2</f><v>1</v>", C="<f>AND(A1&gt;2,A1&lt;3)</f><v>0</v>")
        + row(2, A='<c r="A2" t="str"><f>&quot; of &quot;&amp;A1</f><v>of 3</v></c>')
    )
    assert {item.kind for item in found(write_book(tmp_path / "b.xlsx", {"S": text}))} == {"typed-number"}


UNPROVED = [
    ("DAY(DATE(1900,2,29))", "29"),  # Excel has a 29 February 1900
    ("MONTH(B1)", "1"),  # of a blank: Excel's day 0 lies in January 1900
    ("CELL(&quot;width&quot;)", "8"),  # of the window
    ("0.1+0.2-0.3", "0"),  # what rounding leaves of the numbers typed in
    ("NPV(0.1,&quot;100&quot;)", "90.9090909090909"),  # a text for a number
    ("SUM(INDIRECT(&quot;C1:C1&quot;))", "2"),
    ("VALUE(&quot;23.3.2023&quot;)", "45008"),  # where a point stands between day and month
]
JOINED = [
    ("2/3&amp;&quot; of &quot;&amp;C1", "0.666666666666667 of 1", False),
    ("10^15&amp;&quot;&quot;", "1E+15", False),
    ("2/3&amp;&quot;&quot;", "0.666666666666668", True),
    ("1/8&amp;&quot;&quot;", "0.126", True),
]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """The formulas of one book in which errors are found: a book for each would start LibreOffice for each."""
    rows = [(formula, "n", stored) for formula, stored in UNPROVED]
    rows += [(formula, "str", stored) for formula, stored, _ in JOINED]
    text = sheet(
        "".join(
            row(line, A=f'<c r="A{line}" t="{kind}"><f>{formula}</f><v>{stored}</v></c>', C="<v>1</v>")
            for line, (formula, kind, stored) in enumerate(rows, 1)
        )
    )
    path = write_book(tmp_path_factory.mktemp("judged") / "b.xlsx", {"S": text})
    cells = {item.cell for item in found(path) if item.severity == "error"}
    assert cells <= {f"A{line}" for line in range(1, len(rows) + 1)}
    return {formula for line, (formula, *_) in enumerate(rows, 1) if f"A{line}" in cells}


@pytest.mark.parametrize("formula", [formula for formula, _ in UNPROVED])
def test_what_two_engines_may_get_wrong_together_proves_nothing(wrong, formula):
    assert formula not in wrong


@pytest.mark.parametrize(("formula", "is_wrong"), [(formula, is_wrong) for formula, _, is_wrong in JOINED])
def test_a_number_is_joined_to_a_text_with_the_fifteen_digits_excel_keeps(wrong, formula, is_wrong):
    """Microsoft, "Excel specifications and limits": number precision 15 digits. The engines join up to 17."""
    assert (formula in wrong) == is_wrong


def test_a_subtotal_passes_over_what_a_filter_hides(tmp_path):
    """Microsoft, SUBTOTAL: "ignores any rows that are not included in the result of a filter"."""
    hidden = row(2, A="<v>3</v>").replace("<row ", '<row hidden="1" ')
    text = sheet(row(1, A="<v>1</v>") + hidden + row(3, A="<v>2</v>") + row(4, A="<f>SUBTOTAL(9,A1:A3)</f><v>3</v>"))
    assert found(write_book(tmp_path / "b.xlsx", {"S": text}), "stale") == []
    shown_all = text.replace(' hidden="1"', "")
    assert cells_of(found(write_book(tmp_path / "c.xlsx", {"S": shown_all}), "stale")) == ["A4"]


def test_a_picture_in_a_cell_is_no_error(tmp_path):
    """Excel stores a picture, or a linked data type, as #VALUE! with the number of what it stands for."""
    text = sheet(row(1, A='<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>', B="<f>1+1</f><v>2</v>"))
    assert found(write_book(tmp_path / "b.xlsx", {"S": text})) == []


def test_a_cell_that_asks_where_it_stands_is_no_circle(tmp_path):
    text = sheet(row(1, A="<f>CELL(&quot;col&quot;,A1)</f><v>1</v>", B="<f>ROW(B1)+A1</f><v>2</v>"))
    assert {item.severity for item in found(write_book(tmp_path / "b.xlsx", {"S": text}))} <= {"note"}


# functions nobody knows


def test_a_mistyped_function_of_ours_is_an_error(tmp_path):
    text = sheet(row(1, A="<f>FT_BREAKEVN(1,2,3)</f><v>1</v>", B="<f>THEIR_OWN(1)</f><v>1</v>"))
    errors = [item for item in found(write_book(tmp_path / "b.xlsx", {"S": text})) if item.severity == "error"]
    assert [(item.kind, item.cell) for item in errors] == [("unknown-function", "A1")]
    assert "Did you mean FT_BREAKEVEN?" in errors[0].what


def test_a_newer_function_without_its_prefix(tmp_path):
    """Microsoft: "Issue: An _xlfn. prefix is displayed in front of a formula" lists the functions a file stores so."""
    text = sheet(row(1, A="<f>STDEV.S(1,2,3)</f><v>1</v>", B="<f>_xlfn.STDEV.S(1,2,3)</f><v>1</v>"))
    (finding,) = (item for item in found(write_book(tmp_path / "b.xlsx", {"S": text})) if item.severity == "error")
    assert (finding.kind, finding.cell) == ("no-prefix", "A1")
    assert "_xlfn.STDEV.S" in finding.remedy


def test_a_deleted_row_is_named_once_with_what_reads_it(tmp_path):
    text = sheet(
        row(1, A='<c r="A1" t="e"><f>rate*2</f><v>#REF!</v></c>', B='<c r="B1" t="e"><f>A1+1</f><v>#REF!</v></c>')
        + row(2, A='<c r="A2" t="e"><f>rate+1</f><v>#REF!</v></c>', B="<f>1+1</f><v>2</v>")
    )
    path = write_book(tmp_path / "b.xlsx", {"S": text}, names='<definedName name="rate">S!#REF!</definedName>')
    errors = [item for item in found(path) if item.severity == "error"]
    assert [(item.kind, item.cell, item.count) for item in errors] == [("broken-reference", "A1:A2", 2)]
    assert "the name rate" in errors[0].what


@pytest.mark.parametrize(("formula", "said"), [("=A1=1", True), ("=A1=2", False)])
def test_a_master_check_that_is_false_is_an_error(tmp_path, formula, said):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": 2, "B1": formula}}, names={"out_checks": "=S!$B$1"})
    assert [(item.severity, item.cell) for item in found(path, "own-checks")] == [("error", "B1")] * said


@pytest.mark.parametrize("last", [10, 100])
def test_what_a_formula_reads_is_on_the_sheet_it_names(tmp_path, last):
    """B1 passes on the error of T!A5; B2 divides by zero itself, though A5 beside it and T!B5 show errors."""
    sheets = {
        "S": {"A5": "=1/0", "B1": f"=SUM(T!A1:A{last})", "B2": f"=SUM(T!C1:C{last})/0"},
        "T": {"A5": "=2/0", "B5": "=3/0", "C1": 1},
    }
    assert {item.where for item in found(write(tmp_path / "b.xlsx", sheets), "error-passed-on")} == {"S!B1"}


@pytest.mark.parametrize("name", ["ODDLPRICE", "FORECAST.ETS.STAT", "RECEIVED"])
def test_a_function_of_excel_that_the_engine_lacks_is_no_typing_mistake(tmp_path, name):
    text = sheet(row(1, A=f"<f>{name}(1,2)</f><v>5</v>", B="<f>1+1</f><v>2</v>"))
    assert found(write_book(tmp_path / "b.xlsx", {"S": text}), "unknown-function") == []
