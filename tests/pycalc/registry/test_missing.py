"""How NumPy and pandas say that a value is missing: a blank cell, in every argument, or the error of a blank."""

import datetime
import gc
import weakref

import numpy
import pytest

from pycalc import FUNCTIONS, CalcError, ft_labor, model_price

NAT = numpy.datetime64("NaT")


def outcome(call, *arguments):
    try:
        result = call(*arguments)  # an array where an array was given
        return result.tolist() if isinstance(result, numpy.ndarray) else result
    except CalcError as error:
        return error


def missing_values():
    found = [numpy.ma.masked, NAT]
    try:
        import pandas
    except ImportError:
        return found
    return [*found, pandas.NA, pandas.NaT]


@pytest.mark.parametrize("missing", missing_values(), ids=lambda value: type(value).__name__)
def test_a_missing_value_is_a_blank_in_every_argument(missing):
    for function in FUNCTIONS.values():
        count = len(function.arguments)
        for place in range(count):
            for wrapped in (lambda value: value, lambda value: [[value]]):
                blank, given = [None] * count, [None] * count
                blank[place], given[place] = wrapped(None), wrapped(missing)
                expected, found = outcome(function.call, *blank), outcome(function.call, *given)
                assert repr(found) == repr(expected), (function.name, place)


def test_what_is_masked_is_not_read():
    # 500 examples of 5 minutes at 12 an hour are 500 / 60 * 5 * 12 = 500; a blank number is 0.
    given = numpy.ma.array([500.0, 600.0], mask=[False, True])
    assert list(ft_labor(given, 5, 12)) == [500.0, 0.0]
    assert list(ft_labor(numpy.ma.array([500.0, 600.0]), 5, 12)) == [500.0, 600.0]


def test_dates_finer_than_microseconds_are_dates():
    # Read as Python's numbers, nanoseconds would be a date far beyond the calendar.
    days = numpy.array(["2024-10-05", "NaT"], dtype="datetime64[ns]")
    plain = [datetime.date(2024, 10, 5), None]
    expected = model_price("gpt-4o", "input", plain)
    assert list(model_price("gpt-4o", "input", days)) == list(expected)


def test_nullable_columns():
    import pandas

    for kind in ("Int64", "Float64", "object"):
        assert list(ft_labor(pandas.Series([500, None], dtype=kind), 5, 12)) == [500.0, 0.0]
        assert list(ft_labor(pandas.Index([500, None], dtype=kind), 5, 12)) == [500.0, 0.0]
    for bare in (pandas.array([500, None], dtype="Int64"), pandas.Categorical([500, None])):
        assert list(ft_labor(bare, 5, 12)) == [500.0, 0.0]
    table = pandas.DataFrame({"a": [500, None], "b": [60, 600]}, dtype="Int64")
    assert numpy.array(ft_labor(table, 5, 12)).tolist() == [[500.0, 60.0], [0.0, 600.0]]
    names = pandas.Series(["gpt-4o", None], dtype="string")
    assert repr(model_price(pandas.Index(names), "input")) == repr(model_price(["gpt-4o", None], "input"))
    assert repr(model_price(names, "input")) == repr(model_price(["gpt-4o", None], "input"))
    days = pandas.Series(pandas.to_datetime(["2024-10-05", None]))
    expected = model_price("gpt-4o", "input", [datetime.date(2024, 10, 5), None])
    assert list(model_price("gpt-4o", "input", days)) == list(expected)


def test_an_error_kept_as_a_value_keeps_nothing_else():
    class Held(list):
        """Stands for an engine: what an argument brings along."""

    given = Held([[500.0], ["no number"]])
    gone = weakref.ref(given)
    errors = [cell for row in ft_labor(given, 5, 12) for cell in row if isinstance(cell, CalcError)]
    del given
    gc.collect()
    assert gone() is None
    assert [error.code for error in errors] == ["#VALUE!"]
    assert all(error.__traceback__ is error.__context__ is None for error in errors)
