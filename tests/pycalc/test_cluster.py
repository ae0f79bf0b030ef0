"""A Dask scheduler that is not there, does not answer, has nobody to work for it, or whose files are others."""

import socket
import threading

import pytest

from pycalc.cluster import SECONDS, ClusterError, connected
from pycalc.dataset.parts import digest, summarise_range
from pycalc.dataset.reader import BadInputError
from pycalc.dataset.summary import Options

LINE = b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"%c"}]}\n'


@pytest.fixture
def silent():
    """An address where somebody listens and says nothing, or nonsense."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    yield listening
    listening.close()


def asked(address):
    pytest.importorskip("distributed")
    with connected(address):
        raise AssertionError("connected")


def test_an_address_that_does_not_answer_is_one_line(silent):
    address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
    found = []

    def ask():
        try:
            asked(address)
        except ClusterError as problem:
            found.append(str(problem))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(SECONDS * 10)  # generous: without a limit of its own this waited for minutes
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
    with pytest.raises(BadInputError, match=r"another file on the worker .* \(of the same size"):
        summarise_range(str(theirs), size, 0, size, options, content)
    with pytest.raises(BadInputError, match=r"on the worker .*no such file"):
        summarise_range(str(tmp_path / "gone.jsonl"), size, 0, size, options, content)
