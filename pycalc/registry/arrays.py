"""Ranges: broadcasting, blocks, and an error of its own for each bad element.

A range call is worked out in three steps. Each argument becomes an `Operand`: its cells laid out flat, and,
where NumPy can be imported, the same cells as float64 with NaN for whatever is not a plain number. The array
form of the function runs over these in blocks that fit the processor's cache. Every element whose input lies
outside its bounds or whose result is not finite then goes through the scalar function, which alone knows the
errors; so the array form cannot disagree with it about one.

Without NumPy, and for functions without an array form, every element goes that way.
"""

from __future__ import annotations

import gc
import math
from functools import cache
from itertools import repeat
from struct import pack, unpack

from pycalc.errors import CalcError
from pycalc.registry.definition import LARGEST
from pycalc.registry.operand import BLOCK, Operand
from pycalc.registry.ranges import PLAIN, numpy_module
from pycalc.registry.single import cell_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pycalc.registry.definition import Argument, Function

UNREAD_FROM = 1_000
"""Elements of a result from which its errors are made only when they are read."""


def evaluate(function: Function, args: tuple[Any, ...]) -> Any:
    """A range call: a list of lists (a list for one-dimensional input), or an array where one was given.

    The search for cycles waits: a hundred thousand new cells would set it off over and over.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        return _spread(function, args)
    finally:
        if searching:
            gc.enable()


def _spread(function: Function, args: tuple[Any, ...]) -> Any:
    numpy = numpy_module()
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
    shape = (rows, columns) if dimensions == 2 else (rows * columns,)
    if numpy is not None and function.array and all(operand.numbers is not None for operand in operands):
        values, rest = _in_blocks(function, operands, rows * columns, numpy)
        if rest.blocks and as_array and rows * columns >= UNREAD_FROM:
            from pycalc.registry.unread import Unread

            return Unread(shape, lambda: _object_array(rest.added(values), numpy))
        if rest.blocks or not as_array:
            values = rest.added(values)
    elif function.many:
        values = _in_bulk(function, operands, rows * columns)
    else:
        values = _one_by_one(function, operands, rows * columns)
    if as_array:
        return (values if isinstance(values, numpy.ndarray) else _object_array(values, numpy)).reshape(shape)
    if dimensions < 2:
        return values
    if columns == 1:
        return [[cell] for cell in values]
    return [values[start : start + columns] for start in range(0, rows * columns, columns)]


class Rest:
    """The elements of a result that the scalar function is asked for, with the cells they come from as they are now."""

    def __init__(self, function: Function, operands: list[Operand], result: Any) -> None:
        self.function = function
        self.operands = operands
        self.blocks: list[tuple[int, Any, list[tuple[Any, Any]]]] = []
        self.whole = [result]
        """Room for the cells of blocks without a good element: where their results would be, and one piece of memory
        for the others, for many small ones cost more."""

    def note(self, start: int, finite: Any, every: bool, numpy: Any) -> None:
        """The elements of a block that are not finite, or every one. Their cells are copied: what was given may
        change."""
        if every and len(self.whole) == 1:
            self.whole += [*numpy.empty((len(self.operands), max(len(self.whole[0]), BLOCK)))][1:]
        stop = start + len(finite)
        places = _every(numpy)[: len(finite)] if every else (~finite).nonzero()[0]
        columns: list[tuple[Any, Any]] = []
        for row, operand in enumerate(self.operands):
            given = operand.cells is operand.numbers
            block = slice(start, stop) if len(operand.cells) > 1 else slice(1)
            cells, numbers = operand.cells[block], operand.numbers[block]
            if len(operand.cells) == 1:
                numbers = numbers.copy()
            elif given and every:
                self.whole[row][start:stop] = numbers
                numbers = self.whole[row][start:stop]
            elif not every:
                cells = cells if given else [cells[place] for place in places]
                numbers = numbers.take(places)
            columns.append((numbers if given else cells, numbers))
        self.blocks.append((start, places, columns))

    def added(self, numbers: Any) -> list[Any]:
        """All elements: a number, or an error object."""
        from pycalc.registry.unread import results

        some = sum(len(places) for _, places, _ in self.blocks) < len(numbers)
        values = numbers.tolist() if some else [None] * len(numbers)
        for start, places, columns in self.blocks:
            for which, found in results(self.function, self.operands, columns, len(places)):
                first, last = start + places[which[0]], start + places[which[-1]]
                if last - first < len(found):  # all in a row
                    values[first : last + 1] = found
                    continue
                for place, result in zip((places[which] + start).tolist(), found, strict=True):
                    values[place] = result
        return values


@cache
def _every(numpy: Any) -> Any:
    """The places of a block."""
    return numpy.arange(BLOCK)


def _follow(operands: list[Operand]) -> None:
    """An argument left out whose default is another argument takes that argument's cells."""
    names = [operand.argument.name for operand in operands]
    for operand in operands:
        argument = operand.argument
        if argument.same_as and len(operand.cells) == 1 and argument.is_omitted(operand.cells[0]):
            leader = operands[names.index(argument.same_as)]
            operand.cells, operand.numbers = leader.cells, leader.numbers
            operand.rows, operand.columns = leader.rows, leader.columns
            operand.follows = True
            operand.argument = leader.argument  # what a blank means is the leader's to say


