"""The column that the sheet Checks keeps for each tab: extended for a new tab, closed up when one goes.

Such columns are known by what they hold: cells that read one tab. They stand side by side in the order of the tabs,
so a new one is the last one's copy, with the new tab and its number in place of the old, and formulas that sum over
the columns reach one further.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workbook.file.addresses import area_of, column_letters, corners
from workbook.file.cells import Cell
from workbook.file.edits import cell_bytes, formula_edit
from workbook.file.package import Package, Sheet
from workbook.file.put import held_cells, whole_cells
from workbook.file.xmlspans import Edit, spliced, with_attribute
from workbook.formulas.cells import FormulaCell, formula_cells
from workbook.formulas.parser import shifted, splice
from workbook.tasks.scenario.layout import Column, Layout, names_sheet, parsed, references_sheet
from workbook.tasks.scenario.tabs import retargeted, unshared

_NEARBY = 8
"""Rows under the cells of a tab's column in which something may count them up."""
_FEWEST = 10
"""Cells that read one tab for their column to count as that tab's."""


@dataclass
class Mirror:
    """A sheet's columns that each read one tab: column to that tab's scenario number."""

    sheet: Sheet
    columns: dict[int, int] = field(default_factory=dict)
    top: int = 0
    bottom: int = 0

    @property
    def first(self) -> int:
        return min(self.columns)

    @property
    def last(self) -> int:
        return max(self.columns)

    def rows(self) -> range:
        """With the heading above and what is counted up below."""
        return range(self.top - 1, self.bottom + _NEARBY + 1)


def mirrors(package: Package, layout: Layout) -> list[Mirror]:
    """Every sheet but tabs and Scenarios that has a column for each of several cells of a tab."""
    tabs = {column.tab.name.lower(): column.number for column in layout.columns if column.tab}
    parts = {column.tab.part for column in layout.columns if column.tab} | {layout.sheet.part}
    found = []
    for sheet in package.worksheets():
        if sheet.part in parts or not any(names_sheet(package, sheet.part, name) for name in tabs):
            continue
        read: dict[tuple[int, int], list[int]] = {}
        for cell in formula_cells(package, sheet.part):
            if not any(references_sheet(cell, name) for name in tabs):
                continue
            formula = parsed(cell.text)
            for name in {(r.sheet or "").lower() for r in formula.references()} if formula else ():
                if name in tabs:
                    read.setdefault((cell.cell.column, tabs[name]), []).append(cell.cell.row)
        mirror = Mirror(sheet)
        for (column, number), rows in read.items():
            if len(rows) >= _FEWEST:
                mirror.columns[column] = number
                mirror.top = min([*rows, mirror.top or rows[0]])
                mirror.bottom = max(*rows, mirror.bottom)
        if mirror.columns:
            found.append(mirror)
    return found


def cells_of(package: Package, mirror: Mirror) -> set[tuple[str, str]]:
    """Sheet and address of every cell of these columns that reads a tab or counts such cells up."""
    return {
        (mirror.sheet.name, cell.address)
        for cell in formula_cells(package, mirror.sheet.part)
        if cell.cell.column in mirror.columns and cell.cell.row in mirror.rows()
    }


def extend(package: Package, mirror: Mirror, layout: Layout, target: Column, name: str) -> bool:
    """Give a new tab its column, a copy of the last one's; False when the place is taken."""
    unshared(package, mirror.sheet.part)
    column, new_column = mirror.last, mirror.last + 1
    source = layout.columns[mirror.columns[column] - 1]
    assert source.tab is not None
    data = package.read(mirror.sheet.part)
    strings = package.strings()
    held = held_cells(package, mirror.sheet)
    texts = _texts(package, mirror)
    if any(
        held[row, new_column].value(strings) not in (None, "") for row in mirror.rows() if (row, new_column) in held
    ):
        return False
    step = target.number - source.number
    new: dict[tuple[int, int], bytes] = {}
    for row in mirror.rows():
        cell = held.get((row, column))
        if cell is None:
            continue
        address = column_letters(new_column) + str(row)
        if cell.kind:
            text = _for_other_tab(texts[row, column].text, mirror.sheet.name, source.tab.name, name, step)
            new[row, new_column] = cell_bytes(
                address, formula=shifted(text, 0, new_column - column), style=cell.style, prefix=cell.prefix
            )
        else:
            value = cell.value(strings)
            if isinstance(value, str):
                value = re.sub(rf"\b{source.number}\b", str(target.number), value)
            elif value == source.number:
                value = float(target.number)
            new[row, new_column] = cell_bytes(address, value=value, style=cell.style, prefix=cell.prefix)
    edits = whole_cells(data, held, new)
    edits += _ranges(package, mirror, data, new_column, texts)
    package.replace(mirror.sheet.part, spliced(data, edits))
    return True


