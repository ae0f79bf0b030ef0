"""The workbook's outputs once more, in Python: from pycalc's functions and a loop over the months.

Nothing here is read from the workbook; the two have only the inputs in common.
"""

from __future__ import annotations

import math
from itertools import pairwise

import pycalc
from pycalc import CalcError

OPTIONS = ("Prompt engineering", "Prompt engineering with caching", "Newer base model", "RAG", "Fine-tuning", "Hybrid")
TEXTS = ("pe_model", "ft_model", "base_model", "use_case")
BLANK_MEANS = {"pe_cached_price", "ft_cached_price", "ft_shutdown_date", "base_input_price", "base_output_price"}
"""Inputs whose blank cell is not 0."""


def tried(function, *arguments):
    """The result, or the error value as text."""
    try:
        return function(*arguments)
    except CalcError as error:
        return error.code
    except ZeroDivisionError:
        return "#DIV/0!"


def outputs(given: dict) -> tuple[dict, dict]:
    """Every out_* name, and for each the largest term that went into it."""
    v = {
        name: (0 if value is None and name not in BLANK_MEANS and name not in TEXTS else value)
        for name, value in given.items()
    }
    out: dict = {}
    terms: dict = {}
    prompted = (
        v["pe_prompt_tokens"],
        v["query_tokens"],
        v["response_tokens"],
        v["pe_input_price"],
        v["pe_output_price"],
    )
    tuned = (v["ft_prompt_tokens"], v["query_tokens"], v["response_tokens"], v["ft_input_price"], v["ft_output_price"])
    pe_hit = v["cache_hit_rate"] if v["pe_prompt_tokens"] >= v["cache_min_tokens"] else 0
    ft_hit = v["cache_hit_rate"] if v["ft_prompt_tokens"] >= v["cache_min_tokens"] else 0
    offered = v["base_input_price"] is not None and v["base_output_price"] is not None

    pe = pycalc.pe_monthly(v["queries"], *prompted)
    ft = pycalc.ft_monthly(v["queries"], *tuned, v["ft_cached_price"], ft_hit, v["ft_hosting_monthly"])
    rag = pycalc.rag_monthly(
        v["queries"],
        v["pe_prompt_tokens"],
        v["query_tokens"],
        v["context_tokens"],
        v["response_tokens"],
        v["pe_input_price"],
        v["pe_output_price"],
        v["retrieval_price"],
        v["storage_monthly"],
    )
    hybrid = pycalc.hybrid_monthly(
        v["queries"],
        v["ft_prompt_tokens"],
        v["query_tokens"],
        v["context_tokens"],
        v["response_tokens"],
        v["ft_input_price"],
        v["ft_output_price"],
        v["retrieval_price"],
        v["ft_hosting_monthly"],
    )
    cached = pycalc.pe_monthly(v["queries"], *prompted, v["pe_cached_price"], pe_hit)
    base = (
        pycalc.pe_monthly(
            v["queries"],
            v["pe_prompt_tokens"],
            v["query_tokens"],
            v["response_tokens"],
            v["base_input_price"],
            v["base_output_price"],
        )
        if offered
        else None
    )
    months = (pe, cached, base, rag, ft, hybrid)
    out |= {"out_pe_monthly": pe, "out_ft_monthly": ft, "out_rag_monthly": rag, "out_hybrid_monthly": hybrid}
    best = min(month for month in months if month is not None)
    out["out_best_monthly"] = best
    out["out_best_option"] = next(
        name for name, month in zip(OPTIONS, months, strict=True) if month is not None and month <= best * (1 + 1e-12)
    )

    training = pycalc.ft_training(
        v["examples"],
        v["tokens_per_example"],
        v["epochs"],
        v["ft_training_price"],
        v["validation_tokens"],
        v["training_minimum"],
    )
    labor = pycalc.ft_labor(v["examples"], v["minutes_per_example"], v["hourly_wage"])
    upfront = training + labor
    out |= {"out_training": training, "out_labor": labor, "out_upfront": upfront}
    saving = pe - ft
    out["out_saving_monthly"] = saving
    terms["out_saving_monthly"] = pe + ft
    out["out_breakeven_months"] = tried(pycalc.ft_breakeven, upfront, pe, ft)
    lost = (pe + ft) / abs(saving) if saving else 1
    terms["out_breakeven_months"] = upfront / abs(saving) * lost if saving else 0
    to_shutdown = None
    if v["ft_shutdown_date"] is not None:
        to_shutdown = (v["ft_shutdown_date"] - v["start_date"]) * 12 / 365.25
    out["out_decision"] = tried(pycalc.ft_decision, upfront, pe, ft, v["max_months"], to_shutdown)
    out["out_suitability"] = pycalc.ft_suitability(v["use_case"] or "", v["examples"], bool(v["facts_change"]))
    pe_call = pycalc.call_cost(
        v["pe_prompt_tokens"] + v["query_tokens"], v["response_tokens"], v["pe_input_price"], v["pe_output_price"]
    )
    ft_call = pycalc.call_cost(
        v["ft_prompt_tokens"] + v["query_tokens"],
        v["response_tokens"],
        v["ft_input_price"],
        v["ft_output_price"],
        v["ft_prompt_tokens"] * ft_hit,
        v["ft_cached_price"],
    )
    out["out_breakeven_queries"] = tried(
        pycalc.ft_breakeven_queries, upfront, pe_call, ft_call, v["max_months"], v["ft_hosting_monthly"]
    )
    if isinstance(out["out_breakeven_queries"], float):
        terms["out_breakeven_queries"] = out["out_breakeven_queries"] * (pe_call + ft_call) / (pe_call - ft_call)
    out["out_breakeven_price"] = tried(
        pycalc.ft_breakeven_price,
        v["queries"],
        v["pe_prompt_tokens"],
        v["query_tokens"],
        v["response_tokens"],
        v["pe_output_price"],
        ft,
        upfront,
        v["max_months"],
    )
    inputs = v["queries"] * (v["pe_prompt_tokens"] + v["query_tokens"]) / 1e6
    terms["out_breakeven_price"] = (
        (ft + upfront / v["max_months"] + v["queries"] * v["response_tokens"] * v["pe_output_price"] / 1e6) / inputs
        if inputs
        else 0
    )

    # the months
    run = training + v["relabel_share"] * labor + v["evaluation_cost"]
    costs: list[list[float]] = []
    retraining = [0.0]
    for t in range(1, 37):
        volume = v["queries"] * (1 + v["monthly_growth"]) ** (t - 1)
        pe_level = pycalc.price_after(1, v["pe_annual_decline"], t - 1)
        ft_level = pycalc.price_after(1, v["ft_annual_decline"], t - 1)
        if v["pe_step_month"] and t >= v["pe_step_month"]:
            pe_level *= 1 - v["pe_step_cut"]
        if v["ft_step_month"] and t >= v["ft_step_month"]:
            ft_level *= 1 - v["ft_step_cut"]

        def month(cost: float, fixed: float, per_query: float, level: float, grown: float) -> float:
            """A month's cost from month one's: the part that follows prices, retrieval, and what stays."""
            tokens = (cost - fixed) / v["queries"] - per_query if v["queries"] else 0.0
            return grown * (tokens * level + per_query) + fixed

        costs.append(
            [
                month(pe, 0, 0, pe_level, volume),
                month(cached, 0, 0, pe_level, volume),
                month(base, 0, 0, pe_level, volume) if base is not None else math.nan,
                month(rag, v["storage_monthly"], v["retrieval_price"], pe_level, volume),
                month(ft, v["ft_hosting_monthly"], 0, ft_level, volume),
                month(hybrid, v["ft_hosting_monthly"], v["retrieval_price"], ft_level, volume),
            ]
        )
        rate = v["retrains_per_year"]
        retraining.append((math.floor(t * rate / 12) - math.floor((t - 1) * rate / 12)) * run)
    horizon = min(int(v["months"]), 36)
    flows = [-(upfront + v["evaluation_cost"])]
    sizes = [-flows[0]]
    for t in range(1, horizon + 1):
        paid, spent = costs[t - 1][0], costs[t - 1][4] + retraining[t]
        flows.append(0.0 if abs(paid - spent) <= 1e-12 * max(paid, spent) else paid - spent)
        sizes.append(paid + spent)
    factors = [(1 + v["annual_rate"]) ** (-t / 12) for t in range(37)]
    out["out_npv"] = sum(flow * factor for flow, factor in zip(flows, factors, strict=False))
    terms["out_npv"] = sum(size * factor for size, factor in zip(sizes, factors, strict=False))
    out["out_irr"], terms["out_irr"] = irr(flows)
    out["out_payback"], terms["out_payback"] = payback(flows, sizes, factors)
    if v["months"] not in range(1, 37):
        out |= dict.fromkeys(("out_npv", "out_irr", "out_payback"), "#NUM!")

    items = v["items_per_month"]
    pe_review = pycalc.review_cost(items * 12, v["pe_review_rate"], v["cost_per_review"])
    ft_review = pycalc.review_ramp(
        items,
        12,
        v["ft_review_start_rate"],
        v["ft_review_steady_rate"],
        v["ft_review_ramp_months"],
        v["cost_per_review"],
    )
    once = upfront + v["evaluation_cost"] + sum(retraining[1:13])
    years = []
    for index in range(6):
        running = sum(row[index] for row in costs[:12])
        years.append(running + (once + ft_review if index >= 4 else pe_review))
    out |= {"out_pe_year1": years[0], "out_ft_year1": years[4]}
    out["out_year1_winner"] = "FT" if years[0] - years[4] > 1e-12 * years[0] else "PE"

    # the headline
    looks_up = (v["use_case"] or "").strip().lower() == "knowledge" and bool(v["facts_change"])
    extra = (
        items
        * v["ft_review_ramp_months"]
        * v["cost_per_review"]
        * (v["ft_review_start_rate"] - v["ft_review_steady_rate"])
    )
    outlay = upfront + v["evaluation_cost"] + extra

    def in_time(monthly: float) -> bool:
        prompted_month = pe + items * v["cost_per_review"] * v["pe_review_rate"]
        tuned_month = monthly + items * v["cost_per_review"] * v["ft_review_steady_rate"]
        gain = prompted_month - tuned_month
        if gain <= 1e-12 * prompted_month:
            return False
        limit = v["max_months"] if to_shutdown is None else min(v["max_months"], to_shutdown)
        return limit - outlay / gain > 1e-12 * abs(limit)

    stopped = out["out_suitability"].startswith("STOP")
    is_open = [
        not looks_up,
        not looks_up,
        not looks_up and base is not None,
        True,
        not stopped and in_time(ft),
        not stopped and in_time(hybrid),
    ]
    cheapest = min(year for year, fits in zip(years, is_open, strict=True) if fits)
    choice = next(
        index
        for index, (year, fits) in enumerate(zip(years, is_open, strict=True))
        if fits and year <= cheapest * (1 + 1e-12)
    )
    words = ("KEEP PROMPT ENGINEERING", "CACHE THE PROMPT", "SWITCH MODEL", "USE RAG", "FINE-TUNE", "HYBRID")
    out["out_recommendation"] = words[choice]
    out["out_checks"] = True
    return out, terms


