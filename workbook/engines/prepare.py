"""A workbook as an engine should see it: a copy in memory, mended where the engine differs from Excel.

What no engine can compute (macros, add-ins, links to other files) keeps the value the file stores and is an input
for the rest: its formula is taken out of the copy, its value, and those of the cells it fills, stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import formualizer

from pycalc.registry import FUNCTIONS
from workbook.engines import Key
from workbook.engines.calculation import calculation
from workbook.engines.comparing import compared
from workbook.engines.intersection import intersected
from workbook.engines.lifting import lifted
from workbook.engines.longchains import in_groups
from workbook.engines.mending import mended
from workbook.file.cells import Cell, Value
from workbook.file.edits import formula_as, formula_edit, without_value
from workbook.file.package import Package
from workbook.file.plain import plain_parts
from workbook.file.xmlspans import Edit, escaped, spliced, with_attribute
from workbook.formulas.cells import FormulaCell, Masters, array_children, formula_cell
from workbook.formulas.parser import (
    FormulaError,
    Reference,
    mentions,
    parse,
    rewrite_calls,
    shifted,
    splice,
)
from workbook.formulas.shapes import Template, shape_of
from workbook.formulas.tables import tables_of, without_tables

BLANK_CELL = "$XFD$1048576"
"""The last cell of a sheet stands in for an omitted argument: both take the default."""

AS_SHOWN = "BREAKEVEN_AS_SHOWN"
"""A function of the copy: a number rounded as the cell shows it, for a workbook that calculates so."""

_DEEPEST_NAMES = 8
_DEFAULT_SHEET = "Sheet1"
_UNDEFINED = "it reads the name"


class FormulaInfo(NamedTuple):
    """What is kept of a formula cell while an engine works.

    Not the whole `FormulaCell` with its text: of a hundred thousand formulas that is half of the memory.

    stored : the value the file stores; `has_value` tells a stored blank from none.
    ours : whether it calls a function of ours, directly or through a name.
    input : why its stored value stands for it, "" where an engine computes it.
    """

    address: str
    row: int
    column: int
    template: Template
    area: str
    dynamic: bool
    stored: Value
    has_value: bool
    ours: bool
    input: str
    style: str | None


@dataclass
class Prepared:
    """The formulas of each sheet, what the further cells of array formulas store, and the workbook for the engine, None
    where it is the file as it is.

    placeholders : the file asks to be calculated on opening and stores nothing but zeros: it was written without
        calculating, and none of its formulas has a value.
    """

    formulas: dict[str, list[FormulaInfo]] = field(default_factory=dict)
    children: dict[Key, Value] = field(default_factory=dict)
    data: bytes | None = None
    placeholders: bool = False


def prepare(package: Package, surroundings: Surroundings) -> Prepared:
    """Read every sheet once, and make the copy."""
    found = Prepared()
    changed: dict[str, bytes] = {}
    for sheet in package.worksheets():
        reader = _Sheet(package, sheet.part, sheet.name, surroundings)
        found.formulas[sheet.name] = reader.formulas
        found.children |= reader.stored
        if reader.edits:
            changed[sheet.part] = spliced(reader.data, reader.edits)
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
        found.data = package.dumps(changed)
    return found


class _Sheet:
    """The pass over one sheet."""

    def __init__(self, package: Package, part: str, name: str, surroundings: Surroundings) -> None:
        self.name = name
        self.around = surroundings
        self.data = package.read(part)
        self.edits: list[Edit] = []
        self.formulas: list[FormulaInfo] = []
        self.children: set[tuple[int, int]] = set()
        self.stored: dict[Key, Value] = {}
        strings = package.strings()
        masters: Masters = {}
        for cell in package.cells(part, self.data):
            if cell.formula is None:
                if self.children and (cell.row, cell.column) in self.children:
                    self.stored[name, cell.address] = cell.value(strings)
                    self.edits += without_value(cell)
            elif cell.kind == "dataTable":
                if cell.formula_span:
                    self.edits.append((*cell.formula_span, b""))
            else:
                self.formula(formula_cell(cell, masters), cell.value(strings))

    def formula(self, formula: FormulaCell, stored: Value) -> None:
        cell = formula.cell
        _, template = formula.shape()
        ours, why = self.around.judged(template, self.name)
        has_value = cell.raw not in (None, "") or cell.type in ("str", "inlineStr")
        if self.around.stopped and has_value and not ours:
            why = why or self.around.stopped
        if why.startswith(_UNDEFINED) and not has_value:
            why = ""  # #NAME? is what Excel would show
        info = FormulaInfo(
            formula.address,
            cell.row,
            cell.column,
            template,
            formula.area,
            formula.dynamic,
            stored,
            has_value,
            ours,
            why,
            cell.style,
        )
        self.formulas.append(info)
        if why:
            self.as_input(cell)
            return
        if formula.area:
            self.children.update(array_children(formula.area))
        if (
            self.around.rewrites(template, formula, self.name)
            or self.around.settings.as_shown
            or (formula.area and ":" not in formula.area and not formula.dynamic)
        ):
            self.rewrite(cell, formula)

    def as_input(self, cell: Cell) -> None:
        """The formula goes, the value stays; the other cells of a shared formula get a text of their own."""
        if cell.formula_span:
            self.edits.append((*cell.formula_span, b""))

    def rewrite(self, cell: Cell, formula: FormulaCell) -> None:
        text = formula.text
        new = self.around.prepared(text, self.name, cell.row, cell.column, bool(formula.area))
        digits = self.around.shown_digits(cell.style)
        if digits is not None and not formula.area:
            new = f"{AS_SHOWN}({new},{digits})"
        if formula.area and not formula.dynamic and ":" not in formula.area and cell.formula_span:
            # An old array formula in one cell shows the first element and never spills.
            tag = f"<{cell.prefix}f>{escaped(f'INDEX(({new}),1,1)')}</{cell.prefix}f>"
            self.edits.append((*cell.formula_span, tag.encode()))
        elif cell.kind == "shared":
            self.edits.append(formula_as(cell, new))
        elif new != cell.formula:
            self.edits.append(formula_edit(self.data, cell, new))


class Surroundings:
    """What a formula means by its names and tables, where the engine does not know them.

    The engine resolves names before it knows our functions, refuses a workbook for a name it cannot resolve, and
    loads no tables: names other than those of one cell or one constant are written out where they stand, structured
    references become plain ones.
    """

    def __init__(self, package: Package) -> None:
        self.tables = tables_of(package)
        self._defined = package.defined_names()
        self.names = {(name.sheet, name.name.upper()): name.text for name in self._defined}
        self._left = {name.name.upper() for name in self._defined if name.sheet is None and _is_simple(name.text)}
        self.sheets = {sheet.name.upper(): sheet.name for sheet in package.sheets()}
        self._bare_names = sorted({name for _, name in self.names})
        self._table_names = {table.name.upper() for table in self.tables}
        self._judged: dict[tuple[int, str], tuple[bool, str]] = {}
        self._kept: list[Template] = []
        self._rewrites: dict[tuple[int, str, bool], bool] = {}
        settings = calculation(package)
        self.date1904 = settings.date1904
        self.settings = settings
        self.package = package
        self.stopped = ""
        """Why the engine cannot be given the formulas that have a value; "" where it can."""

    def shown_digits(self, style: str | None) -> int | None:
        """The decimals a cell shows, where the workbook calculates with what is shown."""
        return self.settings.digits.get(int(style or 0)) if self.settings.as_shown else None

    def workbook_part(self, package: Package) -> bytes | None:
        """The workbook part as the engine should see it, None where that is no other.

        Without the names that are written out; and the engine makes a sheet "Sheet1" of its own beside one that is
        called so in other letters, and computes into that.
        """
        edits: list[Edit] = []
        part = package.workbook_part
        data = package.read(part)
        names = package.elements(part, "definedName")
        for element in names:
            name = element.attributes.get("name", "").upper()
            if name.startswith("_XLNM.") or "localSheetId" in element.attributes or name not in self._left:
                edits.append((element.start, element.end, b""))
        if names and len(edits) == len(names):
            whole = package.elements(part, "definedNames")[0]
            edits = [(whole.start, whole.end, b"")]
        for element in package.elements(part, "sheet"):
            name = element.attributes.get("name", "")
            if engine_sheet(name) != name:
                tag = with_attribute(data[element.start : element.tag_end], "name", engine_sheet(name))
                edits.append((element.start, element.tag_end, tag))
        return spliced(data, edits) if edits else None

    # what becomes of a formula

    def judged(self, template: Template, sheet: str) -> tuple[bool, str]:
        """Whether formulas of a template call a function of ours, and why they are inputs, "" where they are not."""
        key = (id(template), sheet)
        known = self._judged.get(key)
        if known is None:
            self._kept.append(template)  # its id stays its own
            known = self._judged[key] = self._judge(template, sheet, 0)
        return known

    def _judge(self, template: Template, sheet: str, depth: int) -> tuple[bool, str]:
        ours = template.ours
        if not template.readable:
            return ours, "it cannot be read"
        foreign = [name for name in template.functions if not self._knows(name, template)]
        why = ""
        if foreign:
            why = f"the embedded engine does not know the function {sorted(foreign)[0]}"
        for reference in template.others:
            if reference.kind == "external":
                why = why or "it reads from another workbook"
            elif reference.kind == "name" and not reference.text.lower().startswith(("_xlpm.", "_xlop.")):
                name_ours, name_why = self._judge_name(reference, sheet, depth)
                ours |= name_ours
                why = why or name_why
        return ours, why

    def _knows(self, name: str, template: Template) -> bool:
        if name in FUNCTIONS:
            return True
        if name in _WRITTEN_OUT:
            return True
        foreign = any("!" in prefix or prefix.upper().startswith(("_XLL.", "_XLUDF.")) for prefix in template.prefixes)
        return not foreign and engine_knows(name)

    def _judge_name(self, reference: Reference, sheet: str, depth: int) -> tuple[bool, str]:
        text = self._meant(reference, sheet)
        if text is None and reference.text.upper() in self._table_names:
            return False, ""
        if text is None:
            return False, f"{_UNDEFINED} {reference.body}, which is not defined"
        if depth > _DEEPEST_NAMES or reference.body.upper() in self._left:
            return False, ""
        ours, why = self._judge(shape_of(text, 1, 1)[1], sheet, depth + 1)
        return ours, f"{why} (through the name {reference.body})" if why else ""

    def _meant(self, reference: Reference, sheet: str) -> str | None:
        name = reference.body.upper()
        home = self.sheets.get((reference.sheet or sheet).upper(), sheet)
        return self.names.get((home, name), self.names.get((None, name)))

    def rewrites(self, template: Template, sample: FormulaCell, sheet: str) -> bool:
        """Whether formulas of a template may read otherwise in the copy, so that each needs a text of its own."""
        key = (id(template), sheet, bool(sample.area))
        known = self._rewrites.get(key)
        if known is None:
            self._kept.append(template)
            known = template.ours or not template.functions.isdisjoint(_DEPENDS_ON_PLACE)
            if not known:
                text = sample.text
                cell = sample.cell
                known = self.prepared(text, sheet, cell.row, cell.column, bool(sample.area)) != text
            self._rewrites[key] = known
        return known

    def prepared(self, text: str, sheet: str, row: int, column: int, array: bool = False) -> str:
        """A formula as the engine should see it in a cell; `array` for an array formula."""
        text = self.native(text, sheet, row, column)
        text = mended(text, self.package, sheet)
        if not array:
            text = intersected(text, row, column)
        return in_groups(with_our_calls(compared(lifted(text, array), array)))

    def native(self, text: str, sheet: str, row: int, column: int) -> str:
        """A formula with its names and tables written as cells."""
        return without_tables(self._written_out(text, sheet, row, column), self.tables, sheet, row, column)

    def _written_out(self, text: str, sheet: str, row: int, column: int) -> str:
        for _ in range(_DEEPEST_NAMES):
            if not self.names or not mentions(text, self._bare_names):
                break
            edits = []
            try:
                for reference in parse(text).references():
                    if reference.kind == "name" and (reference.sheet or not self._stays(reference, sheet)):
                        meant = self._meant(reference, sheet)
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
        return name in self._left and (sheet, name) not in self.names


def engine_sheet(name: str) -> str:
    """A sheet's name in the engine's copy."""
    return _DEFAULT_SHEET if name.lower() == _DEFAULT_SHEET.lower() else name


def _is_simple(text: str) -> bool:
    """One cell of one sheet, or one constant: names of these the engine resolves as Excel does."""
    try:
        formula = parse(text)
    except FormulaError:
        return False
    tokens = [token for token in formula.tokens if token.kind != "space"]
    if len(tokens) != 1:
        return False
    if tokens[0].kind in ("number", "text", "logical"):
        return True
    references = formula.references()
    return (
        len(references) == 1
        and references[0].kind == "cell"
        and ":" not in (references[0].sheet or ":")
        and (references[0].body.count("$") == 2)
    )


@cache
def engine_knows(name: str) -> bool:
    """Whether the embedded engine has a function: it answers #NAME? to newer ones, add-ins, macros, LAMBDA names."""
    probe = formualizer.Workbook()
    try:
        probe.sheet("Probe").set_formula(1, 1, f"={name}()")
        probe.evaluate_all()
    except (formualizer.ExcelEvaluationError, RuntimeError):
        return False
    answer = probe.get_value("Probe", 1, 1)
    return not (type(answer) is dict and answer.get("kind") == "Name")


_WRITTEN_OUT = frozenset(("SINGLE",))
_DEPENDS_ON_PLACE = frozenset(("SUBTOTAL", "AGGREGATE", "ISFORMULA", "FORMULATEXT"))
"""Functions whose mending differs between cells of one template."""


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


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({','.join(argument or BLANK_CELL for argument in arguments)})"
