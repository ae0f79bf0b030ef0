"""The sheet Suitability: the gates."""

from __future__ import annotations

from workbook.template.grid import Row, Sheet
from workbook.template.layout import HEADING, figures, header, heading


def suitability_sheet() -> Sheet:
    sheet = Sheet(
        "Suitability",
        "Suitability: the gates before the arithmetic",
        "Cheaper is not enough. Each gate says pass, caution or stop, and why.",
        (44, 16, 16, 90),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Gate", "Given", "Verdict", "Why"))
    row += 1
    lines = (
        (
            "Enough good examples",
            "=examples",
            "count",
            '=IF(examples<minimum_examples,"STOP","PASS")',
            "A fine-tuned model learns from examples; OpenAI's guide asks for 50 to 100 good ones at the least.",
        ),
        (
            "What the model is to learn",
            "=use_case",
            "answer",
            '=IF(LOWER(TRIM(use_case))="knowledge",IF(facts_change,"STOP","CAUTION"),"PASS")',
            "Style, tone and format can be trained. Facts cannot be relied on: retrieval is for facts, above all "
            "when they change.",
        ),
        (
            "Facts change often",
            '=IF(facts_change,"yes","no")',
            "answer",
            '=IF(must_look_up=1,"STOP","PASS")',
            "Knowledge that changes has to be looked up at the time of the question: RAG.",
        ),
        (
            "The model is served at the start",
            "=to_shutdown",
            "months",
            '=IF(to_shutdown="","PASS",IF(to_shutdown<=0,"STOP","PASS"))',
            "Months from start to shutdown. A model that is shut can be neither trained nor called.",
        ),
        (
            "It pays back before the shutdown",
            "=breakeven",
            "months",
            '=IF(to_shutdown="","PASS",IF(ISNUMBER(breakeven),IF(to_shutdown-breakeven<=comparison_tolerance*ABS(to_shutdown),"STOP","PASS"),"STOP"))',
            "Break-even that comes after the shutdown never comes.",
        ),
        (
            "It pays back in time",
            "=decision",
            "answer",
            '=IF(decision="FINE-TUNE","PASS",IF(decision="HOLD","CAUTION","STOP"))',
            "The verdict on cost alone, by the longest break-even accepted.",
        ),
        (
            "It is cheaper with people counted",
            "=winner",
            "answer",
            '=IF(winner="FT","PASS","CAUTION")',
            "Year 1 with human review: a model that errs more often costs more in people than it saves in tokens.",
        ),
    )
    for label, given, look, verdict, why in lines:
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, given, look)
        sheet.put(row, 2, verdict, "state", key=f"live.gate.{row - HEADING - 2}")
        sheet.put(row, 3, why, "note wrap")
        sheet.heights[row] = 20
        row += 1
    sheet.rules.append(
        (f"C{HEADING + 3}:C{row}", {"type": "cell", "criteria": "==", "value": '"STOP"', "style": "stop"})
    )
    sheet.rules.append(
        (f"C{HEADING + 3}:C{row}", {"type": "cell", "criteria": "==", "value": '"PASS"', "style": "good"})
    )
    row += 1
    row = figures(
        sheet,
        row,
        (
            Row(
                "suitability",
                "Suitability of the task",
                "verdict",
                "FT_SUITABILITY(use_case, examples, facts_change)",
                "answer",
                "out_suitability",
            ),
        ),
    )
    cell = sheet.cells[row - 1, 1]
    sheet.cells[row - 1, 3] = type(cell)("", "note")
    cell.style = "sentence"
    sheet.merges.append((row - 1, 1, row - 1, 3))
    del sheet.cells[row - 1, 2], sheet.cells[row - 1, 3]
    sheet.heights[row - 1] = 20
    row += 1
    sheet.put(row, 0, "Not in the arithmetic, to settle by hand", "band")
    for column in range(1, 4):
        sheet.put(row, column, None, "band")
    for text in (
        "Data protection: may these texts leave the house, and is there a contract with the vendor that covers them?",
        "Evaluation: is there a test set, and does the base model with the best prompt fall short of the target on it?",
        "Context window and latency: does the longest call fit, and is the answer fast enough?",
        "Exit: a model fine-tuned at a vendor cannot be taken along; a prompt can.",
    ):
        row += 1
        sheet.put(row, 0, text, "label")
    return sheet
