"""From lines to what a plan needs: calls a month, tokens a call, shares, growth, and the bill beside the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pycalc.constants import DAYS_PER_YEAR, MONTHS_PER_YEAR
from pycalc.usage import UsageError
from pycalc.usage.bill import Expected, expected
from pycalc.usage.days import iso
from pycalc.usage.gather import Gathered
from pycalc.usage.lines import TOKENS, Group, Line, lines, one_name
from pycalc.usage.notes import file, notes
from pycalc.usage.period import covered_by, month_end, month_start, period, whole
from pycalc.usage.spread import spreads

_DAYS_IN_MONTH = DAYS_PER_YEAR / MONTHS_PER_YEAR
STARTED_LATE = 3
"""A use case that began after this day of a month, in an export that reaches further back, began within the month."""


def _order(line: Line) -> tuple[str | int | float, ...]:
    words = (line.form, line.tier, line.seller, line.currency, line.charge)
    return line.use, line.model, line.day or 0, *words, line.cost or 0.0


def summarise(gathered: Sequence[Gathered], rates: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Everything that is known of the exports, as a dictionary of plain values.

    rates : USD for one unit of a currency.
    """
    rates = {"USD": 1.0, **(rates or {})}
    covered = covered_by(gathered)
    groups: dict[tuple[str, str], Group] = {}
    charges: dict[tuple[str, str], float] = defaultdict(float)
    currencies: dict[str, float] = defaultdict(float)
    for line in sorted(one_name(lines(gathered)), key=_order):  # one order, so that sums are the same every time
        if line.cost is not None:
            currencies[line.currency] += line.cost
        if line.charge != "usage":
            charges[(line.charge, line.currency)] += line.cost or 0.0
            if line.charge != "credit":
                continue
        groups.setdefault((line.use, line.model), Group(line.use, line.model)).lines.append(line)
    if not groups:
        outside = any(each.tally.outside for each in gathered)
        none = "no usage of the period asked for" if outside else "no call of a model"
        raise UsageError(f"{gathered[0].export.source.path}: holds {none}")
    spread = spreads(gathered)
    bills = {place: _bill(group.lines, rates) for place, group in groups.items()}
    rows = [_row(group, covered, spread.get(place, {}), bills[place], rates) for place, group in groups.items()]
    rows.sort(key=lambda row: (*_weight(row), row["use_case"]))
    return {
        "files": [file(each) for each in gathered],
        "period": period(covered),
        "months": _months(groups.values(), covered),
        "groups": rows,
        "models": _models(bills),
        "currencies": {name: round(value, 10) for name, value in sorted(currencies.items())},
        "other_charges": [
            {"charge": charge, "currency": currency, "amount": round(amount, 10)}
            for (charge, currency), amount in sorted(charges.items())
        ],
        "notes": notes(gathered, groups.values(), currencies, rates),
    }


# --- a use case and model -------------------------------------------------------------------------------------------


def _row(
    group: Group,
    covered: dict[str, tuple[int, int]],
    spread: dict[str, Any],
    bill: Expected,
    rates: Mapping[str, float],
) -> dict[str, Any]:
    used = [line for line in group.lines if line.charge == "usage"]
    counted = [line for line in used if line.tokens_in is not None or line.tokens_out is not None or line.calls]
    total = {name: _sum(counted, name) for name in ("calls", *TOKENS)}
    months = _by_month(counted or used, group, covered)
    steady = [month for month in months if month["whole"]]
    calls = [month["calls"] for month in steady if month["calls"] is not None]
    return {
        "use_case": group.use,
        "model": group.model,
        "sellers": sorted({line.seller for line in used if line.seller}),
        "calls": total["calls"],
        **_calls_a_month(total["calls"], months, calls),
        "calls_last_whole_month": calls[-1] if calls else None,
        "growth_a_month": _growth(steady),
        "months": months,
        **{name: _tokens(name, total, spread) for name in ("tokens_in", "tokens_out")},
        "cached_share": _share(total["cached"], total["tokens_in"]),
        "cache_write_share": _share(_either(total["cache_write"], total["cache_write_1h"]), total["tokens_in"]),
        "reasoning_share": _share(total["reasoning"], total["tokens_out"]),
        "batch_share": _batch_share(counted, total),
        "billed_usd": bill.billed,
        "billed_in_unknown_currency": sorted(bill.unknown),
        "credits_usd": _usd((line for line in group.lines if line.charge == "credit"), rates),
        "catalogue": bill.as_dict(),
    }


def _sum(rows: Sequence[Line], name: str) -> float | None:
    values = [value for line in rows if (value := getattr(line, name)) is not None]
    return sum(values) if values else None


def _sums(rows: Sequence[Line]) -> dict[str, float | None]:
    return {name: _sum(rows, name) for name in ("calls", "tokens_in", "tokens_out")}


def _either(first: float | None, second: float | None) -> float | None:
    return None if first is None and second is None else (first or 0.0) + (second or 0.0)


def _share(part: float | None, all_of_it: float | None) -> float | None:
    return part / all_of_it if part is not None and all_of_it else None


def _batch_share(rows: Sequence[Line], total: dict[str, float | None]) -> float | None:
    """By calls where they are counted, else by tokens; None where the export does not say."""
    name = "calls" if total["calls"] else "tokens_in"
    if not any(line.says_batch for line in rows):
        return None
    return _share(_sum([line for line in rows if line.tier == "batch"], name) or 0.0, total[name])


