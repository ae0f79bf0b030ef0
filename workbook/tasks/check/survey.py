"""One pass over every sheet that gathers what the checks look at, in memory bounded by the formulas.

Constants are kept only where a check may need them: beside a formula, under a label that names a unit, behind
a defined name, in a price table.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from pycalc.errors import CalcError
from workbook.engines import Key, Recalculation
from workbook.file import named
from workbook.file.addresses import Place, row_and_column
from workbook.file.cells import Cell, Value
from workbook.file.package import Package, Sheet
from workbook.file.titles import words_of
from workbook.file.values import stored_as_computed
from workbook.file.xmlspans import tag_end
from workbook.formulas.alike import lines
from workbook.formulas.cells import Masters, array_children, formula_cell
from workbook.formulas.linekinds import Kind, Line
from workbook.formulas.shapes import FRAGILE, VOLATILE, Shape, Template, text_of
from workbook.tasks.check import functions, units
from workbook.tasks.check.likelines import Known, LikeLines
from workbook.tasks.check.seen import MOST_CALLS, Grid, OwnCall, PriceRow, Read, Stale, Survey, Told, looks_like_number

if TYPE_CHECKING:
    from workbook.engines.proving import Worked

MOST_PRICES = 5_000

_NONE: Mapping[str, Worked] = {}
_SAMPLE = 3
"""Lines that tell of all that are proved alike: from the second one on, the line above is one too."""

_FINANCE = frozenset(("NPV", "IRR", "FT_NPV", "FT_IRR"))

REACH = 30
"""So many typed numbers beyond a formula are looked at: a wider area is data."""


def survey(
    package: Package, computed: Recalculation, not_stored: set[Key] | None = None, proved: Mapping[str, Worked] = _NONE
) -> Survey:
    """Read every worksheet once; `not_stored` are cells whose stored value is a placeholder.

    proved : sheets that store what their like lines give.
    """
    found = named_survey(package, computed)
    found.not_stored = not_stored or set()
    places: dict[str, dict[Place, list[str]]] = {}
    for name, (sheet_name, place, _) in found.named.items():
        places.setdefault(sheet_name, {}).setdefault(place, []).append(name)
    numbers: dict[Shape, int] = {}
    for sheet in package.worksheets():
        Reader(package, sheet, found, numbers, places.get(sheet.name, {})).read(proved.get(sheet.name))
    return found


def named_survey(package: Package, computed: Recalculation) -> Survey:
    """A survey that knows the workbook's names, and has read nothing."""
    found = Survey(os.fspath(package.path), computed)
    for defined in package.defined_names():
        if "#REF!" in defined.text and not defined.name.startswith("_xlnm."):
            found.lost_names[defined.name.upper()] = []
    for name, (sheet, row, column) in named.cells(package).items():
        found.named[name] = (sheet, (row, column), None)
    return found


