"""Our functions by Python: why a call has an error value, and a second opinion on NPV and IRR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS
from pycalc.registry.calls import evaluate
from pycalc.registry.definition import Function
from workbook.engines import EngineFailed
from workbook.engines.asking import Asked
from workbook.engines.formualizer import Session
from workbook.file.addresses import Place, row_and_column
from workbook.formulas.parser import Call, parsed
from workbook.formulas.shapes import BRANCHES, MASKS, template_of
from workbook.tasks.check import units
from workbook.tasks.check.finding import Finding, say
from workbook.tasks.check.seen import OwnCall, Survey

MOST_OPINIONS = 500
"""NPV and IRR cells that get a second opinion; each takes about a millisecond."""

_REFUSED = ("#VALUE!", "#NUM!")
_SAME_NPV = 1e-9
_SAME_IRR = 1e-7
_ZERO_NPV = 1e-6
"""At an internal rate the present value is this share of the largest flow, or less."""


def reasons(survey: Survey, session: Session) -> dict[tuple[str, Place], CalcError]:
    """For cells with an error value that call a function of ours: the error of the call, with its message."""
    calls = [call for call in survey.calls if isinstance(call.value, CalcError)]
    return {(call.sheet, call.place): error for call, error in _errors(calls, session, True)}


def masked_findings(survey: Survey, session: Session) -> Iterator[Finding]:
    """Calls that are refused behind an IFERROR: the cell shows a number, the inputs are wrong all the same."""
    shown = (call for call in survey.calls if not isinstance(call.value, CalcError))
    calls = [call for call in shown if not template_of(call.text)[0].functions.isdisjoint(MASKS)]
    if session.errors.keys().isdisjoint(_REFUSED):  # no call of ours was refused that the engine made
        known: dict[str, bool] = {}
        calls = [call for call in calls if not (_is_made(call, known) and session.computes(call.key))]
    for call, error in _errors(calls, session, False):
        if error.code in _REFUSED:
            yield say("hidden-error", call.sheet, call.place, message=error.message)


def _is_made(own: OwnCall, known: dict[str, bool]) -> bool:
    """Whether every call of ours in a formula is made whenever it is computed: it is all that an IFERROR or its like
    looks at, with nothing around that may have enough before; `known` by template."""
    key = template_of(own.text)[0].key
    if key not in known:
        formula = parsed(own.text)
        known[key] = formula is not None and all(
            call.parent is not None
            and call.parent.name in MASKS
            and call.parent.parent is None
            and formula.argument(call.parent, 0) == own.text[call.start : call.end]
            for call in formula.calls
            if call.name in FUNCTIONS
        )
    return known[key]


def unit_findings(survey: Survey, session: Session) -> Iterator[Finding]:
    """Inputs whose unit looks wrong by a thousand, each cell once."""
    seen: set[tuple[str, Place]] = set()
    for role, sheet, place, value in (*_named(survey), *_arguments(survey, session), *survey.doubtful):
        doubt = units.doubt(role, value)
        if doubt and (sheet, place) not in seen:
            seen.add((sheet, place))
            yield say("unit", sheet, place, what=doubt[0], remedy=doubt[1])
    if survey.uncounted_calls:
        yield say("calls-not-checked", n=survey.uncounted_calls)


def _named(survey: Survey) -> Iterator[tuple[str, str, Place, float]]:
    for name, role in units.BY_NAME.items():
        sheet, place, value = survey.named.get(name, ("", (0, 0), None))
        if type(value) is float:
            yield role, sheet, place, value


def _arguments(survey: Survey, session: Session) -> Iterator[tuple[str, str, Place, float]]:
    """The single cells given to arguments of ours whose unit is known."""
    looked_up: set[tuple[str, str, str]] = set()
    known: dict[str, list[units.Given]] = {}
    for own in survey.calls:
        template, references = template_of(own.text)
        if template.key not in known:
            known[template.key] = list(units.given(own.text))
        for role, number, text, reference in known[template.key]:
            if reference.kind == "cell":
                cell = (reference.sheet or own.sheet, row_and_column(references[number].replace("$", "")))
                text = text.removesuffix(reference.body) + references[number]
            elif reference.kind == "name" and reference.body in survey.named:
                cell = survey.named[reference.body][:2]
            else:
                continue
            if (cell[0], text, role) in looked_up:
                continue
            looked_up.add((cell[0], text, role))
            try:
                value = session.value(own.sheet, *own.place, text)
            except EngineFailed:
                continue
            if type(value) is float:
                yield role, *cell, value


def _errors(calls: list[OwnCall], session: Session, everywhere: bool) -> Iterator[tuple[OwnCall, CalcError]]:
    """Formulas with the error of their innermost call of ours that has one.

    everywhere : inside an IF and outside of an IFERROR too; a branch not taken may be refused as it likes.
    """
    looked_at = []
    for own in calls:
        if (formula := parsed(own.text)) is None:
            continue
        for call in reversed(formula.calls):
            if call.name in FUNCTIONS and (everywhere or (_within(call, MASKS) and not _within(call, BRANCHES))):
                given = [formula.argument(call, position) for position in range(len(call.arguments))]
                looked_at.append((own, FUNCTIONS[call.name], given))
    asked = ((own.sheet, *own.place, text) for own, _, given in looked_at for text in given if text)
    known = session.values(asked) if len(looked_at) > 1 else {}
    named: set[int] = set()
    for own, function, given in looked_at:
        error = None if id(own) in named else _refusal(function, given, own, session, known)
        if error is not None:
            named.add(id(own))
            yield own, error


def _refusal(
    function: Function, given: list[str], own: OwnCall, session: Session, known: Mapping[Asked, Any]
) -> CalcError | None:
    arguments = []
    for text in given:
        asked = (own.sheet, *own.place, text)
        try:
            arguments.append(known[asked] if asked in known else session.value(*asked) if text else None)
        except EngineFailed:
            return None
    try:
        result = evaluate(function, tuple(arguments))
    except CalcError as error:
        return error.bare()
    rows = result if isinstance(result, list) else [[result]]
    cells = (cell for row in rows for cell in (row if isinstance(row, list) else [row]))
    return next((cell for cell in cells if isinstance(cell, CalcError)), None)


def _within(call: Call, names: frozenset[str]) -> bool:
    around = call.parent
    while around is not None:
        if around.name in names:
            return True
        around = around.parent
    return False


# the second opinion


def finance_findings(survey: Survey, session: Session) -> Iterator[Finding]:
    """NPV and IRR, Excel's and ours, worked out once more by numpy-financial where it is installed."""
    wanted = [(sheet, place, text) for sheet, place, text, value in survey.finance if type(value) is float]
    if not wanted:
        return
    try:
        import numpy_financial
    except ImportError:
        yield say("no-second-opinion", n=len(wanted))
        return
    for sheet, place, text in wanted[:MOST_OPINIONS]:
        formula = parsed(text)
        for call in formula.calls if formula else ():
            opinion = _second_opinion(numpy_financial, formula, call, sheet, place, session)
            if opinion:
                yield opinion


