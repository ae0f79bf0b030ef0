"""Which cells a formula reads, and which formulas read a cell.

The second question is asked when a cell's value changed or is not known: what reads from it, however indirectly,
changed or is not known either. Formulas are filed by the areas they read: single cells in a dictionary, ranges cut
into blocks whose sides are powers of two, so that filing and asking take a few steps whatever the size of a range,
and a chain of a hundred thousand formulas a hundred thousand times as long as one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from workbook.errors import WorkbookError
from workbook.file.addresses import LAST_COLUMN, LAST_ROW, Spot, column_number, corners
from workbook.file.package import Package
from workbook.formulas.parser import FormulaError, Reference, parsed, shifted
from workbook.formulas.shapes import FRAGILE, Shape, Template, shape_of
from workbook.formulas.tables import tables_of, without_tables

Area = tuple[str, int, int, int, int]
"""Sheet, first row, first column, last row, last column."""

_SINGLES = 4
"""Ranges of so few cells are filed cell by cell."""

DEEPEST = 8
"""Names within names that are followed."""


class References:
    """What the formulas of one workbook read, through its names and tables.

    within : what of the text of a name is looked at, where that is not all.
    """

    def __init__(self, package: Package, within: Callable[[str], str] = str) -> None:
        self._within = within
        self._spans: dict[str, list[str]] = {}
        sheets = [sheet.name for sheet in package.sheets()]
        self._sheets = {name.upper(): name for name in sheets}
        self._order = [name.upper() for name in sheets]
        self._tables = tables_of(package)
        self._table_names = {table.name.upper() for table in self._tables}
        self._names = {
            (self._sheet(name.sheet) if name.sheet else None, name.name.upper()): name.text
            for name in package.defined_names()
        }

    def of(self, text: str, spot: Spot) -> tuple[list[Area], bool]:
        """The areas the formula of a cell reads, and whether it may read cells beyond them."""
        shape, template = shape_of(text, spot[1], spot[2])
        return self.of_shape(shape, template, spot)

    def of_shape(self, shape: Shape, template: Template, spot: Spot) -> tuple[list[Area], bool]:
        """The same, for a formula whose shape is known."""
        if not template.readable:
            return [], True
        found: list[Area] = []
        offsets = shape[1]
        sheet, row, column = spot
        for written, first, last in template.areas:
            fixed_row, down, fixed_column, across = offsets[first]
            top, left = down if fixed_row else row + down, across if fixed_column else column + across
            box = (top, left, top, left)
            if last != first:
                fixed_row, down, fixed_column, across = offsets[last]
                bottom, right = down if fixed_row else row + down, across if fixed_column else column + across
                box = (min(top, bottom), min(left, right), max(top, bottom), max(left, right))
            if written is None:
                found.append((sheet, *box))
            else:
                found += [(name, *box) for name in self._between(written)]
        anywhere = not template.functions.isdisjoint(FRAGILE)
        for reference in template.others:
            areas, more = self._other(reference, spot, 0)
            found += areas
            anywhere |= more
        return found, anywhere

    def _other(self, reference: Reference, spot: Spot, depth: int) -> tuple[list[Area], bool]:
        sheet, row, column = spot
        if reference.kind in ("cell", "range", "columns", "rows"):
            box = box_of(reference.body)
            return [(name, *box) for name in self._between(reference.sheet or sheet)], False
        if reference.kind == "table" or (reference.kind == "name" and reference.text.upper() in self._table_names):
            plain = without_tables(reference.text, self._tables, sheet, row, column)
            if plain == reference.text:
                return [], True
            return self._in_text(plain, spot, depth)
        if reference.kind == "name":
            name = reference.body.upper()
            scope = self._sheet(reference.sheet or sheet)
            meant = self._names.get((scope, name), self._names.get((None, name)))
            if meant is not None and depth < DEEPEST:
                try:
                    text = meant if is_simple(meant) else shifted(self._within(meant), row - 1, column - 1)
                    return self._in_text(text, spot, depth + 1)
                except FormulaError:
                    return [], True
        return [], False

    def _in_text(self, text: str, spot: Spot, depth: int) -> tuple[list[Area], bool]:
        if (formula := parsed(text)) is None:
            return [], True
        found: list[Area] = []
        anywhere = any(call.name in FRAGILE for call in formula.calls)
        for reference in formula.references():
            areas, more = self._other(reference, spot, depth)
            found += areas
            anywhere |= more
        return found, anywhere

    def _sheet(self, name: str) -> str:
        return self._sheets.get(name.upper(), name)

    def _between(self, written: str) -> list[str]:
        """The sheets a reference names: one, or all from one to another."""
        if (known := self._spans.get(written)) is not None:
            return known
        first, colon, last = written.upper().partition(":")
        names = [self._sheet(written)]
        if colon and first in self._order and last in self._order:
            start, end = sorted((self._order.index(first), self._order.index(last)))
            names = [self._sheets[name] for name in self._order[start : end + 1]]
        return self._spans.setdefault(written, names)


class Readers:
    """Formulas filed by what they read."""

    def __init__(self) -> None:
        self._singles: dict[Spot, list[Spot]] = {}
        self._blocks: dict[str, dict[tuple[int, int], dict[tuple[int, int], list[Spot]]]] = {}
        self._anywhere: list[Spot] = []
        self._covers: dict[Spot, Area] = {}

    def add(self, spot: Spot, areas: Iterable[Area], anywhere: bool, covers: Area | None = None) -> None:
        """File a formula: what it reads, and the cells an array formula fills."""
        if anywhere:
            self._anywhere.append(spot)
        if covers is not None:
            self._covers[spot] = covers
        singles = self._singles
        for sheet, top, left, bottom, right in areas:
            if top == bottom and left == right:
                at = (sheet, top, left)
                if at in singles:
                    singles[at].append(spot)
                else:
                    singles[at] = [spot]
                continue
            if (bottom - top + 1) * (right - left + 1) <= _SINGLES:
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        singles.setdefault((sheet, row, column), []).append(spot)
                continue
            columns = self._blocks.setdefault(sheet, {})
            for across in _halves(left, right):
                rows = columns.setdefault(across, {})
                for down in _halves(top, bottom):
                    rows.setdefault(down, []).append(spot)

    def copy(self) -> Readers:
        """The same formulas for one more question; nothing is filed after that."""
        other = Readers()
        other._singles, other._covers, other._anywhere = {**self._singles}, {**self._covers}, self._anywhere
        for sheet, columns in self._blocks.items():
            other._blocks[sheet] = {across: {**rows} for across, rows in columns.items()}
        return other

    def closure(self, seeds: Iterable[Spot]) -> set[Spot]:
        """The seeds and every formula that reads from one, however indirectly.

        Asked once: what was found is no longer filed.
        """
        seen: set[Spot] = set()
        waiting = list(seeds)
        if waiting:
            waiting += self._anywhere
        while waiting:
            spot = waiting.pop()
            if spot in seen:
                continue
            seen.add(spot)
            covers = self._covers.pop(spot, None)
            if covers is None:
                waiting += self._of(spot)
            else:
                sheet, top, left, bottom, right = covers
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        waiting += self._of((sheet, row, column))
        return seen

    def _of(self, spot: Spot) -> Iterator[Spot]:
        yield from self._singles.pop(spot, ())
        sheet, row, column = spot
        for (size, start), rows in self._blocks.get(sheet, {}).items():
            if start == column >> size:
                for level in range(21):
                    found = rows.pop((level, row >> level), None)
                    if found:
                        yield from found


def _halves(first: int, last: int) -> Iterator[tuple[int, int]]:
    """A run of numbers as blocks: the size as a power of two, and which block of that size."""
    last += 1
    size = 0
    while first < last:
        if first & 1:
            yield size, first
            first += 1
        if last & 1:
            last -= 1
            yield size, last
        first >>= 1
        last >>= 1
        size += 1


@lru_cache(maxsize=1_024)
def is_simple(text: str) -> bool:
    """Whether a name stands for one cell of one sheet, wherever it is read, or for one constant."""
    formula = parsed(text)
    if formula is None or len([token for token in formula.tokens if token.kind != "space"]) != 1:
        return False
    one = next(iter(formula.references()), None)
    if one is None:
        return True
    return one.kind == "cell" and ":" not in (one.sheet or ":") and one.body.count("$") == 2


def box_of(body: str) -> tuple[int, int, int, int]:
    """A reference without its sheet as rows and columns: B2, B2:C9, B:C, 2:9."""
    plain = body.replace("$", "")
    try:
        return corners(plain)
    except WorkbookError:
        first, _, last = plain.partition(":")
        if first.isdecimal():
            top, bottom = sorted((int(first), int(last)))
            return top, 1, bottom, LAST_COLUMN
        left, right = sorted((column_number(first), column_number(last)))
        return 1, left, LAST_ROW, right


class CellSet:
    """Cells, and which of them an area holds."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._rows: dict[str, dict[int, list[int]]] = {}
        for sheet, row, column in spots:
            self._rows.setdefault(sheet, {}).setdefault(column, []).append(row)
        for columns in self._rows.values():
            for rows in columns.values():
                rows.sort()

    def within(self, area: Area) -> Iterator[Spot]:
        """Those of the cells that lie in an area."""
        sheet, top, left, bottom, right = area
        columns = self._rows.get(sheet, {})
        wanted = range(left, right + 1) if right - left < len(columns) else [c for c in columns if left <= c <= right]
        for column in wanted:
            rows = columns.get(column, ())
            for at in range(bisect_left(rows, top), bisect_right(rows, bottom)):
                yield sheet, rows[at], column

    def touches(self, area: Area, but: Spot | None = None) -> bool:
        """Whether one of the cells, another than `but`, lies in an area."""
        return any(spot != but for spot in self.within(area))
