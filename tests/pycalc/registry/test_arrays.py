"""Ranges: the same as cell by cell, with NumPy and without it."""

from __future__ import annotations

import copy
import math
import pickle
import random
import sys

import numpy
import pytest

import pycalc
from pycalc import FUNCTIONS, CalcError
from pycalc.errors import NoAnswerError, ZeroRatioError, from_code
from pycalc.registry import arrays, unread

NUMERIC = [
    function
    for function in FUNCTIONS.values()
    if function.array and all(a.shape == "cell" and a.kind == "number" for a in function.arguments)
]


@pytest.fixture(autouse=True)
def few_errors_are_made_like_many(monkeypatch):
    monkeypatch.setattr(unread, "FEW", 1)  # one row is no column


def plain_number(argument, dice):
    """Within the bounds; at times a bound, next to one, or a number that people type."""
    low = -2.0 if argument.low == -math.inf else argument.low
    high = min(argument.high, low + 5000)
    if argument.whole:
        return float(dice.randint(0, 60))
    if dice.random() < 0.75:
        return dice.uniform(low, high)
    near = [low, high, math.nextafter(low, high), math.nextafter(high, low), 0.0, 1.0, 0.5, 1e-9, 1e-300]
    return dice.choice([number for number in near if low <= number <= high])


ODD = [None, "", "x", True, -1.0, 0.0, 1.0, 1e300, math.nan, math.inf, from_code("#N/A"), 3]


def cell_value(argument, dice):
    """Plausible numbers, bounds, and everything a cell may hold besides."""
    return plain_number(argument, dice) if dice.random() < 0.75 else dice.choice(ODD)


def outcome(call, *args):
    try:
        return call(*args)
    except CalcError as error:
        return error


def same(one, other):
    """Equal; for numbers up to the order of rounding in the two forms."""
    if isinstance(one, CalcError) or isinstance(other, CalcError):
        return type(one) is type(other) and one == other and str(one) == str(other)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("function", NUMERIC, ids=lambda function: function.name)
def test_a_range_is_cell_by_cell(function):
    dice = random.Random(function.name)
    rows = [[cell_value(argument, dice) for argument in function.arguments] for _ in range(400)]
    expected = [outcome(function.call, *row) for row in rows]
    sizes, start = [len(rows), *(dice.randint(1, 6) for _ in range(80))], 0  # all at once, then a few at a time
    for size in sizes:
        some = range(start % len(rows), min(start % len(rows) + size, len(rows)))
        got = function.call(*([[rows[place][at]] for place in some] for at in range(len(function.arguments))))
        for place, cells in zip(some, got, strict=True):
            assert same(cells[0], expected[place]), (rows[place], cells[0])
        start += size


@pytest.mark.parametrize("function", NUMERIC, ids=lambda function: function.name)
def test_single_cells_stand_beside_columns(function):
    """An array form may take a shorter way for a single 0 or an argument left out; the numbers stay the same."""

    dice = random.Random(function.name)
    for _ in range(80):
        height = dice.randint(2, 4)
        args = [cell_or_column(argument, height, dice) for argument in function.arguments]
        args = args[: dice.randint(function.required, len(function.arguments))]
        if not any(isinstance(value, list) for value in args):
            args[0] = [args[0]] * height
        got = function.call(*[[[cell] for cell in value] if isinstance(value, list) else value for value in args])
        for place, cells in enumerate(got):
            row = [value[place] if isinstance(value, list) else value for value in args]
            assert same(cells[0], outcome(function.call, *row)), (row, cells[0])


def cell_or_column(argument, height, dice):
    kind = dice.randint(1, 3)
    if kind == 1:
        return 0.0
    return plain_number(argument, dice) if kind == 2 else [plain_number(argument, dice) for _ in range(height)]


EDGES = [-0.0, 0.0, 0.5, 1.0, math.nextafter(1, 2), 12.0, math.nextafter(12, 13), 12.000001, 2.0**31, 2.0**52 + 0.5]
EDGES += [2.0**53, 5e-324, 1.7e308, -1.7e308, math.nan, -math.nan, math.inf, -math.inf]


