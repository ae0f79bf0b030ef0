"""Lines of one kind in succession: where two tell the checks the same, those below are taken in at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from typing import Any, Protocol

from workbook.file.addresses import Place
from workbook.file.cells import Value
from workbook.file.package import Sheet
from workbook.formulas.linekinds import Kind, Line
from workbook.formulas.shapes import Shape, Template
from workbook.tasks.check import units
from workbook.tasks.check.seen import MOST_CALLS, Grid, Survey, Told

Known = list[tuple[int, Told] | None]
"""Of each cell of a kind of line, for a formula: the number of its shape, and what is known of its template."""


class Reader(Protocol):
    """What reads the sheet, as far as a line is taken in: see `survey.Reader`."""

    found: Survey
    grid: Grid
    sheet: Sheet
    keeps: bool
    row: int
    here: dict[int, float | None]
    figures: dict[int, Value]
    chain: dict[Place, int]
    roles: dict[str, list[tuple[int, str]]]
    last: LikeLines | None

    def constant(self, place: Place, value: Value) -> None: ...
    def number(self, shape: Shape, template: Template) -> int: ...


class LikeLines:
    """The line that was read last, and what those of its kind below it have in common with it for the checks.

    types : of the values of all its cells.
    depths : by column, how far its typed numbers stand from a formula, where one is in reach.
    """

    def __init__(self, kind: Kind, known: Known, types: list[type], reader: Reader) -> None:
        self.kind, self.known, self.types, self.row, self.reader = kind, known, types, reader.row, reader
        self.depths = {column: depth for (row, column), depth in reader.chain.items() if row == reader.row}
        self._ours = sum(each.ours for _, each in filter(None, known))
        before = reader.last
        self.steady = (
            before is not None and before.comes_before(kind, reader.row, types) and before.depths == self.depths
        )
        self._ready = False

    def comes_before(self, kind: Kind, row: int, types: list[type]) -> bool:
        return self.kind is kind and self.row == row - 1 and self.types == types

    def take(self, line: Line, values: list[Value]) -> bool:
        """Take in the line below it; False where its cells have to be looked at one by one."""
        reader, row = self.reader, line.row
        found, grid, name = reader.found, reader.grid, reader.sheet.name
        if (self._ours and len(found.calls) < MOST_CALLS) or not (self._ready or self._prepare()):
            return False
        digits, computed = str(row), found.computed.values.get
        given = [computed((name, letters + digits)) for letters in self._letters]
        if given != list(compress(values, self._formulas)):
            return False
        places = [(row, column) for column in self._columns]
        found.formulas += len(places)
        for at, formula in self._moving:
            self._numbers[at] = reader.number(line.shape(formula), formula.template)
        grid.shapes.update(zip(places, self._numbers, strict=True))
        for at, held in self._lists:
            held.append(places[at])
        for at in self._words:
            if str(given[at]).strip():
                grid.words.add(places[at])
        found.uncounted_calls += self._ours
        typed: dict[int, Any] = dict(zip(self._typed, compress(values, self._inputs), strict=True))
        reader.here = self._none | typed
        reader.figures = dict(zip(self._figures, compress(values, self._floats), strict=True))
        for column, depth in self.depths.items():
            reader.chain[row, column] = depth
        for column in self._beside:
            grid.typed[row, column] = typed[column]
        for column, at in self._others:
            reader.constant((row, column), values[at])
        for role, column, fixed in self._roles:
            if fixed in (0, row) and units.doubt(role, typed[column]):
                found.doubtful.append((role, name, (row, column), typed[column]))
        self.row = row
        return True

    def _prepare(self) -> bool:
        """What stands where, once the lines tell the same; False where something is looked at one by one."""
        reader, kind, known, types = self.reader, self.kind, self.known, self.types
        if not self.steady or reader.keeps or reader.found.not_stored:
            return False
        told = [each for _, each in filter(None, known)]
        self._formulas = [each is not None for each in known]
        given = list(compress(types, self._formulas))
        if any(each.finance or each.external for each in told) or not {*given} <= {float, str}:
            return False
        columns = [cell.column for cell in kind.cells]
        self._floats = [each is float for each in types]
        self._inputs = [number and not formula for number, formula in zip(self._floats, self._formulas, strict=True)]
        self._figures, self._typed = list(compress(columns, self._floats)), list(compress(columns, self._inputs))
        self._columns = [cell.column for cell in kind.formula_cells]
        self._letters = [cell.letters for cell in kind.formula_cells]
        self._numbers = [number for number, _ in filter(None, known)]
        self._moving = [(at, formula) for at, (_, formula) in enumerate(kind.formulas) if formula.moves]
        self._none: dict[int, float | None] = dict.fromkeys(self._columns)
        self._lists = [(at, held) for at, each in enumerate(told) for held in each.lists]
        self._words = [at for at, each in enumerate(given) if each is str]
        self._beside = [column for column in self._typed if (self.row, column) in reader.grid.typed]
        rest = (not (number or formula) for number, formula in zip(self._floats, self._formulas, strict=True))
        self._others = list(compress(zip(columns, range(len(columns)), strict=True), rest))
        self._roles = [each for each in self._given_to_ours() if each[1] in self._typed]
        self._ready = True
        return True

    def _given_to_ours(self) -> Iterator[tuple[str, int, int]]:
        """What calls of ours read in their own row: the role, the column, and the row where that is fixed."""
        for cell, formula in self.kind.formulas:
            for number, role in self.reader.roles.get(formula.template.key, ()):
                fixed_row, down, fixed_column, across = formula.shape[1][number]
                if number in formula.moves:  # along with the lines
                    fixed_row, down = "", down - self.kind.found
                if fixed_row or not down:
                    yield role, across if fixed_column else cell.column + across, down
