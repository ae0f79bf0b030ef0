"""Sheets put into a workbook and taken out: the part, and every line that knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workbook.file.package import Package, Sheet
from workbook.file.xmlspans import Edit, attribute_edit, with_attribute


def free_name(package: Package, name: str) -> str:
    """The sheet name itself, or "Risk 2" and so on where there is one."""
    taken = {sheet.name.upper() for sheet in package.sheets()}
    free, number = name, 1
    while free.upper() in taken:
        number += 1
        free = f"{name} {number}"
    return free


def free_part(package: Package, pattern: str) -> str:
    number = 1
    while pattern.format(number) in package:
        number += 1
    return pattern.format(number)


def add_sheet(package: Package, name: str, data: bytes | Iterable[bytes]) -> str:
    """Add a worksheet behind the last, and return its part; in pieces: see `Parts.add`."""
    listed = package.elements(package.workbook_part, "sheet")
    part = free_part(package, "xl/worksheets/sheet{}.xml")
    package.add(part, data, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml")
    kind = next(r.type for r in package.relationships(package.workbook_part) if r.kind == "worksheet")
    relationship = package.relate(package.workbook_part, kind, part)
    identifier = max(package.whole_number("sheet", sheet.attributes, "sheetId", 0) for sheet in listed) + 1
    before = listed[-1]
    attribute = next(key for key in before.attributes if key.endswith(":id"))
    workbook = package.read(package.workbook_part)
    # Made from its neighbour: some programs (openpyxl) declare the namespace of the relationship on each element.
    line = workbook[before.start : before.end]
    for key, value in (("name", name), ("sheetId", str(identifier)), (attribute, relationship), ("state", None)):
        line = with_attribute(line, key, value)
    package.splice(package.workbook_part, [(before.end, before.end, line)])
    return part


def remove_sheet(package: Package, sheet: Sheet) -> None:
    """Take a worksheet out, with the names local to it and the parts that only it uses."""
    workbook = package.read(package.workbook_part)
    listed = package.elements(package.workbook_part, "sheet")
    gone = listed[sheet.index]
    edits: list[Edit] = [(gone.start, gone.end, b"")]
    for element in package.elements(package.workbook_part, "definedName"):
        local = package.whole_number("definedName", element.attributes, "localSheetId", -1)
        if local == sheet.index:
            edits.append((element.start, element.end, b""))
        elif local > sheet.index:
            edits.append(attribute_edit(workbook, element.start, "localSheetId", str(local - 1)))
    edits += _views(package, workbook, lambda shown: shown - 1 if shown > sheet.index else min(shown, len(listed) - 2))
    own = [r.target for r in package.relationships(sheet.part) if not r.external and r.target in package]
    others = {
        r.target
        for part in package.names
        if part.endswith(".xml") and part != sheet.part
        for r in package.relationships(part)
    }
    package.splice(package.workbook_part, edits)
    package.unrelate(package.workbook_part, sheet.part)
    package.delete(sheet.part)
    for part in own:
        if part not in others:
            package.delete(part)


def _views(package: Package, workbook: bytes, moved: Callable[[int], int]) -> list[Edit]:
    """The window's active and first tab, which are counted by position."""
    edits: list[Edit] = []
    for view in package.elements(package.workbook_part, "workbookView"):
        tag = workbook[view.start : view.tag_end]
        new = tag
        for attribute in ("activeTab", "firstSheet"):
            if attribute in view.attributes:
                shown = package.whole_number("workbookView", view.attributes, attribute, 0)
                new = with_attribute(new, attribute, str(moved(shown)))
        if new != tag:
            edits.append((view.start, view.tag_end, new))
    return edits
