from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.dataset import histogram

VALUES = st.lists(st.integers(0, 10**6) | st.integers(0, 5), min_size=1, max_size=60)


@given(VALUES, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0]) | st.floats(0, 1))
def test_quantile_is_numpys(values, share):
    assert histogram.quantile(Counter(values), share) == np.quantile(values, share)


@given(VALUES, st.integers(0, 10**6))
def test_sums_and_counts(values, cap):
    counted = Counter(values)
    assert histogram.total(counted) == sum(values)
    assert histogram.total(counted, cap) == sum(min(cap, value) for value in values)
    assert histogram.above(counted, cap) == sum(value > cap for value in values)
    assert histogram.within(counted, 3, cap) == sum(3 <= value <= cap for value in values)


@given(VALUES, st.integers(1, 20))
def test_bins_hold_every_value_once(values, most):
    found = histogram.bins(Counter(values), most)
    assert len(found) <= most
    assert (found[0][0], found[-1][1]) == (min(values), max(values))
    assert all(after[0] == before[1] + 1 for before, after in itertools.pairwise(found))
    for low, high, count in found:
        assert count == sum(low <= value <= high for value in values)


def test_description_of_nothing():
    assert histogram.describe(Counter()) == {"count": 0}


def test_mean_is_not_rounded():
    assert histogram.describe(Counter([1, 2, 2]))["mean"] == pytest.approx(5 / 3, rel=1e-15)
