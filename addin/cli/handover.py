"""`breakeven handover`: a workbook that needs no add-in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free

if TYPE_CHECKING:
    from workbook.tasks.handover import Handover


def handover(
    book: Path,
    out: Path | None = None,
    mode: str = "formulas",
    who: str = "",
    anyway: bool = False,
) -> None:
    """Write a copy that shows the same numbers without the add-in, proved by recalculating before and after.

    Native formulas are the default: in Protected View a LAMBDA shows #NAME?.
    """
    from workbook.tasks.handover import handover as run
    from workbook.tasks.handover.twins import MODES

    terminal.check_choice("--as", mode, MODES)
    if out is None:
        terminal.fail("-o COPY.xlsx is missing: the workbook itself is never changed")
    check_free(out, book)
    with working("Replacing and recalculating"):
        result = run(book, out, mode, who=who or _user(), anyway=anyway)
    if terminal.as_json(lambda: _as_data(result)):
        return
    counts: dict[str, int] = {}
    for line in result.replacements:
        counts[line.how] = counts.get(line.how, 0) + line.cells
    names = {"formula": "native formulas", "lambda": "LAMBDA calls", "value": "values", "left": "left as they are"}
    became = ", ".join(f"{count:,} {names[how]}" for how, count in counts.items())
    terminal.say(f"{result.replaced:,} formulas replaced{f' ({became})' if became else ''}: {result.out}")
    for proof in result.proofs:
        terminal.say(proof)
    for warning in result.warnings:
        terminal.say(f"Note: {warning}")
    terminal.say('The sheet "Handover" lists every replacement.')


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no login name, as in some containers
        return ""


_FIELDS = {name: name for name in ("sheet", "where", "cells", "became", "before", "after", "value", "note")}
_FIELDS |= {"where": "area", "became": "how"}
"""What --json says of a replacement, and where that stands."""


def _as_data(result: Handover) -> dict:
    return {
        "out": result.out,
        "as": result.mode,
        "proofs": result.proofs,
        "warnings": result.warnings,
        "prices": [{"price": price, "source": source} for price, source in result.prices],
        "replacements": [
            {name: getattr(line, attribute) for name, attribute in _FIELDS.items()} for line in result.replacements
        ],
    }
