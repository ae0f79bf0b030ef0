"""Cells as different programs write them, read with their spans and spliced."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.errors import from_code
from tests.books import MAIN, row, sheet
from tests.pycalc.texts import CHARACTERS
from workbook.file.addresses import addresses, column_letters, column_number, corners, row_and_column
from workbook.file.cells import cells, shared_strings, unescaped_text
from workbook.file.edits import cell_bytes, cell_text, formula_edit, insertions, stored, value_edits
from workbook.file.xmlspans import NotUtf8, elements, spliced, with_attribute


def read(data: bytes, strings=()):
    return {cell.address: cell.value(list(strings)) for cell in cells(data)}


def only(data: bytes):
    (cell,) = cells(data)
    return cell


def with_value(data: bytes, value):
    return spliced(data, value_edits(data, only(data), value))


def one(cell: str) -> bytes:
    return sheet(f'<row r="1">{cell}</row>').encode()


def inside(data: bytes) -> str:
    text = data.decode()
    return text[text.index('<row r="1">') + 11 : text.index("</row>")]


def test_every_kind_of_value():
    data = sheet(
        row(1, A="<v>2</v>", B='<c r="B1" t="s"><v>1</v></c>', C='<c r="C1" t="b"><v>1</v></c>')
        + row(2, A='<c r="A2" t="e"><v>#DIV/0!</v></c>', B='<c r="B2" t="str"><f>"a"</f><v>a_x000D_b</v></c>')
        + row(3, A='<c r="A3" s="4"/>', B='<c r="B3" t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r></is></c>')
        + row(4, A='<c r="A4" t="d"><v>2024-01-01T12:00:00Z</v></c>', B="<v>1.5E-3</v>")
    ).encode()
    assert read(data, ["zero", "one"]) == {
        "A1": 2.0,
        "B1": "one",
        "C1": True,
        "A2": from_code("#DIV/0!"),
        "B2": "a\rb",
        "A3": None,
        "B3": "rich text",
        "A4": 45292.5,  # 2024-01-01 is Excel's day 45292
        "B4": 0.0015,
    }


def test_phonetic_guides_are_no_text():
    inline = '<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>'
    assert read(one(inline)) == {"A1": "東京"}
    table = (
        f'<sst xmlns="{MAIN}"><si><t>東京</t><rPh sb="0" eb="2"><t>ト</t></rPh></si><si/><si><r><t>a</t></r></si></sst>'
    )
    assert shared_strings(table.encode()) == ["東京", "", "a"]


def test_cells_and_rows_without_addresses():
    data = sheet("<row><c><v>1</v></c><c><v>2</v></c></row><row r='5'><c r='C5'><v>3</v></c><c><v>4</v></c></row>")
    assert read(data.encode()) == {"A1": 1.0, "B1": 2.0, "C5": 3.0, "D5": 4.0}


def test_namespace_prefix_is_kept():
    data = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1+1</x:f></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    ).encode()
    assert b"<x:f>1+1</x:f><x:v>2</x:v></x:c>" in with_value(data, 2.0)


def test_shared_array_and_table_formulas_are_told_apart():
    data = sheet(
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>1</v></c>'
        '<c r="C1" cm="1"><f t="array" ref="C1:C3">_xlfn.SEQUENCE(3)</f></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c>'
        '<c r="D2"><f t="dataTable" ref="D2:D3" r1="A1"/><v>7</v></c><c r="E2"><f>A1&amp;"&lt;"</f></c></row>'
    ).encode()
    found = {cell.address: (cell.kind, cell.formula, cell.area, cell.cm) for cell in cells(data)}
    assert found == {
        "A1": ("shared", "B1*2", "A1:A2", None),
        "C1": ("array", "_xlfn.SEQUENCE(3)", "C1:C3", "1"),
        "A2": ("shared", "", "", None),
        "D2": ("dataTable", "", "D2:D3", None),
        "E2": ("normal", 'A1&"<"', "", None),
    }


def test_a_greater_sign_in_an_attribute():
    data = one("<c r=\"A1\" x='>'  ><f a='/>'>1</f ><v >9</v></c>")
    assert inside(with_value(data, 2.0)) == "<c r=\"A1\" x='>'  ><f a='/>'>1</f ><v>2</v></c>"


def test_a_large_sheet_is_read_in_pieces():
    """Elements cut by the border of a block (64 KB) keep their spans."""
    data = sheet("".join(row(r, A=f"<f>B{r}*2</f><v>{r}</v>", B=f"<v>{r / 2}</v>") for r in range(1, 6001))).encode()
    count = 0
    for cell in cells(data):
        text = data[slice(*cell.span)].decode()
        assert text.startswith(f'<c r="{cell.address}">')
        assert text.endswith("</c>")
        count += 1
    assert (count, len(data) > 3 * 65536) == (12000, True)


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ('<c r="A1" s="3"><f>X</f><v>9</v></c>', 2.5, '<c r="A1" s="3"><f>X</f><v>2.5</v></c>'),
        ('<c r="A1"><f>X</f></c>', "a<b", '<c r="A1" t="str"><f>X</f><v>a&lt;b</v></c>'),
        ('<c r="A1" t="str"><f>X</f><v>old</v></c>', True, '<c r="A1" t="b"><f>X</f><v>1</v></c>'),
        ("<c t='e' r='A1'><f>X</f><v>#N/A</v></c>", 0.0, "<c r='A1'><f>X</f><v>0</v></c>"),
        ('<c r="A1" vm="1"><f>X</f><v>1</v></c>', from_code("#N/A"), '<c r="A1" t="e"><f>X</f><v>#N/A</v></c>'),
        ('<c r="A1" t="str"><f>X</f><v>x</v></c>', None, '<c r="A1"><f>X</f></c>'),
        ('<c r="A1" s="2"/>', 7.0, '<c r="A1" s="2"><v>7</v></c>'),
        ('<c r="A1" s="2" t="s"/>', None, '<c r="A1" s="2"/>'),
        ('<c r="A1" t="inlineStr"><is><t>x</t></is></c>', 1.0, '<c r="A1"><v>1</v></c>'),
        ('<c r="A1"><f>X</f><v>1</v><extLst/></c>', 2.0, '<c r="A1"><f>X</f><v>2</v><extLst/></c>'),
        ('<c r="A1"><f>X/></f><v/></c>', 1.0, '<c r="A1"><f>X/></f><v>1</v></c>'),
        ('<c r="A1"><f>X</f></c>', " x ", '<c r="A1" t="str"><f>X</f><v xml:space="preserve"> x </v></c>'),
    ],
)
def test_a_new_value_changes_only_type_and_value(cell, value, expected):
    assert inside(with_value(one(cell), value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5.0, (None, "5")),
        (0.1 + 0.2, (None, "0.30000000000000004")),
        (-0.0, (None, "0")),
        (1e300, (None, "1e+300")),
        (1e15, (None, "1000000000000000.0")),
        (math.inf, ("e", "#NUM!")),
        (math.nan, ("e", "#NUM!")),
        (False, ("b", "0")),
        ("", ("str", "")),
        (None, (None, None)),
    ],
)
def test_values_as_the_file_stores_them(value, expected):
    assert stored(value) == expected


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.text(CHARACTERS), st.none()))
def test_any_value_comes_back(value):
    """Lone surrogates aside, which no file can hold: they become the replacement character."""
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode()
    data = with_value(one('<c r="A1" t="e"><f>X</f><v>#N/A</v></c>'), value)
    ElementTree.fromstring(data)
    back = only(data).value([])
    assert type(back) is type(value)
    assert back == value


@given(st.text(alphabet=st.sampled_from("_x00Dd41\r\n\t\x01\ufffe a")))
def test_text_with_things_that_look_like_escapes(text):
    assert unescaped_text(cell_text(text)) == text


def test_a_formula_keeps_its_kind_and_area():
    data = one('<c r="A1"><f t="array" ref="A1:A2" aca="1">OLD</f><v>1</v></c>')
    new = spliced(data, [formula_edit(data, only(data), 'IF(A1<2,"&",1)')])
    assert inside(new) == ('<c r="A1"><f t="array" ref="A1:A2" aca="1">IF(A1&lt;2,"&amp;",1)</f><v>1</v></c>')
    empty = one('<c r="A1"><f t="shared" si="0"/></c>')
    assert '<f t="shared" si="0">B1</f>' in inside(spliced(empty, [formula_edit(empty, only(empty), "B1")]))


def test_new_cells_go_where_they_belong():
    data = sheet('<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c></row><row r="4"/><row r="6"></row>').encode()
    new = {
        (r, c): cell_bytes(f"{column_letters(c)}{r}", value=float(r * 10 + c)) for r in range(1, 8) for c in (1, 3, 5)
    }
    result = spliced(data, insertions(data, new))
    order = [(cell.row, cell.column) for cell in cells(result)]
    assert order == sorted(order)
    assert len(order) == 21 + 2
    ElementTree.fromstring(result)


def test_new_cells_get_the_namespace_prefix_of_the_sheet():
    """Read by ElementTree: a cell outside the sheet's namespace is none to Excel."""
    data = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
        '<x:row r="2"/></x:sheetData></x:worksheet>'
    ).encode()
    new = {(1, 2): cell_bytes("B1", value="a<b"), (2, 1): cell_bytes("A2", value=2.0), (3, 1): cell_bytes("A3")}
    root = ElementTree.fromstring(spliced(data, insertions(data, new)))
    found = {cell.get("r"): cell.findtext(f"{{{MAIN}}}v") for cell in root.iter(f"{{{MAIN}}}c")}
    assert found == {"A1": "1", "B1": "a<b", "A2": "2", "A3": None}
    assert all(element.tag.startswith(f"{{{MAIN}}}") for element in root.iter())


