"""Every row of every case table, in Python."""

from __future__ import annotations

import pytest

from pycalc import FUNCTIONS
from pycalc.errors import CalcError
from pycalc.registry import unread
from tests.casetable import FOLDER, all_cases, load, same, scale


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case):
    try:
        got = FUNCTIONS[case.function].call(*case.args())
    except CalcError as error:
        got = error
    assert same(got, case.expected, case.tolerance, scale(case)), f"{got!r} instead of {case.expected!r}: {case.source}"


def test_every_function_has_a_table():
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(FUNCTIONS)


def test_keywords_give_the_same_as_positions():
    for case in all_cases():
        function = FUNCTIONS[case.function]
        if function.variadic or isinstance(case.expected, CalcError):
            continue
        got = function.call(**case.values)
        assert same(got, case.expected, case.tolerance, scale(case)), case


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if function.array])
def test_the_array_form_answers_by_itself(name, monkeypatch):
    """Where it gives what is no number, the scalar function is asked in its place, and a wrong one is not noticed."""

    def asked(_function, row):
        raise AssertionError(f"{name} was asked for {row}")

    monkeypatch.setattr(unread, "cell_result", asked)
    for case in load(name):
        numbers = all(type(value) is float for value in [*case.values.values(), case.expected])
        beyond_a_bound = any("00000000000000" in repr(value) for value in case.values.values())  # taken as the bound
        if numbers and not beyond_a_bound:
            got = FUNCTIONS[name].call(*[value if value is None else [value] * 2 for value in case.args()])
            assert all(same(cell, case.expected, case.tolerance, scale(case)) for cell in got), case
