"""A surface of pixels for charts, painted with Pillow, which brings its own typeface along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy
from PIL import Image, ImageDraw, ImageFont

from workbook.tasks.report.charts import draw
from workbook.tasks.report.memo import Drawing

_SCALE = 6
_SHRUNK = 2
"""Painted at six pixels a point and shrunk by two, so that edges are smooth."""


def picture(chart: Drawing, width: float, height: float) -> bytes:
    """The chart as a PNG, at three pixels a point."""
    surface = Pixels(width, height)
    draw(chart, surface, width, height)
    stream = BytesIO()
    surface.image().save(stream, "PNG")
    return stream.getvalue()


class Pixels:
    def __init__(self, width: float, height: float) -> None:
        self._size = (round(width * _SCALE), round(height * _SCALE))
        self._image = Image.new("RGB", self._size, "white")
        self._draw = ImageDraw.Draw(self._image)
        self._fonts: dict[float, Any] = {}

    def image(self) -> Image.Image:
        shrunk = (self._size[0] // _SHRUNK, self._size[1] // _SHRUNK)
        return self._image.resize(shrunk, Image.Resampling.LANCZOS)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * _SCALE, self._size[1] - y * _SCALE

    def line(
        self, points: Sequence[tuple[float, float]], colour: str, width: float, dash: tuple[float, ...] = ()
    ) -> None:
        placed = [self._at(*point) for point in points]
        for piece in _dashed(placed, [part * _SCALE for part in dash]) if dash else [placed]:
            self._draw.line(piece, fill=colour, width=max(1, round(width * _SCALE)), joint="curve")

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        left, bottom = self._at(x, y)
        right, top = self._at(x + width, y + height)
        self._draw.rectangle([left, min(top, bottom), max(left, right), bottom], fill=colour)

    def word(
        self, x: float, y: float, text: str, size: float, colour: str, align: str = "left", bold: bool = False
    ) -> None:
        anchor = {"left": "ls", "centre": "ms", "right": "rs"}[align]
        self._draw.text(
            self._at(x, y), text, fill=colour, font=self._font(size), anchor=anchor, stroke_width=1 if bold else 0
        )

    def measure(self, text: str, size: float, bold: bool = False) -> float:  # noqa: ARG002 - bold is drawn as wide
        return float(self._draw.textlength(text, font=self._font(size))) / _SCALE

    def _font(self, size: float) -> Any:
        if size not in self._fonts:
            self._fonts[size] = ImageFont.load_default(size * _SCALE)
        return self._fonts[size]


def _dashed(points: list[tuple[float, float]], dash: list[float]) -> Iterator[list[tuple[float, float]]]:
    """A line cut into its dashes."""
    xs, ys = numpy.array(points).T
    corners = numpy.concatenate(([0.0], numpy.hypot(numpy.diff(xs), numpy.diff(ys)).cumsum()))
    for start in numpy.arange(0, corners[-1], sum(dash)):
        end = min(start + dash[0], corners[-1])
        at = [start, *corners[(start < corners) & (corners < end)], end]
        yield list(zip(numpy.interp(at, corners, xs), numpy.interp(at, corners, ys), strict=True))
