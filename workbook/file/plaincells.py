"""Cells read by a pattern, where a worksheet part is written as the usual programs write one.

Asking the XML parser for every element of a sheet costs five calls from C into Python a cell; a pattern finds a cell
with its formula and value in one step. It knows what Excel, LibreOffice, Google Sheets, openpyxl and XlsxWriter write,
and nothing else: at the first byte it does not expect it stops, and the parser goes on from there, so that what a file
means never depends on which of the two read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol
from xml.parsers import expat

from workbook.file.xmlspans import check_depth

_ATTRIBUTES = rb'(?:\s++[\w:]++="[^"<&]*+")*+'
_OPEN_ROW = rb"<row" + _ATTRIBUTES + rb"\s*+>\s*+"
_EMPTY_ROWS = rb"(?:<row" + _ATTRIBUTES + rb"\s*+(?:/>|>\s*+</row>)\s*+)*+"
NEXT_ROW = rb"</row>\s*+" + _EMPTY_ROWS + _OPEN_ROW
_PLACE = rb'<c r="([A-Z]{1,3}+)([1-9][0-9]{0,6}+)"'
_DETAILS = rb'(?: s="([0-9]++)")?+(?: t="(\w++)")?+(?: cm="([0-9]++)")?+(?: vm="[0-9]++")?+'
_FORMULA = rb"(<f(" + _ATTRIBUTES + rb")(?:/>|>([^<]*+)</f>))"
_VALUE = rb'(<v(?: xml:space="preserve")?>([^<]*+)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*+)</t></is>)'
_CELL = _PLACE + _DETAILS + rb"(?:/>|>(?:" + _FORMULA + rb")?+(?:" + _VALUE + rb")?+</c>)"
_CONSTANT = (
    rb'<c r="[A-Z]{1,3}+[1-9][0-9]{0,6}+"(?: s="[0-9]++")?+(?: t="\w++")?+'
    rb'(?:/>|><v>[^<]*+</v></c>|><is><t(?: xml:space="preserve")?>[^<]*+</t></is></c>)\s*+'
)

_IN_ROW = re.compile(
    rb'\s*+<c r="([A-Z]{1,3}+)([1-9][0-9]{0,6}+)"(?: s="[0-9]++")?+(?: t="(\w++)")?+(?: vm="[0-9]++")?+(?:/>|>(<f'
    + _ATTRIBUTES
    + rb"(?:/>|>[^<]*+</f>))?+"
    + rb'(?:<v(?: xml:space="preserve")?>([^<]*+)</v>|<v ?/>)?+</c>)\s*+'
)
"""A cell of `rows`: column, row, type, formula element, text of its value; no part of a spilled array."""

OTHERS = rb"\s*+(?:" + _CONSTANT + rb")*+"
"""Cells without a formula."""

_FIRST_ROW = re.compile(rb"\s*+" + _EMPTY_ROWS + _OPEN_ROW)
_LAST_ROW = re.compile(rb"\s*+(?:" + NEXT_ROW + rb"|" + _CONSTANT + rb")*+</row>\s*+" + _EMPTY_ROWS)
_AFTER_ROW = re.compile(NEXT_ROW)
_ONE = re.compile(rb"\s*+" + _CELL)
_EVERY = re.compile(rb"\s*+(?:" + NEXT_ROW + rb")*+" + _CELL)
_FORMULAS = re.compile(rb"\s*+(?:" + NEXT_ROW + rb"|" + _CONSTANT + rb")*+" + _CELL)
"""One cell after what may stand before it: rows' tags, and in the second pattern cells without a formula."""

_NAME_AND_VALUE = re.compile(rb'([\w:]++)="([^"]*+)"')
_START = b"<sheetData>"
_END = b"</sheetData>"
_CONTROL = bytes({*range(32)} - {9, 10, 13})
_UNUSUAL = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
"""What XML does not allow, or a pattern should not judge: references to characters."""

_Match = re.Match[bytes]


