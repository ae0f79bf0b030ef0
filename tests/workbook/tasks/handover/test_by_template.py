"""A twin decided once for a template is the twin each of its formulas would have got."""

from __future__ import annotations

import pytest

from workbook.engines import EngineFailed
from workbook.tasks.handover.twins import MODES, ByTemplate, NeedsValue, rewrite

_FORMULAS = (
    "FT_BREAKEVEN({0},{1},{2})",
    "1+FT_BREAKEVEN({0},{1},{0})*2",
    "FT_BREAKEVEN({0}:{1},{1},{2})",
    "IFERROR(FT_ROI(12,{0},FT_BREAKEVEN({0},{1},{2})),{2})",
    "_xlfn.SINGLE(FT_ROI({0},{1},{2}))",
    "FT_BREAKEVEN({0},{1})",
    'MODEL_PRICE("gpt-4.1","input")*{0}',
    "FT_ROI(rate,{0},{1})",
)
_CELLS = (("$D5", "$B5", "C5"), ("$D104", "$B104", "C104"), ("A$1", "B$1", "$C$1"))


def _outcome(ask):
    try:
        new = ask()
    except NeedsValue as reason:
        return str(reason)
    return new.text, new.array, new.lambdas, new.notes


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pattern", _FORMULAS)
def test_the_same_twin(mode, pattern):
    def evaluate(expression):
        if "rate" in expression:
            raise EngineFailed("no such name")
        return float(len(expression))

    by_template = ByTemplate(mode)
    for cells in _CELLS:
        text = pattern.format(*cells)
        expected = _outcome(lambda text=text: rewrite(text, mode, evaluate, lambda _: True))
        assert _outcome(lambda text=text: by_template.rewrite(text, "Model", evaluate, lambda _: True)) == expected


def test_a_twin_near_the_longest_is_measured_for_each_formula():
    """Stand-ins are as long as a reference can be: what fits with them fits; what does not is tried as it is."""
    text = "+".join(["FT_BREAKEVEN(A1,B1,C1)"] * 60)
    expected = _outcome(lambda: rewrite(text, "formulas", None, lambda _: True))
    assert _outcome(lambda: ByTemplate("formulas").rewrite(text, "Model", None, lambda _: True)) == expected
