"""The values a simulation needs from a workbook: stored ones, or worked out where a formula has none stored."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from workbook.engines.settling import believed
from workbook.errors import WorkbookError
from workbook.file import addresses
from workbook.file.addresses import Spot, column_letters, corners, quoted_sheet, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.titles import find_titles


def address(place: Spot) -> str:
    """As a person reads it: Inputs!B17."""
    return f"{place[0]}!{addresses.address(place[1:])}"


def reference(place: Spot) -> str:
    """As a formula reads it: 'My inputs'!$B$17."""
    sheet, row, column = place
    return f"{quoted_sheet(sheet)}!${column_letters(column)}${row}"


class Stored:
    """Every value of some sheets, and which of their formulas have none stored."""

    def __init__(self, package: Package, sheets: set[str]) -> None:
        self.package = package
        self.values: dict[Spot, Value] = {}
        self._formulas: dict[Spot, tuple[int, int, int, int]] = {}
        """Formulas without a stored value: the cells each fills."""
        strings = package.strings()
        for sheet in package.worksheets():
            if sheet.name not in sheets:
                continue
            for cell in package.cells(sheet.part):
                place = (sheet.name, cell.row, cell.column)
                self.values[place] = cell.value(strings)
                if cell.kind and cell.raw in (None, "") and cell.type != "str":
                    area = cell.area if cell.kind == "array" else ""
                    self._formulas[place] = corners(area or cell.address)

    def complete(self, needed: Iterable[Spot]) -> None:
        """Recalculate the workbook if one of these cells waits for it, as a library that writes no values leaves it."""
        needed = set(needed)
        waiting = [
            place
            for place, (top, left, bottom, right) in self._formulas.items()
            if any(place[0] == sheet and top <= row <= bottom and left <= col <= right for sheet, row, col in needed)
        ]
        if not waiting:
            return
        computed = believed(self.package)
        for sheet, row, column in waiting:
            key = (sheet, addresses.address((row, column)))
            if key not in computed.values:
                why = computed.unsupported.get(key, "the engine has none for it")
                raise WorkbookError(
                    f"{address((sheet, row, column))} has no stored value, and none could be worked out ({why}); "
                    "open the workbook in Excel or LibreOffice and save it there"
                )
        sheets = {sheet for sheet, _, _ in self.values}
        for (sheet, cell), value in computed.values.items():
            if sheet in sheets:
                self.values[sheet, *row_and_column(cell)] = value

    @cached_property
    def labels(self) -> dict[tuple[str, int], str]:
        """The texts of the first column, by sheet and row."""
        return {
            (sheet, row): text
            for (sheet, row, column), text in self.values.items()
            if column == 1 and isinstance(text, str)
        }

    @cached_property
    def rows(self) -> dict[tuple[str, str], int]:
        """The rows of those texts."""
        return {(sheet, text): row for (sheet, row), text in self.labels.items()}

    @cached_property
    def heads(self) -> dict[tuple[str, str], int]:
        """The columns headed Low and High, by sheet; the topmost row with both texts is the heading."""
        heads: dict[tuple[str, str], int] = {}
        for sheet in {sheet for sheet, _, _ in self.values}:
            values = {place[1:]: value for place, value in self.values.items() if place[0] == sheet}
            found = find_titles(values, {"Low": ("low",), "High": ("high",)})
            heads |= {(sheet, title): column for title, column in (found[1] if found else {}).items()}
        return heads

    def ends_of(self, place: Spot) -> tuple[Spot, Spot] | None:
        """The cells of low and high of an input, None where there are none.

        They stand beside it, in the columns headed so; where a column is an option, in the rows called as its own and
        ": low", ": high".
        """
        sheet, row, column = place
        beside = [self.heads.get((sheet, title)) for title in ("Low", "High")]
        if beside[0] and beside[1]:
            return (sheet, row, beside[0]), (sheet, row, beside[1])
        label = self.labels.get((sheet, row), "")
        rows = [self.rows.get((sheet, f"{label}: {end}")) for end in ("low", "high")]
        return ((sheet, rows[0], column), (sheet, rows[1], column)) if label and rows[0] and rows[1] else None
