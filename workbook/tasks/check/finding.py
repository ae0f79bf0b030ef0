"""What the audit says: one finding, and findings of the same kind put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.file.addresses import quoted_sheet

ERROR = "error"
WARNING = "warning"
NOTE = "note"
SEVERITIES = (ERROR, WARNING, NOTE)
"""error: a figure is wrong or cannot be trusted; warning: look at it before you rely on it; note: good to know."""

SINGLY = 25
"""So many findings of a kind are reported one by one on a sheet; more are put together."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the audit found.

    severity : "error", "warning" or "note".
    kind : a fixed word for the kind of finding, such as "typed-over", for programs.
    sheet, cell : where; a cell may be several ("B2:B9, D4"), both are "" for the workbook as a whole.
    what : what is there, with the values seen.
    remedy : what to do about it.
    count : how many cells it is about.
    formula : the formula in the first of them, in full, where `what` does not hold it.
    """

    severity: str
    kind: str
    sheet: str
    cell: str
    what: str
    remedy: str
    count: int = 1
    formula: str = ""

    @property
    def where(self) -> str:
        """Sheet and cell as a formula writes them, "" for the workbook."""

        return f"{quoted_sheet(self.sheet)}!{self.cell}" if self.sheet and self.cell else self.sheet


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first; within a severity in the order they were found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def worst(findings: Iterable[Finding]) -> str:
    """The worst severity among findings, "" for none."""
    present = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in present), "")
