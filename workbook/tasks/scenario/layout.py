"""Where the scenarios of a workbook stand: columns, override rows, base values, tabs.

Everything is found by defined names and by what formulas read, never by a fixed address: the user may have
inserted rows, renamed or reordered sheets, or saved the file with another program.

* The cell named `scenario_name` looks its title up by INDEX(titles, scenario) or INDEX(titles, 1, scenario):
  the row of titles, its columns, its sheet.
* The live column of that sheet looks each override up by INDEX(row, scenario) and names the base value beside it,
  which leads to the input's cell and so to its defined name.
* A tab is a sheet whose formulas read one of these columns and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from workbook.errors import BadWorkbook
from workbook.file import named
from workbook.file.addresses import Spot, column_letters, corners, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package, Sheet
from workbook.file.put import Held
from workbook.file.values import short
from workbook.file.xmlspans import escaped
from workbook.formulas.cells import Masters, formula_cell, formula_cells, formula_texts
from workbook.formulas.parser import parsed
from workbook.formulas.shapes import template_of
from workbook.template.inputs import INPUTS, canonical

REMEDY = "Make the workbook with `breakeven new`, or give back the names and formulas of its sheet Scenarios"
_ENOUGH = 0.8
"""A tab reads at least this share of the override rows."""


@dataclass
class Column:
    """One scenario column: its number, 1 for the base, its title, what it overrides, its tab."""

    number: int
    letters: str
    title: str
    overrides: dict[str, Value]
    tab: Sheet | None = None

    @property
    def spare(self) -> bool:
        return not self.title and not self.overrides


@dataclass
class Layout:
    """The scenarios of an opened workbook."""

    sheet: Sheet
    titles: int
    """Row of the titles."""
    first: int
    last: int
    rows: dict[str, int]
    """Override row by input name."""
    inputs: dict[str, Spot]
    """Sheet, row and column of each defined name, and of the base value of each input."""
    cells: Held
    """Cells of the sheet."""
    columns: list[Column]

    def column(self, number: int) -> int:
        """The sheet's column of a scenario."""
        return self.first + number - 1

    def find(self, title: str) -> Column | None:
        """The scenario of this title or this tab, without regard to letter case, or None."""
        wanted = title.strip().lower()
        for column in self.columns:
            if wanted and wanted in (column.title.strip().lower(), column.tab.name.lower() if column.tab else ""):
                return column
        return None


def read(package: Package) -> Layout:
    """The scenarios of a workbook; `BadWorkbook` where it has none. What was found is not to be changed."""
    changes, found = _known.get(package, (-1, None))
    if found is None or changes != package.changes:
        found = _read(package)
        _known[package] = package.changes, found
    return found


_known: WeakKeyDictionary[Package, tuple[int, Layout]] = WeakKeyDictionary()
"""What was found in each opened workbook, after so many changes: a memo asks twice."""


def _read(package: Package) -> Layout:
    names = {name.lower(): place for name, place in named.cells(package).items()}
    for needed in ("scenario", "scenario_name"):
        if needed not in names:
            raise BadWorkbook(package.path, f"it has no cell named {needed}, so it has no scenarios of ours", REMEDY)
    sheets = {sheet.name.lower(): sheet for sheet in package.worksheets()}
    titles = _titles(package, sheets, names["scenario_name"])
    if titles is None:
        raise BadWorkbook(
            package.path, "the cell named scenario_name no longer looks its text up by INDEX(titles, scenario)", REMEDY
        )
    sheet, (top, first, _, last) = titles
    held = Held(package, sheet)
    rows, bases = _override_rows(sheet, names, (first, last), held)
    if not rows:
        raise BadWorkbook(package.path, f"no row of its sheet {sheet.name} looks up an override", REMEDY)
    columns = []
    for column in range(first, last + 1):
        title = held.value((top, column))
        overrides: dict[str, Value] = {
            name: value for name, row in rows.items() if (value := held.value((row, column))) not in (None, "")
        }
        columns.append(
            Column(column - first + 1, column_letters(column), "" if title is None else short(title), overrides)
        )
    found = Layout(sheet, top, first, last, rows, names | bases, held, columns)
    for other in sheets.values():
        if other.part != sheet.part:
            number = _number_of_tab(package, other, found)
            if number and columns[number - 1].tab is None:
                columns[number - 1].tab = other
    return found


