"""The audit of a workbook: what a controller wants to know before relying on it.

Every formula is recomputed, our functions by Python, and compared with what the file shows; then come the faults
any spreadsheet can have, and those of prices, units and models. `spreadsheet-auditor` was weighed for the
faults any spreadsheet can have: see docs/explanation/audit.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from workbook.errors import WorkbookError
from workbook.file.opening import steady
from workbook.tasks.check.finding import ERROR, NOTE, SEVERITIES, WARNING, Finding, in_order, worst

if TYPE_CHECKING:
    from workbook.engines.formualizer import Session
    from workbook.file.package import Package
    from workbook.tasks.check.seen import Survey
    from workbook.tasks.check.verdict import Verdict

__all__ = ["ERROR", "NOTE", "SEVERITIES", "WARNING", "Finding", "NothingToCheck", "check", "worst"]

DAYS = 90
"""Prices read longer ago than this are old."""


class NothingToCheck(WorkbookError):
    """A workbook without formulas."""


@steady()
def check(
    path: str | os.PathLike[str], *, days: int = DAYS, on: date | None = None, engine: str = "formualizer"
) -> list[Finding]:
    """Audit a workbook; the findings, errors first.

    Parameters
    ----------
    path : the workbook (.xlsx or .xlsm); it is only read.
    days : a price read longer ago than this is reported.
    on : the day prices and shutdown dates are held against; today when left out.
    engine : the engine that is asked first where the embedded one ("formualizer") computes otherwise than the file
        says: "ironcalc" (embedded too) or "libreoffice" where it is installed. Only where two agree is the file wrong.

    Raises
    ------
    BadWorkbook : the file is no workbook. NothingToCheck : it has no formulas.
    EngineMissing, EngineFailed : the engine is not installed, or gave up on the file.

    Examples
    --------
    >>> [finding.kind for finding in check("techwiz.xlsx") if finding.severity == "error"]    # doctest: +SKIP
    []
    """
    from workbook.engines.formualizer import Session
    from workbook.engines.libreoffice import program
    from workbook.engines.transcript import SECOND
    from workbook.file.package import Package
    from workbook.progress import step
    from workbook.tasks.check.survey import survey
    from workbook.tasks.check.verdict import verdict
    from workbook.tasks.kinds import worked

    on = on or date.today()
    engines = SECOND if engine == "formualizer" else (engine, *(other for other in SECOND if other != engine))
    if engine == "libreoffice":
        program()  # says so where it is not installed
    with Package(path) as package:
        step("recalculating", 1, 3)
        session = Session(package, proved=worked(package, as_stored=True))
        judged = verdict(package, session, engines)
        session.formulas = {}  # half of the memory, and the survey reads them again
        step("reading the formulas", 2, 3)
        seen = survey(package, session.result, judged.not_stored, session.proved)
        session.result.values.clear()
        package.let_go()
        if not seen.formulas:
            raise NothingToCheck(f"{path}: it holds no formulas, so there is nothing to recompute. Give a model.")
        step("looking for faults", 3, 3)
        return in_order(_findings(package, session, seen, judged, days, on, engine))


def _findings(
    package: Package, session: Session, seen: Survey, judged: Verdict, days: int, on: date, engine: str
) -> Iterator[Finding]:
    """The findings, causes before what follows from them."""
    from workbook.file import my_prices
    from workbook.tasks.check import calls, patterns, prices, stored, structure, template

    reasons = calls.reasons(seen, session)
    with my_prices.in_use(package):
        priced = list(prices.price_findings(seen, days, on))
    known = {finding.where for finding in priced}
    tampered = template.tampering(seen, package)
    entered: list[Finding] = []
    if tampered.tabs:
        from workbook.tasks.check.options import option_findings

        entered += option_findings(seen, tampered, on)
    causes = [finding for finding in entered if finding.kind in ("number-as-text", "out-of-bounds", "unit")]
    errors = list(stored.error_findings(seen, package, reasons))
    yield from structure.structure_findings(seen, package, tampered.deleted)
    yield from causes
    yield from tampered.findings
    yield from stored.stored_findings(seen, judged)
    yield from stored.own_checks_findings(seen)
    yield from stored.unfilled_findings(seen)
    yield from errors
    yield from structure.function_findings(seen, package)
    yield from stored.engine_findings(seen, package, engine)
    yield from calls.masked_findings(seen, session)
    yield from patterns.pattern_findings(seen, tampered.cells)
    yield from priced
    # What the catalogue knows for certain is not doubted for its unit once more.
    yield from (doubt for doubt in calls.unit_findings(seen, session) if not doubt.cell or doubt.where not in known)
    yield from prices.shutdown_findings(seen, on)
    yield from (finding for finding in entered if finding not in causes)
    yield from calls.finance_findings(seen, session)
    yield from structure.literal_findings(seen)
