"""Every worksheet function with every kind of hostile value: a value or an error value, soon, and nothing else."""

from __future__ import annotations

import datetime
import decimal
import math
import random
import struct
import sys

import formualizer
import numpy
import pytest

from addin.contract import answer
from pycalc.errors import CODES, CalcError, from_code
from pycalc.registry import FUNCTIONS
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

PLAUSIBLE = [0, 1, 2, 0.25, 6, 100, 12.5, 1000]
ODD = [0.0, -0.0, TINY, 2.3e-308, 1e-7, 0.999999, 1.1, 1.5, 2.0**53, 1e16, sys.float_info.max, math.inf, math.nan]


def a_float(dice):
    """A number next to which something changes, one that people type, or any 64 bits: of every size."""
    kind = dice.randrange(3)
    if kind == 0:
        return dice.choice(ODD) * dice.choice((1, -1))
    return dice.uniform(-1000, 1000) if kind == 1 else struct.unpack("d", dice.randbytes(8))[0]


def an_integer(dice):
    return dice.getrandbits(dice.choice((4, 8, 16, 32, 64, 128))) * dice.choice((1, -1))


def a_text(dice):
    ends = ((0, 0x80), (0, 0xD800), (0xE000, 0x110000))
    return "".join(chr(dice.randrange(*dice.choice(ends))) for _ in range(dice.randint(0, 20)))


def a_value(dice):
    kind = dice.randrange(5)
    return dice.choice((HOSTILE, PLAUSIBLE)[kind]) if kind < 2 else (a_float, an_integer, a_text)[kind - 2](dice)


def a_cell(dice):
    kind = dice.randrange(3)
    number = a_float(dice)
    return dice.choice((CELLS, PLAUSIBLE)[kind]) if kind < 2 else number if number == number else math.inf


def some_cells(dice):
    """A cell, a block of them or an array of numbers."""
    kind = dice.randrange(5)
    if kind == 0:
        width = dice.randint(1, 3)
        return [[a_cell(dice) for _ in range(width)] for _ in range(dice.randint(1, 3))]
    return numpy.array([a_float(dice) for _ in range(dice.randint(1, 4))]) if kind == 1 else a_cell(dice)


def as_written(dice):
    """A cell, a column of up to three, a value, or nothing."""
    row, kind = dice.randint(1, len(IN_A_SHEET) + 4), dice.randrange(3)
    if kind == 0:
        return dice.choice(("1", "0.5", '"gpt-4o"', ""))
    return f"A{row}" if kind == 1 else f"A{row}:A{row + dice.randint(0, 2)}"


def is_cell(result):
    """A finite number, a text, a truth value or an error value: what a cell can show."""
    if isinstance(result, CalcError):
        assert result.code in CODES
        assert not {"\n", "\r"} & set(result.message)
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


def some_arguments(function, drawn, dice):
    most = len(function.arguments) + (3 if function.variadic else 0)
    return tamed(function, [drawn(dice) for _ in range(dice.randint(function.required, most))])


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
def test_scalars(name):
    dice = random.Random(name)
    for _ in range(100):
        check(called(FUNCTIONS[name], some_arguments(FUNCTIONS[name], a_value, dice)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_ranges(name):
    """Ranges of cells, of unequal sizes, as lists and as arrays, through what the spreadsheets call."""
    dice = random.Random(name)
    for _ in range(40):
        args = some_arguments(FUNCTIONS[name], some_cells, dice)
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
def test_in_a_workbook(name, book):
    """The same through formualizer: each argument a cell or a range of cells, some left out; months and trials are
    numbers that end."""
    dice, fixed = random.Random(name), {"trials": "200", "months": "12"}
    for _ in range(20):
        words = [fixed.get(argument.name) or as_written(dice) for argument in FUNCTIONS[name].arguments]
        book.sheet("Sheet1").set_formula(1, 5, f"={name}({','.join(words)})")
        book.evaluate_all()
        result = book.get_value("Sheet1", 1, 5)
        if isinstance(result, dict):
            assert result["kind"] in ("Value", "Num", "Div", "Na", "Ref", "Name", "Spill", "Calc", "Null"), result
        else:
            check(result if result is not None else "")


def test_blank_price_that_another_stands_in_for():
    """cached_price left out takes input_price, here a blank cell, which is 0: 1 x (1x0 + 1x0 + 1x2) / 1e6."""
    result = FUNCTIONS["PE_MONTHLY"].call(1, 1, 1, 1, None, [[2], [4]])
    assert result == [[2e-6], [4e-6]]


def test_text_from_a_number_beyond_all_numbers():
    with pytest.raises(CalcError, match="#NUM!"):
        FUNCTIONS["MODEL_CONTEXT"].call(10**400)


def test_a_message_that_quotes_line_breaks_is_one_line():
    with pytest.raises(CalcError, match='"gpt 9 x" is not in the catalogue'):
        FUNCTIONS["MODEL_CONTEXT"].call("gpt\r\n9\nx")
