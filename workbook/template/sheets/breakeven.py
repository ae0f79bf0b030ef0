"""The sheet Breakeven: today against fine-tuning on cost alone, the course's verdict."""

from __future__ import annotations

from workbook.template.grid import Row, Sheet
from workbook.template.layout import HEADING, band, figures, header, heading

_TODAY = "N(prompt_tokens.1), N(query_tokens), N(response_tokens.1)"
_BOTH = "IF(entered.1*entered.5=0,NA(),{0})"
HORIZON = 'IF(to_shutdown.5="",N(max_months),MIN(N(max_months),to_shutdown.5))'
ROWS = (
    (
        "Month one",
        (
            Row("pe_monthly", "Today", "USD per month", "month.1", "money"),
            Row("ft_monthly", "Fine-tuned", "USD per month", "month.5", "money"),
            Row(
                "saving",
                "Saving",
                "USD per month",
                _BOTH.format("running.1-running.5"),
                "money total",
                "out_saving_monthly",
            ),
        ),
    ),
    (
        "Paid once",
        (
            Row("ft_training", "Training", "USD", "IF(entered.5=0,NA(),training.5)", "money", "out_training"),
            Row("ft_labor", "Labour for the examples", "USD", "IF(entered.5=0,NA(),labor.5)", "money", "out_labor"),
            Row("ft_upfront", "Training and labour", "USD", "ft_training+ft_labor", "money total", "out_upfront"),
        ),
    ),
    (
        "Verdict on cost alone",
        (
            Row("shown_limit", "Longest break-even accepted", "months", "max_months", "months"),
            Row(
                "shown_shutdown", "Months to the shutdown of the fine-tuned model", "months", "to_shutdown.5", "months"
            ),
            Row(
                "breakeven",
                "Break-even",
                "months",
                "FT_BREAKEVEN(ft_upfront, pe_monthly, ft_monthly)",
                "months total",
                "out_breakeven_months",
                "#N/A: it never breaks even, or is not entered",
            ),
            Row(
                "decision",
                "Decision",
                "",
                _BOTH.format("FT_DECISION(ft_upfront, pe_monthly, ft_monthly, N(max_months), to_shutdown.5)"),
                "answer total",
                "out_decision",
            ),
        ),
    ),
    (
        "Thresholds, by the longest break-even or the shutdown, whichever comes first",
        (
            Row("reach", "Months it has", "months", HORIZON, "months"),
            Row(
                "pe_call",
                "A call today, by volume",
                "USD per call",
                "(tokens_month.1+retrieval_month.1)/N(queries)",
                "call",
            ),
            Row(
                "ft_call",
                "A fine-tuned call, by volume",
                "USD per call",
                "(tokens_month.5+retrieval_month.5)/N(queries)",
                "call",
            ),
            Row(
                "fixed_more",
                "Fixed cost, more than today",
                "USD per month",
                "capacity_month.5+storage_month.5-capacity_month.1-storage_month.1",
                "money",
            ),
            Row(
                "be_queries",
                "Volume from which it pays back in time",
                "tasks per month",
                "IF(reach<=0,NA(),FT_BREAKEVEN_QUERIES(ft_upfront, pe_call, ft_call, reach, fixed_more))",
                "count",
                "out_breakeven_queries",
                "#N/A: at no volume",
            ),
            Row(
                "be_price",
                "Input price of today's model below which it stops paying",
                "USD per 1M tokens",
                f"IF(reach<=0,NA(),FT_BREAKEVEN_PRICE(N(queries), {_TODAY}, N(output_price.1), ft_monthly, ft_upfront, reach))",
                "price",
                "out_breakeven_price",
                "#N/A: at no price, the answers alone decide; caching and batches left aside",
            ),
            Row(
                "be_price_running",
                "The same on running cost alone",
                "USD per 1M tokens",
                f"FT_BREAKEVEN_PRICE(N(queries), {_TODAY}, N(output_price.1), ft_monthly)",
                "price",
            ),
            Row(
                "be_price_year",
                "The same, paid back within a year",
                "USD per 1M tokens",
                f"FT_BREAKEVEN_PRICE(N(queries), {_TODAY}, N(output_price.1), ft_monthly, ft_upfront, months_per_year)",
                "price",
            ),
            Row(
                "be_prompt",
                "Length of today's instructions at which a call costs the same",
                "tokens per call",
                "FT_BREAKEVEN_PROMPT(N(query_tokens), N(response_tokens.1), N(input_price.1), N(output_price.1), "
                "N(prompt_tokens.5), N(input_price.5), N(output_price.5))",
                "tokens",
            ),
            Row(
                "be_cut",
                "Share of the instructions training has to remove",
                "share",
                "FT_PROMPT_CUT(N(prompt_tokens.1), N(query_tokens), N(response_tokens.1), N(input_price.1), "
                "N(output_price.1), N(input_price.5), N(output_price.5))",
                "share",
                None,
                "#N/A: dearer even without instructions",
            ),
        ),
    ),
    (
        "For comparison",
        (
            Row(
                "roi",
                "Return over the months counted, not discounted",
                "share",
                "IF(ft_upfront=0,NA(),FT_ROI(N(months), ft_upfront, saving))",
                "rate",
                None,
                "#N/A: nothing is paid up front",
            ),
        ),
    ),
)


def breakeven_sheet() -> Sheet:
    sheet = Sheet(
        "Breakeven",
        "Breakeven: today against fine-tuning, on cost alone",
        "The course's question: tokens, training and labour of two options. Review, retries, other options and money's "
        "time are on Costs; the recommendation counts them all.",
        (58, 20, 20, 76),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    row = HEADING + 1
    header(sheet, row, ("Figure", "Value", "Unit", "Note"))
    row += 1
    for title, rows in ROWS:
        band(sheet, row, title, 4)
        row = figures(sheet, row + 1, rows)
    sheet.rules.append((f"B{HEADING + 3}:B{row}", {"type": "errors", "style": "absent"}))
    sheet.pages = 1
    return sheet
