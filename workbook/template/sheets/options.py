"""The sheet Options: one column an option, the same rows for all."""

from __future__ import annotations

from typing import Any

from workbook.template import model
from workbook.template.block import FIRST, LAST, option_heads
from workbook.template.cases import Case
from workbook.template.grid import Book, Place, Sheet
from workbook.template.inputs import INPUTS, ROWS, OptionRow, option_input
from workbook.template.layout import HEADING, band, opened, unit
from workbook.template.sheets.inputs import choice, validation


def options_sheet(book: Book, case: Case) -> Sheet:
    sheet = opened("Options", case=case.title)
    row = HEADING + 1
    option_heads(sheet, row, "Option number")
    sheet.put(row, LAST + 1, "Note", "head left")
    given = case.values()
    row += 1
    for title, rows in ROWS:
        if title != ROWS[0][0]:
            band(sheet, row, title, LAST + 2)
            row += 1
        for item in rows:
            _row(book, sheet, row, item, given)
            row += 1
    return sheet


def _row(book: Book, sheet: Sheet, row: int, item: OptionRow, given: dict[Any, Any]) -> None:
    sheet.put(row, 0, item.label, "label")
    sheet.put(row, 1, unit(item.unit), "unit")
    book.place(f"options.{item.key}", Place(sheet.name, row, FIRST, LAST))
    for option in model.OPTIONS:
        name = option_input(option, item.key)
        entry = given.get(name)
        note = "; ".join(filter(None, (entry.source, entry.date, entry.note))) if entry and entry.source else ""
        defined = name if not name[0].isdigit() else None
        look = _WRAPPED.get(item.key, f"{item.style} input")
        sheet.put(row, FIRST + option - 1, entry.value if entry else None, look, name=defined, note=note)
    sheet.put(row, LAST + 1, item.help, "note")
    if item.key in _WRAPPED:
        sheet.heights[row] = 30
    rule = choice(item.choices) if item.choices else validation(item.quantity, item.unit)
    sheet.accept(row, FIRST, LAST, rule)


_WRAPPED = {"name": "title2 input", "action": "verdict input"}
"""Rows of texts that need two lines."""


def place_of(book: Book, name: str) -> Place:
    """Where an input's cell stands, on Inputs or on Options."""
    item = INPUTS[name]
    return book.find(f"options.{item.row}.{item.option}" if item.option else f"base.{name}", ())
