"""`breakeven pictures`: the pictures of the README, from the workbook itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def pictures(
    folder: Annotated[Path, typer.Argument(help="Where to write the PNG files.")] = Path("docs/pictures"),
    case: Annotated[str, typer.Option("--case", "-c", help="The case to show.")] = "techwiz",
) -> None:
    """Render the sheets Summary, Scenarios and Sensitivity to PNG with LibreOffice and pdftoppm."""
    from rich.console import Console

    from workbook.pictures import render

    with Console(stderr=True).status("Rendering"):
        for path in render(case, folder):
            typer.echo(f"{path}: {path.stat().st_size:,} bytes")
