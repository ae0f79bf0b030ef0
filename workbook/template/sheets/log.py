"""The sheet Log: version, changes, assumptions, how to use."""

from __future__ import annotations

from pycalc.models import catalogue
from pycalc.version import VERSION
from workbook.template.cases import Case
from workbook.template.grid import Sheet
from workbook.template.layout import HEADING, band, header, opened
from workbook.template.rows import texts


def log_sheet(case: Case) -> Sheet:
    sheet = opened("Log")
    row = HEADING + 1
    band(sheet, row, "About", 4)
    for label, value in (
        ("Made by", f"llm-breakeven {VERSION}, case {case.name}"),
        ("Prices as of", catalogue.as_of()),
        ("Owner", "enter who answers for this model"),
    ):
        row += 1
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, value, "text input" if label == "Owner" else "text")
        sheet.merges.append((row, 1, row, 3))
    row += 2
    band(sheet, row, "How to use it", 4)
    for text in texts("how"):
        row += 1
        sheet.put(row, 0, text, "label")
    row += 2
    band(sheet, row, "Colours", 4)
    for look, text in zip(("text sample", "text", "text link"), texts("colours"), strict=True):
        row += 1
        sheet.put(row, 0, "1,234", look)
        sheet.put(row, 1, text, "label")
    row += 2
    header(sheet, row, ("Assumption", "", "", "What is assumed, and why"))
    for text in (*case.assumptions, *texts("method")):
        row += 1
        sheet.put(row, 0, "Case" if text in case.assumptions else "Method", "label top")
        sheet.put(row, 1, text, "para")
        sheet.merges.append((row, 1, row, 3))
    row += 2
    header(sheet, row, ("Date", "Version", "Who", "What changed, and why"))
    row += 1
    for column, text in enumerate((catalogue.as_of(), VERSION, "llm-breakeven", "Template as shipped")):
        sheet.put(row, column, text, "label")
    for _ in range(8):
        row += 1
        for column in range(4):
            sheet.put(row, column, None, "text input")
    return sheet
