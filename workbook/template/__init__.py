"""The template as data: sheets, rows, names, cases.

* `inputs` lists every input with its bounds, `cases.CASES` what each case puts there.
* `model` is the calculation: one column an option, the same rows for all. `block` lays it out for the scenario in
  force (Costs, Cash flow) and once more on the tab of each scenario.
* `make(case)` lays all sheets out and returns a `grid.Book`; `build` writes it.
"""

from __future__ import annotations

from functools import cache

from workbook.template.cases import CASES, Case
from workbook.template.grid import Book
from workbook.template.sheets import (
    approval,
    breakeven,
    cashflow,
    checks,
    costs,
    functions,
    inputs,
    log,
    options,
    prices,
    quality,
    scenarios,
    sensitivity,
    suitability,
    summary,
)

__all__ = ["CASES", "Book", "Case", "blank", "make"]


@cache
def blank() -> Book:
    """The template without a case, laid out once: to look things up in, not to be changed."""
    return make(CASES["blank"])


def make(case: Case) -> Book:
    """All sheets of a case, laid out."""
    book = Book([])
    common = inputs.inputs_sheet(book, case)
    each = options.options_sheet(book, case)
    side_by_side = scenarios.scenarios_sheet(book, case)
    cost = costs.costs_sheet(book)
    flow = cashflow.cashflow_sheet(book)
    checked, counted = checks.checks_sheet(book, case)
    used = len(case.scenarios) + 1
    tabs = [
        scenarios.scenario_tab(book, number, scenario.tab, scenario.tab, number > used)
        for number, scenario in enumerate(case.columns, start=1)
    ]
    book.sheets = [
        summary.summary_sheet(book, case),
        common,
        each,
        prices.prices_sheet(case),
        prices.my_prices_sheet(),
        cost,
        breakeven.breakeven_sheet(),
        flow,
        side_by_side,
        *tabs[:used],
        sensitivity.sensitivity_sheet(book),
        quality.quality_sheet(book),
        suitability.suitability_sheet(),
        functions.functions_sheet(),
        checked,
        approval.approval_sheet(),
        log.log_sheet(case),
        *tabs[used:],
    ]
    checks.count_formulas(book, checked, counted)
    book.collect()
    return book
