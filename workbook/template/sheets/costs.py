"""The sheet Costs: every option measured the same way, in the scenario in force."""

from __future__ import annotations

from dataclasses import replace

from workbook.file import tsv
from workbook.template import model
from workbook.template.block import LAST, block
from workbook.template.grid import Book, Sheet
from workbook.template.inputs import DATA
from workbook.template.layout import HEADING, band, opened
from workbook.template.rows import rows
from workbook.template.sheets.scenarios import chosen

_OUTPUTS = {(line["row"], line["option"]): line["name"] for line in tsv.lines(DATA / "outputs.tsv")}
"""Defined names of the cells of rows by option, and of single figures."""


def costs_sheet(book: Book) -> Sheet:
    sheet = opened("Costs")
    results = [
        replace(row, names=tuple(_OUTPUTS.get((row.key, str(option))) for option in model.OPTIONS))
        for row in (*rows("costs"), *model.RESULTS)
    ]
    row = block(
        book,
        sheet,
        HEADING + 1,
        "live",
        chosen,
        results,
        {key: name for (key, option), name in _OUTPUTS.items() if not option},
    )
    sheet.rules.append((f"C{HEADING + 3}:L{row}", {"type": "errors", "style": "absent"}))
    band(sheet, row + 1, "#N/A: the option is not entered, or there is no answer; the row State says which.", LAST + 1)
    return sheet
