"""Stored values against computed ones, error values, and cells no engine could compute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from pycalc.errors import CODES, CalcError, shown
from pycalc.registry import FUNCTIONS
from workbook.file.addresses import Place, address, areas, corners, row_and_column
from workbook.formulas.parser import FormulaError, Reference, mentions, parse, splice
from workbook.formulas.shapes import text_of
from workbook.tasks.check.finding import ERROR, NOTE, SINGLY, WARNING, Finding
from workbook.tasks.check.survey import Stale, Survey, is_demonstration
from workbook.tasks.check.verdict import Verdict

MOST_LOOKED_INTO = 1_000
"""Cells whose terms or precedents are followed; beyond, each is reported as it is."""

_NO_SAVED_VALUE = "Open it in Excel and save it, or run breakeven recalc, so that previews and other programs show it"


def stored_findings(survey: Survey, judged: Verdict) -> Iterator[Finding]:
    """Cells that do not show what they compute to, and cells that store nothing."""
    wrong = set(judged.wrong)
    explained = {(sheet, place) for (sheet, _), places in survey.called.items() for place in places}
    real = [stale for stale in survey.stale if stale.anchor in wrong and (stale.sheet, stale.place) not in explained]
    unknown = [stale for stale in real if _lacks_the_add_in(stale)]
    if unknown:
        yield from _without_add_in(survey, unknown)
        real = [stale for stale in real if not _lacks_the_add_in(stale)]
    by_sheet: dict[str, list[Stale]] = defaultdict(list)
    for stale in real:
        by_sheet[stale.sheet].append(stale)
    for sheet, cells in by_sheet.items():
        for stale in cells[:SINGLY]:
            yield _stale(stale, judged.follow.get(stale.anchor, 0))
        rest = cells[SINGLY:]
        if rest:
            yield Finding(
                ERROR,
                "stale",
                sheet,
                areas(stale.place for stale in rest),
                f"{len(rest):,} more cells show what they do not compute to",
                "Recalculate in Excel (F9) and save, or run breakeven recalc --all",
                len(rest),
            )
    yield from _unproved(judged)
    if judged.moving:
        first = judged.moving[0][0]
        yield Finding(
            NOTE,
            "volatile",
            first,
            areas(row_and_column(cell) for sheet, cell in judged.moving if sheet == first),
            f"{len(judged.moving):,} cells show another value than now, because they follow the clock or chance",
            "Type the date or the drawn number into an input cell where the result has to be repeatable",
            len(judged.moving),
        )
    for sheet, places in survey.missing.items():
        yield Finding(
            WARNING,
            "not-stored",
            sheet,
            areas(places),
            f"{len(places):,} formula{'s have' if len(places) > 1 else ' has'} no stored value",
            _NO_SAVED_VALUE,
            len(places),
        )


def _stale(stale: Stale, follow: int) -> Finding:
    more = f"; {follow:,} cell{'s' if follow > 1 else ''} that read it show what follows from that" if follow else ""
    return Finding(
        ERROR,
        "stale",
        stale.sheet,
        address(stale.place),
        f"shows {shown(stale.stored)} but computes to {shown(stale.computed)}{more}",
        "Recalculate in Excel (F9) and save, or run breakeven recalc --all, then see what changed",
        formula=f"={stale.text}" if stale.text else "",
    )


def _unproved(judged: Verdict) -> Iterator[Finding]:
    """What one engine computes otherwise and no other confirms: nothing is proved, and somebody may want to look."""
    by_sheet: dict[str, list[Place]] = defaultdict(list)
    for sheet, cell in judged.unproved:
        by_sheet[sheet].append(row_and_column(cell))
    for sheet, places in by_sheet.items():
        many = len(places) > 1
        yield Finding(
            NOTE,
            "not-confirmed",
            sheet,
            areas(places),
            f"{len(places):,} stored value{'s are' if many else ' is'} not what the embedded engine gives, and no "
            "second engine says which is right",
            "The stored value was taken as it is; where LibreOffice is installed it is asked too",
            len(places),
        )


def _lacks_the_add_in(stale: Stale) -> bool:
    """A call of ours saved where nobody knew our functions."""
    return isinstance(stale.stored, CalcError) and stale.stored.code == "#NAME?" and mentions(stale.text, FUNCTIONS)


def _without_add_in(survey: Survey, unknown: list[Stale]) -> Iterator[Finding]:
    by_sheet: dict[str, list[Place]] = defaultdict(list)
    for stale in unknown:
        by_sheet[stale.sheet].append(stale.place)
    for sheet, places in by_sheet.items():
        shows = "cells show" if len(places) > 1 else "cell shows"
        yield Finding(
            NOTE if is_demonstration(survey, sheet) else ERROR,
            "no-add-in",
            sheet,
            areas(places),
            f"{len(places):,} {shows} #NAME?: saved by a program without our functions, which do compute here",
            "Hand it over with breakeven handover, which puts native formulas in their place, or install the add-in",
            len(places),
        )


def own_checks_findings(survey: Survey) -> Iterator[Finding]:
    """The template's master check."""
    sheet, place, value = survey.named.get("out_checks", ("", (0, 0), None))
    if value is False and not unfilled(survey):
        yield Finding(
            ERROR,
            "own-checks",
            sheet,
            address(place),
            "the workbook's own master check is FALSE",
            "Look at the rows of Checks that are not OK",
        )


