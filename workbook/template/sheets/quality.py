"""The sheet Quality: pass rates with their interval, review and its ramp, the totals of year 1."""

from __future__ import annotations

from workbook.template import model
from workbook.template.block import FIRST, LAST, option_heads, rows_of
from workbook.template.grid import Book, Sheet
from workbook.template.layout import HEADING, band, figures, opened
from workbook.template.rows import rows


def _year(part: str) -> str:
    """A part of an option's own cost in months 1 to 12."""
    return f"IF(entered=0,NA(),SUMPRODUCT((rest.t<=months_per_year)*{model.array_of(part, 'number')}))"


def quality_sheet(book: Book) -> Sheet:
    sheet = opened("Quality")
    row = HEADING + 1
    option_heads(sheet, row)
    year = {f"year_{part}": _year(part) for part in ("calls", "people", "steady", "again")}
    row += 1
    for title, group in (("Pass rates", "pass rates"), ("Human review", "review"), ("Year 1", "year 1")):
        row = rows_of(book, sheet, row, title, rows(group, year), "live")
    band(sheet, row, "Today against fine-tuning", LAST + 1)
    row = figures(sheet, row + 1, rows("winner"), column=FIRST)
    sheet.rules.append((f"C{HEADING + 2}:L{row}", {"type": "errors", "style": "absent"}))
    return sheet
