"""Evidence: whether the fine-tuned model is really better, or the test too small to say."""

from __future__ import annotations

import math

from pycalc.constants import COMPARISON_TOLERANCE
from pycalc.errors import NoAnswerError, OutOfBoundsError, ZeroRatioError
from pycalc.functions.arithmetic import minus
from pycalc.functions.normal import distance, two_tails, two_tails_of_coin
from pycalc.registry import worksheet_function

SECTION = "Evidence"
_MORE_THAN_ALL = (("passes-trials>comparison_tolerance*trials", "#NUM!"),)
_WILSON = (
    "Wilson, Probable inference, the law of succession, and statistical inference (1927)",
    "Brown, Cai, DasGupta, Interval estimation for a binomial proportion (2001): better than p ± 1.96 s at any size",
)
_Z = "NORMSINV((1-confidence)/(1+1))"
_SPREAD = f"SQRT({_Z}*{_Z}/((1+1)*(1+1))+passes*(trials-passes)/trials)"


def _wilson(passes: float, trials: float, confidence: float) -> tuple[float, float, float]:
    """z, z²/2 + passes and the square root in both bounds."""
    if passes > trials:
        raise OutOfBoundsError("has more passes than trials", "Give how many of the trials passed")
    if trials == 0:
        raise ZeroRatioError("trials is 0, so there is no rate", "Test some examples first")
    z = distance(1 - confidence)
    return z, passes + z * z / 2, math.sqrt(z * z / 4 + passes * (trials - passes) / trials)


@worksheet_function(
    summary="Lower bound of the true pass rate behind a test, by the Wilson score interval.",
    returns="fraction",
    formula="(passes + z²/2 − z √(z²/4 + passes × (trials − passes) / trials)) / (trials + z²), z two-sided",
    # Times the same with +z: two near numbers subtracted would lose their digits.
    twin=f"passes*passes/(trials*(passes+{_Z}*{_Z}/(1+1)-{_Z}*{_SPREAD}))",
    rules=_MORE_THAN_ALL,
    references=_WILSON,
    examples=(((47, 50), "0.837829083111612"), ((3, 5), "0.230724281276013")),
)
def pass_rate_low(passes: float, trials: float, confidence: float = 0.95) -> float:
    """With 0 trials there is no rate: #DIV/0!; more passes than trials is #NUM!. Passes are counted, not a rate: 47 of
    50, not 0.94.
    """
    z, centre, spread = _wilson(passes, trials, confidence)
    return passes * passes / (trials * (centre + z * spread))


@worksheet_function(
    summary="Upper bound of the true pass rate behind a test, by the Wilson score interval.",
    returns="fraction",
    formula="(passes + z²/2 + z √(z²/4 + passes × (trials − passes) / trials)) / (trials + z²), z two-sided",
    twin=f"(passes+{_Z}*{_Z}/(1+1)-{_Z}*{_SPREAD})/(trials+{_Z}*{_Z})",
    rules=_MORE_THAN_ALL,
    references=_WILSON,
    examples=(((47, 50), "0.979385029651026"), ((3, 5), "0.882379225767352")),
)
def pass_rate_high(passes: float, trials: float, confidence: float = 0.95) -> float:
    """Errors as in PASS_RATE_LOW."""
    z, centre, spread = _wilson(passes, trials, confidence)
    return min((centre + z * spread) / (trials + z * z), 1.0)


_BRACKET = (
    f"({_Z}*SQRT((rate_a+rate_b)*(1+1-rate_a-rate_b)/(1+1))"
    "+NORMSINV(1-power)*SQRT(rate_a*(1-rate_a)+rate_b*(1-rate_b)))"
)


@worksheet_function(
    summary="Test examples for each of two options that tell their pass rates apart; #N/A where these are equal.",
    returns="examples for each option",
    formula=(
        "(z(1−α/2) √(2 p̄ (1−p̄)) + z(power) √(a (1−a) + b (1−b)))² / (a − b)², p̄ the mean rate, α = 1 − confidence, "
        "two-sided, without continuity correction, rounded up"
    ),
    twin=(
        "IF(ABS(rate_a-rate_b)<=comparison_tolerance*IF(rate_a<rate_b,rate_b,rate_a),NA(),"
        f"-INT(-{_BRACKET}*{_BRACKET}/((rate_a-rate_b)*(rate_a-rate_b))*(1-comparison_tolerance)))"
    ),
    rules=(("power*(1+1)-(1-confidence)<0-comparison_tolerance", "#NUM!"),),
    references=(
        "Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions: equal samples, two-sided",
        "R, power.prop.test: the same formula solved for n",
    ),
    examples=(((0.6, 0.9), "32"), ((0.9, 0.95), "435")),
)
def eval_size(rate_a: float, rate_b: float, confidence: float = 0.95, power: float = 0.8) -> float:
    """For different examples under each option; the same examples judged under both (EVAL_PAIRED) need fewer where the
    options mostly agree. A power below half of 1 − confidence is #NUM!: a test without any data has more.
    """
    if power * 2 - (1 - confidence) < -COMPARISON_TOLERANCE:
        raise OutOfBoundsError("has a power below that of a test without data", "Give power as 0.8 or 0.9")
    gap = minus(rate_a, rate_b)
    if gap == 0:
        raise NoAnswerError(
            "has two equal pass rates, which no test tells apart", "Give the difference that would matter"
        )
    both = rate_a + rate_b
    found = distance(2 - 2 * power) if power >= 0.5 else -distance(2 * power)
    bracket = distance(1 - confidence) * math.sqrt(both * (2 - both) / 2) + found * math.sqrt(
        rate_a * (1 - rate_a) + rate_b * (1 - rate_b)
    )
    return float(math.ceil(bracket * bracket / (gap * gap) * (1 - COMPARISON_TOLERANCE)))


