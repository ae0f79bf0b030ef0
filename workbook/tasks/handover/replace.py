"""Every call of our functions in a workbook replaced: in cells, names, conditional formats, validation and tables."""

from __future__ import annotations

import re

from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS, native
from workbook.engines import EngineFailed
from workbook.errors import BadWorkbook
from workbook.file.book import add_name, drop_link, recalculate_on_load
from workbook.file.cells import Value
from workbook.file.package import Package, Sheet
from workbook.file.xmlspans import Edit, escaped
from workbook.formulas.lambdas import defined_name
from workbook.formulas.parser import may_call, mentions, parsed
from workbook.formulas.tables import tables_of
from workbook.tasks.handover.formulas import SheetFormulas, Work
from workbook.tasks.handover.result import Replacement
from workbook.tasks.handover.twins import NeedsValue, moves, our_calls, rewrite
from workbook.tasks.kinds import is_portfolio

LONGEST_VALIDATION = 255
"""Characters Excel takes in a data-validation formula."""


class Replacer(Work):
    """One attempt at a workbook opened for it."""

    def rewrite(self, package: Package) -> None:
        """Replace every call of ours in an opened workbook."""
        self.names = package.defined_names()
        self.tables = tables_of(package)
        for sheet in package.worksheets():
            ruled = self._has_rules(package, sheet)
            if sheet.name not in self.session.proved:  # whose formulas are native
                SheetFormulas(self, package, sheet).rewrite()
            if ruled:
                self._rewrite_texts(package, sheet.part, sheet.name, ("formula", "formula1", "formula2", "f"))
            for table in package.related(sheet.part, "table"):
                self._rewrite_texts(package, table, sheet.name, ("calculatedColumnFormula", "totalsRowFormula"))
        self._rewrite_texts(package, package.workbook_part, "", ("definedName",))
        if not self.result.replacements and is_portfolio(package):
            self.result.warnings.append("Every formula is a native one already: none was replaced, all were proved.")
        elif not self.result.replacements:
            if not self.settled.infos:
                raise BadWorkbook(self.path, "it holds no formula", "Hand it over as it is")
            raise BadWorkbook(self.path, "none of its formulas calls one of our functions", "Hand it over as it is")
        others = [defined.name for defined in self.names]
        for name in sorted(self.lambdas - {other.upper() for other in others}):
            add_name(package, name, defined_name(name, others), FUNCTIONS[name].summary)
        for number in sorted(self.linked, reverse=True):
            if drop_link(package, number):
                self.linked.discard(number)
        recalculate_on_load(package)
        checks = self.session.named_value("out_checks")
        self.checks = None if isinstance(checks, list) else checks

    def _has_rules(self, package: Package, sheet: Sheet) -> bool:
        """Whether conditional formats or data validation, also in the extension Excel 2010 added, may call ours."""
        data = package.read(sheet.part)
        return mentions(data[data.rfind(b"sheetData") :].decode("utf-8", "replace"), FUNCTIONS)

    def _rewrite_texts(self, package: Package, part: str, sheet: str, names: tuple[str, ...]) -> None:
        """Replace the formulas that are the text of some elements of a part."""
        edits: list[Edit] = []
        for element in package.elements(part, *names):
            if "c" in element.path or not may_call(element.text, FUNCTIONS):
                continue
            formula = parsed(element.text)
            if formula is None or not our_calls(formula):
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
            how = self.mode.removesuffix("s")
            self.result.replacements.append(Replacement(sheet, where, how, before, "=" + new, None, note))
        package.splice(part, edits)

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
