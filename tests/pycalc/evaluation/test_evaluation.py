"""What a test of two options says, against arithmetic shown here."""

from __future__ import annotations

import json

import pytest

from pycalc import pass_rate_low
from pycalc.evaluation.compare import OVERALL, evaluate
from pycalc.evaluation.marks import Row, ScoresError, judgements, number
from pycalc.evaluation.trouble import signs


def rows(*cells, titles=("example", "option", "tone", "facts")):
    return [Row(number, dict(zip(titles, map(str, row), strict=False))) for number, row in enumerate(cells, 2)]


def paired(both, only_ft, only_today, neither):
    """Rows of one dimension in which the two options agree and differ so often."""
    marks = [(1, 1)] * both + [(0, 1)] * only_ft + [(1, 0)] * only_today + [(0, 0)] * neither
    return rows(
        *[(i, option, mark[place]) for i, mark in enumerate(marks) for place, option in enumerate(("today", "ft"))]
    )


def result_of(table, thresholds=None, **options):
    judged, dimensions, _ = judgements(table, thresholds or {})
    return judged, evaluate(judged, dimensions, **options)


def test_the_same_examples_are_compared_pair_by_pair():
    _, result = result_of(paired(80, 9, 2, 9))
    (part,) = result["dimensions"]  # one dimension is the overall one
    assert [(rate["passes"], rate["trials"]) for rate in part["options"]] == [(82, 100), (89, 100)]
    (against,) = part["comparisons"]
    assert (against["only_option"], against["only_against"]) == (9, 2)
    assert against["p"] == pytest.approx(2 * (1 + 11 + 55) / 2**11, rel=1e-13)
    assert against["difference"] == pytest.approx(0.07)


def test_pairs_needed_are_connors():
    # Of 100: 20 only here, 10 only there: (1.959964 sqrt(0.3) + 0.841621 sqrt(0.3 - 0.01))^2 / 0.1^2 = 233.1
    _, result = result_of(paired(60, 20, 10, 10))
    assert result["dimensions"][-1]["comparisons"][0]["examples_needed"] == 234
    _, result = result_of(paired(60, 10, 10, 20))
    assert result["dimensions"][-1]["comparisons"][0]["examples_needed"] is None


def test_the_exact_test_needs_six_clear_examples():
    # Connor: 1.96^2 = 3.84, so 4; but 2/2^5 = 0.0625 and only 2/2^6 = 0.03125 is below 0.05
    _, result = result_of(paired(0, 3, 0, 0))
    assert result["dimensions"][-1]["comparisons"][0]["examples_needed"] == 6


def test_examples_that_differ_are_two_samples():
    table = rows(
        *[(f"a{i}", "today", int(i < 60)) for i in range(100)], *[(f"b{i}", "ft", int(i < 90)) for i in range(100)]
    )
    _, result = result_of(table)
    (against,) = result["dimensions"][-1]["comparisons"]
    assert against["test"] == "two proportions, z"
    # z = 0.3 / sqrt(0.75 * 0.25 * 2 / 100) = 4.899: statsmodels, proportions_ztest
    assert against["p"] == pytest.approx(9.63357e-07, rel=1e-5)
    assert against["examples_needed"] == 32


def test_an_answer_passes_overall_when_every_dimension_does_and_each_was_judged():
    table = rows((1, "ft", "pass", "pass"), (2, "ft", "pass", "fail"), (3, "ft", "pass", ""), (4, "ft", "N/A", "fail"))
    _, result = result_of(table)
    counts = {
        part["dimension"]: (part["options"][0]["passes"], part["options"][0]["trials"]) for part in result["dimensions"]
    }
    assert counts == {"tone": (3, 3), "facts": (1, 3), OVERALL: (1, 2)}


@pytest.mark.parametrize(("score", "passes"), [("3.9", 0), ("4", 1), ("4,5", 1), ("fail", 0), ("pass", 1)])
def test_scores_pass_from_their_threshold_on(score, passes):
    _, result = result_of(rows((1, "ft", score), titles=("example", "option", "tone")), {"tone": 4.0})
    assert result["dimensions"][0]["options"][0]["passes"] == passes


def test_numbers_as_people_write_them():
    assert [number(text) for text in ("4", "4.5", "4,5", "85%", " 1 ", "one", "", "1e999")] == [
        *(4, 4.5, 4.5, 0.85, 1),
        *(None, None, None),
    ]


