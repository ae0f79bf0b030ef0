"""The same simulation on Dask: on the cores of this machine, or on a scheduler somewhere."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib import import_module
from multiprocessing import resource_tracker
from typing import Any

from pycalc.cluster import GONE, ClusterError, check_answers
from pycalc.errors import CalcError, OutOfBoundsError, WrongKindError
from pycalc.version import how_to_install

KEEP_MEMORY = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 << 20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 << 20,
}
"""Dask's own setting has its workers give memory back as soon as it is freed. The arrays of one block are freed
and wanted again at once: half of the processor time went into fetching that memory anew."""


class Cluster:
    """Workers of Dask. `map` gives results in order, as the built-in `map` does."""

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise OutOfBoundsError(f"{workers} workers are none", "Give at least 1")
        try:
            import distributed  # noqa: F401 - asks whether it is there
        except ImportError:
            raise WrongKindError("Dask is not installed", how_to_install("cluster")) from None
        self._local: Any = None  # Dask has hardly any types
        self._client: Any = None
        if address:
            try:
                check_answers(address)
            except ClusterError as problem:
                raise WrongKindError(str(problem).rstrip("."), "Or leave Dask out") from None
        try:
            # Workers elsewhere get no Ctrl-C, and waiting for an address that does not answer can be broken off.
            with nullcontext() if address else _interrupts_later():
                self._start(address, workers)
        except (OSError, TimeoutError, ValueError) as problem:
            self.close()
            raise WrongKindError(
                f"no Dask scheduler answers at {address or 'this machine'} ({problem})",
                "Start one with `dask scheduler`, or leave Dask out",
            ) from None
        except BaseException:
            self.close()
            raise

    def _start(self, address: str | None, workers: int | None) -> None:
        import dask

        distributed: Any = import_module("distributed")

        if not address:
            with dask.config.set(KEEP_MEMORY):
                self._local = distributed.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.ERROR,
                )
        self._client = distributed.Client(self._local or address, timeout="10s", set_as_default=False)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; an impatient second Ctrl-C waits until they are gone."""
        with _interrupts_later() if self._local else nullcontext():
            if self._client:
                self._client.close()
            if self._local:
                self._local.close()

    def map(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Some tasks ahead of the results wanted, so that neither side holds them all."""
        assert self._client is not None
        submit = self._client.submit
        ahead = 4 * max(1, sum(self._client.nthreads().values()))
        waiting = [submit(_refusals_returned, function, task, pure=False) for task in tasks[:ahead]]
        for place in range(len(tasks)):
            try:
                result = waiting.pop(0).result()
            except GONE:
                raise WrongKindError("the Dask scheduler went away", "Start again, or leave Dask out") from None
            except ModuleNotFoundError as missing:
                raise WrongKindError(f"the workers lack {missing.name}", "Install llm-breakeven on each") from None
            if isinstance(result, CalcError):
                raise result
            yield result
            if place + ahead < len(tasks):
                waiting.append(submit(_refusals_returned, function, tasks[place + ahead], pure=False))


def _refusals_returned(function: Callable[[Any], Any], task: Any) -> Any:
    """A refusal as a result: raised, a worker would print its traceback."""
    try:
        return function(task)
    except CalcError as refusal:
        return refusal.bare()


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Hold Ctrl-C back until the end of the block.

    Threads and processes begun in the block never get it: the terminal sends it to every process, and workers that
    took it would print a traceback each while this process is closing them. Windows has no such mask.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Begun by the first process, it would let its thread take interrupts again (Python below 3.13).
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
