"""What the processes of a test run share: files that are made once, by whichever process asks for them first.

What lies there is read, and copied before it is changed.
"""

from __future__ import annotations

import fcntl
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from unittest.mock import patch

if TYPE_CHECKING:
    from workbook.engines import Recalculation
    from workbook.file.package import Package
    from workbook.template.cases import Case

_folder: Path | None = None


def share(folder: Path) -> None:
    """The folder that every process of the run knows."""
    global _folder
    folder.mkdir(exist_ok=True)
    _folder = folder


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The file of a name: `make` writes it where no process has, and the others wait for it."""
    if _folder is None:  # a script uses this outside of pytest
        share(Path(mkdtemp()))
    assert _folder
    path = _folder / name
    with open(_folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            draft = _folder / f"draft-{name}"
            make(draft)
            draft.rename(path)
    return path


@cache
def template(case: str) -> Path:
    """The workbook `breakeven new` writes for a case."""
    from workbook.template.build import build

    return once(f"{case}.xlsx", lambda path: build(case, path))


@cache
def small(spare: int = 2) -> Path:
    """The case techwiz in half the formulas: 12 months, which are all it counts, and two spare scenarios."""
    return once(f"small-{spare}.xlsx", lambda path: _fewer_months(path, "techwiz", spare))


@cache
def tiny(case: str = "techwiz", spare: int = 1) -> Path:
    """The same of a case without the shipped scenarios: for what any template shows."""
    return once(f"tiny-{case}-{spare}.xlsx", lambda path: _fewer_months(path, _lean(case), spare))


@cache
def lean() -> Path:
    """The case techwiz in 24 months without the shipped scenarios, with one spare."""
    return once("lean.xlsx", lambda path: _fewer_months(path, _lean("techwiz"), 1, 24))


def _lean(case: str) -> Case:
    from workbook.template.cases import CASES

    return replace(CASES[case], scenarios=())


def _fewer_months(path: Path, case: str | Case, spare: int = 2, months: int = 12) -> None:
    from workbook.template.build import build

    with fewer_months(spare, months):
        build(case, path)


@contextmanager
def fewer_months(spare: int = 2, months: int = 12) -> Iterator[None]:
    """The template of `small` and `tiny`, for whatever asks what the template is; a portfolio's model likewise."""
    from workbook.tasks.check.template import _template
    from workbook.tasks.portfolio import columns, values
    from workbook.tasks.report import figures
    from workbook.template import blank, block, cases
    from workbook.template.sheets import cashflow, scenarios, summary

    with ExitStack() as patched:
        for module in (block, summary, columns, values):
            patched.enter_context(patch.object(module, "MOST_MONTHS", months))
        for module in (block, cashflow, scenarios):
            patched.enter_context(patch.object(module, "LAST_MONTH", block.FIRST + months))
        patched.enter_context(patch.object(cases, "SPARE", spare))
        for known in (blank, figures._model, _template):
            known.cache_clear()
            patched.callback(known.cache_clear)
        yield


def recalculated(path: Path, engine: str = "formualizer") -> Recalculation:
    """The recalculation of a file, done once in a run for the same bytes and engine."""
    from workbook.file.package import Package

    with Package(path) as package:
        return _kept(package, engine, import_module(f"workbook.engines.{engine}").recalculate)


def believed(work: Callable[..., Recalculation], package: Package, **options: object) -> Recalculation:
    """What `workbook.engines.settling.believed` makes of a file, worked out once in a run for the same bytes."""
    return work(package, **options) if options or package.changed else _kept(package, "believed", work)


def _kept(package: Package, name: str, work: Callable[[Package], Recalculation]) -> Recalculation:
    digest = sha256(package.path.read_bytes()).hexdigest()
    made = once(f"{digest}-{name}", lambda draft: draft.write_bytes(pickle.dumps(work(package))))
    found: Recalculation = pickle.loads(made.read_bytes())
    return found
