"""Review and quality: what people cost who look at the answers."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.errors import ZeroRatioError
from pycalc.registry import ELEMENTWISE, worksheet_function
from pycalc.registry.vocabulary import quantity

SECTION = "Review and quality"


@worksheet_function(
    summary="Cost of human review in USD.",
    returns="USD",
    twin="items*review_rate*cost_per_review",
    array=ELEMENTWISE,
    examples=(((1000000, 0.05, 10), "500000"),),
)
def review_cost(items: float, review_rate: float, cost_per_review: float) -> float:
    return items * review_rate * cost_per_review


def _review_ramp_array(
    items_per_month: Any, months: Any, start_rate: Any, steady_rate: Any, ramp_months: Any, cost_per_review: Any
) -> Any:
    import numpy

    ramp = numpy.minimum(months, ramp_months)
    return items_per_month * cost_per_review * (ramp * start_rate + (months - ramp) * steady_rate)


@worksheet_function(
    summary="Cost in USD of human review that starts at one rate and falls to another after a ramp.",
    returns="USD",
    formula=(
        "items_per_month × cost_per_review × (min(months, ramp_months) × start_rate "
        "+ max(0, months − ramp_months) × steady_rate)"
    ),
    twin=(
        "items_per_month*cost_per_review*IF(months<ramp_months,months*start_rate,"
        "ramp_months*start_rate+(months-ramp_months)*steady_rate)"
    ),
    arguments={"months": quantity("Months counted, fractions allowed", "months", "[0..)")},
    array=_review_ramp_array,
    examples=(((250000 / 3, 12, 0.1, 0.05, 3, 10), "625000"),),
)
def review_ramp(
    items_per_month: float,
    months: float,
    start_rate: float,
    steady_rate: float,
    ramp_months: float,
    cost_per_review: float,
) -> float:
    """Fractions of a month count linearly."""
    ramp = min(months, ramp_months)
    return items_per_month * cost_per_review * (ramp * start_rate + (months - ramp) * steady_rate)


def _cost_per_accepted_array(cost_per_call: Any, pass_rate: Any, review_cost: Any, rework_cost: Any) -> Any:
    if rework_cost is None:
        return (cost_per_call + review_cost) / pass_rate
    return cost_per_call + review_cost + (1 - pass_rate) * rework_cost


@worksheet_function(
    summary="Cost of one accepted output in USD: failures tried again, or repaired by people.",
    returns="USD per accepted output",
    formula=(
        "without rework_cost: (cost_per_call + review_cost) / pass_rate; "
        "with it: cost_per_call + review_cost + (1 − pass_rate) × rework_cost"
    ),
    twin=(
        'IF(rework_cost="",(cost_per_call+review_cost)/pass_rate,cost_per_call+review_cost+(1-pass_rate)*rework_cost)'
    ),
    array=_cost_per_accepted_array,
    references=("Erol et al., Cost-of-Pass, arXiv 2504.13359: cost of an attempt divided by the pass rate",),
    examples=(((0.0315, 0.9), "0.035"), ((0.0315, 0.9, 0.5, 2), "0.7315")),
)
def cost_per_accepted(
    cost_per_call: float, pass_rate: float, review_cost: float = 0, rework_cost: float | None = None
) -> float:
    """Without rework_cost a failure is thrown away and tried again; a pass rate of 0 is then #DIV/0!. With it,
    people repair the failures, and each call is paid once.
    """
    if rework_cost is not None:
        return cost_per_call + review_cost + (1 - pass_rate) * rework_cost
    if pass_rate == 0:
        raise ZeroRatioError("pass_rate is 0, so no output is ever accepted", "Give rework_cost if people repair them")
    return (cost_per_call + review_cost) / pass_rate
