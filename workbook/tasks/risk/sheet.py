"""The sheet Risk: figures and charts on its first page, the tables behind them on the next."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import xlsxwriter

from pycalc.risk.drivers import SEEN, Estimate
from pycalc.risk.simulate import Result
from pycalc.version import VERSION
from workbook.file import tsv
from workbook.tasks.risk.asked import KNOWN, NOTHING, Question, Used
from workbook.tasks.risk.charts import insert_charts
from workbook.tasks.risk.figures import bars, driver_label, figures, question_words
from workbook.template.styles import Looks

_BLANK: tuple[tuple[object, str]] = ((None, "label"),)
_FROZEN, _LIVE = "frozen", "live"
_COLUMNS = (46, 13, 13, 13, 19, 13, 13, 13, 13, 13, 13)
_HEADS = {
    line["table"]: line["titles"].split(" | ") for line in tsv.lines(Path(__file__).parent / "data" / "heads.tsv")
}
_ROW_PIXELS = 20
_OF_DRIVERS = (
    "A share is what knowing that input alone would take off the variance; inputs also work together, so the shares "
    "need not add up to 100%.",
    "Its standard error is an approximation: outcomes taken as normal within each twentieth of the input. A price cut "
    "has no tenths: lowest is where it does not come, highest where it does.",
)
_THEN_AND_NOW = "Low, base and high of every input, the months and the scenario, then and now; see the last table"
_MOST_BARS = 15
"""Inputs in the tornado: the largest. The table below has all."""
_PAGE_ROWS = 46
"""Rows of a printed page at the scale below, without a table's heading."""
_PRINT_SCALE = 70


