"""Memos on the template workbooks, each made once."""

from __future__ import annotations

import pytest

from workbook.tasks.report import Memo, contents


@pytest.fixture(scope="session")
def memos(books):
    """The memo on a case, by its name."""
    made: dict[str, Memo] = {}

    def memo(case: str) -> Memo:
        if case not in made:
            made[case] = contents(books(case))
        return made[case]

    return memo
