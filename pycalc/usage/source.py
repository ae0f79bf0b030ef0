"""A file as it lies there: its kind, its columns, and blocks of whole rows."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from pycalc.files import foreign, marked, no_file
from pycalc.usage import UsageError
from pycalc.usage.library import pl

BLOCK = 8 * 1024 * 1024
"""Bytes parsed at a time: big enough that the parsing outweighs the call, small enough for two of them in memory."""

LONGEST_ROW = 64 * 1024 * 1024

LARGEST_DOCUMENT = 256 * 1024 * 1024
"""Characters of JSON that is no table: all of it is held at once, at several times its size."""

_HEAD = 256 * 1024
"""Bytes looked at to tell what a file is."""

_SAMPLE = 200
"""Lines of JSON looked at for their keys."""


@contextmanager
def whole(path: str) -> Iterator[None]:
    """Name a packed file that ends too early or was damaged on the way."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UsageError(f"{path}: is cut off or damaged, it cannot be unpacked. Get it again") from None
    except Exception as problem:
        if not type(problem).__module__.startswith("polars"):
            raise
        raise UsageError(f"{path}: is damaged, or no UTF-8 text. Export it again") from None


@dataclass(frozen=True)
class Source:
    """One export on disk."""

    path: str
    kind: str
    """csv, jsonl, parquet, or document (JSON that is not a table)."""
    size: int
    columns: tuple[str, ...] = ()
    """Names of a table's columns; of JSON, paths of keys with slashes."""
    separator: str = ","
    start: int = 0
    """Where the rows begin, after the header and a byte-order mark."""
    document: str = ""
    packed: bool = False

    @property
    def divisible(self) -> bool:
        """Whether a part of it can be read by itself."""
        return self.kind in ("csv", "jsonl") and not self.packed

    def open(self) -> BinaryIO:
        return gzip.open(self.path, "rb") if self.packed else open(self.path, "rb")  # type: ignore[return-value]


