"""A sheet whose lines all hold the same formulas, calculated column by column for all lines at once.

A portfolio is such a sheet. Each column's formula is translated once into operations on vectors, whatever the number
of lines, and a column is worked out when another one first asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from types import CodeType, SimpleNamespace
from typing import Any

import numpy as np

from workbook.engines import vectors
from workbook.engines.vectorfunctions import FUNCTIONS, LAZY, OPERATORS
from workbook.errors import WorkbookError
from workbook.formulas.javascript import Translation
from workbook.formulas.parser import FormulaError

LINE = "\0"
"""Stands for the number of a line in the text of a formula."""
OWN = 1_000_000
"""The line that formulas are translated for: below any that they name by its number."""

_FUNCTIONS = SimpleNamespace(**OPERATORS, **FUNCTIONS, **LAZY)


class _Vectors(Translation):
    """The same expressions as Python's: they differ in how an argument that can wait is written."""

    functions = frozenset((*FUNCTIONS, *LAZY))
    waiting = "lambda:"

    @staticmethod
    def constant(text: str) -> str:
        return f"n({text.title() if text in ('true', 'false') else text})"


class Lines:
    """The lines of a sheet, and of the sheet beside it that holds what was entered.

    Parameters
    ----------
    formulas : column, counted from 0, to its formula with `LINE` where the number of the line stands, or a constant.
    fixed : sheet, line and column, counted from 1, of cells above the lines, with what they hold.
    names : defined names and what they stand for.
    entered : columns of the other sheet, counted from 0, with the values of all lines; None for a blank.
    """

    def __init__(
        self,
        sheets: tuple[str, str],
        formulas: Mapping[int, object],
        fixed: Mapping[tuple[int, int], object],
        names: Mapping[str, object],
        entered: Mapping[int, vectors.Entered],
        lines: int,
    ) -> None:
        self.lines = lines
        self._sheets, self._formulas, self._fixed = sheets, formulas, fixed
        self._entered = {place: vectors.column(values) for place, values in entered.items()}
        self._known: dict[int, vectors.Value] = {}
        self._ranges: dict[tuple[int, int, int, int], vectors.Value] = {}
        self._names = {name: vectors.constant(number) for name, number in names.items()}
        self._blank = vectors.constant(None)

    def column(self, place: int) -> vectors.Value:
        """The value of a column in all lines."""
        if place not in self._known:
            self._known[place] = self.given(place)
        return self._known[place]

    def given(self, place: int) -> vectors.Value:
        """What the formula of a column gives, whatever the column holds."""
        formula = self._formulas.get(place)
        if not (isinstance(formula, str) and formula.startswith("=")):
            return vectors.constant(formula)
        with np.errstate(all="ignore"):
            value: vectors.Value = eval(_compiled(formula, self._sheets), self._space())
        return value

    def hold(self, place: int, values: vectors.Entered) -> None:
        """Put values in place of what a column gives."""
        self._known[place] = vectors.column(values)

    def _space(self) -> dict[str, Any]:
        """What stands for what in a translated formula. Not kept: it would keep all of this alive in a circle."""
        return {
            "x": _FUNCTIONS,
            "v": self._cell,
            "g": self._range,
            "k": self._names.__getitem__,
            "n": _constant,
            "undefined": self._blank,
            "r": OWN,
            "c": 1,
        }

    def values(self, place: int) -> list[object]:
        """The same as Python's values, one a line."""
        return vectors.cells(self.column(place), self.lines)

    def _cell(self, sheet: int, row: int, column: int) -> vectors.Value:
        if row != OWN:
            return vectors.constant(self._fixed.get((row, column)))
        if sheet == 0:
            return self.column(column - 1)
        return self._entered.get(column - 1, self._blank)

    def _range(self, sheet: int, top: int, left: int, bottom: int, right: int) -> vectors.Value:
        if top != bottom:
            raise WorkbookError("a range over several lines has no value in one of them")
        place = (sheet, top, left, right)
        if place not in self._ranges:
            self._ranges[place] = beside([self._cell(sheet, top, column) for column in range(left, right + 1)])
        return self._ranges[place]


def beside(values: Sequence[vectors.Value]) -> vectors.Value:
    """Cells that stand next to one another, as a range."""
    plain = [value for value in values if isinstance(value, np.ndarray)]
    if len(plain) == len(values) and len({value.dtype for value in plain}) == 1:
        return np.concatenate(np.broadcast_arrays(*plain), axis=1)
    parts = [vectors.mixed(value) for value in values]
    kind = np.concatenate(np.broadcast_arrays(*(part.kind for part in parts)), axis=1)
    number = np.concatenate(np.broadcast_arrays(*(part.number for part in parts)), axis=1)
    if not any(part.text is not None for part in parts):
        return vectors.settled(kind, number)
    empty = np.full((1, 1), "", dtype=object)
    texts = np.broadcast_arrays(*(empty if part.text is None else part.text for part in parts), kind[:, :1])[:-1]
    return vectors.settled(kind, number, np.concatenate(texts, axis=1))


_constant = lru_cache(maxsize=1_000, typed=True)(vectors.constant)


@cache
def _compiled(formula: str, sheets: tuple[str, str]) -> CodeType:
    """A formula as Python: calls of the vector functions around cells and numbers, nothing that a file could name."""
    text = formula[1:].replace(LINE, str(OWN))
    numbers = {name: number for number, name in enumerate(sheets)}
    try:
        found = _Vectors(text, sheets[0], OWN, 1, numbers, lambda _, name: f"k({name!r})").text()
    except FormulaError as problem:
        raise WorkbookError(f"{problem}, so it cannot be calculated for many lines at once: {formula[:80]}") from None
    return compile(found, "<formula>", "eval")
