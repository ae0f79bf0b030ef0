"""The simulation: tasks of some blocks each, their summaries merged in order.

Which blocks form a task depends on nothing but the number of trials, and summaries are merged in the order of the
tasks; so the figures are the same to the last digit on one core and on a cluster of any size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import Any

import numpy

from pycalc.errors import OutOfBoundsError
from pycalc.risk.cashflow import Step, outcome
from pycalc.risk.draws import BLOCK, LARGEST_SEED, Uncertain, blocks, draw, uniforms_of_block
from pycalc.risk.drivers import BINS, Driver, Estimate, Slices, driver

MOST_TRIALS = 100_000_000_000
EXACT_TRIALS = 1_000_000
"""Up to here every outcome is kept for the quantiles; beyond, their first 14 binary digits, within 0.004%."""
DROPPED_BITS = 38
BLOCKS_PER_TASK = 16
BARS = 24
"""Bars of the histogram, about."""
LARGEST_OUTCOME = 1e70
"""USD. Beyond, the fourth powers of a hundred thousand million trials no longer fit into a double."""
ROUNDING = 1e-12
"""A spread below this share of the mean is rounding: every trial came to the same."""


@dataclass(frozen=True)
class Task:
    """Some blocks of one workload."""

    case: Uncertain
    workload: int
    trials: int
    seed: int
    first: int
    last: int


@dataclass
class Outcomes:
    """What is kept of the trials of some blocks; summaries of neighbours merge into one."""

    count: int
    paid: int
    paid_alive: int
    mean: float
    squares: float
    """Sum of squared deviations from the mean; below, of their third and fourth powers."""
    cubes: float
    fourths: float
    keys: Any
    """Distinct outcomes, in order, as whole numbers (`_keys`), and how often each came."""
    counts: Any
    slices: Slices
    """A row for each driver."""


@dataclass(frozen=True)
class Result:
    """What came out of a simulation: figures of the net saving [USD] over the months, with their standard errors."""

    trials: int
    seed: int
    p10: Estimate
    p50: Estimate
    p90: Estimate
    mean: Estimate
    deviation: Estimate
    paid: Estimate
    """Probability of paying back within the months."""
    paid_alive: Estimate
    """The same, and before the shutdown."""
    histogram: tuple[tuple[float, float, int], ...]
    """From, to, trials."""
    drivers: tuple[Driver, ...]
    """The largest share first."""


def simulate(
    case: Uncertain, trials: int = 100_000, seed: int = 1, mapped: Callable[..., Iterable[Any]] = map
) -> Result:
    """One workload. `mapped` runs the tasks: `map` here, what `cluster.cluster` gives elsewhere."""
    return simulate_all([case], trials, seed, mapped)[0]


def simulate_all(
    cases: Sequence[Uncertain], trials: int = 100_000, seed: int = 1, mapped: Callable[..., Iterable[Any]] = map
) -> list[Result]:
    """Many workloads, each with `trials` draws of its own stream."""
    if not 1 <= trials <= MOST_TRIALS:
        raise OutOfBoundsError(f"{trials:,} trials are not between 1 and {MOST_TRIALS:,}", "Give a number in between")
    if not 0 <= seed <= LARGEST_SEED:
        raise OutOfBoundsError(
            f"the seed {seed} is not between 0 and {LARGEST_SEED:,}", "Give a whole number in between"
        )
    tasks = [
        Task(case, workload, trials, seed, first, min(first + BLOCKS_PER_TASK, len(blocks(trials))))
        for workload, case in enumerate(cases)
        for first in range(0, len(blocks(trials)), BLOCKS_PER_TASK)
    ]
    summaries = zip(tasks, mapped(run_task, tasks), strict=True)
    results = []
    for case, own in groupby(summaries, key=lambda pair: pair[0].workload):
        # One after the other, so that no more than two are in memory.
        whole = reduce(lambda first, second: _merged([first, second]), (summary for _, summary in own))
        results.append(_result(cases[case], whole, trials, seed))
    return results


def run_task(task: Task) -> Outcomes:
    """The blocks of a task, one after the other."""
    return _merged([_block(task, number) for number in range(task.first, task.last)])


def _block(task: Task, number: int) -> Outcomes:
    case = task.case
    size = min(BLOCK, task.trials - number * BLOCK)
    uniforms = uniforms_of_block(case, task.seed, task.workload, number, size)
    names = case.drivers()
    steps = tuple(
        (step, uniforms[name] < step.probability)
        for name, step in zip(names[len(case.varied) :], case.steps, strict=True)
    )
    with numpy.errstate(all="ignore"):  # what overflows is refused below
        found = (case.model or outcome)({**case.fixed, **draw(case, uniforms)}, case.months, steps)
    net = numpy.broadcast_to(found.net, (size,)).astype(float)
    if not (numpy.abs(net) <= LARGEST_OUTCOME).all():
        raise OutOfBoundsError(
            f"a draw of the inputs gives a net saving beyond {LARGEST_OUTCOME:g} USD",
            "Check low and high, and their units",
        )
    keys, counts = numpy.unique(_keys(net) >> _dropped(task.trials), return_counts=True)
    bins = [_bins(uniforms[name], step) for name, step in zip(names, _steps(case), strict=True)]
    mean = float(net.mean())
    deviations = net - mean
    squared = numpy.square(deviations)
    return Outcomes(
        count=size,
        paid=int(numpy.count_nonzero(numpy.broadcast_to(found.paid, (size,)))),
        paid_alive=int(numpy.count_nonzero(numpy.broadcast_to(found.paid_alive, (size,)))),
        mean=mean,
        squares=float(squared.sum()),
        cubes=float((squared * deviations).sum()),
        fourths=float(numpy.square(squared).sum()),
        keys=keys,
        counts=counts,
        slices=Slices.of(bins, net, mean, squared),
    )


def _steps(case: Uncertain) -> tuple[Step | None, ...]:
    return (*(None for _ in case.varied), *case.steps)


def _bins(uniforms: Any, step: Step | None) -> Any:
    if step:  # a step either comes (the last bin) or does not (the first)
        return numpy.where(uniforms < step.probability, BINS - 1, 0)
    return (uniforms * BINS).astype(numpy.int64)


def _dropped(trials: int) -> int:
    return 0 if trials <= EXACT_TRIALS else DROPPED_BITS


def _keys(values: Any) -> Any:
    """Doubles as whole numbers in the same order; applied to those, the way back."""
    whole = values.view(numpy.int64)
    return whole ^ ((whole >> 63) & 0x7FFF_FFFF_FFFF_FFFF)


def _merged(parts: list[Outcomes]) -> Outcomes:
    whole = parts[0]
    if len(parts) == 1:
        return whole
    keys, places = numpy.unique(numpy.concatenate([part.keys for part in parts]), return_inverse=True)
    # bincount adds as doubles: exact up to 2^53 trials.
    counts = numpy.bincount(places, numpy.concatenate([part.counts for part in parts])).astype(numpy.int64)
    count = sum(part.count for part in parts)
    mean = math.fsum(part.count * part.mean for part in parts) / count
    apart = [part.mean - mean for part in parts]
    return Outcomes(
        count=count,
        paid=sum(part.paid for part in parts),
        paid_alive=sum(part.paid_alive for part in parts),
        mean=mean,
        squares=math.fsum(part.squares + part.count * d**2 for part, d in zip(parts, apart, strict=True)),
        cubes=math.fsum(
            part.cubes + 3 * d * part.squares + part.count * d**3 for part, d in zip(parts, apart, strict=True)
        ),
        fourths=math.fsum(
            part.fourths + 4 * d * part.cubes + 6 * d**2 * part.squares + part.count * d**4
            for part, d in zip(parts, apart, strict=True)
        ),
        keys=keys,
        counts=counts,
        slices=Slices.merged([part.slices for part in parts]),
    )


def _result(case: Uncertain, summary: Outcomes, trials: int, seed: int) -> Result:
    ordered = _Ordered(summary, _dropped(trials))
    deviation = math.sqrt(summary.squares / max(1, summary.count - 1))
    if deviation <= ROUNDING * abs(summary.mean):
        deviation = 0.0
    p10, p50, p90 = (ordered.quantile(share) for share in (0.1, 0.5, 0.9))
    return Result(
        trials=trials,
        seed=seed,
        p10=p10,
        p50=p50,
        p90=p90,
        mean=Estimate(summary.mean, deviation / math.sqrt(summary.count)),
        deviation=_deviation(deviation, summary),
        paid=Estimate.share(summary.paid, summary.count),
        paid_alive=Estimate.share(summary.paid_alive, summary.count),
        histogram=ordered.histogram(),
        drivers=_drivers(case, summary, summary.squares if deviation else 0.0),
    )


def _deviation(deviation: float, summary: Outcomes) -> Estimate:
    """The standard error of a standard deviation s is sqrt((m4 − s⁴) / n) / 2s, m4 being the fourth moment."""
    if not deviation:
        return Estimate(0.0, 0.0)
    excess = max(0.0, summary.fourths / summary.count - deviation**4)
    return Estimate(deviation, math.sqrt(excess / summary.count) / (2 * deviation))


class _Ordered:
    """The outcomes in order, as far as a summary knows them."""

    def __init__(self, summary: Outcomes, dropped: int) -> None:
        self.count = summary.count
        self.ends = numpy.cumsum(summary.counts)
        keys = summary.keys << dropped
        if dropped:
            keys = keys + (1 << (dropped - 1))  # the middle of a bin stands for all of it
        self.values = _keys(keys).view(numpy.float64)

    def rank(self, rank: float) -> float:
        """The outcome of that rank from 0 up; between two ranks, on the line between them."""
        low = math.floor(rank)
        below, above = (
            float(self.values[numpy.searchsorted(self.ends, min(place, self.count - 1), side="right")])
            for place in (low, low + 1)
        )
        return below + (rank - low) * (above - below)

    def quantile(self, share: float) -> Estimate:
        """As PERCENTILE.INC. Its standard error: half the way between the ranks one standard error below and above."""
        last = self.count - 1
        reach = math.sqrt(share * (1 - share) / self.count)
        low, high = (self.rank(min(1.0, max(0.0, share + sign * reach)) * last) for sign in (-1, 1))
        return Estimate(self.rank(share * last), (high - low) / 2)

    def histogram(self) -> tuple[tuple[float, float, int], ...]:
        """Bars of a round width over the middle 99%; the outermost hold the tails."""
        low, high = self.rank(0.005 * (self.count - 1)), self.rank(0.995 * (self.count - 1))
        if not high > low:
            return ((low, high, self.count),)
        width = _round_up((high - low) / BARS)
        first = math.floor(low / width)
        edges = [(first + place) * width for place in range(math.ceil(high / width) - first + 1)]
        places = numpy.searchsorted(self.values, edges[1:-1], side="left")
        below = [0, *(int(self.ends[place - 1]) if place else 0 for place in places), self.count]
        return tuple((edges[bar], edges[bar + 1], below[bar + 1] - below[bar]) for bar in range(len(edges) - 1))


def _round_up(width: float) -> float:
    """The next of 1, 2, 2.5, 5 × 10^n."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width * (1 - 1e-9))


def _drivers(case: Uncertain, summary: Outcomes, total: float) -> tuple[Driver, ...]:
    found = [
        driver(name, step, summary.slices, place, summary.mean, total)
        for place, (name, step) in enumerate(zip(case.drivers(), _steps(case), strict=True))
    ]
    return tuple(sorted(found, key=lambda one: -one.share.value if one.share else 1))
