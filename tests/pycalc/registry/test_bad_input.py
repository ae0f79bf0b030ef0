"""What Python may hand over that no cell holds, and what the messages say."""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import pickle

import numpy
import pytest

import pycalc
from pycalc import CalcError, NoAnswerError, OutOfBoundsError, WrongKindError, ZeroRatioError
from pycalc.errors import from_code


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (math.nan, OutOfBoundsError),
        (math.inf, OutOfBoundsError),
        (-math.inf, OutOfBoundsError),
        (10**400, OutOfBoundsError),
        (-1, OutOfBoundsError),
        (-5e-324, OutOfBoundsError),
        (True, WrongKindError),
        (numpy.bool_(True), WrongKindError),
        ("12", WrongKindError),
        ("", WrongKindError),
        (b"12", WrongKindError),
        (object(), WrongKindError),
        ({}, WrongKindError),
        (1j, WrongKindError),
        (decimal.Decimal("nan"), OutOfBoundsError),
        (decimal.Decimal("1e400"), OutOfBoundsError),
    ],
)
def test_bad_scalars(value, error):
    with pytest.raises(error):
        pycalc.ft_breakeven(value, 315, 9)


@pytest.mark.parametrize(
    "value",
    [12, 12.0, numpy.float32(12), numpy.int8(12), decimal.Decimal(12), fractions.Fraction(12), numpy.array(12.0)],
)
def test_every_kind_of_number_counts(value):
    assert pycalc.ft_breakeven(value, 315, 9) == 12 / 306


@pytest.mark.parametrize(
    ("value", "serial"),
    [
        (datetime.date(1900, 3, 1), 61),  # Microsoft, date systems: 1 March 1900 is day 61
        (datetime.date(2008, 1, 1), 39448),  # Microsoft, DATEVALUE: 1 January 2008 is 39448
        (datetime.datetime(2008, 1, 1, 12), 39448.5),
    ],
)
def test_a_date_is_its_serial_number(value, serial):
    assert pycalc.ft_labor(value, 60, 1) == serial


@pytest.mark.parametrize("empty", [[], (), [[]], numpy.array([]), numpy.empty((0, 3))])
def test_an_empty_range_is_the_wrong_kind(empty):
    with pytest.raises(WrongKindError, match="empty range"):
        pycalc.ft_breakeven(empty, 315, 9)


def test_ragged_rows_are_the_wrong_kind():
    with pytest.raises(WrongKindError, match="different lengths"):
        pycalc.ft_breakeven([[1, 2], [3]], 315, 9)


def test_a_cube_is_the_wrong_kind():
    with pytest.raises(WrongKindError, match="3 dimensions"):
        pycalc.ft_breakeven(numpy.ones((2, 2, 2)), 315, 9)


def test_the_message_names_function_argument_value_unit_rule_and_remedy():
    with pytest.raises(OutOfBoundsError) as caught:
        pycalc.pe_monthly(10000, 800, 50, 100, 30, 60, cached_price=3, cache_hit_rate=5)
    message = str(caught.value)
    for part in ("PE_MONTHLY", "cache_hit_rate", "= 5", "fraction", "at least 0 and at most 1", "0.05", "#NUM!"):
        assert part in message


def test_python_users_may_catch_what_they_know():
    with pytest.raises(ZeroDivisionError):
        pycalc.ft_roi(12, 0, 306)
    with pytest.raises(LookupError):
        pycalc.ft_breakeven(12, 9, 9)
    with pytest.raises(TypeError):
        pycalc.ft_breakeven("x", 9, 9)
    with pytest.raises(ValueError, match="at least 0"):
        pycalc.ft_breakeven(-1, 315, 9)


@pytest.mark.parametrize("code", ["#REF!", "#NAME?", "#NULL!", "#N/A", "#SPILL!"])
def test_an_input_error_is_passed_on_with_its_place(code):
    with pytest.raises(CalcError) as caught:
        pycalc.ft_breakeven(12, from_code(code), 9)
    assert caught.value.code == code
    assert "pe_monthly" in str(caught.value)


def test_the_first_bad_argument_decides():
    with pytest.raises(WrongKindError, match="upfront"):
        pycalc.ft_breakeven("x", -1, from_code("#N/A"))
    with pytest.raises(OutOfBoundsError, match="pe_monthly"):
        pycalc.ft_breakeven(1, -1, from_code("#N/A"))


def test_wrong_calls_say_what_is_wrong():
    with pytest.raises(TypeError, match="upfrnt"):
        pycalc.ft_breakeven(upfrnt=1, pe_monthly=2, ft_monthly=1)
    with pytest.raises(TypeError, match="ft_monthly"):
        pycalc.ft_breakeven(1, 2)
    with pytest.raises(TypeError, match="ft_monthly"):
        pycalc.ft_breakeven(upfront=1, pe_monthly=2)
    with pytest.raises(TypeError, match="takes 3 arguments"):
        pycalc.ft_breakeven(1, 2, 3, 4)
    with pytest.raises(TypeError, match="twice"):
        pycalc.ft_breakeven(1, 2, 3, upfront=4)


def test_errors_survive_pickling():
    with pytest.raises(NoAnswerError) as caught:
        pycalc.ft_breakeven(12, 9, 9)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy)) == (type(caught.value), str(caught.value))


def test_ft_check_gives_the_message_in_a_cell():
    assert pycalc.ft_check("FT_BREAKEVEN", 12, 315, 9) == "OK"
    assert "never breaks even" in pycalc.ft_check("FT_BREAKEVEN", 12, 9, 9)
    assert "Row 2, column 1" in pycalc.ft_check("FT_BREAKEVEN", [[1], [-1]], 315, 9)
    assert "No function is named FT_BREAKEVN" in pycalc.ft_check("FT_BREAKEVN", 1)
    assert "upfront" in pycalc.ft_check("FT_BREAKEVEN", from_code("#REF!"), 1, 2)
    assert "ft_monthly" in pycalc.ft_check("FT_BREAKEVEN", 1, 2)


def test_divisions_by_zero_are_named():
    with pytest.raises(ZeroRatioError, match="accept_rate"):
        pycalc.ft_distill(500, 850, 100, 30, 60, 0)


@pytest.mark.parametrize(
    ("name", "row"), [("REPLICAS", (1, 1, 1.7e308, 1, -0.0)), ("PTU_COUNT", (0, 1.7e308, 1, 5, 1.7e308))]
)
def test_a_step_beyond_numbers_before_a_whole_number_is_a_number_error(name, row):
    """As in Excel, where the sum or product that is too large is #NUM! itself."""
    function = pycalc.FUNCTIONS[name]
    with pytest.raises(OutOfBoundsError, match="too large"):
        function.call(*row)
    assert function.call([[row[0]]] * 2, *row[1:])[1][0].code == "#NUM!"


def test_the_remedy_fits_what_is_wrong():
    triple = ([1, 2, 3],) * 3
    said = [pycalc.ft_check("FT_RISK", *triple, 6, trials) for trials in (0, 1e8, 1.5)]
    assert all("at least 1 and at most 10,000,000" in words for words in said)
    assert ["Round it" in words for words in said] == [False, False, True]
    text = pycalc.ft_check("FT_RISK", *triple[:2], ["x", 1, 2], 6)
    assert "Give saving of one call when fine-tuned as a number" in text
