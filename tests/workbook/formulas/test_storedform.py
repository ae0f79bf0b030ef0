"""The form in which Excel stores an add-in's calls, and the marks beside them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter

from addin import webextension
from addin.lite import workbook as lite
from addin.office import metadata
from addin.office import workbook as office
from pycalc.version import VERSION
from workbook import recalc
from workbook.file import dynamic
from workbook.file.package import Package
from workbook.file.xmlspans import spliced
from workbook.formulas import lambdas
from workbook.formulas.storedform import may_spill, put_in_stored_form, stored_form

URL = "https://tools.example.com/breakeven/"
VALIDATOR = Path(__file__).parents[2] / "node" / "node_modules" / ".bin" / "ooxml-validator"


@pytest.mark.parametrize(
    ("text", "stored", "names"),
    [
        ("FT_ROI(12,2,1)", "_xldudf_FT_ROI(12,2,1)", ["FT_ROI"]),
        ('1+ft_roi( A1 ,"FT_ROI(",B2)', '1+_xldudf_FT_ROI( A1 ,"FT_ROI(",B2)', ["FT_ROI"]),
        ("[1]!FT_ROI(1,2,3)", "_xldudf_FT_ROI(1,2,3)", ["FT_ROI"]),
        ("_xldudf_FT_ROI(1,2,3)", "_xldudf_FT_ROI(1,2,3)", ["FT_ROI"]),
        ("_xldudf_BE_FT_ROI(1,2,3)", "_xldudf_FT_ROI(1,2,3)", ["FT_ROI"]),  # a namespace, which our add-in has not
        ("SUM(A1:A3)", "SUM(A1:A3)", []),
        ("FT_ROI", "FT_ROI", []),
    ],
)
def test_stored_form(text, stored, names):
    assert stored_form(text) == (stored, names)


def with_lite(source, out):
    with Package(source) as package:
        lite.put_in(package)
        package.save(out)


def test_a_workbook_for_lite_names_its_functions(tmp_path):
    plain = xlsxwriter.Workbook(str(tmp_path / "plain.xlsx"))
    sheet = plain.add_worksheet()
    sheet.write_formula("A1", "=SUM(FT_ROI(12,2,1),PE_MONTHLY(1,2,3,4,5,6))", None, 1)
    sheet.write_formula("A2", "=A1*2", None, 2)
    plain.close()
    with_lite(tmp_path / "plain.xlsx", tmp_path / "lite.xlsx")
    with Package(tmp_path / "lite.xlsx") as package:
        formulas = [cell.formula for cell in package.cells(package.sheets()[0].part)]
        root = ElementTree.fromstring(package.read(lite.EXTENSION))
    assert formulas == ["SUM(_xldudf_FT_ROI(12,2,1),_xldudf_PE_MONTHLY(1,2,3,4,5,6))", "A1*2"]
    ids = [element.text for element in root.iter() if element.tag.endswith("}customFunctionIds")]
    assert ids == ["_xldudf_FT_ROI", "_xldudf_PE_MONTHLY"]
    # The schema's order: reference, alternateReferences, properties, bindings, snapshot, extLst (MS-OWEXML 2.2.7).
    assert [child.tag.rpartition("}")[2] for child in root] == [
        "reference",
        "alternateReferences",
        "properties",
        "bindings",
        "snapshot",
        "extLst",
    ]


def test_lambda_names_are_called_by_their_names(tmp_path):
    plain = xlsxwriter.Workbook(str(tmp_path / "plain.xlsx"))
    sheet = plain.add_worksheet()
    sheet.write_formula("A1", "=SUM(_xldudf_ft_roi(12,2,1),'Add in.xlam'!FT_ROI(1,2,3))", None, 1)
    sheet.write_formula("A2", '=IFERROR(__xludf.DUMMYFUNCTION("FT_ROI(12,2,1)"),5)', None, 5)
    sheet.write_formula("A3", "=FT_ROI( 12,2,1)", None, 5)
    plain.close()
    with Package(tmp_path / "plain.xlsx") as package:
        lambdas.put_in(package)
        formulas = [cell.formula for cell in package.cells(package.sheets()[0].part)]
    assert formulas == ["SUM(FT_ROI(12,2,1),FT_ROI(1,2,3))", "FT_ROI(12,2,1)", "FT_ROI( 12,2,1)"]


def test_twice_is_once(tmp_path):
    plain = xlsxwriter.Workbook(str(tmp_path / "plain.xlsx"))
    plain.add_worksheet().write_formula("A1", "=FT_ROI(12,2,1)", None, 1)
    plain.close()
    with Package(tmp_path / "plain.xlsx") as package:
        assert put_in_stored_form(package) == ["FT_ROI"]
        assert put_in_stored_form(package) == ["FT_ROI"]
        assert next(package.cells(package.sheets()[0].part)).formula == "_xldudf_FT_ROI(12,2,1)"


@pytest.mark.parametrize(
    ("text", "spills"),
    [
        ("FT_ROI(12,A1,price)", True),
        (" ft_roi(A1,Sheet2!B2,SUM(1,2)) ", True),
        ("FT_CASHFLOW(12,A1,B1)", True),
        ("FT_RISK(A1:C1,A2:C2,A3:C3,12)", True),  # ranges are what it takes
        ("FT_SENSITIVITY(1,2,3,A1:C1,A2:A4)", True),
        ("FT_ROI(12,A1:A9,B1)", False),  # a plain formula reads the cell of its own row
        ("FT_ROI(12,prices,B1)", False),
        ("FT_ROI(12,A1#,B1)", False),
        ("SUM(FT_CASHFLOW(12,A1,B1))", False),
        ("FT_ROI(12,1,2)+1", False),
        ("ROI(12,A1,B1)", False),
    ],
)
def test_what_is_marked_as_a_call_that_may_spill(text, spills):
    assert may_spill(text, {"PRICE"}) is spills


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """A workbook, its copy in the stored form, and that copy recalculated."""
    folder = tmp_path_factory.mktemp("marked")
    book = xlsxwriter.Workbook(str(folder / "plain.xlsx"))
    sheet = book.add_worksheet("Model")
    sheet.write_row("A1", [12, 2, 1])
    sheet.write_formula("A2", "=FT_ROI(A1,B1,C1)", None, 7)
    sheet.write_formula("A3", "=1+FT_ROI(A1,B1,C1)", None, 7)
    sheet.write_formula("A4", "=FT_CASHFLOW(2,100,A1)", None, 7)
    sheet.write_array_formula("D1:D3", "{=FT_CASHFLOW(2,100,A1)}", None, 7)
    book.close()
    with Package(folder / "plain.xlsx") as package:
        assert office.put_in(package, URL) == ["FT_CASHFLOW", "FT_ROI"]
        package.save(folder / "office.xlsx")
    recalc(folder / "office.xlsx", folder / "again.xlsx")
    return folder


def test_a_call_is_marked_as_excel_marks_it(marked):
    with Package(marked / "office.xlsx") as package:
        cells = {cell.address: cell for cell in package.cells(package.sheets()[0].part) if cell.formula}
        found = {a: (c.formula, c.kind, c.area, c.cm) for a, c in cells.items()}
    assert found == {
        "A2": ("_xldudf_FT_ROI(A1,B1,C1)", "array", "A2", "1"),
        "A3": ("1+_xldudf_FT_ROI(A1,B1,C1)", "normal", "", None),
        "A4": ("_xldudf_FT_CASHFLOW(2,100,A1)", "array", "A4", "1"),
        "D1": ("_xldudf_FT_CASHFLOW(2,100,A1)", "array", "D1:D3", None),  # somebody's own array stays one
    }


def test_the_record_is_the_one_xlsxwriter_found_in_excels_files(marked, tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "theirs.xlsx"))
    book.add_worksheet().write_dynamic_array_formula("A1", "=SEQUENCE(3)")
    book.close()
    with Package(tmp_path / "theirs.xlsx") as theirs, Package(marked / "office.xlsx") as ours:
        trees = [[(e.tag, e.attrib) for e in package.xml(dynamic.PART).iter()] for package in (theirs, ours)]
        assert trees[0] == trees[1]
        assert ours.content_type(dynamic.PART) == theirs.content_type(dynamic.PART)
        assert dynamic.mark(theirs) == "1"
        assert not theirs.changed


def test_a_marked_call_spills(marked):
    with Package(marked / "again.xlsx") as package:
        found = {cell.address: cell.value([]) for cell in package.cells(package.sheets()[0].part)}
    assert [found[a] for a in ("A2", "A3")] == pytest.approx([5, 6])  # (1 x 12 - 2) / 2
    assert [found[a] for a in ("A4", "A5", "A6")] == [-100, 12, 12]


@pytest.mark.parametrize(
    ("inside", "number"),
    [
        (
            '<metadataTypes count="1"><metadataType name="XLRICHVALUE" minSupportedVersion="120000"/></metadataTypes>'
            '<futureMetadata name="XLRICHVALUE" count="1"><bk/></futureMetadata>'
            '<valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata>',
            "1",
        ),
        (
            '<metadataTypes count="1"><metadataType name="OTHER" minSupportedVersion="1"/></metadataTypes>'
            '<cellMetadata count="2"><bk><rc t="1" v="0"/></bk><bk><rc t="1" v="1"/></bk></cellMetadata>',
            "3",
        ),
    ],
)
def test_another_record_keeps_its_number(marked, inside, number):
    with Package(marked / "office.xlsx") as package:
        whole = next(e for e in package.elements(dynamic.PART, "metadata"))
        data = package.read(dynamic.PART)
        package.replace(dynamic.PART, spliced(data, [(whole.tag_end, whole.content_end, inside.encode())]))
        assert dynamic.mark(package) == number
        assert dynamic.mark(package) == number
        root = package.xml(dynamic.PART)
        kinds = [e.get("name") for e in root[0]]
        order = [child.tag.rpartition("}")[2] for child in root]
        blocks = root.find(f"{root.tag.rpartition('}')[0]}}}cellMetadata")
        assert kinds[-1] == "XLDAPR"
        assert blocks[int(number) - 1][0].get("t") == str(len(kinds)) == root[0].get("count")
        known = ["metadataTypes", "futureMetadata", "cellMetadata", "valueMetadata"]  # the schema's order
        assert [known.index(name) for name in order] == sorted(known.index(name) for name in order)
        assert len(blocks) == int(blocks.get("count"))


def test_a_shared_formula_becomes_one_of_each_cell(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "plain.xlsx"))
    sheet = book.add_worksheet()
    for row in range(3):
        sheet.write_formula(row, 1, f"=FT_ROI(12,2,A{row + 1})", None, 7)
    book.close()
    with Package(tmp_path / "plain.xlsx") as package:
        part = package.sheets()[0].part
        data = package.read(part)
        shared = b'<f t="shared" ref="B1:B3" si="0">FT_ROI(12,2,A1)</f>'
        data = data.replace(b"<f>FT_ROI(12,2,A1)</f>", shared)
        for row in (b"2", b"3"):
            data = data.replace(b"<f>FT_ROI(12,2,A%s)</f>" % row, b'<f t="shared" si="0"/>')
        package.replace(part, data)
        put_in_stored_form(package)
        formulas = [(cell.formula, cell.kind, cell.area) for cell in package.cells(part)]
    assert formulas == [(f"_xldudf_FT_ROI(12,2,A{row})", "array", f"B{row}") for row in (1, 2, 3)]


def test_a_workbook_names_the_add_in_its_calls_want(marked):
    with Package(marked / "office.xlsx") as package:
        office.put_in(package, URL)
        assert [name for name in package.names if "webextension1" in name] == ["xl/webextensions/webextension1.xml"]
        assert "xl/webextensions/webextension2.xml" not in package  # it is named once
        root = package.xml("xl/webextensions/webextension1.xml")
        pane = package.xml(webextension.PANES)[0]
    assert root[0].attrib == {
        # Microsoft, "Automatically open a task pane with a document": an add-in that an administrator deployed
        "id": metadata.identifier(URL, "xml"),
        "version": f"{VERSION}.0",
        "store": "EXCatalog",
        "storeType": "EXCatalog",
    }
    assert pane.get("visibility") == "0"  # nobody's screen changes without the add-in


def test_another_add_in_stays_where_it_is(marked, tmp_path):
    with_lite(marked / "plain.xlsx", tmp_path / "lite.xlsx")
    with Package(tmp_path / "lite.xlsx") as package:
        before = package.read(lite.EXTENSION)
        assert json.loads(json.dumps(lite.properties(package)["addinVersion"])).startswith("1.0.0.0-")
        office.put_in(package, URL)
        assert package.read(lite.EXTENSION) == before
        panes = package.xml(webextension.PANES)
        links = {r.id: r.target for r in package.relationships(webextension.PANES)}
    shown = [(links[next(iter(pane)).attrib.popitem()[1]], pane.get("row")) for pane in panes]
    assert shown == [(lite.EXTENSION, "0"), ("xl/webextensions/webextension2.xml", "1")]


def test_microsofts_validator_accepts_the_marks(marked, node):  # noqa: ARG001 - skips where there is no Node
    if not VALIDATOR.exists():
        if os.environ.get("CI"):
            pytest.fail("the validator is missing; in CI nothing is skipped. make node")
        pytest.skip("make node")
    done = subprocess.run([str(VALIDATOR), str(marked / "office.xlsx")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
