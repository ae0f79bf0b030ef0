"""What a training file costs and when it pays: worksheet functions fed with the file's own counts.

Epochs and billed tokens are estimated as OpenAI's guide does.

References
----------
* OpenAI cookbook, examples/Chat_finetuning_data_prep.ipynb (MIT licence): default epochs, billed tokens and
  the limit of 4,096 tokens for gpt-3.5-turbo; read 2026-11-20.
* Microsoft Learn, "Fine-tuning models" (MicrosoftDocs/azure-ai-docs, fine-tune-models.md): "training example
  context length" of gpt-4o, gpt-4o-mini, gpt-4.1, gpt-4.1-mini, gpt-4.1-nano, o4-mini; read 2026-11-20.
* OpenAI, "Fine-tuning: token limits" (platform.openai.com/docs/guides/fine-tuning, as quoted at
  community.openai.com/t/563147): gpt-3.5-turbo-0613, -1106, -0125; read 2026-11-20.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pycalc.constants import DAYS_PER_YEAR, MONTHS_PER_YEAR
from pycalc.dataset import histogram
from pycalc.dataset.summary import Summary, Tokens
from pycalc.dataset.vendors import Format
from pycalc.errors import CalcError
from pycalc.files import table
from pycalc.functions.decision import ft_breakeven, ft_decision
from pycalc.functions.one_time import ft_labor, ft_training
from pycalc.functions.prices import model_price, price_source, prices_as_of
from pycalc.functions.running_cost import ft_monthly, pe_monthly
from pycalc.models import catalogue, sellers
from pycalc.models.families import base_name

TARGET_EPOCHS = 3
MIN_TARGET_EXAMPLES = 100
MAX_TARGET_EXAMPLES = 25_000
MIN_DEFAULT_EPOCHS = 1
MAX_DEFAULT_EPOCHS = 25

LIMITS = {model: int(tokens) for model, tokens in table("example_limits", "model", "tokens")}
"""Tokens of one training example; more are cut off. An undated gpt-3.5-turbo is the guide's own model."""


@dataclass(frozen=True)
class Plan:
    """What is to be trained, and what it is compared with."""

    models: tuple[str, ...] = ("gpt-4o-mini-2024-07-18",)
    epochs: int | None = None
    limit: int | None = None
    training_price: float | None = None
    on_date: float | None = None
    """Excel date; None is the catalogue's own."""
    volume: float | None = None
    """Queries a month."""
    compare_with: str = ""
    """The model prompted today; "" is the base of the trained one."""
    prompt_tokens: float | None = None
    """Instructions sent with every call today; None is the system prompt of the file."""
    minutes_per_example: float = 5
    hourly_wage: float = 50
    """The course calculator's figures."""
    max_months: float = 6
    use_case: str = "style"
    facts_change: bool = False


def train(summary: Summary, model: str, tokens: Tokens, plan: Plan) -> dict[str, Any]:
    """Limit, epochs, billed tokens and cost of training one model."""
    name = sellers.base_of(model)
    limit = plan.limit if plan.limit is not None else example_limit(model)
    epochs = plan.epochs if plan.epochs is not None else default_epochs(summary.examples)
    billed = histogram.total(tokens.total, limit or None)
    result: dict[str, Any] = {
        "model": name,
        "limit": limit,
        "over_limit": histogram.above(tokens.total, limit) if limit else 0,
        "longest": [{"line": -line, "tokens": count} for count, line in tokens.longest],
        "total_tokens": histogram.describe(tokens.total),
        "assistant_tokens": histogram.describe(tokens.answer),
        "system_tokens": tokens.system,
        "epochs": epochs,
        "epochs_by_default": plan.epochs is None,
        "billed_tokens_per_epoch": billed,
        "billed_tokens": billed * epochs,
        "tokens_per_example": billed / summary.examples,
    }
    price, source = _training_price(name, plan)
    if summary.kinds.get(Format.REINFORCEMENT, (0,))[0] * 2 > summary.examples:
        price, source = None, "reinforcement training is billed by its time, not by tokens"
    result |= {"training_price": price, "training_price_source": source, "training_cost": None}
    result["shutdown"] = _shutdown(name) or None
    result["running_prices"] = _running_prices(name, plan)
    if price is not None:
        result["training_cost"] = ft_training(
            examples=summary.examples,
            tokens_per_example=result["tokens_per_example"],
            epochs=epochs,
            training_price=price,
        )
        if plan.volume is not None:
            result["breakeven"] = _breakeven(summary, name, tokens, plan, result["training_cost"])
    return result


