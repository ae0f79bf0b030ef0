"""A workbook as an engine should see it: a copy in memory, mended where the engine differs from Excel.

What no engine can compute (macros, add-ins, links to other files) keeps the value the file stores and is an input
for the rest: its formula is taken out of the copy, its value, and those of the cells it fills, stay.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from workbook.engines import Key
from workbook.engines.readcolumns import ReadColumns
from workbook.engines.surroundings import UNDEFINED, Surroundings
from workbook.engines.wording import Plan, backwards
from workbook.file.addresses import column_letters
from workbook.file.cells import Cell, Value
from workbook.file.edits import formula_as, formula_edit, without_value
from workbook.file.package import Package
from workbook.file.plain import plain_parts
from workbook.file.saving import Filed, whole
from workbook.file.xmlspans import Edit, escaped, spliced_in_order
from workbook.formulas.alike import lines
from workbook.formulas.cells import Masters, array_children, as_written, formula_cell
from workbook.formulas.linekinds import Formula, Kind, Line, element_of, loose
from workbook.formulas.shapes import Template, template_of

if TYPE_CHECKING:
    from workbook.engines.proving import Worked

AS_SHOWN = "BREAKEVEN_AS_SHOWN"
"""A function of the copy: a number rounded as the cell shows it, for a workbook that calculates so."""
_MANY = 50_000
"""Formulas from which on the copy is a file: of one in memory the engine takes two more copies."""

_MOST_READ = 1 << 13
"""Texts of formulas that are known again, on another sheet too: tabs of a workbook are often copies of each other."""


class Like(NamedTuple):
    """What a formula has in common with those like it.

    ours : whether it calls a function of ours, directly or through a name.
    input : why its stored value stands for it, "" where an engine computes it.
    spills : whether what it gives may fill more cells than its own.
    style : the number of its format, where the workbook calculates with what is shown.
    """

    template: Template
    ours: bool
    input: str
    spills: bool
    style: str | None = None
    area: str = ""
    dynamic: bool = False


class FormulaInfo(NamedTuple):
    """What is kept of a formula cell while an engine works.

    Not the whole `FormulaCell` with its text: of a hundred thousand formulas that is half of the memory.

    key : its sheet and address; the same object wherever the cell is spoken of, for the same reason.
    stored : the value the file stores; `has_value` tells a stored blank from none.
    """

    key: Key
    row: int
    column: int
    stored: Value
    has_value: bool
    like: Like

    @property
    def address(self) -> str:
        return self.key[1]


_info = partial(tuple.__new__, FormulaInfo)
"""A `FormulaInfo` of its fields, without the call of Python code that a named tuple is made by."""


@dataclass
class Prepared:
    """The formulas of each sheet, what the further cells of array formulas store, and the workbook for the engine, None
    where it is the file as it is.

    placeholders : the file asks to be calculated on opening and stores nothing but zeros: it was written without
        calculating, and none of its formulas has a value.
    columns : of each sheet worked out elsewhere the columns that the copy holds.
    """

    formulas: dict[str, list[FormulaInfo]] = field(default_factory=dict)
    children: dict[Key, Value] = field(default_factory=dict)
    data: bytes | Filed | None = None
    placeholders: bool = False
    columns: Mapping[str, Container[int]] = field(default_factory=dict)


def prepare(
    package: Package,
    surroundings: Surroundings,
    worked: Mapping[str, Worked] | None = None,
    known: Iterable[Key] = (),
) -> Prepared:
    """Read every sheet once, and make the copy.

    worked : sheets worked out by `proving`: the engine is given the values that the others read.
    known : keys there are already.
    """
    kept = {key: key for key in known}
    found = Prepared()
    changed: dict[str, bytes | Filed] = {}
    seen = ReadColumns(worked or {})
    read: dict[str | None, tuple[Like, bytes | None]] = {}
    for sheet in package.worksheets():
        if sheet.name in seen.columns:
            found.formulas[sheet.name] = []
            continue
        data = package.read(sheet.part)
        reader = _Sheet(sheet.name, surroundings, seen, kept, read)
        new = reader.mended(package, sheet.part, data)
        found.formulas[sheet.name] = reader.formulas
        found.children |= reader.stored
        if new is not data:
            changed[sheet.part] = new
        del data, reader, new  # a large sheet would be held once more while the next is read
    seen.names(text for (_, name), text in surroundings.names.items() if not name.startswith("_XLNM."))
    found.columns = seen.columns
    for sheet in package.worksheets():
        if worked and sheet.name in worked:
            data = package.read(sheet.part)
            start, end = data.partition(b"<sheetData>")[0], data.rpartition(b"</sheetData>")[2]
            rows = worked[sheet.name].sheet_data(seen.columns[sheet.name])
            changed[sheet.part] = b"".join((start, b"<sheetData>", rows, b"</sheetData>", end))
    infos = [info for formulas in found.formulas.values() for info in formulas]
    if surroundings.settings.on_load and all(info.stored in (0.0, "", None) for info in infos):
        found.placeholders = any(info.has_value for info in infos)
        for name, formulas in found.formulas.items():
            found.formulas[name] = [info._replace(has_value=False) for info in formulas]
    workbook = surroundings.workbook_part(package)
    if workbook is not None:
        changed[package.workbook_part] = workbook
    changed |= plain_parts(package, changed)
    if changed or package.changed:
        if len(infos) > _MANY and os.path.isdir("/dev/fd"):
            found.data = Filed()
            package.dump(found.data.file, changed)
        else:
            found.data = package.dumps(changed)
    return found


class _Decided(NamedTuple):
    """What holds for every formula of a template on a sheet: whether it is ours, why an input, its plan; and whether
    that is so on every sheet, in every cell."""

    ours: bool
    why: str
    plan: Plan
    everywhere: bool


class _Alike(NamedTuple):
    """What was decided for the lines of a kind: of each formula its column, and what they have in common; and how the
    line reads in the copy, None where as it is."""

    columns: list[int]
    formulas: list[Like]
    written: Callable[[Line], bytes] | None


def _has_value(cell: Cell) -> bool:
    return cell.raw not in (None, "") or cell.type in ("str", "inlineStr")


def _turns(plan: Plan, formula: Formula, references: list[str]) -> bool:
    """Whether a range of a formula names its last cell first, or will do so further down."""
    moves = [reference != marked for reference, marked in zip(references, formula.references, strict=True)]
    return backwards(plan, references) or any(moves[first] and not moves[last] for first, last in plan.ranges)


class _Sheet:
    """The pass over one sheet."""

    def __init__(
        self,
        name: str,
        surroundings: Surroundings,
        seen: ReadColumns,
        known: Mapping[Key, Key],
        read: dict[str | None, tuple[Like, bytes | None]],
    ) -> None:
        self.name = name
        self.known = known
        self.read = read
        """Formulas read on any sheet that mean the same wherever they stand: by their text what they have in common
        with their like, and their element in the copy, None where as it is."""
        self.seen = seen
        self.around = surroundings
        self.data = b""
        self.edits: list[Edit] = []
        """What is to be done to the cell at hand."""
        self.formulas: list[FormulaInfo] = []
        self.children: set[tuple[int, int]] = set()
        self.stored: dict[Key, Value] = {}
        self.wrapped: set[str] = set()
        self.decided: dict[tuple[str, bool], _Decided] = {}
        self.kinds: dict[Kind, _Alike | None] = {}
        self.likes: dict[tuple[object, ...], Like] = {}
        self.masters: Masters = {}
        self.strings: list[str] = []

    def mended(self, package: Package, part: str, data: bytes) -> bytes | Filed:
        """The sheet for the engine, the same object where nothing is mended; fills `formulas` and `stored`."""
        self.data = data
        new = spliced_in_order(data, self._formulas(package, part))
        self.children.difference_update((info.row, info.column) for info in self.formulas)
        if not self.children:
            return new
        data = whole(new)
        return spliced_in_order(data, self._children(package, part, data))

    def _formulas(self, package: Package, part: str) -> Iterator[Edit]:
        self.strings = package.strings()
        for found in lines(package, part, self.masters, self.data, formulas_only=True):
            if not isinstance(found, Line):
                self.cell(found)
            elif not self.line(found):
                for cell in found.cells():
                    if cell.formula is not None:
                        self.cell(cell)
            if self.edits:
                yield from self.edits
                self.edits.clear()

    def cell(self, cell: Cell) -> None:
        if not cell.formula_attributes:
            again = None if cell.prefix else self.read.get(cell.formula)
            if again is None:
                self.formula(cell, as_written(cell), cell.value(self.strings))
            else:
                self.keep(cell, cell.value(self.strings), _has_value(cell), again[0])
                if again[1] is not None and cell.formula_span:
                    self.edits.append((*cell.formula_span, again[1]))
        elif cell.kind != "dataTable":
            formula = formula_cell(cell, self.masters)
            self.formula(cell, formula.text, cell.value(self.strings), formula.area, formula.dynamic)
        else:
            self.as_input(cell)

    def line(self, line: Line) -> bool:
        """Take in a whole line; False where its cells have to be looked at one by one."""
        kind = line.kind
        if kind not in self.kinds:
            self.kinds[kind] = self.decided_for(line)
        alike = self.kinds[kind]
        if alike is None or (self.wrapped and kind.shared):
            return False
        try:
            values = line.values(kind.formula_cells, self.strings)
        except ValueError:
            return False  # which says where
        sheet, digits = self.name, str(line.row)
        keys = [(sheet, cell.letters + digits) for cell in kind.formula_cells]
        if self.known:
            keys = [self.known.get(key, key) for key in keys]
        stores = [stored is not None for stored in values]
        fields = zip(keys, repeat(line.row), alike.columns, values, stores, alike.formulas, strict=False)
        self.formulas += map(_info, fields)
        if alike.written is not None:
            self.edits.append((line.start, line.end, alike.written(line)))
        return True

    def decided_for(self, line: Line) -> _Alike | None:
        """What holds for all lines of a kind; None where their cells have to be looked at one by one."""
        if self.around.stopped or self.around.settings.as_shown:
            return None
        formulas, elements, changes = [], [], False
        for cell, formula in line.kind.formulas:
            template, text = formula.template, line.at(formula.text)
            references = [line.at(reference) for reference in formula.references]
            if self.seen.columns:
                self.seen.areas(template, references)
            known = self.decided.get((template.key, False))
            ours, why, plan, _ = known or self.decide(template, text, line.row, cell.column, False)
            if why or _turns(plan, formula, references):
                return None
            formulas.append(Like(template, ours, "", plan.spills))
            element = formula.element
            if plan.changes or formula.moves:
                if plan.text is None:
                    return None
                new = plan.text(loose(formula.references))
                if formula.shared or new != formula.text:
                    element, changes = element_of(new, formula.attributes), True
            elements.append(element)
        columns = [cell.column for cell in line.kind.formula_cells]
        return _Alike(columns, formulas, line.kind.writer(elements) if changes else None)

    def _children(self, package: Package, part: str, data: bytes) -> Iterator[Edit]:
        """The further cells of arrays, which the engine fills."""
        for cell in package.cells(part, data):
            if cell.formula is None and (cell.row, cell.column) in self.children:
                self.stored[self.name, cell.address] = cell.value(package.strings())
                yield from without_value(cell)

    def decide(self, template: Template, text: str, row: int, column: int, array: bool) -> _Decided:
        """What holds for every formula of a template on this sheet, from the one in a cell."""
        around = self.around
        plan = around.plan(template, text, self.name, row, column, array)
        self.seen.template(template)
        ours, why = around.judged(template, self.name)
        changing = why or self.seen.columns or around.stopped or around.settings.as_shown
        everywhere = not changing and plan.text is not None and not around.home(template, self.name)
        known = self.decided[template.key, array] = _Decided(ours, why, plan, everywhere)
        return known

    def keep(self, cell: Cell, stored: Value, has_value: bool, like: Like) -> None:
        """Take in a formula."""
        key = (self.name, column_letters(cell.column) + str(cell.row))
        if self.known:
            key = self.known.get(key, key)
        self.formulas.append(_info((key, cell.row, cell.column, stored, has_value, like)))

    def formula(self, cell: Cell, text: str, stored: Value, area: str = "", dynamic: bool = False) -> None:
        template, references = template_of(text)
        array = bool(area)
        if self.seen.columns:
            self.seen.areas(template, references)
        ours, why, plan, everywhere = self.decided.get((template.key, array)) or self.decide(
            template, text, cell.row, cell.column, array
        )
        has_value = _has_value(cell)
        if self.around.stopped and has_value and not ours:
            why = why or self.around.stopped
        if why and not has_value and why.startswith(UNDEFINED):
            why = ""  # #NAME? is what Excel would show
        style = cell.style if self.around.settings.as_shown else None
        about = (template.key, why, style, area, dynamic)
        like = self.likes.get(about)
        if like is None:
            like = self.likes[about] = Like(template, ours, why, plan.spills, style, area, dynamic)
        self.keep(cell, stored, has_value, like)
        if why:
            self.as_input(cell)
            return
        if area:
            self.children.update(array_children(area))
        lone = array and ":" not in area and not dynamic
        meant = text is not cell.formula and self.is_wrapped(cell, text)
        edits, turned = len(self.edits), backwards(plan, references)
        if plan.changes or lone or meant or turned or self.around.settings.as_shown:
            new = self.around.worded(plan, text, references, self.name, cell.row, cell.column, array)
            self.rewrite(cell, new, array, lone)
        same = everywhere and text is cell.formula and not (cell.prefix or cell.formula_attributes)
        if same and not turned and len(self.read) < _MOST_READ:
            self.read[text] = like, self.edits[-1][2] if len(self.edits) > edits else None

    def is_wrapped(self, cell: Cell, text: str) -> bool:
        """Whether the file says something else than is meant: Google Sheets' export wraps our calls in a fallback."""
        shared = cell.formula_attributes.get("si", "") if cell.kind == "shared" else ""
        if cell.formula and text != cell.formula.removeprefix("="):
            self.wrapped.add(shared)
            return True
        return bool(shared) and shared in self.wrapped

    def as_input(self, cell: Cell) -> None:
        """The formula goes, the value stays; the other cells of a shared formula get a text of their own."""
        if cell.formula_span:
            self.edits.append((*cell.formula_span, b""))

    def rewrite(self, cell: Cell, new: str, array: bool, lone: bool) -> None:
        """`lone`: an old array formula in one cell, which shows the first element and never spills."""
        digits = self.around.shown_digits(cell.style)
        if digits is not None and not array:
            new = f"{AS_SHOWN}({new},{digits})"
        if lone and cell.formula_span:
            tag = f"<{cell.prefix}f>{escaped(f'INDEX(({new}),1,1)')}</{cell.prefix}f>"
            self.edits.append((*cell.formula_span, tag.encode()))
        elif cell.kind == "shared":
            self.edits.append(formula_as(cell, new))
        elif new != cell.formula:
            self.edits.append(formula_edit(self.data, cell, new))
