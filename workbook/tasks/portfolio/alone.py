"""Results alone, as CSV or Parquet, for more use cases than a workbook holds: a piece of the table at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbook.file.saving import replacing, scratch
from workbook.progress import counted
from workbook.tasks.portfolio.results import SHOWN, TEXTS, Portfolio, results
from workbook.tasks.portfolio.table import Table

PIECE = 2_000
"""Use cases calculated at once."""
AHEAD = 3
"""Pieces a worker may have waiting: the rest of the table is not read yet."""


def write_results(
    pieces: Iterable[Table], out: str | os.PathLike[str], workers: int | None = None, scheduler: str | None = None
) -> Portfolio:
    """Write the results of every use case to a CSV or Parquet file.

    No more than a few pieces are in memory at once. On `workers` processes, or the Dask cluster at `scheduler`,
    the file is the same.
    """
    from pycalc.usage.library import pl

    done = Portfolio(Path(out))
    types = {column.key: pl.String if column.key in TEXTS else pl.Float64 for column in SHOWN}
    with scratch() as folder, _calculating(workers, scheduler) as calculated:
        for number, (table, found) in enumerate(counted(calculated(pieces), "pieces")):
            done.left_out += table.left_out
            done.unused = table.unused
            done.count(table.names, found["recommendation"], found["gaps"])
            frame = pl.DataFrame({"title": table.names} | found, schema_overrides=types, strict=False)
            frame.write_parquet(Path(folder) / f"{number:09}.parquet")
        whole = pl.scan_parquet(Path(folder) / "*.parquet")
        with replacing(Path(out)) as file:
            (whole.sink_parquet if Path(out).suffix.lower() == ".parquet" else whole.sink_csv)(file)
    return done


Columns = dict[str, list[Any]]
Calculated = Callable[[Iterable[Table]], Iterator[tuple[Table, Columns]]]


def columns(inputs: list[str], rows: list[list[object]]) -> Columns:
    """The results of some use cases by name; runs on a worker."""
    return results(Table(inputs=inputs, rows=rows)).columns


@contextmanager
def _calculating(workers: int | None, scheduler: str | None) -> Iterator[Calculated]:
    if workers is None and scheduler is None:
        yield lambda pieces: ((piece, columns(piece.inputs, piece.rows)) for piece in pieces)
        return
    from pycalc.cluster import connected

    with connected(scheduler, workers) as client:
        yield lambda pieces: _elsewhere(client, pieces)


def _elsewhere(client: Any, pieces: Iterable[Table]) -> Iterator[tuple[Table, Columns]]:
    """The same on a cluster's workers, in the order of the table."""
    most = AHEAD * max(1, len(client.scheduler_info()["workers"]))
    waiting: deque[tuple[Table, Any]] = deque()
    for piece in pieces:
        waiting.append((piece, client.submit(columns, piece.inputs, piece.rows, pure=False)))
        piece.rows = []
        if len(waiting) >= most:
            table, future = waiting.popleft()
            yield table, future.result()
    for table, future in waiting:
        yield table, future.result()
