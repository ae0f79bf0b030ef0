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


def proved(package: Package) -> dict[str, Worked]:
    """The sheets of a portfolio that store what their formulas give, none of which is computed again.

    Other workbooks are left to the engines, which tell more of them.
    """
    if not is_portfolio(package):
        return {}
    from workbook.engines.proving import proved_sheets

    return proved_sheets(package)


def is_portfolio(package: Package) -> bool:
    """Whether a workbook is one of `breakeven portfolio`."""
    return {USE_CASES, PLACES, BUDGET} <= named.cells(package).keys()
