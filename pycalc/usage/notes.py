"""What a reader of a usage summary has to know: of each file, and of what was left out or counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pycalc.usage.days import iso
from pycalc.usage.format import BUCKET, CALL
from pycalc.usage.gather import Gathered
from pycalc.usage.lines import NO_MODEL, Group
from pycalc.usage.period import by_months


def file(gathered: Gathered) -> dict[str, Any]:
    export, tally = gathered.export, gathered.tally
    return {
        "file": export.source.path,
        "taken_for": export.form.title,
        "format": export.form.name,
        "use_case_from": next(iter(export.use), ""),
        "rows": tally.rows,
        "counted_elsewhere": tally.dropped,
        "other_rows": tally.other,
        "undated": tally.undated,
        "unread": tally.unread,
        "first": None if tally.first is None else iso(tally.first),
        "last": None if tally.last is None else iso(tally.last),
        "source": export.form.source,
        "read_on": export.form.read_on,
    }


def notes(
    gathered: Sequence[Gathered], groups: Iterable[Group], currencies: dict[str, float], rates: Mapping[str, float]
) -> list[str]:
    notes = list(dict.fromkeys(note for each in gathered for note in each.export.form.notes))
    for each in gathered:
        path, tally = each.export.source.path, each.tally
        if tally.dropped:
            notes.append(f"{path}: {tally.dropped:,} rows are in another export, or twice, and counted once")
        if tally.undated:
            notes.append(f"{path}: {tally.undated:,} rows have no time that can be read: in totals, in no month")
        for name, count in tally.unread.items():
            notes.append(f"{path}: {count:,} cells of {name} are no number or time: their rows lack it")
        if tally.outside:
            notes.append(f"{path}: {tally.outside:,} rows of days that were not asked for were left out")
        if tally.other:
            notes.append(f"{path}: {tally.other:,} rows are no calls of a model and were left out")
        if tally.coarse:
            notes.append(f"{path}: median and P95 are to 0.1%: the calls have over 3,000,000 different lengths")
        if by_months(each):
            notes.append(f"{path}: rows are dated on the first of months: each is taken for its whole month")
    known = [name for name in currencies if name != "USD" and name not in rates]
    if known:
        notes.append(f"billed in {', '.join(known)}: not compared with USD prices. Give a rate: --rate {known[0]}=1.08")
    if len(currencies) > 1:
        notes.append(f"billed in {len(currencies)} currencies ({', '.join(sorted(currencies))}): never added together")
    notes += _twice(gathered, groups)
    return notes


def _twice(gathered: Sequence[Gathered], groups: Iterable[Group]) -> list[str]:
    """A gateway's log and the vendor's own report count the same calls."""
    kinds = {each.export.form.name for each in gathered if each.export.form.grain in (CALL, BUCKET)}
    if len(kinds) < 2:
        return []
    models: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        for line in group.lines:
            if line.tokens_in:
                models[group.model.rpartition("/")[2]].add(line.form)
    both = sorted(model for model, forms in models.items() if len(forms) > 1 and model != NO_MODEL)
    if not both:
        return []
    return [f"{', '.join(both[:5])}: counted by two kinds of export. If they saw the same calls, leave one out"]
