"""Options that several commands have, in one wording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from addin.cli import completion

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is already there.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Work on a workbook with broken formulas, too.")]
Book = Annotated[
    Path, typer.Argument(autocompletion=completion.workbook, help="The workbook (.xlsx or .xlsm); it is never changed.")
]
Copy = Annotated[Path | None, typer.Option("--out", "-o", metavar="COPY.xlsx", help="The copy to write.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Read with so many processes (Dask).")]
Scheduler = Annotated[str | None, typer.Option(metavar="tcp://..", help="Read on the Dask cluster at this address.")]
