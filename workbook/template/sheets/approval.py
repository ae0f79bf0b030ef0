"""The sheet Approval: who prepared, reviewed and approved, and what was decided."""

from __future__ import annotations

from workbook.template.grid import Sheet
from workbook.template.layout import HEADING, band, header, opened


def approval_sheet() -> Sheet:
    sheet = opened("Approval")
    row = HEADING + 1
    band(sheet, row, "What the workbook says", 4)
    for label, text in (
        ("Recommendation", "=out_recommendation"),
        ("Scenario in force", "=scenario_name"),
        ("Inputs still to enter", "=out_gaps"),
        ("Questions open", "=out_questions"),
    ):
        row += 1
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, text, "para")
        sheet.merges.append((row, 1, row, 3))
    sheet.heights[HEADING + 2] = 34
    row += 2
    header(sheet, row, ("Step", "Name", "On", "Remark"))
    for step in ("Prepared by", "Reviewed by", "Approved by"):
        row += 1
        sheet.put(row, 0, step, "label")
        for column in (1, 2, 3):
            sheet.put(row, column, None, "date input" if column == 2 else "text input")
    row += 2
    header(sheet, row, ("Decision", "Value", "", ""))
    for label, look in (
        ("Decision taken", "text input"),
        ("Taken on", "date input"),
        ("Valid until", "date input"),
        ("Conditions", "text input"),
        ("To look at again when", "text input"),
    ):
        row += 1
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, None, look)
    return sheet
