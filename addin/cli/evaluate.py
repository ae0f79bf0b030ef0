"""`breakeven evaluate`: is the fine-tuned model really better, or the test too small to say?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from addin.cli import terminal
from addin.cli.target import check_options, in_one_state, say_if_signed


def evaluate(
    scores: Path,
    against: str = "",
    threshold: list[str] | None = None,
    dimension: list[str] | None = None,
    minimum: float | None = None,
    training: Path | None = None,
    confidence: float = 0.95,
    power: float = 0.8,
    sheet: str | None = None,
    into: Path | None = None,
    named: list[str] | None = None,
    replace: bool = False,
    out: Path | None = None,
) -> None:
    """Pass rates with their intervals, a test on the same examples, and how many examples are still needed.

    Columns: example, option, one for each dimension of the rubric (pass or fail, or a score with --threshold), and
    if you like question and answer. These two are compared with the training file and never copied.
    """
    from dataclasses import asdict

    from pycalc.evaluation.compare import evaluate as compared
    from pycalc.evaluation.marks import judgements
    from pycalc.evaluation.trouble import signs
    from workbook.tasks.evaluate import read_scores, training_pairs, write_counts

    check_options(into, out)
    with in_one_state(scores, training):
        rows = read_scores(str(scores), sheet)
        judged, dimensions, unused = judgements(rows, _thresholds(threshold), dimension or ())
        result = compared(judged, dimensions, against=against, confidence=confidence, power=power, minimum=minimum)
        pairs = training_pairs(str(training)) if training is not None else None
        result["signs_of_trouble"] = signs(result, judged, pairs)
    result = {"file": str(scores), "columns_not_used": unused, **result}
    if into is not None and out is not None:
        names = terminal.pairs("--as", named, "OPTION=NAME")
        result["into"] = asdict(write_counts(into, out, result, names, replace=replace))
        say_if_signed(into)
    if not terminal.as_json(result):
        _print(result)


def _thresholds(given: list[str] | None) -> dict[str, float]:
    from pycalc.evaluation.marks import number

    found = {}
    for text in given or ():
        name, _, score = text.rpartition("=")
        value = number(score)
        if value is None:
            terminal.fail(f"--threshold {text}: is no score. Write it as 4, or as tone=4 for one dimension")
        found[name.strip()] = value
    return found


def _print(result: dict[str, Any]) -> None:
    several = len(result["options"])
    examples, options = terminal.counted(result["examples"], "example"), terminal.counted(several, "option")
    terminal.say(f"{result['file']}: {examples}, {options}\n")
    level = f"{result['confidence']:g}".removeprefix("0.").ljust(2, "0")
    rates = terminal.table(("Dimension", "Option"), ("Passes", "Rate", f"{level}% interval"))
    for part in result["dimensions"]:
        for rate in part["options"]:
            rates.add_row(part["dimension"], rate["option"], *_rate_cells(rate))
    terminal.print_table(rates)
    if several > 1:
        terminal.say()
        figures = ("Better in", "Worse in", "p", "p adjusted", "Needed")
        tests = terminal.table(("Dimension", f"Against {result['against']}"), figures)
        for part in result["dimensions"]:
            for each in part["comparisons"]:
                tests.add_row(part["dimension"], each["option"], *_comparison_cells(each))
        terminal.print_table(tests)
        terminal.print_text(_LEGEND, "dim")
    _print_sentences(result)


_LEGEND = (
    "p: how often chance alone makes so large a difference, on the same examples (exact McNemar) or else as two "
    "samples. Adjusted: for asking so many questions at once (Holm). Needed: examples that would show the difference "
    "seen here."
)


def _rate_cells(rate: dict[str, Any]) -> tuple[str, str, str]:
    if rate["rate"] is None:
        return "not judged", "", ""
    interval = f"{rate['low']:.1%} to {rate['high']:.1%}"
    return f"{rate['passes']:,} of {rate['trials']:,}", f"{rate['rate']:.1%}", interval


def _comparison_cells(each: dict[str, Any]) -> tuple[str, str, str, str, str]:
    better, worse = (f"{each[key]:,}" if key in each else "" for key in ("only_option", "only_against"))
    needed = "" if each["examples_needed"] is None else f"{each['examples_needed']:,.0f}"
    return better, worse, _p(each["p"]), _p(each.get("p_adjusted")), needed


def _p(value: float | None) -> str:
    return "" if value is None else "< 0.0001" if value < 1e-4 else f"{value:.4f}"


def _print_sentences(result: dict[str, Any]) -> None:
    lines = [_verdict(result, each) for each in result["dimensions"][-1]["comparisons"]]
    if result["minimum"] is not None:
        lines += [_against_minimum(result["minimum"], rate) for rate in result["dimensions"][-1]["options"]]
    if result["signs_of_trouble"]:
        lines += ["Signs of trouble:", *(f"- {sign}" for sign in result["signs_of_trouble"])]
    if result["columns_not_used"]:
        lines.append(f"Columns not used: {', '.join(result['columns_not_used'])}")
    if "into" in result:
        lines.append(f"Passes and trials written to {result['into']['out']}")
        if stale := result["into"]["not_recalculated"]:
            lines.append(f"Not recalculated, so of the earlier test: {', '.join(stale)}")
    for line in ("", *lines):
        terminal.say(line)


def _verdict(result: dict[str, Any], each: dict[str, Any]) -> str:
    """One comparison in a sentence; what a p-value is worth depends on how many were asked for."""
    against = result["against"]
    if each["p"] is None:
        return f"{each['option']} and {against} cannot be compared: no spread to test by."
    if not each["difference"]:
        where = "on the examples judged under both" if each["same_examples"] else "here"
        return f"{each['option']} and {against} pass equally often {where}."
    better = "better" if each["difference"] > 0 else "worse"
    chance = f"p {_p(each['p_adjusted'])}"
    if each["p_adjusted"] < 1 - result["confidence"]:
        return f"{each['option']} is {better} than {against}: chance alone would seldom do this ({chance})."
    needed = each["examples_needed"]
    more = f" About {needed:,.0f} examples would tell." if needed else ""
    return f"{each['option']} looks {better} than {against}, but it may be chance ({chance}).{more}"


def _against_minimum(minimum: float, rate: dict[str, Any]) -> str:
    if rate["rate"] is None:
        return f"{rate['option']} was not judged."
    if rate["reaches_minimum"]:
        return f"{rate['option']} passes at least {minimum:.0%}, as sure as asked for."
    if rate["examples_for_minimum"] is None:
        return f"{rate['option']} is not above {minimum:.0%} here."
    return (
        f"{rate['option']} is above {minimum:.0%} here, but not surely so: {rate['examples_for_minimum']:,} examples "
        "at this rate would show it."
    )
