"""One call with single values: arguments accepted, the body run, its failures named."""

from __future__ import annotations

import math

from pycalc.annotations import Any, Iterable, Sequence
from pycalc.errors import CalcError, NoAnswerError, OutOfBoundsError, ZeroRatioError
from pycalc.registry.definition import Argument, Function, is_range
from pycalc.registry.ranges import flattened, only_cell

INT = frozenset((int,))
"""The type of whole numbers, as `Function.checks` has it."""


def single(function: Function, arguments: Sequence[Argument], args: tuple[Any, ...]) -> Any:
    """The result for single values; a bad one raises its error."""
    return run(function, accepted(arguments, args))


def cell_result(function: Function, args: tuple[Any, ...]) -> Any:
    """The result for one cell of a range call: an error is the result, not an exception."""
    try:
        for value, (types, low, high) in zip(args, function.checks, strict=True):
            if (type(value) not in types or not low <= value <= high) and not is_whole(value, types, low, high):
                return single(function, function.arguments, args)
        return run(function, args)
    except CalcError as error:
        return error.bare()  # the frames of a million bad cells would fill the memory


def is_whole(value: Any, types: frozenset[type], low: float, high: float) -> bool:
    """Whether a value is the whole number an argument takes, written as cells hold numbers: 12.0."""
    return types is INT and type(value) is float and low <= value <= high and value.is_integer()


def accepted(arguments: Sequence[Argument], args: tuple[Any, ...]) -> list[Any]:
    """The arguments as the body takes them: defaults in place, kinds and bounds checked in order."""
    values: list[Any] = []
    for position, argument in enumerate(arguments):
        value = args[position] if position < len(args) else None
        if argument.kind == "any":  # handed on as it is: FT_CHECK has another function look at it
            values.append(value)
            continue
        if argument.shape == "range":
            values.append(_whole_range(argument, value))
            continue
        if is_range(value):
            value = only_cell(argument, value)
        if argument.is_omitted(value):
            if argument.same_as:
                value = values[[other.name for other in arguments].index(argument.same_as)]
            elif argument.default is None:
                values.append(None)
                continue
            else:
                value = argument.default
        values.append(argument.accept(value))
    return values


def run(function: Function, values: Iterable[Any]) -> Any:
    """The body on accepted values, its failures turned into the error values they mean."""
    try:
        result = function.body(*values)
        if type(result) is int:
            result = float(result)
        if type(result) is float and not math.isfinite(result):
            raise OverflowError
        return result
    except CalcError as error:
        if not error.function:
            error.function = function.name
        raise
    except ZeroDivisionError:
        raise ZeroRatioError("divides by zero", "Check the inputs that are 0", function=function.name) from None
    except (OverflowError, ValueError):  # a step is beyond numbers, and the next one none: ceil(infinity × 0)
        raise OutOfBoundsError(
            "has a result too large for a number", "Check the units of the inputs", function=function.name
        ) from None
    except ImportError as missing:
        raise NoAnswerError(
            f"needs the Python package {missing.name}, which this Python does not have",
            f"Install it: pip install {missing.name}",
            function=function.name,
        ) from None


def _whole_range(argument: Argument, value: Any) -> list[Any] | None:
    if argument.is_omitted(value):
        return None
    return [argument.accept(cell) for cell in flattened(argument, value)]
