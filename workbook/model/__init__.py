"""The template as data: sheets, rows, names, cases.

* `inputs.INPUTS` lists every input with its bounds; `cases.CASES` what each case puts there.
* `core.CORE` is the calculation of one scenario as rows of label, unit and formula over keys. The scenario columns
  on Scenarios and every scenario tab are laid out from it; so can a new tab in an existing workbook be:
  `sheet_scenarios.scenario_tab(book, number, name, title)` gives the cells of the tab that reads column `number`, and
  `Book.formula(cell.content, sheet, column)` the Excel formula of each of them.
* `make(case)` lays all sheets out and returns a `cells.Book`; `workbook.build` writes it.
"""

from __future__ import annotations

from workbook.model import (
    checks,
    sheet_breakeven,
    sheet_cashflow,
    sheet_costs,
    sheet_functions,
    sheet_inputs,
    sheet_log,
    sheet_prices,
    sheet_review,
    sheet_scenarios,
    sheet_sensitivity,
    sheet_suitability,
    sheet_summary,
)
from workbook.model.cases import CASES, Case
from workbook.model.cells import Book, Place

__all__ = ["CASES", "Book", "Case", "make"]


def make(case: Case) -> Book:
    """All sheets of a case, laid out."""
    book = Book([])
    inputs = sheet_inputs.inputs_sheet(case)
    costs = sheet_costs.costs_sheet(book)
    breakeven = sheet_breakeven.breakeven_sheet()
    cashflow = sheet_cashflow.cashflow_sheet(book)
    scenarios = sheet_scenarios.scenarios_sheet(book, case)
    for sheet in (inputs, scenarios):
        for (row, column), cell in sheet.cells.items():
            if cell.key:
                book.place(cell.key, Place(sheet.name, row, column))
                cell.key = None
    tabs = [
        sheet_scenarios.scenario_tab(book, number, scenario.tab, f"Scenario {number}: {scenario.name}")
        for number, scenario in enumerate(case.columns, start=1)
        if scenario.tab
    ]
    book.sheets = [
        sheet_summary.summary_sheet(case),
        inputs,
        sheet_prices.prices_sheet(case),
        costs,
        breakeven,
        cashflow,
        scenarios,
        *tabs,
        sheet_sensitivity.sensitivity_sheet(book),
        sheet_review.review_sheet(book),
        sheet_suitability.suitability_sheet(),
        sheet_functions.functions_sheet(),
    ]
    book.sheets.append(checks.checks_sheet(book, case))
    book.sheets.append(sheet_log.log_sheet(case))
    book.collect()
    return book
