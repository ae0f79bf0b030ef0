"""Pictures of the function pages: small SVG charts of values the functions themselves return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import pycalc

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 130, 20, 50
COLOURS = ("#1f5fbf", "#b3541e", "#3d7a3d")
DASHES = ("", "7 4", "2 3")
"""Lines differ by dash as well as by colour."""

Points = Sequence[tuple[float, float]]


def charts() -> dict[str, tuple[str, str]]:
    """By function name: what the picture shows, and the picture."""
    return {name: (caption, draw()) for name, (caption, draw) in _CHARTS.items()}


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
    parts = [_text(start + 205, 16, "upfront cost, times", "middle")]
    for column, factor in enumerate(factors):
        parts.append(_text(start + 45 + 80 * column, 36, f"{factor:g}", "middle"))
    for row, factor in enumerate(factors):
        top = 44 + 40 * row
        parts.append(_text(start - 8, top + 25, f"volume × {factor:g}", "end"))
        for column, months in enumerate(grid[row]):
            left = start + 5 + 80 * column
            fill, weight = ("#d9ead3", "bold") if months < 6 else ("#fbe5d6", "normal")
            parts.append(f'<rect x="{left}" y="{top}" width="80" height="40" fill="{fill}" stroke="#ffffff"/>')
            parts.append(_text(left + 40, top + 25, f"{months:.1f}", "middle", weight=weight))
    parts.append(_text(start + 205, 264, "months to break even; bold on green: below six", "middle"))
    return _svg(parts)


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
        parts.append(_text(LEFT - 8, y + 4, f"{value:,g}", "end"))
    for value in _ticks(x_axis):
        parts.append(_text(at_x(value), HEIGHT - BOTTOM + 18, f"{value:,g}", "middle"))
    for (label, points), colour, dash in zip(lines.items(), COLOURS, DASHES, strict=False):
        path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        parts.append(_text(WIDTH - RIGHT + 6, at_y(points[-1][1]) + 4, label, "start", colour))
    if mark:
        parts.append(f'<circle cx="{at_x(mark[0]):.1f}" cy="{at_y(0):.1f}" r="4" fill="{COLOURS[0]}"/>')
        parts.append(_text(at_x(mark[0]) + 8, at_y(0) + 16, mark[1], "start"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, across, "middle"))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<g transform="rotate(-90 14 {middle:g})">{_text(14, middle, up, "middle")}</g>')
    return _svg(parts)


def _ticks(axis: tuple[float, float, float]) -> list[float]:
    first, last, step = axis
    return [first + step * count for count in range(round((last - first) / step) + 1)]


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#222222", weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    return f"<text {place}>{escape(words)}</text>"


def _svg(parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12"'
    white = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return "\n".join([f"{head} {style}>", white, *parts, "</svg>"]) + "\n"
