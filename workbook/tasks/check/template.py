"""Numbers typed over formulas of the template, where no row of formulas around them gives them away.

A column of figures, each with a formula of its own, shows no pattern that a typed number would break. In the
template it is known which cells hold formulas, so it is asked. Rows that a user put in are followed by their
labels, and a sheet or column that was rebuilt is left alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from workbook.file.addresses import Place, address
from workbook.tasks.check.finding import ERROR, Finding
from workbook.tasks.check.survey import Grid, Survey

if TYPE_CHECKING:
    from workbook.file.package import Package
    from workbook.template.grid import Sheet as Layout

REBUILT = 0.5
"""A column of which so much no longer holds formulas is no longer the template's."""

READ = "="
"""A label that a formula reads from elsewhere, such as an option's name: it is known by its neighbours alone."""


def template_findings(survey: Survey, package: Package, known: set[str]) -> Iterator[Finding]:
    """Typed numbers where the template has formulas; `known` says where faults were found already."""
    if "out_decision" not in survey.named or "out_checks" not in survey.named:
        return
    from workbook.template import CASES, make

    book = make(CASES["blank"])
    layouts = {sheet.name: sheet for sheet in book.sheets}
    tab = layouts[CASES["blank"].columns[0].tab]
    for grid in survey.grids:
        name = grid.sheet.name
        layout = layouts.get(name, tab)
        if name == "Functions":
            continue  # live calls, which a hand-over may replace by their values
        for place, value, wanted in _typed(package, grid, layout):
            as_it_was = place == wanted and layout.name == name
            finding = Finding(
                ERROR,
                "typed-over",
                name,
                address(place),
                f"the number {value:.15g} stands where the template has a formula",
                "Put the formula back, or move the number to an input cell the formula reads",
                formula=book.formula_at(layout, wanted[0] - 1, wanted[1] - 1) if as_it_was else "",
            )
            if finding.where not in known:
                yield finding


def _typed(package: Package, grid: Grid, layout: Layout) -> Iterator[tuple[Place, float, Place]]:
    """Cells with a number where the layout has a formula: the cell, the number, the place in the layout."""
    labels: dict[int, str] = {}
    numbers: dict[Place, float] = {}
    strings = package.strings()
    for cell in package.cells(grid.sheet.part):
        if cell.formula is None:
            value = cell.value(strings)
            if cell.column == 1 and isinstance(value, str):
                labels[cell.row] = value
            elif type(value) is float:
                numbers[cell.row, cell.column] = value
        elif cell.column == 1:
            labels[cell.row] = READ
    rows = _rows(labels, layout)
    last = layout.printed or (layout.last_row, layout.last_column)
    wanted: dict[Place, Place] = {}
    for (row, column), content in layout.cells.items():
        formula = isinstance(content.content, str) and content.content.startswith("=")
        if formula and row + 1 in rows and row <= last[0] and column <= last[1]:
            wanted[rows[row + 1], column + 1] = (row + 1, column + 1)
    intact: Counter[int] = Counter()
    all_of: Counter[int] = Counter()
    found: dict[int, list[Place]] = defaultdict(list)
    for place in wanted:
        all_of[place[1]] += 1
        intact[place[1]] += place in grid.shapes
        if place in numbers and place not in grid.shapes:
            found[place[1]].append(place)
    for column, places in found.items():
        if intact[column] > REBUILT * all_of[column]:
            for place in places:
                yield place, numbers[place], wanted[place]


def _rows(labels: dict[int, str], layout: Layout) -> dict[int, int]:
    """Rows of the layout by where they stand in the workbook: those with the same label, in the same order."""
    ours = [
        (row + 1, READ if cell.content.startswith("=") else cell.content)
        for (row, column), cell in sorted(layout.cells.items())
        if column == 0 and isinstance(cell.content, str)
    ]
    theirs = sorted(labels.items())
    matcher = SequenceMatcher(None, [text for _, text in ours], [text for _, text in theirs], autojunk=False)
    return {
        ours[start + step][0]: theirs[other + step][0]
        for start, other, size in matcher.get_matching_blocks()
        for step in range(size)
    }