def look_at(path: str) -> Source:
    """What the file is, from its first bytes."""
    if refused := no_file(path):
        raise UsageError(f"{path}: {refused}")
    try:
        size = os.path.getsize(path)
        with open(path, "rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else open(path, "rb") as stream:
            head = stream.read(_HEAD)
    except IsADirectoryError:
        raise UsageError(f"{path}: is a folder. Name the files in it") from None
    except (OSError, EOFError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    what, remedy = foreign(head, "usage")
    if what:
        raise UsageError(f"{path}: {what}. {remedy}")
    if head.startswith(b"PAR1"):
        schema = pl.read_parquet_schema(path)
        return Source(path, "parquet", size, tuple(paths(_objects(schema))))
    _, start = marked(head)
    text = head[start:]
    if not text.strip():
        raise UsageError(f"{path}: is empty. Export it again")
    if text.lstrip()[:1] in (b"{", b"["):
        return _json(path, size, text, start, packed)
    return _csv(path, size, text, start, packed)


def _csv(path: str, size: int, head: bytes, start: int, packed: bool) -> Source:
    line = head.split(b"\n", 1)[0]
    if line.count(b'"') % 2:
        raise UsageError(f"{path}: its first line does not end within a quoted name. Put the titles on one line")
    try:
        text = line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is no UTF-8 text. Save it as CSV UTF-8") from None
    separator = max(",;\t|", key=text.count)
    columns = next(csv.reader([text], delimiter=separator), [])
    if len(columns) < 2 or len(set(columns)) < len(columns):
        what = "has two columns of one name" if len(columns) > 1 else "is no table with titles in its first line"
        raise UsageError(f"{path}: {what}. Export it as CSV, JSON lines or Parquet")
    return Source(path, "csv", size, tuple(columns), separator, start + len(line) + 1, packed=packed)


def _json(path: str, size: int, head: bytes, start: int, packed: bool) -> Source:
    lines = [line for line in head.splitlines()[:_SAMPLE] if line.strip()]
    rows: list[dict[str, Any]] = []
    with suppress(ValueError, RecursionError):
        rows = [json.loads(line) for line in (lines if len(head) < _HEAD or len(lines) < 2 else lines[:-1])]
    if not rows or not all(isinstance(row, dict) and not _nests(row) for row in rows):
        return Source(path, "document", size, start=start, packed=packed)
    keys = dict.fromkeys(key for row in rows for key in paths(row))
    return Source(path, "jsonl", size, tuple(keys), start=start, packed=packed)


def _nests(row: dict[str, Any]) -> bool:
    """Whether a JSON object holds rows, instead of being one."""
    return (
        "resourceSpans" in row
        or isinstance(row.get("attributes"), list)
        or isinstance(row.get("results"), list)
        or (isinstance(row.get("data"), list) and not any(key in row for key in ("model", "usage")))
    )


def paths(row: dict[str, Any], before: str = "", depth: int = 4) -> Iterator[str]:
    """The keys of an object and of the objects in it, as `usage_details/input`."""
    for key, value in row.items():
        yield f"{before}{key}"
        if isinstance(value, dict) and depth:
            yield from paths(value, f"{before}{key}/", depth - 1)


def _objects(schema: Any) -> dict[str, Any]:
    """The columns of a Parquet file, those of structs as objects."""
    struct = pl.Struct
    return {name: _objects(kind.to_schema()) if isinstance(kind, struct) else None for name, kind in schema.items()}


def blocks(
    source: Source, start: int | None = None, end: int | None = None
) -> Iterator[tuple[bytes | memoryview, ...]]:
    """Whole rows as bytes to be joined: from a byte range that begins and ends with rows, or from all of a file."""
    with source.open() as stream:
        stream.seek(source.start if start is None else start)
        left = None if end is None else end - stream.tell()
        rest = b""
        while left is None or left > 0:
            piece = stream.read(BLOCK if left is None else min(BLOCK, left))
            if not piece:
                break
            if left is not None:
                left -= len(piece)
            cut = _last_row_end(source, rest, piece)
            if not cut:
                rest += piece
                if len(rest) > LONGEST_ROW:
                    raise UsageError(f"{source.path}: a row is longer than {LONGEST_ROW >> 20} MB. Is it a table?")
                continue
            yield rest, memoryview(piece)[:cut]
            rest = piece[cut:]
        if rest:
            if source.kind == "csv" and _breaks_off(source, rest):
                raise UsageError(f"{source.path}: breaks off within its last row. Export it again, or delete that row")
            yield (rest,)


def _breaks_off(source: Source, row: bytes) -> bool:
    """Whether a row that no line end follows ends before the columns that others have, or within a quoted text."""
    separator = source.separator.encode()
    bare, open_text = _bare(row.strip(), separator)
    if open_text or not bare or b"\n" in bare or bare.count(separator) >= len(source.columns) - 1:
        return open_text
    with source.open() as stream:
        stream.seek(source.start)
        first = _bare(stream.read(_HEAD), separator)[0].split(b"\n")[:-1]
    fewest = min((line.count(separator) for line in first if line.strip()), default=len(source.columns))
    return bare.count(separator) < fewest


def _bare(rows: bytes, separator: bytes) -> tuple[bytes, bool]:
    """Rows without their quoted texts, as far as these are closed, and whether the last one is not."""
    begin = rb'(?m)(^|%b)"' % re.escape(separator)
    bare = re.sub(begin + rb'(?:[^"]|"")*"', rb"\1", rows)
    within = re.search(begin, bare)
    return (bare[: within.start()], True) if within else (bare, False)


def _last_row_end(source: Source, rest: bytes, piece: bytes) -> int:
    """Bytes of the piece up to the end of its last whole row; a line end within quotes ends no row."""
    cut = piece.rfind(b"\n") + 1
    if source.kind != "csv" or not cut or (b'"' not in rest and piece.find(b'"', 0, cut) < 0):
        return cut
    odd = (rest.count(b'"') + piece.count(b'"', 0, cut)) % 2
    while cut and odd:
        before = piece.rfind(b"\n", 0, cut - 1) + 1
        odd = (odd + piece.count(b'"', before, cut)) % 2
        cut = before
    return cut


def ranges(source: Source, size: int) -> list[tuple[int, int]]:
    """Byte ranges of about `size` bytes that begin and end with rows."""
    if source.kind == "csv":
        return _csv_ranges(source, size)
    found, at = [], source.start
    with source.open() as stream:
        while at < source.size:
            stream.seek(min(at + size, source.size))
            stream.readline()
            end = min(stream.tell(), source.size)
            found.append((at, end))
            at = end
    return found


def _csv_ranges(source: Source, size: int) -> list[tuple[int, int]]:
    found, at, quotes, begun = [], source.start, 0, source.start
    with source.open() as stream:
        stream.seek(at)
        while at < source.size:
            piece = stream.read(min(BLOCK, begun + size - at)) if at < begun + size else stream.readline()
            if not piece:
                break
            quotes += piece.count(b'"')
            at += len(piece)
            if at >= begun + size and piece.endswith(b"\n") and quotes % 2 == 0:
                found.append((begun, at))
                begun = at
    if begun < source.size:
        found.append((begun, source.size))
    return found


def documents(source: Source) -> Iterator[Any]:
    """The JSON values of a file: one a line, or one in all."""
    with source.open() as stream:
        stream.seek(source.start)
        text = io.TextIOWrapper(stream, encoding="utf-8")
        try:
            first = text.readline(LARGEST_DOCUMENT)
            try:
                yield json.loads(first)
            except (ValueError, RecursionError):
                rest = text.read(LARGEST_DOCUMENT)
                if len(rest) == LARGEST_DOCUMENT:
                    raise UsageError(
                        f"{source.path}: is one JSON document of more than {LARGEST_DOCUMENT >> 20} MB, and all of it "
                        "has to be held. Export a shorter period at a time, or JSON lines"
                    ) from None
                yield json.loads(first + rest)
                return
            for number, line in enumerate(text, 2):
                if line.strip():
                    try:
                        yield json.loads(line)
                    except (ValueError, RecursionError):
                        raise UsageError(f"{source.path}: line {number} is no JSON. Export it again") from None
        except UnicodeDecodeError:
            raise UsageError(f"{source.path}: is no UTF-8 text. Save it as UTF-8") from None
        except (ValueError, RecursionError) as error:
            where = getattr(error, "lineno", 1)
            raise UsageError(f"{source.path}: is no JSON (line {where}). Export it again") from None
