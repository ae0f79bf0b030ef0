"""Rows added up: sums by key and day, how many calls had how many tokens, and what was left out and why.

A tally of a part of a file is as good as one of the whole: `merge` gives the same numbers in any order, because all
sums are of whole numbers.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pycalc.usage import UsageError
from pycalc.usage.export import Export
from pycalc.usage.format import AMOUNTS, CALL, NUMBERS
from pycalc.usage.keys import Keys
from pycalc.usage.lengths import EXACT, Lengths, rounded
from pycalc.usage.library import pl
from pycalc.usage.pieces import frames, read
from pycalc.usage.reading import Rows, normalise

MOST_KEYS = 100_000
"""More use cases than this are no use cases."""

_TOGETHER = 1_000_000
"""Rows that wait before they are added up."""

_NEAR = 250_000
"""Rows that stay near the processor while they are calculated with; of fewer, the calls outweigh the rows."""

_CELLS = 4_000_000
"""Cells of a table of sums."""


SPREADS = ("tokens_in", "tokens_out")


@dataclass
class Tally:
    """What is known of some rows of one export."""

    rows: int = 0
    other: int = 0
    outside: int = 0
    """Rows that are no calls of a model; of days that were not asked for."""
    sums: list[Any] = field(default_factory=list)
    """Frames of key, day, rows and the numbers, to be added up. Within one file keys are numbers, until `named`."""
    spreads: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in SPREADS})
    """Frames of key, tokens and calls, by the kind of tokens."""
    lengths: dict[str, Lengths] = field(default_factory=lambda: {name: Lengths() for name in SPREADS})
    """The same while it is counted."""
    identities: list[Any] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)
    undated: int = 0
    first: int | None = None
    last: int | None = None
    """The days the export covers, periods without any call included."""
    dropped: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    coarse: bool = False
    waiting: int = 0

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        self.sums += other.sums
        for name in SPREADS:
            self.spreads[name] += other.spreads[name]
            self.lengths[name].add(other.lengths[name])
        self.identities += other.identities
        for name in ("rows", "other", "outside", "undated", "dropped"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.labels |= other.labels
        self.cover(other.first, other.last)
        self.coarse |= other.coarse
        for name, count in other.unread.items():
            self.unread[name] = self.unread.get(name, 0) + count
        self.waiting += sum(map(len, other.sums)) + sum(len(each) for own in other.spreads.values() for each in own)
        if self.waiting > _TOGETHER:
            self.settle()

    def cover(self, first: int | None, last: int | None) -> None:
        """Take days into what the export covers."""
        if first is not None and last is not None:
            self.first = first if self.first is None else min(self.first, first)
            self.last = last if self.last is None else max(self.last, last)

    def settle(self) -> Tally:
        """Add up what waits."""
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

    def named(self, keys: Keys) -> Tally:
        """The same with keys as text instead of as numbers."""
        for name, lengths in self.lengths.items():
            numbers, tokens, calls = lengths.counted()
            self.coarse |= lengths.coarse
            if len(numbers):
                self.spreads[name] = [pl.DataFrame({"key": numbers, "tokens": tokens, "calls": calls})]
            self.lengths[name] = Lengths()
        self.settle()
        for each in (self.sums, *self.spreads.values()):
            each[:] = [frame.with_columns(keys.texts(frame["key"]).alias("key")) for frame in each]
        return self

    def _together(self, name: str) -> Any:
        frame = pl.concat(self.spreads[name])
        if len(self.spreads[name]) > 1:
            frame = frame.group_by("key", "tokens").agg(pl.col("calls").sum())
        if not self.coarse and len(frame) <= EXACT:
            return frame
        self.coarse = True
        frame = frame.with_columns(pl.Series("tokens", rounded(frame["tokens"].to_numpy())))
        return frame.group_by("key", "tokens").agg(pl.col("calls").sum())


def tally(
    export: Export,
    start: int | None = None,
    end: int | None = None,
    *,
    identity: bool = True,
    drop: Any = None,
) -> Tally:
    """Add up a file, or a byte range of it that begins and ends with rows.

    identity : whether to note the hash of each row, to find those that two exports share.
    drop : a function that says which rows of a column of hashes to leave out.
    """
    whole, keys = Tally(), Keys()
    workers = 1 if drop is not None else max(1, min(4, os.cpu_count() or 1))
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Tally]] = deque()
        for piece in frames(export, start, end):
            waiting.append(pool.submit(_piece, export, keys, piece, identity, drop))
            if len(waiting) >= workers:
                whole.add(waiting.popleft().result())
        while waiting:
            whole.add(waiting.popleft().result())
    return whole.named(keys)


def _piece(export: Export, keys: Keys, piece: Any, identity: bool, drop: Any) -> Tally:
    found = Tally()
    for frame in read(export, piece).iter_slices(_NEAR):
        found.add(_slice(export, keys, frame, identity, drop))
    return found


def _slice(export: Export, keys: Keys, frame: Any, identity: bool, drop: Any) -> Tally:
    rows = normalise(export, frame, keys, identity or drop is not None)
    result = Tally(len(rows.frame), rows.other, rows.outside, unread=rows.unread, labels=rows.labels)
    if drop is not None:
        kept = rows.frame.filter(pl.Series(drop(rows.frame["identity"]), dtype=pl.Boolean))
        result.dropped = len(rows.frame) - len(kept)
        rows.frame = kept
    elif identity:
        result.identities.append(rows.frame["identity"].to_numpy())
    _count(export, rows, result)
    return result


def _count(export: Export, rows: Rows, result: Tally) -> None:
    frame = rows.frame
    result.undated = frame["day"].null_count()
    numbers = [name for name in NUMBERS if name in frame.columns]
    _cover(frame, result)
    if export.form.grain != CALL:  # a period without any call says what the export covers, and no more
        frame = frame.filter(~pl.all_horizontal(pl.lit(True), *(pl.col(name).is_null() for name in numbers)))
    if frame.is_empty():
        return
    result.sums.append(_summed(frame, numbers))
    if export.form.grain == CALL:
        for name in SPREADS:
            if name in numbers:
                known = frame if not frame[name].null_count() else frame.filter(pl.col(name).is_not_null())
                result.lengths[name] = Lengths.of(known["key"].to_numpy(), known[name].to_numpy())


def _summed(frame: Any, numbers: list[str]) -> Any:
    """Rows and sums by key and day; those of money and of quantities in 128 bits."""
    first = frame["day"].min() or 0
    width = (frame["day"].max() or 0) - first + 2  # the last place is for rows without a day
    spot = frame["key"].to_numpy().astype(np.int64) * width + (_filled(frame["day"], first + width - 1) - first)
    if int(spot.max()) > _CELLS or not all(_exact(frame[name]) for name in numbers):
        sums = frame.group_by("key", "day").agg(
            pl.len().cast(pl.Int64).alias("rows"),
            *((pl.col(name).cast(pl.Int128) if name in AMOUNTS else pl.col(name)).sum() for name in numbers),
        )
        return sums.with_columns(pl.col("day").cast(pl.Int32))
    # Sums of whole numbers below 2^53 are exact as floats, and adding into a table takes a third of grouping.
    counts = np.bincount(spot)
    places = np.flatnonzero(counts)
    columns: dict[str, Any] = {"key": (places // width).astype(np.uint32)}
    columns["day"] = (places % width + first).astype(np.int32)
    columns["rows"] = counts[places]
    for name in numbers:
        amounts = _filled(frame[name].cast(pl.Int64), 0)
        columns[name] = np.bincount(spot, weights=amounts)[places].astype(np.int64)
    whole = pl.DataFrame(columns)
    return whole.with_columns(
        pl.when(pl.col("day") != first + width - 1).then("day").alias("day"),
        *(pl.col(name).cast(pl.Int128) for name in numbers if name in AMOUNTS),
    )


def _filled(column: Any, blank: int) -> Any:
    """A column as an array."""
    return (column.fill_null(blank) if column.null_count() else column).to_numpy()


def _exact(amounts: Any) -> bool:
    """Whether the sum of a piece's amounts is exact as a float."""
    largest = max(abs(int(amounts.min() or 0)), abs(int(amounts.max() or 0)))
    return largest * len(amounts) < 1 << 53


def _cover(frame: Any, result: Tally) -> None:
    first, last = frame["day"].min(), frame["day"].max()
    if "end" in frame.columns:
        whole = frame.filter(pl.col("end") > pl.col("day"))["end"].max()  # a period ends where the next one begins
        last = max(last, whole - 1) if whole is not None and last is not None else last
    result.cover(first, last)
