"""The sheet Log: version, changes, assumptions, how to use."""

from __future__ import annotations

from pycalc.models import catalogue
from pycalc.version import VERSION
from workbook.template.cases import Case
from workbook.template.grid import Sheet
from workbook.template.layout import HEADING, band, header, heading


def log_sheet(case: Case) -> Sheet:
    sheet = Sheet(
        "Log",
        "Log: version, changes, assumptions, how to use",
        "Write down here what you change and why.",
        (16, 18, 22, 100),
    )
    heading(sheet)
    sheet.freeze = (HEADING, 0)
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
    for text in (
        "1. Inputs: change the boxed blue cells. The three lines on top of every sheet say whether the checks "
        "hold and which scenario is in force.",
        "2. Scenarios: name a spare column, fill in only what differs from the base, choose it with the selector "
        "on Inputs.",
        "3. Summary: the headline weighs every option with review, shutdown and suitability; the decision on "
        "cost alone weighs two of them.",
        "4. Sheets are protected without a password, so that formulas are not overwritten by accident. Review, "
        "Unprotect Sheet lifts it.",
        "5. Only the sheet Functions needs the add-in. Everything else is native formulas, for Excel 2016 or "
        "later and LibreOffice.",
    ):
        row += 1
        sheet.put(row, 0, text, "label")
    row += 2
    band(sheet, row, "Colours", 4)
    for sample, look, text in (
        ("1,234", "text input", "Input: boxed, blue on pale yellow"),
        ("1,234", "text", "Calculation: black"),
        ("1,234", "text link", "Fetched from another sheet: green italics"),
    ):
        row += 1
        sheet.put(row, 0, sample, look)
        sheet.cells[row, 0].style = look.replace("input", "sample") if "input" in look else look
        sheet.put(row, 1, text, "label")
    row += 2
    header(sheet, row, ("Assumption", "", "", "What is assumed, and why"))
    for text in (*case.assumptions, *_METHOD):
        row += 1
        sheet.put(row, 0, "Case" if text in case.assumptions else "Method", "label top")
        sheet.put(row, 1, text, "para")
        sheet.merges.append((row, 1, row, 3))
    row += 2
    header(sheet, row, ("Date", "Version", "Who", "What changed, and why"))
    row += 1
    sheet.put(row, 0, catalogue.as_of(), "label")
    sheet.put(row, 1, VERSION, "label")
    sheet.put(row, 2, "llm-breakeven", "label")
    sheet.put(row, 3, "Template as shipped", "label")
    for _ in range(8):
        row += 1
        for column in range(4):
            sheet.put(row, column, None, "text input")
    return sheet


_METHOD = (
    "Month one is month 1 at today's prices and volume; growth and price decline count from month 2 on.",
    "Upfront cost is training and labour. The first evaluation is paid in month 0 of the cash flow and in year "
    "1; retraining when it falls due.",
    "The verdict on cost alone compares prompt engineering without caching with fine-tuning without review. "
    "Break-even at exactly the longest accepted month is too late; so is break-even after the shutdown.",
    "Months to shutdown are days × 12 / 365.25. A model already shut at the start is never worth training: HOLD.",
    "A fine-tuned prompt is cached too once it reaches the vendor's minimum length; until then its cached price "
    "plays no part.",
    "The headline takes the cheapest option in year 1, everything counted, among those that suit the task, are "
    "offered, and pay back in time and before the shutdown with review counted.",
    "Prompted options, with or without caching, RAG and the newer base model are reviewed at the same rate; "
    "fine-tuned ones at theirs. Outputs under review do not grow with volume.",
    "Smooth decline and price steps act on token prices alone, not on retrieval, storage, hosting, training or "
    "labour. Base-model prices fall together.",
    "The cash flow goes on after a shutdown as if a successor cost the same; what moving to it costs is on Summary.",
    "Storage of the index is charged to RAG alone, as the worksheet function HYBRID_MONTHLY has none. Add it to "
    "hosting if a hybrid needs an index of its own.",
    "A rate of return is shown where it is certain to be the only one, negative ones included: the flows change sign "
    "once, or their totals up to each month and from each month on change sign once between them. Else, and beyond "
    "what the search reaches, it is #N/A. Months counted that are no whole number from 1 to 36 are #NUM!.",
    "The rate of return is found by halving a bracket in the cells, so that every program gets the same digits; "
    "Excel's own NPV and IRR stand beside as a cross-check.",
)