@pytest.mark.parametrize("function", NUMERIC, ids=lambda function: function.name)
def test_what_one_look_at_a_column_decides_is_what_each_cell_decides(function):
    """Numbers just within and just outside the bounds, none at all, not whole, minus zero; errors to the letter."""
    row = [float(value or 0) for value in function.examples[0][0]]
    row += [argument.default for argument in function.arguments[len(row) :]]
    for place, argument in enumerate(function.arguments):
        bounds = [argument.least, argument.most]
        values = EDGES + bounds + [math.nextafter(end, side) for end in bounds for side in (-math.inf, math.inf)]
        for value in values:
            expected = outcome(function.call, *row[:place], value, *row[place + 1 :])
            for args in (
                [*row[:place], numpy.full(3, value), *row[place + 1 :]],
                [*row[:place], numpy.array([value, row[place] or 0.0, 1.0]), *row[place + 1 :]],
                [value if at == place else numpy.full(3, cell) for at, cell in enumerate(row)],
            ):
                got = function.call(*args)[0]
                assert same(got, expected), args


@pytest.mark.parametrize("function", NUMERIC, ids=lambda function: function.name)
def test_an_argument_without_bounds_that_is_no_number_makes_no_number(function):
    """Such a column is not looked at: what is not finite in it has to come out of the array form as not finite."""

    dice = random.Random(function.name)
    free = [place for place, a in enumerate(function.arguments) if (a.low, a.high) == (-math.inf, math.inf)]
    for _ in range(40 if free else 0):
        row = [plain_number(argument, dice) for argument in function.arguments]
        for place in free:
            for value in (math.nan, math.inf, -math.inf):
                args = [numpy.full(2, value if place == at else cell) for at, cell in enumerate(row)]
                with numpy.errstate(all="ignore"):
                    assert not numpy.isfinite(function.array(*args)).any(), row


def test_results_do_not_depend_on_numpy(monkeypatch):
    columns = ([[12.0], [-1.0], ["x"], [None]], [[315.0], [9.0]], 9)
    with_numpy = pycalc.ft_breakeven(*columns)
    monkeypatch.setitem(sys.modules, "numpy", None)
    without = pycalc.ft_breakeven(*columns)
    assert with_numpy == without
    assert [row[0].code for row in without[1:]] == ["#NUM!", "#VALUE!", "#N/A"]


@pytest.mark.parametrize("size", [1, arrays.BLOCK - 1, arrays.BLOCK, arrays.BLOCK + 1, 60_000])
def test_blocks_join_without_a_seam(size):
    upfront = numpy.arange(size, dtype=float)
    got = pycalc.ft_breakeven(upfront, 315.0, 9.0)
    assert got.dtype == numpy.float64
    assert numpy.array_equal(got, upfront / 306.0)


def test_an_error_stands_in_its_own_cell_only():
    upfront = numpy.full(50_000, 12.0)
    upfront[[3, 20_000]] = -1
    got = pycalc.ft_breakeven(upfront, 315.0, 9.0)
    bad = [index for index, cell in enumerate(got) if isinstance(cell, CalcError)]
    assert bad == [3, 20_000]
    assert got[4] == 12 / 306


def test_shapes():
    assert pycalc.ft_roi(12, [100, 200], 10) == [0.2, -0.4]
    assert pycalc.ft_roi(12, [[100], [200]], 10) == [[0.2], [-0.4]]
    assert pycalc.ft_roi([[12, 24]], [[100], [200]], 10) == [[0.2, 1.4], [-0.4, 0.2]]
    assert pycalc.ft_roi(12, numpy.array([100.0, 200.0]), 10).tolist() == [0.2, -0.4]
    assert pycalc.ft_roi(12, numpy.array([[100.0], [200.0]]), 10).shape == (2, 1)


def test_a_bad_cell_of_a_column_is_named_all_along_its_row():
    got = pycalc.ft_roi([[12, 24]], [[100.0], ["x"], [-1.0], [50.0]], 10)
    assert got[::3] == [[0.2, 1.4], [1.4, 3.8]]
    assert [[(cell.code, cell.value) for cell in row] for row in got[1:3]] == [
        [("#VALUE!", "x")] * 2,
        [("#NUM!", -1.0)] * 2,
    ]


def test_a_column_too_short_is_spread_as_far_as_it_goes():
    got = pycalc.ft_roi([[12], [24]], [[100, 200], [100, 200], [100, 200]], 10)
    assert got[:2] == [[0.2, -0.4], [1.4, 0.2]]
    assert [cell.code for cell in got[2]] == ["#N/A", "#N/A"]  # as Excel fills up an array that is too small


def test_an_optional_column_may_be_blank_here_and_there():
    got = pycalc.pe_monthly(10000, 800, 50, 100, 30, 60, [[None], [0.0], [""]], 1)
    assert got == [[315.0], [75.0], [315.0]]  # blank and "" take input_price; 50 x 30 + 100 x 60 is 75


