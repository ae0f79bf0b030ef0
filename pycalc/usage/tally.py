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
from pycalc.usage.export import Export
from pycalc.usage.format import CALL, NUMBERS
from pycalc.usage.library import Codes, polars
from pycalc.usage.pieces import frames, read
from pycalc.usage.reading import Rows, normalise

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_KEYS = 100_000
"""More use cases than this are no use cases."""

EXACT = 3_000_000
"""Different (key, tokens) pairs that are counted one by one; with more, large counts of tokens are grouped to 0.1%."""

_TOGETHER = 1_000_000
"""Rows that wait before they are added up."""

_CELLS = 4_000_000
"""Cells of a table of counts."""

_MONEY = ("cost", "credits", "quantity")


SPREADS = ("tokens_in", "tokens_out")


@dataclass
class Tally:
    """What is known of some rows of one export."""

    sums: list[Any] = field(default_factory=list)
    """Frames of key, day, rows and the numbers, to be added up. Within one file keys are codes, until `named`."""
    spreads: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in SPREADS})
    """Frames of key, tokens and calls, by the kind of tokens."""
    tables: dict[tuple[str, int], Any] = field(default_factory=dict)
    """The same while it is counted: calls at code × width + tokens, by the kind of tokens and the width."""
    identities: list[Any] = field(default_factory=list)
    rows: int = 0
    other: int = 0
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
        for place, counts in other.tables.items():
            self._add_table(place, counts)
        self.identities += other.identities
        self.rows += other.rows
        self.other += other.other
        self.undated += other.undated
        self.dropped += other.dropped
        self.labels |= other.labels
        self.cover(other.first, other.last)
        self.coarse |= other.coarse
        for name, count in other.unread.items():
            self.unread[name] = self.unread.get(name, 0) + count
        self.waiting += sum(map(len, other.sums)) + sum(len(each) for name in SPREADS for each in other.spreads[name])
        if self.waiting > _TOGETHER:
            self.settle()

    def _add_table(self, place: tuple[str, int], counts: Any) -> None:
        known = self.tables.get(place)
        if known is None or len(known) < len(counts):
            known, counts = counts, known
        if counts is not None:
            known[: len(counts)] += counts
        self.tables[place] = known

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

    def named(self, codes: Codes) -> Tally:
        """The same with keys as text instead of as codes."""
        import numpy as np

        pl = polars()
        for (name, width), counts in self.tables.items():
            places = np.flatnonzero(counts)
            self.spreads[name].append(
                pl.DataFrame(
                    {"key": (places // width).astype(np.uint32), "tokens": places % width, "calls": counts[places]}
                )
            )
        self.tables.clear()
        self.settle()
        frames = (self.sums, *self.spreads.values())
        for each in frames:
            each[:] = [frame.with_columns(codes.texts(frame["key"]).alias("key")) for frame in each]
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
    whole, codes = Tally(), Codes()
    workers = 1 if drop is not None else max(1, min(4, os.cpu_count() or 1))
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Tally]] = deque()
        for piece in frames(export, start, end):
            waiting.append(pool.submit(_piece, export, codes, piece, identity, drop))
            if progress and isinstance(piece, tuple):
                progress(sum(map(len, piece)))
            if len(waiting) >= workers:
                whole.add(waiting.popleft().result())
        while waiting:
            whole.add(waiting.popleft().result())
    return whole.named(codes)


def _piece(export: Export, codes: Codes, piece: Any, identity: bool, drop: Any) -> Tally:
    pl = polars()
    rows = normalise(export, read(export, piece), identity or drop is not None)
    result = Tally(rows=len(rows.frame), other=rows.other, unread=rows.unread, labels=rows.labels)
    if drop is not None:
        kept = rows.frame.filter(pl.Series(drop(rows.frame["identity"]), dtype=pl.Boolean))
        result.dropped = len(rows.frame) - len(kept)
        rows.frame = kept
    elif identity:
        result.identities.append(rows.frame["identity"].to_numpy())
    _count(export, codes, rows, result)
    return result


