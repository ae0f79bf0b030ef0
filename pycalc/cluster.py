"""Dask, wherever work goes to other processes: whether it is here, workers on this machine, a scheduler elsewhere."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pycalc.version import how_to_install

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 6
"""How long a scheduler may take to answer."""

WAIT = f"{SECONDS}s"

GONE = (asyncio.CancelledError, concurrent.futures.CancelledError, ConnectionError)
"""How Dask says, of work that was begun, that its scheduler is no more."""


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
    check_answers(scheduler)
    try:
        client = dask.Client(scheduler, timeout=WAIT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(_nobody(scheduler, error)) from None
    with client:
        try:
            yield client
        except GONE as error:
            raise ClusterError(f"{scheduler}: the scheduler went away ({type(error).__name__}). Start again") from None


def check_answers(scheduler: str) -> None:
    """Refuse an address where no scheduler with workers answers; within `SECONDS`, whatever listens there."""
    dask = distributed()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say is said below, in one line
    try:
        found = asyncio.run(asyncio.wait_for(_identity(dask, scheduler), SECONDS))
    except Exception as error:  # every protocol has failures of its own
        raise ClusterError(_nobody(scheduler, error)) from None
    if not found.get("workers"):
        raise ClusterError(f"{scheduler}: the scheduler has no workers. Start some: dask worker {scheduler}")


async def _identity(dask: Any, scheduler: str) -> Any:
    remote = dask.rpc(scheduler, timeout=SECONDS)
    try:
        return await remote.identity()
    finally:
        await remote.close_rpc()


def _nobody(scheduler: str, error: Exception) -> str:
    reason = " ".join(str(error).split())[:200] or f"nothing within {SECONDS} seconds"
    if isinstance(error, MemoryError):  # lengths read out of another protocol's words
        reason = "what answers speaks another protocol"
    tls = " A tls:// address needs its certificates in Dask's configuration." if scheduler.startswith("tls") else ""
    return f"{scheduler}: no Dask scheduler answers there ({reason}). Start one with `dask scheduler`.{tls}"


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
