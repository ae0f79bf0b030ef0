"""Exact distributions of whole numbers as counts of counts: they merge, and the order does not matter.

Memory is bounded by the number of different values: a file of T tokens has at most about sqrt(2 T) different
lengths, 50,000 for a billion tokens.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import accumulate


def quantile(histogram: Counter[int], share: float) -> float:
    """The quantile by linear interpolation, the same floating-point number numpy.quantile gives."""
    values = sorted(histogram)
    reached = list(accumulate(histogram[value] for value in values))
    position = (reached[-1] - 1) * share
    whole = int(position)
    part = position - whole
    low = values[bisect_right(reached, whole)]
    high = values[bisect_right(reached, min(whole + 1, reached[-1] - 1))]
    # Interpolating from the nearer end is what numpy does; from the other end the last digit differs.
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def total(histogram: Counter[int], cap: int | None = None) -> int:
    """The sum of the values, each counted up to the cap."""
    return sum((value if cap is None else min(value, cap)) * count for value, count in histogram.items())


def above(histogram: Counter[int], limit: int) -> int:
    """How many values are above a limit."""
    return sum(count for value, count in histogram.items() if value > limit)


def within(histogram: Counter[int], low: float, high: float) -> int:
    """How many values are from low to high, both included."""
    return sum(count for value, count in histogram.items() if low <= value <= high)


def describe(histogram: Counter[int]) -> dict[str, float | int]:
    """Count, extremes, mean, median and the quantiles the data-preparation guide prints.

    The guide prints the 10 % and 90 % quantiles under the names "p5 / p95"; here they have their own names.
    """
    count = histogram.total()
    if not count:
        return {"count": 0}
    return {
        "count": count,
        "total": total(histogram),
        "min": min(histogram),
        "max": max(histogram),
        "mean": total(histogram) / count,
        "median": quantile(histogram, 0.5),
        "p10": quantile(histogram, 0.1),
        "p90": quantile(histogram, 0.9),
    }


def bins(histogram: Counter[int], most: int) -> list[tuple[int, int, int]]:
    """At most `most` bins of equal width: first value, last value, count. For drawing."""
    low, high = min(histogram), max(histogram)
    width = max(1, -(-(high - low + 1) // most))
    filled = Counter[int]()
    for value, count in histogram.items():
        filled[(value - low) // width] += count
    number = (high - low) // width + 1
    return [(low + i * width, min(low + (i + 1) * width - 1, high), filled[i]) for i in range(number)]
