"""The sheet Suitability: the gates."""

from __future__ import annotations

from workbook.file import tsv
from workbook.template import model
from workbook.template.grid import Sheet
from workbook.template.inputs import DATA
from workbook.template.layout import HEADING, band, header, lined, opened, titles_of
from workbook.template.rows import texts


def suitability_sheet() -> Sheet:
    sheet = opened("Suitability")
    row = HEADING + 2
    for index, gate in enumerate(tsv.lines(DATA / "gates.tsv")):
        sheet.put(row, 0, gate["label"], "label")
        sheet.put(row, 1, f"={gate['given']}", gate["style"])
        sheet.put(row, 2, f"={gate['verdict']}", "state", key=f"live.suit.{index}")
        sheet.put(row, 3, gate["note"], "note wrap")
        row += 1
    for verdict, look in (("STOP", "stop"), ("PASS", "good")):
        sheet.rules.append(
            (f"C{HEADING + 3}:C{row}", {"type": "cell", "criteria": "==", "value": f'"{verdict}"', "style": look})
        )
    row += 1
    sheet.put(row, 0, "Suitability of the task for training", "label")
    sheet.put(row, 1, "=suitability", "sentence", key="live.task_suits")
    sheet.merges.append((row, 1, row, 3))
    row += 2
    header(sheet, row, titles_of("states"))
    row += 1
    for option in model.OPTIONS:
        lined(sheet, row, "states", k=option)
        row += 1
    row += 1
    band(sheet, row, "Not in the arithmetic, to settle by hand", 4)
    for text in texts("settle"):
        row += 1
        sheet.put(row, 0, text, "label")
    return sheet
