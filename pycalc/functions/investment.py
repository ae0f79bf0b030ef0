"""Investment: net present value, internal rate of return, payback and return of the switch.

The cash flow is −upfront in month 0 and saving × (1 + growth)^(t−1) − fixed in months t = 1, 2, ... Sums of such
flows have closed forms, so no function here loops over the months; `ft_cashflow` lists them.
"""

from __future__ import annotations

import math

from pycalc.annotations import Any, Callable
from pycalc.constants import COMPARISON_TOLERANCE, MONTHS_PER_YEAR
from pycalc.errors import NoAnswerError, ZeroRatioError
from pycalc.functions.arithmetic import minus
from pycalc.registry import worksheet_function
from pycalc.registry.vocabulary import quantity

SECTION = "Investment"
_NPV_PAGE = "Microsoft, NPV function: the first flow is discounted there, so month 0 is added outside NPV()"
_LONGEST_PAYBACK = 2**40
_NO_VALUE = 1e-10
"""An NPV below this share of the sum of its terms is none."""
_ROWS_INSTEAD = (
    "In a workbook: a row of months with cash flow, discount factor and running total, as on the sheet Cash flow"
)


def annuity(log_rate: float, months: float) -> float:
    """Σ t=1..months of exp(−t × log_rate): a dollar a month at the rate exp(log_rate) − 1.

    Logarithms keep the last digit where the rate is near 0, and stay in range where it is huge.
    """
    if log_rate == 0 or months == 0:
        return months
    return -math.expm1(-months * log_rate) / math.expm1(log_rate)


def present_value(log_rate: float, months: float, saving: float, growth: float, fixed: float) -> float:
    """Today's value of the flows of months 1 to `months`; `log_rate` is log(1 + monthly rate)."""
    value = 0.0
    if saving:
        value = saving / (1 + growth) * annuity(log_rate - math.log1p(growth), months)
    if fixed:
        value -= fixed * annuity(log_rate, months)
    return value


def _annuity_array(log_rate: Any, months: Any) -> Any:
    import numpy

    level = log_rate == 0
    if not numpy.any(level):
        return -numpy.expm1(-months * log_rate) / numpy.expm1(log_rate)
    safe = numpy.where(level, 1.0, log_rate)
    return numpy.where(level, months, -numpy.expm1(-months * safe) / numpy.expm1(safe))


def _ft_npv_array(
    annual_rate: Any, months: Any, upfront: Any, monthly_saving: Any, monthly_growth: Any, fixed_monthly: Any
) -> Any:
    import numpy

    log_rate = numpy.log1p(annual_rate) / MONTHS_PER_YEAR
    level = _annuity_array(log_rate, months) if _has(fixed_monthly) or not _has(monthly_growth) else None
    if _has(monthly_growth):
        growing = _annuity_array(log_rate - numpy.log1p(monthly_growth), months)
        value = monthly_saving / (1 + monthly_growth) * growing
    else:
        value = monthly_saving * level
    return (value - fixed_monthly * level if _has(fixed_monthly) else value) - upfront


def _has(values: Any) -> bool:
    """Whether an argument of an array form is anything but a single 0, as it is where it was left out."""
    return bool(getattr(values, "ndim", 0)) or values != 0


_RATE = "((1+annual_rate)^(1/months_per_year)/(1+monthly_growth)-1)"
_MONTHLY = "((1+annual_rate)^(1/months_per_year)-1)"


def _annuity_twin(rate: str) -> str:
    """PV() of one a month; near a rate of 0, where it loses its digits, the first terms of the series."""
    series = f"months*(1-{rate}*(months+1)/(1+1)+{rate}^(1+1)*(months+1)*(months+1+1)/((1+1)*(1+1+1)))"
    return f"IF(ABS({rate})<series_limit,{series},PV({rate},months,-1))"


@worksheet_function(
    summary="Net present value in USD of switching: upfront now, the monthly saving discounted month by month.",
    returns="USD",
    formula=(
        "−upfront + Σ t=1..months of (monthly_saving × (1 + monthly_growth)^(t−1) − fixed_monthly) "
        "/ (1 + annual_rate)^(t/12)"
    ),
    twin=(f"monthly_saving/(1+monthly_growth)*{_annuity_twin(_RATE)}-fixed_monthly*{_annuity_twin(_MONTHLY)}-upfront"),
    twin_tolerance=1e-9,
    twin_limit="1e-9 of the largest term: PV() loses digits where growth is near the monthly rate",
    array=_ft_npv_array,
    references=(_NPV_PAGE,),
    examples=(((0.12, 12, 2095.33, 306), "1359.87389281792"),),
)
def ft_npv(
    annual_rate: float,
    months: float,
    upfront: float,
    monthly_saving: float,
    monthly_growth: float = 0,
    fixed_monthly: float = 0,
) -> float:
    """Month 0 is not discounted; the flow of month t by t/12 years."""
    return _discounted(annual_rate, months, monthly_saving, monthly_growth, fixed_monthly) - upfront


