"""`--prices FILE` and `--rate EUR=1.08`: the user's own prices, for every command that looks prices up."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from typer.core import TyperOption

from addin.cli import terminal

_RATES = "own-prices-rates"


def keep_rates(context: typer.Context, _option: TyperOption, value: list[str] | None) -> None:
    """Keep what is said of currencies until the file is read."""
    context.meta[_RATES] = list(value or ())


def use_file(context: typer.Context, _option: TyperOption, value: str | None) -> None:
    """Read the file before the command begins, and put things back behind it."""
    from pycalc.models import own

    if value is None and not os.environ.get(own.FILE):
        if context.meta.get(_RATES):
            terminal.fail(f"--rate goes with --prices FILE.csv, or with {own.FILE}")
        return
    from pycalc.models import catalogue

    given = ",".join([os.environ.get(own.RATES, ""), *context.meta.get(_RATES, ())])
    before = catalogue.load_with(own.read(Path(value or os.environ[own.FILE]), own.rates(given)))
    context.call_on_close(lambda: catalogue.load().use_own(before))
