from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.dataset.sketch import Sketch, hashes, text_hash

TEXTS = st.lists(st.integers(0, 40).map(str), max_size=80)


def filled(texts, bound, first_line=1):
    sketch = Sketch(bound)
    lines = np.arange(first_line, first_line + len(texts))
    sketch.add(hashes(texts), count=np.ones(len(texts), "i8"), line=lines, last=lines)
    sketch.settle()
    return sketch


def rows(sketch):
    return {
        int(hash): tuple(int(sketch.rows[name][i]) for name in ("count", "line", "last"))
        for i, hash in enumerate(sketch.hash)
    }


@given(TEXTS, st.integers(1, 60))
def test_keeps_the_smallest_hashes_with_exact_counts(texts, bound):
    counted = Counter(int(each) for each in hashes(texts))
    expected = {hash: counted[hash] for hash in sorted(counted)[:bound]}
    sketch = filled(texts, bound)
    assert {hash: row[0] for hash, row in rows(sketch).items()} == expected
    assert sketch.complete == (len(counted) <= bound)


@given(TEXTS, st.integers(1, 60), st.lists(st.integers(0, 80), max_size=4))
def test_parts_merge_into_the_whole(texts, bound, cuts):
    edges = [0, *sorted(min(cut, len(texts)) for cut in cuts), len(texts)]
    together = Sketch(bound)
    for start, end in itertools.pairwise(edges):
        together.merge(filled(texts[start:end], bound), lines=start)
    whole = filled(texts, bound)
    assert rows(together) == rows(whole)
    assert together.complete == whole.complete


def test_distinct_is_exact_until_full_and_an_estimate_after():
    texts = [str(i) for i in range(20_000)]
    assert filled(texts, 20_000).distinct() == 20_000
    # 4,096 smallest of 20,000: the standard error of the estimate is 1/sqrt(4,094), 1.6 %.
    assert filled(texts, 4_096).distinct() == pytest.approx(20_000, rel=0.06)


def test_share_of_repeats_in_the_sample_is_that_of_the_whole():
    texts = [str(i) for i in range(20_000)] + [str(i) for i in range(0, 20_000, 4)]
    sketch = filled(texts, 4_096)
    repeated = (sketch.rows["count"] > 1).mean()
    assert repeated == pytest.approx(0.25, abs=0.03)  # standard error 0.007


def test_wanted_drops_what_would_not_stay():
    sketch = filled([str(i) for i in range(100)], 10)
    everything = hashes([str(i) for i in range(100)])
    assert sketch.wanted(everything).sum() == 10
    assert filled(["a"], 10).wanted(everything).all()


def test_hash_is_the_same_in_every_process():
    code = "from pycalc.dataset.sketch import text_hash; print(text_hash('Grüße \\ud800').hex())"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {text_hash("Grüße \ud800").hex() + "\n"}
