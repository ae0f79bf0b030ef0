"""Template workbooks, each built once a session and recalculated once: both cost seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from workbook.engines import Recalculation, recalculate
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


@pytest.fixture(scope="session")
def recalculated() -> Callable[[Path], Recalculation]:
    """The recalculation of a file, done once for the same bytes."""
    known: dict[str, Recalculation] = {}

    def once(path: Path) -> Recalculation:
        digest = sha256(Path(path).read_bytes()).hexdigest()
        if digest not in known:
            known[digest] = recalculate(path)
        found = known[digest]
        return replace(found, values=dict(found.values))  # which the reader may empty

    return once
