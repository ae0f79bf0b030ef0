"""How a formula reads in the copy an engine sees, decided once for all formulas of one template.

Formulas that were filled down differ in their references alone, and nearly all that is changed for the engine does not
depend on where the references point. So one formula is taken apart with stand-ins for its references, each a different
one, and what became of it tells where each reference goes; for the next hundred thousand they are put in. Where the
place matters (a range that meets its row, a table's row, hidden rows) each formula is looked at for itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pycalc.registry import FUNCTIONS
from workbook.engines.coercing import coerced, needs_numbers
from workbook.engines.comparing import compared, joined
from workbook.engines.intersection import intersected, one_value
from workbook.engines.lifting import lifted
from workbook.engines.longchains import in_groups
from workbook.engines.mending import DEPENDS_ON_PLACE, LOOKS_AT_SHEETS, Own, is_reversed, mended, only_numbered
from workbook.engines.textnumbers import shows_odd_number
from workbook.file.addresses import area_of, column_letters
from workbook.file.package import DefinedName, Package
from workbook.formulas.parser import (
    FormulaError,
    Reference,
    mentions,
    parse,
    parsed,
    rewrite_calls,
    shifted,
    splice,
)
from workbook.formulas.readers import box_of, is_simple
from workbook.formulas.shapes import Template, split
from workbook.formulas.standins import Changed, changed, is_apart, with_stand_ins
from workbook.formulas.tables import tables_of, without_tables

BLANK_CELL = "$XFD$1048576"
"""The last cell of a sheet stands in for an omitted argument: both take the default."""

DEEPEST_NAMES = 8
_NUMBERED = frozenset(("ROW", "COLUMN"))


class Plan(NamedTuple):
    """What becomes of the formulas of one template.

    text : the new text, given the references of the formula; None where each has to be looked at for itself.
    ranges : the numbers of the references that are the two corners of a range.
    changes : whether any of them reads otherwise than before.
    spills : whether what it gives may fill more than one cell.
    numbered : whether the new text holds numbers of rows and columns of references.
    """

    text: Changed | None
    changes: bool
    spills: bool
    ranges: tuple[tuple[int, int], ...] = ()
    numbered: bool = False


_steady_plans: dict[object, dict[tuple[str, str, bool], Plan]] = {False: {}, True: {}}
"""Plans that hold in every workbook, one with odd texts or without; and for a few workbooks and their copies those that
hold wherever the names, tables and sheets are the same."""

_MOST_WORKBOOKS = 6
_MOST_PLANS = 1 << 14


class Wording:
    """What a formula means by its names and tables, where the engine does not know them.

    The engine resolves names before it knows our functions, refuses a workbook for a name it cannot resolve, and
    loads no tables: names other than those of one cell or one constant are written out where they stand, structured
    references become plain ones.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.tables = tables_of(package)
        self.defined: list[DefinedName] = package.defined_names()
        self.names = {(name.sheet, name.name.upper()): name.text for name in self.defined}
        self.left = {name.name.upper() for name in self.defined if name.sheet is None and is_simple(name.text)}
        """Names the engine resolves as Excel does."""
        self.sheets = {sheet.name.upper(): sheet.name for sheet in package.sheets()}
        self._bare_names = sorted({name for _, name in self.names})
        self._local = bool(self.tables) or any(sheet and not name.startswith("_XLNM.") for sheet, name in self.names)
        """Whether a name may mean one thing on one sheet and another on the next."""
        self._plans: dict[tuple[str, str, bool], Plan] = {}
        self.odd_texts = any(map(shows_odd_number, package.strings()))
        """Whether the workbook holds texts that are numbers only as Excel reads them."""
        around = (tuple(self.names.items()), tuple(self.sheets), tuple(map(repr, self.tables)), self.odd_texts)
        if len(_steady_plans) >= _MOST_WORKBOOKS and around not in _steady_plans:
            del _steady_plans[next(key for key in _steady_plans if not isinstance(key, bool))]
        looking = any(mentions(text, LOOKS_AT_SHEETS) for text in self.names.values())
        self._steady = {} if looking else _steady_plans.setdefault(around, {})

    def meant(self, reference: Reference, sheet: str) -> str | None:
        """The text of the name a reference gives; None where it is not defined."""
        name = reference.body.upper()
        home = self.sheets.get((reference.sheet or sheet).upper(), sheet)
        return self.names.get((home, name), self.names.get((None, name)))

    def pointed(self, text: str, sheet: str, a1: bool, row: float, column: float) -> str:
        """What INDIRECT is given in a cell, as an address: it may be a name, a table's, or in R1C1 style."""
        if not a1:
            return _R1C1.sub(lambda at: column_letters(_at(at[2], column)) + str(_at(at[1], row)), text)
        try:
            reference = parse(text).references()[0]
        except (FormulaError, IndexError):
            return text
        meant = self.meant(reference, sheet) if reference.text == text and reference.kind == "name" else None
        if meant is not None:
            return meant
        if reference.text == text and reference.kind == "range":
            return reference.prefix + area_of(*box_of(reference.body))
        return without_tables(text, self.tables, sheet, int(row), int(column))

    def prepared(self, text: str, sheet: str, row: int, column: int, array: bool = False, own: Own = None) -> str:
        """A formula as the engine should see it in a cell; `array` for an array formula, `own` for another cell's."""
        text = mended(self.native(text, sheet, row, column), self.package, sheet, array, own)
        if not array:
            text = intersected(text, row, column)
        return as_excel(lifted(text, array), array, self.odd_texts)

    def native(self, text: str, sheet: str, row: int, column: int) -> str:
        """A formula with its names and tables written as cells."""
        return without_tables(self._written_out(text, sheet, row, column), self.tables, sheet, row, column)

    def _written_out(self, text: str, sheet: str, row: int, column: int) -> str:
        for _ in range(DEEPEST_NAMES):
            if not self.names or not mentions(text, self._bare_names):
                break
            edits = []
            try:
                for reference in parse(text).references():
                    if reference.kind == "name" and (reference.sheet or not self._stays(reference, sheet)):
                        meant = self.meant(reference, sheet)
                        if meant is not None:
                            new = f"({shifted(meant, row - 1, column - 1)})"
                            edits.append((reference.start, reference.end, new))
            except FormulaError:
                break
            if not edits:
                break
            text = splice(text, edits)
        return text

    def _stays(self, reference: Reference, sheet: str) -> bool:
        name = reference.body.upper()
        return name in self.left and (sheet, name) not in self.names

    # once for a template

    def plan(self, template: Template, text: str, sheet: str, row: int, column: int, array: bool) -> Plan:
        """What becomes of the formulas of a template on a sheet; `text` is the one that stands in a cell."""
        local = self._is_local(template)
        key = (template.key, self.home(template, sheet), array)
        kept = all(self._kept(each, sheet) for each in _named(template))
        here = local or not kept or any(":" in name for name in template.sheets)
        steady = self._steady if here else _steady_plans[self.odd_texts]
        known = self._plans.get(key) or steady.get(key)
        if known is None:
            if len(steady) >= _MOST_PLANS:
                steady.clear()
            known = self._planned(template, text, sheet, row, column, array)
            (self._plans if known.text is None else steady)[key] = known
        return known

    def _is_local(self, template: Template) -> bool:
        return (self._local and _named(template) != []) or "INDIRECT" in template.functions

    def home(self, template: Template, sheet: str) -> str:
        """The sheet, where formulas of a template may mean something else on the next; "" where they do not."""
        return sheet if self._is_local(template) or not template.functions.isdisjoint(DEPENDS_ON_PLACE) else ""

    def _kept(self, reference: Reference, sheet: str) -> bool:
        """Whether a reference is a name that stands in the copy as it is."""
        plain = reference.kind == "name" and not (reference.sheet or self.tables)
        return plain and (self._stays(reference, sheet) or self.meant(reference, sheet) is None)

    def _planned(self, template: Template, text: str, sheet: str, row: int, column: int, array: bool) -> Plan:
        placed, meets = template.functions & DEPENDS_ON_PLACE, " " in text and _meets(text)
        by_place = bool(placed) or meets
        references = split(text)[1]
        numbered = bool(placed) and placed <= _NUMBERED and not meets and is_apart(template.key)
        numbered = numbered and "DATE" not in template.functions and only_numbered(text)  # DATE(1900, ..) is mended
        if template.readable and (numbered or not by_place) and "[" not in template.key:
            sample, stand_ins = with_stand_ins(template.key, references)
            native = mended(self.native(sample, sheet, row, column), self.package, sheet, array)
            if lifted(native, array) == native and (array or intersected(native, row, column) == native):
                new = as_excel(native, array, self.odd_texts)
                text_with = changed(new, stand_ins, numbered)
                if numbered and text_with is not None:
                    known = self.prepared(text, sheet, row, column, array)
                    text_with = text_with if text_with(references) == known else None
                if text_with is not None:
                    ranges = tuple((first, last) for _, first, last in template.areas if first != last)
                    return Plan(text_with, new != sample, _spills(new, template), ranges, numbered)
        new = self.prepared(text, sheet, row, column, array)
        return Plan(None, template.ours or by_place or new != text, _spills(new, template))

    def worded(
        self, plan: Plan, text: str, references: list[str], sheet: str, row: int, column: int, array: bool
    ) -> str:
        """A formula as the engine should see it, by the plan of its template, and the references at its marks."""
        if plan.text is not None and not backwards(plan, references):
            return plan.text(references)
        return self.prepared(text, sheet, row, column, array)


