"""The UDF module for xlwings' classic add-in on Windows: one function of the registry after another.

Import it as `addin.excel.functions` (xlwings' setting UDF Modules). It imports on every system; outside Windows
xlwings' decorators do nothing.

A range crosses from Excel to Python once, as a whole, and as COM hands it over ("raw"): xlwings' own conversion
would look at every cell twice. Error values leave as texts ("#N/A"), as xlwings can send no others; our VBA turns
them into real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from itertools import chain
from pathlib import Path
from typing import Any

import xlwings

from addin.contract import answer, argument_help, rows_with_error_texts
from pycalc import FUNCTIONS
from pycalc.errors import from_code
from pycalc.registry.definition import Function
from workbook.file import tsv

CATEGORY = "LLM break-even"
ERROR_NUMBERS = {line["code"]: int(line["number"]) for line in tsv.lines(Path(__file__).parent / "data" / "errors.tsv")}
"""What CVErr takes for each error value."""

ERRORS = {number - 2146828288: code for code, number in ERROR_NUMBERS.items()}
"""What an error value arrives as: the number of a COM error, 0x800A0000 and more."""


def _received(value: Any) -> Any:
    """An argument as pycalc takes it: a row or rows of cells, or a single one."""
    if isinstance(value, list | tuple):
        rows = value if value and isinstance(value[0], list | tuple) else (value,)
        if len(rows) == 1 and len(rows[0]) == 1:
            return _received(rows[0][0])
        if int in set(map(type, chain.from_iterable(rows))):  # Excel's numbers are float; errors are int
            return [[_received(cell) for cell in row] for row in rows]
        return rows
    return from_code(ERRORS[value]) if type(value) is int and value in ERRORS else value


def _udf(function: Function) -> Callable[..., Any]:
    """A function with the signature xlwings reads argument names and defaults from."""

    def udf(*values):  # without annotations, which xlwings takes for orders to convert
        return rows_with_error_texts(answer(function.name, [_received(value) for value in values]))

    parameters = [
        Parameter(
            argument.name,
            Parameter.POSITIONAL_OR_KEYWORD,
            default=Parameter.empty if argument.required else None,
        )
        for argument in function.arguments
    ]
    if function.variadic:
        parameters[-1] = Parameter(parameters[-1].name, Parameter.VAR_POSITIONAL)
    udf.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    udf.__name__ = udf.__qualname__ = function.name
    udf.__module__ = __name__
    udf.__doc__ = function.summary
    for argument in function.arguments:
        udf = xlwings.arg(argument.name, "raw", doc=argument_help(argument))(udf)
    return xlwings.func(category=CATEGORY)(xlwings.ret("raw")(udf))


globals().update({name: _udf(function) for name, function in FUNCTIONS.items()})
