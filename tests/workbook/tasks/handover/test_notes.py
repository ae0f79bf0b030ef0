"""Notes on cells: new ones, beside somebody's, and continued."""

from __future__ import annotations

from xml.etree import ElementTree

import openpyxl
import xlsxwriter

from tests.books import changed_parts, contents, row, sheet, write_book
from workbook.file.notes import add_notes
from workbook.file.package import Package


def annotate(path, out, notes, part="xl/worksheets/sheet1.xml"):
    with Package(path) as package:
        left = add_notes(package, part, notes)
        package.save(out)
    return left


def notes_of(path):
    """As another library reads them."""
    book = openpyxl.load_workbook(path)
    return {
        f"{tab.title}!{cell.coordinate}": cell.comment.text
        for tab in book
        for line in tab.iter_rows()
        for cell in line
        if cell.comment
    }


def test_on_a_sheet_that_has_none(tmp_path):
    path = write_book(
        tmp_path / "book.xlsx",
        {"Data": sheet(row(1, A="<v>1</v>", C="<v>2</v>"), '<tableParts count="0"/>'), "Calm": sheet("")},
    )
    out = tmp_path / "out.xlsx"
    assert annotate(path, out, {"A1": "=1<2&\x01", "C1": "second"}) == []
    assert notes_of(out) == {"Data!A1": "=1<2&_x0001_", "Data!C1": "second"}
    parts = contents(out)
    text = parts["xl/worksheets/sheet1.xml"].decode()
    assert text.index("<legacyDrawing") < text.index("<tableParts")  # the order the standard wants
    shapes = ElementTree.fromstring(parts["xl/drawings/vmlDrawing1.vml"])
    places = [
        (shape.findtext(".//{*}Row"), shape.findtext(".//{*}Column"))
        for shape in shapes.iter("{urn:schemas-microsoft-com:vml}shape")
    ]
    assert places == [("0", "0"), ("0", "2")]
    assert changed_parts(path, out) == {
        "[Content_Types].xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }


def test_beside_and_behind_the_notes_of_others(tmp_path):
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("One", "Two"):
            tab = book.add_worksheet(name)
            tab.write("A1", 1)
            tab.write("B1", 1)
            tab.write_comment("A1", "theirs")
    annotate(path, out, {"A1": "ours", "B1": "new"})
    assert notes_of(out) == {"One!A1": "theirs\nours", "One!B1": "new", "Two!A1": "theirs"}
    assert changed_parts(path, out) == {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    shapes = contents(out)["xl/drawings/vmlDrawing1.vml"].decode()
    numbers = [piece.partition('"')[0] for piece in shapes.split('id="_x0000_s')[1:]]
    assert len(numbers) == len(set(numbers)) == 2


def test_new_boxes_do_not_share_numbers_with_other_sheets(tmp_path):
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("One").write_comment("A1", "theirs")
        book.add_worksheet("Two").write("A1", 1)
    annotate(path, out, {"A1": "ours"}, "xl/worksheets/sheet2.xml")
    drawings = [data.decode() for name, data in contents(out).items() if name.endswith(".vml")]
    numbers = [piece.partition('"')[0] for text in drawings for piece in text.split('id="_x0000_s')[1:]]
    assert len(numbers) == len(set(numbers)) == 2


def test_threaded_comments_are_left_alone(tmp_path):
    path = write_book(
        tmp_path / "book.xlsx",
        {"Data": sheet(row(1, A="<v>1</v>"))},
        parts={
            "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/'
            '2006/relationships"><Relationship Id="rId1" Type="urn:x/threadedComment" '
            'Target="../threadedComments/threadedComment1.xml"/></Relationships>',
            "xl/threadedComments/threadedComment1.xml": "<ThreadedComments/>",
        },
    )
    out = tmp_path / "out.xlsx"
    assert annotate(path, out, {"A1": "ours"}) == ["A1"]
    assert changed_parts(path, out) == set()