def test_text_functions_spill():
    assert pycalc.ft_decision([12, 2095.33, -1], 315, 9)[:2] == ["FINE-TUNE", "HOLD"]
    assert pycalc.ft_decision([12, -1], 315, 9)[1].code == "#NUM!"


def spoilt(size=40_000):
    columns = [numpy.full(size, 12.0), numpy.full(size, 315.0), numpy.full(size, 9.0)]
    columns[1][::7] = 9.0  # never breaks even
    columns[0][5] = -1.0
    return columns


@pytest.fixture
def asked(monkeypatch):
    """What the scalar function is asked for."""
    rows = []
    real = unread.cell_result
    monkeypatch.setattr(unread, "cell_result", lambda *row: rows.append(row) or real(*row))
    return rows


def test_errors_are_made_when_they_are_read(asked):
    got = pycalc.ft_breakeven(*spoilt())
    assert (got.shape, got.ndim, got.size, len(got)) == ((40_000,), 1, 40_000, 40_000)
    assert got._read
    assert (got[0].code, got[5].code, got[1]) == ("#N/A", "#NUM!", 12 / 306)
    assert not got._read
    assert got.dtype == object
    assert not asked  # a cell shows no more than the code


NOT_NUMBERS = ["x", True, from_code("#N/A"), from_code("#DIV/0!"), math.nan, -1.0, math.inf]


@pytest.mark.parametrize("given", [list, numpy.array])
@pytest.mark.parametrize("value", [9.0, *NOT_NUMBERS], ids=str)
def test_a_message_is_put_together_when_it_is_read(asked, value, given):
    """What it says, and what kind it is, are the same; a column of one kind asks for no message at all."""
    costs = [value] * 100
    column = given(costs) if isinstance(value, float) else costs
    got = pycalc.ft_breakeven([12.0] * 100, given([9.0] * 100), column)
    expected = outcome(pycalc.ft_breakeven, 12.0, 9.0, value)
    assert [type(error) for error in got] == [type(expected)] * 100
    assert got[3] == expected
    assert got[3].code == expected.code
    assert not asked
    assert str(got[3]) == str(expected)
    assert repr(got[4]) == repr(expected)
    parts = ("rule", "remedy", "function", "argument", "has_value", "unit", "args")
    assert [getattr(got[5], part) for part in parts] == [getattr(expected, part) for part in parts]
    assert str(got[6].value) == str(expected.value)
    assert vars(pickle.loads(pickle.dumps(got[7]))).keys() == vars(expected).keys()
    assert str(copy.copy(got[8])) == str(copy.deepcopy(got[9])) == str(expected)
    with pytest.raises(type(expected)) as raised:
        raise got[10]
    assert str(raised.value) == str(expected)
    assert len(asked) == 8


@pytest.mark.parametrize("function", [each for each in NUMERIC if each.zeros], ids=lambda function: function.name)
def test_a_ratio_to_nothing_is_seen_from_the_numbers(asked, function):
    row = [float(value) for value in function.examples[0][0]]
    row += [argument.default for argument in function.arguments[len(row) :]]
    for name in function.zeros:
        place = [argument.name for argument in function.arguments].index(name)
        got = function.call(*[[0.0 if at == place else cell] * 20 for at, cell in enumerate(row)])
        assert [type(error) for error in got] == [ZeroRatioError] * 20
    assert not asked


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("mixed", [False, True], ids=["floats", "floats and whole numbers"])
def test_a_message_shows_the_cell_as_it_was_given(kind, mixed):
    costs = [-1e20] * 50 + [-(10**20)] * 50 * mixed
    given = kind(costs)
    got = pycalc.ft_breakeven(given, kind([315.0] * len(costs)), 9)
    if kind is list:
        given[:] = [0.0] * len(given)
    assert [(type(error.value), error.value) for error in got] == [(type(cost), cost) for cost in costs]
    assert ("-100000000000000000000" in str(got[-1])) == mixed
    assert "-1e+20" in str(got[0])
    block = pycalc.ft_breakeven([[cost] for cost in costs], 315, 9)
    assert [str(row[0]) for row in block] == list(map(str, got))


def test_an_unread_error_is_passed_on_unread(asked):
    months = pycalc.ft_breakeven([12.0] * 100, [9.0] * 100, 9.0)
    returns = pycalc.ft_roi(12, months, 10.0)
    assert {(type(error), error.code) for error in returns} == {(NoAnswerError, "#N/A")}
    assert not asked
    assert str(returns[3]) == str(months[3])
    assert "never breaks even" in str(returns[3])


