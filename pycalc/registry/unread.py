"""Errors that nobody has read yet, and arrays of them.

An element without a finite answer costs as much as a thousand good ones: the scalar function is asked for it, and its
error is an object with a message. So what its kind is, which a cell shows, is seen from the numbers of the whole range,
and the scalar function is asked for the rest when somebody reads it. An array is a step behind: until somebody looks
at it, it is the finished numbers and a copy of the cells that are left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy
from numpy.lib.mixins import NDArrayOperatorsMixin

from pycalc.constants import COMPARISON_TOLERANCE
from pycalc.errors import CalcError, NoAnswerError, OutOfBoundsError, WrongKindError, ZeroRatioError
from pycalc.registry.definition import Argument, Function
from pycalc.registry.operand import BLOCK, Operand
from pycalc.registry.single import cell_result

NO_ANSWER = numpy.uint64(0x7FF8_0000_0000_4E41).view(numpy.float64)
"""What an array form gives where the scalar function raises NoAnswerError: a NaN that arithmetic passes on, as R marks
its NA. Where a processor does not, the scalar function is asked at once."""

_KINDS = (None, WrongKindError, OutOfBoundsError, ZeroRatioError, NoAnswerError)
"""What is known of an element without a finite answer: its kind of error, None where the scalar function is asked."""
_WRONG_KIND, _OUT_OF_BOUNDS, _ZERO_RATIO, _NO_ANSWER = range(1, 5)
_PLACES = list(range(BLOCK))
"""Numbers to take, not make, where a whole block has errors."""
FEW = 16
"""Elements up to which it is quicker to ask for each."""


class Rows:
    """The cells that elements without a finite answer come from."""

    def __init__(self, function: Function, columns: list[Sequence[Any]]) -> None:
        self.function = function
        self.columns = columns

    def result(self, place: int) -> Any:
        at = [(column, place if len(column) > 1 else 0) for column in self.columns]
        cells = (column.item(cell) if isinstance(column, numpy.ndarray) else column[cell] for column, cell in at)
        return cell_result(self.function, tuple(cells))


def results(
    function: Function, operands: list[Operand], columns: list[tuple[Any, Any]], count: int
) -> Iterator[tuple[Any, list[Any]]]:
    """Elements without a finite answer, kind by kind: their places, and their errors (or what else it turns out to be).

    `columns` has the cells of each operand, and the same as numbers.
    """
    rows = Rows(function, [cells for cells, _ in columns])
    kinds = _kinds(function, operands, columns, count) if count > FEW else numpy.zeros(count)
    for number, kind in enumerate(_KINDS):
        places = (kinds == number).nonzero()[0]
        if len(places):
            listed = places.tolist() if len(places) < count else _PLACES[:count]
            yield places, unread(kind, rows, listed) if kind else list(map(rows.result, listed))


@numpy.errstate(all="ignore")
def _kinds(function: Function, operands: list[Operand], columns: list[tuple[Any, Any]], count: int) -> Any:
    """Which of _KINDS each element is: its first bad argument's, else what the array form says."""
    assert function.array is not None
    block = function.array(*[operand.part(*column) for operand, column in zip(operands, columns, strict=True)])
    same = numpy.broadcast_to(block, count).view(numpy.uint64) == NO_ANSWER.view(numpy.uint64)
    kinds = same * numpy.int8(_NO_ANSWER)
    for operand, (_, numbers) in zip(operands, columns, strict=True):
        if operand.argument.name in function.zeros:
            kinds = numpy.where(numbers == 0, numpy.int8(_ZERO_RATIO), kinds)
    for operand, (cells, numbers) in reversed(list(zip(operands, columns, strict=True))):
        if operand.follows or operand.part(cells, numbers) is None:
            continue
        found, as_it_is = _refused(operand.argument, numbers)
        if cells is not numbers:
            odd = numpy.isnan(numbers)
            if odd.any():
                by_type = map(_kinds_by_type(operand.argument).__getitem__, map(type, cells))
                found = numpy.where(odd, numpy.fromiter(by_type, numpy.int8, len(cells)), found)
        kinds = numpy.where(as_it_is, kinds, found)
    return kinds


