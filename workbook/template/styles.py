"""Number formats and looks. A style is some words: the number format first, then what the cell is."""

from __future__ import annotations

from typing import Any

ACCENT = "#1F4E79"
TINT = "#DCE6F1"
SERIES = (ACCENT, "#7F7F7F", "#9DC3E6", "#404040", "#BFBFBF", "#5B9BD5")
INPUT_BLUE = "#0000FF"
LINK_GREEN = "#00703C"

NUMBERS = {
    "money": "#,##0.00;[Red]-#,##0.00",
    "flow": "#,##0;[Red]-#,##0",
    "price": "#,##0.00##",
    "unitprice": "#,##0.0000",
    "call": "0.000000",
    "count": "#,##0",
    "tokens": "#,##0",
    "months": "#,##0.00",
    "share": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "rate": '[>10]"> 1,000%";[<0]-#,##0.0%;#,##0.0%',
    "whole": "#,##0",
    "number": "General",
    "factor": "0.0000",
    "tiny": "0E+00",
    "date": "yyyy-mm-dd;;",
    "step": "0",
    "flag": '"TRUE";"TRUE";"FALSE"',
    "exact": "General",
    "scientific": "0.0E+00;-0.0E+00;0",
    "multiple": "0.00",
    "within": '[<1000000000000000]#,##0.00##;""',
    "cost": '[<1000000000000000]#,##0;""',
    "used": '"yes";;',
}
"""Formats of numbers; their units stand in the column of units.
"""


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


_INPUT = {"font_color": INPUT_BLUE, "bg_color": "#FFFBE6", "border": 1, "border_color": "#7F9DB9", "locked": False}
_LOOKS: dict[str, dict[Any, Any]] = {
    "title": {"font_size": 18, "bold": True, "font_color": ACCENT},
    "title2": {"bold": True, "text_wrap": True, "align": "center"},
    "purpose": {"font_color": "#595959"},
    "status": {"bold": True, "font_color": ACCENT, "font_size": 9},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "align": "center", "text_wrap": True},
    "left": {"align": "left"},
    "wrap": {"text_wrap": True},
    "wrapped": {"text_wrap": True, "valign": "top", "font_size": 9},
    "heading": {"bold": True, "align": "center", "font_color": ACCENT},
    "free": {"locked": False},
    "faint": {"font_color": "#BFBFBF", "font_size": 8},
    "linked": {"font_color": "#0563C1", "underline": 1},
    "band": {"bold": True, "font_color": ACCENT, "bg_color": TINT},
    "missing": {"italic": True},
    "label": {},
    "right": {"align": "right"},
    "small": {"font_size": 9},
    "shrink": {"shrink": True},
    "top": {"valign": "top"},
    "unit": {"font_color": "#595959", "indent": 1},
    "note": {"font_color": "#595959", "font_size": 9, "text_wrap": True, "indent": 1},
    "remark": {"font_color": "#595959", "font_size": 9, "indent": 1},
    "source": {"font_color": "#595959", "font_size": 9, "text_wrap": True, "indent": 1},
    "code": {"font_name": "Consolas", "font_size": 9, "font_color": "#595959"},
    "answer": {"align": "right", "shrink": True},
    "total": {"bold": True, "top": 1, "top_color": ACCENT},
    "live": {"bg_color": "#F2F2F2"},
    "closed": {"bg_color": "#EDEDED"},
    "headline": {
        "font_size": 16,
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": ACCENT,
        "text_wrap": True,
        "align": "left",
        "indent": 1,
    },
    "sentence": {"text_wrap": True, "valign": "top", "font_size": 11},
    "strong": {"bold": True, "font_size": 11},
    "compared": {"text_wrap": True, "align": "right", "font_size": 9, "num_format": "General"},
    "verdict": {"text_wrap": True, "align": "right", "font_size": 9},
    "centre": {"align": "center"},
    "state": {"align": "center", "bold": True},
    "apart": {"indent": 1},
    "para": {"text_wrap": True, "valign": "top"},
}
_RULES: dict[str, dict[Any, Any]] = {
    "bad": {"font_color": "#FFFFFF", "bg_color": "#C00000", "bold": True},
    "good": {"font_color": "#00703C"},
    "faint": {"font_color": "#BFBFBF"},
    "chosen": {"bg_color": "#5B9BD5"},
    "stop": {"font_color": "#C00000", "bold": True},
    "absent": {"font_color": "#A6A6A6"},
    "hidden": {"font_color": "#FFFFFF"},
    "unused": {"font_color": "#FFFFFF", "num_format": ";;;"},
    "grey": {"font_color": "#7F7F7F"},
    "mark": {"bg_color": TINT, "bold": True},
}
