"""Random rows, a thousand a function: Python against the guarded twin, in one run of each engine.

Two ways of adding up the same numbers differ by rounding, and a difference of nearly equal numbers magnifies
that. So a row's tolerance is 1e-12 of the result plus the change the result shows when every input moves by a
few units in its last place; a row that such a move turns from a number into an error stands on a threshold and
is left out (the case tables hold the thresholds).
"""

from __future__ import annotations

import random
import string
from functools import cache

import pytest

from pycalc import FUNCTIONS
from pycalc.errors import CODES, CalcError, from_code
from pycalc.registry import native
from tests.casetable import Case
from tests.workbook.engines import twinbook
from workbook.engines import libreoffice, recalculate
from workbook.file.addresses import LAST_ROW

ROWS = 1000
FEW = 10
"""Functions of one book."""
NUDGES = (1 + 4e-15, 1 - 4e-15)

SIZES = {
    "USD per 1M tokens": 200,
    "USD per month": 5000,
    "USD": 5000,
    "tokens per call": 5000,
    "calls per month": 2e4,
    "USD per call": 0.1,
    "fraction": 1,
    "fraction per year": 0.5,
    "fraction per month": 0.1,
}
"""How large numbers of a unit usually are."""


def random_value(argument, dice: random.Random):
    """Mostly plausible, at times a bound, at times what no data validation would let in."""
    roll = dice.random()
    if roll < 0.03:
        return dice.choice([None, "", "x", "12", True, False, -1.0, 1.5, from_code(dice.choice(CODES[:6]))])
    if argument.kind == "text":
        return dice.choice(["style", "FORMAT", "knowledge", " Knowledge ", "classification", ""])
    if argument.kind == "flag":
        return dice.random() < 0.5
    if argument.whole:
        return float(dice.randint(0, 60))
    if roll < 0.1 and argument.low > float("-inf"):
        return float(argument.low)
    size = SIZES.get(argument.unit, 100)
    if argument.low < 0 and roll < 0.4:
        return dice.uniform(max(argument.low, -size) * 0.99, 0)
    return (
        dice.uniform(0, min(size, argument.high)) if roll < 0.7 else round(dice.uniform(0, min(size, argument.high)), 2)
    )


def random_cases(function, dice: random.Random) -> list[Case]:
    cases = []
    while len(cases) < ROWS:
        values = {}
        for argument in function.arguments:
            if argument.required or dice.random() < 0.7:
                values[argument.name] = random_value(argument, dice)
        if function.name == "FT_IRR":
            irr_within_reach(values, dice)
        passes_within_trials(values, dice)
        cases.append(Case(function.name, str(len(cases)), values, outcome(function, values), 0, "Python"))
    return cases


def irr_within_reach(values, dice) -> None:
    """RATE() knows a growing flow or a fixed cost, not both, and finds rates that are not far from usual ones."""
    values.pop(dice.choice(["monthly_growth", "fixed_monthly"]), None)
    if isinstance(values["upfront"], float) and isinstance(values["months"], float):
        values["months"] = float(dice.randint(6, 60))
        values["monthly_saving"] = values["upfront"] * dice.uniform(1.2, 6) / values["months"]
        if isinstance(values.get("fixed_monthly"), float):
            values["fixed_monthly"] = values["monthly_saving"] * dice.uniform(0, 0.1)
        if isinstance(values.get("monthly_growth"), float):
            values["monthly_growth"] = dice.uniform(0, 0.05)


def passes_within_trials(values, dice) -> None:
    """Mostly no more passes than trials: one error in all rows would prove little."""
    for name in ("passes", "passes_a", "passes_b"):
        trials = values.get(name.replace("passes", "trials"))
        if isinstance(values.get(name), float) and isinstance(trials, float) and trials >= 1 and dice.random() < 0.9:
            values[name] = float(dice.randint(0, int(trials)))


