"""formualizer, the embedded engine: a Rust library that computes native formulas and calls ours by name.

What the engine does differently from Excel is mended in a copy in memory before it sees the file: `prepare`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import formualizer

from pycalc.errors import CalcError, from_code
from workbook.engines import EngineFailed, Key, Recalculation
from workbook.engines.adapter import Refusal, evaluating, register, value_of, with_ranges
from workbook.engines.asking import Asked, Expressions
from workbook.engines.columns import Columns
from workbook.engines.filing import filed
from workbook.engines.loading import give_back, loaded, panics
from workbook.engines.mending import POINTED
from workbook.engines.prepare import FormulaInfo, prepare
from workbook.engines.reading import (
    filled_by_arrays,
    intersect,
    placed,
    put,
    read_texts_as_numbers,
    read_values,
    set_values,
    spilling,
)
from workbook.engines.surroundings import Surroundings, engine_sheet
from workbook.file import my_prices
from workbook.file.addresses import column_letters, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.saving import Filed

if TYPE_CHECKING:
    from workbook.engines.proving import Worked

READS_A_HOLE = "it reads a cell without a value"
Proved = Mapping[str, "Worked"] | None


def recalculate(source: Package) -> Recalculation:
    """Recalculate a workbook; see `workbook.engines.recalculate`."""
    return Session(source).result


class Session:
    """A workbook loaded and recalculated: its `result`, and the values of further expressions in it.

    `errors` are the first of each code that a function of ours gave. `clock` is the moment NOW() and TODAY() tell, for
    two recalculations that are to be compared. `formulas` is what is known of each formula cell, by sheet, under
    `known` keys where there are any already. `proved` are sheets that were worked out (`proving`): their formulas are
    left out.
    """

    def __init__(
        self, package: Package, clock: datetime | None = None, proved: Proved = None, known: Iterable[Key] = ()
    ) -> None:
        self._clock = clock
        self.proved = proved or {}
        self._held: dict[tuple[str, int, int], str] = {}
        self.errors: dict[str, CalcError] = {}
        self.supplied: dict[Key, Value] = {}
        self._result: Recalculation | None = None
        self._package = package
        self.surroundings = Surroundings(package)
        self._expressions = Expressions(package, self.surroundings, frozenset(self.proved))
        self.first_sheet = package.sheets()[0].name
        prepared = prepare(package, self.surroundings, self.proved, known)
        self.formulas = prepared.formulas
        self.children = prepared.children
        self.placeholders = prepared.placeholders
        self._columns = prepared.columns
        self._data = prepared.data

    @property
    def result(self) -> Recalculation:
        """What the engine made of the workbook; it is loaded when this is asked first."""
        return self._result or self._load()

    @property
    def _engine(self) -> formualizer.Workbook:
        if self._result is None:
            self._load()
        return self._book

    def computes(self, key: Key) -> bool:
        """Whether a formula cell has the value that the engine makes of its formula: none held or from elsewhere."""
        place = (engine_sheet(key[0]), *row_and_column(key[1]))
        elsewhere = key[0] in self.proved or key in self.supplied or key in self.result.unsupported
        return not elsewhere and place not in self._held

    def close(self) -> None:
        """Free the engine, which takes more memory than the file; `result` stays."""
        self.__dict__.pop("_book", None)  # it is not there where nothing was asked of it
        give_back()

    def value(self, sheet: str, row: int, column: int, expression: str) -> Value | list[list[Value]]:
        """What an expression gives, read as a formula of that cell; an array as its rows.

        Raises `EngineFailed` where the engine has no value.
        """
        return self._expressions.value(self._engine, (sheet, row, column, expression))

    def values(self, asked: Iterable[Asked]) -> dict[Asked, Value | list[list[Value]]]:
        """The values of many expressions that are no single cells, computed together; without those the engine fails
        on."""
        return self._expressions.values(self._engine, asked)

    def what_if(
        self,
        constants: Mapping[Key, Value],
        wanted: Iterable[Key],
        moved: dict[Key, Value] | None = None,
        last: bool = True,
    ) -> dict[Key, Value]:
        """The values of some cells with other constants in place; afterwards the workbook is as it was.

        Cells without a value are left out. The constants must not stand where the workbook has formulas.

        last : whether the workbook is calculated afterwards; not where other constants follow.
        """
        if moved is None:
            moved = self._moved([constants])[0]
        if moved is None:
            return self._unproved.what_if(constants, wanted)
        before = self._put({**constants, **self._held_by_engine(moved)})
        try:
            evaluating(self._engine.evaluate_all)
            found = {}
            for key in wanted:
                value = value_of(self._engine.get_value(engine_sheet(key[0]), *row_and_column(key[1])))
                if key[0] in self.proved:
                    known = moved if key in moved else constants
                    found[key] = known[key] if key in known else self.proved[key[0]].value(key[1])
                elif not isinstance(value, Refusal):
                    found[key] = value
            return found
        except formualizer.ExcelEvaluationError as problem:
            raise EngineFailed(str(problem)) from None
        finally:
            self._put_back(before, last)

    def what_ifs(self, variants: Sequence[Mapping[Key, Value]], wanted: Sequence[Key]) -> Iterator[dict[Key, Value]]:
        """The same for one set of constants after the other; nothing where the engine fails on one."""
        iterates = self.surroundings.settings.delta > 0  # and what it comes to may depend on where it began
        try:
            for constants, moved in zip(variants, self._moved(variants), strict=True):
                try:
                    yield self.what_if(constants, wanted, moved, iterates)
                except EngineFailed:
                    yield {}
        finally:
            evaluating(self._engine.evaluate_all)

    def _moved(self, variants: Sequence[Mapping[Key, Value]]) -> list[dict[Key, Value] | None]:
        """The cells of sheets worked out elsewhere that show something else with other constants in place; None where
        that cannot be told."""
        found: list[dict[Key, Value] | None] = [{} for _ in variants]
        for sheet in self.proved.values():
            for number, moved in enumerate(sheet.moved(variants)):
                known = found[number]
                found[number] = None if known is None or moved is None else known | moved
        return found

    @cached_property
    def _unproved(self) -> Session:
        """The same workbook with every formula in the engine."""
        package = self._package if self._package.changed else Package(self._package.path)  # it may be closed by now
        return Session(package, self._clock)

    def _held_by_engine(self, moved: Mapping[Key, Value]) -> dict[Key, Value]:
        return {key: value for key, value in moved.items() if row_and_column(key[1])[1] in self._columns[key[0]]}

    def values_with(self, constants: Mapping[Key, Value]) -> dict[Key, Value] | None:
        """Every formula's value with other constants in place, None where only loading that workbook can tell: where
        the engine has no value for a formula, or a formula fills other cells than before."""
        if self.result.unsupported or self._held:
            return None
        moved = self._moved([constants])[0]
        if moved is None:
            return None
        filled = list(filled_by_arrays(self._book, self.formulas))
        before = self._put({**constants, **self._held_by_engine(moved)})
        found = Recalculation()
        try:
            evaluating(self._engine.evaluate_all)
            if any(spilling(self._book, self.formulas)) or filled != list(filled_by_arrays(self._book, self.formulas)):
                return None
            for sheet, formulas in self.formulas.items():
                read_values(self._book, sheet, formulas, found)
            asks_again = from_code("#VALUE!") in found.values.values()  # `read_texts_as_numbers`
            return None if found.unsupported or asks_again else found.values
        except formualizer.ExcelEvaluationError:
            return None
        finally:
            self._put_back(before)

    def _put(self, constants: Mapping[Key, Value]) -> dict[tuple[str, int, int], Any]:
        """Constants in place of others, and what stood there, as the engine has it."""
        before = {}
        for sheet, address in constants:
            place = (engine_sheet(sheet), *row_and_column(address))
            before[place] = self._engine.get_value(*place)
        set_values(self._engine, placed(constants))
        return before

    def _put_back(self, before: Mapping[tuple[str, int, int], Any], last: bool = True) -> None:
        set_values(self._engine, before)
        if last:
            evaluating(self._engine.evaluate_all)

    # holding cells at a value, to see what the others make of it

    def hold(self, values: Mapping[Key, Value]) -> None:
        """Put values in place of formulas until they are released."""
        for sheet, address in values:
            place = (engine_sheet(sheet), *row_and_column(address))
            if place not in self._held:
                self._held[place] = self._engine.get_formula(*place) or ""
        set_values(self._engine, placed(values))

    def release(self, keys: Iterable[Key]) -> None:
        """Let formulas compute again."""
        for sheet, address in keys:
            place = (engine_sheet(sheet), *row_and_column(address))
            formula = self._held.pop(place, "")
            if formula:
                self._engine.set_formula(*place, formula if formula.startswith("=") else "=" + formula)

    def again(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Evaluate once more, and the values some cells have now; those without one are left out."""
        evaluating(self._engine.evaluate_all)
        found: dict[Key, Value] = {}
        for key in keys:
            value = value_of(self._engine.get_value(engine_sheet(key[0]), *row_and_column(key[1])))
            if not isinstance(value, Refusal) and value is not None:
                found[key] = value
        return found

    def put(self, formulas: Iterable[tuple[FormulaInfo, str]], values: Mapping[Key, Value]) -> None:
        """Put other formulas, as the engine should see them, and values in place of formulas."""
        give_back()  # what writing the copy took
        try:
            put(self._engine, formulas, values)
        except (formualizer.ExcelEvaluationError, RuntimeError) as problem:
            raise EngineFailed(str(problem)) from None

    def columns(self, sheet: str, rows: Sequence[int]) -> Columns:
        """What the engine has in some lines of a sheet."""
        return Columns(self._engine, self._package, sheet, rows)

    def failing(self, formulas: Iterable[FormulaInfo]) -> Iterator[FormulaInfo]:
        """Those that give #VALUE! now."""
        for info in formulas:
            raw = self._book.get_value(engine_sheet(info.key[0]), info.row, info.column)
            if type(raw) is dict and raw.get("kind") == "Value":
                yield info

    def differing(self, formulas: Sequence[FormulaInfo], apart: Container[Key]) -> Iterator[FormulaInfo]:
        """Those of a sheet that do not give the number they store now, or are of those apart."""
        sheet, get = engine_sheet(formulas[0].key[0]) if formulas else "", self._book.get_value
        for info in formulas:
            key, row, column, stored, has_value, like = info
            if (
                type(stored) is not float
                or get(sheet, row, column) != stored
                or not has_value
                or like.area
                or like.input
                or key in apart
            ):
                yield info

    def given(self, formulas: Iterable[FormulaInfo]) -> Recalculation:
        """What some formulas give now."""
        result = Recalculation()
        for sheet, infos in groupby(formulas, lambda info: info.key[0]):
            read_values(self._book, sheet, infos, result)
        return result

    def local(self, sheet: str, info: FormulaInfo, text: str) -> Value | None:
        """What a cell's formula gives from the values the cells around it have now; None where nothing."""
        place, own = (engine_sheet(sheet), info.row, self._expressions.beyond(sheet) + 1), (info.row, info.column)
        prepared = self.surroundings.prepared(text, sheet, *own, bool(info.like.area), own)
        digits = self.surroundings.shown_digits(info.like.style)
        try:
            self._engine.set_formula(*place, f"=@({prepared})")
            evaluating(self._engine.evaluate_all)  # asked for one cell, it goes through the whole workbook
            value = value_of(self._engine.get_value(*place))
        except (formualizer.ExcelEvaluationError, RuntimeError):
            return None
        finally:
            self._engine.set_value(*place, None)
        if isinstance(value, Refusal):
            return None
        if digits is not None and type(value) is float:
            from workbook.engines.asexcel import rounded

            value = rounded(value, digits)
        return 0.0 if value is None else value

    def named_value(self, name: str) -> Value | list[list[Value]]:
        """What a defined name stands for; None where the workbook has no such name."""
        if (None, name.upper()) not in self.surroundings.names:
            return None
        return self.value(self.first_sheet, 1, 1, name)

    def _load(self) -> Recalculation:
        try:
            return self._computed()
        except formualizer.ExcelEvaluationError as problem:
            # One formula can stop the engine for the whole workbook: what the file has a value for is an input then.
            self.surroundings.stopped = f"the embedded engine stopped on this workbook: {problem}"
            prepared = prepare(self._package, self.surroundings, self.proved)
            self.formulas, self._columns, self._data = prepared.formulas, prepared.columns, prepared.data
        try:
            return self._computed()
        except formualizer.ExcelEvaluationError as problem:
            raise EngineFailed(f"{self._package.path}: the embedded engine stopped: {problem}") from None

    def _computed(self) -> Recalculation:
        with panics(self._package.path):
            data, self._data = self._data, None  # as large as the workbook unpacked, and never needed again
            if isinstance(data, Filed):
                self._package.let_go()
                give_back()
            self._book = book = loaded(self._package, data, self.surroundings)
            del data
            book.set_changelog_enabled(False)  # nothing is undone
            register(book, self.errors, self.surroundings.date1904, own=my_prices.read(self._package))
            book.register_function(POINTED, with_ranges(self.surroundings.pointed))
            self._expressions.register(book)
            book.set_temporal_egress("serial")
            if self._clock is not None:
                book.set_deterministic_clock(self._clock)
            evaluating(book.evaluate_all)
            intersect(self._package, book, self.formulas, self.surroundings)
            self._result = Recalculation()
            self._collect()
        return self._result

    def supply(self, values: Mapping[Key, Value]) -> None:
        """Give values, computed elsewhere, to formulas the engine has none for; what reads from them is computed."""
        if not values:
            return
        self.supplied |= values
        self.hold(values)
        evaluating(self._engine.evaluate_all)
        self._collect()

    def _collect(self) -> None:
        """The values of the formulas. What the engine has none for keeps the one the file stores, which stands for it;
        without one nothing that reads it has a value either: an IFERROR must not turn ignorance into a number."""
        result = self.result
        result.values.clear()
        result.unsupported.clear()
        stored = self._read()
        if read_texts_as_numbers(self._package, self._book, self.formulas, self.surroundings, result.values):
            stored = self._read()
        if stored:
            self.hold(stored)
            evaluating(self._book.evaluate_all)
            self._read(stored)
        result.values |= self.supplied
        holes: dict[tuple[str, int, int], str] = {}
        for sheet, formulas in self.formulas.items():
            for info in formulas:
                key = info.key
                if key in result.unsupported and not info.has_value:
                    holes[sheet, info.row, info.column] = result.unsupported[key]
        if holes:
            reason = f"{READS_A_HOLE}: {next(iter(holes.values()))}"
            for sheet, row, column in filed(self._package, self.formulas).closure(holes):
                key = (sheet, column_letters(column) + str(row))
                if result.values.pop(key, None) is not None:
                    result.unsupported.setdefault(key, reason)

    def _read(self, held: Mapping[Key, Value] | None = None) -> dict[Key, Value]:
        """Read every value; the stored values of formulas the engine refused, which may stand for them."""
        refused: dict[Key, Value] = {}
        result, known = self.result, {*self.supplied, *(held or ())}
        for sheet, formulas in self.formulas.items():
            wanted = [info for info in formulas if not (known and info.key in known)]
            result.unsupported |= {info.key: info.like.input for info in wanted if info.like.input}
            read_values(self._book, sheet, (info for info in wanted if not info.like.input), result)
            for info in wanted if result.unsupported else ():
                if info.key in result.unsupported and info.has_value and not (info.like.area or info.like.input):
                    refused[info.key] = info.stored
        return refused
