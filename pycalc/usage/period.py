"""The days an export covers, and which of its months are whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pycalc.usage.days import iso, number
from pycalc.usage.format import CALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pycalc.usage.gather import Gathered


@dataclass
class Ask:
    """What the summary is to hold."""

    start: str = ""
    """ISO days: rows before `start` and after `end` are left out, and the months between them count as whole."""
    end: str = ""
    rates: dict[str, float] = field(default_factory=dict)
    """USD for one unit of a currency."""


def covered_by(gathered: Sequence[Gathered], ask: Ask) -> dict[str, tuple[int, int]]:
    """First and last day covered, by the kind of export."""
    if ask.start or ask.end:
        first = number(ask.start) if ask.start else None
        last = number(ask.end) if ask.end else None
    else:
        first = last = None
    found: dict[str, tuple[int, int]] = {}
    for each in gathered:
        tally = each.tally
        if tally.first is None or tally.last is None:
            continue
        low, high = tally.first, tally.last
        if by_months(each):
            high = month_end(high)
        before = found.get(each.export.form.name)
        found[each.export.form.name] = (min(low, before[0]), max(high, before[1])) if before else (low, high)
    return {
        name: (first if first is not None else low, last if last is not None else high)
        for name, (low, high) in found.items()
    }


def by_months(gathered: Gathered) -> bool:
    """Whether a row stands for a month: all of them are dated on a first, and no call is by itself."""
    if gathered.export.form.grain == CALL or not gathered.tally.sums:
        return False
    days = gathered.tally.sums[0]["day"].drop_nulls().unique().to_list()
    return len(days) > 1 and all(iso(day).endswith("-01") for day in days)


def month_end(day: int) -> int:
    when = date.fromisoformat(iso(day))
    after = date(when.year + when.month // 12, when.month % 12 + 1, 1)
    return number(after.isoformat()) - 1


def month_start(month: str) -> int:
    return number(f"{month}-01")


def within(day: int | None, ask: Ask) -> bool:
    if day is None or not (ask.start or ask.end):
        return True
    return (not ask.start or number(ask.start) <= day) and (not ask.end or day <= number(ask.end))


def period(covered: dict[str, tuple[int, int]]) -> dict[str, str] | None:
    if not covered:
        return None
    return {
        "first": iso(min(low for low, _ in covered.values())),
        "last": iso(max(high for _, high in covered.values())),
        "zone": "UTC",
    }


def whole(month: str, low: int, high: int) -> bool:
    """Whether the days from `low` to `high` hold the whole month."""
    return low <= month_start(month) and month_end(month_start(month)) <= high