class Reader:
    """The pass over one sheet: it sees a row at a time, and the row above."""

    def __init__(
        self, package: Package, sheet: Sheet, found: Survey, numbers: dict[Shape, int], names: dict[Place, list[str]]
    ) -> None:
        self.package = package
        self.sheet = sheet
        self.found = found
        self.grid = Grid(sheet)
        self.keeps = found.is_template
        self.numbers = numbers
        self.names = names
        self.named_rows = {row for row, _ in names}
        self.strings = package.strings()
        self.kinds: dict[Kind, Known] = {}
        self.last: LikeLines | None = None
        self.masters: Masters = {}
        self.children: dict[Place, str] = {}
        self.row = 0
        self.above: dict[int, float | None] = {}  # None: a formula; a number: typed
        self.here: dict[int, float | None] = {}
        self.texts: dict[int, str] = {}
        self.figures: dict[int, Value] = {}
        self.headings: dict[int, str] = {}
        self.table: dict[str, int] = {}
        self.chain: dict[Place, int] = {}
        self.roles: dict[str, list[tuple[int, str]]] = {}
        self.templates: dict[str, Told] = {}

    def read(self, proved: Worked | None) -> None:
        """Read the sheet; of lines that are proved alike the first ones tell of all."""
        last = proved.filled.first + _SAMPLE - 1 if proved else 0
        for found in lines(self.package, self.sheet.part, self.masters):
            if found.row != self.row:
                self.end_row()
                if proved and found.row == last + 1 and self.tells_of_all(last):
                    self.repeat(proved, last)
                    break
                self.above = self.here if found.row == self.row + 1 else {}
                self.row, self.here = found.row, {}
            if not isinstance(found, Line):
                self.cell(found)
            elif not self.line(found):
                for cell in found.cells():
                    self.cell(cell)
        self.end_row()
        self.found.grids.append(self.grid)

    def cell(self, cell: Cell) -> None:
        place, value = (cell.row, cell.column), cell.value(self.strings)
        if cell.formula is not None and (not cell.formula_attributes or cell.kind != "dataTable"):
            formula = formula_cell(cell, self.masters)
            shape, template = formula.shape()
            if formula.area:
                self.children |= dict.fromkeys(array_children(formula.area), formula.address)
            empty = cell.raw in (None, "") and cell.type != "str"
            read = Read(place, formula.address, shape, template, lambda: formula.text)
            value = self.formula(read, value, empty, self.number(shape, template), self.told(template))
        elif place in self.children:
            self.child(place, cell.address, value)
        else:
            self.constant(place, value, cell)
        self.found.named |= dict.fromkeys(self.names.get(place, ()), (self.sheet.name, place, value))

    def line(self, line: Line) -> bool:
        """Take in a whole line; False where its cells have to be looked at one by one."""
        kind, row, digits = line.kind, line.row, str(line.row)
        if self.children or row in self.named_rows:
            return False
        try:
            values = line.values(kind.cells, self.strings)
        except ValueError:
            return False  # which says where
        types = list(map(type, values))
        if self.last and self.last.comes_before(kind, row, types) and self.last.take(line, values):
            return True
        if kind not in self.kinds:
            self.kinds[kind] = [
                formula and (self.number(formula.shape, formula.template), self.told(formula.template))
                for formula in (cell.formula for cell in kind.cells)
            ]
        for cell, value, known in zip(kind.cells, values, self.kinds[kind], strict=True):
            place, formula = (row, cell.column), cell.formula
            if formula is None or known is None:
                self.constant(place, value)
                continue
            number, about = known
            shape = line.shape(formula)
            if formula.moves:
                number = self.number(shape, formula.template)
            read = Read(place, cell.letters + digits, shape, formula.template, partial(line.at, formula.text))
            self.formula(read, value, value is None, number, about)
        self.last = LikeLines(kind, self.kinds[kind], types, self)
        return True

    def tells_of_all(self, last: int) -> bool:
        """Whether nothing up to a line has to be looked at in each of those below it."""
        found, name = self.found, self.sheet.name
        looked_at = {*found.typed_text, *(each[0] for each in found.finance), *(each[1] for each in found.doubtful)}
        looked_at |= {sheet for (sheet, _), (_, text) in found.errors.items() if not text}
        return not (self.roles or self.table or name in looked_at or any(row > last for row, _ in self.names))

    def repeat(self, proved: Worked, last: int) -> None:
        """Take in the lines below the last one that was read, which hold the same formulas and constants."""
        found, grid, name, filled = self.found, self.grid, self.sheet.name, proved.filled
        lines = range(last + 1, filled.first + filled.lines)
        found.formulas += len(lines) * len(filled.shapes)
        both: tuple[dict[Place, Any], ...] = (grid.shapes, grid.typed)
        for at in both:
            like = [(column, held) for (row, column), held in at.items() if row == last]
            at.update(((row, column), held) for row in lines for column, held in like)
        for places in {id(each): each for told in self.templates.values() for each in told.lists}.values():
            columns = [column for row, column in places if row == last]
            places.extend((row, column) for row in lines for column in columns)
        computed = {
            row_and_column(cell): value for (sheet, cell), value in found.computed.values.items() if sheet == name
        }
        shown = {place: value for place, value in computed.items() if place[0] > last}
        for column, held in filled.stored.items():
            if isinstance(held, list):
                shown = {(row, column): value for row, value in zip(lines, held[_SAMPLE:], strict=True)} | shown
        for row, column in sorted(shown):
            value = shown[row, column]
            if isinstance(value, CalcError):
                found.errors[name, (row, column)] = (value, text_of(filled.shapes[column], row, column))
            elif isinstance(value, str) and value.strip():
                grid.words.add((row, column))
        for key in proved.wrong:
            row, column = row_and_column(key[1])
            if row > last:
                text, stored = text_of(filled.shapes[column], row, column), proved.value(key[1])
                found.stale.append(Stale(name, (row, column), text, stored, found.computed.values[key], key))

    def formula(self, read: Read, stored: Value, empty: bool, number: int, told: Told) -> Value:
        """Take in a formula; its value, computed where the engine has one."""
        found, place = self.found, read.place
        row, column = place
        found.formulas += 1
        self.grid.shapes[place] = number
        for places in told.lists:
            places.append(place)
        here = self.here
        if (typed := here.get(column - 1)) is not None:
            self.grid.typed[row, column - 1] = typed
        if (typed := self.above.get(column)) is not None:
            self.grid.typed[row - 1, column] = typed
        here[column] = None
        value = self.compare(read, stored, empty)
        if told.ours:
            self.own_call(read, value)
        if told.finance:
            found.finance.append((self.sheet.name, place, read.text(), value))
        for file in told.external:
            found.external.setdefault(file, []).append((self.sheet.name, place))
        if type(value) is float:
            self.figures[column] = value
        elif isinstance(value, str) and value.strip():
            self.grid.words.add(place)
        return value

    def number(self, shape: Shape, template: Template) -> int:
        """The number of a shape, of which those that differ in spaces alone have one."""
        shapes, number = self.found.shapes, self.numbers.get(shape)
        if number is None:
            tight = _tight(shape[0]), shape[1]
            number = self.numbers[shape] = self.numbers.setdefault(tight, len(shapes))
            if number == len(shapes):
                shapes.append((shape, template.aggregates))
        return number

    def compare(self, read: Read, stored: Value, empty: bool) -> Value:
        found, place, key = self.found, read.place, (self.sheet.name, read.address)
        value = found.computed.values.get(key)
        if type(value) is type(stored) is float and value == stored and not found.not_stored:
            return value
        if value is None and key not in found.computed.values:
            if isinstance(stored, CalcError):
                found.errors[self.sheet.name, place] = (stored, read.text())
            return stored
        if isinstance(value, CalcError):
            found.errors[self.sheet.name, place] = (value, read.text())
        if (empty and value not in (None, "")) or key in found.not_stored:
            found.missing.setdefault(self.sheet.name, []).append(place)
        elif not stored_as_computed(stored, value):
            found.stale.append(Stale(self.sheet.name, place, read.text(), stored, value, key))
        return value

    def told(self, template: Template) -> Told:
        """What a template tells of its formulas; what it tells once is noted."""
        found, name = self.found, self.sheet.name
        if (known := self.templates.get(template.key)) is not None:
            return known
        lists: list[list[Place]] = []
        if not template.readable:
            lists.append(found.unreadable.setdefault(name, []))
        typed = tuple(literal.text for literal in template.literals if literal.is_figure)
        if typed:
            lists.append(found.literals.setdefault((name, typed), []))
        if template.broken:
            lists.append(found.broken.setdefault(name, []))
        moving = sorted(template.functions & (VOLATILE | FRAGILE))
        lists += [found.volatile.setdefault((name, each), []) for each in moving]
        lists += [found.called.setdefault((name, each), []) for each in functions.doubtful(template)]
        for sheet in template.sheets:
            found.read_sheets.setdefault(sheet, set()).add(name)
        finance = not template.functions.isdisjoint(_FINANCE)
        return self.templates.setdefault(template.key, Told(lists, template.ours, finance, template.external))

    def own_call(self, read: Read, value: Value) -> None:
        """A call of ours: the arguments in its own row are looked at here, however many calls there are."""
        found, place, template = self.found, read.place, read.template
        if (roles := self.roles.get(template.key)) is None:
            roles = self.roles[template.key] = units.roles(read.text())
        for number, role in roles:
            fixed_row, down, fixed_column, across = read.shape[1][number]
            if down != (place[0] if fixed_row else 0):
                continue
            column = across if fixed_column else place[1] + across
            given = self.here.get(column)
            if given is not None and units.doubt(role, given):
                found.doubtful.append((role, self.sheet.name, (place[0], column), given))
        if len(found.calls) < MOST_CALLS:
            found.calls.append(OwnCall(self.sheet.name, place, read.text(), value))
        else:
            found.uncounted_calls += 1

    def child(self, place: Place, address: str, value: Value) -> None:
        """Take in a further cell of an array formula."""
        if self.keeps and value not in (None, ""):
            self.grid.values[place] = value
        key, computed = (self.sheet.name, address), self.found.computed.values
        if key in computed and not stored_as_computed(value, computed[key]):
            anchor = (self.sheet.name, self.children[place])
            self.found.stale.append(Stale(self.sheet.name, place, "", value, computed[key], anchor))

    def constant(self, place: Place, value: Value, cell: Cell | None = None) -> None:
        """Take in a cell without a formula."""
        row, column = place
        if self.keeps and value not in (None, ""):
            self.grid.values[place] = value
        if isinstance(value, str):
            if value.strip():
                self.texts[column] = value
                numeric = column in self.above or column - 1 in self.here
                if numeric and looks_like_number(value):
                    self.found.typed_text.setdefault(self.sheet.name, []).append(place)
        elif isinstance(value, CalcError):
            if cell is None or not self.is_rich(cell):
                self.found.errors[self.sheet.name, place] = (value, "")
        elif type(value) is float:
            self.figures[column] = value
            left, above = self.beside(row, column - 1), self.beside(row - 1, column)
            depth = above if left is None else left if above is None else min(left, above)
            if depth is not None and depth < REACH:
                self.grid.typed[place] = value
                self.chain[place] = depth + 1
            self.here[column] = value

    def is_rich(self, cell: Cell) -> bool:
        """Whether the error stands for what older programs cannot show: a picture in the cell, a linked data type."""
        data = self.package.read(self.sheet.part)
        return b' vm="' in data[cell.span[0] : tag_end(data, cell.span[0])]

    def beside(self, row: int, column: int) -> int | None:
        """How many typed numbers lie between a cell and the formula before it; None without one."""
        held = self.here if row == self.row else self.above
        if column not in held:
            return None
        return 0 if held[column] is None else self.chain.get((row, column))

    def end_row(self) -> None:
        """With the row complete: its labels, and its place in a price table."""
        if self.texts or self.table:
            self.price_row()
        if self.texts or self.headings:
            self.units()
        self.headings.update(self.texts)
        self.texts, self.figures = {}, {}
        if self.chain:
            self.chain = {place: depth for place, depth in self.chain.items() if place[0] >= self.row}

    def units(self) -> None:
        """Typed numbers with the role their label gives them: to the left, else to the right, else above."""
        labels = {column for column, text in self.texts.items() if units.role_of_label(text)}
        for column, value in self.figures.items():
            if type(value) is not float or self.here.get(column) is None:
                continue  # a formula's result
            label = self.label(column, labels)
            role = units.role_of_label(label)
            if role and units.doubt(role, value):
                self.found.doubtful.append((role, self.sheet.name, (self.row, column), value))

    def label(self, column: int, labels: set[int]) -> str:
        """The label of a number: next to it on the left with nothing but text between, or on the right, or above."""
        for other in range(column - 1, max(column - 4, 0), -1):
            if other in self.figures:
                break
            if other in labels:
                return self.texts[other]
        if column + 1 in labels:
            return self.texts[column + 1]
        return "" if any(other < column for other in self.texts) else self.headings.get(column, "")

    def price_row(self) -> None:
        words = words_of(self.texts)
        amount = next((word for word in words if word.startswith(("usd per 1", "price"))), None)
        if "model" in words and "kind" in words and amount:
            self.table = {word: column for word, column in words.items() if word != amount}
            self.table["amount"] = words[amount]
            self.table.setdefault("effective from", self.table.get("from", 0))
            self.table.setdefault("effective to", self.table.get("to before", self.table.get("to", 0)))
        elif self.table and len(self.found.prices) < MOST_PRICES:
            held: dict[int, Value] = {**self.figures, **self.texts}
            values = {word: held.get(column) for word, column in self.table.items()}
            if isinstance(values["model"], str) and isinstance(values["kind"], str):
                self.found.prices.append(PriceRow(self.sheet.name, self.row, self.table, values))


_SPACES = re.compile(r"""("[^"]*"|'[^']*')|\s*([-+*/^&=<>,;])\s*""")
"""Spaces around operators, which say nothing: A1 * 2 reads as A1*2. Between references a space is an operator."""

_tight = lru_cache(maxsize=2_048)(partial(_SPACES.sub, lambda match: match[1] or match[2]))  # many shapes have one key
