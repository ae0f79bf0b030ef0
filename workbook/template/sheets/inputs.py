"""The sheet Inputs: what is common to all options, the scenario selector, the fixed quantities."""

from __future__ import annotations

import datetime
import json
from typing import Any

from pycalc import constants
from pycalc.registry.vocabulary import Quantity
from workbook.file import tsv
from workbook.template.cases import Case
from workbook.template.grid import Book, Place, Sheet
from workbook.template.inputs import COUNT, DATA, GROUPS, Input
from workbook.template.layout import HEADING, band, opened, unit

_OF_PYTHON = {**constants.BY_NAME, "option_count": COUNT}
CONSTANTS = tuple(
    (line["name"], line["label"], line["unit"], line["style"],
     json.loads(line["value"]) if line["value"] else _OF_PYTHON[line["name"]])
    for line in tsv.lines(DATA / "constants.tsv")
)  # fmt: skip
"""The only other numbers the formulas use, each a named cell."""


def choice(items: tuple[str, ...], strict: bool = True) -> dict[Any, Any]:
    """A list to choose from; without `strict` another word is accepted too."""
    rule: dict[Any, Any] = {"validate": "list", "source": list(items)}
    if strict:
        return rule | {"error_title": "Choose one", "error_message": f"{', '.join(items[:-1])} or {items[-1]}."}
    return rule | {
        "error_type": "information",
        "error_title": "Another task",
        "error_message": "Any other word counts as a task of its own kind.",
    }


SMALLEST = 1e-12
"""What a rule between two bounds, which takes both, adds to one that is excluded."""


def validation(quantity: Quantity, unit_text: str) -> dict[Any, Any]:
    """A data validation that refuses what Python refuses; empty where nothing is refused."""
    kind, low, high, label = quantity.kind, quantity.low, quantity.high, quantity.label
    if kind == "flag":
        rule: dict[Any, Any] = {"validate": "list", "source": ["TRUE", "FALSE"]}
        return rule | {"error_title": "TRUE or FALSE", "error_message": f"{label}: TRUE or FALSE."}
    if kind == "text":
        return {}
    rule = {"validate": "integer" if quantity.whole else "date" if kind == "date" else "decimal"}
    unbounded = 1e300
    if quantity.low_open and high < unbounded:
        low += SMALLEST
    bounds = quantity.bounds() or "a number"
    if kind == "date":
        days = {"minimum": datetime.date(1900, 3, 1), "maximum": datetime.date(9999, 12, 31)}
        rule |= {"criteria": "between", **days}
        bounds = "a date"
    elif high < unbounded and (low <= -unbounded or quantity.high_open):
        rule |= {"criteria": "<" if quantity.high_open else "<=", "value": high}
    elif high >= unbounded and low > -unbounded:
        rule |= {"criteria": ">" if quantity.low_open else ">=", "value": low}
    else:
        rule |= {"criteria": "between", "minimum": max(low, -unbounded), "maximum": min(high, unbounded)}
    return rule | {"error_title": "Not possible", "error_message": f"{label[:120]}: {bounds} ({unit_text})."}


def inputs_sheet(book: Book, case: Case) -> Sheet:
    sheet = opened("Inputs", case=case.title)
    row = _selector(sheet, HEADING + 2, case)
    given = case.values()
    for title, items in GROUPS:
        band(sheet, row, title, 10)
        row += 1
        for item in items:
            book.place(f"base.{item.name}", Place(sheet.name, row, 1))
            _input(sheet, row, item, given.get(item.name))
            row += 1
    band(sheet, row, "Fixed quantities: the only other numbers formulas use", 10)
    row += 1
    for name, label, unit_text, style, value in CONSTANTS:
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, value, style, name=name)
        sheet.put(row, 2, unit_text, "unit")
        sheet.put(row, 7, name, "code")
        row += 1
    return sheet


def _selector(sheet: Sheet, row: int, case: Case) -> int:
    """The choice of the scenario in force."""
    band(sheet, row, "Scenario", 10)
    count = len(case.columns)
    sheet.put(row + 1, 0, "Scenario in force", "label")
    sheet.put(
        row + 1, 1, 1, "whole input", name="scenario", note=f"1 is the base; 2 to {count} are the columns on Scenarios."
    )
    rule = choice(tuple(str(number) for number in range(1, count + 1)))
    message = {"error_title": "No such scenario", "error_message": f"A column number on Scenarios, 1 to {count}."}
    sheet.validations.append((row + 1, 1, 1, rule | message))
    sheet.put(row + 1, 2, "number", "unit")
    sheet.put(row + 1, 6, f"1 is the base, without overrides; 2 to {count} are the columns on Scenarios", "note")
    sheet.put(row + 1, 7, "scenario", "code")
    sheet.put(row + 2, 0, "Its name", "label")
    title = "INDEX(row.scenario_title,1,scenario)"
    sheet.put(row + 2, 1, f'=IF({title}="","Scenario "&scenario,{title})', "answer", name="scenario_name")
    return row + 3


def _input(sheet: Sheet, row: int, item: Input, entry: Any) -> None:
    sheet.put(row, 0, item.label, "label")
    value = None if entry is None else entry.value
    look = "verdict input" if item.name == "title" else f"{item.style} input"
    sheet.put(row, 1, value, look, name=item.name)
    if item.name == "title":
        sheet.heights[row] = 26
    rule = choice(item.choices, strict=False) if item.choices else validation(item.quantity, item.unit)
    sheet.accept(row, 1, 1, rule)
    sheet.put(row, 2, unit(item.unit), "unit")
    sheet.put(row, 3, entry.source if entry else None, "source free")
    sheet.put(row, 4, entry.date if entry else None, "source free")
    sheet.put(row, 5, (entry.owner or "Finance") if entry else None, "source free")
    sheet.put(row, 6, (entry.note if entry and entry.note else item.help) or None, "note free")
    sheet.put(row, 7, item.name, "code")
    if item.quantity.kind in ("number", "date"):  # what `breakeven risk` draws between
        for column in (8, 9):
            sheet.put(row, column, None, f"{item.style} input")
            sheet.accept(row, column, column, rule)
