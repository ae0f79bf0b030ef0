"""A workbook with broken formulas is refused, and says which row is gone."""

import pytest

from tests.books import row, sheet, write_book
from tests.workbook.tasks.check.audited import pasted
from workbook.errors import WorkbookError
from workbook.file.package import Package
from workbook.tasks.broken import BrokenFormulas, refuse_broken
from workbook.tasks.handover import handover
from workbook.tasks.report import report
from workbook.tasks.risk import risk
from workbook.tasks.scenario import add_scenarios

CALL = "<f>FT_ROI(12,2,1)</f><v>5</v>"


@pytest.mark.parametrize(
    ("formula", "names", "words"),
    [
        ("<f>#REF!+1</f>", "", r"S!B1 reads cells that were deleted"),
        ("<f>rate+1</f>", '<definedName name="rate">S!#REF!</definedName>', "through the name rate"),
        ("<f>STDEV.S(A1,2)</f><v>0</v>", "", r"S!B1 calls STDEV.S, without the prefix .* Write _xlfn.STDEV.S"),
        ("<f>IFERROR(FT_BREAKEVN(1,2,3),0)</f>", "", "S!B1 calls FT_BREAKEVN, which nobody knows. Write FT_BREAKEVEN"),
    ],
)
def test_a_deleted_cell_is_named(tmp_path, formula, names, words):
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A=CALL, B=formula))}, names=names)
    with pytest.raises(BrokenFormulas, match=words):
        handover(path, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
    assert handover(path, tmp_path / "out.xlsx", anyway=True).replacements


def test_a_circle_is_refused_where_the_workbook_does_not_iterate(small, tmp_path):
    """Microsoft, "Remove or allow a circular reference": Excel shows 0 or the last value it had."""
    path = tmp_path / "circle.xlsx"
    with Package(small) as package:
        part = package.worksheet("Costs").part
        row = b'<row r="900"><c r="L900"><f>L901+1</f></c></row><row r="901"><c r="L901"><f>L900+1</f></c></row>'
        package.replace(part, package.read(part).replace(b"</sheetData>", row + b"</sheetData>"))
        package.save(path)
    with pytest.raises(BrokenFormulas, match=r"Costs!L90[01] and 1 more cells read themselves"):
        report(path, tmp_path / "out.md", "md")
    assert b"TechWiz" in report(path, tmp_path / "out.md", "md", anyway=True)


def test_values_pasted_over_the_template_are_named(small, tmp_path):
    """Two cells; one alone is somebody's figure, which check names. Of Checks pasted over the memo said "all hold"."""
    with Package(pasted(small, tmp_path / "one.xlsx", ("Costs", "C7"))) as package:
        refuse_broken(package, "report on")
    with (
        Package(pasted(small, tmp_path / "two.xlsx", ("Costs", "C7:C8"))) as package,
        pytest.raises(BrokenFormulas, match="Costs!C7:C8: 2 cells hold values where the template has formulas"),
    ):
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
    with pytest.raises(BrokenFormulas, match="S!B1 reads cells that were deleted"):
        work(path, out, False)
    with pytest.raises((WorkbookError, AttributeError)) as other:  # it is no book of ours, and nothing was asked
        work(path, out, True)
    assert not isinstance(other.value, BrokenFormulas)
    assert not list(tmp_path.glob("out.*"))
