"""Functions the embedded engine computes otherwise than Excel, as Microsoft documents them.

Each takes single values; ranges are taken cell by cell. docs/engines has the smallest case of each.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pycalc.errors import from_code
from workbook.engines.textnumbers import number_of, serial_of

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def rounded(number: float, digits: int) -> float:
    """Half away from zero, on the decimal digits a cell shows."""
    if not math.isfinite(number):
        return number
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def fifteen(number: float) -> float:
    """A number with the fifteen digits Excel compares and rounds by."""
    return float(f"{number:.15g}")


def as_joined(value: Any) -> Any:
    """A value as it is joined to a text: a number with fifteen digits, a blank as an empty text."""
    return fifteen(value) if isinstance(value, float) and math.isfinite(value) else "" if value is None else value


def whole(number: Any) -> float:
    """INT: rounds down, by fifteen digits, as Excel does: 880000000*0.00849/3 is 2490400."""
    return float(math.floor(fifteen(number_of(number))))


def ceiling(number: Any, significance: Any) -> float:
    """CEILING: up from zero or, where both are negative, away from it; docs: CEILING(-2.5,-2) is -4."""
    return _multiple(number, significance, math.ceil)


def floor(number: Any, significance: Any) -> float:
    """FLOOR: down or, where both are negative, towards zero; docs: FLOOR(-2.5,-2) is -2."""
    if number_of(significance) == 0 and number_of(number) != 0:
        raise from_code("#DIV/0!")
    return _multiple(number, significance, math.floor)


def _multiple(number: Any, significance: Any, step: Callable[[float], int]) -> float:
    value, size = number_of(number), number_of(significance)
    if value == 0 or size == 0:
        return 0.0
    if value > 0 > size:
        raise from_code("#NUM!")
    return fifteen(step(fifteen(value / size)) * size)


def proper(text: Any) -> str:
    """PROPER: a capital after everything that is no letter; docs: PROPER("2-way street") is "2-Way Street"."""
    shown = f"{text:.15g}" if isinstance(text, float) else str("" if text is None else text)
    letters = []
    before = False
    for letter in shown:
        letters.append(letter.lower() if before else letter.upper())
        before = letter.isalpha()
    return "".join(letters)


def compare(sign: str, one: Any, other: Any) -> bool:
    """Two values as Excel orders them: numbers by fifteen digits, then texts in any case, then logical values."""
    if type(one) is float and type(other) is float and abs(one - other) > 1e-14 * max(abs(one), abs(other)):
        return COMPARISONS[sign](one, other)  # a unit of the fifteenth digit is no larger
    return COMPARISONS[sign](_rank(one, other), _rank(other, one))


def _rank(value: Any, beside: Any) -> tuple[int, Any]:
    if value is None:
        value = "" if isinstance(beside, str) else False if isinstance(beside, bool) else 0.0
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, fifteen(float(value))


def value_of_text(text: Any) -> float:
    """VALUE: the number a text shows, a date included."""
    if isinstance(text, bool):
        raise ValueError(text)
    return number_of(text)


def as_number(value: Any) -> Any:
    """What an operator makes of a value: the number a text shows, any other value as it is."""
    return number_of(value) if isinstance(value, str) else value


def opposite(value: Any) -> bool:
    """NOT, which takes the texts TRUE and FALSE too."""
    if isinstance(value, str) and value.strip().upper() in ("TRUE", "FALSE"):
        return value.strip().upper() == "FALSE"
    if isinstance(value, str):
        raise ValueError(value)
    return not value


def days(end: Any, start: Any) -> float:
    """DAYS: whole days between two dates, the 29th of February 1900 among them."""
    return math.floor(number_of(end)) - math.floor(number_of(start)) + 0.0


def date_of(year: Any, month: Any, day: Any) -> float:
    """DATE for the year 1900 and before: a year below 1900 counts from it, and February of 1900 has 29 days."""
    first, months, on = (math.floor(number_of(part)) for part in (year, month, day))
    first += 1900 if first < 1900 else 0
    first, months = first + (months - 1) // 12, (months - 1) % 12 + 1
    serial = serial_of(first, months, 1) + on - 1
    if serial < 0:
        raise from_code("#NUM!")
    return float(serial)


def number_or_zero(value: Any) -> float:
    """N: a number, a logical value as 1 or 0, and 0 for all else."""
    return float(value) if isinstance(value, float | bool) else 0.0


def text_or_none(value: Any) -> str:
    """T: a text, and an empty one for all else."""
    return value if isinstance(value, str) else ""


ARRAYS = "BREAKEVEN_"
"""What N and T begin with in the copy where they are given several values: the engine's own give one, 0 or ""."""

AS_EXCEL: dict[str, Callable[..., Any]] = {
    "INT": whole,
    "CEILING": ceiling,
    "FLOOR": floor,
    "PROPER": proper,
    "VALUE": value_of_text,
    "NOT": opposite,
    "DAYS": days,
    ARRAYS + "N": number_or_zero,
    ARRAYS + "T": text_or_none,
}
