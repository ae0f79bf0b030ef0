"""Every option under uncertainty: the vector model against the independent one, and what the shares add up to."""

from __future__ import annotations

import numpy
import pytest

from pycalc.risk.cashflow import Step
from tests.workbook.template import randomcases, reference
from workbook.tasks.risk.choice import chances
from workbook.template.cases import SHAPE
from workbook.template.inputs import option_input

SHAPED = {option_input(option, key): value for (option, key), value in SHAPE.items()}


@pytest.mark.parametrize("seed", range(40))
def test_one_draw_is_the_workbook(seed: int) -> None:
    given = randomcases.inputs(seed)
    expected = reference.answer(given)["options"]
    states = {k: option.state for k, option in expected.items()}
    for chance in chances(SHAPED | given, states, {}, 1):
        option = expected[chance.option]
        assert not option.lacks
        assert (chance.open == 1) == (option.state == "open")
        if chance.open:
            assert chance.mean == pytest.approx(option.row["present"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_a_price_cut_that_comes_is_the_workbooks_own(seed: int) -> None:
    """It lowers the prices of every option that runs the model, as one that is entered on Options."""
    given = randomcases.inputs(seed) | {"1.step_month": None, "1.step_cut": None}
    entered = given | {"1.step_month": 7, "1.step_cut": 0.4, "5.step_month": 3, "5.step_cut": 0.2}
    expected = reference.answer(entered)["options"]
    states = {k: option.state for k, option in expected.items()}
    comes = numpy.array([True])
    steps = ((Step("pe", 7, 0.4), comes), (Step("ft", 3, 0.2), comes), (Step("ft", 2, 0.9), ~comes))
    found = [chance for chance in chances(SHAPED | given, states, {}, 1, steps) if chance.open]
    assert {chance.option for chance in found} == {k for k, state in states.items() if state == "open"}
    for chance in found:
        assert chance.mean == pytest.approx(expected[chance.option].row["present"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "values"), [("queries", numpy.linspace(500, 60_000, 7)), ("1.trials", numpy.array([0.0, 40, 55, 200]))]
)
def test_many_draws_are_each_of_them(name: str, values: numpy.ndarray) -> None:
    """Arrays give what their elements give one at a time; the shares of the cheapest add up to the draws with one."""
    given = SHAPED | randomcases.inputs(5) | {"1.passes": 38}
    states = {k: option.state for k, option in reference.answer(randomcases.inputs(5))["options"].items()}
    whole = {c.option: c for c in chances(given | {name: values}, states, {}, len(values))}
    single = [{c.option: c for c in chances(given | {name: value}, states, {}, 1)} for value in values.tolist()]
    for k, chance in whole.items():
        assert chance.open == pytest.approx(numpy.mean([one[k].open for one in single]))
        assert chance.cheapest == pytest.approx(numpy.mean([one[k].cheapest for one in single]))
        regrets = [one[k].regret for one in single if one[k].open]
        if regrets:
            assert chance.regret == pytest.approx(numpy.mean(regrets))
    assert sum(chance.cheapest for chance in whole.values()) == pytest.approx(1)
