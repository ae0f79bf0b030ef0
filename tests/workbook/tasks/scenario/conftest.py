"""The template workbook, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.template.build import build


@pytest.fixture(scope="session")
def techwiz(tmp_path_factory) -> Path:
    return build("techwiz", tmp_path_factory.mktemp("books") / "techwiz.xlsx")


@pytest.fixture(scope="session")
def hospital(tmp_path_factory) -> Path:
    return build("hospital", tmp_path_factory.mktemp("books") / "hospital.xlsx")
