"""A formula that stands in many lines, worked out in each from the numbers that the engine has in the cells it reads.

With numbers alone, and the operators and functions that every program works out alike, to the last bit: what else a
formula reads, or calls, is left to the engine.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import repeat
from types import SimpleNamespace
from typing import Any

import formualizer

from workbook.engines.surroundings import engine_sheet
from workbook.file import named
from workbook.file.addresses import corners, split_sheet
from workbook.file.package import Package
from workbook.formulas.javascript import Translation
from workbook.formulas.linekinds import Kind
from workbook.formulas.parser import FormulaError, kind_of

OWN = 1_000_000
"""The line that formulas are translated for."""
_FIRST = OWN - 100_000
"""The first row that is counted from a line's own; a row above is a number of its own."""
_FAR = re.compile(r"[A-Za-z]\$?(?:9[0-9]{5}|[0-9]{7})")
"""A reference to a row of its own that would be taken for one that is counted."""

_DIGITS = 1e-14
"""Beyond fifteen digits of a number."""

_Place = tuple[str, int, int]
"""A sheet, a row and a column."""


class _Shown(ArithmeticError):
    """An error value."""


_ERRORS = (ArithmeticError, ValueError)
_UNTOLD = (*_ERRORS, TypeError)


def _number(operation: Callable[..., Any]) -> Callable[..., Any]:
    def run(*given: Any) -> Any:
        found = operation(*given)
        if found - found:  # infinite: #NUM! in Excel
            raise _Shown
        return found

    return run


def _sum(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def run(left: Any, right: Any) -> Any:
        found = operation(left, right)
        if found and abs(found) < _DIGITS * abs(left):
            raise TypeError  # what rounding left, where Excel may show 0
        return found

    return _number(run)


def _compared(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def run(left: Any, right: Any) -> bool:
        if type(left) is bool or type(right) is bool:
            raise TypeError  # a logical value is above every number
        if left != right and abs(left - right) <= _DIGITS * abs(left):
            raise TypeError  # equal in fifteen digits, which is what Excel compares
        return holds(left, right)

    return run


def _whole(number: Any) -> float:
    found = math.floor(number)
    if found != number and number + _DIGITS * abs(number) >= found + 1:
        raise TypeError  # the next one, in fifteen digits
    return float(found)


def _power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent <= 0:
        raise _Shown
    return base**exponent


def _rounded(number: Any, digits: Any) -> float:
    if not 0 <= digits <= 9 or abs(number) > 1e9:
        raise TypeError
    found = round(number, int(digits))
    if abs(number - found) > (0.5 - 5e-6) * 10.0**-digits:
        raise TypeError  # half up or down is decided by digits beyond a double's
    return float(found)


def _error(*_: object) -> None:
    raise _Shown


def _if_error(value: Callable[[], Any], other: Callable[[], Any]) -> Any:
    try:
        return value()
    except _ERRORS:
        return other()


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ABS": abs,
    "AND": lambda *given: all(given),
    "IFERROR": _if_error,
    "INT": _whole,
    "ISLOGICAL": lambda value: type(value) is bool,
    "ISTEXT": lambda _: False,
    "MAX": lambda *given: max(given),
    "MIN": lambda *given: min(given),
    "NA": _error,
    "NOT": operator.not_,
    "OR": lambda *given: any(given),
    "ROUND": _rounded,
    "SQRT": math.sqrt,
    "SUM": lambda *given: reduce(operator.add, given),
}
_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": _sum(operator.add),
    "sub": _sum(operator.sub),
    "mul": _number(operator.mul),
    "div": _number(operator.truediv),
    "pow": _number(_power),
    "join": operator.concat,  # of texts alone
    "eq": _compared(operator.eq),
    "ne": _compared(operator.ne),
    "lt": _compared(operator.lt),
    "gt": _compared(operator.gt),
    "le": _compared(operator.le),
    "ge": _compared(operator.ge),
    "error": _error,
}
_SPACE = {"x": SimpleNamespace(**_OPERATORS, **_FUNCTIONS), "__builtins__": {}}


