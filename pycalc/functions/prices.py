"""Prices: what a model costs on a date, and where that was read."""

from __future__ import annotations

from pycalc.constants import MONTHS_PER_YEAR
from pycalc.errors import NoAnswerError
from pycalc.models import catalogue
from pycalc.registry import EACH_ONCE, ELEMENTWISE, worksheet_function
from pycalc.registry.vocabulary import quantity

SECTION = "Prices"
_PRICING = "OpenAI, API pricing, https://developers.openai.com/api/docs/pricing (read 2026-11-20)"
_GENAI_PRICES = "genai-prices 0.2.3, https://github.com/pydantic/genai-prices (read 2026-11-20)"
_DEPRECATIONS = "OpenAI, Deprecations, https://developers.openai.com/api/docs/deprecations (read 2026-11-20)"
_NO_TWIN = "A price is looked up, not worked out; a workbook keeps the rows it uses on its Prices sheet"


def _day(on_date: float | None) -> str:
    return "" if on_date is None else catalogue.iso_day(on_date)


@worksheet_function(
    summary="Price of a model in USD per 1M tokens, on a date or on the catalogue's own.",
    returns="USD per 1M tokens",
    formula="the catalogue's price of that kind, of the snapshot the model's name stood for on that date",
    no_twin=_NO_TWIN,
    many=EACH_ONCE,
    references=(_PRICING, _GENAI_PRICES),
    examples=((("gpt-4o", "input"), "2.5"), (("gpt-4o", "input", 45444), "5"), (("ft:gpt-4o", "output"), "15")),
)
def model_price(model: str, kind: str, on_date: float | None = None) -> float:
    """Letter case and the maker's own prefix (openai/gpt-4o) make no difference. Any other seller or region in front
    (azure/eu/, bedrock/, us.anthropic., vertex_ai/, together_ai/) is part of the question: that seller's own price, or
    #N/A with a message that names the maker's. A dated name is one snapshot; an undated name is the snapshot it stood
    for on that date. A price holds from its first day up to, not including, its last. No price known on that date is
    #N/A: a neighbour's is never given, nor the base model's for a fine-tuned one.
    """
    row = catalogue.price(model, kind, _day(on_date))
    if row.unit != catalogue.TOKEN_PRICE:
        raise NoAnswerError(
            f"{row.kind} of {row.model} is billed in {catalogue.UNITS[row.unit]}, not per token",
            f"It is {row.amount:g} {catalogue.UNITS[row.unit]}; `breakeven prices` lists it",
        )
    return row.amount


@worksheet_function(
    summary="Where a price was read, when, from when it holds, and how sure it is.",
    returns="text",
    formula="the catalogue's record of that price",
    no_twin=_NO_TWIN,
    many=EACH_ONCE,
    references=(_PRICING, _GENAI_PRICES),
    examples=(
        (
            ("ft:gpt-4.1", "output"),
            "OpenAI, API pricing (developers.openai.com/api/docs/pricing); read 2026-11-20; holds from 2025-04-14 to "
            "before 2027-01-14; confidence high; inference ends with base model; "
            "developers.openai.com/api/docs/deprecations",
        ),
    ),
)
def price_source(model: str, kind: str, on_date: float | None = None) -> str:
    """It says too that the model was shut down by then; #N/A where MODEL_PRICE has none."""
    return catalogue.source(model, kind, _day(on_date))


@worksheet_function(
    summary="The catalogue's as-of date: the newest day on which one of its prices was read.",
    returns="date",
    formula="newest reading date in the catalogue",
    no_twin=_NO_TWIN,
    examples=(((), "46346"),),
)
def prices_as_of() -> float:
    return catalogue.serial(catalogue.as_of())


@worksheet_function(
    summary='Day a model is shut down, "" where none is announced.',
    returns="date",
    formula="the catalogue's shutdown date of model",
    no_twin=_NO_TWIN,
    many=EACH_ONCE,
    references=(_DEPRECATIONS,),
    examples=((("ft:gpt-4o",), "46401"), (("gpt-6-luna",), "")),
)
def model_shutdown(model: str) -> float | str:
    """An undated name is the snapshot it stands for on the catalogue's as-of date. An unknown model is #N/A, and so is
    another seller's model of which the catalogue keeps no date: its maker's date is not the seller's.
    """
    day = catalogue.shutdown(model)
    return catalogue.serial(day) if day else ""


@worksheet_function(
    summary="A price after some months of smooth yearly decline.",
    returns="USD per 1M tokens",
    twin="price*(1-annual_decline)^(months/months_per_year)",
    arguments={"months": quantity("Months from now, fractions allowed", "months", "[0..)")},
    array=ELEMENTWISE,
    references=("Stanford AI Index 2025 and Epoch AI publish yearly declines of LLM prices",),
    examples=(((30, 0.5, 12), "15"),),
)
def price_after(price: float, annual_decline: float, months: float) -> float:
    """A negative decline is a rise. Published prices of one model mostly stay flat until they are cut; use this for
    the cheapest model of a class, step events for a named one.
    """
    rest: float = (1 - annual_decline) ** (months / MONTHS_PER_YEAR)
    return price * rest