def outcome(function, values):
    args = Case(function.name, "", values, None, 0, "").args()
    try:
        return function.call(*args)
    except CalcError as error:
        return error


def nudged(values, factors):
    return {
        name: value * factor if isinstance(value, float) else value
        for (name, value), factor in zip(values.items(), factors, strict=True)
    }


def allowance(function, case: Case, dice: random.Random) -> float | None:
    """How far a twin may be off; None where the row stands on a threshold."""
    if not isinstance(case.expected, float):
        spread = [outcome(function, nudged(case.values, [f] * len(case.values))) for f in (1 + 1e-11, 1 - 1e-11)]
        return 0.0 if all(type(other) is type(case.expected) for other in spread) else None
    if any(argument.whole for argument in function.arguments):
        factors = [[1.0] * len(case.values)]
    else:
        factors = [[dice.choice(NUDGES) for _ in case.values] for _ in range(6)]
    others = [outcome(function, nudged(case.values, row)) for row in factors]
    if not all(isinstance(other, float) for other in others):
        return None
    terms = [abs(v) for v in case.values.values() if isinstance(v, float)] if function.name == "FT_NPV" else []
    largest = max([abs(case.expected), *terms])
    return function.twin_tolerance * largest + 10 * max(abs(other - case.expected) for other in others)


FUZZED = [
    function
    for function in FUNCTIONS.values()
    if function.twin and all(argument.shape == "cell" for argument in function.arguments)
]


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory):
    """Books of some functions each, with their cases and places: one book of all of them takes 500 MB."""
    dice = random.Random(20261120)
    folder = tmp_path_factory.mktemp("fuzz")
    books = []
    for first in range(0, len(FUZZED), FEW):
        cases = [case for function in FUZZED[first : first + FEW] for case in random_cases(function, dice)]
        path = folder / f"{first}.xlsx"
        books.append((path, cases, twinbook.write(path, cases, _guarded)))
    return books


def _guarded(function, given):
    """As a formula is filled down: the rows of a function differ in the row of their references alone."""
    row = next(iter(given.values()), "").strip(string.ascii_uppercase)
    columns = tuple((name, reference.removesuffix(row)) for name, reference in given.items())
    return _in_last_row(function.name, columns).replace(str(LAST_ROW), row)


@cache
def _in_last_row(name, columns):
    return native.guarded(name, {argument: f"{column}{LAST_ROW}" for argument, column in columns})


def differences(cases, places, values, dice: random.Random) -> list[str]:
    lines = []
    for case in cases:
        function = FUNCTIONS[case.function]
        sheet, cells = places[str(case)]
        got = values.get((sheet, cells[0][0]), from_code("#NAME?"))
        if isinstance(got, float) and isinstance(case.expected, float):
            if abs(got - case.expected) <= 1e-12 * abs(case.expected):
                continue
        elif type(got) is type(case.expected) and got == case.expected:
            continue
        allowed = allowance(function, case, dice)
        if allowed is None:
            continue
        if isinstance(got, float) and isinstance(case.expected, float) and abs(got - case.expected) <= allowed:
            continue
        lines.append(f"{case} {case.values}: {got!r} instead of {case.expected!r}")
    return lines


def test_formualizer(fuzz):
    dice = random.Random(1)
    for path, cases, places in fuzz:
        assert not differences(cases, places, recalculate(path).values, dice)


def test_libreoffice(fuzz, soffice):  # noqa: ARG001 - skips where there is none
    dice = random.Random(1)
    results = libreoffice.recalculate_many([path for path, _, _ in fuzz])
    for (_, cases, places), result in zip(fuzz, results, strict=True):
        assert not differences(cases, places, result.values, dice)


def test_most_rows_have_a_result(fuzz):
    """A fuzz of errors alone would prove little."""
    for function in FUZZED:
        rows = [case for _, cases, _ in fuzz for case in cases if case.function == function.name]
        assert sum(not isinstance(case.expected, CalcError) for case in rows) > ROWS / 4, function.name
