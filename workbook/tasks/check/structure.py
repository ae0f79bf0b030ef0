"""What the workbook is made of: typed-in figures, links to other files, hidden sheets, names, volatile functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pycalc.registry import FUNCTIONS
from workbook.file.addresses import Place, areas
from workbook.file.package import Package
from workbook.formulas.shapes import FRAGILE
from workbook.tasks.check import functions
from workbook.tasks.check.finding import ERROR, NOTE, SINGLY, WARNING, Finding
from workbook.tasks.check.survey import Survey, is_demonstration

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
        converts = all(float(text) in UNIT_NUMBERS for text in texts)
        held = " and ".join(dict.fromkeys(texts))
        count = f"{len(places):,} formulas hold" if len(places) > 1 else "its formula holds"
        if converts:
            severity, what = NOTE, f"{count} the typed number {held}, a change of units by its look"
            remedy = "Give it a cell with a name, so that a reader sees which unit it turns into which"
        else:
            severity, what = WARNING, f"{count} the typed number {held}"
            remedy = "Move it to an input cell with unit and source, and let the formula read that"
        yield Finding(severity, "typed-number", sheet, areas(places), what, remedy, len(places))
    for sheet, places in rest.items():
        yield Finding(
            WARNING,
            "typed-number",
            sheet,
            areas(places),
            f"{len(places):,} more formulas hold other typed numbers",
            "Move them to input cells with unit and source",
            len(places),
        )
    for sheet, places in survey.typed_text.items():
        yield Finding(
            WARNING,
            "number-as-text",
            sheet,
            areas(places),
            f"{len(places):,} number{'s are' if len(places) > 1 else ' is'} stored as text: SUM passes over them",
            "Convert to number in Excel (the green corner), or type them again",
            len(places),
        )


def structure_findings(survey: Survey, package: Package, deleted: Sequence[tuple[str, str]] = ()) -> Iterator[Finding]:
    """Links, hidden sheets, broken references, names and functions that shift under one's feet.

    deleted : rows of the template that are gone, each with its sheet: what reads them is counted under them.
    """
    if deleted:
        yield _deleted_rows(survey, deleted)
    for sheet, places in () if deleted else survey.broken.items():
        yield Finding(
            ERROR,
            "broken-reference",
            sheet,
            areas(places),
            "refers to a cell that was deleted (#REF!)",
            "Point the formula at the right cell; an IFERROR around it only hides this",
            len(places),
        )
    for sheet, places in survey.unreadable.items():
        yield Finding(
            WARNING,
            "unreadable",
            sheet,
            areas(places),
            "holds a formula that cannot be taken apart",
            "Open it in Excel, which repairs or refuses it",
            len(places),
        )
    yield from _links(survey, package)
    yield from _hidden(survey, package)
    yield from _names(package, survey, quiet=bool(deleted))
    for (sheet, function), places in survey.volatile.items():
        if function in FRAGILE:
            what = f"calls {function}, whose cells no tool can trace"
            remedy = "Use INDEX, which names the range it reads"
        else:
            what = f"calls {function}: the result differs from one opening to the next"
            remedy = "Let it read a date or number that somebody typed"
        yield Finding(NOTE, "volatile", sheet, areas(places), what, remedy, len(places))


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
        first = next(iter(sheets))
        yield Finding(
            WARNING,
            "external-link",
            first,
            areas(place for sheet, place in places if sheet == first),
            f"{len(places):,} formula{'s read' if len(places) > 1 else ' reads'} from another workbook: {target}"
            + (f" (also on {', '.join(list(sheets)[1:])})" if len(sheets) > 1 else ""),
            "Copy the values into input cells with their source: the other file may change or be missing",
            len(places),
        )
    for target in targets:
        if target not in used:
            yield Finding(
                WARNING,
                "external-link",
                "",
                "",
                f"the workbook is linked to {target}",
                "Break the link in Excel (Data, Edit Links), or keep its values with their source",
            )


def _hidden(survey: Survey, package: Package) -> Iterator[Finding]:
    visible = {sheet.name for sheet in package.sheets() if sheet.state == "visible"}
    for sheet in package.sheets():
        if sheet.state == "visible":
            continue
        readers = sorted(survey.read_sheets.get(sheet.name, set()) & visible)
        feeds = f"; it feeds {', '.join(readers)}" if readers else ""
        if sheet.state == "veryHidden":
            yield Finding(
                WARNING,
                "hidden-sheet",
                sheet.name,
                "",
                f"the sheet is hidden so that Excel's own menu does not list it (very hidden){feeds}",
                "Show it with the VBA editor (Visible = -1), look through it, remove what is not needed",
            )
        else:
            yield Finding(
                WARNING if readers else NOTE,
                "hidden-sheet",
                sheet.name,
                "",
                f"the sheet is hidden{feeds}",
                "Show it (right-click a tab, Unhide) and look through it before you hand the file on",
            )


def _deleted_rows(survey: Survey, deleted: Sequence[tuple[str, str]]) -> Finding:
    """The rows that were deleted, and how many formulas that hits."""
    hit = {(sheet, place) for sheet, places in survey.broken.items() for place in places}
    hit |= {reader for readers in survey.lost_names.values() for reader in readers}
    several = len(deleted) > 1
    rows = ", ".join(f'"{label}"' + (f" of {sheet}" if several else "") for sheet, label in deleted[:SINGLY])
    more = f" and {len(deleted) - SINGLY:,} more" if len(deleted) > SINGLY else ""
    return Finding(
        ERROR,
        "broken-reference",
        deleted[0][0],
        "",
        f"the row{'s' if several else ''} {rows}{more} {'were' if several else 'was'} deleted: {len(hit):,} formulas "
        f"read what is no longer there (#REF!)",
        "Put the row back: undo the deletion, or start from the last copy that has it",
        len(hit),
    )


def _names(package: Package, survey: Survey, quiet: bool = False) -> Iterator[Finding]:
    for name in package.defined_names():
        if name.name.upper() in FUNCTIONS and "LAMBDA(" not in name.text.upper():
            yield Finding(
                ERROR,
                "name-clash",
                name.sheet or "",
                "",
                f"the workbook defines the name {name.name}, which is a function of ours: Excel may take the name",
                "Rename it in Excel's Name Manager",
            )
        elif "#REF!" in name.text and not name.name.startswith("_xlnm.") and not quiet:
            readers = survey.lost_names.get(name.name.upper(), [])
            first = readers[0][0] if readers else name.sheet or ""
            more = f"; {len(readers):,} formulas show an error because they read it" if readers else ""
            yield Finding(
                ERROR if readers else WARNING,
                "broken-reference",
                first,
                areas(place for sheet, place in readers if sheet == first) if readers else "",
                f"the name {name.name} points at a cell that was deleted ({name.text}){more}",
                "Put the deleted row back, or point the name at the right cell in Excel's Name Manager",
                max(1, len(readers)),
            )


def function_findings(survey: Survey, package: Package) -> Iterator[Finding]:
    """Names of functions that Excel will not know."""
    defined = {name.name.upper() for name in package.defined_names()}
    for (sheet, name), places in survey.called.items():
        count = f"{len(places):,} formulas call" if len(places) > 1 else "calls"
        if name in functions.NEWER:
            yield Finding(
                ERROR,
                "no-prefix",
                sheet,
                areas(places),
                f"{count} {name} without the prefix a file stores it with: Excel shows #NAME?",
                f"Let the program that writes the file store it as _xlfn.{name}, or type the formula again in Excel",
                len(places),
            )
        elif name not in defined:
            yield Finding(
                ERROR,
                "unknown-function",
                sheet,
                areas(places),
                f"{count} {name}, which nobody knows. Did you mean {functions.meant(name)}?",
                f"Write {functions.meant(name)}",
                len(places),
            )
