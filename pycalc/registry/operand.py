"""One argument of a range call: its cells, as they are and as numbers."""

from __future__ import annotations

import math

from pycalc.errors import BY_CODE, NoAnswerError
from pycalc.registry.ranges import NUMERIC, laid_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pycalc.registry.definition import Argument

BLOCK = 24_576
"""Elements worked on at a time: eight arguments and their intermediate results stay in a 2 MB cache."""


class Operand:
    """One argument of a range call, laid out flat, row by row."""

    __slots__ = ("argument", "cells", "columns", "dimensions", "follows", "numbers", "rows")

    def __init__(self, argument: Argument, value: Any, numpy: Any) -> None:
        self.argument = argument
        self.follows = False
        """Its cells are another argument's, which are looked at there."""
        self.cells: Sequence[Any]
        self.numbers: Any = None
        self.rows, self.columns, self.dimensions, self.cells, ready = laid_out(argument, value, numpy)
        if argument.shape == "row":
            self.rows, self.columns = 1, self.rows * self.columns
        elif argument.shape == "column":
            self.rows, self.columns = self.rows * self.columns, 1
        if numpy is not None and argument.kind in NUMERIC:
            self.numbers = ready if ready is not None else _numbers(argument, self.cells, numpy)

    def spread(self, rows: int, columns: int, numpy: Any) -> None:
        """Repeat a row, column or single cell over the result's shape; #N/A where it has no value (as Excel)."""
        if (self.rows, self.columns) == (rows, columns) or (self.rows, self.columns) == (1, 1):
            return
        tall, wide = self.rows, self.columns
        if numpy is not None and tall in (1, rows) and wide in (1, columns):
            if self.numbers is not None:
                grid = self.numbers.reshape(tall, wide)
                self.numbers = numpy.broadcast_to(grid, (rows, columns)).ravel()
            if self.cells is not self.numbers:
                objects = numpy.empty(len(self.cells), dtype=object)
                objects[:] = self.cells
                self.cells = numpy.broadcast_to(objects.reshape(tall, wide), (rows, columns)).ravel().tolist()
        else:
            missing = NoAnswerError(
                f"has no value here: its range has {tall} x {wide} cells, the result {rows} x {columns}",
                "Give ranges of equal size",
                function=self.argument.function,
                argument=self.argument.name,
            )
            cells = self.cells
            self.cells = [
                cells[(0 if tall == 1 else row) * wide + (0 if wide == 1 else column)]
                if (tall == 1 or row < tall) and (wide == 1 or column < wide)
                else missing
                for row in range(rows)
                for column in range(columns)
            ]
            if self.numbers is not None:
                self.numbers = _numbers(self.argument, self.cells, numpy)
        self.rows, self.columns = rows, columns

    def part(self, cells: Sequence[Any], numbers: Any) -> Any:
        """Cells of its as the array form takes them: an array, or the number of a single cell, None where that is an
        omitted optional argument without a default."""
        if len(cells) > 1:
            return numbers
        left_out = self.argument.default is None and self.argument.is_omitted(cells[0])
        return None if left_out else numbers[0]


def _numbers(argument: Argument, cells: Sequence[Any], numpy: Any) -> Any:
    """Cells as float64: blanks as their default, NaN for whatever the scalar function has to look at."""
    blank = 0.0 if argument.required else argument.default
    blank = float(blank) if isinstance(blank, int | float) else math.nan
    known = {type(None): blank} | dict.fromkeys((bool, *BY_CODE.values()), math.nan)
    if argument.required:  # else an empty text is a blank
        known[str] = math.nan
    if known.keys() >= set(map(type, cells)):
        return numpy.fromiter(map(known.__getitem__, map(type, cells)), numpy.float64, len(cells))

    def number(cell: Any) -> float:
        if type(cell) is int and -(2**1000) < cell < 2**1000:
            return float(cell)
        return blank if type(cell) is str and cell == "" else math.nan

    return numpy.array(
        [cell if (kind := type(cell)) is float else known[kind] if kind in known else number(cell) for cell in cells]
    )
