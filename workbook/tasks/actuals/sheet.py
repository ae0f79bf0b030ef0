"""The sheet Actuals: plan and actual side by side, and where break-even has moved to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbook.file import tsv
from workbook.file.addresses import quoted_sheet, row_and_column
from workbook.tasks.actuals.months import HEADS, MOST, NAME, READ, Actual
from workbook.template.grid import Place, letters
from workbook.template.inputs import MOST_MONTHS
from workbook.template.rows import filled
from workbook.template.styles import GREY, Looks

FIRST = 16
"""Line of month 0."""
LAST = FIRST + MOST_MONTHS
YEAR = 12
"""Months of the bill that are drawn at least."""
_BEGIN = FIRST + 1


_MONTHS = {column: f"${column}${_BEGIN}:${column}${LAST}" for column in "ADEFJN"}
"""Months 1 to 36 of a column."""
_WHOLE = {column: f"${column}${FIRST}:${column}${LAST}" for column in "MN"}
"""Months 0 to 36 of a column."""
_READ = {column: f"${column}${READ}:${column}${READ + MOST - 1}" for column in "ABCF"}
"""A column of what was read."""
_LEFT = f"($A${LAST}+1-{_MONTHS['A']})"
_NEXT = f"INDEX({_WHOLE['N']},$E$11+1)"
_PARTS = {
    **_MONTHS,
    "all_M": _WHOLE["M"],
    "all_N": _WHOLE["N"],
    "back": f"SUMPRODUCT(MAX(({_MONTHS['N']}>=0)*{_LEFT}))",
    "low": f'($A${LAST}+1-SUMPRODUCT(MAX(({_MONTHS["D"]}<>"")*{_LEFT})))',
    "high": f'SUMPRODUCT(MAX(({_MONTHS["D"]}<>"")*{_MONTHS["A"]}))',
    "crossed": f"$E$11-{_NEXT}/({_NEXT}-INDEX({_WHOLE['N']},$E$11))",
    "first": str(FIRST),
    "last": str(LAST),
}
_DATA = Path(__file__).parent / "data"
FORECAST = tsv.lines(_DATA / "forecast.tsv")
"""What the forecast rests on, and what it says."""
COLUMNS = tsv.lines(_DATA / "columns.tsv")
"""The columns of the months."""


class ActualsSheet:
    """One sheet on its way into a workbook."""

    def __init__(
        self, book: Any, name: str, places: Mapping[str, Place], months: list[Actual], running: int, reach: int
    ) -> None:
        """`reach` : the last month of the plan of which something was read."""
        self.book, self.sheet = book, book.add_worksheet(name)
        self.places, self.months, self.running, self.reach = places, months, running, reach
        self._looks = Looks(book)
        self._cells: dict[tuple[int, int], tuple[object, str]] = {}

    def write(self) -> None:
        """All of it, line by line: the writer keeps no line it has left."""
        self._head()
        self._table()
        self._what_was_read()
        sheet = self.sheet
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, int(column["width"]))
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer("&L&F&C&A&RPage &P of &N")
        sheet.freeze_panes(FIRST - 1, 2)
        heights = {1: 26, FIRST - 2: 45}
        for line in sorted({line for line, _ in self._cells}):
            if line in heights:
                sheet.set_row(line - 1, heights[line])
            for at in sorted(column for other, column in self._cells if other == line):
                content, look = self._cells[line, at]
                self._cell(line, at, content, look)
        self._charts()

    def _cell(self, line: int, column: int, content: object, look: str) -> None:
        """Write a cell; no label is a formula, whatever a file that was read is called."""
        if content is None:
            write = self.sheet.write_blank
        elif isinstance(content, int | float):
            write, content = self.sheet.write_number, float(content)
        elif look != "label" and str(content).startswith("="):
            write = self.sheet.write_formula
        else:
            write = self.sheet.write_string
        write(line - 1, column, content, self._looks[look])

    def _put(self, line: int, column: int, content: object, look: str = "label") -> None:
        self._cells[line, column] = (content, look)

    def _flow(self, key: str, month: int) -> str:
        """A month's cell of a row of Cash flow."""
        place = self.places[key]
        return f"{quoted_sheet(place.sheet)}!${letters(place.column + month)}${place.row + 1}"

    def _area(self, key: str) -> str:
        place = self.places[key]
        first, last = letters(place.column), letters(place.column if place.last is None else place.last)
        bottom = place.row if place.bottom is None else place.bottom
        return f"{quoted_sheet(place.sheet)}!${first}${place.row + 1}:${last}${bottom + 1}"

    def _head(self) -> None:
        self._put(1, 0, "Actuals: plan against what was used and billed", "title")
        purpose = (
            "Months ahead go on from the last whole month at the growth below; what is saved goes with the volume. "
            "Blue cells are yours."
        )
        self._put(2, 0, purpose, "remark")
        self._put(4, 0, "What was measured is option (1 is today)")
        self._put(4, 4, self.running or "=IF($E$5=0,1,$E$5)", "whole input")
        parts = _PARTS | {"names": self._area("names")}
        for each in FORECAST:
            line, column = row_and_column(each["place"])
            self._put(line, column - 1, each["label"], "label")
            self._put(line, column + 3, "=" + filled(each["formula"], parts), each["look"])

    def _table(self) -> None:
        for at, column in enumerate(COLUMNS):
            self._put(FIRST - 2, at, column["title"], "head")
            self._put(FIRST - 1, at, column["unit"], "unit")
        for month in range(MOST_MONTHS + 1):
            line = FIRST + month
            self._put(line, 0, f"={self._flow('t', month)}", "whole")
            if month:
                parts = self._month(month, line)
                for at, column in enumerate(COLUMNS[1:], 1):
                    self._put(line, at, "=" + filled(column["formula"], parts), column["look"])
            else:
                for at in (12, 13):
                    self._put(line, at, f"={self._flow('rec_sum', 0)}", "flow")

    def _month(self, month: int, line: int) -> dict[str, str]:
        """The parts of a month's formulas."""

        def read(column: str) -> str:
            """What was read of a whole month; "" where it was not."""
            found = f'({_READ["A"]}=$B{line})*({_READ["B"]}=1)*({_READ[column]}<>"")'
            return f'IF(SUMPRODUCT({found})=0,"",SUMIF({_READ["A"]},$B{line},{_READ[column]}))'

        cells = {"begins": "month_date", "volume": "volume", "net": "rec_net", "saved": "rec_sum"}
        return {
            **{part: self._flow(key, month) for part, key in cells.items()},
            "line": str(line),
            "before": str(line - 1),
            "read_C": read("C"),
            "read_F": read("F"),
            "calls_area": self._area("calls_area"),
            "side": "IF($E$4=$E$5,-1,IF($E$4=1,1,0))",
            "dearer": f"IF(ISNUMBER(F{line}),IF(J{line}=0,1,F{line}/J{line}),$E$10)-1",
            "alive": f"MAX(0,MIN(1,INDEX({self._area('lives')},1,$E$4)-$A{line}+1))",
            "ahead": f"IF(COUNT(D{line}:D${LAST})>0,C{line},K{line - 1}*(1+$E$9))",
        }

    def _what_was_read(self) -> None:
        self._put(
            READ - 2,
            0,
            "What was read: each run adds its months. Whole: 1 yes, 0 no; a month cut off is not compared",
            "label",
        )
        for column in range(len(COLUMNS)):  # the last one, Read from, runs on to the right
            last = column >= len(HEADS) - 1
            self._put(READ - 1, column, HEADS[column] if column < len(HEADS) else None, "head left" if last else "head")
        for line, month in enumerate(self.months[-MOST:], READ):
            for column, (value, look) in enumerate(month.cells()):
                self._put(line, column, value, look)

    def _charts(self) -> None:
        def series(title: str, column: str, last: int = LAST, **more: Any) -> dict[str, Any]:
            months, values = (f"='{NAME}'!${each}${FIRST}:${each}${last}" for each in ("A", column))
            return {"name": title, "categories": months, "values": values, **more}

        saved = self.book.add_chart({"type": "line"})
        saved.add_series(series("planned", "M", line={"color": GREY, "dash_type": "dash"}))
        saved.add_series(series("as it now looks", "N", line={"color": "#1F4E79", "width": 2.5}))
        saved.set_title({"name": "Saved to date against today", "name_font": {"size": 12}})
        bill = self.book.add_chart({"type": "column"})
        shown = min(LAST, FIRST + max(YEAR, self.reach))  # three years of growth would hide the months there are
        bill.add_series(series("plan", "E", shown, fill={"color": "#BFBFBF"}))
        bill.add_series(series("billed", "F", shown, fill={"color": "#1F4E79"}))
        bill.set_title({"name": "Calls: plan and bill", "name_font": {"size": 12}})
        for chart, line, step in ((saved, 2, 6), (bill, FIRST + 4, 1)):
            chart.set_x_axis({"name": "Month of the plan", "label_position": "low", "interval_unit": step})
            chart.set_y_axis({"num_format": "#,##0"})
            chart.set_legend({"position": "bottom"})
            chart.set_size({"width": 560, "height": 330})
            self.sheet.insert_chart(line, len(COLUMNS) + 1, chart)
