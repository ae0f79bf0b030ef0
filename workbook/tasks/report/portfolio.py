"""The memo on a portfolio: which use cases should change, which first, and what is missing."""

from __future__ import annotations

from textwrap import shorten

from workbook.engines.settling import believed
from workbook.file import named
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.tasks.broken import refuse_circles
from workbook.tasks.kinds import BUDGET, PLACES, USE_CASES, worked
from workbook.tasks.portfolio.ranking import FIRST_COLUMNS
from workbook.tasks.portfolio.results import SHOWN
from workbook.tasks.report.figures import Grid, as_number, grids_of
from workbook.tasks.report.memo import Bars, Block, Bullets, Cell, Memo, Section, Table, shown

_ON_THE_BOARD = 10
_BARS = 12
_SAVED = "Running cost saved, month one"
_LISTED = 300
"""Use cases that a memo can list; the workbook has the others."""
_KEYS = ("title", "rank", "order", *(column.key for column in SHOWN))
_COLUMNS = (
    ("rec_saving_monthly", _SAVED, "money"),
    ("rec_upfront", "Up front", "flow"),
    ("rec_breakeven_months", "Break-even", "months"),
    ("rec_payback", "Discounted", "months"),
    ("rec_npv", "Net present value", "flow"),
    ("rec_irr", "Return a year", "share"),
)
Line = dict[str, Value]


def memo(package: Package, date: str = "", anyway: bool = False) -> Memo:
    """The memo on a portfolio's workbook, every figure recalculated, or proved to be what is stored."""
    computed = refuse_circles(package, believed(package, proved=worked(package)), "report on", anyway).values
    places = named.cells(package)
    grids, stale = grids_of(package, computed, {places[name][0] for name in (USE_CASES, PLACES, BUDGET)})
    cases = _lines(grids[places[USE_CASES][0]], places[USE_CASES], _KEYS)
    first = _lines(grids[places[PLACES][0]], places[PLACES], tuple(column["title"] for column in FIRST_COLUMNS))
    budget = as_number(grids[places[BUDGET][0]].get(places[BUDGET][1:]))
    name = package.path.name
    whole = [case for case in cases if as_number(case["gaps"]) == 0]
    lacking = [case for case in cases if as_number(case["gaps"]) != 0]
    checks = f"{stale} stored values were out of date; all are worked out anew" if stale else "as stored"
    facts = [("Date", date or "not given"), ("Amounts in", "USD"), ("Use cases", f"{len(cases):,}")]
    made = Memo(
        title=f"Portfolio of {len(cases):,} use cases",
        about="One line a use case, each measured against the way it runs today, everything counted.",
        facts=[*facts, ("Figures", checks), ("Workbook", name)],
        question="Which use cases should change the way they run, and which first?",
        answer=shorten(_answer(whole, lacking), 240, placeholder=" .."),
        figures=_totals(whole, first),
        footer=f"{name}{', ' + date if date else ''}. Figures: {checks}.",
    )
    sections = (
        Section("What first", _first(first, budget)),
        Section("Inputs missing: in no total", _lacking(lacking[:_ON_THE_BOARD], len(lacking))),
    )
    made.board = [section for section in sections if section.blocks]
    rest = (
        Section("Every use case", [_all(whole)] if whole else []),
        Section("Every use case with inputs missing", _lacking(lacking) if len(lacking) > _ON_THE_BOARD else []),
    )
    made.details = [section for section in rest if section.blocks]
    return made


def _lines(grid: Grid, head: tuple[str, int, int], keys: tuple[str, ...]) -> list[Line]:
    """The rows under a table's head that hold something in its first column, but the line of totals."""
    _, row, column = head
    found = []
    for line in range(row + 1, max((place for place, _ in grid), default=0) + 1):
        values = {key: grid.get((line, column + offset)) for offset, key in enumerate(keys)}
        if values[keys[0]] not in (None, "") and values.get("recommendation", 1) not in (None, ""):
            found.append(values)
    return found


