"""Every option under uncertainty: the vector model against the independent one, and what the shares add up to."""

from __future__ import annotations

import numpy
import pytest

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


def test_many_draws_are_each_of_them() -> None:
    """Arrays give what their elements give one at a time; the shares of the cheapest add up to the draws with one."""
    given = SHAPED | randomcases.inputs(5)
    states = {k: option.state for k, option in reference.answer(randomcases.inputs(5))["options"].items()}
    volumes = numpy.linspace(500, 60_000, 7)
    whole = {c.option: c for c in chances(given | {"queries": volumes}, states, {}, len(volumes))}
    single = [{c.option: c for c in chances(given | {"queries": volume}, states, {}, 1)} for volume in volumes]
    for k, chance in whole.items():
        assert chance.open == pytest.approx(numpy.mean([one[k].open for one in single]))
        assert chance.cheapest == pytest.approx(numpy.mean([one[k].cheapest for one in single]))
        regrets = [one[k].regret for one in single if one[k].open]
        if regrets:
            assert chance.regret == pytest.approx(numpy.mean(regrets))
    assert sum(chance.cheapest for chance in whole.values()) == pytest.approx(1)
