"""Opening, changing and saving the parts of a workbook file."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.books import changed_parts, contents, row, sheet, write_book, write_zip
from workbook.errors import BadWorkbook
from workbook.file import opening
from workbook.file.package import Package
from workbook.file.saving import replacing

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def simple(path, **more):
    return write_book(path, {"Data": sheet(row(1, A="<v>2</v>", B="<f>A1*2</f><v>9</v>"))}, **more)


def cut(path):
    simple(path)
    path.write_bytes(path.read_bytes()[:-60])


def damaged_part(path):
    simple(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    data[at : at + 40] = bytes(40)
    path.write_bytes(data)


def twice(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
        archive.writestr("XL/workbook.xml", "<b/>")


def many(path):
    write_zip(path, {f"part{number}.xml": "" for number in range(opening.MAXIMUM_ENTRIES + 1)})


def bomb(path):
    simple(path, parts={"xl/media/bomb.bin": bytes(opening.BOMB_BYTES + 1)})


def huge(path):
    """One entry that claims 5 GB, as the central directory may."""
    simple(path)
    data = path.read_bytes()
    at = data.rindex(b"PK\1\2")
    path.write_bytes(data[: at + 24] + struct.pack("<I", 0xF0000000) + data[at + 28 :])


def overlapping(path):
    """Two entries over the same compressed bytes, the second name for the first one's data."""
    simple(path)
    with zipfile.ZipFile(path) as archive:
        last = archive.infolist()[-1]
        archive.infolist()[0].header_offset = last.header_offset
        data = path.read_bytes()
        at = data.index(b"PK\1\2")
        path.write_bytes(data[: at + 42] + struct.pack("<I", last.header_offset) + data[at + 46 :])


def entity(path):
    text = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sheet("")[55:]
    write_book(path, {"Data": text})


def entity_behind_comment(path):
    text = f'<?xml version="1.0"?><!-- {"x" * 9000} <w> --><!doctype w [<!ENTITY x "y">]>' + sheet("")[55:]
    write_book(path, {"Data": text})


def entity_behind_an_element_in_a_comment(path):
    text = f'<?xml version="1.0"?><!-- <w> {"x" * 9000} --><!DOCTYPE w [<!ENTITY x "y">]>' + sheet("")[55:]
    write_book(path, {"Data": text})


def endless_prologue(path):
    write_book(path, {"Data": f'<?xml version="1.0"?><!-- {"x" * (2 << 20)} -->' + sheet("")[55:]})


def entity_utf16(path):
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///x">]><w>&x;</w>'
    simple(path, parts={"docProps/custom.xml": text.encode("utf-16")})


def zip_password(path):
    simple(path)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.index(signature)
        data[at + offset] |= 1
    path.write_bytes(data)


