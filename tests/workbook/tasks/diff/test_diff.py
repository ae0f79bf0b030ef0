"""What changed between two workbooks, and what each change alone moved: by arithmetic shown here."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from addin.cli import app
from tests import sharing
from workbook.errors import BadWorkbook
from workbook.file import addresses, named
from workbook.file.edits import formula_edit
from workbook.file.package import Package
from workbook.file.put import put_values
from workbook.file.xmlspans import spliced
from workbook.tasks.diff import NothingToCompare, diff, effects
from workbook.tasks.scenario import Scenario, add_scenarios
from workbook.template import CASES, block, make
from workbook.template.grid import letters
from workbook.template.sheets.scenarios import SHOWN

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


def test_logical_values_as_libreoffice_saves_them_are_no_change(tmp_path):
    """It stores a typed FALSE as the formula FALSE(), and TRUE within formulas as TRUE()."""
    old = {"A1": "Cached", "B1": False, "A2": "Cost", "B2": '=IF(B1=TRUE,1,"TRUE()")', "B3": "=B1"}
    found = pair(tmp_path, old, old | {"B1": "=FALSE()", "B2": '=IF(B1=TRUE(),1,"TRUE()")'})
    assert found.formulas == found.inputs == []
    filled = {f"C{row}": f"=IF(B{row}=TRUE,1,0)" for row in (1, 2, 3)}
    found = pair(tmp_path, filled, {cell: text.replace("TRUE", "TRUE()") for cell, text in filled.items()})
    assert found.formulas == found.results == []
    assert pair(tmp_path, old, old | {"B1": "=TRUE()"}).inputs[0].new is True


def test_a_day_is_shown_as_one(tmp_path):
    """2026-11-20 is Excel's day 46346 and 2027-01-01, 42 days later, 46388; a number beside it stays a number."""
    for name, day in (("old", 46_346), ("new", 46_388)):
        with xlsxwriter.Workbook(tmp_path / f"{name}.xlsx") as book:
            tab = book.add_worksheet("M")
            look = book.add_format({"num_format": "yyyy-mm-dd"})
            tab.write("A1", day, look)
            tab.write("A2", day)
            tab.write_formula("B1", "=A1+1", look, day + 1)
            tab.write_formula("B2", "=A2+1", None, day + 1)
    found = diff(tmp_path / "old.xlsx", tmp_path / "new.xlsx")
    changes = {change.cell: change.date for change in (*found.inputs, *found.results)}
    assert changes == {"A1": True, "A2": False, "B1": True, "B2": False}
    out = run(tmp_path / "old.xlsx", tmp_path / "new.xlsx").output
    days = [line.split() for line in out.splitlines() if "M!A1" in line or "M!B1" in line]
    assert days[0][-4:] == ["2026-11-20", "2027-01-01", "+42", "days"]
    assert "46,346" in next(line for line in out.splitlines() if "M!A2" in line)


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


def test_of_results_that_moved_alike_the_first_are_the_answer(tmp_path):
    """Nineteen double, the last in the file triples; of the nineteen those that come first are told."""
    old = {"A1": 2.0, "B20": 1.0} | {f"C{row}": f"=A1*{row}" for row in range(1, 20)} | {"C20": "=A1*B20"}
    found = pair(tmp_path, old, {**old, "A1": 4.0, "B20": 1.5})
    assert [answer.name for answer in found.answers] == ["M!C20", *(f"M!C{row}" for row in range(1, 12))]


def test_what_inputs_add_up_to_leaves_no_interaction_of_rounding(tmp_path):
    """0.2 + 0.6 from 0.1 + 0.1: in binary the parts miss the whole by 1e-16, which is no effect of one on the other."""
    one, other, one_new, other_new = 0.1, 0.1, 0.2, 0.6
    alone = ((one_new + other) - (one + other)) + ((one + other_new) - (one + other))
    assert alone != (one_new + other_new) - (one + other)
    found = pair(
        tmp_path,
        {"A1": one, "A2": other, "B1": "=A1+A2"},
        {"A1": one_new, "A2": other_new, "B1": "=A1+A2"},
    )
    assert [answer.interaction for answer in found.answers] == [0.0]
    found = pair(tmp_path, {"A1": 2.0, "A2": 3.0, "B1": "=A1*A2"}, {"A1": 4.0, "A2": 5.0, "B1": "=A1*A2"})
    assert [answer.interaction for answer in found.answers] == [4.0]  # 20 − 6 = (12 − 6) + (10 − 6) + 4