_ALL = "(trials_a+trials_b)"
_PASSED = "(passes_a+passes_b)"
_FAILED = f"({_ALL}-{_PASSED})"


@worksheet_function(
    summary="Two-sided p-value that two options with these test results have one and the same pass rate.",
    returns="probability",
    formula="2 × (1 − Φ(|a − b| / √(p (1 − p) (1/trials_a + 1/trials_b)))), p the rate of both together",
    twin=(
        f"IF({_FAILED}<=comparison_tolerance*{_ALL},1/0,"
        "(1+1)*NORMSDIST(0-ABS(passes_a*trials_b-passes_b*trials_a)"
        f"/SQRT(trials_a*trials_b*{_PASSED}*{_FAILED}/{_ALL})))"
    ),
    twin_tolerance=1e-9,
    twin_limit="1e-9: one engine's NORMSDIST keeps ten digits",
    rules=(
        ("passes_a-trials_a>comparison_tolerance*trials_a", "#NUM!"),
        ("passes_b-trials_b>comparison_tolerance*trials_b", "#NUM!"),
    ),
    references=(
        "NIST/SEMATECH e-Handbook of Statistical Methods 7.3.3: two proportions",
        "R, prop.test with correct = FALSE: the same p-value, by the square of z",
    ),
    examples=(((60, 100, 90, 100), "9.63357008643094E-07"), ((3, 5, 5, 5), "0.113846298006658")),
)
def eval_pvalue(passes_a: float, trials_a: float, passes_b: float, trials_b: float) -> float:
    """The pooled two-proportion z test, for different examples under each option.

    For the same examples judged under both use EVAL_PAIRED, which sees more. Below 10 passes and 10 failures in all
    the value is rough. No trials, or no failure (or no pass) in either option: #DIV/0!.
    """
    if passes_a > trials_a or passes_b > trials_b:
        raise OutOfBoundsError("has more passes than trials", "Give how many of the trials passed")
    both = trials_a + trials_b
    passed = passes_a + passes_b
    failed = both - passed
    if trials_a == 0 or trials_b == 0:
        raise ZeroRatioError("has an option without trials", "Test some examples first")
    if passed == 0 or failed == 0:
        raise ZeroRatioError("has no spread to test by: all passed, or none did", "Look at PASS_RATE_LOW instead")
    across = abs(passes_a * trials_b - passes_b * trials_a)
    return two_tails(across / math.sqrt(trials_a * trials_b * passed * failed / both))


@worksheet_function(
    summary="Exact two-sided p-value for the same examples judged under two options (McNemar's test).",
    returns="probability",
    formula="2 × P(at most min(only_a, only_b) heads in only_a + only_b tosses of a fair coin); equal: 1",
    twin=("IF(only_a=only_b,1,(1+1)*BINOMDIST(IF(only_a<only_b,only_a,only_b),only_a+only_b,1/(1+1),TRUE))"),
    twin_tolerance=1e-9,
    twin_limit="1e-9 up to 10,000 examples judged differently: engines sum BINOMDIST with fewer digits than Python",
    references=(
        "McNemar, Note on the sampling error of the difference between correlated proportions (1947)",
        "R, binom.test(only_a, only_a + only_b); statsmodels, mcnemar(exact=True)",
    ),
    examples=(((2, 9), "0.0654296875"), ((0, 5), "0.0625")),
)
def eval_paired(only_a: float, only_b: float) -> float:
    """only_a counts the examples that only option A passed, only_b those that only B passed; where both pass or both
    fail the options do not differ. Both 0: 1. Five examples can never give less than 0.0625.
    """
    return two_tails_of_coin(min(only_a, only_b), max(only_a, only_b))
