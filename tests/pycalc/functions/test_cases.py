"""Every row of every case table, in Python."""

from __future__ import annotations

import pytest

from pycalc import FUNCTIONS
from pycalc.errors import CalcError
from tests.casetable import FOLDER, all_cases, same, scale


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