def _count(export: Export, codes: Codes, rows: Rows, result: Tally) -> None:
    pl = polars()
    frame = rows.frame
    result.undated = frame["day"].null_count()
    numbers = [name for name in (*NUMBERS, "credits") if name in frame.columns]
    _cover(frame, result)
    if export.form.grain != CALL and numbers:  # a period without any call says what the export covers, and no more
        frame = frame.filter(~pl.all_horizontal(pl.col(name).is_null() for name in numbers))
    if frame.is_empty():
        return
    frame = frame.with_columns(codes.of(frame["key"]))
    result.sums.append(_summed(frame, numbers))
    if export.form.grain == CALL:
        for name in SPREADS:
            if name in numbers:
                _spread(result, name, frame.select("key", pl.col(name).alias("tokens")).drop_nulls())


def _summed(frame: Any, numbers: list[str]) -> Any:
    """Rows and sums by key and day; those of money and of quantities in 128 bits."""
    import numpy as np

    pl = polars()
    first = frame["day"].min() or 0
    width = (frame["day"].max() or 0) - first + 2  # the last place is for rows without a day
    day = (frame["day"] - first).fill_null(width - 1).to_numpy().astype(np.int64)
    spot = frame["key"].to_numpy().astype(np.int64) * width + day
    if int(spot.max()) > _CELLS or not all(_exact(frame[name]) for name in numbers):
        sums = frame.group_by("key", "day").agg(
            pl.len().cast(pl.Int64).alias("rows"),
            *((pl.col(name).cast(pl.Int128) if name in _MONEY else pl.col(name)).sum() for name in numbers),
        )
        return sums.with_columns(pl.col("day").cast(pl.Int32))
    # Sums of whole numbers below 2^53 are exact as floats, and adding into a table takes a third of grouping.
    counts = np.bincount(spot)
    places = np.flatnonzero(counts)
    columns: dict[str, Any] = {"key": (places // width).astype(np.uint32)}
    columns["day"] = (places % width + first).astype(np.int32)
    columns["rows"] = counts[places]
    for name in numbers:
        filled = frame[name].fill_null(0).cast(pl.Int64).to_numpy()
        columns[name] = np.bincount(spot, weights=filled)[places].astype(np.int64)
    whole = pl.DataFrame(columns)
    return whole.with_columns(
        pl.when(pl.col("day") != first + width - 1).then("day").alias("day"),
        *(pl.col(name).cast(pl.Int128) for name in numbers if name in _MONEY),
    )


def _exact(amounts: Any) -> bool:
    """Whether the sum of a piece's amounts is exact as a float."""
    largest = max(abs(int(amounts.min() or 0)), abs(int(amounts.max() or 0)))
    return largest * len(amounts) < 1 << 53


def _cover(frame: Any, result: Tally) -> None:
    first, last = frame["day"].min(), frame["day"].max()
    if "end" in frame.columns:
        pl = polars()
        whole = frame.filter(pl.col("end") > pl.col("day"))["end"].max()  # a period ends where the next one begins
        last = max(last, whole - 1) if whole is not None and last is not None else last
    result.cover(first, last)


def _spread(result: Tally, name: str, pairs: Any) -> None:
    """Count how many calls of each key had how many tokens."""
    import numpy as np

    pl = polars()
    if pairs.is_empty():
        return
    width = 1 << int(pairs["tokens"].max()).bit_length()
    if (int(pairs["key"].max()) + 1) * width > _CELLS:
        result.spreads[name].append(pairs.group_by("key", "tokens").agg(pl.len().cast(pl.Int64).alias("calls")))
        return
    # Where the numbers are small enough to count in a table, it is several times as fast as grouping.
    result.tables[(name, width)] = np.bincount(
        pairs["key"].to_numpy().astype(np.int64) * width + pairs["tokens"].to_numpy()
    )
