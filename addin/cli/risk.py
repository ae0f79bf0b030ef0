"""`breakeven risk`: how sure the decision is, from low, base and high of the workbook's inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free
from workbook.progress import counted

if TYPE_CHECKING:
    from rich.console import Console

    from pycalc.risk.cashflow import Step
    from pycalc.risk.draws import Correlation
    from pycalc.risk.drivers import Estimate
    from pycalc.risk.simulate import Result
    from workbook.tasks.risk import Question


def risk(
    book: Path,
    out: Path | None = None,
    trials: int = 100_000,
    seed: int = 1,
    vary: list[str] | None = None,
    correlate: list[str] | None = None,
    step: list[str] | None = None,
    workers: int = 0,
    scheduler: str = "",
    anyway: bool = False,
) -> None:
    """Simulate the switch over the low, base and high of the inputs, and write a sheet Risk into a copy.

    P10, P50 and P90 of the net saving, the probability of paying back within the months counted and before the
    shutdown, each with its standard error, a histogram, and what drives the variance.
    """
    from workbook.tasks.risk import question
    from workbook.tasks.risk.figures import as_data

    target = out or book.with_name(f"{book.stem}-risk{book.suffix}")
    check_free(target, book)
    correlations, steps = map(_correlation, correlate or ()), map(_step, step or ())
    asked = question(book, _ranges(vary or ()), correlations, steps)
    result = _simulated(book, target, asked, trials, seed, workers, scheduler, anyway)
    if not terminal.as_json(lambda: {"out": str(target), **as_data(asked, result), "note": asked.note}):
        _print(terminal.console(), asked, result, target)


def _simulated(
    book: Path, target: Path, asked: Question, trials: int, seed: int, workers: int, scheduler: str, anyway: bool
) -> Result:
    from workbook.tasks.risk import risk as run

    with ExitStack() as stack:
        mapped: Callable[..., Any] = map
        if workers or scheduler:
            from pycalc.risk.cluster import cluster

            mapped = stack.enter_context(cluster(scheduler or None, workers or None))

        def tracked(function: Callable[[Any], Any], tasks: list[Any]) -> Iterable[Any]:
            return counted(mapped(function, tasks), "blocks of draws", len(tasks))

        stack.enter_context(working("Simulating"))
        return run(book, target, asked, trials, seed, tracked, anyway)


def _ranges(texts: Iterable[str]) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for name, ends in terminal.pairs("--vary", texts, "NAME=LOW..HIGH").items():
        low, _, high = ends.partition("..")
        found[name] = _number(low, "--vary", ends), _number(high, "--vary", ends)
    return found


def _correlation(text: str) -> Correlation:
    from pycalc.risk.draws import Correlation

    names, _, rank = text.partition("=")
    first, _, second = names.partition(",")
    return Correlation(first.strip(), second.strip(), _number(rank, "--correlate", text))


def _step(text: str) -> Step:
    from pycalc.risk.cashflow import Step

    option, *numbers = text.split(":")
    if len(numbers) not in (2, 3):
        raise typer.BadParameter(f"{text!r} is not pe|ft:MONTH:CUT[:PROBABILITY]", param_hint="--step")
    month, *shares = (_number(number, "--step", text) for number in numbers)
    if month % 1:
        raise typer.BadParameter(f"{text!r}: the month is not a whole number", param_hint="--step")
    return Step(option.strip(), int(month), *shares)


def _number(text: str, option: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{whole!r}: {text!r} is not a number", param_hint=option) from None


def _print(console: Console, asked: Question, result: Result, target: Path) -> None:
    from rich.table import Table

    from pycalc.risk.drivers import SEEN, Estimate
    from workbook.tasks.risk.figures import driver_label, figures, question_words

    if asked.chances:
        options = Table("every option, all in", "cheapest in", "open in", "regret, mean", "present value, mean")
        for column in options.columns[1:]:
            column.justify = "right"
        for chance in asked.chances:
            amounts = ["–" if value != value else f"{value:,.0f}" for value in (chance.regret, chance.mean)]
            options.add_row(chance.name, f"{chance.cheapest:.1%}", f"{chance.open:.1%}", *amounts)
        console.print(options)
    console.print(question_words(asked))
    table = Table("", "value", "± standard error")
    drivers = Table("what drives the variance", "share", "at its lowest tenth", "at its highest tenth")
    for column in (*table.columns[1:], *drivers.columns[1:]):
        column.justify = "right"
        column.no_wrap = True
    for label, figure, _, unit, _ in figures(asked, result):
        value, error = (figure.value, figure.error) if isinstance(figure, Estimate) else (figure, None)
        form = {"share": ".2%", "USD": ",.2f"}.get(unit, ",.0f")
        table.add_row(label, f"{value:{form}}", "" if error is None else f"{error:{form}}")
    console.print(table)
    for driver in result.drivers:
        row = [_with_error(driver.share, ".2%"), _with_error(driver.low, ",.0f"), _with_error(driver.high, ",.0f")]
        if driver.effect != SEEN:
            row[1] = driver.effect
        drivers.add_row(driver_label(driver.name), *row)
    console.print(drivers)
    for name, why in asked.left_out.items():
        console.print(f"{name} has a low or high but is not varied: {why}.")
    if asked.scenario_words():
        console.print(asked.scenario_words())
    if asked.note:
        console.print(f"Note: {asked.note}", soft_wrap=True)
    console.print(f"Sheet Risk: {target}", soft_wrap=True)


def _with_error(estimate: Estimate | None, form: str) -> str:
    return f"{estimate.value:{form}} ± {estimate.error:{form}}" if estimate else ""
