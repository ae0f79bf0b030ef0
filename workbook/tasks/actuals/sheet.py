"""The sheet Actuals: plan and actual side by side, and where break-even has moved to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbook.tasks.actuals.months import HEADS, MOST, NAME, READ, Actual
from workbook.template.grid import Place, letters, quoted
from workbook.template.inputs import MOST_MONTHS
from workbook.template.styles import style

FIRST = 16
"""Line of month 0."""
LAST = FIRST + MOST_MONTHS
YEAR = 12
"""Months of the bill that are drawn at least."""
_BEGIN = FIRST + 1


def _span(column: str) -> str:
    """Months 1 to 36 of a column."""
    return f"${column}${_BEGIN}:${column}${LAST}"


def _whole(column: str) -> str:
    """Months 0 to 36 of a column."""
    return f"${column}${FIRST}:${column}${LAST}"


def _read(column: str) -> str:
    """A column of what was read."""
    return f"${column}${READ}:${column}${READ + MOST - 1}"


_LEFT = f"($A${LAST}+1-{_span('A')})"
_BACK = f"SUMPRODUCT(MAX(({_span('N')}>=0)*{_LEFT}))"
_LOW = f'($A${LAST}+1-SUMPRODUCT(MAX(({_span("D")}<>"")*{_LEFT})))'
_HIGH = f'SUMPRODUCT(MAX(({_span("D")}<>"")*{_span("A")}))'
_CROSSED = f"$E$11-INDEX({_whole('N')},$E$11+1)/(INDEX({_whole('N')},$E$11+1)-INDEX({_whole('N')},$E$11))"

ASSUMED = (
    (
        5,
        "Recommended option",
        "=IF(ISNUMBER(MATCH(out_best_option,{names},0)),MATCH(out_best_option,{names},0),0)",
        "whole",
    ),
    (6, "Whole months read and within the plan", f"=COUNT({_span('D')})", "whole"),
    (7, "Growth a month, planned", "=N(monthly_growth)", "share"),
    (
        8,
        "Growth a month, first to last whole month",
        f'=IF($E$6<=1,"",(INDEX({_span("D")},{_HIGH})/INDEX({_span("D")},{_LOW}))^(1/({_HIGH}-{_LOW}))-1)',
        "share",
    ),
    (9, "Growth to go on with (yours to change)", "=IF(ISNUMBER($E$8),$E$8,$E$7)", "share input"),
    (
        10,
        "Billed, as a multiple of the plan at the same volume",
        f"=IF(SUM({_span('J')})=0,1,SUM({_span('F')})/SUM({_span('J')}))",
        "multiple",
    ),
    (11, "First month whose running total is back at zero", f"=IF({_BACK}=0,0,$A${LAST}+1-{_BACK})", "whole"),
)
RESULTS = (
    (
        4,
        "Break-even as planned, months",
        '=IF(ISNUMBER(out_rec_breakeven_months),out_rec_breakeven_months,"never")',
        "months total",
    ),
    (
        5,
        "Break-even as it now looks, months",
        f'=IF($N${FIRST}>=0,0,IF($E$11=0,"never",{_CROSSED}))',
        "months total",
    ),
    (6, "Saved over the months counted: planned", f"=INDEX({_whole('M')},N(months)+1)", "flow"),
    (7, "Saved by then, as it now looks", f"=INDEX({_whole('N')},N(months)+1)", "flow"),
    (8, "Calls billed in the whole months read", f"=SUM({_span('F')})", "flow"),
    (9, "Calls planned for the same months", f'=SUMPRODUCT(({_span("F")}<>"")*{_span("E")})', "flow"),
)
"""Line, label, formula, look: what the forecast rests on, and what it says."""

COLUMNS = (
    ("Month", "", 9),
    ("Begins on", "", 12),
    ("Tasks: plan", "per month", 13),
    ("Tasks: actual", "per month", 13),
    ("Calls: plan", "currency", 13),
    ("Calls: billed", "currency", 13),
    ("Difference", "currency", 13),
    ("of it by volume", "currency", 13),
    ("by price and length", "currency", 13),
    ("Plan at actual volume", "currency", 13),
    ("Tasks: actual, then forecast", "per month", 14),
    ("Saved a month, as it now looks", "currency", 15),
    ("Running total: planned", "currency", 15),
    ("Running total: as it now looks", "currency", 15),
)


class ActualsSheet:
    """One sheet on its way into a workbook."""

    def __init__(
        self, book: Any, name: str, places: Mapping[str, Place], months: list[Actual], running: int, reach: int
    ) -> None:
        """`reach` : the last month of the plan of which something was read."""
        self.book, self.sheet = book, book.add_worksheet(name)
        self.places, self.months, self.running, self.reach = places, months, running, reach
        self._looks: dict[str, Any] = {}
        self._cells: dict[tuple[int, int], tuple[object, str]] = {}

    def write(self) -> None:
        """All of it, line by line: the writer keeps no line it has left."""
        self._head()
        self._table()
        self._what_was_read()
        sheet = self.sheet
        for place, (_, _, width) in enumerate(COLUMNS):
            sheet.set_column(place, place, width)
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
            for column in sorted(column for other, column in self._cells if other == line):
                content, look = self._cells[line, column]
                self._cell(line, column, content, self._look(look))
        self._charts()

    def _look(self, name: str) -> Any:
        if name not in self._looks:
            self._looks[name] = self.book.add_format(style(name))
        return self._looks[name]

    def _cell(self, line: int, column: int, content: object, look: Any) -> None:
        sheet = self.sheet
        if content is None:
            sheet.write_blank(line - 1, column, None, look)
        elif isinstance(content, bool | int | float):
            sheet.write_number(line - 1, column, float(content), look)
        elif str(content).startswith("="):
            sheet.write_formula(line - 1, column, str(content), look)
        else:
            sheet.write_string(line - 1, column, str(content), look)

    def _put(self, line: int, column: int, content: object, look: str = "label") -> None:
        self._cells[line, column] = (content, look)

    def _flow(self, key: str, month: int) -> str:
        """A month's cell of a row of Cash flow."""
        place = self.places[key]
        return f"{quoted(place.sheet)}!${letters(place.column + month)}${place.row + 1}"

    def _area(self, key: str) -> str:
        place = self.places[key]
        first, last = letters(place.column), letters(place.column if place.last is None else place.last)
        bottom = place.row if place.bottom is None else place.bottom
        return f"{quoted(place.sheet)}!${first}${place.row + 1}:${last}${bottom + 1}"

    def _head(self) -> None:
        self._put(1, 0, "Actuals: plan against what was used and billed", "title")
        purpose = (
            "Months ahead go on from the last whole month at the growth below; what is saved goes with the volume. "
            "Blue cells are yours."
        )
        self._put(2, 0, purpose, "remark")
        self._put(4, 0, "What was measured is option (1 is today)")
        self._put(4, 4, self.running or "=IF($E$5=0,1,$E$5)", "whole input")
        for (line, label, formula, look), at in (*((each, 0) for each in ASSUMED), *((each, 7) for each in RESULTS)):
            self._put(line, at, label, "label")
            self._put(line, at + 4, formula.replace("{names}", self._area("names")), look)

    def _table(self) -> None:
        for column, (title, unit, _) in enumerate(COLUMNS):
            self._put(FIRST - 2, column, title, "head")
            self._put(FIRST - 1, column, unit, "unit")
        for month in range(MOST_MONTHS + 1):
            line = FIRST + month
            self._put(line, 0, f"={self._flow('t', month)}", "whole")
            if month:
                for column, (formula, look) in enumerate(self._month(month, line), 1):
                    self._put(line, column, f"={formula}", look)
            else:
                for column in (12, 13):
                    self._put(line, column, f"={self._flow('rec_sum', 0)}", "flow")

    def _month(self, month: int, line: int) -> tuple[tuple[str, str], ...]:
        """Columns B to N of a month."""
        begins = self._flow("month_date", month)

        def read(column: str) -> str:
            """What was read of a whole month; "" where it was not."""
            found = f'({_read("A")}=$B{line})*({_read("B")}=1)*({_read(column)}<>"")'
            return f'IF(SUMPRODUCT({found})=0,"",SUMIF({_read("A")},$B{line},{_read(column)}))'

        known, billed = f"ISNUMBER(F{line})", read("F")
        dearer = f"IF({known},IF(J{line}=0,1,F{line}/J{line}),$E$10)-1"
        side = "IF($E$4=$E$5,-1,IF($E$4=1,1,0))"
        net = self._flow("rec_net", month)
        alive = f"MAX(0,MIN(1,INDEX({self._area('lives')},1,$E$4)-$A{line}+1))"
        ahead = f"IF(COUNT(D{line}:D${LAST})>0,C{line},K{line - 1}*(1+$E$9))"
        return (
            (f'IF(N(start_date)=0,"",{begins}-DAY({begins})+1)', "date"),
            (self._flow("volume", month), "count"),
            (read("C"), "count"),
            (f"INDEX({self._area('calls_area')},$E$4,$A{line})", "money"),
            (
                f'IF(ISNUMBER(D{line}),IF(ISNUMBER({billed}),{billed}*IF(N(usd_rate)>0,usd_rate,1),""),"")',
                "money",
            ),
            (f'IF({known},F{line}-E{line},"")', "money"),
            (f'IF({known},J{line}-E{line},"")', "money"),
            (f'IF({known},F{line}-J{line},"")', "money"),
            (f'IF({known},IF(C{line}=0,0,E{line}*D{line}/C{line}),"")', "money"),
            (f"IF(ISNUMBER(D{line}),D{line},IF($A{line}=1,C{line},{ahead}))", "count"),
            (
                f"IF(N({net})=0,0,IF(C{line}=0,0,K{line}/C{line})*({net}+{side}*E{line}*{alive}*({dearer})))",
                "flow",
            ),
            (self._flow("rec_sum", month), "flow"),
            (f"N{line - 1}+L{line}", "flow"),
        )

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
        saved.add_series(series("planned", "M", line={"color": "#7F7F7F", "dash_type": "dash"}))
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
