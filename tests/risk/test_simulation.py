"""The simulated cash flow against closed forms and arithmetic done by hand."""

from __future__ import annotations

import math

import numpy
import plain_risk
import pytest
from course import COURSE, LABOR

from pycalc.errors import OutOfBoundsError, WrongKindError
from pycalc.risk import simulate as simulation
from pycalc.risk.draws import BLOCK, Correlation, Step, Uncertain, draw, uniforms_of_block
from pycalc.risk.simulate import simulate, simulate_all


def uncertain(varied=None, months=12, correlations=(), steps=(), **fixed):
    return Uncertain({**COURSE, **fixed}, varied or {}, months, tuple(correlations), tuple(steps))


def triangular_variance(low, base, high):
    return (low**2 + base**2 + high**2 - low * base - low * high - base * high) / 18


def certain(months=12, steps=(), **fixed):
    """The one outcome when nothing varies."""
    result = simulate(uncertain(months=months, steps=steps, **fixed), 3)
    assert result.p10 == result.p90 == simulation.Estimate(pytest.approx(result.mean.value), 0)
    return result.mean.value


def test_the_course_case():
    assert certain() == pytest.approx(12 * (315 - 9) - 12 - LABOR, rel=1e-12)


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [
        # Evaluation once at the start; retraining after 6 and 12 months: 12 of training, half the labour, evaluation.
        (
            {"evaluation_cost": 100, "retrains_per_year": 2, "relabel_share": 0.5},
            12 * 306 - 12 - LABOR - 100 - 2 * (12 + LABOR / 2 + 100),
        ),
        ({"ft_hosting_monthly": 50}, 12 * 256 - 12 - LABOR),
        ({"training_minimum": 40}, 12 * 306 - 40 - LABOR),
        # Volume grows 10% a month: sum of 1.1^0 .. 1.1^11 is (1.1^12 − 1) / 0.1.
        ({"monthly_growth": 0.1}, 306 * (1.1**12 - 1) / 0.1 - 12 - LABOR),
        # A cut of 40% from month 7 on: six months at 315, six at 189.
        ({"pe_step_month": 7, "pe_step_cut": 0.4}, 6 * 315 + 6 * 189 - 12 * 9 - 12 - LABOR),
        ({"pe_step_month": 0, "pe_step_cut": 0.4}, 12 * 306 - 12 - LABOR),
        # Prices of fine-tuned tokens fall by half a year: 9 × 0.5^(t/12), t = 0..11.
        ({"ft_annual_decline": 0.5}, 12 * 315 - 9 * 0.5 / (1 - 0.5 ** (1 / 12)) - 12 - LABOR),
        # 95% of the fine-tuned prompt read from the cache at 1.5: 10,000 × 50 × 0.95 × 1.5 / 1e6 = 0.7125 saved.
        (
            {"cache_hit_rate": 0.95, "cache_min_tokens": 50, "ft_cached_price": 1.5},
            12 * (306 + 0.7125) - 12 - LABOR,
        ),
        ({"cache_hit_rate": 0.95, "cache_min_tokens": 51, "ft_cached_price": 1.5}, 12 * 306 - 12 - LABOR),
    ],
)
def test_each_row_of_the_cash_flow(fixed, expected):
    assert certain(**fixed) == pytest.approx(expected, rel=1e-12)


def test_one_input_that_enters_linearly():
    # net = 3660 − 500 × 5 / 60 × wage, so its quantiles are those of the wage, turned round.
    low, base, high = 20, 50, 110
    hours = 500 * 5 / 60
    trials = 300_000
    result = simulate(uncertain({"hourly_wage": (low, base, high)}), trials)
    mean = 3660 - hours * (low + base + high) / 3
    deviation = hours * math.sqrt(triangular_variance(low, base, high))
    assert result.mean.error == pytest.approx(deviation / math.sqrt(trials), rel=0.01)
    assert abs(result.mean.value - mean) < 5 * result.mean.error
    for estimate, share in ((result.p10, 0.9), (result.p50, 0.5), (result.p90, 0.1)):
        expected = 3660 - hours * plain_risk.triangular(share, low, base, high)
        assert abs(estimate.value - expected) < 5 * estimate.error
    # Paid back when the wage is at most 87.84: F = 1 − (110 − 87.84)² / (90 × 60).
    expected = 1 - (high - 3660 / hours) ** 2 / ((high - low) * (high - base))
    assert abs(result.paid.value - expected) < 5 * result.paid.error
    assert result.paid.error == pytest.approx(math.sqrt(expected * (1 - expected) / trials), rel=0.02)
    assert result.drivers[0].share == pytest.approx(1, abs=0.01)


