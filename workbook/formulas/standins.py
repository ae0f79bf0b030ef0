"""A change of one formula made on all that differ from it in their references alone.

The formula is given stand-ins for its references, each a different one and as long as a reference can be, and
changed; where the stand-ins are found afterwards, the references of the next formula go.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbook.file.addresses import LAST_ROW, column_letters
from workbook.formulas.shapes import joined, split

Pieces = tuple[str | int, ...]
"""A changed formula: its texts, and between them the numbers of the references that stand there."""

_FIRST_COLUMN, _FIRST_ROW = 9_000, 1_000_001
MOST = 3_000
"""References of a formula that there are stand-ins for."""


def with_stand_ins(key: str, references: Sequence[str]) -> tuple[str, list[str]]:
    """The formula of a template with stand-ins for its references, fixed as these are; and the stand-ins."""
    stand_ins = [_stand_in(reference, number) for number, reference in enumerate(references)]
    return joined(key, stand_ins), stand_ins


def _stand_in(reference: str, number: int) -> str:
    """Two that follow one another make a range of several rows and columns."""
    letters, digits = column_letters(_FIRST_COLUMN + 2 * number), str(_FIRST_ROW + 3 * number)
    return ("$" if reference.startswith("$") else "") + letters + ("$" if "$" in reference[1:] else "") + digits


assert _FIRST_ROW + 3 * MOST <= LAST_ROW


def pieces_of(text: str, stand_ins: Sequence[str]) -> Pieces | None:
    """A changed formula as pieces; None where it has references that depend on the cell and came from elsewhere."""
    numbers = {reference: number for number, reference in enumerate(stand_ins)}
    key, references = split(text)
    texts = key.split("\x01")
    pieces: list[str | int] = [texts[0]]
    for reference, following in zip(references, texts[1:], strict=True):
        if reference in numbers:
            pieces += (numbers[reference], following)
        elif reference.count("$") == 2:
            pieces[-1] = f"{pieces[-1]}{reference}{following}"
        else:
            return None
    return tuple(pieces)


def put_together(pieces: Pieces, references: Sequence[str]) -> str:
    """The formula with its own references in place."""
    return "".join([piece if isinstance(piece, str) else references[piece] for piece in pieces])
