"""The same simulation on Dask: on the cores of this machine, or on a scheduler somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from pycalc.cluster import ClusterError, connected
from pycalc.errors import CalcError, OutOfBoundsError, WrongKindError


class Cluster:
    """Workers of Dask. `map` gives results in order, as the built-in `map` does."""

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise OutOfBoundsError(f"{workers} workers are none", "Give at least 1")
        self._stack = ExitStack()
        with _refused():
            self._client: Any = self._stack.enter_context(connected(address, workers, ("numpy",)))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *what: Any) -> None:
        with _refused():
            self._stack.__exit__(*what)

    def close(self) -> None:
        """End the workers."""
        self._stack.close()

    def map(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Some tasks ahead of the results wanted, so that neither side holds them all."""
        submit = self._client.submit
        ahead = 4 * max(1, sum(self._client.nthreads().values()))
        waiting = [submit(_refusals_returned, function, task, pure=False) for task in tasks[:ahead]]
        for place in range(len(tasks)):
            result = waiting.pop(0).result()
            if isinstance(result, CalcError):
                raise result
            yield result
            if place + ahead < len(tasks):
                waiting.append(submit(_refusals_returned, function, tasks[place + ahead], pure=False))


@contextmanager
def _refused() -> Iterator[None]:
    """What keeps Dask from working, as an error of a function."""
    try:
        yield
    except ClusterError as problem:
        raise WrongKindError(str(problem).rstrip("."), "Or leave Dask out") from None


def _refusals_returned(function: Callable[[Any], Any], task: Any) -> Any:
    """A refusal as a result: raised, a worker would print its traceback."""
    try:
        return function(task)
    except CalcError as refusal:
        return refusal.bare()
