"""The day in UTC of a column of times, whatever way an export writes them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from pycalc.usage.library import pl

EPOCH = date(1970, 1, 1).toordinal()
_LOOKED_AT = 1_000
_ISO = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)$")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_OFFSET = r"([+-])(\d\d):?(\d\d)?$"
"""As in 2026-06-30T10:00:00+02:00; Postgres writes +02."""
_MONTH = re.compile(r"(\d{4})-(\d\d)$")


def days(times: Any, zone: str = "UTC") -> Any:
    """Days since 1970-01-01 (UTC) as Int32; null where there is no time that can be read.

    Times without an offset are in `zone`. Numbers are seconds, milliseconds, microseconds or nanoseconds since 1970.
    """
    if times.dtype == pl.Date:
        return times.to_physical()
    if isinstance(times.dtype, pl.Datetime):
        if (times.dtype.time_zone or zone) == "UTC":
            return times.dt.date().to_physical()
        moment = times
        if not times.dtype.time_zone:
            moment = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        return moment.dt.convert_time_zone("UTC").dt.date().to_physical()
    text = times.cast(pl.String)
    first = next((value for value in text.head(100) if value), "")
    if first.isdigit() and len(first) != 8:  # 10 digits are seconds; those after them parts of one
        return (text.str.head(10).cast(pl.Int64, strict=False) // 86_400).cast(pl.Int32)
    if _in_utc(text, zone):
        head = text.str.head(10)
        found = head.str.to_date("%Y-%m-%d", strict=False).to_physical()
        read = found.null_count() == text.null_count() and (found.min() or 0) >= 0  # 26-06-01 would be the year 26
        return found if read else _by_text(head)
    return _by_offset(text.str.strip_chars(), zone)


def _in_utc(text: Any, zone: str) -> bool:
    """Whether the first ten signs of each text are its day in UTC."""
    # Looked for in some rows of a piece only: whoever writes offsets writes them everywhere.
    some = text.gather_every(max(1, len(text) // _LOOKED_AT)).str.strip_chars()
    if (some.str.tail(6) == "+00:00").all():
        return bool(text.str.ends_with("+00:00").all())
    return zone == "UTC" and not some.filter(some.str.len_chars() > 10).str.contains(_OFFSET).any()


def _by_text(text: Any) -> Any:
    """The days of a column of few different texts, each read once."""
    texts = text.unique().drop_nulls()
    return text.replace_strict(texts, pl.Series([_day(each) for each in texts], dtype=pl.Int32), default=None)


def _day(text: str) -> int | None:
    if found := _ISO.match(text) or _COMPACT.match(text):
        year, month, day = map(int, found.groups())
    elif found := _AMERICAN.match(text):  # as Azure writes its dates
        month, day, year = map(int, found.groups())
    elif found := _MONTH.match(text):
        year, month, day = int(found[1]), int(found[2]), 1
    else:
        return None
    try:
        return date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return None


def _by_offset(text: Any, zone: str) -> Any:
    frame = pl.DataFrame({"text": text}).with_columns(
        wall=pl.col("text").str.head(19).str.replace("T", " ", literal=True),
        offset=pl.when(pl.col("text").str.len_chars() > 10).then(pl.col("text").str.extract_groups(_OFFSET)),
        utc=pl.col("text").str.contains(r"(Z|UTC|GMT)$"),
    )
    frame = frame.with_columns(
        pl.coalesce(
            pl.col("wall").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False),
            pl.col("wall").str.head(16).str.to_datetime("%Y-%m-%d %H:%M", strict=False),
            pl.col("wall").str.head(10).str.to_datetime("%Y-%m-%d", strict=False),
        ).alias("wall"),
        minutes=(
            pl.col("offset").struct[1].cast(pl.Int32) * 60 + pl.col("offset").struct[2].cast(pl.Int32).fill_null(0)
        )
        * pl.when(pl.col("offset").struct[0] == "-").then(-1).otherwise(1),
    )
    # A day has no hour that a zone could move into another day.
    dated = pl.col("text").str.len_chars() <= 10
    local = pl.col("wall").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    moment = (
        pl.when(pl.col("minutes").is_not_null())
        .then(pl.col("wall") - pl.duration(minutes=pl.col("minutes")))
        .when(pl.col("utc") | dated)
        .then(pl.col("wall"))
        .otherwise(local.dt.convert_time_zone("UTC").dt.replace_time_zone(None))
    )
    return frame.select(moment.dt.date().alias(text.name)).to_series().to_physical()


@lru_cache(maxsize=10_000)
def iso(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat()


def number(text: str) -> int:
    """The day of an ISO date."""
    return date.fromisoformat(text).toordinal() - EPOCH