BAD = {
    "no file": (Path.absolute, "no such file"),
    "folder": (lambda path: path.mkdir(), "folder"),
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "zero bytes": (lambda path: path.write_bytes(bytes(5000)), "zero bytes"),
    "csv": (lambda path: path.write_text("a,b\n1,2\n"), "CSV"),
    "html": (lambda path: path.write_text("\n<html><table></table></html>"), "web page"),
    "xml": (lambda path: path.write_text("<?xml version='1.0'?><Workbook/>"), "XML file"),
    "pdf": (lambda path: path.write_bytes(b"%PDF-1.7\n"), "PDF"),
    "noise": (lambda path: path.write_bytes(bytes(range(256))), "not an Excel workbook"),
    "encrypted": (lambda path: path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le")), "password"),
    "xls": (lambda path: path.write_bytes(OLE + "Workbook\0".encode("utf-16-le")), ".xls"),
    "doc": (lambda path: path.write_bytes(OLE + "WordDocument".encode("utf-16-le")), "old Office"),
    "ods": (
        lambda path: write_zip(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "OpenDocument file (spreadsheet)",
    ),
    "xlsb": (lambda path: write_zip(path, {"xl/workbook.bin": b"\0"}), ".xlsb"),
    "docx": (lambda path: write_zip(path, {"word/document.xml": "<a/>"}), "Word"),
    "other zip": (lambda path: write_zip(path, {"readme.txt": "hi"}), "zip file but no Excel workbook"),
    "cut off": (cut, "cut off"),
    "twice": (twice, "twice"),
    "many": (many, "more than any workbook"),
    "bomb": (bomb, "zip bomb"),
    "huge": (huge, "GB"),
    "overlapping": (overlapping, "overlaps"),
    "entity": (entity, "document type"),
    "entity behind a comment": (entity_behind_comment, "document type"),
    "entity behind an element in a comment": (entity_behind_an_element_in_a_comment, "document type"),
    "endless prologue": (endless_prologue, "document type"),
    "entity in UTF-16": (entity_utf16, "document type"),
    "zip password": (zip_password, "password"),
    "not a sheet": (lambda path: simple(path, main="presentation.main+xml"), "not an Excel workbook"),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_in_one_line(name, tmp_path):
    make, words = BAD[name]
    path = tmp_path / "book.xlsx"
    make(path)
    with pytest.raises(BadWorkbook) as caught:
        Package(path)
    message = str(caught.value)
    assert words in message
    assert message.startswith(str(path))
    assert "\n" not in message
    assert len(caught.value.remedy) > 5


def test_damaged_part_is_refused_when_read(tmp_path):
    path = tmp_path / "book.xlsx"
    damaged_part(path)
    with pytest.raises(BadWorkbook, match=r"sheet1\.xml is damaged"), Package(path) as package:
        package.read("xl/worksheets/sheet1.xml")


def test_broken_xml_is_refused_when_parsed(tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": "<worksheet><sheetData>"})
    with Package(path) as package, pytest.raises(BadWorkbook, match="damaged"):
        list(package.cells("xl/worksheets/sheet1.xml"))


def test_sheets_whose_part_is_missing(tmp_path):
    path = tmp_path / "book.xlsx"
    simple(path)
    parts = contents(path)
    del parts["xl/worksheets/sheet1.xml"]
    write_zip(path, parts)
    with Package(path) as package, pytest.raises(BadWorkbook, match='sheet "Data" is missing'):
        package.sheets()


def test_compressible_sheet_is_no_bomb(tmp_path):
    """A real sheet of equal rows packs about 20:1."""
    rows = "".join(row(number, A="<f>$B$1*2</f><v>9</v>") for number in range(1, 50_001))
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(rows)})
    with Package(path) as package:
        assert len(package.read("xl/worksheets/sheet1.xml")) > 2_000_000


def test_untouched_parts_keep_their_compressed_bytes_and_order(tmp_path):
    path = simple(tmp_path / "book.xlsx", parts={"xl/größe.bin": bytes(range(256)) * 40, "customXml/item1.xml": "<a/>"})
    out = tmp_path / "out.xlsx"
    with Package(path) as package:
        package.replace("XL/Worksheets/Sheet1.xml", b"<new/>")
        package.add("xl/extra.bin", b"extra")
        package.save(out)
    before, after = contents(path), contents(out)
    assert list(after) == [*before, "xl/extra.bin"]
    assert changed_parts(path, out) == {"xl/worksheets/sheet1.xml", "xl/extra.bin"}
    assert after["xl/worksheets/sheet1.xml"] == b"<new/>"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out) as new:
        for name in before.keys() - {"xl/worksheets/sheet1.xml"}:
            assert old.getinfo(name).compress_size == new.getinfo(name).compress_size
            assert old.getinfo(name).date_time == new.getinfo(name).date_time


def test_data_descriptors_are_taken_apart(tmp_path):
    """Writers that stream (LibreOffice, Java) put sizes behind the data: the copy has them in front."""
    path = tmp_path / "book.xlsx"
    simple(tmp_path / "plain.xlsx")
    with open(path, "wb") as stream, zipfile.ZipFile(Unseekable(stream), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents(tmp_path / "plain.xlsx").items():
            archive.writestr(name, data)
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].flag_bits & 0x08
    with Package(path) as package:
        package.save(tmp_path / "out.xlsx")
    assert changed_parts(path, tmp_path / "out.xlsx") == set()


class Unseekable:
    def __init__(self, stream):
        self.write, self.flush = stream.write, stream.flush


def test_delete_takes_content_type_and_relationship_along(tmp_path):
    path = simple(
        tmp_path / "book.xlsx",
        parts={"xl/calcChain.xml": "<calcChain/>"},
        types='<Override ContentType="x/calc" PartName="/xl/calcChain.xml"></Override>',
        relationships='<Relationship Target="calcChain.xml" Type="urn:t/calcChain" Id="rId77"/>',
    )
    with Package(path) as package:
        package.unrelate(package.workbook_part, "xl/calcChain.xml")
        package.delete("xl/calcChain.xml")
        assert "xl/calcChain.xml" not in package
        package.save(tmp_path / "out.xlsx")
    after = contents(tmp_path / "out.xlsx")
    assert not any(b"calcChain" in data for data in after.values())
    assert list(after) == [name for name in contents(path) if name != "xl/calcChain.xml"]
    with Package(tmp_path / "out.xlsx") as package:
        assert [s.name for s in package.sheets()] == ["Data"]


def test_relate_and_declare_can_be_read_back(tmp_path):
    with Package(simple(tmp_path / "book.xlsx")) as package:
        package.add("xl/metadata.xml", b"<metadata/>", "application/x-metadata+xml")
        number = package.relate(package.workbook_part, "urn:x/sheetMetadata", "xl/metadata.xml")
        package.relate("xl/worksheets/sheet1.xml", "urn:x/custom", "xl/a&b.xml")
        package.save(tmp_path / "out.xlsx")
    with Package(tmp_path / "out.xlsx") as package:
        assert package.content_type("xl/metadata.xml") == "application/x-metadata+xml"
        assert package.related(package.workbook_part, "sheetMetadata") == ["xl/metadata.xml"]
        assert {r.id: r.target for r in package.relationships(package.workbook_part)}[number] == "xl/metadata.xml"
        assert package.relationships("xl/worksheets/sheet1.xml")[0].target == "xl/a&b.xml"


def test_prefixed_relationship_parts(tmp_path):
    """Some programs write every element of a .rels part with a prefix."""
    path = simple(tmp_path / "book.xlsx")
    parts = contents(path)
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        text = parts[name].decode().replace("<", "<p:").replace("<p:?", "<?").replace("<p:/", "</p:")
        parts[name] = text.replace("xmlns=", "xmlns:p=").encode()
    write_zip(path, parts)
    with Package(path) as package:
        package.add("xl/new.xml", b"<a/>", "x/new")
        package.relate(package.workbook_part, "urn:x/new", "xl/new.xml")
        package.save(tmp_path / "out.xlsx")
    with Package(tmp_path / "out.xlsx") as package:
        assert package.content_type("xl/new.xml") == "x/new"
        assert package.related(package.workbook_part, "new") == ["xl/new.xml"]


def test_sheets_and_names(tmp_path):
    names = (
        '<definedName name="rate">Data!$A$1</definedName>'
        '<definedName name="local" localSheetId="1" hidden="1">1+1</definedName>'
    )
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(""), 'R&D "x"': sheet("")}, names=names)
    with Package(path) as package:
        assert [s.name for s in package.worksheets()] == ["Data", 'R&D "x"']
        assert [(n.name, n.text, n.sheet, n.hidden) for n in package.defined_names()] == [
            ("rate", "Data!$A$1", None, False),
            ("local", "1+1", 'R&D "x"', True),
        ]
        assert package.signature_note() == ""


