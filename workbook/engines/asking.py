"""What expressions give in a workbook that is loaded into the embedded engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from functools import cache
from typing import Any

import formualizer

from workbook.engines import EngineFailed
from workbook.engines.adapter import Refusal, evaluating, value_of
from workbook.engines.loading import beyond, reach
from workbook.engines.surroundings import Surroundings, engine_sheet
from workbook.engines.wording import backwards
from workbook.file.addresses import on_sheet, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.formulas.shapes import template_of

Asked = tuple[str, int, int, str]
"""An expression, read as a formula of a cell: sheet, row, column, text."""

_CELL = re.compile(r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}")
_SEEN = "BREAKEVEN_SEES_THE_VALUE"
"""A function that hands an expression's value to Python."""

_AT_ONCE = 10_000
_FAILED = (formualizer.ExcelEvaluationError, RuntimeError)


class Expressions:
    """The values of expressions, each computed in a cell beyond those in use, which is empty again afterwards.

    proved : sheets that are worked out elsewhere.
    """

    def __init__(self, package: Package, surroundings: Surroundings, proved: Container[str]) -> None:
        self._surroundings = surroundings
        self._seen: dict[float, Any] = {}
        reached = cache(lambda: reach(package, proved))
        self.beyond = cache(lambda sheet: beyond(package, sheet, reached()))

    def register(self, book: formualizer.Workbook) -> None:
        # An array as an argument, not spilled: a spill does not fill cells that were written to before.
        book.register_function(_SEEN, _seeing(self._seen))

    def value(self, book: formualizer.Workbook, asked: Asked) -> Value | list[list[Value]]:
        """One value. Raises `EngineFailed` where the engine has none."""
        sheet, row, _, expression = asked
        if _CELL.fullmatch(expression) and on_sheet(expression):
            raw = book.get_value(engine_sheet(sheet), *row_and_column(expression.replace("$", "")))
            if type(raw) in (float, str, bool):
                return value_of(raw)  # type: ignore[no-any-return]
        place = (engine_sheet(sheet), row, self.beyond(sheet))
        text = self._text(asked, 0)
        self._seen.clear()
        try:
            book.set_formula(*place, text)
            evaluating(book.evaluate_all)
        except _FAILED as problem:  # it cannot be read, or not computed
            raise EngineFailed(str(problem)) from None
        finally:
            book.set_value(*place, None)
        if 0 not in self._seen:
            raise EngineFailed("the engine cannot read it")
        return _value(self._seen[0])

    def values(self, book: formualizer.Workbook, asked: Iterable[Asked]) -> dict[Asked, Value | list[list[Value]]]:
        """The values of many that are no single cells, computed together; without those the engine fails on."""
        several = [each for each in dict.fromkeys(asked) if not _CELL.fullmatch(each[3])][:_AT_ONCE]
        put: list[tuple[Any, ...]] = []
        found: dict[Asked, Value | list[list[Value]]] = {}
        self._seen.clear()
        try:
            for number, each in enumerate(several):
                place = (engine_sheet(each[0]), number + 1, self.beyond(each[0]))
                with suppress(*_FAILED):
                    book.set_formula(*place, self._text(each, number))
                    put.append(place)
            evaluating(book.evaluate_all)
        except _FAILED:
            return {}
        finally:
            for place in put:
                book.set_value(*place, None)
        for number, each in enumerate(several):
            with suppress(KeyError, EngineFailed):
                found[each] = _value(self._seen[number])
        return found

    def _text(self, asked: Asked, number: int) -> str:
        sheet, row, column, expression = asked
        around, (template, references) = self._surroundings, template_of(expression)
        plan = around.plan(template, expression, sheet, row, column, True)
        if plan.text is None or backwards(plan, references):
            return f"={_SEEN}({around.prepared(expression, sheet, row, column, True, (row, column))},{number})"
        return f"={_SEEN}({plan.text(references)},{number})"


def _value(seen: Any) -> Value | list[list[Value]]:
    value = [[value_of(cell) for cell in line] for line in seen] if isinstance(seen, list) else value_of(seen)
    cells = [cell for line in value for cell in line] if isinstance(value, list) else [value]
    refusal = next((cell for cell in cells if isinstance(cell, Refusal)), None)
    if refusal:
        raise EngineFailed(refusal.reason)
    return value


def _seeing(seen: dict[float, Any]) -> Callable[[Any, float], float]:
    """A function of the copy that notes what it is given. It must not know the session: the engine holds it, and what
    the engine holds Python cannot free while the session holds the engine."""

    def see(value: Any, number: float) -> float:
        seen[number] = value
        return 0.0

    return see
