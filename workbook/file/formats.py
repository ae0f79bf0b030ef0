"""How a workbook shows numbers: the formats of its cell styles, and from when it counts days."""

from __future__ import annotations

import re

from workbook.file.package import Package

_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Built-in number formats of dates and times (ECMA-376 part 1, 18.8.30)."""
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General', re.IGNORECASE)


def number_formats(package: Package) -> list[tuple[int, str]]:
    """The number format of each cell style: its number, and its code, "" for one that is built in."""
    found: list[tuple[int, str]] = []
    for part in package.related(package.workbook_part, "styles"):
        codes = {
            package.whole_number("numFmt", element.attributes, "numFmtId", 0): element.attributes.get("formatCode", "")
            for element in package.elements(part, "numFmt")
            if "numFmts" in element.path
        }
        styles = (element for element in package.elements(part, "xf") if element.path[-1:] == ("cellXfs",))
        kinds = [package.whole_number("xf", style.attributes, "numFmtId", 0) for style in styles]
        found = [(kind, codes.get(kind, "")) for kind in kinds]
    return found


def date_styles(package: Package) -> set[int]:
    """Numbers of the cell styles that show a number as a date or a time."""
    return {
        place
        for place, (kind, code) in enumerate(number_formats(package))
        if kind in _DATE_FORMATS or re.search("[dmyhs]", _LITERALS.sub("", code.partition(";")[0]), re.IGNORECASE)
    }


def counts_from_1904(package: Package) -> bool:
    settings = package.elements(package.workbook_part, "workbookPr")
    return any(each.attributes.get("date1904") in ("1", "true") for each in settings)
