"""`breakeven check`: the audit a controller wants before relying on a workbook."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from addin.cli import terminal
from addin.cli.progress import working

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.tasks.check import Finding

SHOWN = 12
"""Findings of one kind on one sheet that the table shows; --json has all."""

PLACES = 8
"""Places that findings put together name; --json has all."""

LONGEST = 200
"""Letters of what is said of a cell, with its formula; --json has all."""

COUNTED = ("no-answer", "error-value", "refused-call", "error-passed-on")
"""Kinds whose words do not say how many cells they are about."""


def check(
    book: Path,
    days: int = 90,
    on: str = "",
    engine: str = "formualizer",
    fail_on: str = "warning",
) -> None:
    """Audit a workbook: every formula recomputed and compared with what the file shows; formulas that break their
    row, numbers typed over them, old or wrong prices, models that are shut down, units, errors, links, hidden sheets.

    Exit code 0: nothing worse than a note. 1: errors or warnings (--fail-on moves the line). 2: the file cannot be
    checked.
    """
    from workbook.engines import NAMES
    from workbook.tasks.check import SEVERITIES, worst
    from workbook.tasks.check import check as run

    terminal.check_choice("--engine", engine, NAMES)
    terminal.check_choice("--fail-on", fail_on, (*SEVERITIES, "never"))
    day = date.fromisoformat(terminal.iso_date(on)) if on else None
    with working("Checking"):
        findings = run(book, days=days, on=day, engine=engine)
    reached = worst(findings)
    if not terminal.as_json({"book": str(book), "worst": reached, "findings": findings}):
        _show(book, findings)
    if reached and fail_on != "never" and SEVERITIES.index(reached) <= SEVERITIES.index(fail_on):
        raise typer.Exit(1)


def _show(book: Path, findings: Sequence[Finding]) -> None:
    if findings:
        _show_table(findings)
    counts = Counter(finding.severity for finding in findings)
    summary = ", ".join(terminal.counted(counts[word], word) for word in ("error", "warning", "note"))
    terminal.print_text(f"{book}: {summary}", "bold")


def _show_table(findings: Sequence[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Severity", no_wrap=True)
    table.add_column("Cell", overflow="fold", max_width=28)
    table.add_column("What", overflow="fold", ratio=3)
    table.add_column("What to do", overflow="fold", ratio=2)
    shown: Counter[tuple[str, str, str]] = Counter()
    hidden: Counter[tuple[str, str, str]] = Counter()
    for alike in _alike(findings):
        finding = alike[0]
        group = (finding.severity, finding.kind, finding.sheet)
        shown[group] += len(alike)
        if shown[group] <= SHOWN or shown[group] == len(alike):
            mark = Text(finding.severity, terminal.SEVERITIES[finding.severity])
            table.add_row(mark, _places(alike), _what(alike), finding.remedy)
        else:
            hidden[group] += len(alike)
    terminal.print_table(table)
    for (severity, kind, sheet), count in hidden.items():
        line = f'and {count:,} more of severity {severity}, kind "{kind}", on {sheet or "the workbook"}'
        terminal.print_text(f"{line}; --json lists all", "dim")


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings that would read the same, put together; a note's formula is not read out."""
    found: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        formula = "" if finding.severity == "note" else finding.formula
        found.setdefault((finding.severity, finding.kind, finding.what, finding.remedy, formula), []).append(finding)
    return list(found.values())


def _places(alike: list[Finding]) -> str:
    named = ", ".join(finding.where or "workbook" for finding in alike[:PLACES])
    return f"{named} and {len(alike) - PLACES:,} more" if len(alike) > PLACES else named


def _what(alike: list[Finding]) -> str:
    """What is there, with the formula as far as a table has room: --json has it in full."""
    finding = alike[0]
    what = finding.what
    if finding.formula and finding.severity != "note":
        what += f": {finding.formula}"
    if len(what) > LONGEST:
        what = what[: LONGEST - 3] + "..."
    cells = sum(item.count for item in alike)
    return f"{what} ({cells:,} cells)" if cells > 1 and finding.kind in COUNTED else what
