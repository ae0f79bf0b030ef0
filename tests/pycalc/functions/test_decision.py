"""The grid of break-even months where there is no NumPy, as in JavaScript and some hosts: one cell at a time."""

from __future__ import annotations

import pytest

from pycalc import FUNCTIONS, NoAnswerError


def test_a_cell_of_the_grid():
    body = FUNCTIONS["FT_SENSITIVITY"].body
    assert body(600, 110, 60, 2, 4, 50) == pytest.approx(600 * 2 / (4 * (110 - 60 + 50) - 50), rel=1e-14)
    with pytest.raises(NoAnswerError):
        body(600, 110, 60, 1, 0.5, 50)  # 0.5 x 100 - 50 is nothing
