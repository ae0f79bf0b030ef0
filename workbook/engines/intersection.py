"""Ranges where one value belongs: an old formula takes the cell of its own row or column.

A formula that was not stored as an array formula shows one value. Where it gives a range to an operator, or to an
argument that takes one value, Excel reads the cell the formula's row or column has in that range, before it
calculates; this module writes that cell into the text. Which arguments take ranges is Excel's own classification,
published in "Microsoft Office Excel 97-2007 Binary File Format" (MS-XLS 2.5.198.17) and, function by function, in
"OpenOffice.org's Documentation of the Microsoft Excel File Format", 3.11.
"""

from __future__ import annotations

from pycalc.registry import FUNCTIONS
from workbook.file.addresses import column_letters
from workbook.formulas.groups import GROUPS
from workbook.formulas.parser import Call, Formula, Reference, parsed, splice
from workbook.formulas.readers import box_of

VALUE, RANGE, ARRAY, THROUGH = "V", "R", "A", "T"
"""One value; a range as it is; an array, in which everything inside is calculated cell by cell; a value or range
handed on to whatever stands around the call."""

_BY_NAME = {name: group.removeprefix("takes ") for group in GROUPS if group[6:].isupper() for name in GROUPS[group]}
_MANY_VALUES = GROUPS["gives several"]
"""Functions of the classes above that may give several values for one."""

_ONE_VALUE = GROUPS["gives one"]
"""Functions of single values that give one."""

_PAIRS = frozenset(("SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"))
_TRANSPARENT = frozenset((":", ",", " "))


def intersected(text: str, row: int, column: int) -> str:
    """A formula as its cell reads it, with the ranges that meet its row or column written as one cell."""
    if ":" not in text or (formula := parsed(text)) is None:
        return text
    edits = []
    for reference in formula.references():
        if reference.kind in ("range", "columns", "rows") and not reference.spill and _takes_one(formula, reference):
            edits.append((reference.start, reference.end, meeting(reference, row, column)))
    return splice(text, edits) if edits else text


def meeting(reference: Reference, row: int, column: int) -> str:
    """The cell of a range in a row or column, as text; #VALUE! where they do not meet."""
    top, left, bottom, right = box_of(reference.body)
    if left == right and top <= row <= bottom:
        place = f"${column_letters(left)}${row}"
    elif top == bottom and left <= column <= right:
        place = f"${column_letters(column)}${top}"
    elif (top, left) == (bottom, right):
        place = f"${column_letters(left)}${top}"
    else:
        return "#VALUE!"
    return reference.prefix + place


def class_of(call: Call, position: int) -> str:
    """What an argument takes: VALUE, RANGE, ARRAY or THROUGH."""
    if call.name in FUNCTIONS:
        return RANGE  # an add-in's function is given the range as it stands, and the cell shows its first result
    if call.name in _PAIRS:
        return RANGE if position == 0 or position % 2 else VALUE
    if call.name == "COUNTIFS":
        return VALUE if position % 2 else RANGE
    classes = _BY_NAME.get(call.name, VALUE)
    return classes[min(position, len(classes) - 1)]


def in_array(call: Call | None, position: int) -> bool:
    """Whether an argument, or one around it, is calculated cell by cell."""
    while call is not None:
        if class_of(call, position) == ARRAY:
            return True
        position, call = call.position, call.parent
    return False


def one_value(formula: Formula) -> bool:
    """Whether a formula, its ranges met with its cell already, gives one value for certain."""
    if any(token.text == "{" for token in formula.tokens):
        return False
    several = [r for r in formula.references() if r.kind in ("range", "columns", "rows", "table") or r.spill]
    for call in formula.calls:
        if call.name in FUNCTIONS or call.name in ("N", "T"):
            if any(call.start < reference.start and reference.end < call.end for reference in several):
                return False
        elif call.name not in _ONE_VALUE and not (call.name in _BY_NAME and call.name not in _MANY_VALUES):
            return False
    return True


def around(formula: Formula, start: int, end: int) -> tuple[Call | None, int]:
    """The innermost call around a piece of a formula, and the argument it stands in."""
    found: tuple[Call | None, int] = None, 0
    for call in formula.calls:
        if call.start < start and end < call.end:
            for position, (first, last) in enumerate(call.arguments):
                if first <= start and end <= last:
                    found = call, position
    return found


def _takes_one(formula: Formula, reference: Reference) -> bool:
    call, position = around(formula, reference.start, reference.end)
    if in_array(call, position):
        return False
    start, end = reference.start, reference.end
    while True:
        span = call.arguments[position] if call is not None else (0, len(formula.text))
        if call is None or _operated(formula, span, start, end):
            return True
        kind = class_of(call, position)
        if kind != THROUGH:
            return kind == VALUE
        start, end = call.start, call.end
        position, call = call.position, call.parent


def _operated(formula: Formula, span: tuple[int, int], start: int, end: int) -> bool:
    """Whether an operator that takes values stands beside a piece, within its argument."""
    depth = 0
    level = 0
    beside = []
    for token in formula.tokens:
        if token.start < span[0] or token.end > span[1]:
            continue
        if token.start == start:
            level = depth
        if token.kind in ("function", "open"):
            depth += 1
        elif token.kind == "close":
            depth -= 1
        elif token.kind == "operator" and token.text not in _TRANSPARENT and not start <= token.start < end:
            beside.append((depth, token))
    return any(found <= level and token.text != "#" for found, token in beside)