class Whole(Protocol):
    """What may read a whole line at once: told of each cell that was read by itself, and asked where a line begins."""

    def cell(self, match: _Match, /) -> None: ...
    def line(self, data: bytes, at: int, end: int, /) -> Any: ...


def matches(data: bytes, formulas_only: bool = False, whole: Whole | None = None) -> Iterator[Any]:
    """A match for each cell, or for each with a formula, or what `whole` made of a line of them; then where reading
    stopped, unless at the last row's end."""
    start, end = _span(data)
    at = start
    row = _FIRST_ROW.match(data, start, end)
    if row is not None:
        at = row.end()
        digits = b""
        following = (_FORMULAS if formulas_only else _EVERY).match  # not finditer, which would search on
        while (match := following(data, at, end)) is not None:
            if whole is not None:
                if match[2] != digits:
                    digits = match[2]
                    while (line := whole.line(data, at, end)) is not None:
                        yield line
                        at, match = line.end, None
                    if match is None:
                        continue
                whole.cell(match)
            yield match
            at = match.end()
        last = _LAST_ROW.match(data, at, end)
        if last is not None and last.end() == end:
            return
    yield at


def of_line(data: bytes, start: int, end: int) -> Iterator[_Match]:
    """The cells between two places of one line."""
    while (match := _ONE.match(data, start, end)) is not None:
        yield match
        start = match.end()


def rows(data: bytes) -> Iterator[list[list[bytes | None]] | None]:
    """Of each row with cells, as lists: columns, row numbers, types, formula elements, texts of values.

    A last None says that the part is written otherwise from there on.
    """
    start, end = _span(data)
    row = _FIRST_ROW.match(data, start, end)
    while row is not None:
        last = data.find(b"</row>", row.end(), end)
        pieces = _IN_ROW.split(data[row.end() : last])
        if last < 0 or any(pieces[::6]):
            break
        if len(pieces) > 1:
            yield [pieces[field::6] for field in range(1, 6)]
        row = _AFTER_ROW.match(data, last, end)
        if row is None and _LAST_ROW.match(data, last, end):
            return
    yield None


def _looked_for(data: bytes) -> tuple[int, int]:
    """Where the cells of a part begin and end; an empty span where its text is unusual or what is around it unsound."""
    start, end = data.find(_START) + len(_START), data.rfind(_END)
    unusual = _UNUSUAL[:1] if data.isascii() else _UNUSUAL
    if start < len(_START) or end < start or any(data.find(sign, start, end) >= 0 for sign in unusual):
        return 0, 0
    pieces = (data[at : min(at + _PIECE, end)] for at in range(start, end, _PIECE))  # no second whole part in memory
    if _ENTITY.search(data, start, end) or any(piece != piece.translate(None, _CONTROL) for piece in pieces):
        return 0, 0
    try:
        if not data.isascii():
            data.decode("utf-8")
        check_depth(data[:start] + data[end:])
    except (expat.ExpatError, ValueError):
        return 0, 0
    return start, end


LARGE = 1 << 24
"""Parts above are not held in memory between two readings."""

_SMALL = 1 << 20
_PIECE = 1 << 16
_small_span, large_span = lru_cache(maxsize=32)(_looked_for), lru_cache(maxsize=2)(_looked_for)


def _span(data: bytes) -> tuple[int, int]:
    return (_small_span if len(data) <= _SMALL else large_span if len(data) <= LARGE else _looked_for)(data)


def formula_of(element: bytes) -> tuple[dict[str, str], str]:
    """The attributes and the text of a formula's element."""
    tag, _, rest = element.partition(b">")
    return attributes_of(tag), text_of(rest.removesuffix(b"</f>"))


def text_of(data: bytes) -> str:
    """The text of an element."""
    text = data.decode("utf-8")
    if "\r" in text:  # XML knows one end of a line
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
            text = text.replace(entity, character)
    return text


@lru_cache(maxsize=4_096)  # the cells of a shared formula have the same ones
def attributes_of(data: bytes) -> dict[str, str]:
    """The attributes of a start tag; not to be changed."""
    return {name.decode(): value.decode("utf-8") for name, value in _NAME_AND_VALUE.findall(data)}
