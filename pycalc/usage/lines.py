"""What was gathered, as lines of one shape: a use case, a model, a day, tokens and money."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pycalc.usage.format import COST
from pycalc.usage.meters import Meter, is_model, read_meter, unit_size
from pycalc.usage.reading import MONEY, key_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from pycalc.usage.gather import Gathered

NO_USE = "(all)"
NO_MODEL = "(model not in the export)"
TOKENS = ("tokens_in", "cached", "cache_write", "cache_write_1h", "tokens_out", "reasoning")

_BATCH = {"batch", "true", "1"}
_STANDARD = {"", "default", "standard", "auto", "message", "api", "on_demand", "null", "none", "false"}
_USAGE = {"", "usage", "token", "tokens"}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_NAME = 80


@dataclass
class Line:
    """Some calls of one model for one use case on one day."""

    use: str
    model: str
    seller: str
    tier: str
    """standard, batch, priority, flex, or the export's own word."""
    currency: str
    charge: str
    """usage, or what else was charged: a credit, a tax, a purchase."""
    day: int | None
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
    for frame in gathered.tally.sums:
        numbers = set(frame.columns)
        known = {key: key_parts(export, key) for key in frame["key"].unique()}
        for row in frame.iter_rows(named=True):
            parts = known[row["key"]]
            if export.form.grain == COST and export.form.vendor in ("azure", "focus") and not _about_models(parts):
                continue
            yield from _lines(gathered, row, parts, numbers)


def _about_models(parts: dict[str, str]) -> bool:
    return is_model(parts["meter"], parts["service"], parts["unit"])


def _lines(gathered: Gathered, row: dict[Any, Any], parts: dict[str, str], numbers: set[str]) -> Iterator[Line]:
    form = gathered.export.form
    model, seller, tier = parts["model"], parts["seller"] or form.seller, _tier(parts)
    tokens = {name: float(row[name]) for name in TOKENS if name in numbers}
    calls = float(row["calls"]) if "calls" in numbers else float(row["rows"]) if form.grain == "call" else None
    if parts["meter"]:
        meter = _meter(parts["meter"])
        model, tier = model or meter.model, meter.tier or tier
        if "quantity" in numbers and meter.direction:
            amount = float(row["quantity"]) / MONEY * unit_size(parts["unit"] or "1")
            tokens = {"output": {"tokens_out": amount}}.get(meter.direction, {"tokens_in": amount})
            if meter.direction in ("cached", "cache_write"):
                tokens[meter.direction] = amount
    charge = parts["charge"].lower()
    line = Line(
        use=parts["use"],
        model=model or NO_MODEL,
        seller=seller,
        tier=tier,
        currency=(parts["currency"] or form.currency).upper(),
        charge="usage" if charge in _USAGE else charge,
        day=row["day"],
        form=form.name,
        calls=calls,
        says_batch=bool(parts["batch"] or parts["tier"] or parts["meter"]),
        **tokens,
    )
    if "cost" in numbers:
        credits = row.get("credits") or 0
        line.cost = float(row["cost"] - credits) / MONEY
        if credits:
            yield Line(
                line.use,
                line.model,
                seller,
                tier,
                line.currency,
                "credit",
                line.day,
                form.name,
                None,
                cost=credits / MONEY,
            )
    yield line


@lru_cache(maxsize=100_000)
def _meter(text: str) -> Meter:
    return read_meter(text)


def _tier(parts: dict[str, str]) -> str:
    if parts["batch"].lower() in _BATCH:
        return "batch"
    tier = parts["tier"].lower()
    return "standard" if tier in _STANDARD else tier


@lru_cache(maxsize=100_000)
def shown_name(name: str) -> str:
    """A use case's name as it may be shown: an e-mail address is a person, and stays out."""
    name = " ".join(name.split())
    if _MAIL.search(name):
        return f"person {hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return name if len(name) <= _LONGEST_NAME else f"{name[:20]}.. ({hashlib.sha256(name.encode()).hexdigest()[:6]})"
