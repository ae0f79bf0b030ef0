"""Cells of a worksheet part spliced with new values and formulas, or written anew."""

from __future__ import annotations

import math
import re

from pycalc.errors import CalcError
from workbook.file.cells import Cell, Value, cells, row_number
from workbook.file.xmlspans import Edit, Element, appended, elements, escaped, tag_end, with_attribute

_NEEDS_ESCAPE = re.compile("[\x00-\x08\x0b\x0c\r\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


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
    if not cell.formula_attributes:
        return formula_as(cell, text)
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
    inner = b"" if text is None else _value_element(cell.prefix, text)
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
) -> bytes:
    """A whole cell, written anew; `insertions` gives it the sheet's namespace prefix."""
    kind, text = stored(value)
    attributes = "".join(f' {name}="{held}"' for name, held in (("s", style), ("t", kind)) if held)
    inner = b"" if formula is None else f"<f{formula_attributes}>{escaped(formula)}</f>".encode()
    if text is not None:
        inner += _value_element("", text)
    tag = f'<c r="{address}"{attributes}'.encode()
    return tag + (b">" + inner + b"</c>" if inner else b"/>")


def insertions(data: bytes, new: dict[tuple[int, int], bytes]) -> list[Edit]:
    """What to splice to add whole cells, by row and column, where the sheet has none.

    Rows the sheet does not hold yet are added. The column-span hint of a row is left as it is: a hint only.
    """
    if not new:
        return []
    sheet_data = elements(data, "sheetData")[0]
    if prefix := sheet_data.prefix.encode():  # a "<" in the text of a cell is escaped
        new = {place: re.sub(rb"<(/?)", rb"<\g<1>" + prefix, cell) for place, cell in new.items()}
    rows: dict[int, Element] = {}
    number = 0
    for element in elements(data, "row"):
        if element.path[-1:] != ("sheetData",):
            continue  # where a drawn control is anchored
        number = row_number(element.attributes, number + 1)
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
            edits.append(appended(data, element, b"".join(new[row, column] for column in columns)))
            continue
        groups: dict[int, bytes] = {}
        for column in columns:
            at = next((start for taken, start in followers[row] if taken > column), element.content_end)
            groups[at] = groups.get(at, b"") + new[row, column]
        edits += [(at, at, inner) for at, inner in groups.items()]
    if sheet_data.closed:
        return [appended(data, sheet_data, b"".join(content for _, content in fresh))]
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
    if text.isascii() and text.isprintable() and "_x" not in text:
        return text
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NEEDS_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
