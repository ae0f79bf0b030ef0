"""Random use cases as a table, and the single-case workbook that each of them has to equal."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from pycalc.errors import CalcError
from workbook.template import CASES, make
from workbook.template.build import Live
from workbook.template.inputs import INPUTS, TUNED

NAMES = [
    *("queries", "query_tokens", "response_tokens", "pe_prompt_tokens", "pe_input_price", "pe_output_price"),
    *("pe_cached_price", "cache_hit_rate", "base_input_price", "base_output_price", "ft_prompt_tokens"),
    *("ft_input_price", "ft_output_price", "ft_training_price", "ft_hosting_monthly", "examples"),
    *("tokens_per_example", "epochs", "minutes_per_example", "hourly_wage", "max_months", "start_date", "months"),
    *("annual_rate", "monthly_growth", "context_tokens", "retrieval_price", "setup_hours", "retrains_per_year"),
    *("pe_annual_decline", "items_per_month", "cost_per_review", "pe_review_rate", "base_review_rate"),
    *("ft_review_steady_rate", "pe_shutdown_date", "ft_shutdown_date"),
]
PROMPTED = [name for name in NAMES if INPUTS[name].option < TUNED]
"""Those without an option that is trained or fetches documents, which are half of the model's columns."""

SINGLE = {
    "recommendation": "out_recommendation",
    "best_option": "out_best_option",
    "rec_saving_monthly": "out_rec_saving_monthly",
    "rec_upfront": "out_rec_upfront",
    "rec_breakeven_months": "out_rec_breakeven_months",
    "rec_payback": "out_rec_payback",
    "rec_irr": "out_rec_irr",
    "rec_npv": "out_rec_npv",
    "rec_year1": "out_rec_year1",
    "pe_year1": "out_pe_year1",
    "pe_monthly": "out_pe_monthly",
    "ft_monthly": "out_ft_monthly",
    "ft_npv": "out_npv",
    "gaps": "out_gaps",
}
"""A portfolio's column and the single-case workbook's name for the same figure."""


def row(draw: random.Random, names: Sequence[str] = NAMES) -> list[object]:
    pick = draw.choice
    reviewed = draw.random() < 0.3
    values = {
        "queries": draw.randint(1_000, 400_000),
        "query_tokens": draw.randint(20, 90),
        "response_tokens": draw.randint(50, 300),
        "pe_prompt_tokens": draw.randint(100, 3_000),
        "pe_input_price": pick([2.5, 5, 30]),
        "pe_output_price": pick([10, 15, 60]),
        "pe_cached_price": pick(["", 1.25]),
        "cache_hit_rate": pick(["", 0.5]),
        "base_input_price": pick(["", 0.4, 1]),
        "base_output_price": pick(["", 1.6, 4]),
        "ft_prompt_tokens": draw.randint(20, 200),
        "ft_input_price": pick([1.5, 3.75, 6]),
        "ft_output_price": 15,
        "ft_training_price": 25,
        "ft_hosting_monthly": pick(["", 1241]),
        "examples": draw.randint(40, 1_000),
        "tokens_per_example": 500,
        "epochs": 3,
        "minutes_per_example": pick([0, 5]),
        "hourly_wage": 50,
        "max_months": pick([6, 12, 18]),
        "start_date": "2026-11-20",
        "months": pick([12, 24, 36]),
        "annual_rate": 0.1,
        "monthly_growth": round(draw.uniform(-0.02, 0.06), 4),
        "context_tokens": pick(["", 800]),
        "retrieval_price": pick(["", 0.002]),
        "setup_hours": pick(["", 10, 40]),
        "retrains_per_year": pick(["", 2]),
        "pe_annual_decline": pick(["", 0.3]),
        "items_per_month": 2_000 if reviewed else "",
        "cost_per_review": 1.5 if reviewed else "",
        "pe_review_rate": 0.05 if reviewed else "",
        "base_review_rate": 0.06 if reviewed else "",
        "ft_review_steady_rate": 0.03 if reviewed else "",
        "pe_shutdown_date": pick(["", "2027-12-01"]),
        "ft_shutdown_date": pick(["", "2027-06-15"]),
    }
    return [values[name] for name in names]


def prompted(draw: random.Random) -> list[object]:
    """A row of `PROMPTED`, which counts 12 months."""
    line = row(draw, PROMPTED)
    for name in ("months", "max_months"):
        line[PROMPTED.index(name)] = 12
    return line


def write(path: Path, rows: list[list[object]], names: list[str] = NAMES) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["title", *names])
        writer.writerows([f"Case {number}", *each] for number, each in enumerate(rows))
    return path


def single_cases(inputs: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[dict[str, object]]:
    """What the template's own workbook, calculated cell by cell, says of each use case; None where it has no answer."""
    book = make(CASES["blank"])
    sheets = {"Inputs", "Options", "Prices", "My prices", "Costs", "Cash flow", "Scenarios", "Base", "Summary"}
    live = Live(book, sheets)
    for row in rows:
        live.put({book.names[name]: value for name, value in zip(inputs, row, strict=True)})
        values = {key: live.value(book.names[name]) for key, name in SINGLE.items()}
        if values["best_option"] == "Prompt engineering (today)":
            values |= dict.fromkeys(("rec_breakeven_months", "rec_payback"))  # nothing is paid back
        yield {key: None if isinstance(value, CalcError) or value == "" else value for key, value in values.items()}


def farthest(ours: dict[str, object], theirs: dict[str, object]) -> float:
    """The largest difference of two results as a share of the figure; infinite where words differ."""
    worst = 0.0
    for key, value in theirs.items():
        own = ours[key]
        if isinstance(value, float) and isinstance(own, float):
            worst = max(worst, abs(own - value) / max(abs(value), 1.0))
        elif own != value:
            return float("inf")
    return worst
