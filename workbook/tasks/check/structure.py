"""What the workbook is made of: typed-in figures, links to other files, hidden sheets, names, volatile functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pycalc.registry import FUNCTIONS
from workbook.file.addresses import Place
from workbook.file.package import Package
from workbook.formulas.shapes import FRAGILE
from workbook.tasks.check import functions
from workbook.tasks.check.finding import ERROR, SINGLY, WARNING, Finding, say, say_once
from workbook.tasks.check.seen import Survey, is_demonstration

UNIT_NUMBERS = frozenset((2.0, 7.0, 12.0, 24.0, 52.0, 60.0, 100.0, 360.0, 365.0, 365.25, 1e3, 1e6, 3600.0))
"""Numbers that convert one unit to another rather than assume something."""


def literal_findings(survey: Survey) -> Iterator[Finding]:
    """Figures typed into formulas, where nobody sees or changes them."""
    shown: Counter[str] = Counter()
    rest: dict[str, list[Place]] = {}
    for (sheet, texts), places in survey.literals.items():
        if is_demonstration(survey, sheet):
            continue
        shown[sheet] += 1
        if shown[sheet] > SINGLY:
            rest.setdefault(sheet, []).extend(places)
            continue
        about = "unit-number" if all(float(text) in UNIT_NUMBERS for text in texts) else "typed-number"
        yield say(about, sheet, places, figures=" and ".join(dict.fromkeys(texts)))
    yield from (say("more-typed-numbers", sheet, places) for sheet, places in rest.items())
    yield from (say("numbers-as-text", sheet, places) for sheet, places in survey.typed_text.items())


def structure_findings(survey: Survey, package: Package, deleted: Sequence[tuple[str, str]] = ()) -> Iterator[Finding]:
    """Links, hidden sheets, broken references, names and functions that shift under one's feet.

    deleted : rows of the template that are gone, each with its sheet: what reads them is counted under them.
    """
    if deleted:
        yield _deleted_rows(survey, deleted)
    else:
        yield from (say("broken-reference", sheet, places) for sheet, places in survey.broken.items())
    yield from (say("unreadable", sheet, places) for sheet, places in survey.unreadable.items())
    yield from _links(survey, package)
    yield from _hidden(survey, package)
    yield from _names(package, survey, quiet=bool(deleted))
    for (sheet, function), places in survey.volatile.items():
        yield say("untraceable" if function in FRAGILE else "volatile", sheet, places, function=function)


def _links(survey: Survey, package: Package) -> Iterator[Finding]:
    parts = package.related(package.workbook_part, "externalLink")
    targets = []
    for part in parts:
        outside = [item.target for item in package.relationships(part) if item.external]
        targets.append(outside[0] if outside else "an unknown file")
    used = set()
    for file, places in survey.external.items():
        number = int(file) if file.isdecimal() and len(file) < 9 else 0
        target = targets[number - 1] if 0 < number <= len(targets) else file
        used.add(target)
        sheets = dict.fromkeys(sheet for sheet, _ in places)
        also = f" (also on {', '.join(list(sheets)[1:])})" if len(sheets) > 1 else ""
        yield say_once("read-elsewhere", places, target=target, also=also)
    yield from (say("linked", target=target) for target in targets if target not in used)


def _hidden(survey: Survey, package: Package) -> Iterator[Finding]:
    visible = {sheet.name for sheet in package.sheets() if sheet.state == "visible"}
    for sheet in package.sheets():
        if sheet.state == "visible":
            continue
        readers = sorted(survey.read_sheets.get(sheet.name, set()) & visible)
        feeds = f"; it feeds {', '.join(readers)}" if readers else ""
        if sheet.state == "veryHidden":
            yield say("very-hidden", sheet.name, feeds=feeds)
        else:
            yield say("hidden", sheet.name, severity=WARNING if readers else "", feeds=feeds)


def _deleted_rows(survey: Survey, deleted: Sequence[tuple[str, str]]) -> Finding:
    """The rows that were deleted, and how many formulas that hits."""
    hit = {(sheet, place) for sheet, places in survey.broken.items() for place in places}
    hit |= {reader for readers in survey.lost_names.values() for reader in readers}
    several = len(deleted) > 1
    rows = ", ".join(f'"{label}"' + (f" of {sheet}" if several else "") for sheet, label in deleted[:SINGLY])
    more = f" and {len(deleted) - SINGLY:,} more" if len(deleted) > SINGLY else ""
    said = {"s": "s", "were": "were"} if several else {"s": "", "were": "was"}
    return say("deleted-rows", deleted[0][0], count=len(hit), n=len(hit), rows=rows, more=more, **said)


def _names(package: Package, survey: Survey, quiet: bool = False) -> Iterator[Finding]:
    for name in package.defined_names():
        if name.name.upper() in FUNCTIONS and "LAMBDA(" not in name.text.upper():
            yield say("name-clash", name.sheet or "", name=name.name)
        elif "#REF!" in name.text and not name.name.startswith("_xlnm.") and not quiet:
            readers = survey.lost_names.get(name.name.upper(), [])
            first = readers[0][0] if readers else name.sheet or ""
            more = f"; {len(readers):,} formulas show an error because they read it" if readers else ""
            here = [place for sheet, place in readers if sheet == first]
            words: dict[str, Any] = {"name": name.name, "text": name.text, "more": more}
            yield say("lost-name", first, here, severity=ERROR if readers else "", count=max(1, len(readers)), **words)


def function_findings(survey: Survey, package: Package) -> Iterator[Finding]:
    """Names of functions that Excel will not know."""
    defined = {name.name.upper() for name in package.defined_names()}
    for (sheet, name), places in survey.called.items():
        if name in functions.NEWER:
            yield say("no-prefix", sheet, places, function=name)
        elif name not in defined:
            yield say("unknown-function", sheet, places, function=name, meant=functions.meant(name))
