"""From the embedded engine to values: cells, arrays with what they spill over, and `@` where nothing may spill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import formualizer

from pycalc.errors import CalcError
from workbook.engines import Key, Recalculation
from workbook.engines.adapter import ERRORS, LARGEST_NUMBER, Refusal, evaluating, returned, value_of
from workbook.engines.coercing import coerced
from workbook.engines.prepare import AS_SHOWN, FormulaInfo
from workbook.engines.surroundings import Surroundings, engine_sheet
from workbook.file.addresses import area_of, column_letters, corners, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.formulas.cells import LARGEST_ARRAY, array_size, formula_cells
from workbook.formulas.shapes import template_of

_AT_ONCE = 1_000
"""Formulas that are put in place before they are evaluated: the engine holds some 2 KB of each till then. It takes half
the time for each where they are a quarter of the workbook's or more, but then more memory than there is for all."""


def intersect(
    package: Package,
    book: formualizer.Workbook,
    found: Mapping[str, list[FormulaInfo]],
    surroundings: Surroundings,
) -> None:
    """Formulas that are no array formulas show one value: what spilled is evaluated again with `@`."""
    spilled: dict[str, set[str]] = {}
    for sheet, formula in spilling(book, found):
        spilled.setdefault(sheet, set()).add(formula.address)
    if not spilled:
        return
    for part in package.worksheets():
        addresses = spilled.get(part.name, ())
        for whole in formula_cells(package, part.part) if addresses else ():
            if whole.address in addresses:
                row, column = whole.cell.row, whole.cell.column
                text = surroundings.prepared(whole.text, part.name, row, column)
                _replace(book, part.name, row, column, f"@({text})")
    evaluating(book.evaluate_all)


def spilling(book: formualizer.Workbook, found: Mapping[str, list[FormulaInfo]]) -> Iterator[tuple[str, FormulaInfo]]:
    """The formulas, array formulas aside, that fill more than their cell, or would if the cells were free."""
    for sheet, formulas in found.items():
        asked = [info for info in formulas if info.like.spills and not (info.like.area or info.like.input)]
        taken = {(info.row, info.column) for info in formulas if not info.like.input} if asked else set()
        for info in asked:
            raw = book.get_value(engine_sheet(sheet), info.row, info.column)
            blocked = type(raw) is dict and raw.get("kind") == "Spill"
            free = (info.row, info.column + 1) not in taken or (info.row + 1, info.column) not in taken
            if blocked or (free and spilled_over(book, sheet, info.address)):
                yield sheet, info


def filled_by_arrays(
    book: formualizer.Workbook, found: Mapping[str, list[FormulaInfo]]
) -> Iterator[tuple[int, int, int, int] | None]:
    """The cells that each array formula fills now."""
    for sheet, formulas in found.items():
        yield from (spilled_over(book, sheet, info.address) for info in formulas if info.like.area)


def read_texts_as_numbers(
    package: Package,
    book: formualizer.Workbook,
    found: Mapping[str, list[FormulaInfo]],
    surroundings: Surroundings,
    values: Mapping[Key, Value],
) -> bool:
    """Have formulas that show #VALUE!, and not in the file, computed again with texts as the numbers they show.

    Whether there were any.
    """
    shown = {key for key, value in values.items() if isinstance(value, CalcError) and value.code == "#VALUE!"}
    rewritten = False
    for part in package.worksheets() if shown else ():
        asked = {
            formula.address: formula
            for formula in found[part.name]
            if formula.key in shown
            and not (
                formula.like.area or formula.like.input or (formula.has_value and formula.stored == ERRORS["Value"])
            )
        }
        for whole in formula_cells(package, part.part) if asked else ():
            formula = asked.get(whole.address)
            if formula is None:
                continue
            place = (part.name, formula.row, formula.column, False)
            template, references = template_of(whole.text)
            plan = surroundings.plan(template, whole.text, *place)
            text = surroundings.worded(plan, whole.text, references, *place)
            new = coerced(text)
            if new != text:
                digits = surroundings.shown_digits(formula.like.style)
                new = new if digits is None else f"{AS_SHOWN}({new},{digits})"
                new = f"@({new})" if formula.like.spills else new
                _replace(book, part.name, formula.row, formula.column, new)
                rewritten = True
    if rewritten:
        evaluating(book.evaluate_all)
    return rewritten


