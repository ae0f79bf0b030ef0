"""The simulated cash flow against closed forms and arithmetic done by hand."""

from __future__ import annotations

import math
import statistics

import numpy
import pytest

from pycalc.errors import OutOfBoundsError, WrongKindError
from pycalc.risk import simulate as simulation
from pycalc.risk.cashflow import NEEDED, outcome
from pycalc.risk.draws import BLOCK, Correlation, Step, Uncertain, draw, uniforms_of_block
from pycalc.risk.simulate import simulate, simulate_all
from tests.pycalc.risk import plain_risk
from tests.pycalc.risk.course import COURSE, LABOR


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
    assert result.drivers[0].share.value == pytest.approx(1, abs=0.01)


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
        expected = variances[driver.name] / sum(variances.values())
        # A twentieth of the input is taken as one value, which loses under 1% of a share.
        assert abs(driver.share.value - expected) < 5 * driver.share.error + 0.01 * expected
        assert driver.low.value > driver.high.value  # both cost money
    shares = [driver.share.value for driver in result.drivers]
    assert shares == sorted(shares, reverse=True)


def test_an_input_without_effect_has_no_share():
    result = simulate(uncertain({"hourly_wage": (20, 50, 110), "validation_tokens": (0, 0.1, 0.2)}), 50_000)
    assert result.drivers[1].name == "validation_tokens"
    assert result.drivers[1].share.value < 0.002
    assert result.drivers[1].effect == "no effect seen"
    assert result.drivers[1].low is result.drivers[1].high is None  # their difference would be noise
    assert result.drivers[0].effect == "seen"


def test_a_step_that_may_come():
    # With probability 0.3 the prompted prices fall by 40% from month 7 on, which takes 6 × 126 = 756 off.
    trials = 100_000
    result = simulate(uncertain(steps=[Step("pe", 7, 0.4, 0.3)]), trials)
    calm = 12 * 306 - 12 - LABOR
    error = 756 * math.sqrt(0.3 * 0.7 / trials)
    assert abs(result.mean.value - (calm - 0.3 * 756)) < 5 * error
    [driver] = result.drivers
    assert (driver.low.value, driver.high.value) == (pytest.approx(calm), pytest.approx(calm - 756))
    assert driver.share.value == pytest.approx(1, abs=1e-4)  # less what chance may explain
    assert (driver.low.error, driver.high.error) == pytest.approx((0, 0), abs=1e-4)


def test_a_step_of_the_fine_tuned_prices():
    assert certain(steps=[Step("ft", 7, 0.5)]) == pytest.approx(12 * 315 - 6 * 9 - 6 * 4.5 - 12 - LABOR)


@pytest.mark.parametrize(("days", "alive"), [(209, True), (208, False)])
def test_shutdown_falls_before_or_after_the_payback(days, alive):
    # Break-even after 2095.33 / 306 = 6.8475 months, which is 208.42 days of 365.25 / 12 a month.
    result = simulate(uncertain(start_date=45_000, ft_shutdown_date=45_000 + days), 1)
    assert result.paid.value == 1
    assert result.paid_alive.value == alive
    # 306 a month while it is served, less what was paid up front; nothing after the shutdown.
    assert result.mean.value == pytest.approx(306 * days * 12 / 365.25 - 12 - LABOR, rel=1e-12)


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


@pytest.fixture(scope="module")
def many_runs():
    case = uncertain({"queries": (5000, 10_000, 20_000), "hourly_wage": (20, 50, 110)}, steps=[Step("pe", 7, 0.4, 0.3)])
    return [simulate(case, 3000, seed) for seed in range(200)]


