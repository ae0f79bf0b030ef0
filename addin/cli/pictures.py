"""`breakeven pictures`: the pictures of the README, from the workbook itself."""

from __future__ import annotations

from pathlib import Path

from addin.cli import terminal
from addin.cli.progress import working


def pictures(
    folder: Path = Path("docs/pictures"),
    case: str = "techwiz",
) -> None:
    """Render the sheets Summary, Scenarios and Sensitivity to PNG with LibreOffice and pdftoppm."""
    from workbook.tasks.pictures import render

    with working("Rendering"):
        written = render(case, folder)
    for path in written:
        terminal.say(f"{path}: {path.stat().st_size:,} bytes")
