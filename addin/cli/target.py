"""The one rule for files that are there already: none is replaced unless --force says so, and the input never."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Force = Annotated[bool, typer.Option("--force", help="Replace a file that is already there.")]


def check_free(out: Path, force: bool, source: Path | None = None) -> None:
    """Stop where `out` is there; that it is the source itself, or a folder, the operation says better."""
    from addin.cli import fail
    from workbook.file.saving import same_file

    if force or not out.exists() or out.is_dir() or (source is not None and same_file(source, out)):
        return
    fail(f"{out} is already there; --force replaces it")
