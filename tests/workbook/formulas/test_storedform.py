"""The form in which Excel stores an add-in's calls, and the marks beside them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import xlsxwriter

from addin.lite import workbook as lite
from workbook.file.package import Package
from workbook.formulas.storedform import put_in_stored_form, stored_form


@pytest.mark.parametrize(
    ("text", "stored", "names"),
    [
        ("FT_ROI(12,2,1)", "_xldudf_FT_ROI(12,2,1)", ["FT_ROI"]),
        ('1+ft_roi( A1 ,"FT_ROI(",B2)', '1+_xldudf_FT_ROI( A1 ,"FT_ROI(",B2)', ["FT_ROI"]),
        ("[1]!FT_ROI(1,2,3)", "_xldudf_FT_ROI(1,2,3)", ["FT_ROI"]),
        ("_xldudf_FT_ROI(1,2,3)", "_xldudf_FT_ROI(1,2,3)", ["FT_ROI"]),
        ("SUM(A1:A3)", "SUM(A1:A3)", []),
        ("FT_ROI", "FT_ROI", []),
    ],
)
def test_stored_form(text, stored, names):
    assert stored_form(text) == (stored, names)


def test_a_workbook_for_lite_names_its_functions(tmp_path):
    plain = xlsxwriter.Workbook(str(tmp_path / "plain.xlsx"))
    sheet = plain.add_worksheet()
    sheet.write_formula("A1", "=SUM(FT_ROI(12,2,1),PE_MONTHLY(1,2,3,4,5,6))", None, 1)
    sheet.write_formula("A2", "=A1*2", None, 2)
    plain.close()
    lite.build(tmp_path / "plain.xlsx", tmp_path / "lite.xlsx")
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


def test_twice_is_once(tmp_path):
    plain = xlsxwriter.Workbook(str(tmp_path / "plain.xlsx"))
    plain.add_worksheet().write_formula("A1", "=FT_ROI(12,2,1)", None, 1)
    plain.close()
    with Package(tmp_path / "plain.xlsx") as package:
        assert put_in_stored_form(package) == ["FT_ROI"]
        assert put_in_stored_form(package) == ["FT_ROI"]
        assert next(package.cells(package.sheets()[0].part)).formula == "_xldudf_FT_ROI(12,2,1)"
