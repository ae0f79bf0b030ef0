"""Ranges: broadcasting, blocks, and an error of its own for each bad element.

A range call is worked out in three steps. Each argument becomes an `Operand`: its cells laid out flat, and,
where NumPy can be imported, the same cells as float64 with NaN for whatever is not a plain number. The array
form of the function runs over these in blocks that fit the processor's cache. Every element whose input lies
outside its bounds or whose result is not finite then goes through the scalar function, which alone knows the
errors; so the array form cannot disagree with it about one.

Without NumPy, and for functions without an array form, every element goes that way.
"""

from __future__ import annotations

from itertools import chain

from pycalc.errors import CalcError, NoAnswerError, WrongKindError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pycalc.registry import Argument, Function

BLOCK = 16_384
"""Elements worked on at a time: eight arguments and their intermediate results stay in a 2 MB cache."""

_PLAIN = {int, float}


class Operand:
    """One argument of a range call, laid out flat, row by row."""

    __slots__ = ("argument", "cells", "columns", "dimensions", "numbers", "rows")

    def __init__(self, argument: Argument, value: Any, numpy: Any) -> None:
        self.argument = argument
        self.cells: Sequence[Any]
        self.numbers: Any = None
        self.rows, self.columns, self.dimensions, self.cells, ready = _laid_out(argument, value, numpy)
        if argument.shape == "row":
            self.rows, self.columns = 1, self.rows * self.columns
        elif argument.shape == "column":
            self.rows, self.columns = self.rows * self.columns, 1
        if numpy is not None and argument.kind in ("number", "date"):
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

    def part(self, start: int, stop: int) -> Any:
        """The numbers of one block; a number for a single cell, None where that is an omitted optional one."""
        if self.numbers.size > 1:
            return self.numbers[start:stop]
        left_out = self.argument.default is None and self.argument.is_omitted(self.cells[0])
        return None if left_out else self.numbers[0]

    def at(self, index: int) -> Any:
        """The cell that belongs to one element of the result."""
        return self.cells[index if len(self.cells) > 1 else 0]


def evaluate(function: Function, args: tuple) -> Any:
    """A range call: a list of lists (a list for one-dimensional input), or an array where one was given."""
    numpy = _numpy()
    operands = [
        Operand(argument, args[position] if position < len(args) else None, numpy)
        for position, argument in enumerate(function.arguments)
    ]
    _follow(operands)
    rows = max(operand.rows for operand in operands)
    columns = max(operand.columns for operand in operands)
    for operand in operands:
        operand.spread(rows, columns, numpy)
    as_array = numpy is not None and any(isinstance(value, numpy.ndarray) for value in args)
    dimensions = 2 if function.spills else max(operand.dimensions for operand in operands)
    if numpy is not None and function.array and all(operand.numbers is not None for operand in operands):
        values, errors = _in_blocks(function, operands, rows * columns, numpy)
    elif function.many:
        values, errors = _in_bulk(function, operands, rows * columns), {}
    else:
        values, errors = [_cell(function, operands, index) for index in range(rows * columns)], {}
    return _shaped(values, errors, rows, columns, dimensions, as_array, numpy)


def flattened(argument: Argument, value: Any) -> Sequence[Any]:
    """The cells of a range, row by row; a single value is a range of one cell."""
    return _laid_out(argument, value, _numpy())[3]


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def _laid_out(argument: Argument, value: Any, numpy: Any) -> tuple[int, int, int, Sequence[Any], Any]:
    """Rows, columns, dimensions, flat cells, and the cells as float64 where that costs nothing."""
    if not isinstance(value, list | tuple):
        shape = getattr(value, "shape", ())
        if not shape:
            return 1, 1, 0, [value], None
        return _array_laid_out(argument, value, numpy)
    are_rows = {issubclass(kind, list | tuple) for kind in set(map(type, value))}
    if True not in are_rows:
        _refuse_empty(argument, len(value))
        return 1, len(value), 1, value, None
    if False in are_rows or len(set(map(len, value))) > 1:
        raise _bad_range(argument, "has rows of different lengths", "Give every row the same number of cells")
    width = len(value[0])
    _refuse_empty(argument, width)
    return len(value), width, 2, list(chain.from_iterable(value)), None


def _array_laid_out(argument: Argument, value: Any, numpy: Any) -> tuple[int, int, int, Sequence[Any], Any]:
    array = numpy.asarray(value)
    if array.ndim > 2:
        raise _bad_range(argument, f"has {array.ndim} dimensions", "Give a range of rows and columns")
    _refuse_empty(argument, array.size)
    rows, columns = array.shape if array.ndim == 2 else (1, array.size)
    if array.dtype.kind in "fiu":
        numbers = array.astype(numpy.float64, copy=False).ravel()
        return rows, columns, array.ndim, numbers, numbers
    return rows, columns, array.ndim, array.ravel().tolist(), None


