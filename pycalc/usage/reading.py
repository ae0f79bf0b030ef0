"""Blocks of an export as one frame of ours: a key, a day, and numbers, whatever the export calls them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from pycalc.usage import days as calendar
from pycalc.usage import nested
from pycalc.usage.errors import UsageError
from pycalc.usage.formats import (
    BY_NAME,
    CALL,
    DIMENSIONS,
    FORMATS,
    NUMBERS,
    PARTS,
    UNCACHED,
    USE_CASES,
    WORDS,
    Format,
    table_of,
)
from pycalc.usage.library import polars
from pycalc.usage.source import Source, blocks, documents, look_at, paths, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

MONEY = 10**10
"""Costs are added as whole numbers of this part of a currency unit, so that sums do not depend on their order."""

MOST_MONEY = 900_000_000
"""The dearest row: more would not fit."""

KEY = ("use", "model", "seller", "tier", "batch", "currency", "charge", "meter", "unit", "service")
"""The parts of a row's key, in order."""

BETWEEN = "\x1f"
_MISSING = "\x1e"
_ROWS = 100_000
"""Rows of a Parquet file or of JSON documents in one block."""


@dataclass(frozen=True)
class Wish:
    """How files are to be read."""

    by: str = ""
    """project, key, tag, user, or a column's name; "" for the first a format has."""
    zone: str = "UTC"
    columns: dict[str, str] = field(default_factory=dict)
    uncached: bool = False
    kind: str = ""
    """The format's name, where detection is not wanted."""


@dataclass(frozen=True)
class Export:
    """One file and what it was taken for."""

    source: Source
    form: Format
    wish: Wish
    use: tuple[str, ...]
    """The columns a use case is taken from."""

    @property
    def use_name(self) -> str:
        return self.use[0] if self.use else ""

    def has(self, name: str) -> bool:
        return bool(self.places(name))

    def places(self, name: str) -> tuple[str, ...]:
        """Their names of one of our columns, those this file has."""
        wanted = self.use if name == "use" else self.form.columns.get(name, ())
        return tuple(place for each in wanted if (place := _present(each, self.source)))


def open_export(path: str, wish: Wish) -> Export:
    """Look at a file and tell what it is."""
    with whole(path):
        source = look_at(path)
        if source.kind == "document":
            first = next(islice((row for value in documents(source) for row in nested.rows(value)), 1), None)
            if first is None:
                raise UsageError(f"{path}: holds no usage. Export a longer period")
            source = _with_columns(source)
    form = _form(source, wish)
    use = _use_columns(source, form, wish.by)
    return Export(source, form, wish, use)


def _with_columns(source: Source) -> Source:
    """A document with the keys its first rows have."""
    rows = islice((row for value in documents(source) for row in nested.rows(value)), 2000)
    keys = dict.fromkeys(key for row in rows for key in paths(row))
    return Source(source.path, "document", source.size, tuple(keys), start=source.start, packed=source.packed)


def _form(source: Source, wish: Wish) -> Format:
    if wish.columns:
        missing = [theirs for theirs in wish.columns.values() if not _present(theirs, source)]
        if missing:
            raise UsageError(
                f"{source.path}: has no column {', '.join(missing)}. It has: {', '.join(source.columns[:40])}"
            )
        return table_of(wish.columns, uncached=wish.uncached)
    if wish.kind:
        if wish.kind not in BY_NAME:
            raise UsageError(f"--format {wish.kind}: is no known format. Known are {', '.join(BY_NAME)}")
        return BY_NAME[wish.kind]
    seen = {column.lower() for column in source.columns}
    found = [
        (len(names), form) for form in FORMATS for names in form.known_by if all(name.lower() in seen for name in names)
    ]
    if not found:
        raise UsageError(
            f"{source.path}: is none of the known exports. Say which columns hold what: "
            f"--columns time=..,model=..,tokens_in=..,tokens_out=.. It has: {', '.join(source.columns[:30])}"
        )
    return max(found, key=lambda each: each[0])[1]


def _use_columns(source: Source, form: Format, by: str) -> tuple[str, ...]:
    if not by:
        for name in USE_CASES:
            if any(_present(each, source) for each in form.columns.get(name, ())):
                return form.columns[name]
        return ()
    if by == "model":
        return ()
    if by in (*USE_CASES, "user") and by in form.columns:
        return form.columns[by]
    if _present(by, source):
        return (by,)
    raise UsageError(
        f"{source.path}: --by {by}: there is no such column. Use project, key, tag, user, or one of: "
        f"{', '.join(source.columns[:40])}"
    )


