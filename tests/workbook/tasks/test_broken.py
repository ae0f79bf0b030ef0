"""A workbook with broken formulas is refused, and says which row is gone."""

import random

import pytest

from tests import sharing
from tests.books import row, sheet, write_book
from tests.workbook.tasks.check.audited import pasted
from tests.workbook.tasks.portfolio import randomcases
from workbook.errors import WorkbookError
from workbook.file.edits import constant_edit
from workbook.file.package import Package
from workbook.file.xmlspans import spliced
from workbook.tasks.broken import BrokenFormulas, refuse_broken
from workbook.tasks.handover import handover
from workbook.tasks.portfolio import portfolio
from workbook.tasks.report import report
from workbook.tasks.risk import question, risk
from workbook.tasks.scenario import add_scenarios

CALL = "<f>FT_ROI(12,2,1)</f><v>5</v>"


@pytest.mark.parametrize(
    ("formula", "names", "words"),
    [
        ("<f>#REF!+1</f>", "", r"S!B1: refers to a cell that was deleted"),
        (
            "<f>rate+1</f>",
            '<definedName name="rate">S!#REF!</definedName>',
            "S!B1: the name rate points at a cell that was deleted",
        ),
        ("<f>STDEV.S(A1,2)</f><v>0</v>", "", r"S!B1: calls STDEV.S without the prefix .* store it as _xlfn.STDEV.S"),
        (
            "<f>IFERROR(FT_BREAKEVN(1,2,3),0)</f>",
            "",
            "S!B1: calls FT_BREAKEVN, which nobody knows.* Write FT_BREAKEVEN",
        ),
    ],
)
def test_a_deleted_cell_is_named(tmp_path, formula, names, words):
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A=CALL, B=formula))}, names=names)
    with pytest.raises(BrokenFormulas, match=words):
        handover(path, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
    assert handover(path, tmp_path / "out.xlsx", anyway=True).replacements


def with_formulas(source, target, *formulas):
    """A copy with these formulas in Costs!L900 and below."""
    with Package(source) as package:
        part = package.worksheet("Costs").part
        rows = "".join(f'<row r="{n}"><c r="L{n}"><f>{text}</f></c></row>' for n, text in enumerate(formulas, 900))
        package.replace(part, package.read(part).replace(b"</sheetData>", rows.encode() + b"</sheetData>"))
        package.save(target)
    return target


@pytest.mark.usefixtures("believed_once")
def test_a_circle_is_refused_where_the_workbook_does_not_iterate(tiny, tmp_path):
    """Microsoft, "Remove or allow a circular reference": Excel shows 0 or the last value it had."""
    path = with_formulas(tiny, tmp_path / "circle.xlsx", "L901+1", "L900+1")
    with pytest.raises(BrokenFormulas, match=r"Costs!L900:L901: reads itself .* --anyway would report on it"):
        report(path, tmp_path / "out.md", "md")
    assert b"TechWiz" in report(path, tmp_path / "out.md", "md", anyway=True)
    asked = question(path, vary={"queries": (5_000, 20_000)})
    with pytest.raises(BrokenFormulas, match=r"Costs!L900:L901: reads itself .* --anyway would simulate it"):
        risk(path, tmp_path / "out.xlsx", asked, trials=2_000)
    assert risk(path, tmp_path / "out.xlsx", asked, trials=2_000, anyway=True)


def test_what_check_calls_no_circle_for_certain_is_not_refused(tiny, tmp_path):
    """COLUMNS and CELL ask where a cell is; Excel evaluates the branch that is taken."""
    formulas = ("COLUMNS(L900:M900)", "CELL(&quot;row&quot;,L901)", "IF(TRUE,1,L902)")
    path = with_formulas(tiny, tmp_path / "book.xlsx", *formulas)
    assert b"TechWiz" in report(path, tmp_path / "out.md", "md")


def test_a_circle_of_a_portfolio_is_refused(tmp_path):
    given = random.Random(3)
    cases = randomcases.write(tmp_path / "cases.csv", [randomcases.prompted(given)], randomcases.PROMPTED)
    with sharing.fewer_months():
        portfolio(cases, tmp_path / "portfolio.xlsx")
    with Package(tmp_path / "portfolio.xlsx") as package:
        part = package.worksheet("Model").part
        rows = row(900, A="<f>A901+1</f>") + row(901, A="<f>A900+1</f>")
        package.replace(part, package.read(part).replace(b"</sheetData>", rows.encode() + b"</sheetData>"))
        package.save(tmp_path / "circle.xlsx")
    with pytest.raises(BrokenFormulas, match="Model!A900:A901: reads itself"):
        report(tmp_path / "circle.xlsx", tmp_path / "out.md", "md")


def test_values_pasted_over_the_template_are_named(tiny, tmp_path):
    """Two cells; one alone is somebody's figure, which check names. Of Checks pasted over the memo said "all hold"."""
    with Package(pasted(tiny, tmp_path / "one.xlsx", ("Costs", "C7"))) as package:
        refuse_broken(package, "report on")
    with (
        Package(pasted(tiny, tmp_path / "two.xlsx", ("Costs", "C7:C8"))) as package,
        pytest.raises(BrokenFormulas, match="Costs!C7:C8: 2 cells hold values where the template has formulas"),
    ):
        refuse_broken(package, "report on")
    for number, (cell, value) in enumerate({"C8": None, "C11": 2.0}.items()):  # emptied; four rows apart
        with Package(pasted(tiny, tmp_path / "one.xlsx", ("Costs", "C7"))) as package:
            part = package.worksheet("Costs").part
            data, cells = package.read(part), {cell.address: cell for cell in package.cells(part)}
            package.replace(part, spliced(data, [constant_edit(data, cells[cell], value)]))
            package.save(tmp_path / f"{number}.xlsx")
        with Package(tmp_path / f"{number}.xlsx") as package:
            refuse_broken(package, "report on")


@pytest.mark.parametrize(
    "formula",
    [
        "<f>THEIR_OWN(1)</f><v>3</v>",
        "<f>_xlfn.STDEV.S(A1,2)</f><v>2</v>",
        "<f>FT_ROI(2,1,1)</f>",
        '<f>"FT_BREAKEVN("&amp;1</f>',
    ],
)
def test_what_is_theirs_is_not_mistyped(tmp_path, formula):
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A=CALL, B=formula))})
    with Package(path) as package:
        refuse_broken(package, "hand over")


