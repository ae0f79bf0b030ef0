"""`breakeven portfolio`: a whole table of use cases, which to change first, and what it saves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from addin.cli.options import AsJson, Force
from addin.cli.target import check_free


def portfolio(
    table: Annotated[
        Path,
        typer.Argument(
            help="One row a use case, the template's input names as columns: .csv, .xlsx, .parquet, or what "
            "`breakeven usage --json` printed."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The workbook to write (.xlsx), or results alone (.csv, .parquet). Default: TABLE-portfolio.xlsx.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="An input of every row without its own; may be given again."),
    ] = None,
    budget: Annotated[float | None, typer.Option(min=0, help="USD for what is paid up front.")] = None,
    tab: Annotated[
        list[str] | None,
        typer.Option(metavar="USE CASE", help="A sheet of its own for this use case; may be given again."),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Results alone: so many processes (Dask).")] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://..", help="Results alone: on the Dask cluster at this address.")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Work out every use case of a table and rank them by what they save.

    Exit code: 0 all rows came out, 1 some were left out or lack an input (named; the others still come out).
    """
    from addin.cli.progress import working
    from addin.cli.terminal import fail
    from workbook.tasks import portfolio as task

    out = out or table.with_name(f"{table.stem}-portfolio.xlsx")
    if out.suffix.lower() not in (".xlsx", ".csv", ".parquet"):
        fail(f"{out}: end it in .xlsx for a workbook, .csv or .parquet for the results alone")
    check_free(out, force, table)
    if (workers or scheduler) and out.suffix.lower() == ".xlsx":
        fail("--workers and --scheduler are for results alone: -o X.csv or X.parquet")
    common = task.set_values(set_ or [])
    if out.suffix.lower() == ".xlsx":
        given = task.read(table, common)
        with working(f"Working out {len(given.rows):,} use cases"):
            found = task.write(given, out, str(table.name), budget, tab or ())
        lacking = [
            (name, str(row["recommendation"])) for name, row in zip(given.names, found, strict=True) if row["gaps"]
        ]
        written = task.Written(len(given.rows), given.left_out, given.unused, lacking)
    else:
        given, found = None, []
        with working("Working out the use cases"):
            written = task.write_results(task.pieces(table, common, task.PIECE), out, workers, scheduler)
    _print(written, list(zip(given.names, found, strict=True)) if given else [], out, as_json)
    if written.left_out or written.lacking:
        raise typer.Exit(1)


MOST_SHOWN = 20
"""Rows named on the screen; --json has all."""


def _print(written: Any, found: list[tuple[str, dict[str, Any]]], out: Path, as_json: bool) -> None:
    from addin.cli import terminal

    if as_json:
        rows = [{"use_case": name, **row} for name, row in found]
        left = [{"row": row, "use_case": name, "reason": why} for row, name, why in written.left_out]
        lacking = [{"use_case": name, "reason": why} for name, why in written.lacking]
        terminal.print_json(
            {"out": str(out), "use_cases": written.rows, "left_out": left, "lacking": lacking, "results": rows}
        )
        return
    say = terminal.console(highlight=False)
    _say(say, f"{written.rows:,} use cases: {out}")
    for row, name, why in written.left_out[:MOST_SHOWN]:
        _say(say, f"  row {row} ({name}) left out: {why}", "yellow")
    for name, why in written.lacking[:MOST_SHOWN]:
        _say(say, f"  {name}: {why}", "yellow")
    more = max(0, len(written.left_out) - MOST_SHOWN) + max(0, len(written.lacking) - MOST_SHOWN)
    if more:
        _say(say, f"  and {more:,} more rows that lack something: --json names them all", "yellow")
    if written.unused:
        _say(say, f"Columns not used: {', '.join(written.unused)}", "dim")
    if found:
        _print_ranked([pair for pair in found if not pair[1]["gaps"]])


def _say(console: Any, text: str, style: str = "") -> None:
    from rich.text import Text

    console.print(Text(text, style), soft_wrap=True)


def _print_ranked(whole: list[tuple[str, dict[str, Any]]]) -> None:
    from rich.text import Text

    from addin.cli import terminal

    whole.sort(key=lambda pair: -(pair[1]["rec_saving_monthly"] or 0))
    shown = terminal.table(("use case", "recommended"), ("saves a month", "up front", "break-even", "NPV"), ())
    for name, row in whole[:15]:
        figures = (row[key] for key in ("rec_saving_monthly", "rec_upfront", "rec_breakeven_months", "rec_npv"))
        shown.add_row(Text(name), Text(str(row["best_option"])), *("–" if x is None else f"{x:,.1f}" for x in figures))
    console = terminal.console(highlight=False)
    console.print(shown)
    if len(whole) > 15:
        console.print(Text(f"and {len(whole) - 15:,} more, in the workbook", "dim"))
