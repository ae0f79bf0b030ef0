"""`breakeven recalc`: fill in the stored value of every formula."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free
from pycalc.errors import shown

if TYPE_CHECKING:
    from workbook.tasks.recalc import Recalculated

SHOWN = 20
"""Cells of a kind that are listed; --json has all."""


def recalc(book: Path, out: Path | None = None, everything: bool = False) -> None:
    """Fill in the values of our functions and of what depends on them, without Excel.

    What Excel computed stays: a stored value is replaced only where its cell calls a function of ours, depends on such
    a cell, or has none. Every replaced value is listed, and the exit code is 1 then, as it is where a cell needs
    another value and no engine has one that can be trusted.
    """
    from workbook.tasks.recalc import recalc as run

    out = out or book.with_name(f"{book.stem}-recalculated{book.suffix}")
    check_free(out, book)
    with working("Recalculating"):
        result = run(book, out, everything=everything)
    replaced = {key: pair for key, pair in result.changed.items() if pair[0] is not None}
    if not terminal.as_json(lambda: _as_data(result)):
        filled = len(result.changed) - len(replaced)
        terminal.say(
            f"{result.formulas:,} formulas, {len(replaced):,} stored values replaced, {filled:,} filled in: "
            f"{result.out}"
        )
        became = [
            f"{sheet}!{cell}: {shown(before)} became {shown(after)}"
            for (sheet, cell), (before, after) in replaced.items()
        ]
        terminal.print_some(became, SHOWN)
        kept = [f"{sheet}!{cell} keeps its stored value: {why}" for (sheet, cell), why in result.kept.items()]
        terminal.print_some(kept, SHOWN)
        if result.disputed:
            terminal.say(
                f"  {result.disputed:,} formulas that nothing of ours changes are computed otherwise by the embedded "
                "engine; they keep what the file stores. breakeven check says which values can be shown to be wrong"
            )
        if result.note:
            terminal.say(f"Note: {result.note}")
    if replaced or result.kept:
        raise typer.Exit(1)


def _as_data(result: Recalculated) -> dict:
    return {
        "out": result.out,
        "formulas": result.formulas,
        "changed": {
            f"{sheet}!{cell}": {"before": before, "after": after}
            for (sheet, cell), (before, after) in result.changed.items()
        },
        "kept": {f"{sheet}!{cell}": reason for (sheet, cell), reason in result.kept.items()},
        "disputed": result.disputed,
        "note": result.note,
    }
