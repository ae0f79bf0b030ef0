"""`breakeven recalc`: every stored value filled in, everything else byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import openpyxl
import pytest
import xlsxwriter

from tests import warm
from tests.books import PEAK_MEMORY, changed_parts, contents, row, sheet, write_book
from workbook.errors import BadWorkbook
from workbook.file.cells import cells
from workbook.tasks.recalc import recalc

POISON = 99999


def stored_values(path):
    book = openpyxl.load_workbook(path, data_only=True)
    return {f"{tab.title}!{cell.coordinate}": cell.value for tab in book for line in tab for cell in line}


@pytest.fixture
def furnished(tmp_path):
    """Charts, an image, a table, conditional formats, validation, comments, a chart sheet, macros' kin."""
    path = tmp_path / "book.xlsx"
    image = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
        "e221bc330000000049454e44ae426082"
    )
    (tmp_path / "dot.png").write_bytes(image)
    with xlsxwriter.Workbook(path) as book:
        data = book.add_worksheet("Data")
        calm = book.add_worksheet("Calm")
        data.write_row("A1", [2095.33, 315, 9])
        data.write_formula("D1", "=FT_BREAKEVEN(A1,B1,C1)", None, POISON)
        data.write_formula("E1", '=ROUND(D1,2)&" months"', None, POISON)
        data.write_formula("F1", "=D1*2", book.add_format({"num_format": "0.00", "bold": True}), POISON)
        data.write_comment("A1", "upfront")
        data.data_validation("A2", {"validate": "decimal", "criteria": ">", "value": 0})
        data.conditional_format("D1:F1", {"type": "cell", "criteria": ">", "value": 6, "format": book.add_format()})
        data.add_table("A4:B6", {"data": [["a", 1], ["b", 2]], "name": "Items"})
        data.insert_image("H1", str(tmp_path / "dot.png"))
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Data!$A$1:$C$1"})
        data.insert_chart("H5", chart)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Data!$A$1:$C$1"})
        book.add_chartsheet("Picture").set_chart(chart)
        calm.write("A1", "no formula here")
        book.define_name("upfront", "=Data!$A$1")
    return path


def test_only_sheets_with_changed_values_change(furnished, tmp_path):
    before = furnished.read_bytes()
    result = recalc(furnished)
    assert result.out == tmp_path / "book-recalculated.xlsx"
    assert changed_parts(furnished, result.out) == {"xl/worksheets/sheet1.xml"}
    assert (result.formulas, set(result.changed), result.kept) == (
        3,
        {("Data", "D1"), ("Data", "E1"), ("Data", "F1")},
        {},
    )
    values = stored_values(result.out)
    assert values["Data!D1"] == pytest.approx(2095.33 / 306, rel=1e-12)
    assert values["Data!E1"] == "6.85 months"
    assert values["Data!F1"] == pytest.approx(2 * 2095.33 / 306, rel=1e-12)
    assert furnished.read_bytes() == before


def test_outside_the_values_the_sheet_stays_as_it_was(furnished):
    result = recalc(furnished)
    old, new = (contents(path)["xl/worksheets/sheet1.xml"].decode() for path in (furnished, result.out))
    values = {cell.address: cell for cell in cells(new.encode())}
    for address, stored in (("D1", POISON), ("E1", POISON), ("F1", POISON)):
        cell = values[address]
        new = new.replace(f"<v>{cell.raw}</v>", f"<v>{stored}</v>")
    assert new.replace(' t="str"><f>ROUND', "><f>ROUND") == old


def test_a_second_time_nothing_changes(furnished, tmp_path):
    once = recalc(furnished, tmp_path / "once.xlsx")
    twice = recalc(once.out, tmp_path / "twice.xlsx")
    assert (twice.changed, changed_parts(once.out, twice.out)) == ({}, set())


