"""The cells of one worksheet part: streamed with their byte spans, and spliced with new values and formulas.

Cells come as different programs write them: with a namespace prefix, without addresses, with rows left out,
with inline strings, shared and array formulas, blanks and error values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.parsers import expat

from pycalc.errors import CODES, CalcError, from_code
from workbook.errors import BadCell
from workbook.file import plaincells
from workbook.file.addresses import ROW_DIGITS, column_letters, column_number, row_and_column
from workbook.file.plaincells import text_of
from workbook.file.xmlspans import (
    DEEPEST,
    TooDeep,
    check_encoding,
    elements,
    let_go,
    tag_end,
)

Value = float | str | bool | CalcError | None
"""What a cell shows: a number (dates are serial numbers), text, TRUE or FALSE, an error, None for blank.

Error objects are equal when they show the same error value, so tables of values compare with ==.
"""


_CHUNK = 1 << 16
_ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ERRORS = {code: from_code(code) for code in CODES}


class Cell:
    """One cell: where it is, what it holds, and the byte spans of its parts.

    `formula` is the text of its own <f> element, "" for the child of a shared formula, None without <f>.
    `span` is the whole element, `formula_span` and `value_span` the whole <f> and the whole <v> or <is>
    element, None where there is none.
    """

    __slots__ = (
        "cm",
        "column",
        "formula",
        "formula_attributes",
        "formula_span",
        "match",
        "prefix",
        "raw",
        "row",
        "span",
        "style",
        "type",
        "value_span",
    )

    def __init__(self, row: int, column: int, attributes: dict[str, str], prefix: str) -> None:
        self.row = row
        self.column = column
        self.match: re.Match[bytes] | None = None
        self.style = attributes.get("s")
        self.type = attributes.get("t", "n")
        self.cm = attributes.get("cm")
        self.prefix = prefix
        self.formula: str | None = None
        self.formula_attributes: dict[str, str] = {}
        self.formula_span: tuple[int, int] | None = None
        self.raw: str | None = None
        self.value_span: tuple[int, int] | None = None
        self.span = (0, 0)

    def __getattr__(self, name: str) -> Any:
        """What a cell found by a pattern has not yet taken from its match."""
        if name not in ("span", "formula_span", "value_span", "cm"):
            raise AttributeError(name)
        match = self.match
        assert match is not None
        self.span = match.start(1) - len(b'<c r="'), match.end()
        self.formula_span = match.span(6) if match[6] is not None else None
        self.value_span = match.span(9) if match[9] is not None else None
        self.cm = None if match[5] is None else match[5].decode()
        return getattr(self, name)

    @property
    def address(self) -> str:
        """Such as "B5"."""
        return column_letters(self.column) + str(self.row)

    @property
    def kind(self) -> str:
        """The kind of formula: "normal", "shared", "array", "dataTable"; "" without one."""
        return "" if self.formula is None else self.formula_attributes.get("t", "normal")

    @property
    def area(self) -> str:
        """The cells an array formula or the master of a shared formula covers; "" otherwise."""
        return self.formula_attributes.get("ref", "")

    def value(self, strings: list[str]) -> Value:
        """What the cell shows by its stored value; `strings` are the workbook's shared strings."""
        try:
            return shown(self.type, self.raw, strings)
        except ValueError:
            raw = self.raw or ""
            text = repr(raw) if len(raw) <= 40 else repr(raw[:40]) + ".."
            raise BadCell(f"cell {self.address} holds {text} where a number belongs") from None


def shown(kind: str, raw: str | None, strings: list[str]) -> Value:
    """What a cell shows by its type and the text of its value. Raises `ValueError` where that is no number."""
    if kind in ("str", "inlineStr"):
        return unescaped_text(raw or "")
    if raw is None or raw == "":
        return None
    if kind == "b":
        return raw.strip() in ("1", "true")
    if kind == "e":
        return _ERRORS.get(raw) or from_code(raw)
    if kind == "d":
        return _serial(raw)
    if kind != "s":
        return float(raw)
    index = int(raw)
    return strings[index] if 0 <= index < len(strings) else ""


