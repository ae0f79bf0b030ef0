"""The single cells that a workbook's defined names point at, read from its stored values."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from workbook.file.addresses import Spot, column_number
from workbook.file.cells import Value
from workbook.file.package import Package

_ONE_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Za-z]{1,3})\$?(\d+)")


def cells(package: Package) -> dict[str, Spot]:
    """Each workbook-wide name that points at one cell: its sheet, row and column."""
    found = {}
    for name in package.defined_names():
        match = _ONE_CELL.fullmatch(name.text.removeprefix("="))
        if match and name.sheet is None:
            quoted, bare, letters, digits = match.groups()
            sheet = quoted.replace("''", "'") if quoted else bare
            found[name.name] = (sheet, int(digits), column_number(letters))
    return found


def values(path: str | os.PathLike[str]) -> dict[str, Value]:
    """The stored value behind each name that stands for one cell; None for a blank cell.

    Raises
    ------
    BadWorkbook : the file is no workbook.
    """
    with Package(path) as package:
        return stored(package)


def stored(package: Package, names: Iterable[str] = ()) -> dict[str, Value]:
    """The same of an opened workbook, of these names where some are given; one that is not there has no entry."""
    wanted = cells(package)
    if names:
        wanted = {name: wanted[name] for name in names if name in wanted}
    found: dict[Spot, Value] = {}
    places = set(wanted.values())
    for sheet in package.worksheets():
        if any(place[0] == sheet.name for place in places):
            for row, column, _, value in package.contents(sheet.part):
                if (sheet.name, row, column) in places:
                    found[sheet.name, row, column] = value
    return {name: found.get(place) for name, place in wanted.items()}
