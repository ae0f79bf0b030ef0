"""The calculation of one scenario, top to bottom: the rows every scenario tab and every scenario column share.

The live model on Costs, Breakeven and Cash flow reaches the same figures by its own rows; Checks compares them.
"""

from __future__ import annotations

from workbook.template.grid import Row

OPTIONS = (
    ("pe", "Prompt engineering"),
    ("cached", "Prompt engineering with caching"),
    ("base", "Newer base model"),
    ("rag", "RAG"),
    ("ft", "Fine-tuning"),
    ("hybrid", "Hybrid"),
)
"""Every option by key and label, in the order of the columns on Costs; of two that cost the same the first wins."""

_BASE = "base_input_price, base_output_price"
_TUNED = "ft_prompt_tokens, query_tokens, response_tokens, ft_input_price, ft_output_price"
_PROMPTED = "pe_prompt_tokens, query_tokens, response_tokens, pe_input_price, pe_output_price"

HITS = {
    "pe_hit": "IF(pe_prompt_tokens<cache_min_tokens,0,1)*cache_hit_rate",
    "ft_hit": "IF(ft_prompt_tokens<cache_min_tokens,0,1)*cache_hit_rate",
}
"""A prompt below the vendor's minimum is never read from the cache."""

MONTHS_TO_SHUTDOWN = 'IF(ft_shutdown_date="","",(ft_shutdown_date-start_date)*months_per_year/days_per_year)'
CACHED_OFFERED = 'IF(pe_hit=0,0,IF(pe_cached_price="",0,1))'
BASE_OFFERED = 'IF(base_input_price="",0,IF(base_output_price="",0,1))'

