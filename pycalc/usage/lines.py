"""What was gathered, as lines of one shape: a use case, a model, a day, tokens and money."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pycalc.models import catalogue
from pycalc.usage.days import number
from pycalc.usage.format import CALL, COST, Format
from pycalc.usage.gather import Gathered
from pycalc.usage.keys import key_parts
from pycalc.usage.library import pl
from pycalc.usage.meters import Meter, is_model, read_meter, unit_size
from pycalc.usage.reading import MONEY

NO_USE = "(all)"
NO_MODEL = "(model not in the export)"
TOKENS = ("tokens_in", "cached", "cache_write", "cache_write_1h", "tokens_out", "reasoning")

_BATCH = {"batch", "true", "1"}
_STANDARD = {"", "default", "standard", "auto", "message", "api", "on_demand", "null", "none", "false"}
_USAGE = {"", "usage", "token", "tokens", "regular", "discountedusage", "savingsplancoveredusage"}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_NAME = 80
_MOST_SPACES = 6
"""Of a long name: with more it is a sentence somebody wrote, with less an identifier."""


@dataclass(slots=True)
class Line:
    """Some calls of one model for one use case, on days of one month and of the same prices."""

    use: str
    model: str
    seller: str
    tier: str
    """standard, batch, priority, flex, or the export's own word."""
    currency: str
    charge: str
    """usage, or what else was charged: a credit, a tax, a purchase."""
    day: int | None
    last: int | None
    """The first and the last of the days."""
    form: str
    calls: float | None
    """None where the export does not count calls."""
    tokens_in: float | None = None
    cached: float | None = None
    cache_write: float | None = None
    cache_write_1h: float | None = None
    tokens_out: float | None = None
    reasoning: float | None = None
    cost: float | None = None
    says_batch: bool = False
    """Whether the export tells calls in batch from others at all."""


@dataclass
class Group:
    """The lines of one use case and model."""

    use: str
    model: str
    lines: list[Line] = field(default_factory=list)


def lines(gathered: Sequence[Gathered]) -> Iterator[Line]:
    """The lines of all exports; where one vendor's usage and bill are both there, tokens are the usage report's."""
    labels = {code: name for each in gathered for code, name in each.tally.labels.items()}
    counted = {each.export.form.vendor for each in gathered if each.export.form.grain != COST}
    for each in gathered:
        for line in _of_export(each):
            if each.export.form.grain == COST and each.export.form.vendor in counted:
                for name in ("calls", *TOKENS):
                    setattr(line, name, None)
            line.use = shown_name(labels.get(line.use, line.use)) or NO_USE
            yield line


def one_name(rows: Iterable[Line]) -> list[Line]:
    """Lines whose bill names a model as its usage does: "Claude Haiku 4.5" is claude-haiku-4-5-20251001."""
    found = list(rows)
    counted = {line.model for line in found if line.tokens_in is not None}
    for line in found:
        if line.model not in counted:
            slug = re.sub(r"[\s.]+", "-", line.model.lower())
            dated = [model for model in counted if re.fullmatch(rf"{re.escape(slug)}(-\d{{8}})?", model)]
            if len(dated) == 1:
                line.model = dated[0]
    return found


def _of_export(gathered: Gathered) -> Iterator[Line]:
    export = gathered.export
    for days in gathered.tally.sums:
        frame = _by_span(days)
        numbers = set(frame.columns)
        known = {key: _About.of(export.form, key_parts(export, key)) for key in frame["key"].unique()}
        for row in frame.iter_rows(named=True):
            if about := known[row["key"]]:
                yield from _lines(export.form, row, about, numbers)


def _by_span(days: Any) -> Any:
    """Sums by day as sums of days on which no price changed; column `day` is the first of them, `last` the last."""
    turns = pl.Series("turn", sorted(number(day) for day in catalogue.turns()), dtype=pl.Int32)
    month = pl.col("day").cast(pl.Date).dt.truncate("1mo")
    return (
        days.with_columns(month.alias("month"), turns.search_sorted(days["day"], "right").alias("turn"))
        .group_by("key", "month", "turn")
        .agg(pl.col("day").min(), pl.col("day").max().alias("last"), pl.exclude("key", "month", "turn", "day").sum())
        .drop("month", "turn")
    )


@dataclass(frozen=True)
class _About:
    """What all rows of one key have in common."""

    words: dict[str, Any]
    """Of a line: use case, model, seller, tier, currency, charge."""
    direction: str
    """What the quantity of a bill's line counts, as `Meter` says it."""
    unit: float
    """Tokens of one unit of it."""

    @classmethod
    def of(cls, form: Format, parts: dict[str, str]) -> _About | None:
        """None for a line of a cloud's bill that is about no model."""
        if "service" in form.columns and not is_model(parts["meter"], parts["service"], parts["unit"]):
            return None
        model, tier, charge = parts["model"], _tier(parts), parts["charge"].lower()
        meter = read_meter(parts["meter"]) if parts["meter"] else Meter("", "", "")
        words = {
            "use": parts["use"],
            "model": model or meter.model or NO_MODEL,
            "seller": parts["seller"] or form.seller,
            "tier": meter.tier or tier,
            "currency": (parts["currency"] or form.currency).upper(),
            "charge": "usage" if charge in _USAGE else charge,
            "form": form.name,
            "says_batch": bool(parts["batch"] or parts["tier"] or parts["meter"]),
        }
        return cls(words, meter.direction, unit_size(parts["unit"] or "1"))


def _lines(form: Format, row: dict[Any, Any], about: _About, numbers: set[str]) -> Iterator[Line]:
    tokens: dict[str, Any] = {name: float(row[name]) for name in TOKENS if name in numbers}
    calls = float(row["calls"]) if "calls" in numbers else float(row["rows"]) if form.grain == CALL else None
    if about.direction and "quantity" in numbers:
        amount = float(row["quantity"]) / MONEY * about.unit
        tokens = {"tokens_out" if about.direction == "output" else "tokens_in": amount}
        if about.direction not in ("input", "output"):
            tokens[about.direction] = amount
    line = Line(**about.words, day=row["day"], last=row["last"], calls=calls, **tokens)
    if "cost" in numbers:
        credits = row.get("credits") or 0
        line.cost = float(row["cost"] - credits) / MONEY
        if credits:
            about_credit = about.words | {"charge": "credit"}
            yield Line(**about_credit, day=line.day, last=line.last, calls=None, cost=credits / MONEY)
    yield line


def _tier(parts: dict[str, str]) -> str:
    if parts["batch"].lower() in _BATCH:
        return "batch"
    tier = parts["tier"].lower()
    return "standard" if tier in _STANDARD else tier


@lru_cache(maxsize=100_000)
def shown_name(name: str) -> str:
    """A use case's name as it may be shown: an e-mail address is a person, a long sentence a text; both stay out."""
    name = " ".join(name.split())
    if _MAIL.search(name):
        return f"person {hashlib.sha256(name.encode()).hexdigest()[:6]}"
    if len(name) > _LONGEST_NAME and name.count(" ") > _MOST_SPACES:
        return f"text {hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return name if len(name) <= _LONGEST_NAME else f"{name[:20]}.. ({hashlib.sha256(name.encode()).hexdigest()[:6]})"
