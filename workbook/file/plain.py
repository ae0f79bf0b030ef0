"""A workbook as the usual programs write one, for engines that read nothing else.

The strict form of the standard becomes the transitional one, dates in ISO form become serial numbers, and XML loses
what only its grammar allows. What the cells show stays; the workbook itself is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pycalc.errors import from_code
from workbook.file.edits import value_edits, without_value
from workbook.file.package import Package
from workbook.file.saving import Filed, whole
from workbook.file.strict import is_strict, transitional
from workbook.file.xmlspans import Edit, plain, spliced

_USUAL_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
_RARE = re.compile(rb"v>\s*#(?!NULL!<|DIV/0!<|VALUE!<|REF!<|NAME\?<|NUM!<|N/A<)")
_DATES = (b'"d"', b"'d'")
"""What may be an error value, or the type of a date in ISO form."""
_STRINGS = "xl/sharedStrings.xml"
"""Where some engines look for the texts, whatever the workbook calls the part."""


def plain_parts(package: Package, changed: Mapping[str, bytes | Filed] | None = None) -> dict[str, bytes]:
    """The parts that such an engine should see otherwise; `changed` are those it sees otherwise already."""
    sheets = {sheet.part for sheet in package.worksheets()}
    strings = package.related(package.workbook_part, "sharedStrings")
    read = {package.workbook_part, *sheets, *strings}
    for sheet in sheets:
        read.update(package.related(sheet, "table"))
    strict = is_strict(package.read(package.workbook_part))
    found: dict[str, bytes] = {}
    for name in package.names:
        if name in read or (strict and name.lower().endswith((".xml", ".rels"))):
            data = whole((changed or {}).get(name) or package.read(name))
            new = plain(transitional(data) if strict else data)
            if name in sheets and (any(sign in new for sign in _DATES) or _RARE.search(new)):
                new = _with_usual_cells(package, name, new)
            if new != data:
                found[name] = new
    if strings and strings[0] != _STRINGS:
        found[_STRINGS] = found.get(strings[0]) or package.read(strings[0])
    if package.unusual and not found and not changed:  # it has to be written anew
        found[package.workbook_part] = package.read(package.workbook_part)
    return found


def _with_usual_cells(package: Package, part: str, data: bytes) -> bytes:
    """Dates in ISO form as the numbers they stand for; error values that came after Excel 2007 as #N/A."""
    edits: list[Edit] = []
    for cell in package.cells(part, data):
        if cell.type == "d":
            edits += value_edits(data, cell, cell.value([]))
        elif cell.type == "e" and cell.raw not in _USUAL_ERRORS:
            edits += without_value(cell) if cell.kind else value_edits(data, cell, from_code("#N/A"))
    return spliced(data, edits)
