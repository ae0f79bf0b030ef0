"""The values of the shipped cases, calculated once and kept beside the code: `make values` writes them.

They are used only where nothing has changed since: a digest of every formula and constant of the book, and of the
version, has to be the one they were kept under. Otherwise the book is calculated.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pycalc.errors import CalcError, from_code
from pycalc.models import catalogue
from pycalc.version import VERSION
from workbook.template.grid import Book

Values = dict[tuple[str, str], object]
"""The value of every formula, by sheet and address."""
FOLDER = Path(__file__).parent / "data"


def digest(book: Book) -> str:
    """What the values of a book rest on: its formulas, constants and names, the functions and the prices."""
    found = hashlib.sha256(f"{VERSION} {catalogue.as_of()} {sorted(book.names.items())}".encode())
    for sheet in book.sheets:
        found.update(sheet.name.encode())
        for (row, column), cell in sheet.cells.items():
            text = book.formula_at(sheet, row, column) if cell.is_formula else repr(cell.content)
            found.update(f"{row},{column}{text}".encode())
    return found.hexdigest()


def kept(book: Book, case: str) -> Values | None:
    """The values kept for a case; None where there are none, or the book is another by now."""
    path = FOLDER / f"{case}.xz"
    if not path.exists():
        return None
    held = json.loads(lzma.decompress(path.read_bytes()))
    if held["digest"] != digest(book):
        return None
    return dict(zip(_places(book), map(_value, held["values"]), strict=True))


def keep(book: Book, case: str, values: Values, folder: Path = FOLDER) -> Path:
    """Keep the values of a case."""
    plain = [[value.code] if isinstance(value, CalcError) else value for value in map(values.get, _places(book))]
    text = json.dumps({"digest": digest(book), "values": plain}, separators=(",", ":"))
    path = folder / f"{case}.xz"
    path.write_bytes(lzma.compress(text.encode(), preset=9))
    return path


def _places(book: Book) -> list[tuple[str, str]]:
    return [
        (sheet.name, xl_rowcol_to_cell(row, column))
        for sheet in book.sheets
        for (row, column), cell in sheet.cells.items()
        if cell.is_formula
    ]


def _value(plain: Any) -> object:
    """A value as it was; an error is kept as its code in a list."""
    return from_code(plain[0]) if isinstance(plain, list) else plain
