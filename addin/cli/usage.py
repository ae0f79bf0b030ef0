"""`breakeven usage`: what was really called, how long it was, and what it cost beside the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_options, in_one_state, say_if_signed


def usage(
    files: list[Path],
    by: str = "",
    columns: list[str] | None = None,
    uncached: bool = False,
    kind: str = "",
    timezone: str = "UTC",
    start: str = "",
    end: str = "",
    rate: list[str] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    into: Path | None = None,
    out: Path | None = None,
    use: str = "",
    replace: bool = False,
    top: int = 20,
) -> None:
    """Read what vendors, clouds and gateways export of usage: OpenAI, Anthropic, Azure, AWS, LiteLLM, FOCUS and more.

    By use case and model: calls a month and their growth, tokens a call, the shares that were cached, reasoned and
    sent in batch, and the bill beside the catalogue's prices. Prompts, answers and names are not read.
    """
    from pycalc.models import own
    from pycalc.usage.export import Wish
    from pycalc.usage.gather import gather
    from pycalc.usage.summary import summarise

    check_options(into, out, workers, scheduler)
    first, last = (terminal.iso_date(day) if day else "" for day in (start, end))
    wish = Wish(by, _zone(timezone), _pairs(columns), uncached, kind, first, last)
    rates = own.rates(",".join(rate or ()))
    with in_one_state(*files), working("Reading"):
        result = summarise(gather([str(file) for file in files], wish, workers=workers, scheduler=scheduler), rates)
    if into is not None and out is not None:
        result["into"] = _write_into(result, use, files, into, out, replace)
        say_if_signed(into)
    if not terminal.as_json(result):
        from addin.cli.usage_report import show

        show(result, top)


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


def _pairs(given: list[str] | None) -> dict[str, str]:
    from pycalc.usage.lines import TOKENS

    names = ["time", "end", "model", "project", "key", "tag", "seller", "tier", "batch", "calls", *TOKENS]
    names += ["cost", "currency", "charge", "id"]
    form = f"NAME=COLUMN. The names are {', '.join(names)}"
    found = terminal.pairs("--columns", filter(None, ",".join(given or ()).split(",")), form)
    for name, column in found.items():
        if name not in names or not column:
            terminal.fail(f"--columns {name}={column}: is not {form}")
    return found


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        terminal.fail(f"--timezone {name}: is no time zone. Write it as Europe/Berlin")
    return name
