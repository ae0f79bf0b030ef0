"""What was found in exports of usage, as inputs of the template."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pycalc.errors import CalcError
from pycalc.models import catalogue
from workbook.tasks.ofmodel import KINDS, shutdown


def rows(result: Mapping[str, Any]) -> list[dict[str, object]]:
    """One row of inputs for each use case and model of a usage summary.

    A log does not say which part of the input are instructions: all of it stands as instructions, and the question
    is an explicit 0.
    """
    several = {group["use_case"] for group in result["groups"]}
    one_model = len(several) == len(result["groups"])
    return [
        {"title": group["use_case"] if one_model else f"{group['use_case']}, {group['model']}", **inputs(group)}
        for group in result["groups"]
        if group["calls_a_month"]
    ]


def inputs(group: Mapping[str, Any]) -> dict[str, object]:
    """The inputs that one use case's usage fills."""
    found: dict[str, object] = {
        "queries": group["calls_last_whole_month"] or group["calls_a_month"],
        "monthly_growth": group["growth_a_month"],
        "pe_prompt_tokens": group["tokens_in"]["mean"],
        "query_tokens": 0,
        "response_tokens": group["tokens_out"]["mean"],
        "pe_model": group["model"],
        "batch_share": group["batch_share"],
        **prices(group["model"]),
    }
    return {name: value for name, value in found.items() if value is not None}


def prices(model: str) -> dict[str, object]:
    """Today's prices of a model, those the catalogue has."""
    found: dict[str, object] = {}
    for row in ("input_price", "output_price", "cached_price"):
        with suppress(CalcError):
            found[f"pe_{row}"] = catalogue.price(model, KINDS[row]).amount
    return found | ({"pe_shutdown_date": ends} if (ends := shutdown(model)) else {})