def _tokens(name: str, total: dict[str, float | None], spread: dict[str, Any]) -> dict[str, float | None]:
    amount, calls = total[name], total["calls"]
    middle = spread.get(name, {})
    return {
        "total": amount,
        "mean": amount / calls if amount is not None and calls else None,
        "median": middle.get("median"),
        "p95": middle.get("p95"),
    }


def _by_month(rows: Sequence[Line], group: Group, covered: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    dated = [line for line in rows if line.day is not None]
    if not dated:
        return []
    found, billed = _monthly(dated), _monthly(group.lines)
    reach = [covered[form] for form in {line.form for line in dated} if form in covered]
    low, high = max(each[0] for each in reach), min(each[1] for each in reach)
    low, high = _alive(dated, low, high)
    return [
        {
            "month": month,
            "whole": whole(month, low, high),
            "days": min(high, month_end(month_start(month))) - max(low, month_start(month)) + 1,
            **_sums(found[month]),
            "billed": _sum(billed[month], "cost"),
        }
        for month in _calendar(min(found), max(found))
    ]


def _monthly(rows: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines that have a day, by its month."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in rows:
        if line.day is not None:
            found[iso(line.day)[:7]].append(line)
    return found


def _alive(rows: Sequence[Line], low: int, high: int) -> tuple[int, int]:
    """The days a use case ran on, within those the export covers: a launch within a month cuts it off too."""
    if all(line.day == line.last and iso(line.day or 0).endswith("-01") for line in rows):
        return low, high  # a row is a month
    first, last = min(line.day or 0 for line in rows), max(line.last or 0 for line in rows)
    if first > month_start(iso(first)[:7]) + STARTED_LATE - 1:
        low = max(low, first)
    if last < month_end(last) - STARTED_LATE + 1:
        high = min(high, last)
    return low, high


def _calendar(first: str, last: str) -> list[str]:
    year, month = map(int, first.split("-"))
    found = []
    while (now := f"{year:04}-{month:02}") <= last:
        found.append(now)
        year, month = year + month // 12, month % 12 + 1
    return found


def _calls_a_month(calls: float | None, months: list[dict[str, Any]], steady: list[float]) -> dict[str, Any]:
    """The mean of whole months; without one, the calls there are, scaled by days."""
    if calls is None:
        return {"calls_a_month": None, "calls_a_month_from": "the export does not count calls"}
    if steady:
        many = f"{len(steady)} whole months" if len(steady) > 1 else "1 whole month"
        return {"calls_a_month": sum(steady) / len(steady), "calls_a_month_from": many}
    days = sum(month["days"] for month in months)
    if not days:
        return {"calls_a_month": None, "calls_a_month_from": "no row has a time"}
    return {"calls_a_month": calls / days * _DAYS_IN_MONTH, "calls_a_month_from": f"{days} days, scaled to a month"}


def _growth(steady: list[dict[str, Any]]) -> float | None:
    """Compound growth a month from the first whole month to the last; by calls, else by input tokens."""
    name = "calls" if any(month["calls"] for month in steady) else "tokens_in"
    known = [(place, month[name]) for place, month in enumerate(steady) if month[name]]
    if len(known) < 2:
        return None
    (start, first), (end, last) = known[0], known[-1]
    growth: float = (last / first) ** (1 / (end - start)) - 1
    return growth


# --- money ----------------------------------------------------------------------------------------------------------


def _usd(rows: Iterable[Line], rates: Mapping[str, float]) -> float:
    """What was billed, where there is a rate for its currency."""
    return sum((line.cost or 0.0) * rates.get(line.currency, 0.0) for line in rows)


def _bill(rows: Sequence[Line], rates: Mapping[str, float]) -> Expected:
    """The bill for usage, credits apart, beside the catalogue."""
    used = [line for line in rows if line.charge == "usage"]
    bill = expected(used)
    billed = [line for line in used if line.cost is not None]
    bill.unknown = {line.currency for line in billed if line.currency not in rates}
    if billed and not bill.unknown:
        bill.billed = _usd(billed, rates)
        odd = [line for line in billed if line.tier not in ("standard", "batch")]
        if any(line.tokens_in is not None for line in odd):
            bill.tier = _usd(odd, rates) - expected(odd).total
    return bill


def _models(bills: Mapping[tuple[str, str], Expected]) -> list[dict[str, Any]]:
    """The bill by model, over all use cases: cost reports are often not split the way usage is."""
    found: dict[str, Expected] = defaultdict(Expected)
    for (_, model), bill in bills.items():
        found[model].add(bill)
    rows = [
        {
            "model": model,
            "billed_usd": bill.billed,
            "billed_in_unknown_currency": sorted(bill.unknown),
            "catalogue": bill.as_dict(),
        }
        for model, bill in found.items()
    ]
    return sorted(rows, key=_weight)


def _weight(row: dict[str, Any]) -> tuple[float, str]:
    return -(row["billed_usd"] or row["catalogue"]["catalogue_usd"] or 0.0), row["model"]


def _months(groups: Iterable[Group], covered: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """All use cases together, month by month."""
    rows = _monthly(line for group in groups for line in group.lines)
    if not rows:
        return []
    low = max(each[0] for each in covered.values())
    high = min(each[1] for each in covered.values())
    return [
        {
            "month": month,
            "whole": whole(month, low, high),
            **_sums(rows[month]),
            "billed": {
                currency: sum(line.cost or 0.0 for line in rows[month] if line.currency == currency)
                for currency in sorted({line.currency for line in rows[month] if line.cost is not None})
            },
        }
        for month in _calendar(min(rows), max(rows))
    ]