class _Numbers(Translation):
    """A formula as Python over the numbers it reads, each of which is a variable.

    places : what each variable stands for.
    """

    functions = frozenset((*_FUNCTIONS, "IF"))

    def __init__(self, text: str, sheets: Sequence[str], names: Mapping[str, _Place]) -> None:
        super().__init__(text, sheets[0], OWN, 1, dict.fromkeys(sheets, 0), lambda _, name: self._variable(names[name]))
        self.places: dict[_Place, str] = {}

    @staticmethod
    def constant(text: str) -> str:
        if text.startswith('"'):
            raise FormulaError("it holds a text")
        return text.title() if text in ("true", "false") else repr(float(text))

    def called(self, name: str, arguments: list[str]) -> str:
        if "undefined" in arguments:
            raise FormulaError("an argument is left out")
        if name == "IF" and len(arguments) == 3:
            return f"({arguments[1]} if {arguments[0]} else {arguments[2]})"
        if name == "IFERROR":
            arguments = [f"lambda:{argument}" for argument in arguments]
        return f"x.{name}({','.join(arguments)})"

    def reference(self, text: str) -> str:
        translated = super().reference(text)
        if kind_of(text) == "name":
            return translated
        sheet, body = split_sheet(text)
        home = self.home(sheet) or ""  # which it has, else it would have been refused
        top, left, bottom, right = corners(body.replace("$", ""))
        if top != bottom:
            raise FormulaError("it reads a range over several lines")
        variables = [self._variable((home, top, column)) for column in range(left, right + 1)]
        return f"*({','.join(variables)})" if len(variables) > 1 else variables[0]

    def _variable(self, place: _Place) -> str:
        return self.places.setdefault(place, f"c{len(self.places)}")


def _gives(run: Callable[..., Any], given: Sequence[Any], number: float | None) -> bool:
    try:
        found = run(*given)
    except _UNTOLD:
        return False
    return type(found) is float and found == number


class Columns:
    """What the engine has in some lines of a sheet."""

    def __init__(self, book: formualizer.Workbook, package: Package, sheet: str, rows: Sequence[int]) -> None:
        self._book, self._sheet, self._rows = book, sheet, rows
        self._sheets = (sheet, *(each.name for each in package.worksheets() if each.name != sheet))
        own = {name.name.lower() for name in package.defined_names() if name.sheet is not None}
        self._names = {name: place for name, place in named.cells(package).items() if name.lower() not in own}
        self._known: dict[_Place, list[float | None]] = {}

    def agrees(self, kind: Kind, text: str, column: int) -> list[bool]:
        """Of each line whether a formula of their kind gives, to the last bit, what a column holds. Not where that, or
        what the formula reads, is something else than a number, nor where only an engine can tell."""
        unknown = [False] * len(self._rows)
        if _FAR.search(text):
            return unknown
        formula = _Numbers(kind.at(text, OWN), self._sheets, self._names)
        try:
            translated = formula.text()
            run = eval(f"lambda {','.join(formula.places.values())}: {translated}", _SPACE)
        except (FormulaError, KeyError, SyntaxError, RecursionError, MemoryError):
            return unknown
        read = zip(*map(self._held, formula.places), strict=True) if formula.places else repeat(())
        holds = self._held((self._sheet, OWN, column))
        return [None not in given and _gives(run, given, own) for own, given in zip(holds, read, strict=False)]

    def _held(self, place: _Place) -> list[float | None]:
        """The numbers of a column, or that of a cell by itself, in all lines; None for anything else."""
        if place not in self._known:
            sheet, row, column = place
            get, name = self._book.get_value, engine_sheet(sheet)
            rows = (row + each - OWN for each in self._rows) if row >= _FIRST else repeat(row, 1)
            held = [each if type(each) is float else None for each in (get(name, each, column) for each in rows)]
            self._known[place] = held if row >= _FIRST else held * len(self._rows)
        return self._known[place]