def test_a_row_in_the_anchor_of_a_drawn_control_is_no_row_of_the_sheet():
    """<xdr:row> under <controls> says where a drop-down stands: a cell put there breaks the file."""
    anchor = b'<controls xmlns:xdr="x"><control><anchor><from><xdr:row>2</xdr:row></from></anchor></control></controls>'
    data = b'<worksheet><sheetData><row r="1"><c r="A1"/></row></sheetData>' + anchor + b"</worksheet>"
    result = spliced(data, insertions(data, {(2, 1): cell_bytes("A2", value=1.0)}))
    assert result.endswith(anchor + b"</worksheet>")
    assert b'<row r="2"><c r="A2"><v>1</v></c></row></sheetData>' in result


@pytest.mark.parametrize("text", ["<sheetData/>", "<sheetData></sheetData>"])
def test_new_cells_in_an_empty_sheet(text):
    data = f'<worksheet xmlns="{MAIN}">{text}</worksheet>'.encode()
    result = spliced(data, insertions(data, {(3, 1): cell_bytes("A3", value=1.0), (1, 2): cell_bytes("B1")}))
    assert [cell.address for cell in cells(result)] == ["B1", "A3"]


def test_other_encodings_are_refused():
    with pytest.raises(NotUtf8):
        list(cells('<?xml version="1.0" encoding="UTF-16"?><worksheet/>'.encode("utf-16")))
    with pytest.raises(NotUtf8):
        elements(b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "a")


def test_attributes():
    assert with_attribute(b'<c r="A1" t = "s" s="1">', "t", None) == b'<c r="A1" s="1">'
    assert with_attribute(b"<c/>", "r", '<"A&') == b'<c r="&lt;&quot;A&amp;"/>'
    assert with_attribute(b'<c cat="1">', "t", "e") == b'<c cat="1" t="e">'


def test_overlapping_edits_are_refused():
    with pytest.raises(ValueError, match="overlapping"):
        spliced(b"abcdef", [(0, 3, b""), (2, 4, b"")])


@given(st.integers(1, 16384), st.integers(1, 1048576))
def test_addresses_come_back(column, number):
    assert row_and_column(column_letters(column) + str(number)) == (number, column)
    assert row_and_column(f"${column_letters(column)}${number}") == (number, column)


def test_addresses():
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert column_number("xfd") == 16384
    assert corners("$C$2:A5") == (2, 1, 5, 3)
    assert addresses("A1:B2") == ["A1", "B1", "A2", "B2"]
    with pytest.raises(ValueError, match="not a cell"):
        row_and_column("1A")
