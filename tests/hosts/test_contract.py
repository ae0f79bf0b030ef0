"""What every host relies on: an answer for any call, and the reason behind an error value."""

from __future__ import annotations

import builtins
import gc

import pytest

from addin.contract import answer, argument_help, rows_with_error_texts, with_errors
from pycalc import FUNCTIONS
from pycalc.errors import from_code

NA = from_code("#N/A")


@pytest.fixture
def without_numpy(monkeypatch):
    """A Python that has no NumPy."""
    real = builtins.__import__

    def imported(name, *rest):
        if name.partition(".")[0] == "numpy":
            raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", imported)


def test_a_missing_package_is_na_and_ft_check_says_which(without_numpy):  # noqa: ARG001 - a fixture
    triples = [[1000.0] * 3, [500.0] * 3, [0.5] * 3, 6.0, 100.0]
    assert answer("FT_RISK", triples) == NA
    assert "needs the Python package numpy" in answer("FT_CHECK", ["FT_RISK", *triples])


def test_ranges_without_numpy(without_numpy):  # noqa: ARG001 - a fixture
    # 500 examples x 5 minutes / 60 x 12 USD = 500 USD
    assert answer("FT_LABOR", [[[500.0], ["x"], [None]], 5.0, 12.0]) == [[500], [from_code("#VALUE!")], [0]]


def test_arguments_left_out_at_the_end():
    # (850 x 30 + 100 x 60) / 1e6
    assert answer("CALL_COST", [850.0, 100.0, 30.0, 60.0, None, None]) == pytest.approx(0.0315, rel=1e-12)
    assert answer("FT_LABOR", [500.0, 5.0]) == from_code("#VALUE!")  # a required one is missing
    assert answer("FT_LABOR", [500.0, 5.0, None]) == 0  # a blank cell is 0


def test_nothing_raises(monkeypatch):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(FUNCTIONS["FT_LABOR"], "call", broken)
    result = answer("FT_LABOR", [1.0, 1.0, 1.0])
    assert result == from_code("#VALUE!")
    assert "broken" in result.message


def test_the_garbage_collector_is_left_as_it_was():
    column = [[1.0]] * 10
    answer("FT_LABOR", [column, 1.0, 1.0])
    assert gc.isenabled()
    gc.disable()
    try:
        answer("FT_LABOR", [column, 1.0, 1.0])
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_error_texts_become_error_values_and_back():
    assert with_errors("#N/A") == NA
    assert with_errors("a text") == "a text"
    assert with_errors([[1.0], ["#N/A"]]) == [[1.0], [NA]]
    untouched = [[1.0], ["a"]]
    assert with_errors(untouched) is untouched
    assert rows_with_error_texts(NA) == [["#N/A"]]
    assert rows_with_error_texts([1.0, NA]) == [[1.0, "#N/A"]]
    assert rows_with_error_texts(from_code("Err:504")) == [["#VALUE!"]]  # no value of Excel's


def test_help_fits_excels_255_characters():
    for function in FUNCTIONS.values():
        for argument in function.arguments:
            assert argument.unit in argument_help(argument)
            assert len(argument_help(argument)) <= 255
