"""A range's cells, laid out flat."""

from __future__ import annotations

from itertools import chain

from pycalc.errors import WrongKindError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pycalc.registry.definition import Argument

PLAIN = {int, float}
"""What NumPy takes as it is."""

NUMERIC = ("number", "date")
"""The kinds of arguments whose cells are numbers."""


def flattened(argument: Argument, value: Any) -> Sequence[Any]:
    """The cells of a range, row by row; a single value is a range of one cell."""
    cells = laid_out(argument, value, numpy_module() if hasattr(value, "shape") else None)[3]
    return cells.tolist() if hasattr(cells, "tolist") else cells


def numpy_module() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def laid_out(argument: Argument, value: Any, numpy: Any) -> tuple[int, int, int, Sequence[Any], Any]:
    """Rows, columns, dimensions, flat cells, and the cells as float64 where all are plain numbers.

    The two are the same array where no cell is anything but a float.
    """
    if not isinstance(value, (list, tuple)):
        shape = getattr(value, "shape", ())
        if not shape:
            return 1, 1, 0, [value], None
        return _array_laid_out(argument, value, numpy)
    kinds = _kinds(value)
    are_rows = {issubclass(kind, (list, tuple)) for kind in kinds}
    if True not in are_rows:
        _refuse_empty(argument, len(value))
        return 1, len(value), 1, *_with_numbers(argument, value, kinds, numpy)
    if False in are_rows or len(set(map(len, value))) > 1:
        raise _bad_range(argument, "has rows of different lengths", "Give every row the same number of cells")
    width = len(value[0])
    _refuse_empty(argument, width)
    cells = list(chain.from_iterable(value))
    return len(value), width, 2, *_with_numbers(argument, cells, _kinds(cells), numpy)


def _kinds(cells: Sequence[Any]) -> set[type]:
    """The types of some cells: of nothing but floats they are counted in three fifths of the time."""
    return {float} if list(map(type, cells)).count(float) == len(cells) else set(map(type, cells))


def _array_laid_out(argument: Argument, value: Any, numpy: Any) -> tuple[int, int, int, Sequence[Any], Any]:
    masked = type(value).__name__ == "MaskedArray" and numpy.ma.is_masked(value)
    array = value if masked else _nullable(value) if hasattr(value, "isna") else numpy.asarray(value)
    if array.dtype.kind == "M":  # finer than microseconds, Python would get whole numbers of them
        array = array.astype("datetime64[us]")
    if array.ndim > 2:
        raise _bad_range(argument, f"has {array.ndim} dimensions", "Give a range of rows and columns")
    _refuse_empty(argument, array.size)
    rows, columns = array.shape if array.ndim == 2 else (1, array.size)
    if array.dtype.kind in "fiu" and not masked:
        numbers = array.astype(numpy.float64, copy=False).ravel()
        return rows, columns, array.ndim, numbers, numbers
    cells = array.ravel().tolist()
    return rows, columns, array.ndim, *_with_numbers(argument, cells, _kinds(cells), numpy)


def _nullable(value: Any) -> Any:
    """A column or table of pandas as an array; where its kind of column can miss a value, a missing one is blank."""
    kinds = value.dtypes if value.ndim == 2 else [value.dtype]  # an index or a bare array of pandas has the one alone
    if not any(hasattr(kind, "na_value") for kind in kinds):
        return value.to_numpy()
    array = value.to_numpy(dtype=object, copy=True)
    missing = value.isna()
    array[missing.to_numpy() if hasattr(missing, "to_numpy") else missing] = None
    return array


def _refuse_empty(argument: Argument, size: int) -> None:
    if not size:
        raise _bad_range(argument, "is an empty range", "Point at one cell at least")


def _bad_range(argument: Argument, rule: str, remedy: str) -> WrongKindError:
    return WrongKindError(rule, remedy, function=argument.function, argument=argument.name)


def _with_numbers(argument: Argument, cells: Sequence[Any], kinds: set[type], numpy: Any) -> tuple[Sequence[Any], Any]:
    """Cells as they are and as float64, for which all have to be plain numbers."""
    if numpy is None or not kinds <= PLAIN or argument.kind not in NUMERIC:
        return cells, None
    try:
        numbers = numpy.fromiter(cells, numpy.float64, len(cells))
    except OverflowError:  # a whole number too large for a float
        return cells, None
    return (numbers if kinds == {float} else cells), numbers


def only_cell(argument: Argument, value: Any) -> Any:
    """A range of one cell is that cell; a larger one has no place in a scalar argument."""
    cells = flattened(argument, value)
    if len(cells) == 1:
        return cells[0]
    raise _bad_range(argument, f"is a range of {len(cells)} cells, one is wanted", "Point at a single cell")
