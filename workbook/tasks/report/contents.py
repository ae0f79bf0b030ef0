"""What the memo says: written from the figures of a workbook."""

from __future__ import annotations

from textwrap import shorten

from pycalc.errors import CalcError
from workbook.errors import WorkbookError
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.tasks.report.figures import Figures, as_number
from workbook.tasks.report.memo import Bars, Block, Bullets, Cell, Lines, Memo, Section, Table, Tornado, shown
from workbook.tasks.scenario.changes import label as input_label
from workbook.tasks.scenario.layout import Layout
from workbook.tasks.scenario.layout import read as read_layout
from workbook.template.core import CORE, OPTIONS
from workbook.template.inputs import GROUPS, INPUTS

_BY_SCENARIO = (
    ("pe_monthly", "money"),
    ("ft_monthly", "money"),
    ("best_monthly", "money"),
    ("best_option", "text"),
    ("upfront", "money"),
    ("saving", "money"),
    ("breakeven", "months"),
    ("decision", "text"),
    ("be_queries", "count"),
    ("be_price", "price"),
)
_LABELS = {row.key: (row.label, row.unit) for _, rows in CORE for row in rows}
_OPTIONS = dict(OPTIONS)
_PLAIN = ("number", "months", "epochs", "minutes", "runs")
"""Styles of inputs that the memo shows as plain numbers: the unit stands beside them."""
_DRIVERS = 10
"""The most drivers of the tornado chart; the template has as many."""


def memo(figures: Figures, package: Package, date: str = "") -> Memo:
    """The memo on a workbook; `date` replaces the workbook's own start date in the heading."""
    money = figures.text("currency") or "USD"
    day = date or shown(figures.value("start_date"), "date", "not given")
    checks = _checks(figures)
    facts = [
        ("Date", day),
        ("Scenario in force", figures.text("scenario_name") or shown(figures.value("scenario"), "whole", "Base")),
        ("Amounts in", money),
        ("Checks", checks[0]),
        ("Workbook", figures.name),
    ]
    title, about = _heading(figures)
    missing = [
        input_label(item.name) for item in INPUTS.values() if item.required and figures.value(item.name) in (None, "")
    ]
    answer = figures.text("out_recommendation") or shown(figures.value("out_recommendation"), absent="not known")
    whole = Memo(
        title=shorten(title, 120, placeholder=" .."),
        about=shorten(about, 240, placeholder=" .."),
        facts=facts,
        question=_question(figures),
        answer=shorten(answer, 200, placeholder=" .."),
        figures=[],
        board=[],
        details=[],
        alarm="" if figures.value("out_checks") is True else "A check does not hold: do not decide on these figures",
        footer=f"{figures.name}, {day}. Checks: {checks[0]}.",
    )
    if missing:
        text = "Nothing can be decided before these inputs are entered on the sheet Inputs:"
        whole.board = [Section("Still to enter", [text, Bullets(missing)])]
        whole.details = [Section("What is entered so far", _assumptions(figures))]
        return whole
    whole.figures = _key_figures(figures, money)
    whole.board = [
        Section("Why", [Bullets(_reasons(figures, money))]),
        Section("The options", [_options(figures, money), *_charts(figures, money)]),
        Section("What would flip it", [Bullets(_flips(figures, money))]),
    ]
    whole.details = [
        section
        for section in (
            Section("Prompt engineering against fine-tuning", [_comparison(figures, money)]),
            Section("One assumption at a time", _tornado(figures, money)),
            Section("Scenarios side by side", _scenarios(figures, package, money)),
            Section("Is fine-tuning fit for the task?", _gates(figures)),
            Section("Assumptions and their sources", _assumptions(figures)),
            Section("Prices from the catalogue", _prices(figures)),
            Section("What else is assumed", _said(figures)),
            Section("Checks", checks[1]),
        )
        if section.blocks
    ]
    return whole


def _heading(figures: Figures) -> tuple[str, str]:
    """The first two lines of the sheet that holds the recommendation."""
    sheet, row, _ = figures.named["out_recommendation"]
    texts = [
        value
        for (line, column), value in sorted(figures.grids[sheet].items())
        if line < row and column == 1 and isinstance(value, str) and value.strip()
    ]
    return (texts[0] if texts else "Decision memo"), (texts[1] if len(texts) > 2 else "")


