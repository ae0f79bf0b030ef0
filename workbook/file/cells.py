"""The cells of one worksheet part: streamed with their byte spans, and spliced with new values and formulas.

Cells come as different programs write them: with a namespace prefix, without addresses, with rows left out,
with inline strings, shared and array formulas, blanks and error values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.parsers import expat

from pycalc.errors import CODES, CalcError, from_code
from workbook.errors import WorkbookError
from workbook.file.xmlspans import (
    DEEPEST,
    Edit,
    Element,
    TooDeep,
    check_encoding,
    elements,
    escaped,
    let_go,
    tag_end,
    with_attribute,
)

Value = float | str | bool | CalcError | None
"""What a cell shows: a number (dates are serial numbers), text, TRUE or FALSE, an error, None for blank.

Error objects are equal when they show the same error value, so tables of values compare with ==.
"""

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CHUNK = 1 << 16
_ROW_DIGITS = 7
_ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NEEDS_ESCAPE = re.compile("[\x00-\x08\x0b\x0c\r\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ERRORS = {code: from_code(code) for code in CODES}


class BadCell(WorkbookError, ValueError):
    """A cell that no spreadsheet program writes."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"The file is damaged: {what}. Open it in Excel, let it repair, save it.")


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
        raw = self.raw
        if self.type == "inlineStr":
            return raw or ""
        if self.type == "str":
            return unescaped_text(raw or "")
        if raw is None or raw == "":
            return None
        if self.type == "b":
            return raw.strip() in ("1", "true")
        if self.type == "e":
            return _ERRORS.get(raw) or from_code(raw)
        if self.type == "d":
            return _serial(raw)
        try:
            if self.type != "s":
                return float(raw)
            index = int(raw)
        except ValueError:
            shown = repr(raw) if len(raw) <= 40 else repr(raw[:40]) + ".."
            raise BadCell(f"cell {self.address} holds {shown} where a number belongs") from None
        return strings[index] if 0 <= index < len(strings) else ""


def cells(data: bytes) -> Iterator[Cell]:
    """The cells of a worksheet part in document order, in memory only a few at a time."""
    check_encoding(data)
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
                self.row = _row_number(attributes, self.row + 1)
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


def value_edits(data: bytes, cell: Cell, value: Value) -> list[Edit]:
    """What to splice so that the cell's stored value is `value`; its formula and style stay."""
    kind, text = stored(value)
    start, end = cell.span
    end_of_tag = tag_end(data, start)
    tag = data[start:end_of_tag]
    # `vm` points to the details of a linked value or a new kind of error, which the new value is not.
    new_tag = with_attribute(with_attribute(tag, "t", kind), "vm", None)
    element = b"" if text is None else _value_element(cell.prefix, text)
    if tag.endswith(b"/>"):
        if not element:
            return [] if new_tag == tag else [(start, end, new_tag)]
        closing = f"</{cell.prefix}c>".encode()
        return [(start, end, new_tag[:-2].rstrip() + b">" + element + closing)]
    edits = [] if new_tag == tag else [(start, end_of_tag, new_tag)]
    if cell.value_span:
        edits.append((*cell.value_span, element))
    else:
        at = cell.formula_span[1] if cell.formula_span else end_of_tag
        edits.append((at, at, element))
    return edits


def formula_edit(data: bytes, cell: Cell, text: str) -> Edit:
    """What to splice so that the cell's own formula reads `text`; its kind and area stay."""
    assert cell.formula_span is not None
    start, end = cell.formula_span
    tag = data[start : tag_end(data, start)]
    tag = tag.removesuffix(b"/>").removesuffix(b">").rstrip() + b">"
    return start, end, tag + escaped(text).encode() + f"</{cell.prefix}f>".encode()


def formula_as(cell: Cell, text: str, attributes: str = "") -> Edit:
    """What to splice so that the cell has a formula of its own, of another kind than before."""
    assert cell.formula_span is not None
    tag = f"<{cell.prefix}f{attributes}>".encode()
    return (*cell.formula_span, tag + escaped(text).encode() + f"</{cell.prefix}f>".encode())


