"""IronCalc, an optional second engine, and the one here that computes LAMBDA names."""

from __future__ import annotations

import os

from pycalc.errors import CODES, from_code
from workbook.engines import EngineFailed, EngineMissing, Recalculation
from workbook.file.addresses import column_letters
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.formulas.cells import array_children, formula_cells

_UNABLE = ("#ERROR!", "#N/IMPL!", "#CIRC!", "#NAME?")
"""What IronCalc shows where Excel would show a value, or where it is no judge."""


def recalculate(path: str | os.PathLike[str]) -> Recalculation:
    """Recalculate a workbook file; see `workbook.engines.recalculate`."""
    try:
        import ironcalc
    except ImportError:
        raise EngineMissing("IronCalc is not installed; pip install llm-breakeven[ironcalc]") from None
    result = Recalculation()
    with Package(path) as package:
        try:
            model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
            model.evaluate()
        except ironcalc.WorkbookError as problem:
            raise EngineFailed(f"{path}: IronCalc stopped: {problem}") from None
        indexes = {sheet["name"]: index for index, sheet in enumerate(model.get_worksheets_properties())}
        for sheet in package.worksheets():
            index = indexes[sheet.name]
            for formula in formula_cells(package, sheet.part):
                places = [(formula.cell.row, formula.cell.column)]
                if formula.area:
                    places += array_children(formula.area)
                for row, column in places:
                    key = (sheet.name, column_letters(column) + str(row))
                    value: Value = model.get_cell_value(index, row, column)
                    if model.get_cell_type(index, row, column) == ironcalc.CellType.ErrorValue:
                        code = str(value)
                        if code in _UNABLE or code not in CODES:
                            result.unsupported[key] = f"IronCalc shows {code}"
                            continue
                        value = from_code(code)
                    result.values[key] = value
    return result
