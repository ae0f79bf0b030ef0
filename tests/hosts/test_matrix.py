"""The host matrix in docs/hosts is the one the tests' results give."""

from __future__ import annotations

from pycalc import FUNCTIONS
from tests.hosts import matrix


def test_the_page_is_current():
    assert matrix.PAGE.read_text(encoding="utf-8") == matrix.text(), "python -m tests.hosts.matrix"


def test_every_function_stands_in_it():
    for name in FUNCTIONS:
        assert f"| {name} | same" in matrix.text() or f"| {name} | no" in matrix.text(), name
    assert "not tested" not in matrix.text()
