"""What the standards allow and few programs write: read like the rest, or refused in our words."""

import io
import re
import struct
import zipfile
import zlib

import pytest
import xlsxwriter

from pycalc.errors import from_code
from workbook import handover, recalc
from workbook.engines import recalculate
from workbook.errors import BadWorkbook
from workbook.file.package import Package
from workbook.file.strict import is_strict
from workbook.file.xmlspans import plain

LABOR = 500 * 5 / 60 * 12  # FT_LABOR(examples, minutes, wage): 500 examples of 5 minutes at 12 an hour


def parts_with(cells):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    book.add_worksheet("S").write(0, 0, 1)
    book.close()
    with zipfile.ZipFile(stream) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    name = "xl/worksheets/sheet1.xml"
    rows = b"<sheetData>" + cells.encode() + b"</sheetData>"
    parts[name] = re.sub(rb"<sheetData>.*</sheetData>", lambda _: rows, parts[name], flags=re.DOTALL)
    return parts


def packed(parts, *, wide=False):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            with made.open(name, "w", force_zip64=wide) as file:
                file.write(data)
    return stream.getvalue()


def strict(data):
    """As Excel's "Strict Open XML Spreadsheet" names things (ISO/IEC 29500-1, annex A)."""
    for kind in (b"spreadsheetml", b"officeDocument", b"drawingml"):
        data = data.replace(
            b"http://schemas.openxmlformats.org/%s/2006/" % kind, b"http://purl.oclc.org/ooxml/%s/" % kind
        )
    return data


def values(path):
    return {cell: value for (_, cell), value in recalculate(path).values.items()}


@pytest.mark.parametrize("engine", ["formualizer", "ironcalc", "libreoffice"])
def test_text_is_read_as_xml_reads_it(tmp_path, engine):
    path = tmp_path / "book.xlsx"
    cells = (
        '<row r="1"><c r="A1"><v><![CDATA[5]]></v></c><c r="B1"><v>1<!-- c -->2</v></c><c r="C1"><v>&#52;&#x32;</v></c>'
        '<c r="D1"><f>A1<!-- x -->+B1</f><v>0</v></c><c r="E1"><f><![CDATA[C1*2]]></f><v>0</v></c>'
        '<c r="F1"><f>&#65;1&amp;"&#60;x"</f><v>0</v></c><c r="G1" t="inlineStr"><is><t><![CDATA[a<b]]> c</t></is></c>'
        '<c r="H1"><f>G1&amp;"!"</f><v>0</v></c></row>'
    )
    path.write_bytes(packed(parts_with(cells)))
    expected = {"D1": 5 + 12, "E1": 42 * 2, "F1": "5<x", "H1": "a<b c!"}
    assert {cell: value for (_, cell), value in recalculate(path, engine).values.items()} == expected


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (b"<v>5</v>", b"<v>5</v>"),
        (b"<v><![CDATA[a<b&]]></v>", b"<v>a&lt;b&amp;</v>"),
        (b"<v><![CDATA[<!-- no comment -->]]></v>", b"<v>&lt;!-- no comment --&gt;</v>"),
        (b"<v>1<!-- <![CDATA[x]]> -->2</v>", b"<v>12</v>"),
        (b'<?xml version="1.0"?><?to a program?><v/>', b'<?xml version="1.0"?><v/>'),
        (b"<v>&#52;&#x32;&#60;&#13;&#xD800;</v>", b"<v>42&#60;&#13;&#xD800;</v>"),
    ],
)
def test_plain_xml_says_the_same(given, made):
    assert plain(given) == made


def test_the_strict_form_is_read_and_written_like_the_other(tmp_path):
    cells = (
        '<row r="1"><c r="A1"><v>5</v></c><c r="B1"><f>A1*2+FT_LABOR(500,5,12)</f><v>0</v></c>'
        # 2020-01-01 is day 43,831 of Excel's calendar (Microsoft's DATEVALUE)
        '<c r="C1" t="d"><v>2020-01-01</v></c><c r="D1"><f>C1+1</f><v>0</v></c></row>'
    )
    path = tmp_path / "strict.xlsx"
    path.write_bytes(packed({name: strict(data) for name, data in parts_with(cells).items()}))
    assert values(path) == {"B1": 10 + LABOR, "D1": 43_832.0}
    for out, make in (("recalc.xlsx", recalc), ("native.xlsx", handover)):
        make(path, tmp_path / out)
        with Package(tmp_path / out) as package:
            assert is_strict(package.read(package.workbook_part))
            for name in package.names:  # one form throughout: Excel repairs a mixture
                if name.endswith(".rels") or name.startswith("xl/worksheets/"):
                    assert b"schemas.openxmlformats.org/officeDocument" not in package.read(name), name
                    assert b"schemas.openxmlformats.org/spreadsheetml" not in package.read(name), name
        assert values(tmp_path / out)["B1"] == 10 + LABOR


