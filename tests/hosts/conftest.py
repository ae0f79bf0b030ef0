"""LibreOffice with our extension, installed once for all tests of hosts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.hosts.calchost import CalcHost


@pytest.fixture(scope="session")
def installed(soffice):  # noqa: ARG001 - soffice skips where there is none
    # Not pytest's own folder: that one shuts out other users, and unopkg runs as one.
    with tempfile.TemporaryDirectory(prefix="breakeven-calc-", ignore_cleanup_errors=True) as folder:
        yield CalcHost(Path(folder))


@pytest.fixture(scope="module")
def calc(installed):
    """LibreOffice runs no longer than the tests of a file."""
    yield installed
    installed.stop()
