"""What every option costs in many draws at once: the template's own formulas, laid out as a portfolio's, a draw a line.

What no draw changes is one line, which stands for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy

from pycalc.risk.cashflow import Outcome, Step, outcome_of
from workbook.engines.vectors import ERROR, Mixed
from workbook.tasks.portfolio.columns import Layout, lay_out
from workbook.tasks.portfolio.values import worked_out
from workbook.template.cases import SHAPE
from workbook.template.inputs import COUNT, MOST_MONTHS, TODAY, TUNED, option_input

FIRST = {"pe": TODAY, "ft": TUNED}
"""The option whose model a price cut is of."""
ROWS = {f"{option}.{row}": f"{whose}_{row}" for whose, option in FIRST.items() for row in ("step_month", "step_cut")}
"""Inputs of the simulation that the template knows by their option's column and row."""
OWN_NAMES = {name: place for place, name in ROWS.items()}
SHAPED = tuple(option_input(option, key) for option, key in SHAPE)
"""Inputs that are always laid out: what stands in no column has the value that the template ships with."""

Steps = tuple[tuple[Step, Any], ...]
"""Price cuts that may come, each with the draws in which it does."""


@cache
def _layout(names: tuple[str, ...], cuts: bool) -> Layout:
    return lay_out({name: place for place, name in enumerate(names)}, cuts)


class Courses:
    """The model in some draws.

    `inputs` holds every input by name, a value or an array; `states` the workbook's own word on each option: what
    closes it there, payback left aside, closes it in every draw.
    """

    def __init__(self, inputs: Mapping[str, Any], states: Mapping[int, str], steps: Steps = ()) -> None:
        self._at = _layout(tuple(dict.fromkeys((*SHAPED, *inputs))), bool(steps))
        given: list[Any] = [inputs.get(name) for name in self._at.given]
        self._lines = worked_out(self._at, (value if numpy.ndim(value) else [value] for value in given), 1)
        for option, state in entered(states).items():
            self._lines.hold(self._at.options["entered"] + option - 1, [1.0])
            self._lines.hold(self._at.options["gate"] + option - 1, ["" if gate_open(state) else state])
        for option in range(1, COUNT + 1) if steps else ():
            self._cut(option, steps)

    def figure(self, key: str) -> Any:
        """A figure of the model, such as `move.3`; not a number where it is an error value."""
        place = self._at.place(key)
        assert place is not None, key
        return self._numbers(place)

    def month(self, key: str, month: int) -> Any:
        """What one of the rows of months, such as `own.3`, says of a month."""
        return self._numbers(self._at.months[key] + month)

    def _numbers(self, place: int) -> Any:
        found = self._lines.column(place)
        if isinstance(found, Mixed):
            found = numpy.where(found.kind == ERROR, numpy.nan, found.number)
        return found[:, 0]

    def _model(self, option: int) -> object:
        return self._lines.values(self._at.options["model"] + option - 1)[0]

    def _cut(self, option: int, steps: Steps) -> None:
        """Take cuts off the prices of an option that runs their model."""
        left = numpy.ones(1)
        own = [(step, happens) for step, happens in steps if self._runs(option, FIRST[step.option])]
        for month in range(1, MOST_MONTHS + 1):
            for step, happens in own:
                if step.month == month:
                    left = left * numpy.where(happens, 1 - step.cut, 1.0)
            self._lines.hold(self._at.months[f"cuts.{option}"] + month, left)

    def _runs(self, option: int, first: int) -> bool:
        return option == first or self._model(option) == self._model(first) != ""


def entered(states: Mapping[int, str]) -> dict[int, str]:
    """The states of the options that lack nothing."""
    return {option: state for option, state in states.items() if not state.startswith("not entered")}


def gate_open(state: str) -> bool:
    """Whether nothing but its payback, which every draw works out anew, closes an option."""
    return state == "open" or state.startswith("does not pay back")


@dataclass(frozen=True)
class Against:
    """One option against today, for the simulation: what the workbook's Cash flow says, not discounted."""

    option: int
    inputs: Mapping[str, Any]
    states: Mapping[int, str] = field(default_factory=dict)

    def __call__(self, given: Mapping[str, Any], months: int, steps: Steps) -> Outcome:
        drawn = {OWN_NAMES.get(name, name): value for name, value in given.items() if value is not None}
        model, k = Courses({**self.inputs, **drawn}, self.states, steps), self.option
        built, moves, moved = (model.figure(f"{key}.{k}") for key in ("built", "moves", "next_move"))
        served = [(t, t > built) for t in range(1, months + 1)]
        flows = [(model.month("all.1", t) - model.month(f"own.{k}", t)) * runs for t, runs in served]
        after = [moved * (runs & (moves == t)) for t, runs in served]
        return outcome_of(model.figure(f"move.{k}"), flows, model.figure(f"lives.{k}"), after)
