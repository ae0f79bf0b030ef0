"""The values of a portfolio's formulas: each column once, for all use cases."""

from __future__ import annotations

from collections.abc import Iterable

from workbook.engines import vectors
from workbook.engines.lines import Lines
from workbook.tasks.kinds import INPUTS, MODEL
from workbook.tasks.portfolio.columns import AXIS, Layout
from workbook.template.inputs import COUNT, MOST_MONTHS
from workbook.template.sheets.cashflow import REACH
from workbook.template.sheets.inputs import CONSTANTS

FIRST_LINE = 5


def axis(layout: Layout) -> dict[int, float]:
    """Columns of the sheet Model with a number above the lines: options, months, rates to try."""
    number, time = layout.options["number"], layout.months["t"]
    return {
        **{number + option - 1: float(option) for option in range(1, COUNT + 1)},
        **{time + month: float(month) for month in range(MOST_MONTHS + 1)},
        **{layout.figures[f"x.{index}"]: float(reach) for index, reach in enumerate(REACH)},
    }


def worked_out(layout: Layout, entered: Iterable[vectors.Entered], lines: int) -> Lines:
    """The sheet Model of some use cases, ready to be asked for the values of a column; `entered` is the table's."""
    return Lines(
        (MODEL, INPUTS),
        {column.place: column.formula or column.constant for column in layout.columns},
        {(AXIS, place + 1): number for place, number in axis(layout).items()},
        {name: float(constant) for name, *_, constant in CONSTANTS},
        dict(zip(layout.given.values(), entered, strict=True)),
        lines,
    )
