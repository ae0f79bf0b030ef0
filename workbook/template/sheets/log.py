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
        "1. Inputs and Options: change the boxed blue cells. The third line of every sheet says whether the checks "
        "hold and which scenario is in force.",
        "2. Options: an empty cell takes the value of the option it is based on, then the common one on Inputs.",
        "3. Scenarios: name a spare column, fill in only what differs from the base (none blanks an input), choose "
        "it with the selector on Inputs. Its tab shows it in full.",
        "4. Summary: the answer weighs every option that is entered, all in. Breakeven asks the course's question "
        "about two of them, on cost alone.",
        "5. Sheets are protected without a password, so that formulas are not overwritten by accident. Review, "
        "Unprotect Sheet lifts it.",
        "6. Only the sheet Functions needs the add-in. Everything else is native formulas, for Excel 2016 or "
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
    "All in: calls, capacity, retrieval, storage, upkeep, human review, repair or retries of what fails, retraining, "
    "evaluation, set-up, training and labour. Review and repair grow with the volume.",
    "The answer is the open option with the smallest present value of all-in cost over the months counted; of equals "
    "the earlier column.",
    "An option is open when it is entered, served, still trained, fits the context window, looks facts up where they "
    "change, passes the test, and has saved its upfront cost before the longest break-even and its shutdown.",
    "After its shutdown an option costs what its successor costs, and the move there falls in that month. What it "
    "saves against today counts only while it runs itself.",
    "A model shut on or before the start cannot be begun: its option is not open, its costs are shown as they were, and "
    "it saves nothing.",
    "A pass rate nobody has entered is taken to be today's. What fails is tried again until it passes, or repaired at "
    "the cost of a repair.",
    "Months to shutdown are days × 12 / 365.25. A month is 730 hours.",
    "A prompt is cached once it reaches the vendor's shortest length, by an option whose row Caching says yes.",
    "Smooth decline and price steps act on token prices alone, not on retrieval, storage, hosting, training or labour.",
    "The verdict on cost alone (sheet Breakeven) compares tokens, training and labour of today and of fine-tuning. "
    "Break-even at exactly the longest accepted month is too late; so is break-even after the shutdown.",
    "The rate of return is found where the value changes its sign once over the rates tried, by Newton's method; "
    "else #N/A.",
)
