"""Memos on the template workbooks, each made once."""

from __future__ import annotations

import pytest

from tests import sharing
from workbook.tasks.report import Memo, contents


@pytest.fixture(scope="session")
def books():
    """The workbook of a case, by its name: of 12 months, which are all that the cases count."""
    return lambda case: sharing.small() if case == "techwiz" else sharing.tiny(case)


@pytest.fixture(autouse=True)
def each_workbook_once(reported_once):
    """For every memo."""


@pytest.fixture
def memos(books):
    """The memo on a case, by its name."""

    def memo(case: str) -> Memo:
        if case not in _made:
            _made[case] = contents(books(case))
        return _made[case]

    return memo


_made: dict[str, Memo] = {}
