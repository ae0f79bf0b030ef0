"""`breakeven demo`: the techwiz workbook, recalculated, and what it says."""

from __future__ import annotations

from pathlib import Path

import typer


def demo(out: Path = typer.Option(Path("demo"), "--out", "-o", help="Folder for the files.")) -> None:
    """Write the techwiz workbook, recalculate it, and print the comparison and the decision."""
    from rich.console import Console

    from workbook import build, named
    from workbook.recalc import recalc

    out.mkdir(parents=True, exist_ok=True)
    written = out / "techwiz.xlsx"
    recalculated = out / "techwiz-recalculated.xlsx"
    build.build("techwiz", written)
    done = recalc(written, recalculated)
    value = named.values(recalculated)
    console = Console(highlight=False)
    console.print(_comparison(value))
    console.print(_price_drops(value))
    _decision(console, value)
    console.print(f"\n{done.formulas:,} formulas recalculated, {len(done.changed)} differ from the file as written.")
    console.print(f"Workbook: {written}\nRecalculated copy: {recalculated}", soft_wrap=True)


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def _months(months: object) -> str:
    return f"{months:,.2f}" if isinstance(months, float) else "never"


def _comparison(value: dict) -> object:
    from rich.table import Table

    from pycalc import CalcError, ft_breakeven, ft_decision

    def breakeven(upfront: float, running: float) -> object:
        try:
            return ft_breakeven(upfront, value["out_pe_monthly"], running)
        except CalcError:
            return None

    table = Table(title="TechWiz support bot, 10,000 queries a month", title_justify="left")
    for heading in ("Option", "USD per month", "One-time, USD", "Break-even, months", "Verdict"):
        table.add_column(heading, justify="left" if heading in ("Option", "Verdict") else "right")
    table.add_row("Prompt engineering", _money(value["out_pe_monthly"]), "", "", "")
    for label, running in (("Fine-tuning", value["out_ft_monthly"]), ("Hybrid", value["out_hybrid_monthly"])):
        for what, upfront in (("training only", value["out_training"]), ("with labour", value["out_upfront"])):
            verdict = ft_decision(upfront, value["out_pe_monthly"], running, value["max_months"])
            table.add_row(
                f"{label}, {what}", _money(running), _money(upfront), _months(breakeven(upfront, running)), verdict
            )
    table.add_row(str(value["out_best_option"]), _money(value["out_best_monthly"]), "", "", "cheapest of all")
    return table


def _price_drops(value: dict) -> object:
    from rich.table import Table

    from pycalc import ft_breakeven, ft_decision, pe_monthly

    table = Table(title="What if the input price of GPT-4 falls?", title_justify="left")
    for heading in ("USD per 1K", "Prompt engineering, USD per month", "Break-even with labour, months", "Verdict"):
        table.add_column(heading, justify="left" if heading == "Verdict" else "right")
    for price in (30, 15, 5):
        running = pe_monthly(
            value["queries"],
            value["pe_prompt_tokens"],
            value["query_tokens"],
            value["response_tokens"],
            price,
            value["pe_output_price"],
        )
        upfront, tuned = value["out_upfront"], value["out_ft_monthly"]
        table.add_row(
            f"{price / 1000:g}",
            _money(running),
            _months(ft_breakeven(upfront, running, tuned)),
            ft_decision(upfront, running, tuned, value["max_months"]),
        )
    return table


def _decision(console, value: dict) -> None:
    price = value["out_breakeven_price"]
    shown = f"below {price:.2f} USD per 1M tokens" if isinstance(price, float) else "at no positive price"
    console.print(f"\n[bold]Decision[/bold] (prompt engineering against fine-tuning): {value['out_decision']}")
    console.print(
        f"  Labour included, fine-tuning stops being worth it {shown} of input "
        f"(paid back within {value['max_months']:g} months); on running cost alone, at no positive price."
    )
    console.print(f"[bold]Recommendation[/bold]: {value['out_recommendation']}", soft_wrap=True)
    console.print(f"Checks: {'all hold' if value['out_checks'] is True else 'NOT ALL HOLD'}")
