"""Where an override comes from: a note on its cell, and a line in the workbook's change log."""

from __future__ import annotations

import re

from workbook.file.addresses import column_letters, row_and_column
from workbook.file.cells import Value
from workbook.file.edits import cell_bytes, constant_edit, insertions
from workbook.file.notes import add_notes
from workbook.file.package import Package
from workbook.file.xmlspans import Edit, spliced

LOG_TITLES = ("date", "version", "who", "what changed, and why")
"""Titles of the change log on the sheet Log."""


def add(package: Package, part: str, texts: dict[str, str]) -> list[str]:
    """Notes on cells; returns the cells that could get none."""
    return add_notes(package, part, texts)


def remove(package: Package, part: str, addresses: list[str]) -> None:
    """Take the notes off cells, with the boxes they are shown in."""
    gone = set(addresses)
    for texts in package.related(part, "comments"):
        found = [element for element in package.elements(texts, "comment") if element.attributes.get("ref") in gone]
        edits: list[Edit] = [(element.start, element.end, b"") for element in found]
        if edits:
            package.replace(texts, spliced(package.read(texts), edits))
    places = {row_and_column(address) for address in addresses}
    for drawing in package.related(part, "vmlDrawing"):
        data = package.read(drawing)

        def kept(match: re.Match[bytes]) -> bytes:
            row = re.search(rb"<x:Row>\s*(\d{1,9})", match[0])
            column = re.search(rb"<x:Column>\s*(\d{1,9})", match[0])
            if row is None or column is None or b'ObjectType="Note"' not in match[0]:
                return match[0]
            return b"" if (int(row[1]) + 1, int(column[1]) + 1) in places else match[0]

        new = re.sub(rb"<v:shape\b.*?</v:shape>", kept, data, flags=re.DOTALL)
        if new != data:
            package.replace(drawing, new)


def log(package: Package, day: str, version: str, who: str, what: str) -> bool:
    """Add a line to the change log: the first blank row under its titles. False where there is no such table."""
    strings = package.strings()
    for sheet in package.worksheets():
        held = {(cell.row, cell.column): cell for cell in package.cells(sheet.part)}
        values = {place: cell.value(strings) for place, cell in held.items()}
        titles = _titles(values)
        if titles is None:
            continue
        top, columns = titles
        row = top + 1
        while any(values.get((row, column)) not in (None, "") for column in columns):
            row += 1
        data = package.read(sheet.part)
        edits: list[Edit] = []
        new: dict[tuple[int, int], bytes] = {}
        for column, text in zip(columns, (day, version, who, what), strict=True):
            cell = held.get((row, column))
            if cell is None:
                above = held.get((row - 1, column))
                style = above.style if above else None
                new[row, column] = cell_bytes(f"{column_letters(column)}{row}", value=text, style=style)
            else:
                edits.append(constant_edit(data, cell, text))
        edits += insertions(data, new) if new else []
        package.replace(sheet.part, spliced(data, edits))
        return True
    return False


def _titles(values: dict[tuple[int, int], Value]) -> tuple[int, list[int]] | None:
    rows: dict[int, dict[str, int]] = {}
    for (row, column), value in values.items():
        if isinstance(value, str):
            rows.setdefault(row, {})[value.strip().lower()] = column
    for row, titles in rows.items():
        if all(title in titles for title in LOG_TITLES):
            return row, [titles[title] for title in LOG_TITLES]
    return None
