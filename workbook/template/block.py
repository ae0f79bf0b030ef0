"""One scenario laid out: results, working, values in force, one column an option. Costs and every tab hold one."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import replace

from workbook.template import model
from workbook.template.grid import Book, Place, Row, Sheet
from workbook.template.inputs import COMMON, COUNT, MOST_MONTHS, OPTION_ROWS, ROWS, Input
from workbook.template.layout import band, figures, table

FIRST = 2
"""Column C: option 1, month 0."""
LAST = FIRST + COUNT - 1
LAST_MONTH = FIRST + MOST_MONTHS

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
    only: Container[str] | None = None,
) -> int:
    """All of one scenario but its months, from `row` on; returns the next free line.

    `only` names the rows that are laid out; the others are then read from the scope behind.
    """

    def kept(rows: Iterable[Row]) -> list[Row]:
        return [item for item in rows if only is None or item.key in only]

    def across(row: int, title: str, rows: list[Row]) -> int:
        return rows_of(book, sheet, row, title, rows, scope) if rows else row

    def singles(row: int, title: str, rows: list[Row]) -> int:
        if not rows:
            return row
        band(sheet, row + 1, title, LAST + 1)
        return figures(sheet, row + 2, rows, scope, FIRST) + 1

    option_heads(sheet, row)
    book.place(f"{scope}.number", Place(sheet.name, row, FIRST, LAST))
    row = across(row + 1, "Results", kept((_NAMES, *results)))
    row = singles(row, "Recommendation", kept(renamed(model.HEADS, names or {})))
    for title, rows in model.SECTIONS.items():
        row = across(row, title, kept(rows))
    row = singles(row, "Inputs still to enter", kept(model.GAP_ROWS))
    row = singles(row, "Values in force, common to all options", kept(_common(item, own) for item in COMMON.values()))
    for title, option_rows in ROWS:
        lines = [_in_force(key.key, own) for key in option_rows if key.counted]
        if title == ROWS[0][0]:
            lines += _own(own)
        row = across(row, f"Values in force: {title[0].lower()}{title[1:]}", kept(lines))
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


OWN = (
    ("own_model", "A model of its own", ("model", "kind")),
    ("own_answers", "Answers of its own", ("model", "kind", "retrieval")),
)
"""Whether an option has entries of its own: key, label, and the rows of which one at least is filled in."""


def _own(own: Own) -> list[Row]:
    """Whether a model, an answer, anything at all is the option's own."""

    def entered(option: int, keys: tuple[str, ...]) -> str:
        cells = [cell for key in keys for cell in dict.fromkeys(own(option, key))]
        return f'IF({"&".join(cells)}="",0,1)'

    def counted(option: int) -> str:
        areas = zip(own(option, "caching"), own(option, "context_window"), strict=True)
        return "+".join(f'SUMPRODUCT(({first}:{last}<>"")*1)' for first, last in dict.fromkeys(areas))

    return [
        *(
            Row(key, label, "1 yes, 0 no", tuple(entered(option, keys) for option in model.OPTIONS), "whole")
            for key, label, keys in OWN
        ),
        Row("own_entries", "Cells of its own", "cells", tuple(counted(option) for option in model.OPTIONS), "whole"),
    ]


def months(book: Book, sheet: Sheet, row: int, scope: str, dated: bool = False) -> int:
    """The months of a scenario: time axis, what every option costs by itself, today's way.

    `dated` for the sheet Cash flow: with the discount factor, and the calls of each option in a table of their own.
    """
    sheet.put(row, 0, "Month", "head left")
    sheet.put(row, 1, "Unit", "head")
    for month in range(MOST_MONTHS + 1):
        sheet.put(row, FIRST + month, month, "head step")
    book.place(f"{scope}.t", Place(sheet.name, row, FIRST, LAST_MONTH))
    row = rows_of(book, sheet, row + 1, "Volume and weights", model.month_rows(dated), scope, LAST_MONTH)
    return costs_by_month(book, sheet, row, scope, dated)


def costs_by_month(book: Book, sheet: Sheet, row: int, scope: str, dated: bool = False) -> int:
    """What each option costs by itself in each month, and today's way."""
    tables = {
        "own": ("What a month costs by itself", {k: "+".join(model.own_parts(k).values()) for k in model.OPTIONS})
    }
    if dated:
        calls = {k: model.own_parts(k)["calls"] for k in model.OPTIONS}
        own = {k: "+".join((f"calls.{k}", *list(model.own_parts(k).values())[1:])) for k in model.OPTIONS}
        tables = {"calls": ("Tokens, retrieval and repair, by option", calls), "own": (tables["own"][0], own)}
    for key, (title, formulas) in tables.items():
        book.place(f"{scope}.{key}_area", Place(sheet.name, row + 1, FIRST + 1, LAST_MONTH, row + COUNT))
        rows = [
            each_month(f"{key}.{k}", k if dated else f"Option {k}", text, opening="") for k, text in formulas.items()
        ]
        row = rows_of(book, sheet, row, title, rows, scope, LAST_MONTH)
    today = each_month("all.1", "Option 1, then its successors", model.path(1), opening="")
    return rows_of(book, sheet, row, "Today all in, after its shutdown as its successor", [today], scope, LAST_MONTH)


def each_month(key: str, option: int | str, formula: str, opening: str) -> Row:
    """A row of months of one option; its label is the option's name, or the text given."""
    label = f"=name.{option}" if isinstance(option, int) else option
    return Row(key, label, "USD", formula, "flow", opening=opening)


def renamed(rows: Iterable[Row], names: dict[str, str]) -> list[Row]:
    """Rows with defined names for some."""
    return [replace(row, name=names[row.key]) if row.key in names else row for row in rows]