def example_limit(model: str) -> int | None:
    """Tokens of one training example at most; None where no source is known."""
    name = base_name(model)
    while name:
        if name in LIMITS:
            return LIMITS[name]
        name = name.rpartition("-")[0]
    return None


def default_epochs(examples: int) -> int:
    """The guide's rule: 3 epochs, more for few examples, fewer for very many."""
    if examples * TARGET_EPOCHS < MIN_TARGET_EXAMPLES:
        return min(MAX_DEFAULT_EPOCHS, MIN_TARGET_EXAMPLES // examples)
    if examples * TARGET_EPOCHS > MAX_TARGET_EXAMPLES:
        return max(MIN_DEFAULT_EPOCHS, MAX_TARGET_EXAMPLES // examples)
    return TARGET_EPOCHS


def _training_price(name: str, plan: Plan) -> tuple[float | None, str]:
    if plan.training_price is not None:
        return plan.training_price, "given"
    try:
        price = model_price(name, "training", plan.on_date)
        return price, price_source(name, "training", plan.on_date)
    except CalcError as error:
        return None, f"{error} Give it: --training-price USD per 1M tokens"


def _running_prices(name: str, plan: Plan) -> dict[str, Any]:
    """Prices of the fine-tuned model by kind, and where they were read; empty where it has none on that date."""
    found: dict[str, Any] = {}
    for kind in ("input", "output", "cached_input"):
        try:
            found[kind] = model_price(f"ft:{name}", kind, plan.on_date)
            found["source"] = price_source(f"ft:{name}", kind, plan.on_date)
        except CalcError:
            continue
    return found


def _breakeven(summary: Summary, name: str, tokens: Tokens, plan: Plan, training_cost: float) -> dict[str, Any]:
    """Upfront cost against monthly saving; an example stands for a call, as long as the file's mean."""
    examples = summary.examples
    system = tokens.system / examples
    response = histogram.total(tokens.answer) / examples
    query = (histogram.total(tokens.total) - tokens.rejected) / examples - system - response
    prompted = sellers.base_of(plan.compare_with) if plan.compare_with else name
    result: dict[str, Any] = {
        "queries": plan.volume,
        "compare_with": prompted,
        "pe_prompt_tokens": system if plan.prompt_tokens is None else plan.prompt_tokens,
        "ft_prompt_tokens": system,
        "query_tokens": query,
        "response_tokens": response,
        "training_cost": training_cost,
        "labor": ft_labor(
            examples=examples, minutes_per_example=plan.minutes_per_example, hourly_wage=plan.hourly_wage
        ),
        "minutes_per_example": plan.minutes_per_example,
        "hourly_wage": plan.hourly_wage,
        "max_months": plan.max_months,
    }
    result["upfront"] = training_cost + result["labor"]
    call = {"queries": plan.volume, "query_tokens": query, "response_tokens": response}
    try:
        result["pe_monthly"] = pe_monthly(prompt_tokens=result["pe_prompt_tokens"], **call, **_prices(prompted, plan))
        result["ft_monthly"] = ft_monthly(prompt_tokens=system, **call, **_prices(f"ft:{name}", plan))
        result["months_to_shutdown"] = _months_to_shutdown(name, plan)
        sides = {name: result[name] for name in ("upfront", "pe_monthly", "ft_monthly")}
        left = result["months_to_shutdown"]
        result["decision"] = ft_decision(**sides, max_months=plan.max_months, months_to_shutdown=left)
        result["months"] = ft_breakeven(**sides)
    except CalcError as error:
        result["months"], result["why_not"] = None, str(error)
    return result


def _prices(name: str, plan: Plan) -> dict[str, float]:
    return {f"{kind}_price": model_price(name, kind, plan.on_date) for kind in ("input", "output")}


def _shutdown(name: str) -> str:
    """The day the fine-tuned model is shut down; "" where none is known."""
    try:
        return catalogue.shutdown(f"ft:{name}")
    except CalcError:
        return ""


def _months_to_shutdown(name: str, plan: Plan) -> float | None:
    """Months from the date of the prices to the end of the fine-tuned model; None while none is announced."""
    if not (shutdown := _shutdown(name)):
        return None
    today: float = plan.on_date if plan.on_date is not None else prices_as_of()
    return (catalogue.serial(shutdown) - today) * MONTHS_PER_YEAR / DAYS_PER_YEAR
