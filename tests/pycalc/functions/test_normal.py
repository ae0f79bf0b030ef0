"""The normal distribution and the fair coin against the standard library and whole numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.functions.normal import distance, two_tails, two_tails_of_coin


@given(st.floats(0, 37))
def test_tails_are_the_standard_librarys(z):
    assert two_tails(z) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-12)


@pytest.mark.parametrize("z", [2.4999999999999996, 2.5, 2.5000000000000004])
def test_both_sides_of_where_series_and_fraction_meet(z):
    assert two_tails(z) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-14)


@given(st.floats(1e-17, 1))
def test_distance_is_the_standard_librarys_quantile(tails):
    assert distance(tails) == pytest.approx(-NormalDist().inv_cdf(tails / 2), rel=1e-12, abs=1e-12)


@given(st.integers(0, 600), st.integers(0, 600))
def test_a_coin_is_counted_in_whole_numbers(fewer, more):
    fewer, more = sorted((fewer, more))
    tosses = fewer + more
    ways = sum(math.comb(tosses, heads) for heads in range(fewer + 1))
    exact = min(Fraction(1), Fraction(2 * ways, 2**tosses))
    assert two_tails_of_coin(fewer, more) == pytest.approx(float(exact), rel=1e-12)


def test_a_coin_tossed_two_billion_times_is_the_normal_distribution():
    # Half a toss of continuity; the third moment of a fair coin is 0, so the next term is of order 1/tosses.
    fewer, more = 999_950_000.0, 1_000_000_000.0
    z = (more - fewer - 1) / math.sqrt(fewer + more)
    assert two_tails_of_coin(fewer, more) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-8)
