"""What a file is before anything is read from it: an Excel workbook, something else, damaged, or a trap."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

from workbook.errors import BadWorkbook

MAXIMUM_ENTRIES = 20_000
MAXIMUM_BYTES = 1 << 30
"""What all parts together may unpack to."""
LONGEST_PROLOGUE = 1 << 16
"""What may stand before the root element of a part."""
BOMB_BYTES = 100 << 20
BOMB_RATIO = 250
"""Parts that unpack to more than BOMB_BYTES at more than this ratio are a bomb; sheets stay below 100."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER_BYTES = 30
_FIRST_STREAM_NAMES = 8 << 20


def folded(name: str) -> str:
    """A part's name as it is compared: without a leading slash or regard to letter case."""
    return name.replace("\\", "/").lstrip("/").lower()


def has_document_type(prologue: bytes) -> bool:
    """A DOCTYPE outside comments and processing instructions, or a prologue too long to be honest."""
    bare = _bare(prologue).upper()
    return b"<!DOCTYPE" in bare or b"<!ENTITY" in bare or len(prologue) > LONGEST_PROLOGUE


def root_begins(prologue: bytes) -> bool:
    """Whether an element begins in what was read so far, comments left out."""
    return re.search(rb"<[A-Za-z_]", _bare(prologue)) is not None


def _bare(prologue: bytes) -> bytes:
    """Without comments and processing instructions, the last of which may still be open."""
    return re.sub(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", b"", prologue, flags=re.DOTALL)


def open_zip(path: Path) -> zipfile.ZipFile:
    try:
        with open(path, "rb") as stream:
            start = stream.read(4096)
            if start.startswith(_OLE):
                raise _ole_refusal(path, start + stream.read(_FIRST_STREAM_NAMES))
    except IsADirectoryError:
        raise BadWorkbook(path, "this is a folder", "Give the workbook itself") from None
    except FileNotFoundError:
        raise BadWorkbook(path, "there is no such file", "Check the name and the folder") from None
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise BadWorkbook(
            path, f"it cannot be read ({reason})", "Close it elsewhere, or check its permissions"
        ) from None
    if not start.startswith(b"PK"):
        raise BadWorkbook(path, *_what_it_is(start))
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError):
        raise BadWorkbook(
            path, "it is cut off or damaged (its table of contents cannot be read)", "Get a fresh copy of it"
        ) from None


def _ole_refusal(path: Path, data: bytes) -> BadWorkbook:
    """An OLE compound file is an encrypted .xlsx or an old .xls; its directory names streams in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        return BadWorkbook(
            path, "it is protected by a password", "Remove the password in Excel (File, Info), save a copy"
        )
    if any(stream.encode("utf-16-le") + b"\0\0" in data for stream in ("Workbook", "Book")):
        return BadWorkbook(path, "it is an old .xls workbook", "Save it as .xlsx from Excel or LibreOffice")
    return BadWorkbook(path, "it is an old Office file, not an .xlsx", "Save it as .xlsx")


def _what_it_is(start: bytes) -> tuple[str, str]:
    """What a file that is no zip seems to be, and what to do."""
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "the file is empty", "Get a fresh copy of it"
    if not start.strip(b"\0"):
        return "the file holds nothing but zero bytes", "Get a fresh copy of it"
    if head.startswith(b"%pdf"):
        return "it is a PDF", "Give the workbook it was printed from"
    if head.startswith((b"<html", b"<!doctype html", b"<table")):
        return "it is a web page with the name of a workbook", "Open it in Excel and save it as .xlsx"
    if head.startswith(b"<?xml"):
        return "it is an XML file, not an .xlsx", "Open it in Excel and save it as .xlsx"
    if b"\0" not in start:
        return "it is a text file (CSV?), not an .xlsx", "Open it in Excel and save it as .xlsx"
    return "it is not an Excel workbook", "Give an .xlsx or .xlsm file"


def checked_entries(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, when none of them is a trap."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAXIMUM_ENTRIES:
        raise BadWorkbook(path, f"it holds {len(entries):,} parts, more than any workbook", "Do not trust this file")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAXIMUM_BYTES:
        raise BadWorkbook(
            path,
            f"it unpacks to {unpacked / 2**30:,.1f} GB, above the limit of {MAXIMUM_BYTES / 2**30:.0f} GB",
            "Do not trust it; if it is yours, split it",
        )
    if unpacked > BOMB_BYTES and unpacked > BOMB_RATIO * max(packed, 1):
        raise BadWorkbook(
            path,
            f"it unpacks to {unpacked / 2**20:,.0f} MB from {packed / 2**20:,.1f} MB, as a zip bomb does",
            "Do not trust this file",
        )
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise BadWorkbook(path, "it is a zip file with a password", "Unpack it first")
        if folded(entry.filename) in seen:
            raise BadWorkbook(
                path,
                f"it holds the part {entry.filename} twice",
                "Programs disagree on which counts: get a clean copy",
            )
        seen.add(folded(entry.filename))
        found[entry.filename] = entry
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise BadWorkbook(path, f"its part {entry.filename} overlaps another, as in a zip bomb", "Do not trust it")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    return found
