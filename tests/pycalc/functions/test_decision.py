"""The grid of break-even months where there is no NumPy, as in JavaScript and some hosts: one cell at a time."""

from __future__ import annotations

import numpy
import pytest

from pycalc import FUNCTIONS, NoAnswerError


def test_a_cell_of_the_grid():
    body = FUNCTIONS["FT_SENSITIVITY"].body
    assert body(600, 110, 60, 2, 4, 50) == pytest.approx(600 * 2 / (4 * (110 - 60 + 50) - 50), rel=1e-14)
    with pytest.raises(NoAnswerError):
        body(600, 110, 60, 1, 0.5, 50)  # 0.5 x 100 - 50 is nothing


PRICE, STEP = 5.0**12, 2.0**-12
"""A price and a difference that is exactly 1e-12 of it, the tolerance: 5^12 x 10^-12 = 2^-12; floats hold both."""


@pytest.mark.parametrize(
    ("name", "upfront", "rest"), [("FT_BREAKEVEN", 1, ()), ("FT_BREAKEVEN_QUERIES", 1, (1,)), ("FT_DECISION", 0, ())]
)
def test_a_saving_of_exactly_the_tolerance_is_none_and_twice_that_is_one(name, upfront, rest):
    assert PRICE - (PRICE - STEP) == 1e-12 * PRICE
    costs = numpy.array([PRICE - STEP, PRICE - 2 * STEP])
    of_array = FUNCTIONS[name].call(upfront, PRICE, costs, *rest)
    of_cells = [called(name, upfront, PRICE, cost, *rest) for cost in costs]
    saved = 1 / (2 * STEP)  # months, or calls a month: what is paid up front over twice the step
    none, some = ("DO NOT FINE-TUNE", "FINE-TUNE") if name == "FT_DECISION" else ("#N/A", saved)
    assert of_cells == [none, some]
    assert [getattr(value, "code", value) for value in of_array.tolist()] == [none, some]


def called(name, *arguments):
    try:
        return FUNCTIONS[name].call(*arguments)
    except NoAnswerError as error:
        return error.code