def _question(figures: Figures) -> str:
    prompted, tuned, newer = (
        shorten(figures.text(name), 60, placeholder=" ..") for name in ("pe_model", "ft_model", "base_model")
    )
    prompted, tuned = prompted or "the prompted model", tuned or "a fine-tuned model"
    choices = [f"stay with {prompted} and its long prompt", f"fine-tune ({tuned})", "look the facts up (RAG)"]
    if newer:
        choices.append(f"switch to {newer}")
    volume = figures.number("queries")
    at = f" at {volume:,.0f} calls a month" if volume is not None else ""
    return f"Which is cheaper{at}: {', '.join(choices[:-1])} or {choices[-1]}, and from when?"


def _key_figures(figures: Figures, money: str) -> list[tuple[str, str]]:
    return [
        ("Prompt engineering", f"{shown(figures.value('out_pe_monthly'), 'money', 'n/a')} a month"),
        ("Fine-tuning", f"{shown(figures.value('out_ft_monthly'), 'money', 'n/a')} a month"),
        (
            f"Cheapest: {figures.text('out_best_option')}",
            f"{shown(figures.value('out_best_monthly'), 'money', 'n/a')} a month",
        ),
        ("Upfront to fine-tune", f"{money} {shown(figures.value('out_upfront'), 'money', 'n/a')}"),
        ("Break-even", _months(figures.value("out_breakeven_months"), "never")),
    ]


def _months(value: Value, absent: str) -> str:
    text = shown(value, "months", absent)
    return f"{text} months" if as_number(value) is not None else text


def _reasons(figures: Figures, money: str) -> list[str]:
    decision = figures.text("out_decision")
    breakeven = figures.value("out_breakeven_months")
    limit = shown(figures.value("max_months"), "general")
    lines = [
        f"Month one costs {money} {shown(figures.value('out_pe_monthly'), 'money')} with prompt engineering, "
        f"{shown(figures.value('out_ft_monthly'), 'money')} fine-tuned, "
        f"{shown(figures.value('out_best_monthly'), 'money')} with the cheapest of all: "
        f"{figures.text('out_best_option')}."
    ]
    years = (figures.value("out_pe_year1"), figures.value("out_ft_year1"), figures.key("live.chosen_year1"))
    if all(as_number(value) is not None for value in years):
        lines.append(
            f"Year 1 with review and one-time cost comes to {shown(years[0], 'flow')} prompted and "
            f"{shown(years[1], 'flow')} fine-tuned; what is recommended costs {shown(years[2], 'flow')}."
        )
    if as_number(breakeven) is not None:
        months = f"break-even after {shown(breakeven, 'months')} months, accepted below {limit}"
    else:
        months = "it never breaks even"
    shutdown = figures.value("ft_shutdown_date")
    if as_number(shutdown) is not None:
        gone = (as_number(shutdown) or 0) <= (figures.number("start_date") or 0)
        months += f"; the vendor {'shut' if gone else 'shuts'} the model on {shown(shutdown, 'date')}"
        months += ", before the start" if gone else ""
    lines.append(f"Fine-tuning against prompt engineering on cost alone: {decision or 'not known'}; {months}.")
    differ = figures.key("live.differ")
    if isinstance(differ, str) and differ:
        lines.append(f"The recommendation and that verdict: {differ}")
    suitability = figures.text("out_suitability")
    if suitability:
        lines.append(f"Suitability of the task for fine-tuning: {suitability}.")
    return [line.replace("..", ".") for line in lines]


def _options(figures: Figures, money: str) -> Table:
    columns = ["Option", "A call", "Month one", "12 months", "Year 1, all in", "3 years, all in", "Open?"]
    rows: list[list[Cell]] = []
    marked: set[int] = set()
    best = figures.key("live.chosen")
    for key, label in OPTIONS:
        name = figures.key(f"live.label.{key}")
        name = name if isinstance(name, str) and name else label
        monthly = figures.key(f"live.{key}_monthly")
        year = as_number(monthly)
        row = [
            Cell(name),
            Cell(figures.key(f"live.call.{key}"), "call", "n/a"),
            Cell(monthly, "money", "n/a"),
            Cell(None if year is None else 12 * year, "money", "n/a"),
            Cell(figures.key(f"live.year1.{key}"), "flow", "n/a"),
            Cell(figures.key(f"live.tco.{key}"), "flow", "n/a"),
            Cell(_open(figures, key)),
        ]
        if name == best:
            marked.add(len(rows))
        rows.append(row)
    return Table(
        f"Cost of every option, in {money}",
        columns,
        rows,
        "All in: with review, training, labour, evaluation and retraining. Open: offered, fit for the task, and paid "
        "back in time and before a shutdown. The recommended option stands out.",
        marked,
        [2.3, 1, 1.1, 1.15, 1.15, 1.2, 1.75],
    )


