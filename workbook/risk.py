"""The simulation of a workbook: its inputs with low, base and high, and the sheet Risk with what came out.

Base values stand behind the input names; low and high beside them, in the columns headed "Low" and "High" of the
same sheet. The simulation is `pycalc.risk`; Excel cannot repeat its draws, so its figures are frozen, and the sheet
says which cells are live.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from pycalc.risk.cashflow import DEFAULTS, NEEDED, Step
from pycalc.risk.cashflow import INPUTS as MOVING
from pycalc.risk.draws import Correlation, Uncertain
from pycalc.risk.simulate import Estimate, Result, simulate
from pycalc.version import VERSION
from workbook.errors import WorkbookError
from workbook.model.inputs import INPUTS, MOST_MONTHS, Input
from workbook.model.styles import SERIES, style
from workbook.named import cells as named_cells
from workbook.package import Package, check_target
from workbook.sheetxml import Value, column_letters
from workbook.transplant import add_sheet, free_name
from workbook.workbookxml import drop_calculation_chain, recalculate_on_load

Triple = tuple[float, float, float]
Place = tuple[str, int, int]


@dataclass
class Question:
    """What a workbook asks: the case to simulate, and what was left out of it."""

    case: Uncertain
    base: float
    """Net saving when every input is at its base value."""
    left_out: list[str]
    """Inputs with a low or high value that do not move prompt engineering against fine-tuning."""
    scenario: str
    """The scenario in force, as words; "" for the base."""


def question(
    path: str | os.PathLike[str],
    vary: Mapping[str, tuple[float, float]] | None = None,
    correlations: Iterable[Correlation] = (),
    steps: Iterable[Step] = (),
) -> Question:
    """Read a workbook's inputs; `vary` gives low and high of inputs beside, or in place of, the workbook's own."""
    with Package(path) as package:
        places = {name: place for name, place in named_cells(package).items() if name in INPUTS or name == "scenario"}
        values = _values(package, {sheet for sheet, _, _ in places.values()})
    if "queries" not in places:
        raise WorkbookError(
            f"{path} has no cell named queries; name its inputs as the template does (breakeven new shows them)"
        )
    given = {name: _number(name, values.get(place), places) for name, place in places.items() if name in _NUMERIC}
    scenario, overrides = _in_force(path, values.get(places["scenario"]) if "scenario" in places else None)
    for name, value in overrides.items():
        if name in _NUMERIC:
            given[name] = _number(name, value, places)
    missing = [name for name in (*NEEDED, "months") if given.get(name) is None]
    if missing:
        raise WorkbookError(f"{path}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} blank; enter a value")
    # What a scenario says of an input is no longer uncertain, unless --vary says otherwise.
    free = {name: place for name, place in places.items() if name not in overrides or name in (vary or {})}
    triples, left_out = _triples(given, free, values, vary or {})
    steps = tuple(steps)
    if not triples and not steps:
        raise WorkbookError(
            f"{path}: no input has a low or high value; enter them in the columns Low and High of the sheet "
            f"{places['queries'][0]}, or name them: --vary queries=5000..20000"
        )
    months = int(given["months"] or 0)
    if not 1 <= months <= MOST_MONTHS:
        raise WorkbookError(f"{path}: months is {given['months']:g}, a whole number from 1 to {MOST_MONTHS} is wanted")
    fixed = {name: given.get(name) for name in MOVING}
    case = Uncertain(fixed, triples, months, tuple(correlations), steps)
    base = simulate(Uncertain(fixed, {}, months), 1).mean.value
    return Question(case, base, left_out, scenario)


def _in_force(path: str | os.PathLike[str], number: Value) -> tuple[str, dict[str, Value]]:
    """The scenario in force in words, and what it overrides."""
    if number is None or number == 1:
        return "", {}
    from workbook.scenario import scenarios

    for column in scenarios(path):
        if column.number == number:
            return f"scenario {column.number}, {column.title or 'without a name'}", column.overrides
    raise WorkbookError(f"{path} has no scenario {number}; enter the number of a column on Scenarios")


_NUMERIC = {name for name, item in INPUTS.items() if item.quantity.kind in ("number", "date")}


def _values(package: Package, sheets: set[str]) -> dict[Place, Value]:
    strings = package.strings()
    return {
        (sheet.name, cell.row, cell.column): cell.value(strings)
        for sheet in package.worksheets()
        if sheet.name in sheets
        for cell in package.cells(sheet.part)
    }


def _number(name: str, value: Value, places: Mapping[str, Place]) -> float | None:
    """A value as a number within the input's bounds, None for a blank cell."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WorkbookError(f"{_address(places[name])} ({name}) shows {value!r}; enter a number")
    return _within(INPUTS[name], float(value), _address(places[name]))


