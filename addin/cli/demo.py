"""`breakeven demo`: the techwiz workbook, recalculated, and what it says."""

from __future__ import annotations

from pathlib import Path

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free


def demo(out: Path = Path("demo")) -> None:
    """Write the techwiz workbook, recalculate it, and print the comparison and the decision."""
    from workbook.file import named
    from workbook.tasks.recalc import recalc
    from workbook.template import build

    written = out / "techwiz.xlsx"
    recalculated = out / "techwiz-recalculated.xlsx"
    for file in (written, recalculated):
        check_free(file)
    out.mkdir(parents=True, exist_ok=True)
    with working(f"Writing {written}"):
        build.build("techwiz", written)
    with working(f"Recalculating {written}"):
        done = recalc(written, recalculated, everything=True)
        value = named.values(recalculated)
    results = {name: result for name, result in value.items() if name.startswith("out_")}
    if terminal.as_json({**results, "workbook": str(written), "recalculated": str(recalculated)}):
        return
    _comparison(value)
    _price_drops(value)
    _decision(value)
    differing = [pair for pair in done.changed.values() if pair[0] or pair[1]]
    terminal.say(f"\n{done.formulas:,} formulas recalculated, {len(differing)} differ from the values stored.")
    terminal.say(f"Workbook: {written}\nRecalculated copy: {recalculated}")


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def _months(upfront: float, running: float, tuned: float) -> str:
    from pycalc import CalcError, ft_breakeven

    try:
        return f"{ft_breakeven(upfront, running, tuned):,.2f}"
    except CalcError:
        return "never"


def _comparison(value: dict) -> None:
    from pycalc import ft_decision

    prompted = value["out_pe_monthly"]
    table = terminal.table(("Option",), ("USD/month", "Once, USD", "Months"), ("Verdict",))
    table.add_row("Prompt engineering", _money(prompted), "", "", "")
    for label, running in (("Fine-tuning", value["out_ft_monthly"]), ("Hybrid", value["out_hybrid_monthly"])):
        for what, upfront in (("training only", value["out_training"]), ("with labour", value["out_upfront"])):
            verdict = ft_decision(upfront, prompted, running, value["max_months"])
            figures = _money(running), _money(upfront), _months(upfront, prompted, running)
            table.add_row(f"{label}, {what}", *figures, verdict)
    table.add_row(str(value["out_best_option"]), _money(value["out_best_monthly"]), "", "", "cheapest")
    title = f"TechWiz support bot, {value['queries']:,.0f} queries a month; months to break even"
    terminal.print_table(table, title=title)


def _price_drops(value: dict) -> None:
    from pycalc import ft_decision, pe_monthly

    table = terminal.table((), ("USD per 1K", "Prompt engineering, USD/month", "Months"), ("Verdict",))
    upfront, tuned = value["out_upfront"], value["out_ft_monthly"]
    for price in (30, 15, 5):
        running = pe_monthly(*_call(value), price, value["pe_output_price"])
        verdict = ft_decision(upfront, running, tuned, value["max_months"])
        table.add_row(f"{price / 1000:g}", _money(running), _months(upfront, running, tuned), verdict)
    terminal.print_table(table, title="\nWhat if the input price of GPT-4 falls? Labour included")


def _call(value: dict) -> tuple[float, float, float, float]:
    return value["queries"], value["pe_prompt_tokens"], value["query_tokens"], value["response_tokens"]


def _decision(value: dict) -> None:
    from pycalc import CalcError, ft_breakeven_price

    running = (*_call(value), value["pe_output_price"], value["out_ft_monthly"])

    def flips(*more: float) -> str:
        try:
            return f"below {ft_breakeven_price(*running, *more):.2f} USD per 1M tokens"
        except CalcError:
            return "at no price, the answers alone cost more"

    longest = value["max_months"]
    terminal.say()
    said = f", prompt engineering against fine-tuning: {value['out_decision']}"
    terminal.print_text(said, before=("Decision", "bold"))
    terminal.say("The input price of GPT-4 at which fine-tuning stops being worth it:")
    terminal.say(f"  on running cost alone: {flips()}")
    terminal.say(f"  paid back within {longest:g} months, labour included: {flips(value['out_upfront'], longest)}")
    terminal.say(f"  paid back within a year, labour included: {flips(value['out_upfront'], 12)}")
    said = f", every option counted: {value['out_recommendation']}"
    terminal.print_text(said, before=("Recommendation", "bold"))
    terminal.say(f"Checks: {'all hold' if value['out_checks'] is True else 'NOT ALL HOLD'}")
