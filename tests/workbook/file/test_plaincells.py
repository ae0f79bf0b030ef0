"""Cells found by a pattern are the cells the XML parser finds, in parts as programs write them and in all others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.errors import BadCell
from workbook.file import plaincells
from workbook.file.cells import Cell, _parsed, cells, contents

_SHEET = '<worksheet xmlns="x"><sheetData>{}</sheetData><pageMargins left="0.7"/></worksheet>'
_FACTS = ("row", "column", "style", "type", "cm", "formula", "formula_attributes", "formula_span", "raw", "span")

_CELLS = (
    '<c r="A1"/>',
    '<c r="B1" s="3"><v>1.5</v></c>',
    '<c r="C1" s="3" t="s"><v>0</v></c>',
    '<c r="D1"><f>A1+B1</f><v>2</v></c>',
    '<c r="E1" t="str"><f>IF(A1&lt;1,"a&amp;amp;b","")</f><v></v></c>',
    '<c r="F1"><f t="shared" ref="F1:F3" si="0">A1*2</f><v/></c>',
    '<c r="G1"><f t="shared" si="0"/><v>3</v></c>',
    '<c r="H1" cm="1"><f t="array" ref="H1:H2">SEQUENCE(2)</f><v>1</v></c>',
    '<c r="I1" t="inlineStr"><is><t xml:space="preserve"> é </t></is></c>',
    '<c r="J1" s="1" t="n"><f aca="false">1</f><v>1</v></c>',
    '<c r="K1" t="e" vm="1"><v>#N/A</v></c>',
    '<c r="L1" t="b"><f>TRUE()</f><v>1</v></c>',
    '<c r="M1" t="str"><f>"a"&amp;\r\n"b"</f><v>one\r\ntwo\rthree\nfour</v></c>',
    '<c r="N1" t="inlineStr"><is><t>a\r\n\rb</t></is></c>',
)
_RARE = (
    "<c r='A2'><v>1</v></c>",
    "<c><v>1</v></c>",
    '<c t="n" r="B2"><v>1</v></c>',
    '<c r="C2"><v>1</v><extLst/></c>',
    '<c r="D2"><f><![CDATA[A1<2]]></f><v>1</v></c>',
    '<c r="E2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
    '<c r="F2"><!-- a note --><v>1</v></c>',
    '<c r="G2" t="str"><f>"a&#10;b"</f><v>x</v></c>',
)


def _facts(found: list[Cell]) -> list[tuple[object, ...]]:
    return [(*(getattr(cell, name) for name in _FACTS), cell.value_span) for cell in found]


def _part(*inner: str) -> bytes:
    rows = [f'<row r="{number}" spans="1:9">{content}</row>' for number, content in enumerate(inner, 1)]
    return _SHEET.format("\n".join([*rows, '<row r="99" ht="9"/>'])).encode()


@given(st.lists(st.lists(st.sampled_from(_CELLS + _RARE), max_size=6), max_size=4))
def test_both_ways_read_the_same_cells(rows):
    data = _part(*("".join(row) for row in rows))
    expected = list(_parsed(data))
    assert _facts(list(cells(data))) == _facts(expected)
    with_formula = [cell for cell in expected if cell.formula is not None]
    assert _facts(list(cells(data, formulas_only=True))) == _facts(with_formula)
    held = [(cell.row, cell.column, cell.kind, cell.value(["text"])) for cell in expected]
    assert list(contents(data, ["text"])) == held


def test_what_programs_write_needs_no_parser():
    data = _part("".join(_CELLS), "", "".join(_CELLS[:3]))
    found = list(plaincells.matches(data))
    assert len(found) == len(_CELLS) + 3
    assert not any(isinstance(match, int) for match in found)


@pytest.mark.parametrize("rare", _RARE)
def test_the_parser_goes_on_at_the_first_unusual_cell(rare):
    assert isinstance(list(plaincells.matches(_part(_CELLS[1], rare)))[-1], int)


@pytest.mark.parametrize(
    "broken",
    [
        _SHEET.format('<row r="1"><c r="A1"><v>1</v></c>'),
        _SHEET.format('<row r="1"><c r="A1"><v>&nobody;</v></c></row>'),
        _SHEET.format('<row r="1"><c r="A1"><v>\x01</v></c></row>'),
        _SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>').replace("</worksheet>", ""),
        _SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>').replace("<pageMargins", "<a><pageMargins"),
    ],
)
def test_a_broken_part_is_broken_in_both(broken):
    from xml.parsers.expat import ExpatError

    with pytest.raises(ExpatError):
        list(cells(broken.encode()))


def test_a_value_that_is_no_number_is_named_with_its_cell():
    with pytest.raises(BadCell, match="cell B1 holds 'one' where a number belongs"):
        list(contents(_part('<c r="A1"><v>1</v></c><c r="B1"><v>one</v></c>'), []))


def test_many_cells_without_a_formula_take_no_longer_each():
    """A search that begins again at each byte would take minutes here."""
    row = "".join(f'<c r="{letter}1"><v>1</v></c>' for letter in "ABCDEFGHIJ")
    assert list(cells(_part(*[row] * 3_000), formulas_only=True)) == []
