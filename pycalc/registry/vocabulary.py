"""The glossary: each argument name once, with its label, unit and bounds.

The same name means the same thing in every function, cell, help text and document. A function whose
argument differs (FT_BREAKEVEN_QUERIES takes fractions of a month) says so where it is defined.
"""

from __future__ import annotations

from math import isfinite

INFINITY = float("inf")

LAST_DATE = 2_958_465
"""9999-12-31, the last day Excel knows."""

USD = "USD"
USD_MONTH = "USD per month"
USD_PRICE = "USD per 1M tokens"
TOKENS = "tokens per call"
SHARE = "fraction"
MONTHS = "months"


class Quantity:
    """What a value is: its kind, unit, label and bounds.

    `kind` is "number", "text", "flag" (TRUE or FALSE), "date" (an Excel serial number) or "any".
    """

    __slots__ = ("_bounds", "high", "high_open", "kind", "label", "low", "low_open", "unit", "whole")

    def __init__(
        self,
        label: str,
        unit: str,
        kind: str = "number",
        low: float = -INFINITY,
        high: float = INFINITY,
        low_open: bool = False,
        high_open: bool = False,
        whole: bool = False,
    ) -> None:
        self.label = label
        self.unit = unit
        self.kind = kind
        self.low = low
        self.high = high
        self.low_open = low_open
        self.high_open = high_open
        self.whole = whole
        self._bounds = ""

    def bounds(self) -> str:
        """The bounds in words, empty where there are none; put together once, for a column of errors asks again."""
        if not self._bounds:
            self._bounds = self._in_words()
        return self._bounds

    def allows(self, number: float) -> bool:
        """A finite number within the bounds, and whole where it must be."""
        above = number > self.low if self.low_open else number >= self.low
        below = number < self.high if self.high_open else number <= self.high
        return above and below and isfinite(number) and not (self.whole and number % 1)

    def _in_words(self) -> str:
        parts = []
        if self.low > -INFINITY:
            parts.append(f"{'above' if self.low_open else 'at least'} {self.low:,.16g}")
        if self.high < INFINITY:
            parts.append(f"{'below' if self.high_open else 'at most'} {self.high:,.16g}")
        text = " and ".join(parts)
        if self.whole:
            text = f"a whole number, {text}" if text else "a whole number"
        return text


def amount(label: str, unit: str) -> Quantity:
    """A number that is never negative."""
    return Quantity(label, unit, low=0)


def signed(label: str, unit: str) -> Quantity:
    """A number of either sign."""
    return Quantity(label, unit)


def share(label: str) -> Quantity:
    """A fraction from 0 to 1."""
    return Quantity(label, SHARE, low=0, high=1)


def inside(label: str) -> Quantity:
    """A fraction above 0 and below 1."""
    return Quantity(label, SHARE, low=0, high=1, low_open=True, high_open=True)


MOST_EXAMPLES = 1_000_000_000
"""More is no test; the exact tests take longer with every example."""


def count(label: str, unit: str) -> Quantity:
    """A whole number of examples."""
    return Quantity(label, unit, low=0, high=MOST_EXAMPLES, whole=True)


def above(low: float, label: str, unit: str) -> Quantity:
    """A number greater than `low`."""
    return Quantity(label, unit, low=low, low_open=True)


def text(label: str) -> Quantity:
    """A text; a number counts as its shortest display text."""
    return Quantity(label, "text", kind="text")


def flag(label: str) -> Quantity:
    """TRUE or FALSE; a number counts as TRUE unless it is 0."""
    return Quantity(label, "TRUE or FALSE", kind="flag")


def date(label: str) -> Quantity:
    """A date as Excel counts it: days since 1899-12-30."""
    return Quantity(label, "date", kind="date", low=0)


