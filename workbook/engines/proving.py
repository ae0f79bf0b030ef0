"""Whether a sheet whose lines all hold the same formulas stores what they give, told column by column.

What is proved so need not be computed cell by cell: it reads constants alone, so its stored values stand.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbook.engines.calculation import calculation
from workbook.engines.lines import OWN, Lines
from workbook.errors import WorkbookError
from workbook.file import named
from workbook.file.cells import Cell, Value
from workbook.file.package import Package, Sheet
from workbook.file.values import stored_as_computed
from workbook.formulas.cells import Masters, formula_cell
from workbook.formulas.shapes import Shape, Template, text_of

FEWEST = 10
"""Lines from which on columns are quicker than cells."""


def proved_sheets(package: Package) -> dict[str, int]:
    """The sheets that store what their formulas give, each with how many formulas it has.

    Only sheets are looked at whose lines read their own line, numbers above the lines, named numbers, and the same line
    of one other sheet without formulas.
    """
    settings = calculation(package)
    if settings.as_shown or settings.date1904:
        return {}
    found = {}
    for sheet in package.worksheets():
        try:
            found[sheet.name] = _Filled(package, sheet).proved()
        except (_OtherwiseMade, WorkbookError, KeyError, RecursionError):
            continue  # the engines compute it
    return found


class _OtherwiseMade(Exception):
    """A sheet that is no such sheet, or stores another value."""


class _Filled:
    """The columns of a sheet: their formula, and what they store."""

    def __init__(self, package: Package, sheet: Sheet) -> None:
        self.package, self.sheet = package, sheet
        self.first = 0
        self.shapes: dict[int, Shape] = {}
        self.stored: dict[int, list[Value]] = {}
        self.typed: dict[int, Value] = {}
        self.fixed: dict[tuple[int, int], float] = {}
        self.beside: set[str] = set()
        self.strings = package.strings()

    def proved(self) -> int:
        """How many formulas it has, all of which give what is stored."""
        self.read()
        lines = {len(values) for values in self.stored.values()}
        if len(lines) != 1 or min(lines) < FEWEST or len(self.beside) > 1:
            raise _OtherwiseMade
        computed = self.computed(lines.pop())
        for column in sorted(self.shapes):
            for one, other in zip(self.stored.pop(column), computed.values(column - 1), strict=True):
                if not (type(one) is type(other) and one == other) and not stored_as_computed(one, other):  # type: ignore[arg-type]
                    raise _OtherwiseMade
        return computed.lines * len(self.shapes)

    def read(self) -> None:
        masters: Masters = {}
        for cell in self.package.cells(self.sheet.part):
            if cell.formula is None:
                self.constant(cell)
                continue
            if cell.kind not in ("normal", "shared"):
                raise _OtherwiseMade
            shape, template = formula_cell(cell, masters).shape()
            self.first = self.first or cell.row
            known = self.shapes.get(cell.column)
            if known is None and cell.row == self.first:
                self.shapes[cell.column] = shape
                self.look(shape, template)
            elif known != shape:
                raise _OtherwiseMade
            self.value(cell)

    def constant(self, cell: Cell) -> None:
        value = cell.value(self.strings)
        if not self.first:
            if type(value) is float:
                self.fixed[cell.row, cell.column] = value
        elif value is not None:
            if self.typed.setdefault(cell.column, value) != value or cell.column in self.shapes:
                raise _OtherwiseMade
            self.value(cell)

    def value(self, cell: Cell) -> None:
        """Keep what a line stores."""
        values = self.stored.setdefault(cell.column, [])
        value = cell.value(self.strings)
        if value is None or cell.row != self.first + len(values):
            raise _OtherwiseMade
        values.append(value)

    def look(self, shape: Shape, template: Template) -> None:
        """Refuse what reads more than constants and its own line."""
        if not template.readable or template.broken or template.external:
            raise _OtherwiseMade
        for sheet, first, last in template.areas:
            for fixed_row, down, _, _ in (shape[1][first], shape[1][last]):
                if down >= self.first if fixed_row else down != 0:
                    raise _OtherwiseMade
                if sheet and sheet != self.sheet.name and fixed_row:
                    raise _OtherwiseMade
            if sheet and sheet != self.sheet.name:
                self.beside.add(sheet)

    def computed(self, lines: int) -> Lines:
        formulas: dict[int, object] = {column - 1: value for column, value in self.typed.items()}
        formulas |= {column - 1: "=" + text_of(shape, OWN, column) for column, shape in self.shapes.items()}
        other = next(iter(self.beside), "")
        entered: dict[int, list[Value]] = {}
        for cell in self._constants(other) if other else ():
            if 0 <= cell.row - self.first < lines:
                column = entered.setdefault(cell.column - 1, [None] * lines)
                column[cell.row - self.first] = cell.value(self.strings)
        return Lines((self.sheet.name, other), formulas, self.fixed, self.names(), entered, lines)

    def names(self) -> dict[str, float]:
        """The numbers behind defined names."""
        local = {name.name.lower() for name in self.package.defined_names() if name.sheet is not None}
        places = {name: place for name, place in named.cells(self.package).items() if name.lower() not in local}
        found: dict[tuple[str, int, int], float] = {}
        for sheet in {place[0] for place in places.values()} - {self.sheet.name}:
            for cell in self._cells(sheet):
                value = cell.value(self.strings) if cell.formula is None else None
                if type(value) is float:
                    found[sheet, cell.row, cell.column] = value
        return {name: found[place] for name, place in places.items() if place in found}

    def _constants(self, name: str) -> Iterator[Cell]:
        for cell in self._cells(name):
            if cell.formula is not None:
                raise _OtherwiseMade
            yield cell

    def _cells(self, name: str) -> Iterator[Cell]:
        for sheet in self.package.worksheets():
            if sheet.name == name:
                yield from self.package.cells(sheet.part)
