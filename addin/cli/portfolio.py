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
    given = task.read(table, task.set_values(set_ or []))
    with working(f"Working out {len(given.rows):,} use cases"):
        if out.suffix.lower() == ".xlsx":
            found = task.write(given, out, str(table.name), budget, tab or ())
        else:
            task.write_results(given, out, workers, scheduler)
            found = None
    _print(given, found, out, as_json)
    if given.left_out or (found and any(row["gaps"] for row in found)):
        raise typer.Exit(1)


def _print(given: Any, found: list[dict[str, Any]] | None, out: Path, as_json: bool) -> None:
    from rich.text import Text

    from addin.cli import terminal

    if as_json:
        rows = [{"use_case": name, **row} for name, row in zip(given.names, found or [], strict=False)]
        left = [{"row": row, "use_case": name, "reason": why} for row, name, why in given.left_out]
        terminal.print_json({"out": str(out), "use_cases": len(given.rows), "left_out": left, "results": rows})
        return
    console = terminal.console(highlight=False)
    console.print(Text(f"{len(given.rows):,} use cases: {out}"), soft_wrap=True)
    for row, name, why in given.left_out[:20]:
        console.print(Text(f"  row {row} ({name}) left out: {why}", "yellow"), soft_wrap=True)
    if given.unused:
        console.print(Text(f"Columns not used: {', '.join(given.unused)}", "dim"), soft_wrap=True)
    if found is None:
        return
    for name, row in [pair for pair in zip(given.names, found, strict=True) if pair[1]["gaps"]][:20]:
        console.print(Text(f"  {name}: {row['recommendation']}", "yellow"), soft_wrap=True)
    whole = [(name, row) for name, row in zip(given.names, found, strict=True) if not row["gaps"]]
    whole.sort(key=lambda pair: -(pair[1]["rec_saving_monthly"] or 0))
    shown = terminal.table(("use case", "recommended"), ("saves a month", "up front", "break-even", "NPV"), ())
    for name, row in whole[:15]:
        figures = (row[key] for key in ("rec_saving_monthly", "rec_upfront", "rec_breakeven_months", "rec_npv"))
        shown.add_row(Text(name), Text(str(row["best_option"])), *("–" if x is None else f"{x:,.1f}" for x in figures))
    console.print(shown)
    if len(whole) > 15:
        console.print(Text(f"and {len(whole) - 15:,} more, in the workbook", "dim"))