@pytest.mark.parametrize(
    "figure",
    [
        lambda result: result.deviation,
        lambda result: named(result, "queries").share,
        lambda result: named(result, "hourly_wage").share,
        lambda result: named(result, "queries").low,
        lambda result: named(result, "hourly_wage").high,
        lambda result: named(result, "Base-model price cut from month 7").share,
        lambda result: named(result, "Base-model price cut from month 7").high,
    ],
    ids=["deviation", "large share", "middling share", "lowest tenth", "highest tenth", "share of a step", "step"],
)
def test_standard_errors_are_those_of_many_runs(figure, many_runs):
    # 200 runs give the spread within 5% (1 / sqrt(2 × 199)); five times that is the leeway.
    found = [figure(result) for result in many_runs]
    spread = statistics.stdev(estimate.value for estimate in found)
    assert statistics.fmean(estimate.error for estimate in found) == pytest.approx(spread, rel=0.25)


def named(result, name):
    return next(driver for driver in result.drivers if driver.name == name)


def test_moments_are_merged_exactly():
    # The fourth moment of the pieces, merged, against the same outcomes in one go, in exact arithmetic.
    case = uncertain({"queries": (5000, 10_000, 20_000), "hourly_wage": (20, 50, 110)})
    tasks = [simulation.Task(case, 0, 3 * BLOCK, 1, place, place + 1) for place in range(3)]
    parts = [simulation.run_task(task) for task in tasks]
    merged = simulation._merged([simulation._merged(parts[:2]), parts[2]])
    outcomes = []
    for place in range(3):
        x = draw(case, uniforms_of_block(case, 1, 0, place, BLOCK))
        outcomes.append(simulation.outcome({**COURSE, **x}, 12).net)
    net = numpy.concatenate(outcomes)
    apart = (net - math.fsum(net.tolist()) / len(net)).tolist()
    for power, got in ((2, merged.squares), (3, merged.cubes), (4, merged.fourths)):
        assert got == pytest.approx(math.fsum(value**power for value in apart), rel=1e-10)


def test_two_equal_steps_are_drawn_apart():
    trials = 100_000
    result = simulate(uncertain(steps=[Step("pe", 7, 0.4, 0.3), Step("pe", 7, 0.4, 0.3)]), trials)
    # None 0.49: full price; one of the two 0.42: 0.6 of it; both 0.09: 0.36. Six months of 315 a month.
    calm = 12 * 306 - 12 - LABOR
    outcomes = ((0.49, calm), (0.42, calm - 756), (0.09, calm - 0.64 * 6 * 315))
    mean = sum(share * value for share, value in outcomes)
    variance = sum(share * (value - mean) ** 2 for share, value in outcomes)
    assert abs(result.mean.value - mean) < 5 * math.sqrt(variance / trials)
    assert result.deviation.value == pytest.approx(math.sqrt(variance), rel=0.02)
    assert {driver.name for driver in result.drivers} == {
        "Base-model price cut from month 7",
        "Base-model price cut from month 7 (2)",
    }


@pytest.mark.parametrize(
    ("probability", "effect"), [(1, "not drawn: certain"), (0, "not drawn: never comes"), (1e-12, "came in no trial")]
)
def test_a_step_that_is_not_drawn_has_no_figures(probability, effect):
    result = simulate(uncertain(steps=[Step("ft", 5, 0.2, probability)]), 1000)
    [driver] = result.drivers
    assert (driver.effect, driver.share, driver.low, driver.high) == (effect, None, None, None)
    assert result.deviation == simulation.Estimate(0, 0)


def test_few_trials_give_no_shares():
    result = simulate(uncertain({"queries": (5000, 10_000, 20_000)}), 3)
    assert result.drivers[0].effect == "too few trials"
    assert result.drivers[0].share is None


@pytest.mark.parametrize("high", [1e308, 1e90])
def test_outcomes_too_large_are_refused_in_one_line(high):
    with pytest.raises(OutOfBoundsError, match="net saving beyond 1e"):
        simulate(uncertain({"queries": (5000, 10_000, high)}), 1000)
    result = simulate(uncertain({"queries": (5000, 10_000, 1e60)}), 1000)
    assert math.isfinite(result.deviation.error)


