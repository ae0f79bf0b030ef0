"""The sheet Inputs: every assumption, the scenario selector, the fixed quantities."""

from __future__ import annotations

from pycalc import constants
from workbook.template.cases import Case
from workbook.template.grid import Sheet, Validation
from workbook.template.inputs import GROUPS
from workbook.template.layout import HEADING, band, header, heading, unit

CONSTANTS = (
    ("tokens_per_price_unit", "Tokens a price is for", "tokens", "count", constants.TOKENS_PER_PRICE_UNIT),
    ("months_per_year", "Months in a year", "months", "whole", constants.MONTHS_PER_YEAR),
    ("minutes_per_hour", "Minutes in an hour", "minutes", "whole", constants.MINUTES_PER_HOUR),
    ("days_per_year", "Days in a year", "days", "number", constants.DAYS_PER_YEAR),
    ("hours_per_month", "Hours in a month", "hours", "whole", constants.HOURS_PER_MONTH),
    ("seconds_per_hour", "Seconds in an hour", "seconds", "count", constants.SECONDS_PER_HOUR),
    ("parameters_per_billion", "Parameters in a billion", "parameters", "count", constants.PARAMETERS_PER_BILLION),
    ("flops_per_teraflop", "Operations in a teraflop", "FLOP", "count", constants.FLOPS_PER_TERAFLOP),
    (
        "comparison_tolerance",
        "Differences below this share of the larger count as none",
        "share",
        "tiny",
        constants.COMPARISON_TOLERANCE,
    ),
    ("series_limit", "Rates below this are summed by series", "per month", "tiny", constants.SERIES_LIMIT),
    ("minimum_examples", "Fewest training examples", "examples", "whole", constants.MINIMUM_EXAMPLES),
    ("check_tolerance", "Checks accept this share of the largest term", "share", "tiny", 1e-11),
    ("iteration_tolerance", "Checks of IRR accept this: Excel's own IRR stops there", "share", "tiny", 1e-6),
    ("rate_reach", "How far the rate of return is sought", "power of e, per month", "whole", 18),
)
"""The only other numbers the formulas use, each a named cell."""


def validation(quantity: object, unit_text: str) -> dict:
    """A data validation that refuses what Python refuses; empty where nothing is refused."""
    kind, low, high = quantity.kind, quantity.low, quantity.high  # type: ignore[attr-defined]
    label = quantity.label  # type: ignore[attr-defined]
    if kind == "flag":
        rule: dict = {"validate": "list", "source": ["TRUE", "FALSE"]}
        return rule | {"error_title": "TRUE or FALSE", "error_message": f"{label}: TRUE or FALSE."}
    if kind == "text":
        return {}
    rule = {"validate": "integer" if quantity.whole else "date" if kind == "date" else "decimal"}  # type: ignore[attr-defined]
    unbounded = 1e300
    if low > -unbounded and high < unbounded and not quantity.low_open and not quantity.high_open:  # type: ignore[attr-defined]
        rule |= {"criteria": "between", "minimum": low, "maximum": high}
    elif high < unbounded:
        rule |= {"criteria": "<" if quantity.high_open else "<=", "value": high}  # type: ignore[attr-defined]
    elif low > -unbounded:
        rule |= {"criteria": ">" if quantity.low_open else ">=", "value": low}  # type: ignore[attr-defined]
    else:
        rule |= {"criteria": "between", "minimum": -unbounded, "maximum": unbounded}
    if kind == "date":
        import datetime

        rule |= {"criteria": ">=", "value": datetime.date(1900, 3, 1)}
        bounds = "a date"
    else:
        bounds = quantity.bounds() or "a number"  # type: ignore[attr-defined]
    return rule | {"error_title": "Not possible", "error_message": f"{label[:120]}: {bounds} ({unit_text})."}