def unfilled_findings(survey: Survey) -> Iterator[Finding]:
    """Inputs of the template that were not entered yet."""
    blank = unfilled(survey)
    if blank:
        sheet = survey.named[blank[0]][0]
        yield Finding(
            NOTE,
            "not-filled-in",
            sheet,
            areas(survey.named[name][1] for name in blank if survey.named[name][0] == sheet),
            f"{len(blank)} of the inputs nothing can be said without are blank: {', '.join(blank)}",
            "Enter them; until then results show #DIV/0! or #N/A",
            len(blank),
        )


def unfilled(survey: Survey) -> list[str]:
    """The template's required inputs that are there and blank; none in a workbook that is not the template."""
    from workbook.template.inputs import REQUIRED

    if "out_decision" not in survey.named:
        return []
    return [name for name in REQUIRED if name in survey.named and survey.named[name][2] in (None, "")]


def error_findings(survey: Survey, reasons: dict[tuple[str, Place], CalcError]) -> Iterator[Finding]:
    """Error values where they arise; the cells that only pass them on are counted."""
    if unfilled(survey) and not any(not text for _, text in survey.errors.values()):
        return  # they say no more than that the inputs are missing
    roots: list[tuple[str, Place]] = []
    carried: dict[str, list[Place]] = defaultdict(list)
    broken = {(sheet, place) for sheet, places in survey.broken.items() for place in places}
    for number, ((sheet, place), (_, text)) in enumerate(survey.errors.items()):
        if (sheet, place) in broken:
            continue  # said of its formula
        lost = _lost_name(text, survey) if survey.lost_names and number < MOST_LOOKED_INTO else ""
        if lost:
            survey.lost_names[lost].append((sheet, place))
            continue
        passes_on = (
            number < MOST_LOOKED_INTO
            and (sheet, place) not in reasons
            and any((sheet, place) != other for other in precedents(text, sheet, survey, survey.errors))
        )
        if passes_on:
            carried[sheet].append(place)
        else:
            roots.append((sheet, place))
    alike: dict[tuple[Any, ...], list[tuple[str, Place]]] = defaultdict(list)
    for key in roots:
        alike[_group(key, survey, reasons)].append(key)
    for keys in alike.values():
        yield _error(keys, *survey.errors[keys[0]], reasons.get(keys[0]))
    for sheet, places in carried.items():
        yield Finding(
            NOTE,
            "error-passed-on",
            sheet,
            areas(places),
            "shows an error because a cell it reads does",
            "Nothing here: it mends itself with that cell",
            len(places),
        )


def _lost_name(text: str, survey: Survey) -> str:
    """The name a formula reads whose cell was deleted, "" where there is none."""
    names = (reference.body.upper() for reference in _references(text) if reference.kind == "name")
    return next((name for name in names if name in survey.lost_names), "")


def _group(key: tuple[str, Place], survey: Survey, reasons: dict[tuple[str, Place], CalcError]) -> tuple[Any, ...]:
    """What makes two error cells of a sheet one finding: the same reason, or the same formula filled on."""
    sheet, place = key
    code = survey.errors[key][0].code
    reason = reasons.get(key)
    if reason is not None:
        return sheet, code, reason.function, reason.argument, reason.rule
    if _says_no_answer(survey.errors[key]):
        return sheet, code
    grid = next(grid for grid in survey.grids if grid.sheet.name == sheet)
    return sheet, code, grid.shapes.get(place)


def _error(keys: list[tuple[str, Place]], value: CalcError, text: str, reason: CalcError | None) -> Finding:
    def finding(severity: str, kind: str, what: str, remedy: str) -> Finding:
        return Finding(
            severity,
            kind,
            keys[0][0],
            areas(place for _, place in keys),
            f"shows {value.code}{what}",
            remedy,
            len(keys),
            f"={text}" if text else "",
        )

    if reason is not None:
        if reason.code == "#N/A":
            return finding(NOTE, "no-answer", f": {reason.message}", "Nothing, where no answer is an answer")
        return finding(ERROR, "refused-call", f": {reason.message}", reason.remedy or "Mend the argument")
    if not text:
        return finding(ERROR, "error-value", ", typed in, no formula", "Type the number it should be, or the formula")
    if value.code == "#N/A":
        if _says_no_answer((value, text)):
            return finding(NOTE, "no-answer", ", its formula's word for no answer", "Nothing, if expected")
        return finding(WARNING, "no-answer", "", "Check that it is expected, or what the lookup misses")
    if value.code not in CODES:
        return finding(WARNING, "error-value", "", "Open it in a newer Excel")
    return finding(ERROR, "error-value", "", _REMEDIES.get(value.code, "Mend it"))


