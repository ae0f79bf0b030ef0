"""What a file is before anything is read from it: an Excel workbook, something else, damaged, or a trap."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from pycalc.files import NO_FILE, REMEDY, no_file
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
_END_BYTES = 22
_ZIP64 = 45
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


State = tuple[int, ...]
"""What of a file changes when its content does: which file it is, its size, when it was written."""

_states: ContextVar[dict[str, State] | None] = ContextVar("states", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Every file read in the block is read in one state, however often it is opened; `BadWorkbook` otherwise.

    Somebody may save the workbook while a command reads it: a result made of two versions would be wrong.
    """
    if _states.get() is not None:  # part of a larger operation
        yield
        check_steady()
        return
    token = _states.set({})
    try:
        yield
        check_steady()
    finally:
        _states.reset(token)


def watch(path: str | os.PathLike[str]) -> None:
    """Have a file that others open read in its present state; a pipe has none."""
    with suppress(OSError):
        found = os.stat(path)
        known = _states.get()
        if known is not None and stat.S_ISREG(found.st_mode):
            known.setdefault(os.path.abspath(path), _state(found))


def check_steady() -> None:
    """Refuse if a file read in this operation is another one by now; before a result takes its name."""
    for path, state in (_states.get() or {}).items():
        try:
            now = _state(os.stat(path))
        except OSError:  # gone: what was read of it was read
            continue
        if now != state:
            raise changed_meanwhile(path)


def files_read() -> list[str]:
    """The files this operation has read so far."""
    return list(_states.get() or ())


def forget_state(path: str | os.PathLike[str]) -> None:
    """A file this operation itself has written may change in it."""
    (_states.get() or {}).pop(os.path.abspath(path), None)


def read_in_one_state(path: str | os.PathLike[str], handle: int) -> State:
    """Note the state of a file just opened; `BadWorkbook` if it was opened in another state before."""
    state = state_of(handle)
    known = _states.get()
    if known is not None and known.setdefault(os.path.abspath(path), state) != state:
        raise changed_meanwhile(path)
    return state


def beginning(path: str, size: int, refusal: type[Exception]) -> bytes:
    """The first bytes of a file that is no workbook yet; `refusal` where it cannot be read."""
    if refused := no_file(path):
        raise refusal(f"{path}: {refused}")
    try:
        with open(path, "rb") as stream:
            read_in_one_state(path, stream.fileno())
            return stream.read(size)
    except OSError as error:
        raise refusal(f"{path}: cannot be read: {error.strerror}") from None


def changed_meanwhile(path: str | os.PathLike[str]) -> BadWorkbook:
    return BadWorkbook(path, "it changed while it was being read", "Try again when nothing else writes to it")


def state_of(handle: int) -> State:
    """The state of an open file."""
    return _state(os.fstat(handle))


def _state(found: os.stat_result) -> State:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def open_zip(path: Path) -> tuple[zipfile.ZipFile, BinaryIO]:
    """A file as a zip, and the one handle everything is read through."""
    stream, start = _opened(path)
    try:
        if not start.startswith(b"PK"):
            raise BadWorkbook(path, *_what_it_is(start))
        try:
            return zipfile.ZipFile(stream), stream
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, IndexError):
            raise BadWorkbook(
                path, "it is cut off or damaged (its table of contents cannot be read)", "Get a fresh copy of it"
            ) from None
    except BaseException:
        stream.close()
        raise


def _opened(path: Path) -> tuple[BinaryIO, bytes]:
    """The open file and how it begins, when it is a file that may be a workbook."""
    try:
        if no_file(path):
            raise BadWorkbook(path, f"this {NO_FILE}", REMEDY)
        stream = open(path, "rb")  # noqa: SIM115 - the caller closes it
        try:
            start = stream.read(4096)
            if start.startswith(_OLE):
                raise _ole_refusal(path, start + stream.read(_FIRST_STREAM_NAMES))
            return stream, start
        except BaseException:
            stream.close()
            raise
    except IsADirectoryError:
        raise BadWorkbook(path, "this is a folder", "Give the workbook itself") from None
    except FileNotFoundError:
        raise BadWorkbook(path, "there is no such file", "Check the name and the folder") from None
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise BadWorkbook(
            path, f"it cannot be read ({reason})", "Close it elsewhere, or check its permissions"
        ) from None
    except ValueError:  # a null character in the name
        raise BadWorkbook(repr(str(path)), "no file can have this name", "Check the name") from None


def is_unusual(archive: zipfile.ZipFile, stream: BinaryIO) -> bool:
    """Whether a zip has 64-bit records, bytes before or behind it, or a comment, which some readers refuse."""
    stream.seek(-_END_BYTES, os.SEEK_END)
    end = stream.read(_END_BYTES)
    first = min((entry.header_offset for entry in archive.infolist()), default=0)
    wide = any(entry.extract_version >= _ZIP64 for entry in archive.infolist())
    count, size, start = struct.unpack("<H2I", end[10:20])
    whole = start + size + _END_BYTES == stream.seek(0, os.SEEK_END)
    return wide or first > 0 or not whole or not end.startswith(b"PK\5\6") or count != len(archive.infolist())


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
    if any(not entry.filename for entry in archive.infolist()):
        raise BadWorkbook(path, "it holds a part without a name", "Do not trust this file; get a clean copy")
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
