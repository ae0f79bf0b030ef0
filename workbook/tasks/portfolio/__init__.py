"""Many use cases at once: a table of inputs in, one workbook of native formulas out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from workbook.file.opening import steady
from workbook.tasks.portfolio.alone import PIECE, write_results
from workbook.tasks.portfolio.book import write
from workbook.tasks.portfolio.results import Portfolio, UseCase
from workbook.tasks.portfolio.table import TableError, pieces, read, set_values

__all__ = ["portfolio"]


@steady()
def portfolio(
    table: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    values: Sequence[str] = (),
    budget: float | None = None,
    tabs: Sequence[str] = (),
    workers: int | None = None,
    scheduler: str | None = None,
) -> Portfolio:
    """Work out every use case of a table: a workbook of native formulas, or the results alone.

    Parameters
    ----------
    table : one row a use case, the template's input names as columns: .csv, .xlsx, .parquet, or what
        `breakeven usage --json` printed.
    out : the workbook to write (.xlsx), or the results alone (.csv, .parquet), a piece of the table at a time.
    values : inputs of every row that has none of its own, such as "hourly_wage=50".
    budget : USD for what is paid up front, for the workbook.
    tabs : use cases that get a sheet of their own in the workbook.
    workers, scheduler : results alone: so many processes, or the Dask cluster at this address.

    Raises
    ------
    UserError : the table, a value or a use case named cannot be used, or Polars or Dask is missing. Nothing is
        written then.

    Examples
    --------
    >>> portfolio("cases.csv", "portfolio.xlsx", budget=50_000).results[0].rec_saving_monthly     # doctest: +SKIP
    1980.5
    """
    suffix = Path(out).suffix.lower()
    if suffix not in (".xlsx", ".csv", ".parquet"):
        raise TableError(f"{out}: end it in .xlsx for a workbook, .csv or .parquet for the results alone")
    common = set_values(values)
    if suffix != ".xlsx":
        return write_results(pieces(table, common, PIECE), out, workers, scheduler)
    if workers or scheduler:
        raise TableError("--workers and --scheduler are for results alone: -o X.csv or X.parquet")
    given = read(table, common)
    found = write(given, out, Path(table).name, budget, tabs)
    results = [UseCase(name, **row) for name, row in zip(given.names, found, strict=True)]
    done = Portfolio(Path(out), left_out=given.left_out, unused=given.unused, results=results)
    done.count(given.names, [each.recommendation for each in results], [each.gaps for each in results])
    return done
