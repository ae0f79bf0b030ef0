"""Many use cases at once: a table of inputs in, one workbook of native formulas out."""

from __future__ import annotations

from workbook.tasks.portfolio.alone import PIECE, Written, write_results
from workbook.tasks.portfolio.book import write
from workbook.tasks.portfolio.results import SHOWN
from workbook.tasks.portfolio.table import Table, TableError, pieces, read, set_values

__all__ = ["PIECE", "SHOWN", "Table", "TableError", "Written", "pieces", "read", "set_values", "write", "write_results"]