def _titles(package: Package, sheets: dict[str, Sheet], place: Spot) -> tuple[Sheet, tuple[int, int, int, int]] | None:
    sheet = sheets[place[0].lower()]
    for cell in formula_cells(package, sheet.part):
        if (cell.cell.row, cell.cell.column) != place[1:]:
            continue
        for target, area in _looked_up(cell.text)[0]:
            if (target or sheet.name).lower() in sheets:
                return sheets[(target or sheet.name).lower()], area
    return None


@lru_cache(maxsize=4_096)  # most commands read the sheet two or three times
def _looked_up(text: str) -> tuple[list[tuple[str | None, tuple[int, int, int, int]]], list[str | Spot]]:
    """The rows that a formula looks into by INDEX(row, scenario): sheet, or None for its own, and corners; and what it
    may fall back on: inputs by name, and cells for which it names a sheet."""
    if "scenario" not in text.lower() or (formula := parsed(text)) is None:
        return [], []
    found = []
    for call in formula.calls:
        if call.name != "INDEX" or len(call.arguments) not in (2, 3):
            continue
        if formula.argument(call, len(call.arguments) - 1).lower() != "scenario":
            continue
        start, end = call.arguments[0]
        for reference in formula.references():
            if start <= reference.start and reference.end <= end and reference.kind in ("range", "cell"):
                area = corners(reference.body)
                if area[0] == area[2]:
                    found.append((reference.sheet, area))
    bases: list[str | Spot] = []
    for reference in formula.references() if found else ():
        if reference.kind == "name" and reference.body.lower() in INPUTS:
            bases.append(reference.body.lower())
        elif reference.kind == "cell" and reference.sheet:
            bases.append((reference.sheet, *row_and_column(reference.body)))
    return found, bases


def _override_rows(
    sheet: Sheet, names: dict[str, Spot], columns: tuple[int, int], held: Held
) -> tuple[dict[str, int], dict[str, Spot]]:
    """The override row of each input, and the cell of its base value, which the live formula names."""
    by_place = {(name_sheet.lower(), row, column): name for name, (name_sheet, row, column) in names.items()}
    rows: dict[str, int] = {}
    bases: dict[str, Spot] = {}
    masters: Masters = {}
    for place, cell in held.items():
        text = formula_cell(cell, masters).text if cell.kind not in ("", "dataTable") else ""
        targets, may_be = _looked_up(text)
        for target, (row, left, _, right) in targets:
            if (target or sheet.name).lower() != sheet.name.lower() or (left, right) != columns:
                continue
            base = _base_of(may_be, sheet.name, names)
            written = held.value((place[0], place[1] - 1))
            name = by_place.get((base[0].lower(), *base[1:]), "") if base else ""
            if name not in INPUTS and isinstance(written, str):
                name = canonical(written) or ""
            if name in INPUTS and base:
                rows.setdefault(name, row)
                bases.setdefault(name, base)
    return {name: rows[name] for name in INPUTS if name in rows}, bases


def _base_of(may_be: list[str | Spot], sheet: str, names: dict[str, Spot]) -> Spot | None:
    """The input's cell that a live formula falls back on: the first it names on another sheet."""
    for base in may_be:
        if isinstance(base, str):
            if base in names:
                return names[base]
        elif base[0].lower() != sheet.lower():
            return base
    return None


def _number_of_tab(package: Package, sheet: Sheet, layout: Layout) -> int:
    """The scenario whose column a sheet reads, when it reads one alone; 0 otherwise."""
    wanted = layout.sheet.name.lower()
    written = wanted.replace("'", "''")
    if escaped(written).encode() not in package.read(sheet.part).lower():
        return 0
    rows = set(layout.rows.values())
    read_rows: set[int] = set()
    read_columns: set[int] = set()
    seen: set[str] = set()
    for text in formula_texts(package, sheet.part, written):
        template, references = template_of(text)
        for on, first, last in template.areas:
            area = ":".join(references[first : last + 1])
            if (on or "").lower() == wanted and area not in seen:
                seen.add(area)
                top, left, bottom, right = corners(area)
                if right >= layout.first and left <= layout.last:
                    if left != right:
                        return 0
                    read_columns.add(left)
                    read_rows |= rows & set(range(top, bottom + 1))
        if len(read_columns) > 1:
            return 0
    if len(read_columns) == 1 and len(read_rows) >= _ENOUGH * len(rows):
        return read_columns.pop() - layout.first + 1
    return 0
