"""A change of one formula made on all that differ from it in their references alone.

The formula is given stand-ins for its references, each a different one and as long as a reference can be, and
changed; where the stand-ins are found afterwards, the references of the next formula go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter

from workbook.file.addresses import LAST_ROW, column_letters, column_number
from workbook.formulas.shapes import MARKS, joined, split

Changed = Callable[[Sequence[str]], str]
"""A changed formula, given the references that go into it."""

_FIRST_COLUMN, _FIRST_ROW = 9_000, 1_000_001
_PIECE = re.compile(r"(?<![\w.$])(\$?[A-Z]{3}\$?[0-9]{7}|[0-9]{4,7})(?![\w.(!])")
"""Stand-ins, and numbers of their rows and columns."""
_DIGITS = re.compile(r"[0-9]+")
MOST = 3_000
"""References of a formula that there are stand-ins for."""


def with_stand_ins(key: str, references: Sequence[str]) -> tuple[str, list[str]]:
    """The formula of a template with stand-ins for its references, fixed as these are; and the stand-ins."""
    stand_ins = [_stand_in(reference, number) for number, reference in enumerate(references)]
    return joined(key, stand_ins), stand_ins


def is_apart(key: str) -> bool:
    """Whether a template has no number that may be that of a stand-in's row or column, in a text or a name either."""
    return all(int(number) < _FIRST_COLUMN for number in _DIGITS.findall(key))


def _stand_in(reference: str, number: int) -> str:
    """Two that follow one another make a range of several rows and columns."""
    letters, digits = column_letters(_FIRST_COLUMN + 2 * number), str(_FIRST_ROW + 3 * number)
    return ("$" if reference.startswith("$") else "") + letters + ("$" if "$" in reference[1:] else "") + digits


assert _FIRST_ROW + 3 * MOST <= LAST_ROW


def changed(text: str, stand_ins: Sequence[str], numbered: bool = False) -> Changed | None:
    """A changed formula by its stand-ins; None where it has references that depend on the cell, from elsewhere.

    numbered : whether the number of a stand-in's row or column stands for that of the reference.
    """
    numbers = {reference: number for number, reference in enumerate(stand_ins)}
    key, references = split(text)
    if any(reference not in numbers and reference.count("$") < 2 for reference in references):
        return None
    if numbered:
        return _with_numbers(text, stand_ins)
    form = joined(key.replace("%", "%%"), ["%s" if reference in numbers else reference for reference in references])
    places = [numbers[reference] for reference in references if reference in numbers]
    if len(places) < 2:
        return lambda given: form % tuple(given[place] for place in places)
    chosen = itemgetter(*places)
    return lambda given: form % chosen(given)


def _with_numbers(text: str, stand_ins: Sequence[str]) -> Changed:
    sources: dict[str, tuple[int, bool | None]] = {}
    for number, stand_in in enumerate(stand_ins):
        sources[stand_in] = number, None
        sources |= {_number(stand_in, rows): (number, rows) for rows in (True, False)}
    pieces = _PIECE.split(text)
    form = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
    places = [sources.get(piece) or piece for piece in pieces[1::2]]

    def put(given: Sequence[str]) -> str:
        return form % tuple(place if isinstance(place, str) else _number(given[place[0]], place[1]) for place in places)

    return put


def _number(reference: str, row: bool | None) -> str:
    """The number of a reference's row, or the mark for it, or that of its column; for None the reference."""
    if row is None:
        return reference
    plain = reference.replace("$", "")
    letters = plain.rstrip("0123456789" + MARKS)
    return plain[len(letters) :] if row else str(column_number(letters))