def _within(item: Input, value: float, where: str) -> float:
    quantity = item.quantity
    low = value > quantity.low if quantity.low_open else value >= quantity.low
    high = value < quantity.high if quantity.high_open else value <= quantity.high
    if not (low and high and math.isfinite(value)) or (quantity.whole and value % 1):
        raise WorkbookError(f"{where} ({item.name}) is {value:g} {item.unit}; it must be {quantity.bounds()}")
    return value


def _address(place: Place) -> str:
    sheet, row, column = place
    return f"{sheet}!{column_letters(column)}{row}"


def _triples(
    given: Mapping[str, float | None],
    places: Mapping[str, Place],
    values: Mapping[Place, Value],
    vary: Mapping[str, tuple[float, float]],
) -> tuple[dict[str, Triple], list[str]]:
    """Low, base and high of every input that has them, in the order of the workbook's inputs."""
    unknown = [name for name in vary if name not in places or name not in _NUMERIC]
    if unknown:
        raise WorkbookError(f"{unknown[0]} is no numeric input of this workbook; there are {', '.join(MOVING)}")
    heads = _heads(values)
    found: dict[str, Triple] = {}
    left_out = []
    for name, item in INPUTS.items():
        base = given.get(name)
        if name in vary:
            ends: list[float | None] = list(vary[name])
            where = ["--vary"] * 2
        elif name in _NUMERIC and name in places:
            sheet, row, _ = places[name]
            spots = [(sheet, row, heads[sheet, head]) for head in ("Low", "High") if (sheet, head) in heads]
            if len(spots) < 2:
                continue
            where = [_address(spot) for spot in spots]
            ends = [_end(name, values.get(spot), address) for spot, address in zip(spots, where, strict=True)]
        else:
            continue
        if all(end is None for end in ends):
            continue
        if base is None and name in DEFAULTS:
            base = DEFAULTS[name]
        if base is None:
            raise WorkbookError(f"{_address(places[name])} ({name}) is blank but has a low or high value; enter a base")
        low, high = (
            base if end is None else _within(item, end, address) for end, address in zip(ends, where, strict=True)
        )
        if not low <= base <= high:
            see = " and ".join(dict.fromkeys(where))
            raise WorkbookError(f"{name}: low {low:g}, base {base:g} and high {high:g} have to rise; see {see}")
        if name not in MOVING:
            left_out.append(name)
        elif low < high:
            found[name] = (low, base, high)
    return found, left_out


def _heads(values: Mapping[Place, Value]) -> dict[tuple[str, str], int]:
    """The columns headed Low and High, by sheet; the topmost cell with that text is the heading."""
    heads: dict[tuple[str, str], int] = {}
    for (sheet, _, column), value in sorted(values.items(), key=lambda item: item[0]):
        if value in ("Low", "High"):
            heads.setdefault((sheet, str(value)), column)
    return heads


def _end(name: str, value: Value, address: str) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WorkbookError(f"{address} ({name}) shows {value!r}; enter a number or leave it blank")
    return float(value)


def risk(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    asked: Question,
    trials: int = 100_000,
    seed: int = 1,
    mapped: Callable[..., Iterable] = map,
) -> Result:
    """Simulate, and write a copy of the workbook with a sheet Risk behind the others. The workbook is not changed."""
    check_target(path, out)
    result = simulate(asked.case, trials, seed, mapped)
    with Package(path) as package:
        name = free_name(package, "Risk")
        add_sheet(package, name, lambda book, own: _RiskSheet(book, own, asked, result).write())
        drop_calculation_chain(package)
        recalculate_on_load(package)
        package.save(Path(out))
    return result


_FROZEN, _LIVE = "frozen", "live"


