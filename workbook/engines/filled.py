"""A sheet whose lines all hold the same formulas, as a file stores it: the formula and the values of each column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from workbook.errors import WorkbookError
from workbook.file.addresses import column_number
from workbook.file.cells import Value, shown
from workbook.file.package import Package, Sheet
from workbook.file.plaincells import formula_of, rows, text_of
from workbook.file.xmlspans import check_encoding
from workbook.formulas.cells import Master
from workbook.formulas.shapes import Shape, Template

Raw = list[bytes | None]


class OtherwiseMade(WorkbookError):
    """A sheet that is no such sheet."""

    def __init__(self) -> None:
        super().__init__("its lines do not all hold the same formulas")


class Filled:
    """The columns of such a sheet, counted from 1; raises `OtherwiseMade` for another.

    first, lines : the first line, and how many there are. heads : the constants above. shapes : each column's formula.
    typed : the constant that a column without one holds in every line. stored : what the lines store, numbers as an
    array. beside : the sheets that formulas read.
    """

    def __init__(self, package: Package, sheet: Sheet) -> None:
        self.sheet = sheet.name
        self.first = self.lines = 0
        self.heads: dict[tuple[int, int], Value] = {}
        self.shapes: dict[int, Shape] = {}
        self.typed: dict[int, Value] = {}
        self.stored: dict[int, list[Value] | NDArray[np.float64]] = {}
        self.beside: set[str] = set()
        self._strings = package.strings()
        self._sheets = {each.name.upper(): each.name for each in package.worksheets()}
        self._masters: dict[str, Master] = {}
        self._shared: dict[bytes | None, str] = {None: ""}
        """The elements of formulas that are another's, by the number they share; a constant has none."""
        self._expected: list[str | None] = []
        """The same for the next line's columns; None for a formula with a text of its own."""
        self._columns: list[int] = []
        data = package.read(sheet.part)
        with package.parsing(sheet.part):
            check_encoding(data)
            self._read(rows(data))

    def _read(self, found: Iterable[list[Raw] | None]) -> None:
        letters: Raw = []
        types: list[Raw] = []
        texts: list[Raw] = []
        for row in found:
            if row is None or len(set(row[1])) > 1:
                raise OtherwiseMade
            number = int(row[1][0] or b"")
            columns, formulas = row[0], row[3]
            if not letters and not any(formulas):
                values = zip(_numbers(columns), row[2], row[4], strict=True)
                self.heads |= {(number, column): self._value(kind, text) for column, kind, text in values}
                continue
            if not letters:
                letters, self.first, self._columns = columns, number, _numbers(columns)
                self._expected = [None if each else "" for each in formulas]
            if columns != letters or number != self.first + len(texts):
                raise OtherwiseMade
            self._line(number, formulas)
            types.append(types[-1] if types and types[-1] == row[2] else row[2])
            texts.append(row[4])
        self.lines = len(texts)
        for column, kinds, held in zip(self._columns, zip(*types, strict=True), zip(*texts, strict=True), strict=True):
            self._keep(column, kinds, held)
        last = self.first + self.lines - 1
        for shared, column in zip(self._expected, self._columns, strict=True):
            if shared and not self._masters[shared].reaches(last, column):
                raise OtherwiseMade

    def _line(self, row: int, formulas: Raw) -> None:
        """Refuse a line with another formula than the first in a column."""
        tokens = list(map(self._shared.get, formulas))
        if tokens == self._expected and None not in self._expected:
            return
        for place, (token, expected) in enumerate(zip(tokens, self._expected, strict=True)):
            if token is None or token != expected:
                self._formula(row, place, formulas[place])

    def _formula(self, row: int, place: int, element: bytes | None) -> None:
        if element is None or self._expected[place] == "":
            raise OtherwiseMade
        column = self._columns[place]
        attributes, text = formula_of(element)
        kind, number = attributes.get("t", "normal"), attributes.get("si", "")
        if kind == "shared" and not text and number in self._masters:
            master = self._masters[number]
            if not master.reaches(row, column):
                raise OtherwiseMade
            self._shared[element] = self._expected[place] = number
        elif text and (kind == "normal" or (kind == "shared" and number not in self._masters)):
            master = Master(text, row, column)
            if kind == "shared":
                self._masters[number] = master
        else:
            raise OtherwiseMade
        if self.shapes.setdefault(column, master.shape) != master.shape:
            raise OtherwiseMade
        if row == self.first:
            self._look(master.shape, master.template)

    def _look(self, shape: Shape, template: Template) -> None:
        """Refuse what reads more than constants and its own line."""
        if not template.readable or template.broken or template.external:
            raise OtherwiseMade
        for sheet, first, last in template.areas:
            home = self._sheets.get((sheet or self.sheet).upper())
            if home is None:
                raise OtherwiseMade
            for fixed_row, down, _, _ in (shape[1][first], shape[1][last]):
                if down >= self.first if fixed_row else down != 0:
                    raise OtherwiseMade
                if home != self.sheet and fixed_row:
                    raise OtherwiseMade
            if home != self.sheet:
                self.beside.add(home)

    def _keep(self, column: int, kinds: Sequence[bytes | None], held: Sequence[bytes | None]) -> None:
        """The values of a column: of a constant one and the same."""
        if column in self.shapes and not any(kinds) and all(held):
            self.stored[column] = np.array(list(map(float, held)))  # type: ignore[arg-type]
            return
        values = [self._value(kind, text) for kind, text in zip(kinds, held, strict=True)]
        if column in self.shapes:
            self.stored[column] = values
        elif all(type(value) is type(values[0]) and value == values[0] for value in values):
            self.typed[column] = values[0]
        else:
            raise OtherwiseMade

    def _value(self, kind: bytes | None, text: bytes | None) -> Value:
        return shown((kind or b"n").decode(), None if text is None else text_of(text), self._strings)


def _numbers(letters: Raw) -> list[int]:
    return [column_number((each or b"").decode()) for each in letters]
