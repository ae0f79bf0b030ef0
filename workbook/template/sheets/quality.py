"""The sheet Quality: pass rates with their interval, review and its ramp, the totals of year 1."""

from __future__ import annotations

from workbook.template import model
from workbook.template.block import FIRST, LAST, option_heads, rows_of
from workbook.template.grid import Book, Row, Sheet
from workbook.template.layout import HEADING, band, figures_in, heading

_NEEDED = (
    'IF(number=1,"",IF(entered=0,"",IF(measured="","",IF(first.measured="","",IF(measured=first.measured,NA(),'
    "-INT(-1*((score*SQRT((measured+first.measured)*(1-(measured+first.measured)/(1+1)))"
    "+power_score*SQRT(measured*(1-measured)+first.measured*(1-first.measured)))/(measured-first.measured))^(1+1)*(1-comparison_tolerance)))))))"
)


def _year(part: str) -> str:
    """A part of an option's own cost in months 1 to 12."""
    return f"IF(entered=0,NA(),SUMPRODUCT((rest.t<=months_per_year)*{model.array_of(part, 'number')}))"


def quality_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Quality",
        "Quality: what passes, what people review, what it costs",
        "Pass rates as tested, with the range they may lie in; then human review; then year 1 as it is made up.",
        (48, 19, *(16,) * (LAST - FIRST + 1), 32),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, FIRST)
    sheet.pages = 1
    sheet.paper = 8
    row = HEADING + 1
    option_heads(sheet, row)
    tested = (
        Row("q_name", "Option", "", "name", "heading wrap"),
        Row("q_rate", "Pass rate", "share", 'IF(measured="","not tested",measured)', "share answer"),
        Row("q_low", "Lowest it may be, 95% sure", "share", 'IF(N(trials)>0,pass_low,"")', "share"),
        Row(
            "q_high",
            "Highest it may be",
            "share",
            "IF(N(trials)>0,(measured+score^(1+1)/((1+1)*trials)+score*SQRT(measured*(1-measured)/trials"
            '+score^(1+1)/((1+1)*trials)^(1+1)))/(1+score^(1+1)/trials),"")',
            "share",
        ),
        Row(
            "q_needed",
            "Examples each option needs to tell it from today",
            "examples",
            _NEEDED,
            "count",
            note="95% sure, found in 80 of 100 tests",
        ),
        Row("q_tries", "Tries until one passes", "calls", "IF(entered=0,NA(),tries)", "factor"),
        Row("q_accepted", "An accepted task", "USD per task", "per_accepted", "call"),
    )
    row = rows_of(book, sheet, row + 1, "Pass rates", tested, "live")
    review = (
        Row(
            "q_start",
            "Reviewed at first",
            "share",
            'IF(review_start_rate="",N(review_rate),review_start_rate)',
            "share",
        ),
        Row("q_later", "Reviewed later", "share", "N(review_rate)", "share"),
        Row("q_ramp", "Months until then", "months", "ramp", "months"),
        Row(
            "q_first",
            "Review in month one",
            "USD per month",
            "IF(entered=0,NA(),review_month+review_more*MAX(0,MIN(1,ramp+built)))",
            "money",
        ),
        Row(
            "q_steady",
            "Review in a month, later rate, volume of month one",
            "USD per month",
            "IF(entered=0,NA(),review_month)",
            "money",
        ),
    )
    row = rows_of(book, sheet, row, "Human review", review, "live")
    year = (
        Row("q_once", "Paid up front", "USD", "IF(entered=0,NA(),upfront)", "flow"),
        Row("q_calls", "Tokens, retrieval and repair", "USD", _year("calls"), "flow"),
        Row("q_people", "Human review", "USD", _year("people"), "flow"),
        Row("q_fixed", "Hosting, capacity, storage, upkeep", "USD", _year("steady"), "flow"),
        Row("q_again", "Retraining", "USD", _year("again"), "flow"),
        Row(
            "q_other",
            "Before it runs, and after its shutdown",
            "USD",
            "q_total-q_once-q_calls-q_people-q_fixed-q_again",
            "flow",
        ),
        Row("q_total", "Year 1, all in", "USD", "year1", "flow total"),
    )
    row = rows_of(book, sheet, row, "Year 1", year, "live")
    band(sheet, row, "Today against fine-tuning", LAST + 1)
    winner = Row(
        "winner",
        "Cheaper in year 1, all in",
        "PE or FT",
        'IF(entered.1*entered.5=0,NA(),IF(year1.5<year1.1-comparison_tolerance*year1.1,"FT","PE"))',
        "answer",
        "out_year1_winner",
    )
    row = figures_in(sheet, row + 1, (winner,), column=FIRST)
    sheet.rules.append((f"C{HEADING + 2}:L{row}", {"type": "errors", "style": "absent"}))
    return sheet
