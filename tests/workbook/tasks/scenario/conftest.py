"""Each scenario begins with the values of the workbook it is added to: they are the same ones again and again."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def each_workbook_once(recalculated_once):
    """The same file is recalculated once, whatever is added to it."""
