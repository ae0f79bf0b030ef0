"""Kinds of line: what lines of a sheet that are written alike have in common, and the pattern they match."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from workbook.file.addresses import LAST_ROW
from workbook.file.cells import Cell, Value, cell_of, shown, word
from workbook.file.plaincells import NEXT_ROW, OTHERS, of_line, text_of
from workbook.file.xmlspans import escaped
from workbook.formulas.cells import Masters, as_written
from workbook.formulas.shapes import MARKS, Offset, Shape, Template, joined, marked, shape_of

_MOST_CELLS = 400
"""Cells of a line that a pattern is made for."""

_MARK = re.compile(f"([{MARKS}])")
_ROW = rb"[1-9][0-9]{0,6}+"
_STYLE_AND_TYPE = rb'(?: s="([0-9]++)")?+(?: t="(\w++)")?+'
_HELD = rb"(?:<v>([^<]*+)</v>)?+"
_NUMBERED = re.compile(rb'(<f [^>]*?\bsi=")[0-9]++(".*+)', re.DOTALL)

Pieces = Sequence[bytes | str | int]
"""What is to be written of a line: bytes, marks for the numbers of rows, and groups of the pattern."""


class Formula(NamedTuple):
    """What the formulas of one column have in common in the lines of a kind.

    shape : of the line the kind was found in; `moves` are its fixed references that go along: see `Line.shape`.
    text, references : the formula and what it reads, with marks for the numbers of rows: see `Line.at`.
    element, attributes : its element as the file has it; the attributes of one with a text of its own.
    shared : the group of the pattern that holds the number of the shared formula it is a copy of; 0 where it is none.
    """

    shape: Shape
    template: Template
    text: str
    references: tuple[str, ...]
    element: Pieces
    attributes: bytes = b""
    shared: int = 0
    moves: tuple[int, ...] = ()


class LikeCell(NamedTuple):
    """A cell of a kind of line: `style_at`, `type_at` and `value_at` are the groups of the pattern that hold its style,
    its type and the text of its value."""

    column: int
    letters: str
    style_at: int
    type_at: int
    value_at: int
    formula: Formula | None = None


class Kind:
    """What lines have in common that differ in the numbers of rows and in values.

    rows : by mark how many rows further down it stands for, and the group of the pattern that holds it, 0 for none.
    pieces : the groups that hold what stands before, between and behind the formulas' elements.
    """

    def __init__(
        self, pattern: bytes, cells: list[LikeCell], rows: dict[str, tuple[int, int]], pieces: list[int], row: int
    ) -> None:
        self.match = re.compile(pattern).match
        self.cells = cells
        self.formulas = [(cell, cell.formula) for cell in cells if cell.formula is not None]
        self.formula_cells = [cell for cell, _ in self.formulas]
        self.rows = rows
        self.found = row
        """The line it was found in."""
        self.pieces = pieces
        self.others = [(down, group) for down, group in rows.values() if down and group]
        self.last = LAST_ROW - max(down for down, _ in rows.values())
        self.shared = [(formula.shared, formula.shape) for _, formula in self.formulas if formula.shared]

    def at(self, text: str, row: int) -> str:
        """A text as it reads in a line, with the numbers of rows in place of its marks."""
        for mark, (down, _) in self.rows.items():
            if mark in text:
                text = text.replace(mark, str(row + down))
        return text

    def writer(self, elements: Sequence[Pieces]) -> Callable[[Line], bytes]:
        """What writes a line of this kind with other elements in place of its formulas'."""
        pieces: list[bytes | str | int] = [self.pieces[0]]
        for element, behind in zip(elements, self.pieces[1:], strict=True):
            pieces += [*element, behind]
        return self.filled(pieces)

    def filled(self, pieces: Pieces) -> Callable[[Line], bytes]:
        """What gives some bytes for a line of this kind: rows in place of marks, groups in place of their numbers."""
        form = b"".join([one.replace(b"%", b"%%") if isinstance(one, bytes) else b"%b" for one in pieces])
        chosen = [one for one in pieces if not isinstance(one, bytes)]
        groups = [self.rows[one][1] if isinstance(one, str) else one for one in chosen]
        held = [group > 0 or not isinstance(one, str) for group, one in zip(groups, chosen, strict=True)]
        if all(held) and len(groups) > 1:
            pick = itemgetter(*groups)
            return lambda line: form % pick(line.groups)
        return lambda line: (
            form
            % tuple(
                str(line.row + self.rows[one][0]).encode() if isinstance(one, str) else line.groups[one]
                for one in chosen
            )
        )


