"""How much memory the processes of a test run take, and giving back what a file's tests have loaded."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

import pytest

PLENTY = 400
"""MB above which a process looks for what it can give back."""


LITTLE = 50
"""MB more than after the last time, for which it is not worth the third of a second that looking takes."""


MUCH = 100
"""MB more than after the last look."""


FULL = 800
"""MB above which the last vocabulary goes too, and what earlier files left behind is looked through again."""


def megabytes(kind: str) -> int:
    """Resident memory of this process: VmRSS now, VmHWM at its highest; 0 where Linux does not say."""
    with suppress(OSError), open("/proc/self/status") as status:
        return next((int(line.split()[1]) // 1024 for line in status if line.startswith(kind)), 0)
    return 0


@pytest.fixture(scope="module", autouse=True)
def memory_is_given_back():
    """A process that keeps each vocabulary and what each file left behind grows beyond all bounds."""
    yield
    if megabytes("VmRSS") > max(PLENTY, _left[0] + LITTLE):
        give_back()
        gc.freeze()  # what a file leaves behind stays, as a rule: the next look passes over it


_left = [0]
"""MB after the last time something was given back."""


def give_back() -> None:
    """Vocabularies but the template's, rings of what is no longer used, and what the C library keeps."""
    full = megabytes("VmRSS") > FULL
    if vocabularies := sys.modules.get("pycalc.models.vocabularies"):
        for name in vocabularies._encodings.keys() - (set() if full else {"cl100k_base"}):
            del vocabularies._encodings[name]
    if full:
        gc.unfreeze()
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
    _left[0] = megabytes("VmRSS")


class Growth:
    """Looks for rings of what is no longer used where a test has taken much: Python itself seldom does here."""

    def __init__(self) -> None:
        self.before = 0  # MB after the last look, or less if it fell since

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self) -> None:
        now = megabytes("VmRSS")
        if now <= self.before + MUCH:
            self.before = min(self.before, now)
            return
        give_back() if now > FULL else gc.collect()
        self.before = megabytes("VmRSS")


class Peaks:
    """The highest memory of each process of a run, said at its end."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node) -> None:
        self.found[node.gateway.id] = getattr(node, "workeroutput", {}).get("peak", 0)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["peak"] = megabytes("VmHWM")
            return
        self.found["this process"] = megabytes("VmHWM")

    def pytest_terminal_summary(self, terminalreporter) -> None:
        said = ", ".join(f"{name} {peak:,} MB" for name, peak in self.found.items())
        terminalreporter.write_line(f"Memory at the highest: {said}")
