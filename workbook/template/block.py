"""One scenario laid out: results, working, values in force, one column an option. Costs and every tab hold one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from workbook.template import model
from workbook.template.grid import Book, Place, Row, Sheet
from workbook.template.inputs import COMMON, COUNT, MOST_MONTHS, OPTION_ROWS, ROWS, Input
from workbook.template.layout import band, figures_in, table

FIRST = 2
"""Column C: option 1, month 0."""
LAST = FIRST + COUNT - 1
LAST_MONTH = FIRST + MOST_MONTHS
WIDTHS = (48, 19, *(16,) * COUNT)

Own = Callable[[int, str], tuple[str, str]]
"""The keys of the scenario's own cell and of the base's, for an option (0: common to all) and a row; one key twice
where both are one cell already."""


_NAMES = Row("shown_name", "Option", "", "name", "heading wrap")


def option_heads(sheet: Sheet, row: int, label: str = "Option") -> None:
    """The header of a table of options: their numbers and names."""
    sheet.put(row, 0, label, "head left")
    sheet.put(row, 1, "Unit", "head")
    for option in model.OPTIONS:
        sheet.put(row, FIRST + option - 1, option, "head option")


def rows_of(book: Book, sheet: Sheet, row: int, title: str, rows: Iterable[Row], scope: str, last: int = LAST) -> int:
    """A titled table across the options or the months."""
    band(sheet, row, title, last + 1)
    return table(book, sheet, row + 1, rows, FIRST, last, scope=scope)


def block(
    book: Book,
    sheet: Sheet,
    row: int,
    scope: str,
    own: Own,
    results: Iterable[Row] = model.RESULTS,
    names: dict[str, str] | None = None,
) -> int:
    """All of one scenario but its months, from `row` on; returns the next free line."""
    option_heads(sheet, row)
    book.place(f"{scope}.number", Place(sheet.name, row, FIRST, LAST))
    row = rows_of(book, sheet, row + 1, "Results", (_NAMES, *results), scope)
    row += 1
    band(sheet, row, "Recommendation", LAST + 1)
    row = figures_in(sheet, row + 1, renamed(model.heads(), names or {}), scope, FIRST)
    row += 1
    for title, rows in (
        ("What is entered", model.FACTS),
        ("Calls and capacity, month one", model.CALLS),
        ("Quality and review", model.QUALITY),
        ("Paid once", model.ONCE),
        ("How a month is made up", model.MONTHLY),
        ("Life, and where the work goes then", model.LIFE),
    ):
        row = rows_of(book, sheet, row, title, rows, scope)
    row += 1
    band(sheet, row, "Inputs still to enter", LAST + 1)
    row = figures_in(sheet, row + 1, model.gap_rows(), scope, FIRST)
    row += 1
    band(sheet, row, "Values in force, common to all options", LAST + 1)
    row = figures_in(sheet, row + 1, (_common(item, own) for item in COMMON.values()), scope, FIRST)
    row += 1
    for title, option_rows in ROWS:
        lines = [_in_force(key.key, own) for key in option_rows if key.counted]
        if title == ROWS[0][0]:
            lines += _own(own)
        if lines:
            row = rows_of(book, sheet, row, f"Values in force: {title[0].lower()}{title[1:]}", lines, scope)
    return row


def _style(style: str) -> str:
    return "answer" if style in ("label", "flag") else style


def _common(item: Input, own: Own) -> Row:
    mine, base = own(0, item.name)
    return Row(
        model.common_key(item.name),
        item.label,
        item.unit,
        model.own_cell(mine, base, "") if mine != base else f'IF({base}="","",{base})',
        _style(item.style),
    )


def _in_force(key: str, own: Own) -> Row:
    item = OPTION_ROWS[key]
    formulas = []
    for option in model.OPTIONS:
        mine, base = own(option, key)
        fallback = model.taken(key, option == 1)
        formulas.append(
            model.own_cell(mine, base, fallback) if mine != base else f'IF({mine}<>"",{mine},{fallback or chr(34) * 2})'
        )
    return Row(key, item.label, item.unit, tuple(formulas), _style(item.style))


def _own(own: Own) -> list[Row]:
    """Whether a model, an answer, anything at all is the option's own."""

    def entered(option: int, keys: tuple[str, ...]) -> str:
        cells = [cell for key in keys for cell in dict.fromkeys(own(option, key))]
        return f'IF({"&".join(cells)}="",0,1)'

    def counted(option: int) -> str:
        areas = zip(own(option, "caching"), own(option, "context_window"), strict=True)
        return "+".join(f'SUMPRODUCT(({first}:{last}<>"")*1)' for first, last in dict.fromkeys(areas))

    return [
        Row(
            "own_model",
            "A model of its own",
            "1 yes, 0 no",
            tuple(entered(option, ("model", "kind")) for option in model.OPTIONS),
            "whole",
        ),
        Row(
            "own_answers",
            "Answers of its own",
            "1 yes, 0 no",
            tuple(entered(option, ("model", "kind", "retrieval")) for option in model.OPTIONS),
            "whole",
        ),
        Row("own_entries", "Cells of its own", "cells", tuple(counted(option) for option in model.OPTIONS), "whole"),
    ]


def months(book: Book, sheet: Sheet, row: int, scope: str, parts: bool = False) -> int:
    """The months of a scenario: time axis, what every option costs by itself, today's way.

    With `parts` a table for each part of the cost stands before their sum.
    """
    sheet.put(row, 0, "Month", "head left")
    sheet.put(row, 1, "Unit", "head")
    for month in range(MOST_MONTHS + 1):
        sheet.put(row, FIRST + month, month, "head step")
    book.place(f"{scope}.t", Place(sheet.name, row, FIRST, LAST_MONTH))
    row = rows_of(book, sheet, row + 1, "Volume and weights", model.month_rows(), scope, LAST_MONTH)
    tables = {"own": {option: "+".join(model.own_parts(option).values()) for option in model.OPTIONS}}
    titles = {
        "calls": "Tokens, retrieval and repair, by option",
        "people": "Human review, by option",
        "steady": "Hosting, capacity, storage and upkeep, by option",
        "again": "Retraining, by option",
        "own": "What a month costs by itself",
    }
    if parts:
        names = list(model.own_parts(1))
        tables = {name: {option: model.own_parts(option)[name] for option in model.OPTIONS} for name in names}
        tables["own"] = {option: "+".join(f"{name}.{option}" for name in names) for option in model.OPTIONS}
    for key, formulas in tables.items():
        if parts or key == "own":
            book.place(f"{scope}.{key}_area", Place(sheet.name, row + 1, FIRST + 1, LAST_MONTH, row + COUNT))
        rows = [each_month(f"{key}.{option}", option, text) for option, text in formulas.items()]
        row = rows_of(book, sheet, row, titles[key], rows, scope, LAST_MONTH)
    today = each_month("all.1", 1, model.path(1))
    return rows_of(book, sheet, row, "Today all in, after its shutdown as its successor", [today], scope, LAST_MONTH)


def each_month(key: str, option: int, formula: str, opening: str = "0", style: str = "flow") -> Row:
    """A row of months of one option, which its label names."""
    return Row(key, f"=name.{option}", "USD", formula, style, opening=opening)


def renamed(rows: Iterable[Row], names: dict[str, str]) -> list[Row]:
    """Rows with defined names for some."""
    return [replace(row, name=names[row.key]) if row.key in names else row for row in rows]
