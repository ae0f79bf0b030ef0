"""`breakeven handover`: the file that leaves the house shows the same numbers without the add-in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from unittest.mock import Mock
from xml.etree import ElementTree

import pytest
import xlsxwriter

from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS
from tests import warm
from tests.books import MAIN, OFFICE, PEAK_MEMORY, changed_parts, contents, row, sheet, write_book, write_zip
from workbook.engines import libreoffice, recalculate
from workbook.errors import BadWorkbook
from workbook.file.package import SIGNATURE_NOTE, Package
from workbook.file.values import same as same_value
from workbook.formulas.cells import formula_cells
from workbook.formulas.parser import parse
from workbook.tasks.handover import LAMBDA_WARNING, HandoverDifference, handover
from workbook.tasks.handover.inplace import InPlace
from workbook.tasks.handover.sheet import bold_style
from workbook.tasks.handover.twins import fits

POISON = 99999
MONTHS = 2095.33 / 306  # upfront / (315 - 9): the course calculator with labour
WHEN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)


@pytest.fixture
def furnished(tmp_path):
    """Our functions everywhere a formula can stand, between charts, images, notes and protection."""
    path = tmp_path / "book.xlsx"
    (tmp_path / "dot.png").write_bytes(DOT)
    with xlsxwriter.Workbook(path) as book:
        data = book.add_worksheet("Data")
        calm = book.add_worksheet("Calm")
        other = book.add_worksheet("It's other")
        data.write_row("A1", [2095.33, 315, 9])
        data.write_column("A3", [100, 200, 300])
        book.define_name("upfront", "=Data!$A$1")
        book.define_name("out_months", "=FT_BREAKEVEN(upfront,Data!$B$1,Data!$C$1)")
        formulas = {
            "D1": "=FT_BREAKEVEN(upfront,B1,C1)",
            "E1": "=-FT_ROI(12,A1,B1-C1)^2+1",
            "F1": "=out_months",
            "G1": '=TOKEN_COUNT("hello world")*2+FT_BREAKEVEN(A1,B1,C1)',
            "H1": '=MODEL_PRICE("gpt-4o","input")',
            "I1": "=FT_DECISION(A1,B1,C1,,7)",
            "B3": "=SUM(FT_BREAKEVEN(A3:A5,20,10))",
            "C3": "=FT_BREAKEVEN(A3:A5,20,10)",
            "G3": "=FT_IRR(36,1000,50,0.01,3)",
            "H3": '=IFERROR(FT_BREAKEVEN(1,2,3),"never")',
            "I3": "=PE_MONTHLY(10000,FT_BREAKEVEN(FT_BREAKEVEN(A1,B1,C1),B1,C1),0,100,1.5,2,,0.5)",
            "J3": '="FT_BREAKEVEN(1,2,3)"&A1',
            "K3": "=_xlfn.SINGLE(FT_BREAKEVEN(A1,B1,C1))",
        }
        for address, formula in formulas.items():
            # J3 calls nothing of ours: what it stores stays, so it stores what it computes to.
            data.write_formula(address, formula, None, "FT_BREAKEVEN(1,2,3)2095.33" if address == "J3" else POISON)
        data.write_dynamic_array_formula("D3:D5", "=FT_BREAKEVEN(A3:A5,20,10)", None, POISON)
        data.write_dynamic_array_formula("E3:E5", "=FT_CASHFLOW(2,100,20)", None, POISON)
        data.write_array_formula("F3:F5", "{=FT_BREAKEVEN(A3:A5,20,10)}", None, POISON)
        bold = book.add_format({"bold": True})
        rule = "=FT_BREAKEVEN($A1,$B1,$C1)<7"
        data.conditional_format("D1:D9", {"type": "formula", "criteria": rule, "format": bold})
        data.data_validation("A9", {"validate": "custom", "value": "=FT_ROI(12,$A$1,$B$1)>0"})
        data.write_comment("D1", "somebody's own note")
        data.insert_image("M1", str(tmp_path / "dot.png"))
        data.protect()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Data!$A$3:$A$5"})
        calm.insert_chart("B2", chart)
        other.write_formula("A1", "=FT_BREAKEVEN(Data!A1,Data!B1,Data!C1)", None, POISON)
        columns = [{"header": "x"}, {"header": "y", "formula": "=FT_ROI(12,[@x],50)"}]
        other.add_table("C1:D3", {"columns": columns, "data": [[100], [200]]})
    return path


def shown(values):
    return {key: getattr(value, "code", value) for key, value in values.items()}


def formulas_of(path):
    """Every formula in a file: cells, names, conditional formats, validation, tables."""
    found = {}
    with Package(path) as package:
        for tab in package.worksheets():
            for formula in formula_cells(package, tab.part):
                found[f"{tab.name}!{formula.address}"] = formula.text
            for number, element in enumerate(package.elements(tab.part, "formula", "formula1", "formula2")):
                found[f"{tab.name} rule {number}"] = element.text
            for part in package.related(tab.part, "table"):
                for element in package.elements(part, "calculatedColumnFormula"):
                    found[f"{tab.name} table"] = element.text
        for name in package.defined_names():
            found[f"name {name.name}"] = name.text
    return found


def calls_ours(path):
    return {
        where: text
        for where, text in formulas_of(path).items()
        if not text.startswith("_xlfn.LAMBDA") and any(call.name in FUNCTIONS for call in parse(text).calls)
    }


def notes_of(path):
    with Package(path) as package:
        return {
            element.attributes["ref"]: element.start
            for name in package.names
            if re.fullmatch(r"xl/comments\d*\.xml", name)
            for element in package.elements(name, "comment")
        }


def handover_rows(path):
    with Package(path) as package:
        tab = package.worksheets()[-1]
        assert tab.name.startswith("Handover")
        lines: dict[int, list] = {}
        for cell in package.cells(tab.part):
            lines.setdefault(cell.row, []).append(cell.value([]))
    return list(lines.values())


def same(one, other):
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9)
    return one == other


def test_as_formulas_nothing_calls_the_add_in(furnished, tmp_path):
    before = furnished.read_bytes()
    out = tmp_path / "out.xlsx"
    result = handover(furnished, out, who="A. Person", when=WHEN)
    assert furnished.read_bytes() == before
    assert calls_ours(out) == {}
    assert result.warnings == []
    became = {f"{line.sheet}!{line.where}": line.how for line in result.replacements}
    values = {where for where, how in became.items() if how == "value"}
    assert values == {"Data!H1", "Data!E3", "Data!G3"}  # a price, a column, an IRR outside its twin's range
    assert became["Data!conditional format"] == became["Data!data validation"] == "formula"
    assert became["!name out_months"] == became["It's other!table column"] == "formula"
    notes = {line.where: line.note for line in result.replacements}
    assert "no native twin" in notes["G1"]
    assert "looked up" in notes["H1"]
    assert "before" in notes["G3"]


@pytest.mark.usefixtures("soffice")
def test_as_formulas_the_numbers_are_the_same_in_both_engines(furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    handover(furnished, out)
    before = recalculate(furnished).values
    assert before[("Data", "D1")] == pytest.approx(MONTHS, rel=1e-12)
    after, office = recalculate(out).values, libreoffice.recalculate(out)
    assert office.unsupported == {}
    left = {key for key in before if key not in after}
    # What became a value is no formula any more; the neighbours of E3 were its spill.
    assert left == {("Data", "H1"), ("Data", "G3"), ("Data", "E3"), ("Data", "E4"), ("Data", "E5")}
    assert {key for key, value in after.items() if not same(value, before[key])} == set()
    assert {key for key, value in office.values.items() if not same(value, before[key])} == set()


def test_as_formulas_the_stored_values_are_right(furnished, tmp_path):
    """A preview and Protected View show what is stored."""
    out = tmp_path / "out.xlsx"
    handover(furnished, out)
    stored = {}
    with Package(out) as package:
        for tab in package.worksheets()[:-1]:
            strings = package.strings()
            stored |= {(tab.name, cell.address): cell.value(strings) for cell in package.cells(tab.part)}
    for key, value in recalculate(furnished).values.items():
        assert same(stored[key], value), key
    assert POISON not in stored.values()


def test_everything_else_is_byte_for_byte(furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    handover(furnished, out)
    changed = changed_parts(furnished, out)
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet3.xml",
        "xl/worksheets/sheet4.xml",  # Handover
        "xl/tables/table1.xml",
        "xl/comments1.xml",  # the three values keep their formula as a note
        "xl/drawings/vmlDrawing1.vml",
    }


def test_as_values_each_formula_is_kept_as_a_note(furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    result = handover(furnished, out, "values")
    before = recalculate(furnished).values
    with Package(out) as package:
        held = {cell.address: cell for cell in package.cells("xl/worksheets/sheet1.xml")}
    assert held["D1"].formula is None
    assert held["D1"].value([]) == pytest.approx(MONTHS, rel=1e-12)
    assert [held[cell].value([]) for cell in ("D3", "D4", "D5")] == [10.0, 20.0, 30.0]
    assert held["I1"].value([]) == "HOLD"
    assert held["B3"].formula == "SUM({10;20;30})"
    assert held["E1"].formula == f"-{before[('Data', 'E1')] and (12 * 306 - 2095.33) / 2095.33!r}^2+1"
    assert held["F1"].formula == "out_months"
    assert notes_of(out).keys() >= {"D1", "B3", "D3", "I1", "A1"}
    text = contents(out)["xl/comments1.xml"].decode()
    assert "somebody&#39;s own note" in text or "somebody's own note" in text
    assert "Formula before the hand-over: =FT_BREAKEVEN(upfront,B1,C1)" in text
    assert calls_ours(out) == {}
    rule = next(line for line in result.replacements if line.where == "conditional format")
    assert "differs from cell to cell" in rule.note


def test_as_lambda_the_names_are_there_and_compute(furnished, tmp_path):
    pytest.importorskip("ironcalc")
    out = tmp_path / "out.xlsx"
    result = handover(furnished, out, "lambda")
    assert result.warnings[0] == LAMBDA_WARNING
    after = {line.where: line.after for line in result.replacements if line.sheet == "Data"}
    assert after["D1"] == "the same, calling the LAMBDA name"
    assert after["G1"] == "=2*2+FT_BREAKEVEN(A1,B1,C1)"
    assert any(proof.startswith("IronCalc:") for proof in result.proofs)
    names = {where: text for where, text in formulas_of(out).items() if where.startswith("name ")}
    used = {call.name for text in calls_ours(out).values() for call in parse(text).calls if call.name in FUNCTIONS}
    assert {name for name in names if names[name].startswith("_xlfn.LAMBDA")} == {f"name {name}" for name in used}
    assert used == {"FT_BREAKEVEN", "FT_ROI", "FT_DECISION", "PE_MONTHLY"}
    computed = recalculate(out, "ironcalc").values
    assert computed[("Data", "D1")] == pytest.approx(MONTHS, rel=1e-12)
    assert computed[("Data", "I1")] == "HOLD"
    assert computed[("Data", "B3")] == 60.0
    # TOKEN_COUNT cannot be a LAMBDA: "hello world" is 2 tokens.
    assert formulas_of(out)["Data!G1"] == "2*2+FT_BREAKEVEN(A1,B1,C1)"


def test_a_workbook_with_our_lambda_names_can_be_handed_over_again(tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<f>FT_ROI(12,2,1)</f>"))})
    handover(path, tmp_path / "lambda.xlsx", "lambda")
    for mode in ("lambda", "formulas"):
        out = tmp_path / f"again-{mode}.xlsx"
        handover(tmp_path / "lambda.xlsx", out, mode)
        with Package(out) as package:
            assert [name.name for name in package.defined_names()] == ["FT_ROI"]
        assert (calls_ours(out) == {}) == (mode == "formulas")
        assert recalculate(out).values == {("Data", "A1"): 5.0}


def test_an_unknown_mode_names_the_known_ones(furnished, tmp_path):
    with pytest.raises(ValueError, match="mode is one of"):
        handover(furnished, tmp_path / "out.xlsx", "pdf")


def test_the_sheet_says_who_when_and_what(furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    handover(furnished, out, who="A. Person", when=WHEN)
    rows = handover_rows(out)
    assert ["Made from", "book.xlsx"] in rows
    assert ["Made by", "A. Person"] in rows
    assert ["Made on", "2026-11-20 12:00 UTC"] in rows
    assert any(line[0].startswith("formualizer: ") and "no difference" in line[0] for line in rows)
    prices = [line for line in rows if line[0] == "gpt-4o input: 2.5 USD per 1M tokens"]
    assert "2024-08-06" in prices[0][1]  # from when the price holds
    listed = {(line[0], line[1]): line for line in rows if len(line) >= 5}
    line = listed[("Data", "D1")]
    assert line[2:4] == ["formula", "=FT_BREAKEVEN(upfront,B1,C1)"]
    assert line[4].startswith("=IF(")
    assert line[5] == pytest.approx(MONTHS, rel=1e-12)
    with Package(out) as package:
        assert f"={formulas_of(out)['Data!D1']}" == line[4]
        calculation = package.elements(package.workbook_part, "calcPr")[0].attributes
    assert calculation["fullCalcOnLoad"] == "1"


def test_a_sheet_called_handover_is_kept(tmp_path):
    text = sheet(row(1, A="<f>FT_ROI(12,2,1)</f>"))
    path = write_book(tmp_path / "book.xlsx", {"Data": text, "handover": sheet("")})
    handover(path, tmp_path / "out.xlsx")
    with Package(tmp_path / "out.xlsx") as package:
        assert [s.name for s in package.sheets()] == ["Data", "handover", "Handover 2"]


LINK = f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'
LINKED = {
    "the add-in alone": (1, "[1]!FT_ROI(12,2,1)", "1+1", 0, False),
    "the add-in last": (2, "[2]!FT_ROI(12,2,1)", "1+1", 1, False),
    "the add-in first": (2, "[1]!FT_ROI(12,2,1)", "1+1", 2, True),
    "read from elsewhere": (1, "[1]!FT_ROI(12,2,1)", "[1]Sheet1!A1", 1, True),
}


@pytest.mark.parametrize("case", LINKED)
def test_the_link_to_the_add_in_goes(case, tmp_path):
    """Else Excel asks the recipient about a file they do not have."""
    count, ours, other, left, warned = LINKED[case]
    ids = range(71, 71 + count)
    references = "".join(f'<externalReference r:id="rId{n}"/>' for n in ids)
    path = write_book(
        tmp_path / "book.xlsx",
        {"Data": sheet(row(1, A=f"<f>{ours}</f>", B=f"<f>{other}</f><v>5</v>"))},
        parts={f"xl/externalLinks/externalLink{n}.xml": LINK for n in ids},
        types="".join(f'<Override PartName="/xl/externalLinks/externalLink{n}.xml" ContentType="x/l"/>' for n in ids),
        relationships="".join(
            f'<Relationship Id="rId{n}" Type="{OFFICE}/externalLink" Target="externalLinks/externalLink{n}.xml"/>'
            for n in ids
        ),
        workbook=f"<externalReferences>{references}</externalReferences>",
    )
    out = tmp_path / "out.xlsx"
    result = handover(path, out)
    parts = contents(out)
    assert sum(name.startswith("xl/externalLinks/") for name in parts) == left
    assert parts["xl/workbook.xml"].count(b"<externalReference ") == left
    assert (b"externalReferences" in parts["xl/workbook.xml"]) == (left > 0)
    assert parts["[Content_Types].xml"].count(b'"x/l"') == left
    assert any("Break Link" in warning for warning in result.warnings) == warned


def test_a_namespace_declared_on_each_sheet(tmp_path):
    """As openpyxl writes it: the new sheet brings its own declaration."""
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<f>FT_ROI(12,2,1)</f>"))})
    parts = contents(path)
    text = parts["xl/workbook.xml"].decode()
    declaration = f' xmlns:r="{OFFICE}"'
    parts["xl/workbook.xml"] = text.replace(declaration, "").replace("<sheet ", f"<sheet{declaration} ").encode()
    write_zip(path, parts)
    handover(path, tmp_path / "out.xlsx")
    ElementTree.fromstring(contents(tmp_path / "out.xlsx")["xl/workbook.xml"])
    with Package(tmp_path / "out.xlsx") as package:
        assert [s.name for s in package.sheets()] == ["Data", "Handover"]


def test_the_calculation_chain_goes(tmp_path):
    path = write_book(
        tmp_path / "book.xlsx",
        {"Data": sheet(row(1, A="<f>FT_ROI(12,2,1)</f><v>9</v>"))},
        workbook='<calcPr calcId="191029" calcMode="manual"/>',
        parts={"xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="A1" i="1"/></calcChain>'},
        types='<Override PartName="/xl/calcChain.xml" ContentType="x/calcChain+xml"/>',
        relationships=f'<Relationship Id="rId9" Type="{OFFICE}/calcChain" Target="calcChain.xml"/>',
    )
    handover(path, tmp_path / "out.xlsx")
    parts = contents(tmp_path / "out.xlsx")
    assert "xl/calcChain.xml" not in parts
    assert not any(b"calcChain" in data for data in parts.values())
    assert b'<calcPr calcId="191029" calcMode="manual" fullCalcOnLoad="1"/>' in parts["xl/workbook.xml"]


def test_shared_formulas_get_texts_of_their_own(tmp_path):
    """Master and children with our calls, and a child of another group that has none."""
    text = sheet(
        row(1, A="<v>100</v>", B='<f t="shared" ref="B1:B3" si="0">FT_BREAKEVEN(A1,20,10)</f><v>1</v>',
            C='<f t="shared" ref="C1:C2" si="1">A1*2</f><v>1</v>')
        + row(2, A="<v>50</v>", B='<f t="shared" si="0"/><v>1</v>', C='<f t="shared" si="1"/><v>1</v>')
        + row(3, A='<c r="A3" t="str"><v>x</v></c>', B='<f t="shared" si="0"/><v>1</v>')
    )  # fmt: skip
    path = write_book(tmp_path / "book.xlsx", {"Data": text})
    handover(path, tmp_path / "out.xlsx")
    found = formulas_of(tmp_path / "out.xlsx")
    assert "A2" in found["Data!B2"]
    assert "FT_" not in found["Data!B2"]
    data = contents(tmp_path / "out.xlsx")["xl/worksheets/sheet1.xml"].decode()
    assert data.count('si="1"') == 2
    assert 'si="0"' not in data
    values = shown(recalculate(tmp_path / "out.xlsx").values)
    assert (values[("Data", "B1")], values[("Data", "B2")], values[("Data", "B3")]) == (10.0, 5.0, "#VALUE!")


def test_dynamic_arrays_keep_their_flag(tmp_path):
    text = sheet(
        row(
            1,
            A="<v>100</v>",
            B='<c r="B1" s="3" cm="1"><f t="array" ref="B1:B2">FT_BREAKEVEN(A1:A2,20,10)</f><v>1</v></c>',
        )
        + row(2, A="<v>50</v>", B="<v>1</v>")
    )
    path = write_book(tmp_path / "book.xlsx", {"Data": text})
    handover(path, tmp_path / "out.xlsx")
    data = contents(tmp_path / "out.xlsx")["xl/worksheets/sheet1.xml"].decode()
    assert '<c r="B1" s="3" cm="1"><f t="array" ref="B1:B2">IF(' in data


PLACES = [
    ("FT_ROI(12,2,1)", 5.0),
    ("[1]!FT_ROI(12,2,1)", 5.0),
    ("_xludf.FT_ROI(12,2,1)", 5.0),
    ("ft_roi( 12 , 2 ,1 )", 5.0),
    ("2^FT_ROI(12,2,1)", 32.0),
    ("-FT_ROI(12,2,1)", -5.0),
    ("FT_ROI(12,2,1)%", 0.05),
    ("SUM(FT_ROI(12,2,1),FT_ROI(12,A1,1))", 10.0),
    ("FT_ROI(12,A1,1)&\"FT_ROI(12,2,1)\"", "5FT_ROI(12,2,1)"),
    ("IF(A1=2,FT_ROI(12,A1,1),FT_ROI(1,1,1))", 5.0),
    ("FT_ROI(12,FT_ROI(12,FT_ROI(12,2,1),1)*0+2,1)", 5.0),
    ("FT_ROI(12,'It''s (x)'!A1,1)", 5.0),
    ("FT_ROI(months,A1,1)", 5.0),
    ("FT_ROI(12,Z9+2,1)", 5.0),
    ("FT_ROI(12,-A1+4,1)", 5.0),
    ("_xlfn.LET(_xlpm.x,2,FT_ROI(12,_xlpm.x,1))", 5.0),
    ("SUM(FT_ROI({12,12},2,1))", 10.0),
    ("SUMPRODUCT(FT_ROI(12,A1:A2,1)*{1;1})", 7.0),
    ("MAX(FT_ROI(12,INDEX(A1:A2,2),1),0)", 2.0),
    ("PE_MONTHLY(10000,850,0,100,1.5,2,,0.5)", 14.75),
    ("PE_MONTHLY(10000,850,0,100,1.5,2,Z9,0.5)", 14.75),
    ("FT_DECISION(2095.33,315,9,7)", "FINE-TUNE"),
    ("FT_DECISION(2095.33,315,9,,)", "HOLD"),
    ("FT_ROI(12,0,1)", "#DIV/0!"),
    ("FT_ROI(12,\"x\",1)", "#VALUE!"),
    ("FT_ROI(12,-1,1)", "#NUM!"),
    ("FT_ROI(1.5,2,1)", "#NUM!"),
    ("FT_ROI(12,NA(),1)", "#N/A"),
    ("FT_ROI(12,2)", "#VALUE!"),
    ("FT_ROI(12,2,TRUE)", "#VALUE!"),
    ("CONTEXT_FITS(\"gpt-4o\",1,1)", True),
    ("INDEX(TOKEN_COUNT(\"hello world\"),1,1)", 2.0),
    ("LEN(MODEL_SHUTDOWN(\"gpt-4o\")&\"\")*0", 0.0),
    ("FT_IRR(36,1000,50,0.01,3)*0", 0.0),
]  # fmt: skip


@pytest.mark.usefixtures("soffice")
def test_calls_in_every_kind_of_place(tmp_path):
    """Formula, and its value by hand: ROI is (saving * months - upfront) / upfront."""
    lines = "".join(
        f'<row r="{n}"><c r="C{n}"><f>{text.replace("&", "&amp;").replace("<", "&lt;")}</f><v>{POISON}</v></c></row>'
        for n, (text, _) in enumerate(PLACES, 11)
    )
    data = sheet(row(1, A="<v>2</v>") + row(2, A="<v>4</v>") + lines)
    path = write_book(
        tmp_path / "book.xlsx",
        {"Data": data, "It's (x)": sheet(row(1, A="<v>2</v>"))},
        names='<definedName name="months">12</definedName>',
    )
    out = tmp_path / "out.xlsx"
    result = handover(path, out)
    assert len(result.replacements) == len(PLACES)
    assert calls_ours(out) == {}
    expected = {("Data", f"C{n}"): value for n, (_, value) in enumerate(PLACES, 11)}
    listed = {("Data", line.where): getattr(line.value, "code", line.value) for line in result.replacements}
    wrong = {key: (listed[key], value) for key, value in expected.items() if not same(listed[key], value)}
    assert wrong == {}
    office = shown(libreoffice.recalculate(out).values)
    wrong = {
        key: (office[key], value) for key, value in expected.items() if key in office and not same(office[key], value)
    }
    # LET is newer than this LibreOffice.
    assert wrong == {}


def test_a_twin_too_long_for_excel(tmp_path):
    """Nested four deep the guarded twins outgrow 8,192 characters: first without checks, then as a value."""
    text = "A1"
    for _ in range(6):
        text = f"PE_MONTHLY(A1,{text},A1,A1,A1,A1,A1,{text.replace('A1', 'A2')[:2]})"
    deep = text
    for _ in range(4):
        deep = f"FT_BREAKEVEN_PRICE(A1,{deep},A1,A1,A1,A1,A1,A1)"
    path = write_book(
        tmp_path / "book.xlsx",
        {"Data": sheet(row(1, A="<v>0.5</v>", B=f"<f>{text}</f>", C=f"<f>IFERROR({deep},0)</f>"))},
    )
    result = handover(path, tmp_path / "out.xlsx")
    for line in result.replacements:
        assert len(line.after) <= 8193
    assert any("without the checks" in line.note or "too long" in line.note for line in result.replacements)


def test_hundreds_of_calls_in_one_formula(tmp_path):
    text = "+".join(f"FT_ROI(12,A{n},1)" for n in range(1, 301))
    data = sheet(row(1, A="<v>2</v>", B=f"<f>{text}</f>") + "".join(row(n, A="<v>2</v>") for n in range(2, 301)))
    result = handover(write_book(tmp_path / "book.xlsx", {"Data": data}), tmp_path / "out.xlsx")
    (line,) = result.replacements
    assert line.value == 1500.0
    assert len(line.after) <= 8193


def test_macros_signatures_and_custom_parts_survive(tmp_path):
    path = write_book(
        tmp_path / "book.xlsm",
        {"Data": sheet(row(1, A="<f>FT_ROI(12,2,1)</f><v>9</v>"), '<sheetProtection sheet="1"/>')},
        main="sheet.macroEnabled.main+xml",
        parts={
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(range(256)),
            "_xmlsignatures/origin.sigs": b"",
            "_xmlsignatures/sig1.xml": "<Signature/>",
            "customXml/item1.xml": "<who/>",
        },
    )
    out = tmp_path / "out.xlsm"
    result = handover(path, out)
    assert result.warnings == [SIGNATURE_NOTE]
    changed = changed_parts(path, out)
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    }


def test_conditional_formats_of_excel_2010(tmp_path):
    """They stand in an extension, as xm:f."""
    after = (
        '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        "<x14:conditionalFormattings><x14:conditionalFormatting "
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="expression" id="{1}">'
        "<xm:f>FT_ROI(12,A1,1)&gt;0</xm:f></x14:cfRule><xm:sqref>A1</xm:sqref></x14:conditionalFormatting>"
        "</x14:conditionalFormattings></ext></extLst>"
    )
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<v>2</v>"), after)})
    result = handover(path, tmp_path / "out.xlsx")
    assert [line.where for line in result.replacements] == ["conditional format"]
    data = contents(tmp_path / "out.xlsx")["xl/worksheets/sheet1.xml"].decode()
    assert "FT_ROI" not in data
    assert "<xm:f>IF(" in data


def test_a_validation_whose_twin_is_too_long_is_said(tmp_path):
    rule = (
        '<dataValidations count="1"><dataValidation type="custom" sqref="B1"><formula1>'
        "PE_MONTHLY($A$1,$A$1,$A$1,$A$1,$A$1,$A$1)&gt;0</formula1></dataValidation></dataValidations>"
    )
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<v>2</v>"), rule)})
    result = handover(path, tmp_path / "out.xlsx")
    assert [line.how for line in result.replacements] == ["left"]
    assert "a data validation takes 255" in result.warnings[0]
    assert result.warnings[0].startswith("Data, data validation")


@pytest.mark.parametrize(
    ("cell", "how"),
    [("$A$1", "formula"), ("A$1", "left"), ("$A1", "left"), ("A1", "left"), ("$A:$A", "formula"), ("A:A", "left")],
)
def test_a_name_is_a_value_only_where_it_is_the_same_for_every_cell(tmp_path, cell, how):
    """TOKEN_COUNT has no native twin. "hello world" is two tokens of cl100k_base."""
    text = "<is><t>hello world</t></is>"
    data = sheet(f'<row r="1"><c r="A1" t="inlineStr">{text}</c></row>' + row(2, B="<f>words</f><v>2</v>"))
    names = f'<definedName name="words">INDEX(TOKEN_COUNT(Data!{cell}),1,1)</definedName>'
    result = handover(write_book(tmp_path / "book.xlsx", {"Data": data}, names=names), tmp_path / "out.xlsx")
    assert [line.how for line in result.replacements] == [how]


@pytest.mark.parametrize(("everywhere", "here", "array"), [("$A$1:$A$2", "$A$1", False), ("$A$1", "$A$1:$A$2", True)])
def test_a_name_of_the_sheet_comes_before_one_of_the_book(tmp_path, everywhere, here, array):
    names = f'<definedName name="cost">Data!{everywhere}</definedName>'
    names += f'<definedName name="cost" localSheetId="0">Data!{here}</definedName>'
    data = sheet(row(1, A="<v>2</v>", C="<f>FT_ROI(12,cost,2)</f>") + row(2, A="<v>4</v>"))
    handover(write_book(tmp_path / "book.xlsx", {"Data": data}, names=names), tmp_path / "out.xlsx")
    with Package(tmp_path / "out.xlsx") as package:
        (kind,) = [cell.kind for cell in package.cells(package.worksheets()[0].part) if cell.address == "C1"]
    assert (kind == "array") == array


@pytest.mark.parametrize(("look", "number"), [({}, ""), ({"bold": True}, "1"), ({"bold": True, "border": 1}, "")])
def test_only_a_style_that_is_bold_and_nothing_else_is_taken(tmp_path, look, number):
    """XlsxWriter numbers a format when it is first written: 0 is the default, 1 the first of ours."""
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        book.add_worksheet("Data").write("A1", "Title", book.add_format(look))
    with Package(tmp_path / "book.xlsx") as package:
        assert bold_style(package) == number


def test_a_formula_at_excels_limits_fits():
    """Excel specifications and limits: 64 nested levels of functions, 8,192 characters of a formula."""
    assert fits("ABS(" * 64 + "1" + ")" * 64)
    assert not fits("ABS(" * 65 + "1" + ")" * 65)
    assert fits("1+" * 4095 + "11")
    assert not fits("1+" * 4095 + "111")


REFUSED = {
    "no formula": ({"Data": sheet(row(1, A="<v>1</v>"))}, "", "holds no formula"),
    "none of ours": ({"Data": sheet(row(1, A="<f>SUM(1,2)</f>"))}, "", "none of its formulas calls"),
    "a name of ours": (
        {"Data": sheet(row(1, A="<f>FT_ROI(12,2,1)</f>"))},
        '<definedName name="ft_roi">Data!$A$1</definedName>',
        "defines the name ft_roi",
    ),
    "a LAMBDA of theirs": (
        {"Data": sheet(row(1, A="<f>FT_ROI(12,2,1)</f>"))},
        '<definedName name="FT_ROI">_xlfn.LAMBDA(_xlpm.a,_xlpm.b,_xlpm.c,_xlpm.a)</definedName>',
        "defines the name FT_ROI",
    ),
    "a value nobody knows": (
        {"Data": sheet(row(1, A="<f>TOKEN_COUNT(TheirMacro(1))</f>"))},
        "",
        "would become its value, which is not known",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, tmp_path):
    sheets, names, words = REFUSED[case]
    path = write_book(tmp_path / "book.xlsx", sheets, names=names)
    with pytest.raises(BadWorkbook, match=words):
        handover(path, tmp_path / "out.xlsx")
    assert os.listdir(tmp_path) == ["book.xlsx"]


def test_a_difference_stops_it(tmp_path, monkeypatch):
    """A twin that is wrong becomes a value; where even that differs, nothing is written."""
    text = sheet(row(1, A="<f>FT_ROI(12,2,1)</f>", B="<f>A1+1</f>"))
    path = write_book(tmp_path / "book.xlsx", {"Data": text})
    monkeypatch.setattr("pycalc.registry.native.guarded", Mock(return_value="7"))
    result = handover(path, tmp_path / "out.xlsx")
    assert [(line.how, line.note) for line in result.replacements] == [("value", "5.0 before, 7.0 after")]
    assert recalculate(tmp_path / "out.xlsx").values == {("Data", "B1"): 6.0}

    difference = {("Data", "B1"): "6.0 before, 8.0 after"}
    monkeypatch.setattr("workbook.tasks.handover.differences", Mock(return_value=difference))
    (tmp_path / "out.xlsx").unlink()
    with pytest.raises(HandoverDifference, match=r"Data!B1 \(6\.0 before, 8\.0 after\)"):
        handover(path, tmp_path / "out.xlsx")
    assert os.listdir(tmp_path) == ["book.xlsx"]


def test_what_rounding_leaves_is_no_difference():
    """0.1 + 0.2 - 0.3 kinds of zero: the twin may leave another one, a number of its own size may not."""
    assert same_value(3.6e-12, -2.9e-12, 1e-9, noise=1e-13 * 26_000 * 100)
    assert not same_value(3.6e-7, -2.9e-7, 1e-9, noise=1e-13 * 26_000)
    assert not same_value(1.0, 1.00000001, 1e-9)
    assert same_value(1.0, 1.0000000001, 1e-9)
    assert not same_value(1.0, True, 1e-9)
    assert not same_value("1", 1.0, 1e-9)


def test_errors_stay_errors(tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A="<f>FT_BREAKEVEN(1,2,3)</f>"))})
    handover(path, tmp_path / "out.xlsx", "values")
    with Package(tmp_path / "out.xlsx") as package:
        (cell,) = package.cells("xl/worksheets/sheet1.xml")
    value = cell.value([])
    assert isinstance(value, CalcError)
    assert (value.code, cell.formula) == ("#N/A", None)


def test_a_large_copy_read_for_itself(furnished, tmp_path, monkeypatch):
    """Through files, and with a copy that is read and loaded: the values that stand in and the verdict are the same."""
    held = handover(furnished, tmp_path / "held.xlsx", when=WHEN)
    monkeypatch.setattr(InPlace, "computed", Mock(return_value=None))
    monkeypatch.setattr("workbook.engines.prepare._MANY", 0)
    monkeypatch.setattr("workbook.file.xmlspans._LARGE", 0)
    freed = handover(furnished, tmp_path / "freed.xlsx", when=WHEN)
    assert freed.replacements == held.replacements
    assert len(held.replacements) > 4
    assert freed.prices == held.prices != []
    assert contents(tmp_path / "freed.xlsx") == contents(tmp_path / "held.xlsx")


def test_a_hundred_thousand_formulas(tmp_path):
    """A tenth of them ours; in bounded memory."""
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}"><f>FT_ROI(12,A{r},50)</f><v>0</v></c>'
        + "".join(f'<c r="{column}{r}"><f>A{r}*{n}</f><v>0</v></c>' for n, column in enumerate("CDEFGHIJK", 1))
        + "</row>"
        for r in range(1, 10_001)
    )
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(rows)})
    script = (
        f"import sys\nfrom workbook.tasks.handover import handover\n{PEAK_MEMORY}\n"
        "result = handover(sys.argv[1], sys.argv[2])\n"
        "print(result.replaced, peak_megabytes())"
    )
    said = subprocess.check_output([sys.executable, "-c", script, str(path), str(tmp_path / "out.xlsx")])
    replaced, megabytes = map(int, said.split())
    assert replaced == 10_000
    assert megabytes < 550


def breakeven(*arguments):
    return warm.breakeven(*map(str, arguments))


def test_the_command(furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    run = breakeven("handover", furnished, "-o", out, "--by", "A. Person", "--json")
    assert (run.returncode, run.stderr) == (0, "")
    said = json.loads(run.stdout)
    assert (said["as"], said["out"]) == ("formulas", str(out))
    assert zipfile.is_zipfile(out)
    run = breakeven("handover", furnished, "-o", tmp_path / "lambda.xlsx", "--as", "lambda")
    assert run.returncode == 0
    assert "Protected View" in run.stdout


@pytest.mark.parametrize("case", ["mode", "csv", "none"])
def test_the_command_refuses_in_one_line(case, furnished, tmp_path):
    out = tmp_path / "out.xlsx"
    book, mode = furnished, "formulas"
    if case == "mode":
        mode = "pdf"
    elif case == "csv":
        book = tmp_path / "bad.xlsx"
        book.write_text("a,b\n")
    else:
        book = write_book(tmp_path / "plain.xlsx", {"Data": sheet(row(1, A="<f>1+1</f>"))})
    run = breakeven("handover", book, "-o", out, "--as", mode)
    assert run.returncode == 2
    assert run.stderr.startswith("Error: ")
    assert run.stderr.count("\n") == 1
    assert not out.exists()


def test_the_sheet_shows_a_day_as_a_day(tmp_path):
    """gpt-4-0613 is shut down on 2026-10-23 (OpenAI's deprecations page); a number that is no date stays a number."""
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        data = book.add_worksheet("Data")
        data.write_formula("A1", '=MODEL_SHUTDOWN("gpt-4-0613")')
        data.write_formula("A2", "=FT_BREAKEVEN(46346,2,1)")
    handover(tmp_path / "book.xlsx", tmp_path / "out.xlsx", when=WHEN)
    with Package(tmp_path / "out.xlsx") as package:
        strings = package.strings()
        cells = {cell.address: cell.value(strings) for cell in package.cells(package.worksheet("Handover").part)}
    shown = {value: cells[f"F{address[1:]}"] for address, value in cells.items() if value in ("A1", "A2")}
    assert shown == {"A1": "2026-10-23", "A2": 46346.0}
