from __future__ import annotations

import random

import numpy as np
import pytest

from pycalc.dataset.similarity import NEARLY, PLACES, Index, groups, signatures

WORDS = [f"word{i}" for i in range(2000)]


def shingles(text):
    words = text.split()
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def jaccard(a, b):
    return len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))


def text(seed, length=120):
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def changed(original, places):
    words = original.split()
    for place in places:
        words[place] = f"other{place}"
    return " ".join(words)


@pytest.mark.parametrize("edits", [0, 1, 2, 4, 8, 16])
def test_agreement_estimates_the_jaccard_index(edits):
    estimates, truths = [], []
    for seed in range(40):
        original = text(seed)
        other = changed(original, [5 + 7 * i for i in range(edits)])
        rows = signatures([original, other])
        estimates.append((rows[0] == rows[1]).mean())
        truths.append(jaccard(original, other))
    # 40 pairs of 64 places: standard error at most 0.5 / sqrt(2560), 0.01.
    assert np.mean(estimates) == pytest.approx(np.mean(truths), abs=0.04)


def test_signature_does_not_depend_on_company():
    texts = [text(1), "yes", "", "a b", text(2), "日本語の文章です。これは長い文章です。"]
    together = signatures(texts)
    assert [row.tolist() for row in together] == [signatures([each])[0].tolist() for each in texts]


def test_letter_case_and_spacing_make_no_difference():
    rows = signatures(["Thank you for your  order today", "thank you\nfor your order TODAY"])
    assert (rows[0] == rows[1]).all()


def test_groups_hold_near_texts_and_no_others():
    near = [text(1), changed(text(1), [60]), changed(text(1), [119])]  # at least 115 of 121 shingles common
    half = changed(text(2), range(0, 120, 9))  # about 80 of 160 shingles common
    assert min(jaccard(near[0], each) for each in near) > 0.9
    assert jaccard(text(2), half) < 0.6
    texts = [near[0], text(2), near[1], half, near[2], text(3)]
    assert groups(signatures(texts)) == [[0, 2, 4]]


@pytest.mark.parametrize(("common", "expected"), [(52, True), (51, False)])
def test_threshold(common, expected):
    """0.8 of 64 places is 51.2: 52 agreeing places are enough, 51 are not."""
    assert 51 < NEARLY * PLACES < 52
    rows = np.zeros((2, PLACES), "u2")
    rows[1, common:] = 1  # the first bands agree, so the pair is looked at
    assert bool(groups(rows)) == expected


def test_short_answers_are_alike_only_when_equal():
    assert groups(signatures(["yes", "no", "yes please", "no thanks"])) == []


def test_texts_without_blanks_are_compared_by_character():
    a = "今日はとても良い天気ですので、散歩に行きましょう。" * 3 + "また明日。"
    b = a.replace("明日", "来週")
    rows = signatures([a, b, "全く別の文章です。" * 8])
    assert (rows[0] == rows[1]).mean() >= NEARLY
    assert (rows[0] == rows[2]).mean() < 0.2


def test_index_names_the_known_text():
    known = Index(signatures([text(i) for i in range(5)]))
    new = signatures([text(9), changed(text(3), [50])])
    assert {tuple(pair) for pair in known.find(new).tolist()} == {(3, 1)}


def test_nothing_to_compare():
    empty = signatures([])
    assert groups(empty) == []
    assert Index(empty).find(signatures(["a b c"])).shape == (0, 2)
    assert Index(signatures(["a b c"])).find(empty).shape == (0, 2)


def test_very_many_alike_stay_quick():
    rows = np.repeat(signatures([text(1)]), 20_000, axis=0)
    (group,) = groups(rows)
    assert len(group) == 20_000
