"""Constructs the embedded engine does not do as Excel does, written as ones it does: docs/engines lists them.

References over several sheets become one reference a sheet, unions the areas they join, intersections the cells
they share; ROW and COLUMN the numbers themselves, OFFSET by fixed steps the cells it points at: the engine takes both
for circles where they start from their own cell; open ranges inside INDEX get their ends; SUBTOTAL and AGGREGATE that
leave hidden rows out read the visible ones; INDIRECT finds names; functions that ask about a formula get the answer.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbook.engines.asexcel import ARRAYS
from workbook.engines.intersection import VALUE, around, class_of, in_array
from workbook.engines.textnumbers import number_of
from workbook.file.addresses import LAST_COLUMN, LAST_ROW, area_of, column_letters, quoted_sheet, row_and_column
from workbook.formulas.cells import formula_cells
from workbook.formulas.groups import GROUPS
from workbook.formulas.parser import Call, Formula, Reference, parse, parsed, splice
from workbook.formulas.readers import box_of

if TYPE_CHECKING:
    from workbook.file.package import Package

_SEVERAL = GROUPS["takes several ranges"]
"""Functions that take any number of ranges."""

_HIDES = {str(100 + number) for number in range(1, 12)}
_ABOUT = frozenset(("ISFORMULA", "FORMULATEXT", "AREAS"))
_NUMBERS = frozenset(("ROW", "COLUMN"))
LOOKS_AT_SHEETS = frozenset(("SUBTOTAL", "AGGREGATE", "ISFORMULA", "FORMULATEXT"))
"""Functions whose mending depends on the rows and formulas of a workbook."""

DEPENDS_ON_PLACE = LOOKS_AT_SHEETS | {"AREAS", "OFFSET", *_NUMBERS}
"""Functions whose mending differs between cells of one template."""

_TAKE_NUMBERS = GROUPS["takes numbers"]
_ADD_UP = frozenset(("SUM", "AVERAGE", "MIN", "MAX", "PRODUCT", "COUNT"))
EARLY_DATE = "BREAKEVEN_DATE"
"""A function of the copy: DATE where it may reach February 1900, in which Excel has a day more than the calendar."""
POINTED = "BREAKEVEN_POINTED"
"""A function of the copy: a text INDIRECT is given, as an address; it may be a name, a table's, or in R1C1 style."""

Own = tuple[int, int] | None
"""The row and column of a formula that is computed in another cell, where ROW() and COLUMN() would be others."""

LARGEST = 100_000
"""Elements of an array the engine is asked to make."""


def mended(text: str, package: Package, sheet: str, array: bool = False, own: Own = None) -> str:
    """A formula as the embedded engine has to read it to give what Excel gives; `array` for an array formula."""
    if not any(sign in text for sign in "(:") or (formula := parsed(text)) is None:
        return text
    edits = [*_references(formula, package), *_calls(formula, package, sheet, array, own)]
    if not edits:
        return text
    outer: list[tuple[int, int, str]] = []
    for edit in sorted(edits, key=lambda item: (item[0], -item[1])):
        if not outer or edit[0] >= outer[-1][1]:
            outer.append(edit)
    new = splice(text, outer)
    return new if len(outer) == len(edits) or new == text else mended(new, package, sheet, array, own)


def _references(formula: Formula, package: Package) -> list[tuple[int, int, str]]:
    """References over several sheets, unions and intersections."""
    edits = []
    for reference in formula.references():
        sheet = reference.sheet or ""
        if ":" in sheet and reference.kind in ("cell", "range", "columns", "rows"):
            call, _ = around(formula, reference.start, reference.end)
            names = _between(package, sheet)
            if names and call is not None and call.name in _SEVERAL:
                pieces = [f"{quoted_sheet(name)}!{reference.body}" for name in names]
                edits.append((reference.start, reference.end, ",".join(pieces)))
        if reference.kind == "range" and ":" not in sheet and is_reversed(*reference.body.split(":")):
            new = reference.prefix + area_of(*box_of(reference.body))
            edits.append((reference.start, reference.end, new))
    tokens = formula.tokens
    for index, token in enumerate(tokens):
        if token.kind == "operator" and token.text.strip() == "" and 0 < index < len(tokens) - 1:
            shared = _shared(formula, tokens[index - 1], tokens[index + 1])
            if shared:
                edits.append((tokens[index - 1].start, tokens[index + 1].end, shared))
    for call in formula.calls:
        if call.name in _SEVERAL:
            for start, end in call.arguments:
                inner = formula.text[start:end].strip()
                if inner.startswith("(") and inner.endswith(")") and "," in inner and _is_union(inner):
                    edits.append((start, end, inner[1:-1]))
    return edits


