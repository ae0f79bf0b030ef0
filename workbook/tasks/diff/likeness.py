"""Whether two workbooks differ in stored values alone."""

from __future__ import annotations

import re
from collections.abc import Set

from workbook.file.package import Package

_VALUES = re.compile(rb"<v(?: [^<>]*)?>[^<]*</v>|<v ?/>|<is>.*?</is>| t=\"\w+\"", re.S)
"""What may differ between two sheets with the same formulas: values, and what kind they are of."""

ROW_END = b"</row>"

_APART = ("docProps/", "xl/sharedStrings.xml", "xl/calcChain.xml", "xl/charts/", "xl/drawings/")
"""Parts that no formula depends on, or that are read where cells name them."""


def likeness(package: Package, twin: Package) -> tuple[bool, Set[str], bool]:
    """Whether two workbooks differ in stored values alone; of those that do the parts that are the same, and whether
    their sheets name the same texts."""
    names, others = ([name for name in each.names if not name.startswith(_APART)] for each in (package, twin))
    if {*names} != {*others}:
        return False, set(), False
    sheets = {sheet.part for sheet in package.worksheets()}
    alike = set()
    for name in names:
        data, other = package.read(name), twin.read(name)
        if data == other:
            alike.add(name)
        elif name not in sheets or not _same_but_values(data.split(ROW_END), other.split(ROW_END)):
            return False, set(), False
    texts, its = (
        [each.read(part) for part in each.related(each.workbook_part, "sharedStrings")] for each in (package, twin)
    )
    return True, alike, texts == its


def _same_but_values(lines: list[bytes], others: list[bytes]) -> bool:
    return len(lines) == len(others) and all(
        line == other or _VALUES.sub(b"", line) == _VALUES.sub(b"", other)
        for line, other in zip(lines, others, strict=True)
    )