def test_the_standard_error_of_a_quantile():
    # Theory: sqrt(q (1 − q) / n) / density. The density of net at its median is that of the wage over the hours.
    low, base, high = 20, 50, 110
    median = plain_risk.triangular(0.5, low, base, high)
    density = 2 * (high - median) / ((high - low) * (high - base)) / (500 * 5 / 60)
    result = simulate(uncertain({"hourly_wage": (low, base, high)}), 200_000)
    assert result.p50.error == pytest.approx(0.5 / math.sqrt(200_000) / density, rel=0.1)


def test_shares_of_the_variance_of_a_sum():
    # net = 3660 − 41.67 × wage − 12 × hosting: each share is the variance of its term.
    wage, hosting = (20, 50, 110), (0, 20, 200)
    result = simulate(uncertain({"hourly_wage": wage, "ft_hosting_monthly": hosting}), 200_000)
    variances = {
        "hourly_wage": (500 * 5 / 60) ** 2 * triangular_variance(*wage),
        "ft_hosting_monthly": 144 * triangular_variance(*hosting),
    }
    for driver in result.drivers:
        assert driver.share == pytest.approx(variances[driver.name] / sum(variances.values()), abs=0.01)
        assert driver.low > driver.high  # both cost money
    assert [driver.share for driver in result.drivers] == sorted((d.share for d in result.drivers), reverse=True)


def test_an_input_without_effect_has_no_share():
    result = simulate(uncertain({"hourly_wage": (20, 50, 110), "validation_tokens": (0, 0.1, 0.2)}), 50_000)
    assert result.drivers[1].name == "validation_tokens"
    assert result.drivers[1].share < 0.002


def test_a_step_that_may_come():
    # With probability 0.3 the prompted prices fall by 40% from month 7 on, which takes 6 × 126 = 756 off.
    trials = 100_000
    result = simulate(uncertain(steps=[Step("pe", 7, 0.4, 0.3)]), trials)
    calm = 12 * 306 - 12 - LABOR
    error = 756 * math.sqrt(0.3 * 0.7 / trials)
    assert abs(result.mean.value - (calm - 0.3 * 756)) < 5 * error
    [driver] = result.drivers
    assert (driver.low, driver.high) == (pytest.approx(calm), pytest.approx(calm - 756))
    assert driver.share == pytest.approx(1, abs=1e-4)  # less what chance may explain


def test_a_step_of_the_fine_tuned_prices():
    assert certain(steps=[Step("ft", 7, 0.5)]) == pytest.approx(12 * 315 - 6 * 9 - 6 * 4.5 - 12 - LABOR)


@pytest.mark.parametrize(("days", "alive"), [(209, True), (208, False)])
def test_shutdown_falls_before_or_after_the_payback(days, alive):
    # Break-even after 2095.33 / 306 = 6.8475 months, which is 208.42 days of 365.25 / 12 a month.
    result = simulate(uncertain(start_date=45_000, ft_shutdown_date=45_000 + days), 1)
    assert result.paid.value == 1
    assert result.paid_alive.value == alive


def test_no_payback_within_the_months_however_long_it_lives():
    result = simulate(uncertain(months=6, start_date=45_000, ft_shutdown_date=50_000), 1)
    assert (result.paid.value, result.paid_alive.value) == (0, 0)
    assert simulate(uncertain(months=7), 1).paid.value == 1


@pytest.mark.parametrize("rank", [-1, -0.6, 0.3, 0.95])
def test_inputs_move_together_as_told(rank):
    case = uncertain(
        {"queries": (5000, 10_000, 20_000), "hourly_wage": (20, 50, 110), "pe_input_price": (10, 30, 30)},
        correlations=[Correlation("queries", "pe_input_price", rank)],
    )
    drawn = draw(case, uniforms_of_block(case, 1, 0, 0, 40_000))
    ranks = {name: numpy.argsort(numpy.argsort(values)) for name, values in drawn.items()}
    assert numpy.corrcoef(ranks["queries"], ranks["pe_input_price"])[0, 1] == pytest.approx(rank, abs=0.015)
    assert numpy.corrcoef(ranks["queries"], ranks["hourly_wage"])[0, 1] == pytest.approx(0, abs=0.025)
    for name, triple in case.varied.items():  # each keeps its own distribution
        assert drawn[name].mean() == pytest.approx(sum(triple) / 3, rel=0.01)
        assert triple[0] <= drawn[name].min() <= drawn[name].max() <= triple[2]


