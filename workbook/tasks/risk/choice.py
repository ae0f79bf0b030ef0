"""Every option under uncertainty: how often each is the cheapest of what is open, and what choosing it would regret.

The arithmetic is the workbook's (`workbook.template.model`), for many draws at once: an input is a number or an array.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from pycalc.constants import DAYS_PER_YEAR, HOURS_PER_MONTH, MINUTES_PER_HOUR, MONTHS_PER_YEAR, SECONDS_PER_HOUR
from pycalc.functions.uncertainty import triangular
from pycalc.risk.draws import draw, uniforms_of_block
from workbook.tasks.report.figures import read
from workbook.tasks.risk.asked import ROWS, Question
from workbook.template.inputs import COMMON, COUNT, MOST_MONTHS, OPTION_ROWS, option_input

NEWER = 3
DEFAULT_CACHE_MIN = 1024
PER_PRICE_UNIT = 1_000_000
TOLERANCE = 1e-12


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


def _number(row: Mapping[str, Any], key: str, default: float = 0.0) -> Any:
    value = row.get(key)
    return default if value is None else value


def _measured(row: Mapping[str, Any]) -> Any:
    return row["passes"] / row["trials"] if _number(row, "trials") else row["pass_rate"]


def _own(row: dict[str, Any], today: dict[str, Any], common: Mapping[str, Any], first: bool) -> None:
    """What an option costs by itself, month by month, and what is paid to move to it."""

    def n(key: str, default: float = 0.0) -> Any:
        return _number(row, key, default)

    looks = row["retrieval"] == "yes"
    queries, question = _number(common, "queries"), _number(common, "query_tokens")
    prompt, retrieved = n("prompt_tokens"), n("context_tokens") if looks else 0.0
    answer = n("response_tokens") + n("reasoning_tokens")
    hit: Any = 0.0
    if row["caching"] == "yes" and row["cached_price"] is not None:
        hit = numpy.where(prompt < n("cache_min_tokens", DEFAULT_CACHE_MIN), 0.0, n("cache_hit_rate"))
    missed = numpy.where(hit == 0, n("input_price"), n("cache_write_price", n("input_price")))
    level = 1.0 if row["batch_price"] is None else 1 - n("batch_share") * (1 - row["batch_price"])
    spent = prompt * (hit * n("cached_price") + (1 - hit) * missed) + (question + retrieved) * n("input_price")
    call = level * (spent + answer * n("output_price")) / PER_PRICE_UNIT
    calls = queries * n("calls", 1.0)
    tokens, retrieval = calls * call, calls * n("retrieval_price") if looks else 0.0
    passed = _measured(row)
    passed = passed if passed is not None else _measured(today)
    row["passed"] = passed = 1.0 if passed is None else passed
    mends = row["repair_cost"] is not None
    none = numpy.asarray(passed) == 0
    tries = 1.0 if mends else 1 / numpy.where(none, 1.0, passed)
    repair = queries * (1 - passed) * row["repair_cost"] if mends else 0.0
    items = _number(common, "items_per_month") * n("cost_per_review") * tries
    trained = n("examples") * n("tokens_per_example") * n("epochs") + n("validation_tokens")
    billed = trained * n("training_price") / PER_PRICE_UNIT
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
    for t in range(1, MOST_MONTHS + 1):
        growth = (1 + _number(common, "monthly_growth")) ** (t - 1)
        price = (1 - n("annual_decline")) ** ((t - 1) / MONTHS_PER_YEAR)
        price = price * numpy.where((n("step_month") > 0) & (t >= n("step_month")), 1 - n("step_cut"), 1.0)
        early = numpy.clip(n("review_ramp_months") - (t - 1 - built), 0, 1)
        review = items * (n("review_rate") + early * (n("review_start_rate", n("review_rate")) - n("review_rate")))
        load = peak * growth / carried * (1 - TOLERANCE)
        replicas = numpy.ceil(load) if by_load else n("units", n("replicas"))
        since = [numpy.floor(max(0, t - late - built) * n("retrains_per_year") / MONTHS_PER_YEAR) for late in (0, 1)]
        volume = (tokens * tries * price + retrieval * tries + repair + review) * growth
        months.append(volume + fixed + n("hourly_price") * HOURS_PER_MONTH * replicas + rerun * (since[0] - since[1]))
    row["own"] = months


def _within(life: Any, t: int) -> Any:
    return numpy.clip(life - t + 1, 0, 1)


def chances(
    inputs: Mapping[str, Any], states: Mapping[int, str], names: Mapping[int, str], trials: int
) -> list[Chance]:
    """What the draws say of every option that is entered.

    `inputs` holds every input by name, numbers or arrays of `trials`; `states` the workbook's own word on each option:
    whatever no draw changes (a closed gate) stays closed, payback is worked out anew in every draw.
    """
    rows = resolved(inputs)
    common = {key: inputs.get(key) for key in COMMON}
    start = _number(common, "start_date")
    competing = [k for k, row in rows.items() if entered(row, k == 1)]
    for k, row in rows.items():
        _own(row, rows[1], common, k == 1)
        ends = row["shutdown_date"]
        months = numpy.inf if ends is None else (ends - start) * MONTHS_PER_YEAR / DAYS_PER_YEAR
        row["life"] = numpy.maximum(0.0, numpy.asarray(months, dtype=float))
    ways = _ways(rows, competing, states)
    horizon, longest = int(_number(common, "months")), _number(common, "max_months")
    rate = _number(common, "annual_rate")
    costs, opened = {}, {}
    for k in competing:
        row = rows[k]
        paid = 0.0 if k == 1 else row["move"]
        cost = numpy.zeros(trials) + paid
        saved = numpy.zeros(trials)
        for t in range(1, MOST_MONTHS + 1):
            if t <= horizon:
                cost = cost + ways[k][t - 1] * (1 + rate) ** (-t / MONTHS_PER_YEAR)
            if t > row["built"]:
                gain = _within(row["life"], t) * (ways[1][t - 1] - row["own"][t - 1])
                saved = saved + _within(longest, t) * gain
        gate = states.get(k, "open")
        may = gate == "open" or gate.startswith("does not pay back")
        late = (numpy.asarray(paid) > 0) & (saved - paid <= TOLERANCE * paid) & (k > 1)
        costs[k], opened[k] = cost, numpy.broadcast_to(may & ~late, (trials,))
    return _counted(costs, opened, names, trials)


def _ways(rows: dict[int, dict[str, Any]], competing: list[int], states: Mapping[int, str]) -> dict[int, list[Any]]:
    """All-in cost by month: an option's own, today's before it is built, its successor's after its shutdown."""
    closed = ("shut", "facts", "pass", "no answer", "does not fit")
    newer = NEWER in competing and not states.get(NEWER, "").startswith(closed)
    found: dict[int, list[Any]] = {}
    for k in [1, *(k for k in competing if k != 1)]:
        row = rows[k]
        ends = numpy.where(row["life"] <= 0, numpy.inf, row["life"])
        to_newer = newer and k != NEWER
        later = rows[NEWER] if to_newer else rows[1]
        outlives = to_newer & (rows[NEWER]["life"] > row["life"]) if to_newer else numpy.asarray(k != 1)
        months = []
        for t in range(1, MOST_MONTHS + 1):
            if t <= row["built"]:
                months.append(found[1][t - 1])
                continue
            share = _within(ends, t)
            moved = (t - 1 < ends) & (t >= ends)
            instead = numpy.where(outlives, later["own"][t - 1], rows[1]["own"][t - 1] if k != 1 else row["own"][t - 1])
            charge = numpy.where(outlives, later["move"], rows[1]["move"] if k != 1 else 0.0)
            months.append(share * row["own"][t - 1] + (1 - share) * instead + moved * charge)
        found[k] = months
    return found


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


def of_workbook(path: str | os.PathLike[str], asked: Question, trials: int, seed: int) -> list[Chance]:
    """The chances of every option of a workbook under what was asked; none where it is not the template's."""
    if not asked.inputs:
        return []
    figures = read(path)
    states = {k: str(figures.row("live.state")[k - 1]) for k in range(1, COUNT + 1)}
    names = {k: str(figures.row("live.shown_name")[k - 1]) for k in range(1, COUNT + 1)}
    count = min(trials, TRIALS)
    case = asked.case
    own = {name: place for place, name in ROWS.items()}
    taken = draw(case, uniforms_of_block(case, seed, 0, 0, count))
    drawn: dict[str, Any] = {own.get(name, name): values for name, values in taken.items()}
    stream = numpy.random.Generator(numpy.random.PCG64(numpy.random.SeedSequence(seed, spawn_key=(1,))))
    for name, triple in asked.others.items():
        drawn[name] = triangular(stream.random(count), *triple)
    return chances({**asked.inputs, **drawn}, states, names, count)
