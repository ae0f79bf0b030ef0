"""formualizer, the embedded engine: a Rust library that computes native formulas and calls ours by name.

What the engine does differently from Excel is mended in a copy in memory before it sees the file: omitted
arguments of our functions (it passes 0), our names with a workbook in front (`[1]!PE_MONTHLY`),
`_xlfn.SINGLE`, and the stored cells of array formulas, which would stand in the way of the spill.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

# What the engine frees goes back to the system: its allocator (jemalloc) would keep it for ten seconds and longer.
os.environ.setdefault("_RJEM_MALLOC_CONF", "retain:false,dirty_decay_ms:100,muzzy_decay_ms:0")

import formualizer

import pycalc  # noqa: F401 - files the functions in the registry
from pycalc.errors import CalcError, from_code
from pycalc.registry import FUNCTIONS
from pycalc.registry.definition import Function
from workbook.engines import EngineFailed, Key, Recalculation
from workbook.engines.longchains import in_groups
from workbook.file.addresses import area_of, column_letters, corners, row_and_column
from workbook.file.cells import Value
from workbook.file.edits import formula_edit, without_value
from workbook.file.package import Package
from workbook.file.xmlspans import Edit, escaped, spliced
from workbook.formulas.cells import LARGEST_ARRAY, Masters, array_children, array_size, formula_cell, formula_cells
from workbook.formulas.parser import (
    FormulaError,
    as_meant,
    may_call,
    mentions,
    parse,
    rewrite_calls,
    shifted,
    splice,
    split_name,
)
from workbook.formulas.tables import tables_of, without_tables

BLANK_CELL = "$XFD$1048576"
"""The last cell of a sheet stands in for an omitted argument: both take the default."""

_CODES = {
    "Na": "#N/A",
    "Num": "#NUM!",
    "Value": "#VALUE!",
    "Div": "#DIV/0!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
}
_ERRORS = {kind: from_code(code) for kind, code in _CODES.items()}
_KINDS = {code: kind for kind, code in _CODES.items()}
_REFUSALS = {
    "Circ": "it is part of a circular reference",
    "NImpl": "the engine does not do what it asks",
    "Error": "the engine cannot read it",
    "Cancelled": "the engine gave up on it",
}
_NAME_BEFORE_BRACKET = re.compile(r"(?<![\w.!\]])([A-Za-z_\\][\w.\\]*)\(")
_LARGEST_CLOSURE = 1_000_000
_SCRATCH_COLUMN = 16_000
_SEEN = "BREAKEVEN_SEES_THE_VALUE"
"""A function that hands an expression's value to Python."""
_DEEPEST_NAMES = 8


class _Formula(NamedTuple):
    """What is kept of a formula cell while the engine works; `names` are the functions it calls.

    Not the whole `FormulaCell` with its text: of a hundred thousand formulas that is half of the memory.
    """

    address: str
    names: frozenset[str]
    area: str
    dynamic: bool


def recalculate(path: str | os.PathLike[str]) -> Recalculation:
    """Recalculate a workbook file; see `workbook.engines.recalculate`."""
    return Session(path).result


