"""LibreOffice gets a copy that points nowhere and a profile that lets it go nowhere. A server listens meanwhile."""

import io
import re
import socket
import struct
import threading
import zipfile
import zlib

import pytest
import xlsxwriter

from workbook.engines import libreoffice
from workbook.file.book import detached
from workbook.file.package import Package


@pytest.fixture
def server():
    """An address on this machine, and what came in there."""
    heard = []
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                heard.append(connection.recv(200))

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/", heard
    listening.close()


def picture():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\1\2\3")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture
def calling(tmp_path, server):
    """A workbook that wants to call the server: a linked picture, functions, a link to a workbook there."""
    path = tmp_path / "calling.xlsx"
    address, _ = server
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("S")
    sheet.write("A1", 21)
    sheet.write_formula("B1", "=A1*2", None, 0)
    sheet.write_url("A3", address + "hyperlink")
    sheet.write_formula("B2", f'=_xlfn.WEBSERVICE("{address}webservice")', None, "x")
    sheet.write_formula("B3", f"='{address}[x.xlsx]S'!A1", None, 7)
    sheet.insert_image("D3", "x.png", {"image_data": io.BytesIO(picture())})
    book.close()
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    for name, data in parts.items():
        if name.startswith("xl/drawings/_rels/"):
            linked = f'Target="{address}picture.png" TargetMode="External"'.encode()
            parts[name] = re.sub(rb'Target="[^"]*"', linked, data)
        elif name.startswith("xl/drawings/"):
            parts[name] = data.replace(b"r:embed=", b"r:link=")
    with zipfile.ZipFile(path, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return path


def test_nothing_is_fetched(calling, server):
    result = libreoffice.recalculate(calling)
    assert result.values["S", "B1"] == 42.0
    assert server[1] == []


def test_nothing_is_fetched_even_of_a_copy_that_points_there(calling, server, tmp_path):
    # The profile alone holds too: with LibreOffice's own, this fetched the picture twelve times.
    libreoffice.convert([calling], tmp_path / "out", "xlsx")
    assert server[1] == []


def test_a_detached_copy_names_no_address(calling, server):
    with Package(calling) as package:
        parts = detached(package)
        for name in package.names:
            if name.endswith(".rels"):
                assert server[0].encode() not in parts.get(name, package.read(name)), name
