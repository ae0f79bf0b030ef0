"""Pictures of the function pages: small SVG charts of values the functions themselves return."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress

import svg

import pycalc
from pycalc import FUNCTIONS, CalcError

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 130, 20, 50
COLOURS = ("#1f5fbf", "#b3541e", "#3d7a3d")
DASHES = ("", "7 4", "2 3")
"""Lines differ by dash as well as by colour."""

Points = Sequence[tuple[float, float]]


def charts() -> dict[str, tuple[str, str]]:
    """By function name: what the picture shows, and the picture."""
    drawn = {name: (caption, draw()) for name, (caption, draw) in _CHARTS.items()}
    return {**drawn, **{name: _sweep(name, *ends) for name, ends in _SWEEPS.items()}}


def _sweep(name: str, argument: str, low: float, high: float) -> tuple[str, str]:
    """A function over one argument, the others as in its first example."""
    function = FUNCTIONS[name]
    names = [known.name for known in function.arguments]
    place = names.index(argument)
    args = list(function.examples[0][0])
    args += [known.default for known in function.arguments[len(args) : place + 1]]
    step = (high - low) / 100
    if function.arguments[place].whole:
        step = max(1, round(step))
    points = []
    for number in range(round((high - low) / step) + 1):
        args[place] = low + number * step
        with suppress(CalcError):  # no answer here: a gap in the curve
            points.append((args[place], function.call(*args)))
    across = function.arguments[place]
    values = [value for _, value in points]
    caption = f"{across.label} from {low:,.10g} to {high:,.10g}, the other arguments as in the first example."
    return caption, _lines(
        {"": points},
        f"{argument}, {across.unit}" if argument != across.unit else argument,
        function.returns,
        _axis(low, high),
        _axis(min(0, *values), max(values)),
    )


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """First, last and step of an axis with four to ten round steps."""
    power = 10 ** math.floor(math.log10((high - low) / 4))
    step = next(factor * power for factor in (5, 2.5, 2, 1) if factor * power * 4 <= (high - low) * 1.000001)
    return math.floor(low / step) * step, math.ceil(high / step - 1e-9) * step, step


def _breakeven() -> str:
    upfront, price, tuned = 2095.33, 0.0315, 0.0009

    def months(queries: int) -> float:
        return pycalc.ft_breakeven(upfront, queries * price, queries * tuned)

    volumes = range(5_000, 50_001, 500)
    lines = {
        "break-even": [(queries, months(queries)) for queries in volumes],
        "six months": [(volumes[0], 6), (volumes[-1], 6)],
    }
    return _lines(lines, "calls per month", "months", (0, 50_000, 10_000), (0, 14, 2))


def _price_after() -> str:
    lines = {
        f"{decline:.0%} a year": [(month, pycalc.price_after(30, decline, month)) for month in range(37)]
        for decline in (0.2, 0.5, 0.9)
    }
    return _lines(lines, "months", "USD per 1M tokens", (0, 36, 6), (0, 30, 5))


def _review_ramp() -> str:
    letters, ramp_months = 1_000_000 / 12, (0, 3, 12)

    def thousands(months: float, start_rate: float) -> float:
        return pycalc.review_ramp(letters, months, start_rate, 0.05, 3, 10) / 1000

    lines = {
        "with the ramp": [(month, thousands(month, 0.10)) for month in ramp_months],
        "5% from the start": [(month, thousands(month, 0.05)) for month in ramp_months],
    }
    return _lines(lines, "months", "thousand USD, in all", (0, 12, 2), (0, 700, 100))


def _payback() -> str:
    rate, upfront, saving = 0.30, 2095.33, 306
    paid = pycalc.ft_payback(rate, upfront, saving)
    lines = {
        "discounted": [(month, pycalc.ft_npv(rate, month, upfront, saving)) for month in range(13)],
        "undiscounted": [(month, -upfront + month * saving) for month in (0, 12)],
    }
    return _lines(lines, "months", "USD, in all", (0, 12, 2), (-2500, 2000, 500), mark=(paid, f"{paid:.2f} months"))


def _sensitivity() -> str:
    factors = (0.5, 0.75, 1, 1.5, 2)
    rows = [[factor] for factor in factors]
    grid = pycalc.ft_sensitivity(2095.33, 315, 9, [list(factors)], rows)
    start = LEFT + 30
    parts = [svg.text(start + 205, 16, "upfront cost, times", "middle")]
    for column, factor in enumerate(factors):
        parts.append(svg.text(start + 45 + 80 * column, 36, f"{factor:g}", "middle"))
    for row, factor in enumerate(factors):
        top = 44 + 40 * row
        parts.append(svg.text(start - 8, top + 25, f"volume × {factor:g}", "end"))
        for column, months in enumerate(grid[row]):
            left = start + 5 + 80 * column
            fill, weight = ("#d9ead3", "bold") if months < 6 else ("#fbe5d6", "normal")
            parts.append(svg.box(left, top, 80, 40, fill))
            parts.append(svg.text(left + 40, top + 25, f"{months:.1f}", "middle", weight=weight))
    parts.append(svg.text(start + 205, 264, "months to break even; bold on green: below six", "middle"))
    return svg.picture(parts, WIDTH, HEIGHT)


_SWEEPS = {
    "CALL_COST": ("input_tokens", 0, 4_000),
    "COST_PER_ACCEPTED": ("pass_rate", 0.2, 1),
    "EVAL_COST": ("test_examples", 0, 1_000),
    "FT_BREAKEVEN_PRICE": ("months", 1, 24),
    "FT_BREAKEVEN_PROMPT": ("ft_prompt_tokens", 0, 500),
    "FT_BREAKEVEN_QUERIES": ("months", 1, 24),
    "FT_DISTILL": ("accept_rate", 0.2, 1),
    "FT_IRR": ("monthly_saving", 85, 200),
    "FT_LABOR": ("minutes_per_example", 0, 15),
    "FT_MONTHLY": ("queries", 0, 100_000),
    "FT_NPV": ("annual_rate", 0, 1),
    "FT_PROMPT_CUT": ("prompt_tokens", 100, 10_000),
    "FT_RETRAIN": ("retrains_per_year", 0, 12),
    "FT_ROI": ("months", 0, 36),
    "FT_TRAINING": ("examples", 0, 2_000),
    "HYBRID_MONTHLY": ("context_tokens", 0, 4_000),
    "PE_MONTHLY": ("prompt_tokens", 0, 4_000),
    "RAG_MONTHLY": ("context_tokens", 0, 4_000),
    "REVIEW_COST": ("review_rate", 0, 1),
}
"""Functions that one curve explains: the argument that moves, and from where to where."""

_CHARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "FT_BREAKEVEN": (
        "Break-even by volume: 2,095.33 USD upfront, 0.0315 USD a prompted call, 0.0009 USD a fine-tuned one.",
        _breakeven,
    ),
    "FT_PAYBACK": ("2,095.33 USD upfront, 306 USD saved a month, 30% a year.", _payback),
    "FT_SENSITIVITY": (
        "2,095.33 USD upfront, 315 USD a month prompted, 9 USD fine-tuned, and what changes with both.",
        _sensitivity,
    ),
    "PRICE_AFTER": ("A price of 30 USD per 1M tokens under three yearly declines.", _price_after),
    "REVIEW_RAMP": (
        "1,000,000 letters a year, 10 USD a review: 10% reviewed for three months, then 5%.",
        _review_ramp,
    ),
}


def _lines(
    lines: dict[str, Points],
    across: str,
    up: str,
    x_axis: tuple[float, float, float],
    y_axis: tuple[float, float, float],
    mark: tuple[float, str] | None = None,
) -> str:
    """A line chart; an axis is (first, last, step). `mark` is a point on y = 0 with its caption."""

    def at_x(value: float) -> float:
        return LEFT + (value - x_axis[0]) / (x_axis[1] - x_axis[0]) * (WIDTH - LEFT - RIGHT)

    def at_y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - y_axis[0]) / (y_axis[1] - y_axis[0]) * (HEIGHT - TOP - BOTTOM)

    parts = []
    for value in _ticks(y_axis):
        y = at_y(value)
        colour = "#888888" if value == 0 else "#dddddd"
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{colour}"/>')
        parts.append(svg.text(LEFT - 8, y + 4, f"{value:,.10g}", "end"))
    for value in _ticks(x_axis):
        parts.append(svg.text(at_x(value), HEIGHT - BOTTOM + 18, f"{value:,.10g}", "middle"))
    for (label, points), colour, dash in zip(lines.items(), COLOURS, DASHES, strict=False):
        path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        parts.append(svg.text(WIDTH - RIGHT + 6, at_y(points[-1][1]) + 4, label, "start", colour))
    if mark:
        parts.append(f'<circle cx="{at_x(mark[0]):.1f}" cy="{at_y(0):.1f}" r="4" fill="{COLOURS[0]}"/>')
        parts.append(svg.text(at_x(mark[0]) + 8, at_y(0) + 16, mark[1], "start"))
    parts.append(svg.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, across, "middle"))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<g transform="rotate(-90 14 {middle:g})">{svg.text(14, middle, up, "middle")}</g>')
    return svg.picture(parts, WIDTH, HEIGHT)


def _ticks(axis: tuple[float, float, float]) -> list[float]:
    first, last, step = axis
    return [first + step * count for count in range(round((last - first) / step) + 1)]
