"""What each input does to the outcome, from the outcomes in slices of equal probability of that input."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy

from pycalc.risk.cashflow import Step

BINS = 20
"""Slices of equal probability of each input, for its share in the variance."""
SURE = 4.0
"""Standard deviations of pure chance that an effect has to exceed before it is called one."""

SEEN = "seen"
NOT_SEEN = "no effect seen"


@dataclass(frozen=True)
class Estimate:
    """A figure and its standard error."""

    value: float
    error: float

    @classmethod
    def share(cls, hits: int, trials: int) -> Estimate:
        """Of trials, those that hit."""
        value = hits / trials
        return cls(value, math.sqrt(value * (1 - value) / trials))


@dataclass(frozen=True)
class Driver:
    """What an input does to the net saving."""

    name: str
    effect: str
    """`SEEN`, or why there are no figures: `NOT_SEEN`, "not drawn: certain", "too few trials"."""
    share: Estimate | None
    """Share of the variance that knowing this input would remove (first-order effect)."""
    low: Estimate | None
    """Mean net saving where the input is in its lowest tenth (a step: where it does not come)."""
    high: Estimate | None
    """Mean where it is in its highest tenth (a step: where it comes)."""


@dataclass
class Slices:
    """The outcomes by driver (rows) and slice (columns)."""

    counts: Any
    sums: Any
    squares: Any
    """Sum of squared deviations from the slice's own mean."""

    @classmethod
    def of(cls, places: list[Any], net: Any, mean: float, squared: Any) -> Slices:
        """`places` says for each driver in which slice each outcome lies; `squared` are deviations from `mean`."""
        counts = numpy.array([numpy.bincount(index, minlength=BINS) for index in places]).reshape(-1, BINS)
        sums = numpy.array([numpy.bincount(index, net, BINS) for index in places]).reshape(-1, BINS)
        around = numpy.array([numpy.bincount(index, squared, BINS) for index in places]).reshape(-1, BINS)
        squares = numpy.maximum(0, around - counts * numpy.square(_means(counts, sums, mean) - mean))
        return cls(counts, sums, squares)

    @classmethod
    def merged(cls, parts: list[Slices]) -> Slices:
        counts, sums = sum(part.counts for part in parts), sum(part.sums for part in parts)
        means = _means(counts, sums, 0.0)
        squares = sum(
            part.squares + part.counts * numpy.square(_means(part.counts, part.sums, 0.0) - means) for part in parts
        )
        return cls(counts, sums, squares)


def _means(counts: Any, sums: Any, empty: float) -> Any:
    return numpy.divide(sums, counts, out=numpy.full(sums.shape, empty), where=counts > 0)


def driver(name: str, step: Step | None, slices: Slices, place: int, mean: float, total: float) -> Driver:
    """One driver's figures, or the reason why it has none.

    `total` is the sum of squared deviations of all outcomes from their mean, 0 where they are all the same.
    """
    counts, sums, squares = slices.counts[place], slices.sums[place], slices.squares[place]
    if step and not (counts[0] and counts[-1]):
        comes = bool(counts[-1])
        if step.probability == comes:
            return Driver(name, "not drawn: certain" if comes else "not drawn: never comes", None, None, None)
        return Driver(name, f"came in {'every' if comes else 'no'} trial", None, None, None)
    low, high = (_mean_of(counts[part], sums[part], squares[part]) for part in (slice(0, 2), slice(-2, None)))
    if low is None or high is None:
        return Driver(name, "too few trials", None, None, None)
    if not total:
        return Driver(name, NOT_SEEN, Estimate(0.0, 0.0), None, None)
    count = int(counts.sum())
    variance = total / max(1, count - 1)
    apart = _means(counts, sums, mean) - mean
    between = float((counts * numpy.square(apart)).sum())
    # Chance alone gives each slice but one the variance of a trial: that much is no effect.
    free = int(numpy.count_nonzero(counts)) - 1
    chance = free * total / max(1, count - 1)
    share = max(0.0, (between - chance) / total)
    found = Estimate(share, _share_error(share, counts, apart, squares, variance, free))
    if between - chance <= SURE * math.sqrt(2 * free) * variance:
        return Driver(name, NOT_SEEN, found, None, None)
    return Driver(name, SEEN, found, low, high)


def _share_error(share: float, counts: Any, apart: Any, squares: Any, variance: float, free: int) -> float:
    """The standard error of a share R of the variance V, an approximation.

    Its influence function at an outcome y in a slice whose mean lies d from the mean m of all is
    (2 d (y − m) − d² − R (y − m)²) / V. Outcomes are taken as normal within their slice, with its variance. Under
    no effect this is 0; then the chi-squared distribution of the slices' means remains.
    """
    count = int(counts.sum())
    within = squares / numpy.maximum(1, counts - 1)
    middle = (1 - share) * numpy.square(apart) - share * within
    around = 4 * (1 - share) ** 2 * numpy.square(apart) * within + 2 * share**2 * numpy.square(within)
    weights = counts / count
    influence = float((weights * (around + numpy.square(middle))).sum()) - float((weights * middle).sum()) ** 2
    return math.sqrt(max(0.0, influence) / variance**2 / count + 2 * free / count**2)


def _mean_of(counts: Any, sums: Any, squares: Any) -> Estimate | None:
    """The mean of the outcomes in some slices, None for fewer than two of them."""
    count = int(counts.sum())
    if count < 2:
        return None
    mean = float(sums.sum()) / count
    spread = float((squares + counts * numpy.square(_means(counts, sums, mean) - mean)).sum())
    return Estimate(mean, math.sqrt(spread / (count - 1) / count))
