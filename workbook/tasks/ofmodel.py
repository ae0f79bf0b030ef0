"""What the catalogue says of a model, by the rows of Options that it fills."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from pycalc.errors import CalcError, NoAnswerError
from pycalc.models import catalogue
from pycalc.models.sellers import base_of

KINDS = {
    "input_price": "input",
    "output_price": "output",
    "cached_price": "cached_input",
    "cache_write_price": "cache_write",
    "training_price": "training",
}
"""Kind of price by the row of Options it fills."""
NEEDED = ("input_price", "output_price")


def tuned(model: str) -> bool:
    """Whether it is a fine-tuned model, whoever serves it: ft:gpt-4.1-mini, azure/ft:gpt-4.1."""
    return "ft:" in model.lower()


def asked(model: str, row: str) -> str:
    """The model whose price fills a row: training is billed on the base of a fine-tuned model."""
    return base_of(model) if row == "training_price" else model


def prices(model: str, day: str) -> dict[str, catalogue.Price]:
    """Its token prices on a day, by row; training is a fine-tuned model's alone.

    Raises
    ------
    NoAnswerError : its input or output has no price on that day.
    """
    found = {}
    for row, kind in KINDS.items():
        if row == "training_price" and not tuned(model):
            continue
        try:
            price = catalogue.price(asked(model, row), kind, day)
        except NoAnswerError:
            if row in NEEDED:
                raise
            continue
        if price.unit == catalogue.TOKEN_PRICE:
            found[row] = price
    return found


def hosting(model: str, day: str) -> Iterator[tuple[str, catalogue.Price]]:
    """What it costs to have it served, whether called or not: the row and the price."""
    rows = {"usd_per_hour": "hourly_price", "usd_per_month": "hosting_monthly"}
    with suppress(NoAnswerError):
        price = catalogue.price(model, "hosting", day)
        if price.unit in rows:
            yield rows[price.unit], price


def others(model: str, day: str) -> dict[str, tuple[float, str]]:
    """Its batch price, context window, last day of training, shutdown and deployments: row, value, where from.

    A model of which no shutdown is announced has no such row.
    """
    found: dict[str, tuple[float, str]] = {}
    with suppress(NoAnswerError):
        shares = {
            catalogue.price(model, f"batch_{kind}", day).amount / catalogue.price(model, kind, day).amount
            for kind in ("input", "output")
        }
        if max(shares) - min(shares) < 1e-9:
            found["batch_price"] = max(shares), "Catalogue, batch against list price"
    if any(row == "hourly_price" for row, _ in hosting(model, day)):
        found["units"] = 1.0, "Assumption, one deployment"
    if tuned(model) and (end := _training_end(asked(model, "training_price"), day)):
        found["training_end"] = catalogue.serial(end) - 1, "Catalogue, the last day with a price of training"
    with suppress(NoAnswerError):
        found["context_window"] = float(catalogue.context_window(model)), "Catalogue"
    if ends := shutdown(model):
        found["shutdown_date"] = catalogue.serial(ends), "Catalogue, announced shutdown"
    return found


def _training_end(model: str, day: str) -> str:
    """The first day on which nobody is sold training on a model any more, "" where none is known."""
    with suppress(NoAnswerError):
        end = catalogue.price(model, "training", day).effective_to
        try:
            if end:
                catalogue.price(model, "training", end)
        except NoAnswerError:
            return end
    return ""


def shutdown(model: str) -> str:
    """The day it is shut down, "" where none is known."""
    try:
        return catalogue.shutdown(model) if model else ""
    except CalcError:
        return ""


def not_kept(model: str) -> str:
    """Why the catalogue cannot tell whether it is shut down; "" where it can."""
    try:
        catalogue.shutdown(model)
    except NoAnswerError as problem:
        return problem.rule
    return ""
