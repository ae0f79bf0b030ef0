"""The values of a portfolio's formulas, by the embedded engine, some lines at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workbook.tasks.portfolio.columns import AXIS, INPUTS, LINE, MODEL, Layout
from workbook.template.inputs import COUNT, MOST_MONTHS
from workbook.template.sheets.inputs import CONSTANTS

LINES = 200
"""Lines the engine holds at once."""

FIRST_LINE = 5


def evaluated(layout: Layout, rows: Sequence[Sequence[object]]) -> Iterator[list[object]]:
    """For each row of the table the values of all columns of the sheet Model, in their order."""
    for start in range(0, len(rows), LINES):
        yield from _some(layout, rows[start : start + LINES])


def _some(layout: Layout, rows: Sequence[Sequence[object]]) -> Iterator[list[object]]:
    import re

    import formualizer

    from workbook.engines.formualizer import register
    from workbook.engines.longchains import in_groups

    engine = formualizer.Workbook()
    engine.set_temporal_egress("serial")
    register(engine)
    for name in (INPUTS, MODEL, "Constants"):
        engine.add_sheet(name)
    constants = {}
    for place, (name, *_, constant) in enumerate(CONSTANTS, 1):
        engine.set_value("Constants", place, 1, constant)
        constants[name] = f"Constants!$A${place}"
    pattern = re.compile(r'"[^"]*"|(?<![\w.!$\'])(?:' + "|".join(constants) + r")(?![\w(!.])")
    number, time = layout.options["number"], layout.months["t"]
    for option in range(1, COUNT + 1):
        engine.set_value(MODEL, AXIS, number + option, option)
    for month in range(MOST_MONTHS + 1):
        engine.set_value(MODEL, AXIS, time + month + 1, month)
    sheet, inputs = engine.sheet(MODEL), engine.sheet(INPUTS)
    width = max(layout.given.values(), default=0) + 1
    grid: list[list[object]] = [[None] * width for _ in rows]
    for line, row in zip(grid, rows, strict=True):
        for place, given in zip(layout.given.values(), row, strict=True):
            line[place] = given
    inputs.set_values_batch(FIRST_LINE, 1, len(rows), width, grid)
    for column in layout.columns:
        if column.formula:
            text = "=" + in_groups(pattern.sub(lambda match: constants.get(match[0], match[0]), column.formula)[1:])
            lines = [[text.replace(LINE, str(FIRST_LINE + place))] for place in range(len(rows))]
            sheet.set_formulas_batch(FIRST_LINE, column.place + 1, len(rows), 1, lines)
        else:
            sheet.set_values_batch(FIRST_LINE, column.place + 1, len(rows), 1, [[column.constant]] * len(rows))
    engine.evaluate_all()
    for place in range(len(rows)):
        yield [_plain(engine.get_value(MODEL, FIRST_LINE + place, column.place + 1)) for column in layout.columns]


def _plain(raw: Any) -> object:
    from workbook.template.build import _plain as plain

    return plain(raw)