def _open(figures: Figures, key: str) -> str:
    for test, said in (
        (f"live.offered.{key}", "no such offer"),
        (f"live.suits.{key}", "not fit for the task"),
        (f"live.in_time.{key}", "not paid back in time"),
    ):
        value = as_number(figures.key(test))
        if value == 0:
            return said
        if value is None:
            return ""
    return "yes"


def _charts(figures: Figures, money: str) -> list[Block]:
    blocks: list[Block] = []
    series = []
    for key, label in (("pe_sum", _OPTIONS["pe"]), ("ft_sum", "Fine-tuning, all in"), ("base_sum", _OPTIONS["base"])):
        values = [as_number(value) for value in figures.row(f"live.{key}")]
        if sum(value is not None for value in values) > 1:
            series.append((label, values))
    crossing, cost = as_number(figures.key("live.crossing")), as_number(figures.key("live.crossing_cost"))
    mark = None
    if crossing is not None and cost is not None and crossing <= 36:
        mark = (crossing, cost, f"month {crossing:.1f}")
    if series:
        blocks.append(Lines("Cumulative cost over 36 months", "Month", money, series, mark))
    bars = [
        (label, value) for key, label in OPTIONS if (value := as_number(figures.key(f"live.{key}_monthly"))) is not None
    ]
    if bars:
        blocks.append(Bars("Running cost of month one", money, bars, figures.text("out_best_option")))
    return blocks


def _flips(figures: Figures, money: str) -> list[str]:
    lines = []
    said = figures.key("live.flip")
    if isinstance(said, str) and said:
        lines.append(said)
    limit = shown(figures.value("max_months"), "general")
    queries, price = figures.value("out_breakeven_queries"), figures.value("out_breakeven_price")
    if as_number(queries) is not None:
        least = f"{shown(queries, 'count')} calls a month (now {shown(figures.value('queries'), 'count')})"
        lines.append(f"Volume, on cost alone: fine-tuning pays back within {limit} months from {least}.")
    else:
        lines.append("Volume, on cost alone: none makes fine-tuning pay, as a fine-tuned call is no cheaper.")
    if as_number(price) is not None:
        least = f"{money} {shown(price, 'price')} per 1M tokens (now {shown(figures.value('pe_input_price'), 'price')})"
        lines.append(f"Input price of the prompted model, on cost alone: below {least} fine-tuning is not worth it.")
    else:
        lines.append("Input price of the prompted model, on cost alone: none turns the verdict; the answers cost more.")
    return lines


def _comparison(figures: Figures, money: str) -> Table:
    def line(label: str, value: Value, form: str, unit: str, absent: str = "n/a") -> list[Cell]:
        return [Cell(label), Cell(value, form, absent), Cell(unit)]

    horizon = shown(figures.value("months"), "whole")
    per_month = f"{money} per month"
    rows = [
        line("Prompt engineering, month one", figures.value("out_pe_monthly"), "money", per_month),
        line("Fine-tuning, month one", figures.value("out_ft_monthly"), "money", per_month),
        line("RAG, month one", figures.value("out_rag_monthly"), "money", per_month),
        line("Hybrid, month one", figures.value("out_hybrid_monthly"), "money", per_month),
        line("Cheapest of all, month one", figures.value("out_best_monthly"), "money", per_month),
        line("Training", figures.value("out_training"), "money", money),
        line("Labour for the examples", figures.value("out_labor"), "money", money),
        line("Upfront cost", figures.value("out_upfront"), "money", money),
        line("Saving", figures.value("out_saving_monthly"), "money", per_month),
        line("Break-even", figures.value("out_breakeven_months"), "months", "months", "never"),
        line("Decision on cost alone", figures.value("out_decision"), "text", "verdict"),
        line(
            "Volume that pays back in time", figures.value("out_breakeven_queries"), "count", "calls per month", "none"
        ),
        line(
            "Input price that still pays",
            figures.value("out_breakeven_price"),
            "price",
            f"{money} per 1M tokens",
            "none",
        ),
        line(f"Net present value, {horizon} months", figures.value("out_npv"), "money", money),
        line("Internal rate of return", figures.value("out_irr"), "rate", "per year", "none, or more than one"),
        line("Discounted payback", figures.value("out_payback"), "months", "months", f"not within {horizon} months"),
        line("Year 1 with review, prompted", figures.value("out_pe_year1"), "money", money),
        line("Year 1 with review, fine-tuned", figures.value("out_ft_year1"), "money", money),
        line("Cheaper in year 1", figures.value("out_year1_winner"), "text", "PE or FT"),
        line("A shutdown would cost to migrate", figures.key("live.migration"), "money", money),
    ]
    return Table("", ["Figure", "Value", "Unit"], rows, widths=[3, 2, 2])


