"""What every option costs month by month, for many draws at once: an input is a number or an array.

The arithmetic is the workbook's (`workbook.template.model`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy

from pycalc.constants import (
    COMPARISON_TOLERANCE,
    DAYS_PER_YEAR,
    HOURS_PER_MONTH,
    MINUTES_PER_HOUR,
    MONTHS_PER_YEAR,
    SECONDS_PER_HOUR,
    TOKENS_PER_PRICE_UNIT,
)
from pycalc.risk.cashflow import Outcome, Step, outcome_of
from workbook.template.inputs import COMMON, COUNT, MOST_MONTHS, NEWER, OPTION_ROWS, TODAY, TUNED, option_input
from workbook.template.sheets.inputs import CONSTANTS

DEFAULT_CACHE_MIN = next(value for name, *_, value in CONSTANTS if name == "default_cache_min")

ROWS = {
    "1.step_month": "pe_step_month",
    "1.step_cut": "pe_step_cut",
    "5.step_month": "ft_step_month",
    "5.step_cut": "ft_step_cut",
}
"""Inputs of the simulation that the template knows by their option's column and row."""
OWN_NAMES = {name: place for place, name in ROWS.items()}


def resolved(inputs: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """The values in force of every option: its own, else those it takes from another, else the common ones."""
    found: dict[int, dict[str, Any]] = {}
    for k in range(1, COUNT + 1):
        cells = {key: inputs.get(option_input(k, key)) for key in OPTION_ROWS}
        own = {key: cell for key, cell in cells.items() if not (cell is None or (isinstance(cell, str) and not cell))}
        base = found.get(int(own.get("based_on") or 0), {})
        own_model = "model" in own or "kind" in own
        own_answers = own_model or "retrieval" in own
        row: dict[str, Any] = {}
        for key, item in OPTION_ROWS.items():
            taken = {"based": True, "own": False, "model": not own_model, "answers": not own_answers}[item.takes]
            value = own.get(key)
            if value is None and taken:
                value = base.get(key)
            row[key] = value
        tuned = row["kind"] in ("fine-tuned", "own weights")
        for key, item in OPTION_ROWS.items():
            fits = {
                "": False,
                "all": True,
                "retrieval": row["retrieval"] == "yes",
                "caching": row["caching"] == "yes",
                "tuned": tuned,
            }[item.common]
            if row[key] is None and fits:
                row[key] = inputs.get(key)
        entries = {key for key in own if key not in ("name", "action", "model", "seller", "kind", "based_on")}
        row["alike"] = bool(base) and (not entries or (not own_model and bool(base.get("alike"))))
        row["tuned"] = tuned
        row["new_cache"] = row["caching"] == "yes" and not own_model and base.get("caching") != "yes"
        found[k] = row
    return found


def entered(row: Mapping[str, Any], first: bool) -> bool:
    """Whether an option competes: nothing its kind needs is blank."""
    hosted = row["hosting_monthly"] is not None or row["hourly_price"] is not None
    lacking = (
        not row["kind"],
        row["alike"],
        row["kind"] != "own weights" and not hosted and (row["input_price"] is None or row["output_price"] is None),
        row["kind"] == "own weights" and not hosted,
        row["hourly_price"] is not None and all(row[key] is None for key in ("units", "replicas", "tokens_per_second")),
        row["retrieval"] == "yes" and (row["context_tokens"] is None or row["retrieval_price"] is None),
        not first and row["new_cache"] and row["cached_price"] is None,
    )
    return not any(lacking)


def number(row: Mapping[str, Any], key: str, default: float = 0.0) -> Any:
    value = row.get(key)
    return default if value is None else value


def _measured(row: Mapping[str, Any]) -> Any:
    return row["passes"] / row["trials"] if number(row, "trials") else row["pass_rate"]


Steps = tuple[tuple[Step, Any], ...]
"""Price cuts that may come, each with the draws in which it does."""


def _own(
    row: dict[str, Any], today: dict[str, Any], common: Mapping[str, Any], first: bool, steps: Steps, last: int
) -> None:
    """What an option costs by itself, month by month, and what is paid to move to it."""

    def n(key: str, default: float = 0.0) -> Any:
        return number(row, key, default)

    looks = row["retrieval"] == "yes"
    queries, question = number(common, "queries"), number(common, "query_tokens")
    prompt, retrieved = n("prompt_tokens"), n("context_tokens") if looks else 0.0
    answer = n("response_tokens") + n("reasoning_tokens")
    hit: Any = 0.0
    if row["caching"] == "yes" and row["cached_price"] is not None:
        hit = numpy.where(prompt < n("cache_min_tokens", DEFAULT_CACHE_MIN), 0.0, n("cache_hit_rate"))
    missed = numpy.where(hit == 0, n("input_price"), n("cache_write_price", n("input_price")))
    level = 1.0 if row["batch_price"] is None else 1 - n("batch_share") * (1 - row["batch_price"])
    spent = prompt * (hit * n("cached_price") + (1 - hit) * missed) + (question + retrieved) * n("input_price")
    call = level * (spent + answer * n("output_price")) / TOKENS_PER_PRICE_UNIT
    calls = queries * n("calls", 1.0)
    tokens, retrieval = calls * call, calls * n("retrieval_price") if looks else 0.0
    passed = _measured(row)
    passed = passed if passed is not None else _measured(today)
    row["passed"] = passed = 1.0 if passed is None else passed
    mends = row["repair_cost"] is not None
    none = numpy.asarray(passed) == 0
    tries = 1.0 if mends else 1 / numpy.where(none, 1.0, passed)
    repair = queries * (1 - passed) * row["repair_cost"] if mends else 0.0
    items = number(common, "items_per_month") * n("cost_per_review") * tries
    trained = n("examples") * n("tokens_per_example") * n("epochs") + n("validation_tokens")
    billed = trained * n("training_price") / TOKENS_PER_PRICE_UNIT
    job = numpy.where(numpy.asarray(n("training_price")) == 0, 0.0, numpy.maximum(n("training_minimum"), billed))
    training = (job + n("gpu_hours") * n("gpu_price")) * row["tuned"]
    labor = n("examples") * n("minutes_per_example") / MINUTES_PER_HOUR * n("hourly_wage") * row["tuned"]
    row["move"] = n("setup_hours") * n("hourly_wage") + training + labor + n("evaluation_cost")
    rerun = (training + n("relabel_share") * labor + n("evaluation_cost")) * row["tuned"]
    built = row["built"] = 0 if first else int(n("build_months"))
    by_load = row["hourly_price"] is not None and row["units"] is None and row["replicas"] is None
    peak = calls * (prompt + question + retrieved + answer) * n("peak_factor", 1.0)
    carried = HOURS_PER_MONTH * SECONDS_PER_HOUR * n("tokens_per_second", 1.0) * n("utilization", 1.0)
    fixed = n("hosting_monthly") + (n("storage_monthly") if looks else 0.0) + n("upkeep_hours") * n("hourly_wage")
    months = []
    for t in range(1, last + 1):
        growth = (1 + number(common, "monthly_growth")) ** (t - 1)
        price = (1 - n("annual_decline")) ** ((t - 1) / MONTHS_PER_YEAR)
        price = price * numpy.where((n("step_month") > 0) & (t >= n("step_month")), 1 - n("step_cut"), 1.0)
        for step, happens in steps:
            price = price * numpy.where(happens & (t >= step.month), 1 - step.cut, 1.0)
        early = numpy.clip(n("review_ramp_months") - (t - 1 - built), 0, 1)
        review = items * (n("review_rate") + early * (n("review_start_rate", n("review_rate")) - n("review_rate")))
        load = peak * growth / carried * (1 - COMPARISON_TOLERANCE)
        replicas = numpy.ceil(load) if by_load else n("units", n("replicas"))
        since = [numpy.floor(max(0, t - late - built) * n("retrains_per_year") / MONTHS_PER_YEAR) for late in (0, 1)]
        volume = (tokens * tries * price + retrieval * tries + repair + review) * growth
        months.append(volume + fixed + n("hourly_price") * HOURS_PER_MONTH * replicas + rerun * (since[0] - since[1]))
    row["own"] = months


def within(life: Any, t: int) -> Any:
    return numpy.clip(life - t + 1, 0, 1)


class Courses:
    """What every option costs by month: by itself, and on its way to its successors once it is shut.

    `inputs` holds every input by name, numbers or arrays; `states` the workbook's own word on each option; `wanted`
    the options that are asked for, all that are entered where it is empty.
    """

    def __init__(
        self,
        inputs: Mapping[str, Any],
        states: Mapping[int, str],
        steps: Steps = (),
        wanted: Iterable[int] = (),
        last: int = MOST_MONTHS,
    ) -> None:
        self.rows = resolved(inputs)
        self.common = {key: inputs.get(key) for key in COMMON}
        self.last = last
        self.competing = [k for k, row in self.rows.items() if entered(row, k == TODAY)]
        self._newer = NEWER in self.competing and gate_open(states.get(NEWER, "open"))
        start = number(self.common, "start_date")
        for row in self.rows.values():
            ends = row["shutdown_date"]
            months = numpy.inf if ends is None else (ends - start) * MONTHS_PER_YEAR / DAYS_PER_YEAR
            row["life"] = numpy.maximum(0.0, numpy.asarray(months, dtype=float))
        for k, row in self.rows.items():
            row["next"] = self._next(k, row)
        self.ways: dict[int, list[Any]] = {}
        for k in self._reached(wanted or self.competing):
            _own(self.rows[k], self.rows[TODAY], self.common, k == TODAY, self._cuts(k, steps), last)
        for k in (TODAY, *(k for k in wanted or self.competing if k != TODAY)):
            self._chain(self.rows[k])
            self.ways[k] = [self._way(self.rows[k], t) for t in range(1, last + 1)]

    def _cuts(self, option: int, steps: Steps) -> Steps:
        """The price cuts of an option: today's model and the fine-tuned one, wherever they run."""
        model = self.rows[option]["model"]
        of = {whose: self.rows[k]["model"] for whose, k in (("pe", TODAY), ("ft", TUNED))}
        first = {"pe": TODAY, "ft": TUNED}
        return tuple(
            pair
            for pair in steps
            if option == first[pair[0].option] or (model is not None and of[pair[0].option] == model)
        )

    def _next(self, option: int, row: dict[str, Any]) -> Any:
        """The option that the work moves to after a shutdown, 0 for none."""
        life = row["life"]
        then = numpy.asarray(0 if option == TODAY else TODAY)
        if self._newer and option != NEWER:
            then = numpy.where(self.rows[NEWER]["life"] > life, NEWER, then)
        named = int(number(row, "successor"))
        if named in self.rows:
            then = numpy.where(self.rows[named]["life"] > life, named, then)
        return numpy.where(numpy.isinf(life) | (life <= 0), 0, then)

    def _reached(self, wanted: Iterable[int]) -> list[int]:
        """The options asked for, today, and whatever their work may move to."""
        found = [TODAY, *wanted]
        for k in found:  # which grows
            found += [int(j) for j in numpy.unique(self.rows[k]["next"]) if j and j not in found]
        return list(dict.fromkeys(found))

    def _pick(self, which: Any, key: str, month: int = 0) -> Any:
        """The figure of the option that each draw asks for, 0 where it asks for none."""
        found: Any = 0.0
        for j in numpy.unique(which):
            if j:
                value = self.rows[int(j)][key]
                found = numpy.where(which == j, value[month - 1] if month else value, found)
        return found

    def _chain(self, row: dict[str, Any]) -> None:
        """When the work leaves an option and when its successor, where it goes, and what the moves cost."""
        then, life = row["next"], row["life"]
        later = self._pick(then, "life")
        again = numpy.where((then > 0) & (later > life), self._pick(then, "next"), 0)
        row["again"], row["leaves"] = again, numpy.where(then == 0, numpy.inf, life)
        row["leaves_again"] = numpy.where(again == 0, numpy.inf, later)
        row["next_move"], row["next_move_again"] = self._pick(then, "move"), self._pick(again, "move")

    def _way(self, row: dict[str, Any], t: int) -> Any:
        if t <= row["built"]:
            return self.ways[TODAY][t - 1]
        first, second = within(row["leaves"], t), within(row["leaves_again"], t)
        after = (second - first) * self._pick(row["next"], "own", t) + (1 - second) * self._pick(row["again"], "own", t)
        return (
            first * row["own"][t - 1]
            + after
            + self.moved(row, t)
            + _falls(row["leaves_again"], t) * row["next_move_again"]
        )

    def moved(self, row: dict[str, Any], t: int) -> Any:
        """What the move after a shutdown costs in a month."""
        return _falls(row["leaves"], t) * row["next_move"] * (t > row["built"])

    def saved(self, k: int, t: int) -> Any:
        """What an option saves against today in a month, were it served throughout."""
        row = self.rows[k]
        return (self.ways[TODAY][t - 1] - row["own"][t - 1]) * (t > row["built"])


def _falls(when: Any, t: int) -> Any:
    return (t - 1 < when) & (t >= when)


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
        courses = Courses({**self.inputs, **drawn}, self.states, steps, (self.option,), months)
        row = courses.rows[self.option]
        after = [courses.moved(row, t) for t in range(1, months + 1)]
        flows = [courses.saved(self.option, t) for t in range(1, months + 1)]
        return outcome_of(numpy.asarray(row["move"]), flows, row["life"], after)
