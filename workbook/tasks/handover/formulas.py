"""What one attempt at a hand-over knows, and the calls of our functions in the cells of one sheet, replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pycalc.registry import FUNCTIONS
from workbook.engines import EngineFailed, Key
from workbook.engines.prepare import FormulaInfo
from workbook.engines.settling import Settlement
from workbook.errors import BadWorkbook
from workbook.file.addresses import addresses, row_and_column, split_sheet
from workbook.file.cells import Cell, Value
from workbook.file.edits import constant_edit, formula_as, formula_edit
from workbook.file.notes import add_notes
from workbook.file.package import DefinedName, Package, Sheet
from workbook.file.values import TOLERANCE
from workbook.file.xmlspans import Edit, spliced_in_order
from workbook.formulas.alike import lines
from workbook.formulas.cells import FormulaCell, Masters, formula_cell
from workbook.formulas.linekinds import Kind, Line, Pieces, element_of
from workbook.formulas.parser import Formula, FormulaError, may_call, parse
from workbook.formulas.shapes import template_of
from workbook.formulas.tables import Table, spelled_out
from workbook.tasks.handover.inplace import Changes, InPlace, notes_of
from workbook.tasks.handover.result import Handover, Replacement
from workbook.tasks.handover.twins import ByTemplate, NeedsValue, Rewritten, is_single, our_calls

_LINK = re.compile(r"\[[1-9]\d*\]!")
PRICED = frozenset(("MODEL_PRICE", "PRICE_SOURCE"))


class Work:
    """Which cells were replaced, and the result so far.

    `settled` is the original: what every cell shows, our calls computed.
    """

    def __init__(self, result: Handover, path: Path, settled: Settlement, forced: dict[Key, str]) -> None:
        self.path = path
        self.mode = result.mode
        self.settled = settled
        self.session = settled.session
        self.in_place = InPlace(settled)
        self.forced = forced
        self.result = result
        self.replaced: set[Key] = set()
        self.tolerance = TOLERANCE
        self.lambdas: set[str] = set()
        self.linked: set[int] = set()
        """Links to other workbooks through which our functions were called: the add-in's."""
        self.checks: Value = None
        """The workbook's own verdict."""
        self.priced: dict[tuple[str, ...], str] = {}
        self.everywhere: dict[str, Value | list[list[Value]]] = {}
        self.by_template = ByTemplate(self.mode)
        self.looked_at: set[str] = set()
        self.names: list[DefinedName] = []
        self.tables: list[Table] = []

    def look_at(self, formula: Formula, sheet: str, row: int, column: int) -> None:
        """How exact the twins of its calls are, which link they came through, which prices they look up."""
        calls = our_calls(formula)
        self.tolerance = max(self.tolerance, *(FUNCTIONS[call.name].twin_tolerance for call in calls))
        self.linked |= {int(call.prefix[1:-2]) for call in calls if _LINK.fullmatch(call.prefix)}
        for call in calls:
            if call.name in PRICED:
                self._price(sheet, row, column, [formula.argument(call, n) for n in range(len(call.arguments))])

    def value(self, sheet: str, row: int, column: int, expression: str) -> Value | list[list[Value]]:
        """What an expression gives in a cell; a price or a constant that reads none is asked once."""
        template, references = template_of(expression)
        if references or template.others or not template.readable or not template.functions <= PRICED:
            return self.session.value(sheet, row, column, expression)
        if expression not in self.everywhere:
            self.everywhere[expression] = self.session.value(sheet, row, column, expression)
        return self.everywhere[expression]

    def is_single(self, name: str, sheet: str) -> bool:
        scope, bare = split_sheet(name)
        for local in (scope or sheet, None):
            for defined in self.names:
                if defined.name.upper() == bare.upper() and defined.sheet == local:
                    return is_single(defined.text)
        return False

    def _price(self, sheet: str, row: int, column: int, arguments: list[str]) -> None:
        """Note the price a call looks up, with its source."""
        try:
            source = self.value(sheet, row, column, f"PRICE_SOURCE({','.join(arguments)})")
            price = self.value(sheet, row, column, f"MODEL_PRICE({','.join(arguments)})")
            shown = [self.value(sheet, row, column, argument) for argument in arguments]
        except EngineFailed:
            return
        if isinstance(price, float) and isinstance(source, str):
            words = " ".join(str(word) for word in shown[:2])
            self.priced[(words, f"{price:g} USD per 1M tokens")] = source


