"""Rows added up: sums by key and day, how many calls had how many tokens, and what was left out and why.

A tally of a part of a file is as good as one of the whole: `merge` gives the same numbers in any order, because all
sums are of whole numbers.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pycalc.usage.errors import UsageError
from pycalc.usage.formats import CALL, NUMBERS
from pycalc.usage.library import coded, polars
from pycalc.usage.reading import Export, Rows, frames, normalise, read

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_KEYS = 100_000
"""More use cases than this are no use cases."""

EXACT = 3_000_000
"""Different (key, tokens) pairs that are counted one by one; with more, large counts of tokens are grouped to 0.1%."""

_TOGETHER = 2_000_000
"""Rows of counts that wait before they are added up."""

_MONEY = ("cost", "credits", "quantity")

SPREADS = ("tokens_in", "tokens_out")


@dataclass
class Tally:
    """What is known of some rows of one export."""

    sums: list[Any] = field(default_factory=list)
    """Frames of key, day, rows and the numbers, to be added up."""
    spreads: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in SPREADS})
    """Frames of key, tokens and calls, by the kind of tokens."""
    identities: list[Any] = field(default_factory=list)
    rows: int = 0
    other: int = 0
    unread: dict[str, int] = field(default_factory=dict)
    undated: int = 0
    first: int | None = None
    last: int | None = None
    """The days the export covers, periods without any call included."""
    starts: set[int] = field(default_factory=set)
    """Days of the month on which its periods begin: with the first alone, a row is a month."""
    dropped: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    coarse: bool = False
    waiting: int = 0

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        self.sums += other.sums
        for name in SPREADS:
            self.spreads[name] += other.spreads[name]
        self.identities += other.identities
        self.rows += other.rows
        self.other += other.other
        self.undated += other.undated
        self.dropped += other.dropped
        self.starts |= other.starts
        self.labels |= other.labels
        self.cover(other.first, other.last)
        self.coarse |= other.coarse
        for name, count in other.unread.items():
            self.unread[name] = self.unread.get(name, 0) + count
        self.waiting += sum(map(len, other.sums)) + sum(len(each) for name in SPREADS for each in other.spreads[name])
        if self.waiting > _TOGETHER:
            self.settle()

    def cover(self, first: int | None, last: int | None) -> None:
        """Take days into what the export covers."""
        if first is not None and last is not None:
            self.first = first if self.first is None else min(self.first, first)
            self.last = last if self.last is None else max(self.last, last)

    def settle(self) -> Tally:
        """Add up what waits."""
        pl = polars()
        self.waiting = 0
        if self.sums:
            whole = pl.concat(self.sums, how="diagonal").group_by("key", "day").agg(pl.exclude("key", "day").sum())
            if whole["key"].n_unique() > MOST_KEYS:
                raise UsageError(
                    f"there are over {MOST_KEYS:,} different use cases. Choose a column with fewer: --by project"
                )
            self.sums = [whole]
        for name in SPREADS:
            if self.spreads[name]:
                self.spreads[name] = [self._together(name)]
        return self

    def _together(self, name: str) -> Any:
        pl = polars()
        values = pl.col("tokens")
        frame = pl.concat(self.spreads[name])
        frame = frame.group_by("key", "tokens").agg(pl.col("calls").sum())
        if not self.coarse and len(frame) <= EXACT:
            return frame
        self.coarse = True
        step = (values.cast(pl.Float64).log(2).floor().cast(pl.Int64, strict=False) - 10).clip(0, None)
        width = pl.lit(2).pow(step).cast(pl.Int64)
        rounded = pl.when(values < 2048).then(values).otherwise(values // width * width)
        return frame.with_columns(rounded.alias("tokens")).group_by("key", "tokens").agg(pl.col("calls").sum())


def tally(
    export: Export,
    start: int | None = None,
    end: int | None = None,
    *,
    identity: bool = True,
    drop: Any = None,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """Add up a file, or a byte range of it that begins and ends with rows.

    identity : whether to note the hash of each row, to find those that two exports share.
    drop : a function that says which rows of a column of hashes to leave out.
    """
    whole = Tally()
    workers = 1 if drop is not None else max(1, min(4, os.cpu_count() or 1))
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Tally]] = deque()
        for piece in frames(export, start, end):
            waiting.append(pool.submit(_piece, export, piece, identity, drop))
            if progress and isinstance(piece, bytes):
                progress(len(piece))
            if len(waiting) >= workers:
                whole.add(waiting.popleft().result())
        while waiting:
            whole.add(waiting.popleft().result())
    return whole.settle()


def _piece(export: Export, piece: Any, identity: bool, drop: Any) -> Tally:
    pl = polars()
    rows = normalise(export, read(export, piece), identity or drop is not None)
    result = Tally(rows=len(rows.frame), other=rows.other, unread=rows.unread, labels=rows.labels)
    if drop is not None:
        kept = rows.frame.filter(pl.Series(drop(rows.frame["identity"]), dtype=pl.Boolean))
        result.dropped = len(rows.frame) - len(kept)
        rows.frame = kept
    elif identity:
        result.identities.append(rows.frame["identity"].to_numpy())
    _count(export, rows, result)
    return result


def _count(export: Export, rows: Rows, result: Tally) -> None:
    pl = polars()
    frame = rows.frame
    result.undated = frame["day"].null_count()
    numbers = [name for name in (*NUMBERS, "credits") if name in frame.columns]
    _cover(frame, result)
    if export.form.grain != CALL and numbers:  # a period without any call says what the export covers, and no more
        frame = frame.filter(~pl.all_horizontal(pl.col(name).is_null() for name in numbers))
    if frame.is_empty():
        return
    codes, keys = coded(frame["key"])
    numbered = frame.with_columns(codes.alias("code"))
    sums = numbered.group_by("code", "day").agg(
        pl.len().cast(pl.Int64).alias("rows"),
        *((pl.col(name).cast(pl.Int128) if name in _MONEY else pl.col(name)).sum() for name in numbers),
    )
    result.sums.append(_named(sums, keys))
    if export.form.grain == CALL:
        for name in SPREADS:
            if name in numbers:
                result.spreads[name].append(_named(_spread(codes, frame[name]), keys))


def _cover(frame: Any, result: Tally) -> None:
    first, last = frame["day"].min(), frame["day"].max()
    if "end" in frame.columns:
        pl = polars()
        result.starts.update(frame["day"].cast(pl.Date).dt.day().drop_nulls().unique().to_list())
        whole = frame.filter(pl.col("end") > pl.col("day"))["end"].max()  # a period ends where the next one begins
        last = max(last, whole - 1) if whole is not None and last is not None else last
    result.cover(first, last)


def _named(frame: Any, keys: Any) -> Any:
    """A frame with its keys as text, instead of as codes of this piece."""
    pl = polars()
    return frame.select(keys.gather(frame["code"]).alias("key"), pl.exclude("code"))


def _spread(codes: Any, tokens: Any) -> Any:
    """How many calls of each key had how many tokens."""
    pl = polars()
    pairs = pl.DataFrame({"code": codes, "tokens": tokens}).drop_nulls()
    if pairs.is_empty():
        return pairs.with_columns(pl.lit(0, dtype=pl.Int64).alias("calls"))
    width = pairs["tokens"].max() + 1
    if (pairs["code"].max() + 1) * width > 4_000_000:
        return pairs.group_by("code", "tokens").agg(pl.len().cast(pl.Int64).alias("calls"))
    import numpy as np

    # Twice as fast as grouping where the numbers are small enough to count in a table.
    counts = np.bincount(pairs["code"].to_numpy().astype(np.int64) * width + pairs["tokens"].to_numpy())
    places = np.flatnonzero(counts)
    return pl.DataFrame(
        {"code": (places // width).astype(np.uint32), "tokens": places % width, "calls": counts[places]}
    )
