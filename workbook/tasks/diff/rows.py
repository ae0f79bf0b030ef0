"""Which cell of the new workbook is which of the old: found by name, by rows that moved, by address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from workbook.file.addresses import Spot
from workbook.formulas.parser import parsed, splice
from workbook.tasks.diff.book import Book
from workbook.tasks.kinds import INPUTS, MODEL, USE_CASES

_MOST_ROWS = 5_000
"""Rows whose moves are looked for; beyond, cells are compared by address."""

_ROW_NUMBER = re.compile(r"[0-9]+")


class Moved:
    """Rows of a sheet by where they stand now: up to the last `unmoved` one where they stood; a row gone is None."""

    def __init__(self, unmoved: int) -> None:
        self._unmoved = unmoved
        self._now: dict[int, int] = {}
        self._before: dict[int, int] = {}

    def add(self, before: int, now: int) -> None:
        self._now[before] = now
        self._before[now] = before

    def now(self, row: int) -> int | None:
        return row if row <= self._unmoved else self._now.get(row)

    def before(self, row: int) -> int | None:
        return row if row <= self._unmoved else self._before.get(row)


class Pairs:
    """The cells of two workbooks, each with the same one in the other."""

    def __init__(self, before: Book, after: Book) -> None:
        self._before = before
        self._after = after
        self.rows = {sheet: rows for sheet in before.sheets if (rows := _moved_rows(before, after, sheet)) is not None}
        self.rows |= _moved_use_cases(before, after)
        self._gone = set(before.sheets) - set(after.sheets)
        self._added = set(after.sheets) - set(before.sheets)

    def __iter__(self) -> Iterator[tuple[Spot | None, Spot | None]]:
        """Each cell of the old workbook with the same cell of the new one, None where there is none."""
        before, after = self._before, self._after
        named: set[Spot] = set()
        for spot in before.cells():
            name = before.names.get(spot, "")
            if name in after.by_name:
                named.add(after.by_name[name])
                yield spot, after.by_name[name]
            elif spot[0] not in self._gone:
                yield spot, self._mapped(spot, Moved.now)
        for spot in after.cells():
            if spot in named or spot[0] in self._added or self._stood_there(spot):
                continue
            name = after.names.get(spot, "")
            yield before.by_name.get(name) or self._mapped(spot, Moved.before), spot

    def _stood_there(self, spot: Spot) -> bool:
        """Whether a cell of the old workbook was paired with this one by its place."""
        then = self._mapped(spot, Moved.before)
        if then is None or not self._before.holds(then):
            return False
        return self._before.names.get(then, "") not in self._after.by_name

    def _mapped(self, spot: Spot, find: Callable[[Moved, int], int | None]) -> Spot | None:
        """Where a cell of the old workbook stands now, or one of the new workbook stood."""
        sheet, row, column = spot
        if sheet not in self.rows:
            return spot
        to = find(self.rows[sheet], row)
        return (sheet, to, column) if to else None

    def with_moved_rows(self, text: str, sheet: str) -> str:
        """A formula of the old workbook as it would read with the rows where they stand now."""
        formula = parsed(text) if self.rows else None
        if formula is None:
            return text
        edits = []
        for reference in formula.references():
            moved = self.rows.get(reference.sheet or sheet)
            if moved is not None and reference.kind in ("cell", "range"):
                body = _in_rows(reference.body, moved)
                edits.append((reference.end - len(reference.body), reference.end, body))
        return splice(text, edits)


def _moved_rows(before: Book, after: Book, sheet: str) -> Moved | None:
    """Where the rows of a sheet stand now, found by their texts; None when none moved."""
    if sheet not in after.sheets or before.last_row(sheet) == after.last_row(sheet):
        return None  # as many rows as before: nothing moved
    old, new = before.row_texts(sheet), after.row_texts(sheet)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    if start == min(len(old), len(new)):
        return None  # rows added at the end
    if max(len(old), len(new)) - start > _MOST_ROWS:
        return None
    moved = Moved(start)
    matcher = SequenceMatcher(None, old[start:], new[start:], autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and old_to - old_from == new_to - new_from):
            for below in range(old_to - old_from):
                moved.add(start + old_from + below + 1, start + new_from + below + 1)
    return moved


def _moved_use_cases(before: Book, after: Book) -> dict[str, Moved]:
    """Where the use cases of two portfolios stand, found by their names; nothing where all stand where they stood."""
    if USE_CASES not in before.by_name or USE_CASES not in after.by_name:
        return {}
    old, new = before.use_cases(), after.use_cases()
    if not old or not new or old == new:
        return {}
    moved = Moved(min(*old.values(), *new.values()) - 1)
    for name in old.keys() & new.keys():
        moved.add(old[name], new[name])
    return dict.fromkeys((INPUTS, MODEL, before.by_name[USE_CASES][0]), moved)


def _in_rows(body: str, moved: Moved) -> str:
    """A reference with its row numbers where those rows stand now."""
    return _ROW_NUMBER.sub(lambda match: str(moved.now(int(match[0])) or match[0]), body)
