"""What the cells of a whole workbook hold, in little memory.

A dictionary from sheet and address to value takes about 240 bytes a cell, most of it for the keys. Two workbooks of a
million cells, held side by side to be compared, would take half a gigabyte; here a cell takes a sixth of that.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import compress
from typing import Generic, TypeVar

from workbook.file.addresses import Spot

_Held = TypeVar("_Held")
_BITS = 32
"""A place is the row and, in the last bits, the column: places in order are cells in reading order."""


class Cells(Generic[_Held]):
    """What cells hold by their spot; sheet by sheet as they came, in each row by row and from left to right."""

    def __init__(self) -> None:
        self._sheets: dict[str, _Sheet[_Held]] = {}

    def __setitem__(self, spot: Spot, held: _Held) -> None:
        name, row, column = spot
        self.add(name, ((row, column, held),))

    def add(self, name: str, cells: Iterable[tuple[int, int, _Held]]) -> None:
        """What some cells of a sheet hold, by row and column."""
        sheet = self._sheets.get(name)
        if sheet is None:
            sheet = self._sheets[name] = _Sheet()
        place = sheet.places[-1] if sheet.places else 0
        for row, column, held in cells:
            before, place = place, row << _BITS | column
            if place <= before:
                sheet.mixed = True
            sheet.places.append(place)
            sheet.held.append(held)

    def get(self, spot: Spot) -> _Held | None:
        """What the cell holds, None where it holds nothing."""
        name, row, column = spot
        sheet = self._sheets.get(name)
        if sheet is None:
            return None
        index = sheet.index(row << _BITS | column)
        return None if index < 0 else sheet.held[index]

    def __contains__(self, spot: Spot) -> bool:
        name, row, column = spot
        sheet = self._sheets.get(name)
        return sheet is not None and sheet.index(row << _BITS | column) >= 0

    def __len__(self) -> int:
        return sum(len(sheet.in_order().places) for sheet in self._sheets.values())

    def __iter__(self) -> Iterator[Spot]:
        for name in self._sheets:
            for row, column, _ in self.of_sheet(name):
                yield name, row, column

    def of_sheet(self, name: str) -> Iterator[tuple[int, int, _Held]]:
        """Row, column and content of each cell of one sheet."""
        if name in self._sheets:
            sheet = self._sheets[name].in_order()
            for place, held in zip(sheet.places, sheet.held, strict=True):
                yield place >> _BITS, place & (1 << _BITS) - 1, held

    def take(self, name: str, other: Cells[_Held]) -> None:
        """Share the cells of one sheet with another workbook."""
        if name in other._sheets:
            self._sheets[name] = other._sheets[name]

    def fill(self, name: str, first: int, columns: Mapping[int, Sequence[_Held]]) -> None:
        """Put columns of equal length below what a sheet holds: what each holds from a row on."""
        sheet = self._sheets.setdefault(name, _Sheet())
        order = sorted(columns)
        for line, held in enumerate(zip(*(columns[column] for column in order), strict=True)):
            row = (first + line) << _BITS
            sheet.places.extend([row | column for column in order])
            sheet.held.extend(held)

    def unlike(self, other: Cells[_Held]) -> Iterator[Spot]:
        """Cells that hold something else than the other's."""
        for name, sheet in self._sheets.items():
            twin = other._sheets.get(name) or _Sheet()
            twins: Iterable[_Held | None] = twin.in_order().held
            if sheet.in_order().places != twin.places:
                twins = (other.get((name, row, column)) for row, column, _ in self.of_sheet(name))
            for place, held, its in zip(sheet.places, sheet.held, twins, strict=True) if sheet is not twin else ():
                if its != held or type(its) is not type(held):
                    yield name, place >> _BITS, place & (1 << _BITS) - 1

    def take_rows(self, name: str, other: Cells[_Held], but: Set[int]) -> None:
        """Copy the cells of one sheet of another workbook, without those of some rows."""
        sheet = self._sheets[name] = _Sheet()
        if name in other._sheets:
            theirs = other._sheets[name].in_order()
            stay = [place >> _BITS not in but for place in theirs.places]
            sheet.places = array("Q", compress(theirs.places, stay))
            sheet.held = list(compress(theirs.held, stay))

    def last_row(self, name: str) -> int:
        """The last row of a sheet with a cell in it, 0 without any."""
        places = self._sheets[name].in_order().places if name in self._sheets else ()
        return places[-1] >> _BITS if places else 0


class _Sheet(Generic[_Held]):
    """The cells of one sheet: their places, and beside them what they hold."""

    __slots__ = ("_found", "held", "mixed", "places")

    def __init__(self) -> None:
        self.places = array("Q")
        self.held: list[_Held] = []
        self.mixed = False
        self._found = 0
        """Where the last cell that was asked for stands: the next one is mostly asked for next."""

    def in_order(self) -> _Sheet[_Held]:
        """Itself, sorted if cells came in another order; of a cell that came twice the last counts."""
        if self.mixed:
            last = dict(zip(self.places, self.held, strict=True))
            self.places = array("Q", sorted(last))
            self.held = [last[place] for place in self.places]
            self.mixed = False
        return self

    def index(self, place: int) -> int:
        """Where a cell stands among the others, -1 if it does not."""
        places = self.in_order().places if self.mixed else self.places
        index = self._found + 1
        if index >= len(places) or places[index] != place:
            index = bisect_left(places, place)
            if index == len(places) or places[index] != place:
                return -1
        self._found = index
        return index
