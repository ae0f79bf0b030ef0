"""What the model says of each use case."""

from __future__ import annotations

from dataclasses import dataclass

from pycalc.errors import CalcError
from workbook.engines.lines import Lines
from workbook.tasks.portfolio.columns import Layout, lay_out
from workbook.tasks.portfolio.table import Table
from workbook.tasks.portfolio.values import worked_out


@dataclass(frozen=True)
class Shown:
    """A column of the sheet Portfolio, or of the table of results."""

    key: str
    title: str
    unit: str
    look: str
    figure: str
    """The model's figure; it is shown where an answer exists."""
    width: float = 13
    total: bool = False


SHOWN = (
    Shown("recommendation", "What to do", "", "wrap small", "action_text", 52),
    Shown("best_option", "Recommended", "", "label", "best_label", 26),
    Shown("rec_saving_monthly", "Saves in month one", "USD a month", "money", "best_saving", total=True),
    Shown("rec_upfront", "Paid up front", "USD", "money", "best_upfront", total=True),
    Shown("rec_breakeven_months", "Break-even", "months", "months", "best_back", 11),
    Shown("rec_payback", "Discounted payback", "months", "months", "best_payback", 11),
    Shown("rec_irr", "Internal rate of return", "a year", "rate", "best_irr", 11),
    Shown("rec_npv", "Net present value", "USD", "flow", "best_npv", 14, total=True),
    Shown("pe_year1", "Today: year 1", "USD, all in", "flow", "today_year1", 14, total=True),
    Shown("rec_year1", "Recommended: year 1", "USD, all in", "flow", "best_year1", 14, total=True),
    Shown("rec_saving_year1", "Saves in year 1", "USD, all in", "flow", "saved_year1", 14, total=True),
    Shown("pe_monthly", "Today: month one", "USD a month", "money", "running.1", total=True),
    Shown("ft_monthly", "Fine-tuned: month one", "USD a month", "money", "running.5"),
    Shown("ft_upfront", "Fine-tuned: up front", "USD", "money", "upfront.5"),
    Shown("ft_npv", "Fine-tuned: net present value", "USD", "flow", "npv.5", 14),
    Shown("changes", "It changes", "1 yes, 0 no", "whole", "changes", 10, total=True),
    Shown("gaps", "Inputs missing", "cells", "whole", "gap_count", 10),
)


TEXTS = ("recommendation", "best_option")
ALWAYS = (*TEXTS, "gaps")
"""Shown even where inputs are missing: they say which."""


@dataclass
class Results:
    """Some use cases worked out."""

    layout: Layout
    lines: Lines
    found: list[dict[str, object]]
    """Each use case's results by name; None where no answer exists, an input is missing or an option is not defined."""


def results(table: Table) -> Results:
    """The model's columns, their values, and what is shown of each use case."""
    layout = lay_out({name: place for place, name in enumerate(table.inputs, 1)})
    lines = worked_out(layout, table.rows)
    columns = [shown(layout, lines, column) for column in SHOWN]
    names = [column.key for column in SHOWN]
    found = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    for row in found:
        if row["gaps"]:
            row.update(dict.fromkeys(set(names) - set(ALWAYS)))
    return Results(layout, lines, found)


def shown(layout: Layout, lines: Lines, column: Shown) -> list[object]:
    """A result of each use case."""
    place = place_of(layout, column.figure)
    values = lines.values(place) if place >= 0 else [None] * lines.lines
    return [None if isinstance(value, CalcError) or value == "" else value for value in values]


def place_of(layout: Layout, figure: str) -> int:
    key, _, option = figure.partition(".")
    if option and int(option) not in layout.used:
        return -1
    return layout.options[key] + int(option) - 1 if option else layout.figures[key]
