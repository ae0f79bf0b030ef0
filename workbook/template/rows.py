"""The rows of the model and of the sheets as data: data/rows.tsv.

A line holds group, key, label, unit, style, formula over keys, then what stands in month 0 where that is another
formula (or "none"), the defined name and a note. `{name}` is a part that code writes, because it is the
same for several rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbook.file import tsv
from workbook.template.grid import Row
from workbook.template.inputs import DATA

_PART = re.compile(r"\{(\w+)\}")


def rows(group: str, parts: Mapping[str, str] | None = None) -> tuple[Row, ...]:
    """The rows of a group, with `parts` filled in."""

    def written(line: dict[str, str]) -> Row:
        key, label, formula = (filled(line[field], parts or {}) for field in ("key", "label", "formula"))
        opening = {"": None, "none": ""}.get(line["opening"], line["opening"])
        return Row(key, label, line["unit"], formula, line["style"], line["name"] or None, line["note"], opening)

    return tuple(written(line) for line in tsv.lines(DATA / "rows.tsv") if line["group"] == group)


def texts(part: str) -> tuple[str, ...]:
    """The texts of a part of data/log.tsv."""
    return tuple(line["text"] for line in tsv.lines(DATA / "log.tsv") if line["part"] == part)


def filled(text: str, parts: Mapping[str, str]) -> str:
    """A text with its `{name}` replaced by the part of that name."""
    return _PART.sub(lambda match: parts[match[1]], text)
