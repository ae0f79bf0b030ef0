"""What the audit says: one finding, and findings of the same kind put together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.file import tsv
from workbook.file.addresses import Place, address, areas, quoted_sheet, row_and_column

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


_SAID = {line["about"]: line for line in tsv.lines(Path(__file__).parent / "data" / "findings.tsv")}
"""What is said of each fault, by a word of its own."""
_NUMBER = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
"""[of one|of several]"""


def say(
    about: str,
    sheet: str = "",
    at: str | Place | Collection[Place] = "",
    *,
    severity: str = "",
    count: int = 0,
    formula: str = "",
    **words: Any,
) -> Finding:
    """The finding that data/findings.tsv has about a fault, with these words filled in.

    at : the cell or the cells. count : how many it is about, where that is another number; the word n.
    severity : where it is not that of the table.
    """
    cell = at if isinstance(at, str) else address(at) if isinstance(at, tuple) else areas(at)
    count = count or (len(at) if isinstance(at, Collection) and not isinstance(at, str | tuple) else 1)
    line, words = _SAID[about], {"n": count} | words
    what, remedy = (
        _NUMBER.sub(lambda match: match[1 if words["n"] == 1 else 2], line[text]).format_map(words)
        for text in ("what", "remedy")
    )
    return Finding(severity or line["severity"], line["kind"], sheet, cell, what, remedy, count, formula)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first; within a severity in the order they were found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def worst(findings: Iterable[Finding]) -> str:
    """The worst severity among findings, "" for none."""
    return min((finding.severity for finding in findings), key=SEVERITIES.index, default="")


def by_sheet(cells: Iterable[tuple[str, str | Place]]) -> dict[str, list[Place]]:
    """The places of cells, sheet by sheet."""
    found: dict[str, list[Place]] = {}
    for sheet, cell in cells:
        found.setdefault(sheet, []).append(row_and_column(cell) if isinstance(cell, str) else cell)
    return found


def say_each(about: str, cells: Iterable[tuple[str, str | Place]], **words: Any) -> Iterator[Finding]:
    """A finding for the cells of each sheet."""
    return (say(about, sheet, places, **words) for sheet, places in by_sheet(cells).items())


def say_once(about: str, cells: Iterable[tuple[str, str | Place]], **words: Any) -> Finding:
    """One finding about cells of several sheets; it stands at those of the first."""
    found = by_sheet(cells)
    sheet = next(iter(found))
    return say(about, sheet, found[sheet], count=sum(map(len, found.values())), **words)
