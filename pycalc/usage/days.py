"""The day in UTC of a column of times, whatever way an export writes them."""

from __future__ import annotations

import re
from datetime import date
from threading import Lock
from typing import Any

from pycalc.usage.library import Codes, polars

EPOCH = date(1970, 1, 1).toordinal()
_LOOKED_AT = 1_000
_ISO = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)$")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d\d)$")


def days(times: Any, zone: str = "UTC") -> Any:
    """Days since 1970-01-01 (UTC) as Int32; null where there is no time that can be read.

    Times without an offset are in `zone`. Numbers are seconds, milliseconds, microseconds or nanoseconds since 1970.
    """
    pl = polars()
    if times.dtype == pl.Date:
        return times.to_physical()
    if isinstance(times.dtype, pl.Datetime):
        moment = times if times.dtype.time_zone else times.dt.replace_time_zone(zone, ambiguous="earliest")
        return moment.dt.convert_time_zone("UTC").dt.date().to_physical()
    text = times.cast(pl.String)
    first = next((value for value in text.head(100) if value), "")
    if first.isdigit() and len(first) != 8:  # 10 digits are seconds; those after them parts of one
        return (text.str.head(10).cast(pl.Int64, strict=False) // 86_400).cast(pl.Int32)
    # Looked for in some rows of a piece only: whoever writes offsets writes them everywhere.
    tail = text.gather_every(max(1, len(text) // _LOOKED_AT)).str.strip_chars().str.tail(6)
    if zone == "UTC" and not (tail.str.contains("+", literal=True) | tail.str.contains(r"^-|-\d{4}$")).any():
        return _by_text(text.str.head(10))
    return _by_offset(text.str.strip_chars(), zone)


class _Texts:
    """The days of the few different texts that columns of dates hold, each read once."""

    MOST = 100_000
    """More different texts than this are no dates, and are not kept."""

    def __init__(self) -> None:
        self.codes = Codes()
        self.days: list[int | None] = [None]
        self.lock = Lock()

    def of(self, text: Any) -> Any:
        pl = polars()
        codes = self.codes.of(text)
        with self.lock:
            first, last = len(self.days), codes.max()
            if last is not None and last >= first:
                texts = self.codes.texts(pl.Series(range(first, last + 1), dtype=pl.UInt32))
                self.days += [_day(each or "") for each in texts]
            known = pl.Series(text.name, [*self.days, None], dtype=pl.Int32)
        return known.gather(codes.fill_null(len(known) - 1))


_known: list[_Texts] = []


def _by_text(text: Any) -> Any:
    if not _known or len(_known[0].days) > _Texts.MOST:
        _known[:] = [_Texts()]
    return _known[0].of(text)


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
    pl = polars()
    frame = pl.DataFrame({"text": text}).with_columns(
        wall=pl.col("text").str.head(19).str.replace("T", " ", literal=True),
        offset=pl.col("text").str.extract_groups(r"([+-])(\d\d):?(\d\d)$"),
        utc=pl.col("text").str.ends_with("Z"),
    )
    frame = frame.with_columns(
        pl.coalesce(
            pl.col("wall").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False),
            pl.col("wall").str.head(16).str.to_datetime("%Y-%m-%d %H:%M", strict=False),
            pl.col("wall").str.head(10).str.to_datetime("%Y-%m-%d", strict=False),
        ).alias("wall"),
        minutes=(pl.col("offset").struct[1].cast(pl.Int32) * 60 + pl.col("offset").struct[2].cast(pl.Int32))
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


def iso(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat()


def number(text: str) -> int:
    """The day of an ISO date."""
    return date.fromisoformat(text).toordinal() - EPOCH