class Session:
    """A workbook loaded and recalculated: its `result`, and the values of further expressions in it.

    `clock` is the moment NOW() and TODAY() tell, for two recalculations that are to be compared.
    """

    def __init__(self, path: str | os.PathLike[str], clock: datetime | None = None) -> None:
        self.result = Recalculation()
        self._clock = clock
        self._surroundings: _Surroundings
        self._defined: set[str] = set()
        self._seen: list[Any] = []
        self.first_sheet = ""
        try:
            with _panics(path):
                self._load(path, set())
        except formualizer.ExcelEvaluationError as problem:
            # One formula with a link to a file that is not there stops the engine for the whole workbook.
            with Package(path) as package:
                linked = _linked_cells(package)
            if not linked:
                raise EngineFailed(f"{path}: the embedded engine stopped: {problem}") from None
            with _panics(path):
                self._load(path, linked)

    def close(self) -> None:
        """Free the engine, which takes more memory than the file; `result` stays."""
        del self._book
        with suppress(AttributeError, OSError, TypeError):  # the C library of Linux, which keeps what was freed
            import ctypes

            ctypes.CDLL(None).malloc_trim(0)

    def value(self, sheet: str, row: int, column: int, expression: str) -> Value | list[list[Value]]:
        """What an expression gives, read as a formula of that cell; an array as its rows.

        Raises `EngineFailed` where the engine has no value.
        """
        place = (sheet, row, _SCRATCH_COLUMN)
        text = self._surroundings.prepared(expression, sheet, row, column)
        self._seen.clear()
        try:
            self._book.set_formula(*place, f"={_SEEN}({text})")
            _evaluate(self._book.evaluate_cell, *place)
        except (formualizer.ExcelEvaluationError, RuntimeError) as problem:  # it cannot be read, or not computed
            raise EngineFailed(str(problem)) from None
        finally:
            self._book.set_value(*place, None)
        if not self._seen:
            raise EngineFailed("the engine cannot read it")
        seen = self._seen[-1]
        value = [[_value(cell) for cell in line] for line in seen] if isinstance(seen, list) else _value(seen)
        cells = [cell for line in value for cell in line] if isinstance(value, list) else [value]
        refusal = next((cell for cell in cells if isinstance(cell, _Refusal)), None)
        if refusal:
            raise EngineFailed(refusal.reason)
        return value

    def what_if(self, constants: Mapping[Key, Value], wanted: Iterable[Key]) -> dict[Key, Value]:
        """The values of some cells with other constants in place; afterwards the workbook is as it was.

        Cells without a value are left out. The constants must not stand where the workbook has formulas.
        """
        before = {}
        try:
            for (sheet, address), value in constants.items():
                place = (sheet, *row_and_column(address))
                before[place] = self._book.get_value(*place)
                self._book.set_value(*place, None if value is None else _returned(value))
            _evaluate(self._book.evaluate_all)
            found = {}
            for sheet, address in wanted:
                value = _value(self._book.get_value(sheet, *row_and_column(address)))
                if not isinstance(value, _Refusal):
                    found[sheet, address] = value
            return found
        except formualizer.ExcelEvaluationError as problem:
            raise EngineFailed(str(problem)) from None
        finally:
            for place, value in before.items():
                self._book.set_value(*place, value)
            _evaluate(self._book.evaluate_all)

    def _see(self, value: Any) -> float:
        self._seen.append(value)
        return 0.0

    def named_value(self, name: str) -> Value | list[list[Value]]:
        """What a defined name stands for; None where the workbook has no such name."""
        if name.upper() not in self._defined:
            return None
        return self.value(self.first_sheet, 1, 1, name)

    def _load(self, path: str | os.PathLike[str], dropped: set[Key], omitted: frozenset[str] = frozenset()) -> None:
        found, changed = self._read_file(path, dropped, omitted)
        try:
            book = formualizer.load_workbook(str(path)) if changed is None else formualizer.load_workbook_bytes(changed)
        except OSError as problem:
            raise EngineFailed(f"{path}: the embedded engine cannot load it: {problem}") from None
        unusable = frozenset(str(found["name"]).upper() for found in book.name_import_diagnostics) - omitted
        if unusable:
            self._load(path, dropped, omitted | unusable)
            return
        self._book = book
        register(book)
        # An array as an argument, not spilled: a spill does not fill cells that were written to before.
        book.register_function(_SEEN, self._see)
        book.set_temporal_egress("serial")
        if self._clock is not None:
            book.set_deterministic_clock(self._clock)
        _evaluate(book.evaluate_all)
        _intersect(path, book, found, self._surroundings)
        for name, formulas in found.items():
            for formula in formulas:
                _read(book, name, formula, self.result)
        for key in dropped:
            self.result.unsupported[key] = "it reads from another workbook whose values are not stored here"
        _mark_unknown_functions(book, found, self.result)

    def _read_file(
        self, path: str | os.PathLike[str], dropped: set[Key], omitted: frozenset[str]
    ) -> tuple[dict[str, list[_Formula]], bytes | None]:
        """The formulas by sheet, and the file as the engine should see it when that differs."""
        found: dict[str, list[_Formula]] = {}
        with Package(path) as package:
            self._surroundings = _Surroundings(package, omitted)
            self._defined = {name.name.upper() for name in package.defined_names() if name.sheet is None}
            self.first_sheet = package.sheets()[0].name
            for sheet in package.worksheets():
                formulas, data = _prepare_sheet(package, sheet.part, sheet.name, dropped, self._surroundings)
                found[sheet.name] = formulas
                if data is not None:
                    package.replace(sheet.part, data)
            return found, package.dumps() if package.changed else None