def _refuse_empty(argument: Argument, size: int) -> None:
    if not size:
        raise _bad_range(argument, "is an empty range", "Point at one cell at least")


def _bad_range(argument: Argument, rule: str, remedy: str) -> WrongKindError:
    return WrongKindError(rule, remedy, function=argument.function, argument=argument.name)


def _numbers(argument: Argument, cells: Sequence[Any], numpy: Any) -> Any:
    """Cells as float64: blanks as their default, NaN for whatever the scalar function has to look at."""
    if set(map(type, cells)) <= _PLAIN:
        try:
            return numpy.array(cells, dtype=numpy.float64)
        except OverflowError:
            pass  # a whole number too large for a float: the loop below leaves it to the scalar function
    blank = 0.0 if argument.required else argument.default
    blank = blank if isinstance(blank, int | float) else numpy.nan
    numbers = numpy.full(len(cells), numpy.nan)
    for index, cell in enumerate(cells):
        if type(cell) is float:
            numbers[index] = cell
        elif cell is None or (type(cell) is str and cell == "" and not argument.required):
            numbers[index] = blank
        elif type(cell) is int and -(2**1000) < cell < 2**1000:
            numbers[index] = cell
    return numbers


def _follow(operands: list[Operand]) -> None:
    """An argument left out whose default is another argument takes that argument's cells."""
    names = [operand.argument.name for operand in operands]
    for operand in operands:
        argument = operand.argument
        if argument.same_as and len(operand.cells) == 1 and argument.is_omitted(operand.cells[0]):
            leader = operands[names.index(argument.same_as)]
            operand.cells, operand.numbers = leader.cells, leader.numbers
            operand.rows, operand.columns = leader.rows, leader.columns


def _cell(function: Function, operands: list[Operand], index: int) -> Any:
    return function.cell(tuple(operand.at(index) for operand in operands))


def _in_blocks(
    function: Function, operands: list[Operand], total: int, numpy: Any
) -> tuple[Any, dict[int, CalcError]]:
    """The array form over blocks; elements it has no finite answer for go through the scalar function."""
    assert function.array is not None
    result = numpy.empty(total)
    errors: dict[int, CalcError] = {}
    bounds = [operand.argument.closed_bounds() for operand in operands]
    with numpy.errstate(all="ignore"):
        for start in range(0, total, BLOCK):
            stop = min(start + BLOCK, total)
            parts = [operand.part(start, stop) for operand in operands]
            block = result[start:stop]
            block[:] = function.array(*parts)
            for part, operand, (low, high) in zip(parts, operands, bounds, strict=True):
                if part is None:
                    continue
                if not (part.min() >= low and part.max() <= high):
                    block[~((part >= low) & (part <= high))] = numpy.nan
                if operand.argument.whole and (part != numpy.floor(part)).any():
                    block[part != numpy.floor(part)] = numpy.nan
            if not numpy.isfinite(block).all():
                for index in (numpy.nonzero(~numpy.isfinite(block))[0] + start).tolist():
                    value = _cell(function, operands, index)
                    if isinstance(value, CalcError):
                        errors[index] = value
                    else:
                        result[index] = value
    return result, errors


def _in_bulk(function: Function, operands: list[Operand], total: int) -> list[Any]:
    """All valid rows in one call of the function's bulk form."""
    assert function.many is not None
    values: list[Any] = [None] * total
    rows: list[tuple] = []
    places: list[int] = []
    for index in range(total):
        try:
            rows.append(tuple(function.accepted(function.arguments, tuple(o.at(index) for o in operands))))
            places.append(index)
        except CalcError as error:
            values[index] = error
    for index, value in zip(places, function.many(rows), strict=True):
        values[index] = value
    return values


def _shaped(
    values: Any,
    errors: dict[int, CalcError],
    rows: int,
    columns: int,
    dimensions: int,
    as_array: bool,
    numpy: Any,
) -> Any:
    shape = (rows, columns) if dimensions == 2 else (rows * columns,)
    if as_array:
        array = values if isinstance(values, numpy.ndarray) else _object_array(values, numpy)
        if errors:
            array = array.astype(object)
            for index, error in errors.items():
                array[index] = error
        return array.reshape(shape)
    cells = values if isinstance(values, list) else values.tolist()
    for index, error in errors.items():
        cells[index] = error
    if dimensions < 2:
        return cells
    if columns == 1:
        return [[cell] for cell in cells]
    return [cells[start : start + columns] for start in range(0, rows * columns, columns)]


def _object_array(values: list[Any], numpy: Any) -> Any:
    if set(map(type, values)) <= _PLAIN:
        return numpy.array(values, dtype=numpy.float64)
    array = numpy.empty(len(values), dtype=object)
    array[:] = values
    return array
