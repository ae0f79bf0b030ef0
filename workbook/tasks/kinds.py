"""The defined names by which a portfolio's workbook is known, whatever was moved in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.file import named
from workbook.file.package import Package

if TYPE_CHECKING:
    from workbook.engines.proving import Worked

USE_CASES, PLACES, BUDGET = "portfolio_use_case", "portfolio_place", "portfolio_budget"
"""The heads of the two tables' first columns, and the budget."""

MODEL, INPUTS = "Model", "Inputs"
"""Its sheets with one line a use case, as we call them."""

HEADS = (3, 4)
"""Lines that hold the heads of a portfolio's columns: the first whose column A has one."""

TOTAL = "out_portfolio_"
"""How the names of the portfolio's totals begin."""


def worked(package: Package, as_stored: bool = False) -> dict[str, Worked]:
    """The sheets of a portfolio whose lines all hold the same formulas: no engine has to compute them.

    as_stored : with the values they store, where each formula has one; else with those they give.

    Other workbooks are left to the engines, which tell more of them.
    """
    if not is_portfolio(package):
        return {}
    from workbook.engines.proving import worked_out

    found = worked_out(package)
    if as_stored:
        found = {name: sheet for name, sheet in found.items() if sheet.whole}
        for sheet in found.values():
            sheet.as_stored = True
    return found


def is_portfolio(package: Package) -> bool:
    """Whether a workbook is one of `breakeven portfolio`."""
    return {USE_CASES, PLACES, BUDGET} <= named.cells(package).keys()
