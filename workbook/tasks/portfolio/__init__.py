"""Many use cases at once: a table of inputs in, one workbook of native formulas out."""

from __future__ import annotations

from workbook.tasks.portfolio.book import write
from workbook.tasks.portfolio.results import SHOWN, write_results
from workbook.tasks.portfolio.table import Table, TableError, read, set_values

__all__ = ["SHOWN", "Table", "TableError", "read", "set_values", "write", "write_results"]
