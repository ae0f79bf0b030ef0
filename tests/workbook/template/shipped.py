"""What the tests of the template share: the books, laid out and written once, and where a name's cell is."""

from __future__ import annotations

from functools import cache

from xlsxwriter.utility import xl_rowcol_to_cell

from workbook.template import CASES, Book, make
from workbook.template.build import evaluated, written
from workbook.template.inputs import INPUTS

NAMES = tuple(CASES)
INPUT_NAMES = (
    "queries",
    "query_tokens",
    "response_tokens",
    "pe_prompt_tokens",
    "pe_input_price",
    "pe_output_price",
    "pe_cached_price",
    "cache_hit_rate",
    "ft_prompt_tokens",
    "ft_input_price",
    "ft_output_price",
    "ft_training_price",
    "ft_hosting_monthly",
    "examples",
    "tokens_per_example",
    "epochs",
    "minutes_per_example",
    "hourly_wage",
    "retrieval_price",
    "context_tokens",
    "max_months",
    "annual_rate",
    "months",
    "monthly_growth",
    "use_case",
    "facts_change",
    "items_per_month",
    "start_date",
    "ft_shutdown_date",
    "cache_min_tokens",
    "ft_cached_price",
    "base_input_price",
    "base_output_price",
    "storage_monthly",
    "retrains_per_year",
    "relabel_share",
    "evaluation_cost",
    "training_minimum",
    "validation_tokens",
    "pe_annual_decline",
    "ft_annual_decline",
    "cost_per_review",
    "pe_review_rate",
    "ft_review_start_rate",
    "ft_review_steady_rate",
    "ft_review_ramp_months",
    "scenario",
)
OUTPUT_NAMES = (
    "out_pe_monthly",
    "out_ft_monthly",
    "out_rag_monthly",
    "out_hybrid_monthly",
    "out_training",
    "out_labor",
    "out_upfront",
    "out_saving_monthly",
    "out_breakeven_months",
    "out_decision",
    "out_suitability",
    "out_breakeven_queries",
    "out_breakeven_price",
    "out_npv",
    "out_irr",
    "out_payback",
    "out_pe_year1",
    "out_ft_year1",
    "out_year1_winner",
    "out_best_option",
    "out_best_monthly",
    "out_recommendation",
    "out_checks",
)
"""The contract's names."""


@cache
def book(case: str) -> Book:
    return make(CASES[case])


@cache
def values(case: str) -> dict:
    """The value of every formula by the embedded engine, from a file whose stored values are all wrong."""
    return evaluated(written(book(case), poisoned(case)))


def poisoned(case: str) -> dict:
    return {
        (sheet.name, xl_rowcol_to_cell(row, column)): -98765.4321
        for sheet in book(case).sheets
        for (row, column), cell in sheet.cells.items()
        if is_formula(cell)
    }


def is_formula(cell) -> bool:
    return isinstance(cell.content, str) and cell.content.startswith("=")


def place(case: str, name: str) -> tuple[str, str]:
    found = book(case).names[name]
    return found.sheet, xl_rowcol_to_cell(found.row, found.column)


def key_place(case: str, key: str) -> tuple[str, str]:
    found = book(case).find(key, ("live",))
    return found.sheet, xl_rowcol_to_cell(found.row, found.column)


def given(case: str, scenario: int = 1) -> dict:
    """The inputs of a case with a scenario's overrides, by name; a blank cell is None."""
    shipped = {name: item.value for name, item in CASES[case].values().items()}
    shipped |= CASES[case].columns[scenario - 1].overrides
    return {name: shipped.get(name) for name in INPUTS}


def output(case: str, name: str):
    value = values(case)[place(case, name)]
    return getattr(value, "code", value)
