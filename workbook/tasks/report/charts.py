"""Charts as strokes, boxes and words on a surface, so that every format shows the same chart.

A surface counts in points from the lower left corner: a PDF page (`pdf`), or a picture for Word (`pixels`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from workbook.tasks.report.memo import Bars, Drawing, Lines, Tornado
from workbook.template.styles import ACCENT, GREY, GRID, PALE

MARK = "#C00000"
INK = "#262626"
_STYLES: tuple[tuple[str, float, tuple[float, ...]], ...] = (
    (GREY, 1.6, ()),
    ("#5B9BD5", 1.6, (5, 3)),
    (MARK, 1.6, (1.5, 2)),
)
"""Colour, width and dashes of the lines that are not marked."""


class Surface(Protocol):
    """What a chart is drawn on."""

    def line(
        self, points: Sequence[tuple[float, float]], colour: str, width: float, dash: tuple[float, ...] = ()
    ) -> None: ...

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None: ...

    def word(
        self, x: float, y: float, text: str, size: float, colour: str, align: str = "left", bold: bool = False
    ) -> None:
        """Text on the base line y; align is "left", "centre" or "right"."""
        ...

    def measure(self, text: str, size: float, bold: bool = False) -> float: ...


def draw(chart: Drawing, on: Surface, width: float, height: float) -> None:
    """Draw a chart that fills this width and height."""
    on.word(0, height - 10, chart.title, 9.5, ACCENT, bold=True)
    if isinstance(chart, Lines):
        _lines(chart, on, width, height - 16)
    elif isinstance(chart, Bars):
        _bars(chart, on, width, height - 16)
    else:
        _tornado(chart, on, width, height - 16)


def _lines(chart: Lines, on: Surface, width: float, height: float) -> None:
    values = [value for _, line in chart.series for value in line if value is not None]
    top, step = _scale(max([*values, 0.0]))
    count = max(len(line) for _, line in chart.series) - 1
    left, bottom, up = _axis(on, top, step, width, height, chart.y_title)
    across = width - left - 8
    for month in range(0, count + 1, 6 if count > 12 else 1):
        x = left + across * month / max(count, 1)
        on.word(x, bottom - 10, str(month), 7, INK, "centre")
    on.word(left + across / 2, bottom - 20, chart.x_title, 7, GREY, "centre")
    for index, (_, line) in enumerate(chart.series):
        points = [
            (left + across * month / max(count, 1), bottom + up * value / top)
            for month, value in enumerate(line)
            if value is not None
        ]
        on.line(points, *_style(chart, index))
    x = 0.0
    for index, (name, _) in enumerate(chart.series):
        on.line([(x, 4), (x + 14, 4)], *_style(chart, index))
        on.word(x + 17, 1.5, name, 6.5, INK)
        x += 24 + on.measure(name, 6.5)


def _style(chart: Lines, index: int) -> tuple[str, float, tuple[float, ...]]:
    return (ACCENT, 2.4, ()) if chart.series[index][0] == chart.marked else _STYLES[index % len(_STYLES)]


def _bars(chart: Bars, on: Surface, width: float, height: float) -> None:
    top, step = _scale(max([value for _, value in chart.bars] + [0.0]))
    left, bottom, up = _axis(on, top, step, width, height, chart.unit)
    slot = (width - left - 4) / len(chart.bars)
    for index, (name, value) in enumerate(chart.bars):
        x = left + slot * index
        tall = max(up * value / top, 0.4)
        marked = name == chart.marked
        on.box(x + slot * 0.2, bottom, slot * 0.6, tall, ACCENT if marked else PALE)
        on.word(x + slot / 2, bottom + tall + 3, _short(value), 7, INK, "centre", bold=marked)
        for line, part in enumerate(_wrapped(name, slot - 2, on)):
            on.word(x + slot / 2, bottom - 9 - 8 * line, part, 6.5, INK, "centre", bold=marked)


def _tornado(chart: Tornado, on: Surface, width: float, height: float) -> None:
    ends = [value for _, low, high in chart.drivers for value in (low, high)] + [chart.base]
    least, most = min(ends), max(ends)
    spread = (most - least) or 1.0
    left = max(on.measure(name, 7.5) for name, _, _ in chart.drivers) + 8
    right = 46.0
    across = width - left - right * 2

    def at(value: float) -> float:
        return left + right + across * (value - least) / spread

    bottom = 16.0
    slot = (height - bottom - 4) / len(chart.drivers)
    for index, (name, low, high) in enumerate(chart.drivers):
        y = height - 4 - slot * (index + 1)
        thick = min(slot * 0.64, 13)
        middle = y + (slot - thick) / 2
        for value, colour in ((low, PALE), (high, ACCENT)):
            on.box(min(at(value), at(chart.base)), middle, abs(at(value) - at(chart.base)), thick, colour)
        on.word(left - 4, middle + thick / 2 - 2.5, name, 7.5, INK, "right")
        for value in (low, high):
            side = "right" if value < chart.base or (value == chart.base and value == low) else "left"
            on.word(at(value) + (-3 if side == "right" else 3), middle + thick / 2 - 2.5, _short(value), 6.5, INK, side)
    on.line([(at(chart.base), bottom - 3), (at(chart.base), height)], INK, 0.7)
    on.word(at(chart.base), bottom - 11, f"as it stands {_short(chart.base)}", 7, INK, "centre")
    on.box(left, 1, 8, 6, PALE)
    on.word(left + 11, 1.5, "low", 7, INK)
    on.box(left + 30, 1, 8, 6, ACCENT)
    on.word(left + 41, 1.5, "high", 7, INK)


def _axis(on: Surface, top: float, step: float, width: float, height: float, title: str) -> tuple[float, float, float]:
    """Horizontal grid lines with their values; returns the left edge, the bottom and the height of the plot."""
    count, bottom = round(top / step), 42.0
    labels = [_tick(step * index, step) for index in range(count + 1)]
    left = max(on.measure(label, 7) for label in labels) + 6
    up = height - bottom - 12
    on.word(0, height - 7, title, 7, GREY)
    for index, label in enumerate(labels):
        y = bottom + up * index / count
        on.line([(left, y), (width, y)], GRID, 0.5)
        on.word(left - 4, y - 2.5, label, 7, INK, "right")
    return left, bottom, up


def _scale(most: float) -> tuple[float, float]:
    """A round top above the largest value, and the step of the grid."""
    if most <= 0:
        return 1.0, 1.0
    power = 10.0 ** math.floor(math.log10(most))
    step = next(power * part for part in (0.2, 0.25, 0.5, 1, 2) if most / (power * part) <= 5.5)
    return step * math.ceil(most / step * 1.0001), step


def _tick(value: float, step: float) -> str:
    if step >= 1e5:
        return _short(value)
    places = max(0, -math.floor(math.log10(step))) if step < 1 else 0
    if step * 10**places % 1 > 1e-9:
        places += 1
    return f"{value:,.{places}f}"


def _short(value: float) -> str:
    """A value beside a bar: millions and billions by their letters."""
    for size, letter in ((1e9, "bn"), (1e6, "M")):
        if abs(value) >= size:
            return f"{value / size:,.3g}{letter}" if abs(value) < 1000 * size else f"{value / size:,.0f}{letter}"
    if abs(value) >= 1000 or value == 0:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 0.005 else f"{value:.2g}"


def _wrapped(text: str, width: float, on: Surface) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and on.measure(f"{lines[-1]} {word}", 6.5) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines[:4]