def _one_by_one(function: Function, operands: list[Operand], total: int) -> list[Any]:
    """Every element through the scalar function."""
    columns: list[Iterable[Any]] = []
    for operand in operands:
        cell, argument = operand.cells[0], operand.argument
        if len(operand.cells) > 1:
            columns.append(operand.cells.tolist() if operand.cells is operand.numbers else operand.cells)
        elif argument.default is not None and argument.is_omitted(cell):
            columns.append(repeat(argument.default, total))  # a plain number passes the checks at once, None does not
        else:
            columns.append(repeat(cell, total))
    return [cell_result(function, row) for row in zip(*columns, strict=True)]


def _in_blocks(function: Function, operands: list[Operand], total: int, numpy: Any) -> tuple[Any, Rest]:
    """The array form over blocks; elements it has no finite answer for are left to the scalar function."""
    assert function.array is not None
    result = numpy.empty(total)
    rest = Rest(function, operands, result)
    parts: list[Any] = []  # an array of numbers, a number, or None, as the array form takes them
    columns = []
    valid = True  # what single cells are is known before the first block
    for operand in operands:
        part = operand.part(operand.cells, operand.numbers)
        parts.append(part)
        if part is not operand.numbers:
            valid = valid and (part is None or _is_valid(operand.argument, part))
        elif not operand.follows:
            columns.append(operand)
    with numpy.errstate(all="ignore"):
        for start in range(0, total, BLOCK):
            stop = min(start + BLOCK, total)
            block = numpy.nan
            if valid:
                block = function.array(
                    *[part[start:stop] if isinstance(part, numpy.ndarray) else part for part in parts]
                )
            finite = numpy.isfinite(block)
            for operand in columns:
                numbers = operand.numbers[start:stop]
                if not _all_valid(operand.argument, numbers, numpy):
                    finite = finite & _inside(operand.argument, numbers, numpy)
            if finite.item(finite.argmin()):  # four times as fast as all()
                result[start:stop] = block
                continue
            finite = numpy.broadcast_to(finite, stop - start)
            some = finite.any()
            if some:
                result[start:stop] = block
            rest.note(start, finite, not some, numpy)
    return result, rest


def _is_valid(argument: Argument, number: float) -> bool:
    return argument.least <= number <= argument.most and (not argument.whole or number == math.floor(number))


def _all_valid(argument: Argument, numbers: Any, numpy: Any) -> bool:
    """Whether all numbers lie within the argument's bounds; NaN never does."""
    if argument.least == 0:
        # From 0 up, doubles sort as their bits do; negative ones and NaN sort above them all. One look, not two.
        bits = numbers.view(numpy.uint64)
        within = bits.item(bits.argmax()) <= _bits(argument.most)
    elif argument.least == -LARGEST and argument.most == LARGEST:
        within = True  # what is not finite makes a result that is not
    else:
        within = numpy.minimum.reduce(numbers) >= argument.least and numpy.maximum.reduce(numbers) <= argument.most
    if not within or not argument.whole:
        return bool(within)
    whole = numpy.rint(numbers) == numbers
    return bool(whole.item(whole.argmin()))


@cache
def _bits(number: float) -> int:
    """The bits of a double as a whole number."""
    bits: int = unpack("<Q", pack("<d", number))[0]
    return bits


def _inside(argument: Argument, numbers: Any, numpy: Any) -> Any:
    """Which numbers lie within the argument's bounds."""
    inside = (numbers >= argument.least) & (numbers <= argument.most)
    return inside & (numpy.rint(numbers) == numbers) if argument.whole else inside


def _in_bulk(function: Function, operands: list[Operand], total: int) -> list[Any]:
    """All valid rows in one call of the function's bulk form; a row's first bad argument is its error.

    Arguments are accepted a column at a time, which costs a million cells a fraction of a second. No function
    with a bulk form takes a default from another argument.
    """
    assert function.many is not None
    errors: dict[int, CalcError] = {}
    columns = [_accepted_column(operand, total, errors) for operand in operands]
    rows = list(zip(*columns, strict=True))
    if not errors:
        return list(function.many(rows))
    values: list[Any] = [None] * total
    places = [index for index in range(total) if index not in errors]
    for index, value in zip(places, function.many([rows[index] for index in places]), strict=True):
        values[index] = value
    for index, error in errors.items():
        values[index] = error
    return values


def _accepted_column(operand: Operand, total: int, errors: dict[int, CalcError]) -> list[Any]:
    """One argument's cells as the body takes them; `errors` gets those that are refused."""
    argument = operand.argument
    single = len(operand.cells) == 1
    text = argument.kind == "text"
    values: list[Any] = []
    for index, cell in enumerate(operand.cells):
        if not (text and type(cell) is str and cell):  # what most cells are
            if argument.is_omitted(cell):
                cell = argument.default
            if cell is not None or argument.required:
                cell = argument.taken(cell)
            if isinstance(cell, CalcError):
                for place in range(total) if single else (index,):
                    errors.setdefault(place, cell.bare())
        values.append(cell)
    return values * total if single else values


def _object_array(values: list[Any], numpy: Any) -> Any:
    if set(map(type, values)) <= PLAIN:
        return numpy.array(values, dtype=numpy.float64)
    array = numpy.empty(len(values), dtype=object)
    array[:] = values
    return array