def test_error_values_that_came_later_stop_nothing(tmp_path):
    cells = (
        '<row r="1"><c r="A1" t="e"><v>#GETTING_DATA</v></c><c r="B1"><f>IFERROR(A1,3)</f><v>0</v></c>'
        '<c r="C1" t="e"><v>#BLOCKED!</v></c><c r="D1"><f>ISERROR(C1)</f><v>0</v></c>'
        '<c r="E1" t="e"><f>CUBEVALUE("x","y")</f><v>#GETTING_DATA</v></c></row>'
    )
    path = tmp_path / "errors.xlsx"
    path.write_bytes(packed(parts_with(cells)))
    found = values(path)
    assert (found["B1"], found["D1"]) == (3.0, True)
    assert "E1" not in found
    recalc(path, tmp_path / "out.xlsx")
    with Package(tmp_path / "out.xlsx") as package:
        stored = {cell.address: cell.value([]) for cell in package.cells(package.worksheets()[0].part)}
    assert stored["A1"] == stored["E1"] == from_code("#GETTING_DATA")


CELLS = '<row r="1"><c r="A1"><v>5</v></c><c r="B1"><f>A1*2+FT_LABOR(500,5,12)</f><v>0</v></c></row>'


def with_wide_end(data):
    """The table of contents behind a 64-bit end record (APPNOTE.TXT 4.3.14 and 4.3.15)."""
    at = data.rindex(b"PK\5\6")
    _, _, _, _, count, size, start, _ = struct.unpack("<4s4H2IH", data[at : at + 22])
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:at] + record + locator + end


def with_wide_headers(parts):
    """Local headers with a 64-bit field beside sizes that do not need it, as some streaming writers leave them."""
    data = bytearray(packed(parts, wide=True))
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        for entry in made.infolist():
            struct.pack_into("<II", data, entry.header_offset + 18, entry.compress_size, entry.file_size)
    return bytes(data)


@pytest.mark.parametrize(
    "unusual",
    [
        lambda parts: packed(parts, wide=True),
        with_wide_headers,
        lambda parts: with_wide_end(packed(parts)),
        lambda parts: packed(parts) + b"\0" * 100,
        lambda parts: b"PK junk before it" + packed(parts),
        lambda parts: packed({**parts, "docs/é漢.txt": b"x"}),
        lambda parts: packed({**parts, "folder/": b""}),
    ],
    ids=["64-bit entries", "64-bit headers", "64-bit end", "bytes behind", "bytes before", "name in UTF-8", "folder"],
)
def test_an_unusual_zip_is_read_and_comes_out_usual(tmp_path, unusual):
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(unusual(parts_with(CELLS)))
    recalc(path, out)
    assert values(out) == {"B1": 10 + LABOR}
    with Package(out) as package:
        assert not package.unusual
    with zipfile.ZipFile(out) as made, zipfile.ZipFile(path) as given:
        assert made.testzip() is None
        assert set(made.namelist()) == {name for name in given.namelist() if not name.endswith("/")}


def nameless(parts):
    data = bytearray(packed({**parts, "q": b"abc"}))
    for signature, length_at, name_at in ((b"PK\3\4", 26, 30), (b"PK\1\2", 28, 46)):
        at = data.rindex(signature)
        assert data[at + name_at : at + name_at + 1] == b"q"
        struct.pack_into("<H", data, at + length_at, 0)
        struct.pack_into("<H", data, at + length_at + 2, 1)  # the name's byte becomes extra data
    return bytes(data)


@pytest.mark.parametrize(
    ("unusual", "said"),
    [
        (nameless, "a part without a name|cut off or damaged"),
        (lambda parts: packed({**parts, "漢": b"x"}).replace("漢".encode(), b"\xff\xfe\xfd"), "cut off or damaged"),
        (lambda parts: packed(parts) + b"x" * 70_000, "cut off or damaged"),
        (lambda _parts: b"PK" + zlib.compress(b"x"), "cut off or damaged"),
    ],
    ids=["no name", "name in no encoding", "much behind it", "no zip"],
)
def test_what_nobody_can_read_is_refused_in_our_words(tmp_path, unusual, said):
    path = tmp_path / "book.xlsx"
    path.write_bytes(unusual(parts_with(CELLS)))
    with pytest.raises(BadWorkbook, match=said):
        recalc(path, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("named", ["SharedStrings.xml", "texts.xml"])
def test_texts_in_a_part_of_another_name(tmp_path, named):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write(0, 0, "four")
        sheet.write_formula(0, 1, "=LEN(A1)+FT_LABOR(500,5,12)")
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name).replace(b"sharedStrings.xml", named.encode()) for name in made.namelist()}
    parts[f"xl/{named}"] = parts.pop("xl/sharedStrings.xml")
    path.write_bytes(packed(parts))
    assert recalc(path, tmp_path / "out.xlsx").changed[("S", "B1")][1] == 4 + LABOR
    with zipfile.ZipFile(tmp_path / "out.xlsx") as made:
        assert set(made.namelist()) == set(parts)


def test_an_engine_that_fails_inside_is_one_line(tmp_path, capfd, monkeypatch):
    ironcalc = pytest.importorskip("ironcalc")

    class PanicException(BaseException):
        pass

    def fail(*_arguments):
        import os

        os.write(2, b"thread '<unnamed>' panicked at src/import.rs:12\n")
        raise PanicException("index out of bounds")

    monkeypatch.setattr(ironcalc, "load_from_xlsx", fail)
    from workbook.engines import EngineFailed

    path = tmp_path / "book.xlsx"
    path.write_bytes(packed(parts_with(CELLS)))
    with pytest.raises(EngineFailed, match="index out of bounds"):
        recalculate(path, "ironcalc")
    assert capfd.readouterr().err == ""
