"""The defined names by which a portfolio's workbook is known, whatever was moved in it."""

from __future__ import annotations

from workbook.file import named
from workbook.file.package import Package

USE_CASES, PLACES, BUDGET = "portfolio_use_case", "portfolio_place", "portfolio_budget"
"""The heads of the two tables' first columns, and the budget."""


def is_portfolio(package: Package) -> bool:
    """Whether a workbook is one of `breakeven portfolio`."""
    return {USE_CASES, PLACES, BUDGET} <= named.cells(package).keys()
