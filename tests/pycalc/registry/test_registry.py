"""A mistake in a definition fails where it is made."""

from __future__ import annotations

import pytest

from pycalc import FUNCTIONS, registry
from pycalc.registry import documentation, native, reads_as_cell, texts, worksheet_function
from pycalc.registry.vocabulary import Quantity, quantity
from tests.pycalc.registry.twinrules import check_twin

SECTION = "Decision"
GOOD = {"summary": "A summary.", "returns": "USD", "twin": "price*months"}


@pytest.fixture(autouse=True)
def _keep_the_registry(monkeypatch):
    monkeypatch.setattr(registry, "FUNCTIONS", dict(FUNCTIONS))


def body(price, months):
    return price * months


def define(name="SOME_COST", function=body, **changes):
    function.__name__ = name.lower()
    return worksheet_function(**{**GOOD, **changes})(function)


def test_a_sound_definition_is_filed():
    assert define()(2, 3) == 6
    assert registry.FUNCTIONS["SOME_COST"].syntax() == "SOME_COST(price, months)"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"summary": "x" * 256}, "256 characters"),
        ({"summary": ""}, "0 characters"),
        ({"returns": ""}, "unit of its result"),
        ({"twin": None}, "reason why there is none"),
        ({"no_twin": "because"}, "not both"),
        ({"name": "FT1"}, "cell address"),
        ({"name": "R1C1"}, "cell address"),
        ({"name": "FT_NPV"}, "defined twice"),
        ({"arguments": {"price": Quantity("Price", "")}}, "no unit"),
        ({"arguments": {"price": Quantity("", "USD")}}, "no label"),
        ({"arguments": {"cost": quantity("Cost", "USD", "[0..)")}}, "not one of its arguments"),
        ({"shapes": {"price": "cube"}}, "unknown shape"),
        ({"rules": (("price>months", "#OOPS!"),)}, "no error value"),
    ],
)
def test_a_mistake_fails_at_definition(changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        define(**changes)


def test_an_unknown_section_fails(monkeypatch):
    monkeypatch.setitem(globals(), "SECTION", "Elsewhere")
    with pytest.raises(ValueError, match="section"):
        define()


def test_an_argument_without_vocabulary_fails():
    def other(mystery):
        return mystery

    with pytest.raises(ValueError, match="mystery"):
        define(function=other)


def test_summary_of_255_characters_is_allowed():
    define(summary="x" * 255)


@pytest.mark.parametrize(
    ("twin", "complaint"),
    [
        ("price*moths", "moths names no argument"),
        ("LET(x,price,x)", "LET is not a function of Excel 2016"),
        ("XLOOKUP(price,months,months)", "XLOOKUP"),
        ("MAX(price,months)", "MAX"),
        ("price*months*12", "the number 12 needs a name"),
        ("price", "does not use months"),
        ("(price*months", "parentheses"),
    ],
)
def test_an_unsound_twin_is_named(twin, complaint):
    define(twin=twin)
    assert any(complaint in problem for problem in check_twin(registry.FUNCTIONS["SOME_COST"]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FT1", True),
        ("XFD1", True),
        ("XFE1", False),  # beyond the last column
        ("OPT2", True),
        ("ABCD1", False),
        ("FT_1", False),
        ("R", True),
        ("C", True),
        ("R1C1", True),
        ("RC", True),
        ("PE_MONTHLY", False),
        ("price", False),
    ],
)
def test_names_that_read_as_cells(name, expected):
    assert reads_as_cell(name) is expected


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_help_texts_are_complete(function):
    text = documentation.help_text(function)
    for argument in function.arguments:
        assert argument.name in text
        assert len(texts.argument_line(argument)) <= 255
    assert function.examples, "every function shows an example"
    assert texts.docstring(function).startswith(function.summary)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_examples_are_right(function):
    from tests.casetable import parse, same

    for args, shown in function.examples:
        got = function.call(*args)
        if isinstance(got, float):
            assert same(got, parse(shown), 1e-14)
        elif isinstance(got, str | bool):
            assert (str(got).upper() if isinstance(got, bool) else got) == shown
        else:
            assert same(got, parse(shown), 1e-14)


def test_the_package_exports_every_function_and_nothing_else():
    import pycalc

    functions = {name for name in pycalc.__all__ if callable(getattr(pycalc, name)) and name.islower()}
    assert functions == {function.call.__name__ for function in FUNCTIONS.values()}
    assert all(getattr(pycalc, function.call.__name__) is function.call for function in FUNCTIONS.values())


def test_a_twin_with_arguments_left_out_is_short():
    given = {"cost_per_call": "A1", "pass_rate": "A2"}
    assert native.plain("COST_PER_ACCEPTED", given) == "(A1+0)/A2"
    call = {
        "queries": "A1",
        "prompt_tokens": "A2",
        "query_tokens": "A3",
        "response_tokens": "A4",
        "output_price": "A5",
        "ft_monthly": "A6",
    }
    text = native.plain("FT_BREAKEVEN_PRICE", call)
    assert text == ("IF(A6*1000000/A1-A4*A5<=1E-12*A6*1000000/A1,IF(A2+A3=0,1/0,NA()),(A6*1000000/A1-A4*A5)/(A2+A3))")


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        ("[0..)", (0, 1e300), (-1e-9,)),
        ("(0..1)", (0.5,), (0, 1)),
        ("[0..1]", (0, 1), (-0.1, 1.1)),
        ("(..1)", (-1e300, 0.999), (1,)),
        ("(-1..)", (-0.999,), (-1,)),
        ("[1..36] whole", (1, 36), (0, 37, 1.5)),
        ("", (-1e300, 1e300), (float("inf"),)),
    ],
)
def test_bounds_read_as_in_mathematics(bounds, inside, outside):
    found = quantity("Label", "unit", bounds)
    assert all(map(found.allows, inside))
    assert not any(map(found.allows, outside))
