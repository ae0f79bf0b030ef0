"""What the tests of the template hold in memory ends with their file."""

from __future__ import annotations

import pytest

from tests.workbook.template import shipped


@pytest.fixture(scope="module", autouse=True)
def engines_end_with_their_file():
    yield
    for held in (shipped.asked, shipped.asked_whole, shipped.opened, shipped.book):
        held.cache_clear()
