"""What changed between two workbooks, and what each change alone moved: by arithmetic shown here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from addin.cli import app
from workbook import diff as module
from workbook.build import build
from workbook.diff import NothingToCompare, diff
from workbook.package import BadWorkbook

MODEL = {
    "A1": "Calls a month", "B1": 10_000.0,
    "A2": "Tokens a call", "B2": 1_000.0,
    "A3": "Input price", "B3": 30.0,
    "A4": "Monthly cost", "B4": "=B1*B2*B3/B6",
    "A5": "Yearly cost", "B5": "=B4*B7",
    "A6": "Tokens in a price unit", "B6": 1_000_000.0,
    "A7": "Months", "B7": 12.0,
}  # fmt: skip
NAMES = {"queries": "=M!$B$1", "pe_input_price": "=M!$B$3", "out_pe_monthly": "=M!$B$4", "out_pe_year1": "=M!$B$5"}


def write(path: Path, cells: dict, names: dict | None = None, sheet: str = "M") -> Path:
    book = xlsxwriter.Workbook(path)
    tab = book.add_worksheet(sheet)
    for address, content in cells.items():
        tab.write(address, content)
    for name, place in (names or {}).items():
        book.define_name(name, place)
    book.close()
    return path


def pair(tmp_path, old: dict, new: dict, old_names: dict | None = None, new_names: dict | None = None):
    return diff(write(tmp_path / "old.xlsx", old, old_names), write(tmp_path / "new.xlsx", new, new_names or old_names))


def test_what_each_input_moved_and_what_they_move_together(tmp_path):
    """Cost is calls × 0.03: 300 before. Twice the calls alone add 300, a third of the price alone takes 200.

    Both give 20,000 × 1,000 × 10 / 1e6 = 200, which is 100 less; 300 - 200 is 100 more, so together they move 200
    less than the sum.
    """
    found = pair(tmp_path, MODEL, {**MODEL, "B1": 20_000.0, "B3": 10.0}, NAMES)
    assert [(change.kind, change.name, change.old, change.new) for change in found.inputs] == [
        ("input", "queries", 10_000.0, 20_000.0),
        ("price", "pe_input_price", 30.0, 10.0),
    ]
    alone = {effect.change.name: effect.moved for effect in found.effects if effect.answer == "out_pe_monthly"}
    assert alone == pytest.approx({"queries": 300.0, "pe_input_price": -200.0}, rel=1e-12)
    answer = next(answer for answer in found.answers if answer.name == "out_pe_monthly")
    assert (answer.old, answer.new) == (300.0, 200.0)
    assert answer.interaction == pytest.approx(-200.0, rel=1e-12)
    assert answer.rest == 0.0
    assert not found.formulas


def test_a_changed_formula_is_what_the_inputs_leave(tmp_path):
    """The formula adds 5: 300 becomes 305, and with twice the calls 600 becomes 605."""
    found = pair(tmp_path, MODEL, {**MODEL, "B1": 20_000.0, "B4": "=B1*B2*B3/B6+5"}, NAMES)
    (change,) = found.formulas
    assert (change.cell, change.old, change.new) == ("B4", "=B1*B2*B3/B6", "=B1*B2*B3/B6+5")
    answer = next(answer for answer in found.answers if answer.name == "out_pe_monthly")
    assert (answer.old, answer.with_inputs, answer.new) == (300.0, 600.0, 605.0)
    assert (answer.interaction, answer.rest) == (0.0, 5.0)


def test_a_number_typed_over_a_formula_is_a_changed_formula(tmp_path):
    found = pair(tmp_path, MODEL, {**MODEL, "B4": 250.0}, NAMES)
    assert [(change.old, change.new) for change in found.formulas] == [("=B1*B2*B3/B6", 250.0)]
    assert found.inputs == []


def test_without_names_the_last_results_are_the_answer(tmp_path):
    found = pair(tmp_path, MODEL, {**MODEL, "B3": 15.0})
    (change,) = found.inputs
    assert (change.kind, change.where, change.label) == ("price", "M!B3", "Input price")
    assert [answer.name for answer in found.answers] == ["M!B5"]  # B4 is read by B5
    assert [effect.moved for effect in found.effects] == pytest.approx([-1800.0], rel=1e-12)  # 12 × 150
    assert {change.cell for change in found.results} == {"B4", "B5"}


def test_a_number_no_formula_reads_is_no_input(tmp_path):
    found = pair(tmp_path, {**MODEL, "D9": 1.0}, {**MODEL, "D9": 2.0, "D8": "a remark"})
    assert found.inputs == []
    assert {change.cell for change in found.texts} == {"D8", "D9"}
    assert found.results == []


@pytest.mark.parametrize("share", [0.9e-9, 1.1e-9])
def test_a_result_within_rounding_is_the_same(tmp_path, share):
    found = pair(tmp_path, MODEL, {**MODEL, "B5": f"=B4*B7*(1+{share})"})
    assert len(found.results) == (share > 1e-9)
    assert len(found.formulas) == 1


def test_stale_stored_values_are_no_change(tmp_path):
    old = write(tmp_path / "old.xlsx", MODEL)
    book = openpyxl.load_workbook(old)  # which stores no values
    book.save(tmp_path / "new.xlsx")
    assert diff(old, tmp_path / "new.xlsx").same


def test_a_workbook_is_the_same_as_itself(tmp_path):
    path = write(tmp_path / "b.xlsx", MODEL, NAMES)
    found = diff(path, path)
    assert found.same
    assert found.effects == []


def test_a_named_input_is_followed_to_another_place(tmp_path):
    moved = {**MODEL, "B1": None, "H9": 20_000.0, "B4": "=H9*B2*B3/B6"}
    found = pair(tmp_path, MODEL, moved, NAMES, {**NAMES, "queries": "=M!$H$9"})
    assert [(change.name, change.cell, change.old, change.new) for change in found.inputs] == [
        ("queries", "H9", 10_000.0, 20_000.0)
    ]
    answer = next(answer for answer in found.answers if answer.name == "out_pe_monthly")
    assert (answer.old, answer.with_inputs, answer.new) == (300.0, 600.0, 600.0)


def inserted(cells: dict, at: int) -> dict:
    """The model with a row of text put in before row `at`, formulas following."""
    new: dict = {f"A{at}": "A new line"}
    for address, content in cells.items():
        row = int(address[1:])
        if isinstance(content, str) and content.startswith("="):
            for other in range(9, at - 1, -1):
                content = content.replace(f"B{other}", f"B{other + 1}")
        new[f"{address[0]}{row + (row >= at)}"] = content
    return new


def test_an_inserted_row_changes_nothing_else(tmp_path):
    found = pair(tmp_path, MODEL, inserted(MODEL, 3))
    assert (found.inputs, found.formulas, found.results) == ([], [], [])
    assert [change.new for change in found.texts] == ["A new line"]


def test_an_input_below_an_inserted_row_is_still_found(tmp_path):
    new = inserted(MODEL, 3)
    new["B4"] = 15.0
    found = pair(tmp_path, MODEL, new)
    assert [(change.cell, change.label, change.old, change.new) for change in found.inputs] == [
        ("B4", "Input price", 30.0, 15.0)
    ]
    assert found.formulas == []


def test_a_removed_row(tmp_path):
    new = inserted(MODEL, 3)
    found = diff(write(tmp_path / "old.xlsx", new), write(tmp_path / "new.xlsx", MODEL))
    assert [change.old for change in found.texts] == ["A new line"]
    assert (found.inputs, found.formulas, found.results) == ([], [], [])


def test_sheets_added_and_removed(tmp_path):
    found = diff(write(tmp_path / "old.xlsx", MODEL), write(tmp_path / "new.xlsx", MODEL, sheet="Model 2"))
    assert (found.added_sheets, found.removed_sheets) == (["Model 2"], ["M"])


def test_text_answers_and_errors_have_no_difference(tmp_path):
    cells = {"A1": 10.0, "B1": '=IF(A1>5,"FINE-TUNE","HOLD")', "B2": "=1/A1"}
    names = {"out_decision": "=M!$B$1", "out_breakeven_months": "=M!$B$2"}
    found = pair(tmp_path, cells, {**cells, "A1": 0.0}, names)
    moved = {
        effect.answer: (str(getattr(effect.after, "code", effect.after)), effect.moved) for effect in found.effects
    }
    assert moved == {"out_decision": ("HOLD", None), "out_breakeven_months": ("#DIV/0!", None)}


def test_more_inputs_than_are_tried_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_EFFECTS", 1)
    found = pair(tmp_path, MODEL, {**MODEL, "B1": 20_000.0, "B3": 10.0}, NAMES)
    assert found.untried == 1
    assert {effect.change.name for effect in found.effects} == {"queries"}
    answer = next(answer for answer in found.answers if answer.name == "out_pe_monthly")
    assert answer.with_inputs == pytest.approx(200.0)
    assert answer.interaction is None  # not known without the other's own effect


def test_the_template_with_two_changes(tmp_path):
    """Fine-tuning on TechWiz: labour is 500 × 5 / 60 × wage, so 60 instead of 50 USD adds 416.67 upfront."""
    old = build("techwiz", tmp_path / "old.xlsx")
    book = openpyxl.load_workbook(old)
    for name, value in (("hourly_wage", 60), ("queries", 20_000)):
        sheet, cell = book.defined_names[name].attr_text.replace("$", "").split("!")
        book[sheet.strip("'")][cell] = value
    book.save(tmp_path / "new.xlsx")
    found = diff(old, tmp_path / "new.xlsx")
    assert {change.name for change in found.inputs} == {"hourly_wage", "queries"}
    assert found.formulas == []
    moved = {(effect.change.name, effect.answer): effect.moved for effect in found.effects}
    assert moved["hourly_wage", "out_upfront"] == pytest.approx(500 * 5 / 60 * 10, rel=1e-12)
    assert ("queries", "out_upfront") not in moved
    assert moved["queries", "out_saving_monthly"] == pytest.approx(306.0, rel=1e-12)  # it was 306, and doubles


# the command, and bad input


def run(*arguments: object):
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


def test_the_command(tmp_path):
    old, new = (
        write(tmp_path / "old.xlsx", MODEL, NAMES),
        write(tmp_path / "new.xlsx", {**MODEL, "B1": 20_000.0}, NAMES),
    )
    result = run(old, new)
    assert result.exit_code == 1
    for words in ("queries", "10,000", "20,000", "+100.0%", "out_pe_monthly", "queries alone", "+300"):
        assert words in result.stdout, words
    plain = json.loads(run(old, new, "--json").stdout)
    assert plain["inputs"][0]["name"] == "queries"
    assert plain["effects"][0] | {"change": None} == {
        "change": None, "answer": "out_pe_monthly", "before": 300.0, "after": 600.0,
    }  # fmt: skip
    same = run(old, old)
    assert same.exit_code == 0
    assert "compute the same" in " ".join(same.stdout.split())


def test_bad_input(tmp_path):
    good = write(tmp_path / "good.xlsx", MODEL)
    text = tmp_path / "text.xlsx"
    text.write_text("a,b\n")
    plain = write(tmp_path / "plain.xlsx", {"A1": 1.0})
    with pytest.raises(BadWorkbook, match="CSV"):
        diff(good, text)
    with pytest.raises(BadWorkbook, match="no such file"):
        diff(tmp_path / "nowhere.xlsx", good)
    with pytest.raises(NothingToCompare, match="neither holds a formula"):
        diff(plain, plain)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.xlsx", "plain.xlsx", "text.xlsx"]


def test_the_command_line_says_it_in_one_line(tmp_path, monkeypatch, capsys):
    from addin.cli import main

    monkeypatch.setattr(sys, "argv", ["breakeven", "diff", str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("Error: ")
    assert error.count("\n") == 1
