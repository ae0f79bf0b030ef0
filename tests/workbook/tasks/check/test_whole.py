"""The command and the function as a whole: shipped workbooks, bad files, exit codes, large workbooks."""

from __future__ import annotations

import json

import openpyxl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from addin.cli import app
from addin.cli.check import _alike as lines
from tests.workbook.tasks.check.audited import ON, found, write
from workbook.engines import EngineFailed
from workbook.engines.libreoffice import convert
from workbook.errors import BadWorkbook
from workbook.tasks.check import NothingToCheck, check, worst


@pytest.mark.parametrize("case", ["techwiz", "hospital", "sameclass", "capacity", "blank"])
def test_a_shipped_workbook_has_nothing_worse_than_notes(books, case):
    """Nor much of that: a reader has to see the end of the table, where what reads the same is one line."""
    findings = check(books(case), on=ON)
    assert worst(findings) in ("note", "")
    assert len(lines(findings)) <= 20
    kinds = {finding.kind for finding in findings}
    assert ("not-filled-in" in kinds) == (case == "blank")
    if case == "techwiz":  # the course's models were shut down on 2026-10-23, and the workbook says so itself
        assert {"shutdown", "breakeven-after-shutdown"} <= kinds


def calculator(path):
    """A calculator as teams pass them around: prices per 1K, figures in formulas, totals, a projection, a lookup.

    Put in by hand: 4,000 over the projection's seventh month, a discount typed into a formula, a lookup that misses.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Calculator"
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "LLM cost calculator v3 (DRAFT)"
    sheet.append([])
    sheet.append(
        ["Model", "Input $/1K tokens", "Output $/1K tokens", "Requests", "In", "Out", "Month", "Year", "Share"]
    )
    models = [
        ("gpt-4", 0.03, 0.06, 800),
        ("gpt-3.5", 0.0015, 0.002, 600),
        ("a", 0.008, 0.024, 900),
        ("b", 0.0002, 0.0004, 500),
    ]
    for row, (name, given, got, tokens) in enumerate(models, 4):
        cost = f"=(B{row}*E{row}+C{row}*F{row})/1000*D{row}"
        sheet.append([name, given, got, 10_000, tokens, 100, cost, f"=G{row}*12", f"=G{row}/$G$8"])
    sheet.append(["Total", None, None, "=SUM(D4:D7)", None, None, "=SUM(G4:G7)", "=SUM(H4:H7)", "=SUM(I4:I7)"])
    sheet["A11"], sheet["B11"] = "Net", "=G8*(1-0.15)"
    sheet["A12"], sheet["B12"] = "Best", "=INDEX(A4:A7,MATCH(MIN(G4:G7),G4:G7,0))"
    sheet["A13"], sheet["B13"] = "Newest", '=VLOOKUP("gpt-5",A4:G7,7,FALSE)'
    months = book.create_sheet("Projection")
    months.append(["Month", *range(1, 13)])
    months.append(["Growth", 0.05])
    letters = "ABCDEFGHIJKLM"
    months.append(["Cost", "=Calculator!G8", *(f"={letters[n]}3*(1+$B$2)" for n in range(1, 12))])
    months.append(["So far", "=B3", *(f"={letters[n]}4+{letters[n + 1]}3" for n in range(1, 12))])
    months["H3"] = 4000
    months.append(["Quarter", None, None, "=SUM(B3:D3)", None, None, "=SUM(E3:G3)", None, None, "=SUM(H3:J3)"])
    book.save(path)
    return path


FAULTS = {
    ("warning", "typed-over", "Projection!H3"),
    ("warning", "no-answer", "Calculator!B13"),
    ("warning", "typed-number", "Calculator!B11"),
    ("note", "typed-number", "Calculator!G4:G7"),
    ("note", "typed-number", "Calculator!H4:H7"),
}


def seen(path):
    return {(item.severity, item.kind, item.where) for item in found(path) if item.kind != "not-stored"}


def test_a_calculator_of_somebody_elses(tmp_path):
    assert seen(calculator(tmp_path / "b.xlsx")) == FAULTS


@pytest.mark.usefixtures("soffice")
def test_the_same_calculator_saved_by_libreoffice(tmp_path):
    path = calculator(tmp_path / "b.xlsx")
    (saved,) = convert([path], tmp_path / "out", "xlsx")
    assert seen(saved) == FAULTS
    assert found(saved, "not-stored") == []


def run(*arguments: object):
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


CASES = {
    "clean": ({"A1": 1, "B1": "=A1+A1"}, 0),
    "note": ({"A1": 1, "B1": "=A1/12"}, 0),
    "warning": ({"A1": 1, "B1": "=A1*0.3"}, 1),
    "error": ({"A1": 0, "B1": "=1/A1"}, 1),
}


@pytest.mark.parametrize("case", CASES)
def test_the_exit_code_is_the_severity(tmp_path, case):
    cells, code = CASES[case]
    path = write(tmp_path / "b.xlsx", {"S": cells})
    result = run(path, "--on", "2026-11-20")
    assert result.exit_code == code
    assert worst(check(path, on=ON)) == ("" if case == "clean" else case)


def test_the_line_can_be_moved(tmp_path):
    path = write(tmp_path / "b.xlsx", {"S": CASES["warning"][0]})
    assert [run(path, "--fail-on", word).exit_code for word in ("note", "warning", "error", "never")] == [1, 1, 0, 0]


def test_the_table_and_the_json_say_the_same(tmp_path):
    path = write(tmp_path / "b.xlsx", {"My sheet": {"A1": 0, "B1": "=1/A1", "C1": "=B1+A1"}})
    table = run(path).stdout
    assert "'My sheet'!B1" in table
    assert "#DIV/0!" in table
    assert "1 error, 0 warnings, 1 note" in table
    found_there = json.loads(run(path, "--json").stdout)
    assert found_there["worst"] == "error"
    assert [item["cell"] for item in found_there["findings"]] == ["B1", "C1"]
    assert found_there["findings"][0] == {
        "severity": "error",
        "kind": "error-value",
        "sheet": "My sheet",
        "cell": "B1",
        "what": "shows #DIV/0!",
        "remedy": "Fill in the divisor, or say in the formula what holds without one",
        "count": 1,
        "formula": "=1/A1",
    }


def test_notes_that_read_the_same_are_one_line_without_their_formula(tmp_path):
    """Three sheets whose long formula says #N/A: one line names the three cells; an error's formula is cut."""
    long = "A1" + "+A1" * 200
    sheets = {name: {"A1": 1, "B1": f"=IF({long}>0,NA(),0)"} for name in ("One", "Two", "Three")}
    path = write(tmp_path / "b.xlsx", {**sheets, "Four": {"A1": 0, "B1": f"=1/({long})"}})
    table = run(path).stdout
    assert len([line for line in table.splitlines() if line.startswith("note")]) == 1
    words = "".join(table.split())
    for place in ("One!B1,Two!B1,", "Three!B1", "(3cells)", "1error,0warnings,3notes"):
        assert place in words
    assert "NA()" not in table
    assert 20 < words.count("+A1") < 60
    formulas = [item["formula"] for item in json.loads(run(path, "--json").stdout)["findings"]]
    assert formulas == [f"=1/({long})", *[f"=IF({long}>0,NA(),0)"] * 3]


