"""`--prices FILE` and `--rate EUR=1.08`: the user's own prices, for every command that looks prices up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperOption

from addin.cli import terminal

COMMANDS = frozenset(("new", "report", "eval", "recalc", "check", "risk", "scenario", "handover", "tokens", "prices",
                      "dataset"))  # fmt: skip
"""The commands that look prices up."""

_RATES = "own-prices-rates"


def add_options(command: Any) -> None:
    """Give a command both options."""
    command.params += [
        TyperOption(
            param_decls=["--rate"],
            metavar="EUR=1.08",
            multiple=True,
            is_eager=True,  # before the file is read
            expose_value=False,
            callback=_keep_rates,
            help="USD for one unit of a currency in that file.",
        ),
        TyperOption(
            param_decls=["--prices"],
            metavar="FILE.csv",
            expose_value=False,
            callback=_use_file,
            help="Prices of your own, in the catalogue's columns; they come first. Or LLM_BREAKEVEN_PRICES=FILE.csv.",
        ),
    ]


def _keep_rates(context: typer.Context, _option: TyperOption, value: list[str] | None) -> None:
    context.meta[_RATES] = list(value or ())


def _use_file(context: typer.Context, _option: TyperOption, value: str | None) -> None:
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
