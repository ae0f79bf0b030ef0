"""The sheet Functions: every worksheet function by example."""

from __future__ import annotations

from typing import Any

from pycalc.registry import FUNCTIONS, SECTIONS
from pycalc.registry.definition import Function
from workbook.template.grid import Sheet, letters, native_twin, stray_default
from workbook.template.layout import HEADING, band, opened


def functions_sheet() -> Sheet:
    sheet = opened("Functions")
    row = HEADING + 2
    for section in SECTIONS:
        functions = [item for item in FUNCTIONS.values() if item.section == section]
        if not functions:
            continue
        band(sheet, row, section, 16)
        row += 1
        for function in functions:
            _line(sheet, row, function)
            row += 1
    sheet.printed = (row - 1, 4)  # without the cells of the arguments
    return sheet


def _line(sheet: Sheet, row: int, function: Function) -> None:
    """Syntax, a live call and the native equivalent of one function, over the cells of its arguments."""
    arguments, _ = function.examples[0] if function.examples else ((), "")
    for argument in function.arguments[len(arguments) :]:
        if not stray_default(argument):
            break
        arguments = (*arguments, argument.default)
    names = ", ".join(item.name if item.required else f"[{item.name}]" for item in function.arguments)
    sheet.put(row, 0, function.name, "code")
    sheet.put(row, 1, f"{function.name}({names})\n{function.summary}", "wrapped")
    sheet.put(row, 2, function.returns, "note wrap")
    column = 5
    references = []
    for value in arguments:
        cells = _flat(value)
        if value is None:
            references.append("")
            continue
        start = column
        for cell in cells:
            sheet.put(row, column, cell, "exact right shrink")
            column += 1
        end = column - 1
        reference = f"${letters(start)}{row + 1}"
        references.append(reference if start == end else f"{reference}:${letters(end)}{row + 1}")
    call = f"{function.name}({','.join(references)})"
    if function.spills or any(isinstance(value, list | tuple) for value in arguments):
        call = f"INDEX({call},1,1)"
    look = "date" if function.returns == "date" else "verdict" if function.returns == "text" else "exact right"
    sheet.put(row, 3, "=raw:" + call, look)
    twin = _native_example(function, references)
    if twin:
        sheet.put(row, 4, "=raw:" + twin, "verdict" if function.returns == "text" else "exact right")
    else:
        sheet.put(row, 4, "none in one cell", "note")
    if function.returns == "text":
        sheet.heights[row] = 80


def _flat(value: object) -> list[Any]:
    if isinstance(value, list | tuple):
        return [cell for item in value for cell in _flat(item)]
    return [value]


def _native_example(function: Function, references: list[str]) -> str | None:
    """The twin over the example's cells; of a range argument its first cell."""
    if function.twin is None:
        return None
    given = {
        argument.name: reference.split(":")[0]
        for argument, reference in zip(function.arguments, references, strict=False)
        if reference
    }
    return native_twin(function, given)
