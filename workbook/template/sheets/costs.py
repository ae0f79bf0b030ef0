"""The sheet Costs: every option side by side, and which one to take."""

from __future__ import annotations

from workbook.template.core import BASE_OFFERED, CACHED_OFFERED, HITS, OPTIONS
from workbook.template.grid import Book, Place, Row, Sheet
from workbook.template.layout import HEADING, band, figures_in, header, heading, table


def costs_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Costs",
        "Costs: every option side by side",
        "What a call, a month and a year cost with each option, what review adds, and which options are open at all.",
        (44, 22, 16, 16, 16, 16, 16, 16, 60),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 2)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Option", "Unit", *(label for _, label in OPTIONS), "Note"))
    sheet.heights[row] = 44
    for index, (key, _) in enumerate(OPTIONS):
        cell = sheet.cells[row, 2 + index]
        cell.key = f"label.{key}"
        cell.style = "head wrap"
    book.place("live.option", Place(sheet.name, row, 2, 7))
    row += 1
    keys = [key for key, _ in OPTIONS]

    def six(key: str) -> tuple[str, ...]:
        return tuple(f"{key}.{option}" for option in keys)

    blocks: tuple[tuple[str, tuple[Row, ...]], ...] = (
        (
            "What goes into a call",
            (
                Row(
                    "instructions",
                    "Instructions",
                    "tokens per call",
                    ("pe_prompt_tokens",) * 4 + ("ft_prompt_tokens",) * 2,
                    "tokens",
                ),
                Row("question", "Question", "tokens per call", "query_tokens", "tokens"),
                Row(
                    "context",
                    "Retrieved text",
                    "tokens per call",
                    ("0", "0", "0", "context_tokens", "0", "context_tokens"),
                    "tokens",
                ),
                Row("answer", "Answer", "tokens per call", "response_tokens", "tokens"),
                Row(
                    "cached_share",
                    "Instructions read from the cache",
                    "share",
                    ("0", HITS["pe_hit"], "0", "0", HITS["ft_hit"], "0"),
                    "share",
                    keys=(
                        "unused.pe_hit",
                        "pe_hit",
                        "unused.base_hit",
                        "unused.rag_hit",
                        "ft_hit",
                        "unused.hybrid_hit",
                    ),
                    note="Only a prompt that reaches the vendor's minimum length is cached",
                ),
                Row(
                    "price_in",
                    "Input price",
                    "USD per 1M tokens",
                    (
                        "pe_input_price",
                        "pe_input_price",
                        'IF(base_input_price="",0,base_input_price)',
                        "pe_input_price",
                        "ft_input_price",
                        "ft_input_price",
                    ),
                    "price",
                ),
                Row(
                    "price_cached",
                    "Cached input price",
                    "USD per 1M tokens",
                    (
                        "first.price_in",
                        'IF(pe_cached_price="",pe_input_price,pe_cached_price)',
                        "price_in",
                        "price_in",
                        'IF(ft_cached_price="",ft_input_price,ft_cached_price)',
                        "price_in",
                    ),
                    "price",
                ),
                Row(
                    "price_out",
                    "Output price",
                    "USD per 1M tokens",
                    (
                        "pe_output_price",
                        "pe_output_price",
                        'IF(base_output_price="",0,base_output_price)',
                        "pe_output_price",
                        "ft_output_price",
                        "ft_output_price",
                    ),
                    "price",
                ),
                Row(
                    "retrieval",
                    "Retrieval",
                    "USD per call",
                    ("0", "0", "0", "retrieval_price", "0", "retrieval_price"),
                    "call",
                    keys=six("retrieval"),
                ),
                Row(
                    "fixed",
                    "Fixed: storage, hosting",
                    "USD per month",
                    ("0", "0", "0", "storage_monthly", "ft_hosting_monthly", "ft_hosting_monthly"),
                    keys=six("fixed"),
                    note="The index's storage is charged to RAG, as HYBRID_MONTHLY has none",
                ),
                Row(
                    "offered",
                    "Is there such an offer?",
                    "1 yes, 0 no",
                    ("1", CACHED_OFFERED, BASE_OFFERED, "1", "1", "1"),
                    "whole",
                    keys=six("offered"),
                    note="Caching: a long enough prompt, a hit rate and a cached price. Newer model: both its prices",
                ),
            ),
        ),
        (
            "Running cost, month one",
            (
                Row(
                    "inference",
                    "Tokens of a call",
                    "USD per call",
                    "CALL_COST(instructions+question+context, answer, price_in, price_out, instructions*cached_share, "
                    "price_cached)",
                    "call",
                    keys=six("inference"),
                ),
                Row(
                    "call",
                    "A call",
                    "USD per call",
                    'IF(priced=1,inference+retrieval,"n/a")',
                    "call",
                    keys=six("call"),
                ),
                Row(
                    "month",
                    "A month",
                    "USD per month",
                    'IF(priced=1,queries*call+fixed,"n/a")',
                    "money total",
                    keys=tuple(f"{key}_monthly" for key in keys),
                    names=("out_pe_monthly", None, None, "out_rag_monthly", "out_ft_monthly", "out_hybrid_monthly"),
                ),
                Row("year", "Twelve such months", "USD per year", 'IF(priced=1,months_per_year*month,"n/a")'),
                Row(
                    "is_best",
                    "Cheapest to run",
                    "1 yes, 0 no",
                    "IF(offered=1,IF(month<=best_monthly*(1+comparison_tolerance),1,0),0)",
                    "whole",
                ),
                Row(
                    "priced",
                    "Are there prices for it?",
                    "1 yes, 0 no",
                    ("1", "1", BASE_OFFERED, "1", "1", "1"),
                    "whole",
                    note="Where nothing is cached, caching costs what prompting costs, and is left out of the ranking",
                ),
            ),
        ),
        (
            "Year 1, everything counted",
            (
                Row(
                    "running_year1",
                    "Running, months 1 to 12",
                    "USD",
                    tuple(f"SUMIF(row.year_number,1,row.{key}_cost)" for key in keys),
                    keys=six("running_year1"),
                ),
                Row(
                    "retraining_year1",
                    "Retraining",
                    "USD",
                    ("0",) * 4 + ("SUMIF(row.year_number,1,row.retraining)",) * 2,
                ),
                Row("one_time", "Training and labour", "USD", ("0",) * 4 + ("upfront",) * 2),
                Row("first_evaluation", "Evaluation at the start", "USD", ("0",) * 4 + ("evaluation_cost",) * 2),
                Row("review_year1", "Human review", "USD", ("pe_review_year1",) * 4 + ("ft_review_year1",) * 2),
                Row(
                    "year1",
                    "Year 1",
                    "USD",
                    'IF(priced=1,running_year1+retraining_year1+one_time+first_evaluation+review_year1,"n/a")',
                    "money total",
                    keys=six("year1"),
                    names=("out_pe_year1", None, None, None, "out_ft_year1", None),
                ),
            ),
        ),
        (
            "Three years, everything counted",
            (
                Row("running_all", "Running, months 1 to 36", "USD", tuple(f"SUM(row.{key}_cost)" for key in keys)),
                Row("retraining_all", "Retraining", "USD", ("0",) * 4 + ("SUM(row.retraining)",) * 2),
                Row("review_all", "Human review", "USD", ("pe_review_all",) * 4 + ("ft_review_all",) * 2),
                Row(
                    "tco",
                    "Total cost of ownership",
                    "USD",
                    'IF(priced=1,running_all+retraining_all+one_time+first_evaluation+review_all,"n/a")',
                    "money total",
                    keys=six("tco"),
                ),
            ),
        ),
        (
            "Which options are open",
            (
                Row(
                    "pays",
                    "Break-even against prompting, review counted",
                    "months",
                    ('"n/a"',) * 4
                    + (
                        "FT_BREAKEVEN(one_time+first_evaluation+ramp_extra, pe_monthly+pe_review_month, "
                        "month+ft_review_month)",
                    )
                    * 2,
                    "months",
                    keys=six("pays"),
                    note="The dearer review of the first months counts as one-time cost here",
                ),
                Row(
                    "in_time",
                    "Pays back in time and before the shutdown",
                    "1 yes, 0 no",
                    ("1",) * 4
                    + (
                        "IF(FT_DECISION(one_time+first_evaluation+ramp_extra, pe_monthly+pe_review_month, "
                        'month+ft_review_month, max_months, to_shutdown)="FINE-TUNE",1,0)',
                    )
                    * 2,
                    "whole",
                    keys=six("in_time"),
                ),
                Row(
                    "suits",
                    "Suits the task",
                    "1 yes, 0 no",
                    ("1-must_look_up",) * 3 + ("1",) + ('IF(ISNUMBER(SEARCH("STOP:",suitability)),0,1)',) * 2,
                    "whole",
                    keys=six("suits"),
                    note="Facts that change have to be looked up: then only RAG suits",
                ),
                Row(
                    "open_year1",
                    "Year 1, if open",
                    "USD",
                    'IF(offered*in_time*suits=1,year1,"closed")',
                    "money",
                    keys=six("open_year1"),
                ),
                Row(
                    "is_chosen",
                    "Cheapest that is open",
                    "1 yes, 0 no",
                    "IF(ISNUMBER(open_year1),IF(open_year1<=MIN(row.open_year1)*(1+comparison_tolerance),1,0),0)",
                    "whole total",
                    keys=six("is_chosen"),
                ),
                Row(
                    "accepted",
                    "Cost of an accepted output",
                    "USD per output",
                    tuple(
                        f'IF(priced=1,COST_PER_ACCEPTED(call, IF({rate}="",1,{rate}), {review}),"n/a")'
                        for rate, review in (("pe_pass_rate", "pe_review_rate*cost_per_review"),) * 4
                        + (("ft_pass_rate", "ft_review_steady_rate*cost_per_review"),) * 2
                    ),
                    "call",
                    keys=six("accepted"),
                    note="A call and its review, failures tried again; fine-tuned at its later review rate",
                ),
                Row(
                    "action",
                    "What it means",
                    "",
                    (
                        '"KEEP PROMPT ENGINEERING: stay with "&pe_name&" as it is"',
                        '"CACHE THE PROMPT: stay with "&pe_name&" and let the vendor cache the instructions"',
                        '"SWITCH MODEL: run "&base_name&" with the full prompt"',
                        '"USE RAG: keep "&pe_name&" and look the facts up"',
                        '"FINE-TUNE: train and run "&ft_name',
                        '"HYBRID: fine-tune "&ft_name&" and look the facts up"',
                    ),
                    "wrapped",
                ),
            ),
        ),
    )
    for title, rows in blocks:
        band(sheet, row, title, 9)
        row = table(book, sheet, row + 1, rows, 2, 7)
    sheet.heights[row - 1] = 66
    row += 1
    sheet.pages = 1
    band(sheet, row, "What follows", 9)
    figures_in(
        sheet,
        row + 1,
        (
            Row(
                "best_monthly",
                "Cheapest to run, month one",
                "USD per month",
                "MIN(row.month)",
                "money",
                "out_best_monthly",
            ),
            Row(
                "best_option",
                "Which one",
                "option",
                "INDEX(row.option,1,MATCH(1,row.is_best,0))",
                "answer",
                "out_best_option",
            ),
            Row(
                "must_look_up",
                "Facts must be looked up",
                "1 yes, 0 no",
                'IF(LOWER(TRIM(use_case))="knowledge",IF(facts_change,1,0),0)',
                "whole",
            ),
            Row(
                "chosen",
                "Cheapest open option, everything counted",
                "option",
                "INDEX(row.option,1,MATCH(1,row.is_chosen,0))",
                "answer total",
            ),
            Row("chosen_year1", "It costs in year 1", "USD", "MIN(row.open_year1)", "money"),
            Row("chosen_action", "What to do", "", "INDEX(row.action,1,MATCH(1,row.is_chosen,0))", "label"),
            Row(
                "runner_up_year1",
                "The next best open option costs in year 1",
                "USD",
                'IF(COUNT(row.open_year1)<1+1,"none",SMALL(row.open_year1,1+1))',
                "money",
            ),
            Row("pe_name", "Prompted model", "", 'IF(pe_model="","the prompted model",pe_model)', "answer"),
            Row("base_name", "Newer base model", "", 'IF(base_model="","the newer base model",base_model)', "answer"),
            Row("ft_name", "Fine-tuned model", "", 'IF(ft_model="","the fine-tuned model",ft_model)', "answer"),
        ),
    )
    return sheet