class _Plan(NamedTuple):
    """What to do with one formula cell: the new formula, or None for its value."""

    new: Rewritten | None
    note: str


class _New(NamedTuple):
    """A formula of a kind of line that is replaced."""

    number: int
    shape: object
    before: str
    after: str


class _Alike(NamedTuple):
    """What becomes of the lines of a kind."""

    new: list[_New]
    engine: Changes
    written: Callable[[Line], bytes] | None
    notes: Callable[[Line], bytes]


class SheetFormulas:
    """The pass over one sheet of a workbook opened to be rewritten."""

    def __init__(self, work: Work, package: Package, sheet: Sheet) -> None:
        self.work = work
        self.settled = work.settled
        self.in_place = work.in_place
        self.package = package
        self.sheet = sheet
        self.data = package.read(sheet.part)
        self.how = work.mode.removesuffix("s")
        self.masters: Masters = {}
        self.kinds: dict[Kind, _Alike | None] = {}
        self.above: dict[int, tuple[Replacement, object, int]] = {}
        """The last replacement of each column, what its formulas have in common, and the row of the last."""
        self.notes: dict[str, str] = {}
        self.values: dict[tuple[int, int], Value] = {}
        """The further cells of an array that becomes values."""

    def rewrite(self) -> None:
        package, part = self.package, self.sheet.part
        new = spliced_in_order(self.data, self._edits())
        if new is not self.data:
            package.replace(part, new)
        if self.values:
            data = package.read(part)
            cells = (cell for cell in package.cells(part, data) if cell.kind in ("", "dataTable"))
            places = ((cell, (cell.row, cell.column)) for cell in cells)
            edits = (constant_edit(data, cell, self.values[at]) for cell, at in places if at in self.values)
            package.replace(part, spliced_in_order(data, edits))
        if self.notes:
            for address in add_notes(package, part, self.notes):
                self.work.result.warnings.append(
                    f"{self.sheet.name}!{address} has a threaded comment: its formula is on the sheet Handover only"
                )

    def _edits(self) -> Iterator[Edit]:
        """The formula cells one after the other."""
        infos = iter(self.work.session.formulas[self.sheet.name])
        for found in lines(self.package, self.sheet.part, self.masters, self.data, formulas_only=True):
            if isinstance(found, Cell):
                if found.kind != "dataTable":
                    yield from self._cell(next(infos), found)
                continue
            its = list(islice(infos, len(found.kind.formulas)))
            alike = self.kinds.get(found.kind)
            if alike is None or not self.work.forced.keys().isdisjoint(info.key for info in its):
                cells = (cell for cell in found.cells() if cell.formula is not None)
                for info, cell in zip(its, cells, strict=True):
                    yield from self._cell(info, cell)
                if found.kind not in self.kinds:
                    self.kinds[found.kind] = self._alike(found, its)
                continue
            self._line(found, alike, its)
            if alike.written:
                yield found.start, found.end, alike.written(found)
        if next(infos, None) is not None:
            raise ValueError("the workbook holds fewer formulas than were computed")

    # a line

    def _alike(self, line: Line, infos: list[FormulaInfo]) -> _Alike | None:
        """What becomes of the lines of a kind, by one that was looked at cell by cell; None where each has to be."""
        new: list[_New] = []
        engine: list[tuple[int, str, str]] = []
        elements: list[Pieces] = []
        texts: list[str | None] = []
        for number, (info, (_, formula)) in enumerate(zip(infos, line.kind.formulas, strict=True)):
            template = formula.template
            if not template.readable:
                return None
            if not template.ours:
                elements.append(formula.element)
                texts.append(None)
                continue
            form = self.work.by_template.form(template.key, self.sheet.name)
            if form is None or form.sample.array or not form.sample.text.isprintable():
                return None
            text = form.text_with(formula.references)
            if text != formula.text:
                words = self.in_place.marked(info, form, formula.references)
                if words is None:
                    return None
                engine.append((number, words, text))
            elements.append(element_of(text))
            texts.append(text)
            new.append(_New(number, formula if formula.moves else formula.shape, formula.text, text))
        return _Alike(new, engine, line.kind.writer(elements) if new else None, notes_of(line.kind, texts))

    def _line(self, line: Line, alike: _Alike, infos: list[FormulaInfo]) -> None:
        for number, shape, before, after in alike.new:
            info = infos[number]
            if not self._filled_down(info, shape, self.how):
                self._list(info, shape, self.how, line.at(before), line.at(after), note="")
        if alike.engine:
            self.in_place.line(line.kind, infos, alike.engine)
        self.in_place.noted(self.sheet.part, alike.notes(line))

    # a cell

    def _cell(self, info: FormulaInfo, cell: Cell) -> Iterator[Edit]:
        template, part = info.like.template, self.sheet.part
        plan = None
        if template.ours or not template.readable or cell.kind == "shared":
            formula = formula_cell(cell, self.masters)
            plan = self._plan(formula, info)
        if plan is None:
            self.in_place.stays(part, cell)
            return
        self._note(info, formula, plan)
        new = plan.new
        if new is None or self.work.mode == "values":
            self.notes[formula.address] = f"Formula before the hand-over: ={formula.text}"
        if new is None:
            value = self.settled.shows(info.key)
            self.in_place.value(info, value)
            yield constant_edit(self.data, cell, value)
            for address in addresses(self.settled.spills.get(info.key) or formula.area or formula.address)[1:]:
                self.values[row_and_column(address)] = self.settled.child(self.sheet.name, address)
            return
        self.in_place.formula(info, formula.text, new)
        self.in_place.stays(part, cell, new.text, new.array or bool(formula.area))
        if formula.area:
            yield formula_edit(self.data, cell, new.text)
        else:
            # Stored as an array formula of one cell where ranges stand for ranges: a plain one would intersect.
            array = f' t="array" ref="{formula.address}"' if new.array else ""
            yield formula_as(cell, new.text, array)

    def _plan(self, formula: FormulaCell, info: FormulaInfo) -> _Plan | None:
        """What to do with a formula, None when it calls none of our functions."""
        template, work, sheet = info.like.template, self.work, self.sheet.name
        if not template.ours and (template.readable or not may_call(formula.text, FUNCTIONS)):
            return None
        if template.key not in work.looked_at or not template.functions.isdisjoint(PRICED):
            try:
                parsed = parse(formula.text)
            except FormulaError as problem:
                work.result.warnings.append(f"{sheet}!{formula.address} cannot be read ({problem}): left as it is")
                return None
            work.look_at(parsed, sheet, info.row, info.column)
            work.looked_at.add(template.key)
        if info.key in work.forced:
            return _Plan(None, work.forced[info.key])
        try:
            text = formula.text
            if "[" in text:
                text = spelled_out(text, work.tables, sheet, info.row, info.column)
            new = work.by_template.rewrite(
                text,
                sheet,
                lambda expression: work.value(sheet, info.row, info.column, expression),
                lambda name: work.is_single(name, sheet),
            )
        except NeedsValue as reason:
            return _Plan(None, str(reason))
        work.lambdas |= new.lambdas
        return _Plan(new, "; ".join(dict.fromkeys(new.notes)))

    # what is listed

    def _note(self, info: FormulaInfo, formula: FormulaCell, plan: _Plan) -> None:
        how = self.how if plan.new else "value"
        if plan.new is None and self.settled.shows(info.key) is None:
            raise BadWorkbook(
                self.work.path,
                f"{info.key[0]}!{info.address} would become its value, which is not known "
                f"({self.settled.kept.get(info.key, 'no engine gave one')})",
                "Mend that cell first",
            )
        shape = formula.area or formula.shape()[0]  # an array is filled down from none
        if not self._filled_down(info, shape, how, plan.note):
            array = plan.new is not None and plan.new.array and not formula.area
            self._list(info, shape, how, formula.text, plan.new.text if plan.new else None, plan.note, array)

    def _filled_down(self, info: FormulaInfo, shape: object, how: str, note: str = "") -> bool:
        """Whether a replaced formula is the one above filled down, which then is listed for both."""
        self.work.replaced.add(info.key)
        line, above, row = self.above.get(info.column, (None, None, 0))
        if line is None or row != info.row - 1 or above != shape or (line.how, line.note) != (how, note):
            return False
        line.cells += 1
        self.above[info.column] = line, shape, info.row
        return True

    def _list(
        self, info: FormulaInfo, shape: object, how: str, before: str, after: str | None, note: str, array: bool = False
    ) -> None:
        same = after == before and not array
        text = "" if after is None else "the same, calling the LAMBDA name" if same else f"={after}"
        value = self.settled.shows(info.key)
        line = Replacement(self.sheet.name, info.address, how, f"={before}", text, value, note)
        self.work.result.replacements.append(line)
        self.above[info.column] = line, shape, info.row