def _present(name: str, source: Source) -> str:
    """The column as the file spells it; "" where it has none. A path is present where the object it is in is."""
    lower = {column.lower(): column for column in source.columns}
    if name.lower() in lower:
        return lower[name.lower()]
    root, slash, rest = name.partition("/")
    if slash and root.lower() in lower:
        return f"{lower[root.lower()]}/{rest}"
    return ""


# --- frames ---------------------------------------------------------------------------------------------------------


def frames(export: Export, start: int | None = None, end: int | None = None) -> Iterator[Any]:
    """Pieces of the file that `read` takes: bytes of whole rows, rows of JSON, or slices of a Parquet file."""
    source = export.source
    if source.kind == "parquet":
        size = polars().scan_parquet(source.path).select(polars().len()).collect().item()
        yield from range(0, size, _ROWS)
    elif source.kind == "document":
        rows = (row for value in documents(source) for row in nested.rows(value))
        while piece := list(islice(rows, _ROWS)):
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
        return _encoded(pl.scan_parquet(source.path).select(roots).slice(piece, _ROWS).collect())
    if source.kind == "jsonl":
        # Asked for as text, a number stays one and an object is its JSON: prompts are not even looked at.
        try:
            return pl.read_ndjson(b"".join(piece), schema=dict.fromkeys(roots, pl.String), ignore_errors=True)
        except pl.exceptions.PolarsError:
            raise UsageError(f"{source.path}: a line is no JSON object. Export it again") from None
    titles = source.separator.join(f'"{name}"' for name in source.columns).encode()
    return pl.read_csv(
        b"".join((titles, b"\n", *piece)),
        schema=dict.fromkeys(source.columns, pl.String),
        columns=roots,
        separator=source.separator,
        truncate_ragged_lines=True,
        ignore_errors=True,
    )


def _wanted(export: Export) -> list[str]:
    ours = ("time", "end", "use", *NUMBERS, *DIMENSIONS, *WORDS)
    skipped = {"project", "key", "tag", "user"}  # only what the use case is taken from is read
    names = [place for name in ours if name not in skipped for place in export.places(name)]
    names += [_present(each, export.source) or each for each in export.form.identity]
    names += [_present(each, export.source) for each in label_columns(export)]
    return list(dict.fromkeys(names))


def label_columns(export: Export) -> tuple[str, ...]:
    """The columns of ids and their names, where use cases are those ids and the file has both."""
    ids, names = export.form.label
    if ids and ids in export.use and _present(ids, export.source) and _present(names, export.source):
        return (_present(ids, export.source), _present(names, export.source))
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


def _column(export: Export, frame: Any, name: str) -> Any:
    """One of our columns as the first of theirs that has a value; None where the file has none."""
    pl = polars()
    found = [
        pl.col(place)
        if place in frame.columns
        else pl.col(place.partition("/")[0]).str.json_path_match(_json_path(place.partition("/")[2]))
        for place in export.places(name)
    ]
    if not found:
        return None
    if len(found) > 1 and (name in ("use", "model", "cost") or "/" in export.places(name)[0]):
        return frame.select(pl.coalesce(found).alias(name)).to_series()
    return frame.select(found[0].alias(name)).to_series()


def _json_path(path: str) -> str:
    return "$" + "".join(f"['{key}']" for key in path.split("/"))


@dataclass
class Rows:
    """A piece in our terms."""

    frame: Any
    """key, day, and the numbers the export has; `identity`, a hash, where two exports may hold the same row."""
    unread: dict[str, int]
    """Cells that hold something else than the number or the time that belongs there, by their column."""
    other: int
    """Rows that are no calls of a model."""
    labels: dict[str, str]
    """Names of the ids that use cases are called by."""


def normalise(export: Export, frame: Any, identity: bool) -> Rows:
    """A frame in our terms."""
    pl = polars()
    form = export.form
    unread: dict[str, int] = {}
    size = len(frame)
    if form.keep_operations and (operation := _column(export, frame, "operation")) is not None:
        frame = frame.filter(operation.is_in(list(form.keep_operations)) | operation.is_null())
    other = size - len(frame)
    columns: dict[str, Any] = {"key": _keys(export, frame)}
    if (time := _column(export, frame, "time")) is not None:
        columns["day"] = calendar.days(time, export.wish.zone)
        _count_unread(unread, export.places("time")[0], time, columns["day"])
    else:
        columns["day"] = pl.Series([None] * len(frame), dtype=pl.Int32)
    for name in NUMBERS:
        if (text := _column(export, frame, name)) is not None:
            money = name == "cost"
            columns[name] = _money(export, text) if money else _whole(text) if name != "quantity" else _quantity(text)
            _count_unread(unread, export.places(name)[0], text, columns[name])
    if "cost" in columns and (columns["cost"] < 0).any():
        columns["credits"] = columns["cost"].clip(upper_bound=0)
    if form.grain != CALL and (end := _column(export, frame, "end")) is not None:
        columns["end"] = calendar.days(end, export.wish.zone)
    _whole_input(form, columns)
    if identity:
        columns["identity"] = _identity(export, frame)
    labels = label_columns(export)
    named = frame.select(labels).drop_nulls().unique() if labels else None
    return Rows(
        pl.DataFrame(columns),
        {name: count for name, count in unread.items() if count},
        other,
        dict(named.iter_rows()) if named is not None else {},
    )


