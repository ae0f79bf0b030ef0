"""Functions of one value given several: written out cell by cell, for an engine that calculates only operators so.

In SUMPRODUCT, in an array formula, and over an array constant anywhere, Excel calculates a function once for each cell
of a range that stands where one value belongs. The embedded engine does that for operators and IF; for the others this
module writes LEN(A1:A3) as VSTACK(LEN(A1),LEN(A2),LEN(A3)).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from pycalc.registry import FUNCTIONS
from workbook.engines.asexcel import AS_EXCEL
from workbook.engines.intersection import VALUE, class_of, in_array
from workbook.file.addresses import column_letters
from workbook.formulas.parser import Call, Formula, parsed, splice
from workbook.formulas.readers import box_of

MOST = 500
"""Cells that are written out; a formula over a larger range is none for this engine."""

TOO_LARGE = "BREAKEVEN_TOO_LARGE"
"""A function of the copy, in place of such a formula: the engine has no value for it."""

_TAKE_RANGES = frozenset(("TEXT", *AS_EXCEL))
"""Functions of the copy that calculate a range cell by cell; those of one argument are left alone for it."""

_LIFTS = frozenset(("IF", "SEQUENCE", "LET", "LAMBDA", "INDEX", "OFFSET", "VSTACK", "HSTACK", "TRANSPOSE", "SINGLE"))


class _Operand(NamedTuple):
    """Several values within a call: where they stand, how many, and the text of each."""

    start: int
    end: int
    rows: int
    columns: int
    element: Callable[[int, int], str]


@lru_cache(maxsize=256)  # a formula whose place matters is asked about in each cell
def lifted(text: str, array: bool = False, copy: bool = True) -> str:
    """A formula with such calls written out; `array` for an array formula, `copy` for the embedded engine's copy."""
    if "(" not in text or not (array or ":" in text or "{" in text or "SEQUENCE" in text.upper()):
        return text
    if (formula := parsed(text)) is None:
        return text
    edits: list[tuple[int, int, str]] = []
    for call in formula.calls:
        if call.name in _LIFTS or call.name in FUNCTIONS or (edits and call.start < edits[-1][1]):
            continue
        if copy and call.name in _TAKE_RANGES and len(call.arguments) == 1:
            continue
        everywhere = array or in_array(call.parent, call.position)
        operands = [
            operand
            for operand in _operands(formula, everywhere)
            if call.start < operand.start and operand.end < call.end and _one_by_one(formula, call, operand)
        ]
        if operands:
            new = _written_out(formula, call, operands)
            if new is None and call.name not in _TAKE_RANGES:
                return f"{TOO_LARGE}()"
            if new:
                edits.append((call.start, call.end, new))
    return splice(text, edits) if edits else text


def _written_out(formula: Formula, call: Call, operands: list[_Operand]) -> str | None:
    """The call for each cell; "" where there is but one, or nothing to go by; None for too many."""
    rows = max(operand.rows for operand in operands)
    columns = max(operand.columns for operand in operands)
    if rows * columns > MOST:
        return None
    if rows * columns == 1:
        return ""
    if any(operand.rows not in (1, rows) or operand.columns not in (1, columns) for operand in operands):
        return ""
    own = formula.text[call.start : call.end]
    lines = []
    for row in range(rows):
        cells = [
            splice(
                own,
                [
                    (
                        operand.start - call.start,
                        operand.end - call.start,
                        operand.element(min(row, operand.rows - 1), min(column, operand.columns - 1)),
                    )
                    for operand in operands
                ],
            )
            for column in range(columns)
        ]
        lines.append(cells[0] if columns == 1 else f"HSTACK({','.join(cells)})")
    return lines[0] if rows == 1 else f"VSTACK({','.join(lines)})"


def _one_by_one(formula: Formula, call: Call, operand: _Operand) -> bool:
    """Whether an operand stands where the call, and every call between, takes one value."""
    for inner in formula.calls:
        if inner.start < call.start or not (inner.start < operand.start and operand.end <= inner.end):
            continue
        for position, (first, last) in enumerate(inner.arguments):
            if first <= operand.start and operand.end <= last and class_of(inner, position) != VALUE:
                return False
    return True


def _operands(formula: Formula, ranges: bool) -> list[_Operand]:
    """The arrays of a formula: constants, sequences of numbers and, where they are calculated so, ranges."""
    found = []
    for reference in formula.references() if ranges else ():
        if reference.kind in ("range", "columns", "rows") and not reference.spill:
            top, left, bottom, right = box_of(reference.body)

            def cell(row: int, column: int, prefix: str = reference.prefix, top: int = top, left: int = left) -> str:
                return f"{prefix}${column_letters(left + column)}${top + row}"

            found.append(_Operand(reference.start, reference.end, bottom - top + 1, right - left + 1, cell))
    for call in formula.calls:
        numbers = [formula.argument(call, position) for position in range(len(call.arguments))]
        if call.name == "SEQUENCE" and len(numbers) == 3 and all(number.isdecimal() for number in numbers):
            rows, columns, first = map(int, numbers)

            def number(row: int, column: int, columns: int = columns, first: int = first) -> str:
                return str(first + row * columns + column)

            found.append(_Operand(call.start, call.end, rows, columns, number))
    return found + _constants(formula)


def _constants(formula: Formula) -> list[_Operand]:
    found = []
    start = -1
    grid: list[list[str]] = []
    for token in formula.tokens:
        if token.text == "{":
            start, grid = token.start, [[""]]
        elif start >= 0 and token.text == "}":
            width = len(grid[0])
            if all(len(line) == width for line in grid):

                def constant(row: int, column: int, grid: list[list[str]] = grid) -> str:
                    return grid[row][column]

                found.append(_Operand(start, token.end, len(grid), width, constant))
            start = -1
        elif start >= 0 and token.text == ",":
            grid[-1].append("")
        elif start >= 0 and token.text == ";":
            grid.append([""])
        elif start >= 0:
            grid[-1][-1] += token.text
    return found
