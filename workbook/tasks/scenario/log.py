"""Where an override comes from: a note on its cell, and a line in the workbook's change log."""

from __future__ import annotations

import re

from pycalc.version import VERSION
from workbook.file.addresses import row_and_column
from workbook.file.package import Package
from workbook.file.put import Held, put_values
from workbook.file.titles import find_titles, named_so

LOG_TITLES = ("date", "version", "who", "what changed, and why")
"""Titles of the change log on the sheet Log."""


def remove(package: Package, part: str, addresses: list[str]) -> None:
    """Take the notes off cells, with the boxes they are shown in."""
    gone = set(addresses)
    for texts in package.related(part, "comments"):
        found = [element for element in package.elements(texts, "comment") if element.attributes.get("ref") in gone]
        package.splice(texts, [(element.start, element.end, b"") for element in found])
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


def log(package: Package, day: str, who: str, what: str) -> None:
    """Add a line to the change log, where there is one: the first blank row under its titles."""
    for sheet in sorted(package.worksheets(), key=lambda sheet: sheet.name != "Log"):  # the template's, if it is there
        held = Held(package, sheet)
        found = find_titles(held.shown(), named_so(*LOG_TITLES))
        if found is None:
            continue
        row, columns = found[0] + 1, list(found[1].values())
        while any(held.value((row, column)) not in (None, "") for column in columns):
            row += 1
        texts = dict(zip(((row, column) for column in columns), (day, VERSION, who, what), strict=True))
        put_values(package, sheet, texts, held=held, like=lambda place, held: held.get((place[0] - 1, place[1])))
        return
