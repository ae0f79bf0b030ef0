"""`breakeven portfolio`: a whole table of use cases, which to change first, and what it saves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free

if TYPE_CHECKING:
    from workbook.tasks.portfolio.results import Portfolio, UseCase


def portfolio(
    table: Path,
    out: Path | None = None,
    set_: list[str] | None = None,
    budget: float | None = None,
    tab: list[str] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
) -> None:
    """Work out every use case of a table and rank them by what they save.

    Exit code: 0 all rows came out, 1 some were left out or lack an input (named; the others still come out).
    """
    from workbook.tasks.portfolio import portfolio as work_out

    out = out or table.with_name(f"{table.stem}-portfolio.xlsx")
    check_free(out, table)
    with working("Working out the use cases"):
        done = work_out(
            table, out, values=set_ or (), budget=budget, tabs=tab or (), workers=workers, scheduler=scheduler
        )
    if not terminal.as_json(done):
        _print(done)
    if done.left_out or done.lacking:
        raise typer.Exit(1)


MOST_SHOWN = 20
"""Rows named on the screen; --json has all."""


def _print(done: Portfolio) -> None:
    terminal.print_text(f"{done.use_cases:,} use cases: {done.out}")
    lines = [f"row {row.row} ({row.use_case}) left out: {row.reason}" for row in done.left_out]
    lines += [f"{case.use_case}: {case.reason}" for case in done.lacking]
    terminal.print_some(lines, MOST_SHOWN, " rows that lack something: --json names them all", "yellow")
    if done.unused:
        terminal.print_text(f"Columns not used: {', '.join(done.unused)}", "dim")
    if done.results:
        _print_ranked([case for case in done.results if not case.gaps])


def _print_ranked(whole: list[UseCase]) -> None:
    whole.sort(key=lambda case: -(case.rec_saving_monthly or 0))
    shown = terminal.table(("use case", "recommended"), ("saved, month one", "up front", "break-even", "NPV"))
    for case in whole[:15]:
        figures = (case.rec_saving_monthly, case.rec_upfront, case.rec_breakeven_months, case.rec_npv)
        shown.add_row(case.use_case, case.best_option, *(terminal.cell(figure, ",.1f", "–") for figure in figures))
    terminal.print_table(shown)
    if len(whole) > 15:
        terminal.print_text(f"and {len(whole) - 15:,} more, in the workbook", "dim")
