"""`breakeven recalc`: fill in the stored value of every formula."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from addin.cli import completion, terminal
from addin.cli.target import Force, check_free


def recalc(
    book: Annotated[
        Path,
        typer.Argument(autocompletion=completion.workbook, help="The workbook (.xlsx or .xlsm); it is not changed."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The copy to write. Default: BOOK-recalculated.xlsx beside the workbook."),
    ] = None,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Fill in the stored value of every formula, our functions included, without Excel.

    Everything else in the file stays as it is. Cells the engine has no value for keep the value they have; they
    are listed, and the exit code is 1.
    """

    from addin.cli.progress import working
    from workbook.tasks.recalc import recalc as run

    console = terminal.console(soft_wrap=True, highlight=False)
    out = out or book.with_name(f"{book.stem}-recalculated{book.suffix}")
    check_free(out, force, book)
    with working("Recalculating"):
        result = run(book, out)
    kept = result.unsupported
    if as_json:
        terminal.print_json(
            {
                "out": str(result.out),
                "formulas": result.formulas,
                "changed": len(result.changed),
                "kept": {f"{sheet}!{cell}": reason for (sheet, cell), reason in kept.items()},
            }
        )
    else:
        console.print(f"{result.formulas:,} formulas, {len(result.changed):,} stored values changed: {result.out}")
        for (sheet, cell), reason in list(kept.items())[:20]:
            console.print(f"  {sheet}!{cell} keeps its stored value: {reason}")
        if len(kept) > 20:
            console.print(f"  and {len(kept) - 20:,} more; --json lists all")
    if kept:
        raise typer.Exit(1)