_R1C1 = re.compile(r"(?<![^!:])R(\[-?\d+\]|\d*)C(\[-?\d+\]|\d*)(?![^:])", re.IGNORECASE)


def _at(written: str, own: float) -> int:
    """A row or column in R1C1 style: by its number, or counted from the cell's own."""
    return int(own) + int(written[1:-1]) if written.startswith("[") else int(written or own)


def _named(template: Template) -> list[Reference]:
    return [each for each in template.others if each.kind in ("name", "table", "external")]


def backwards(plan: Plan, references: list[str]) -> bool:
    """Whether a range names its last cell first, which the engine takes for no range."""
    return plan.ranges != () and any(is_reversed(references[first], references[last]) for first, last in plan.ranges)


def _meets(text: str) -> bool:
    """Whether areas are intersected, with the space that stands for it."""
    formula = parsed(text)
    return formula is None or any(each.kind == "operator" and not each.text.strip() for each in formula.tokens)


def _spills(text: str, template: Template) -> bool:
    formula = parsed(text) if template.functions else None
    return bool(template.functions) and (formula is None or not one_value(formula))


@lru_cache(maxsize=1_024)
def as_excel(text: str, array: bool, odd_texts: bool) -> str:
    """A formula that compares and takes texts for numbers as Excel does, our calls as the engine understands them."""
    text = in_groups(with_our_calls(compared(joined(text, array), array)))
    return with_errors_called(coerced(text) if needs_numbers(text, odd_texts) else text)


