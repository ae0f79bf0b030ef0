"""Template workbooks, each built once a session: a build costs seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.template.build import build


@pytest.fixture(scope="session")
def books(tmp_path_factory) -> Callable[[str], Path]:
    """The workbook of a case, by its name."""
    made: dict[str, Path] = {}

    def book(case: str) -> Path:
        if case not in made:
            made[case] = build(case, tmp_path_factory.mktemp("books") / f"{case}.xlsx")
        return made[case]

    return book


@pytest.fixture(scope="session")
def techwiz(books) -> Path:
    return books("techwiz")


@pytest.fixture(scope="session")
def hospital(books) -> Path:
    return books("hospital")
