"""Scalar calls against the bare formula, range calls against bare NumPy, the simulation against its bare draws."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import partial

import numpy

import pycalc
from bench.measure import Row, race, repeated

SCALAR_GOAL = 20
RANGE_GOAL = 1.5
ERROR_GOAL = 3
"""Rows that are errors nobody reads, against the same call with good rows."""
GOAL_FROM = 100_000
"""Below, one sees the cost of the call itself (20 to 50 µs)."""
RISK_GOAL = 2


def _breakeven(upfront, pe_monthly, ft_monthly):
    return upfront / (pe_monthly - ft_monthly)


def _pe_monthly(queries, prompt, query, response, input_price, output_price):
    return queries * ((prompt + query) * input_price + response * output_price) / 1e6


def _roi(months, upfront, saving):
    return (saving * months - upfront) / upfront


def _npv(rate, months, upfront, saving):
    monthly = (1 + rate) ** (1 / 12) - 1
    return saving * (1 - (1 + monthly) ** -months) / monthly - upfront


FUNCTIONS = (
    ("FT_BREAKEVEN", pycalc.ft_breakeven, _breakeven, (2095.33, 315.0, 9.0)),
    ("PE_MONTHLY", pycalc.pe_monthly, _pe_monthly, (10_000.0, 800.0, 50.0, 100.0, 30.0, 60.0)),
    ("FT_ROI", pycalc.ft_roi, _roi, (12, 2095.33, 306.0)),
    ("FT_NPV", pycalc.ft_npv, _npv, (0.1, 12, 2095.33, 306.0)),
)


def scalar(quick: bool) -> Iterator[Row]:
    calls = 2_000  # short turns, so that some of them have the processor to themselves
    for name, ours, bare, values in FUNCTIONS:
        best = race(
            repeated(ours, values, calls),
            repeated(bare, values, calls),
            seconds=0.3 if quick else 2,
            most=2_000,
        )
        times = [seconds / calls for seconds in best]
        yield Row("Scalar call", name, None, times[0], "the bare formula", times[1], SCALAR_GOAL)


def ranges(quick: bool) -> Iterator[Row]:
    generator = numpy.random.default_rng(1)
    for size in (1_000, 10_000, 100_000, 1_000_000, *(() if quick else (10_000_000,))):
        for name, ours, bare, values in FUNCTIONS:
            columns = [
                numpy.full(size, float(value)) if isinstance(value, int) else value * (0.5 + generator.random(size))
                for value in values
            ]
            yield _range_row(name, size, ours, bare, columns, quick)
        spoilt = [2095.33 * (0.5 + generator.random(size)), 300 + generator.random(size), generator.random(size)]
        spoilt[1][:: max(1, size // 1000)] = 0  # a thousand rows that never break even
        good = [spoilt[0], 300 + generator.random(size), spoilt[2]]
        for what, bad in (("1,000 rows #N/A", spoilt), ("all rows #N/A", [good[0], numpy.zeros(size), good[2]])):
            yield _error_row(what, size, good, bad, quick)
        if size <= 1_000_000:
            lists = [column.tolist() for column in spoilt]
            lists[1] = [300.0] * size

            def bare_lists(lists=lists):
                return _breakeven(*map(numpy.array, lists)).tolist()

            times = race(partial(pycalc.ft_breakeven, *lists), bare_lists, seconds=0.2 if quick else 1)
            against = "bare NumPy and back to lists"
            goal = RANGE_GOAL if size >= GOAL_FROM else None
            yield Row("Range call", "FT_BREAKEVEN, lists", size, times[0], against, times[1], goal)
            if size <= GOAL_FROM:
                yield _error_row("lists, all rows #N/A", size, lists, [lists[0], [0.0] * size, lists[2]], quick)
        gc.collect()


def _range_row(name, size, ours, bare, columns, quick) -> Row:
    with numpy.errstate(all="ignore"):
        times = race(partial(ours, *columns), partial(bare, *columns), seconds=0.2 if quick else 1)
    goal = RANGE_GOAL if size >= GOAL_FROM else None
    return Row("Range call", name, size, times[0], "bare NumPy", times[1], goal)


def _error_row(what, size, good, bad, quick) -> Row:
    times = race(partial(pycalc.ft_breakeven, *bad), partial(pycalc.ft_breakeven, *good), seconds=0.2 if quick else 1)
    goal = ERROR_GOAL if size >= GOAL_FROM else None
    return Row("Range call", f"FT_BREAKEVEN, {what}", size, times[0], "the same with good rows", times[1], goal)


def risk(quick: bool) -> Iterator[Row]:
    triples = ((1500.0, 2095.33, 4000.0), (5000.0, 10_000.0, 20_000.0), (0.01, 0.0306, 0.04))

    def bare(trials):
        stream = numpy.random.Generator(numpy.random.PCG64(1))
        drawn = []
        for low, base, high in triples:
            share = stream.random(trials)
            left = low + numpy.sqrt(share * (high - low) * (base - low))
            right = high - numpy.sqrt((1 - share) * (high - low) * (high - base))
            drawn.append(numpy.where(share < (base - low) / (high - low), left, right))
        return drawn[2] * drawn[1] * 12 - drawn[0]

    for trials in (1_000, 10_000, 100_000, 1_000_000, *(() if quick else (10_000_000,))):
        times = race(
            partial(pycalc.ft_risk, *triples, 12, trials),
            partial(bare, trials),
            seconds=0.2 if quick else 1,
        )
        goal = RISK_GOAL if trials >= 1_000_000 else None
        yield Row("Simulation", "FT_RISK", trials, times[0], "bare NumPy draws and arithmetic", times[1], goal)
