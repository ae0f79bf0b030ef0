"""The glossary: each argument name once, with its label, unit and bounds, from data/arguments.tsv.

The same name means the same thing in every function, cell, help text and document. A function whose
argument differs (FT_BREAKEVEN_QUERIES takes fractions of a month) says so where it is defined.
"""

from __future__ import annotations

from math import isfinite

from pycalc.files import table

INFINITY = float("inf")
FLAG = "TRUE or FALSE"


class Quantity:
    """What a value is: its kind, unit, label and bounds.

    `kind` is "number", "text", "flag" (TRUE or FALSE), "date" (an Excel serial number) or "any".
    """

    __slots__ = ("_bounds", "high", "high_open", "kind", "label", "low", "low_open", "unit", "whole")

    def __init__(
        self,
        label: str,
        unit: str,
        kind: str = "number",
        low: float = -INFINITY,
        high: float = INFINITY,
        low_open: bool = False,
        high_open: bool = False,
        whole: bool = False,
    ) -> None:
        self.label = label
        self.unit = unit
        self.kind = kind
        self.low = low
        self.high = high
        self.low_open = low_open
        self.high_open = high_open
        self.whole = whole
        self._bounds = ""

    def bounds(self) -> str:
        """The bounds in words, empty where there are none; put together once, for a column of errors asks again."""
        if not self._bounds:
            self._bounds = self._in_words()
        return self._bounds

    def allows(self, number: float) -> bool:
        """A finite number within the bounds, and whole where it must be."""
        above = number > self.low if self.low_open else number >= self.low
        below = number < self.high if self.high_open else number <= self.high
        return above and below and isfinite(number) and not (self.whole and number % 1)

    def _in_words(self) -> str:
        parts = []
        if self.low > -INFINITY:
            parts.append(f"{'above' if self.low_open else 'at least'} {self.low:,.16g}")
        if self.high < INFINITY:
            parts.append(f"{'below' if self.high_open else 'at most'} {self.high:,.16g}")
        text = " and ".join(parts)
        if self.whole:
            text = f"a whole number, {text}" if text else "a whole number"
        return text


def quantity(label: str, unit: str, bounds: str = "") -> Quantity:
    """A quantity by its bounds as mathematics writes them: "[0..1)" takes in 0 and not 1, "[0..) whole" has no end.

    Texts, dates and flags (TRUE or FALSE) are told by their unit.
    """
    interval, _, whole = bounds.partition(" ")
    low, _, high = interval[1:-1].partition("..")
    kind = {"text": "text", "date": "date", FLAG: "flag"}.get(unit, "number")
    open_low, open_high = interval[:1] == "(" and low != "", interval[-1:] == ")" and high != ""
    return Quantity(label, unit, kind, _end(low, -INFINITY), _end(high, INFINITY), open_low, open_high, bool(whole))


def _end(text: str, none: float) -> float:
    return none if not text else float(text) if "." in text else int(text)


VOCABULARY = {
    name: quantity(label, unit, bounds)
    for name, unit, bounds, label in table("arguments", "name", "unit", "bounds", "label")
}
