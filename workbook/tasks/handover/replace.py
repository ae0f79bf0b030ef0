"""Every call of our functions in a workbook replaced: in cells, names, conditional formats, validation and tables."""

from __future__ import annotations

import re
from pathlib import Path

from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS, native
from workbook.engines import EngineFailed, Key
from workbook.engines.settling import Settlement
from workbook.errors import BadWorkbook
from workbook.file.addresses import split_sheet
from workbook.file.book import add_name, drop_calculation_chain, drop_link, recalculate_on_load
from workbook.file.cells import Value
from workbook.file.package import DefinedName, Package, Sheet
from workbook.file.values import TOLERANCE
from workbook.file.xmlspans import Edit, escaped, spliced
from workbook.formulas.lambdas import defined_name
from workbook.formulas.parser import Formula, FormulaError, may_call, mentions, parse
from workbook.formulas.tables import Table, tables_of
from workbook.tasks.handover.formulas import PRICED, SheetFormulas
from workbook.tasks.handover.inplace import InPlace
from workbook.tasks.handover.result import Handover, Replacement
from workbook.tasks.handover.twins import ByTemplate, NeedsValue, is_single, moves, our_calls, rewrite
from workbook.tasks.kinds import is_portfolio

LONGEST_VALIDATION = 255
"""Characters Excel takes in a data-validation formula."""

_LINK = re.compile(r"\[[1-9]\d*\]!")


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
        self.by_template = ByTemplate(self.mode)
        self.looked_at: set[str] = set()
        self._names: list[DefinedName] = []
        self.tables: list[Table] = []

    def rewrite(self, package: Package) -> None:
        """Replace every call of ours in an opened workbook."""
        self._names = package.defined_names()
        self.tables = tables_of(package)
        for sheet in package.worksheets():
            if sheet.name not in self.session.proved:  # whose formulas are native
                SheetFormulas(self, package, sheet).rewrite()
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

    def look_at(self, formula: Formula, sheet: str, row: int, column: int) -> None:
        """How exact the twins of its calls are, which link they came through, which prices they look up."""
        calls = our_calls(formula)
        self.tolerance = max(self.tolerance, *(FUNCTIONS[call.name].twin_tolerance for call in calls))
        self.linked |= {int(call.prefix[1:-2]) for call in calls if _LINK.fullmatch(call.prefix)}
        for call in calls:
            if call.name in PRICED:
                self._price(sheet, row, column, [formula.argument(call, n) for n in range(len(call.arguments))])

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
            new = rewrite(text, self.mode, evaluate, lambda name: self.is_single(name, sheet))
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
            new = rewrite(text, "formulas", evaluate, lambda name: self.is_single(name, sheet))
        except NeedsValue:
            return None, reason
        if limit and len(new.text) > limit:
            return None, f"{reason}, and its twin has {len(new.text)} characters: a data validation takes {limit}"
        return new.text, f"native formula, as {reason}"

    def is_single(self, name: str, sheet: str) -> bool:
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
