"""The sheet Costs: every option measured the same way, in the scenario in force."""

from __future__ import annotations

from dataclasses import replace

from workbook.template import model
from workbook.template.block import LAST, block
from workbook.template.grid import Book, Sheet
from workbook.template.layout import HEADING, band, opened
from workbook.template.rows import rows
from workbook.template.sheets.scenarios import chosen

OUTPUTS = {
    "month": {
        1: "out_pe_monthly",
        4: "out_rag_monthly",
        5: "out_ft_monthly",
        6: "out_hybrid_monthly",
        7: "out_own_monthly",
    },
    "irr_all": {5: "out_irr"},
    "payback_all": {5: "out_payback"},
    "year1": {1: "out_pe_year1", 5: "out_ft_year1"},
    "npv": {5: "out_npv"},
}
"""Defined names of single cells, by row and option."""
SINGLE = {
    "gap_count": "out_gaps",
    "best_saving": "out_rec_saving_monthly",
    "best_upfront": "out_rec_upfront",
    "best_npv": "out_rec_npv",
    "best_year1": "out_rec_year1",
    "suitability": "out_suitability",
}


def costs_sheet(book: Book) -> Sheet:
    sheet = opened("Costs")
    results = [
        replace(row, names=tuple(OUTPUTS[row.key].get(option) for option in model.OPTIONS))
        if row.key in OUTPUTS
        else row
        for row in (*rows("costs"), *model.RESULTS)
    ]
    row = block(book, sheet, HEADING + 1, "live", chosen, results, SINGLE)
    sheet.rules.append((f"C{HEADING + 3}:L{row}", {"type": "errors", "style": "absent"}))
    band(sheet, row + 1, "#N/A: the option is not entered, or there is no answer; the row State says which.", LAST + 1)
    return sheet
