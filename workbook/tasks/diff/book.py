"""One of the workbooks to compare, as its comparison needs it: both have to fit into memory side by side."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from functools import cached_property
from heapq import merge
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from workbook.engines import Key
from workbook.engines.formualizer import Session
from workbook.errors import BadWorkbook
from workbook.file import named
from workbook.file.addresses import Spot, column_letters, row_and_column
from workbook.file.cells import Value
from workbook.file.formats import counts_from_1904, date_styles
from workbook.file.package import Package, Sheet
from workbook.formulas.alike import lines
from workbook.formulas.cells import Masters, array_children, formula_cell
from workbook.formulas.linekinds import Kind, Line
from workbook.formulas.readers import CellSet, References
from workbook.formulas.shapes import Shape, Template, shape_of, split, text_of
from workbook.formulas.storedform import stored_form
from workbook.tasks.diff.cellstore import Cells
from workbook.tasks.diff.likeness import ROW_END, likeness
from workbook.tasks.kinds import HEADS, USE_CASES, worked
from workbook.tasks.kinds import INPUTS as ENTERED

if TYPE_CHECKING:
    from workbook.engines.proving import Worked


def key_of(spot: Spot) -> Key:
    """A cell by its address, as the engine and people call it."""
    sheet, row, column = spot
    return sheet, column_letters(column) + str(row)


_LOGICAL = {"TRUE()": True, "FALSE()": False}
_CALLED = re.compile(r"""("[^"]*"|'[^']*')|\b(TRUE|FALSE)\(\)""")