def close_up(package: Package, mirror: Mirror, number: int) -> None:
    """Take a tab's column out: those behind it move one to the left."""
    unshared(package, mirror.sheet.part)
    gone = next((column for column, tab in mirror.columns.items() if tab == number), None)
    if gone is None:
        return
    data = package.read(mirror.sheet.part)
    strings = package.strings()
    held = held_cells(package, mirror.sheet)
    texts = _texts(package, mirror)
    edits: list[Edit] = []
    for row in mirror.rows():
        for column in range(gone, mirror.last + 1):
            cell, following = held.get((row, column)), held.get((row, column + 1)) if column < mirror.last else None
            if cell is None:
                continue
            if following is None:
                edits.append((*cell.span, b""))
            else:
                edits.append((*cell.span, _moved(cell, following, texts, strings)))
    edits += _ranges(package, mirror, data, mirror.last - 1, texts)
    package.replace(mirror.sheet.part, spliced(data, edits))


def _moved(cell: Cell, following: Cell, texts: dict[tuple[int, int], FormulaCell], strings: list[str]) -> bytes:
    if not following.kind:
        return cell_bytes(cell.address, value=following.value(strings), style=following.style, prefix=following.prefix)
    text = shifted(texts[following.row, following.column].text, 0, -1)
    return cell_bytes(cell.address, formula=text, style=following.style, prefix=following.prefix)


def _texts(package: Package, mirror: Mirror) -> dict[tuple[int, int], FormulaCell]:
    return {(cell.cell.row, cell.cell.column): cell for cell in formula_cells(package, mirror.sheet.part)}


def _for_other_tab(text: str, own: str, old: str, new: str, step: int) -> str:
    """The formula reading another tab, and beside it the columns of that tab's number: absolute ones move by `step`."""
    text = retargeted(text, own, {old.lower(): new}, {})
    formula = parsed(text)
    edits = []
    for reference in formula.references() if formula else []:
        if reference.sheet is None and reference.kind == "cell" and reference.body.startswith("$"):
            top, left, _, _ = corners(reference.body)
            absolute = "$" if "$" in reference.body[1:] else ""
            edits.append((reference.start, reference.end, f"${column_letters(left + step)}{absolute}{top}"))
    return splice(text, edits)


def _ranges(
    package: Package, mirror: Mirror, data: bytes, last: int, texts: dict[tuple[int, int], FormulaCell]
) -> list[Edit]:
    """Ranges over all of these columns, in formulas elsewhere on the sheet and in conditional formats, to `last`."""
    edits: list[Edit] = []
    before, after = column_letters(mirror.last), column_letters(last)
    rows = mirror.rows()
    for (row, column), cell in texts.items():
        if column in mirror.columns and row in rows:
            continue
        if before not in cell.text or (formula := parsed(cell.text)) is None:
            continue
        changes = []
        for reference in formula.references():
            if reference.kind != "range" or (reference.sheet or mirror.sheet.name).lower() != mirror.sheet.name.lower():
                continue
            top, left, _, right = corners(reference.body)
            if left == mirror.first and right == mirror.last and top in rows:
                start, _, end = reference.body.partition(":")
                body = f"{start}:{end.replace(before, after, 1)}"
                changes.append((reference.end - len(reference.body), reference.end, body))
        if changes:
            edits.append(formula_edit(data, cell.cell, splice(cell.text, changes)))
    for element in package.elements(mirror.sheet.part, "conditionalFormatting", "ignoredError"):
        areas = []
        for area in element.attributes.get("sqref", "").split():
            top, left, bottom, right = corners(area)
            inside = right == mirror.last and left <= mirror.first and top in rows and bottom in rows
            areas.append(area_of(top, left, bottom, last) if inside else area)
        if areas != element.attributes.get("sqref", "").split():
            tag = data[element.start : element.tag_end]
            edits.append((element.start, element.tag_end, with_attribute(tag, "sqref", " ".join(areas))))
    return edits