def grid(rows: int, formula: str = "=A{0}*$D$1") -> dict:
    """Numbers in column A, a formula beside each."""
    cells: dict = {"D1": 2.0}
    for row in range(1, rows + 1):
        cells |= {f"A{row}": float(row), f"B{row}": formula.format(row)}
    return cells


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("=A{0}*$D$1", "=A{0}+$D$1", "formulas changed alike"),
        ("=A{0}*$D$1", "=A{0}*$D$2", "references moved 1 row down"),
        ("=SUM($A$1:$A$4)*A{0}", "=SUM($A$1:$A$6)*A{0}", "end of a range moved 2 rows down"),
        ("=SUM($A$2:$A$4)*A{0}", "=SUM($A$1:$A$4)*A{0}", "start of a range moved 1 row up"),
        ("=SUM($A$2:$A$4)*A{0}", "=SUM($B$1:$B$3)*A{0}", "references moved 1 row up and 1 column right"),
        ("=A{0}*$D$1", "{0}.5", "values where formulas were"),
        ("{0}.5", "=A{0}*$D$1", "formulas where values were"),
        ("=A{0}*$D$1", "", "formulas removed"),
        ("", "=A{0}*$D$1", "formulas added"),
    ],
)
@pytest.mark.parametrize("count", [2, 3])
def test_formulas_that_changed_alike_are_one_group(tmp_path, count, old, new, what):
    """Two are told one by one; from three on they are one group, and each still has its own entry."""

    def cells(formula):
        held = {"F1": "=A1", **grid(9), **{f"B{row}": formula.format(row) for row in range(3, 3 + count)}}
        for address, content in held.items():
            if address[0] == "B" and isinstance(content, str) and content and not content.startswith("="):
                held[address] = float(content)
        return {address: content for address, content in held.items() if content != ""}

    found = pair(tmp_path, cells(old), cells(new))
    assert [change.cell for change in found.formulas] == [f"B{row}" for row in range(3, 3 + count)]
    if count == 2:
        assert found.groups == []
        assert {change.group for change in found.formulas} == {""}
    else:
        assert [(group.where, group.what, group.count) for group in found.groups] == [("M!B3:B5", what, 3)]
        assert {change.group for change in found.formulas} == {f"M!B3:B5: {what}"}


def test_formulas_that_read_a_renamed_sheet_are_one_group(tmp_path):
    """One of the five reads another row as well: it is told alone."""
    from openpyxl.workbook import Workbook

    for name, tab in (("old", "Spare 1"), ("new", "Peak")):
        book = Workbook()
        sheet = book.active
        sheet.title = "Side by side"
        other = book.create_sheet(tab)
        for row in range(1, 7):
            other.cell(row, 2, row)
            sheet.cell(row, 2, f"='{tab}'!B{row}*2" if row < 6 else f"='{tab}'!B{1 if name == 'old' else 2}*2")
        book.save(tmp_path / f"{name}.xlsx")
    found = diff(tmp_path / "old.xlsx", tmp_path / "new.xlsx")
    assert [(group.where, group.what) for group in found.groups] == [
        ("'Side by side'!B1:B5", "'Spare 1' became Peak"),
    ]
    assert [change.cell for change in found.formulas if not change.group] == ["B6"]


def test_a_change_of_another_kind_stays_out_of_the_group(tmp_path):
    """Four formulas read D2 now; one reads E1, one changed its operator, one stands on a value."""
    new = {**grid(9), "D2": 2.0, "E1": 2.0}
    old = dict(new)
    new |= {f"B{row}": f"=A{row}*$D$2" for row in (2, 3, 5, 8)}
    new |= {"B4": "=A4*$E$1", "B6": "=A6+$D$1", "B7": 14.0}
    found = pair(tmp_path, old, new)
    assert [(group.where, group.count) for group in found.groups] == [("M!B2:B3, B5, B8", 4)]
    assert [change.cell for change in found.formulas if not change.group] == ["B4", "B6", "B7"]


def test_blocks_of_added_formulas_that_do_not_touch_are_apart(tmp_path):
    new = grid(9)
    old = {address: content for address, content in new.items() if address not in ("B2", "B3", "B4", "B7", "B8", "B9")}
    found = pair(tmp_path, old, new)
    assert [(group.where, group.what) for group in found.groups] == [
        ("M!B2:B4", "formulas added"),
        ("M!B7:B9", "formulas added"),
    ]


def test_a_group_is_one_line_of_the_table(tmp_path):
    old = write(tmp_path / "old.xlsx", grid(40))
    new = write(tmp_path / "new.xlsx", grid(40, "=A{0}+$D$1"))
    table = run(old, new).stdout.partition("Formulas")[2].partition("results differ")[0]
    assert "40 cells: formulas" in table
    assert table.count("M!B") == 1
    plain = json.loads(run(old, new, "--json").stdout)
    assert plain["groups"] == [{"where": "M!B1:B40", "what": "formulas changed alike", "count": 40}]
    assert {change["group"] for change in plain["formulas"]} == {"M!B1:B40: formulas changed alike"}
    assert len(plain["formulas"]) == 40