def _says_no_answer(error: tuple[CalcError, str]) -> bool:
    """NA() says on purpose that there is no answer; a lookup that fails says so by accident."""
    value, text = error
    return value.code == "#N/A" and "NA()" in text.upper()


_REMEDIES = {
    "#REF!": "A cell it read was deleted: point it at the right one",
    "#NAME?": "Correct the name, or install the add-in that has the function",
    "#DIV/0!": "Fill in the divisor, or say in the formula what holds without one",
    "#VALUE!": "A text stands where a number belongs: look at the cells it reads",
    "#NUM!": "A number is out of range, or no solution was found: look at the cells it reads",
    "#NULL!": "Two ranges without a comma between them: add it",
    "#SPILL!": "Clear the cells the result has to spill into",
}


def engine_findings(survey: Survey, engine: str) -> Iterator[Finding]:
    """What the engine could not compute, by reason; circular references are a fault of the workbook."""
    by_reason: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for (sheet, cell), reason in survey.computed.unsupported.items():
        by_reason[sheet, reason].append(row_and_column(cell))
    circles = _circles(
        {(sheet, place) for (sheet, reason), at in by_reason.items() if "circular" in reason for place in at}, survey
    )
    for (sheet, reason), places in by_reason.items():
        if "circular" in reason:
            places = [place for place in places if (sheet, place) in circles]
            if not places:
                continue
            yield Finding(
                ERROR,
                "circular",
                sheet,
                areas(places),
                "reads itself through other cells (circular reference), or reads such a cell",
                "Break the circle: one of these cells has to be an input or a closed formula",
                len(places),
            )
        else:
            other = "" if engine == "libreoffice" else "; --engine libreoffice may"
            yield Finding(
                NOTE,
                "not-computed",
                sheet,
                areas(places),
                f"{len(places):,} cell{'s' if len(places) > 1 else ''} not recomputed: {reason}",
                f"Its stored value was taken as it is{other}",
                len(places),
            )


def _circles(cells: set[tuple[str, Place]], survey: Survey) -> set[tuple[str, Place]]:
    """Of cells said to be circular, those that read one of them: ROW(A1) and its like only ask where A1 is."""
    if len(cells) > MOST_LOOKED_INTO:
        return cells
    grids = {grid.sheet.name: grid.shapes for grid in survey.grids}
    reads = {}
    for sheet, place in cells:
        number = grids[sheet].get(place)
        text = text_of(survey.shapes[number][0], *place) if number is not None else ""
        reads[sheet, place] = set(precedents(_without_questions(text), sheet, survey, cells))
    while ended := [key for key, read in reads.items() if not read & reads.keys()]:
        for key in ended:
            del reads[key]
    return set(reads)


_ASK_WHERE = frozenset(("ROW", "ROWS", "COLUMN", "COLUMNS", "CELL", "SHEET", "AREAS", "FORMULATEXT", "ISFORMULA"))


def _without_questions(text: str) -> str:
    """A formula without the calls that read no value."""
    try:
        calls = [call for call in parse(text).calls if call.name in _ASK_WHERE]
    except FormulaError:
        return text
    outer = [call for call in calls if not any(one.start < call.start and call.end < one.end for one in calls)]
    return splice(text, [(call.start, call.end, "1") for call in outer])


def precedents(
    text: str, sheet: str, survey: Survey, among: Collection[tuple[str, Place]]
) -> Iterator[tuple[str, Place]]:
    """The cells a formula reads that are among the given ones."""
    for reference in _references(text):
        if reference.kind == "name":
            if reference.body in survey.named:
                name_sheet, place, _ = survey.named[reference.body]
                if (name_sheet, place) in among:
                    yield name_sheet, place
            continue
        if reference.kind not in ("cell", "range"):
            continue
        other_sheet = reference.sheet or sheet
        top, left, bottom, right = corners(reference.body.replace("$", ""))
        if (bottom - top + 1) * (right - left + 1) <= 64:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    if (other_sheet, (row, column)) in among:
                        yield other_sheet, (row, column)
        else:
            for name, (row, column) in among:
                if name == other_sheet and top <= row <= bottom and left <= column <= right:
                    yield name, (row, column)
                    break


def _references(text: str) -> list[Reference]:
    try:
        return parse(text).references() if text else []
    except FormulaError:
        return []
