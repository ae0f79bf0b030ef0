"""What holds of any test: bounds in order, more examples more sure, the paired test as the binomial one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pycalc

trials_ = st.integers(1, 5000)


@st.composite
def results(draw):
    trials = draw(trials_)
    return draw(st.integers(0, trials)), trials


@given(results(), st.floats(0.01, 0.9999))
def test_the_bounds_enclose_the_rate_and_stay_rates(result, confidence):
    passes, trials = result
    low, high = pycalc.pass_rate_low(*result, confidence), pycalc.pass_rate_high(*result, confidence)
    assert 0 <= low <= passes / trials * (1 + 1e-12)
    assert passes / trials * (1 - 1e-12) <= high <= 1


@given(results())
def test_failures_are_passes_seen_from_the_other_side(result):
    passes, trials = result
    assert pycalc.pass_rate_high(passes, trials) == pytest.approx(
        1 - pycalc.pass_rate_low(trials - passes, trials), rel=1e-12
    )


@given(results())
def test_the_lower_bound_is_where_the_score_test_stops_to_refuse(result):
    # Wilson's definition: |p - m| = z sqrt(m (1 - m) / n) at the bound m
    passes, trials = result
    low = pycalc.pass_rate_low(passes, trials)
    gap = 1.959963984540054 * math.sqrt(low * (1 - low) / trials)
    assert passes / trials - low == pytest.approx(gap, rel=1e-9, abs=1e-12)


@given(results(), results())
def test_the_order_of_two_options_makes_no_difference(one, other):
    try:
        first = pycalc.eval_pvalue(*one, *other)
    except pycalc.ZeroRatioError:
        with pytest.raises(pycalc.ZeroRatioError):
            pycalc.eval_pvalue(*other, *one)
        return
    assert 0 <= first <= 1
    assert pycalc.eval_pvalue(*other, *one) == pytest.approx(first, rel=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.5, 0.99))
def test_a_nearer_rate_or_more_power_takes_no_fewer_examples(rate_a, rate_b, power):
    if abs(rate_a - rate_b) < 1e-3:
        return
    size = pycalc.eval_size(rate_a, rate_b, 0.95, power)
    assert pycalc.eval_size(rate_b, rate_a, 0.95, power) == size
    assert pycalc.eval_size(rate_a, rate_b, 0.95, min(0.999, power + 0.05)) >= size
    assert pycalc.eval_size(rate_a, rate_b, 0.99, power) >= size