@lru_cache(maxsize=1 << 11)  # formulas side by side read the same ranges
def is_reversed(first: str, last: str) -> bool:
    """Whether a range names its last cell first, which the engine takes for no range."""
    (top, left), (bottom, right) = (row_and_column(cell.replace("$", "")) for cell in (first, last))
    return top > bottom or left > right


def _between(package: Package, written: str) -> list[str]:
    names = [sheet.name for sheet in package.worksheets()]
    upper = [name.upper() for name in names]
    first, _, last = written.upper().partition(":")
    if first not in upper or last not in upper:
        return []
    start, end = sorted((upper.index(first), upper.index(last)))
    return names[start : end + 1]


def _shared(formula: Formula, before: object, after: object) -> str:
    """The cells two references have in common, as text; "" where that cannot be told."""
    found = {reference.start: reference for reference in formula.references()}
    one, other = found.get(getattr(before, "start", -1)), found.get(getattr(after, "start", -1))
    if one is None or other is None or (other.sheet and other.sheet != one.sheet):
        return ""
    if any(reference.kind not in ("cell", "range", "columns", "rows") for reference in (one, other)):
        return ""
    a, b = box_of(one.body), box_of(other.body)
    top, left, bottom, right = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    if top > bottom or left > right:
        return "#NULL!"
    return one.prefix + area_of(top, left, bottom, right)


def _is_union(text: str) -> bool:
    """Brackets around references with commas between, no call."""
    if (formula := parsed(text)) is None:
        return False
    kinds = {token.kind for token in formula.tokens}
    return (
        not formula.calls
        and kinds <= {"open", "close", "operand", "operator", "separator", "space"}
        and all(token.text.strip() in (",", "") for token in formula.tokens if token.kind in ("operator", "separator"))
    )


def _calls(formula: Formula, package: Package, sheet: str, array: bool, own: Own) -> list[tuple[int, int, str]]:
    edits = []
    row, column = own or ("ROW()", "COLUMN()")
    for call in formula.calls:
        new = None
        if call.name in _NUMBERS and len(call.arguments) == 1:
            new = _numbers(formula, call, array or not _gives_first(call))
        elif call.name in _NUMBERS and own and not call.arguments:
            new = str(row if call.name == "ROW" else column)
        elif call.name == "INDEX" and call.arguments:
            edits += _with_ends(formula, call)
        elif call.name == "DAYS" and call.prefix:  # the engine takes it for its own so
            edits.append((call.start, call.start + len(call.prefix), ""))
        elif call.name == "DATE" and call.arguments and formula.argument(call, 0) in ("0", "1900"):
            edits.append((call.start, call.start + len("DATE"), EARLY_DATE))
        elif call.name == "INDIRECT" and call.arguments and not formula.argument(call, 0).startswith(POINTED):
            home = sheet.replace('"', '""')
            how = formula.argument(call, 1) or "FALSE" if len(call.arguments) > 1 else "TRUE"
            new = f'INDIRECT({POINTED}({formula.argument(call, 0)},"{home}",{how},{row},{column}))'
        elif call.name == "OFFSET":
            new = _moved(formula, call)
        elif call.name in ("N", "T") and len(call.arguments) == 1:
            edits += _first_or_each(formula, call)
        elif call.name in _TAKE_NUMBERS:
            edits += _as_numbers(formula, call)
        elif call.name in _ADD_UP:
            edits += _shown_numbers(formula, call)
        elif call.name in ("SUBTOTAL", "AGGREGATE"):
            edits += _visible(formula, call, package, sheet)
        elif call.name in _ABOUT and len(call.arguments) == 1:
            new = _about(formula, call, package, sheet)
        if new is not None:
            edits.append((call.start, call.end, new))
    return edits


def _only_reference(formula: Formula, call: Call, position: int) -> Reference | None:
    """The reference an argument consists of."""
    start, end = call.arguments[position]
    inside = [r for r in formula.references() if start <= r.start and r.end <= end]
    if len(inside) == 1 and formula.argument(call, position) == inside[0].text:
        return inside[0]
    return None


