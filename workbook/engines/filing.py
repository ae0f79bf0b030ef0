"""The formulas of a workbook filed by what they read, to find what depends on a cell."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.engines.prepare import FormulaInfo
from workbook.file.addresses import corners
from workbook.file.package import Package
from workbook.formulas.cells import LARGEST_ARRAY, array_size, formula_cells
from workbook.formulas.readers import Readers, References


def filed(package: Package, formulas: Mapping[str, list[FormulaInfo]]) -> Readers:
    """The formulas of a workbook filed by what they read; a sheet that was proved (`proving`) reads constants alone."""
    references = References(package)
    readers = Readers()
    for sheet in package.worksheets():
        known = formulas[sheet.name]
        for info, whole in zip(known, formula_cells(package, sheet.part) if known else (), strict=True):
            spot = (sheet.name, info.row, info.column)
            areas, anywhere = references.of(whole.text, spot)
            covers = None
            if info.like.area and array_size(info.like.area) <= LARGEST_ARRAY:
                covers = (sheet.name, *corners(info.like.area))
            readers.add(spot, areas, anywhere, covers)
    return readers
