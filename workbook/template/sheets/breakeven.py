"""The sheet Breakeven: prompt engineering against fine-tuning."""

from __future__ import annotations

from workbook.template.core import MONTHS_TO_SHUTDOWN
from workbook.template.grid import Row, Sheet
from workbook.template.layout import HEADING, band, figures, header, heading


def breakeven_sheet() -> Sheet:
    sheet = Sheet(
        "Breakeven",
        "Break-even: prompt engineering against fine-tuning",
        "When the saving has repaid the one-time cost, whether that is soon enough, and what would turn the verdict.",
        (54, 36, 24, 74),
    )
    sheet.pages = 1
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Figure", "Value", "Unit", "Note"))
    row += 1
    six = "pe_prompt_tokens, query_tokens, response_tokens"
    blocks = (
        (
            "One-time cost",
            (
                Row(
                    "training",
                    "Training",
                    "USD",
                    "FT_TRAINING(examples, tokens_per_example, epochs, ft_training_price, validation_tokens, "
                    "training_minimum)",
                    name="out_training",
                    note="Examples × tokens × passes and validation tokens, at the training price",
                ),
                Row(
                    "labor",
                    "Labour for the examples",
                    "USD",
                    "FT_LABOR(examples, minutes_per_example, hourly_wage)",
                    name="out_labor",
                    note="Usually the larger part",
                ),
                Row(
                    "upfront",
                    "Upfront cost",
                    "USD",
                    "training+labor",
                    "money total",
                    "out_upfront",
                    "Evaluation and retraining are not in here: they are in year 1 and in the cash flow",
                ),
            ),
        ),
        (
            "Verdict on cost alone",
            (
                Row(
                    "saving",
                    "Saving in a month",
                    "USD per month",
                    "pe_monthly-ft_monthly",
                    name="out_saving_monthly",
                    note="Prompt engineering without caching less fine-tuning, no review",
                ),
                Row(
                    "breakeven",
                    "Break-even",
                    "months",
                    "FT_BREAKEVEN(upfront, pe_monthly, ft_monthly)",
                    "months",
                    "out_breakeven_months",
                    "#N/A: it never breaks even",
                ),
                Row(
                    "to_shutdown",
                    "Months until the model is shut down",
                    "months",
                    MONTHS_TO_SHUTDOWN,
                    "months",
                    note="Days from start to shutdown × 12 / 365.25; blank when none is announced",
                ),
                Row(
                    "shutdown_test",
                    "Break-even before the shutdown?",
                    "",
                    'IF(to_shutdown="","no shutdown announced",IF(to_shutdown<=0,"NO: already shut at the start",'
                    "IF(ISNUMBER(breakeven),IF(to_shutdown-breakeven<=comparison_tolerance*ABS(to_shutdown),"
                    '"NO: shut before it pays back","yes"),"never breaks even")))',
                    "answer",
                ),
                Row(
                    "decision",
                    "Decision",
                    "verdict",
                    "FT_DECISION(upfront, pe_monthly, ft_monthly, max_months, to_shutdown)",
                    "answer total",
                    "out_decision",
                    "Below the longest break-even accepted, and before the shutdown",
                ),
                Row(
                    "breakeven_training",
                    "Break-even on training alone",
                    "months",
                    "FT_BREAKEVEN(training, pe_monthly, ft_monthly)",
                    "months",
                    note="As the course first counts it, labour left out",
                ),
                Row(
                    "decision_training",
                    "Decision on training alone",
                    "verdict",
                    "FT_DECISION(training, pe_monthly, ft_monthly, max_months)",
                    "answer",
                    note="Labour and shutdown left out",
                ),
                Row(
                    "roi",
                    "Return over the months counted",
                    "share",
                    "FT_ROI(months, upfront, saving)",
                    "share",
                    note="(saving × months − upfront) / upfront, not discounted",
                ),
            ),
        ),
        (
            "What would turn it",
            (
                Row(
                    "pe_call",
                    "A prompted call",
                    "USD per call",
                    "CALL_COST(pe_prompt_tokens+query_tokens, response_tokens, pe_input_price, pe_output_price)",
                    "call",
                ),
                Row(
                    "ft_call",
                    "A fine-tuned call",
                    "USD per call",
                    "CALL_COST(ft_prompt_tokens+query_tokens, response_tokens, ft_input_price, ft_output_price, "
                    "ft_prompt_tokens*ft_hit, ft_cached_price)",
                    "call",
                ),
                Row(
                    "be_queries",
                    "Volume at which it pays back in time",
                    "calls per month",
                    "FT_BREAKEVEN_QUERIES(upfront, pe_call, ft_call, max_months, ft_hosting_monthly)",
                    "count",
                    "out_breakeven_queries",
                    "Upfront cost and hosting included, within the longest break-even",
                ),
                Row(
                    "be_price",
                    "Input price below which it stops being worth it",
                    "USD per 1M tokens",
                    f"FT_BREAKEVEN_PRICE(queries, {six}, pe_output_price, ft_monthly, upfront, max_months)",
                    "price",
                    "out_breakeven_price",
                    "Of the prompted model; upfront paid back within the longest break-even",
                ),
                Row(
                    "be_price_year",
                    "The same, paid back within a year",
                    "USD per 1M tokens",
                    f"FT_BREAKEVEN_PRICE(queries, {six}, pe_output_price, ft_monthly, upfront, months_per_year)",
                    "price",
                ),
                Row(
                    "be_price_running",
                    "The same, on running cost alone",
                    "USD per 1M tokens",
                    f"FT_BREAKEVEN_PRICE(queries, {six}, pe_output_price, ft_monthly)",
                    "price",
                    note="#N/A: no positive price, the answers alone cost more than fine-tuning",
                ),
                Row(
                    "price_text",
                    "So fine-tuning stops being worth it",
                    "",
                    'IF(ISNUMBER(be_price),"below the first of these prices",'
                    'IF(ISNA(be_price),"at no price: the answers alone cost more","not known without calls"))',
                    "answer",
                ),
                Row(
                    "be_both",
                    "Both prompted prices may fall to this share of today's",
                    "share",
                    "IF(pe_monthly=0,NA(),(ft_monthly+upfront/max_months)/pe_monthly)",
                    "share",
                    note="Input and output falling together; above 100%: already not worth it",
                ),
                Row(
                    "be_prompt",
                    "Prompt length at which a call costs the same",
                    "tokens per call",
                    "FT_BREAKEVEN_PROMPT(query_tokens, response_tokens, pe_input_price, pe_output_price, "
                    "ft_prompt_tokens, "
                    "ft_input_price, ft_output_price)",
                    "tokens",
                    note="A longer prompt speaks for fine-tuning",
                ),
                Row(
                    "be_cut",
                    "Share of the prompt that must go",
                    "share",
                    f"FT_PROMPT_CUT({six}, pe_input_price, pe_output_price, ft_input_price, ft_output_price)",
                    "share",
                    note="0: a fine-tuned call with the whole prompt is no dearer",
                ),
            ),
        ),
        (
            "Which single assumption is nearest to turning the verdict on cost",
            (
                Row(
                    "flip_queries",
                    "Volume would have to change by",
                    "share",
                    'IF(ISNUMBER(be_queries),IF(queries=0,"none",be_queries/queries-1),"none")',
                    "change",
                ),
                Row(
                    "flip_price",
                    "Input price of the prompted model by",
                    "share",
                    'IF(ISNUMBER(be_price),IF(pe_input_price=0,"none",be_price/pe_input_price-1),"none")',
                    "change",
                ),
                Row(
                    "flip_labor",
                    "Labour for the examples by",
                    "share",
                    'IF(labor=0,"none",IF(max_months*saving<training,"none",(max_months*saving-training)/labor-1))',
                    "change",
                ),
                Row(
                    "flip_limit",
                    "Longest break-even accepted by",
                    "share",
                    'IF(ISNUMBER(breakeven),breakeven/max_months-1,"none")',
                    "change",
                ),
                Row(
                    "flip_nearest",
                    "The nearest",
                    "",
                    'IF(IF(to_shutdown="",FALSE,to_shutdown<=0),'
                    'IF(IF(ISNUMBER(breakeven),breakeven<max_months,FALSE),"a fine-tuned model that is still served",'
                    '"no single assumption: the model is shut and break-even comes too late"),'
                    'IF(COUNT(flip_queries,flip_price,flip_labor,flip_limit)=0,"none of these alone",'
                    'IF(IF(ISNUMBER(flip_labor),ABS(flip_labor),EXP(rate_reach))<=flip_size,"labour for the examples '
                    '"&TEXT(flip_labor,"+0.0%;-0.0%"),'
                    'IF(IF(ISNUMBER(flip_queries),ABS(flip_queries),EXP(rate_reach))<=flip_size,"volume '
                    '"&TEXT(flip_queries,"+0.0%;-0.0%"),'
                    'IF(IF(ISNUMBER(flip_price),ABS(flip_price),EXP(rate_reach))<=flip_size,"input price of the '
                    'prompted model "&TEXT(flip_price,"+0.0%;-0.0%"),'
                    '"longest break-even accepted "&TEXT(flip_limit,"+0.0%;-0.0%"))))))',
                    "answer",
                ),
                Row(
                    "flip_size",
                    "Its size",
                    "share",
                    'IF(COUNT(flip_queries,flip_price,flip_labor,flip_limit)=0,"none",'
                    "MIN(IF(ISNUMBER(flip_queries),ABS(flip_queries),EXP(rate_reach)),IF(ISNUMBER(flip_price),ABS(flip_price),EXP(rate_reach)),"
                    "IF(ISNUMBER(flip_labor),ABS(flip_labor),EXP(rate_reach)),IF(ISNUMBER(flip_limit),ABS(flip_limit),EXP(rate_reach))))",
                    "share",
                ),
            ),
        ),
        (
            "Retraining and shutdown",
            (
                Row(
                    "retrain_year",
                    "Retraining",
                    "USD per year",
                    "FT_RETRAIN(retrains_per_year, training, relabel_share, labor, evaluation_cost)",
                ),
                Row(
                    "migration",
                    "A shutdown would cost to migrate",
                    "USD",
                    "FT_RETRAIN(1, training, relabel_share, labor, evaluation_cost)",
                    note="One more training run, the share of labels made anew, one evaluation",
                ),
            ),
        ),
    )
    for title, rows in blocks:
        band(sheet, row, title, 4)
        row = figures(sheet, row + 1, rows)
    for (_, column), cell in sheet.cells.items():
        if column == 1 and cell.style.startswith("answer"):
            cell.style = cell.style.replace("answer", "verdict", 1) if "total" not in cell.style else cell.style
    return sheet