def test_what_is_nearly_a_whole_number_is_no_error():
    nearly = [12.0 + 1e-13, 12.0 - 1e-13, 12.5] * 10
    got = pycalc.ft_roi(nearly, 100.0, 10.0)
    assert got[:2] == [0.2, 0.2]
    assert got[2].code == "#NUM!"
    assert got[:3] * 10 == got


def test_what_is_not_read_yet_is_what_it_was_when_called():
    columns = spoilt()
    got = pycalc.ft_breakeven(*columns)
    expected = pycalc.ft_breakeven(*map(numpy.copy, columns)).tolist()
    for column in columns:
        column[:] = 1.0
    assert got.tolist() == expected
    cells = [-1.0] * 2_000
    got = pycalc.ft_breakeven(cells, numpy.array([315.0]), 9.0)
    cells[1] = 12.0
    assert got[1].code == "#NUM!"


@pytest.mark.parametrize("bad", [slice(0, 2), slice(1, 2), slice(2, 4)], ids=["first", "middle", "last"])
def test_blocks_without_a_good_row_are_what_they_were_when_called(bad):
    upfront = numpy.arange(4 * arrays.BLOCK - 5, dtype=float)
    expected = (upfront / 306.0).tolist()
    rows = slice(bad.start * arrays.BLOCK, bad.stop * arrays.BLOCK)
    upfront[rows] = -1.0 - upfront[rows]
    expected[rows] = upfront[rows].tolist()
    columns = [upfront, numpy.full(len(upfront), 315.0), numpy.full(len(upfront), 9.0)]
    got = pycalc.ft_breakeven(*columns)
    for column in columns:
        column[:] = 1.0
    assert [cell.value if isinstance(cell, CalcError) else cell for cell in got] == expected


@pytest.mark.parametrize("given", [list, numpy.array])
@pytest.mark.parametrize("size", [100, 2_000])
def test_what_is_not_read_yet_is_what_it_was_when_the_cells_are_gone(given, size):
    upfront, prompted, tuned = given([12.0] * size), given([9.0]), [9.0]
    got = pycalc.ft_breakeven(upfront, prompted, tuned)
    expected = str(outcome(pycalc.ft_breakeven, 12.0, 9.0, 9.0))
    upfront[:], prompted[0], tuned[0] = given([1.0] * size), 300.0, -1.0
    if given is list:
        upfront.clear()
    tuned.clear()
    assert {str(error) for error in got} == {expected}


@pytest.mark.parametrize("size", [arrays.UNREAD_FROM - 1, arrays.UNREAD_FROM])
def test_few_errors_are_made_at_once(size):
    got = pycalc.ft_breakeven(*spoilt(size))
    assert isinstance(got, numpy.ndarray) == (size < arrays.UNREAD_FROM)
    assert (got[0].code, got[1], got.dtype) == ("#N/A", 12 / 306, object)


def test_numpy_and_pandas_take_an_array_with_errors_as_an_array():
    pandas = pytest.importorskip("pandas")
    expected = pycalc.ft_breakeven(*(column.tolist() for column in spoilt(2_000)))

    def made():
        return pycalc.ft_breakeven(*spoilt(2_000))

    frame = pandas.DataFrame({"upfront": [1.0] * 2_000})
    frame["months"] = made()
    for form in (
        list(made()),
        numpy.asarray(made()).tolist(),
        numpy.array(made()).tolist(),
        numpy.concatenate([made(), made()])[:2_000].tolist(),
        made().reshape(40, 50).ravel().tolist(),
        pickle.loads(pickle.dumps(made())).tolist(),
        copy.deepcopy(made()).tolist(),
        pandas.Series(made()).tolist(),
        frame["months"].tolist(),
        numpy.where(numpy.ones(2_000, dtype=bool), made(), 0).tolist(),
    ):
        assert form == expected
    assert (made() == made()).all()
    changed = made()
    changed[0] = 1.0
    assert changed[0] == 1.0
    with pytest.raises(TypeError):
        made() * 2  # an error has no double, as in an array of objects
    with pytest.raises(TypeError):
        numpy.sum(made())


def test_a_column_of_errors_is_passed_on_by_the_next_call():
    months = pycalc.ft_breakeven(*spoilt(2_000))
    after = pycalc.ft_roi(12, months, 10.0)
    assert [getattr(cell, "code", None) for cell in after] == [getattr(cell, "code", None) for cell in months]