def cells(data: bytes, formulas_only: bool = False, whole: plaincells.Whole | None = None) -> Iterator[Any]:
    """The cells of a worksheet part in document order, or those with a formula, in memory only a few at a time; of
    lines that `whole` reads what it makes of them."""
    check_encoding(data)
    for match in plaincells.matches(data, formulas_only, whole):
        if isinstance(match, re.Match):
            cell = cell_of(match)
            if cell.formula is not None or not formulas_only:
                yield cell
        elif isinstance(match, int):
            found = (cell for cell in _parsed(data) if cell.span[0] >= match)
            yield from (cell for cell in found if cell.formula is not None) if formulas_only else found
        else:
            yield match


def contents(data: bytes, strings: list[str]) -> Iterator[tuple[int, int, str, Value]]:
    """Row, column, kind of formula ("" without one) and value of each cell: as `cells` gives them, in half the time."""
    check_encoding(data)
    given = 0
    for row in plaincells.rows(data):
        try:
            found = _contents(row, strings) if row is not None else None
        except ValueError:
            found = None  # `cells` says where
        if found is None:
            break
        yield from found
        given += len(found)
    else:
        return
    for cell in islice(cells(data), given, None):
        yield cell.row, cell.column, cell.kind, cell.value(strings)


def _contents(row: list[list[bytes | None]], strings: list[str]) -> list[tuple[int, int, str, Value]]:
    found = []
    for letters, digits, kind, element, raw in zip(*row, strict=True):
        column = _COLUMNS.get(letters or b"") or _column(letters or b"")
        value = shown("n" if kind is None else word(kind), None if raw is None else text_of(raw), strings)
        found.append((int(digits or b""), column, _kind(element) if element else "", value))
    return found


def _kind(element: bytes) -> str:
    plain = element.startswith(b"<f>")
    return "normal" if plain else plaincells.attributes_of(element.partition(b">")[0]).get("t", "normal")


def cell_of(match: re.Match[bytes]) -> Cell:
    """The cell a pattern found; its spans are taken from the match when they are asked for."""
    cell = Cell.__new__(Cell)
    letters, digits, style, kind, _, formula, attributes, text, value, raw, inline = match.groups()
    cell.match = match
    cell.row = int(digits)
    cell.column = _COLUMNS.get(letters) or _column(letters)
    cell.style = None if style is None else _WORDS.get(style) or word(style)
    cell.type = (_WORDS.get(kind) or word(kind)) if kind else "n"
    cell.prefix = ""
    cell.formula = None if formula is None else text_of(text) if text else ""
    cell.formula_attributes = plaincells.attributes_of(attributes) if attributes else _NO_ATTRIBUTES
    plain = raw and b"&" not in raw and b"\r" not in raw
    cell.raw = None if value is None else raw.decode() if plain else text_of(raw or inline or b"")
    return cell


_COLUMNS: dict[bytes, int] = {}
_WORDS: dict[bytes, str] = {}
_NO_ATTRIBUTES: dict[str, str] = {}


def _column(letters: bytes) -> int:
    return _COLUMNS.setdefault(letters, column_number(letters.decode()))


def word(data: bytes) -> str:
    """A word that cells have in common, as text: the number of a style, a type."""
    return _WORDS.get(data) or _WORDS.setdefault(data, data.decode())


def _parsed(data: bytes) -> Iterator[Cell]:
    """The cells as the XML parser finds them, however they are written."""
    reader = _Reader(data)
    try:
        for at in range(0, len(data), _CHUNK):
            reader.parser.Parse(data[at : at + _CHUNK], False)
            yield from reader.take()
        reader.parser.Parse(b"", True)
        yield from reader.take()
    finally:
        let_go(reader.parser)