def test_whole_inputs_are_drawn_whole():
    case = uncertain({"pe_step_month": (0, 6, 12)})
    drawn = draw(case, uniforms_of_block(case, 1, 0, 0, 5000))["pe_step_month"]
    assert set(drawn.tolist()) <= set(range(13))
    assert len(set(drawn.tolist())) > 8


def test_the_order_of_work_changes_nothing():
    case = uncertain({"queries": (5000, 10_000, 20_000), "hourly_wage": (20, 50, 110)})
    trials = 20 * BLOCK + 7  # two tasks

    def backwards(function, tasks):
        return reversed([function(task) for task in reversed(tasks)])

    assert simulate(case, trials) == simulate(case, trials, mapped=backwards)


def test_workloads_have_streams_of_their_own():
    case = uncertain({"queries": (5000, 10_000, 20_000)})
    first, second = simulate_all([case, case], 1000)
    assert first == simulate(case, 1000)
    assert first.mean != second.mean
    assert simulate(case, 1000, seed=2).mean != first.mean


def test_quantiles_are_those_of_the_outcomes():
    case = uncertain({"queries": (5000, 10_000, 20_000)}, months=4)
    volumes = draw(case, uniforms_of_block(case, 1, 0, 0, 999))["queries"]
    outcomes = [4 * volume * 0.0306 - 12 - LABOR for volume in volumes.tolist()]
    result = simulate(case, 999)
    assert result.p10.value == pytest.approx(plain_risk.percentile(outcomes, plain_risk.Fraction(1, 10)), rel=1e-12)
    assert sum(count for *_, count in result.histogram) == 999
    assert all(left < right for left, right, _ in result.histogram)
    for left, right, count in result.histogram[1:-1]:
        assert count == sum(left <= value < right for value in outcomes)


def test_many_trials_are_binned_finely(monkeypatch):
    case = uncertain({"queries": (5000, 10_000, 20_000), "hourly_wage": (20, 50, 110)})
    exact = simulate(case, 100_000)
    monkeypatch.setattr(simulation, "EXACT_TRIALS", 99_999)
    binned = simulate(case, 100_000)
    for name in ("p10", "p50", "p90"):
        assert getattr(binned, name).value == pytest.approx(getattr(exact, name).value, rel=4e-5)
        assert getattr(binned, name).value != getattr(exact, name).value
    assert (binned.mean, binned.paid) == (exact.mean, exact.paid)


def test_dask_gives_the_same_result():
    distributed = pytest.importorskip("distributed")
    from pycalc.risk.cluster import Cluster

    assert distributed
    case = uncertain({"queries": (5000, 10_000, 20_000)}, steps=[Step("pe", 7, 0.4, 0.3)])
    trials = 17 * BLOCK  # two tasks
    with Cluster(workers=2) as cluster:
        assert simulate(case, trials, mapped=cluster.map) == simulate(case, trials)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: uncertain({"colour": (1, 2, 3)}), WrongKindError, "colour does not move the cash flow"),
        (lambda: uncertain({"queries": (2, 1, 3)}), OutOfBoundsError, "have to rise"),
        (
            lambda: uncertain({"queries": (1, 2, 3)}, correlations=[Correlation("queries", "epochs", 0.5)]),
            WrongKindError,
            "epochs is correlated but does not vary",
        ),
        (
            lambda: uncertain(
                dict.fromkeys(("queries", "epochs", "examples"), (1, 2, 3)),
                correlations=[
                    Correlation("queries", "epochs", -0.9),
                    Correlation("queries", "examples", -0.9),
                    Correlation("epochs", "examples", -0.9),
                ],
            ),
            OutOfBoundsError,
            "contradict each other",
        ),
        (
            lambda: uncertain(
                dict.fromkeys(("queries", "epochs"), (1, 2, 3)), correlations=[Correlation("queries", "epochs", 1.1)]
            ),
            OutOfBoundsError,
            "from -1 to 1",
        ),
        (lambda: uncertain(steps=[Step("pe", 7, 40)]), OutOfBoundsError, "Write 40% as 0.4"),
        (lambda: uncertain(steps=[Step("rag", 7, 0.4)]), WrongKindError, "for pe or ft"),
        (lambda: simulate(uncertain(), 0), OutOfBoundsError, "not between 1"),
    ],
)
def test_bad_questions_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build()