def _refused(argument: Argument, numbers: Any) -> tuple[Any, Any]:
    """Which of _KINDS the numbers are: within bounds or not; and whether they are taken as they are.

    A number within the tolerance of a whole one, or of 1, is taken as that.
    """
    taken = numbers
    for near in [numpy.rint(numbers)] * argument.whole + [1.0] * (argument.high == 1 and not argument.high_open):
        taken = numpy.where(abs(taken - near) <= COMPARISON_TOLERANCE * abs(near), near, taken)
    good = (taken >= argument.least) & (taken <= argument.most)
    if argument.whole:
        good &= taken == numpy.floor(taken)
    return ~good * numpy.int8(_OUT_OF_BOUNDS), good & (taken == numbers)


def _kinds_by_type(argument: Argument) -> defaultdict[type, int]:
    """Which of _KINDS the scalar function makes of cells that are no numbers of NumPy's, by their type; else 0."""
    known = defaultdict[type, int](int, {kind: number for number, kind in enumerate(_KINDS) if kind})
    known |= {float: _OUT_OF_BOUNDS, bool: _WRONG_KIND}
    if argument.required or argument.default is not None:  # else "" is as good as left out
        known[str] = _WRONG_KIND
    return known


def unread(kind: type[CalcError], rows: Rows, places: list[int]) -> list[Any]:
    """Errors of one kind that ask for their parts when somebody reads them."""
    errors: list[Any] = list(map(kind.__new__, repeat(kind, len(places))))
    for error, place in zip(errors, places, strict=True):
        error.place = place
        error.rows = rows
    return errors


def _read(error: Any) -> None:
    rows = getattr(error, "rows", None)
    if rows is not None:
        vars(error).update(vars(rows.result(error.place)))
        error.rows = None


class _Part:
    """A part of an error's message. An error that has it has it in itself, where Python looks first."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, error: CalcError | None, kind: type[CalcError]) -> Any:
        if error is None:
            return self
        _read(error)
        return vars(error)[self.name]


def _reduce(error: CalcError) -> Any:
    _read(error)
    return Exception.__reduce__(error)


for _name in ("rule", "remedy", "function", "argument", "value", "has_value", "unit", "__reduce__"):
    # From here, for the class itself is translated into JavaScript.
    setattr(CalcError, _name, _reduce if _name == "__reduce__" else _Part(_name))


class Unread(NDArrayOperatorsMixin):
    """Stands for the array that `read` gives. NumPy and pandas take it as that array; `numpy.asarray` gives it."""

    __array_priority__ = 1_000

    def __init__(self, shape: tuple[int, ...], read: Callable[[], Any]) -> None:
        self.shape = shape
        self._read: Callable[[], Any] | None = read
        self._array: Any = None

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(numpy.prod(self.shape))

    def _whole(self) -> Any:
        if self._read is not None:
            self._array = self._read().reshape(self.shape)
            self._read = None
        return self._array

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole(), name)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return numpy.array(self._whole(), dtype=dtype, copy=copy)

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if "out" in options:
            options["out"] = _read_in(options["out"])
        return getattr(function, method)(*_read_in(inputs), **options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return function(*_read_in(args), **_read_in(options))

    def __len__(self) -> int:
        return self.shape[0]


def _of_the_array(name: str) -> Callable[..., Any]:
    return lambda unread, *args: getattr(unread._whole(), name)(*args)


for _name in ("iter", "getitem", "setitem", "contains", "bool", "reduce_ex", "repr", "str"):
    setattr(Unread, f"__{_name}__", _of_the_array(f"__{_name}__"))


def _read_in(value: Any) -> Any:
    """Arguments with what is not read yet read."""
    if type(value) is Unread:
        return value._whole()
    if type(value) in (list, tuple):
        return type(value)(map(_read_in, value))
    if type(value) is dict:
        return {name: _read_in(one) for name, one in value.items()}
    return value
