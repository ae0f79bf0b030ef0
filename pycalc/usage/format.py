"""What is known of one kind of export: its columns by our names, what a row is, how it is told from others.

The exports that can be read stand in data/usage_formats.json. Only the columns named there are read, so that prompts,
answers and other free text of an export stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from pycalc.files import records, table

CALL, BUCKET, COST = "call", "bucket", "cost"
"""A row is one call; the sum of the calls of a period; a line of a bill."""

TOTAL, UNCACHED, PARTS = "total", "uncached", "parts"
"""What the input tokens of a format hold: cached ones too, as OpenAI counts; those not cached alone, as Anthropic
counts; or the export has a column for each part, as Langfuse does."""

COLUMNS = dict(table("usage_columns", "name", "holds"))
"""The columns that are read, by our names, and what their cells hold; those that a use case is taken from are "use"."""
NUMBERS = tuple(name for name, holds in COLUMNS.items() if holds not in ("time", "word"))
AMOUNTS = tuple(name for name in NUMBERS if COLUMNS[name] != "count")

USE_CASES = ("project", "tag", "key")
"""What a use case is taken from unless --by says otherwise: the first of these a format has."""


@dataclass(frozen=True)
class Format:
    """One kind of export."""

    name: str
    title: str
    source: str
    """Where the columns were looked up, and when."""
    read_on: str
    grain: str
    columns: dict[str, tuple[str, ...]]
    """Our names to theirs; of several, the first one a file has. A slash goes into a JSON object."""
    known_by: tuple[tuple[str, ...], ...]
    """Sets of columns; a file that has all of one set is of this format."""
    vendor: str = ""
    seller: str = ""
    input_holds: str = TOTAL
    identity: tuple[str, ...] = ()
    """Columns that name one row for good: two rows with the same are the same."""
    cents: str = ""
    """The column of costs that are in cents."""
    currency: str = "USD"
    keep_operations: tuple[str, ...] = ()
    """Operations that are calls of a model; others are spans around them and would count tokens twice."""
    own_cache: tuple[str, ...] = ()
    """Of the same column, in small letters: what the gateway answered from its own cache, which calls no model."""
    document: str = ""
    """How its JSON nests: pages of buckets, or spans in resources. "" for a table."""
    notes: tuple[str, ...] = ()
    label: tuple[str, str] = ("", "")
    """A column of ids and one of their names: where any file has both, the names are shown."""


FORMATS = {name: Format(name, **fields) for name, fields in records("usage_formats").items()}


def table_of(columns: dict[str, str], *, uncached: bool = False) -> Format:
    """A format of the user's own, from `--columns tokens_in=prompt_length`."""
    own: dict[str, tuple[str, ...]] = {name: (theirs,) for name, theirs in columns.items() if name != "id"}
    grain = BUCKET if "calls" in columns else CALL
    if "tokens_in" not in columns and "tokens_out" not in columns:
        grain = COST
    return Format(
        name="columns",
        title="a table with the columns named",
        source="--columns",
        read_on="",
        grain=grain,
        columns=own,
        known_by=(),
        vendor="columns",
        input_holds=UNCACHED if uncached else TOTAL,
        identity=(columns["id"],) if "id" in columns else (),
    )
