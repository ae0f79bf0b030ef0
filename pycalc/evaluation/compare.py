"""Pass rates with their intervals, and each option against one of them on the same examples."""

from __future__ import annotations

import math
from typing import Any

from pycalc.errors import CalcError
from pycalc.evaluation.marks import Judgement, ScoresError
from pycalc.functions.evidence import eval_paired, eval_pvalue, eval_size, pass_rate_high, pass_rate_low
from pycalc.functions.normal import distance

OVERALL = "all dimensions"
"""An answer passes overall when it passes every dimension; it is judged overall when each of them was judged."""

FAR_APART = (0.6, 0.9)
"""Two pass rates that anybody would call far apart: what a small test is measured by."""

_FEWEST_OF_EACH = 10
"""Two samples below this are too small for the normal distribution, whatever they show."""

Marks = dict[str, dict[str, bool]]
"""By option, then by example."""


def evaluate(
    judged: list[Judgement],
    dimensions: list[str],
    *,
    against: str = "",
    confidence: float = 0.95,
    power: float = 0.8,
    minimum: float | None = None,
) -> dict[str, Any]:
    """What a test says: for each dimension and overall, pass rates with intervals and each option against one.

    Parameters
    ----------
    judged, dimensions : of `marks.judgements`.
    against : the option that the others are compared with; by default the first.
    minimum : a pass rate every option has to reach, at the confidence given.

    Returns
    -------
    dict : "options", "against", "examples", and "dimensions", a list with the overall one last.
    """
    options = list(dict.fromkeys(each.option for each in judged))
    against = against or options[0]
    if against not in options:
        raise ScoresError(f"no option {against!r}. There are {', '.join(options)}")
    names = dimensions if len(dimensions) == 1 else [*dimensions, OVERALL]
    parts = []
    for name in names:
        marks = _marks(judged, options, name, dimensions)
        parts.append(
            {
                "dimension": name,
                "options": [_rate(option, marks[option], confidence, minimum) for option in options],
                "comparisons": [
                    _comparison(marks, option, against, confidence, power) for option in options if option != against
                ],
            }
        )
    _adjust(parts)
    return {
        "examples": len({each.example for each in judged}),
        "options": options,
        "against": against,
        "confidence": confidence,
        "power": power,
        "minimum": minimum,
        "examples_for_60_against_90": int(eval_size(*FAR_APART, confidence, power)),
        "dimensions": parts,
    }


def _marks(judged: list[Judgement], options: list[str], name: str, dimensions: list[str]) -> Marks:
    marks: Marks = {option: {} for option in options}
    for each in judged:
        if name in each.marks:
            marks[each.option][each.example] = each.marks[name]
        elif name == OVERALL and len(each.marks) == len(dimensions):
            marks[each.option][each.example] = all(each.marks.values())
    return marks


def _rate(option: str, marks: dict[str, bool], confidence: float, minimum: float | None) -> dict[str, Any]:
    passes, trials = sum(marks.values()), len(marks)
    rate: dict[str, Any] = {"option": option, "passes": passes, "trials": trials}
    if not trials:
        return rate | {"rate": None, "low": None, "high": None}
    share = passes / trials
    rate |= {
        "rate": share,
        "low": pass_rate_low(passes, trials, confidence),
        "high": pass_rate_high(passes, trials, confidence),
    }
    if minimum is not None:
        rate["reaches_minimum"] = rate["low"] >= minimum
        rate["examples_for_minimum"] = _enough_for(share, minimum, confidence)
    return rate


def _enough_for(share: float, minimum: float, confidence: float) -> int | None:
    """Test examples at which the interval of this pass rate lies above the minimum; None where none are enough.

    The Wilson bound is where the score test stops to refuse: (p − m)² = z² m (1 − m) / n.
    """
    if share <= minimum:
        return None
    return math.ceil(distance(1 - confidence) ** 2 * minimum * (1 - minimum) / (share - minimum) ** 2)


def _comparison(marks: Marks, option: str, against: str, confidence: float, power: float) -> dict[str, Any]:
    """One option against another: on the same examples where there are any, else as two samples."""
    ours, theirs = marks[option], marks[against]
    both = ours.keys() & theirs.keys()
    found: dict[str, Any] = {"option": option, "same_examples": len(both)}
    if both:
        only_option = sum(ours[example] and not theirs[example] for example in both)
        only_against = sum(theirs[example] and not ours[example] for example in both)
        found |= {
            "test": "McNemar, exact",
            "only_option": only_option,
            "only_against": only_against,
            "difference": (only_option - only_against) / len(both),
            "p": eval_paired(only_option, only_against),
            "examples_needed": _enough_pairs(only_option, only_against, len(both), confidence, power),
        }
        return found
    passes = [sum(each.values()) for each in (ours, theirs)]
    found |= {"test": "two proportions, z", "difference": None, "p": None, "examples_needed": None}
    if ours and theirs:
        rates = passes[0] / len(ours), passes[1] / len(theirs)
        found["difference"] = rates[0] - rates[1]
        found["p"] = _or_none(eval_pvalue, passes[0], len(ours), passes[1], len(theirs))
        needed = _or_none(eval_size, *rates, confidence, power)
        found["examples_needed"] = None if needed is None else max(_FEWEST_OF_EACH, int(needed))
    return found


def _enough_pairs(more: int, fewer: int, pairs: int, confidence: float, power: float) -> int | None:
    """Examples judged under both options that would tell them apart, if they differ as seen here.

    Connor, Sample size for testing differences in proportions for the paired-sample design (1987); None where no
    difference was seen.
    """
    apart, gap = (more + fewer) / pairs, abs(more - fewer) / pairs
    if not gap:
        return None
    found = distance(2 - 2 * power) if power >= 0.5 else -distance(2 * power)
    root = distance(1 - confidence) * math.sqrt(apart) + found * math.sqrt(apart - gap * gap)
    examples = math.ceil((root / gap) ** 2)
    # Few and clear examples: the exact test asks for more than the normal distribution does.
    while eval_paired(round(more / pairs * examples), round(fewer / pairs * examples)) >= 1 - confidence:
        examples += 1
    return examples


def _or_none(function: Any, *arguments: float) -> float | None:
    try:
        return float(function(*arguments))
    except CalcError:
        return None


def _adjust(parts: list[dict[str, Any]]) -> None:
    """Holm's p-values: of many comparisons some look good by chance alone.

    The overall figures are the question asked; the single dimensions are a family of their own.
    """
    for family in (parts[:-1], parts[-1:]):
        asked = [each for part in family for each in part["comparisons"] if each["p"] is not None]
        reached = 0.0
        for place, each in enumerate(sorted(asked, key=lambda one: one["p"])):
            reached = max(reached, min(1.0, each["p"] * (len(asked) - place)))
            each["p_adjusted"] = reached