def _tornado(figures: Figures, money: str) -> list[Block]:
    drivers = []
    for index in range(_DRIVERS):
        place = figures.place(f"live.at_low.{index}")
        if place is None:
            continue
        label = figures.grids[place[0]].get((place[1], 1))
        low, high = as_number(figures.key(f"live.at_low.{index}")), as_number(figures.key(f"live.at_high.{index}"))
        if isinstance(label, str) and low is not None and high is not None:
            factors = (figures.key(f"live.low_factor.{index}"), figures.key(f"live.high_factor.{index}"))
            drivers.append((label, low, high, factors))
    base = as_number(figures.key("live.tornado_base"))
    if base is None or not drivers:
        return []
    drivers.sort(key=lambda driver: -abs(driver[2] - driver[1]))
    rows = [
        [
            Cell(label),
            Cell(factors[0], "general"),
            Cell(factors[1], "general"),
            Cell(low, "money"),
            Cell(high, "money"),
            Cell(abs(high - low), "money"),
        ]
        for label, low, high, factors in drivers
    ]
    horizon = shown(figures.value("months"), "whole")
    title = f"Net saving over {horizon} months when one driver moves"
    return [
        f"Saving of fine-tuning against prompt engineering over {horizon} months less the upfront cost, at today's "
        f"prices and volume: {money} {base:,.2f}. Each line moves one driver between its two multiples "
        "and leaves the rest.",
        Tornado(title, money, base, [driver[:3] for driver in drivers if driver[1] != driver[2]]),
        Table(
            "",
            ["Driver", "Low, times", "High, times", "At low", "At high", "Swing"],
            rows,
            widths=[2.4, 1, 1, 1.2, 1.2, 1.2],
        ),
    ]


def _scenarios(figures: Figures, package: Package, money: str) -> list[Block]:
    try:
        layout = read_layout(package)
    except WorkbookError:  # a workbook whose scenarios were taken out still has a decision
        return []
    figures.sheets["Scenarios"] = layout.sheet.name
    used = [column for column in layout.columns if not column.spare or column.number == 1]
    rows = []
    for key, form in _BY_SCENARIO:
        values = [_of_scenario(figures, layout, key, column.number) for column in used]
        figure, unit = _LABELS[key]
        unit = unit.replace("USD", money)
        rows.append(
            [
                Cell(f"{figure}, {unit}" if form != "text" else figure),
                *(Cell(value, form, "never" if key == "breakeven" else "none") for value in values),
            ]
        )
    titles = [column.title or f"Scenario {column.number}" for column in used]
    blocks: list[Block] = []
    for first in range(0, len(used), 5):
        part = slice(first + 1, first + 6)
        blocks.append(
            Table(
                "",
                ["Figure", *titles[first : first + 5]],
                [[row[0], *row[part]] for row in rows],
                widths=[2.2, *(1.3,) * len(titles[first : first + 5])],
            )
        )
    said = []
    for column in used[1:]:
        changes = [f"{input_label(name)} {_shown_input(name, value)}" for name, value in column.overrides.items()]
        said.append(f"{column.title}: {'; '.join(changes) or 'as the base'}.")
    if said:
        blocks += ["What each scenario changes:", Bullets(said)]
    return blocks


def _of_scenario(figures: Figures, layout: Layout, key: str, number: int) -> Value:
    place = figures.place(f"column.{key}")
    return figures.grids[layout.sheet.name].get((place[1], layout.column(number))) if place else None


def _shown_input(name: str, value: Value) -> str:
    form = INPUTS[name].style
    return shown(value, "general" if form in _PLAIN else form, "blank")


def _gates(figures: Figures) -> list[Block]:
    found = figures.table("Suitability", "Gate", "Given", "Verdict", "Why")
    rows = [
        [Cell(row["Gate"]), Cell(row["Given"], "short"), Cell(row["Verdict"]), Cell(row["Why"])]
        for row in found
        if row["Verdict"] in ("PASS", "CAUTION", "STOP")
    ]
    if not rows:
        return []
    marked = {index for index, row in enumerate(rows) if row[2].value == "STOP"}
    return [Table("", ["Gate", "Given", "Verdict", "Why"], rows, marked=marked, widths=[2.2, 1.2, 1, 4])]