def put(book: formualizer.Workbook, formulas: Iterable[tuple[FormulaInfo, str]], values: Mapping[Key, Value]) -> None:
    """Put formulas and values in place of others."""
    for number, (info, text) in enumerate(formulas, 1):
        _replace(book, info.key[0], info.row, info.column, text)
        if not number % _AT_ONCE:
            evaluating(book.evaluate_all)
    set_values(book, placed(values))
    evaluating(book.evaluate_all)


def _replace(book: formualizer.Workbook, sheet: str, row: int, column: int, text: str) -> None:
    """As a batch: formulas that are alike are taken apart together, when they are evaluated.

    In place of formulas alone: what reads a cell that held a value is not evaluated anew.
    """
    book.sheet(engine_sheet(sheet)).set_formulas_batch(row, column, 1, 1, [["=" + text]])


def placed(values: Mapping[Key, Value]) -> dict[tuple[str, int, int], Any]:
    """Values by their places, as the engine takes them."""
    return {
        (engine_sheet(sheet), *row_and_column(address)): None if value is None else returned(value)
        for (sheet, address), value in values.items()
    }


def set_values(book: formualizer.Workbook, values: Mapping[tuple[str, int, int], Any]) -> None:
    """Put values in place of what cells hold, those below one another together: each by itself takes the engine the
    time of all that reads its column."""
    places = sorted(values, key=lambda place: (place[0], place[2], place[1]))
    for (sheet, column, _), run in groupby(enumerate(places), lambda one: (one[1][0], one[1][2], one[1][1] - one[0])):
        held = [place for _, place in run]
        book.sheet(sheet).set_values_batch(held[0][1], column, len(held), 1, [[values[place]] for place in held])


def spilled_over(book: formualizer.Workbook, sheet: str, address: str) -> tuple[int, int, int, int] | None:
    quoted = "'" + engine_sheet(sheet).replace("'", "''") + "'"
    spill = book.inspect_cell(f"{quoted}!{address}", include_values=False).cell.spill
    if spill is None or spill.extent is None or spill.kind != formualizer.SpillRoleKind.Anchor:
        return None
    return corners(spill.extent.rpartition("!")[2])


def read_values(book: formualizer.Workbook, sheet: str, formulas: Iterable[FormulaInfo], result: Recalculation) -> None:
    """Take the values of formulas, or why they have none."""
    name, get, values = engine_sheet(sheet), book.get_value, result.values
    for formula in formulas:
        raw = get(name, formula.row, formula.column)
        if type(raw) is not float or formula.like.area or result.unsupported or abs(raw) > LARGEST_NUMBER:
            _read_value(book, sheet, formula, value_of(raw), result)
        else:
            values[formula.key] = raw


def _read_value(
    book: formualizer.Workbook, sheet: str, formula: FormulaInfo, value: Any, result: Recalculation
) -> None:
    key = formula.key
    if value is None:
        value = 0.0 if formula.like.template.hands_on else Refusal("the engine gave no value")
    if isinstance(value, Refusal):
        result.values.pop(key, None)
        result.unsupported[key] = value.reason
        return
    result.values[key] = value
    result.unsupported.pop(key, None)
    if formula.like.area:
        _read_array(book, sheet, formula, result)


def _read_array(book: formualizer.Workbook, sheet: str, formula: FormulaInfo, result: Recalculation) -> None:
    row, column, key = formula.row, formula.column, formula.key
    if array_size(formula.like.area) > LARGEST_ARRAY:
        result.values.pop(key)
        result.unsupported[key] = f"its array formula claims {array_size(formula.like.area):,} cells"
        return
    spill = spilled_over(book, sheet, formula.address) or (row, column, row, column)
    if formula.like.dynamic:
        result.spills[key] = area_of(*spill)
        covered = spill
    else:
        covered = corners(formula.like.area)
    tall, wide = spill[2] - spill[0] + 1, spill[3] - spill[1] + 1
    for below in range(covered[2] - covered[0] + 1):
        for right in range(covered[3] - covered[1] + 1):
            if below == right == 0:
                continue
            # In an old array formula a single row or column repeats, and what is left over is #N/A.
            source = (0 if tall == 1 else below, 0 if wide == 1 else right)
            child: Any = ERRORS["Na"]
            if source[0] < tall and source[1] < wide:
                child = value_of(book.get_value(engine_sheet(sheet), row + source[0], column + source[1]))
            if not isinstance(child, Refusal):
                value = 0.0 if child is None else child
                result.values[(sheet, column_letters(column + right) + str(row + below))] = value