class _RiskSheet:
    """The sheet, written row by row: XlsxWriter keeps no row it has left."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, asked: Question, result: Result) -> None:
        self.book = book
        self.name = name
        self.asked = asked
        self.result = result
        self.sheet = book.add_worksheet(name)
        self.styles: dict[str, object] = {}
        self.row = 0

    def look(self, words: str) -> object:
        if words not in self.styles:
            self.styles[words] = self.book.add_format(style(words))
        return self.styles[words]

    def line(self, *contents: tuple[object, str] | tuple[object, str, object]) -> int:
        """Write one row: each content with its style, a formula with its value as well. Returns the row's number."""
        for column, (content, words, *value) in enumerate(contents):
            if isinstance(content, str) and content.startswith("=") and value:
                self.sheet.write_formula(self.row, column, content, self.look(words), value[0])
            elif isinstance(content, str):
                self.sheet.write_string(self.row, column, content, self.look(words))
            elif content is not None:
                self.sheet.write_number(self.row, column, content, self.look(words))
        self.row += 1
        return self.row

    def heads(self, *texts: str) -> None:
        self.sheet.set_row(self.row, 44)
        self.line((texts[0], "head left"), *((text, "head wrap") for text in texts[1:]))

    def write(self) -> None:
        sheet, result = self.sheet, self.result
        sheet.set_column(0, 0, 46, self.look("label"))
        sheet.set_column(1, 8, 15, self.look("label"))
        sheet.hide_gridlines(2)
        self.line(("Risk: what the switch may bring", "title"))
        self.line((
            f"Prompt engineering less fine-tuning over {self.asked.case.months} months, not discounted, with "
            "training, labour, evaluation and retraining; no review. Each input is triangular between low and high.",
            "purpose",
        ))
        scenario = f" Simulated: {self.asked.scenario}; what it overrides is fixed." if self.asked.scenario else ""
        self.line((
            f"Frozen: one run of {result.trials:,} trials, seed {result.seed}, llm-breakeven {VERSION}; "
            "`breakeven risk` makes it anew, Excel cannot repeat the draws. Cells marked live follow the workbook."
            f"{scenario}",
            "status",
        ))
        self.row += 1
        self.heads("Result", "Value", "Standard error", "Unit", "Frozen or live", "What it says")
        changed_cell = self.row + len(_figures(self.asked, result))
        for label, estimate, words, unit, note in _figures(self.asked, result):
            error = estimate.error if isinstance(estimate, Estimate) else None
            value = estimate.value if isinstance(estimate, Estimate) else estimate
            self.line(
                (label, "label"), (value, words), (error, words), (unit, "unit"), (_FROZEN, "unit"), (note, "unit")
            )
        first_input = changed_cell + 4
        count = len(self.asked.case.varied)
        area = f"G{first_input}:G{first_input + max(1, count) - 1}"
        self.line(
            ("Inputs that have changed since the run", "label"),
            (f'=IF(SUM({area})=0,"none",SUM({area})&": run it again")', "answer", "none"),
            (None, "label"), (None, "label"), (_LIVE, "unit"),
        )
        self.row += 1
        self._inputs()
        self.row += 1
        tornado = self._drivers()
        self.row += 1
        histogram = self._histogram()
        self._charts(tornado, histogram)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F&CRisk&RPage &P of &N")
        sheet.freeze_panes(3, 1)

    def _inputs(self) -> None:
        self.heads(
            "Input", "Low, frozen", "Base, frozen", "High, frozen", "Unit", "Base now, live", "Changed, live",
            "Mean, live", "Standard deviation, live",
        )
        for name, (low, base, high) in self.asked.case.varied.items():
            item = INPUTS[name]
            words = "price" if item.style in ("epochs", "minutes", "runs") else item.style
            place = self.row + 1
            self.line(
                (f"{item.label} ({name})", "label"),
                (low, words), (base, words), (high, words),
                (item.unit, "unit"),
                (f"={name}", words, base),
                (f"=IF(F{place}=C{place},0,1)", "whole", 0),
                (f"=(B{place}+F{place}+D{place})/3", words, (low + base + high) / 3),
                (f"=SQRT(((B{place}-F{place})^2+(D{place}-B{place})^2+(F{place}-D{place})^2)/36)", words,
                 math.sqrt(((low - base) ** 2 + (high - low) ** 2 + (base - high) ** 2) / 36)),
            )
        if not self.asked.case.varied:
            self.line(("No input varies", "label"))
        for pair in self.asked.case.correlations:
            self.line((f"{pair.first} and {pair.second} move together: rank correlation {pair.rank:g}", "label"))
        for step in self.asked.case.steps:
            self.line((
                f"{'Base-model' if step.option == 'pe' else 'Fine-tuned'} prices fall by {step.cut:.0%} from month "
                f"{step.month} on, with probability {step.probability:.0%}",
                "label",
            ))
        for name in self.asked.left_out:
            self.line((f"{name} varies too, but does not move this comparison: left out", "label"))

    def _drivers(self) -> tuple[int, int]:
        """The table of what drives the variance; its first and last row."""
        self.heads(
            "What drives the variance", "Share of variance, frozen", "Mean saving at its lowest tenth, frozen",
            "Mean saving at its highest tenth, frozen", "Low against the mean, live", "High against the mean, live",
        )
        first = self.row + 1
        mean_row = 5 + [label for label, *_ in _figures(self.asked, self.result)].index("Mean net saving") + 1
        for driver in self.result.drivers:
            place = self.row + 1
            mean = self.result.mean.value
            low, high = (mean if math.isnan(value) else value for value in (driver.low, driver.high))
            self.line(
                (INPUTS[driver.name].label + f" ({driver.name})" if driver.name in INPUTS else driver.name, "label"),
                (driver.share, "share"), (low, "whole"), (high, "whole"),
                (f"=C{place}-B${mean_row}", "whole", low - mean),
                (f"=D{place}-B${mean_row}", "whole", high - mean),
            )
        last = self.row
        self.line((
            "A share is what knowing that input alone would take off the variance; inputs also work together, so the "
            "shares need not add up to 100%.",
            "unit",
        ))
        # The chart stands beside; the next table begins below it.
        self.row = max(self.row, first + _tornado_rows(self.result))
        return first, last

    def _histogram(self) -> tuple[int, int]:
        """The table behind the histogram; its first and last row."""
        self.heads("Net saving from, USD", "To, USD", "Trials, frozen", "Share, live", "Cumulative, live")
        first = self.row + 1
        trials_row = 5 + [label for label, *_ in _figures(self.asked, self.result)].index("Trials") + 1
        so_far = 0
        for left, right, count in self.result.histogram:
            place = self.row + 1
            so_far += count
            self.line(
                (left, "whole left"), (right, "whole"), (count, "count"),
                (f"=C{place}/B${trials_row}", "share", count / self.result.trials),
                (f"=SUM(C${first}:C{place})/B${trials_row}", "share", so_far / self.result.trials),
            )
        return first, self.row

    def _charts(self, tornado: tuple[int, int], histogram: tuple[int, int]) -> None:
        quoted = "'" + self.name.replace("'", "''") + "'"

        def area(column: str, rows: tuple[int, int]) -> str:
            return f"={quoted}!${column}${rows[0]}:${column}${rows[1]}"

        columns = self.book.add_chart({"type": "column"})
        columns.add_series({
            "name": "Share of trials", "categories": area("A", histogram), "values": area("D", histogram),
            "fill": {"color": SERIES[0]}, "gap": 5,
        })
        columns.set_title({"name": "Net saving", "name_font": {"size": 12}})
        columns.set_legend({"none": True})
        columns.set_x_axis({"name": "USD from", "num_format": "#,##0", "label_position": "low"})
        columns.set_y_axis({"name": "Share of trials", "num_format": "0%"})
        columns.set_size({"width": 620, "height": 320})
        self.sheet.insert_chart(histogram[0] - 2, 6, columns, {"description": "Histogram of the net saving"})
        bars = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        for column, label, colour in (("E", "Lowest tenth of the input", SERIES[0]), ("F", "Highest tenth", SERIES[2])):
            bars.add_series({
                "name": label, "categories": area("A", tornado), "values": area(column, tornado),
                "fill": {"color": colour}, "border": {"color": "#404040"}, "gap": 40,
            })
        bars.set_title({"name": "What drives it: mean saving against the mean of all", "name_font": {"size": 12}})
        bars.set_x_axis({"name": "USD", "num_format": "#,##0"})
        bars.set_y_axis({"reverse": True, "label_position": "low"})
        bars.set_legend({"position": "bottom"})
        bars.set_size({"width": 620, "height": _ROW_PIXELS * (_tornado_rows(self.result) + 1)})
        self.sheet.insert_chart(tornado[0] - 2, 6, bars, {"description": "Tornado of the inputs"})


