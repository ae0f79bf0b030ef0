"""The sheet Costs: every option measured the same way, in the scenario in force."""

from __future__ import annotations

from dataclasses import replace

from workbook.template import model
from workbook.template.block import FIRST, LAST, WIDTHS, block
from workbook.template.grid import Book, Row, Sheet
from workbook.template.layout import HEADING, band, heading
from workbook.template.sheets.scenarios import chosen

_PER = "IF(entered=0,NA(),IF({0}=0,1/{0},({1})/{0}))"
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
FIGURES = (
    Row(
        "per_call",
        "A call, capacity and storage included",
        "USD per call",
        _PER.format("calls_month", "running"),
        "call",
    ),
    Row("per_task", "A task, the same", "USD per task", _PER.format("N(queries)", "running"), "call"),
    Row(
        "per_accepted",
        "An accepted task, with review and repair",
        "USD per task",
        _PER.format(
            "N(queries)", 'by_price+by_volume+review_month+fixed+IF(load="",0,capacity_month-N(hosting_monthly))'
        ),
        "call",
    ),
    Row("month", "Month one", "USD per month", "IF(entered=0,NA(),running)", "money"),
    Row("paid", "Paid up front", "USD", "IF(entered=0,NA(),upfront)", "money"),
    Row(
        "saves",
        "It saves in month one against today",
        "USD per month",
        "IF(entered=0,NA(),first.running-running)",
        "money",
    ),
    Row(
        "breakeven_all",
        "Break-even, all in",
        "months",
        "IF(entered=0,NA(),IF(IF(ISNUMBER(crossed),IF(crossed<N(max_months),IF(paid_or_none>0,back<=0,FALSE),FALSE),FALSE),"
        "NA(),crossed))",
        "months",
    ),
    Row("irr_all", "Internal rate of return", "per year", "IF(entered=0,NA(),rate_of_return)", "rate"),
    Row("order", "Order on Summary", "", "IF(open=1,rank,option_count+number)", "whole"),
    Row("payback_all", "Discounted payback", "months", "IF(entered=0,NA(),discounted_back)", "months"),
)


def costs_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Costs",
        "Costs: every option, measured the same way",
        "Results on top, then how they come about, then the values in force. Figures are those of the scenario in force.",
        WIDTHS,
        accent=True,
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, FIRST)
    sheet.repeat_rows = (0, HEADING + 1)
    sheet.paper = 8
    results = [
        replace(row, names=tuple(OUTPUTS[row.key].get(option) for option in model.OPTIONS))
        if row.key in OUTPUTS
        else row
        for row in (*FIGURES, *model.RESULTS)
    ]
    row = block(book, sheet, HEADING + 1, "live", chosen, results, SINGLE)
    sheet.rules.append((f"C{HEADING + 3}:L{row}", {"type": "errors", "style": "absent"}))
    band(sheet, row + 1, "#N/A: the option is not entered, or there is no answer; the row State says which.", LAST + 1)
    return sheet
