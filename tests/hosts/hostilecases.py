"""Hostile values in each place of every function, for every host: what Python answers, the host has to show."""

from __future__ import annotations

import random
from functools import cache

from addin.contract import answer
from pycalc import FUNCTIONS
from pycalc.errors import CalcError, from_code
from pycalc.registry.definition import Argument, Function
from tests.casetable import Case

HOSTILE = (
    None,
    True,
    False,
    0.0,
    1.0,
    -1.0,
    0.5,
    1e-12,
    -1e-300,
    1e300,
    -1e308,
    1e15 + 0.5,
    2.0**53,
    "",
    " ",
    "0",
    "=1+1",
    "GPT-4",
    "input",
    "<|endoftext|>",
    "é" * 300,
    "x" * 32_767,
    *map(from_code, ("#DIV/0!", "#N/A", "#NAME?", "#NUM!", "#REF!", "#VALUE!")),
)
"""What a cell of every spreadsheet can hold."""

_ENDS = {"trials": 500.0, "months": 1200.0}
"""More trials or months than these a test does not wait for."""


@cache
def hostile_cases() -> tuple[Case, ...]:
    """For each place every hostile value among plausible ones; and columns of two cells, drawn with a seed."""
    chosen = random.Random(20261120)
    cases = []
    for function in FUNCTIONS.values():
        if function.variadic:
            continue
        rows = [
            {**_plausible(function), argument.name: _tamed(argument, value)}
            for argument in function.arguments
            for value in HOSTILE
        ]
        rows += [
            {
                argument.name: [[_tamed(argument, chosen.choice(HOSTILE))] for _ in range(2)]
                if argument.shape == "cell" and chosen.random() < 0.5
                else _plausible(function)[argument.name]
                for argument in function.arguments
            }
            for _ in range(10)
        ]
        cases += [_case(function, number, values) for number, values in enumerate(rows)]
    return tuple(cases)


def _plausible(function: Function) -> dict[str, object]:
    values: dict[str, object] = {}
    for argument in function.arguments:
        number = 1.0 if argument.least <= 1 <= argument.most else 0.5
        values[argument.name] = {"text": "gpt-4o", "flag": True}.get(argument.kind, number)
    return values


def _tamed(argument: Argument, value: object) -> object:
    most = _ENDS.get(argument.name)
    return most if most and isinstance(value, float) and value > most else value


def _case(function: Function, number: int, values: dict[str, object]) -> Case:
    result = answer(function.name, [values[argument.name] for argument in function.arguments])
    if any(isinstance(value, list) for value in values.values()) and not isinstance(result, list):
        result = [[result]] * 2 if isinstance(result, CalcError) else [[result]]
    return Case(function.name, f"hostile-{number}", values, result, 1e-9, "what Python answers")
