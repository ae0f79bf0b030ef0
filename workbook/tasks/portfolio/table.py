"""A portfolio's table: one row a use case, the template's input names as columns."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pycalc.models import catalogue
from workbook.errors import WorkbookError
from workbook.file.opening import beginning
from workbook.file.table import rows as table_rows
from workbook.template.inputs import INPUTS, Input, canonical

NAMES = ("use case", "use_case_name", "title", "name", "project")
"""What the column of the use cases' names may be called."""
LARGEST_USAGE = 256 << 20
"""Bytes of what `breakeven usage --json` printed: a use case takes some thousand."""
NOT_HERE = {"title", "author", "currency", "usd_rate"}
"""Inputs that a row of a portfolio has none of its own of: all rows are in one currency."""


class TableError(WorkbookError):
    """The table cannot be used; one line says why."""


@dataclass(frozen=True)
class LeftOut:
    """A row that could not be used."""

    row: int
    use_case: str
    reason: str


@dataclass
class Table:
    """What a table holds, checked against the bounds of each input."""

    names: list[str] = field(default_factory=list)
    """What each use case is called."""
    inputs: list[str] = field(default_factory=list)
    """The columns that are inputs, in their order."""
    rows: list[list[object]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    """Columns that are no inputs."""


def read(path: str | os.PathLike[str], common: Mapping[str, object] | None = None) -> Table:
    """Read a CSV file, a workbook, a Parquet file or what `breakeven usage --json` printed, as a whole.

    common : inputs that hold for every row that has none of its own.
    """
    (table,) = pieces(path, common)
    return table


def pieces(
    path: str | os.PathLike[str], common: Mapping[str, object] | None = None, size: int = sys.maxsize
) -> Iterator[Table]:
    """The same, so many rows at a time."""
    lines = iter(_lines(str(path)))
    number, header = next(lines, (0, []))
    if not header:
        raise TableError(f"{path}: is empty. Its first row names the columns: title, queries, ..")
    place, inputs = _columns(str(path), header, table := Table())
    common = {name: value for name, value in (common or {}).items() if name not in inputs}
    table.inputs = [*inputs, *common]
    several, reason = False, ""
    for number, cells in lines:
        if not any((cell or "").strip() for cell in cells):
            continue
        name = (cells[place] or "").strip() if place is not None and place < len(cells) else ""
        name = name or f"Row {number}"
        try:
            row = [_value(INPUTS[key], cells[at] if at < len(cells) else "") for key, at in inputs.items()]
        except ValueError as problem:
            reason = reason or str(problem)
            table.left_out.append(LeftOut(number, name, str(problem)))
            continue
        if len(table.rows) == size:
            yield table
            several, table = True, Table(inputs=table.inputs, unused=table.unused)
        table.names.append(name)
        table.rows.append([*row, *common.values()])
    if not table.rows and not several:
        why = f" ({reason})" if reason else ""
        raise TableError(f"{path}: has no row that can be used{why}. Give each use case a row")
    yield table


def _columns(path: str, header: Sequence[str | None], table: Table) -> tuple[int | None, dict[str, int]]:
    place, inputs = None, {}
    for at, title in enumerate(header):
        text = " ".join((title or "").split())
        name = canonical(text.replace(" ", "_")) or canonical(text)
        if text.lower() in NAMES and place is None:
            place = at
        elif name and name not in NOT_HERE:
            if name in inputs:
                raise TableError(f"{path}: has two columns {name}. Leave one out")
            inputs[name] = at
        elif text:
            near = difflib.get_close_matches(text.lower().replace(" ", "_"), INPUTS, 1, 0.85)
            if near:
                raise TableError(f"{path}: column {text!r} is no input. Is it {near[0]}?")
            table.unused.append(text)
    if not inputs:
        raise TableError(f"{path}: no column is an input. Name them as the template does: queries, pe_input_price, ..")
    return place, inputs


def _value(item: Input, cell: str | None) -> object:
    """A cell as the input's value; None for a blank."""
    text = (cell or "").strip()
    if cell is None:
        raise ValueError(f"{item.name}: the cell shows an error")
    if not text:
        return None
    quantity = item.quantity
    if quantity.kind == "text":
        return text
    if quantity.kind == "flag":
        if text.upper() not in ("TRUE", "FALSE", "YES", "NO", "1", "0"):
            raise ValueError(f"{item.name}: must be TRUE or FALSE")
        return text.upper() in ("TRUE", "YES", "1")
    if quantity.kind == "date":
        return _date(item, text)
    try:
        number = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise ValueError(f"{item.name}: is no number. Write 1234.5, without separators") from None
    if not quantity.allows(number):
        raise ValueError(f"{item.name} = {number:g}: must be {quantity.bounds()}")
    return number


def _date(item: Input, text: str) -> float:
    try:
        return float(text) if text.replace(".", "", 1).isdigit() else catalogue.serial(text[:10])
    except ValueError:
        raise ValueError(f"{item.name}: is no date. Write it as 2026-11-20") from None


def set_values(pairs: Sequence[str]) -> dict[str, object]:
    """`NAME=VALUE` for every row, as typed on the command line."""
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        known = canonical(name)
        if not equals or known is None or known in NOT_HERE:
            near = difflib.get_close_matches(name.lower(), INPUTS, 3)
            raise TableError(f"--set {pair}: {name} is no input of a use case. Alike are {', '.join(near) or 'none'}")
        try:
            found[known] = _value(INPUTS[known], text)
        except ValueError as problem:
            raise TableError(f"--set {problem}") from None
    return found


def _lines(path: str) -> Iterator[tuple[int, list[str | None]]]:
    start = beginning(path, 64, TableError)
    if start.startswith(b"PAR1"):
        yield from _parquet(path)
    elif start.lstrip().startswith(b"{"):
        yield from _usage(path)
    else:
        yield from table_rows(path, needs="the names of inputs, such as queries")


def _parquet(path: str) -> Iterator[tuple[int, list[str | None]]]:
    from pycalc.usage.library import pl
    from pycalc.usage.source import whole

    with whole(path):
        frame = pl.read_parquet(path)
    yield 1, list(frame.columns)
    for number, row in enumerate(frame.iter_rows(), 2):
        yield number, ["" if value is None else str(value) for value in row]


def _usage(path: str) -> Iterator[tuple[int, list[str | None]]]:
    from workbook.tasks.portfolio.usage import rows

    if os.path.getsize(path) > LARGEST_USAGE:
        raise TableError(f"{path}: has more than {LARGEST_USAGE >> 20} MB. Give a table: CSV or Parquet")
    with open(path, encoding="utf-8") as stream:
        try:
            result = json.load(stream)
            given = rows(result)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise TableError(f"{path}: is not what `breakeven usage --json` prints. Write it again") from None
    names = list(dict.fromkeys(name for row in given for name in row))
    yield 1, [*names]
    for number, row in enumerate(given, 2):
        yield number, ["" if row.get(name) is None else str(row[name]) for name in names]
