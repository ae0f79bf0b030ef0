"""Blocks of an export as one frame of ours: a key, a day, and numbers, whatever the export calls them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from pycalc.usage import UsageError
from pycalc.usage import days as calendar
from pycalc.usage.export import Export, Wish, present
from pycalc.usage.format import CALL, NUMBERS, PARTS, UNCACHED, Format
from pycalc.usage.keys import Keys, key_names
from pycalc.usage.library import pl
from pycalc.usage.pieces import label_columns

MONEY = 10**10
"""Costs are added as whole numbers of this part of a currency unit, so that sums do not depend on their order."""

MOST_MONEY = 900_000_000
"""The dearest row: more would not fit."""


def _column(export: Export, frame: Any, name: str) -> Any:
    """One of our columns as the first of theirs that has a value; None where the file has none."""
    places = export.places(name)
    if not places:
        return None
    others = len(places) > 1 and (name in ("use", "model", "cost") or "/" in places[0])
    if places[0] in frame.columns and not (others and frame[places[0]].null_count()):
        return frame[places[0]].alias(name)
    found = [
        pl.col(place)
        if place in frame.columns
        else pl.col(place.partition("/")[0]).str.json_path_match(_json_path(place.partition("/")[2]))
        for place in (places if others else places[:1])
    ]
    return frame.select(pl.coalesce(found).alias(name)).to_series()


def _blank(export: Export, frame: Any, *names: str) -> Any:
    """For each row whether none of these columns of ours has a value."""
    found = [column.is_null() for name in names if (column := _column(export, frame, name)) is not None]
    return reduce(and_, found)


def _json_path(path: str) -> str:
    return "$" + "".join(f"['{key}']" for key in path.split("/"))


@dataclass
class Rows:
    """A piece in our terms."""

    frame: Any
    """key, day, and the numbers the export has; `identity`, a hash, where two exports may hold the same row."""
    unread: dict[str, int]
    """Cells that hold something else than the number or the time that belongs there, by their column."""
    other: int
    """Rows that are no calls of a model."""
    outside: int
    """Rows of days that were not asked for."""
    labels: dict[str, str]
    """Names of the ids that use cases are called by."""


def normalise(export: Export, frame: Any, keys: Keys, identity: bool) -> Rows:
    """A frame in our terms."""
    form = export.form
    unread: dict[str, int] = {}
    size = len(frame)
    if (operation := _column(export, frame, "operation")) is not None:
        operation = operation.cast(pl.String)
        if form.own_cache:
            keep = ~operation.str.to_lowercase().is_in(list(form.own_cache))
        else:
            keep = operation.is_in(list(form.keep_operations))
        if form.document == "spans":  # other spans than those of models name no operation either
            keep |= operation.is_null() & ~_blank(export, frame, "model", "tokens_in", "tokens_out")
        else:
            keep = keep.fill_null(True) | operation.is_null()
        frame = frame.filter(keep)
    other = size - len(frame)
    columns: dict[str, Any] = {"key": keys.of(_key(export, frame))}
    if (time := _column(export, frame, "time")) is not None:
        columns["day"] = calendar.days(time, export.wish.zone)
        _count_unread(unread, export.places("time")[0], time, columns["day"])
    else:
        columns["day"] = pl.Series([None] * len(frame), dtype=pl.Int32)
    for name in NUMBERS:
        if (text := _column(export, frame, name)) is not None:
            columns[name] = _money(export, text) if name == "cost" else _READ.get(name, _whole)(text)
            _count_unread(unread, export.places(name)[0], text, columns[name])
            if columns[name].null_count() == len(frame):
                del columns[name]  # nothing is known of it, which is no 0
    if "cost" in columns:
        credits = columns["cost"].clip(upper_bound=0)
        if "credits" in columns:  # a list beside the cost
            listed = columns["credits"].fill_null(0)
            credits, columns["cost"] = credits + listed, columns["cost"] + listed
        if (credits != 0).any():
            columns["credits"] = credits
    if form.grain != CALL and (end := _column(export, frame, "end")) is not None:
        columns["end"] = calendar.days(end, export.wish.zone)
    _whole_input(form, columns)
    if identity:
        columns["identity"] = _identity(export, frame)
    labels = label_columns(export)
    named = frame.select(labels).drop_nulls().unique() if labels else None
    rows = pl.DataFrame(columns)
    inside = _inside(export.wish, rows)
    return Rows(
        inside,
        {name: count for name, count in unread.items() if count},
        other,
        len(rows) - len(inside),
        dict(named.iter_rows()) if named is not None else {},
    )


def _inside(wish: Wish, rows: Any) -> Any:
    """The rows of the period asked for, and those without a day."""
    day = pl.col("day")
    if wish.start:
        rows = rows.filter(day.is_null() | (day >= calendar.number(wish.start)))
    if wish.end:
        rows = rows.filter(day.is_null() | (day <= calendar.number(wish.end)))
    return rows


def _key(export: Export, frame: Any) -> Any:
    """The parts of each row's key, those this export has."""
    parts = [_column(export, frame, name).alias(name) for name in key_names(export)]
    return pl.DataFrame(parts or {"none": pl.repeat("", len(frame), eager=True)})


