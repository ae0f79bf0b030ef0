"""The same simulation on Dask: on the cores of this machine, or on a scheduler somewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pycalc.errors import WrongKindError

KEEP_MEMORY = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 << 20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 << 20,
}
"""Dask's own setting has its workers give memory back as soon as it is freed. The arrays of one block are freed
and wanted again at once: half of the processor time went into fetching that memory anew."""


class Cluster:
    """Workers of Dask. `map` gives results in order, as the built-in `map` does."""

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError:
            raise WrongKindError(
                "Dask is not installed", "Install the extra: pip install 'llm-breakeven[cluster]'"
            ) from None
        self._local = None
        try:
            if not address:
                with dask.config.set(KEEP_MEMORY):
                    self._local = LocalCluster(
                        n_workers=workers,
                        threads_per_worker=1,
                        dashboard_address="127.0.0.1:0",
                        silence_logs=logging.ERROR,
                    )
            self._client = Client(self._local or address, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as problem:
            raise WrongKindError(
                f"no Dask scheduler answers at {address or 'this machine'} ({problem})",
                "Start one with `dask scheduler`, or leave Dask out",
            ) from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *unused: object) -> None:
        self._client.close()
        if self._local:
            self._local.close()

    def map(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Some tasks ahead of the results wanted, so that neither side holds them all."""
        ahead = 4 * max(1, sum(self._client.nthreads().values()))
        waiting = [self._client.submit(function, task, pure=False) for task in tasks[:ahead]]
        for place in range(len(tasks)):
            yield waiting.pop(0).result()
            if place + ahead < len(tasks):
                waiting.append(self._client.submit(function, tasks[place + ahead], pure=False))