def constant_edit(data: bytes, cell: Cell, value: Value) -> Edit:
    """What to splice so that the cell holds a value and no formula; its style and what follows stay."""
    kind, text = stored(value)
    inner = b""
    if text is not None:
        inner = _value_element(cell.prefix, text)
    if kind == "str":
        kind = "inlineStr"
        prefix = cell.prefix
        inner = f'<{prefix}is><{prefix}t xml:space="preserve">{escaped(text or "")}</{prefix}t></{prefix}is>'.encode()
    start, end = cell.span
    end_of_tag = tag_end(data, start)
    tag = data[start:end_of_tag]
    for name, held in (("t", kind), ("cm", None), ("vm", None)):
        tag = with_attribute(tag, name, held)
    if tag.endswith(b"/>"):
        tag = tag[:-2].rstrip() + b">"
        rest = f"</{cell.prefix}c>".encode()
    else:
        spans = [span for span in (cell.formula_span, cell.value_span) if span]
        rest = data[max((span[1] for span in spans), default=end_of_tag) : end]
    return start, end, tag + inner + rest


def without_value(cell: Cell) -> list[Edit]:
    """What to splice so that the cell stores no value."""
    return [(*cell.value_span, b"")] if cell.value_span else []


def cell_bytes(
    address: str,
    *,
    formula: str | None = None,
    value: Value = None,
    style: str | None = None,
    formula_attributes: str = "",
    cm: str | None = None,
    prefix: str = "",
) -> bytes:
    """A whole cell, written anew."""
    kind, text = stored(value)
    attributes = "".join(f' {name}="{held}"' for name, held in (("s", style), ("t", kind), ("cm", cm)) if held)
    inner = b""
    if formula is not None:
        inner = f"<{prefix}f{formula_attributes}>{escaped(formula)}</{prefix}f>".encode()
    if text is not None:
        inner += _value_element(prefix, text)
    tag = f'<{prefix}c r="{address}"{attributes}'.encode()
    return tag + (b">" + inner + f"</{prefix}c>".encode() if inner else b"/>")


def insertions(data: bytes, new: dict[tuple[int, int], bytes]) -> list[Edit]:
    """What to splice to add whole cells, by row and column, where the sheet has none.

    Rows the sheet does not hold yet are added. The column-span hint of a row is left as it is: a hint only.
    """
    sheet_data = elements(data, "sheetData")[0]
    rows: dict[int, Element] = {}
    number = 0
    for element in elements(data, "row"):
        number = _row_number(element.attributes, number + 1)
        rows[number] = element
    wanted: dict[int, list[int]] = {}
    for row, column in sorted(new):
        wanted.setdefault(row, []).append(column)
    followers: dict[int, list[tuple[int, int]]] = {row: [] for row in wanted}
    for cell in cells(data):
        if cell.row in followers:
            followers[cell.row].append((cell.column, cell.span[0]))
    edits: list[Edit] = []
    fresh: list[tuple[int, bytes]] = []
    for row, columns in wanted.items():
        if row not in rows:
            inner = b"".join(new[row, column] for column in columns)
            name = f"{sheet_data.prefix}row"
            fresh.append((row, f'<{name} r="{row}">'.encode() + inner + f"</{name}>".encode()))
            continue
        element = rows[row]
        if element.closed:
            tag = data[element.start : element.end - 2].rstrip() + b">"
            inner = b"".join(new[row, column] for column in columns)
            edits.append((element.start, element.end, tag + inner + f"</{element.tag}>".encode()))
            continue
        groups: dict[int, bytes] = {}
        for column in columns:
            at = next((start for taken, start in followers[row] if taken > column), element.content_end)
            groups[at] = groups.get(at, b"") + new[row, column]
        edits += [(at, at, inner) for at, inner in groups.items()]
    if sheet_data.closed:
        if fresh:
            tag = data[sheet_data.start : sheet_data.end - 2].rstrip() + b">"
            inner = b"".join(content for _, content in fresh)
            edits.append((sheet_data.start, sheet_data.end, tag + inner + f"</{sheet_data.tag}>".encode()))
        return edits
    places: dict[int, bytes] = {}
    for row, content in fresh:
        later = [element.start for known, element in rows.items() if known > row]
        at = min(later, default=sheet_data.content_end)
        places[at] = places.get(at, b"") + content
    return edits + [(at, at, content) for at, content in places.items()]


