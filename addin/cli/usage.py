"""`breakeven usage`: what was really called, how long it was, and what it cost beside the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from addin.cli import terminal
from addin.cli.options import AsJson, Force, Scheduler, Workers
from addin.cli.progress import working
from addin.cli.target import check_options, in_one_state, say_if_signed

By = Annotated[
    str,
    typer.Option(metavar="COLUMN", help="What a use case is: project, key, tag, user, model, or a column of the file."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=COLUMN",
        help="Columns of a table of your own: time, model, project, calls, tokens_in, cached, tokens_out, "
        "reasoning, cost, currency, batch, id. Several with commas, or given again.",
    ),
]
Uncached = Annotated[bool, typer.Option("--uncached", help="With --columns: tokens_in are without the cached ones.")]
Zone = Annotated[str, typer.Option(metavar="ZONE", help="Of times without one, as Europe/Berlin. Months are UTC's.")]
Rates = Annotated[
    list[str] | None, typer.Option(metavar="EUR=1.08", help="USD for one unit of a currency; may be given again.")
]
Into = Annotated[
    Path | None,
    typer.Option(
        metavar="BOOK", help="Workbook whose blank inputs are filled, with a sheet Actuals beside them, in a copy."
    ),
]
Use = Annotated[str, typer.Option(metavar="USE CASE", help="With --into: which use case, where there are several.")]
Replace = Annotated[bool, typer.Option("--replace", help="With --into: replace inputs that were entered, too.")]


def usage(
    files: Annotated[list[Path], typer.Argument(help="Exports: CSV, JSON, JSON lines or Parquet; .gz too.")],
    by: By = "",
    columns: Columns = None,
    uncached: Uncached = False,
    kind: Annotated[str, typer.Option("--format", metavar="NAME", help="Take the files for this format.")] = "",
    timezone: Zone = "UTC",
    start: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="First day of the period asked for.")] = "",
    end: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="Its last day.")] = "",
    rate: Rates = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    into: Into = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="That copy.")] = None,
    use: Use = "",
    replace: Replace = False,
    force: Force = False,
    top: Annotated[int, typer.Option(min=1, help="Use cases to print; --json has all.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Read what vendors, clouds and gateways export of usage: OpenAI, Anthropic, Azure, AWS, LiteLLM, FOCUS and more.

    By use case and model: calls a month and their growth, tokens a call, the shares that were cached, reasoned and
    sent in batch, and the bill beside the catalogue's prices. Prompts, answers and names are not read.
    """
    from pycalc.models import own
    from pycalc.usage.export import Wish
    from pycalc.usage.gather import gather
    from pycalc.usage.summary import summarise

    check_options(into, out, force, workers, scheduler)
    first, last = (terminal.iso_date(day) if day else "" for day in (start, end))
    wish = Wish(by, _zone(timezone), _pairs(columns), uncached, kind, first, last)
    rates = own.rates(",".join(rate or ()))
    with in_one_state(*files), working("Reading"):
        result = summarise(gather([str(file) for file in files], wish, workers=workers, scheduler=scheduler), rates)
    if into is not None and out is not None:
        result["into"] = _write_into(result, use, files, into, out, replace)
        say_if_signed(into)
    _print(result, top, as_json)


def _write_into(
    result: dict[str, Any], use: str, files: list[Path], into: Path, out: Path, replace: bool
) -> dict[str, Any]:
    from workbook.tasks.actuals import write_actuals

    groups = [group for group in result["groups"] if not use or group["use_case"].lower() == use.lower()]
    if len(groups) != 1:
        known = ", ".join(dict.fromkeys(group["use_case"] for group in result["groups"]))
        what = f"--use {use}: " + ("has several models. Give files of one" if groups else "is no use case here")
        terminal.fail(f"{what if use else 'several use cases: name one with --use'}. There are {known}")
    with working(f"Writing {out}"):
        filled = write_actuals(into, out, groups[0], ", ".join(file.name for file in files), replace=replace)
    return asdict(filled) | {"out": str(filled.out)}


def _print(result: dict[str, Any], top: int, as_json: bool) -> None:
    if as_json:
        terminal.print_json(result)
        return
    from addin.cli.usage_report import show, show_into

    show(result, top)
    if "into" in result:
        show_into(result["into"])


def _pairs(given: list[str] | None) -> dict[str, str]:
    from pycalc.usage.lines import TOKENS

    names = ["time", "end", "model", "project", "key", "tag", "seller", "tier", "batch", "calls", *TOKENS]
    names += ["cost", "currency", "charge", "id"]
    found: dict[str, str] = {}
    for pair in ",".join(given or ()).split(","):
        if not pair:
            continue
        name, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or name not in names or not column:
            terminal.fail(f"--columns {pair}: is not NAME=COLUMN. The names are {', '.join(names)}")
        found[name] = column
    return found


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        terminal.fail(f"--timezone {name}: is no time zone. Write it as Europe/Berlin")
    return name