def _changing(whole: list[Line]) -> list[Line]:
    return [case for case in whole if case["changes"] == 1]


def _sum(lines: list[Line], key: str) -> float:
    return sum(as_number(line[key]) or 0.0 for line in lines)


def _answer(whole: list[Line], lacking: list[Line]) -> str:
    changing = _changing(whole)
    missing = f"; {len(lacking):,} more lack{'' if len(lacking) > 1 else 's'} inputs" if lacking else ""
    if not whole:
        return f"Nothing can be recommended: each of {len(lacking):,} use cases lacks inputs"
    if not changing:
        return f"Change none of {len(whole):,}: each costs least the way it runs today{missing}"
    saved, paid = _sum(changing, "rec_saving_monthly"), _sum(changing, "rec_upfront")
    return (
        f"Change {len(changing):,} of {len(whole):,}: that saves USD {saved:,.0f} in month one for USD {paid:,.0f} "
        f"paid up front{missing}"
    )


def _totals(whole: list[Line], first: list[Line]) -> list[tuple[str, str]]:
    changing = _changing(whole)
    if not changing:
        return []
    taken = [line for line in first if line["Taken"] == 1]
    return [
        ("Use cases to change", f"{len(changing):,} of {len(whole):,}"),
        ("Save in month one", f"USD {_sum(changing, 'rec_saving_monthly'):,.0f}"),
        ("Paid up front", f"USD {_sum(changing, 'rec_upfront'):,.0f}"),
        ("Worth against today", f"USD {_sum(whole, 'rec_npv'):,.0f}"),
        ("Within the budget", f"{len(taken):,} of {len(first):,}"),
    ]


def _first(first: list[Line], budget: float | None) -> list[Block]:
    if not first:
        return []
    rows = [
        [
            Cell(line["Use case"]),
            Cell(line["What to do"]),
            Cell(line["Paid up front"], "flow"),
            Cell(line[_SAVED], "money"),
            Cell("yes" if line["Taken"] == 1 else "no"),
        ]
        for line in first[:_ON_THE_BOARD]
    ]
    limit = f"within a budget of USD {budget:,.0f}" if budget is not None else "no budget is set"
    more = f" {len(first) - len(rows):,} more stand in the workbook." if len(first) > len(rows) else ""
    note = f"In the order in which they pay back; {limit}.{more} Amounts in USD."
    taken = {number for number, line in enumerate(first[:_ON_THE_BOARD]) if line["Taken"] == 1}
    table = Table("", ["Use case", "What to do", "Up front", _SAVED, "Taken"], rows, note, taken, [2, 4, 1, 1.2, 0.7])
    bars = [(shown(line["Use case"]), as_number(line[_SAVED]) or 0.0) for line in first[:_BARS]]
    return [table, Bars(_SAVED, "USD per month", bars)]


def _lacking(lacking: list[Line], known: int = 0) -> list[Block]:
    lines = [f"{shown(case['title'])}: {shown(case['recommendation'])}" for case in lacking]
    if known > len(lacking):
        lines.append(f"and {known - len(lacking):,} more")
    return [Bullets(lines)] if lines else []


def _all(whole: list[Line]) -> Table:
    ranked = sorted(whole, key=lambda case: -(as_number(case["rec_saving_monthly"]) or 0.0))
    rows = [
        [Cell(case["title"]), Cell(case["best_option"]), *(Cell(case[key], form, "–") for key, _, form in _COLUMNS)]
        for case in ranked[:_LISTED]
    ]
    more = f" {len(ranked) - _LISTED:,} more stand in the workbook." if len(ranked) > _LISTED else ""
    titles = ["Use case", "Recommended", *(title for _, title, _ in _COLUMNS)]
    note = f"Ranked by saving. Amounts in USD, break-even and payback in months.{more}"
    return Table("", titles, rows, note, widths=[2, 2, 1.2, 1, 1, 1, 1.2, 1])
