"""Signs that a test says less than its figures: too few examples, answers learnt by heart, a dimension got worse.

Answers are compared here and never handed on: what is reported are counts, options and dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pycalc.evaluation.compare import OVERALL
from pycalc.evaluation.marks import Judgement

FEWEST_WORDS = 8
"""Shorter answers are alike by nature: a label, a yes."""

FEWEST_ANSWERS = 5
SAME_LENGTH = 0.05
"""Lengths within this share of their mean count as one length."""


def signs(
    result: dict[str, Any], judged: Sequence[Judgement], training: Iterable[tuple[str, str]] | None = None
) -> list[str]:
    """Sentences, the weightiest first.

    `training` are the questions and answers the fine-tuned model was trained on.
    """
    by_option: dict[str, list[Judgement]] = {option: [] for option in result["options"]}
    for each in judged:
        by_option[each.option].append(each)
    found = list(_too_few(result))
    if training is not None:
        found += _learnt_by_heart(by_option, list(training))
    found += _worse(result)
    for option, ours in by_option.items():
        found += _one_length(option, [each.answer for each in ours if each.answer.strip()])
    return found + list(_not_comparable(result))


def _too_few(result: dict[str, Any]) -> Iterable[str]:
    needed = result["examples_for_60_against_90"]
    overall = result["dimensions"][-1]
    fewest = min(rate["trials"] for rate in overall["options"])
    if fewest < needed:
        one = "1 test example" if fewest == 1 else f"{fewest} test examples"
        yield f"{one} cannot tell a pass rate of 60% from one of 90%: that takes {needed} for each option"
    if fewest < 6 and any(each["same_examples"] for each in overall["comparisons"]):
        yield "with fewer than 6 examples no result, however clear, has a p-value below 0.05"


def _worse(result: dict[str, Any]) -> Iterable[str]:
    for part in result["dimensions"]:
        for each in part["comparisons"]:
            if part["dimension"] == OVERALL or not each["difference"] or each["difference"] > 0:
                continue
            sure = "" if each["p"] is not None and each["p"] < 1 - result["confidence"] else ", which may be chance"
            yield (
                f"{each['option']} got worse in {part['dimension']}, by {-each['difference']:.0%} of the examples "
                f"against {result['against']}{sure}"
            )


def _one_length(option: str, answers: list[str]) -> Iterable[str]:
    if len(answers) < FEWEST_ANSWERS:
        return
    if len({_plain(answer) for answer in answers}) == 1:
        yield f"{option} gives the same answer to all {len(answers)} examples"
        return
    lengths = [len(answer.split()) for answer in answers]
    mean = sum(lengths) / len(lengths)
    if mean >= FEWEST_WORDS and max(lengths) - min(lengths) <= 2 * SAME_LENGTH * mean:
        yield f"the answers of {option} are all of one length, {mean:.0f} words: it may fill a form, not answer"


def _not_comparable(result: dict[str, Any]) -> Iterable[str]:
    overall = result["dimensions"][-1]
    trials = {rate["option"]: rate["trials"] for rate in overall["options"]}
    for each in overall["comparisons"]:
        most = min(trials[each["option"]], trials[result["against"]])
        if each["same_examples"] < most:
            yield (
                f"{each['option']} and {result['against']} share {each['same_examples']} of {most} examples: judge the "
                "same ones under both"
            )
    for part in result["dimensions"]:
        rates = [rate["rate"] for rate in part["options"]]
        if len(rates) > 1 and set(rates) in ({1.0}, {0.0}):
            yield f"{part['dimension']} tells no option from another: all {'pass' if rates[0] else 'fail'} every time"


def _learnt_by_heart(by_option: dict[str, list[Judgement]], training: list[tuple[str, str]]) -> Iterable[str]:
    if not any(each.answer.strip() or each.question.strip() for ours in by_option.values() for each in ours):
        yield "nothing was compared with the training file: the scores have no column question or answer"
        return
    questions = {_plain(question) for question, _ in training if question.strip()}
    asked = {_plain(each.question) for ours in by_option.values() for each in ours if each.question.strip()}
    if seen := len(asked & questions):
        yield f"{seen} of {len(asked)} test questions are in the training file: test with examples it has not seen"
    learnt = [answer for _, answer in training if _long(answer)]
    for option, ours in by_option.items():
        answers = [each.answer for each in ours if _long(each.answer)]
        copied = _copied(answers, learnt)
        if copied:
            yield f"{copied} of {len(answers)} answers of {option} stand in the training file, word for word or nearly"


def _copied(answers: list[str], learnt: list[str]) -> int:
    """How many answers are nearly the same as one of the training file."""
    if not answers or not learnt:
        return 0
    from pycalc.dataset.similarity import Index, signatures

    return len({given for _, given in Index(signatures(learnt)).find(signatures(answers)).tolist()})


def _long(text: str) -> bool:
    return len(text.split()) >= FEWEST_WORDS


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