def _second_opinion(
    finance: Any, formula: Any, call: Call, sheet: str, place: Place, session: Session
) -> Finding | None:
    """How numpy-financial disagrees with a call; None where it agrees or has nothing to say."""

    def argument(position: int) -> Any:
        text = formula.argument(call, position) if position < len(call.arguments) else ""
        return session.value(sheet, *place, text) if text else None

    def number(position: int) -> float:
        value = argument(position)
        return 0.0 if value is None else value

    if call.name not in ("NPV", "IRR", "FT_NPV", "FT_IRR"):
        return None
    try:
        ours = session.value(sheet, *place, formula.text[call.start : call.end])
        if type(ours) is not float:
            return None
        if call.name in ("FT_NPV", "FT_IRR"):
            shift = 1 if call.name == "FT_NPV" else 0
            months, upfront, saving, growth, fixed = (number(shift + index) for index in range(5))
            flows = [-upfront] + [saving * (1 + growth) ** month - fixed for month in range(int(months))]
            if call.name == "FT_NPV":
                theirs = finance.npv((1 + number(0)) ** (1 / 12) - 1, flows)
            else:
                theirs = (1 + finance.irr(flows)) ** 12 - 1
        elif call.name == "IRR":
            flows = _numbers(argument(0))
            theirs = finance.irr(flows)
        else:  # Excel passes over blanks
            flows = [0.0, *(flow for index in range(1, len(call.arguments)) for flow in _numbers(argument(index)))]
            theirs = finance.npv(number(0), flows)
        if theirs != theirs:  # it found none
            return None
        size = max(abs(flow) for flow in flows)
        tolerance = _SAME_NPV * size if call.name.endswith("NPV") else _SAME_IRR * max(1.0, abs(ours))
        if abs(ours - theirs) <= tolerance:
            return None
        two_rates = call.name == "IRR" and abs(finance.npv(ours, flows)) <= _ZERO_NPV * size
    except (EngineFailed, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    about = "two-rates" if two_rates else "opinions-differ"
    return say(about, sheet, place, call=call.name, ours=ours, theirs=theirs)


def _numbers(value: Any) -> list[float]:
    rows = value if isinstance(value, list) else [[value]]
    return [cell for row in rows for cell in row if type(cell) is float]
