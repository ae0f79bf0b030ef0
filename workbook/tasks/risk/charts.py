"""The two charts of the sheet Risk: the histogram of the outcomes, and the tornado of what drives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xlsxwriter

from workbook.file.addresses import quoted_sheet
from workbook.template.styles import GRID, SERIES

_WIDTH = 655
Rows = tuple[int, int]
"""The first and the last row of a table, from 1."""


def insert_charts(
    book: xlsxwriter.Workbook, sheet: Any, row: int, histogram: Rows, tornado: Rows, *, more: bool, height: int
) -> None:
    """Insert both side by side; `row` counts from 0, `more` says that the table of drivers has rows not shown."""
    name = quoted_sheet(sheet.name)

    def columns_of(rows: Rows) -> Callable[[str], str]:
        return lambda column: f"={name}!${column}${rows[0]}:${column}${rows[1]}"

    for chart, offset, what in (
        (_histogram(book, columns_of(histogram)), 0, "Histogram of the net saving"),
        (_tornado(book, columns_of(tornado), more), _WIDTH + 8, "Tornado of the inputs"),
    ):
        chart.set_size({"width": _WIDTH, "height": height})
        sheet.insert_chart(row, 0, chart, {"description": what, "x_offset": offset})


def _histogram(book: xlsxwriter.Workbook, area: Callable[[str], str]) -> Any:
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "Share of trials",
            "categories": area("A"),
            "values": area("E"),
            "fill": {"color": SERIES[0]},
            "gap": 5,
        }
    )
    chart.set_title({"name": "Net saving, USD: share of trials", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_x_axis({"label_position": "low", "num_font": {"rotation": -90, "size": 8}})
    chart.set_y_axis({"num_format": "0%", "major_gridlines": {"visible": True, "line": {"color": GRID}}})
    return chart


def _tornado(book: xlsxwriter.Workbook, area: Callable[[str], str], more: bool) -> Any:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, label, colour in (("H", "Lowest tenth of the input", SERIES[0]), ("I", "Highest tenth", SERIES[2])):
        chart.add_series(
            {
                "name": label,
                "categories": area("A"),
                "values": area(column),
                "fill": {"color": colour},
                "border": {"color": "#404040"},
                "gap": 40,
            }
        )
    chart.set_title(
        {
            "name": "What drives it: mean saving less the mean of all, USD" + (" (the largest)" if more else ""),
            "name_font": {"size": 12},
        }
    )
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": GRID}}})
    chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 8}})
    chart.set_legend({"position": "bottom"})
    return chart
