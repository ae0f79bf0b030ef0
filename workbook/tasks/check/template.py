"""Values that stand over formulas of the template, formulas that were cleared, and rows that were deleted.

A column of figures, each with a formula of its own, shows no pattern that a typed number would break. In the
template it is known which cells hold formulas, so it is asked. A sheet is known by its labels, whatever its name;
rows are followed by their labels, columns by what stands in them.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING

from pycalc.errors import shown
from workbook.file.addresses import Place, blocks, row_and_column
from workbook.file.notes import notes_on
from workbook.tasks.check.finding import Finding, say
from workbook.tasks.check.seen import READ, Grid, Survey

if TYPE_CHECKING:
    from workbook.file.package import Package, Sheet
    from workbook.template.grid import Book
    from workbook.template.grid import Sheet as Planned

KNOWN_BY = 0.5
"""A sheet with this share of the labels of a sheet of the template is that sheet."""

COPIED = 0.8
"""The same in a workbook that is not the template, into which somebody copied a sheet."""

_NEAR = (4, 2)
"""Cells at most so many rows and columns apart are one block: titles and columns of units lie between."""


@dataclass
class Tampering:
    """What was done to the template's formulas: the findings, the cells they are about, and rows that are gone.

    tabs : the sheets that are the template's, by their name there, with where its rows stand now.
    option_rows, sourced_rows : where the template has the rows of Options, by key, and those of Inputs with a source.
    noted : cells of Options with a note.
    """

    findings: list[Finding] = field(default_factory=list)
    cells: set[tuple[str, Place]] = field(default_factory=set)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    tabs: dict[str, tuple[Grid, dict[int, int]]] = field(default_factory=dict)
    option_rows: dict[str, int] = field(default_factory=dict)
    sourced_rows: list[int] = field(default_factory=list)
    noted: set[Place] = field(default_factory=set)


class _Layout:
    """A sheet as the template has it."""

    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self.formulas: set[Place] = set()
        self.texts: dict[Place, str] = {}
        for (row, column), cell in planned.cells.items():
            if cell.is_formula:
                self.formulas.add((row + 1, column + 1))
            elif isinstance(cell.content, str):
                self.texts[row + 1, column + 1] = cell.content
        self.labels = {row: READ for row, column in sorted(self.formulas) if column == 1}
        self.labels |= {row: text for (row, column), text in self.texts.items() if column == 1}
        self.words = frozenset(self.labels.values()) - {READ}

    def share(self, tab: Grid) -> float:
        """How much of its labels a sheet has."""
        return len(self.words & set(tab.labels.values())) / max(1, len(self.words))


def tampering(survey: Survey, package: Package) -> Tampering:
    """Compare the sheets that are the template's with the template."""
    found = Tampering()
    whole = survey.is_template
    if not whole and _SHEETS.isdisjoint(grid.sheet.name for grid in survey.grids):
        return found
    book, layouts = _template()
    found.option_rows = {
        key.removeprefix("options."): place.row + 1 for key, place in book.places.items() if key.startswith("options.")
    }
    found.sourced_rows = [
        row + 1
        for (row, column), cell in layouts["Inputs"].planned.cells.items()
        if column == _UNIT
        and cell.content not in ("text", "code")
        and (row, _SOURCE) in layouts["Inputs"].planned.cells
    ]
    for grid in survey.grids:
        if grid.sheet.name == "Functions":
            continue  # live calls, which a hand-over may replace by their values
        tab = grid if whole else read(package, grid.sheet)
        layout = _known(tab, layouts, KNOWN_BY if whole else COPIED)
        if layout is None or not (whole or tab.shapes):
            continue
        rows = _rows(layout, tab)
        if whole and layout.planned.name in ("Inputs", "Options", "Scenarios"):
            found.tabs[layout.planned.name] = tab, rows
            if layout.planned.name == "Options":
                found.noted = set(map(row_and_column, notes_on(package, grid.sheet.part)))
        if whole and survey.broken and layout.planned.name not in _BY_CASE:
            found.deleted += [(tab.sheet.name, text) for text in _deleted(layout, tab, rows)]
        missing = _missing(layout, tab, rows, {column: column for _, column in layout.formulas})
        if missing:
            missing = _missing(layout, tab, rows, _columns(layout, tab, rows))
        for block in blocks(missing, _NEAR):
            found.cells |= {(tab.sheet.name, place) for place in block}
            found.findings += _findings(block, missing, tab, layout, book)
    return found


_UNIT, _SOURCE = 2, 3
"""Columns of Inputs, from 0."""

_BY_CASE = frozenset(("Summary", "Prices", "Checks", "Log"))
"""Sheets whose labels depend on the case: a label that is missing says nothing."""

_SHEETS = frozenset(
    ("Costs", "Breakeven", "Cash flow", "Scenarios", "Sensitivity", "Quality", "Suitability", "Checks", "Options")
)
"""Sheets of the template somebody may copy into a workbook of their own."""


@cache
def _template() -> tuple[Book, dict[str, _Layout]]:
    from workbook.template import blank

    book = blank()
    return book, {sheet.name: _Layout(sheet) for sheet in book.sheets if sheet.name != "Functions"}