def only_numbered(text: str) -> bool:
    """Whether every ROW and COLUMN of a formula is that of one cell, and so a number for each reference."""
    formula = parsed(text)
    calls = [call for call in formula.calls if call.name in _NUMBERS] if formula else []
    for call in calls:
        reference = _only_reference(formula, call, 0) if formula and len(call.arguments) == 1 else None
        if reference is None or reference.kind != "cell" or reference.spill or ":" in (reference.sheet or ""):
            return False
    return calls != []


def _gives_first(call: Call) -> bool:
    """Whether of several values the first is taken: they stand in an argument for one, and in no array."""
    if call.parent is None or in_array(call.parent, call.position):
        return False
    return class_of(call.parent, call.position) == VALUE


def _numbers(formula: Formula, call: Call, several: bool) -> str | None:
    """ROW and COLUMN of a cell, and of a range, which the engine takes for its first cell."""
    reference = _only_reference(formula, call, 0)
    if reference is None:
        inner = formula.argument(call, 0)
        if call.name == "ROW" and inner.upper().startswith("INDIRECT(") and inner.endswith('")'):
            quoted = inner[len("INDIRECT(") : -1].strip()
            if quoted.startswith('"') and quoted.count('"') == 2:
                direct = parse(f"ROW({quoted[1:-1]})")
                return _numbers(direct, direct.calls[0], several) or direct.text
        return None
    if reference.kind not in ("cell", "range", "rows", "columns"):
        return None
    top, left, bottom, right = box_of(reference.body)
    first, count = (top, bottom - top + 1) if call.name == "ROW" else (left, right - left + 1)
    if count == 1 or not several:
        return str(first)
    if count > LARGEST:
        return None
    return f"SEQUENCE({count},1,{first})" if call.name == "ROW" else f"SEQUENCE(1,{count},{first})"


def _with_ends(formula: Formula, call: Call) -> list[tuple[int, int, str]]:
    """Whole columns and rows inside INDEX with their ends: the engine ends them where the sheet is empty."""
    reference = _only_reference(formula, call, 0)
    if reference is None or reference.kind not in ("columns", "rows"):
        return []
    top, left, bottom, right = box_of(reference.body)
    body = f"${column_letters(left)}${top}:${column_letters(right)}${bottom}"
    return [(reference.start, reference.end, reference.prefix + body)]


def _moved(formula: Formula, call: Call) -> str | None:
    """The cells OFFSET points at, where its steps are typed."""
    reference = _only_reference(formula, call, 0) if call.arguments else None
    steps = [formula.argument(call, position) for position in range(1, len(call.arguments))]
    if reference is None or reference.kind not in ("cell", "range") or reference.spill or len(steps) < 2:
        return None
    if not all(step.removeprefix("-").isdecimal() for step in steps):
        return None
    top, left, bottom, right = box_of(reference.body)
    rows, columns, *size = map(int, steps)
    height, width = (*size, right - left + 1)[:2] if size else (bottom - top + 1, right - left + 1)
    if height < 1 or width < 1:
        return None
    top, left = top + rows, left + columns
    if top < 1 or left < 1 or top + height - 1 > LAST_ROW or left + width - 1 > LAST_COLUMN:
        return "#REF!"
    return reference.prefix + area_of(top, left, top + height - 1, left + width - 1)


def _first_or_each(formula: Formula, call: Call) -> list[tuple[int, int, str]]:
    """N and T of a range, which are its first cell's, and of several values, which are each one's."""
    inner, reference = formula.argument(call, 0), _only_reference(formula, call, 0)
    if reference is not None and reference.kind == "range" and not reference.spill:
        return [(reference.start, reference.end, reference.text.rpartition(":")[0])]
    if reference is None and any(sign in inner for sign in ":{"):
        return [(call.start, call.start, ARRAYS)]
    return []


def _as_numbers(formula: Formula, call: Call) -> list[tuple[int, int, str]]:
    """Texts and cells as numbers: Excel reads "12/31/2016" and "10" where a number belongs, the engine does not."""
    edits = []
    for position, (start, end) in enumerate(call.arguments):
        inner = formula.argument(call, position)
        reference = _only_reference(formula, call, position)
        if (reference is not None and reference.kind == "cell") or (inner.startswith('"') and inner.count('"') == 2):
            edits.append((start, end, f"({inner}+0)"))
    return edits


