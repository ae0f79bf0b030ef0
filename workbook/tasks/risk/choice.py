"""Every option under uncertainty: how often each is the cheapest of what is open, and what choosing it would regret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from pycalc.risk.draws import draw, uniforms_of_block
from workbook.errors import WorkbookError
from workbook.tasks.report.figures import Figures, as_number
from workbook.tasks.risk.asked import Question
from workbook.tasks.risk.courses import OWN_NAMES, Against, Courses, Steps, entered, gate_open
from workbook.template.inputs import COUNT, TODAY, TUNED

AT_ONCE = 8192
"""Draws that are worked out together: as much as stays near the processor."""


@dataclass(frozen=True)
class Chance:
    """What the draws say of one option."""

    option: int
    name: str
    open: float
    """Share of the draws in which it is open."""
    cheapest: float
    """Share in which it costs the least of what is open."""
    mean: float
    """Present value of its all-in cost, over the draws in which it is open."""
    low: float
    high: float
    """P10 and P90 of that."""
    regret: float
    """Mean of what it costs more than the cheapest open option; not a number where it is never open."""


def chances(
    inputs: Mapping[str, Any], states: Mapping[int, str], names: Mapping[int, str], trials: int, steps: Steps = ()
) -> list[Chance]:
    """What the draws say of every option that is entered.

    `inputs` holds every input by name, numbers or arrays of `trials`; `states` the workbook's own word on each option:
    whatever no draw changes (a closed gate) stays closed, payback is worked out anew in every draw.
    """
    competing = entered(states)
    costs = {k: numpy.full(trials, numpy.nan) for k in competing}
    opened = {k: numpy.zeros(trials, dtype=bool) for k in competing}
    for first in range(0, trials, AT_ONCE):
        some = slice(first, first + AT_ONCE)
        given = {name: value[some] if numpy.ndim(value) else value for name, value in inputs.items()}
        model = Courses(given, states, tuple((step, happens[some]) for step, happens in steps))
        for k in (k for k, state in competing.items() if gate_open(state)):
            costs[k][some], opened[k][some] = model.figure(f"present.{k}"), model.figure(f"open.{k}") == 1
    return _counted(costs, opened, names, trials)


def _counted(costs: dict[int, Any], opened: dict[int, Any], names: Mapping[int, str], trials: int) -> list[Chance]:
    ranked = numpy.array([numpy.where(opened[k], costs[k], numpy.inf) for k in costs])
    least = ranked.min(axis=0)
    winner = ranked.argmin(axis=0)
    some = numpy.isfinite(least)
    found = []
    for place, k in enumerate(costs):
        mine = costs[k][opened[k]]
        both = opened[k] & some
        low, high = map(float, numpy.quantile(mine, (0.1, 0.9))) if mine.size else (float("nan"), float("nan"))
        found.append(
            Chance(
                k,
                names.get(k, f"Option {k}"),
                open=float(opened[k].mean()),
                cheapest=float(((winner == place) & some).sum() / trials),
                mean=float(mine.mean()) if mine.size else float("nan"),
                low=low,
                high=high,
                regret=float((costs[k] - least)[both].mean()) if both.any() else float("nan"),
            )
        )
    return sorted(found, key=lambda chance: (-chance.cheapest, chance.regret != chance.regret, chance.option))


TRIALS = 20_000
"""Draws of all options: enough for a share within half a per cent."""


def settle(asked: Question, figures: Figures, trials: int, seed: int) -> None:
    """Let a question ask for what the workbook recommends, and say how often each option is the cheapest.

    Where today is recommended, the next best stands against it, as on the sheet Sensitivity.
    """
    states = {k: str(figures.row("live.state")[k - 1]) for k in range(1, COUNT + 1)}
    if not entered(states):
        raise WorkbookError(f"{figures.name}: no option is entered. {figures.key('live.action_text')}")
    names = {k: str(figures.row("live.shown_name")[k - 1]) for k in range(1, COUNT + 1)}
    subject = int(as_number(figures.key("live.subject")) or TUNED)
    asked.ask_of(Against(subject, asked.inputs, states), names[subject], names[TODAY])
    count = min(trials, TRIALS)
    case = asked.case
    uniforms = uniforms_of_block(case, seed, 0, 0, count)
    drawn = {OWN_NAMES.get(name, name): values for name, values in draw(case, uniforms).items()}
    labels = case.drivers()[len(case.varied) :]
    steps = tuple((step, uniforms[label] < step.probability) for label, step in zip(labels, case.steps, strict=True))
    asked.chances = chances({**asked.inputs, **drawn}, states, names, count, steps)
