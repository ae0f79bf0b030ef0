"""What the model says of each use case: calculated in memory, for a workbook or for a table of results alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycalc.errors import CalcError
from workbook.file.saving import replacing
from workbook.progress import counted
from workbook.tasks.portfolio.columns import Layout, lay_out
from workbook.tasks.portfolio.table import Table, TableError
from workbook.tasks.portfolio.values import evaluated


@dataclass(frozen=True)
class Shown:
    """A column of the sheet Portfolio, or of the table of results."""

    key: str
    title: str
    unit: str
    look: str
    figure: str
    """The model's figure; it is shown where an answer exists."""
    width: float = 13
    total: bool = False


SHOWN = (
    Shown("recommendation", "What to do", "", "wrap small", "action_text", 52),
    Shown("best_option", "Recommended", "", "label", "best_label", 26),
    Shown("rec_saving_monthly", "Saves in month one", "USD a month", "money", "best_saving", total=True),
    Shown("rec_upfront", "Paid up front", "USD", "money", "best_upfront", total=True),
    Shown("rec_breakeven_months", "Break-even", "months", "months", "best_back", 11),
    Shown("rec_npv", "Net present value", "USD", "flow", "best_npv", 14, total=True),
    Shown("pe_year1", "Today: year 1", "USD, all in", "flow", "today_year1", 14, total=True),
    Shown("rec_year1", "Recommended: year 1", "USD, all in", "flow", "best_year1", 14, total=True),
    Shown("rec_saving_year1", "Saves in year 1", "USD, all in", "flow", "saved_year1", 14, total=True),
    Shown("pe_monthly", "Today: month one", "USD a month", "money", "running.1", total=True),
    Shown("ft_monthly", "Fine-tuned: month one", "USD a month", "money", "running.5"),
    Shown("ft_upfront", "Fine-tuned: up front", "USD", "money", "upfront.5"),
    Shown("ft_npv", "Fine-tuned: net present value", "USD", "flow", "npv.5", 14),
    Shown("gaps", "Inputs missing", "cells", "whole", "gap_count", 10),
)


TEXTS = ("recommendation", "best_option", "gaps")
"""Shown even where inputs are missing: they say which."""


def results(table: Table, layout: Layout | None = None) -> tuple[Layout, list[list[object]]]:
    """The model's columns and, for each use case, their values."""
    layout = layout or lay_out({name: place for place, name in enumerate(table.inputs, 1)})
    return layout, list(evaluated(layout, table.rows))


def shown(layout: Layout, row: Sequence[object]) -> dict[str, object]:
    """One use case's results by name; None where no answer exists or the option is not defined."""
    by_place = {column.place: value for column, value in zip(layout.columns, row, strict=True)}
    found = {}
    for column in SHOWN:
        value = by_place.get(place_of(layout, column.figure))
        found[column.key] = None if isinstance(value, CalcError) or value == "" else value
    return found


def place_of(layout: Layout, figure: str) -> int:
    key, _, option = figure.partition(".")
    if option and int(option) not in layout.used:
        return -1
    return layout.options[key] + int(option) - 1 if option else layout.figures[key]


def write_results(table: Table, out: str | os.PathLike[str], workers: int | None, scheduler: str | None) -> int:
    """Results alone, as CSV or Parquet, for more use cases than a workbook holds; returns how many."""
    polars = _polars()
    names = ["title", *(column.key for column in SHOWN)]
    pieces = [table.rows[start : start + PIECE] for start in range(0, len(table.rows), PIECE)]
    found: list[list[object]] = []
    for piece in _mapped(table.inputs, pieces, workers, scheduler):
        found += piece
    columns = {"title": table.names} | {name: [row[place] for row in found] for place, name in enumerate(names[1:])}
    frame = polars.DataFrame(columns, strict=False)
    with replacing(Path(out)) as file:
        (frame.write_parquet if Path(out).suffix.lower() == ".parquet" else frame.write_csv)(file)
    return len(found)


PIECE = 2_000
"""Use cases a worker calculates at once."""


def _mapped(
    inputs: list[str],
    pieces: list[list[list[object]]],
    workers: int | None,
    scheduler: str | None,
) -> Iterator[list[list[object]]]:
    if workers is None and scheduler is None:
        for done in counted(range(len(pieces)), "thousands of use cases", len(pieces)):
            yield calculated_piece(inputs, pieces[done])
        return
    from pycalc.cluster import ClusterError, connected

    try:
        with connected(scheduler, workers) as client:
            futures = [client.submit(calculated_piece, inputs, piece, pure=False) for piece in pieces]
            for future in futures:
                yield future.result()
    except ClusterError as problem:
        raise TableError(str(problem)) from None


def calculated_piece(inputs: list[str], rows: list[list[object]]) -> list[list[object]]:
    """The shown results of some use cases, in the order of `SHOWN`; runs on a worker."""
    layout, values = results(Table(inputs=inputs, rows=rows))
    return [[shown(layout, row)[column.key] for column in SHOWN] for row in values]


def _polars() -> Any:
    from pycalc.usage.errors import UsageError
    from pycalc.usage.library import polars

    try:
        return polars()
    except UsageError as problem:
        raise TableError(str(problem)) from None
