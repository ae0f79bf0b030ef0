"""FT_RISK against closed forms and against a second implementation in plain Python."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pycalc
from pycalc.functions.uncertainty import quantiles, triangular
from tests.pycalc.risk import plain_risk

UPFRONT = (1500, 2095.33, 4000)
QUERIES = (5000, 10_000, 20_000)
SAVING = (0.01, 0.0306, 0.04)


def test_the_plain_generator_is_the_published_one():
    # NumPy's user guide, Random Generator quick start: default_rng(12345).random() is 0.22733602246716966.
    assert next(plain_risk.uniforms(12345)) == 0.22733602246716966


@st.composite
def _triples(draw, least, most):
    steps = st.integers(0, 10**6).map(lambda step: least + (most - least) * step / 10**6)
    return tuple(sorted(draw(st.lists(steps, min_size=3, max_size=3))))


@settings(max_examples=60, deadline=None)
@given(
    upfront=_triples(0, 1e4),
    queries=_triples(0, 1e6),
    saving=_triples(-0.1, 0.1),
    months=st.integers(0, 60),
    trials=st.integers(1, 400),
    seed=st.integers(0, 2**53),
)
def test_equals_the_plain_implementation(upfront, queries, saving, months, trials, seed):
    [got] = pycalc.ft_risk(upfront, queries, saving, months, trials, seed)
    expected = plain_risk.ft_risk(upfront, queries, saving, months, trials, seed)
    scale = upfront[2] + queries[2] * max(abs(saving[0]), abs(saving[2])) * months
    assert got[1:] == pytest.approx(expected[1:], rel=1e-12, abs=1e-12 * scale)
    # Outcomes within the tolerance of 0 count as paid back, so a trial in the middle of a tie may differ.
    assert got[0] >= expected[0]


def test_equals_the_plain_implementation_over_several_blocks():
    [got] = pycalc.ft_risk(UPFRONT, QUERIES, SAVING, 12, 40_000, 5)
    assert got == pytest.approx(plain_risk.ft_risk(UPFRONT, QUERIES, SAVING, 12, 40_000, 5), rel=1e-12)


def test_rounding_does_not_decide_a_payback():
    cost = math.nextafter(0.1 * 3, 1)
    [[probability, *_]] = pycalc.ft_risk((cost,) * 3, (1,) * 3, (0.1,) * 3, 3, 10)
    assert probability == 1
    [[probability, *_]] = pycalc.ft_risk((cost * (1 + 1e-11),) * 3, (1,) * 3, (0.1,) * 3, 3, 10)
    assert probability == 0


def test_mean_is_the_product_of_the_means():
    # Independent factors: E[s q m − c] = m E[s] E[q] − E[c], a triangular mean being (low + base + high) / 3.
    trials = 1_000_000
    mean = 12 * sum(SAVING) / 3 * sum(QUERIES) / 3 - sum(UPFRONT) / 3

    def square(low, base, high):  # E[x²] of a triangular distribution: variance + mean²
        return (low * low + base * base + high * high + low * base + low * high + base * high) / 6

    gross = 144 * square(*SAVING) * square(*QUERIES) - (12 * sum(SAVING) / 3 * sum(QUERIES) / 3) ** 2
    variance = gross + square(*UPFRONT) - (sum(UPFRONT) / 3) ** 2
    [got] = pycalc.ft_risk(UPFRONT, QUERIES, SAVING, 12, trials, 11)
    assert abs(got[4] - mean) < 5 * math.sqrt(variance / trials)


@pytest.mark.parametrize("cut", [1600, 2500, 3500])
def test_probability_of_a_linear_case(cut):
    # Only upfront varies: paid back when upfront <= cut, whose probability is the distribution function.
    low, base, high = UPFRONT
    if cut <= base:
        expected = (cut - low) ** 2 / ((high - low) * (base - low))
    else:
        expected = 1 - (high - cut) ** 2 / ((high - low) * (high - base))
    trials = 400_000
    [got] = pycalc.ft_risk(UPFRONT, (cut,) * 3, (0.5,) * 3, 2, trials, 3)
    assert abs(got[0] - expected) < 5 * math.sqrt(expected * (1 - expected) / trials)


def test_quantiles_of_a_linear_case():
    # net = 5000 − upfront; upfront runs 1000, 2000, 3000.
    # Its P10 is 1000 + sqrt(0.1 × 2000 × 1000) = 1447.21, its P90 by symmetry 2552.79.
    [got] = pycalc.ft_risk((1000, 2000, 3000), (5000,) * 3, (1,) * 3, 1, 400_000, 9)
    assert got[1:4] == pytest.approx([5000 - 2552.79, 3000, 5000 - 1447.21], abs=5)


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    hundredths=st.integers(0, 100),
)
def test_quantiles_are_percentile_inc(values, hundredths):
    [got] = quantiles(numpy.array(values), [hundredths / 100])
    assert got == pytest.approx(plain_risk.percentile(values, Fraction(hundredths, 100)), rel=1e-9, abs=1e-6)


def test_percentile_inc_as_microsoft_prints_it():
    # Microsoft, PERCENTILE.INC: of {1;2;3;4} the 30th percentile is 1.9.
    assert quantiles(numpy.array([3.0, 1, 4, 2]), [0.3]) == [pytest.approx(1.9, rel=1e-15)]


@pytest.mark.parametrize("triple", [(0, 0, 3), (0, 3, 3), (1, 2, 5), (4, 4, 4)])
def test_the_inverse_undoes_the_distribution_function(triple):
    low, base, high = triple
    shares = numpy.linspace(0, 1, 101)[:-1]
    drawn = triangular(shares, *triple)
    assert drawn[0] == low
    assert (numpy.diff(drawn) >= 0).all()
    assert drawn.max() <= high
    for share, value in zip(shares, drawn, strict=True):
        if low == high:
            continue
        if value <= base and base > low:
            back = (value - low) ** 2 / ((high - low) * (base - low))
        else:
            back = 1 - (high - value) ** 2 / ((high - low) * (high - base))
        assert back == pytest.approx(share, abs=1e-12)


def test_messages_say_what_is_wrong():
    with pytest.raises(pycalc.OutOfBoundsError, match=r"FT_RISK: queries runs 2, 1, 3: .*have to rise"):
        pycalc.ft_risk(UPFRONT, (2, 1, 3), SAVING, 12)
    with pytest.raises(pycalc.WrongKindError, match="saving_per_query has 2 cells, not three"):
        pycalc.ft_risk(UPFRONT, QUERIES, (1, 2), 12)


def test_numpy_is_imported_by_the_call_alone():
    code = "import sys, pycalc; assert 'numpy' not in sys.modules; pycalc.ft_risk([1]*3,[1]*3,[1]*3,1,1); "
    subprocess.run([sys.executable, "-c", code + "assert 'numpy' in sys.modules"], check=True)
