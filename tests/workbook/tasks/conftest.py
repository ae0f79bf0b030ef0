"""Template workbooks and their recalculation, each made once in a run: both cost seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from tests import sharing
from workbook.engines import Recalculation


@pytest.fixture(scope="session")
def books() -> Callable[[str], Path]:
    """The workbook of a case, by its name."""
    return sharing.template


@pytest.fixture(scope="session")
def techwiz() -> Path:
    return sharing.template("techwiz")


@pytest.fixture(scope="session")
def small() -> Path:
    """The case techwiz in half the formulas, where a test is of the command and not of the template."""
    return sharing.small()


@pytest.fixture(scope="session")
def tiny() -> Path:
    """The smallest template, where a test is of none of the scenarios that ship."""
    return sharing.tiny()


@pytest.fixture(scope="session")
def lean() -> Path:
    """The same in 24 months."""
    return sharing.lean()


@pytest.fixture(scope="session")
def hospital() -> Path:
    return sharing.template("hospital")


@pytest.fixture(scope="session")
def recalculated() -> Callable[[Path], Recalculation]:
    """The recalculation of a file, done once for the same bytes."""
    return sharing.recalculated


@pytest.fixture(scope="module")
def reported_once():
    """The same file is recalculated once for the figures of a memo or a simulation, whoever asks for them."""
    with patch("workbook.tasks.report.figures.believed", lambda package: sharing.recalculated(package.path)):
        yield
