"""Every input of the workbook: name, label, unit, format, bounds, and why it is there.

Bounds are those of the functions that take the input (`pycalc.registry`), so that data validation refuses what
Python refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from pycalc.registry import FUNCTIONS
from pycalc.registry.vocabulary import Quantity, date, share, text

MOST_MONTHS = 36
"""Columns of the cash flow."""


@dataclass(frozen=True)
class Input:
    """One input cell."""

    name: str
    label: str
    unit: str
    style: str
    quantity: Quantity
    optional: bool = False
    """Blank means something of its own (no such price, no such date), not 0."""
    required: bool = False
    """Nothing can be said before it is entered."""
    help: str = ""


def _of(function: str, argument: str) -> Quantity:
    """The bounds of a function's argument."""
    return next(item.quantity for item in FUNCTIONS[function].arguments if item.name == argument)


_HORIZON = Quantity("Months counted in the cash flow", "months", low=1, high=MOST_MONTHS, whole=True)
_PRICE = _of("PE_MONTHLY", "input_price")
_TOKENS = _of("PE_MONTHLY", "prompt_tokens")
_EVENT_MONTH = Quantity("Month of a step", "month", low=0, high=MOST_MONTHS, whole=True)
_PER_M = "USD per 1M tokens"

GROUPS: tuple[tuple[str, tuple[Input, ...]], ...] = (
    (
        "Decision rule",
        (
            Input(
                "max_months",
                "Longest break-even accepted",
                "months",
                "months",
                _of("FT_BREAKEVEN_QUERIES", "months"),
                required=True,
                help="Break-even at exactly this many months is too late.",
            ),
            Input(
                "start_date",
                "Start of use",
                "date",
                "date",
                date("Start of use"),
                required=True,
                help="Months to shutdown count from here. A date you enter, not today's: the file must not "
                "change by itself.",
            ),
            Input("months", "Months counted in NPV, IRR and payback", "months", "whole", _HORIZON, required=True),
            Input("annual_rate", "Discount rate, effective", "per year", "rate", _of("FT_NPV", "annual_rate")),
        ),
    ),
    (
        "Volume and tokens",
        (
            Input("queries", "Model calls", "calls per month", "count", _of("PE_MONTHLY", "queries"), required=True),
            Input("monthly_growth", "Growth of volume", "per month", "rate", _of("FT_NPV", "monthly_growth")),
            Input(
                "query_tokens",
                "User's question",
                "tokens per call",
                "tokens",
                _of("PE_MONTHLY", "query_tokens"),
                required=True,
            ),
            Input(
                "response_tokens",
                "Answer",
                "tokens per call",
                "tokens",
                _of("PE_MONTHLY", "response_tokens"),
                required=True,
            ),
        ),
    ),
    (
        "Prompt engineering",
        (
            Input("pe_model", "Prompted model", "name", "label", text("Model of prompt engineering")),
            Input(
                "pe_prompt_tokens",
                "Instructions sent with a prompted call",
                "tokens per call",
                "tokens",
                _TOKENS,
                required=True,
            ),
            Input("pe_input_price", "Prompted input price", _PER_M, "price", _PRICE, required=True),
            Input("pe_output_price", "Prompted output price", _PER_M, "price", _PRICE, required=True),
            Input(
                "pe_cached_price",
                "Prompted cached input price",
                _PER_M,
                "price",
                _PRICE,
                optional=True,
                help="Blank: the vendor has no price for cached input, the input price counts.",
            ),
            Input(
                "cache_hit_rate",
                "Calls that read the prompt from the cache",
                "share",
                "share",
                _of("PE_MONTHLY", "cache_hit_rate"),
            ),
            Input(
                "cache_min_tokens",
                "Shortest prompt the vendor caches",
                "tokens per call",
                "tokens",
                _TOKENS,
                help="A prompt below this length is never cached, whatever the hit rate.",
            ),
            Input(
                "pe_annual_decline",
                "Fall of base-model prices",
                "per year",
                "rate",
                _of("PRICE_AFTER", "annual_decline"),
                help="Smooth decline of all base-model token prices. Prices of one named model usually stay flat "
                "and then step.",
            ),
            Input(
                "pe_step_month",
                "Base-model price cut from month",
                "month",
                "whole",
                _EVENT_MONTH,
                help="A step event beside the smooth decline. 0 or blank: none.",
            ),
            Input("pe_step_cut", "Size of the base-model price cut", "share", "share", share("Size of the price cut")),
        ),
    ),
    (
        "Cheapest newer base model, full prompt",
        (
            Input("base_model", "Newer base model", "name", "label", text("Newer base model")),
            Input(
                "base_input_price",
                "Newer model's input price",
                _PER_M,
                "price",
                _PRICE,
                optional=True,
                help="Blank: no newer model is considered.",
            ),
            Input("base_output_price", "Newer model's output price", _PER_M, "price", _PRICE, optional=True),
        ),
    ),
    (
        "Fine-tuning, running",
        (
            Input("ft_model", "Fine-tuned model", "name", "label", text("Fine-tuned model")),
            Input(
                "ft_prompt_tokens",
                "Instructions sent with a fine-tuned call",
                "tokens per call",
                "tokens",
                _of("FT_MONTHLY", "prompt_tokens"),
                required=True,
            ),
            Input("ft_input_price", "Fine-tuned input price", _PER_M, "price", _PRICE, required=True),
            Input("ft_output_price", "Fine-tuned output price", _PER_M, "price", _PRICE, required=True),
            Input(
                "ft_cached_price",
                "Fine-tuned cached input price",
                _PER_M,
                "price",
                _PRICE,
                optional=True,
                help="Counts with the hit rate above once the fine-tuned prompt reaches the shortest cached length.",
            ),
            Input("ft_hosting_monthly", "Hosting", "USD per month", "money", _of("FT_MONTHLY", "hosting_monthly")),
            Input(
                "ft_shutdown_date",
                "Vendor shuts the model down on",
                "date",
                "date",
                date("Shutdown"),
                optional=True,
                help="Blank: no shutdown announced.",
            ),
            Input(
                "ft_annual_decline",
                "Fall of fine-tuned prices",
                "per year",
                "rate",
                _of("PRICE_AFTER", "annual_decline"),
            ),
            Input("ft_step_month", "Fine-tuned price cut from month", "month", "whole", _EVENT_MONTH),
            Input("ft_step_cut", "Size of the fine-tuned price cut", "share", "share", share("Size of the price cut")),
        ),
    ),
    (
        "Fine-tuning, one-time and retraining",
        (
            Input("examples", "Training examples", "examples", "count", _of("FT_TRAINING", "examples"), required=True),
            Input(
                "tokens_per_example",
                "Length of an example",
                "tokens per example",
                "tokens",
                _of("FT_TRAINING", "tokens_per_example"),
                required=True,
            ),
            Input("epochs", "Passes over the data", "epochs", "epochs", _of("FT_TRAINING", "epochs"), required=True),
            Input(
                "ft_training_price",
                "Training price",
                _PER_M,
                "price",
                _of("FT_TRAINING", "training_price"),
                required=True,
            ),
            Input(
                "validation_tokens",
                "Validation tokens billed",
                "tokens",
                "count",
                _of("FT_TRAINING", "validation_tokens"),
            ),
            Input("training_minimum", "Smallest bill of a training job", "USD", "money", _of("FT_TRAINING", "minimum")),
            Input(
                "minutes_per_example",
                "Labour for an example",
                "minutes per example",
                "minutes",
                _of("FT_LABOR", "minutes_per_example"),
            ),
            Input("hourly_wage", "Cost of that labour", "USD per hour", "money", _of("FT_LABOR", "hourly_wage")),
            Input(
                "evaluation_cost",
                "One evaluation",
                "USD",
                "money",
                _of("FT_RETRAIN", "evaluation_cost"),
                help="Once at the start and once with every retraining.",
            ),
            Input(
                "retrains_per_year",
                "Retraining",
                "runs per year",
                "runs",
                _of("FT_RETRAIN", "retrains_per_year"),
                help="A run falls in month t when INT(t × runs / 12) rises.",
            ),
            Input(
                "relabel_share",
                "Examples labelled anew for a run",
                "share",
                "share",
                _of("FT_RETRAIN", "relabel_share"),
            ),
        ),
    ),
    (
        "Retrieval (RAG and hybrid)",
        (
            Input(
                "context_tokens",
                "Retrieved text added to a call",
                "tokens per call",
                "tokens",
                _of("RAG_MONTHLY", "context_tokens"),
            ),
            Input(
                "retrieval_price", "One retrieval", "USD per query", "unitprice", _of("RAG_MONTHLY", "retrieval_price")
            ),
            Input(
                "storage_monthly",
                "Storage of the index",
                "USD per month",
                "money",
                _of("RAG_MONTHLY", "storage_monthly"),
            ),
        ),
    ),
    (
        "Human review and quality",
        (
            Input(
                "items_per_month",
                "Outputs that may be reviewed",
                "items per month",
                "count",
                _of("REVIEW_RAMP", "items_per_month"),
            ),
            Input("cost_per_review", "One review", "USD per review", "money", _of("REVIEW_COST", "cost_per_review")),
            Input(
                "pe_review_rate",
                "Reviewed: prompted base model",
                "share",
                "share",
                _of("REVIEW_COST", "review_rate"),
                help="Prompt engineering, with or without caching, RAG, and the newer base model.",
            ),
            Input(
                "ft_review_start_rate",
                "Reviewed: fine-tuned, at first",
                "share",
                "share",
                _of("REVIEW_RAMP", "start_rate"),
            ),
            Input(
                "ft_review_steady_rate",
                "Reviewed: fine-tuned, later",
                "share",
                "share",
                _of("REVIEW_RAMP", "steady_rate"),
            ),
            Input("ft_review_ramp_months", "Months until then", "months", "months", _of("REVIEW_RAMP", "ramp_months")),
            Input(
                "pe_pass_rate",
                "Accepted: prompted base model",
                "share",
                "share",
                _of("COST_PER_ACCEPTED", "pass_rate"),
                optional=True,
                help="Share of outputs accepted. Blank: all. Used for the cost per accepted output alone.",
            ),
            Input(
                "ft_pass_rate",
                "Accepted: fine-tuned model",
                "share",
                "share",
                _of("COST_PER_ACCEPTED", "pass_rate"),
                optional=True,
            ),
        ),
    ),
    (
        "Suitability",
        (
            Input(
                "use_case",
                "What the model is to learn",
                "style, format, knowledge or other",
                "label",
                _of("FT_SUITABILITY", "use_case"),
                optional=True,
            ),
            Input("facts_change", "Facts change often", "TRUE or FALSE", "flag", _of("FT_SUITABILITY", "facts_change")),
        ),
    ),
)

INPUTS: dict[str, Input] = {item.name: item for _, group in GROUPS for item in group}
REQUIRED = tuple(item.name for item in INPUTS.values() if item.required)