@pytest.fixture(scope="module")
def places():
    """Three formulas of the template, in the first and the last month and of the last option, by sheet, row, column."""
    with sharing.fewer_months():
        book, months = make(CASES["techwiz"]), block.MOST_MONTHS
    first, month, last = (book.find(key, ("live",)) for key in ("net.5", "own.5", "year1.10"))
    columns = (first.column, month.column + months, last.column)
    return [
        (place.sheet, place.row + 1, column + 1) for place, column in zip((first, month, last), columns, strict=True)
    ]


@pytest.fixture(scope="module")
def of_the_template(places, tmp_path_factory):
    """What is found where the template has a scenario more, two inputs and three formulas changed."""
    old, new = sharing.tiny(), tmp_path_factory.mktemp("diff") / "new.xlsx"
    with patch("workbook.tasks.scenario.save_recalculated", lambda package, out: package.save(out)):
        add_scenarios(old, new, [Scenario("Peak", ("queries=20000",))])
    with Package(new) as package:
        for sheet, row, column in places:
            part = package.worksheet(sheet).part
            [cell] = [cell for cell in package.cells(part) if (cell.row, cell.column) == (row, column)]
            data = package.read(part)
            package.replace(part, spliced(data, [formula_edit(data, cell, f"{cell.formula}+0")]))
        for name, value in (("hourly_wage", 60), ("queries", 20_000)):
            sheet, *place = named.cells(package)[name]
            put_values(package, package.worksheet(sheet), {tuple(place): value})
        return diff(old, package.save(new.with_name("edited.xlsx")))


def test_one_scenario_more_takes_few_lines(of_the_template):
    """Its twelve results read the spare tab by its new name, one group; title and input by name."""
    formulas = [change for change in of_the_template.formulas if change.sheet not in ("Cash flow", "Costs")]
    assert len([change for change in formulas if change.sheet == "Scenarios"]) == len(SHOWN) == 12
    assert len({change.group or change.where for change in formulas}) <= 4
    assert not [change for change in formulas if change.sheet in ("Inputs", "Options")]
    labels = {change.new: change.label for change in of_the_template.inputs if change.sheet == "Scenarios"}
    assert labels == {"Peak": "Title of scenario 2", 20_000.0: "Peak: Tasks"}


def test_a_formula_is_found_in_the_first_and_last_month_and_the_last_option(of_the_template, places):
    """Each by the name its row shows, whatever the row's label is made of."""
    found = [change for change in of_the_template.formulas if change.sheet in ("Cash flow", "Costs")]
    assert [(change.sheet, change.cell, change.label) for change in found] == [
        (sheet, f"{letters(column - 1)}{row}", label)
        for (sheet, row, column), label in zip(
            [places[2], *sorted(places[:2], key=lambda place: place[1])],
            ("Year 1, all in", "Fine-tuning", "Fine-tuning"),
            strict=True,
        )
    ]


@pytest.mark.parametrize(
    ("cells", "cell", "label"),
    [
        # a unit stands between the label and the figure
        ({"A1": "Calls", "B1": "a month", "A2": "Price", "B2": "USD", "A3": "Total", "C3": "=C1*C2"}, "C1", "Calls"),
        # a title beside other titles has none
        ({"A2": "Calls", "A3": "Price", "B1": "Base", "B2": 1.0, "C2": "=B2", "D1": "=C1"}, "C1", ""),
        # two tables side by side: the column between them is blank
        ({"A1": "Calls", "B1": 3.0, "D1": "Price", "F1": "=E1*B1"}, "E1", "Price"),
        # the sheet's title stands in a column of its own
        ({"A1": "Costs", "B2": "Calls", "B3": "Price", "B4": "Total", "A9": 1.0, "C4": "=C2*C3"}, "C2", "Calls"),
    ],
)
def test_labels(tmp_path, cells, cell, label):
    new = "Next" if label == "" else 7.0
    (change,) = pair(tmp_path, {**cells, cell: "Old" if label == "" else 5.0}, {**cells, cell: new}).inputs
    assert (change.cell, change.label) == (cell, label)


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


def test_a_cell_left_and_a_cell_taken_by_a_moved_name(tmp_path):
    """The name moves from B1 to D1. Of the four cells it touches only the calls have another value."""
    old = {"A1": "Calls", "B1": 10.0, "D1": 3.0, "C1": "=B1*2", "C2": "=D1*2"}
    new = {"A1": "Calls", "B1": 7.0, "D1": 20.0, "C1": "=D1*2", "C2": "=D1*2"}
    found = pair(tmp_path, old, new, {"calls": "=M!$B$1"}, {"calls": "=M!$D$1"})
    compared = {(change.name, change.cell, change.old, change.new) for change in (*found.inputs, *found.texts)}
    assert compared == {
        ("calls", "D1", 10.0, 20.0),  # by its name
        ("calls", "D1", 3.0, 20.0),  # by its place
        ("", "B1", 10.0, 7.0),  # which no old cell became: with the one that stood there
    }


