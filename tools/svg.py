"""The few SVG elements the pictures of the function pages are drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = "#222222", weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    return f"<text {place}>{escape(words)}</text>"


def box(x: float, y: float, width: float, height: float, fill: str, stroke: str = "#ffffff") -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="{stroke}"/>'


def picture(parts: Sequence[str], width: float, height: float) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
    style = f'height="{height:g}" font-family="sans-serif" font-size="12"'
    white = f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>'
    return "\n".join([f"{head} {style}>", white, *parts, "</svg>"]) + "\n"