def evaluate(formula: str) -> Value | list[list[Value]]:
    """The value of one formula without a workbook, such as "=FT_BREAKEVEN(2095.33,315,9)".

    An array gives its rows. Raises `FormulaError` where the formula cannot be read.
    """
    text = in_groups(_prepared(formula.strip().removeprefix("=")))
    parse(text)
    book = formualizer.Workbook()
    errors: list[CalcError] = []
    register(book, errors)
    book.set_temporal_egress("serial")
    book.sheet("Sheet1").set_formula(1, 1, "=" + text)
    _evaluate(book.evaluate_all)
    _, _, last_row, last_column = _spill(book, "Sheet1", "A1") or (1, 1, 1, 1)
    rows = [
        [_with_message(_value(book.get_value("Sheet1", row, column)), errors) for column in range(1, last_column + 1)]
        for row in range(1, last_row + 1)
    ]
    return rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]


def _with_message(value: Any, errors: list[CalcError]) -> Value:
    """The engine hands on the error value alone; the error one of ours gave carries the message."""
    if isinstance(value, _Refusal):
        raise FormulaError(value.reason)
    return next((error for error in errors if error == value), value)


def register(book: formualizer.Workbook, errors: list[CalcError] | None = None) -> None:
    """Give a formualizer workbook every function of ours; `errors` collects what they raise."""
    for name, function in FUNCTIONS.items():
        book.register_function(name, adapter(function, errors))


def adapter(function: Function, errors: list[CalcError] | None = None) -> Callable[..., Any]:
    """The function as formualizer calls it: errors come and go as dicts, ranges as lists of lists."""
    call = function.call

    def callback(*args: Any) -> Any:
        try:
            result = call(*args)
            if type(result) is float:
                return result
        except CalcError as error:
            result = error
        except _STOPS as stop:
            _stopped.append(stop)
            raise
        if any(_holds_error(value) for value in args):
            try:
                result = call(*[_with_errors(value) for value in args])
            except CalcError as error:
                result = error
        if errors is not None:
            rows = result if isinstance(result, list) else [[result]]
            errors.extend(cell for row in rows for cell in row if isinstance(cell, CalcError))
        return _returned(result)

    return callback


_STOPS = (KeyboardInterrupt, MemoryError)
_stopped: list[BaseException] = []
"""The engine makes #VALUE! of whatever a function of ours raises. These end the work; see `_evaluate`."""


def _evaluate(work: Callable[..., Any], *place: Any) -> None:
    """Have the engine work, and raise what stopped a function of ours meanwhile."""
    _stopped.clear()
    work(*place)
    if _stopped:
        raise _stopped.pop(0)


def _holds_error(value: Any) -> bool:
    if type(value) is list:
        return any(type(cell) is dict for row in value for cell in row)
    return type(value) is dict


def _with_errors(value: Any) -> Any:
    if type(value) is list:
        return [[_with_errors(cell) for cell in row] for row in value]
    return _ERRORS.get(value.get("kind", ""), from_code("#VALUE!")) if type(value) is dict else value


def _returned(result: Any) -> Any:
    if isinstance(result, CalcError):
        return {"type": "Error", "kind": _KINDS.get(result.code, "Value")}
    if isinstance(result, list):
        return [[_returned(cell) for cell in row] if isinstance(row, list) else [_returned(row)] for row in result]
    return "" if result is None else result


class _Refusal:
    """In place of a value: the engine has none."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _value(raw: Any) -> Any:
    """A value as formualizer gives it, in our convention."""
    kind = type(raw)
    if kind is float or kind is str or kind is bool or raw is None:
        return raw
    if kind is int:
        return float(raw)
    if kind is dict:
        error = _ERRORS.get(raw.get("kind", ""))
        return error or _Refusal(_REFUSALS.get(raw.get("kind", ""), "the engine has no value for it"))
    if kind is list:
        return _value(raw[0][0])
    return _Refusal(f"the engine gave a {kind.__name__}")


# from the file to the engine


def _prepare_sheet(
    package: Package, part: str, sheet: str, dropped: set[Key], surroundings: _Surroundings
) -> tuple[list[_Formula], bytes | None]:
    """The sheet's formulas, and its part as the engine should see it when that differs."""
    data = package.read(part)
    edits: list[Edit] = []
    formulas: list[_Formula] = []
    kept: dict[frozenset[str], frozenset[str]] = {}  # one set for all formulas that call the same functions
    children: set[tuple[int, int]] = set()
    masters: Masters = {}
    for cell in package.cells(part, data):
        if cell.formula is None:
            if (cell.row, cell.column) in children:
                edits += without_value(cell)
            continue
        if cell.kind == "dataTable" and cell.formula_span:
            edits.append((*cell.formula_span, b""))
            continue
        formula = formula_cell(cell, masters)
        if (sheet, formula.address) in dropped and cell.formula_span:
            edits.append((*cell.formula_span, b""))
            continue
        names = frozenset(_NAME_BEFORE_BRACKET.findall(formula.text))
        formulas.append(_Formula(formula.address, kept.setdefault(names, names), formula.area, formula.dynamic))
        if formula.area:
            children.update(array_children(formula.area))
        if cell.formula:
            text = surroundings.prepared(cell.formula, sheet, cell.row, cell.column)
            if formula.area and not formula.dynamic and ":" not in formula.area and cell.formula_span:
                # An old array formula in one cell shows the first element and never spills.
                new = f"<{cell.prefix}f>{escaped(f'INDEX(({text}),1,1)')}</{cell.prefix}f>"
                edits.append((*cell.formula_span, new.encode()))
            elif text != cell.formula:
                edits.append(formula_edit(data, cell, text))
    return formulas, spliced(data, edits) if edits else None