def _keys(export: Export, frame: Any) -> Any:
    pl = polars()
    parts = []
    for name in KEY:
        column = _column(export, frame, name)
        if column is None:
            parts.append(pl.lit(""))
        else:
            parts.append(pl.lit(column.cast(pl.String).fill_null(_MISSING)))
    filled = [place for place, part in enumerate(parts) if KEY[place] and export.has(KEY[place])]
    if not filled:
        return pl.Series("key", [""], dtype=pl.String).new_from_index(0, len(frame))
    # Only the parts this export has stand in the key: one text to hash a row.
    return frame.select(pl.concat_str([parts[place] for place in filled], separator=BETWEEN).alias("key")).to_series()


def key_parts(export: Export, key: str) -> dict[str, str]:
    """A key as its parts by name; what is blank or not in the export is ""."""
    names = [name for name in KEY if export.has(name)]
    values = key.split(BETWEEN, len(names) - 1) if names else []
    return dict.fromkeys(KEY, "") | {
        name: "" if value == _MISSING else value.strip() for name, value in zip(names, values, strict=False)
    }


def _count_unread(unread: dict[str, int], name: str, text: Any, value: Any) -> None:
    pl = polars()
    lost = value.null_count() - text.null_count()
    if lost > 0 and text.dtype == pl.String:
        lost -= int((text.str.strip_chars() == "").sum() or 0)
    if lost > 0:
        unread[name] = unread.get(name, 0) + lost


def _whole(text: Any) -> Any:
    pl = polars()
    if text.dtype != pl.String:
        return text.cast(pl.Int64, strict=False)
    value = text.cast(pl.Int64, strict=False)
    if value.null_count() > text.null_count():  # 3.0, or blanks around it
        value = text.str.strip_chars().cast(pl.Float64, strict=False).round().cast(pl.Int64, strict=False)
    return value.set(value < 0, None)


def _quantity(text: Any) -> Any:
    pl = polars()
    value = text if text.dtype != pl.String else text.str.strip_chars()
    value = value.cast(pl.Float64, strict=False)
    return (value.set(~value.is_finite(), None) * MONEY).round().cast(pl.Int128, strict=False)


def _money(export: Export, text: Any) -> Any:
    pl = polars()
    scale = export.form.cost_scale
    if export.form.name == "anthropic-costs" and "amount" in export.places("cost"):
        scale = 0.01
    value = text.cast(pl.Float64, strict=False)
    if text.dtype == pl.String and value.null_count() > text.null_count():
        value = text.str.strip_chars().cast(pl.Float64, strict=False)
    whole = (value * (scale * MONEY)).round().cast(pl.Int64, strict=False)  # what is no finite number becomes null
    if max(abs(whole.min() or 0), abs(whole.max() or 0)) > MOST_MONEY * MONEY or (value.abs() > 1e9).any():
        raise UsageError(f"{export.source.path}: a cost is above 900 million. Is {export.places('cost')[0]} money?")
    return whole


def _whole_input(form: Format, columns: dict[str, Any]) -> None:
    """`tokens_in` as all input tokens, cached ones and those written to the cache too; output with reasoning."""
    if form.input_holds in (UNCACHED, PARTS) and "tokens_in" in columns:
        for name in ("cached", "cache_write", "cache_write_1h"):
            if name in columns:
                columns["tokens_in"] = columns["tokens_in"] + columns[name].fill_null(0)
    if form.input_holds == PARTS and "reasoning" in columns and "tokens_out" in columns:
        columns["tokens_out"] = columns["tokens_out"] + columns["reasoning"].fill_null(0)


def _identity(export: Export, frame: Any) -> Any:
    """A hash that two rows share when they are the same row of two exports."""
    form = export.form
    named = [place for each in form.identity if (place := _present(each, export.source))]
    if not named:
        measures = set() if form.grain == CALL else {place for name in NUMBERS for place in export.places(name)}
        roots = {place.partition("/")[0] for place in measures}
        named = [name for name in frame.columns if name not in measures and name not in roots]
    if len(named) == 1 and named[0] in frame.columns:
        return frame[named[0]].cast(polars().String).hash()
    return frame.select(named).hash_rows()
