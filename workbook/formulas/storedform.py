"""Calls of ours in the form in which Excel stores an Office add-in's functions: `_xldudf_PE_MONTHLY(..)`.

A plain `PE_MONTHLY(..)` in a file stays #NAME? after the add-in has loaded, until somebody enters the cell again
(office-js issues 6611 and 6395). A cell that is one such call is marked as one that may spill, as Excel marks it:
without the mark Excel shows `@` in front of the call and takes the first value of a range alone.
"""

from __future__ import annotations

from pycalc import FUNCTIONS
from workbook.file import dynamic, named
from workbook.file.cells import Cell
from workbook.file.edits import formula_as, formula_edit
from workbook.file.package import Package
from workbook.file.xmlspans import Edit, attribute_edit, spliced
from workbook.formulas.cells import Masters, formula_cell
from workbook.formulas.parser import Formula, as_meant, may_call, parsed, splice

PREFIX = "_xldudf_"


def stored_form(text: str, prefix: str = PREFIX) -> tuple[str, list[str]]:
    """A formula with our calls as Excel stores them, and the functions it calls; other text stays as it is.

    A namespace goes too: our add-in has none.
    """
    text = as_meant(text)
    formula = _with_calls(text)
    if formula is None:
        return text, []
    calls = [call for call in formula.calls if call.name in FUNCTIONS]
    edits = [(call.start, call.start + len(call.prefix) + len(call.name), prefix + call.name) for call in calls]
    return splice(text, edits), [call.name for call in calls]


def put_in_plain_form(package: Package) -> None:
    """Take away what an add-in or another program put before our names, for names the workbook itself defines."""
    for sheet in package.worksheets():
        data = package.read(sheet.part)
        edits = [
            formula_edit(data, cell, text)
            for cell in package.cells(sheet.part, data)
            if cell.formula and (text := stored_form(cell.formula, "")[0]) != cell.formula
        ]
        if edits:
            package.replace(sheet.part, spliced(data, edits))


def put_in_stored_form(package: Package) -> list[str]:
    """Bring every cell's formula into that form; the functions that are called, in order of their names."""
    used: set[str] = set()
    cells = {name.upper() for name in named.cells(package)}
    mark = ""
    for sheet in package.worksheets():
        data = package.read(sheet.part)
        edits: list[Edit] = []
        masters: Masters = {}
        marked: set[str] = set()
        for cell in package.cells(sheet.part, data):
            if cell.formula is None or cell.kind == "dataTable":
                continue
            whole = formula_cell(cell, masters)
            text, names = stored_form(whole.text)
            used.update(names)
            if names and cell.kind != "array" and may_spill(whole.text, cells):
                mark = mark or dynamic.mark(package) or "none"
                if mark != "none":
                    edits += _spilling(data, cell, text, mark)
                    marked.add(cell.formula_attributes.get("si", ""))
                    continue
            edits += _kept(data, cell, text, marked)
        if edits:
            package.replace(sheet.part, spliced(data, edits))
    return sorted(used)


def _spilling(data: bytes, cell: Cell, text: str, mark: str) -> list[Edit]:
    """The cell with a formula of its own that may spill; until Excel calculates it fills its own cell."""
    whole = formula_as(cell, text, f' t="array" ref="{cell.address}"')
    return [attribute_edit(data, cell.span[0], "cm", mark), whole]


def _kept(data: bytes, cell: Cell, text: str, marked: set[str]) -> list[Edit]:
    """The cell's formula in the stored form, of the kind it was, unless what it shared went its own way."""
    if cell.kind == "shared" and cell.formula_attributes.get("si", "") in marked:
        return [formula_as(cell, text)]
    if not cell.formula or text == as_meant(cell.formula) == cell.formula:
        return []
    return [formula_edit(data, cell, text)]


def may_spill(text: str, cells: set[str]) -> bool:
    """Whether a formula is one call of ours, and no cell of a range is meant where one value belongs.

    A plain formula reads one cell of such a range, that of its own row or column; marked, it would spill.
    `cells` are the names, in capitals, that stand for one cell.
    """
    formula = _with_calls(text)
    if formula is None or formula.calls[0].name not in FUNCTIONS:
        return False
    first = formula.calls[0]
    if text[: first.start].strip() or text[first.end :].strip():
        return False
    arguments = FUNCTIONS[first.name].arguments
    shapes = [argument.shape for argument in arguments]
    for position, (start, end) in enumerate(first.arguments):
        shape = shapes[min(position, len(shapes) - 1)]
        if shape in ("cell", "scalar") and not _one_value(formula, start, end, cells):
            return False
    return True


def _one_value(formula: Formula, start: int, end: int, cells: set[str]) -> bool:
    """Whether a piece of a formula reads single cells alone."""
    return all(
        (found.kind == "cell" and not found.spill) or (found.kind == "name" and found.body.upper() in cells)
        for found in formula.references()
        if start <= found.start < end
    )


def _with_calls(text: str) -> Formula | None:
    """A formula taken apart, when it calls one of our functions."""
    if not may_call(text, FUNCTIONS) or (formula := parsed(text)) is None:
        return None
    return formula if any(call.name in FUNCTIONS for call in formula.calls) else None