VOCABULARY: dict[str, Quantity] = {
    # tokens and models
    "text": text("Text to count"),
    "model": text('Name of a model, such as "gpt-4o"; of a fine-tuned one "ft:gpt-4o"'),
    "language": text('Language of the text, by name or code, such as "German" or "de"; also "code" or "JSON"'),
    "width": above(0, "Width of the image", "pixels"),
    "height": above(0, "Height of the image", "pixels"),
    "detail": text('"high" or "low"'),
    "system_prompt": text("Instructions sent with every call"),
    "user_query": text("The user's question"),
    "roles": text('Role of each message: "system", "user", "assistant"'),
    "contents": text("Text of each message"),
    "names": text("Name of each message's author, blank where it has none"),
    "kind": text(
        'Kind of price: "input", "cached_input", "cache_write", "output", "batch_input", "batch_output", "training"'
    ),
    "on_date": Quantity("Day the price is wanted for", "date", kind="date", low=0, high=LAST_DATE),
    # volume and tokens
    "queries": amount("Model calls per month", "calls per month"),
    "prompt_tokens": amount("Instruction tokens sent with every call", TOKENS),
    "query_tokens": amount("Tokens of the user's question", TOKENS),
    "context_tokens": amount("Retrieved tokens added to every call", TOKENS),
    "response_tokens": amount("Tokens of the answer", TOKENS),
    "input_tokens": amount("Input tokens of one call", TOKENS),
    "output_tokens": amount("Output tokens of one call", TOKENS),
    "cached_tokens": amount("Input tokens of one call that are read from the vendor's prompt cache", TOKENS),
    "ft_prompt_tokens": amount("Instruction tokens still sent to the fine-tuned model", TOKENS),
    # prices
    "input_price": amount("Input price", USD_PRICE),
    "output_price": amount("Output price", USD_PRICE),
    "cached_price": amount("Price of input read from the prompt cache", USD_PRICE),
    "pe_input_price": amount("Input price of the prompted model", USD_PRICE),
    "pe_output_price": amount("Output price of the prompted model", USD_PRICE),
    "ft_input_price": amount("Input price of the fine-tuned model", USD_PRICE),
    "ft_output_price": amount("Output price of the fine-tuned model", USD_PRICE),
    "training_price": amount("Training price", USD_PRICE),
    "retrieval_price": amount("Price of one retrieval (vector search, reranking)", "USD per query"),
    "price": amount("Price today", USD_PRICE),
    "annual_decline": Quantity("Share by which the price falls in a year", SHARE, high=1, high_open=True),
    "cache_hit_rate": share("Share of calls whose prompt is read from the cache"),
    # one-time and recurring cost
    "hosting_monthly": amount("Hosting of the fine-tuned model", USD_MONTH),
    "storage_monthly": amount("Storage of the retrieval index", USD_MONTH),
    "examples": amount("Training examples", "examples"),
    "tokens_per_example": amount("Tokens of one training example", "tokens per example"),
    "epochs": amount("Passes over the training data", "epochs"),
    "validation_tokens": amount("Validation tokens the vendor bills", "tokens"),
    "minimum": amount("Smallest bill for a training job", USD),
    "minutes_per_example": amount("Human minutes for one example", "minutes per example"),
    "hourly_wage": amount("Cost of one hour of that person", "USD per hour"),
    "accept_rate": share("Share of the teacher's answers that are kept"),
    "test_examples": amount("Examples in the evaluation set", "examples"),
    "call_cost": amount("Cost of one call of the model under test", "USD per call"),
    "judge_cost": amount("Cost of one automatic judgement", "USD per call"),
    "human_share": share("Share of the answers that a person judges too"),
    "retrains_per_year": amount("Retraining runs in a year", "runs per year"),
    "training_cost": amount("Cost of one training run", USD),
    "relabel_share": share("Share of the examples labelled anew for each run"),
    "labor_cost": amount("Cost of labelling all examples", USD),
    "evaluation_cost": amount("Cost of one evaluation", USD),
    # decision
    "upfront": amount("One-time cost of fine-tuning: training and labour", USD),
    "pe_monthly": amount("Running cost of prompt engineering", USD_MONTH),
    "ft_monthly": amount("Running cost of the fine-tuned model", USD_MONTH),
    "max_months": amount("Longest break-even that is still accepted", MONTHS),
    "months_to_shutdown": signed("Months until the fine-tuned model is shut down", MONTHS),
    "use_case": text('What the model is to learn: "style", "format", "knowledge" or another task'),
    "facts_change": flag("Whether the facts change often"),
    "pe_call": amount("Cost of one prompted call", "USD per call"),
    "ft_call": amount("Cost of one call of the fine-tuned model", "USD per call"),
    "ft_fixed_monthly": amount("The part of ft_monthly that does not grow with volume", USD_MONTH),
    "upfront_factors": amount("Multiples of the upfront cost, one column each", "multiple"),
    "volume_factors": amount("Multiples of the volume, one row each", "multiple"),
    # investment
    "months": Quantity("Months counted", MONTHS, low=0, whole=True),
    "annual_rate": above(-1, "Discount rate for a year, effective", "fraction per year"),
    "monthly_saving": signed("Saving in the first month: the part that grows with volume", USD_MONTH),
    "monthly_growth": above(-1, "Growth of that saving from month to month", "fraction per month"),
    "fixed_monthly": signed("Monthly cost that does not grow with volume: hosting, upkeep", USD_MONTH),
    # review and quality
    "items": amount("Outputs produced", "items"),
    "review_rate": share("Share of the outputs that a person reviews"),
    "cost_per_review": amount("Cost of one review", "USD per review"),
    "items_per_month": amount("Outputs produced per month", "items per month"),
    "start_rate": share("Share reviewed during the ramp"),
    "steady_rate": share("Share reviewed after the ramp"),
    "ramp_months": amount("Length of the ramp", MONTHS),
    "cost_per_call": amount("Cost of one call", "USD per call"),
    "pass_rate": share("Share of the outputs that are accepted"),
    "review_cost": amount("Review cost per output", "USD per output"),
    "rework_cost": amount("Cost for a person to repair a failed output", "USD per output"),
    # capacity
    "hourly_price": amount("Price of the capacity for one hour", "USD per hour"),
    "replicas": amount("Copies that run at the same time", "replicas"),
    "hours_per_month": amount("Hours of a month in which they run", "hours per month"),
    "tokens_per_call": amount("Tokens one call makes the model read and write", TOKENS),
    "tokens_per_second": amount("Tokens a second that the capacity sustains", "tokens per second"),
    "peak_factor": amount("Load of the busiest hour over the average load", "multiple"),
    "utilization": share("Share of what it could do that it does"),
    "capacity_monthly": amount("Cost of the capacity", USD_MONTH),
    "calls_per_minute": amount("Calls a minute at the peak", "calls per minute"),
    "tokens_per_minute_per_unit": amount("Input tokens a minute that one unit carries", "tokens per minute"),
    "output_weight": amount("Input tokens that one output token weighs", "tokens"),
    "cached_share": share("Share of the input that is read from the cache"),
    "increment": above(0, "Step in which units are sold", "units"),
    "training_tokens": amount("Tokens of the training data, one pass", "tokens"),
    "parameters_billions": amount("Size of the model", "billion parameters"),
    "peak_tflops": amount("Peak of one GPU in the precision used, dense", "TFLOP/s"),
    "flops_per_parameter": amount("Operations per parameter and token: 6 full, 4 LoRA", "FLOP"),
    # evidence
    "passes": count("Test examples that passed", "examples"),
    "trials": count("Test examples judged", "examples"),
    "confidence": inside("Confidence level"),
    "rate_a": share("Pass rate of option A"),
    "rate_b": share("Pass rate of option B"),
    "power": inside("Chance to find the difference if it is there"),
    "passes_a": count("Test examples that option A passed", "examples"),
    "trials_a": count("Test examples judged for option A", "examples"),
    "passes_b": count("Test examples that option B passed", "examples"),
    "trials_b": count("Test examples judged for option B", "examples"),
    "only_a": count("Examples that only option A passed", "examples"),
    "only_b": count("Examples that only option B passed", "examples"),
}
