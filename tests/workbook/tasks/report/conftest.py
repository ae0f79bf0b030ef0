"""Memos on the template workbooks, each made once."""

from __future__ import annotations

import pytest

from workbook.tasks.report import Memo, contents


@pytest.fixture(autouse=True)
def each_workbook_once(recalculated, monkeypatch):
    """The same file is recalculated once, whoever reports on it."""
    monkeypatch.setattr("workbook.tasks.report.figures.believed", lambda package: recalculated(package.path))


@pytest.fixture
def memos(books):
    """The memo on a case, by its name."""

    def memo(case: str) -> Memo:
        if case not in _made:
            _made[case] = contents(books(case))
        return _made[case]

    return memo


_made: dict[str, Memo] = {}
