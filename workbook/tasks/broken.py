"""A workbook with broken formulas is not worked on: what comes out of it would look as if it were right."""

from __future__ import annotations

from workbook.errors import WorkbookError
from workbook.file.package import Package
from workbook.formulas.cells import formula_cells


class BrokenFormulas(WorkbookError):
    """Formulas of the workbook read cells that were deleted."""


def refuse_broken(package: Package, doing: str, anyway: bool = False) -> None:
    """Raise `BrokenFormulas` for a workbook in which formulas or names refer to deleted cells.

    doing : what was about to be done, such as "hand over", for the message.
    """
    if anyway:
        return
    found: list[str] = []
    count = 0
    for sheet in package.worksheets():
        data = package.read(sheet.part)
        if b"#REF!" not in data:
            continue
        for formula in formula_cells(package, sheet.part):
            if formula.shape()[1].broken:
                count += 1
                if not found:
                    found.append(f"{sheet.name}!{formula.address}")
    names = [
        name.name for name in package.defined_names() if "#REF!" in name.text and not name.name.startswith("_xlnm.")
    ]
    if count:
        what = f"{found[0]}" + (f" and {count - 1:,} more formulas read" if count > 1 else " reads")
        cause = f"; the names that lost their cells: {', '.join(names[:5])}" if names else ""
        raise BrokenFormulas(
            f"{package.path}: {what} cells that were deleted (#REF!){cause}. Point them at the right cells, "
            f"or say --anyway to {doing} it as it is"
        )
