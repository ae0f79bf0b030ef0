"""Calls of ours in the form in which Excel stores an Office add-in's functions: `_xldudf_PE_MONTHLY(..)`.

A plain `PE_MONTHLY(..)` in a file stays #NAME? after the add-in has loaded, until somebody enters the cell again
(office-js issues 6611 and 6395).
"""

from __future__ import annotations

from pycalc import FUNCTIONS
from workbook.file.edits import formula_edit
from workbook.file.package import Package
from workbook.file.xmlspans import Edit, spliced
from workbook.formulas.parser import FormulaError, as_meant, may_call, parse, splice

PREFIX = "_xldudf_"


def stored_form(text: str) -> tuple[str, list[str]]:
    """A formula with our calls as Excel stores them, and the functions it calls; other text stays as it is."""
    text = as_meant(text)
    if not may_call(text, FUNCTIONS):
        return text, []
    try:
        calls = [call for call in parse(text).calls if call.name in FUNCTIONS]
    except FormulaError:
        return text, []
    edits = [
        (call.start, call.start + len(call.prefix) + len(call.name), PREFIX + call.name)
        for call in calls
        if not call.prefix.lower().startswith(PREFIX)
    ]
    return splice(text, edits), [call.name for call in calls]


def put_in_stored_form(package: Package) -> list[str]:
    """Bring every cell's formula into that form; the functions that are called, in order of their names."""
    used: set[str] = set()
    for sheet in package.worksheets():
        data = package.read(sheet.part)
        edits: list[Edit] = []
        for cell in package.cells(sheet.part, data):
            if not cell.formula or cell.kind == "dataTable":
                continue
            text, names = stored_form(cell.formula)
            used.update(names)
            if text != cell.formula:
                edits.append(formula_edit(data, cell, text))
        if edits:
            package.replace(sheet.part, spliced(data, edits))
    return sorted(used)
