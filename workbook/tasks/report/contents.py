"""What the memo says: written from the figures of a workbook."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import shorten

from pycalc.errors import CalcError
from workbook.errors import WorkbookError
from workbook.file import tsv
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.tasks.report.figures import Figures, as_number
from workbook.tasks.report.memo import Bars, Block, Bullets, Cell, Lines, Memo, Section, Table, Tornado, shown
from workbook.tasks.scenario.layout import Layout
from workbook.tasks.scenario.layout import read as read_layout
from workbook.template.inputs import COUNT, DATA, INPUTS, OPTION_ROWS, option_input
from workbook.template.sheets.scenarios import SHOWN
from workbook.template.sheets.sensitivity import DRIVERS

_SAID = 6
"""Sentences on Summary: what it saves, how sure, three reasons, what would flip it."""


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
    answer = figures.text("out_recommendation") or shown(figures.value("out_recommendation"), absent="not known")
    whole = Memo(
        title=shorten(title, 120, placeholder=" .."),
        about=shorten(about, 240, placeholder=" .."),
        facts=facts,
        question=_question(figures),
        answer=shorten(answer, 240, placeholder=" .."),
        alarm="" if figures.value("out_checks") is True else "A check does not hold: do not decide on these figures",
        footer=f"{figures.name}, {day}. Checks: {checks[0]}.",
    )
    if figures.number("out_gaps") != 0:
        text = "Nothing can be recommended before these inputs are entered:"
        whole.board = [Section("Still to enter", [text, Bullets(_open_lines(figures, "Input"))])]
        whole.details = [Section("What is entered so far", _assumptions(figures))]
        return whole
    said = [figures.key(f"live.said.{index}") for index in range(_SAID)]
    sentences = [text for text in said if isinstance(text, str) and text]
    whole.figures = _key_figures(figures, money)
    whole.board = [
        Section("Why", [Bullets(sentences[:-1])]),
        Section("The options", [_options(figures, money), *_charts(figures, money)]),
        Section("What would flip it", [Bullets(sentences[-1:])]),
    ]
    whole.details = [
        section
        for section in (
            Section("Questions about the inputs", _questions(figures)),
            Section("Today against fine-tuning, on cost alone", _comparison(figures, money)),
            Section("One driver at a time", _tornado(figures, money)),
            Section("Scenarios side by side", _scenarios(figures, package)),
            Section("Is fine-tuning fit for the task?", _gates(figures)),
            Section("Assumptions and their sources", _assumptions(figures)),
            Section("Prices from the catalogue", _prices(figures)),
            Section("What else is assumed", _assumed(figures)),
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


def _of(figures: Figures, key: str, option: int) -> Value:
    """The figure of an option, counted from 1."""
    row = figures.row(f"live.{key}")
    return row[option - 1] if 0 < option <= len(row) else None


def _name(figures: Figures, option: int) -> str:
    return shown(_of(figures, "shown_name", option))


def _best(figures: Figures) -> int:
    return int(as_number(figures.key("live.best")) or 0)


def _question(figures: Figures) -> str:
    entered = [k for k in range(2, COUNT + 1) if _of(figures, "entered", k) == 1]
    names = [_name(figures, k) for k in entered]
    today = shorten(figures.text("pe_model") or "today's model", 60, placeholder=" ..")
    volume = figures.number("queries")
    at = f" at {volume:,.0f} tasks a month" if volume is not None else ""
    others = f", or change to one of {len(names)} other options" if names else ""
    return f"Which way costs the least{at}, everything counted: stay with {today} as it runs{others}?"


def _key_figures(figures: Figures, money: str) -> list[tuple[str, str]]:
    best = _best(figures)
    year, today = _of(figures, "year1", best), _of(figures, "year1", 1)
    return [
        ("Recommended", shown(figures.value("out_best_option"))),
        ("Running cost saved, month one", f"{money} {shown(figures.value('out_rec_saving_monthly'), 'money', 'n/a')}"),
        ("Paid up front", f"{money} {shown(figures.value('out_rec_upfront'), 'money', 'n/a')}"),
        ("Worth against today", f"{money} {shown(figures.value('out_rec_npv'), 'flow', 'n/a')}"),
        ("Year 1 against today's", f"{shown(year, 'flow', 'n/a')} / {shown(today, 'flow', 'n/a')}"),
    ]


def _options(figures: Figures, money: str) -> Table:
    columns = ["Option", "Model", "Running cost, month one", "Up front", "Present value", "Year 1", "3 years", "State"]
    order = figures.row("live.order")
    ranked = sorted(range(1, COUNT + 1), key=lambda k: as_number(order[k - 1]) or 0)
    best = _best(figures)
    rows: list[list[Cell]] = []
    left: list[str] = []
    for k in ranked:
        if _of(figures, "entered", k) != 1:
            left.append(_name(figures, k))
            continue
        forms = (("month", "money"), ("paid", "flow"), ("present", "flow"), ("year1", "flow"), ("years3", "flow"))
        amounts = [Cell(_of(figures, key, k), form, "n/a") for key, form in forms]
        names = [Cell(_of(figures, "shown_name", k)), Cell(_of(figures, "label", k))]
        rows.append([*names, *amounts, Cell(_of(figures, "state", k))])
    marked = {0} if best else set()
    note = (
        "Running cost: calls, capacity, retrieval and storage. Present value and years, all in: these and review, "
        "repair, upkeep, retraining, set-up, training and labour; after a shutdown what its successor costs. "
        f"Not entered: {', '.join(left) or 'none'}."
    )
    return Table(f"Every option, in {money}", columns, rows, note, marked, [2.1, 1.4, 1, 0.9, 1.1, 1, 1, 2])


def _charts(figures: Figures, money: str) -> list[Block]:
    blocks: list[Block] = []
    best, runner = _best(figures), int(as_number(figures.key("live.runner")) or 0)
    marked = _name(figures, best) if best else ""
    series = []
    for key, option in (("today_line", 1), ("best_line", best), ("runner_line", runner)):
        values = [as_number(value) for value in figures.row(f"live.{key}")]
        if sum(value is not None for value in values) > 1:
            series.append((_name(figures, option), values))
    if series:
        blocks.append(Lines("Cost to date, all in", "Month", f"{money} so far", series, marked=marked))
    bars = [
        (_name(figures, k), amount)
        for k in sorted(range(1, COUNT + 1), key=lambda k: as_number(_of(figures, "present", k)) or 0)
        if _of(figures, "open", k) == 1 and (amount := as_number(_of(figures, "present", k))) is not None
    ]
    if bars:
        blocks.append(Bars("Open options: present value", money, bars, marked))
    return blocks


def _open_lines(figures: Figures, title: str) -> list[str]:
    """The open lines of a list on Checks: what is still to enter, questions."""
    return [
        f"{shown(row[title])} ({shown(row['Link']).removeprefix('#')})"
        for row in figures.table("Checks", title, "Link", "Open")
        if row["Open"] == 1
    ]


def _questions(figures: Figures) -> list[Block]:
    lines = _open_lines(figures, "Question")
    return [Bullets(lines)] if lines else []


def _comparison(figures: Figures, money: str) -> list[Block]:
    if _of(figures, "entered", 5) != 1:
        return []
    lines = tsv.lines(Path(__file__).parent / "data" / "comparison.tsv")
    rows = [[Cell(line["label"]), Cell(figures.value(line["name"]), line["form"], line["absent"])] for line in lines]
    note = "The course's question: tokens, training and labour of two options. The recommendation counts everything."
    return [Table(f"Amounts in {money}", ["Figure", "Value"], rows, note, widths=[3, 2])]


def _tornado(figures: Figures, money: str) -> list[Block]:
    base = as_number(figures.key("live.subject_npv"))
    drivers = []
    for index, (label, _) in enumerate(DRIVERS):
        low, high = (as_number(figures.key(f"live.at_{end}.{index}")) for end in ("low", "high"))
        if low is not None and high is not None and low != high:
            drivers.append((label, low, high))
    if base is None or not drivers:
        return []
    drivers.sort(key=lambda driver: -abs(driver[2] - driver[1]))
    name = shown(figures.key("live.subject_name"))
    ends = [shown(figures.key(f"live.{end}_factor"), "short") for end in ("low", "high")]
    title = f"{name} against today: net present value when a driver is {ends[0]} or {ends[1]} times what it is"
    return [Tornado(title, money, base, drivers)]


def _scenarios(figures: Figures, package: Package) -> list[Block]:
    try:
        layout = read_layout(package)
    except WorkbookError:
        return []
    used = [column for column in layout.columns if column.title or column.overrides]
    if len(used) < 2:
        return []
    blocks: list[Block] = []
    for first in range(0, len(used), 4):
        part = used[first : first + 4]
        rows = [
            [
                Cell(label),
                *(Cell(_of_scenario(figures, layout, key, column.number), _form(style), "n/a") for column in part),
            ]
            for key, label, _, style in SHOWN
        ]
        titles = [column.title or f"Scenario {column.number}" for column in part]
        blocks.append(Table("", ["Figure", *titles], rows, widths=[2, *(1.4,) * len(part)]))
    said = []
    for column in used[1:]:
        changes = [f"{INPUTS[name].label} {_shown_input(name, value)}" for name, value in column.overrides.items()]
        said.append(f"{column.title}: {'; '.join(changes) or 'as the base'}.")
    return [*blocks, "What each scenario changes:", Bullets(said)] if said else blocks


def _form(style: str) -> str:
    return "text" if style in ("answer", "verdict") else style


def _of_scenario(figures: Figures, layout: Layout, key: str, number: int) -> Value:
    place = figures.place(f"shown.{key}")
    return figures.grids[layout.sheet.name].get((place[1], layout.column(number))) if place else None


def _shown_input(name: str, value: Value) -> str:
    form = INPUTS[name].style
    return shown(value, "general" if form in ("number", "months", "factor") else form, "blank")


def _gates(figures: Figures) -> list[Block]:
    found = figures.table("Suitability", "Gate of fine-tuning", "Given", "Verdict", "Why")
    forms = {gate["label"]: gate["style"].split()[0] for gate in tsv.lines(DATA / "gates.tsv")}
    rows = [
        [
            Cell(gate := row["Gate of fine-tuning"]),
            Cell(row["Given"], _form(forms.get(str(gate), "short"))),
            Cell(row["Verdict"]),
            Cell(row["Why"]),
        ]
        for row in found
        if row["Verdict"] in ("PASS", "CAUTION", "STOP", "not entered")
    ]
    marked = {index for index, row in enumerate(rows) if row[2].value == "STOP"}
    return (
        [Table("", ["Gate", "Given", "Verdict", "Why"], rows, marked=marked, widths=[2.2, 1.2, 1, 4])] if rows else []
    )


def _assumptions(figures: Figures) -> list[Block]:
    sheet = figures.sheets.get("Inputs", "")
    grid = figures.grids.get(sheet, {})
    titles = {
        str(value): column
        for (row, column), value in grid.items()
        if value in ("Unit", "Source", "Read on", "Note") and (row, 1) in grid
    }
    rows = []
    for name, place in _input_places(figures).items():
        item = INPUTS[name]
        value = figures.grids[place[0]].get(place[1:])
        if value in (None, "") or name.split(".")[-1] in ("action", "kind", "based_on", "caching", "retrieval", "name"):
            continue
        if place[0] == sheet:
            held = {title: grid.get((place[1], column)) for title, column in titles.items()}
        else:
            held = _noted(figures.notes.get(place, ""))
        form = item.style if item.style not in ("number", "months", "factor", "label", "flag") else "general"
        group, _, label = item.label.partition(": ") if item.option else ("Common", "", item.label)
        cells = (held.get("Unit") or item.unit, held.get("Source"), held.get("Read on"), held.get("Note"))
        rows.append([Cell(group), Cell(label), Cell(value, form), *map(Cell, cells)])
    columns = ["Group", "Assumption", "Value", "Unit", "Source", "Read on", "Note"]
    return [Table("", columns, rows, widths=[1.3, 1.8, 1.15, 1.15, 2.1, 1.2, 2.3])]


def _noted(note: str) -> dict[str, Value]:
    """What the note on a cell of Options says: "source; date; note"."""
    found = _NOTE.fullmatch(note.strip())
    return (
        dict(zip(("Source", "Read on", "Note"), found.groups(""), strict=True)) if found else {"Source": note.strip()}
    )


_NOTE = re.compile(r"(.*?); (\d{4}-\d\d-\d\d)(?:; (.*))?", re.DOTALL)


def _input_places(figures: Figures) -> dict[str, tuple[str, int, int]]:
    """Where every input of this workbook stands; those without a name by their row's label on Options."""
    found = {name: figures.named[name] for name in INPUTS if name in figures.named}
    for option in range(1, COUNT + 1):
        for key in OPTION_ROWS:
            name = option_input(option, key)
            place = figures.place(f"options.{key}")
            if name not in found and place:
                found[name] = (place[0], place[1], place[2] + option - 1)
    return {name: found[name] for name in INPUTS if name in found}


