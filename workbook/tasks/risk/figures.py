"""What came out, as the sheet, the terminal and JSON all say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pycalc.risk.drivers import Estimate
from pycalc.risk.simulate import Result
from workbook.file import tsv
from workbook.tasks.risk.asked import KNOWN, Question

Figure = tuple[str, Estimate | float, str, str, str]
"""Label, figure, style, unit and a word of explanation."""


def figures(asked: Question, result: Result) -> list[Figure]:
    """The figures in the order of the sheet."""
    held = {**vars(result), "base": asked.base, "trials": float(result.trials), "seed": float(result.seed)}
    return [
        (line["label"].format(horizon=horizon(asked)), held[line["figure"]], line["look"], line["unit"], line["note"])
        for line in tsv.lines(Path(__file__).parent / "data" / "results.tsv")
    ]


def question_words(asked: Question) -> str:
    """What was simulated, in a sentence."""
    rest = (
        "all in: calls, capacity, retrieval, review, repair, upkeep, retraining, and what is paid to move to it"
        if asked.inputs
        else "with training, labour, evaluation, retraining and review"
    )
    return f"{asked.subject} against {asked.today}: what it saves over {horizon(asked)}, not discounted, {rest}."


def horizon(asked: Question) -> str:
    months = asked.case.months
    return "1 month" if months == 1 else f"{months} months"


def driver_label(name: str) -> str:
    return f"{KNOWN[name].label} ({name})" if name in KNOWN else name


def bars(result: Result) -> Iterator[tuple[str, float | None, float | None, int]]:
    """The histogram's bars: label, from, to, trials. The outermost hold the tails and are open outwards."""
    last = len(result.histogram) - 1
    places = _decimals(result)
    for place, (left, right, count) in enumerate(result.histogram):
        low, high = (f"{edge:,.{places}f}" for edge in (left, right))
        if not last:
            yield f"about {low}", left, right, count
        elif place == 0:
            yield f"below {high}", None, right, count
        elif place == last:
            yield f"above {low}", left, None, count
        else:
            yield f"{low} to {high}", left, right, count


def _decimals(result: Result) -> int:
    """How many decimals the edges of the bars need."""
    left, right, _ = result.histogram[0]
    width = right - left
    if not width > 0:
        return 2
    return next((places for places in range(10) if abs(round(width, places) - width) < 1e-6 * width), 10)


def as_data(asked: Question, result: Result) -> dict[str, object]:
    """Everything for JSON: what was simulated, and what came out."""
    case = asked.case
    return {
        "trials": result.trials,
        "seed": result.seed,
        "months": case.months,
        "scenario": asked.scenario and {"number": asked.scenario, "name": asked.scenario_name},
        "varied": {
            name: {"low": low, "base": base, "high": high, "unit": KNOWN[name].unit}
            for name, (low, base, high) in case.varied.items()
        },
        "fixed": {name: value for name, value in case.fixed.items() if name not in case.varied},
        "correlations": [asdict(pair) for pair in case.correlations],
        "steps": [{**asdict(step), "label": step.label} for step in case.steps],
        "left_out": asked.left_out,
        "base": asked.base,
        "subject": asked.subject,
        "today": asked.today,
        "options": [
            {key: None if value != value else value for key, value in asdict(chance).items()}
            for chance in asked.chances
        ],
        **{name: asdict(getattr(result, name)) for name in ("p10", "p50", "p90", "mean", "deviation")},
        **{name: asdict(getattr(result, name)) for name in ("paid", "paid_alive")},
        "histogram": [
            {
                "label": label,
                "from": left,
                "to": right,
                "trials": count,
                "share": asdict(Estimate.share(count, result.trials)),
            }
            for label, left, right, count in bars(result)
        ],
        "drivers": [{"label": driver_label(driver.name), **asdict(driver)} for driver in result.drivers],
    }
