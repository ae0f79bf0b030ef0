"""LAMBDA defined names: every row of every case table through IronCalc, the engine here that evaluates them."""

from __future__ import annotations

import re

import pytest

from pycalc import FUNCTIONS
from pycalc.errors import from_code
from tests.casetable import all_cases
from tests.hosts.hostresults import Results
from tests.workbook.engines import twinbook
from workbook.engines import recalculate
from workbook.formulas import lambdas

CASES = [case for case in all_cases() if FUNCTIONS[case.function].twin and "twin limit" not in case.note]
USERS_NAMES = ["UPFRONT", "months", "Query_Tokens", "facts_change_given"]
"""Names a user's workbook may have: a parameter of the same name would be read as that."""
BY_CELL = {"EVAL_PAIRED", "EVAL_PVALUE"}


def infinite(case, got):
    """FT_DECISION(1e300,1e-9,5e-10): months that are no number."""
    return "infinity" if case.id == "overflow" and got == "HOLD" else ""


def call(function, given):
    """FT_DECISION(B1,B2,B3,,B5): an argument left out is an empty place."""
    places = [given.get(argument.name, "") for argument in function.arguments]
    while places and not places[-1]:
        places.pop()
    return f"{function.name}({','.join(places)})"


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    path = tmp_path_factory.mktemp("lambdas") / "lambdas.xlsx"
    names = dict.fromkeys(USERS_NAMES, "'FT_BREAKEVEN'!$A$1")
    names |= {name: lambdas.defined_name(name, USERS_NAMES) for name in lambdas.names()}
    places = twinbook.write(path, CASES, call, names)
    return places, recalculate(path, "ironcalc")


def test_every_case_by_name(computed):
    places, result = computed
    results = Results("lambda")
    for case in CASES:
        sheet, cells = places[str(case)]
        if result.unsupported.get((sheet, cells[0][0])) == "IronCalc shows #ERROR!" and case.function == "FT_IRR":
            results.reason("FT_IRR", "rate-guess")  # tests/twins computes this formula elsewhere
            continue
        if case.function in BY_CELL and case.has_range() and (sheet, cells[0][0]) in result.unsupported:
            results.reason(case.function, "statistics-by-cell")
            continue
        got = [[result.values.get((sheet, cell), from_code("#NAME?")) for cell in row] for row in cells]
        got = got if isinstance(case.expected, list) else got[0][0]
        results.compare(case, got, infinite, FUNCTIONS[case.function].twin_tolerance)
    for name, function in FUNCTIONS.items():
        if not function.twin:
            results.reason(name, "no-twin")
        if function.twin_limit:
            results.reason(name, "twin-limit")
    results.finish()


def test_ironcalc_computes_all_but_rates_with_a_guess_and_statistics_of_ranges(computed):
    _, result = computed
    sheets = {sheet for (sheet, _), why in result.unsupported.items() if why != "IronCalc shows #NAME?"}
    assert sheets <= {"FT_IRR", *BY_CELL}  # a sheet is named after its function


@pytest.mark.parametrize("name", lambdas.names())
def test_the_stored_form_is_excels(name):
    text = lambdas.defined_name(name)
    declared, body = re.split(r",(?=_xlfn\.LET|IF\()", text.removeprefix("_xlfn.LAMBDA("), maxsplit=1)
    prefixes = [parameter.partition(".")[0] for parameter in declared.split(",")]
    arguments = FUNCTIONS[name].arguments
    assert prefixes == ["_xlpm" if argument.required else "_xlop" for argument in arguments]
    assert "_xlop." not in body
    assert "[" not in text
    assert len(text) <= 8191
    assert text.count("(") == text.count(")")


def test_a_parameter_that_equals_a_name_of_the_workbook_gets_an_underscore():
    text = lambdas.defined_name("FT_BREAKEVEN", ["Upfront", "upfront_"])
    assert text.startswith("_xlfn.LAMBDA(_xlpm.upfront__,_xlpm.pe_monthly_,_xlpm.ft_monthly_,")  # PE_MONTHLY is a name


def test_a_function_without_a_twin_says_so():
    with pytest.raises(ValueError, match=r"FT_CASHFLOW cannot be a LAMBDA"):
        lambdas.defined_name("FT_CASHFLOW")


def test_a_text_too_long_for_a_name_is_refused(monkeypatch):
    length = len(lambdas.defined_name("FT_NPV"))
    monkeypatch.setattr(lambdas, "LONGEST", length)
    lambdas.defined_name("FT_NPV")
    monkeypatch.setattr(lambdas, "LONGEST", length - 1)
    with pytest.raises(ValueError, match=f"has {length} characters, Excel takes {length - 1}"):
        lambdas.defined_name("FT_NPV")
