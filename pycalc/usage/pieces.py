"""Pieces of an export, each as a frame of the file's own columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pycalc.usage import UsageError, nested
from pycalc.usage.export import Export, present
from pycalc.usage.format import COLUMNS, NUMBERS
from pycalc.usage.library import pl
from pycalc.usage.source import Source, blocks, documents

ROWS = 100_000
"""Rows of JSON documents in one block, and the fewest of a Parquet file."""

MOST_ROWS = 500_000
SLICE = 48 * 1024 * 1024
"""Rows of a Parquet file in one block, and bytes they may take, at most."""

SAMPLE = 1_000
"""Rows that say how long the others are."""


def frames(export: Export, start: int | None = None, end: int | None = None) -> Iterator[Any]:
    """Pieces of the file that `read` takes: bytes of whole rows, rows of JSON, or slices of a Parquet file."""
    source = export.source
    if source.kind == "parquet":
        yield from _slices(export)
    elif source.kind == "document":
        rows = (row for value in documents(source) for row in nested.rows(value))
        while piece := list(islice(rows, ROWS)):
            yield piece
    else:
        yield from blocks(source, start, end)


def read(export: Export, piece: Any) -> Any:
    """A piece as a frame of the file's own columns, those that are used, as text."""
    source = export.source
    names = _wanted(export)
    roots = _roots(export)
    if source.kind == "document":
        cells = zip(*([_text(nested.value_at(row, name)) for name in names] for row in piece), strict=True)
        return pl.DataFrame(dict(zip(names, cells, strict=True)), schema=dict.fromkeys(names, pl.String))
    if source.kind == "parquet":
        return _encoded(pl.scan_parquet(source.path).select(roots).slice(piece.start, len(piece)).collect())
    if source.kind == "jsonl":
        # Asked for as text, a number stays one and an object is its JSON: prompts are not even looked at.
        try:
            return pl.read_ndjson(b"".join(piece), schema=dict.fromkeys(roots, pl.String), ignore_errors=True)
        except pl.exceptions.PolarsError:
            raise UsageError(f"{source.path}: a line is no JSON object. Export it again") from None
    titles = source.separator.join(f'"{name}"' for name in source.columns).encode()
    data = b"".join((titles, b"\n", *piece))
    if export.clean:
        try:
            return _parsed(source, data, roots, _numbers(export))
        except pl.exceptions.PolarsError:
            # A 3.0, a word, a row too long: as text it can be told which, here and in the pieces that follow.
            export.clean.clear()
    frame = _parsed(source, data, roots, {}, truncate_ragged_lines=True, ignore_errors=True)
    if source.separator != ";":
        return frame
    # Semicolons between columns mean commas in numbers.
    numbers = {place for name in NUMBERS for place in export.places(name)} & set(frame.columns)
    return frame.with_columns(pl.col(sorted(numbers)).str.replace(r"^\s*(-?\d*),(\d+)\s*$", "${1}.${2}"))


def _parsed(source: Source, data: bytes, columns: list[str], kinds: dict[str, Any], **lenient: bool) -> Any:
    schema = {name: kinds.get(name, pl.String) for name in source.columns}
    return pl.read_csv(data, schema=schema, columns=columns, separator=source.separator, **lenient)


def _slices(export: Export) -> Iterator[range]:
    """The rows of a Parquet file in parts: long ones, because a group of rows is unpacked as a whole."""
    table = pl.scan_parquet(export.source.path)
    size = table.select(pl.len()).collect().item()
    some = table.select(_roots(export)).head(SAMPLE).collect()
    length = int(min(MOST_ROWS, max(ROWS, SLICE / max(1.0, some.estimated_size() / max(1, len(some))))))
    yield from (range(first, first + length) for first in range(0, size, length))


def _roots(export: Export) -> list[str]:
    """The columns of the file in which what is read stands."""
    known, csv = export.source.columns, export.source.kind == "csv"

    def root(name: str) -> str:
        first = name.partition("/")[0]  # `known` has the paths into objects too
        return name if first not in known or (csv and name in known) else first

    return list(dict.fromkeys(map(root, _wanted(export))))


def _numbers(export: Export) -> dict[str, Any]:
    """The columns of a CSV file that hold numbers alone, with their types."""
    kinds = {"count": pl.Int64, "amount": pl.Float64}
    return {
        place: kinds.get(COLUMNS[name], pl.String)
        for name in NUMBERS
        if len(places := export.places(name)) == 1
        for place in places
        if place in export.source.columns
    }


def _wanted(export: Export) -> list[str]:
    names = [place for name in COLUMNS for place in export.places(name)]
    names += [present(each, export.source) or each for each in export.form.identity]
    names += [present(each, export.source) for each in label_columns(export)]
    return list(dict.fromkeys(names))


def label_columns(export: Export) -> tuple[str, ...]:
    """The columns of ids and their names, where use cases are those ids and the file has both."""
    ids, names = export.form.label
    if ids and ids in export.use and present(ids, export.source) and present(names, export.source):
        return (present(ids, export.source), present(names, export.source))
    return ()


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(
            json.dumps(each) if isinstance(each, dict) else str(each)
            for each in value
            if isinstance(each, (str, int, dict))
        )
    return repr(value) if isinstance(value, (int, float)) else None


def _encoded(frame: Any) -> Any:
    def encoded(name: str, kind: Any) -> Any:
        if isinstance(kind, pl.Struct):
            return pl.col(name).struct.json_encode()
        each = pl.element()
        each = each.struct.json_encode() if isinstance(kind.inner, pl.Struct) else each.cast(pl.String)
        return pl.col(name).list.eval(each).list.join(", ")

    return frame.with_columns(
        encoded(name, kind) for name, kind in frame.schema.items() if isinstance(kind, (pl.Struct, pl.List))
    )
