"""Number formats and looks. A style is some words: the number format first, then what the cell is."""

from __future__ import annotations

import json
from typing import Any

from workbook.file import tsv
from workbook.template.inputs import DATA

ACCENT = "#1F4E79"
TINT = "#DCE6F1"
PALE = "#9DC3E6"
GREY = "#7F7F7F"
GRID = "#D9D9D9"
SERIES = (ACCENT, GREY, PALE, "#404040", "#BFBFBF", "#5B9BD5")
INPUT_BLUE = "#0000FF"
LINK_GREEN = "#00703C"

NUMBERS = {line["name"]: line["format"] for line in tsv.lines(DATA / "numbers.tsv")}
"""Formats of numbers; their units stand in the column of units."""


def style(name: str) -> dict[Any, Any]:
    """XlsxWriter's fields for a style."""
    words = name.split()
    if words[0] == "rule":
        return _RULES[words[1]]
    fields: dict[Any, Any] = {"font_name": "Calibri", "font_size": 10, "valign": "vcenter", "locked": True}
    for word in words:
        if word in NUMBERS:
            fields["num_format"] = NUMBERS[word]
            fields["align"] = "right"
            fields["shrink"] = NUMBERS[word] != "General"  # a small figure instead of ###; General fits by itself
        fields |= _LOOKS.get(word, {})
    if "input" in words:
        fields |= _INPUT
        if words[0] in ("label", "flag"):
            fields |= {"align": "right", "shrink": True}
    if "link" in words and "head" not in words:
        fields |= {"font_color": LINK_GREEN, "italic": True}
    return fields


class Looks(dict[str, Any]):
    """The formats of a workbook on its way, by the words of their style."""

    def __init__(self, book: Any) -> None:
        self.book = book

    def __missing__(self, words: str) -> Any:
        self[words] = self.book.add_format(style(words))
        return self[words]


_INPUT = {"font_color": INPUT_BLUE, "bg_color": "#FFFBE6", "border": 1, "border_color": "#7F9DB9", "locked": False}
_COLOURS = {"ACCENT": ACCENT, "TINT": TINT, "LINK_GREEN": LINK_GREEN}


def _looks(kind: str) -> dict[str, dict[Any, Any]]:
    """What data/looks.tsv says of cells or of rules: XlsxWriter's fields, as NAME=VALUE."""

    def read(value: str) -> object:
        try:
            return json.loads(value)
        except ValueError:
            return _COLOURS.get(value, value)

    lines = {line["name"]: line["fields"] for line in tsv.lines(DATA / "looks.tsv") if line["kind"] == kind}
    pairs = {name: (field.partition("=") for field in fields.split()) for name, fields in lines.items()}
    return {name: {field: read(value) for field, _, value in each} for name, each in pairs.items()}


_LOOKS, _RULES = _looks("look"), _looks("rule")