def _prices(figures: Figures) -> list[Block]:
    rows = []
    for row in figures.table(
        "Prices", "Model", "Kind", "USD per 1M tokens", "From", "To before", "Source", "Options holds it"
    ):
        if as_number(row["USD per 1M tokens"]) is None:
            continue
        plain = [Cell(row["Model"]), Cell(row["Kind"]), Cell(row["USD per 1M tokens"], "price")]
        dates = [Cell(_day(row["From"])), Cell(_day(row["To before"]))]
        rows.append([*plain, *dates, Cell(row["Source"]), Cell(row["Options holds it"])])
    columns = ["Model", "Kind", "USD per 1M", "From", "To before", "Source", "In use"]
    return [Table("", columns, rows, widths=[1.6, 1, 1, 1.1, 1.1, 4, 1])] if rows else []


def _day(value: Value) -> Value:
    return shown(value, "date") if as_number(value) is not None else value


def _assumed(figures: Figures) -> list[Block]:
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
    found = [row for row in figures.table("Checks", "Expected", "Got", "OK") if isinstance(row["OK"], bool | CalcError)]
    held = sum(row["OK"] is True for row in found)
    failed = [row for row in found if row["OK"] is not True]
    state = "all hold" if master is True else "SOMETHING IS WRONG, see the sheet Checks"
    said = f"{state} ({held} of {len(found)})" if found else state
    blocks: list[Block] = [
        f"The workbook works its results out a second time: {held} of {len(found)} checks hold. All figures here were "
        f"recalculated when this memo was written; {figures.stale or 'no'} stored "
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
