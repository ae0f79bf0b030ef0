"""Pieces of an export, each as a frame of the file's own columns."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pycalc.usage import nested
from pycalc.usage.errors import UsageError
from pycalc.usage.export import Export, present
from pycalc.usage.format import DIMENSIONS, NUMBERS, WORDS
from pycalc.usage.library import polars
from pycalc.usage.source import Source, blocks, documents

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 100_000
"""Rows of a Parquet file or of JSON documents in one block."""


def frames(export: Export, start: int | None = None, end: int | None = None) -> Iterator[Any]:
    """Pieces of the file that `read` takes: bytes of whole rows, rows of JSON, or slices of a Parquet file."""
    source = export.source
    if source.kind == "parquet":
        size = polars().scan_parquet(source.path).select(polars().len()).collect().item()
        yield from range(0, size, ROWS)
    elif source.kind == "document":
        rows = (row for value in documents(source) for row in nested.rows(value))
        while piece := list(islice(rows, ROWS)):
            yield piece
    else:
        yield from blocks(source, start, end)


def read(export: Export, piece: Any) -> Any:
    """A piece as a frame of the file's own columns, those that are used, as text."""
    pl = polars()
    source = export.source
    names = _wanted(export)
    if source.kind == "document":
        return pl.DataFrame(
            {name: [_text(nested.value_at(row, name)) for row in piece] for name in names},
            schema=dict.fromkeys(names, pl.String),
        )
    flat = source.kind != "jsonl"  # there `columns` has the paths into objects too
    roots = list(dict.fromkeys(name if flat and name in source.columns else name.partition("/")[0] for name in names))
    if source.kind == "parquet":
        return _encoded(pl.scan_parquet(source.path).select(roots).slice(piece, ROWS).collect())
    if source.kind == "jsonl":
        # Asked for as text, a number stays one and an object is its JSON: prompts are not even looked at.
        try:
            return pl.read_ndjson(b"".join(piece), schema=dict.fromkeys(roots, pl.String), ignore_errors=True)
        except pl.exceptions.PolarsError:
            raise UsageError(f"{source.path}: a line is no JSON object. Export it again") from None
    titles = source.separator.join(f'"{name}"' for name in source.columns).encode()
    data = b"".join((titles, b"\n", *piece))
    if export.clean:
        frame = _parsed(source, data, roots, _numbers(export))
        if not any(frame[name].null_count() for name in _numbers(export)):
            return frame
        # A blank, a 3.0 or a word: as text it can be told which, here and in the pieces that follow.
        export.clean.clear()
    return _parsed(source, data, roots, {})


def _parsed(source: Source, data: bytes, columns: list[str], kinds: dict[str, Any]) -> Any:
    pl = polars()
    return pl.read_csv(
        data,
        schema={name: kinds.get(name, pl.String) for name in source.columns},
        columns=columns,
        separator=source.separator,
        truncate_ragged_lines=True,
        ignore_errors=True,
    )


def _numbers(export: Export) -> dict[str, Any]:
    """The columns of a CSV file that hold numbers alone, with their types."""
    pl = polars()
    kinds = {"cost": pl.Float64, "quantity": pl.Float64}
    return {
        place: kinds.get(name, pl.Int64)
        for name in NUMBERS
        if len(places := export.places(name)) == 1
        for place in places
        if place in export.source.columns
    }


def _wanted(export: Export) -> list[str]:
    ours = ("time", "end", "use", *NUMBERS, *DIMENSIONS, *WORDS)
    skipped = {"project", "key", "tag", "user"}  # only what the use case is taken from is read
    names = [place for name in ours if name not in skipped for place in export.places(name)]
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
        return ", ".join(str(each) for each in value if isinstance(each, (str, int)))
    return repr(value) if isinstance(value, (int, float)) else None


def _encoded(frame: Any) -> Any:
    pl = polars()
    return frame.with_columns(
        pl.col(name).struct.json_encode()
        if isinstance(kind, pl.Struct)
        else pl.col(name).cast(pl.List(pl.String)).list.join(", ")
        for name, kind in frame.schema.items()
        if isinstance(kind, (pl.Struct, pl.List))
    )
