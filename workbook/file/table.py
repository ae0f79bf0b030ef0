"""A table somebody keeps, as texts: a CSV file in any of its dialects, or a sheet of a workbook."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from pycalc.dataset.reader import BadInputError
from pycalc.errors import CalcError
from workbook.file.cells import Cell, Value
from workbook.file.formats import counts_from_1904, date_styles
from workbook.file.opening import beginning, read_in_one_state
from workbook.file.package import Package, Sheet

Rows = Iterator[tuple[int, list[str | None]]]
"""Row number as a spreadsheet counts, and the cells; None where a cell shows an error or nothing is stored."""

_DELIMITERS = ",;\t|"
_LARGEST_CELL = 16 * 1024 * 1024


def rows(table: str, sheet: str | None = None, *, needs: str) -> Rows:
    """The rows of a CSV file or of a workbook's sheet, by default the first; `needs` names the columns asked for.

    Raises
    ------
    BadInputError : the file is no such table.
    """
    if os.path.isdir(table):
        raise BadInputError(f"{table}: is a directory. Name an .xlsx or .csv file")
    start = beginning(table, 4, BadInputError)
    if not start:
        raise BadInputError(f"{table}: is empty. It needs a header row with the columns {needs}")
    if start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return _workbook_rows(table, sheet)
    if sheet is not None:
        raise BadInputError(f"{table}: is no workbook, so it has no sheet {sheet!r}. Leave out --sheet")
    return _csv_rows(table, "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def _csv_rows(table: str, encoding: str) -> Rows:
    csv.field_size_limit(_LARGEST_CELL)
    reader = None
    try:
        with open(table, encoding=encoding, newline="") as stream:
            read_in_one_state(table, stream.fileno())
            header = stream.readline()
            delimiter = max(_DELIMITERS, key=header.count)
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            for cells in reader:
                yield reader.line_num, [_line_breaks(cell) for cell in cells]
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{table}: byte {error.start + 1} is not {error.encoding.upper()}. Save it as CSV UTF-8"
        ) from None
    except csv.Error as error:
        line = reader.line_num if reader else 1
        raise BadInputError(f"{table}: line {line}: {error}. Check the quotation marks there") from None


def _workbook_rows(table: str, sheet: str | None) -> Rows:
    with Package(table) as package:
        part = _chosen(table, package.worksheets(), sheet).part
        strings = package.strings()
        dates = date_styles(package)
        epoch = datetime(1904, 1, 1) if counts_from_1904(package) else datetime(1899, 12, 30)
        for number, row in groupby(package.cells(part), lambda cell: cell.row):
            texts: list[str | None] = []
            for cell in row:
                texts += [""] * (cell.column - 1 - len(texts))
                texts.append(_text(cell, cell.value(strings), epoch if int(cell.style or 0) in dates else None))
            yield number, texts


def _chosen(table: str, worksheets: list[Sheet], name: str | None) -> Sheet:
    sheets = {each.name: each for each in worksheets}
    if not sheets:
        raise BadInputError(f"{table}: has no sheet with cells. Put the table on one")
    if name is not None and name not in sheets:
        raise BadInputError(f"{table}: has no sheet {name!r}. It has {', '.join(sheets)}")
    return sheets[name] if name is not None else worksheets[0]


def _text(cell: Cell, value: Value, epoch: datetime | None) -> str | None:
    """A cell as text; None for an error value and for a formula whose value is not stored."""
    if isinstance(value, CalcError) or (value is None and cell.formula is not None):
        return None
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return _line_breaks(value)
    if epoch is None:
        return f"{value:.15g}"
    try:
        moment = (epoch + timedelta(days=value) + timedelta(microseconds=500_000)).replace(microsecond=0)
    except OverflowError:
        return f"{value:.15g}"
    day, time = moment.date().isoformat(), moment.time().isoformat()
    return time if 0 <= value < 1 else day if value == int(value) else f"{day} {time}"


def _line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
