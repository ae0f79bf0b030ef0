"""Small workbooks for the audit, with right stored values unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import xlsxwriter

from workbook.engines import Recalculation, recalculate
from workbook.file.addresses import addresses
from workbook.file.edits import constant_edit
from workbook.file.package import Package
from workbook.file.xmlspans import spliced
from workbook.tasks.check import Finding, check
from workbook.tasks.check.patterns import pattern_findings
from workbook.tasks.check.survey import survey
from workbook.tasks.check.template import tampering

ON = date(2026, 11, 20)
"""The day the tests hold prices against: the catalogue's own."""


def write(
    path: Path, sheets: Mapping[str, Mapping[str, object]], names=(), stored=(), hidden=(), very_hidden=()
) -> Path:
    """A workbook: texts that start with "=" are formulas, their values computed once and stored.

    `stored` overrides what single cells store, by sheet and address.
    """
    _write(path, sheets, names, {}, hidden, very_hidden)
    values = {key: value for key, value in recalculate(path).values.items() if value is not None}
    values = {key: getattr(value, "code", value) for key, value in values.items()}
    _write(path, sheets, names, {**values, **dict(stored)}, hidden, very_hidden)
    return path


def _write(path, sheets, names, values, hidden, very_hidden):
    book = xlsxwriter.Workbook(path)
    for name, cells in sheets.items():
        sheet = book.add_worksheet(name)
        for address, content in cells.items():
            if isinstance(content, str) and content.startswith("="):
                sheet.write_formula(address, content, None, values.get((name, address), ""))
            elif isinstance(content, str):
                sheet.write_string(address, content)
            else:
                sheet.write(address, content)
        if name in hidden:
            sheet.hide()
        if name in very_hidden:
            sheet.very_hidden()
    for name, place in dict(names).items():
        book.define_name(name, place)
    book.close()


def found(path: Path, kind: str = "", **options: object) -> list[Finding]:
    """The findings of one kind, or all."""
    findings = check(path, on=ON, **options)
    return [finding for finding in findings if finding.kind == kind] if kind else findings


def by_formulas(path: Path) -> list[Finding]:
    """What the formulas of a file and its stored values alone tell, without the minute an engine takes for a model."""
    with Package(path) as package:
        seen = survey(package, Recalculation())
        tampered = tampering(seen, package)
        return [*tampered.findings, *pattern_findings(seen, tampered.cells)]


def pasted(source: Path, target: Path, *blocks: tuple[str, str]) -> Path:
    """A copy in which formulas are replaced by the values they show, as Paste Special, Values does: sheet and area."""
    with Package(source) as package:
        strings = package.strings()
        for name, area in blocks:
            part = next(sheet.part for sheet in package.worksheets() if sheet.name == name)
            data, within = package.read(part), set(addresses(area))
            cells = [cell for cell in package.cells(part) if cell.kind and cell.address in within]
            package.replace(part, spliced(data, [constant_edit(data, cell, cell.value(strings)) for cell in cells]))
        package.save(target)
    return target


def cells_of(findings: list[Finding]) -> list[str]:
    return [finding.cell for finding in findings]


def serial(day: date) -> int:
    """A day as Excel counts it: days since 1899-12-30."""
    return (day - date(1899, 12, 30)).days