class _Surroundings:
    """What a formula means by its names and tables, where the engine does not know them.

    It resolves names before it knows our functions, leaves out some others, which it lists, and loads no tables:
    such names are written out where they stand, structured references become plain ones.
    """

    def __init__(self, package: Package, omitted: Container[str] = ()) -> None:
        self.tables = tables_of(package)
        self.names = {
            (name.sheet, name.name.upper()): f"({name.text})"
            for name in package.defined_names()
            if may_call(name.text, FUNCTIONS) or "[" in name.text or name.name.upper() in omitted
        }
        self._bare_names = [name for _, name in self.names]

    def prepared(self, text: str, sheet: str, row: int, column: int) -> str:
        """A formula as the engine should see it in a cell."""
        text = self._written_out(as_meant(text), sheet, row, column)
        return in_groups(_prepared(without_tables(text, self.tables, sheet, row, column)))

    def _written_out(self, text: str, sheet: str, row: int, column: int) -> str:
        for _ in range(_DEEPEST_NAMES):
            if not self.names or not mentions(text, self._bare_names):
                break
            edits = []
            try:
                for reference in parse(text).references():
                    if reference.kind == "name":
                        name = reference.body.upper()
                        meant = self.names.get((reference.sheet or sheet, name)) or self.names.get((None, name))
                        if meant:
                            edits.append((reference.start, reference.end, shifted(meant, row - 1, column - 1)))
            except FormulaError:
                break
            if not edits:
                break
            text = splice(text, edits)
        return text


def _prepared(text: str) -> str:
    """A formula as the engine should see it; unchanged where it cannot be taken apart."""
    single = "SINGLE(" in text.upper()
    if not single and not may_call(text, FUNCTIONS):
        return text
    try:
        if single:
            formula = parse(text)
            text = splice(
                text,
                [(c.start, c.start + len(c.prefix) + 7, "@(") for c in formula.calls if c.name == "SINGLE"],
            )
        return rewrite_calls(parse(text), FUNCTIONS, lambda call, arguments: _call(call.name, arguments))
    except FormulaError:
        return text


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({','.join(argument or BLANK_CELL for argument in arguments)})"


@contextmanager
def _panics(path: str | os.PathLike[str]) -> Iterator[None]:
    """A failure inside the engine's own code comes as no ordinary exception."""
    try:
        yield
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":
            raise
        raise EngineFailed(f"{path}: the embedded engine failed on this workbook ({problem})") from None


def _linked_cells(package: Package) -> set[Key]:
    """Formula cells that read from another workbook."""
    linked: set[Key] = set()
    for sheet in package.worksheets():
        for formula in formula_cells(package, sheet.part):
            if "[" in formula.text:
                try:
                    kinds = {reference.kind for reference in parse(formula.text).references()}
                except FormulaError:
                    continue
                if "external" in kinds:
                    linked.add((sheet.name, formula.address))
    return linked


# from the engine to values


def _intersect(
    path: str | os.PathLike[str],
    book: formualizer.Workbook,
    found: dict[str, list[_Formula]],
    surroundings: _Surroundings,
) -> None:
    """Formulas that are no array formulas show one value: what spilled is evaluated again with `@`."""
    spilled: dict[str, set[str]] = {}
    for sheet, formulas in found.items():
        for formula in formulas:
            if formula.area:
                continue
            raw = book.get_value(sheet, *row_and_column(formula.address))
            blocked = type(raw) is dict and raw.get("kind") == "Spill"
            if blocked or _spill(book, sheet, formula.address) is not None:
                spilled.setdefault(sheet, set()).add(formula.address)
    if not spilled:
        return
    with Package(path) as package:
        for part in package.worksheets():
            addresses = spilled.get(part.name, ())
            for whole in formula_cells(package, part.part) if addresses else ():
                if whole.address in addresses:
                    row, column = whole.cell.row, whole.cell.column
                    text = surroundings.prepared(whole.text, part.name, row, column)
                    book.set_formula(part.name, row, column, f"=@({text})")
    _evaluate(book.evaluate_all)