def test_a_spill_that_grows_and_one_that_shrinks(tmp_path):
    text = sheet(
        row(1, A="<v>3</v>", B='<c r="B1" cm="1"><f t="array" ref="B1:B2">_xlfn.SEQUENCE(A1)</f><v>9</v></c>')
        + row(
            2,
            B='<c r="B2" s="1"><v>9</v></c>',
            D='<c r="D2" cm="1"><f t="array" ref="D2:D4">_xlfn.SEQUENCE(A1-1)</f><v>9</v></c>',
        )
        + row(3, D="<v>9</v>")
        + row(4, D="<v>9</v>", E="<v>5</v>")
    )
    out = recalc(write_book(tmp_path / "book.xlsx", {"Data": text}), tmp_path / "out.xlsx", everything=True).out
    found = {cell.address: (cell.raw, cell.area) for cell in cells(contents(out)["xl/worksheets/sheet1.xml"])}
    assert found == {
        "A1": ("3", ""),
        "B1": ("1", "B1:B3"),
        "B2": ("2", ""),
        "D2": ("1", "D2:D3"),
        "B3": ("3", ""),
        "D3": ("2", ""),
        "D4": (None, ""),
        "E4": ("5", ""),
    }


def test_cells_without_a_value_keep_theirs(tmp_path):
    path = write_book(
        tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<f>TheirMacro(1)</f><v>5</v>", B="<f>1+1</f><v>9</v>"))}
    )
    result = recalc(path, everything=True)
    assert list(result.kept) == [("Data", "A1")]
    assert stored_values(result.out) == {"Data!A1": 5, "Data!B1": 2}


def test_macros_keep_their_bytes(tmp_path):
    path = write_book(
        tmp_path / "book.xlsm",
        {"Data": sheet(row(1, A="<f>1+1</f><v>9</v>"))},
        main="sheet.macroEnabled.main+xml",
        parts={"xl/vbaProject.bin": OLE},
    )
    result = recalc(path, everything=True)
    assert result.out.suffix == ".xlsm"
    assert changed_parts(path, result.out) == {"xl/worksheets/sheet1.xml"}


OLE = b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 9


def test_a_hundred_thousand_formulas_in_bounded_memory(tmp_path):
    """Beside openpyxl, which needs about 600 MB only to load such a book; measured in a fresh process."""
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>{r}</v></c>'
        + "".join(f'<c r="{column}{r}"><f>A{r}*{n}+1</f></c>' for n, column in enumerate("BCDEF", 1))
        + "</row>"
        for r in range(1, 20_001)
    )
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(rows)})
    script = (
        f"import sys\nfrom workbook.tasks.recalc import recalc\n{PEAK_MEMORY}\n"
        "result = recalc(sys.argv[1])\n"
        "print(len(result.changed), peak_megabytes())"
    )
    changed, megabytes = map(int, subprocess.check_output([sys.executable, "-c", script, str(path)]).split())
    assert changed == 100_000
    assert megabytes < 400


def breakeven(*arguments):
    return warm.breakeven(*map(str, arguments))


