"""Lines of a sheet that are written alike: every formula is the one above filled down, and the cells are the same.

Most of a large sheet is of a few kinds of line, which differ in the numbers of rows and in values. Once some lines in
succession look alike, a pattern for all of it is made of one; a line that it matches, with every row where the formulas
filled down would have it, is read in one step. What is decided for a formula then holds for those below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from workbook.file.cells import Cell
from workbook.file.package import Package
from workbook.formulas.cells import Masters
from workbook.formulas.linekinds import Kind, Line, kind_of

ENOUGH = 16
"""Lines that look alike before a pattern is made for them, which takes as long as reading a dozen cell by cell; Excel
writes a formula filled down anew every 64 lines, with copies between."""

_MOST_KINDS = 6
"""Patterns tried on a line."""

_DIGITS = b"0123456789"


_LEARNED: WeakKeyDictionary[Package, dict[str, list[Kind]]] = WeakKeyDictionary()
"""The kinds of line of the parts of a workbook that were read once: a command reads most of them twice."""


class Kinds:
    """The kinds of line of a sheet, found while it is read.

    masters : the shared formulas among the cells given so far, which the reader of the sheet keeps.
    kinds : those known, to which are added the ones found.
    """

    def __init__(self, masters: Masters, kinds: list[Kind]) -> None:
        self._masters = masters
        self._kinds = kinds
        self._known: dict[Kind, list[bytes | None]] = {}
        """The numbers of the shared formulas of the last line of a kind, where those are what its are copies of."""
        self._enough = ENOUGH
        self._alike = 0
        self._above: list[re.Match[bytes]] = []
        self._here: list[re.Match[bytes]] = []

    def cell(self, match: re.Match[bytes]) -> None:
        """A cell was read by itself."""
        self._here.append(match)

    def line(self, data: bytes, at: int, end: int) -> Line | None:
        """A line begins after what stands at a place: the whole of it, where it is of a known kind."""
        if self._here:
            self._learn(data)
            self._known.clear()  # a cell may have told what a shared formula is
        for number, kind in enumerate(self._kinds):
            match = kind.match(data, at, end)
            if match is not None and self._holds(line := Line(kind, match)):
                self._enough = ENOUGH
                if number:
                    self._kinds.insert(0, self._kinds.pop(number))
                return line
        return None

    def _learn(self, data: bytes) -> None:
        self._alike = self._alike + 1 if _look_alike(self._above, self._here) else 0
        if self._alike >= self._enough:
            self._alike = 0
            self._enough *= 2  # till a line is of a known kind: a pattern takes its time
            kind = kind_of(data, self._above[0], self._here[0], self._masters)
            if kind:
                self._kinds[:] = [kind, *self._kinds[: _MOST_KINDS - 1]]
        self._above, self._here = self._here, []

    def _holds(self, line: Line) -> bool:
        """Whether a line's formulas read the rows they would filled down, and the shared ones are still the same."""
        kind, row, groups = line.kind, line.row, line.groups
        if row > kind.last or not all(int(groups[group] or b"0") == row + down for down, group in kind.others):
            return False
        numbers = [groups[group] for group, _ in kind.shared]
        if numbers and numbers != self._known.get(kind):
            masters = [self._masters.get((number or b"").decode()) for number in numbers]
            if any(
                master is None or master.shape != shape for master, (_, shape) in zip(masters, kind.shared, strict=True)
            ):
                return False
            self._known[kind] = numbers
        return True


def lines(
    package: Package, part: str, masters: Masters, data: bytes | None = None, *, formulas_only: bool = False
) -> Iterator[Cell | Line]:
    """The cells of a worksheet part as `Package.cells` gives them, but for a line of a known kind the line.

    masters : the shared formulas among the cells given so far, which the caller keeps.
    """
    kinds = _LEARNED.setdefault(package, {}).setdefault(part, [])
    return package.cells_or_lines(part, data, formulas_only, Kinds(masters, kinds))


def _look_alike(above: list[re.Match[bytes]], here: list[re.Match[bytes]]) -> bool:
    """Whether two lines have formulas in the same columns that are one but for their digits."""
    return len(above) == len(here) and all(
        one[1] == other[1] and (one[6] or b"").translate(None, _DIGITS) == (other[6] or b"").translate(None, _DIGITS)
        for one, other in zip(above, here, strict=True)
    )
