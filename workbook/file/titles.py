"""Find a table in a sheet by the titles of its columns, wherever somebody moved it."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.file.addresses import Place
from workbook.file.cells import Value

Titles = Mapping[str, tuple[str, ...]]
"""What a table's columns are called: field to the titles it may have, in small letters."""


def words_of(row: Mapping[int, object]) -> dict[str, int]:
    """The texts of a row in small letters, with the column of each; of two alike the first counts."""
    words: dict[str, int] = {}
    for column, value in sorted(row.items()):
        if isinstance(value, str) and value.strip():
            words.setdefault(value.strip().lower(), column)
    return words


def find_titles(
    values: Mapping[Place, Value], titles: Titles, further: Titles | None = None
) -> tuple[int, dict[str, int]] | None:
    """The topmost row that has all these titles, and the column of each field; None without one.

    further : titles it may have; 0 is the column of those it has not.
    """
    rows: dict[int, dict[int, Value]] = {}
    for (row, column), value in values.items():
        if isinstance(value, str):
            rows.setdefault(row, {})[column] = value
    for row in sorted(rows):
        words = words_of(rows[row])
        wanted = {**titles, **(further or {})}.items()
        columns = {field: next((words[name] for name in names if name in words), 0) for field, names in wanted}
        if all(columns[field] for field in titles):
            return row, columns
    return None


def named_so(*titles: str) -> Titles:
    """Titles that have one spelling each."""
    return {title: (title,) for title in titles}