def test_a_long_list_is_cut_in_the_table_alone(tmp_path):
    cells = {f"A{n}": float(n) for n in range(1, 41)} | {f"B{n}": f"=A{n}/A{n}-1/A{n}" for n in range(1, 41)}
    stored = {("S", f"B{n}"): 7 for n in range(1, 21)}
    path = write(tmp_path / "b.xlsx", {"S": cells}, stored=stored)
    assert "and 8 more of severity error" in run(path).stdout
    assert len(json.loads(run(path, "--json").stdout)["findings"]) == 20


@pytest.mark.parametrize("arguments", [("--engine", "excel"), ("--fail-on", "panic")])
def test_options_that_are_none(tmp_path, arguments):
    path = write(tmp_path / "b.xlsx", {"S": CASES["clean"][0]})
    assert run(path, *arguments).exit_code == 2


def test_bad_files(tmp_path):
    text = tmp_path / "table.xlsx"
    text.write_text("a,b\n1,2\n")
    with pytest.raises(BadWorkbook, match="CSV"):
        check(text)
    with pytest.raises(BadWorkbook, match="no such file"):
        check(tmp_path / "nowhere.xlsx")
    book = xlsxwriter.Workbook(tmp_path / "data.xlsx")
    book.add_worksheet().write(0, 0, 5)
    book.close()
    with pytest.raises(NothingToCheck, match="no formulas"):
        check(tmp_path / "data.xlsx")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert before == ["data.xlsx", "table.xlsx"]


def test_an_engine_that_fails_is_one_line(tmp_path, monkeypatch):
    path = write(tmp_path / "b.xlsx", {"S": CASES["clean"][0]})

    def broken(*_, **__):
        raise EngineFailed("it gave up")

    monkeypatch.setattr("workbook.engines.formualizer.Session", broken)
    with pytest.raises(EngineFailed):
        check(path)


def test_the_one_stale_value_among_twenty_thousand(tmp_path):
    path = tmp_path / "large.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    for row in range(4_000):
        for column in range(5):
            sheet.write_number(row, column, row + column)
        for column in range(5):
            letter = "ABCDE"[column]
            value = (row + column) * (row + 1) if (row, column) != (1234, 2) else -1
            sheet.write_formula(row, 5 + column, f"={letter}{row + 1}*$B{row + 1}", None, value)
    book.close()
    findings = found(path)
    assert [(item.kind, item.cell) for item in findings] == [("stale", "H1235")]
