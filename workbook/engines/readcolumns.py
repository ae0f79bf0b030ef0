"""The columns of sheets worked out elsewhere that formulas of others read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from workbook.file.addresses import LAST_COLUMN, column_number
from workbook.formulas.shapes import FRAGILE, Template

if TYPE_CHECKING:
    from workbook.engines.proving import Worked

_ODD_RANGE = re.compile(r"(?<!\x01):|:(?!\x01)")
"""A range in a template whose corners are not both cells, or a span of sheets."""


class ReadColumns:
    """The columns of sheets worked out elsewhere that formulas of others read."""

    def __init__(self, worked: Mapping[str, Worked]) -> None:
        self.columns: dict[str, set[int] | range] = {name: set() for name in worked}
        self._names = {name.lower(): name for name in worked}

    def all(self) -> None:
        self.columns = dict.fromkeys(self.columns, range(1, LAST_COLUMN + 1))

    def names(self, meanings: Iterable[str]) -> None:
        """What defined names stand for."""
        if any(name.replace("'", "''") in text.lower() for text in meanings for name in self._names):
            self.all()

    def template(self, template: Template) -> None:
        """What formulas read that is not written as a cell or a range of one sheet."""
        whole = any(item.kind != "name" for item in template.others)
        if whole or not template.functions.isdisjoint(FRAGILE) or _ODD_RANGE.search(template.key):
            self.all()

    def areas(self, template: Template, references: list[str]) -> None:
        for sheet, first, last in template.areas:
            columns = self.columns.get(self._names.get((sheet or "").lower(), ""))
            if isinstance(columns, set):
                left, right = (column_number(references[at].strip("$0123456789").strip("$")) for at in (first, last))
                columns.update(range(min(left, right), max(left, right) + 1))
