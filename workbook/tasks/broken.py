"""A workbook with broken formulas is not worked on: what comes out of it would look as if it were right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbook.engines import Recalculation
from workbook.engines.calculation import calculation
from workbook.errors import BadWorkbook, WorkbookError
from workbook.file.package import Package
from workbook.formulas.cells import formula_cells
from workbook.tasks.check.finding import ERROR, Finding
from workbook.tasks.check.functions import NEWER, doubtful, is_mistyped
from workbook.tasks.check.stored import engine_findings
from workbook.tasks.check.structure import function_findings, structure_findings
from workbook.tasks.check.survey import named_survey, survey
from workbook.tasks.check.template import read, tampering

_CALL = re.compile(rb"\(([A-Za-z0-9_.]*[A-Za-z_])")
"""A call, read from its bracket backwards: there are fewer brackets than words."""
_PIECE = 1 << 16
_REFUSED = ("broken-reference", "no-prefix", "unknown-function", "typed-over")


class BrokenFormulas(WorkbookError):
    """Formulas of the workbook read cells that were deleted, or call a function of ours by a name it does not have; or
    values stand where the template has formulas."""


def refuse_broken(package: Package, doing: str, anyway: bool = False) -> None:
    """Raise `BrokenFormulas` for a workbook in which formulas or names refer to deleted cells, that mistypes a call, or
    calls a newer function of Excel without its prefix, or holds a block of values over formulas of the template.

    doing : what was about to be done, such as "hand over", for the message.
    """
    if not anyway:
        _refuse(package, (found for found in _faults(package) if found.kind in _REFUSED), doing)


def refuse_circles(package: Package, computed: Recalculation, doing: str, anyway: bool = False) -> Recalculation:
    """Raise `BrokenFormulas` where cells read themselves and the workbook does not iterate: Excel shows 0 there."""
    if not anyway and any("circular" in why for why in computed.unsupported.values()):
        found = engine_findings(survey(package, computed), package, "")
        _refuse(package, (finding for finding in found if finding.kind == "circular"), doing)
    return computed


def _refuse(package: Package, findings: Iterable[Finding], doing: str) -> None:
    for found in findings:
        if found.severity == ERROR and (found.kind != "typed-over" or found.count > 1):  # one is somebody's figure
            raise BrokenFormulas(
                f"{package.path}: {found.where}: {found.what}. {found.remedy}; --anyway would {doing} it as it is"
            )


def _faults(package: Package) -> Iterator[Finding]:
    """What check says of deleted cells, functions nobody knows, and values over formulas of the template."""
    seen = named_survey(package, Recalculation())
    for sheet in package.worksheets():
        data = package.read(sheet.part)
        called = _called(data)
        if not (seen.lost_names or b"#REF!" in data or any(name in NEWER or is_mistyped(name) for name in called)):
            continue
        for formula in formula_cells(package, sheet.part):
            template, place = formula.shape()[1], (formula.cell.row, formula.cell.column)
            if template.broken:
                seen.broken.setdefault(sheet.name, []).append(place)
            for name in (item.body.upper() for item in template.others if item.kind == "name"):
                if name in seen.lost_names:
                    seen.lost_names[name].append((sheet.name, place))
            for name in doubtful(template):
                seen.called.setdefault((sheet.name, name), []).append(place)
    yield from structure_findings(seen, package)
    yield from function_findings(seen, package)
    if "out_decision" in seen.named:
        seen.grids += [read(package, sheet) for sheet in package.worksheets()]
        yield from tampering(seen, package).findings


def _called(data: bytes) -> set[str]:
    """What stands before brackets in a part: a piece of it at a time, for each is an object till it is known twice."""
    found: set[bytes] = set()
    at = 0
    while at >= 0:
        end = data.find(b"<", at + _PIECE)
        found.update(_CALL.findall(data[at : end if end >= 0 else len(data)][::-1]))
        at = end
    return {name[::-1].decode().upper() for name in found}


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
