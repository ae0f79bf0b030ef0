"""The command and the function as a whole: shipped workbooks, bad files, exit codes, large workbooks."""

from __future__ import annotations

import json
import time

import pytest
import xlsxwriter
from audited import ON, found, write
from typer.testing import CliRunner

from addin.cli import app
from workbook.build import build
from workbook.check import NothingToCheck, check, worst
from workbook.engines import EngineFailed
from workbook.package import BadWorkbook


@pytest.mark.parametrize("case", ["techwiz", "hospital", "sameclass", "blank"])
def test_a_shipped_workbook_has_nothing_worse_than_notes(tmp_path, case):
    """Nor much of that: a reader has to see the end of the list."""
    findings = check(build(case, tmp_path / "b.xlsx"), on=ON)
    assert worst(findings) in ("note", "")
    assert len(findings) <= 20
    kinds = {finding.kind for finding in findings}
    assert ("not-filled-in" in kinds) == (case == "blank")
    if case == "techwiz":  # the course's models were shut down on 2026-10-23, and the workbook says so itself
        assert {"shutdown", "breakeven-after-shutdown"} <= kinds


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
    assert found_there["findings"][0].keys() == {"severity", "kind", "sheet", "cell", "what", "remedy", "count"}


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

    def broken(*_):
        raise EngineFailed("it gave up")

    monkeypatch.setattr("workbook.engines.formualizer.Session", broken)
    with pytest.raises(EngineFailed):
        check(path)


def test_twenty_thousand_formulas_take_seconds(tmp_path):
    """The limit is wide, for a busy machine; 100,000 took 4.7 s on two cores when this was written."""
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
    started = time.monotonic()
    findings = found(path)
    assert time.monotonic() - started < 20
    assert [(item.kind, item.cell) for item in findings] == [("stale", "H1235")]