def test_cells_in_another_order_in_the_file(tmp_path):
    """Rows and cells from last to first, as no spreadsheet program writes them, are the same cells."""
    old = write(tmp_path / "old.xlsx", MODEL)
    new = tmp_path / "new.xlsx"
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                rows = re.findall(r"<row .*?</row>", text)
                assert len(rows) == len({address[1:] for address in MODEL})
                text = text.replace("".join(rows), "".join(map(backwards, reversed(rows))))
            target.writestr(name, text)
    assert diff(old, new).same


def backwards(row: str) -> str:
    cells = re.findall(r"<c .*?</c>", row)
    assert len(cells) == 2
    return row.replace("".join(cells), "".join(reversed(cells)))


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


def test_a_row_renamed_below_an_inserted_one_is_still_that_row(tmp_path):
    new = inserted(MODEL, 3) | {"A7": "Tokens a price is for"}
    found = pair(tmp_path, MODEL, new)
    assert (found.inputs, found.formulas, found.results) == ([], [], [])
    assert {(change.old, change.new) for change in found.texts} == {
        (None, "A new line"),
        ("Tokens in a price unit", "Tokens a price is for"),
    }


def test_a_row_put_in_among_many_of_the_same_text(tmp_path):
    """300 lines called alike: a text that stands often counts as much as any other."""
    old = {f"A{n}": "Item" for n in range(1, 301)} | {f"B{n}": float(n) for n in range(1, 301)}
    new = {f"{address[0]}{int(address[1:]) + 1}": value for address, value in old.items()}
    old["C1"] = "=SUM(B1:B300)"
    new |= {"A1": "Items", "C2": "=SUM(B2:B301)"}
    found = pair(tmp_path, old, new)
    assert (found.inputs, found.formulas, found.results) == ([], [], [])


def test_a_formula_that_reads_whole_rows_reads_their_first_and_last_cell(tmp_path):
    for cell in ("A2", "XFD2"):
        old = {cell: 2.0, "B4": "=SUM(2:2)"}
        found = pair(tmp_path, old, {**old, cell: 3.0})
        assert [(change.cell, change.old, change.new) for change in found.inputs] == [(cell, 2.0, 3.0)]
        assert [(change.cell, change.new) for change in found.results] == [("B4", 3.0)]


@pytest.mark.parametrize(
    ("places", "blocks"),
    [
        ([(1, 1), (2, 1), (3, 1), (3, 2), (3, 3), (2, 3), (1, 3)], 1),  # down, right and up again
        ([(1, 2), (2, 2), (2, 1)], 1),  # to the left
        ([(1, 1), (2, 1), (3, 1), (3, 2), (3, 3), (1, 3)], 2),
        ([(1, 1), (1, 3), (3, 1), (3, 3)], 4),
    ],
)
def test_cells_that_touch_are_one_block(places, blocks):
    assert len(list(addresses.blocks(places, straight=True))) == blocks


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
    monkeypatch.setattr(effects, "MOST_EFFECTS", 1)
    found = pair(tmp_path, MODEL, {**MODEL, "B1": 20_000.0, "B3": 10.0}, NAMES)
    assert found.untried == 1
    assert {effect.change.name for effect in found.effects} == {"queries"}
    answer = next(answer for answer in found.answers if answer.name == "out_pe_monthly")
    assert answer.with_inputs == pytest.approx(200.0)
    assert answer.interaction is None  # not known without the other's own effect


def test_the_template_with_two_changes(of_the_template):
    """Fine-tuning on TechWiz: labour is 500 × 5 / 60 × wage, so 60 instead of 50 USD adds 416.67 upfront."""
    assert {change.name for change in of_the_template.inputs if change.sheet == "Inputs"} == {"hourly_wage", "queries"}
    moved = {
        (effect.change.name, effect.answer): effect.moved
        for effect in of_the_template.effects
        if effect.change.sheet == "Inputs"
    }
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


def test_of_the_same_formulas_the_first_row_and_the_last_may_differ(tmp_path):
    cells = {f"A{row}": float(row) for row in range(1, 10)} | {f"B{row}": f"=A{row}*2" for row in range(1, 10)}
    found = diff(write(tmp_path / "old.xlsx", cells), write(tmp_path / "new.xlsx", cells | {"A1": 10.0, "A9": 90.0}))
    assert [(change.cell, change.old, change.new) for change in found.inputs] == [("A1", 1.0, 10.0), ("A9", 9.0, 90.0)]
    assert [(change.cell, change.old, change.new) for change in found.results] == [("B1", 2, 20), ("B9", 18, 180)]