def turns(values: list[float]) -> int:
    signs = [value > 0 for value in values if value]
    return sum(one != two for one, two in pairwise(signs))


def irr(flows: list[float]) -> tuple[float | str, float]:
    """Effective annual rate by bisection on the rate itself; #N/A where there is none or more than one."""
    up_to = [sum(flows[: t + 1]) for t in range(len(flows))]
    # With x = 1 / (1 + rate) a polynomial in x; totals up to each month bound its roots in x < 1, those from each
    # month on its roots in x > 1 (Descartes' rule after division by 1 - x).
    onward = [sum(flows[t:]) for t in range(len(flows))]
    if turns(flows) != 1 and not (up_to[-1] and turns(up_to) + turns(onward) == 1):
        return "#N/A", 1
    low, high = -1 + 1e-7, 6e7  # the workbook reaches e to the 18th a month

    def value(rate: float) -> float:
        return math.fsum(flow * (1 + rate) ** -t for t, flow in enumerate(flows))

    sign = value(low) > 0
    if sign == (value(high) > 0):
        return "#N/A", 1
    for _ in range(400):
        middle = (low + high) / 2
        if (value(middle) > 0) == sign:
            low = middle
        else:
            high = middle
    slope = math.fsum(-t * flow * (1 + low) ** (-t - 1) for t, flow in enumerate(flows))
    size = math.fsum(abs(flow) * (1 + low) ** -t for t, flow in enumerate(flows))
    # how far the root moves when each term moves in its last digits
    return (1 + low) ** 12 - 1, 12 * (1 + low) ** 11 * size / abs(slope) + (1 + low) ** 12


def payback(flows: list[float], sizes: list[float], factors: list[float]) -> tuple[float | str, float]:
    position = 0.0
    outlay = -flows[0]
    gone = 0.0
    for t, flow in enumerate(flows):
        before = position
        position += flow * factors[t]
        gone += sizes[t] * factors[t]
        if position >= -1e-12 * outlay:
            if t == 0:
                return 0.0, 0
            return t - 1 - before / (position - before), t + gone / abs(position - before)
    return "#N/A", 1