def test_uncorrelated_draws_need_no_mathematical_library(monkeypatch):
    # Whole numbers, and square roots, which IEEE 754 rounds one way; erfc and sine come from the platform.
    def missing(*_):
        raise AssertionError

    for name in ("erfc", "sin", "exp", "log"):
        monkeypatch.setattr(math, name, missing)
        monkeypatch.setattr(numpy, name, missing, raising=False)
    case = uncertain({"queries": (5000, 10_000, 20_000)}, steps=[Step("pe", 7, 0.4, 0.3)])
    uniforms = uniforms_of_block(case, 1, 0, 0, 10)
    [drawn] = draw(case, uniforms).values()
    stream = numpy.random.PCG64(numpy.random.SeedSequence(1, spawn_key=(0, 0)))
    shares = [(int(word) >> 11) / 2**53 for word in stream.random_raw(10)]
    assert drawn.tolist() == pytest.approx([plain_risk.triangular(u, 5000, 10_000, 20_000) for u in shares], rel=1e-15)


def test_dask_gives_the_same_result():
    distributed = pytest.importorskip("distributed")
    from pycalc.risk.cluster import cluster

    assert distributed
    case = uncertain({"queries": (5000, 10_000, 20_000)}, steps=[Step("pe", 7, 0.4, 0.3)])
    trials = 17 * BLOCK  # two tasks
    with cluster(workers=2) as mapped:
        assert simulate(case, trials, mapped=mapped) == simulate(case, trials)
        with pytest.raises(OutOfBoundsError, match="net saving beyond"):  # comes back whole, no worker prints it
            simulate(uncertain({"queries": (5000, 10_000, 1e300)}), 100, mapped=mapped)


def test_no_workers_are_refused():
    pytest.importorskip("distributed")
    from pycalc.risk.cluster import cluster

    with pytest.raises(OutOfBoundsError, match="Give at least 1"), cluster(workers=-3):
        pass


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
        (
            lambda: uncertain(steps=[Step("pe", 7, 40)]),
            OutOfBoundsError,
            "has a cut of 40, outside 0 to 1. Write 40% as",
        ),
        (lambda: uncertain(steps=[Step("pe", 7, 0.4, 2)]), OutOfBoundsError, "has a probability of 2, outside"),
        (lambda: uncertain(steps=[Step("pe", 0, 0.4)]), OutOfBoundsError, "Count months from 1"),
        (lambda: uncertain({"queries": (1, 2, math.inf)}), OutOfBoundsError, "finite numbers"),
        (
            lambda: uncertain(
                dict.fromkeys(("queries", "epochs"), (1, 2, 3)),
                correlations=[Correlation("queries", "epochs", 0.1), Correlation("epochs", "queries", 0.9)],
            ),
            OutOfBoundsError,
            "given twice",
        ),
        (lambda: simulate(uncertain(), 10, seed=-1), OutOfBoundsError, "seed -1 is not between"),
        (lambda: simulate(uncertain(), 10, seed=2**53 + 1), OutOfBoundsError, "is not between"),
        (lambda: uncertain(steps=[Step("rag", 7, 0.4)]), WrongKindError, "for pe or ft"),
        (lambda: simulate(uncertain(), 0), OutOfBoundsError, "not between 1"),
    ],
)
def test_bad_questions_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build()


@pytest.mark.parametrize(("days", "in_time"), [(60.875, False), (60.876, True), (60.874, False)])
def test_paid_back_on_the_day_of_the_shutdown_is_too_late(days, in_time):
    # 100 calls of 1M tokens at 1 USD against nothing: 100 a month on 200, so two months; 2 x 365.25 / 12 is 60.875 days
    given = dict.fromkeys(NEEDED, 0.0) | {
        "queries": 100.0,
        "pe_prompt_tokens": 1e6,
        "pe_input_price": 1.0,
        "evaluation_cost": 200.0,
        "start_date": 0.0,
        "ft_shutdown_date": days,
    }
    found = outcome(given, 2)
    assert bool(numpy.all(found.paid))
    assert bool(numpy.all(found.paid_alive)) is in_time
