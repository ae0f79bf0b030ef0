"""Arithmetic that treats near-equal numbers as equal, for function bodies and their array forms."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.constants import COMPARISON_TOLERANCE


def minus(left: float, right: float) -> float:
    """left − right; 0 when they differ by less than the tolerance times the larger.

    A spreadsheet snaps such differences to 0, Python does not: written out here and in every twin, so that
    all of them decide alike at a threshold.
    """
    difference = left - right
    return 0.0 if abs(difference) <= COMPARISON_TOLERANCE * max(abs(left), abs(right)) else difference


def minus_array(left: Any, right: Any) -> Any:
    """`minus` for NumPy arrays."""
    import numpy

    difference = left - right
    near = numpy.abs(difference) <= COMPARISON_TOLERANCE * numpy.maximum(numpy.abs(left), numpy.abs(right))
    return numpy.where(near, 0.0, difference)


def where_valid(values: Any, valid: Any, no_answer: bool = False) -> Any:
    """NumPy values where they are valid and NaN where not, for the scalar function to name the error.

    Mostly all are valid, and then nothing is copied. `no_answer`: that error is NoAnswerError.
    """
    import numpy

    if valid.item(valid.argmin()):  # as all(), in a quarter of its time
        return values
    if not no_answer:
        return numpy.where(valid, values, numpy.nan)
    from pycalc.registry.unread import NO_ANSWER

    return numpy.where(valid, values, NO_ANSWER)


def saved(left: Any, right: Any) -> Any:
    """left − right for NumPy arrays, NaN where that is no saving."""
    saving = left - right
    return where_valid(saving, saving > COMPARISON_TOLERANCE * left, no_answer=True)
