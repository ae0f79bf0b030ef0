"""The same summary on a Dask cluster: byte ranges of a file are read by the workers, and their summaries merged.

A worker that dies takes nothing with it: Dask gives its ranges to another, and since a range's summary depends
on nothing but the range, the result is the same number.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import copy
from typing import Any

from pycalc import cluster
from pycalc.dataset.reader import BadInputError, Source, batches, open_source, ranges
from pycalc.dataset.reading import read
from pycalc.dataset.summary import Options, Summary

PART = 32 * 1024 * 1024
"""Bytes of one task: some seconds of work."""


def summarise(
    source: Source,
    options: Options,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Summary:
    """The summary of a file, read by `workers` local processes or by the cluster at `scheduler`."""
    if not source.seekable:
        raise BadInputError(
            f"{source.path}: is a pipe, which several processes cannot read. "
            "Leave out --workers and --scheduler, or save it as a file"
        )
    with cluster.connected(scheduler, workers, ("tiktoken",)) as client:
        return on_client(client, source, options, progress)


def on_client(
    client: Any,
    source: Source,
    options: Options,
    progress: Callable[[int], None] | None = None,
    part: int = PART,
) -> Summary:
    """The summary of a file, by a Dask client's workers."""
    distributed = cluster.distributed()
    parts = ranges(source, part) if source.divisible else [(0, source.size)]
    place = os.path.abspath(source.path)
    # pure=False: the file may have changed since the same range was last asked for.
    given = client.submit(copy, options, pure=False)  # sent once; a scattered copy could be lost for good
    ranges_read = [
        client.submit(summarise_range, place, source.size, *each, given, cluster.digest(place, *each), pure=False)
        for each in parts
    ]
    size = dict(zip((future.key for future in ranges_read), parts, strict=True))
    waiting = list(ranges_read)
    while len(waiting) > 1:  # neighbours merge, so line numbers keep their order
        pairs = [waiting[i : i + 2] for i in range(0, len(waiting), 2)]
        waiting = [client.submit(merged, given, *pair, pure=False) if len(pair) == 2 else pair[0] for pair in pairs]
    for future in distributed.as_completed(ranges_read, loop=client.loop):
        if progress and future.status == "finished":
            start, end = size[future.key]
            progress(end - start)
    result: Summary = waiting[0].result()
    return result


def summarise_range(path: str, size: int, start: int, end: int, options: Options, content: str = "") -> Summary:
    """The summary of the lines that begin in one byte range; runs on a worker."""
    cluster.check_content(path, size, content, start, end)
    source, stream = open_source(path)
    with stream:
        return read(Summary(options), batches(source, stream, start, end)).settle()


def merged(options: Options, first: Summary, second: Summary) -> Summary:
    """Both as one; neither is changed, because Dask may need them again."""
    return Summary(options).merge(first).merge(second)