def _shown_numbers(formula: Formula, call: Call) -> list[tuple[int, int, str]]:
    """Texts typed into SUM and its like: "2021-03-14" counts for what it shows, "a" for nothing or an error."""
    edits = []
    for position, (start, end) in enumerate(call.arguments):
        inner = formula.argument(call, position)
        if inner.startswith('"') and inner.count('"') == 2:
            with suppress(ValueError):
                edits.append((start, end, repr(number_of(inner[1:-1]))))
    return edits


def _visible(formula: Formula, call: Call, package: Package, sheet: str) -> list[tuple[int, int, str]]:
    """The ranges of SUBTOTAL(109,..) and its like without their hidden rows."""
    aggregate = call.name == "AGGREGATE"
    if len(call.arguments) < (3 if aggregate else 2):
        return []
    leaves_out = formula.argument(call, 1) in ("1", "3", "5", "7") if aggregate else formula.argument(call, 0) in _HIDES
    if not leaves_out:
        return []
    edits = []
    for position in range(2 if aggregate else 1, len(call.arguments)):
        reference = _only_reference(formula, call, position)
        if reference is None or reference.kind not in ("cell", "range"):
            continue
        top, left, bottom, right = box_of(reference.body)
        hidden = [row for row in hidden_rows(package, reference.sheet or sheet) if top <= row <= bottom]
        if not hidden:
            continue
        pieces, start = [], top
        for row in [*hidden, bottom + 1]:
            if row > start:
                pieces.append(area_of(start, left, row - 1, right))
            start = row + 1
        # Nothing visible: an empty cell far away counts for nothing.
        new = ",".join(reference.prefix + piece for piece in pieces) or "$XFD$1048576"
        edits.append((reference.start, reference.end, new))
    return edits


_HIDDEN_ROW = re.compile(rb"<(?:[\w.-]+:)?row\b[^<]*\bhidden")
"""A part without it has no hidden row."""
_hidden_rows: WeakKeyDictionary[Package, dict[str, tuple[int, ...]]] = WeakKeyDictionary()
_texts: WeakKeyDictionary[Package, dict[tuple[str, int, int], str | None]] = WeakKeyDictionary()
"""What was read of the parts of a workbook, as long as it is open."""


def hidden_rows(package: Package, sheet: str) -> tuple[int, ...]:
    """The hidden rows of a sheet, in order."""
    found_sheet = package.find_sheet(sheet)
    part = found_sheet.part if found_sheet else ""
    known = _hidden_rows.setdefault(package, {"": ()})
    if part not in known:
        found = []
        rows = package.elements(part, "row") if _HIDDEN_ROW.search(package.read(part)) else []
        for number, element in enumerate((each for each in rows if each.path[-1:] == ("sheetData",)), 1):
            if element.attributes.get("hidden") in ("1", "true"):
                row = element.attributes.get("r")
                found.append(int(row) if row and row.isdecimal() else number)
        known[part] = tuple(found)
    return known[part]


def _text_at(package: Package, part: str, row: int, column: int) -> str | None:
    """The formula of a cell; None where it has none."""
    known = _texts.setdefault(package, {})
    if (part, row, column) not in known:
        before = takewhile(lambda one: one.cell.row <= row, formula_cells(package, part))
        cells = (one.text for one in before if (one.cell.row, one.cell.column) == (row, column))
        known[part, row, column] = next(cells, None)
    return known[part, row, column]


def _about(formula: Formula, call: Call, package: Package, sheet: str) -> str | None:
    """What ISFORMULA, FORMULATEXT and AREAS say, which depends on the formulas alone."""
    if call.name == "AREAS":
        inner = formula.argument(call, 0)
        if inner.startswith("(") and _is_union(inner):
            return str(inner.count(",") + 1)
        return "1" if _only_reference(formula, call, 0) else None
    reference = _only_reference(formula, call, 0)
    if reference is None or reference.kind not in ("cell", "range"):
        return None
    top, left, _, _ = box_of(reference.body)
    found = package.find_sheet(reference.sheet or sheet)
    text = _text_at(package, found.part, top, left) if found else None
    if call.name == "ISFORMULA":
        return "FALSE" if text is None else "TRUE"
    if text is None:
        return "NA()"
    quoted = text.replace('"', '""')
    return f'"={quoted}"' if len(text) < 255 else None