def _assumptions(figures: Figures) -> list[Block]:
    sheet = figures.sheets.get("Inputs", "")
    grid = figures.grids.get(sheet, {})
    titles = {
        value: column
        for (row, column), value in grid.items()
        if value in ("Unit", "Source", "Read on", "Note") and (row, 1) in grid
    }
    rows = []
    blank = []
    for group, items in GROUPS:
        for item in items:
            place = figures.named.get(item.name)
            if place is None:
                continue
            value = figures.value(item.name)
            if value in (None, ""):
                blank.append(f"{item.label} ({item.name})")
                continue
            held = (
                {title: grid.get((place[1], column)) for title, column in titles.items()} if place[0] == sheet else {}
            )
            form = item.style if item.style not in (*_PLAIN, "label", "flag") else "general"
            rows.append(
                [
                    Cell(group),
                    Cell(item.label),
                    Cell(value, form),
                    Cell(held.get("Unit") or item.unit),
                    Cell(held.get("Source")),
                    Cell(held.get("Read on")),
                    Cell(held.get("Note")),
                ]
            )
    columns = ["Group", "Assumption", "Value", "Unit", "Source", "Read on", "Note"]
    blocks: list[Block] = [Table("", columns, rows, widths=[1.3, 1.8, 1.15, 1.15, 2.1, 1.2, 2.3])]
    if blank:
        blocks.append(f"Left blank: {', '.join(blank)}.")
    return blocks


def _prices(figures: Figures) -> list[Block]:
    found = figures.table("Prices", "Model", "Kind", "Source")
    rows = []
    for row in found:
        amount = next((value for title, value in row.items() if "per 1M" in title), None)
        if as_number(amount) is None:
            continue
        rows.append(
            [
                Cell(row["Model"]),
                Cell(row["Kind"]),
                Cell(amount, "price"),
                Cell(_day(row.get("From"))),
                Cell(_day(row.get("To before"))),
                Cell(row["Source"]),
                Cell(row.get("Input holds it")),
            ]
        )
    if not rows:
        return []
    columns = ["Model", "Kind", "USD per 1M", "From", "To before", "Source", "Input holds it"]
    return [Table("", columns, rows, widths=[1.6, 1, 1, 1.1, 1.1, 4, 1])]


def _day(value: Value) -> Value:
    return shown(value, "date") if as_number(value) is not None else value


def _said(figures: Figures) -> list[Block]:
    sheet = figures.sheets.get("Log")
    grid = figures.grids.get(sheet or "", {})
    lines = []
    for (row, column), value in sorted(grid.items()):
        if column == 1 and value in ("Case", "Method"):
            text = next((grid[row, other] for other in range(2, 6) if isinstance(grid.get((row, other)), str)), None)
            if isinstance(text, str) and text:
                lines.append(text)
    return [Bullets(lines)] if lines else []


def _checks(figures: Figures) -> tuple[str, list[Block]]:
    """The state of the checks in a word, and what does not hold."""
    master = figures.value("out_checks")
    listed = figures.table("Checks", "Expected", "Got", "OK")
    found = [row for row in listed if isinstance(row["OK"], bool | CalcError) or row["OK"] == "not checked"]
    held = sum(row["OK"] is True for row in found)
    unchecked = sum(row["OK"] == "not checked" for row in found)
    failed = [row for row in found if row["OK"] is not True and row["OK"] != "not checked"]
    state = "all hold" if master is True else "SOMETHING IS WRONG, see the sheet Checks"
    said = f"{state} ({held} of {len(found) - unchecked} checked)" if found else state
    blocks: list[Block] = [
        f"The workbook works every result out a second time: {held} of {len(found) - unchecked} checks hold"
        + (f"; {unchecked} more need the add-in and were not made" if unchecked else "")
        + f". All figures here were recalculated when this memo was written; {figures.stale or 'no'} stored "
        f"{'value' if figures.stale == 1 else 'values'} had been out of date."
    ]
    if failed:
        first = next(iter(failed[0]))
        rows = [
            [Cell(row[first]), Cell(row["Expected"], "general"), Cell(row["Got"], "general"), Cell("does not hold")]
            for row in failed
        ]
        blocks.append(Table("", ["Check", "Expected", "Got", ""], rows, widths=[3, 2, 2, 1.5]))
    return said, blocks
