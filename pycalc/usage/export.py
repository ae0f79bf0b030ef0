"""A file and what it was taken for: the format, and the columns that a use case is taken from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice

from pycalc.usage import UsageError, nested
from pycalc.usage.format import FORMATS, USE_CASES, Format, table_of
from pycalc.usage.source import Source, documents, look_at, paths, whole

LOOKED_AT = 2_000
"""Rows of a document whose keys are its columns."""


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
    start: str = ""
    end: str = ""
    """ISO days: rows before `start` and after `end` are not read, and the months between them count as whole."""


@dataclass(frozen=True)
class Export:
    """One file and what it was taken for."""

    source: Source
    form: Format
    wish: Wish
    use: tuple[str, ...]
    """The columns a use case is taken from."""
    clean: set[str] = field(default_factory=lambda: {"numbers"}, compare=False)
    """Not empty while each column of numbers has held numbers alone."""

    def places(self, name: str) -> tuple[str, ...]:
        """Their names of one of our columns, those this file has."""
        wanted = self.use if name == "use" else self.form.columns.get(name, ())
        return tuple(place for each in wanted if (place := present(each, self.source)))


def open_export(path: str, wish: Wish) -> Export:
    """Look at a file and tell what it is."""
    with whole(path):
        source = look_at(path)
        if source.kind == "document":
            first = list(islice((row for value in documents(source) for row in nested.rows(value)), LOOKED_AT))
            if not first:
                raise UsageError(f"{path}: holds no usage. Export a longer period")
            source = replace(source, columns=tuple(dict.fromkeys(key for row in first for key in paths(row))))
    form = _form(source, wish)
    return Export(source, form, wish, _use_columns(source, form, wish.by))


def _form(source: Source, wish: Wish) -> Format:
    if wish.columns:
        missing = [theirs for theirs in wish.columns.values() if not present(theirs, source)]
        if missing:
            raise UsageError(
                f"{source.path}: has no column {', '.join(missing)}. It has: {', '.join(source.columns[:40])}"
            )
        return table_of(wish.columns, uncached=wish.uncached)
    if wish.kind:
        if wish.kind not in FORMATS:
            raise UsageError(f"--format {wish.kind}: is no known format. Known are {', '.join(FORMATS)}")
        return FORMATS[wish.kind]
    seen = {column.lower() for column in source.columns}
    found = [
        (len(names), form)
        for form in FORMATS.values()
        for names in form.known_by
        if all(name.lower() in seen for name in names)
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
            if any(present(each, source) for each in form.columns.get(name, ())):
                return form.columns[name]
        return ()
    if by == "model":
        return ()
    if by in (*USE_CASES, "user") and by in form.columns:
        return form.columns[by]
    if present(by, source):
        return (by,)
    raise UsageError(
        f"{source.path}: --by {by}: there is no such column. Use project, key, tag, user, or one of: "
        f"{', '.join(source.columns[:40])}"
    )


def present(name: str, source: Source) -> str:
    """The column as the file spells it; "" where it has none. A path is present where the object it is in is."""
    lower = {column.lower(): column for column in source.columns}
    if name.lower() in lower:
        return lower[name.lower()]
    root, slash, rest = name.partition("/")
    if slash and root.lower() in lower:
        return f"{lower[root.lower()]}/{rest}"
    return ""
