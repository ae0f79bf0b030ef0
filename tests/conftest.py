"""How a missing program is dealt with, and what hypothesis may take."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

from tests import sharing, warm
from tests.memory import Growth, Peaks, memory_is_given_back

__all__ = ["memory_is_given_back"]

for setting, told in {"TieredPGO": "0", "TC_CallCountThreshold": "1000", "gcConcurrent": "0"}.items():
    os.environ.setdefault(f"DOTNET_{setting}", told)
"""Microsoft's validator runs for a second or two: to watch itself for what to compile better, to compile it again and
to look for rubbish beside its work costs it more than a third."""

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # the same examples every run: a red build is always one's own doing
settings.load_profile("suite")


PROGRAMS = {"soffice", "calc", "node", "chromium"}
"""Fixtures that start a program which is not ours."""


LARGE = (
    *("test_tokenizer", "test_cases", "test_registry", "test_missing", "javascript", "dataset"),
    *("test_bench", "test_diff", "test_licences", "test_excel"),
    "template",
)
"""Files and folders whose tests take much memory: the first load one vocabulary after the other, or all at a time; the
next take 100 to 250 MB once; the last holds whole templates in the engine."""

LONG = ("test_robust_memory", "test_risk_sheet", "test_scenarios", "test_pages", "test_portfolio", "test_report")
"""Files that take longest: begun late, one of them alone would keep the run from ending."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--alone", action="store_true", help="leave out what needs LibreOffice, Node.js or a browser")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Peaks())
    config.pluginmanager.register(Growth())


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Of whole folders each process reads its share of the files first, so that each is compiled by one of them."""
    if here := getattr(session.config, "workerinput", None):
        found = {path.resolve() for folder in session.config.args for path in Path(folder).rglob("test_*.py")}
        largest_first = sorted(found, key=lambda path: (-path.stat().st_size, path))
        for path in largest_first[int(here["workerid"][2:]) :: here["workercount"]]:
            with suppress(Exception, pytest.skip.Exception):  # told when it is collected
                import_module(".".join(path.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes much memory comes first, while a process is small, then what takes long, the many quick tests last:
    they keep all processes at work when one is done with the slow files."""
    items.sort(key=lambda item: _turn(item.path))
    if config.getoption("--alone"):
        config.hook.pytest_deselected(items=[item for item in items if _needs_a_program(item)])
        items[:] = [item for item in items if not _needs_a_program(item)]


@cache
def _turn(path: Path) -> int:
    for turn, name in enumerate((*LARGE, *LONG)):
        if name in (path.stem, path.parent.name):
            return turn
    return len(LARGE) + len(LONG) + ("pycalc" in path.parts)


def pytest_collection_finish(session: pytest.Session) -> None:  # noqa: ARG001
    """What was collected stays: no use in looking through it for rings, nor as often as Python does by itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1_000)


def _needs_a_program(item: pytest.Item) -> bool:
    return not PROGRAMS.isdisjoint(getattr(item, "fixturenames", ())) or any(
        word in item.name for word in ("libreoffice", "validator")
    )


def program(name: str, remedy: str) -> str:
    """The path of a program a test needs; without it the test is skipped, in CI it fails."""
    path = shutil.which(name)
    return path or missing(name, remedy)


def missing(name: str, remedy: str) -> NoReturn:
    """Skip the test, in CI fail it, for want of a program or package."""
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing; in CI nothing is skipped. {remedy}")
    pytest.skip(f"{name} is missing. {remedy}")


@pytest.fixture(autouse=True)
def a_command_ends_with_its_test():
    """A command run within the test process leaves no --force, or none, to the next one."""
    from workbook.file.saving import only_new

    yield
    only_new.set(False)


@pytest.fixture
def believed_once(monkeypatch):
    """What is believed of the same bytes is worked out once in a run, whoever makes a page of it."""
    from workbook.engines.settling import believed

    once = partial(sharing.believed, believed)
    for user in ("tasks.page", "tasks.report.figures", "tasks.report.portfolio", "engines.settling"):
        monkeypatch.setattr(f"workbook.{user}.believed", once)


@pytest.fixture
def values_left_alone(monkeypatch):
    """What is written into a copy rests on the values it stores and is not followed by a recalculation: for what does
    not ask them."""
    from workbook.engines import Recalculation

    for name in ("engines.recalculate", "tasks.report.figures.believed"):
        monkeypatch.setattr(f"workbook.{name}", lambda _path: Recalculation())
    _not_stored_anew(monkeypatch)


@pytest.fixture
def values_not_stored_anew(monkeypatch):
    """Only that: what is written into a copy is not followed by a recalculation."""
    _not_stored_anew(monkeypatch)


def _not_stored_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbook.tasks.recalc import Recalculated, recalc

    def copied(source: Path, out: Path, **options: object) -> Recalculated:
        if "before" not in options:  # the command itself
            return recalc(source, out, **options)
        shutil.copy(source, out)
        return Recalculated(Path(out))

    monkeypatch.setattr("workbook.tasks.recalc.recalc", copied)


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory):
    """Beside the folders of the processes of a run, or in that of the only one. What commands of all of them are forked
    from ends with the process that began it: that one waits for the others."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared"
    sharing.share(folder)
    with open(folder / "at work", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
        if warm.serving():
            fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.fixture(scope="session")
def soffice() -> str:
    return program("soffice", "Debian: apt-get install libreoffice-calc-nogui; make test does it where it may")


@pytest.fixture(scope="session")
def node() -> str:
    return program("node", "Install Node.js 20 or newer")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium, when Playwright is there too to drive it."""
    package = Path(__file__).parent / "node" / "node_modules" / "playwright-core"
    if not package.exists():
        missing("Playwright", "make node")
    return program("chromium", "Debian: apt-get install chromium; make test does it where it may")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test fails the run: something `make test` should have installed is missing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
