"""The same simulation on Dask: on the cores of this machine, or on a scheduler somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from pycalc.cluster import connected
from pycalc.errors import CalcError, OutOfBoundsError


@contextmanager
def cluster(address: str | None = None, workers: int | None = None) -> Iterator[Callable[..., Iterator[Any]]]:
    """Workers of Dask, by what gives results in order, as the built-in `map` does."""
    if workers is not None and workers < 1:
        raise OutOfBoundsError(f"{workers} workers are none", "Give at least 1")
    with connected(address, workers, ("numpy",)) as client:
        yield partial(_mapped, client)


def _mapped(client: Any, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
    """Some tasks ahead of the results wanted, so that neither side holds them all."""
    ahead = 4 * max(1, sum(client.nthreads().values()))
    waiting = [client.submit(_refusals_returned, function, task, pure=False) for task in tasks[:ahead]]
    for place in range(len(tasks)):
        result = waiting.pop(0).result()
        if isinstance(result, CalcError):
            raise result
        yield result
        if place + ahead < len(tasks):
            waiting.append(client.submit(_refusals_returned, function, tasks[place + ahead], pure=False))


def _refusals_returned(function: Callable[[Any], Any], task: Any) -> Any:
    """A refusal as a result: raised, a worker would print its traceback."""
    try:
        return function(task)
    except CalcError as refusal:
        return refusal.bare()
