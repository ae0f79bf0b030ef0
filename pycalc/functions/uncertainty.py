"""Uncertainty: how likely the switch pays back, and between which figures the saving will lie."""

from __future__ import annotations

from pycalc.annotations import Any, Iterator, Sequence
from pycalc.constants import COMPARISON_TOLERANCE
from pycalc.errors import OutOfBoundsError, WrongKindError
from pycalc.registry import worksheet_function
from pycalc.registry.vocabulary import quantity

SECTION = "Uncertainty"
_BLOCK = 16_384
"""Trials worked on at a time: a block and its intermediate results stay in the processor's cache."""


@worksheet_function(
    summary="Row of five: probability that upfront is paid back within the months, then P10, P50, P90 and mean of "
    "the net saving. Low, base and high of each input; repeatable by its seed.",
    returns="fraction; USD",
    formula=(
        "net saving = saving_per_query × queries × months − upfront over `trials` draws of three triangular "
        "distributions; quantiles as PERCENTILE.INC"
    ),
    no_twin=(
        "Random draws that a seed repeats are beyond a formula: RAND() changes at each recalculation. The sheet Risk "
        "holds the frozen result of `breakeven risk`"
    ),
    arguments={
        "upfront": quantity("One-time cost of fine-tuning: low, base and high", "USD", "[0..)"),
        "queries": quantity("Model calls per month: low, base and high", "calls per month", "[0..)"),
        "saving_per_query": quantity("Saving of one call when fine-tuned: low, base and high", "USD per call"),
        # 80 MB of outcomes; `pycalc.risk` takes more, block by block.
        "trials": quantity("Draws of the simulation", "trials", "[1..10000000] whole"),
        "seed": quantity("Start of the random numbers", "number", "[0..9007199254740992] whole"),
    },
    shapes={
        "upfront": "range",
        "queries": "range",
        "saving_per_query": "range",
        "months": "scalar",
        "trials": "scalar",
        "seed": "scalar",
    },
    references=(
        "Kotz and van Dorp, Beyond Beta (2004), chapter 1: the triangular distribution and its inverse",
        "M. E. O'Neill, PCG: a family of simple fast space-efficient statistically good generators (2014)",
        "Microsoft, PERCENTILE.INC function",
    ),
    examples=((((1000, 1000, 1000), (500, 500, 500), (0.5, 0.5, 0.5), 6, 100), "{1, 500, 500, 500, 500}"),),
    needs=("numpy",),
    spills=True,
)
def ft_risk(
    upfront: list[float],
    queries: list[float],
    saving_per_query: list[float],
    months: float,
    trials: float = 10_000,
    seed: float = 1,
) -> list[list[float]]:
    """The uniforms come from PCG64: `trials` for upfront, then for queries, then for the saving. Only additions,
    products, quotients and square roots follow, each of them exact to the last digit by the IEEE standard, so
    every platform gives the same numbers. Low above base or base above high is #NUM!, a range of other than three
    cells #VALUE!.
    """
    import math

    import numpy

    triples = [
        check_triple(cells, name)
        for cells, name in ((upfront, "upfront"), (queries, "queries"), (saving_per_query, "saving_per_query"))
    ]
    count = int(trials)
    net = numpy.empty(count)
    lanes = numpy.zeros(min(_BLOCK, count))
    paid_back = 0
    start = 0
    # Overflow shows as an infinity in the figures below.
    with numpy.errstate(all="ignore"):
        for cost, volume, saving in _blocks(triples, count, int(seed)):
            gross = saving * volume * months
            part = net[start : start + len(gross)]
            numpy.subtract(gross, cost, out=part)
            paid_back += int(numpy.count_nonzero(part >= -COMPARISON_TOLERANCE * cost))
            # Element by element, so that no platform's order of summation moves the mean.
            lanes[: len(part)] += part
            start += len(part)
        figures = [paid_back / count, *quantiles(net, (0.1, 0.5, 0.9)), math.fsum(lanes.tolist()) / count]
    if not all(map(math.isfinite, figures)):
        raise OverflowError
    return [figures]


def check_triple(cells: Sequence[float], name: str) -> tuple[float, float, float]:
    """Low, base and high of a triangular distribution."""
    if len(cells) != 3:
        raise WrongKindError(f"{name} has {len(cells)} cells, not three", "Give low, base and high")
    low, base, high = cells
    if not low <= base <= high:
        raise OutOfBoundsError(
            f"{name} runs {low:g}, {base:g}, {high:g}: low, base and high have to rise", "Put them in that order"
        )
    return low, base, high


def _blocks(triples: list[tuple[float, float, float]], count: int, seed: int) -> Iterator[list[Any]]:
    """Draws of each input, block by block: one stream, each input reading its own `count` numbers of it."""
    import numpy

    # A double takes one step of PCG64, so input n starts after n × count steps.
    streams = [
        numpy.random.Generator(numpy.random.PCG64(seed).advance(position * count)) for position in range(len(triples))
    ]
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        yield [triangular(stream.random(size), *triple) for stream, triple in zip(streams, triples, strict=True)]


def triangular(uniforms: Any, low: float, base: float, high: float) -> Any:
    """The inverse distribution function of the triangular distribution, for uniforms from 0 up to 1."""
    import numpy

    width = high - low
    if not width:
        return numpy.full(uniforms.shape, float(low))
    left, right = (base - low) / width, (high - base) / width
    rising = low + width * numpy.sqrt(uniforms * left)
    falling = high - width * numpy.sqrt((1 - uniforms) * right)
    return numpy.where(uniforms < left, rising, falling)


def quantiles(values: Any, shares: Sequence[float]) -> list[float]:
    """Quantiles as Excel's PERCENTILE.INC: linear between ranks share × (n − 1). Reorders `values`."""
    ranks = [share * (len(values) - 1) for share in shares]
    below = [int(rank) for rank in ranks]
    above = [min(rank + 1, len(values) - 1) for rank in below]
    values.partition(sorted({*below, *above}))
    return [
        float(values[low] + (rank - low) * (values[high] - values[low]))
        for rank, low, high in zip(ranks, below, above, strict=True)
    ]
