"""The sheet Scenarios and the tab of each scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbook.file import tsv
from workbook.template import model
from workbook.template.block import LAST, LAST_MONTH, block, months
from workbook.template.cases import Case
from workbook.template.grid import Book, Place, Sheet, letters
from workbook.template.inputs import COMMON, DATA, MOST_MONTHS, OPTION_ROWS, option_input
from workbook.template.layout import HEADING, band, header, opened, unit
from workbook.template.sheets.inputs import choice, validation

FIRST_SCENARIO = 4
"""Column E of Scenarios: label, unit, name and the live column stand before it."""

SHOWN = tuple(tuple(line.values()) for line in tsv.lines(DATA / "shown.tsv"))
"""What a column shows of its tab."""


def scenarios_sheet(book: Book, case: Case) -> Sheet:
    count = len(case.columns)
    last = FIRST_SCENARIO + count - 1
    sheet = opened("Scenarios", case=case.title, count=count)
    row = HEADING + 1
    header(sheet, row, ("Scenario", "", "", "=scenario", *range(1, count + 1)))
    header(sheet, row + 1, ("", "Unit", "Name", "=scenario_name", *(each.name or None for each in case.columns)))
    sheet.cells[row, 3].style = "head wrap"
    for column in range(3, last + 1):
        sheet.cells[row + 1, column].style = "head wrap" if column <= FIRST_SCENARIO else "title2 input"
    book.place("scenario_number", Place(sheet.name, row, FIRST_SCENARIO, last))
    book.place("scenario_title", Place(sheet.name, row + 1, FIRST_SCENARIO, last))
    sheet.heights[row + 1] = 32
    row = _results(book, sheet, row + 2, case)
    results_end = row
    sheet.printed = (row + len(COMMON) + 1, last)
    row = _overrides(book, sheet, row + 1, case)
    first, end = letters(FIRST_SCENARIO), letters(last)
    sheet.rules.append(
        (
            f"{first}{HEADING + 2}:{end}{HEADING + 2}",
            {"type": "formula", "criteria": f"={first}${HEADING + 2}=scenario", "style": "chosen"},
        )
    )
    sheet.rules.append(
        (f"{first}{HEADING + 4}:{end}{results_end}", {"type": "errors", "style": "absent"}),
    )
    return sheet


def _results(book: Book, sheet: Sheet, row: int, case: Case) -> int:
    last = FIRST_SCENARIO + len(case.columns) - 1
    band(sheet, row, "Results, each from its own tab", last + 1)
    row += 1
    used = row + len(SHOWN)
    for key, label, unit_text, style in SHOWN:
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, unit(unit_text), "unit")
        book.place(f"shown.{key}", Place(sheet.name, row, FIRST_SCENARIO, last))
        sheet.put(row, 3, f"=live.{key}", f"{style} live", key=f"in_force.{key}")
        for index in range(len(case.columns)):
            sheet.put(row, FIRST_SCENARIO + index, f'=IF(used=0,"",tab{index + 1}.{key})', style)
        if style == "verdict":
            sheet.heights[row] = 54
        row += 1
    sheet.put(used, 0, "In use", "label")
    book.place("used", Place(sheet.name, used, FIRST_SCENARIO, last))
    for index in range(len(case.columns)):
        text = '=IF(scenario_number=1,1,IF(scenario_title<>"",1,IF(SUMPRODUCT((override.top:override.bottom<>"")*1)>0,1,0)))'
        sheet.put(used, FIRST_SCENARIO + index, text, "used")
    return used + 1


def _overrides(book: Book, sheet: Sheet, row: int, case: Case) -> int:
    """The override rows and the live column beside them."""
    count = len(case.columns)
    last = FIRST_SCENARIO + count - 1
    top = row + 1
    band(sheet, row, "What each scenario overrides (an empty cell: the base value)", last + 1)
    row += 1
    for name, item in COMMON.items():
        _override(book, sheet, row, (0, name), name, item, case)
        row += 1
    for option in model.OPTIONS:
        band(sheet, row, "", last + 1)
        sheet.cells[row, 0].content = f'="Option {option}: "&options.name.{option}'
        row += 1
        for line in OPTION_ROWS.values():
            if line.counted:
                _override(book, sheet, row, (option, line.key), option_input(option, line.key), line, case)
                row += 1
    book.place("override.top", Place(sheet.name, top, FIRST_SCENARIO, last))
    book.place("override.bottom", Place(sheet.name, row - 1, FIRST_SCENARIO, last))
    return row


def _keys(option: int, key: str) -> tuple[str, str, str]:
    """The keys of an input: its override row, its live cell, its base cell."""
    stem = f"o{option}.{key}"
    return f"override.{stem}", f"chosen.{stem}", f"options.{key}.{option}" if option else f"base.{key}"


def _override(book: Book, sheet: Sheet, row: int, where: tuple[int, str], name: str, item: Any, case: Case) -> None:
    override, chosen, base = _keys(*where)
    last = FIRST_SCENARIO + len(case.columns) - 1
    sheet.put(row, 0, item.label, "label")
    sheet.put(row, 1, unit(item.unit), "unit")
    sheet.put(row, 2, name, "code")
    book.place(override, Place(sheet.name, row, FIRST_SCENARIO, last))
    look = f"{item.style} right shrink" if item.style == "label" else item.style
    value = f"INDEX(row.{override},1,scenario)"
    sheet.put(
        row, 3, f'=IF({value}="",IF({base}="","",{base}),IF({value}="none","",{value}))', f"{look} live", key=chosen
    )
    for index, scenario in enumerate(case.columns):
        style = f"{item.style} {'closed' if index == 0 else 'input'}"
        sheet.put(row, FIRST_SCENARIO + index, scenario.overrides.get(name), style)
    strict = bool(where[0])
    rule = choice((*item.choices, "none"), strict) if item.choices else validation(item.quantity, item.unit)
    sheet.accept(row, FIRST_SCENARIO + 1, last, rule and {"error_type": "warning"} | rule)


def chosen(option: int, key: str) -> tuple[str, str]:
    """Where the live block reads: the live column of Scenarios."""
    live = _keys(option, key)[1]
    return live, live


def scenario_tab(book: Book, number: int, name: str, title: str, spare: bool = False) -> Sheet:
    """The tab of one scenario. It reads that scenario's own column on Scenarios and nothing else.

    `number` is the scenario's column, 1 for the base; `name` the tab's name.
    """
    scope = f"tab{number}"
    sheet = replace(opened("tab", title=title), name=name, scopes=(scope,), accent=not spare)
    sheet.cells[0, 0].content = (
        f'="Scenario {number}: "&IF(scenario_title.{number}="","not in use; name its column on Scenarios",'
        f"scenario_title.{number})"
    )
    column = FIRST_SCENARIO + number - 1

    def own(option: int, key: str) -> tuple[str, str]:
        override, _, base = _keys(option, key)
        place = book.find(override, ())
        mine = f"own.o{option}.{key}"
        book.places.setdefault(f"{scope}.{mine}", Place(place.sheet, place.row, column))
        return mine, base

    row = block(book, sheet, HEADING + 1, scope, own)
    working = next(line for (line, _), cell in sheet.cells.items() if cell.content == "What is entered")
    sheet.printed = (working - 1, LAST)  # the working is printed with Costs
    if spare:
        unused = {"type": "formula", "criteria": f"={book.area(f'used.{number}')[1:]}=0", "style": "unused"}
        sheet.rules.append((f"A{HEADING + 2}:{letters(LAST_MONTH)}{sheet.last_row + MOST_MONTHS}", unused))
    sheet.rules.append((f"C{HEADING + 3}:L{working}", {"type": "errors", "style": "absent"}))
    months(book, sheet, row + 1, scope)
    return sheet