def stored(value: Value) -> tuple[str | None, str | None]:
    """The `t` attribute and the text of <v> for a value; the text is None for a blank."""
    if value is None:
        return None, None
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if isinstance(value, CalcError):
        return "e", value.code
    if isinstance(value, str):
        return "str", cell_text(value)
    number = float(value)
    if not math.isfinite(number):
        return "e", "#NUM!"
    if number == 0:
        return None, "0"  # no minus sign: Excel knows no negative zero
    if number.is_integer() and abs(number) < 1e15:
        return None, str(int(number))
    return None, repr(number)


def _value_element(prefix: str, text: str) -> bytes:
    keep = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<{prefix}v{keep}>{escaped(text)}</{prefix}v>".encode()


def cell_text(text: str) -> str:
    """Cell text in the file's own escape, _x0001_, for characters XML cannot hold."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NEEDS_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


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


def _row_number(attributes: dict[str, str], default: int) -> int:
    """The number a row gives itself, which may be left out."""
    text = attributes.get("r")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _ROW_DIGITS):
        raise BadCell(f'a row says r="{text:.40}", where a whole number belongs')
    return int(text)


def row_and_column(address: str) -> tuple[int, int]:
    """ "B5" as (5, 2)."""
    letters = address.rstrip("0123456789")
    column = _NUMBERS.get(letters)
    if column is None or not 0 < len(address) - len(letters) <= _ROW_DIGITS:
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise BadCell(f"{address[:40]!r} is not a cell address")
        if letters.isalpha():
            _NUMBERS[letters] = column_number(letters)
        return int(match[2]), column_number(match[1])
    return int(address[len(letters) :]), column


def corners(area: str) -> tuple[int, int, int, int]:
    """ "B5:C9" as (5, 2, 9, 3): first row, first column, last row, last column."""
    first, _, last = area.partition(":")
    top, left = row_and_column(first)
    bottom, right = row_and_column(last or first)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def addresses(area: str) -> list[str]:
    """Every cell of an area, row by row."""
    top, left, bottom, right = corners(area)
    return [column_letters(column) + str(row) for row in range(top, bottom + 1) for column in range(left, right + 1)]


def area_of(top: int, left: int, bottom: int, right: int) -> str:
    """(5, 2, 9, 3) as "B5:C9", a single cell as "B5"."""
    first = column_letters(left) + str(top)
    return first if (top, left) == (bottom, right) else f"{first}:{column_letters(right)}{bottom}"


def column_number(letters: str) -> int:
    """ "A" as 1, "XFD" as 16,384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


_LETTERS: dict[int, str] = {}
_NUMBERS: dict[str, int] = {}


def column_letters(number: int) -> str:
    """1 as "A"."""
    known = _LETTERS.get(number)
    if known is None:
        known, left = "", number
        while left:
            left, rest = divmod(left - 1, 26)
            known = chr(65 + rest) + known
        _LETTERS[number] = known
    return known


def _serial(text: str) -> float | str:
    """A date stored in ISO form (t="d") as Excel's serial number."""
    from datetime import datetime

    try:
        when = datetime.fromisoformat(text.replace("Z", ""))
    except ValueError:
        return text
    since = when.replace(tzinfo=None) - datetime(1899, 12, 30)
    return since.days + since.seconds / 86400