def test_the_command(furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    run = breakeven("recalc", furnished, "-o", out)
    assert (run.returncode, run.stderr) == (1, "")  # stored values were replaced: somebody has to look
    assert "3 formulas, 3 stored values replaced, 0 filled in" in run.stdout
    assert f"Data!E1: {POISON} became '6.85 months'" in run.stdout
    run = breakeven("recalc", out, "-o", tmp_path / "again.xlsx")
    assert (run.returncode, run.stderr) == (0, "")
    run = breakeven("recalc", furnished, "-o", out, "--json", "--force")
    said = json.loads(run.stdout)
    assert said["changed"]["Data!E1"] == {"before": POISON, "after": "6.85 months"}
    assert (said["out"], said["formulas"], len(said["changed"]), said["kept"]) == (str(out), 3, 3, {})


def test_the_command_says_what_it_could_not_do(tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<f>TheirMacro(1)</f><v>5</v>"))})
    run = breakeven("recalc", path)
    assert run.returncode == 0  # nothing of ours depends on it
    run = breakeven("recalc", path, "--all", "--force")
    assert run.returncode == 1
    assert "Data!A1 keeps its stored value" in run.stdout


@pytest.mark.parametrize("case", ["csv", "cut", "nothing", "folder"])
def test_bad_input_is_one_line_and_exit_code_2(case, furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    bad = tmp_path / "bad.xlsx"
    if case == "csv":
        bad.write_text("a,b\n")
    elif case == "cut":
        bad.write_bytes(furnished.read_bytes()[:-200])
    elif case == "folder":
        bad, out = furnished, tmp_path / "nowhere" / "out.xlsx"
    run = breakeven("recalc", bad, "-o", out)
    assert run.returncode == 2
    assert run.stderr.startswith("Error: ")
    assert run.stderr.count("\n") == 1
    assert not out.exists()
    assert not any(name.endswith(".part") for name in os.listdir(tmp_path))


def test_never_over_the_original(furnished):
    before = furnished.read_bytes()
    with pytest.raises(BadWorkbook, match="overwrite"):
        recalc(furnished, furnished)
    assert furnished.read_bytes() == before


@pytest.mark.parametrize("signed", [False, True])
def test_a_broken_signature_is_said(tmp_path, signed):
    path = tmp_path / "signed.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet().write_formula("A1", "=FT_LABOR(500,5,12)", None, 0)
    if signed:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("_xmlsignatures/origin.sigs", b"")
    note = recalc(path, tmp_path / "out.xlsx").note
    assert ("sign the result again" in note) == signed


def test_a_circle_that_iterates_keeps_what_the_file_stores(tmp_path):
    """A1 = B1 + C1 and B1 = A1 - C1 hold for any A1: only the file knows which it is."""
    text = sheet(
        row(1, A="<f>B1+C1</f><v>100</v>", B="<f>A1-C1</f><v>90</v>", C="<v>10</v>", E="<f>FT_ROI(12,2,1)</f>")
    )
    path = write_book(tmp_path / "b.xlsx", {"S": text}, workbook='<calcPr iterate="1"/>')
    assert recalc(path, tmp_path / "out.xlsx").changed.keys() == {("S", "E1")}


def test_an_array_keeps_its_area_and_values_where_an_engine_would_spill(tmp_path):
    """An array formula entered with Ctrl+Shift+Enter fills the cells it was entered in, however large its result."""
    cells = {"E": "<v>1</v>", "F": "<v>2</v>", "G": "<v>3</v>"}
    text = sheet(
        row(1, A='<f t="array" ref="A1:B2">OFFSET(E1:G3,0,0,3,3)</f><v>1</v>', B="<v>2</v>", **cells)
        + row(2, A="<v>1</v>", B="<v>2</v>", **cells)
        + row(3, A="<v>7</v>", B="<f>FT_ROI(12,2,1)</f>", **cells)
    )
    path = write_book(tmp_path / "b.xlsx", {"S": text})
    assert recalc(path, tmp_path / "out.xlsx").changed.keys() == {("S", "B3")}


@pytest.mark.parametrize(("header", "named"), [("A1*2", {("S", "C3")}), ("B1*2", set())])
def test_a_data_table_whose_heading_changed_is_named(tmp_path, header, named):
    """Excel alone computes {=TABLE(B1)}; its values stay, and the reader is told that they are of before."""
    rows = row(1, A="<f>FT_ROI(12,100,10)</f><v>99</v>", B="<v>3</v>") + row(2, C=f"<f>{header}</f><v>6</v>")
    rows += row(3, B="<v>1</v>", C='<f t="dataTable" ref="C3:C4" dt2D="0" dtr="0" r1="B1"/><v>2</v>')
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(rows + row(4, B="<v>2</v>", C="<v>4</v>"))})
    result = recalc(path)
    assert result.kept.keys() == named
    assert stored_values(result.out)["S!C4"] == 4


def test_a_tab_without_a_part_is_passed_over(tmp_path):
    """Modules of macros of Excel 95 are listed among the sheets, with no relationship."""
    path = write_book(
        tmp_path / "book.xlsx", {"S": sheet(row(1, A="<f>FT_ROI(12,2,1)</f><v>9</v>")), "Module1": sheet("")}
    )
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'r:id="rId2"', b'r:id=""')
    del parts["xl/worksheets/sheet2.xml"]
    with zipfile.ZipFile(path, "w") as whole:
        for name, data in parts.items():
            whole.writestr(name, data)
    assert recalc(path).changed[("S", "A1")] == (9, 5)
