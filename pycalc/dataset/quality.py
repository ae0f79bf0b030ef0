"""What the guide does not look at: repeats, contradictions, look-alikes, one-sided lengths, labels, leakage.

Every figure is exact while a file has no more different texts than the tables hold (summary.py); after that it
is a figure of a random sample and says so (`exact` is false). Near likeness within a file is then a lower bound,
since both of a pair must be in the sample to be seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from pycalc.dataset import histogram
from pycalc.dataset.batch import NO_LABEL
from pycalc.dataset.similarity import groups
from pycalc.dataset.sketch import Sketch, text_hash
from pycalc.dataset.summary import Summary

SHOWN = 10
"""Places listed of each kind."""

SAME_LENGTH = 0.2
"""Answers this share shorter or longer than the median count as of one length."""

ONE_SIDED = 0.9
"""From this share of answers of one length on, lengths are called one-sided."""

FEWEST_FOR_LENGTHS = 10
SHORTEST_FOR_LENGTHS = 10
"""Labels and yes-or-no answers are of one length by nature: below so many tokens in the median, nothing is said."""

EDGE_LABELS = ("edge", "edge case", "edge-case", "edge_case", "true")
RARE = 0.05

_EMPTY = np.frombuffer(text_hash(""), "<u8")[0]


def repeats(sketch: Sketch) -> dict[str, Any]:
    """Entries that appear more than once."""
    count = sketch.rows["count"]
    repeated = count > 1
    extra = int((count - 1)[repeated].sum())
    return {
        "examples": extra,
        "of": sketch.total,
        "share": extra / sketch.total,
        "different": sketch.distinct(),
        "exact": sketch.complete,
        "places": _places(sketch, np.flatnonzero(repeated)),
    }


def usable(examples: Sketch) -> int:
    """How many different examples have no error; estimated from a sample where the table is full."""
    return round(examples.distinct() * float(examples.rows["sound"].mean()))


def contradictions(prompts: Sketch) -> dict[str, Any]:
    """Prompts that are answered in different ways."""
    differing = (prompts.rows["lowest"] != prompts.rows["highest"]) & (prompts.hash != _EMPTY)
    return {
        "prompts": int(differing.sum()),
        "examples": int(prompts.rows["count"][differing].sum()),
        "of": prompts.total,
        "exact": prompts.complete,
        "places": _places(prompts, np.flatnonzero(differing)),
    }


def look_alikes(answers: Sketch) -> dict[str, Any]:
    """Different answers that are nearly the same."""
    count, line = answers.rows["count"], answers.rows["line"]
    found = groups(answers.rows["signature"])
    examples = sum(int(count[group].sum()) for group in found)
    listed = sorted(sorted(int(line[row]) for row in group) for group in found)
    return {
        "examples": examples,
        "groups": len(found),
        "of": answers.total,
        "share": examples / answers.total,
        "exact": answers.complete,
        "places": [{"lines": lines[:SHOWN], "answers": len(lines)} for lines in listed[:SHOWN]],
    }


def lengths(tokens: Counter[int]) -> dict[str, Any]:
    """Whether the answers are nearly all of one length."""
    count = tokens.total()
    if not count:
        return {"one_sided": False, "share": 0.0}
    median = histogram.quantile(tokens, 0.5)
    share = histogram.within(tokens, median * (1 - SAME_LENGTH), median * (1 + SAME_LENGTH)) / count
    telling = count >= FEWEST_FOR_LENGTHS and median >= SHORTEST_FOR_LENGTHS
    return {"one_sided": telling and share >= ONE_SIDED, "share": share, "median": median}


def labels(summary: Summary, edge: Sequence[str]) -> dict[str, Any]:
    """Share of each label, which are rare, and how many examples are edge cases."""
    wanted = {name.casefold() for name in (edge or EDGE_LABELS)}
    counted = sum(tokens.total() for tokens in summary.labels.values())
    rows: list[dict[str, Any]] = [
        {
            "label": label,
            "examples": tokens.total(),
            "share": tokens.total() / counted,
            "rare": tokens.total() / counted < RARE,
            "edge": label.casefold() in wanted,
            "answers": lengths(tokens),
        }
        for label, tokens in summary.labels.items()
    ]
    rows.sort(key=lambda row: (-row["examples"], row["label"]))
    edge_examples = sum(row["examples"] for row in rows if row["edge"])
    return {
        "key": summary.options.label,
        "found": any(row["label"] != NO_LABEL for row in rows),
        "complete": summary.labels_complete,
        "edge_examples": edge_examples,
        "edge_share": edge_examples / counted if counted else 0.0,
        "labels": rows,
    }


def leakage(train: Summary, held_out: Summary) -> dict[str, Any]:
    """Held-out examples that are in the training file too: whole, by their prompt, or nearly by their question.

    The training file is searched whole, however large; of a held-out file with more different examples than the
    tables hold, a random sample is looked for.
    """
    tables = {"examples": held_out.same_examples, "prompts": held_out.prompts, "questions": held_out.questions}
    return {kind: _leaks(table, train.leaks[kind]) for kind, table in tables.items()}


def _leaks(held_out: Sketch, leaks: dict[int, int]) -> dict[str, Any]:
    # A prompt or question of which nothing is left (an image alone) is like every other of its kind.
    row = [each for each in leaks if held_out.hash[each] != _EMPTY]
    pairs = sorted((int(held_out.rows["line"][each]), leaks[each]) for each in row)
    return {
        "examples": int(held_out.rows["count"][row].sum()) if row else 0,
        "of": held_out.total,
        "exact": held_out.complete,
        "places": [{"held_out_line": mine, "line": its} for mine, its in pairs[:SHOWN]],
    }


def _places(sketch: Sketch, rows: np.ndarray) -> list[dict[str, int]]:
    order = rows[np.argsort(sketch.rows["line"][rows], kind="stable")][:SHOWN]
    names = (("line", "line"), ("last", "last_line"), ("count", "times"))
    return [{to: int(sketch.rows[name][row]) for name, to in names} for row in order]
