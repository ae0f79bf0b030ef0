"""Stored values against computed ones, error values, and cells no engine could compute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pycalc.errors import CODES, CalcError, shown
from pycalc.registry import FUNCTIONS
from workbook.file.addresses import Place, row_and_column
from workbook.file.package import Package
from workbook.formulas.parser import mentions, parsed, splice
from workbook.formulas.readers import CellSet, References
from workbook.formulas.shapes import BRANCHES, template_of, text_of
from workbook.tasks.check.finding import NOTE, SINGLY, Finding, by_sheet, say, say_each, say_once
from workbook.tasks.check.seen import Stale, Survey, is_demonstration
from workbook.tasks.check.verdict import Verdict

MOST_LOOKED_INTO = 1_000
"""Cells whose terms or precedents are followed; beyond, each is reported as it is."""


def stored_findings(survey: Survey, judged: Verdict) -> Iterator[Finding]:
    """Cells that do not show what they compute to, and cells that store nothing."""
    wrong = set(judged.wrong)
    explained = {(sheet, place) for (sheet, _), places in survey.called.items() for place in places}
    real = [stale for stale in survey.stale if stale.anchor in wrong and (stale.sheet, stale.place) not in explained]
    unknown: list[tuple[str, Place]] = []
    shown_of: dict[str, list[Stale]] = defaultdict(list)
    for stale in real:
        if _lacks_the_add_in(stale):
            unknown.append((stale.sheet, stale.place))
        else:
            shown_of[stale.sheet].append(stale)
    for sheet, places in by_sheet(unknown).items():
        yield say("no-add-in", sheet, places, severity=NOTE if is_demonstration(survey, sheet) else "")
    for sheet, cells in shown_of.items():
        for stale in cells[:SINGLY]:
            yield _stale(stale, judged.follow.get(stale.anchor, 0))
        rest = cells[SINGLY:]
        if rest:
            yield say("more-stale", sheet, [stale.place for stale in rest])
    yield from say_each("not-confirmed", judged.unproved)
    if judged.moving:
        yield say_once("moving", judged.moving)
    yield from (say("not-stored", sheet, places) for sheet, places in survey.missing.items())


def _stale(stale: Stale, follow: int) -> Finding:
    more = f"; {follow:,} cell{'s' if follow > 1 else ''} that read it show what follows from that" if follow else ""
    formula = f"={stale.text}" if stale.text else ""
    stored, computed = shown(stale.stored), shown(stale.computed)
    return say("stale", stale.sheet, stale.place, formula=formula, stored=stored, computed=computed, more=more)


def _lacks_the_add_in(stale: Stale) -> bool:
    """A call of ours saved where nobody knew our functions."""
    return isinstance(stale.stored, CalcError) and stale.stored.code == "#NAME?" and mentions(stale.text, FUNCTIONS)


def own_checks_findings(survey: Survey) -> Iterator[Finding]:
    """The template's master check."""
    sheet, place, value = survey.named.get("out_checks", ("", (0, 0), None))
    if value is False and not unfilled(survey):
        yield say("own-checks", sheet, place)


def unfilled_findings(survey: Survey) -> Iterator[Finding]:
    """Inputs of the template that were not entered yet."""
    blank = unfilled(survey)
    if blank:
        yield say_once("not-filled-in", (survey.named[name][:2] for name in blank), names=", ".join(blank))


def unfilled(survey: Survey) -> list[str]:
    """The template's required inputs that are there and blank; none in a workbook that is not the template."""
    if "out_decision" not in survey.named:
        return []
    from workbook.template.inputs import REQUIRED

    return [name for name in REQUIRED if name in survey.named and survey.named[name][2] in (None, "")]


def error_findings(survey: Survey, package: Package, reasons: dict[tuple[str, Place], CalcError]) -> Iterator[Finding]:
    """Error values where they arise; the cells that only pass them on are counted."""
    if not survey.errors or (unfilled(survey) and all(text for _, text in survey.errors.values())):
        return  # they say no more than that the inputs are missing
    roots: list[tuple[str, Place]] = []
    carried: list[tuple[str, Place]] = []
    broken = {(sheet, place) for sheet, places in survey.broken.items() for place in places}
    references, errors = _references(package), _cells(survey.errors)
    for number, (key, (_, text)) in enumerate(survey.errors.items()):
        if key in broken:
            continue  # said of its formula
        lost = _lost_name(text, survey) if survey.lost_names and number < MOST_LOOKED_INTO else ""
        if lost:
            survey.lost_names[lost].append(key)
            continue
        passes_on = (
            number < MOST_LOOKED_INTO and key not in reasons and _precedents(text, key, references, errors) - {key}
        )
        if passes_on:
            carried.append(key)
        else:
            roots.append(key)
    alike: dict[tuple[Any, ...], list[tuple[str, Place]]] = defaultdict(list)
    for key in roots:
        alike[_group(key, survey, reasons)].append(key)
    for keys in alike.values():
        yield _error(keys, *survey.errors[keys[0]], reasons.get(keys[0]))
    yield from say_each("error-passed-on", carried)


