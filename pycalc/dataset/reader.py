"""Lines of a training file, streamed: constant memory whatever the size of the file or of one line.

A file is read in blocks and handed on in batches of whole lines. A byte range of a file can be read by
itself: a line belongs to the range its first byte is in, so the ranges of one file hold every line once.

UTF-16 and UTF-32 are put into UTF-8 on the way, so the rest can still be counted; the audit calls it an
error, because OpenAI takes UTF-8 alone.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pycalc.errors import UserError
from pycalc.files import foreign, marked, no_stream

BLOCK = 1024 * 1024
"""Bytes read at a time."""

LONGEST_LINE = 16 * 1024 * 1024
"""A longer line is reported and left out. 65,536 tokens, the most a trainable model takes in one example,
are about 0.3 MB of English."""


class BadInputError(UserError, ValueError):
    """The input cannot be audited at all; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class OverlongLine:
    """Stands in a batch for a line of more than `LONGEST_LINE` bytes."""

    size: int


@dataclass(frozen=True)
class Source:
    """A file that can be audited."""

    path: str
    size: int
    """Bytes; 0 for a pipe, where nobody knows."""
    encoding: str
    mark: int
    """Length of the byte-order mark."""
    seekable: bool

    @property
    def divisible(self) -> bool:
        """Whether byte ranges of it can be read one by one."""
        return self.seekable and self.encoding == "utf-8"


def open_source(path: str) -> tuple[Source, BinaryIO]:
    """A file, a pipe or `-` for standard input, opened and looked at."""
    if path == "-":
        raw = io.FileIO(0, closefd=False)
    else:
        if refused := no_stream(path):
            raise BadInputError(f"{path}: {refused}")
        try:
            raw = io.FileIO(path)
        except IsADirectoryError:
            raise BadInputError(_directory(path)) from None
        except FileNotFoundError:
            raise BadInputError(f"{path}: no such file. Check the name and the folder") from None
        except OSError as error:
            raise BadInputError(f"{path}: cannot be read: {error.strerror}") from None
    stream = io.BufferedReader(raw, BLOCK)
    try:
        return _look_at(path, stream), stream
    except BaseException:
        stream.close()
        raise


def _look_at(path: str, stream: io.BufferedReader[io.FileIO]) -> Source:
    status = os.fstat(stream.fileno())
    seekable = stat.S_ISREG(status.st_mode)
    start = stream.peek(64)
    if not start:
        raise BadInputError(f"{path}: is empty. It needs one JSON object a line, each with a list of messages")
    what, remedy = foreign(start, "dataset")
    if what:
        raise BadInputError(f"{path}: {what}, not JSON Lines. {remedy}")
    encoding, mark = marked(start)
    if mark and len(start) == mark:
        raise BadInputError(f"{path}: holds a byte-order mark and nothing else. It needs one JSON object a line")
    return Source(path, status.st_size if seekable else 0, encoding or _unmarked(start), mark, seekable)


def _unmarked(start: bytes) -> str:
    """UTF-16 without a mark shows itself by the zero bytes beside its first ASCII characters."""
    if start[:1] == b"\0" and start[1:2] not in (b"\0", b""):
        return "utf-16-be"
    if start[1:2] == b"\0" and start[:1] != b"\0":
        return "utf-16-le"
    return "utf-8"


def _directory(path: str) -> str:
    found = sorted(name for name in os.listdir(path) if name.lower().endswith((".jsonl", ".ndjson")))
    if not found:
        return f"{path}: is a directory, and holds no .jsonl file. Name a file"
    return f"{path}: is a directory. Name one of its files: {', '.join(found[:5])}"


def batches(source: Source, stream: BinaryIO, start: int = 0, end: int | None = None) -> Iterator[list[Any]]:
    """Batches of whole lines as bytes without their newline, each about one block.

    `start` and `end` are byte positions in a divisible file, anywhere within lines.
    """
    if source.encoding != "utf-8":
        stream.read(source.mark)
        texts = codecs.iterdecode(_blocks(stream, None), source.encoding, "replace")
        yield from _split(text.encode("utf-8", "surrogatepass") for text in texts)
        return
    if start == 0 and end is None:
        stream.read(source.mark)
        yield from _split(_blocks(stream, None))
        return
    first = _aligned(stream, start, source) if start else source.mark
    last = source.size if end is None or end >= source.size else _aligned(stream, end, source)
    stream.seek(first)
    yield from _split(_blocks(stream, last - first))


def ranges(source: Source, size: int) -> list[tuple[int, int]]:
    """Byte ranges of about `size` that cover a divisible file."""
    return [(start, min(start + size, source.size)) for start in range(0, source.size, size)]


def _aligned(stream: BinaryIO, position: int, source: Source) -> int:
    """Start of the first line that begins at or after a position."""
    stream.seek(position - 1)
    at = position - 1
    while block := stream.read(64 * 1024):
        newline = block.find(b"\n")
        if newline >= 0:
            return at + newline + 1
        at += len(block)
    return source.size


def _blocks(stream: BinaryIO, left: int | None) -> Iterator[bytes]:
    """The next `left` bytes, or those to the end."""
    while block := stream.read(BLOCK if left is None else min(BLOCK, left)):
        yield block
        left = None if left is None else left - len(block)


def _split(blocks: Iterable[bytes]) -> Iterator[list[Any]]:
    """Batches of lines."""
    begun: list[bytes] = []  # pieces of the line that the last block left unfinished
    begun_size = 0
    for block in blocks:
        lines: list[Any] = block.split(b"\n")
        if len(lines) == 1:  # no newline in this block
            if begun_size <= LONGEST_LINE:
                begun.append(block)
            begun_size += len(block)
            if begun_size > LONGEST_LINE:
                begun.clear()
            continue
        lines[0] = _joined(begun, begun_size, lines[0])
        begun_size = len(lines[-1])
        begun = [lines.pop()]
        yield lines
    if begun_size:
        yield [_joined(begun, begun_size, b"")]


def _joined(begun: list[bytes], begun_size: int, rest: bytes) -> bytes | OverlongLine:
    size = begun_size + len(rest)
    return OverlongLine(size) if size > LONGEST_LINE else b"".join([*begun, rest])