def _discounted(annual_rate: float, months: float, saving: float, growth: float, fixed: float) -> float:
    """`present_value` at an annual rate: 12% a year is 0.9489% a month, not 1%."""
    return present_value(math.log1p(annual_rate) / MONTHS_PER_YEAR, months, saving, growth, fixed)


@worksheet_function(
    summary="Internal rate of return of switching, effective per year; #N/A when there is none, or more than one.",
    returns="fraction per year",
    formula="the annual_rate at which FT_NPV is 0",
    twin=(
        "IF(upfront=0,NA(),IF(months=0,NA(),"
        "IF(fixed_monthly=0,IF(monthly_saving<=0,NA(),"
        "((1+RATE(months,monthly_saving/(1+monthly_growth),-upfront,0,0,monthly_saving/(1+monthly_growth)/upfront))"
        "*(1+monthly_growth))^months_per_year-1),"
        "IF(monthly_growth=0,"
        "IF(monthly_saving-fixed_monthly<=comparison_tolerance*ABS(monthly_saving),NA(),"
        "(1+RATE(months,monthly_saving-fixed_monthly,-upfront,0,0,(monthly_saving-fixed_monthly)/upfront))"
        "^months_per_year-1),#VALUE!))))"
    ),
    twin_tolerance=1e-7,
    twin_limit=(
        "monthly_growth or fixed_monthly has to be 0 (else #VALUE!): Excel's RATE knows one level or one growing flow, "
        "not a growing saving with a fixed cost, and stops at 1e-7; near -100% it shows digits it does not have. "
        + _ROWS_INSTEAD
        + ", and (1+IRR(flows))^12-1"
    ),
    references=(
        "Microsoft, IRR function: found by iteration, accurate within 0.00001 percent",
        "Descartes' rule of signs: flows that change sign once have one rate, twice none or two",
    ),
    examples=(((12, 1000, 100), "0.412998984149616"),),
)
def ft_irr(
    months: float, upfront: float, monthly_saving: float, monthly_growth: float = 0, fixed_monthly: float = 0
) -> float:
    """A negative rate is an answer, as far as sixteen digits reach (about -99.99999%). Flows without a change of sign
    have no rate, flows with two changes have none or two: #N/A, the message says which.
    """
    flows = _signs(months, upfront, monthly_saving, monthly_growth, fixed_monthly)
    if len(flows) < 2:
        raise NoAnswerError("has no rate of return: its flows never change sign", "It only costs, or only saves")

    def npv(log_rate: float) -> float:
        return present_value(log_rate, months, monthly_saving, monthly_growth, fixed_monthly) - upfront

    if len(flows) > 2:
        raise NoAnswerError(*_why_not_one(npv))
    rate = math.expm1(MONTHS_PER_YEAR * _root(npv, rising=flows[0] > 0))
    if rate <= -1 or not _leaves_nothing(rate, months, upfront, monthly_saving, monthly_growth, fixed_monthly):
        raise NoAnswerError("has a rate of return too near -100% for sixteen digits", "Nearly all is lost: see FT_ROI")
    return rate


def _leaves_nothing(rate: float, months: float, upfront: float, saving: float, growth: float, fixed: float) -> bool:
    """Whether NPV at the rate as it is written down is 0: near -100% the digits of 1 + rate run out."""
    left = _discounted(rate, months, saving, growth, fixed) - upfront
    terms = _discounted(rate, months, abs(saving), growth, -abs(fixed)) + upfront
    return abs(left) <= _NO_VALUE * terms


def _signs(months: float, upfront: float, saving: float, growth: float, fixed: float) -> list[int]:
    """Signs of the flows in order, each run once. The flow itself changes sign at most once."""
    signs = [-1] if upfront > 0 else []
    if months:
        for flow in (minus(saving, fixed), minus(saving * (1 + growth) ** (months - 1), fixed)):
            sign = (flow > 0) - (flow < 0)
            if sign and signs[-1:] != [sign]:
                signs.append(sign)
    return signs


def _why_not_one(npv: Callable[[float], float]) -> tuple[str, str]:
    """Two changes of sign: two rates if the largest NPV is above 0, else none."""
    low, high = -4.0, 4.0
    golden = (math.sqrt(5) - 1) / 2
    for _ in range(200):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _or_inf(npv, left) < _or_inf(npv, right):
            low = left
        else:
            high = right
    if _or_inf(npv, (low + high) / 2) > 0:
        return "has two rates of return: its flows change sign twice", "Judge it by FT_NPV"
    return "has no rate of return: its flows change sign twice and NPV is never above 0", "Judge it by FT_NPV"


def _or_inf(npv: Callable[[float], float], log_rate: float) -> float:
    """NPV, minus infinity where a low rate makes the last flow, a cost, overflow."""
    try:
        return npv(log_rate)
    except OverflowError:
        return -math.inf


