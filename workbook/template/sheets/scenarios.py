"""The sheet Scenarios and the tab of each scenario."""

from __future__ import annotations

from workbook.template.cases import Case
from workbook.template.core import CORE, HOW
from workbook.template.grid import Book, Place, Row, Sheet, Validation, letters
from workbook.template.inputs import INPUTS, Input
from workbook.template.layout import HEADING, band, figures, header, heading, table, unit
from workbook.template.sheets.inputs import validation

FIRST_SCENARIO = 4
"""Column E of Scenarios: label, unit, base and the live column stand before it."""


def scenarios_sheet(book: Book, case: Case) -> Sheet:
    count = len(case.columns)
    last = FIRST_SCENARIO + count - 1
    sheet = Sheet(
        "Scenarios",
        f"Scenarios: {case.title}",
        "One column a scenario: results first, then what each column overrides. An empty cell means the base value.",
        (46, 20, 17, 17, *(18,) * count),
        scopes=("column", "live"),
        accent=True,
    )
    heading(sheet)
    sheet.freeze = (HEADING + 3, FIRST_SCENARIO)
    sheet.repeat_rows = (0, HEADING + 2)
    row = HEADING + 1
    header(sheet, row, ("Scenario", "", "", "In force", *("",) * count))
    sheet.cells[row, 3].content = "=scenario"
    sheet.cells[row, 3].style = "head link"
    book.place("scenario_number", Place(sheet.name, row, FIRST_SCENARIO, last))
    book.place("scenario_title", Place(sheet.name, row + 1, FIRST_SCENARIO, last))
    header(sheet, row + 1, ("", "Unit", "Base", "", *("",) * count))
    sheet.cells[row + 1, 3].content = "=scenario_name"
    sheet.cells[row + 1, 3].style = "head wrap"
    for index, scenario in enumerate(case.columns):
        column = FIRST_SCENARIO + index
        sheet.cells[row, column].content = index + 1
        cell = sheet.cells[row + 1, column]
        cell.content = scenario.name or None
        cell.style = "head wrap" if index == 0 else "title2 input"
    sheet.heights[row + 1] = 32
    sheet.pages = 3
    row += 2
    for title, rows in CORE:
        band(sheet, row, title, last + 1)
        row += 1
        start = row
        row = table(book, sheet, row, rows, FIRST_SCENARIO, last, scope="column")
        for offset, line in enumerate(rows):
            if line.style == "verdict":
                sheet.heights[start + offset] = 54 if line.key == "suitability" else 28
            sheet.put(start + offset, 3, f"=live.{line.key}", line.style, key=f"live.in_force.{line.key}")
    results_end = row
    row += 1
    overrides = row
    band(sheet, row, "What each scenario overrides (an empty cell: the base value)", last + 1)
    row += 1
    for name, item in INPUTS.items():
        sheet.put(row, 0, item.label, "label")
        sheet.put(row, 1, unit(item.unit), "unit")
        blank = item.optional or item.quantity.kind == "text"
        if blank:
            link = f'=IF(base.{name}="","",base.{name})'
        elif item.quantity.kind == "flag":
            link = f"=IF(base.{name},TRUE,FALSE)"
        else:
            link = f"=base.{name}+0"  # a blank is 0, in LibreOffice too
        sheet.put(row, 2, link, _value_style(item), key=f"linked.{name}")
        book.place(f"override.{name}", Place(sheet.name, row, FIRST_SCENARIO, last))
        sheet.put(
            row,
            3,
            f'=IF(INDEX(row.override.{name},1,scenario)="",linked.{name},INDEX(row.override.{name},1,scenario))',
            f"{_value_style(item)} live",
            key=f"live.{name}",
        )
        for index, scenario in enumerate(case.columns):
            style = f"{item.style} {'closed' if index == 0 else 'input'}"
            sheet.put(row, FIRST_SCENARIO + index, scenario.overrides.get(name), style)
        rule = validation(item.quantity, item.unit)
        if rule:
            sheet.validations.append(Validation(row, FIRST_SCENARIO + 1, rule | {"ignore_blank": True}, last))
        row += 1
    row += 1
    sheet.breaks.append(overrides)
    sheet.breaks.append(row)
    band(sheet, row, "Values in force by scenario", last + 1)
    row += 1
    in_force = [
        Row(name, item.label, item.unit, f'IF(override.{name}="",linked.{name},override.{name})', _value_style(item))
        for name, item in INPUTS.items()
    ]
    table(book, sheet, row, in_force, FIRST_SCENARIO, last, scope="column")
    first, end = letters(FIRST_SCENARIO), letters(last)
    sheet.rules.append(
        (
            f"{first}{HEADING + 4}:{end}{results_end}",
            {"type": "formula", "criteria": f'={first}${HEADING + 3}=""', "style": "faint"},
        )
    )
    sheet.rules.append(
        (
            f"{first}{HEADING + 2}:{end}{HEADING + 2}",
            {"type": "formula", "criteria": f"={first}${HEADING + 2}=scenario", "style": "chosen"},
        )
    )
    return sheet


def _value_style(item: Input) -> str:
    """How an input's value looks where it is fetched: texts stand right, under the numbers."""
    return f"{item.style} right shrink" if item.style == "label" else item.style


def scenario_tab(book: Book, number: int, name: str, title: str) -> Sheet:
    """The tab of one scenario. It reads that scenario's own column on Scenarios and nothing else.

    `number` is the scenario's column, 1 for the base; `name` the tab's name.
    """
    scope = f"tab{number}"
    sheet = Sheet(
        name,
        title,
        "One scenario, top to bottom: results, then the values it uses. It reads its own column on Scenarios.",
        (52, 36, 27, 96),
        scopes=(scope, "label"),
    )
    sheet.pages = 2
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Result", "Value", "Unit", "How"))
    row += 1
    for group, rows in CORE:
        band(sheet, row, group, 4)
        start = row + 1
        row = figures(sheet, start, rows, scope)
        for offset, line in enumerate(rows):
            if line.style == "verdict":
                sheet.heights[start + offset] = 28
            sheet.put(start + offset, 3, HOW.get(line.key, str(line.formula)), "note")
    row += 1
    sheet.breaks.append(row)
    header(sheet, row, ("Values used", "Value", "Unit", "Against the base"))
    row += 1
    for input_name, item in INPUTS.items():
        column = letters(FIRST_SCENARIO + number - 1)
        own = f"scenarios.{column}.{input_name}"
        place = book.find(f"override.{input_name}", ())
        book.places.setdefault(own, Place(place.sheet, place.row, FIRST_SCENARIO + number - 1))
        sheet.put(row, 0, item.label, "label")
        sheet.put(
            row,
            1,
            f'=IF({own}="",linked.{input_name},{own})',
            f"{_value_style(item)} link",
            key=f"{scope}.{input_name}",
        )
        sheet.put(row, 2, unit(item.unit), "unit")
        sheet.put(row, 3, f'=IF({own}="","","overridden")', "note")
        row += 1
    return sheet
