"""When two values of cells count as the same: one rule for every comparison."""

from __future__ import annotations

from workbook.file.cells import Value

TOLERANCE = 1e-9
"""Numbers nearer than this share of the larger count as equal."""


def same(one: Value, other: Value, tolerance: float = TOLERANCE, noise: float = 0.0) -> bool:
    """Whether two values show the same; two numbers of at most `noise` are both zero, a blank is an empty text."""
    if type(one) is float and type(other) is float:
        size = max(abs(one), abs(other))
        return one == other or size <= noise or abs(one - other) <= tolerance * size
    if one in (None, "") and other in (None, ""):
        return True
    return type(one) is type(other) and one == other


def stored_as_computed(stored: Value, computed: Value, slack: float = 0.0) -> bool:
    """Whether a stored value is what the formula computes to: a reference to a blank is 0 in Excel, else blank.

    LibreOffice and Google store TRUE and FALSE as 1 and 0, and a reader of XML may drop the spaces around a text.
    `slack` is how far from each other numbers may be.
    """
    if type(stored) is float and type(computed) is float and abs(stored - computed) <= slack:
        return True
    if stored is None or computed is None:
        other = computed if stored is None else stored
        if type(other) is float:
            return other == 0
    if type(stored) is float and type(computed) is bool:
        return stored == computed
    if isinstance(stored, str) and isinstance(computed, str):
        return stored.strip() == computed.strip()
    return same(stored, computed)


def short(value: Value) -> str:
    """A number to six digits, anything else as it is."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def same_digits(before: Value, after: Value) -> bool:
    """Whether a stored value can stay: equal to 15 digits, which is all that some programs store.

    An empty text may be stored as no value at all, as some writers do.
    """
    if type(before) is float and type(after) is float:
        return before == after or f"{before:.15g}" == f"{after:.15g}"
    return (before is None and after == "") or (type(before) is type(after) and before == after)
