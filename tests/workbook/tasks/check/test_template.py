"""Numbers typed over the template's formulas are named by their cell, and nothing else is."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.workbook.tasks.check.audited import by_formulas, found
from workbook.file import named
from workbook.file.package import Package
from workbook.file.put import put_values
from workbook.tasks.scenario import Scenario, add_scenarios
from workbook.template import CASES, make
from workbook.template.grid import letters


def typed(source, target, cells):
    book = openpyxl.load_workbook(source)
    for sheet, cell, value in cells:
        book[sheet][cell] = value
    book.save(target)
    return {item.where for item in by_formulas(target) if item.kind == "typed-over"}


def is_formula(sheet: Worksheet, cell: str) -> bool:
    return str(sheet[cell].value).startswith("=")


@pytest.mark.parametrize("case", ["techwiz", "hospital", "sameclass", "blank"])
def test_figures_that_stand_in_no_row_of_formulas(books, tmp_path, case):
    """A saving on Breakeven, a pass rate, the live column of Scenarios, the base's tab, a check, a reason, month 0."""
    wanted = [
        ("Costs", "C16"),
        ("Breakeven", "B8"),
        ("Quality", "C8"),
        ("Scenarios", "D10"),
        ("Base", "C9"),
        ("Checks", "C20"),
        ("Summary", "B9"),
        ("Cash flow", "C51"),
    ]
    book = openpyxl.load_workbook(books(case))
    assert all(is_formula(book[sheet], cell) for sheet, cell in wanted)
    assert typed(books(case), tmp_path / "b.xlsx", [(*place, 3.0) for place in wanted]) == {
        f"'{sheet}'!{cell}" if " " in sheet else f"{sheet}!{cell}" for sheet, cell in wanted
    }


def test_every_figure_of_breakeven(books, tmp_path):
    """Some of them, each on its own: column B has 21 figures and hardly two formulas alike."""
    sheet = openpyxl.load_workbook(books("hospital"))["Breakeven"]
    rows = [row for row in range(7, sheet.max_row + 1) if is_formula(sheet, f"B{row}")]
    assert len(rows) == 21
    for row in rows[::7]:
        place = ("Breakeven", f"B{row}", 4711.0)
        assert typed(books("hospital"), tmp_path / "b.xlsx", [place]) == {f"Breakeven!B{row}"}


def test_a_row_put_in_is_followed(books, tmp_path):
    """The row of training and labour is then row 14; numbers in a row of one's own are no fault."""
    book = openpyxl.load_workbook(books("techwiz"))
    book["Breakeven"].insert_rows(6)
    book["Breakeven"]["A6"], book["Breakeven"]["B6"] = "My own line", 5.0
    book["Breakeven"]["B14"] = 2083.0
    book.save(tmp_path / "b.xlsx")
    assert {
        item.where
        for item in by_formulas(tmp_path / "b.xlsx")
        if (item.kind, item.sheet) == ("typed-over", "Breakeven")
    } == {"Breakeven!B14"}


def test_a_rebuilt_column_is_the_users_own(books, tmp_path):
    """Prices typed into most of a column of results: no longer the template's, so its cells are not listed."""
    sheet = openpyxl.load_workbook(books("techwiz"))["Breakeven"]
    rows = [row for row in range(7, sheet.max_row + 1) if is_formula(sheet, f"B{row}")]
    assert typed(books("techwiz"), tmp_path / "b.xlsx", [("Breakeven", f"B{row}", 1.0) for row in rows]) == set()


@pytest.mark.usefixtures("values_left_alone")
@pytest.mark.parametrize("case", ["techwiz", "hospital", "sameclass", "blank"])
def test_scenarios_and_inputs_are_no_faults(books, tmp_path, case):
    """Every input entered anew, and two scenarios more, their overrides being numbers among formulas."""
    with Package(books(case)) as package:
        places = named.cells(package)
        for name, value in (("queries", 5_000), ("max_months", 9), ("relabel_share", 0.5), ("retrains_per_year", 2)):
            sheet, row, column = places[name]
            put_values(package, package.worksheet(sheet), {(row, column): value})
        package.save(tmp_path / "b.xlsx")
    scenarios = [Scenario("Busy", ("queries=20000",)), Scenario("Cheap", ("pe_input_price=1", "queries=30000"))]
    add_scenarios(tmp_path / "b.xlsx", tmp_path / "more.xlsx", scenarios)
    assert by_formulas(tmp_path / "more.xlsx") == []


@pytest.fixture(scope="module")
def changed(books, tmp_path_factory):
    """Formulas changed and one typed over, by cell, and what the check finds: it is asked once."""
    laid_out = make(CASES["techwiz"])

    def month(key: str, number: int) -> tuple[str, str]:
        place = laid_out.find(key, ("live",))
        return place.sheet, f"{letters(place.column + number)}{place.row + 1}"

    formulas = [month("own.10", 2), month("own.10", 7), month("all.1", 35), month("way.2", 1), month("net.2", 7)]
    formulas += [month("net.10", 35), month("tab1.own.10", 7)]
    book = openpyxl.load_workbook(books("techwiz"))
    before = {place: book[place[0]][place[1]].value for place in (*formulas, ("Breakeven", "B8"))}
    for sheet, cell in formulas:
        book[sheet][cell] = f"{before[sheet, cell]}+$C$5"
    book["Breakeven"]["B8"] = 3.0
    path = tmp_path_factory.mktemp("changed") / "b.xlsx"
    book.save(path)
    return before, found(path)


def test_a_changed_formula_among_the_months_is_found(changed):
    """By option and of today: an early month, one in the midst, the last but one. Ends and labels are of their own."""
    before, findings = changed
    assert {item.where for item in findings if item.kind == "differs"} == {
        f"'{sheet}'!{cell}" if " " in sheet else f"{sheet}!{cell}" for sheet, cell in before if sheet != "Breakeven"
    }


def test_the_formula_that_belongs_there_is_given(changed):
    before, findings = changed
    (finding,) = [item for item in findings if item.kind == "typed-over"]
    assert (finding.severity, finding.formula) == ("error", before["Breakeven", "B8"])