def read(package: Package, sheet: Sheet) -> Grid:
    """Where a sheet has formulas, and what else its cells hold."""
    grid = Grid(sheet)
    for row, column, kind, value in package.contents(sheet.part):
        if not kind:
            if value not in (None, ""):
                grid.values[row, column] = value
        elif kind != "dataTable":
            grid.shapes[row, column] = 0
    return grid


def _known(tab: Grid, layouts: Mapping[str, _Layout], least: float) -> _Layout | None:
    """The sheet of the template a sheet is; scenario tabs are all alike."""
    by_name = layouts.get(tab.sheet.name)
    if by_name is not None and by_name.share(tab) >= least:
        return by_name
    best = max(layouts.values(), key=lambda layout: layout.share(tab))
    return best if best.share(tab) >= least else None


def _missing(layout: _Layout, tab: Grid, rows: Mapping[int, int], columns: Mapping[int, int]) -> dict[Place, Place]:
    """Places without a formula where the layout has one, with the place in the layout."""
    return {
        place: (row, column)
        for row, column in layout.formulas
        if row in rows and column in columns and (place := (rows[row], columns[column])) not in tab.shapes
    }


def _findings(
    block: list[Place], missing: Mapping[Place, Place], tab: Grid, layout: _Layout, book: Book
) -> Iterator[Finding]:
    """A block in which values stand side by side was pasted; elsewhere each is somebody's own, and cells are empty."""
    typed = dict.fromkeys(place for place in block if place in tab.values)
    groups = [("value-over-template", [place]) for place in typed]
    groups.append(("emptied", [place for place in block if place not in tab.values]))
    if any((row + 1, column) in typed or (row, column + 1) in typed for row, column in typed):
        groups = [("values-over-template", block)]
    for about, places in groups:
        if places:
            first = next((place for place in places if place in typed), places[0])
            as_it_was = missing[first] == first and layout.planned.name == tab.sheet.name
            formula = book.formula_at(layout.planned, first[0] - 1, first[1] - 1) if as_it_was else ""
            kind = "number" if type(value := tab.values.get(first)) is float else "value"
            yield say(about, tab.sheet.name, places, formula=formula, value=shown(value), type=kind)


def _rows(layout: _Layout, tab: Grid) -> dict[int, int]:
    """Rows of the layout by where they stand in the workbook: by their labels in order, then those that moved."""
    ours, theirs = sorted(layout.labels.items()), sorted(tab.labels.items())
    matcher = SequenceMatcher(None, [text for _, text in ours], [text for _, text in theirs], autojunk=False)
    anchors = {
        ours[start + step][0]: theirs[other + step][0]
        for start, other, size in matcher.get_matching_blocks()
        for step in range(size)
    }
    followed = _between(anchors, range(1, layout.planned.last_row + 2))
    taken = set(followed.values())
    once_here, once_there = _once(layout.labels), _once(tab.labels)
    moved = {
        row: once_there[text]
        for text, row in once_here.items()
        if row not in anchors and text in once_there and once_there[text] not in taken
    }
    return followed | moved


def _once(labels: Mapping[int, str]) -> dict[str, int]:
    """The labels that stand once, with their row."""
    count = Counter(labels.values())
    return {text: row for row, text in labels.items() if count[text] == 1 and text != READ}


def _between(anchors: Mapping[int, int], lines: Iterable[int]) -> dict[int, int]:
    """Lines without a mark of their own follow those around them, where as many lie between as there were."""
    marks = sorted(anchors)
    found = dict(anchors)
    for line in lines:
        at = bisect(marks, line)
        shifts = {anchors[mark] - mark for mark in marks[max(at - 1, 0) : at + 1]}
        if line not in found and len(shifts) == 1:
            found[line] = line + shifts.pop()
    return found


def _columns(layout: _Layout, tab: Grid, rows: Mapping[int, int]) -> dict[int, int]:
    """Columns of the layout by where they stand in the workbook: the order in which most of their cells are alike."""
    ours: dict[int, set[object]] = {}
    for row, column in layout.formulas:
        ours.setdefault(column, set()).add(rows.get(row))
    for (row, column), text in layout.texts.items():
        ours.setdefault(column, set()).add((rows.get(row), text))
    theirs: dict[int, set[object]] = {}
    for row, column in tab.shapes:
        theirs.setdefault(column, set()).add(row)
    for (row, column), value in tab.values.items():
        theirs.setdefault(column, set()).add((row, value))
    here, there = sorted(ours), sorted(theirs)
    alike = [[len(ours[one] & theirs[other]) for other in there] for one in here]
    best: list[list[tuple[int, dict[int, int]]]] = [[(0, {})] * (len(there) + 1) for _ in range(len(here) + 1)]
    for i in reversed(range(len(here))):
        for j in reversed(range(len(there))):
            ways = [best[i + 1][j], best[i][j + 1]]
            if alike[i][j]:
                cells, pairs = best[i + 1][j + 1]
                ways.insert(0, (cells + alike[i][j], {here[i]: there[j], **pairs}))
            best[i][j] = max(ways, key=itemgetter(0))
    return _between(best[0][0][1], here)


def _deleted(layout: _Layout, tab: Grid, rows: Mapping[int, int]) -> list[str]:
    """Labels of the layout whose row is gone."""
    present = set(tab.labels.values())
    return [
        text for row, text in sorted(layout.labels.items()) if text != READ and row not in rows and text not in present
    ]
