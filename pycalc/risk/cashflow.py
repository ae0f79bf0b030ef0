"""The cash flow of switching from prompt engineering to fine-tuning, for many draws of the inputs at once.

The rows are those of the workbook's sheet Cash flow, not discounted: month 0 pays for training, labour and the
first evaluation; volume grows and prices fall from month 2 on; people review a share of the outputs; a retraining
falls where INT(t × runs / 12) rises. Savings end with the fine-tuned model: a month counts as far as it is served.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from pycalc.constants import COMPARISON_TOLERANCE, DAYS_PER_YEAR, MONTHS_PER_YEAR
from pycalc.files import table
from pycalc.registry import FUNCTIONS

_TABLE = table("cashflow", "input", "blank")
NEEDED = tuple(name for name, blank in _TABLE if blank == "needed")
DEFAULTS = {name: 0.0 for name, blank in _TABLE if blank == "0"}
"""What an input that is not given counts as. Blank, the rest mean something of their own: the input price, no shutdown
known."""

INPUTS = tuple(name for name, _ in _TABLE)
"""Every input that moves the cash flow."""

WHOLE = frozenset(("pe_step_month", "ft_step_month"))
"""Drawn, these are rounded to whole numbers."""


@dataclass(frozen=True)
class Step:
    """A price cut that may come: from month `month` on the prices of `option` ("pe" or "ft") fall by `cut`."""

    option: str
    month: int
    cut: float
    probability: float = 1.0

    @property
    def label(self) -> str:
        """In plain words, for tables and charts."""
        whose = "Base-model" if self.option == "pe" else "Fine-tuned"
        return f"{whose} price cut from month {self.month}"


@dataclass(frozen=True)
class Outcome:
    """What each draw came to."""

    net: Any
    """Net saving after the months, USD; none any more after the shutdown."""
    paid: Any
    """Paid back within the months, were the model served throughout."""
    paid_alive: Any
    """Paid back within the months and before the shutdown."""


def outcome(given: Mapping[str, Any], months: int, steps: tuple[tuple[Step, Any], ...] = ()) -> Outcome:
    """Net saving and payback of each draw. `given` holds numbers or arrays; a step comes with who it happens to."""
    x: dict[str, Any] = {**DEFAULTS, **{name: value for name, value in given.items() if value is not None}}
    pe_call, ft_call = _calls(x)
    billed = ("examples", "tokens_per_example", "epochs", "ft_training_price", "validation_tokens", "training_minimum")
    training = _array("FT_TRAINING")(*(x[name] for name in billed))
    labor = _array("FT_LABOR")(x["examples"], x["minutes_per_example"], x["hourly_wage"])
    outlay = training + labor + x["evaluation_cost"]
    alive = numpy.inf
    if x.get("ft_shutdown_date") is not None and x.get("start_date") is not None:
        alive = (x["ft_shutdown_date"] - x["start_date"]) * MONTHS_PER_YEAR / DAYS_PER_YEAR
    flows = []
    for month in range(1, months + 1):
        volume = x["queries"] * (1 + x["monthly_growth"]) ** (month - 1)
        pe_cost = volume * pe_call * _level(x, "pe", month, steps)
        ft_cost = volume * ft_call * _level(x, "ft", month, steps) + x["ft_hosting_monthly"]
        pe_cost = pe_cost + _reviewed(x, month, x["pe_review_rate"])
        early = numpy.clip(x["ft_review_ramp_months"] - (month - 1), 0, 1)
        rate = x["ft_review_steady_rate"] + early * (x["ft_review_start_rate"] - x["ft_review_steady_rate"])
        ft_cost = ft_cost + _reviewed(x, month, rate)
        runs = _runs(x, month) - _runs(x, month - 1)
        retraining = _array("FT_RETRAIN")(runs, training, x["relabel_share"], labor, x["evaluation_cost"])
        flows.append(pe_cost - ft_cost - retraining)
    return outcome_of(outlay, flows, alive)


def outcome_of(outlay: Any, flows: Sequence[Any], alive: Any, after: Sequence[Any] = ()) -> Outcome:
    """What is paid first and what each month then saves, were it served throughout, come to.

    `alive` are the months to the shutdown; `after` is what the shutdown costs, by month.
    """
    net = total = -outlay
    paid = total >= 0
    paid_alive = paid & (alive > 0)
    for month, flow in enumerate(flows, 1):
        net = net + numpy.clip(alive - month + 1, 0, 1) * flow - (after[month - 1] if after else 0)
        before = total
        total = total + flow
        back = total >= -COMPARISON_TOLERANCE * outlay
        # Where in the month: a shutdown in the middle of it may come first.
        with numpy.errstate(divide="ignore", invalid="ignore"):
            moment = numpy.where(before < 0, month - total / (total - before), month - 1)
        paid = paid | back
        paid_alive = paid_alive | (back & (moment < alive))
    return Outcome(net, paid, paid_alive)


def _array(name: str) -> Any:
    return FUNCTIONS[name].array


def _calls(x: dict[str, Any]) -> tuple[Any, Any]:
    """Tokens of one prompted and of one fine-tuned call, USD, at month 1's prices."""

    def call(option: str) -> list[Any]:
        names = (f"{option}_prompt_tokens", "query_tokens", "response_tokens", f"{option}_input_price")
        return [1, *(x[name] for name in names), x[f"{option}_output_price"]]

    cached = x.get("ft_cached_price")
    hit = numpy.where(x["ft_prompt_tokens"] < x["cache_min_tokens"], 0.0, x["cache_hit_rate"])
    pe_call = _array("PE_MONTHLY")(*call("pe"), x["pe_input_price"], 0)
    return pe_call, _array("FT_MONTHLY")(*call("ft"), x["ft_input_price"] if cached is None else cached, hit, 0)


def _level(x: dict[str, Any], option: str, month: int, steps: tuple[tuple[Step, Any], ...]) -> Any:
    """Prices of a month as a share of month 1's: smooth decline, the workbook's step, further steps."""
    level = _array("PRICE_AFTER")(1, x[f"{option}_annual_decline"], month - 1)
    step_month, cut = x[f"{option}_step_month"], x[f"{option}_step_cut"]
    level = level * numpy.where((step_month > 0) & (month >= step_month), 1 - cut, 1.0)
    for step, happens in steps:
        if step.option == option and month >= step.month:
            level = level * numpy.where(happens, 1 - step.cut, 1.0)
    return level


def _reviewed(x: dict[str, Any], month: int, rate: Any) -> Any:
    """Human review of a month, USD; it grows with the volume."""
    return x["items_per_month"] * x["cost_per_review"] * rate * (1 + x["monthly_growth"]) ** (month - 1)


def _runs(x: dict[str, Any], month: int) -> Any:
    return numpy.floor(month * x["retrains_per_year"] / MONTHS_PER_YEAR)