def _lost_name(text: str, survey: Survey) -> str:
    """The name a formula reads whose cell was deleted, "" where there is none."""
    names = (reference.body.upper() for reference in template_of(text)[0].others if reference.kind == "name")
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
    words: dict[str, Any] = {"code": value.code}
    if reason is not None:
        about = "no-answer-of-call" if reason.code == "#N/A" else "call-refused"
        words |= {"message": reason.message, "remedy": reason.remedy or "Mend the argument"}
    elif not text:
        about = "typed-error"
    elif value.code == "#N/A":
        about = "no-answer-meant" if _says_no_answer((value, text)) else "no-answer"
    else:
        about = value.code if value.code in CODES else "newer-error"
    return say_once(about, keys, formula=f"={text}" if text else "", **words)


def _says_no_answer(error: tuple[CalcError, str]) -> bool:
    """NA() says on purpose that there is no answer; a lookup that fails says so by accident."""
    value, text = error
    return value.code == "#N/A" and "NA()" in text.upper()


def engine_findings(survey: Survey, package: Package, engine: str) -> Iterator[Finding]:
    """What the engine could not compute, by reason; circular references are a fault of the workbook."""
    by_reason: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for (sheet, cell), reason in survey.computed.unsupported.items():
        by_reason[sheet, reason].append(row_and_column(cell))
    said = {(sheet, place) for (sheet, reason), at in by_reason.items() if "circular" in reason for place in at}
    circles = _circles(said, survey, package)
    proved = _circles(circles, survey, package, certain=True)
    for (sheet, reason), places in by_reason.items():
        if "circular" in reason:
            found = [place for place in places if (sheet, place) in circles]
            for about, held in (("circular", True), ("circular-by-branch", False)):
                places = [place for place in found if ((sheet, place) in proved) == held]
                if places:
                    yield say(about, sheet, places)
        else:
            other = "" if engine == "libreoffice" else "; --engine libreoffice may"
            yield say("not-computed", sheet, places, reason=reason, other=other)


def _circles(
    cells: Collection[tuple[str, Place]], survey: Survey, package: Package, certain: bool = False
) -> Collection[tuple[str, Place]]:
    """Of cells said to be circular, those that read one of them: ROW(A1) and its like only ask where A1 is.

    certain : only what is read whatever the values, not what a condition may leave alone.
    """
    if len(cells) > MOST_LOOKED_INTO:
        return cells
    grids = {grid.sheet.name: grid.shapes for grid in survey.grids}
    references, among = _references(package), _cells(cells)
    reads = {}
    for sheet, place in cells:
        number = grids[sheet].get(place)
        text = text_of(survey.shapes[number][0], *place) if number is not None else ""
        reads[sheet, place] = _precedents(_read_for_certain(text, certain), (sheet, place), references, among)
    while ended := [key for key, read in reads.items() if not read & reads.keys()]:
        for key in ended:
            del reads[key]
    return set(reads)


_ASK_WHERE = frozenset(("ROW", "ROWS", "COLUMN", "COLUMNS", "CELL", "SHEET", "AREAS", "FORMULATEXT", "ISFORMULA"))
_MAY_LEAVE = BRANCHES | {"IFERROR", "IFNA"}


def _read_for_certain(text: str, certain: bool) -> str:
    """A formula without the calls that read no value, and without what a condition may leave alone."""
    formula = parsed(text)
    calls = formula.calls if formula else []
    spans = [(call.start, call.end) for call in calls if call.name in _ASK_WHERE]
    spans += [call.arguments[0] for call in calls if call.name == "OFFSET" and call.arguments]
    if certain:
        spans += [span for call in calls if call.name in _MAY_LEAVE for span in call.arguments[1:]]
    outer = [span for span in spans if not any(a <= span[0] and span[1] <= b for a, b in spans if (a, b) != span)]
    return splice(text, [(start, end, "1") for start, end in sorted(outer)])


def _references(package: Package) -> References:
    return References(package, lambda text: _read_for_certain(text, False))


def _cells(places: Iterable[tuple[str, Place]]) -> CellSet:
    return CellSet((sheet, *place) for sheet, place in places)


def _precedents(text: str, key: tuple[str, Place], references: References, among: CellSet) -> set[tuple[str, Place]]:
    """The cells a formula reads that are among the given ones, those of its names too."""
    sheet, place = key
    areas, _ = references.of(text, (sheet, *place))
    return {(other, (row, column)) for area in areas for other, row, column in among.within(area)}
