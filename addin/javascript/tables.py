"""The catalogue's tables for JavaScript: the makers' prices, and those of other sellers, which few ask for."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from functools import cache

from addin import packing
from pycalc.files import packaged
from pycalc.models import catalogue, rows

_WANTED: dict[str, dict[str, tuple[str, ...] | None]] = {
    # The columns that are read of each file; None for all.
    "prices": {
        "prices.csv": rows.PRICE_COLUMNS,
        "base_prices.csv": rows.PRICE_COLUMNS,
        "base_models.csv": catalogue._BASE_COLUMNS,
        "models.csv": catalogue._MODEL_COLUMNS,
        "names.csv": catalogue._NAME_COLUMNS,
        "retired.csv": catalogue._RETIRED_COLUMNS,
        "token_ratios.csv": None,
    },
    "sellers": {"seller_prices.csv": rows.PRICE_COLUMNS, "seller_models.csv": catalogue._SELLER_COLUMNS},
}
FILES = tuple(_WANTED)


@cache
def packed(name: str) -> bytes:
    """Some tables as JSON by file: the titles, then each column, in which a number says how often the text before it
    is repeated."""
    tables = {file: _columns(file, titles) for file, titles in _WANTED[name].items()}
    return json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode()


def _columns(file: str, titles: tuple[str, ...] | None) -> list[list[str | int]]:
    lines = packaged(file)
    titles = titles or tuple(next(csv.reader(lines)))
    return [[*titles], *map(_runs, zip(*rows.fields(file, lines, titles), strict=True))]


def _runs(column: Iterable[str]) -> list[str | int]:
    found: list[str | int] = []
    before, count = None, 0
    for text in column:
        if text == before:
            count += 1
            continue
        found += [count, text] if count else [text]
        before, count = text, 0
    return [*found, count] if count else found


def known(name: str) -> dict[str, object]:
    """What functions.js knows of a packed file."""
    return packing.known(f"{name}.json", packed(name))
