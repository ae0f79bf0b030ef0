"""Memos on the template workbooks, each made once."""

from __future__ import annotations

import pytest

from tests import sharing
from workbook.tasks.report import Memo, contents, written


@pytest.fixture(scope="session")
def books():
    """The workbook of a case, by its name: of 12 months, which are all that the cases count."""
    return lambda case: sharing.small() if case == "techwiz" else sharing.tiny(case, spare=2)


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


@pytest.fixture
def files(memos):
    """The memo on a case in a format."""

    def file(case: str, form: str) -> bytes:
        if (case, form) not in _written:
            _written[case, form] = written(memos(case), form)
        return _written[case, form]

    return file


_made: dict[str, Memo] = {}
_written: dict[tuple[str, str], bytes] = {}