def test_the_source_is_never_the_target(tmp_path):
    path = simple(tmp_path / "book.xlsx")
    before = path.read_bytes()
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    for target in (path, link, tmp_path / "." / "book.xlsx"):
        with Package(path) as package, pytest.raises(BadWorkbook, match="overwrite"):
            package.save(target)
    assert path.read_bytes() == before


def test_a_part_that_is_no_xml_does_not_leave(tmp_path):
    with Package(simple(tmp_path / "book.xlsx")) as package:
        package.replace("xl/worksheets/sheet1.xml", b"<a><b:c/></a>")
        with pytest.raises(BadWorkbook, match="unbound prefix"):
            package.save(tmp_path / "out.xlsx")
    assert os.listdir(tmp_path) == ["book.xlsx"]


def test_the_ending_has_to_stay(tmp_path):
    with Package(simple(tmp_path / "book.xlsx")) as package, pytest.raises(BadWorkbook, match=r"Use \.xlsx"):
        package.save(tmp_path / "out.xlsm")


def test_missing_folder_and_folder_as_file(tmp_path):
    with Package(simple(tmp_path / "book.xlsx")) as package:
        with pytest.raises(BadWorkbook, match="does not exist"):
            package.save(tmp_path / "nowhere" / "out.xlsx")
        with pytest.raises(BadWorkbook, match="this is a folder"):
            package.save(tmp_path)


def test_read_only_folder(tmp_path, monkeypatch):
    """Tests run as root, whom no permission stops: the system's refusal is put in its place."""

    with Package(simple(tmp_path / "book.xlsx")) as package:
        monkeypatch.setattr(os, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
        with pytest.raises(BadWorkbook, match="permission denied"):
            package.save(tmp_path / "out.xlsx")


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path):
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"old")
    with pytest.raises(TypeError), replacing(out) as stream:
        stream.writelines([b"new", "text where bytes belong"])
    assert out.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out.xlsx"]


def test_a_full_disk_is_said_in_one_line(tmp_path):
    with pytest.raises(BadWorkbook, match="no space left"), replacing(tmp_path / "out.xlsx"):
        raise OSError(28, "No space left on device")
    assert os.listdir(tmp_path) == []


def test_killed_half_way(tmp_path):
    """kill -9 between the first byte and the rename: the old file is whole."""
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"old")
    script = (
        "import os, signal, sys\nfrom workbook.file.saving import replacing\n"
        "with replacing(sys.argv[1]) as stream:\n"
        "    stream.write(b'new' * 100000); stream.flush()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(out)], check=False)
    assert run.returncode == -signal.SIGKILL
    assert out.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out.xlsx"]


def test_a_replaced_file_keeps_its_permissions(tmp_path):
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"old")
    out.chmod(0o640)
    with replacing(out) as stream:
        stream.write(b"new")
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (b"new", 0o640)
