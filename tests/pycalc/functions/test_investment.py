"""NPV, IRR and payback against Microsoft's documentation, numpy-financial and plain sums."""

from __future__ import annotations

import math

import numpy
import numpy_financial
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import pycalc
from pycalc import NoAnswerError
from pycalc.functions.investment import annuity

rates = st.floats(-0.5, 2)
growths = st.floats(-0.2, 0.2)
money = st.floats(-1e5, 1e5)
months_ = st.integers(1, 120)


def flows(months, upfront, saving, growth, fixed):
    return [-upfront] + [saving * (1 + growth) ** (t - 1) - fixed for t in range(1, months + 1)]


def test_excels_npv_discounts_the_first_flow_and_ours_does_not():
    # Microsoft, NPV function, example: =NPV(10%,-10000,3000,4200,6800) is 1,188.44 with -10,000 a year from now.
    excel = sum(flow / 1.1**t for t, flow in enumerate([-10000, 3000, 4200, 6800], 1))
    assert round(excel, 2) == 1188.44
    # The same flows with -10,000 today are worth 1.1 times that; numpy-financial counts so, and FT_NPV too.
    assert numpy_financial.npv(0.1, [-10000, 3000, 4200, 6800]) == pytest.approx(excel * 1.1, rel=1e-14)
    monthly = pycalc.ft_npv(1.1**12 - 1, 3, 10000, 4000)
    assert monthly == pytest.approx(-10000 + 4000 / 1.1 + 4000 / 1.21 + 4000 / 1.331, rel=1e-12)


@given(rates, months_, st.floats(0, 1e5), money, growths, money)
def test_npv_is_the_discounted_sum(rate, months, upfront, saving, growth, fixed):
    expected = math.fsum(
        flow / (1 + rate) ** (t / 12) for t, flow in enumerate(flows(months, upfront, saving, growth, fixed))
    )
    largest = max(
        abs(flow) / (1 + rate) ** (t / 12) for t, flow in enumerate(flows(months, upfront, saving, growth, 0))
    )
    largest = max(largest, abs(fixed) * max(1, (1 + rate) ** (-months / 12))) * months
    assert pycalc.ft_npv(rate, months, upfront, saving, growth, fixed) == pytest.approx(expected, abs=1e-12 * largest)


@given(st.floats(1, 1e5), st.floats(0.01, 1e5), growths, months_)
def test_irr_against_numpy_financial(upfront, saving, growth, months):
    with numpy.errstate(all="ignore"):
        rate = numpy_financial.irr(flows(months, upfront, saving, growth, 0))
    assume(math.isfinite(rate) and -0.5 < rate < 5)
    assert math.log1p(pycalc.ft_irr(months, upfront, saving, growth)) == pytest.approx(
        12 * math.log1p(rate), rel=1e-6, abs=1e-6
    )


@given(st.floats(1, 1e5), st.floats(0, 1e5), growths, st.floats(-1e3, 1e3), months_)
def test_npv_at_the_irr_is_zero(upfront, saving, growth, fixed, months):
    try:
        rate = pycalc.ft_irr(months, upfront, saving, growth, fixed)
    except (NoAnswerError, pycalc.OutOfBoundsError):
        assume(False)
    assume(rate < 1e6)
    terms = [abs(flow) / (1 + rate) ** (t / 12) for t, flow in enumerate(flows(months, upfront, saving, growth, fixed))]
    # No rate between two neighbouring floats can be answered: near -100% a year that step moves the discounting.
    step = math.ulp(rate) / (1 + rate) * math.fsum(t / 12 * term for t, term in enumerate(terms))
    assert abs(pycalc.ft_npv(rate, months, upfront, saving, growth, fixed)) <= 1e-10 * sum(terms) + step


def test_two_rates_are_said_to_be_two():
    # -100, +230, -132: 10% and 20% a month (a textbook case of two rates). Ours: -100, 230, then 230 x growth - fixed.
    growth = -0.9
    saving, fixed = 362 / 0.9, 362 / 0.9 - 230  # flows: saving - fixed = 230, saving x 0.1 - fixed = -132
    assert flows(2, 100, saving, growth, fixed) == pytest.approx([-100, 230, -132])
    with pytest.raises(NoAnswerError, match="two rates"):
        pycalc.ft_irr(2, 100, saving, growth, fixed)
    with pytest.raises(NoAnswerError, match="no rate"):
        pycalc.ft_irr(2, 200, saving, growth, fixed)


@given(st.floats(-0.3, 1), st.floats(0.01, 1e4), money, growths, money)
def test_payback_is_where_the_running_total_crosses(rate, upfront, saving, growth, fixed):
    total, expected = -upfront, None
    for t in range(1, 2001):
        flow = (saving * (1 + growth) ** (t - 1) - fixed) / (1 + rate) ** (t / 12)
        if total + flow >= 0:
            expected = t - 1 + -total / flow
            break
        total += flow
    try:
        got = pycalc.ft_payback(rate, upfront, saving, growth, fixed)
    except NoAnswerError:
        got = None
    if expected is None:
        assert got is None or got > 1000 or abs(total) < 1e-6 * upfront
    else:
        assert got == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("rate", [0.0, 1e-300, 1e-17, 1e-12, -1e-12, 1e-9, 1e-6])
def test_annuity_keeps_its_digits_near_zero(rate):
    # Σ (1+r)^-t = n − n(n+1)/2 r + ..., and the next term is below 1e-7 of r's own
    assert annuity(math.log1p(rate), 36) == pytest.approx(36 - 36 * 37 / 2 * rate, rel=1e-9)


def test_twelve_percent_a_year_is_not_one_percent_a_month():
    # 1.12^(1/12) - 1 = 0.948879%
    value = pycalc.ft_npv(0.12, 1, 0, 1.00948879)
    assert value == pytest.approx(1, abs=1e-8)
