"""Template workbooks, built once each."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.tasks.report import Memo, contents
from workbook.template.build import build


@pytest.fixture(scope="session")
def books(tmp_path_factory):
    """The workbook of a case, by its name."""
    made: dict[str, Path] = {}

    def book(case: str) -> Path:
        if case not in made:
            made[case] = build(case, tmp_path_factory.mktemp("books") / f"{case}.xlsx")
        return made[case]

    return book


@pytest.fixture(scope="session")
def memos(books):
    """The memo on a case, by its name."""
    made: dict[str, Memo] = {}

    def memo(case: str) -> Memo:
        if case not in made:
            made[case] = contents(books(case))
        return made[case]

    return memo
