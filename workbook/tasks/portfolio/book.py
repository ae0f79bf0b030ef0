"""The workbook of a portfolio: what a person reads, the table, the model beside it, and where all of it is from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbook.file.saving import replacing
from workbook.progress import step
from workbook.tasks.kinds import INPUTS, MODEL
from workbook.tasks.portfolio.columns import AXIS
from workbook.tasks.portfolio.page import NOTES, Pages
from workbook.tasks.portfolio.ranking import FIRST, PORTFOLIO, portfolio_sheet, use_case_sheet, what_first_sheet
from workbook.tasks.portfolio.results import results
from workbook.tasks.portfolio.table import Table, TableError
from workbook.tasks.portfolio.values import FIRST_LINE, axis
from workbook.template.inputs import INPUTS as ALL
from workbook.template.sheets.inputs import CONSTANTS

MOST_ROWS = 5_000
"""More use cases are a table for a program, not for a person: Parquet or CSV."""


def write(
    table: Table,
    out: str | os.PathLike[str],
    source: str,
    budget: float | None = None,
    tabs: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Write the workbook; returns each use case's results.

    budget : USD for what is paid up front. tabs : use cases that get a sheet of their own.
    """
    if len(table.rows) > MOST_ROWS:
        many = f"{len(table.rows):,} use cases are too many for a workbook"
        raise TableError(f"{source}: {many}. Write -o X.csv or X.parquet")
    unknown = sorted(set(tabs) - set(table.names))
    if unknown:
        raise TableError(f"--tab {unknown[0]}: there is no such use case. There are {', '.join(table.names[:8])}")
    step("calculating", 1, 2)
    worked_out = results(table)
    step("writing", 2, 2)
    own = [table.names.index(name) for name in dict.fromkeys(tabs)]
    with replacing(Path(out)) as file:
        pages = Pages(table, worked_out, (PORTFOLIO, FIRST, INPUTS), own, (MODEL, NOTES))
        _notes(pages, source)
        _inputs(pages)
        _model(pages)
        order = portfolio_sheet(pages)
        what_first_sheet(pages, order, budget)
        for index in own:
            use_case_sheet(pages, index)
        pages.close(file)
    return worked_out.found


def _notes(pages: Pages, source: str) -> None:
    """Where the table is from, what was left out, and the constants behind the model's names."""
    sheet = pages.sheets[NOTES]
    pages.title(sheet, "Notes", "Where the table is from, what was left out, and the constants of the model.")
    for column, width in enumerate((46, 18, 80)):
        sheet.set_column(column, column, width)
    table = pages.table
    rows: list[tuple[str, object, str]] = [
        ("Table", "", source),
        ("Model", "", "the template's, one line a use case: each column of Model is a row of Costs"),
        ("Use cases", len(table.rows), ""),
        *(("Left out", f"row {each.row}", f"{each.use_case}: {each.reason}") for each in table.left_out),
        *(("Column not used", "", name) for name in table.unused),
    ]
    line = 4
    for label, value, text in rows:
        sheet.write_string(line, 0, label, pages.look("label"))
        sheet.write(line, 1, value, pages.look("text"))
        sheet.write_string(line, 2, text, pages.look("text"))
        line += 1
    line += 1
    for name, label, unit, look, constant in CONSTANTS:
        sheet.write_string(line, 0, label, pages.look("label"))
        sheet.write_number(line, 1, constant, pages.look(look))
        sheet.write_string(line, 2, f"{unit} ({name})", pages.look("unit"))
        pages.book.define_name(name, f"={NOTES}!$B${line + 1}")
        line += 1


def _inputs(pages: Pages) -> None:
    """The table itself: the only cells that are typed."""
    sheet, table = pages.sheets[INPUTS], pages.table
    pages.title(sheet, "Inputs", "One line a use case; blue cells are yours to change. Blank: not entered.")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(table.inputs), 15)
    sheet.freeze_panes(FIRST_LINE - 1, 1)
    sheet.write_string(2, 0, "Use case", pages.look("head left"))
    sheet.write_string(3, 0, "unit", pages.look("head left"))
    for column, name in enumerate(table.inputs, 1):
        item = ALL[name]
        sheet.write_string(2, column, name, pages.look("head"))
        sheet.write_string(3, column, item.unit, pages.look("head"))
        sheet.write_comment(2, column, item.label + (f". {item.help}" if item.help else ""))
    for line, (name, row) in enumerate(zip(table.names, table.rows, strict=True), FIRST_LINE):
        sheet.write_string(line - 1, 0, name, pages.look("label input"))
        for column, value in enumerate(row, 1):
            sheet.write(line - 1, column, value, pages.look(f"{ALL[table.inputs[column - 1]].style} input"))


def _model(pages: Pages) -> None:
    """The heads of the template's model on its side; its lines come when the file is put together."""
    sheet, layout = pages.sheets[MODEL], pages.layout
    sheet.write_string(0, 0, "Model: one line a use case, one column a figure of an option", pages.look("title"))
    sheet.set_column(0, 0, 30)
    sheet.freeze_panes(FIRST_LINE - 1, 1)
    for place, number in axis(layout).items():
        sheet.write_number(AXIS - 1, place, number, pages.look("number"))
    sheet.write_string(FIRST_LINE - 2, 0, "Use case", pages.look("head left"))
    for column in layout.columns:
        sheet.write_string(FIRST_LINE - 2, column.place, column.heading, pages.look("head"))
