"""`breakeven new`: write the template workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from addin.cli import completion, terminal
from addin.cli.target import Force, check_free


def new(
    out: Annotated[Path, typer.Argument(help="The workbook to write, such as model.xlsx.")],
    case: Annotated[
        str, typer.Option("--case", "-c", autocompletion=completion.case, help="techwiz, hospital, sameclass or blank.")
    ] = "blank",
    force: Force = False,
) -> None:
    """Write the template workbook: inputs, costs, break-even, cash flow, scenarios, checks, all native formulas."""
    from addin.cli.progress import working
    from workbook.template.build import build

    if out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{out} has to end in .xlsx: the template holds no macro", param_hint="OUT")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}", param_hint="OUT")
    check_free(out, force)
    case = case.strip().lower()
    with working(f"Writing {out}"):
        try:
            build(case, out)
        except ValueError as problem:
            raise typer.BadParameter(str(problem), param_hint="--case") from None
    terminal.say(f"{out}: case {case}, {out.stat().st_size:,} bytes. Change the boxed blue cells on Inputs.")
