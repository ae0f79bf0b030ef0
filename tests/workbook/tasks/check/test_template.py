"""Numbers typed over the template's formulas are named by their cell, and nothing else is."""

from __future__ import annotations

import openpyxl
import pytest

from tests import sharing
from tests.workbook.tasks.check.audited import by_formulas, found, pasted
from workbook.engines import Recalculation
from workbook.file import named
from workbook.file.addresses import addresses
from workbook.file.edits import constant_edit
from workbook.file.package import Package
from workbook.file.put import put_values
from workbook.file.xmlspans import spliced
from workbook.tasks.check.structure import structure_findings
from workbook.tasks.check.survey import named_survey, survey
from workbook.tasks.check.template import read, tampering
from workbook.tasks.scenario import Scenario, add_scenarios
from workbook.template import CASES, block, make
from workbook.template.grid import letters


@pytest.fixture(scope="module", autouse=True)
def template_of_fewer_months():
    """What is known of the template is known of 12 months as of 36, and of one case as of the other."""
    with sharing.fewer_months():
        yield


@pytest.fixture(scope="module")
def tiny():
    """The smallest template with the two spare scenarios that the template is known to have here."""
    return sharing.tiny(spare=2)


def typed(source, target, cells):
    with Package(source) as package:
        for name, address, value in cells:
            part = package.worksheet(name).part
            data = package.read(part)
            cell = next(cell for cell in package.cells(part) if cell.address == address)
            package.replace(part, spliced(data, [constant_edit(data, cell, value)]))
        package.save(target)


def formulas(path, name):
    """The addresses of a sheet's formulas."""
    with Package(path) as package:
        return [cell.address for cell in package.cells(package.worksheet(name).part) if cell.kind]


@pytest.mark.usefixtures("values_left_alone")
@pytest.mark.parametrize("case", ["techwiz", "hospital", "sameclass", "blank"])
def test_figures_that_stand_in_no_row_of_formulas(tmp_path, case):
    """A saving on Breakeven, a pass rate, the live column of Scenarios, the base's tab, a check, a reason, month 0.

    Nothing else is a fault: not inputs entered anew, nor two scenarios more, their overrides being numbers among
    formulas.
    """
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
    with Package(sharing.tiny(case, spare=2)) as package:
        places = named.cells(package)
        for name, value in (("queries", 5_000), ("max_months", 9), ("relabel_share", 0.5), ("retrains_per_year", 2)):
            sheet, row, column = places[name]
            put_values(package, package.worksheet(sheet), {(row, column): value})
        package.save(tmp_path / "inputs.xlsx")
    scenarios = [Scenario("Busy", ("queries=20000",)), Scenario("Cheap", ("pe_input_price=1", "queries=30000"))]
    add_scenarios(tmp_path / "inputs.xlsx", tmp_path / "more.xlsx", scenarios)
    assert all(cell in formulas(tmp_path / "more.xlsx", sheet) for sheet, cell in wanted)
    typed(tmp_path / "more.xlsx", tmp_path / "b.xlsx", [(*place, 3.0) for place in wanted])
    assert {(item.kind, item.where) for item in by_formulas(tmp_path / "b.xlsx")} == {
        ("typed-over", f"'{sheet}'!{cell}" if " " in sheet else f"{sheet}!{cell}") for sheet, cell in wanted
    }


def test_every_figure_of_breakeven(tiny, tmp_path):
    """Some of them, each on its own: column B has 21 figures and hardly two formulas alike."""
    cells = [cell for cell in formulas(tiny, "Breakeven") if cell[0] == "B" and int(cell[1:]) >= 7]
    assert len(cells) == 21
    for cell in cells[::7]:
        typed(tiny, tmp_path / "b.xlsx", [("Breakeven", cell, 4711.0)])
        with Package(tmp_path / "b.xlsx") as package:
            seen = named_survey(package, Recalculation())
            seen.grids += [read(package, sheet) for sheet in package.worksheets()]
            assert {item.where for item in tampering(seen, package).findings} == {f"Breakeven!{cell}"}


@pytest.fixture(scope="module")
def edited(tiny, tmp_path_factory):
    """What is found of values over formulas in a book that was edited in four places far from one another, by sheet."""
    book = openpyxl.load_workbook(tiny)
    book["Breakeven"].insert_rows(6)
    book["Breakeven"]["A6"], book["Breakeven"]["B6"] = "My own line", 5.0
    book["Breakeven"]["B14"] = 2083.0
    for column in "CDE":
        book["Costs"][f"{column}50"] = None
    book["Costs"]["C7"], book["Costs"]["C8"], book["Costs"]["C11"] = 1.0, None, 2.0
    book["Quality"].title = "Güte"
    book["Güte"]["C8"] = 5.0
    path = tmp_path_factory.mktemp("edited") / "b.xlsx"
    book.save(path)
    findings = [item for item in by_formulas(path) if item.kind == "typed-over"]
    return {sheet: [item for item in findings if item.sheet == sheet] for sheet in ("Breakeven", "Costs", "Güte")}


def test_a_row_put_in_is_followed(edited):
    """The row of training and labour is then row 14; numbers in a row of one's own are no fault."""
    assert {item.where for item in edited["Breakeven"]} == {"Breakeven!B14"}


