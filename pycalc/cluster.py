"""Dask, wherever work goes to other processes: whether it is here, workers on this machine, a scheduler elsewhere."""

from __future__ import annotations

import logging
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pycalc.version import how_to_install

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT = "10s"
"""How long a scheduler may take to answer."""


class ClusterError(Exception):
    """There are no workers to give the work to; the message says why and what to do."""


def distributed() -> Any:
    """The module `distributed`, an extra."""
    try:
        import distributed
    except ImportError:
        raise ClusterError(f"Dask is not installed. {how_to_install('cluster')}") from None
    return distributed


@contextmanager
def connected(scheduler: str | None = None, workers: int | None = None) -> Iterator[Any]:
    """A client of the scheduler at an address, or of `workers` processes begun here (default: one a core)."""
    dask = distributed()
    if scheduler is None:
        with local(workers) as cluster, dask.Client(cluster, set_as_default=False) as client:
            yield client
        return
    try:
        client = dask.Client(scheduler, timeout=WAIT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"{scheduler}: no Dask scheduler answers there ({error}). Start one with `dask scheduler`"
        ) from None
    with client:
        yield client


def local(workers: int | None) -> Any:
    """Processes that talk over the loopback address; where there is none (a sandbox), threads of this process."""
    common = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.ERROR}
    if has_loopback():
        return distributed().LocalCluster(n_workers=workers, threads_per_worker=1, **common)
    return distributed().LocalCluster(n_workers=1, threads_per_worker=workers, processes=False, **common)


def has_loopback() -> bool:
    """Whether this machine can call itself."""
    with socket.socket() as listening, socket.socket() as calling:
        try:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            calling.connect(listening.getsockname())
        except OSError:
            return False
        return True
