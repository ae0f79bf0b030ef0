"""The same simulation on Dask: on the cores of this machine, or on a scheduler somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pycalc.errors import WrongKindError


class Cluster:
    """Workers of Dask. `map` gives results in order, as the built-in `map` does."""

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise WrongKindError(
                "Dask is not installed", "Install the extra: pip install 'llm-breakeven[cluster]'"
            ) from None
        if address:
            self._client = Client(address)
        else:
            self._client = Client(n_workers=workers, threads_per_worker=1, dashboard_address=None)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *unused: object) -> None:
        self._client.close()

    def map(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Some tasks ahead of the results wanted, so that neither side holds them all."""
        ahead = 4 * max(1, sum(self._client.nthreads().values()))
        waiting = [self._client.submit(function, task, pure=False) for task in tasks[:ahead]]
        for place in range(len(tasks)):
            yield waiting.pop(0).result()
            if place + ahead < len(tasks):
                waiting.append(self._client.submit(function, tasks[place + ahead], pure=False))