class Line:
    """One line of a kind: `groups` are those of its pattern, from `start` to `end` are its cells."""

    __slots__ = ("data", "end", "groups", "kind", "row", "start")

    def __init__(self, kind: Kind, match: re.Match[bytes]) -> None:
        self.kind = kind
        self.groups = match.groups()
        self.row = int(self.groups[1])
        self.start, self.end = match.start(1), match.end()
        self.data = match.string

    def value(self, cell: LikeCell, strings: list[str]) -> Value:
        """What one of its cells stores. Raises `ValueError` where that should be a number and is none."""
        kind, raw = self.groups[cell.type_at], self.groups[cell.value_at]
        if kind is None:
            return float(raw) if raw else None
        return shown(kind.decode(), None if raw is None else text_of(raw), strings)

    def values(self, cells: Iterable[LikeCell], strings: list[str]) -> list[Value]:
        """The same for some of them; most hold numbers, for which no call is made."""
        groups = self.groups
        return [
            self.value(cell, strings)
            if groups[cell.type_at] or not groups[cell.value_at]
            else float(groups[cell.value_at])
            for cell in cells
        ]

    def style(self, cell: LikeCell) -> str | None:
        """The number of the format of one of its cells."""
        style = self.groups[cell.style_at]
        return None if style is None else word(style)

    def at(self, text: str) -> str:
        """A text with the numbers of rows in place of its marks."""
        return self.kind.at(text, self.row)

    def shape(self, formula: Formula) -> Shape:
        """One of its formulas in relative form."""
        if not formula.moves:
            return formula.shape
        key, offsets = formula.shape
        below = self.row - self.kind.found
        moved = [
            (fixed, down + below, *across) if number in formula.moves else (fixed, down, *across)
            for number, (fixed, down, *across) in enumerate(offsets)
        ]
        return key, tuple(moved)  # type: ignore[arg-type]

    def cells(self) -> Iterator[Cell]:
        """Its cells, each by itself."""
        return map(cell_of, of_line(self.data, self.start, self.end))


def element_of(text: str, attributes: bytes = b"", escape: Callable[[str], str] = escaped) -> list[bytes | str]:
    """The element of a formula with marks."""
    return [b"<f" + attributes + b">", *pieces_of(text, escape), b"</f>"]


def loose(references: Sequence[str]) -> list[str]:
    """References with marks, those that go along with the lines no more fixed: the engine takes like formulas apart
    once, but not where a fixed reference goes along."""
    return [each.replace("$", "") if each[-1] in MARKS else each for each in references]


def pieces_of(text: str, escape: Callable[[str], str] = str) -> list[bytes | str]:
    """A text with marks in pieces."""
    parts = _MARK.split(text)
    return [part if number % 2 else escape(part).encode() for number, part in enumerate(parts)]


def kind_of(data: bytes, above: re.Match[bytes], here: re.Match[bytes], masters: Masters) -> Kind | None:
    """The kind of the line that a cell stands in, below another; None where no pattern can tell it."""
    lines = []
    for first in (above, here):
        start = data.index(b">", data.rindex(b"<row", 0, first.start(1))) + 1
        end = data.index(b"</row>", start)
        lines.append(found := list(of_line(data, start, end)))
        if not 0 < len(found) <= _MOST_CELLS or data[found[-1].end() : end].strip() or len(found) != len(lines[0]):
            return None
    pattern = _Pattern(masters)
    if not all(map(pattern.takes, *lines)):
        return None
    whole = b"".join(pattern.parts) + rb")(?=\s*+</row>)"
    rows = {mark: (down, pattern.groups_of.get(mark, 0)) for down, mark in pattern.marks.items()}
    return Kind(whole, pattern.cells, rows, pattern.pieces, int(here[2]))


