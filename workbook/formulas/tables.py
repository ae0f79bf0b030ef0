"""Structured references (Table1[[#This Row],[price]]) as plain ones, for an engine that does not know tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbook.file.addresses import column_letters, corners, quoted_sheet
from workbook.file.cells import unescaped_text
from workbook.file.package import Package
from workbook.formulas.parser import parse, parsed, splice

_ITEMS = ("#ALL", "#DATA", "#HEADERS", "#TOTALS", "#THIS ROW")
_SPECIAL = re.compile(r"[\[\]#']")
_ESCAPED = re.compile(r"'(.)", re.DOTALL)


@dataclass(frozen=True)
class Table:
    """A table: where it stands, its columns by name, and how many rows above and below the data."""

    name: str
    sheet: str
    area: tuple[int, int, int, int]
    columns: tuple[str, ...]
    headers: int
    totals: int


def tables_of(package: Package) -> list[Table]:
    """Every table of a workbook."""
    found = []
    for sheet in package.worksheets():
        for part in package.related(sheet.part, "table"):
            table = next(iter(package.elements(part, "table")), None)
            if table is None:
                continue
            attributes = table.attributes
            found.append(
                Table(
                    attributes.get("displayName", attributes.get("name", "")),
                    sheet.name,
                    corners(attributes.get("ref", "")),
                    tuple(
                        unescaped_text(element.attributes.get("name", "")).upper()
                        for element in package.elements(part, "tableColumn")
                    ),
                    package.whole_number("table", attributes, "headerRowCount", 1),
                    package.whole_number("table", attributes, "totalsRowCount", 0),
                )
            )
    return found


def without_tables(text: str, tables: list[Table], sheet: str, row: int, column: int) -> str:
    """A formula with its structured references written as cells, as they read in one cell."""
    if not tables or ("[" not in text and not any(table.name.upper() in text.upper() for table in tables)):
        return text
    if (formula := parsed(text)) is None:
        return text
    edits = []
    for reference in formula.references():
        if reference.kind in ("table", "name"):
            new = _resolved(reference.text, tables, sheet, row, column)
            if new is not None:
                edits.append((reference.start, reference.end, new))
    return splice(text, edits)


def spelled_out(text: str, tables: list[Table], sheet: str, row: int, column: int) -> str:
    """A formula with its this-row references as Excel stores them, Table1[[#This Row],[price]].

    Some writers store [@price] or [[#This Row],price], which Excel reads and other programs do not.
    """
    edits = []
    for reference in parse(text).references():
        if reference.kind == "table" and reference.text.startswith("["):
            table = next((t for t in tables if t.sheet == sheet and _inside(t, row, column)), None)
            items, columns = _parts(reference.text[1:-1], keep_case=True)
            if table is not None and items == ["#THIS ROW"] and columns:
                written = ":".join("[" + _SPECIAL.sub(r"'\g<0>", name) + "]" for name in columns)
                edits.append((reference.start, reference.end, f"{table.name}[[#This Row],{written}]"))
    return splice(text, edits)


def _resolved(text: str, tables: list[Table], sheet: str, row: int, column: int) -> str | None:
    name, bracket, _ = text.partition("[")
    table = next((t for t in tables if t.name.upper() == name.upper()), None) if name else None
    if not name:
        table = next((t for t in tables if t.sheet == sheet and _inside(t, row, column)), None)
    if table is None:
        return None
    items, columns = _parts(text[len(name) + 1 : -1] if bracket else "")
    top, left, bottom, right = table.area
    if columns:
        try:
            places = [table.columns.index(column_name) for column_name in columns]
        except ValueError:
            return "#REF!"
        left, right = left + min(places), left + max(places)
    if "#THIS ROW" in items:
        if not top + table.headers <= row <= bottom - table.totals:
            return "#VALUE!"
        corner = (f"${column_letters(left)}{row}", f"${column_letters(right)}{row}")
    else:
        rows = _rows(items, table)
        if rows is None:
            return "#REF!"
        corner = (f"${column_letters(left)}${rows[0]}", f"${column_letters(right)}${rows[1]}")
    area = corner[0] if corner[0] == corner[1] else ":".join(corner)
    return area if table.sheet == sheet else f"{quoted_sheet(table.sheet)}!{area}"


def _rows(items: list[str], table: Table) -> tuple[int, int] | None:
    """First and last row of the items named: the data when none is."""
    top, _, bottom, _ = table.area
    spans = {"#ALL": (top, bottom), "#DATA": (top + table.headers, bottom - table.totals)}
    if table.headers:
        spans["#HEADERS"] = (top, top)
    if table.totals:
        spans["#TOTALS"] = (bottom, bottom)
    if not spans.keys() >= set(items):
        return None
    firsts, lasts = zip(*(spans[item] for item in items or ["#DATA"]), strict=True)
    return min(firsts), max(lasts)


def _parts(inside: str, keep_case: bool = False) -> tuple[list[str], list[str]]:
    """What stands between the outer brackets, as items (#All, ..) and column names, in capitals unless told."""
    items: list[str] = []
    if inside.startswith("@"):
        items, inside = ["#THIS ROW"], inside[1:]
    columns = []
    for piece in _split(inside):
        piece = piece.strip()
        bare = piece[1:-1] if piece.startswith("[") and piece.endswith("]") else piece
        if bare.upper() in _ITEMS:
            items.append(bare.upper())
        elif bare:
            name = _ESCAPED.sub(r"\1", bare)
            columns.append(name if keep_case else name.upper())
    return items, columns


def _split(text: str) -> list[str]:
    """At commas and colons outside brackets; an apostrophe takes the next character out of play.

    Without any bracket the text is one column name, whatever it holds.
    """
    if "[" not in _ESCAPED.sub("", text):
        return [text]
    pieces, depth, start, at = [], 0, 0, 0
    while at < len(text):
        character = text[at]
        if character == "'":
            at += 1
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
        elif character in ",:" and depth == 0:
            pieces.append(text[start:at])
            start = at + 1
        at += 1
    return [*pieces, text[start:]]


def _inside(table: Table, row: int, column: int) -> bool:
    top, left, bottom, right = table.area
    return top <= row <= bottom and left <= column <= right
