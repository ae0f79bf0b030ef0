"""The same summary from one process, from many, and from a cluster that loses a worker half-way."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import threading
import time
from importlib import import_module
from types import SimpleNamespace

import pytest

from pycalc import cluster as dask
from pycalc.cluster import ClusterError
from pycalc.dataset import parts as cluster
from pycalc.dataset.audit import summarise
from pycalc.dataset.parts import summarise_range
from pycalc.dataset.reader import BadInputError, open_source
from pycalc.dataset.summary import Options
from tests.pycalc.dataset.published import example
from tests.pycalc.dataset.state import state

OPTIONS = Options(("cl100k_base",), "kind")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """2,000 examples of uneven length, some broken, some repeated."""
    draw = random.Random(4)
    words = [f"word{i}" for i in range(500)]
    path = tmp_path_factory.mktemp("dataset") / "train.jsonl"
    with path.open("wb") as out:
        for i in range(2000):
            answer = " ".join(draw.choices(words, k=draw.randrange(5, 60)))
            line = json.dumps(example(("user", f"question {draw.randrange(1500)}"), ("assistant", answer), kind=i % 7))
            out.write(line.encode()[: -5 if i % 400 == 399 else None] + b"\n")
    return str(path)


@pytest.fixture(scope="module")
def local_cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        ) as workers,
        distributed.Client(workers, set_as_default=False) as client,
    ):
        yield client


def test_a_cluster_gives_the_same_numbers_though_a_worker_is_killed(file, local_cluster, monkeypatch):
    here = state(summarise(file, OPTIONS)[1])
    source, stream = open_source(file)
    stream.close()
    victim = next(iter(local_cluster.run(os.getpid).values()))
    read: list[int] = []
    unfinished: list[int] = []

    def kill_half_way(size):
        read.append(size)
        if sum(read) > source.size / 2 and not unfinished:
            unfinished.append(sum(map(len, local_cluster.processing().values())))
            os.kill(victim, signal.SIGKILL)

    monkeypatch.setattr(cluster, "summarise_range", _slowly)
    there = cluster.on_client(local_cluster, source, OPTIONS, kill_half_way, part=20_000)
    assert unfinished[0] > 0
    assert state(there) == here
    assert here["findings"][("json", "error")][1][0][0] == 400


def _slowly(*arguments):
    time.sleep(0.04)  # so that the other parts are not done when the worker dies
    return summarise_range(*arguments)


def test_scheduler_by_address(file, local_cluster):
    address = local_cluster.scheduler.address
    seen = []
    _, there = summarise(file, OPTIONS, scheduler=address, progress=seen.append)
    assert state(there) == state(summarise(file, OPTIONS)[1])
    assert sum(seen) == os.path.getsize(file)


def test_a_file_that_cannot_be_divided_is_one_task(tmp_path, local_cluster):
    path = tmp_path / "wide.jsonl"
    line = json.dumps(example(("user", "Hello"), ("assistant", "Hi"))) + "\n"
    path.write_bytes((line * 50).encode("utf-16"))
    source, stream = open_source(str(path))
    stream.close()
    assert cluster.on_client(local_cluster, source, OPTIONS, part=100).examples == 50


def test_workers_that_see_another_file_say_so(tmp_path, local_cluster):
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n")
    source, stream = open_source(str(path))
    stream.close()
    path.write_text("{}\n{}\n")
    with pytest.raises(ClusterError, match=r"a\.jsonl: is another file on the worker .+ \(6 bytes, not 3\)"):
        cluster.on_client(local_cluster, source, OPTIONS)


def test_pipe_cannot_be_divided():
    read, write = os.pipe()
    feeder = threading.Thread(target=lambda: (os.write(write, b"{}\n"), os.close(write)))
    feeder.start()
    with pytest.raises(BadInputError, match="is a pipe"):
        summarise(f"/dev/fd/{read}", OPTIONS, workers=2)
    feeder.join()
    os.close(read)


def test_no_scheduler_there(file, monkeypatch):
    monkeypatch.setattr(dask, "SECONDS", 0.2)
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        summarise(file, OPTIONS, scheduler="tcp://127.0.0.1:9")


@pytest.mark.filterwarnings("ignore:Couldn't detect a suitable IP address")  # Dask, where there is no network at all
def test_without_a_loopback_address_threads_do_the_work(file, monkeypatch):
    """As in a network namespace whose loopback is down."""
    monkeypatch.setattr(dask, "has_loopback", lambda: False)
    assert state(summarise(file, OPTIONS, workers=2)[1]) == state(summarise(file, OPTIONS)[1])


def test_workers_that_die_again_and_again_are_named(file, local_cluster, monkeypatch):
    monkeypatch.setattr(cluster, "summarise_range", _give_up)
    with pytest.raises(ClusterError, match="worker after worker died"):
        summarise(file, OPTIONS, scheduler=local_cluster.scheduler.address)


def _give_up(*_):
    """What Dask reports when a task has lost its worker more often than allowed."""
    raise import_module("distributed").KilledWorker("part", SimpleNamespace(address="tcp://somewhere"), 3)
