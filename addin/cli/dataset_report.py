"""The result of `breakeven dataset` on a terminal, 80 columns and wider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from addin.cli import terminal
from pycalc.dataset.findings import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycalc.dataset.convert import Converted

_BAR = 40


def show(result: dict[str, Any]) -> None:
    """Print everything a reader needs to decide; --json has all of it."""
    console = terminal.console()
    size = f"{result['bytes']:,} bytes" if result["bytes"] < 1e6 else f"{result['bytes'] / 1e6:,.1f} MB"
    console.print(
        Text.assemble(
            (printable(result["file"]), "bold"),
            f": {result['examples']:,} examples on {result['lines']:,} lines, {size}, {result['encoding'].upper()}",
        )
    )
    if result["vendor"]:
        console.print(f"By the rules of {result['vendor']}: {result['rules']}.", style="dim")
    _findings(console, result["findings"])
    if "models" not in result:
        console.print("No example could be counted.", style="bold red")
    else:
        _distributions(console, result)
        _histogram(console, result)
        _training(console, result["models"])
        for model in result["models"]:
            if "breakeven" in model:
                _breakeven(console, model)
        _quality(console, result)
        _gate(console, result["gate"])
    if "held_out" in result:
        _held_out(console, result["held_out"])
    if "into" in result:
        written = ", ".join(
            f"{name} {terminal.cell(value, ',.10g', 'blank')}" for name, value in result["into"]["inputs"].items()
        )
        console.print(f"\nWritten to {result['into']['out']}: {written}")
        if result["into"]["kept"]:
            kept = ", ".join(result["into"]["kept"])
            console.print(f"Kept, since they hold something (--overwrite replaces them): {kept}", style="yellow")


def show_converted(converted: Converted, out: str, to: str) -> None:
    """What became of a converted file."""
    read = ", ".join(f"{count:,} {format}" for format, count in converted.formats.items())
    terminal.say(f"{out}: {terminal.counted(converted.examples, 'example')} for {to}, read as {read}")
    for what, count in converted.lost.most_common():
        terminal.print_text(f"  lost in {count:,} examples: {what}", "yellow")
    left_out = [f"line {line:,} left out: {reason}" for line, reason in converted.left_out]
    terminal.print_some(left_out, 10, " lines left out; --json lists more", "yellow", converted.not_held)


def _findings(console: Console, findings: list[dict[str, Any]]) -> None:
    if not findings:
        console.print("No format errors found.", style="green")
        return
    terminal.heading(console, "Format")
    for finding in findings:
        first, *rest = finding["places"]
        more = ", ".join(f"{place['line']:,}" for place in rest[:5])
        lines = "lines" if len(rest) > 1 else "line"
        more = f" (also {lines} {more}{', …' if finding['count'] > 6 else ''})" if more else ""
        console.print(
            Text.assemble(
                (f"{finding['severity']:<8}", terminal.SEVERITIES[finding["severity"]]),
                (f"{finding['code']} × {finding['count']:,}", "bold"),
                f"  line {first['line']:,}: {first['detail']}{more}. ",
                (f"{finding['remedy']}.", "dim"),
            )
        )


def _distributions(console: Console, result: dict[str, Any]) -> None:
    terminal.heading(console, "Distribution per example")
    figures = {"min": ",.10g", "p10": ",.10g", "median": ",.10g", "mean": ",.1f", "p90": ",.10g", "max": ",.10g"}
    table = terminal.table(("",), figures)
    rows = [("messages", result["messages"])]
    for vocabulary, model in {each["encoding"]: each for each in result["models"]}.items():
        rows.append((f"tokens, {vocabulary}", model["total_tokens"]))
        rows.append(("  of which assistant", model["assistant_tokens"]))
    for title, spread in rows:
        table.add_row(title, *(f"{spread[name]:{form}}" for name, form in figures.items()))
    console.print(table)
    missing = (("system", result["missing_system"]), ("user", result["missing_user"]))
    lacking = [f"{count:,} without a {role} message" for role, count in missing if count]
    if lacking:
        console.print(f"{' and '.join(lacking)}.", style="yellow")


def _histogram(console: Console, result: dict[str, Any]) -> None:
    terminal.heading(console, f"Tokens per example ({result['models'][0]['encoding']})")
    bins = result["histogram"]
    most = max(each["examples"] for each in bins)
    edge = max(len(f"{each['to']:,}") for each in bins)
    for each in bins:
        length = each["examples"] / most * _BAR
        bar = "█" * int(length) or ("▏" if each["examples"] else "")
        span = f"{each['from']:>{edge},} – {each['to']:>{edge},}"
        console.print(Text.assemble(f"{span} ", (f"{bar:<{_BAR}}", "blue"), f" {each['examples']:,}"))


def _training(console: Console, models: list[dict[str, Any]]) -> None:
    terminal.heading(console, "Training")
    table = terminal.table(("",), (model["model"] for model in models))
    rows: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("limit, tokens an example", lambda m: f"{m['limit']:,}" if m["limit"] else "not known"),
        ("examples over the limit", lambda m: f"{m['over_limit']:,}"),
        ("epochs", lambda m: f"{m['epochs']}{' (default)' if m['epochs_by_default'] else ''}"),
        ("billed tokens, one epoch", lambda m: f"{m['billed_tokens_per_epoch']:,}"),
        ("billed tokens, all epochs", lambda m: f"{m['billed_tokens']:,}"),
        ("USD per 1M training tokens", lambda m: "–" if m["training_price"] is None else f"{m['training_price']:,g}"),
        ("training cost, USD", lambda m: "–" if m["training_cost"] is None else f"{m['training_cost']:,.2f}"),
        ("fine-tuned model shut down", lambda m: m["shutdown"] or "not announced"),
    ]
    for title, value in rows:
        table.add_row(title, *(value(model) for model in models))
    console.print(table)
    for model in models:
        if model["over_limit"]:
            longest = [each for each in model["longest"] if each["tokens"] > model["limit"]]
            named = ", ".join(f"line {each['line']:,} ({each['tokens']:,})" for each in longest[:3])
            console.print(f"{model['model']}: cut off at {model['limit']:,} tokens: {named}.", style="yellow")
        if model["training_price"] is None:
            console.print(f"{model['model']}: {model['training_price_source']}", style="yellow")


def _breakeven(console: Console, model: dict[str, Any]) -> None:
    result = model["breakeven"]
    terminal.heading(console, f"Break-even of {model['model']}, against prompting {result['compare_with']}")
    table = terminal.table(("",), ("USD",))
    labour = f"labour, {result['minutes_per_example']:g} min an example at {result['hourly_wage']:g} an hour"
    table.add_row("training", f"{result['training_cost']:,.2f}")
    table.add_row(labour, f"{result['labor']:,.2f}")
    if "pe_monthly" in result:
        queries = f"{result['queries']:,g} queries"
        prompt = f"{result['pe_prompt_tokens']:,.0f} + {result['query_tokens']:,.0f} tokens"
        table.add_row(f"a month prompted: {queries}, {prompt} in", f"{result['pe_monthly']:,.2f}")
    if "ft_monthly" in result:
        prompt = f"{result['ft_prompt_tokens']:,.0f} + {result['query_tokens']:,.0f} tokens"
        table.add_row(f"a month fine-tuned: {prompt} in", f"{result['ft_monthly']:,.2f}")
    console.print(table)
    if result["months"] is None:
        verdict = f"{result['decision']}. " if "decision" in result else ""
        console.print(f"{verdict}{result['why_not']}", style="yellow")
        return
    line = f"{result['decision']}: pays back in {result['months']:,.1f} months"
    if result["months_to_shutdown"] is not None:
        line += f"; the fine-tuned model has {result['months_to_shutdown']:,.1f} months to live"
    console.print(f"{line}.", style="bold")


def _quality(console: Console, result: dict[str, Any]) -> None:
    terminal.heading(console, "Quality")
    quality = result["quality"]
    again, opposed, near = quality["duplicates"], quality["contradictions"], quality["near_answers"]
    lines = [
        _counted("repeated examples", again, _lines(again["places"])),
        _counted("examples whose prompt is answered in different ways", opposed, _lines(opposed["places"])),
        _counted(
            "examples with nearly the same answer as another",
            near,
            "; ".join(" and ".join(f"{line:,}" for line in place["lines"][:3]) for place in near["places"][:3]),
        ),
    ]
    for text, found in lines:
        console.print(text, style="yellow" if found else "")
    lengths = quality["lengths"]
    if lengths.get("one_sided"):
        console.print(
            f"Answers are nearly all of one length: {lengths['share']:.0%} within 20 % of {lengths['median']:g} "
            "tokens. The model will learn that length.",
            style="yellow",
        )
    if "labels" in quality:
        _labels(console, quality["labels"])


def _counted(what: str, found: dict[str, Any], where: str) -> tuple[str, bool]:
    count = found["examples"]
    sample = "" if found["exact"] else f" in a sample of {found['of']:,}"
    place = f" (lines {where})" if where else ""
    return f"{count:,} {what}{sample}{place}", bool(count)


def _lines(places: list[dict[str, int]]) -> str:
    return "; ".join(f"{place['line']:,} and {place['last_line']:,}" for place in places[:3])


def _labels(console: Console, labels: dict[str, Any]) -> None:
    if not labels["found"]:
        console.print(f'No example has the label "{printable(labels["key"])}".', style="yellow")
        return
    table = terminal.table((printable(labels["key"]),), ("examples", "share"), ("",))
    for row in labels["labels"][:15]:
        marks = [mark for mark in ("edge", "rare") if row[mark]]
        if row["answers"].get("one_sided"):
            marks.append("one length")
        table.add_row(printable(row["label"])[:40], f"{row['examples']:,}", f"{row['share']:.1%}", ", ".join(marks))
    console.print(table)
    hidden = len(labels["labels"]) - 15
    if hidden > 0:
        console.print(f"and {hidden:,} more labels", style="dim")
    if not labels["complete"]:
        console.print("More labels than are counted: this key is no label. Shares are of those kept.", style="yellow")
    share = f"{labels['edge_share']:.1%}"
    console.print(f"Edge cases: {labels['edge_examples']:,} examples, {share}. Name their labels with --edge.")


def _gate(console: Console, gate: dict[str, Any]) -> None:
    colour = {"STOP": "bold red", "CAUTION": "bold yellow", "GO": "bold green"}[gate["verdict"].partition(":")[0]]
    console.print(
        Text.assemble(
            "\n",
            (gate["verdict"], colour),
            f" ({gate['examples']:,} different examples without errors, use case {printable(gate['use_case'])}; "
            f"{gate['remark']}).",
        )
    )


def _held_out(console: Console, held_out: dict[str, Any]) -> None:
    terminal.heading(console, f"Held-out file {printable(held_out['file'])}: {held_out['examples']:,} examples")
    _findings(console, [each for each in held_out["findings"] if each["severity"] != "note"])
    kinds = (
        ("examples", "also in the training file, word for word"),
        ("prompts", "with a prompt of the training file"),
        ("questions", "with nearly the same question as one in the training file"),
    )
    for kind, what in kinds:
        found = held_out["leakage"][kind]
        where = "; ".join(f"{each['held_out_line']:,}, there {each['line']:,}" for each in found["places"][:3])
        text, leaks = _counted(what, found, where)
        console.print(text, style="yellow" if leaks else "")
