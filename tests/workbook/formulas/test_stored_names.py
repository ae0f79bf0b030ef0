"""Calls as Office add-ins, XLLs and Google Sheets leave them in a file: ours for every command.

How each host writes a name: Microsoft's office-js issues 6611 and 6395 (`_xldudf_`, with a namespace `_xldudf_NS_`),
files saved with an add-in loaded (`[2]!`, `Book.xla!`, `_xll.`), an export of Google Sheets (`DUMMYFUNCTION`).
"""

from __future__ import annotations

import pytest
import xlsxwriter

from pycalc.errors import from_code
from workbook import check, diff, handover, recalc
from workbook.engines import recalculate
from workbook.file.package import Package
from workbook.formulas.cells import formula_cells
from workbook.formulas.parser import as_meant, parse, split_name
from workbook.formulas.storedform import put_in_stored_form

MONTHS = 12 / (315 - 9)
STORED = [
    "FT_BREAKEVEN(A1,B1,C1)",
    "_xldudf_FT_BREAKEVEN(A1,B1,C1)",
    "_xldudf_ft_breakeven(A1,B1,C1)",
    "_XLDUDF_BE_FT_BREAKEVEN(A1,B1,C1)",
    "_xldudf_LLM_BREAK_EVEN_FT_BREAKEVEN(A1,B1,C1)",
    "_xll.FT_BREAKEVEN(A1,B1,C1)",
    "_xludf.FT_BREAKEVEN(A1,B1,C1)",
    "_xlfn._xlws.FT_BREAKEVEN(A1,B1,C1)",
    'IFERROR(__xludf.DUMMYFUNCTION("FT_BREAKEVEN(A1,B1,C1)"),5)',  # a fallback of other days
    'IFERROR(__xludf.DUMMYFUNCTION("=ft_breakeven(A1,B1,C1)"),"#N/A")',
]


@pytest.mark.parametrize(
    "written",
    ["[2]!_xldudf_FT_ROI", "Book.xla!_xldudf_FT_ROI", "'My Book.xlam'!FT_ROI", "[1]!FT_ROI", "_xldudf_A_B_FT_ROI"],
)
def test_the_name_behind_what_a_host_puts_before_it(written):
    prefix, name = split_name(written)
    assert name == "FT_ROI"
    assert prefix + "FT_ROI" == written
    assert parse(f"1+{written}(1,2,3)").calls[0].name == "FT_ROI"


@pytest.mark.parametrize("written", ["_xldudf_CONTOSO_ADD", "_xldudf_FT", "_xldudf_FT_ROI_2", "_xldudf_"])
def test_another_add_ins_function_keeps_its_name(written):
    assert split_name(written)[1] == written.upper()


def test_only_calls_of_ours_are_taken_out_of_googles_wrapping():
    other = 'IFERROR(__xludf.DUMMYFUNCTION("QUERY(A1:B2)"),"x")'
    assert as_meant(other) == other
    spilled = 'IFERROR(__xludf.DUMMYFUNCTION("""COMPUTED_VALUE"""),9)'
    assert as_meant(spilled) == spilled
    text = 'IFERROR(__xludf.DUMMYFUNCTION("IF(A1>0,MODEL_PRICE(""gpt-4o"",""input""),"""")"),"a, ""b"")")'
    assert as_meant(text) == 'IF(A1>0,MODEL_PRICE("gpt-4o","input"),"")'


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The stored values are wrong on purpose."""
    path = tmp_path_factory.mktemp("stored") / "stored.xlsx"
    file = xlsxwriter.Workbook(str(path))
    sheet = file.add_worksheet("Model")
    sheet.write_row("A1", [12, 315, 9])
    for row, text in enumerate(STORED):
        sheet.write_formula(row, 4, text, None, 7)
    sheet.write_formula("F1", "SUM(_xldudf_FT_BREAKEVEN(A1,B1,C1),1)", None, 7)
    file.close()
    return path


def values(path):
    with Package(path) as package:
        part = package.sheets()[0].part
        return {cell.address: cell.value([]) for cell in package.cells(part) if cell.formula is not None}


def test_recalc_computes_them(book, tmp_path):
    out = tmp_path / "out.xlsx"
    recalc(book, out)
    expected = {f"E{row}": MONTHS for row in range(1, len(STORED) + 1)} | {"F1": MONTHS + 1}
    assert values(out) == pytest.approx(expected, rel=1e-12)
    with Package(book) as before, Package(out) as after:  # a formula keeps its spelling
        part = before.sheets()[0].part
        assert [c.formula for c in before.cells(part)] == [c.formula for c in after.cells(part)]


def test_an_error_in_googles_wrapping_is_an_error(tmp_path):
    """The fallback is the text of the value Sheets showed: IFERROR would give that, and a text #N/A is no #N/A."""
    file = xlsxwriter.Workbook(str(tmp_path / "never.xlsx"))
    sheet = file.add_worksheet("Model")
    sheet.write_row("A1", [12, 9, 315])
    for row in (1, 2):
        wrapped = f'IFERROR(__xludf.DUMMYFUNCTION("FT_BREAKEVEN(A{row},B{row},C{row})"),"#N/A")'
        sheet.write_formula(row - 1, 4, wrapped, None, "#N/A")
        sheet.write_formula(row - 1, 5, f"ISNA(E{row})", None, True)
    sheet.write_row("A2", [12, 315, 9])
    file.close()
    with Package(tmp_path / "never.xlsx") as package:  # the second row's is the child of a shared formula
        part = package.sheets()[0].part
        data = package.read(part)
        first, second = data.split(b'<c r="E2"')
        first = first.replace(b'<c r="E1" t="str"><f>', b'<c r="E1" t="str"><f t="shared" ref="E1:E2" si="0">')
        first = first.replace(b'<c r="E1" t="e"><f>', b'<c r="E1" t="e"><f t="shared" ref="E1:E2" si="0">')
        start, end = second.index(b"<f>"), second.index(b"</f>") + 4
        package.replace(part, first + b'<c r="E2"' + second[:start] + b'<f t="shared" si="0"/>' + second[end:])
        package.save(tmp_path / "shared.xlsx")
    for name in ("never", "shared"):
        found = recalculate(tmp_path / f"{name}.xlsx").values
        assert found["Model", "E1"] == from_code("#N/A")
        assert found["Model", "F1"] is True
        assert found["Model", "E2"] == pytest.approx(MONTHS)
        assert found["Model", "F2"] is False


def test_handover_leaves_none_in(book, tmp_path):
    recalc(book, tmp_path / "right.xlsx")
    out = tmp_path / "out.xlsx"
    handover(tmp_path / "right.xlsx", out)
    with Package(out) as package:
        texts = [cell.text.upper() for cell in formula_cells(package, package.sheets()[0].part)]
    assert len(texts) == len(STORED) + 1
    assert not [text for text in texts if "BREAKEVEN" in text or "DUMMY" in text]


def test_check_knows_them_all(book):
    said = "\n".join(str(finding) for finding in check(book))
    assert "not recomputed" not in said
    assert "DUMMYFUNCTION" not in said.replace('_xludf.DUMMYFUNCTION("FT', "")


def test_diff_sees_no_change_in_how_a_host_writes_a_name(book, tmp_path):
    recalc(book, tmp_path / "right.xlsx")
    with Package(tmp_path / "right.xlsx") as package:
        put_in_stored_form(package)
        package.save(tmp_path / "office.xlsx")
    found = diff(tmp_path / "right.xlsx", tmp_path / "office.xlsx")
    assert [found.formulas, found.results, found.inputs] == [[], [], []]