class Book:
    """One workbook: its constants, formulas and results by place, its names, the engine that holds it.

    twin : a workbook read before; what has the same formulas in the same places shares them.
    """

    session: Session

    def __init__(self, path: str | os.PathLike[str], twin: Book | None = None) -> None:
        self.path = path
        self.constants: Cells[Value] = Cells()
        self.formulas: Cells[str | Shape] = Cells()
        """Their texts; of like lines the shape that a column has in common."""
        self.values: Cells[Value] = Cells()
        self.dates: set[Spot] = set()
        """Cells whose format shows a number as a day."""
        self._text_counts: dict[str, dict[int, int]] = {}
        self._as_written: dict[str, bool] = {}
        with Package(path) as package:
            alike: Set[str] = set()
            self.shares = same_texts = False
            """Whether the twin's formulas are this workbook's."""
            if twin is not None:
                with Package(twin.path) as earlier:
                    self.shares, alike, same_texts = likeness(package, earlier)
            if twin is not None and self.shares:
                self.formulas = twin.formulas
                self.dates = twin.dates
            self._day_styles = set() if counts_from_1904(package) else set(map(str, date_styles(package)))
            strings = package.strings()
            self.sheets = [sheet.name for sheet in package.worksheets()]
            self.worked = worked(package)
            for sheet in package.worksheets():
                if sheet.name in self.worked:
                    self._take(self.worked[sheet.name])
                elif twin is not None and same_texts and sheet.part in alike:
                    self.constants.take(sheet.name, twin.constants)
                elif twin is None or not same_texts or not self._read_changed(package, sheet, twin, strings):
                    self._read(package, sheet.part, sheet.name, strings)
            self.by_name = named.cells(package)
            self._references = References(package)
        self.names = {spot: name for name, spot in self.by_name.items()}

    def calculate(self, now: datetime) -> None:
        """Have the engine load and calculate it."""
        with Package(self.path) as package:
            self.session = Session(package, now, self.worked)
            self._keep(self.session.result.values, self.session)
        self.session.result.values.clear()

    def calculate_in(self, twin: Book) -> bool:
        """Take the values from the engine of a workbook that differs in constants alone; False where it cannot tell."""
        if not self.shares:
            return False
        unlike = {*self.constants.unlike(twin.constants), *twin.constants.unlike(self.constants)}
        changed = {key_of(spot): self.constants.get(spot) for spot in unlike}
        if not changed:
            self.values = twin.values
            return True
        values = twin.session.values_with(changed)
        self._keep(values or {}, twin.session)
        return values is not None

    def _keep(self, values: Mapping[Key, Value], session: Session) -> None:
        for sheet in self.worked.values():
            columns = {column: sheet.column(column) for column in sheet.filled.shapes}
            self.values.fill(sheet.name, sheet.filled.first, columns)
        arrays = False
        for name, infos in session.formulas.items() if values else ():
            arrays |= any(info.like.area for info in infos)
            known = (info for info in infos if info.key in values)
            self.values.add(name, ((info.row, info.column, values[info.key]) for info in known))
        if arrays:  # which fill further cells
            for key in values.keys() - {info.key for infos in session.formulas.values() for info in infos}:
                self.values[key[0], *row_and_column(key[1])] = values[key]

    def _take(self, sheet: Worked) -> None:
        """A sheet of like lines."""
        filled = sheet.filled
        for (row, column), value in filled.heads.items():
            if value is not None:
                self.constants[filled.sheet, row, column] = value
        typed = {column: [value] * filled.lines for column, value in filled.typed.items() if value is not None}
        self.constants.fill(filled.sheet, filled.first, typed)
        if not self.shares:
            shapes = {}
            for column, shape in filled.shapes.items():
                text = self._plain_form(text_of(shape, filled.first, column))
                shapes[column] = [shape_of(text, filled.first, column)[0]] * filled.lines
            self.formulas.fill(filled.sheet, filled.first, shapes)

    def formula(self, spot: Spot | None) -> str:
        """The text of a cell's formula, "" where it has none."""
        held = self.formulas.get(spot) if spot else None
        if spot is None or held is None:
            return ""
        return held if isinstance(held, str) else text_of(held, spot[1], spot[2])

    def _read_changed(self, package: Package, sheet: Sheet, twin: Book, strings: list[str]) -> bool:
        """Read the rows of a sheet that are written otherwise than the twin's; False where that does not tell all."""
        data = package.read(sheet.part)
        with Package(twin.path) as earlier:
            lines, others = data.split(ROW_END), earlier.read(sheet.part).split(ROW_END)
        head, start, first = lines[0].partition(b"<sheetData>")
        if not start or b't="array"' in data or len(lines) != len(others) or lines[-1] != others[-1]:
            return False
        lines[0], others[0] = first, others[0].partition(start)[2]
        changed = [line for line, other in zip(lines[:-1], others, strict=False) if line != other]
        cells = list(package.cells(sheet.part, head + start + b"".join(line + ROW_END for line in changed) + lines[-1]))
        if not all(cell.match for cell in cells):
            return False  # read by no pattern: a cell that does not say where it stands, perhaps
        self.constants.take_rows(sheet.name, twin.constants, {cell.row for cell in cells})
        for cell in cells:
            if cell.kind in ("", "dataTable") and (value := cell.value(strings)) is not None:
                self.constants[sheet.name, cell.row, cell.column] = value
        return True

    def _read(self, package: Package, part: str, sheet: str, strings: list[str]) -> None:
        masters: Masters = {}
        filled: set[tuple[int, int]] = set()
        plain: dict[Kind, bool] = {}
        for found in lines(package, part, masters):
            if isinstance(found, Line):
                if found.kind not in plain:
                    plain[found.kind] = self._is_plain(found)
                if plain[found.kind] and not filled and self._read_line(found, sheet, strings):
                    continue
            for cell in found.cells() if isinstance(found, Line) else (found,):
                if cell.style in self._day_styles:
                    self.dates.add((sheet, cell.row, cell.column))
                if cell.formula in _LOGICAL and not cell.area:  # as LibreOffice stores what was typed
                    self.constants[sheet, cell.row, cell.column] = _LOGICAL[cell.formula]
                elif cell.formula is not None and cell.kind != "dataTable":
                    formula = formula_cell(cell, masters)
                    if not self.shares:
                        self.formulas[sheet, cell.row, cell.column] = self._plain_form(formula.text)
                    if formula.area:
                        filled.update(array_children(formula.area))
                elif (cell.row, cell.column) not in filled:
                    value = cell.value(strings)
                    if value is not None:
                        self.constants[sheet, cell.row, cell.column] = value

    def _is_plain(self, line: Line) -> bool:
        """Whether the formulas of the lines of a kind read as they are written."""
        texts = [line.at(formula.text) for _, formula in line.kind.formulas]
        return not any(text in _LOGICAL or self._plain_form(text) != text for text in texts)

    def _read_line(self, line: Line, sheet: str, strings: list[str]) -> bool:
        """Take in a whole line; False where a value is none, which its cell says."""
        kind, row = line.kind, line.row
        for cell in kind.cells if self._day_styles else ():
            if line.style(cell) in self._day_styles:
                self.dates.add((sheet, row, cell.column))
        try:
            values = [(row, cell.column, line.value(cell, strings)) for cell in kind.cells if cell.formula is None]
        except ValueError:
            return False
        self.constants.add(sheet, (each for each in values if each[2] is not None))
        if not self.shares:
            self.formulas.add(sheet, ((row, cell.column, line.shape(formula)) for cell, formula in kind.formulas))
        return True

    def _plain_form(self, text: str) -> str:
        """A formula without what a host puts before a name, and TRUE for TRUE(); a template shows that most are."""
        key = split(text)[0]
        if self._as_written.get(key):
            return text
        plain = _CALLED.sub(lambda match: match[1] or match[2], stored_form(text, "")[0])
        self._as_written[key] = plain == text
        return plain

    def holds(self, spot: Spot) -> bool:
        """Whether the cell has a constant or a formula."""
        return spot in self.constants or spot in self.formulas

    def cells(self) -> Iterator[Spot]:
        """Every cell with a constant, then every cell with a formula."""
        yield from self.constants
        yield from self.formulas

    def label(self, spot: Spot) -> str:
        """The text that names the row of a cell, "" where none clearly does.

        It stands to the left, before any column left blank, in the column with the most texts; another text is
        believed where it is the only one, and the cell no text itself: beside a title stand the titles of others. A
        scenario's cell is called by its title and input; a row without texts by what its first formula shows.
        """
        if spot in self.overrides:
            return self.overrides[spot]
        sheet, row, own_column = spot
        if USE_CASES in self.by_name:
            return self._use_case_label(sheet, row, own_column)
        texts = self._texts_by_column(sheet)
        found: dict[int, str] = {}
        columns: list[int] = []
        for column in range(own_column - 1, 0, -1):
            if column not in texts:
                break
            columns.append(column)
            text = self.constants.get((sheet, row, column))
            if isinstance(text, str) and text.strip():
                found[column] = text.strip()
        labels = max(reversed(columns), key=lambda column: texts[column], default=0)
        if labels in found:
            return found[labels]
        if len(found) == 1 and not isinstance(self.constants.get(spot), str):
            return next(iter(found.values()))
        named = self.values.get((sheet, row, columns[-1])) if columns and not found else None
        return named.strip() if isinstance(named, str) else ""

    @cached_property
    def overrides(self) -> dict[Spot, str]:
        """What the cells of scenarios of ours are called: the scenario's title and the input; none in other books."""
        if "scenario" not in self.by_name:
            return {}
        from workbook.tasks.scenario.layout import read
        from workbook.template.inputs import INPUTS

        with Package(self.path) as package:
            try:
                layout = read(package)
            except BadWorkbook:
                return {}
        found: dict[Spot, str] = {}
        for column in layout.columns:
            title = column.title or f"Scenario {column.number}"
            where = layout.column(column.number)
            found[layout.sheet.name, layout.titles, where] = f"Title of scenario {column.number}"
            found |= {
                (layout.sheet.name, row, where): f"{title}: {INPUTS[name].label}" for name, row in layout.rows.items()
            }
        return found

    def use_cases(self) -> dict[str, int]:
        """The lines of a portfolio's use cases by their names; nothing where two have one name."""
        heads = next((line for line in HEADS if self._text((ENTERED, line, 1))), 0)
        lines = [
            (value, row)
            for row, column, value in self.constants.of_sheet(ENTERED)
            if column == 1 and row > heads + 1 and isinstance(value, str)
        ]
        found = dict(lines)
        return found if len(found) == len(lines) else {}

    def _use_case_label(self, sheet: str, row: int, column: int) -> str:
        """In a portfolio's workbook: the use case of the line and the head of the column."""
        heads = next((line for line in HEADS if self._text((sheet, line, 1))), 0)
        head = self._text((sheet, heads, column)) if row > heads else ""
        name = next((text for place in (1, 2) if place < column and (text := self._text((sheet, row, place)))), "")
        return ": ".join(filter(None, (name, head)))

    def _text(self, spot: Spot) -> str:
        """The first line of a cell's text, "" where it holds none."""
        value = self.constants.get(spot) if spot in self.constants else self.values.get(spot)
        return value.split("\n")[0].strip() if isinstance(value, str) else ""

    def _texts_by_column(self, sheet: str) -> dict[int, int]:
        """How many texts each column of a sheet holds; a column without any cell is left out."""
        counts = self._text_counts.get(sheet)
        if counts is None:
            counts = self._text_counts[sheet] = {}
            for _, column, value in self.constants.of_sheet(sheet):
                counts[column] = counts.get(column, 0) + isinstance(value, str)
            for _, column, _ in self.formulas.of_sheet(sheet):
                counts.setdefault(column, 0)
        return counts

    def last_row(self, sheet: str) -> int:
        """The last row with a cell in it."""
        return max(self.constants.last_row(sheet), self.formulas.last_row(sheet))

    def row_texts(self, sheet: str) -> list[tuple[Any, ...]]:
        """What tells the rows of a sheet apart: their columns, each with its text, from row 1 to the last one used."""
        constants = (
            (row, column, value if isinstance(value, str) else "")
            for row, column, value in self.constants.of_sheet(sheet)
        )
        formulas = ((row, column, "") for row, column, _ in self.formulas.of_sheet(sheet))
        rows: list[tuple[Any, ...]] = [()] * self.last_row(sheet)
        known: dict[tuple[Any, ...], tuple[Any, ...]] = {}  # rows of numbers are alike: one tuple for all
        for row, cells in groupby(merge(constants, formulas), itemgetter(0)):
            marks = tuple(mark for _, column, text in cells for mark in (column, text))
            rows[row - 1] = known.setdefault(marks, marks)
        return rows

    def read_by_formulas(self, wanted: Iterable[Spot]) -> set[Spot]:
        """Which of these cells some formula reads, by address, range or name."""
        cells = set(wanted)
        held = CellSet(cells)
        found: set[Spot] = set()
        sheets = {spot[0] for spot in cells}
        rows = sorted(spot[1] for spot in cells)
        lines = {*rows} | {sheet.filled.first for sheet in self.worked.values()}
        near: dict[tuple[str, str], bool] = {}
        """Whether formulas of a kind read one of the sheets; what they read elsewhere is not looked at."""
        for name in self.sheets if cells else ():
            last: dict[int, tuple[object, float, float]] = {}
            """The last formula of each column, and the rows it reads below its own; what stands fast was looked at."""
            for row, column, formula in self.formulas.of_sheet(name):
                above, least, most = last.get(column, (None, 0, 0))
                if above is formula and (row + most < rows[0] or row + least > rows[-1]):
                    continue
                if name in self.worked and row not in lines:
                    continue  # it reads its own line, and what the first one reads
                spot = (name, row, column)
                shape, template = shape_of(self.formula(spot), row, column)
                if above is not formula:
                    last[column] = formula, *_rows_below(shape, template)
                kind = (template.key, name)
                if near.get(kind) is False:
                    continue
                areas = [area for area in self._references.of_shape(shape, template, spot)[0] if area[0] in sheets]
                near[kind] = bool(areas)
                for area in areas:
                    found.update(held.within(area))
                if len(found) == len(cells):
                    return found
        return found


def _rows_below(shape: Shape, template: Template) -> tuple[float, float]:
    """From where to where formulas filled down read, in rows below their own; what all of them read is left out."""
    ends = [(shape[1][first], shape[1][end]) for _, first, end in template.areas]
    if template.others or not template.readable or any(first[0] != end[0] for first, end in ends):
        return -inf, inf
    downs = [end[1] for area in ends for end in area if not end[0]]
    return min(downs, default=inf), max(downs, default=-inf)