def with_our_calls(text: str) -> str:
    """A formula with our calls as the engine understands them; unchanged where it cannot be taken apart."""
    single = "SINGLE(" in text.upper()
    if not single and not ("(" in text and mentions(text, FUNCTIONS)):
        return text
    try:
        if single:
            formula = parse(text)
            text = splice(
                text, [(c.start, c.start + len(c.prefix) + 7, "@(") for c in formula.calls if c.name == "SINGLE"]
            )
        return rewrite_calls(parse(text), FUNCTIONS, lambda call, arguments: _call(call.name, arguments))
    except FormulaError:
        return text


_EXPONENT = re.compile(r"[0-9.]E[+-]?[0-9]{1,2}(?![0-9])", re.IGNORECASE)
_GIVES = {"#NUM!": "SQRT(-1)", "#VALUE!": 'CODE("")', "#DIV/0!": "(1/0)", "#N/A": "NA()"}


def with_errors_called(text: str) -> str:
    """A formula with calls that give the errors it names, and its numbers without an exponent: the engine reads
    formulas filled down, as alike as they are, one by one where they hold such, which takes ten times as long."""
    if not mentions(text, _GIVES) and not _EXPONENT.search(text):
        return text
    formula = parsed(text)
    if formula is None or any(token.text == "{" for token in formula.tokens):  # an array holds constants alone
        return text
    from decimal import Decimal

    edits = [(token.start, token.end, _GIVES[token.text]) for token in formula.tokens if token.text in _GIVES]
    numbers = [token for token in formula.tokens if token.kind == "number" and _EXPONENT.search(token.text)]
    edits += [(token.start, token.end, f"{Decimal(token.text):f}") for token in numbers]
    return splice(text, edits)


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({','.join(argument or BLANK_CELL for argument in arguments)})"
