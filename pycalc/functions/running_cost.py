"""Running cost: what a call and a month cost."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.constants import TOKENS_PER_PRICE_UNIT
from pycalc.errors import OutOfBoundsError
from pycalc.functions.arithmetic import minus, where_valid
from pycalc.registry import ELEMENTWISE, worksheet_function
from pycalc.registry.definition import LEFT_OUT

SECTION = "Running cost"
_PRICING = "OpenAI, API pricing, https://developers.openai.com/api/docs/pricing (read 2026-11-20)"
_CACHING = "OpenAI cookbook, Prompt Caching 201: from 1,024 tokens, in steps of 128, exact prefix (read 2026-11-20)"


_PROMPTED_TWIN = (
    "queries*(prompt_tokens*((1-cache_hit_rate)*input_price+cache_hit_rate*cached_price)"
    "+query_tokens*input_price+response_tokens*output_price)/tokens_per_price_unit"
)
_RETRIEVED_TWIN = (
    "queries*((prompt_tokens+query_tokens+context_tokens)*input_price+response_tokens*output_price)"
    "/tokens_per_price_unit+queries*retrieval_price"
)


def _prompt_price(input_price: float, cached_price: float, cache_hit_rate: float) -> float:
    """Price of the prompt's tokens on average. A range without caching skips the mixing: it costs three passes."""
    if getattr(cache_hit_rate, "ndim", 0) == 0 and cache_hit_rate == 0:
        return input_price
    return (1 - cache_hit_rate) * input_price + cache_hit_rate * cached_price


def _call_cost_array(
    input_tokens: Any, output_tokens: Any, input_price: Any, output_price: Any, cached_tokens: Any, cached_price: Any
) -> Any:
    fresh = input_tokens - cached_tokens
    cost = fresh * input_price + cached_tokens * cached_price + output_tokens * output_price
    return where_valid(cost / TOKENS_PER_PRICE_UNIT, fresh >= 0)


@worksheet_function(
    summary="Cost of one model call in USD, cached input at its own price.",
    returns="USD per call",
    twin=(
        "((input_tokens-cached_tokens)*input_price+cached_tokens*cached_price+output_tokens*output_price)"
        "/tokens_per_price_unit"
    ),
    rules=(("cached_tokens-input_tokens>comparison_tolerance*cached_tokens", "#NUM!"),),
    same_as={"cached_price": "input_price"},
    array=_call_cost_array,
    references=(_PRICING,),
    examples=(((850, 100, 30, 60), "0.0315"), ((2500, 500, 2.5, 10, 2000, 1.25), "0.00875")),
)
def call_cost(
    input_tokens: float,
    output_tokens: float,
    input_price: float,
    output_price: float,
    cached_tokens: float = 0,
    cached_price: float = LEFT_OUT,
) -> float:
    """More cached tokens than input tokens are #NUM!."""
    if minus(input_tokens, cached_tokens) < 0:
        raise OutOfBoundsError("has more cached tokens than input tokens", "cached_tokens are part of input_tokens")
    fresh = input_tokens - cached_tokens
    cost = fresh * input_price + cached_tokens * cached_price + output_tokens * output_price
    return cost / TOKENS_PER_PRICE_UNIT


@worksheet_function(
    summary="Monthly running cost of prompt engineering in USD: the whole prompt sent with every call.",
    returns="USD per month",
    twin=_PROMPTED_TWIN,
    same_as={"cached_price": "input_price"},
    array=ELEMENTWISE,
    references=(_PRICING, _CACHING),
    examples=(((10000, 800, 50, 100, 30, 60), "315"),),
)
def pe_monthly(
    queries: float,
    prompt_tokens: float,
    query_tokens: float,
    response_tokens: float,
    input_price: float,
    output_price: float,
    cached_price: float = LEFT_OUT,
    cache_hit_rate: float = 0,
) -> float:
    """Only the prompt can be cached; the question and the answer never are. Vendors cache from a minimum length
    on (1,024 tokens at OpenAI): below it give a hit rate of 0.
    """
    prompt_price = _prompt_price(input_price, cached_price, cache_hit_rate)
    per_call = prompt_tokens * prompt_price + query_tokens * input_price + response_tokens * output_price
    return queries * per_call / TOKENS_PER_PRICE_UNIT


@worksheet_function(
    summary="Monthly running cost of the fine-tuned model in USD: a short prompt, its own prices, hosting.",
    returns="USD per month",
    formula="PE_MONTHLY(the same arguments) + hosting_monthly",
    twin=_PROMPTED_TWIN + "+hosting_monthly",
    same_as={"cached_price": "input_price"},
    array=ELEMENTWISE,
    references=(_PRICING, "Microsoft, Azure OpenAI fine-tuning cost management: hosting 1.70 USD per hour"),
    examples=(((10000, 50, 50, 100, 3, 6), "9"),),
)
def ft_monthly(
    queries: float,
    prompt_tokens: float,
    query_tokens: float,
    response_tokens: float,
    input_price: float,
    output_price: float,
    cached_price: float = LEFT_OUT,
    cache_hit_rate: float = 0,
    hosting_monthly: float = 0,
) -> float:
    prompt_price = _prompt_price(input_price, cached_price, cache_hit_rate)
    per_call = prompt_tokens * prompt_price + query_tokens * input_price + response_tokens * output_price
    return queries * per_call / TOKENS_PER_PRICE_UNIT + hosting_monthly


@worksheet_function(
    summary="Monthly running cost of retrieval (RAG) in USD: retrieved context as input, retrieval, storage.",
    returns="USD per month",
    twin=_RETRIEVED_TWIN + "+storage_monthly",
    array=ELEMENTWISE,
    references=(_PRICING,),
    examples=(((10000, 800, 50, 1000, 100, 30, 60, 0.002), "635"),),
)
def rag_monthly(
    queries: float,
    prompt_tokens: float,
    query_tokens: float,
    context_tokens: float,
    response_tokens: float,
    input_price: float,
    output_price: float,
    retrieval_price: float,
    storage_monthly: float = 0,
) -> float:
    per_call = (prompt_tokens + query_tokens + context_tokens) * input_price + response_tokens * output_price
    return queries * per_call / TOKENS_PER_PRICE_UNIT + queries * retrieval_price + storage_monthly


@worksheet_function(
    summary="Monthly running cost of a fine-tuned model with retrieval in USD.",
    returns="USD per month",
    twin=_RETRIEVED_TWIN + "+hosting_monthly",
    array=ELEMENTWISE,
    references=(_PRICING,),
    examples=(((10000, 50, 50, 0, 100, 3, 6, 0.002), "29"),),
)
def hybrid_monthly(
    queries: float,
    prompt_tokens: float,
    query_tokens: float,
    context_tokens: float,
    response_tokens: float,
    input_price: float,
    output_price: float,
    retrieval_price: float,
    hosting_monthly: float = 0,
) -> float:
    per_call = (prompt_tokens + query_tokens + context_tokens) * input_price + response_tokens * output_price
    return queries * per_call / TOKENS_PER_PRICE_UNIT + queries * retrieval_price + hosting_monthly