class _Pattern:
    """A pattern in the making, cell by cell."""

    def __init__(self, masters: Masters) -> None:
        self.masters = masters
        self.cells: list[LikeCell] = []
        self.parts = [OTHERS, NEXT_ROW, rb"(\s*+"]
        self.pieces = [0]
        self.groups = 2
        self.marks = {0: MARKS[0]}
        self.groups_of = {MARKS[0]: 1}

    def takes(self, above: re.Match[bytes], match: re.Match[bytes]) -> bool:
        """Add a cell below another; False where lines with such a one are read cell by cell."""
        letters, _, _, _, details, element, attributes, raw, _, _, inline = match.groups()
        if inline is not None or details is not None or b' vm="' in match[0].partition(b">")[0]:
            return False
        cell = cell_of(match)
        row = rb"(?P=row0)" if self.cells else rb"(?P<row0>" + _ROW + rb")"
        self.parts += [rb"\s*+" * bool(self.cells), b'<c r="', letters, row, b'"', _STYLE_AND_TYPE]
        place = (cell.column, letters.decode(), self._group(), self._group())
        if element is None:
            self.parts += [b"(?:/>|>", _HELD, b"</c>)"]
            self.cells.append(LikeCell(*place, self._group()))
            return True
        formula = (
            self._shared(cell) if cell.kind == "shared" else self._own(cell_of(above), cell, attributes, raw or b"")
        )
        if formula is None:
            return False
        self.parts.append(b">)")
        self.parts += map(self._part, formula.element)
        self.parts += [b"(", _HELD, b"</c>"]
        self.pieces.append(self._group())
        self.cells.append(LikeCell(*place, self._group(), formula))
        return True

    def _group(self) -> int:
        self.groups += 1
        return self.groups - 1

    def _part(self, piece: bytes | str | int) -> bytes:
        """The pattern for a piece of a formula's element."""
        if isinstance(piece, bytes):
            return re.escape(piece)
        return self._row(piece) if isinstance(piece, str) else rb"([0-9]++)"

    def _row(self, mark: str) -> bytes:
        """The pattern for the number of a row."""
        name = b"row%d" % MARKS.index(mark)
        if mark in self.groups_of:
            return rb"(?P=" + name + rb")"
        self.groups_of[mark] = self._group()
        return rb"(?P<" + name + rb">" + _ROW + rb")"

    def _marked(self, shape: Shape, column: int, downs: Sequence[int | None]) -> tuple[str, tuple[str, ...]] | None:
        """A formula and its references with marks, by how far down each goes along, None for those that do not; None
        where it reads too many different rows."""
        for down in downs:
            if down is not None and down not in self.marks:
                if len(self.marks) == len(MARKS):
                    return None
                self.marks[down] = MARKS[len(self.marks)]
        references = marked(shape[1], column, self.marks)
        if references is None:
            return None
        for number, (down, (fixed, *_)) in enumerate(zip(downs, shape[1], strict=True)):
            if fixed and down is not None:
                references[number] = references[number].rstrip("0123456789") + self.marks[down]
        return joined(shape[0], references), tuple(references)

    def _shared(self, cell: Cell) -> Formula | None:
        """A copy of a shared formula."""
        assert cell.match is not None
        element = _NUMBERED.fullmatch(cell.match[6])
        master = self.masters.get(cell.formula_attributes.get("si", ""))
        if cell.formula or element is None or master is None or not master.reaches(cell.row, cell.column):
            return None
        shape = master.shape
        found = self._marked(shape, cell.column, [None if fixed else down for fixed, down, _, _ in shape[1]])
        if found is None:
            return None
        group = self._group()
        return Formula(shape, master.template, *found, [element[1], group, element[2]], shared=group)

    def _own(self, above: Cell, cell: Cell, attributes: bytes, raw: bytes) -> Formula | None:
        """A formula with a text of its own, where it is written as we would write it."""
        text = as_written(cell)
        if not text or text is not cell.formula or cell.kind != "normal" or not above.formula:
            return None
        (key, before), _ = shape_of(above.formula, above.row, above.column)
        shape, template = shape_of(text, cell.row, cell.column)
        if key != shape[0]:
            return None
        lines = cell.row - above.row
        downs = [_goes_along(one, other, lines, cell.row) for one, other in zip(before, shape[1], strict=True)]
        found = self._marked(shape, cell.column, downs) if _NEITHER not in downs else None
        if found is None:
            return None
        form, references = found
        again = form
        for down, mark in self.marks.items():
            again = again.replace(mark, str(cell.row + down))
        both = enumerate(zip(shape[1], downs, strict=True))
        moves = tuple(number for number, ((fixed, *_), down) in both if fixed and down is not None)
        for escape in _ESCAPES:
            if again == text and escape(text).encode() == raw:
                element = element_of(form, attributes, escape)
                return Formula(shape, template, form, references, element, attributes, moves=moves)
        return None


_NEITHER = 1 << 30


def _goes_along(above: Offset, here: Offset, lines: int, row: int) -> int | None:
    """How far down a reference goes along with the lines, None where it stays; `_NEITHER` for one that does neither."""
    if above == here:
        return None if here[0] else here[1]
    if here[0] and above[0] and above[2:] == here[2:] and above[1] + lines == here[1]:
        return here[1] - row  # fixed in each line to a row of its own
    return _NEITHER


_ESCAPES = (
    escaped,
    lambda text: escaped(text).replace('"', "&quot;"),
    lambda text: escaped(text).replace('"', "&quot;").replace("'", "&apos;"),
)
"""What programs write for the characters that XML writes otherwise."""
