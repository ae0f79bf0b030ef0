"""The template as data: sheets, rows, names, cases.

* `inputs.INPUTS` lists every input with its bounds; `cases.CASES` what each case puts there.
* `core.CORE` is the calculation of one scenario as rows of label, unit and formula over keys. The scenario columns
  on Scenarios and every scenario tab are laid out from it; so can a new tab in an existing workbook be:
  `sheets.scenario_tab(book, number, name, title)` gives the cells of the tab that reads column `number`, and
  `Book.formula(cell.content, sheet, column)` the Excel formula of each of them.
* `make(case)` lays all sheets out and returns a `cells.Book`; `workbook.build` writes it.
"""

from __future__ import annotations

from workbook.model import checks, pages, sheets
from workbook.model.cases import CASES, Case
from workbook.model.cells import Book

__all__ = ["CASES", "Book", "Case", "make"]


def make(case: Case) -> Book:
    """All sheets of a case, laid out."""
    book = Book([])
    inputs = sheets.inputs_sheet(book, case)
    costs = sheets.costs_sheet(book)
    breakeven = sheets.breakeven_sheet(book)
    cashflow = sheets.cashflow_sheet(book)
    scenarios = sheets.scenarios_sheet(book, case)
    for sheet in (inputs, scenarios):
        for (row, column), cell in sheet.cells.items():
            if cell.key:
                book.place(cell.key, _place(sheet, row, column))
                cell.key = None
    tabs = [
        sheets.scenario_tab(book, number, scenario.tab, f"Scenario {number}: {scenario.name}")
        for number, scenario in enumerate(case.columns, start=1)
        if scenario.tab
    ]
    book.sheets = [
        pages.summary_sheet(book, case),
        inputs,
        pages.prices_sheet(book, case),
        costs,
        breakeven,
        cashflow,
        scenarios,
        *tabs,
        pages.sensitivity_sheet(book),
        pages.review_sheet(book),
        pages.suitability_sheet(book),
        pages.functions_sheet(book),
    ]
    book.sheets.append(checks.checks_sheet(book, case))
    book.sheets.append(pages.log_sheet(book, case))
    book.collect()
    return book


def _place(sheet, row, column):  # type: ignore[no-untyped-def]
    from workbook.model.cells import Place

    return Place(sheet.name, row, column)
