"""Numbers whose unit looks wrong by a thousand: a price per 1K in a per-1M cell, 5 for 5%, thousands of tokens.

What a number means is known from the defined names of the template, from the argument of ours it is given to,
or from the label beside it. Thresholds for prices come from the catalogue: a figure that no vendor ever asked,
while a thousand times it is a price, was read off a page that quotes per 1,000 tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from pycalc.models import catalogue
from pycalc.registry import FUNCTIONS
from pycalc.registry.definition import Argument
from workbook.file import tsv
from workbook.formulas.parser import Reference, parsed
from workbook.formulas.shapes import split
from workbook.tasks import ofmodel

TOKENS = "tokens"
SHARE = "share"
RATE = "rate"
INPUT, OUTPUT, TRAINING, PRICE = "input", "output", "training", "price"
PRICES = frozenset((*ofmodel.KINDS.values(), PRICE))
"""Prices in USD per 1M tokens, by the catalogue's kinds; the last one is a price of unknown kind."""

_ROLES = tsv.lines(Path(__file__).parent / "data" / "roles.tsv")
BY_NAME = {name: line["role"] for line in _ROLES for name in line["inputs"].split()}
"""The template's inputs by what they measure."""
_LABELS = tuple((line["role"], re.compile(line["label"], re.IGNORECASE)) for line in _ROLES if line["label"])
_USUAL_CONTEXT = 100_000
"""Tokens that many models take: up to here the catalogue, which takes its time to load, need not be asked."""

_LONGEST_LABEL = 80
"""Longer texts are sentences."""

_RATE_ARGUMENTS = ("annual_rate", "monthly_growth", "annual_decline")
_ALIKE = 1e-6


def role_of_argument(argument: Argument) -> str:
    """What an argument of ours measures, "" where nothing can be told."""
    if argument.unit == "USD per 1M tokens":
        return next((kind for kind in (OUTPUT, TRAINING, INPUT) if kind in argument.name), PRICE)
    if argument.name in _RATE_ARGUMENTS:
        return RATE
    if argument.unit.startswith("fraction"):
        return SHARE
    return TOKENS if argument.unit.startswith("tokens per") else ""


Given = tuple[str, int, str, Reference]
"""A role, which of a formula's references to cells comes next, and the text of an argument, which is one reference."""


def given(text: str) -> Iterator[Given]:
    """What our functions that a formula calls are given by a single cell, its address or its name."""
    formula = parsed(text)
    for call in formula.calls if formula else ():
        function = FUNCTIONS.get(call.name)
        for argument, (start, end) in zip(function.arguments if function else (), call.arguments, strict=False):
            role, one = role_of_argument(argument), text[start:end].strip()
            inner = parsed(one) if role else None
            references = inner.references() if inner else []
            if len(references) == 1 and references[0].text == one:
                yield role, len(split(text[:start])[1]), one, references[0]


def roles(text: str) -> list[tuple[int, str]]:
    """What cells of a formula's own sheet are to our functions it calls: which of its references, and the role."""
    found = ((number, role, cell) for role, number, _, cell in given(text))
    return [(number, role) for number, role, cell in found if cell.kind == "cell" and not cell.sheet]


def doubt(role: str, value: float) -> tuple[str, str] | None:
    """What looks wrong about a number in a role, and what to do; None where nothing does."""
    if role in PRICES:
        return _price(role, value)
    if role == SHARE and value > 1:
        return f"{value:g} as a share is more than the whole", f"Write {value:g}% as {value / 100:g}"
    if role == RATE and value >= 1:
        return f"{value:g} as a rate is {value * 100:g}% a period", f"If {value:g}% is meant, write {value / 100:g}"
    if role == TOKENS:
        return _tokens(value)
    return None


@lru_cache(maxsize=4096)
def role_of_label(label: str) -> str:
    """What a label says the number beside it measures, "" for nothing."""
    if len(label) > _LONGEST_LABEL:
        return ""
    role = next((role for role, pattern in _LABELS if pattern.search(label)), "")
    if role == PRICE:
        lower = label.lower()
        return next((kind for kind in (OUTPUT, TRAINING) if kind in lower), PRICE)
    return role


def _price(kind: str, value: float) -> tuple[str, str] | None:
    if value <= 0:
        return None
    known = _known_prices(kind)
    if _among(value * 1000, known) and not _among(value, known):
        return (
            f"{value:g} USD per 1M tokens is a thousandth of a price in the catalogue: it looks like a price per 1K",
            f"Write it per 1,000,000 tokens: {value * 1000:g}",
        )
    if value > known[-1]:
        hint = f"; {value / 1000:g} is a price in it" if _among(value / 1000, known) else ""
        return (
            f"{value:g} USD per 1M tokens is above every price in the catalogue ({known[-1]:g}){hint}",
            f"Check the unit: {value / 1000:g}?",
        )
    if value < known[0] / 10:
        return (
            f"{value:g} USD per 1M tokens is far below every price in the catalogue ({known[0]:g})",
            f"Check the unit: a price per 1K has to be multiplied by 1,000, which gives {value * 1000:g}",
        )
    return None


def _tokens(value: float) -> tuple[str, str] | None:
    if 0 < value < 10 and value != int(value):
        return (
            f"{value:g} tokens per call is no whole number: it looks like thousands of tokens",
            f"Write single tokens: {value * 1000:g}",
        )
    if value > _USUAL_CONTEXT and value > _longest_context():
        return (
            f"{value:g} tokens per call is more than the longest context window known ({_longest_context():,})",
            "Enter tokens per call, not per month",
        )
    return None


def _among(value: float, known: tuple[float, ...]) -> bool:
    at = bisect_left(known, value * (1 - _ALIKE))
    return at < len(known) and known[at] <= value * (1 + _ALIKE)


@cache
def _known_prices(kind: str) -> tuple[float, ...]:
    """Every price per token of a kind that a maker asks, whatever model and date."""
    kinds = (INPUT, OUTPUT, TRAINING) if kind == PRICE else (kind,)
    rows = (row for row in catalogue.prices(resold=False) if row.unit == catalogue.TOKEN_PRICE and row.kind in kinds)
    return tuple(sorted({row.amount for row in rows if row.amount}))


@cache
def _longest_context() -> int:
    return max(model.context_window for name, model in catalogue.load().models.items() if "/" not in name)