def inputs_sheet(case: Case) -> Sheet:
    sheet = Sheet(
        "Inputs",
        f"Inputs: {case.title}",
        "Change the boxed blue cells; everything else follows. Each has its source, its date and its owner.",
        (40, 20, 27, 46, 11, 17, 56, 23, 12, 12),
        accent=True,
    )
    sheet.pages = 2
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Assumption", "Value", "Unit", "Source", "Read on", "Owner", "Note", "Name", "Low", "High"))
    row += 1
    band(sheet, row, "Scenario and currency", 10)
    count = len(case.columns)
    sheet.put(row + 1, 0, "Scenario in force", "label")
    sheet.put(
        row + 1, 1, 1, "whole input", name="scenario", note=f"1 is the base; 2 to {count} are the columns on Scenarios."
    )
    sheet.validations.append(
        Validation(
            row + 1,
            1,
            {
                "validate": "list",
                "source": [str(number) for number in range(1, count + 1)],
                "error_title": "No such scenario",
                "error_message": f"A column number on Scenarios, 1 to {count}.",
            },
        )
    )
    sheet.put(row + 1, 2, "number", "unit")
    sheet.put(row + 1, 6, f"1 is the base, without overrides; 2 to {count} are the columns on Scenarios", "note")
    sheet.put(row + 1, 7, "scenario", "code")
    sheet.put(row + 2, 0, "Its name", "label")
    sheet.put(
        row + 2,
        1,
        '=IF(INDEX(row.scenario_title,1,scenario)="","Scenario "&scenario,INDEX(row.scenario_title,1,scenario))',
        "label",
        name="scenario_name",
    )
    sheet.put(row + 3, 0, "Currency", "label")
    sheet.put(row + 3, 1, case.currency, "label input", name="currency", note="A label: amounts are not converted.")
    sheet.put(row + 3, 2, "label", "unit")
    sheet.put(row + 3, 6, "A label alone: enter every amount in this currency", "note")
    sheet.put(row + 3, 7, "currency", "code")
    given = case.values()
    missing = "&".join(
        f"missing.{group}" for group, (_, items) in enumerate(GROUPS) if any(item.required for item in items)
    )
    sheet.put(row + 4, 0, "Required and still blank", "label")
    sheet.put(row + 4, 1, '=IF(missing_inputs="","none","see note")', "answer")
    sheet.put(row + 4, 6, f"={missing}", "note", key="live.missing_inputs")
    if any(item.required and item.name not in given for _, items in GROUPS for item in items):
        sheet.heights[row + 4] = 66  # the list of them takes several lines
    row += 5
    for group, (title, items) in enumerate(GROUPS):
        band(sheet, row, title, 10)
        missing = "&".join(f'IF({item.name}="","{item.label}; ","")' for item in items if item.required)
        if missing:
            sheet.cells[row, 6].content = "=" + _base(missing, items)
            sheet.cells[row, 6].key = f"missing.{group}"
            sheet.cells[row, 6].style = "band missing"
        row += 1
        for item in items:
            entry = given.get(item.name)
            sheet.put(row, 0, item.label, "label")
            sheet.put(
                row,
                1,
                None if entry is None else entry.value,
                f"{item.style} input",
                key=f"base.{item.name}",
                name=item.name,
                note=item.help,
            )
            rule = validation(item.quantity, item.unit)
            if item.name == "use_case":
                rule = {
                    "validate": "list",
                    "source": ["style", "format", "knowledge", "other"],
                    "error_type": "information",
                    "error_title": "Another task",
                    "error_message": "Any other word counts as a task of its own kind.",
                }
            if rule:
                sheet.validations.append(Validation(row, 1, rule | {"ignore_blank": True}))
            sheet.put(row, 2, unit(item.unit), "unit")
            sheet.put(row, 3, entry.source if entry else "", "source")
            sheet.put(row, 4, entry.date if entry else "", "source")
            sheet.put(row, 5, (entry.owner or "Finance") if entry else "", "source")
            sheet.put(row, 6, (entry.note if entry and entry.note else item.help), "note")
            sheet.put(row, 7, item.name, "code")
            if item.quantity.kind in ("number", "date"):  # what `breakeven risk` draws between
                for column in (8, 9):
                    sheet.put(row, column, None, f"{item.style} input")
                    sheet.validations.append(Validation(row, column, rule | {"ignore_blank": True}))
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


def _base(text: str, items: tuple) -> str:
    for item in items:
        text = text.replace(f"IF({item.name}=", f"IF(base.{item.name}=")
    return text