def _spill(book: formualizer.Workbook, sheet: str, address: str) -> tuple[int, int, int, int] | None:
    quoted = "'" + sheet.replace("'", "''") + "'"
    spill = book.inspect_cell(f"{quoted}!{address}", include_values=False).cell.spill
    if spill is None or spill.extent is None or spill.kind != formualizer.SpillRoleKind.Anchor:
        return None
    return corners(spill.extent.rpartition("!")[2])


def _read(book: formualizer.Workbook, sheet: str, formula: _Formula, result: Recalculation) -> None:
    row, column = row_and_column(formula.address)
    value = _value(book.get_value(sheet, row, column))
    key = (sheet, formula.address)
    if isinstance(value, _Refusal):
        result.unsupported[key] = value.reason
        return
    result.values[key] = value
    if not formula.area:
        return
    if array_size(formula.area) > LARGEST_ARRAY:
        result.values.pop(key)
        result.unsupported[key] = f"its array formula claims {array_size(formula.area):,} cells"
        return
    spill = _spill(book, sheet, formula.address) or (row, column, row, column)
    if formula.dynamic:
        result.spills[key] = area_of(*spill)
        covered = spill
    else:
        covered = corners(formula.area)
    tall, wide = spill[2] - spill[0] + 1, spill[3] - spill[1] + 1
    for below in range(covered[2] - covered[0] + 1):
        for right in range(covered[3] - covered[1] + 1):
            if below == right == 0:
                continue
            # In an old array formula a single row or column repeats, and what is left over is #N/A.
            source = (0 if tall == 1 else below, 0 if wide == 1 else right)
            child: Any = _ERRORS["Na"]
            if source[0] < tall and source[1] < wide:
                child = _value(book.get_value(sheet, row + source[0], column + source[1]))
            if not isinstance(child, _Refusal):
                result.values[(sheet, column_letters(column + right) + str(row + below))] = child


def _mark_unknown_functions(
    book: formualizer.Workbook, found: dict[str, list[_Formula]], result: Recalculation
) -> None:
    """Cells that call a function the engine lacks have no value, nor have the cells that read them."""
    users: dict[str, list[Key]] = {}
    for sheet, formulas in found.items():
        for formula in formulas:
            for name in formula.names:
                users.setdefault(split_name(name)[1], []).append((sheet, formula.address))
    for name in unknown_functions(users):
        reason = f"the engine does not know the function {name}"
        for key in users[name]:
            for dependent in _dependents(book, key):
                if dependent in result.values or dependent == key:
                    result.values.pop(dependent, None)
                    result.unsupported.setdefault(dependent, reason)


def unknown_functions(names: Iterable[str]) -> list[str]:
    """Functions, not ours, that the engine answers with #NAME?: newer ones, add-ins, macros, LAMBDA names."""
    candidates = [name for name in names if name not in FUNCTIONS and name != "SINGLE"]
    probe = formualizer.Workbook()
    sheet = probe.sheet("Probe")
    for row, name in enumerate(candidates, 1):
        sheet.set_formula(row, 1, f"={name}()")
    probe.evaluate_all()
    answers = (probe.get_value("Probe", row, 1) for row in range(1, len(candidates) + 1))
    return [
        name
        for name, answer in zip(candidates, answers, strict=True)
        if type(answer) is dict and answer.get("kind") == "Name"
    ]


def _dependents(book: formualizer.Workbook, key: Key) -> list[Key]:
    """A cell and every cell that reads from it, however indirectly."""
    seen = {key}
    waiting = [key]
    while waiting:
        sheet, address = waiting.pop()
        quoted = "'" + sheet.replace("'", "''") + "'"
        report = book.dependents(f"{quoted}!{address}", max_results=_LARGEST_CLOSURE, max_work=_LARGEST_CLOSURE * 100)
        for dependent in report.dependents:
            name, _, cell = dependent.cell.rpartition("!")
            found = (name.strip("'").replace("''", "'"), cell.replace("$", ""))
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return list(seen)
