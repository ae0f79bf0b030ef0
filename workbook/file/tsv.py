"""Tables that stand beside the code: fields between tabs, the first line their names."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def lines(path: Path) -> tuple[dict[str, str], ...]:
    """The lines of a table as they are, quotation marks too; a field left out at the end is empty."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
