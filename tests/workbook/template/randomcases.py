"""Inputs at random: plausible ones, with blanks, shutdowns, tests and capacity strewn in."""

from __future__ import annotations

import random

START = 46346.0
"""2026-11-20."""


def inputs(seed: int) -> dict:
    """One set of inputs by name; None is a blank."""
    draw = random.Random(seed)

    def some(share: float, value: object) -> object:
        return value if draw.random() < share else None

    def between(low: float, high: float) -> float:
        return round(draw.uniform(low, high), 4)

    def price() -> float:
        return round(10 ** draw.uniform(-1, 1.7), 3)

    def shutdown(share: float) -> object:
        return some(share, START + draw.choice((-30, 20, 55, 120, 200, 400, 900)))

    reviewed = draw.random() < 0.5
    found = {
        "max_months": draw.choice((3, 6, 6.5, 12, 36)),
        "start_date": START,
        "months": draw.choice((6, 12, 24, 36)),
        "annual_rate": draw.choice((0, 0.05, 0.1, 0.3)),
        "monthly_growth": some(0.5, draw.choice((-0.05, 0, 0.01, 0.05))),
        "min_pass_rate": some(0.2, 0.8),
        "queries": round(10 ** draw.uniform(3, 6.5)),
        "query_tokens": draw.randrange(10, 800),
        "response_tokens": draw.randrange(10, 800),
        "cache_hit_rate": some(0.5, between(0, 1)),
        "cache_min_tokens": some(0.5, draw.choice((0, 512, 1024, 2048))),
        "batch_share": some(0.2, between(0, 1)),
        "context_tokens": some(0.6, draw.randrange(0, 3000)),
        "retrieval_price": some(0.7, between(0, 0.004)),
        "storage_monthly": some(0.3, between(0, 300)),
        "hourly_wage": draw.choice((0, 50, 80)),
        "setup_hours": some(0.4, draw.randrange(0, 60)),
        "upkeep_hours": some(0.3, draw.randrange(0, 10)),
        "examples": draw.choice((20, 50, 500, 2000)),
        "tokens_per_example": draw.randrange(100, 3000),
        "epochs": draw.choice((1, 3, 4)),
        "minutes_per_example": draw.choice((0, 2, 5, 15)),
        "validation_tokens": some(0.3, 100_000),
        "training_minimum": some(0.2, 20),
        "evaluation_cost": some(0.3, between(0, 1000)),
        "retrains_per_year": some(0.4, draw.choice((1, 2, 4, 5.5))),
        "relabel_share": some(0.4, between(0, 1)),
        "items_per_month": round(10 ** draw.uniform(3, 5)),
        "cost_per_review": draw.choice((0, 0.5, 2, 10)),
        "repair_cost": some(0.3, between(0, 3)),
        "use_case": draw.choice(("style", "format", "knowledge", "other", None)),
        "facts_change": draw.choice((True, False, False, False)),
        "pe_model": "today's model",
        "pe_prompt_tokens": draw.randrange(50, 4000),
        "pe_input_price": price(),
        "pe_output_price": price(),
        "pe_cached_price": some(0.5, between(0, 1)),
        "pe_annual_decline": some(0.3, between(0, 0.6)),
        "pe_shutdown_date": shutdown(0.4),
        "pe_pass_rate": some(0.3, between(0.5, 1)),
        "pe_review_rate": between(0, 0.3) if reviewed else 0,
        "ft_model": "tuned model",
        "ft_prompt_tokens": draw.randrange(0, 1500),
        "ft_input_price": price(),
        "ft_output_price": price(),
        "ft_cached_price": some(0.4, between(0, 1)),
        "ft_training_price": price(),
        "ft_hosting_monthly": some(0.2, draw.choice((0, 1241))),
        "ft_annual_decline": some(0.3, between(0, 0.6)),
        "ft_shutdown_date": shutdown(0.4),
        "ft_pass_rate": some(0.3, draw.choice((0, 0.6, 0.9, 1))),
        "ft_review_start_rate": between(0, 0.4) if reviewed else None,
        "ft_review_steady_rate": between(0, 0.3) if reviewed else 0,
        "ft_review_ramp_months": draw.choice((0, 1.5, 3)) if reviewed else None,
        "own_hourly_price": some(0.4, between(1, 9)),
        "own_tokens_per_second": some(0.7, draw.randrange(200, 8000)),
        "own_replicas": some(0.2, draw.randrange(1, 4)),
        "7.gpu_hours": draw.randrange(0, 50),
        "7.gpu_price": 2.5,
        "7.peak_factor": some(0.5, 4),
        "7.utilization": some(0.5, 0.5),
        "1.step_month": some(0.2, draw.randrange(1, 20)),
        "1.step_cut": some(0.8, between(0, 0.9)),
        "5.build_months": some(0.3, draw.randrange(0, 4)),
        "5.training_end": some(0.2, START + draw.choice((-5, 40))),
        "1.context_window": some(0.3, draw.choice((2000, 8192))),
        "1.batch_price": 0.5,
        "5.batch_price": 0.5,
        "5.passes": None,
        "5.trials": None,
    }
    if draw.random() < 0.7:
        found |= {
            "base_model": "newer model",
            "base_input_price": price(),
            "base_output_price": price(),
            "base_shutdown_date": shutdown(0.3),
            "base_pass_rate": some(0.3, between(0.5, 1)),
            "base_review_rate": some(0.5, between(0, 0.3)) if reviewed else None,
            "3.batch_price": 0.5,
            "3.setup_hours": some(0.3, 12),
            "3.calls": some(0.2, 2),
            "3.reasoning_tokens": some(0.3, 400),
        }
    if draw.random() < 0.2:
        trials = draw.choice((5, 40, 400))
        found |= {"5.trials": trials, "5.passes": round(trials * draw.uniform(0.5, 1))}
    if draw.random() < 0.15:
        found["5.successor"] = draw.choice((3, 4))
    if draw.random() < 0.2:
        found[f"{draw.choice((6, 7))}.examples"] = draw.choice((20, 300))
    return found
