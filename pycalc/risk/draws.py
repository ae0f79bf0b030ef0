"""Random draws of the inputs: triangular each, moving together where told to, from a stream per block."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from pycalc.errors import OutOfBoundsError, WrongKindError
from pycalc.functions.uncertainty import check_triple, triangular
from pycalc.risk.cashflow import INPUTS, WHOLE, Outcome, Step

BLOCK = 65_536
"""Trials that share one stream of random numbers. Part of the result: another size draws other numbers."""
LARGEST_SEED = 2**53
"""A cell holds whole numbers up to here without loss."""


Model = Callable[[Mapping[str, Any], int, tuple[tuple[Step, Any], ...]], Outcome]
"""Inputs (numbers or arrays), months, steps with who each happens to; what each draw comes to."""


@dataclass(frozen=True)
class Correlation:
    """Two inputs that move together: their rank correlation (Spearman), −1 to 1."""

    first: str
    second: str
    rank: float


@dataclass(frozen=True)
class Uncertain:
    """One workload: fixed inputs, varied inputs (low, base, high), what moves together, which steps may come."""

    fixed: dict[str, float | None]
    varied: dict[str, tuple[float, float, float]]
    months: int
    correlations: tuple[Correlation, ...] = ()
    steps: tuple[Step, ...] = ()
    model: Model | None = None
    """What the inputs come to; by default prompt engineering against fine-tuning, `cashflow.outcome`."""

    def __post_init__(self) -> None:
        for name, triple in self.varied.items():
            if self.model is None and name not in INPUTS:
                raise WrongKindError(f"{name} does not move the cash flow", f"Vary one of {', '.join(INPUTS)}")
            if not all(map(math.isfinite, triple)):
                raise OutOfBoundsError(f"{name}: low, base and high must be finite numbers", "Give numbers")
            check_triple(triple, name)
        for step in self.steps:
            if step.option not in ("pe", "ft"):
                raise WrongKindError(f"a price step is for pe or ft, not for {step.option}", "Name one of the two")
            _check_step(step)
        self.factors()

    def drivers(self) -> tuple[str, ...]:
        """Whatever varies, in the order it is drawn: inputs, then steps, each with a name of its own."""
        labels = [step.label for step in self.steps]
        numbers = [labels[: place + 1].count(label) for place, label in enumerate(labels)]
        return (
            *self.varied,
            *(label if number == 1 else f"{label} ({number})" for label, number in zip(labels, numbers, strict=True)),
        )

    def factors(self) -> tuple[list[str], list[list[float]]]:
        """The inputs that move together, and the lower triangle whose product is their normal correlation.

        Normal numbers with correlation 2 sin(π/6 × r) have the rank correlation r.
        """
        names = list(dict.fromkeys(name for pair in self.correlations for name in (pair.first, pair.second)))
        unknown = [name for name in names if name not in self.varied]
        if unknown:
            raise WrongKindError(f"{unknown[0]} is correlated but does not vary", "Give it a low and a high value")
        matrix = [[float(one == other) for other in names] for one in names]
        given: set[frozenset[str]] = set()
        for pair in self.correlations:
            if not -1 <= pair.rank <= 1 or pair.first == pair.second:
                raise OutOfBoundsError(
                    f"the correlation of {pair.first} and {pair.second} is {pair.rank:g}",
                    "Give two inputs and a number from -1 to 1",
                )
            both = frozenset((pair.first, pair.second))
            if both in given:
                raise OutOfBoundsError(
                    f"the correlation of {pair.first} and {pair.second} is given twice", "Give each pair once"
                )
            given.add(both)
            row, column = names.index(pair.first), names.index(pair.second)
            matrix[row][column] = matrix[column][row] = 2 * math.sin(math.pi / 6 * pair.rank)
        return names, _cholesky(matrix, names)


def _check_step(step: Step) -> None:
    where = f"the price cut {step.option} from month {step.month}"
    if step.month < 1:
        raise OutOfBoundsError(f"{where} has no month to begin in", "Count months from 1")
    for what, share in (("cut", step.cut), ("probability", step.probability)):
        if not 0 <= share <= 1:
            raise OutOfBoundsError(f"{where} has a {what} of {share:g}, outside 0 to 1", "Write 40% as 0.4")


def _cholesky(matrix: list[list[float]], names: list[str]) -> list[list[float]]:
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row][column] - math.fsum(factor[row][k] * factor[column][k] for k in range(column))
            if row == column:
                if rest < -1e-9:
                    raise OutOfBoundsError(
                        f"the correlations of {', '.join(names)} contradict each other",
                        "No three inputs can all move strongly against each other; bring them nearer to 0",
                    )
                factor[row][row] = math.sqrt(max(rest, 0.0))
            else:
                factor[row][column] = rest / factor[column][column] if factor[column][column] > 1e-9 else 0.0
    return factor


def draw(case: Uncertain, uniforms: dict[str, Any]) -> dict[str, Any]:
    """The inputs that belong to the uniform numbers of a block."""
    drawn: dict[str, Any] = {}
    for name, triple in case.varied.items():
        values = triangular(uniforms[name], *triple)
        drawn[name] = numpy.floor(values + 0.5) if name in WHOLE else values
    return drawn


def uniforms_of_block(case: Uncertain, seed: int, workload: int, block: int, size: int) -> dict[str, Any]:
    """A uniform number for every driver and trial; the same whichever machine works on the block."""
    stream = numpy.random.Generator(numpy.random.PCG64(numpy.random.SeedSequence(seed, spawn_key=(workload, block))))
    together, factor = case.factors()
    uniforms: dict[str, Any] = {}
    if together:
        normals = [stream.standard_normal(size) for _ in together]
        for name, row in zip(together, factor, strict=True):
            uniforms[name] = _normal_share(sum(weight * normal for weight, normal in zip(row, normals, strict=True)))
    for name in case.drivers():
        if name not in uniforms:
            uniforms[name] = stream.random(size)
    return uniforms


def _normal_share(normals: Any) -> Any:
    """The normal distribution function; just below 1 where it would round to 1."""
    root = math.sqrt(0.5)
    shares = [0.5 * math.erfc(-root * value) for value in normals.tolist()]
    return numpy.minimum(numpy.array(shares), 1 - 2**-53)


def blocks(trials: int) -> Sequence[int]:
    return range(-(-trials // BLOCK))
