"""`breakeven new`: write the template workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from addin.cli import completion, terminal
from addin.cli.options import Force
from addin.cli.progress import working
from addin.cli.target import check_free


def new(
    out: Annotated[Path, typer.Argument(help="The workbook to write, such as model.xlsx.")],
    case: Annotated[
        str,
        typer.Option(
            "--case",
            "-c",
            autocompletion=completion.case,
            help="techwiz, hospital, sameclass, capacity, or blank for your own.",
        ),
    ] = "blank",
    title: Annotated[str, typer.Option(help="Title of the case.")] = "",
    models: Annotated[
        str,
        typer.Option(
            metavar="TODAY[,NEWER][,ft:NAME]",
            help="Prices, context windows and shutdown dates from the catalogue: gpt-4.1,gpt-6-luna,ft:gpt-4.1-mini.",
        ),
    ] = "",
    given: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="NAME=VALUE", help="An input: queries=120000, 7.hourly_price=2.69."),
    ] = None,
    table: Annotated[
        str,
        typer.Option(
            "--from", metavar="TABLE", help="Inputs from a CSV file or workbook with the columns name and value."
        ),
    ] = "",
    force: Force = False,
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
    check_free(out, force)
    name = case.strip().lower()
    if name not in CASES:
        raise typer.BadParameter(f"there is no case {name!r}; there are {', '.join(CASES)}", param_hint="--case")
    wanted = [model.strip() for model in models.split(",") if model.strip()]
    begun = started(name, title, wanted, given or [], table)
    with working(f"Writing {out}"):
        build(begun, out)
    terminal.say(
        f"{out}: case {name}, {out.stat().st_size:,} bytes. Change the boxed blue cells on Inputs and Options."
    )
    for line in begun.assumptions[len(CASES[name].assumptions) :]:
        terminal.say(f"Note: {line}")
    said = named.values(out)
    terminal.say(f"{said['out_recommendation']}.")
