"""`breakeven pictures`: the pictures of the README, from the workbook itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from addin.cli import terminal
from addin.cli.progress import working


def pictures(
    folder: Annotated[Path, typer.Argument(help="Where to write the PNG files.")] = Path("docs/pictures"),
    case: Annotated[str, typer.Option("--case", "-c", help="The case to show.")] = "techwiz",
) -> None:
    """Render the sheets Summary, Scenarios and Sensitivity to PNG with LibreOffice and pdftoppm."""
    from workbook.tasks.pictures import render

    with working("Rendering"):
        written = render(case, folder)
    for path in written:
        terminal.say(f"{path}: {path.stat().st_size:,} bytes")
