"""What the catalogue would have billed, and why the bill is another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pycalc.models import catalogue, sellers
from pycalc.usage.days import iso
from pycalc.usage.lines import Line

MILLION = 1e6
HOUR_WRITE = 2.0
"""Anthropic's price of writing to the cache for an hour, as a multiple of the input price (pricing page, 2026-11)."""


@dataclass
class Expected:
    """What the catalogue would have billed for some lines, in USD, step by step."""

    lines: int = 0
    """How many lines had tokens that could be priced."""
    listed: float = 0.0
    """All tokens at the maker's list price, none cached, none in batch."""
    cache: float = 0.0
    batch: float = 0.0
    seller: float = 0.0
    billed: float | None = None
    """What was billed for the same lines."""
    tier: float = 0.0
    """Billed above or below the list on lines of another tier than standard and batch."""
    unpriced: set[str] = field(default_factory=set)
    assumed: set[str] = field(default_factory=set)

    unknown: set[str] = field(default_factory=set)
    """Currencies in which something was billed, and for which there is no rate."""

    def add(self, other: Expected) -> None:
        """Take in the bill of other lines."""
        self.lines += other.lines
        for name in ("listed", "cache", "batch", "seller", "tier"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("unpriced", "assumed", "unknown"):
            getattr(self, name).update(getattr(other, name))
        if other.billed is not None:
            self.billed = (self.billed or 0.0) + other.billed
        if self.unknown:
            self.billed, self.tier = None, 0.0

    @property
    def total(self) -> float:
        return self.listed + self.cache + self.batch + self.seller

    def as_dict(self) -> dict[str, object]:
        figures = {
            "list_price_usd": self.listed,
            "cache_usd": self.cache,
            "batch_usd": self.batch,
            "seller_usd": self.seller,
            "catalogue_usd": self.total,
            "tier_usd": self.tier,
            "unexplained_usd": None if self.billed is None else self.billed - self.total - self.tier,
        }
        known = figures if self.lines else dict.fromkeys(figures)
        return {**known, "no_price": sorted(self.unpriced), "assumed": sorted(self.assumed) if self.lines else []}


def expected(lines: Iterable[Line]) -> Expected:
    """What the catalogue would have billed for the lines, each at the prices of its day."""
    result = Expected()
    for line in lines:
        _add(result, line)
    return result


def _add(result: Expected, line: Line) -> None:
    if line.day is None or line.charge != "usage" or (line.tokens_in is None and line.tokens_out is None):
        return
    day, maker, sold = iso(line.day), line.model, sellers.asked_of(line.seller, line.model)
    if _price(maker, "input", day) is None:
        maker = sold  # a name only the seller has, as anthropic.claude-..-v1:0
    found = _priced(result, line, maker, day)
    if found is None:
        result.unpriced.add(line.model)
        return
    listed, cache, batch = found
    result.lines += 1
    result.listed += listed
    result.cache += cache
    result.batch += batch
    if sellers.parse(sold).seller:
        theirs = _priced(result, line, sold, day)
        if theirs is None:
            result.assumed.add(f"no price of {sold} is known: the maker's is taken")
        else:
            result.seller += theirs[0] + theirs[1] + theirs[2] - (listed + cache + batch)


def _priced(result: Expected, line: Line, model: str, day: str) -> tuple[float, float, float] | None:
    """A line at the list prices of one name, and what caching and batch add to that; None where it has no price."""
    plain, output = _price(model, "input", day), _price(model, "output", day)
    if plain is None or output is None:
        return None
    listed = ((line.tokens_in or 0.0) * plain + (line.tokens_out or 0.0) * output) / MILLION
    cache = _cache(result, line, model, day, plain)
    return (
        listed,
        cache,
        _batch(result, line, model, day, plain, output) - listed - cache if line.tier == "batch" else 0.0,
    )


def _cache(result: Expected, line: Line, model: str, day: str, plain: float) -> float:
    """What caching took off, or writing to the cache put on."""
    effect = 0.0
    for name, kind in (("cached", "cached_input"), ("cache_write", "cache_write"), ("cache_write_1h", "")):
        tokens = getattr(line, name) or 0.0
        if not tokens:
            continue
        price = plain * HOUR_WRITE if name == "cache_write_1h" else _price(model, kind, day)
        if price is None:
            result.assumed.add(f"no {kind} price of {model} is known: its tokens are priced as input")
            price = plain
        effect += tokens * (price - plain) / MILLION
    return effect


def _batch(result: Expected, line: Line, model: str, day: str, plain: float, output: float) -> float:
    """The line in batch: cached tokens at the batch price of cached input where there is one."""
    into, out = _price(model, "batch_input", day), _price(model, "batch_output", day)
    if into is None or out is None:
        result.assumed.add(f"no batch price of {model} is known: half of its list price is taken")
        into, out = plain / 2, output / 2
    cached = line.cached or 0.0
    kept = _price(model, "batch_cached_input", day)
    if kept is None:
        kept = into
    return (((line.tokens_in or 0.0) - cached) * into + cached * kept + (line.tokens_out or 0.0) * out) / MILLION


_price = lru_cache(maxsize=100_000)(catalogue.token_price)
