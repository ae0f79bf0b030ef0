"""A Dask scheduler that is not there, does not answer, has nobody to work for it, or whose files are others."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from importlib import import_module

import pytest

from pycalc.cluster import ClusterError, check_answers, connected, digest
from pycalc.dataset.parts import summarise_range
from pycalc.dataset.summary import Options
from pycalc.usage.export import Wish, open_export
from pycalc.usage.gather import Part, _one

LINE = b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"%c"}]}\n'


@pytest.fixture
def silent():
    """An address where somebody listens and says nothing, or nonsense."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    yield listening
    listening.close()


def asked(address, *needs):
    pytest.importorskip("distributed")
    with connected(address, needs=needs):
        raise AssertionError("connected")


def test_an_address_that_does_not_answer_is_one_line(silent, monkeypatch):
    monkeypatch.setattr("pycalc.cluster.SECONDS", 1)
    address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
    found = []

    def ask():
        try:
            asked(address)
        except ClusterError as problem:
            found.append(str(problem))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(10)  # generous: without a limit of its own this waited for minutes
    assert len(found) == 1
    assert "no Dask scheduler answers there" in found[0]
    assert "\n" not in found[0]


@pytest.mark.parametrize("address", ["tls://127.0.0.1:1", "nonsense", "ucx://x:1"])
def test_addresses_nobody_can_reach_are_one_line(address):
    with pytest.raises(ClusterError, match="no Dask scheduler answers there") as problem:
        asked(address)
    assert "\n" not in str(problem.value)
    assert ("certificates" in str(problem.value)) == address.startswith("tls")


def test_a_scheduler_without_workers_is_said():
    distributed = pytest.importorskip("distributed")
    alone = distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0", protocol="tcp")
    with alone as cluster, pytest.raises(ClusterError, match="has no workers"):
        asked(cluster.scheduler_address)


def test_another_file_of_the_same_size_is_noticed(tmp_path):
    mine, theirs = tmp_path / "mine.jsonl", tmp_path / "theirs.jsonl"
    mine.write_bytes(LINE % b"b" * 5)
    theirs.write_bytes(LINE % b"c" * 5)
    size = mine.stat().st_size
    options = Options(encodings=("o200k_base",))
    content = digest(str(mine), 0, size)
    assert summarise_range(str(mine), size, 0, size, options, content).examples == 5
    with pytest.raises(ClusterError, match=r"another file on the worker .* \(of the same size"):
        summarise_range(str(theirs), size, 0, size, options, content)
    with pytest.raises(ClusterError, match=r"on the worker .*no such file"):
        summarise_range(str(tmp_path / "gone.jsonl"), size, 0, size, options, content)


@pytest.fixture
def elsewhere(tmp_path):
    """Begins a scheduler, and with `work` a worker; `lacking` names packages that none of them can import."""
    pytest.importorskip("distributed")
    begun = []

    def start(program, *words, lacking=()):
        folder = tmp_path / f"without-{'-'.join(lacking)}"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(
            "import sys\n"
            "class Lacking:\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            f"        if name.partition('.')[0] in {lacking!r}:\n"
            "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
            "sys.meta_path.insert(0, Lacking())\n"
        )
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *words, "--no-dashboard"]
        begun.append(subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(folder)}, stderr=subprocess.DEVNULL))
        return begun[-1]

    def schedule(lacking=()):
        told = tmp_path / "scheduler.json"
        process = start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told), lacking=lacking
        )
        return process, waited(lambda: json.loads(told.read_text())["address"])

    def work(address, lacking=()):
        start("worker", address, "--nthreads", "1", "--no-nanny", lacking=lacking)
        waited(lambda: check_answers(address) or True)

    yield schedule, work
    for process in begun:
        process.kill()
        process.wait()


def waited(ask):
    end = time.monotonic() + 60
    while True:
        try:
            return ask()
        except (OSError, ValueError, ClusterError):
            assert time.monotonic() < end
            time.sleep(0.05)


def test_a_scheduler_without_our_package_is_named(elsewhere):
    schedule, work = elsewhere
    _, address = schedule(lacking=("pycalc",))
    work(address)
    with pytest.raises(ClusterError, match=r"the scheduler lacks pycalc\. Install llm-breakeven there"):
        asked(address)


def test_workers_without_a_package_or_of_another_version_are_named(elsewhere, monkeypatch):
    """Before: workers without our package were waited for without end."""
    schedule, work = elsewhere
    _, address = schedule()
    work(address, lacking=("polars",))
    with connected(address, needs=("numpy",)) as client:
        assert client.submit(sum, [1, 2]).result() == 3
    with pytest.raises(ClusterError, match=r"the worker tcp://.* lacks polars\. Install polars there"):
        asked(address, "polars")
    with monkeypatch.context() as changed:
        changed.setattr("pycalc.cluster.VERSION", "99.0")
        with pytest.raises(ClusterError, match=r"the worker tcp://.* has version .*, not 99\.0"):
            asked(address)
    work(address, lacking=("pycalc",))
    with import_module("distributed").Client(address, set_as_default=False) as client:
        client.wait_for_workers(2)
    with pytest.raises(ClusterError, match=r"the worker tcp://.* lacks pycalc\. Install llm-breakeven there"):
        asked(address)


def test_a_scheduler_that_dies_during_the_work_is_one_line(elsewhere):
    schedule, work = elsewhere
    process, address = schedule()
    work(address)
    with pytest.raises(ClusterError, match="the scheduler went away") as problem:
        _kill_during_work(process, address)
    assert "\n" not in str(problem.value)


def _kill_during_work(process, address):
    with connected(address) as client:
        waiting = client.submit(time.sleep, 600)
        process.kill()
        waiting.result()


def test_another_export_of_usage_is_noticed_on_a_worker(tmp_path):
    """The part carries the hash of its bytes; whoever reads others says which machine it is."""
    path = tmp_path / "log.csv"
    text = "time,model,calls,tokens_in,tokens_out\n2026-10-01,gpt-4o,{},100,50\n"
    path.write_text(text.format(7))
    columns = {name: name for name in ("time", "model", "calls", "tokens_in", "tokens_out")}
    part = Part(open_export(str(path), Wish(columns=columns)), content=digest(str(path)))
    assert _one(part, False, None).rows == 1
    path.write_text(text.format(8))
    with pytest.raises(ClusterError, match=r"log\.csv: is another file on the worker .* \(of the same size\)"):
        _one(part, False, None)
    path.write_text(text.format(10))
    with pytest.raises(ClusterError, match=r"log\.csv: is another file on the worker .* bytes, not "):
        _one(part, False, None)
    gone = replace(part, export=replace(part.export, source=replace(part.export.source, path=str(tmp_path / "gone"))))
    with pytest.raises(ClusterError, match=r"gone: cannot be read on the worker .* \(no such file"):
        _one(gone, False, None)
