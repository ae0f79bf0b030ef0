"""Dask, wherever work goes to other processes: whether it is here, workers on this machine, a scheduler elsewhere."""

from __future__ import annotations

import asyncio
import concurrent.futures
import hashlib
import logging
import os
import pkgutil
import platform
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import Any

from pycalc.errors import UserError
from pycalc.version import VERSION, how_to_install

SECONDS = 6
"""How long a scheduler may take to answer."""

WAIT = f"{SECONDS}s"

GONE = (asyncio.CancelledError, concurrent.futures.CancelledError, ConnectionError)
"""How Dask says, of work that was begun, that its scheduler is no more."""


KEEP_MEMORY = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 << 20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 << 20,
}
"""Dask's own setting has its workers give memory back as soon as it is freed. The arrays of one block are freed
and wanted again at once: half of the processor time went into fetching that memory anew."""


class ClusterError(UserError):
    """There are no workers to give the work to; the message says why and what to do."""


def distributed() -> Any:
    """The module `distributed`, an extra."""
    try:
        import distributed
    except ImportError:
        raise ClusterError(f"Dask is not installed. {how_to_install('cluster')}") from None
    return distributed


@contextmanager
def connected(scheduler: str | None = None, workers: int | None = None, needs: tuple[str, ...] = ()) -> Iterator[Any]:
    """A client of the scheduler at an address, or of `workers` processes begun here (default: one a core).

    needs : modules that workers elsewhere must have beside pycalc.

    Raises
    ------
    ClusterError : nobody works there, the workers lack a package, or they went away meanwhile.
    """
    dask = distributed()
    with ExitStack() as stack:
        if scheduler is None:
            client = stack.enter_context(_client_here(workers))
        else:
            check_answers(scheduler)
            try:
                client = dask.Client(scheduler, timeout=WAIT, set_as_default=False)
            except (OSError, TimeoutError, ValueError) as error:
                raise ClusterError(_nobody(scheduler, error)) from None
            stack.enter_context(client)
            _check_packages(client, scheduler, needs)
        try:
            yield client
        except GONE as error:
            where = scheduler or "on this machine"
            raise ClusterError(f"{where}: the scheduler went away ({type(error).__name__}). Start again") from None
        except ModuleNotFoundError as error:
            raise ClusterError(f"the workers lack {error.name}. Install llm-breakeven on each of them") from None
        except dask.KilledWorker:
            raise ClusterError("worker after worker died on the same part. Give them more memory") from None


def _check_packages(client: Any, scheduler: str, needs: tuple[str, ...]) -> None:
    """Refuse workers, or a scheduler, without our package, of another version of it, or without what it needs.

    What they are asked with is of the standard library: they could not read a function of ours.
    """
    for module in ("pycalc", *needs):
        asked = f"{module}.version:VERSION" if module == "pycalc" else module
        found = client.run(pkgutil.resolve_name, asked, on_error="return")
        try:
            found["the scheduler"] = client.run_on_scheduler(pkgutil.resolve_name, asked) if module == "pycalc" else ""
        except Exception as error:
            found["the scheduler"] = error
        for place, answer in found.items():
            who = place if place == "the scheduler" else f"the worker {place}"
            if isinstance(answer, Exception):
                package = "llm-breakeven" if module == "pycalc" else module
                raise ClusterError(f"{scheduler}: {who} lacks {module}. Install {package} there")
            if module == "pycalc" and answer != VERSION and place != "the scheduler":
                raise ClusterError(f"{scheduler}: {who} has version {answer}, not {VERSION}. Install the same there")


@contextmanager
def _client_here(workers: int | None) -> Iterator[Any]:
    """A client of workers begun here; an impatient second Ctrl-C waits until they are gone."""
    with ExitStack() as stack:
        with interrupts_later():
            cluster = stack.enter_context(_ended_in_peace(local(workers)))
            client = stack.enter_context(distributed().Client(cluster, set_as_default=False))
        yield client


@contextmanager
def _ended_in_peace(cluster: Any) -> Iterator[Any]:
    try:
        yield cluster
    finally:
        with interrupts_later():
            cluster.close()


@contextmanager
def interrupts_later() -> Iterator[None]:
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


def digest(path: str, start: int = 0, end: int | None = None) -> str:
    """What identifies the content of a byte range: its ends may be those of another file of the same size."""
    found = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as stream:
        stream.seek(start)
        left = os.fstat(stream.fileno()).st_size - start if end is None else end - start
        while left > 0 and (block := stream.read(min(left, 1 << 20))):
            found.update(block)
            left -= len(block)
    return found.hexdigest()


def check_content(path: str, size: int, content: str, start: int = 0, end: int | None = None) -> None:
    """Refuse, on a worker, a file that is not the one the work was planned for; `ClusterError` names the worker."""
    here = f"on the worker {platform.node()}"
    try:
        found = os.path.getsize(path)
        if found != size:
            raise ClusterError(f"{path}: is another file {here} ({found} bytes, not {size}). Copy it there again")
        if content and digest(path, start, end) != content:
            raise ClusterError(f"{path}: is another file {here} (of the same size). Copy it there again")
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise ClusterError(f"{path}: cannot be read {here} ({reason}). Workers need it under the same path") from None


def check_answers(scheduler: str) -> None:
    """Refuse an address where no scheduler with workers answers; within `SECONDS`, whatever listens there."""
    dask = distributed()
    for name in ("distributed", "distributed.client", "asyncio"):  # what they would say is said here, in one line
        logging.getLogger(name).setLevel(logging.CRITICAL)
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
        import dask

        with dask.config.set(KEEP_MEMORY):
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
