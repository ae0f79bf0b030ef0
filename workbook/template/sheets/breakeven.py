"""The sheet Breakeven: today against fine-tuning on cost alone, the course's verdict."""

from __future__ import annotations

from workbook.template.grid import Sheet
from workbook.template.layout import HEADING, band, figures, opened
from workbook.template.rows import rows

TITLES = (
    "Month one",
    "Paid once",
    "Verdict on cost alone",
    "Thresholds, by the longest break-even or the shutdown, whichever comes first",
    "For comparison",
)


def breakeven_sheet() -> Sheet:
    sheet = opened("Breakeven")
    row = HEADING + 2
    for title in TITLES:
        band(sheet, row, title, 4)
        row = figures(sheet, row + 1, rows(f"breakeven: {title}"))
    sheet.rules.append((f"B{HEADING + 3}:B{row}", {"type": "errors", "style": "absent"}))
    return sheet
