"""The result of `breakeven usage` on a terminal, 80 columns and wider."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from addin.cli import terminal
from pycalc.models.catalogue import day_of

_BAR = 36
_MONTHS = 24


def show(result: dict[str, Any], top: int = 20) -> None:
    """Print what a reader needs to plan with; --json has all of it."""
    console = terminal.console()
    for file in result["files"]:
        _file(console, file)
    period = result["period"]
    if period:
        console.print(f"Period: {period['first']} to {period['last']} ({period['zone']}).", style="dim")
    _chart(console, result["months"])
    _calls(console, result["groups"][:top])
    _shares(console, result["groups"][:top])
    left = len(result["groups"]) - top
    if left > 0:
        console.print(f"and {left:,} more; --top and --json show them", style="dim")
    _bill(console, result["models"][:top])
    for charge in result["other_charges"]:
        console.print(f"Apart from usage: {charge['charge']} {charge['amount']:,.2f} {charge['currency']}")
    for note in dict.fromkeys((*result["notes"], *_assumed(result["models"]))):
        terminal.print_text(f"Note: {note}.", "yellow")
    if "into" in result:
        _into(result["into"])


def _into(into: dict[str, Any]) -> None:
    """What was written into a workbook, and what was left as somebody entered it."""
    written = ", ".join(f"{name} {_value(name, value)}" for name, value in into["inputs"].items()) or "no input"
    terminal.say(f"\nWritten to {into['out']}: {written}; sheet Actuals: {', '.join(into['months'])}")
    if into["kept"]:
        kept = ", ".join(into["kept"])
        terminal.print_text(f"Entered before, and kept: {kept}. --replace takes the new values", "dim")


def _value(name: str, value: object) -> str:
    return (name.endswith("_date") and day_of(value)) or terminal.cell(value, ",.6g")


def _file(console: Console, file: dict[str, Any]) -> None:
    use = f"; a use case is its {file['use_case_from']}" if file["use_case_from"] else ""
    console.print(
        Text.assemble((file["file"], "bold"), f": taken for {file['taken_for']}, {file['rows']:,} rows{use}."),
        soft_wrap=True,
    )


def _chart(console: Console, months: list[dict[str, Any]]) -> None:
    name = "calls" if any(month["calls"] for month in months) else "tokens_in"
    most = max((month[name] or 0 for month in months), default=0)
    if not most:
        return
    terminal.heading(console, "Calls by month" if name == "calls" else "Input tokens by month")
    for month in months[-_MONTHS:]:
        value = month[name] or 0
        bar = ("█" if month["whole"] else "░") * max(round(value / most * _BAR), 1 if value else 0)
        cut = "" if month["whole"] else "  not whole"
        console.print(f"{month['month']}  {bar:<{_BAR}}  {value:>14,.0f}{cut}")


def _number(value: float | None) -> str:
    return terminal.cell(value, ",.0f", "–")


def _usd(value: float | None) -> str:
    """Cents, and more digits of what is less than a dollar."""
    if value is None:
        return "–"
    return "0.00" if abs(value) < 5e-5 else f"{value:,.2f}" if abs(value) >= 1 else f"{value:,.4f}"


def _percent(value: float | None) -> str:
    return terminal.cell(value, ".1%", "–")


def _three(tokens: dict[str, float | None]) -> str:
    """Mean, median and P95, the last two where single calls are known."""
    if tokens["median"] is None:
        return _number(tokens["mean"])
    return " / ".join(_number(tokens[name]) for name in ("mean", "median", "p95"))


def _calls(console: Console, groups: list[dict[str, Any]]) -> None:
    terminal.heading(console, "Calls a month, and tokens a call (mean / median / P95 where single calls are known)")
    table = terminal.table(("use case", "model"), ("calls", "growth", "tokens in", "tokens out"))
    for row in groups:
        calls = _number(row["calls_a_month"]), _percent(row["growth_a_month"])
        table.add_row(row["use_case"], row["model"], *calls, _three(row["tokens_in"]), _three(row["tokens_out"]))
    console.print(table)
    scaled = sum("scaled" in row["calls_a_month_from"] for row in groups)
    if scaled:
        what = "without a whole month: their calls are scaled from the days there are."
        console.print(f"{scaled} {what}", style="yellow")


def _shares(console: Console, groups: list[dict[str, Any]]) -> None:
    terminal.heading(console, "Shares, and the bill of the period in USD")
    table = terminal.table(("use case", "model"), ("cached", "reasoning", "batch", "billed", "catalogue"))
    for row in groups:
        shares = (_percent(row[name]) for name in ("cached_share", "reasoning_share", "batch_share"))
        catalogue = "no price" if row["catalogue"]["no_price"] else _usd(row["catalogue"]["catalogue_usd"])
        table.add_row(row["use_case"], row["model"], *shares, _usd(row["billed_usd"]), catalogue)
    console.print(table)


def _bill(console: Console, models: list[dict[str, Any]]) -> None:
    terminal.heading(console, "The bill explained, USD: list price, and what moved it")
    table = terminal.table(("model",), ("list", "cache", "batch", "seller", "tier", "rest", "billed"))
    for row in models:
        parts = row["catalogue"]
        if parts["no_price"]:
            table.add_row(row["model"], *["no price"], *[""] * 5, _usd(row["billed_usd"]))
            continue
        names = ("list_price_usd", "cache_usd", "batch_usd", "seller_usd", "tier_usd", "unexplained_usd")
        table.add_row(row["model"], *(_usd(parts[name]) for name in names), _usd(row["billed_usd"]))
    console.print(table)


def _assumed(models: list[dict[str, Any]]) -> list[str]:
    missing = sorted({name for row in models for name in row["catalogue"]["no_price"]})
    notes = [each for row in models for each in row["catalogue"]["assumed"]]
    if missing:
        notes.append(f"no price is known of {', '.join(missing[:8])}: `breakeven prices` lists those that are")
    return notes
