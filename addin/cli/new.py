"""`breakeven new`: write the template workbook."""

from __future__ import annotations

from pathlib import Path

import typer

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free


def new(
    out: Path,
    case: str = "blank",
    title: str = "",
    models: str = "",
    given: list[str] | None = None,
    table: str = "",
) -> None:
    """Write the template workbook, filled in as far as you say: inputs, options, costs, scenarios, checks."""
    from workbook.file import named
    from workbook.tasks.start import started
    from workbook.template import CASES
    from workbook.template.build import build

    if out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{out} has to end in .xlsx: the template holds no macro", param_hint="OUT")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}", param_hint="OUT")
    check_free(out)
    name = case.strip().lower()
    terminal.check_choice("--case", name, CASES)
    wanted = [model.strip() for model in models.split(",") if model.strip()]
    begun = started(name, title, wanted, given or [], table)
    with working(f"Writing {out}"):
        build(begun, out)
    terminal.say(
        f"{out}: case {name}, {out.stat().st_size:,} bytes. Change the boxed blue cells on Inputs and Options."
    )
    for line in begun.assumptions[len(CASES[name].assumptions) :]:
        terminal.say(f"Note: {line}")
    terminal.say(f"{named.values(out)['out_recommendation']}.")