CORE: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "Running cost, month one",
        (
            Row("pe_monthly", "Prompt engineering", "USD per month", f"PE_MONTHLY(queries, {_PROMPTED})"),
            Row("pe_hit", "Share of prompts read from the cache", "share", HITS["pe_hit"], "share"),
            Row(
                "cached_monthly",
                "Prompt engineering with caching",
                "USD per month",
                f"PE_MONTHLY(queries, {_PROMPTED}, pe_cached_price, pe_hit)",
            ),
            Row(
                "base_monthly",
                "Newer base model, full prompt",
                "USD per month",
                f'IF({BASE_OFFERED}=0,"n/a",PE_MONTHLY(queries, pe_prompt_tokens, query_tokens, response_tokens, '
                f"{_BASE}))",
            ),
            Row(
                "rag_monthly",
                "RAG",
                "USD per month",
                "RAG_MONTHLY(queries, pe_prompt_tokens, query_tokens, context_tokens, response_tokens, "
                "pe_input_price, pe_output_price, retrieval_price, storage_monthly)",
            ),
            Row("ft_hit", "Share of fine-tuned prompts read from the cache", "share", HITS["ft_hit"], "share"),
            Row(
                "ft_monthly",
                "Fine-tuning",
                "USD per month",
                f"FT_MONTHLY(queries, {_TUNED}, ft_cached_price, ft_hit, ft_hosting_monthly)",
            ),
            Row(
                "hybrid_monthly",
                "Hybrid",
                "USD per month",
                "HYBRID_MONTHLY(queries, ft_prompt_tokens, query_tokens, context_tokens, response_tokens, "
                "ft_input_price, ft_output_price, retrieval_price, ft_hosting_monthly)",
            ),
            Row(
                "best_monthly",
                "Cheapest of all",
                "USD per month",
                "MIN(pe_monthly,cached_monthly,rag_monthly,ft_monthly,hybrid_monthly,"
                "IF(ISNUMBER(base_monthly),base_monthly,pe_monthly))",
            ),
            Row(
                "best_option",
                "Which one",
                "option",
                "IF(pe_monthly<=best_monthly*(1+comparison_tolerance),label.pe,"
                "IF(cached_monthly<=best_monthly*(1+comparison_tolerance),label.cached,"
                "IF(IF(ISNUMBER(base_monthly),base_monthly<=best_monthly*(1+comparison_tolerance),FALSE),label.base,"
                "IF(rag_monthly<=best_monthly*(1+comparison_tolerance),label.rag,"
                "IF(ft_monthly<=best_monthly*(1+comparison_tolerance),label.ft,label.hybrid)))))",
                "answer",
            ),
        ),
    ),
    (
        "One-time cost of fine-tuning",
        (
            Row(
                "training",
                "Training",
                "USD",
                "FT_TRAINING(examples, tokens_per_example, epochs, ft_training_price, validation_tokens, "
                "training_minimum)",
            ),
            Row("labor", "Labour for the examples", "USD", "FT_LABOR(examples, minutes_per_example, hourly_wage)"),
            Row("upfront", "Upfront cost", "USD", "training+labor", "money total"),
        ),
    ),
    (
        "Prompt engineering against fine-tuning",
        (
            Row("saving", "Saving", "USD per month", "pe_monthly-ft_monthly"),
            Row("breakeven", "Break-even", "months", "FT_BREAKEVEN(upfront, pe_monthly, ft_monthly)", "months"),
            Row("to_shutdown", "Until the model is shut down", "months", MONTHS_TO_SHUTDOWN, "months"),
            Row(
                "decision",
                "Decision",
                "verdict",
                "FT_DECISION(upfront, pe_monthly, ft_monthly, max_months, to_shutdown)",
                "answer total",
            ),
            Row(
                "breakeven_training",
                "Break-even on training alone, labour left out",
                "months",
                "FT_BREAKEVEN(training, pe_monthly, ft_monthly)",
                "months",
            ),
            Row(
                "decision_training",
                "Decision on training alone, shutdown left out",
                "verdict",
                "FT_DECISION(training, pe_monthly, ft_monthly, max_months)",
                "answer",
            ),
            Row("suitability", "Suitability", "verdict", "FT_SUITABILITY(use_case, examples, facts_change)", "verdict"),
        ),
    ),
    (
        "Where fine-tuning stops being worth it",
        (
            Row(
                "pe_call",
                "Prompted call",
                "USD per call",
                "CALL_COST(pe_prompt_tokens+query_tokens, response_tokens, pe_input_price, pe_output_price)",
                "call",
            ),
            Row(
                "ft_call",
                "Fine-tuned call",
                "USD per call",
                "CALL_COST(ft_prompt_tokens+query_tokens, response_tokens, ft_input_price, ft_output_price, "
                "ft_prompt_tokens*ft_hit, ft_cached_price)",
                "call",
            ),
            Row(
                "be_queries",
                "Volume that pays back in time",
                "calls per month",
                "FT_BREAKEVEN_QUERIES(upfront, pe_call, ft_call, max_months, ft_hosting_monthly)",
                "count",
            ),
            Row(
                "be_price",
                "Input price: upfront paid back within the longest break-even",
                "USD per 1M tokens",
                "FT_BREAKEVEN_PRICE(queries, pe_prompt_tokens, query_tokens, response_tokens, pe_output_price, "
                "ft_monthly, upfront, max_months)",
                "price",
            ),
            Row(
                "be_price_year",
                "Input price: upfront paid back within a year",
                "USD per 1M tokens",
                "FT_BREAKEVEN_PRICE(queries, pe_prompt_tokens, query_tokens, response_tokens, pe_output_price, "
                "ft_monthly, upfront, months_per_year)",
                "price",
            ),
            Row(
                "be_price_running",
                "Input price: on running cost alone",
                "USD per 1M tokens",
                "FT_BREAKEVEN_PRICE(queries, pe_prompt_tokens, query_tokens, response_tokens, pe_output_price, "
                "ft_monthly)",
                "price",
            ),
            Row(
                "price_text",
                "Fine-tuning stops being worth it",
                "",
                'IF(ISNUMBER(be_price),"below the first of these prices",'
                'IF(ISNA(be_price),"at no price: the answers alone cost more","not known without calls"))',
                "verdict",
            ),
        ),
    ),
)

CORE_ROWS: dict[str, Row] = {row.key: row for _, rows in CORE for row in rows}

HOW = {
    "pe_hit": "The hit rate, 0 for a prompt below the vendor's shortest cached length",
    "ft_hit": "The hit rate, 0 for a prompt below the vendor's shortest cached length",
    "cached_monthly": "PE_MONTHLY with the cached price and the hit rate; as without caching where nothing is cached",
    "base_monthly": "PE_MONTHLY at the newer model's prices; n/a without prices",
    "best_monthly": "The smallest of the six",
    "best_option": "The first of the six that costs the least",
    "upfront": "Training + labour",
    "saving": "Prompt engineering − fine-tuning",
    "to_shutdown": "Days from start to shutdown × 12 / 365.25; blank when none is announced",
    "price_text": "By the price that pays the upfront cost back within the longest break-even",
}
"""How a row of CORE is worked out, where it is not a call of one worksheet function."""
