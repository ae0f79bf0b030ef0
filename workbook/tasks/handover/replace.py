"""Every call of our functions in a workbook replaced: in cells, names, conditional formats, validation and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS, native
from workbook.engines import EngineFailed, Key
from workbook.engines.prepare import FormulaInfo
from workbook.engines.settling import Settlement
from workbook.errors import BadWorkbook
from workbook.file.addresses import addresses, corners, split_sheet
from workbook.file.book import add_name, drop_calculation_chain, drop_link, recalculate_on_load
from workbook.file.cells import Value
from workbook.file.edits import constant_edit, formula_as, formula_edit
from workbook.file.notes import add_notes
from workbook.file.package import DefinedName, Package, Sheet
from workbook.file.values import TOLERANCE
from workbook.file.xmlspans import Edit, escaped, spliced, spliced_in_order
from workbook.formulas.cells import FormulaCell, Masters, formula_cell
from workbook.formulas.lambdas import defined_name
from workbook.formulas.parser import Formula, FormulaError, may_call, mentions, parse
from workbook.formulas.tables import Table, spelled_out, tables_of
from workbook.tasks.handover.inplace import InPlace
from workbook.tasks.handover.result import Handover, Replacement
from workbook.tasks.handover.twins import ByTemplate, NeedsValue, Rewritten, is_single, moves, our_calls, rewrite
from workbook.tasks.kinds import is_portfolio

LONGEST_VALIDATION = 255
"""Characters Excel takes in a data-validation formula."""

_PRICED = frozenset(("MODEL_PRICE", "PRICE_SOURCE"))
_LINK = re.compile(r"\[[1-9]\d*\]!")


@dataclass
class _Plan:
    """What to do with one formula cell: the new formula, or None for its value."""

    formula: FormulaCell
    text: str | None
    array: bool
    note: str
    new: Rewritten | None = None


class Replacer:
    """One attempt at a workbook opened for it: which cells were replaced, and the result so far.

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
        self._by_template = ByTemplate(self.mode)
        self._looked_at: set[str] = set()
        self._names: list[DefinedName] = []
        self._tables: list[Table] = []

    def rewrite(self, package: Package) -> None:
        """Replace every call of ours in an opened workbook."""
        self._names = package.defined_names()
        self._tables = tables_of(package)
        for sheet in package.worksheets():
            if sheet.name not in self.session.proved:  # whose formulas are native
                self._rewrite_cells(package, sheet)
            self._rewrite_rules(package, sheet)
            for table in package.related(sheet.part, "table"):
                self._rewrite_texts(package, table, sheet.name, ("calculatedColumnFormula", "totalsRowFormula"))
        self._rewrite_texts(package, package.workbook_part, "", ("definedName",))
        if not self.result.replacements and is_portfolio(package):
            self.result.warnings.append("Every formula is a native one already: none was replaced, all were proved.")
        elif not self.result.replacements:
            if not self.settled.infos:
                raise BadWorkbook(self.path, "it holds no formula", "Hand it over as it is")
            raise BadWorkbook(self.path, "none of its formulas calls one of our functions", "Hand it over as it is")
        others = [defined.name for defined in self._names]
        for name in sorted(self.lambdas - {other.upper() for other in others}):
            add_name(package, name, defined_name(name, others), FUNCTIONS[name].summary)
        for number in sorted(self.linked, reverse=True):
            if drop_link(package, number):
                self.linked.discard(number)
        drop_calculation_chain(package)
        recalculate_on_load(package)
        checks = self.session.named_value("out_checks")
        self.checks = None if isinstance(checks, list) else checks

    def _rewrite_cells(self, package: Package, sheet: Sheet) -> None:
        data = package.read(sheet.part)
        notes: dict[str, str] = {}
        values: dict[tuple[int, int], Value] = {}  # the further cells of an array that becomes values
        new = spliced_in_order(data, self._formula_edits(package, sheet, data, notes, values))
        if new is not data:
            package.replace(sheet.part, new)
        if values:
            data = package.read(sheet.part)
            cells = package.cells(sheet.part, data)
            places = (cell for cell in cells if cell.kind in ("", "dataTable") and (cell.row, cell.column) in values)
            edits = (constant_edit(data, cell, values[cell.row, cell.column]) for cell in places)
            package.replace(sheet.part, spliced_in_order(data, edits))
        if notes:
            for address in add_notes(package, sheet.part, notes):
                self.result.warnings.append(
                    f"{sheet.name}!{address} has a threaded comment: its formula is on the sheet Handover only"
                )

    def _formula_edits(
        self, package: Package, sheet: Sheet, data: bytes, notes: dict[str, str], values: dict[tuple[int, int], Value]
    ) -> Iterator[Edit]:
        """The formula cells one after the other; fills `notes` and `values`."""
        masters: Masters = {}
        infos = self.session.formulas[sheet.name]
        cells = package.cells(sheet.part, data, formulas_only=True) if infos else ()  # none: a sheet that was proved
        for info, cell in zip(infos, (cell for cell in cells if cell.kind != "dataTable"), strict=True):
            template, plan = info.template, None
            if template.ours or not template.readable or cell.kind == "shared":
                formula = formula_cell(cell, masters)
                plan = self._plan(sheet, formula, info)
            if plan is None:
                self.in_place.stays(sheet.part, cell)
                continue
            self._note(info.key, plan)
            if plan.new is None:
                self.in_place.value(info, self.settled.shows(info.key))
            else:
                self.in_place.formula(info, formula.text, plan.new)
            if plan.text is not None:
                self.in_place.stays(sheet.part, cell, plan.text, plan.array or bool(formula.area))
            if plan.text is None or self.mode == "values":
                notes[formula.address] = f"Formula before the hand-over: ={formula.text}"
            if plan.text is None:
                yield constant_edit(data, cell, self.settled.shows(info.key))
                for address in addresses(self.settled.spills.get(info.key) or formula.area or formula.address)[1:]:
                    top, left, _, _ = corners(address)
                    values[top, left] = self.settled.child(sheet.name, address)
            elif formula.area:
                yield formula_edit(data, cell, plan.text)
            else:
                # Stored as an array formula of one cell where ranges stand for ranges: a plain one would intersect.
                array = f' t="array" ref="{formula.address}"' if plan.array else ""
                yield formula_as(cell, plan.text, array)

    def _plan(self, sheet: Sheet, formula: FormulaCell, info: FormulaInfo) -> _Plan | None:
        """What to do with a formula, None when it calls none of our functions."""
        template, key, row, column = info.template, info.key, info.row, info.column
        if not template.ours and (template.readable or not may_call(formula.text, FUNCTIONS)):
            return None
        if template.key not in self._looked_at or not template.functions.isdisjoint(_PRICED):
            try:
                parsed = parse(formula.text)
            except FormulaError as problem:
                self.result.warnings.append(f"{sheet.name}!{formula.address} cannot be read ({problem}): left as it is")
                return None
            self._look_at(parsed, sheet.name, row, column)
            self._looked_at.add(template.key)
        if key in self.forced:
            return _Plan(formula, None, False, self.forced[key])
        try:
            text = formula.text
            if "[" in text:
                text = spelled_out(text, self._tables, sheet.name, row, column)
            new = self._by_template.rewrite(
                text,
                sheet.name,
                lambda expression: self.session.value(sheet.name, row, column, expression),
                lambda name: self._is_single(name, sheet.name),
            )
        except NeedsValue as reason:
            return _Plan(formula, None, False, str(reason))
        self.lambdas |= new.lambdas
        return _Plan(formula, new.text, new.array and not formula.area, "; ".join(dict.fromkeys(new.notes)), new)

    def _look_at(self, formula: Formula, sheet: str, row: int, column: int) -> None:
        """How exact the twins of its calls are, which link they came through, which prices they look up."""
        calls = our_calls(formula)
        self.tolerance = max(self.tolerance, *(FUNCTIONS[call.name].twin_tolerance for call in calls))
        self.linked |= {int(call.prefix[1:-2]) for call in calls if _LINK.fullmatch(call.prefix)}
        for call in calls:
            if call.name in _PRICED:
                self._price(sheet, row, column, [formula.argument(call, n) for n in range(len(call.arguments))])

    def _note(self, key: Key, plan: _Plan) -> None:
        sheet, address = key
        self.replaced.add(key)
        how = "value" if plan.text is None or self.mode == "values" else self.mode.removesuffix("s")
        if plan.text == plan.formula.text and not plan.array:
            after = "the same, calling the LAMBDA name"
        else:
            after = "" if plan.text is None else "=" + plan.text
        value = self.settled.shows(key)
        if plan.text is None and value is None:
            raise BadWorkbook(
                self.path,
                f"{sheet}!{address} would become its value, which is not known "
                f"({self.settled.kept.get(key, 'no engine gave one')})",
                "Mend that cell first",
            )
        self.result.replacements.append(
            Replacement(sheet, address, how, "=" + plan.formula.text, after, value, plan.note)
        )

    def _rewrite_rules(self, package: Package, sheet: Sheet) -> None:
        """Conditional formats and data validation, also those in the extension Excel 2010 added."""
        data = package.read(sheet.part)
        if mentions(data[data.rfind(b"sheetData") :].decode("utf-8", "replace"), FUNCTIONS):
            self._rewrite_texts(package, sheet.part, sheet.name, ("formula", "formula1", "formula2", "f"))

    def _rewrite_texts(self, package: Package, part: str, sheet: str, names: tuple[str, ...]) -> None:
        """Replace the formulas that are the text of some elements of a part."""
        edits: list[Edit] = []
        for element in package.elements(part, *names):
            if "c" in element.path or not may_call(element.text, FUNCTIONS):
                continue
            try:
                if not our_calls(parse(element.text)):
                    continue
            except FormulaError:
                continue
            where = _where(element.name, element.path, element.attributes)
            if element.name == "definedName" and element.attributes.get("name", "").upper() in FUNCTIONS:
                continue  # a LAMBDA name of ours, from an earlier hand-over
            home = sheet or self.session.first_sheet
            limit = LONGEST_VALIDATION if "dataValidation" in element.path else 0
            new, note = self._text(element.text, home, limit)
            before = "=" + element.text
            if new is None:
                self.result.warnings.append(f"{sheet or 'Workbook'}, {where}: left as it is, {note}")
                self.result.replacements.append(Replacement(sheet, where, "left", before, before, None, note))
                continue
            edits.append((element.tag_end, element.content_end, escaped(new).encode()))
            self.in_place.possible &= element.name != "definedName"  # cells may read it
            how = "value" if self.mode == "values" else self.mode.removesuffix("s")
            self.result.replacements.append(Replacement(sheet, where, how, before, "=" + new, None, note))
        if edits:
            package.replace(part, spliced(package.read(part), edits))

    def _text(self, text: str, sheet: str, limit: int) -> tuple[str | None, str]:
        """A formula outside the cells, replaced; None with the reason when it cannot be."""

        def evaluate(expression: str) -> Value | list[list[Value]]:
            if moves(expression):
                raise NeedsValue("its value differs from cell to cell")
            return self.session.value(sheet, 1, 1, expression)

        try:
            new = rewrite(text, self.mode, evaluate, lambda name: self._is_single(name, sheet))
        except NeedsValue as reason:
            try:
                value = evaluate(text)
            except (NeedsValue, EngineFailed) as problem:
                return self._twin_instead(text, sheet, limit, str(problem))
            if isinstance(value, list | CalcError):
                return self._twin_instead(text, sheet, limit, "its value is not one number or text")
            return native.literal("" if value is None else value), str(reason)
        if limit and len(new.text) > limit:
            return None, f"its twin has {len(new.text)} characters, a data validation takes {limit}"
        self.lambdas |= new.lambdas
        return new.text, "; ".join(dict.fromkeys(new.notes))

    def _twin_instead(self, text: str, sheet: str, limit: int, reason: str) -> tuple[str | None, str]:
        """Outside the cells a value is not always possible; then the native formula is, mostly."""

        def evaluate(_expression: str) -> Value:
            raise NeedsValue(reason)

        try:
            new = rewrite(text, "formulas", evaluate, lambda name: self._is_single(name, sheet))
        except NeedsValue:
            return None, reason
        if limit and len(new.text) > limit:
            return None, f"{reason}, and its twin has {len(new.text)} characters: a data validation takes {limit}"
        return new.text, f"native formula, as {reason}"

    def _is_single(self, name: str, sheet: str) -> bool:
        scope, bare = split_sheet(name)
        for local in (scope or sheet, None):
            for defined in self._names:
                if defined.name.upper() == bare.upper() and defined.sheet == local:
                    return is_single(defined.text)
        return False

    def _price(self, sheet: str, row: int, column: int, arguments: list[str]) -> None:
        """Note the price a call looks up, with its source."""
        try:
            source = self.session.value(sheet, row, column, f"PRICE_SOURCE({','.join(arguments)})")
            price = self.session.value(sheet, row, column, f"MODEL_PRICE({','.join(arguments)})")
            shown = [self.session.value(sheet, row, column, argument) for argument in arguments]
        except EngineFailed:
            return
        if isinstance(price, float) and isinstance(source, str):
            words = " ".join(str(word) for word in shown[:2])
            self.priced[(words, f"{price:g} USD per 1M tokens")] = source


def check_names(package: Package) -> None:
    """A user's own name that equals a function of ours makes every call of it ambiguous."""
    for defined in package.defined_names():
        name = defined.name.upper()
        if name in FUNCTIONS and not _is_our_lambda(name, defined.text):
            raise BadWorkbook(
                package.path,
                f"it defines the name {defined.name} ({defined.text[:40]}), which is also a function of ours",
                "Rename it in Formulas, Name Manager",
            )


def _is_our_lambda(name: str, text: str) -> bool:
    """Whether a LAMBDA takes the arguments our function takes: the work of an earlier hand-over."""
    parameters = ",".join(rf"_xl[po][mp]\.{argument.name}_*" for argument in FUNCTIONS[name].arguments)
    return re.match(rf"_xlfn\.LAMBDA\({parameters},", text, re.IGNORECASE) is not None


def _where(name: str, path: tuple[str, ...], attributes: dict[str, str]) -> str:
    if name == "definedName":
        return f"name {attributes.get('name', '')}"
    if "dataValidation" in path:
        return "data validation"
    if name in ("calculatedColumnFormula", "totalsRowFormula"):
        return "table column" if name.startswith("c") else "table total"
    return "conditional format"