_ROW_PIXELS = 20


def _tornado_rows(result: Result) -> int:
    """Rows of the sheet that the tornado chart needs below its heading."""
    return 6 + 2 * len(result.drivers)


def _figures(asked: Question, result: Result) -> list[tuple[str, Estimate | float, str, str, str]]:
    """Label, figure, style, unit and a word of explanation, in the order of the sheet."""
    months = asked.case.months
    known = asked.case.fixed.get("ft_shutdown_date") is not None
    shutdown = "" if known else "No shutdown is known, so it equals the line above"
    return [
        ("Net saving, P10", result.p10, "money", "USD", "One trial in ten saves less; quantiles as PERCENTILE.INC"),
        ("Net saving, P50", result.p50, "money", "USD", "Half of the trials save less"),
        ("Net saving, P90", result.p90, "money", "USD", "One trial in ten saves more"),
        ("Mean net saving", result.mean, "money", "USD", ""),
        ("Standard deviation", result.deviation, "money", "USD", ""),
        ("Net saving with every input at its base", asked.base, "money", "USD", ""),
        (f"Probability of paying back within {months} months", result.paid, "rate", "share", ""),
        ("The same, and before the shutdown", result.paid_alive, "rate", "share", shutdown),
        ("Trials", float(result.trials), "count", "trials", "Four times as many halve the standard errors"),
        ("Seed", float(result.seed), "step", "number", "The same seed gives the same figures"),
    ]


def table(asked: Question, result: Result) -> Iterator[tuple[str, float, float | None, str]]:
    """The figures for a terminal: label, value, standard error, unit."""
    for label, estimate, _, unit, _ in _figures(asked, result):
        if isinstance(estimate, Estimate):
            yield label, estimate.value, estimate.error, unit
        else:
            yield label, estimate, None, unit