def _root(npv: Callable[[float], float], rising: bool) -> float:
    """The one log rate at which npv is 0: bracketed by doubling, then bisected to the last digit."""

    def positive(log_rate: float) -> bool:
        """Whether the rate is still too low."""
        try:
            return (npv(log_rate) > 0) != rising
        except OverflowError:
            return True  # far below the root the later flows outweigh everything

    low, high = -1e-3, 1e-3
    while not positive(low) and low > -700:
        low *= 2
    while positive(high) and high < 700:
        high *= 2
    if low <= -700 or high >= 700:
        raise OverflowError
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if positive(middle) else (low, middle)
    return middle


@worksheet_function(
    summary="Discounted payback in months, interpolated within the month; #N/A when it is never paid back.",
    returns="months",
    formula=("the first month whose discounted running total reaches 0, less the part of that month not needed"),
    no_twin=(
        "The first month whose running total reaches 0 takes a table, not a cell; NPER interpolates along the "
        "discounting, not within the month. " + _ROWS_INSTEAD + ", then MATCH and one linear interpolation"
    ),
    examples=(((0, 2095.33, 306), "6.84748366013072"),),
)
def ft_payback(
    annual_rate: float, upfront: float, monthly_saving: float, monthly_growth: float = 0, fixed_monthly: float = 0
) -> float:

    def paid(months: int) -> bool:
        return saved(months) >= upfront * (1 - COMPARISON_TOLERANCE)

    def saved(months: int) -> float:
        try:
            return _discounted(annual_rate, months, monthly_saving, monthly_growth, fixed_monthly)
        except OverflowError:
            return math.inf if monthly_saving > 0 else -math.inf

    best = _best_month(monthly_saving, monthly_growth, fixed_monthly)
    if upfront == 0:
        return 0.0
    high = 1
    while high < best and not paid(high):
        high *= 2
    high = min(high, best)
    if high < 1 or not paid(high):
        raise NoAnswerError("is never paid back", "The discounted saving stays below the upfront cost")
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if paid(middle) else (middle, high)
    before = saved(low)
    return low + min(1.0, (upfront - before) / (saved(high) - before))


def _best_month(saving: float, growth: float, fixed: float) -> int:
    """The month with the highest running total; up to it, the total falls first if at all, then rises.

    The flow saving × (1 + growth)^(t−1) − fixed changes sign at most once, so this is month 0, the last month
    before the flow turns negative, or no month at all.
    """
    profitable_at_first = minus(saving, fixed) > 0
    if growth < 0:
        profitable_later = fixed < 0
    elif growth > 0:
        profitable_later = saving > 0
    else:
        profitable_later = profitable_at_first
    if profitable_later:
        return _LONGEST_PAYBACK
    if not profitable_at_first:
        return 0
    if fixed == 0 or saving == 0 or growth == 0:  # it keeps its sign
        return _LONGEST_PAYBACK
    return min(_LONGEST_PAYBACK, 1 + math.floor(math.log(fixed / saving) / math.log1p(growth)))


@worksheet_function(
    summary="Return on the upfront cost over the months, undiscounted.",
    returns="fraction",
    twin="(monthly_saving*months-upfront)/upfront",
    zeros=("upfront",),
    array=lambda months, upfront, monthly_saving: (monthly_saving * months - upfront) / upfront,
    examples=(((12, 2095.33, 306), "0.752468584900708"),),
)
def ft_roi(months: float, upfront: float, monthly_saving: float) -> float:
    """No upfront cost is #DIV/0!."""
    if upfront == 0:
        raise ZeroRatioError("upfront is 0, so there is nothing to relate the return to", "Give the upfront cost")
    return (monthly_saving * months - upfront) / upfront


@worksheet_function(
    summary="Column of months + 1 cash flows of switching in USD, the first −upfront.",
    returns="USD",
    formula="−upfront; then monthly_saving × (1 + monthly_growth)^(t−1) − fixed_monthly for t = 1..months",
    no_twin="A column takes one formula a row: " + _ROWS_INSTEAD,
    arguments={"months": quantity("Months counted", "months", "[0..1048575] whole")},
    shapes=dict.fromkeys(("months", "upfront", "monthly_saving", "monthly_growth", "fixed_monthly"), "scalar"),
    spills=True,
    examples=(((2, 1000, 600, 0.1), "{-1000; 600; 660}"),),
)
def ft_cashflow(
    months: float, upfront: float, monthly_saving: float, monthly_growth: float = 0, fixed_monthly: float = 0
) -> list[list[float]]:
    flows = [-upfront]
    flows += [monthly_saving * (1 + monthly_growth) ** t - fixed_monthly for t in range(int(months))]
    if not all(map(math.isfinite, flows)):
        raise OverflowError
    return [[float(flow)] for flow in flows]
