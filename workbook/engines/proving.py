"""What a sheet of like lines gives, worked out column by column for all lines at once.

Where it stores what its formulas give, that is proved, and no engine has to compute it: it reads constants alone. With
other constants in place it is worked out again, for the lines concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial

import numpy as np

from workbook.engines import Key, vectors
from workbook.engines.calculation import calculation
from workbook.engines.filled import Filled, OtherwiseMade
from workbook.engines.lines import OWN, Lines
from workbook.errors import WorkbookError
from workbook.file import named
from workbook.file.addresses import address, column_letters, row_and_column
from workbook.file.cells import Cell, Value
from workbook.file.edits import cell_bytes
from workbook.file.package import Package, Sheet
from workbook.file.values import stored_as_computed
from workbook.formulas.shapes import text_of

FEWEST = 10
"""Lines from which on columns are quicker than cells."""

UNTOLD = (WorkbookError, ValueError, KeyError, RecursionError)
"""What is raised where the columns of a sheet have no value that can be worked out here: the engines compute it."""

_Named = tuple[dict[str, float], dict[tuple[str, int, int], list[str]]]
_Heads = Mapping[tuple[int, int], Value]
_Line = tuple[int, int, dict[int, Value]]
"""The number of a variant, that of a line, and what is entered in it."""


def worked_out(package: Package) -> dict[str, Worked]:
    """The sheets whose lines read their own line, constants above the lines, named numbers, and the same line of one
    other sheet without formulas."""
    settings = calculation(package)
    if settings.as_shown or settings.date1904:
        return {}
    found = {}
    named_numbers = cache(partial(_named_numbers, package))
    for sheet in package.worksheets():
        try:
            found[sheet.name] = Worked(package, sheet, named_numbers)
        except UNTOLD:
            continue
    return found


class Worked:
    """A sheet of like lines and what it gives.

    formulas : how many cells hold one. as_stored : whether it shows what it stores, whatever it gives.
    """

    def __init__(self, package: Package, sheet: Sheet, named_numbers: Callable[[], _Named]) -> None:
        self.filled = filled = Filled(package, sheet)
        self.as_stored = False
        if filled.lines < FEWEST or not filled.shapes or len(filled.beside) > 1:
            raise OtherwiseMade
        self.name = sheet.name
        self.formulas = filled.lines * len(filled.shapes)
        self.beside = next(iter(filled.beside), "")
        self._names, self._named = named_numbers()
        self._entered: dict[int, list[Value]] = {}
        for cell in _cells(package, self.beside) if self.beside else ():
            if cell.formula is not None:
                raise OtherwiseMade
            if 0 <= cell.row - filled.first < filled.lines:
                held = self._entered.setdefault(cell.column, [None] * filled.lines)
                held[cell.row - filled.first] = cell.value(package.strings())
        self._lines = self._with({}, {}, self._entered, filled.lines)
        for column in filled.shapes:
            self._lines.column(column - 1)

    def _with(self, names: Mapping[str, Value], heads: _Heads, entered: Mapping[int, list[Value]], lines: int) -> Lines:
        """The lines with other constants in place."""
        filled = self.filled
        formulas: dict[int, object] = {column - 1: value for column, value in filled.typed.items()}
        formulas |= {column - 1: "=" + text_of(shape, OWN, column) for column, shape in filled.shapes.items()}
        return Lines(
            (self.name, self.beside),
            formulas,
            {**filled.heads, **heads},
            {**self._names, **names},
            {column - 1: values for column, values in entered.items()},
            lines,
        )

    @cached_property
    def differing(self) -> dict[Key, Value]:
        """The cells that store something else, or nothing, with what they give."""
        differing: dict[Key, Value] = {}
        for column, stored in self.filled.stored.items():
            found = self._lines.column(column - 1)
            if isinstance(stored, np.ndarray) and isinstance(found, np.ndarray) and found.dtype == np.float64:
                places = np.nonzero(stored != found[:, 0])[0].tolist()
            else:
                places = list(range(self.filled.lines))
            values = self._lines.values(column - 1) if places else []
            for place in places:
                one: Value = float(stored[place]) if isinstance(stored, np.ndarray) else stored[place]
                if one is None or not stored_as_computed(one, values[place]):  # type: ignore[arg-type]
                    address = f"{column_letters(column)}{self.filled.first + place}"
                    differing[self.name, address] = values[place]  # type: ignore[assignment]
        return differing

    @cached_property
    def wrong(self) -> list[Key]:
        """Of these the cells that give something else from what is stored around them too."""
        first = self.filled.first
        lines = sorted({row_and_column(address)[0] - first for _, address in self.differing})
        entered = {column: [held[line] for line in lines] for column, held in self._entered.items()}
        around = self._with({}, {}, entered, len(lines))
        stored = ((column, np.asarray(each, dtype=object)) for column, each in self.filled.stored.items())
        held = {column: each[lines].tolist() for column, each in stored}
        for column, values in held.items():
            around.hold(column - 1, values)
        try:
            given = {column: vectors.cells(around.given(column - 1), len(lines)) for column in held if lines}
        except UNTOLD:  # in a branch that was not taken before
            return [*self.differing]
        found = [
            (first + line, column)
            for column, values in given.items()
            for line, one, value in zip(lines, held[column], values, strict=True)
            if not stored_as_computed(one, value)  # type: ignore[arg-type]
        ]
        return [key for place in sorted(found) if (key := (self.name, address(place))) in self.differing]

    @property
    def whole(self) -> bool:
        """Whether every formula has a stored value."""
        return all(isinstance(held, np.ndarray) or None not in held for held in self.filled.stored.values())

    def column(self, column: int) -> list[Value]:
        """What the lines show in a column with formulas: what they store, where that is proved or asked for."""
        if not self.as_stored and self.differing:
            return self._lines.values(column - 1)  # type: ignore[return-value]
        stored = self.filled.stored[column]
        return stored.tolist() if isinstance(stored, np.ndarray) else stored

    def value(self, cell: str) -> Value:
        """What a cell of the sheet shows."""
        filled, (row, column) = self.filled, row_and_column(cell)
        line = row - filled.first
        if 0 <= line < filled.lines:
            return self.column(column)[line] if column in filled.shapes else filled.typed.get(column)
        return filled.heads.get((row, column))

    def sheet_data(self, wanted: Container[int]) -> bytes:
        """The rows of the sheet with values alone, of the lines those in some columns."""
        rows: dict[int, list[bytes]] = {}
        for (row, column), value in self.filled.heads.items():
            rows.setdefault(row, []).append(cell_bytes(column_letters(column) + str(row), value=value))
        lines = range(self.filled.first, self.filled.first + self.filled.lines)
        for column in sorted(column for column in (*self.filled.shapes, *self.filled.typed) if column in wanted):
            letters = column_letters(column)
            typed = self.filled.typed.get(column)
            values = self.column(column) if column in self.filled.shapes else [typed] * len(lines)
            for row, value in zip(lines, values, strict=True):
                rows.setdefault(row, []).append(cell_bytes(f"{letters}{row}", value=value))
        return b"".join(b'<row r="%d">%b</row>' % (row, b"".join(cells)) for row, cells in rows.items())

    def moved(self, variants: Sequence[Mapping[Key, Value]]) -> list[dict[Key, Value] | None]:
        """For each set of other constants in place: the cells that show something else then; None where one stands
        among the lines' own, or that cannot be told."""
        found: list[dict[Key, Value] | None] = [{} for _ in variants]
        alone: list[_Line] = []
        for number, constants in enumerate(variants):
            concerned = self._concerned(constants)
            if concerned is None:
                found[number] = None
                continue
            names, heads, entered = concerned
            if names or heads:
                every = [(number, line, entered.get(line, {})) for line in range(self.filled.lines)]
                self._compare(names, heads, every, found)
            else:
                alone += [(number, line, held) for line, held in entered.items()]
        if alone:
            self._compare({}, {}, alone, found)
        return found

    def _compare(
        self, names: Mapping[str, Value], heads: _Heads, places: list[_Line], found: list[dict[Key, Value] | None]
    ) -> None:
        """Work out lines with other constants in place, and file what differs under the variant that each is of."""
        columns = {column: [values[line] for _, line, _ in places] for column, values in self._entered.items()}
        for place, (_, _, held) in enumerate(places):
            for column, entry in held.items():
                columns.setdefault(column, [None] * len(places))[place] = entry
        lines = self._with(names, heads, columns, len(places))
        try:
            for column in self.filled.shapes:
                lines.column(column - 1)
        except UNTOLD:  # in a branch that was not taken before
            for number, _, _ in places:
                found[number] = None
            return
        for column in self.filled.shapes:
            letters, before, after = column_letters(column), self.column(column), lines.values(column - 1)
            for (number, line, _), value in zip(places, after, strict=True):
                known = found[number]
                if known is not None and (value != before[line] or type(value) is not type(before[line])):
                    known[self.name, f"{letters}{self.filled.first + line}"] = value  # type: ignore[assignment]

    def _concerned(
        self, constants: Mapping[Key, Value]
    ) -> tuple[dict[str, Value], dict[tuple[int, int], Value], dict[int, dict[int, Value]]] | None:
        """Constants by what they are to the lines: a name's number, a head, an entry of one line."""
        names: dict[str, Value] = {}
        heads: dict[tuple[int, int], Value] = {}
        entered: dict[int, dict[int, Value]] = {}
        for (sheet, cell), value in constants.items():
            row, column = row_and_column(cell)
            names |= dict.fromkeys(self._named.get((sheet, row, column), ()), value)
            line = row - self.filled.first
            if sheet == self.name and line >= 0:
                return None
            if sheet == self.name:
                heads[row, column] = value
            elif sheet == self.beside and 0 <= line < self.filled.lines:
                entered.setdefault(line, {})[column] = value
        return names, heads, entered


def _named_numbers(package: Package) -> _Named:
    """The numbers behind defined names, and the names of each place."""
    local = {name.name.lower() for name in package.defined_names() if name.sheet is not None}
    places = {name: place for name, place in named.cells(package).items() if name.lower() not in local}
    found: dict[tuple[str, int, int], float] = {}
    for sheet in {place[0] for place in places.values()}:
        for cell in _cells(package, sheet):
            value = cell.value(package.strings()) if cell.formula is None else None
            if type(value) is float:
                found[sheet, cell.row, cell.column] = value
    names: dict[tuple[str, int, int], list[str]] = {}
    for name, place in places.items():
        if place in found:
            names.setdefault(place, []).append(name)
    return {name: found[place] for name, place in places.items() if place in found}, names


def _cells(package: Package, name: str) -> Iterator[Cell]:
    for sheet in package.worksheets():
        if sheet.name == name:
            yield from package.cells(sheet.part)
