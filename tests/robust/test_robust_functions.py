"""Every worksheet function with every kind of hostile value: a value or an error value, soon, and nothing else."""

from __future__ import annotations

import datetime
import decimal
import math
from functools import cache

import formualizer
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.contract import answer
from pycalc.errors import CODES, CalcError, from_code
from pycalc.registry import FUNCTIONS
from tests.pycalc.texts import CHARACTERS
from workbook.engines.adapter import register

TINY = 5e-324
HOSTILE = [
    None,
    True,
    False,
    0,
    -0.0,
    1,
    -1,
    0.5,
    1e-12,
    TINY,
    -TINY,
    1e308,
    -1e308,
    1e15 + 0.5,
    math.inf,
    -math.inf,
    math.nan,
    10**400,
    -(10**400),
    2**63,
    10**5000,
    "",
    " ",
    "0",
    "=1+1",
    "#N/A",
    "gpt-4o",
    "GPT-4",
    "input",
    "\0",
    "\ud800",
    "<|endoftext|>",
    "é" * 300,
    "x" * 40_000,
    from_code("#DIV/0!"),
    from_code("#REF!"),
    decimal.Decimal("1E+500"),
    decimal.Decimal("NaN"),
    decimal.Decimal("sNaN"),
    datetime.date(2026, 11, 20),
    datetime.datetime(2026, 11, 20, 12, 30),
    numpy.float64("nan"),
    numpy.int8(-3),
    numpy.bool_(True),
    b"bytes",
    {},
    object(),
    [],
    [[]],
    [[1, 2], [3]],
    numpy.zeros((0,)),
    numpy.zeros((2, 2, 2)),
]
PLAIN = (bool, int, float, str, type(None))
CELLS = [value for value in HOSTILE if type(value) in PLAIN or isinstance(value, CalcError)]
# An engine's cells hold finite numbers, texts without lone surrogates, truth values and blanks.
IN_A_SHEET = [
    value
    for value in CELLS
    if not isinstance(value, CalcError)
    and not (isinstance(value, float) and not math.isfinite(value))
    and not (type(value) is int and abs(value) > 2**53)
    and value != "\ud800"
]

# Strategies are made once: made anew for each example they cost more than what they draw.
PLAUSIBLE = st.sampled_from([0, 1, 2, 0.25, 6, 100, 12.5, 1000])
value = st.one_of(st.sampled_from(HOSTILE), PLAUSIBLE, st.floats(), st.integers(), st.text(CHARACTERS, max_size=20))
cell = st.one_of(st.sampled_from(CELLS), PLAUSIBLE, st.floats(allow_nan=False))
block = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=3)
)
array = st.lists(st.floats(), min_size=1, max_size=4).map(numpy.array)
cells = st.one_of(cell, block, array)
LAST = len(IN_A_SHEET) + 4
one = st.integers(1, LAST).map(lambda row: f"A{row}")
some = st.tuples(st.integers(1, LAST), st.integers(0, 2)).map(lambda at: f"A{at[0]}:A{at[0] + at[1]}")
written = st.one_of(one, some, st.sampled_from(["1", "0.5", '"gpt-4o"', ""]))


def is_cell(result):
    """A finite number, a text, a truth value or an error value: what a cell can show."""
    if isinstance(result, CalcError):
        assert result.code in CODES
        assert "\n" not in result.message
        return True
    if isinstance(result, numpy.generic):
        result = result.item()
    return type(result) in (str, bool) or (type(result) in (int, float) and math.isfinite(result))


def check(result):
    """A cell, or rows of cells."""
    if isinstance(result, numpy.ndarray):
        result = result.tolist()
    if isinstance(result, list):
        assert result
        for row in result:
            check(row)
    else:
        assert is_cell(result), repr(result)


def called(function, args):
    """What the Python function gives; errors are values here, every other exception is a failure of the test."""
    try:
        return function.call(*args)
    except CalcError as error:
        return error


def tamed(function, args):
    """The arguments with a number of trials or months that a test can wait for."""
    most = {"trials": 500, "months": 1200}
    names = [argument.name for argument in function.arguments]
    return [
        min(held, most[name]) if name in most and type(held) in (int, float) and held > most[name] else held
        for name, held in zip(names + names[-1:] * len(args), args, strict=False)
    ]


@cache
def some_arguments(function, values):
    most = len(function.arguments) + (3 if function.variadic else 0)
    return st.lists(values, min_size=function.required, max_size=most).map(lambda args: tamed(function, args))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_hostile_value_in_each_place(name):
    """One bad argument among plausible ones, so that the checks before it pass."""
    function = FUNCTIONS[name]
    for place, argument in enumerate(function.arguments):
        for hostile in HOSTILE:
            for plausible in (1, 0.5):
                args = [
                    ([1, 2, 3] if other.shape == "range" else "gpt-4o" if other.kind == "text" else plausible)
                    for other in function.arguments
                ]
                args[place] = [hostile, 1, 2] if argument.shape == "range" and type(hostile) is not list else hostile
                check(called(function, tamed(function, args)))


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=25)
@given(data=st.data())
def test_scalars(name, data):
    check(called(FUNCTIONS[name], data.draw(some_arguments(FUNCTIONS[name], value))))


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=15)
@given(data=st.data())
def test_ranges(name, data):
    """Ranges of cells, of unequal sizes, as lists and as arrays, through what the spreadsheets call."""
    args = data.draw(some_arguments(FUNCTIONS[name], cells))
    check(answer(name, args))
    check(called(FUNCTIONS[name], args))


@pytest.fixture(scope="module")
def book():
    """A workbook of the embedded engine that knows our functions, its hostile values in column A."""
    made = formualizer.Workbook()
    register(made)
    sheet = made.sheet("Sheet1")
    for row, held in enumerate(IN_A_SHEET, 1):
        if held is not None:
            sheet.set_value(row, 1, held)
    for row, code in enumerate(("#DIV/0!", "#N/A", "#VALUE!", "#NUM!"), len(IN_A_SHEET) + 1):
        sheet.set_formula(row, 1, f"={code}")
    return made


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=10)
@given(data=st.data())
def test_in_a_workbook(name, data, book):
    """The same through formualizer: each argument a cell or a range of cells, some left out."""
    words = data.draw(some_written(FUNCTIONS[name]))
    book.sheet("Sheet1").set_formula(1, 5, f"={name}({','.join(words)})")
    book.evaluate_all()
    result = book.get_value("Sheet1", 1, 5)
    if isinstance(result, dict):
        assert result["kind"] in ("Value", "Num", "Div", "Na", "Ref", "Name", "Spill", "Calc", "Null"), result
    else:
        check(result if result is not None else "")


@cache
def some_written(function):
    """Arguments as a formula writes them; months and trials as numbers that end."""
    fixed = {"trials": "200", "months": "12"}
    return st.tuples(
        *(st.just(fixed[argument.name]) if argument.name in fixed else written for argument in function.arguments)
    )


def test_blank_price_that_another_stands_in_for():
    """cached_price left out takes input_price, here a blank cell, which is 0: 1 x (1x0 + 1x0 + 1x2) / 1e6."""
    result = FUNCTIONS["PE_MONTHLY"].call(1, 1, 1, 1, None, [[2], [4]])
    assert result == [[2e-6], [4e-6]]


def test_text_from_a_number_beyond_all_numbers():
    with pytest.raises(CalcError, match="#NUM!"):
        FUNCTIONS["MODEL_CONTEXT"].call(10**400)
