"""The days an export covers, and which of its months are whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pycalc.usage.days import iso, number
from pycalc.usage.format import CALL
from pycalc.usage.gather import Gathered


def covered_by(gathered: Sequence[Gathered]) -> dict[str, tuple[int, int]]:
    """First and last day covered, by the kind of export; the days asked for are covered whatever the rows say."""
    found: dict[str, tuple[int, int]] = {}
    for each in gathered:
        tally, wish = each.tally, each.export.wish
        if tally.first is None or tally.last is None:
            continue
        low, high = tally.first, month_end(tally.last) if by_months(each) else tally.last
        before = found.get(each.export.form.name)
        low, high = (min(low, before[0]), max(high, before[1])) if before else (low, high)
        found[each.export.form.name] = (
            number(wish.start) if wish.start else low,
            number(wish.end) if wish.end else high,
        )
    return found


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