class _Exact(float):
    """A number that is written with all its digits, so that the live value beside it is equal."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


class RiskSheet:
    """The sheet, written row by row: XlsxWriter keeps no row it has left."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, asked: Question, result: Result) -> None:
        self.book = book
        self.name = name
        self.asked = asked
        self.result = result
        self.figures = figures(asked, result)
        self.bars = list(bars(result))
        self.sheet = book.add_worksheet(name)
        self.looks = Looks(book)
        self.row = 0
        self.groups = self._groups()
        # Where the tables will stand, for formulas that read rows further down. Zero-based rows of their headings.
        self.results = 5 if asked.scenario_words() else 4
        self.options = self.results + 1 + len(self.figures) + 2
        self.charts = self.options + (len(asked.chances) + 3 if asked.chances else 0) + 1
        self.drivers = self.charts + -(-self._chart_height() // _ROW_PIXELS) + 1
        self.histogram = self.drivers + 1 + len(result.drivers) + 3
        self.inputs = self.histogram + 1 + len(self.bars) + 1

    def line(self, *contents: tuple[object, str] | tuple[object, str, object]) -> int:
        """Write one row: each content with its style, a formula with its value as well. Returns the row's number."""
        for column, (content, words, *value) in enumerate(contents):
            if isinstance(content, str) and content.startswith("=") and value:
                shown = value[0]
                self.sheet.write_formula(self.row, column, content, self.looks[words], "" if shown is None else shown)
            elif isinstance(content, str):
                self.sheet.write_string(self.row, column, content, self.looks[words])
            elif isinstance(content, (int, float)):
                self.sheet.write_number(self.row, column, _Exact(content), self.looks[words])
            elif words == "band":
                self.sheet.write_blank(self.row, column, None, self.looks[words])
        self.row += 1
        return self.row

    def heads(self, table: str) -> None:
        """The heading of a table, in its planned row, high enough for its longest text."""
        at, texts = getattr(self, table), _HEADS[table]
        assert self.row <= at, (self.row, at)
        self.row = at
        lines = max(-(-len(text) // (width - 2)) for text, width in zip(texts, _COLUMNS, strict=False))
        self.sheet.set_row(at, 4 + 13 * lines)
        self.line((texts[0], "head left"), *((text, "head wrap") for text in texts[1:]))

    def _figure_row(self, label: str) -> int:
        """The number of the row, from 1, that shows a figure."""
        return self.results + 2 + [figure[0] for figure in self.figures].index(label)

    def write(self) -> None:
        sheet = self.sheet
        for column, width in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, self.looks["label"])
        sheet.hide_gridlines(2)
        self._results()
        if self.asked.chances:
            self._options()
        histogram = (self.histogram + 2, self.histogram + 1 + len(self.bars))
        tornado = (self.drivers + 2, self.drivers + 1 + max(1, self._bars_shown()))
        more = len(self.result.drivers) > tornado[1] - tornado[0] + 1
        height = self._chart_height()
        insert_charts(self.book, sheet, self.charts, histogram, tornado, more=more, height=height)
        self._drivers()
        self._histogram()
        self._inputs()
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.set_print_scale(_PRINT_SCALE)  # Excel passes over page breaks where a sheet is fitted to its pages
        sheet.set_h_pagebreaks(self._breaks())
        sheet.set_footer(f"&L&8&F, {self.name}&C&8llm-breakeven {VERSION}&R&8&D, page &P of &N")
        sheet.freeze_panes(3, 1)

    def _options(self) -> None:
        """Every option: how often it is open, how often the cheapest of what is, and what choosing it would regret."""
        self.heads("options")
        for chance in self.asked.chances:
            shares = [(chance.cheapest, "share"), (chance.open, "share")]
            amounts = [(value, "flow") for value in (chance.regret, chance.mean, chance.low, chance.high)]
            line = [(value, look) if value == value else ("–", "label right") for value, look in (*shares, *amounts)]
            self.line((chance.name, "label"), *line)
        self.line(("Regret: what it costs more than the cheapest open option of the same draw.", "remark"))

    def _breaks(self) -> list[int]:
        """Pages begin with a table; the tables of drivers and histogram share one where they fit."""
        second = [] if self.inputs - self.drivers <= _PAGE_ROWS else [self.histogram]
        return [self.drivers, *second, self.inputs]

    def _results(self) -> None:
        result = self.result
        self.line(("Risk: what the switch may bring", "title"))
        self.line((f"{question_words(self.asked)} Inputs are triangular between low and high.", "purpose"))
        self.line(
            (
                f"Frozen: one run of {result.trials:,} trials, seed {result.seed}, llm-breakeven {VERSION}. `breakeven "
                "risk` makes it anew, Excel cannot repeat the draws. Cells marked live follow the workbook.",
                "status",
            )
        )
        if self.asked.scenario_words():
            self.line((self.asked.scenario_words(), "status"))
        self.heads("results")
        for label, estimate, words, unit, note in self.figures:
            error = estimate.error if isinstance(estimate, Estimate) else None
            value = estimate.value if isinstance(estimate, Estimate) else estimate
            self.line(
                (label, "label"), (value, words), (error, words), (unit, "unit"), (_FROZEN, "unit"), (note, "unit")
            )
        first = self.inputs + 2
        rows = sum(1 + len(group) for group in self.groups.values()) + (self.asked.scenario is not None)
        area = f"I{first}:I{first + rows - 1}"
        self.line(
            ("Inputs that have changed since the run", "label"),
            (f'=IF(SUM({area})=0,"none",SUM({area})&": run it again")', "answer", "none"),
            *_BLANK * 2,
            (_LIVE, "unit"),
            (_THEN_AND_NOW, "unit"),
        )
        self.divisor = self.line(
            ("Divisor of the deviations in the last table", "label"),
            (2, "step"),
            *_BLANK,
            ("number", "unit"),
            *_BLANK,
            ("A triangle's standard deviation is that of its low, base and high, divided by this", "unit"),
        )

    def _drivers(self) -> None:
        """The table of what drives the variance."""
        self.heads("drivers")
        mean_row = self._figure_row("Mean net saving")
        mean = self.result.mean.value
        for driver in self.result.drivers:
            place = self.row + 1
            shown: list[tuple[Any, ...]] = [(driver_label(driver.name), "label")]
            for estimate, words in ((driver.share, "rate"), (driver.low, "whole"), (driver.high, "whole")):
                shown += [(estimate and estimate.value, words), (estimate and estimate.error, words)]
            if driver.low and driver.high:
                shown += [
                    (f"=D{place}-B${mean_row}", "whole", driver.low.value - mean),
                    (f"=F{place}-B${mean_row}", "whole", driver.high.value - mean),
                ]
            else:
                shown += [(None, "whole"), (None, "whole")]
            self.line(*shown, (driver.effect, "unit"))
        for words in _OF_DRIVERS:
            self.line((words, "unit"))

    def _histogram(self) -> None:
        """The table behind the histogram."""
        self.heads("histogram")
        first = self.row + 1
        trials_row = self._figure_row("Trials")
        trials = self.result.trials
        edge = "money" if any("." in label for label, *_ in self.bars) else "flow"
        so_far = 0
        for label, left, right, count in self.bars:
            place = self.row + 1
            so_far += count
            share = Estimate.share(count, trials)
            self.line(
                (label, "label right"),
                (left, edge),
                (right, edge),
                (count, "count"),
                (f"=D{place}/B${trials_row}", "share", share.value),
                (f"=SQRT(E{place}*(1-E{place})/B${trials_row})", "rate", share.error),
                (f"=SUM(D${first}:D{place})/B${trials_row}", "share", so_far / trials),
            )

    def _inputs(self) -> None:
        self.heads("inputs")
        for title, group in self.groups.items():
            self.line((title, "band"), *((None, "band"),) * (len(_COLUMNS) - 1))
            for used in group:
                self._input(used)
        if self.asked.scenario is not None:
            number = self.asked.scenario
            then, now = (number, "step"), ("=scenario", "step", number)
            scenario = (("Scenario in force (scenario)", "label"), *_BLANK, then, *_BLANK, ("number", "unit"))
            self.line(*scenario, *_BLANK, now, *_BLANK, self._changed())
        for pair in self.asked.case.correlations:
            both = f"{driver_label(pair.first)} and {driver_label(pair.second)}"
            self.line((f"{both} move together: rank correlation {pair.rank:g}", "label"))
        for step in self.asked.case.steps:
            self.line((f"{step.label}: {step.cut:.0%}, with probability {step.probability:.0%}", "label"))
        for name, why in self.asked.left_out.items():
            self.line((f"{driver_label(name)} has a low or high but is not varied: {why}", "label"))

    def _groups(self) -> dict[str, list[Used]]:
        """The inputs by where their low and high come from."""
        varied = self.asked.case.varied
        groups: dict[str, list[Used]] = {
            "Varied between the workbook's Low and High": [],
            "Varied as asked for this run": [],
            "Not varied": [],
        }
        own, asked, fixed = groups.values()
        for name, used in self.asked.used.items():
            (fixed if name not in varied else own if used.low_now else asked).append(used)
        return {title: group for title, group in groups.items() if group}

    def _changed(self) -> tuple[str, str, int]:
        """Compares then with now, end by end."""
        place = self.row + 1
        return f"=IF(AND(F{place}=B{place},G{place}=C{place},H{place}=D{place}),0,1)", "whole", 0

    def _input(self, used: Used) -> None:
        """One input: what was simulated, what the workbook says now, and whether they differ."""
        item = KNOWN[used.name]
        varied = used.name in self.asked.case.varied
        words = "price" if item.style in ("epochs", "minutes", "runs") else item.style
        place = self.row + 1
        low: float | str | None = used.low
        high: float | str | None = used.high
        low_now: tuple[Any, ...] = (None, words)
        high_now: tuple[Any, ...] = (None, words)
        if used.low_now:
            # A blank end is the base where the other end varies it.
            blank = f"G{place}" if varied else f'"{NOTHING}"'
            low, high = (NOTHING if end is None else end for end in (used.low, used.high))
            low_now = (f'=IF({used.low_now}="",{blank},{used.low_now})', words, low)
            high_now = (f'=IF({used.high_now}="",{blank},{used.high_now})', words, high)
        elif varied:  # low and high are of the run
            low_now, high_now = (f"=B{place}", words, used.low), (f"=D{place}", words, used.high)
        base = NOTHING if used.base is None else used.base
        line: list[tuple[Any, ...]] = [
            (driver_label(used.name), "label"),
            (low, words),
            (base, words),
            (high, words),
            ("date, spread in days" if varied and words == "date" else item.unit, "unit shrink"),
            low_now,
            (used.base_now, words, base),
            high_now,
            self._changed(),
        ]
        if varied:
            triple = [end for end in (used.low, used.base, used.high) if end is not None]
            # The mean of whole numbers need not be one; the spread of dates is a number of days.
            mean_look, spread_look = ("price" if words in looks else words for looks in (("whole",), ("whole", "date")))
            line += [
                (f"=AVERAGE(F{place}:H{place})", mean_look, sum(triple) / 3),
                (f"=STDEVP(F{place}:H{place})/B${self.divisor}", spread_look, statistics.pstdev(triple) / 2),
            ]
        self.line(*line)

    def _bars_shown(self) -> int:
        """How many drivers the chart shows: the largest ones with an effect."""
        return min(_MOST_BARS, sum(driver.effect == SEEN for driver in self.result.drivers))

    def _chart_height(self) -> int:
        return max(320, 120 + 22 * self._bars_shown())