def test_holm_leaves_the_overall_question_alone():
    # p of 4:0 is 2/16 = 0.125, of 6:0 2/64 = 0.03125; Holm: 2 x 0.03125 = 0.0625, then 0.125
    table = []
    for i in range(10):
        table += [(i, "today", int(i >= 6), int(i >= 4)), (i, "ft", 1, 1)]
    _, result = result_of(rows(*table))
    tone, facts, overall = (part["comparisons"][0] for part in result["dimensions"])
    assert (tone["p"], tone["p_adjusted"]) == (0.03125, 0.0625)
    assert (facts["p"], facts["p_adjusted"]) == (0.125, 0.125)
    assert overall["p"] == overall["p_adjusted"] == 0.03125


@pytest.mark.parametrize("passes", [133, 1330])
def test_examples_for_a_minimum_are_where_the_interval_leaves_it(passes):
    # 1.959964^2 x 0.9 x 0.1 / 0.05^2 = 138.3: at 95% of 139 the bound lies at 90%
    trials = round(passes / 0.95)
    table = rows(*[(i, "ft", int(i < passes)) for i in range(trials)], titles=("example", "option", "tone"))
    _, result = result_of(table, minimum=0.9)
    rate = result["dimensions"][0]["options"][0]
    assert rate["examples_for_minimum"] == 139
    assert rate["reaches_minimum"]
    assert pass_rate_low(95 * 2, 200) > 0.9 > pass_rate_low(95, 100)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (rows((1, "ft", "pass"), titles=("id", "who", "tone")), "no column option"),
        (rows((1, "ft", "pass"), (1, "ft", "fail")), "rows 2 and 3 judge the same example"),
        (rows((1, "", "pass")), "row 2: the option cell is empty"),
        (rows((1, "ft", 4), (2, "ft", 2)), "scores from 2 to 4"),
        (
            rows((1, "ft", "a fine answer"), titles=("example", "option", "note")),
            "no column holds marks: note holds a text of 13 characters",
        ),
        (rows((1, "ft", "ja"), titles=("example", "option", "tone")), "no column holds marks: tone holds 'ja'"),
        (
            rows((1, "ft", "pass"), (2, "ft", "pas"), (3, "ft", "fail"), titles=("example", "option", "tone")),
            "row 3, column tone: 'pas' is neither pass nor fail",
        ),
        (rows((1, "ft", "ok"), (2, "ft", "so"), titles=("example", "option", "note")), "no column holds marks"),
    ],
)
def test_what_cannot_be_meant_is_said(table, words):
    with pytest.raises(ScoresError, match=words):
        judgements(table, {})


def test_free_text_is_no_dimension_and_is_never_in_the_result():
    titles = ("example", "option", "tone", "answer", "note")
    secret = "Mrs Smith owes us nine hundred and twelve dollars as of today"
    table = rows(*[(f"{i} {secret}", "ft", "pass", secret, f"{secret} {i}") for i in range(6)], titles=titles)
    judged, dimensions, unused = judgements(table, {})
    result = evaluate(judged, dimensions)
    found = signs(result, judged, [("", secret)])
    assert unused == ["note"]
    assert "Smith" not in json.dumps([result, found])
    assert any("6 of 6 answers of ft stand in the training file" in sign for sign in found)
    assert any("same answer to all 6" in sign for sign in found)


def test_five_examples_tell_nothing_and_that_is_said_first():
    judged, result = result_of(paired(2, 3, 0, 0))
    first, second, *_ = signs(result, judged)
    assert first.startswith("5 test examples cannot tell a pass rate of 60% from one of 90%: that takes 32")
    assert "fewer than 6 examples" in second
    judged, result = result_of(paired(20, 10, 1, 1))
    assert not signs(result, judged)  # 32 of each


def test_a_dimension_that_got_worse_is_named():
    table = []
    for i in range(40):
        table += [(i, "today", int(i < 20), 1), (i, "ft", 1, int(i >= 10))]
    judged, result = result_of(rows(*table))
    (sign,) = signs(result, judged)
    assert sign == "ft got worse in facts, by 25% of the examples against today"


def test_answers_of_one_length_and_questions_it_was_trained_on():
    titles = ("example", "option", "tone", "question", "answer")
    table = rows(
        *[(i, "ft", "pass", f"What is {i}?", f"{'word ' * 12}{i} and {'more ' * (i % 2)}end") for i in range(40)],
        titles=titles,
    )
    judged, result = result_of(table)
    found = signs(result, judged, [("what  is 3?", "something else that has nothing in common with them at all")])
    assert "1 of 40 test questions are in the training file: test with examples it has not seen" in found
    assert any("all of one length" in sign for sign in found)


def test_options_judged_on_different_examples_are_noticed():
    table = paired(30, 3, 2, 3) + rows(*[(f"x{i}", option, 1) for i in range(9) for option in ("today",)])
    table += rows(*[(f"y{i}", "ft", 1) for i in range(9)])
    judged, result = result_of(table)
    assert "ft and today share 38 of 47 examples: judge the same ones under both" in signs(result, judged)
