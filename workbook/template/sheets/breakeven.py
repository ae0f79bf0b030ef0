"""The sheet Breakeven: today against fine-tuning on cost alone, the course's verdict."""

from __future__ import annotations

from workbook.template.grid import Sheet
from workbook.template.layout import HEADING, band, figures, header, heading
from workbook.template.rows import rows

TITLES = (
    "Month one",
    "Paid once",
    "Verdict on cost alone",
    "Thresholds, by the longest break-even or the shutdown, whichever comes first",
    "For comparison",
)


def breakeven_sheet() -> Sheet:
    sheet = Sheet(
        "Breakeven",
        "Breakeven: today against fine-tuning, on cost alone",
        "The course's question: tokens, training and labour of two options. Review, retries, other options and money's "
        "time are on Costs; the recommendation counts them all.",
        (58, 20, 20, 76),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    row = HEADING + 1
    header(sheet, row, ("Figure", "Value", "Unit", "Note"))
    row += 1
    for title in TITLES:
        band(sheet, row, title, 4)
        row = figures(sheet, row + 1, rows(f"breakeven: {title}"))
    sheet.rules.append((f"B{HEADING + 3}:B{row}", {"type": "errors", "style": "absent"}))
    sheet.pages = 1
    return sheet