class _Reader:
    """The expat callbacks behind `cells`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.ready: list[Cell] = []
        self.cell: Cell | None = None
        self.in_data = False
        self.depth = 0
        self.row = 0
        self.column = 0
        self.inner_start = 0
        self.collecting: list[str] | None = None
        self.phonetic = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def take(self) -> list[Cell]:
        ready, self.ready = self.ready, []
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        prefix, _, name = tag.rpartition(":")
        if not self.in_data:
            self.in_data = name == "sheetData"
            return
        cell = self.cell
        if cell is None:
            if name == "c":
                self.open_cell(attributes, prefix)
            elif name == "row":
                self.row = row_number(attributes, self.row + 1)
                self.column = 0
        elif name == "f":
            cell.formula_attributes = attributes
            self.inner_start = self.parser.CurrentByteIndex
            self.collecting = []
        elif name == "v":
            self.inner_start = self.parser.CurrentByteIndex
            self.collecting = []
        elif name == "is":
            self.inner_start = self.parser.CurrentByteIndex
            cell.raw = ""
        elif name == "t" and not self.phonetic:
            self.collecting = []
        elif name == "rPh":
            self.phonetic = True

    def open_cell(self, attributes: dict[str, str], prefix: str) -> None:
        address = attributes.get("r")
        if address:
            self.row, self.column = row_and_column(address)
        else:
            self.column += 1
        self.cell = cell = Cell(self.row, self.column, attributes, prefix + ":" if prefix else "")
        start = self.parser.CurrentByteIndex
        cell.span = (start, start)

    def end(self, tag: str) -> None:
        self.depth -= 1
        if not self.in_data:
            return
        name = tag.rpartition(":")[2]
        cell = self.cell
        if cell is None:
            if name == "sheetData":
                self.in_data = False
            return
        if name == "c":
            cell.span = (cell.span[0], self.element_end(cell.span[0]))
            self.ready.append(cell)
            self.cell = None
        elif name == "f":
            cell.formula = self.collected()
            cell.formula_span = (self.inner_start, self.element_end(self.inner_start))
        elif name == "v":
            cell.raw = self.collected()
            cell.value_span = (self.inner_start, self.element_end(self.inner_start))
        elif name == "is":
            cell.value_span = (self.inner_start, self.element_end(self.inner_start))
        elif name == "t" and self.collecting is not None:
            cell.raw = (cell.raw or "") + self.collected()
        elif name == "rPh":
            self.phonetic = False

    def text(self, characters: str) -> None:
        if self.collecting is not None:
            self.collecting.append(characters)

    def collected(self) -> str:
        text = "".join(self.collecting or ())
        self.collecting = None
        return text

    def element_end(self, start: int) -> int:
        """The end of the element that began at `start`; for <v/> the parser is behind it, not at an end tag."""
        index = self.parser.CurrentByteIndex
        if self.data[index - 2 : index] == b"/>" and tag_end(self.data, start) == index:
            return index
        return self.data.index(b">", index) + 1


def unescaped_text(text: str) -> str:
    """Cell text read back from that escape."""
    if "_x" not in text:
        return text
    return _ESCAPED_CHARACTER.sub(lambda match: chr(int(match[1], 16)), text)


def shared_strings(data: bytes) -> list[str]:
    """The texts of a sharedStrings part, rich text joined, phonetic guides left out."""
    found: list[str] = []
    for element in elements(data, "si", "t"):
        if element.name == "si":
            found.append("")
        elif "si" in element.path and "rPh" not in element.path:
            found[-1] += unescaped_text(element.text)
    return found


def row_number(attributes: dict[str, str], default: int) -> int:
    """The number a row gives itself, which may be left out."""
    text = attributes.get("r")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= ROW_DIGITS):
        raise BadCell(f'a row says r="{text:.40}", where a whole number belongs')
    return int(text)


def _serial(text: str) -> float | str:
    """A date stored in ISO form (t="d") as Excel's serial number."""
    from datetime import datetime

    try:
        when = datetime.fromisoformat(text.replace("Z", ""))
    except ValueError:
        return text
    since = when.replace(tzinfo=None) - datetime(1899, 12, 30)
    return since.days + since.seconds / 86400
