"""A workbook with broken formulas is not worked on: what comes out of it would look as if it were right."""

from __future__ import annotations

import re

from workbook.engines import Recalculation
from workbook.engines.calculation import calculation
from workbook.errors import BadWorkbook, WorkbookError
from workbook.file import named
from workbook.file.addresses import Place
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.formulas.cells import formula_cells
from workbook.tasks.check.finding import ERROR, Finding
from workbook.tasks.check.functions import NEWER, doubtful, is_mistyped, meant
from workbook.tasks.check.seen import Grid, Survey
from workbook.tasks.check.template import tampering

_CALL = re.compile(rb"([A-Za-z_][A-Za-z0-9_.]*)\(")


class BrokenFormulas(WorkbookError):
    """Formulas of the workbook read cells that were deleted, or call a function of ours by a name it does not have; or
    values stand where the template has formulas."""


def refuse_broken(package: Package, doing: str, anyway: bool = False) -> None:
    """Raise `BrokenFormulas` for a workbook in which formulas or names refer to deleted cells, that mistypes a call, or
    calls a newer function of Excel without its prefix, or holds a block of values over formulas of the template.

    doing : what was about to be done, such as "hand over", for the message.
    """
    if anyway:
        return
    lost = {
        name.name.upper(): name.name
        for name in package.defined_names()
        if "#REF!" in name.text and not name.name.startswith("_xlnm.")
    }
    first, count = "", 0
    read: dict[str, None] = {}
    for sheet in package.worksheets():
        if not lost and b"#REF!" not in package.read(sheet.part):
            continue
        for formula in formula_cells(package, sheet.part):
            template = formula.shape()[1]
            names = [item.body.upper() for item in template.others if item.kind == "name" and item.body.upper() in lost]
            if template.broken or names:
                count += 1
                first = first or f"{sheet.name}!{formula.address}"
                read |= dict.fromkeys(names)
    if count:
        more = f" and {count - 1:,} more formulas read" if count > 1 else " reads"
        cause = f" through the name {', '.join(lost[name] for name in list(read)[:5])}" if read else ""
        raise BrokenFormulas(
            f"{package.path}: {first}{more} cells that were deleted (#REF!){cause}. Put them back, or point the "
            f"formulas at the right cells; --anyway would {doing} it as it is"
        )
    for sheet in package.worksheets():
        called = {match.decode().upper() for match in _CALL.findall(package.read(sheet.part))}
        if not any(name in NEWER or is_mistyped(name) for name in called):
            continue
        for formula in formula_cells(package, sheet.part):
            for name in doubtful(formula.shape()[1]):
                newer = name in NEWER
                what = (
                    f"without the prefix of a file: it is #NAME? in Excel. Write _xlfn.{name}"
                    if newer
                    else (f"which nobody knows. Write {meant(name)}, if that is meant")
                )
                where = f"{package.path}: {sheet.name}!{formula.address}"
                raise BrokenFormulas(f"{where} calls {name}, {what}; --anyway would {doing} it as it is")
    for block in _pasted(package):
        raise BrokenFormulas(
            f"{package.path}: {block.where}: {block.what}. {block.remedy}; --anyway would {doing} it as it is"
        )


def refuse_circles(package: Package, computed: Recalculation, doing: str, anyway: bool = False) -> Recalculation:
    """Raise `BrokenFormulas` where cells read themselves and the workbook does not iterate: Excel shows 0 there."""
    circles = [key for key, why in computed.unsupported.items() if "circular" in why]
    if circles and not anyway:
        where = "{}!{}".format(*circles[0])
        raise BrokenFormulas(
            f"{package.path}: {where} and {len(circles) - 1:,} more cells read themselves (circular reference), or "
            f"such a cell: breakeven check names them; --anyway would {doing} it as it is"
        )
    return computed


def _pasted(package: Package) -> list[Finding]:
    """Blocks of values over formulas of the template."""
    names: dict[str, tuple[str, Place, Value]] = {
        name: (sheet, (row, column), None) for name, (sheet, row, column) in named.cells(package).items()
    }
    if "out_decision" not in names:
        return []
    seen = Survey(str(package.path), Recalculation(), named=names)
    for sheet in package.worksheets():
        cells = package.cells(sheet.part, formulas_only=True)
        seen.grids.append(Grid(sheet, {(cell.row, cell.column): 0 for cell in cells}))
    return [finding for finding in tampering(seen, package).findings if finding.severity == ERROR and finding.count > 1]


def refuse_settings(package: Package, doing: str, as_shown: bool = False) -> None:
    """Raise `BadWorkbook` for a workbook whose settings make its numbers mean something else to us than to Excel.

    doing : what was about to be done, for the message.
    as_shown : also refuse a workbook that calculates with numbers as they are shown, since ours are not rounded.
    """
    settings = calculation(package)
    if settings.date1904:
        raise BadWorkbook(
            package.path,
            f"it counts days from 1904, four years and a day otherwise than the model: {doing} would misread its dates",
            "Put its inputs into a workbook of breakeven new",
        )
    if as_shown and settings.as_shown:
        raise BadWorkbook(
            package.path,
            f"it calculates with numbers as they are shown (precision as displayed): {doing} would not round so",
            "Switch it off in Excel's Options, Advanced",
        )
