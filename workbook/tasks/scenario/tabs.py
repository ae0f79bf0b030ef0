"""A scenario's tab: every column has one from the start; it takes the scenario's name, and gives it back."""

from __future__ import annotations

import re

from workbook.file.addresses import quoted_sheet
from workbook.file.package import Package, Sheet
from workbook.file.xmlspans import attribute_edit, escaped

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST = 31


def tab_name(package: Package, title: str) -> str:
    """A sheet name made from a scenario's title that the workbook does not hold yet."""
    taken = {sheet.name.lower() for sheet in package.sheets()} | {"history"}
    bare = _FORBIDDEN.sub(" ", title)
    bare = " ".join(bare.split()).strip("'") or "Scenario"
    name = bare[:_LONGEST].strip().strip("'")
    number = 2
    while name.lower() in taken:
        suffix = f" ({number})"
        name = bare[: _LONGEST - len(suffix)].strip() + suffix
        number += 1
    return name


def rename(package: Package, sheet: Sheet, name: str) -> None:
    """Give a sheet another name: in the list of sheets, and wherever a formula, a name or a chart says the old one."""
    workbook = package.read(package.workbook_part)
    listed = package.elements(package.workbook_part, "sheet")
    own = (element.start for element in listed if element.attributes.get("name") == sheet.name)
    package.splice(package.workbook_part, [attribute_edit(workbook, start, "name", name) for start in own])
    old = {quoted_sheet(sheet.name) + "!", "'" + sheet.name.replace("'", "''") + "'!"}
    new = quoted_sheet(name) + "!"
    spellings = {form for text in old for form in (escaped(text), escaped(text).replace("'", "&apos;"))}
    pattern = re.compile(
        rb"(?<![A-Za-z0-9_.'])(?:" + b"|".join(re.escape(text.encode()) for text in spellings) + b")", re.I
    )
    for part in package.names:
        if part == package.workbook_part or (
            part.endswith(".xml") and part.startswith(("xl/worksheets/", "xl/charts/"))
        ):
            data = package.read(part)
            changed = pattern.sub(lambda _: escaped(new).encode(), data)
            if changed != data:
                package.replace(part, changed)
