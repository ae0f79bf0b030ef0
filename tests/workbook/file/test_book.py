"""Names, calculation settings and sheets added to the workbook part, in the order the standard wants."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.books import contents, row, sheet, write_book
from workbook.file.book import add_name, drop_calculation_chain, recalculate_on_load
from workbook.file.package import Package
from workbook.file.sheets import add_sheet

ORDER = ["sheets", "definedNames", "calcPr", "pivotCaches", "extLst"]


@pytest.mark.parametrize("names", ["", '<definedName name="a">1</definedName>'])
@pytest.mark.parametrize("behind", ["", "<pivotCaches/><extLst/>", '<calcPr calcId="1"/><extLst/>'])
def test_everything_stands_in_its_place(names, behind, tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<v>1</v>"))}, names=names, workbook=behind)
    with Package(path) as package:
        add_name(package, "FT_ROI", '_xlfn.LAMBDA(_xlpm.a,_xlpm.a&"<")', 'say "a" < b')
        recalculate_on_load(package)
        drop_calculation_chain(package)
        add_sheet(package, 'Hand "over" & out', sheet("").encode())
        package.save(tmp_path / "out.xlsx")
    root = ElementTree.fromstring(contents(tmp_path / "out.xlsx")["xl/workbook.xml"])
    found = [child.tag.rpartition("}")[2] for child in root]
    assert found == [name for name in ORDER if name in found]
    with Package(tmp_path / "out.xlsx") as package:
        assert [s.name for s in package.sheets()] == ["Data", 'Hand "over" & out']
        text = {name.name: name.text for name in package.defined_names()}
        assert text["FT_ROI"] == '_xlfn.LAMBDA(_xlpm.a,_xlpm.a&"<")'
        assert ("a" in text) == bool(names)
        (calculation,) = package.elements(package.workbook_part, "calcPr")
        assert calculation.attributes["fullCalcOnLoad"] == "1"
        assert package.elements(package.workbook_part, "definedName")[-1].attributes["comment"] == 'say "a" < b'


def test_comments_stay_within_what_excel_opens(tmp_path):
    with Package(write_book(tmp_path / "book.xlsx", {"Data": sheet("")})) as package:
        add_name(package, "FT_ROI", "1", "x" * 300)
        assert len(package.elements(package.workbook_part, "definedName")[0].attributes["comment"]) == 255


def test_sheet_ids_and_parts_are_new_ones(tmp_path):
    path = write_book(
        tmp_path / "book.xlsx", {"A": sheet(""), "B": sheet("")}, parts={"xl/worksheets/sheet3.xml": "<x/>"}
    )
    with Package(path) as package:
        assert add_sheet(package, "C", sheet("").encode()) == "xl/worksheets/sheet4.xml"
        assert [e.attributes["sheetId"] for e in package.elements(package.workbook_part, "sheet")] == ["1", "2", "3"]
