"""`breakeven demo`: the techwiz workbook, recalculated, and what it says."""

from __future__ import annotations

from pathlib import Path

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free


def demo(
    out: Path = Path("demo"),
    force: bool = False,
    as_json: bool = False,
) -> None:
    """Write the techwiz workbook, recalculate it, and print the comparison and the decision."""

    from workbook.file import named
    from workbook.tasks.recalc import recalc
    from workbook.template import build

    written = out / "techwiz.xlsx"
    recalculated = out / "techwiz-recalculated.xlsx"
    for file in (written, recalculated):
        check_free(file, force)
    out.mkdir(parents=True, exist_ok=True)
    with working(f"Writing {written}"):
        build.build("techwiz", written)
    with working(f"Recalculating {written}"):
        done = recalc(written, recalculated, everything=True)
        value = named.values(recalculated)
    if as_json:
        results = {name: result for name, result in value.items() if name.startswith("out_")}
        files = {"workbook": str(written), "recalculated": str(recalculated)}
        terminal.print_json({**results, **files})
        return
    console = terminal.console()
    _comparison(value)
    _price_drops(value)
    _decision(console, value)
    differing = [pair for pair in done.changed.values() if pair[0] or pair[1]]
    console.print(f"\n{done.formulas:,} formulas recalculated, {len(differing)} differ from the values stored.")
    console.print(f"Workbook: {written}\nRecalculated copy: {recalculated}", soft_wrap=True)


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def _months(months: object) -> str:
    return f"{months:,.2f}" if isinstance(months, float) else "never"


def _comparison(value: dict) -> None:
    from pycalc import CalcError, ft_breakeven, ft_decision

    def breakeven(upfront: float, running: float) -> object:
        try:
            return ft_breakeven(upfront, value["out_pe_monthly"], running)
        except CalcError:
            return None

    table = terminal.table(("Option",), ("USD/month", "Once, USD", "Months"), ("Verdict",))
    table.add_row("Prompt engineering", _money(value["out_pe_monthly"]), "", "", "")
    for label, running in (("Fine-tuning", value["out_ft_monthly"]), ("Hybrid", value["out_hybrid_monthly"])):
        for what, upfront in (("training only", value["out_training"]), ("with labour", value["out_upfront"])):
            verdict = ft_decision(upfront, value["out_pe_monthly"], running, value["max_months"])
            table.add_row(
                f"{label}, {what}", _money(running), _money(upfront), _months(breakeven(upfront, running)), verdict
            )
    table.add_row(str(value["out_best_option"]), _money(value["out_best_monthly"]), "", "", "cheapest")
    title = f"TechWiz support bot, {value['queries']:,.0f} queries a month; months to break even"
    terminal.print_table(table, {}, title)


def _price_drops(value: dict) -> None:
    from pycalc import ft_breakeven, ft_decision, pe_monthly

    table = terminal.table((), ("USD per 1K", "Prompt engineering, USD/month", "Months"), ("Verdict",))
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
    terminal.print_table(table, {}, "\nWhat if the input price of GPT-4 falls? Labour included")


def _decision(console, value: dict) -> None:
    from rich.text import Text

    from pycalc import CalcError, ft_breakeven_price

    call = [value[name] for name in ("queries", "pe_prompt_tokens", "query_tokens", "response_tokens")]
    running = (*call, value["pe_output_price"], value["out_ft_monthly"])

    def flips(*more: float) -> str:
        try:
            return f"below {ft_breakeven_price(*running, *more):.2f} USD per 1M tokens"
        except CalcError:
            return "at no price, the answers alone cost more"

    longest = value["max_months"]
    console.print()
    console.print(
        Text.assemble(("Decision", "bold"), f", prompt engineering against fine-tuning: {value['out_decision']}")
    )
    console.print("The input price of GPT-4 at which fine-tuning stops being worth it:")
    console.print(f"  on running cost alone: {flips()}")
    console.print(f"  paid back within {longest:g} months, labour included: {flips(value['out_upfront'], longest)}")
    console.print(f"  paid back within a year, labour included: {flips(value['out_upfront'], 12)}")
    said = f", every option counted: {value['out_recommendation']}"
    console.print(Text.assemble(("Recommendation", "bold"), said), soft_wrap=True)
    console.print(f"Checks: {'all hold' if value['out_checks'] is True else 'NOT ALL HOLD'}")