def _count_unread(unread: dict[str, int], name: str, text: Any, value: Any) -> None:
    lost = value.null_count() - text.null_count()
    if lost > 0 and text.dtype == pl.String:
        lost -= int((text.str.strip_chars() == "").sum() or 0)
    if lost > 0:
        unread[name] = unread.get(name, 0) + lost


def _float(text: Any) -> Any:
    return (text.str.strip_chars() if text.dtype == pl.String else text).cast(pl.Float64, strict=False)


def _whole(text: Any) -> Any:
    value = text.cast(pl.Int64, strict=False)
    if text.dtype == pl.String and value.null_count() > text.null_count():  # 3.0, or blanks around it
        value = _float(text).round().cast(pl.Int64, strict=False)
    return value.set(value < 0, None)


def _quantity(text: Any) -> Any:
    value = _float(text)
    return (value.set(~value.is_finite(), None) * MONEY).round().cast(pl.Int128, strict=False)


def _credits(text: Any) -> Any:
    """The sum of the amounts in a list, written as JSON."""
    amount = pl.element().str.extract(r"([-+.\deE]+)$").cast(pl.Float64, strict=False)
    amounts = text.str.extract_all(r'"amount"\s*:\s*"?[-+.\deE]+').list.eval(amount).list.sum()
    return (amounts * MONEY).round().cast(pl.Int64, strict=False)


_READ = {"quantity": _quantity, "credits": _credits}


def _money(export: Export, text: Any) -> Any:
    scale = 0.01 if export.places("cost")[0].lower() == export.form.cents else 1
    value = _float(text) * (scale * MONEY)
    if max(abs(value.min() or 0), abs(value.max() or 0)) > MOST_MONEY * MONEY:
        raise UsageError(f"{export.source.path}: a cost is above 900 million. Is {export.places('cost')[0]} money?")
    return value.round().cast(pl.Int64, strict=False)  # what is no number becomes null


def _whole_input(form: Format, columns: dict[str, Any]) -> None:
    """`tokens_in` as all input tokens, cached ones and those written to the cache too; output with reasoning."""
    if form.input_holds in (UNCACHED, PARTS) and "tokens_in" in columns:
        for name in ("cached", "cache_write", "cache_write_1h"):
            if name in columns:
                columns["tokens_in"] = columns["tokens_in"] + columns[name].fill_null(0)
    if form.input_holds == PARTS and "reasoning" in columns and "tokens_out" in columns:
        columns["tokens_out"] = columns["tokens_out"] + columns["reasoning"].fill_null(0)


def _identity(export: Export, frame: Any) -> Any:
    """A hash that two rows share when they are the same row of two exports."""
    form = export.form
    named = [place for each in form.identity if (place := present(each, export.source))]
    if not named:
        measures = set() if form.grain == CALL else {place for name in NUMBERS for place in export.places(name)}
        roots = {place.partition("/")[0] for place in measures}
        named = [name for name in frame.columns if name not in measures and name not in roots]
    if len(named) == 1 and named[0] in frame.columns:
        return frame[named[0]].cast(pl.String).hash()
    return frame.select(named).hash_rows()