@pytest.mark.parametrize(
    "blocks",
    [
        [
            ("Costs", "C6:H26"),
            ("Checks", "C7:E100"),
            ("Breakeven", "B1:B40"),  # most of the column: it is the template's all the same
            ("Cash flow", "F6:M40"),
        ],
        [("Costs", "F48:F94")],  # one option of ten
    ],
    ids=["on four sheets", "one option"],
)
def test_a_block_of_pasted_values_is_one_error(tiny, tmp_path, blocks):
    path = pasted(tiny, tmp_path / "b.xlsx", *blocks)
    findings = [item for item in by_formulas(path) if item.kind == "typed-over"]
    assert {(item.severity, item.sheet, item.count) for item in findings} == {
        ("error", sheet, len(set(formulas(tiny, sheet)) & set(addresses(area)))) for sheet, area in blocks
    }
    assert len(findings) == len(blocks)


def test_all_of_checks_pasted_as_values(tiny, tmp_path):
    errors = by_formulas(pasted(tiny, tmp_path / "b.xlsx", ("Checks", "A1:E300")))
    # The rows of a scenario's tab depend on the case.
    assert sum(item.count for item in errors if item.severity == "error") > 0.9 * len(formulas(tiny, "Checks"))
    assert {(item.kind, item.sheet) for item in errors} == {("typed-over", "Checks")}


def test_cleared_formulas_are_named(edited):
    (finding,) = edited["Costs"][3:]
    assert (finding.severity, finding.cell, finding.count) == ("warning", "C50:E50", 3)


def test_figures_that_do_not_stand_side_by_side_are_each_named(edited):
    """One beside a cleared formula, and two four rows apart: nobody pasted a block."""
    assert [(item.severity, item.cell, item.count) for item in edited["Costs"][:3]] == [
        ("error", "C7", 1),
        ("error", "C11", 1),
        ("warning", "C8", 1),
    ]


def test_a_renamed_sheet_is_known_by_its_labels(edited):
    assert [item.where for item in edited["Güte"]] == ["Güte!C8"]


def test_a_column_put_in_is_no_fault_and_moves_the_others(tiny, tmp_path):
    """Openpyxl moves cells, not references, so other findings are its own."""
    book = openpyxl.load_workbook(tiny)
    book["Costs"].insert_cols(4)
    for row, value in ((9, "why"), (10, 5.0), (60, 6.0)):
        book["Costs"].cell(row, 4).value = value
    book["Costs"]["F50"] = 5.0  # E50 before
    book.save(tmp_path / "b.xlsx")
    with Package(tmp_path / "b.xlsx") as package:
        assert tampering(survey(package, Recalculation()), package).cells == {("Costs", (50, 6))}


@pytest.mark.parametrize(("area", "faults"), [("A1:L300", 0), ("D48:D60", 1)])
def test_a_sheet_copied_into_another_workbook(tiny, tmp_path, area, faults):
    """All of it as values is a copy somebody keeps; a part of it among formulas is not."""
    book = openpyxl.load_workbook(pasted(tiny, tmp_path / "b.xlsx", ("Costs", area)))
    for name in book.sheetnames:
        if name != "Costs":
            del book[name]
    for name in list(book.defined_names):
        del book.defined_names[name]
    book.save(tmp_path / "own.xlsx")
    with Package(tmp_path / "own.xlsx") as package:
        found = tampering(survey(package, Recalculation()), package).findings
    assert [item.sheet for item in found] == ["Costs"] * faults


def test_a_deleted_row_of_inputs_is_named_with_what_it_breaks(tiny, tmp_path):
    """What Excel leaves: references and the name at #REF!, the rows below one up."""
    book = openpyxl.load_workbook(tiny)
    place = make(CASES["techwiz"]).names["queries"]
    broken = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    new = cell.value.replace(f"{place.sheet}!$B${place.row + 1}", "#REF!")
                    broken += new != cell.value
                    cell.value = new
    book.defined_names["queries"].value = f"{place.sheet}!#REF!"
    label = book[place.sheet].cell(place.row + 1, 1).value
    book[place.sheet].delete_rows(place.row + 1)
    book.save(tmp_path / "b.xlsx")
    with Package(tmp_path / "b.xlsx") as package:
        seen = survey(package, Recalculation())
        first, *others = structure_findings(seen, package, tampering(seen, package).deleted)
    assert (first.severity, first.kind, first.sheet, first.count) == ("error", "broken-reference", place.sheet, broken)
    assert f'"{label}"' in first.what
    assert broken > 1
    assert [item for item in others if item.severity == "error"] == []


@pytest.fixture(scope="module")
def changed(tiny, tmp_path_factory):
    """Formulas changed and one typed over, by cell, and what the check finds: it is asked once."""
    laid_out = make(CASES["techwiz"])

    def month(key: str, number: int) -> tuple[str, str]:
        place = laid_out.find(key, ("live",))
        return place.sheet, f"{letters(place.column + number)}{place.row + 1}"

    last_but_one = block.MOST_MONTHS - 1
    formulas = [month("own.10", 2), month("own.10", 7), month("all.1", last_but_one), month("way.2", 1)]
    formulas += [month("net.2", 7), month("net.10", last_but_one), month("tab1.own.10", 7)]
    book = openpyxl.load_workbook(tiny)
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
