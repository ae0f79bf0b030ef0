"""Our functions as formualizer calls them, and its values as ours: errors come and go as dicts, ranges as lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import formualizer

import pycalc  # noqa: F401 - files the functions in the registry
from pycalc.errors import CalcError, from_code
from pycalc.models.rows import Price
from pycalc.registry import FUNCTIONS
from pycalc.registry.definition import Function
from workbook.engines.asexcel import AS_EXCEL, as_joined, as_number, compare, date_of, rounded
from workbook.engines.coercing import NUMBER
from workbook.engines.comparing import COMPARE, JOINED
from workbook.engines.lifting import TOO_LARGE
from workbook.engines.mending import EARLY_DATE
from workbook.engines.numberformats import DAYS_1904, UnknownFormat, shown
from workbook.engines.prepare import AS_SHOWN
from workbook.file import my_prices

LARGEST_NUMBER = 9.99999999999999e307
"""The largest number a cell holds; beyond, Excel shows #NUM!."""

_CODES = {
    "Na": "#N/A",
    "Num": "#NUM!",
    "Value": "#VALUE!",
    "Div": "#DIV/0!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
}
ERRORS = {kind: from_code(code) for kind, code in _CODES.items()}
_KINDS = {code: kind for kind, code in _CODES.items()}
_REFUSALS = {
    "Circ": "it is part of a circular reference",
    "NImpl": "the engine does not do what it asks",
    "Error": "the engine cannot read it",
    "Cancelled": "the engine gave up on it",
}


PRICED = ("MODEL_PRICE", "PRICE_SOURCE")
"""Functions that ask for prices: a workbook's own come first."""


def register(
    book: formualizer.Workbook,
    errors: dict[str, CalcError] | None = None,
    date1904: bool = False,
    own: Sequence[Price] = (),
) -> None:
    """Give a formualizer workbook every function of ours; `own` are its prices.

    errors : gets the first error of each code that they give.
    """
    for name, function in FUNCTIONS.items():
        call = adapter(function, errors, date1904)
        book.register_function(name, my_prices.asking(own, call) if own and name in PRICED else call)
    book.register_function(AS_SHOWN, _as_shown)
    book.register_function(TOO_LARGE, lambda: {"type": "Error", "kind": "NImpl"})
    for name, helper in ((COMPARE, compare), (JOINED, as_joined), (NUMBER, as_number), (EARLY_DATE, date_of)):
        book.register_function(name, with_ranges(helper))
    text = with_ranges(lambda value, code: shown(value, code, date1904))
    book.register_function("TEXT", text, allow_override_builtin=True)
    for name, mended in AS_EXCEL.items():
        book.register_function(name, with_ranges(mended), allow_override_builtin=True)


def _as_shown(value: Any, digits: float) -> Any:
    """A number rounded as its cell shows it, half away from zero."""
    return rounded(value, int(digits)) if type(value) is float else value


def with_ranges(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of single values that takes a range cell by cell; errors pass through it."""

    def callback(*args: Any) -> Any:
        for place, value in enumerate(args):
            if type(value) is list:
                return [[callback(*args[:place], cell, *args[place + 1 :]) for cell in row] for row in value]
            if type(value) is dict:
                return value
        try:
            return function(*args)
        except CalcError as error:
            return returned(error)
        except UnknownFormat:
            return {"type": "Error", "kind": "NImpl"}
        except (ValueError, TypeError, OverflowError, ZeroDivisionError):
            return returned(from_code("#VALUE!"))
        except BaseException as stop:
            _stopped.append(stop)
            raise

    return callback


def adapter(
    function: Function, errors: dict[str, CalcError] | None = None, date1904: bool = False
) -> Callable[..., Any]:
    """The function as formualizer calls it: errors come and go as dicts, ranges as lists of lists."""
    call = _in_1904(function) if date1904 else function.call

    def callback(*args: Any) -> Any:
        while True:
            try:
                result = call(*args)
                if type(result) is float:
                    return result
            except CalcError as error:
                result = error.bare()
            except BaseException as stop:
                _stopped.append(stop)
                raise
            if not any(_holds_error(value) for value in args):
                break
            args = tuple(_with_errors(value) for value in args)
        if errors is not None:
            rows = result if isinstance(result, list) else [[result]]
            for cell in (cell for row in rows for cell in row if isinstance(cell, CalcError)):
                errors.setdefault(cell.code, cell)
        return returned(result)

    return callback


def _in_1904(function: Function) -> Callable[..., Any]:
    """The function for a workbook that counts days from 1904: ours count as Excel does by default."""
    dates = [place for place, argument in enumerate(function.arguments) if argument.kind == "date"]
    gives_date = "date" in function.returns

    def call(*args: Any) -> Any:
        given = list(args)
        for place in dates:
            if place < len(given) and type(given[place]) is float:
                given[place] += DAYS_1904
        result = function.call(*given)
        return result - DAYS_1904 if gives_date and type(result) is float else result

    return call if dates or gives_date else function.call


_stopped: list[BaseException] = []
"""The engine makes #VALUE! of whatever a function of ours raises. What is no error of a cell ends the work: Ctrl-C, no
memory, a fault of ours; see `evaluating`."""


def evaluating(work: Callable[..., Any], *place: Any) -> None:
    """Have the engine work, and raise what stopped a function of ours meanwhile."""
    _stopped.clear()
    work(*place)
    if _stopped:
        raise _stopped.pop(0)


def _holds_error(value: Any) -> bool:
    if type(value) is list:
        return any(type(cell) is dict for row in value for cell in row)
    return type(value) is dict


def _with_errors(value: Any) -> Any:
    if type(value) is list:
        return [[_with_errors(cell) for cell in row] for row in value]
    return ERRORS.get(value.get("kind", ""), from_code("#VALUE!")) if type(value) is dict else value


def returned(result: Any) -> Any:
    if isinstance(result, CalcError):
        return {"type": "Error", "kind": _KINDS.get(result.code, "Value")}
    if isinstance(result, list):
        return [[returned(cell) for cell in row] if isinstance(row, list) else [returned(row)] for row in result]
    return "" if result is None else result


class Refusal:
    """In place of a value: the engine has none."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def value_of(raw: Any) -> Any:
    """A value as formualizer gives it, in our convention."""
    kind = type(raw)
    if kind is float:
        return raw if -LARGEST_NUMBER <= raw <= LARGEST_NUMBER else ERRORS["Num"]
    if kind is str or kind is bool or raw is None:
        return raw
    if kind is int:
        return float(raw)
    if kind is dict:
        error = ERRORS.get(raw.get("kind", ""))
        return error or Refusal(_REFUSALS.get(raw.get("kind", ""), "the engine has no value for it"))
    if kind is list:
        return value_of(raw[0][0])
    return Refusal(f"the engine gave a {kind.__name__}")