def test_a_function_the_workbook_defines_is_theirs(tmp_path):
    names = '<definedName name="FT_BREAKEVN">_xlfn.LAMBDA(_xlpm.a,_xlpm.a)</definedName>'
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A="<f>FT_BREAKEVN(1)</f><v>1</v>"))}, names=names)
    with Package(path) as package:
        refuse_broken(package, "hand over")


def test_a_lost_name_nobody_reads_is_no_reason(tmp_path):
    names = '<definedName name="rate">S!#REF!</definedName>'
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A=CALL))}, names=names)
    with Package(path) as package:
        refuse_broken(package, "hand over")


@pytest.mark.parametrize(
    "work",
    [
        lambda path, out, anyway: add_scenarios(path, out.with_suffix(".xlsx"), [], anyway=anyway),
        lambda path, out, anyway: risk(path, out.with_suffix(".xlsx"), None, anyway=anyway),
        lambda path, out, anyway: report(path, out.with_suffix(".pdf"), "pdf", anyway=anyway),
        lambda path, out, anyway: report(path, out.with_suffix(".html"), "html", anyway=anyway),
    ],
    ids=["scenario", "risk", "report", "page"],
)
def test_every_operation_that_decides_refuses_it(tmp_path, work):
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A=CALL, B="<f>#REF!+1</f>"))})
    out = tmp_path / "out.none"
    with pytest.raises(BrokenFormulas, match="S!B1: refers to a cell that was deleted"):
        work(path, out, False)
    with pytest.raises((WorkbookError, AttributeError)) as other:  # it is no book of ours, and nothing was asked
        work(path, out, True)
    assert not isinstance(other.value, BrokenFormulas)
    assert not list(tmp_path.glob("out.*"))
