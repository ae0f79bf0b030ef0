"""Hand a workbook over to somebody without the add-in.

Every call of our functions, in cells, names, conditional formats, data validation and tables, becomes its native
twin over the same cells, a LAMBDA name, or its value. The result is recalculated and compared with the original,
cell by cell; a difference stops the hand-over. A sheet "Handover" says what was replaced. Parts of the file that
hold none of this are copied byte for byte, and the original is not touched.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS, native
from workbook.engines import EngineFailed, EngineMissing, Key, Recalculation, recalculate
from workbook.engines.formualizer import Session
from workbook.errors import WorkbookError
from workbook.file.addresses import addresses, corners, split_sheet
from workbook.file.book import add_name, drop_calculation_chain, drop_link, recalculate_on_load
from workbook.file.cells import Value
from workbook.file.edits import constant_edit, formula_as, formula_edit
from workbook.file.notes import add_notes
from workbook.file.package import BadWorkbook, DefinedName, Package, Sheet, check_target
from workbook.file.sheets import add_sheet, free_name
from workbook.file.values import TOLERANCE, same
from workbook.file.xmlspans import Edit, escaped, spliced
from workbook.formulas.cells import FormulaCell, Masters, formula_cell
from workbook.formulas.lambdas import defined_name
from workbook.formulas.parser import FormulaError, may_call, mentions, parse
from workbook.formulas.tables import Table, spelled_out, tables_of
from workbook.progress import step
from workbook.tasks.handover.sheet import bold_style, rows, sheet_bytes
from workbook.tasks.handover.twins import MODES, NeedsValue, is_single, moves, our_calls, rewrite
from workbook.tasks.recalc import Recalculated, fill

ROUNDING = 1e-13
"""What is left where equal numbers are subtracted, as a share of the largest number on the sheet."""

LONGEST_VALIDATION = 255
"""Characters Excel takes in a data-validation formula."""

LAMBDA_WARNING = (
    "In Protected View (a file from mail or the web) Excel shows #NAME? in cells that call a LAMBDA name until "
    "Enable Editing is pressed, and Excel before 365 shows it always; hand over as formulas to avoid both."
)
SIGNATURE_WARNING = "The file carries a digital signature; the changes break it, so sign the result again."

_LINK = re.compile(r"\[[1-9]\d*\]!")


class HandoverDifference(WorkbookError):
    """The result would not show the same numbers; nothing was written."""


@dataclass(slots=True)
class Replacement:
    """One formula that was replaced.

    where : the cell, or what else held the formula ("name rate", "conditional format A1:A9").
    how : "formula", "lambda" or "value", or "left" for one that could not be replaced.
    """

    sheet: str
    where: str
    how: str
    before: str
    after: str
    value: Value = None
    note: str = ""


@dataclass
class Handover:
    """What `handover` did."""

    out: Path
    mode: str
    replacements: list[Replacement] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    prices: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Plan:
    """What to do with one formula cell: the new formula, or None for its value."""

    formula: FormulaCell
    text: str | None
    array: bool
    note: str


def handover(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    mode: str = "formulas",
    *,
    who: str = "",
    when: datetime | None = None,
) -> Handover:
    """Write a copy of a workbook that needs no add-in and shows the same numbers.

    Parameters
    ----------
    path : the workbook (.xlsx or .xlsm), ours or any other that calls our functions. It is not touched.
    out : the copy.
    mode : "formulas" (native formulas over the same cells, the default), "lambda" (LAMBDA names, Excel 365) or
        "values" (values, each formula kept as a note on its cell).
    who, when : for the sheet "Handover"; by default nobody and now.

    Raises
    ------
    BadWorkbook : the file is no workbook, calls none of our functions, or `out` cannot be written.
    HandoverDifference : the copy would show other numbers. Nothing is written then, nor in any other failure.

    Examples
    --------
    >>> handover("model.xlsx", "model-native.xlsx").proofs                        # doctest: +SKIP
    ['formualizer: 212 formulas before and after, no difference']
    """
    path, out = Path(path), Path(out)
    if mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
    check_target(path, out)
    when = when or datetime.now(UTC)
    with Package(path) as package:
        _check_names(package)
    forced: dict[Key, str] = {}
    for _ in range(3):
        step("recalculating the original", 1, 5)
        session = Session(path, when)
        work = _Work(path, out, mode, session, forced)
        with tempfile.TemporaryDirectory(prefix="breakeven-handover-") as folder:
            draft = Path(folder, "draft" + path.suffix)
            step("replacing the calls", 2, 5)
            work.write(draft)
            session.close()  # before the next one: two engines at a time would take twice the memory
            step("recalculating the copy", 3, 5)
            after = Session(draft, when).result
            step("comparing", 4, 5)
            differences = _differences(session.result, after, work)
            differences = differences or work.prove(draft)
            if not differences:
                step("writing the copy", 5, 5)
                with Package(draft) as package:
                    work.finish(package, after, who, when)
                    package.save(out)
                return work.result
        fresh = {key: reason for key, reason in differences.items() if key in work.replaced and key not in forced}
        if not fresh:
            break
        # A twin does not hold for these arguments: these cells become their values, and the rest is proved again.
        forced |= fresh
    (sheet, cell), reason = next(iter(differences.items()))
    more = f" and {len(differences) - 1} more" if len(differences) > 1 else ""
    raise HandoverDifference(
        f"{path}: the result would differ in {sheet}!{cell} ({reason}){more}. Nothing was written; please report it"
    )


class _Work:
    """One attempt: which cells were replaced, and the result so far."""

    def __init__(
        self,
        path: Path,
        out: Path,
        mode: str,
        session: Session,
        forced: dict[Key, str],
    ) -> None:
        self.path = path
        self.mode = mode
        self.session = session
        self.forced = forced
        self.result = Handover(out, mode)
        self.replaced: set[Key] = set()
        self.tolerance = TOLERANCE
        self._lambdas: set[str] = set()
        self._linked: set[int] = set()
        """Links to other workbooks through which our functions were called: the add-in's."""
        self._names: list[DefinedName] = []
        self._tables: list[Table] = []
        self._priced: dict[tuple[str, ...], str] = {}
        self._checks: Value = None
        """The workbook's own verdict."""

    # replacing

    def write(self, draft: Path) -> None:
        """Write the workbook with every call of ours replaced."""
        with Package(self.path) as package:
            self.rewrite(package)
            package.save(draft)

    def rewrite(self, package: Package) -> None:
        """Replace every call of ours in an opened workbook."""
        self._names = package.defined_names()
        self._tables = tables_of(package)
        for sheet in package.worksheets():
            self._rewrite_cells(package, sheet)
            self._rewrite_rules(package, sheet)
            for table in package.related(sheet.part, "table"):
                self._rewrite_texts(package, table, sheet.name, ("calculatedColumnFormula", "totalsRowFormula"))
        self._rewrite_texts(package, package.workbook_part, "", ("definedName",))
        if not self.result.replacements:
            if not self.session.result.values and not self.session.result.unsupported:
                raise BadWorkbook(self.path, "it holds no formula", "Hand it over as it is")
            raise BadWorkbook(self.path, "none of its formulas calls one of our functions", "Hand it over as it is")
        others = [defined.name for defined in self._names]
        for name in sorted(self._lambdas - {other.upper() for other in others}):
            add_name(package, name, defined_name(name, others), FUNCTIONS[name].summary)
        for number in sorted(self._linked, reverse=True):
            if drop_link(package, number):
                self._linked.discard(number)
        drop_calculation_chain(package)
        recalculate_on_load(package)
        checks = self.session.named_value("out_checks")
        self._checks = None if isinstance(checks, list) else checks

    def _rewrite_cells(self, package: Package, sheet: Sheet) -> None:
        data = package.read(sheet.part)
        edits: list[Edit] = []
        masters: Masters = {}
        notes: dict[str, str] = {}
        replaced_groups = _shared_groups(package, sheet.part, data)
        values: dict[tuple[int, int], Value] = {}  # the further cells of an array that becomes values
        for cell in package.cells(sheet.part, data):
            place = (cell.row, cell.column)
            if cell.formula is None or cell.kind == "dataTable":
                if place in values:
                    edits.append(constant_edit(data, cell, values.pop(place)))
                continue
            formula = formula_cell(cell, masters)
            plan = self._plan(sheet, formula)
            if plan is None:
                if cell.kind == "shared" and cell.formula_attributes.get("si") in replaced_groups:
                    edits.append(formula_as(cell, formula.text))
                continue
            self._note(sheet, plan)
            if plan.text is None or self.mode == "values":
                notes[formula.address] = f"Formula before the hand-over: ={formula.text}"
            if plan.text is None:
                key = (sheet.name, formula.address)
                edits.append(constant_edit(data, cell, self.session.result.values.get(key)))
                for address in addresses(self.session.result.spills.get(key) or formula.area or formula.address)[1:]:
                    top, left, _, _ = corners(address)
                    values[top, left] = self.session.result.values.get((sheet.name, address))
            elif formula.area:
                edits.append(formula_edit(data, cell, plan.text))
            else:
                # Stored as an array formula of one cell where ranges stand for ranges: a plain one would intersect.
                array = f' t="array" ref="{formula.address}"' if plan.array else ""
                edits.append(formula_as(cell, plan.text, array))
        if edits:
            package.replace(sheet.part, spliced(data, edits))
        if notes:
            for address in add_notes(package, sheet.part, notes):
                self.result.warnings.append(
                    f"{sheet.name}!{address} has a threaded comment: its formula is on the sheet Handover only"
                )

    def _plan(self, sheet: Sheet, formula: FormulaCell) -> _Plan | None:
        """What to do with a formula, None when it calls none of our functions."""
        if not may_call(formula.text, FUNCTIONS):
            return None
        key = (sheet.name, formula.address)
        try:
            parsed = parse(formula.text)
        except FormulaError as problem:
            self.result.warnings.append(f"{sheet.name}!{formula.address} cannot be read ({problem}): left as it is")
            return None
        calls = our_calls(parsed)
        if not calls:
            return None
        self.tolerance = max(self.tolerance, *(FUNCTIONS[call.name].twin_tolerance for call in calls))
        row, column = formula.cell.row, formula.cell.column
        self._linked |= {int(call.prefix[1:-2]) for call in calls if _LINK.fullmatch(call.prefix)}
        for call in calls:
            if call.name in ("MODEL_PRICE", "PRICE_SOURCE"):
                self._price(sheet.name, row, column, [parsed.argument(call, n) for n in range(len(call.arguments))])
        if key in self.forced:
            return _Plan(formula, None, False, self.forced[key])
        try:
            new = rewrite(
                spelled_out(formula.text, self._tables, sheet.name, row, column),
                self.mode,
                lambda expression: self.session.value(sheet.name, row, column, expression),
                lambda name: self._is_single(name, sheet.name),
            )
        except NeedsValue as reason:
            return _Plan(formula, None, False, str(reason))
        self._lambdas |= new.lambdas
        return _Plan(formula, new.text, new.array and not formula.area, "; ".join(dict.fromkeys(new.notes)))

    def _note(self, sheet: Sheet, plan: _Plan) -> None:
        address = plan.formula.address
        key = (sheet.name, address)
        self.replaced.add(key)
        how = "value" if plan.text is None or self.mode == "values" else self.mode.removesuffix("s")
        if plan.text == plan.formula.text and not plan.array:
            after = "the same, calling the LAMBDA name"
        else:
            after = "" if plan.text is None else "=" + plan.text
        value = self.session.result.values.get(key)
        if plan.text is None and key not in self.session.result.values:
            raise BadWorkbook(
                self.path,
                f"{sheet.name}!{address} would become its value, which is not known "
                f"({self.session.result.unsupported.get(key, 'no engine gave one')})",
                "Mend that cell first",
            )
        self.result.replacements.append(
            Replacement(sheet.name, address, how, "=" + plan.formula.text, after, value, plan.note)
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
        self._lambdas |= new.lambdas
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
            self._priced[(words, f"{price:g} USD per 1M tokens")] = source

    # proving and finishing

    def prove(self, draft: Path) -> dict[Key, str]:
        """Say what was compared; for LAMBDA names, compare in the engine that knows them too."""
        count = len(self.session.result.values)
        skipped = len(self.session.result.unsupported)
        unknown = f", {skipped} cells it has no value for left out" if skipped else ""
        self.result.proofs.append(f"formualizer: {count:,} cells before and after, no difference{unknown}")
        unproved = sorted(self.replaced & self.session.result.unsupported.keys())
        for sheet, cell in unproved[:20]:
            reason = self.session.result.unsupported[sheet, cell]
            self.result.warnings.append(f"{sheet}!{cell} was replaced without proof: {reason}")
        if len(unproved) > 20:
            self.result.warnings.append(f"{len(unproved) - 20:,} more cells were replaced without proof")
        return self._prove_lambdas(draft) if self._lambdas else {}

    def _prove_lambdas(self, draft: Path) -> dict[Key, str]:
        try:
            computed = recalculate(draft, "ironcalc")
        except (EngineMissing, EngineFailed) as problem:
            self.result.warnings.append(f"The LAMBDA names were not computed by an engine that knows them: {problem}")
            return {}
        wanted = {key: value for key, value in self.session.result.values.items() if key in self.replaced}
        known = {key: value for key, value in wanted.items() if key in computed.values}
        differences = {
            key: f"{_shown(value)} before, {_shown(computed.values[key])} as a LAMBDA in IronCalc"
            for key, value in known.items()
            if not same(value, computed.values[key], self.tolerance)
        }
        self.result.proofs.append(
            f"IronCalc: {len(known):,} of {len(wanted):,} cells with LAMBDA names computed, no difference"
        )
        return differences

    def finish(self, package: Package, after: Recalculation, who: str, when: datetime) -> None:
        """Store the values, add the sheet, and list what the recipient has to know."""
        if self.mode == "lambda":
            self.result.warnings.insert(0, LAMBDA_WARNING)
        if package.has_signature():
            self.result.warnings.insert(0, SIGNATURE_WARNING)
        if self._linked:
            self.result.warnings.append(
                f"The link to the add-in ([{max(self._linked)}]) stays, as other links or formulas stand behind it; "
                "Data, Edit Links, Break Link removes it."
            )
        fill(package, after.values, after.spills, Recalculated(self.result.out))
        self.result.prices = [(f"{words}: {price}", source) for (words, price), source in self._priced.items()]
        lines = rows(self.result, self.path.name, who, when, self._checks)
        add_sheet(package, free_name(package, "Handover"), sheet_bytes(lines, bold_style(package)))


def _check_names(package: Package) -> None:
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


def _shared_groups(package: Package, part: str, data: bytes) -> set[str]:
    """Shared formulas that call a function of ours: their members get a text of their own."""
    if b"shared" not in data:
        return set()
    return {
        cell.formula_attributes.get("si", "")
        for cell in package.cells(part, data)
        if cell.kind == "shared" and cell.formula and may_call(cell.formula, FUNCTIONS)
    }


def _differences(before: Recalculation, after: Recalculation, work: _Work) -> dict[Key, str]:
    """Cells whose value is another one than before, directly replaced ones first."""
    found: dict[Key, str] = {}
    largest: dict[str, float] = {}
    for (sheet, _), value in before.values.items():
        if isinstance(value, float):
            largest[sheet] = max(largest.get(sheet, 0.0), abs(value))
    for key, value in before.values.items():
        if key in after.values:
            if not same(value, after.values[key], work.tolerance, ROUNDING * largest.get(key[0], 0.0)):
                found[key] = f"{_shown(value)} before, {_shown(after.values[key])} after"
        elif key in after.unsupported:
            found[key] = f"{_shown(value)} before, {after.unsupported[key]}"
    return dict(sorted(found.items(), key=lambda item: item[0] not in work.replaced))


def _shown(value: Value) -> str:
    return value.code if isinstance(value, CalcError) else repr(value)


def _where(name: str, path: tuple[str, ...], attributes: dict[str, str]) -> str:
    if name == "definedName":
        return f"name {attributes.get('name', '')}"
    if "dataValidation" in path:
        return "data validation"
    if name in ("calculatedColumnFormula", "totalsRowFormula"):
        return "table column" if name.startswith("c") else "table total"
    return "conditional format"


__all__ = ["Handover", "HandoverDifference", "Replacement", "handover"]
