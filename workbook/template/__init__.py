"""The template as data: sheets, rows, names, cases.

* `inputs.INPUTS` lists every input with its bounds; `cases.CASES` what each case puts there.
* `core.CORE` is the calculation of one scenario as rows of label, unit and formula over keys. The scenario columns
  on Scenarios and every scenario tab are laid out from it; so can a new tab in an existing workbook be:
  `sheet_scenarios.scenario_tab(book, number, name, title)` gives the cells of the tab that reads column `number`, and
  `Book.formula(cell.content, sheet, column)` the Excel formula of each of them.
* `make(case)` lays all sheets out and returns a `cells.Book`; `workbook.template.build` writes it.
"""

from __future__ import annotations

from workbook.template.cases import CASES, Case
from workbook.template.checks import sheet as checks
from workbook.template.grid import Book, Place
from workbook.template.sheets import breakeven as sheet_breakeven
from workbook.template.sheets import cashflow as sheet_cashflow
from workbook.template.sheets import costs as sheet_costs
from workbook.template.sheets import functions as sheet_functions
from workbook.template.sheets import inputs as sheet_inputs
from workbook.template.sheets import log as sheet_log
from workbook.template.sheets import prices as sheet_prices
from workbook.template.sheets import review as sheet_review
from workbook.template.sheets import scenarios as sheet_scenarios
from workbook.template.sheets import sensitivity as sheet_sensitivity
from workbook.template.sheets import suitability as sheet_suitability
from workbook.template.sheets import summary as sheet_summary

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
