"""A text where the XML of a workbook should hold a number: one line that says what, where and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.books import OFFICE, contents, row, sheet, write_book, write_zip
from tests.robust.writingcommands import arguments, fill, one_line_of_error, run, target
from workbook.errors import BadCell, BadWorkbook
from workbook.file.addresses import row_and_column
from workbook.file.edits import insertions
from workbook.file.notes import add_notes
from workbook.file.package import Package
from workbook.file.sheets import remove_sheet
from workbook.formulas.tables import tables_of
from workbook.tasks.handover.sheet import bold_style
from workbook.tasks.risk import question, risk
from workbook.tasks.scenario import remove_scenario

HOSTILE = ("abc", "", "1.5", "²", "9" * 5000, "0x1", "1 2")


def broken(folder: Path, part: str, pattern: bytes, text: str) -> Path:
    """The template with the number that a pattern finds in a part replaced by a text."""
    fill(folder)
    path = folder / "book.xlsx"
    held = contents(path)
    held[part], count = re.subn(pattern, lambda found: found[1] + text.encode() + b'"', held[part], count=1)
    assert count == 1, f"{part} holds no {pattern!r}"
    return write_zip(path, held)


def simulate(path: Path) -> None:
    risk(path, path.with_name("out.xlsx"), question(path, {"queries": (9_000, 20_000)}), 100)


def remove(path: Path) -> None:
    """The number breaks after the scenario to be removed was added."""
    remove_scenario(path, path.with_name("out.xlsx"), "GPT-4 at 0.03 per 1K")


def look_for_bold(path: Path) -> None:
    with Package(path) as package:
        bold_style(package)


def take_a_sheet_away(path: Path) -> None:
    with Package(path) as package:
        remove_sheet(package, package.worksheet("Log"))


PLACES = {
    "sheetId, risk": ("xl/workbook.xml", rb'(sheetId=")\d+"', "sheetId", simulate),
    "localSheetId, a sheet less": ("xl/workbook.xml", rb'(localSheetId=")\d+"', "localSheetId", take_a_sheet_away),
    "numFmtId, risk": ("xl/styles.xml", rb'(<numFmt numFmtId=")\d+"', "numFmtId", simulate),
    "fontId, handover": (
        "xl/styles.xml",
        rb'(<cellXfs count="\d+"><xf numFmtId="0" fontId=")\d+"',
        "fontId",
        look_for_bold,
    ),
}


@pytest.mark.usefixtures("values_left_alone")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", ["abc", "9" * 5000])
def test_text_for_a_number(place, text, tmp_path):
    part, pattern, name, operation = PLACES[place]
    path = broken(tmp_path, part, pattern, text)
    with pytest.raises(BadWorkbook) as refusal:
        operation(path)
    said = str(refusal.value)
    assert said.startswith(f"{path}: ")
    assert f'says {name}="{text:.40}", where a whole number belongs' in said
    assert said.endswith("Open it in Excel, let it repair, save it.")
    assert not path.with_name("out.xlsx").exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_whole_number(text, tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet("")})
    with Package(path) as package:
        with pytest.raises(BadWorkbook, match="where a whole number belongs"):
            package.whole_number("sheet", {"sheetId": text}, "sheetId", 0)
        assert package.whole_number("sheet", {"sheetId": " 12 "}, "sheetId", 0) == 12
        assert package.whole_number("sheet", {"sheetId": "-1"}, "sheetId", 0) == -1
        assert package.whole_number("sheet", {}, "sheetId", 7) == 7


@pytest.mark.parametrize("attribute", ["activeTab", "firstSheet"])
def test_shown_tab(attribute, tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(""), "More": sheet("")})
    held = contents(path)
    view = f'<bookViews><workbookView {attribute}="x"/></bookViews><sheets>'
    held["xl/workbook.xml"] = held["xl/workbook.xml"].replace(b"<sheets>", view.encode())
    write_zip(path, held)
    with (
        Package(path) as package,
        pytest.raises(BadWorkbook, match=f'<workbookView> of it says {attribute}="x"'),
    ):
        remove_sheet(package, package.worksheet("More"))


@pytest.mark.parametrize("attribute", ["headerRowCount", "totalsRowCount"])
def test_rows_of_a_table(attribute, tmp_path):
    table = f'<table name="t" displayName="t" ref="A1:A3" {attribute}="many"><tableColumns/></table>'
    assert f'<table> of it says {attribute}="many"' in table_refusal(tmp_path, table)


def test_table_over_no_area(tmp_path):
    assert "is not a cell address" in table_refusal(tmp_path, '<table name="t" displayName="t"><tableColumns/></table>')


def test_no_table_in_the_part_of_a_table(tmp_path):
    assert table_refusal(tmp_path, "<nothing/>") == ""


def table_refusal(folder: Path, table: str) -> str:
    related = (
        f'<Relationships><Relationship Id="rId1" Type="{OFFICE}/table" Target="../tables/table1.xml"/></Relationships>'
    )
    related = related.replace(
        "<Relationships>", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    )
    parts = {"xl/tables/table1.xml": table, "xl/worksheets/_rels/sheet1.xml.rels": related}
    with Package(write_book(folder / "book.xlsx", {"Data": sheet("")}, parts=parts)) as package:
        try:
            tables_of(package)
        except (BadWorkbook, BadCell) as refusal:
            return str(refusal)
    return ""


@pytest.mark.parametrize("text", ["abc", "1.5", "-1", "²", "9" * 5000])
def test_number_of_a_row(text, tmp_path):
    rows = f'<row r="{text}"><c><v>1</v></c></row>'
    with Package(write_book(tmp_path / "book.xlsx", {"Data": sheet(rows)})) as package:
        with pytest.raises(BadWorkbook, match=r"book\.xlsx: its part .*sheet1\.xml is damaged \(a row says r="):
            list(package.cells("xl/worksheets/sheet1.xml"))
        with pytest.raises(BadCell, match="a row says r="):
            insertions(package.read("xl/worksheets/sheet1.xml"), {(1, 1): b"<c/>"})


@pytest.mark.parametrize("address", ["A", "", "5", "A12345678", "A²", "A-1", "AAAA1"])
def test_address_of_a_cell(address, tmp_path):
    row_and_column("A1")  # the column is known from now on
    with pytest.raises(BadCell, match="is not a cell address"):
        row_and_column(address)
    if address:
        cell = f'<c r="{address}"><v>1</v></c>'
        with (
            Package(write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A=cell))})) as package,
            pytest.raises(BadWorkbook, match="is not a cell address"),
        ):
            list(package.cells("xl/worksheets/sheet1.xml"))


def test_numbers_in_the_drawing_of_notes(tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<v>1</v>"))})
    with Package(path) as package:
        add_notes(package, "xl/worksheets/sheet1.xml", {"A1": "one"})
        drawing = next(name for name in package.names if name.endswith(".vml"))
        numbers = b'idmap v:ext="edit" data="' + b"9" * 5000 + b'" _x0000_s' + b"9" * 5000
        package.replace(drawing, package.read(drawing).replace(b"</xml", b"<!--" + numbers + b"--></xml"))
        add_notes(package, "xl/worksheets/sheet1.xml", {"A2": "two"})


def test_the_command(tmp_path):
    fill(tmp_path)
    path = broken(tmp_path, "xl/workbook.xml", rb'(sheetId=")\d+"', "abc")
    before = path.read_bytes()
    said = one_line_of_error(run(tmp_path, *arguments("risk")))
    assert 'book.xlsx: an element <sheet> of it says sheetId="abc", where a whole number belongs' in said
    assert path.read_bytes() == before
    assert not (tmp_path / target("risk")).exists()
