"""The sheet Approval: who prepared, reviewed and approved, and what was decided."""

from __future__ import annotations

from workbook.file import tsv
from workbook.template.grid import Sheet
from workbook.template.inputs import DATA
from workbook.template.layout import HEADING, band, header, opened

_TITLES = {"steps": ("Step", "Name", "On", "Remark"), "decision": ("Decision", "Value", "", "")}


def approval_sheet() -> Sheet:
    sheet = opened("Approval")
    row = HEADING + 1
    band(sheet, row, "What the workbook says", 4)
    sheet.heights[HEADING + 2] = 34
    part = "says"
    for line in tsv.lines(DATA / "approval.tsv"):
        if line["part"] != part:
            part = line["part"]
            row += 2
            header(sheet, row, _TITLES[part])
        row += 1
        sheet.put(row, 0, line["label"], "label")
        if part == "says":
            sheet.put(row, 1, line["content"], "para")
            sheet.merges.append((row, 1, row, 3))
        else:
            for column, look in enumerate(line["content"].split(" | "), 1):
                sheet.put(row, column, None, look)
    return sheet
