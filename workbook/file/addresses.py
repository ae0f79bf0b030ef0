"""Addresses of cells: "B5", areas, columns by letter, and sheets' names as formulas write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from operator import itemgetter

from workbook.errors import BadCell

Place = tuple[int, int]
"""Row and column, counted from 1."""
Spot = tuple[str, int, int]
"""Sheet, row and column."""
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
ROW_DIGITS = 7
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
REFERENCE = re.compile(
    rf"(?P<range>{_CELL}:{_CELL})|(?P<cell>{_CELL})"
    r"|(?P<columns>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3})|(?P<rows>\$?[0-9]{1,7}:\$?[0-9]{1,7})"
)
CORNER = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]{0,7})")
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*")
_R1C1 = re.compile(r"R\d*(?:C\d*)?|C\d*", re.IGNORECASE)
_LETTERS: dict[int, str] = {}
_NUMBERS: dict[str, int] = {}


def row_and_column(address: str) -> tuple[int, int]:
    """ "B5" as (5, 2)."""
    letters = address.rstrip("0123456789")
    column = _NUMBERS.get(letters)
    if column is None or not 0 < len(address) - len(letters) <= ROW_DIGITS:
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise BadCell(f"{address[:40]!r} is not a cell address")
        if letters.isalpha():
            _NUMBERS[letters] = column_number(letters)
        return int(match[2]), column_number(match[1])
    return int(address[len(letters) :]), column


def address(place: Place) -> str:
    """(5, 2) as "B5"."""
    return column_letters(place[1]) + str(place[0])


def corners(area: str) -> tuple[int, int, int, int]:
    """ "B5:C9" as (5, 2, 9, 3): first row, first column, last row, last column."""
    first, _, last = area.partition(":")
    top, left = row_and_column(first)
    bottom, right = row_and_column(last or first)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def addresses(area: str) -> list[str]:
    """Every cell of an area, row by row."""
    top, left, bottom, right = corners(area)
    return [column_letters(column) + str(row) for row in range(top, bottom + 1) for column in range(left, right + 1)]


def area_of(top: int, left: int, bottom: int, right: int) -> str:
    """(5, 2, 9, 3) as "B5:C9", a single cell as "B5"."""
    first = column_letters(left) + str(top)
    return first if (top, left) == (bottom, right) else f"{first}:{column_letters(right)}{bottom}"


def areas(places: Iterable[Place]) -> str:
    """Cells as a person names them: "B2:B9, D4 and 12 more"."""
    left = sorted(set(places), key=itemgetter(1, 0))
    blocks: list[list[int]] = []  # top, left, bottom, right: first down, then neighbouring columns
    for row, column in left:
        if blocks and blocks[-1][3] == column and blocks[-1][2] == row - 1:
            blocks[-1][2] = row
        else:
            blocks.append([row, column, row, column])
    merged: list[list[int]] = []
    open_blocks: dict[tuple[int, int, int], list[int]] = {}
    for block in blocks:
        top, first, bottom, last = block
        neighbour = open_blocks.pop((top, bottom, first - 1), None)
        if neighbour is not None:
            neighbour[3] = last
            open_blocks[top, bottom, last] = neighbour
        else:
            merged.append(block)
            open_blocks[top, bottom, last] = block
    shown = merged[:4]
    text = ", ".join(area_of(*block) for block in shown)
    held = sum((bottom - top + 1) * (last - first + 1) for top, first, bottom, last in shown)
    rest = len(left) - held
    return f"{text} and {rest:,} more" if rest else text


def blocks(places: Iterable[Place], near: Place = (1, 1), *, straight: bool = False) -> Iterator[list[Place]]:
    """Cells that lie together, in order: at most so many rows and columns apart; `straight`: not at a slant."""
    reach = product(*(range(-far, far + 1) for far in near))
    steps = [step for step in reach if any(step) and not (straight and all(step))]
    left = set(places)
    for place in sorted(left):
        if place not in left:
            continue
        left.discard(place)
        block = [place]
        for row, column in block:  # which grows as neighbours are found
            for down, across in steps:
                other = (row + down, column + across)
                if other in left:
                    left.discard(other)
                    block.append(other)
        yield sorted(block)


def column_number(letters: str) -> int:
    """ "A" as 1, "XFD" as 16,384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 as "A"."""
    known = _LETTERS.get(number)
    if known is None:
        known, left = "", number
        while left:
            left, rest = divmod(left - 1, 26)
            known = chr(65 + rest) + known
        _LETTERS[number] = known
    return known


def split_sheet(text: str) -> tuple[str | None, str]:
    """A reference as its sheet, unquoted, and the rest. "[1]!name" has the sheet "[1]"."""
    if text.startswith("'"):
        end = 1
        while end < len(text) and (text[end] != "'" or text[end : end + 2] == "''"):
            end += 2 if text[end : end + 2] == "''" else 1
        if text[end + 1 : end + 2] == "!":
            return text[1:end].replace("''", "'"), text[end + 2 :]
        return None, text
    if text.startswith("#") or "!" not in text:
        return None, text
    sheet, _, body = text.partition("!")
    return sheet, body


@lru_cache(maxsize=1_024)
def quoted_sheet(name: str) -> str:
    """A sheet's name as a formula writes it: in quotes unless it is a plain word that reads as no cell."""
    if _PLAIN_SHEET.fullmatch(name) and not _R1C1.fullmatch(name):
        match = REFERENCE.fullmatch(name)
        if match is None or not on_sheet(name):
            return name
    return "'" + name.replace("'", "''") + "'"


def on_sheet(body: str) -> bool:
    """Whether the corners lie within a sheet: ABCD1 and A9999999 are names."""
    for corner in body.split(":"):
        match = CORNER.fullmatch(corner)
        if match is None or (match[2] and column_number(match[2]) > LAST_COLUMN):
            return False
        if match[4] and not 1 <= int(match[4]) <= LAST_ROW:
            return False
    return True
