"""Which stored values are wrong, and what follows from each: only what can be proved is an error.

A value is wrong where the formula gives another one from the values stored around it, by two engines that agree with
each other and not with the file; for our own functions Python is the definition and enough. Cells that only pass such
a value on are its consequences. Where a second engine agrees with the file the first one is at fault: nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from pycalc.errors import CalcError
from workbook.engines import EngineFailed, Key
from workbook.engines.filing import filed
from workbook.engines.formualizer import Session
from workbook.engines.mending import hidden_rows
from workbook.engines.settling import Settlement, stale
from workbook.engines.transcript import SECOND
from workbook.engines.trial import doubted
from workbook.file import tsv
from workbook.file.addresses import row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.values import TOLERANCE, same
from workbook.formulas.parser import FormulaError, parse, splice
from workbook.formulas.shapes import VOLATILE

MOST_LOOKED_INTO = 1_000
"""Cells whose terms are followed; beyond, rounding is taken for a difference."""

_NEAR_A_POLE = 1e9


_CALLS = {
    line["group"]: frozenset(line["functions"].split())
    for line in tsv.lines(Path(__file__).parent / "data" / "judged.tsv")
}
"""Functions on which engines agree, or differ, for no good reason; an error by which it gives that itself."""


@dataclass
class Verdict:
    """What is to be said of stored values that are not what the embedded engine computes.

    wrong : cells whose stored value is proved wrong, in the order of the file.
    follow : for each of them how many other cells show what follows from it.
    unproved : cells one engine computes otherwise, with what it gives, and no other engine confirms either way.
    moving : cells that follow the clock or chance.
    not_stored : cells that store a zero as a placeholder, in a file that asks to be calculated on opening.
    """

    wrong: list[Key] = field(default_factory=list)
    follow: dict[Key, int] = field(default_factory=dict)
    unproved: dict[Key, Value] = field(default_factory=dict)
    moving: list[Key] = field(default_factory=list)
    not_stored: set[Key] = field(default_factory=set)


def verdict(package: Package, session: Session, engines: Sequence[str] = SECOND) -> Verdict:
    """Judge every stored value; afterwards the session computes from the values that are believed."""
    settlement = Settlement(package, session)
    settlement.second_engines = tuple(engines)
    found = Verdict()
    found.wrong = [key for sheet in session.proved.values() for key in sheet.wrong]
    found.not_stored = set(settlement.missing) if session.placeholders else set()
    disagreeing = settlement.disagreeing(ours=True)
    if not disagreeing:
        _follow_lines(found, session)
        return found
    settlement.test(disagreeing, set())
    infos = settlement.infos
    found.moving = [key for key in disagreeing if not infos[key].like.template.functions.isdisjoint(VOLATILE)]
    faulty = [
        key
        for number, key in enumerate(settlement.faulty)
        if number >= MOST_LOOKED_INTO or not _only_rounding(settlement, key)
    ]
    natives = [key for key in faulty if not infos[key].like.ours]
    wrong, right = settlement.verdicts(natives)
    wrong -= {key for key in wrong if _proves_nothing(package, settlement, key)}
    wrong |= {key for key in faulty if infos[key].like.ours}
    found.wrong += [key for key in faulty if key in wrong]
    found.unproved = {key: settlement.faulty[key] for key in natives if key not in wrong and key not in right}
    for key in wrong:
        settlement.held.pop(key, None)
    session.release(wrong)
    settlement.refresh()
    session.result.values |= settlement.held
    found.follow = _consequences(package, settlement, [key for key in faulty if key in wrong])
    _follow_lines(found, session)
    return found


def _follow_lines(found: Verdict, session: Session) -> None:
    """What follows from wrong values in sheets of like lines: in the same line, and, counted once, elsewhere."""
    moved, values = stale(session), session.result.values
    firsts = {
        (sheet, row_and_column(cell)[0]): (sheet, cell)
        for sheet, cell in reversed(found.wrong)
        if sheet in session.proved
    }
    if not firsts:
        return
    after = session.what_if({}, values, moved)
    changed = sum(not same(values[key], value) for key, value in after.items())
    found.follow[found.wrong[0]] = found.follow.get(found.wrong[0], 0) + changed
    for sheet, cell in moved.keys() - set(found.wrong):
        if first := firsts.get((sheet, row_and_column(cell)[0])):
            found.follow[first] = found.follow.get(first, 0) + 1
    values |= after
    values |= {
        (sheet, cell): value for (sheet, cell), value in moved.items() if (sheet, row_and_column(cell)[0]) in firsts
    }


def _proves_nothing(package: Package, settlement: Settlement, key: Key) -> bool:
    """Where engines agree with each other for the same bad reason.

    Which error it is; texts and dates as the language and region of the program write and read them; what a window or a
    file's place is, or an address in a text; a text for a number; a search that comes to nothing; rows a filter hides;
    days before March 1900, which Excel counts otherwise; angles so near a pole that the last digit of the input
    decides; the seventh digit of what Excel searched for or approximated before 2010; what the first engine is known to
    compute otherwise than Excel.
    """
    info = settlement.infos[key]
    stored, computed, functions = info.stored, settlement.faulty[key], info.like.template.functions
    text = settlement.text(key)
    errors = isinstance(stored, CalcError) + isinstance(computed, CalcError)
    if isinstance(computed, str):
        words = computed.replace("\r", "")
        if _in_words(stored, functions) in (words, _LONG.sub(_in_15_digits, words)):
            return True
    if errors == 2 or functions & _CALLS["place"] or doubted(functions, "formualizer"):
        return True
    if functions & _CALLS["language"] and (errors or isinstance(stored, str)):
        return True
    if errors and functions & (_CALLS["searches"] | _CALLS.get(getattr(stored, "code", ""), frozenset())):
        return True
    if getattr(computed, "code", "") == "#VALUE!" and (
        '"' in text or any(isinstance(v, str) and _in_some_language(v) for v in _read(settlement, key))
    ):
        return True  # Excel takes a text for a number in more places: "48,34%" where a comma is the decimal point
    if functions & _CALLS["skips hidden"] and any(hidden_rows(package, sheet.name) for sheet in package.worksheets()):
        return True
    if functions & _CALLS["approximated"] and _as_near_as_approximated(settlement, key):
        return True
    if functions & _CALLS["dates"] and _in_1900(settlement, key):
        return True
    return type(stored) is float and abs(stored) > _NEAR_A_POLE and bool(functions & _CALLS["poles"])


def _in_words(stored: Value, functions: frozenset[str]) -> str | None:
    """The text a cell stores, line ends aside; some programs store the digits of BASE as a number."""
    if isinstance(stored, str):
        return stored.replace("\r", "")
    return f"{stored:.15g}" if isinstance(stored, float) and "BASE" in functions else None


_LONG = re.compile(r"\d[\d.]{14,}\d")


def _in_15_digits(number: re.Match[str]) -> str:
    """A number as Excel joins it to a text; the engines give up to 17 digits, and no exponent."""
    return f"{float(number[0]):.15g}".upper() if number[0].count(".") < 2 else number[0]


_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NO_WORDS = re.compile(r"(?:[\W\d_]|[ap]m\b|kr\b|kč|zł|chf|lei\b)+", re.IGNORECASE)
_OF_A_CENTURY = re.compile(r"(?:19|20)\d\d")


def _in_some_language(text: str) -> bool:
    """Whether a text may be a number, an amount or a day in the language of some Excel.

    With words it may be a day, of two numbers or a year; "12 pcs" and "Year 1" are nowhere a number.
    """
    numbers = _NUMBER.findall(text)
    return len(numbers) > 1 or any(_NO_WORDS.fullmatch(text) or _OF_A_CENTURY.fullmatch(number) for number in numbers)


def _as_near_as_approximated(settlement: Settlement, key: Key) -> bool:
    """Whether a value is off by no more than if what is approximated in it were off in the seventh digit."""
    info, text, computed = settlement.infos[key], settlement.text(key), settlement.faulty[key]
    moved: object = None
    with suppress(FormulaError, EngineFailed):
        calls = [call for call in parse(text).calls if call.name in _CALLS["approximated"]]
        outer = [call for call in calls if not any(other.start < call.start < other.end for other in calls)]
        spans = [(call.start, call.end, f"({text[call.start : call.end]}*(1+{_BEFORE_2010}))") for call in outer]
        moved = settlement.session.value(key[0], info.row, info.column, splice(text, spans))
    if type(info.stored) is float and type(computed) is float and type(moved) is float:
        return abs(info.stored - computed) <= abs(moved - computed)
    return same(info.stored, computed, _BEFORE_2010)


_BEFORE_2010 = 1e-6
"""Microsoft gives the searches of BETAINV and its like a precision of 3e-7; ERF and BESSELJ had seven digits."""


def _in_1900(settlement: Settlement, key: Key) -> bool:
    """Whether a date function is given a day of the first two months, or the year 1900 itself.

    Excel has a 29 February in 1900 and a day 0, so its days of the week and of those months are others.
    """
    info = settlement.infos[key]
    with suppress(FormulaError, EngineFailed):
        formula = parse(settlement.text(key))
        for call in (call for call in formula.calls if call.name in _CALLS["dates"]):
            for position in range(1 if call.name == "DATE" else len(call.arguments)):
                text = formula.argument(call, position)
                value = settlement.session.value(key[0], info.row, info.column, text) if text else None
                if value is None or (type(value) is float and (0 <= value < _MARCH_1900 or value == _YEAR)):
                    return True
    return False


_MARCH_1900 = 61
_YEAR = 1900


def _consequences(package: Package, settlement: Settlement, wrong: list[Key]) -> dict[Key, int]:
    """How many cells show what follows from each wrong one; a cell counts for the first it follows from."""
    changed = settlement.changed() - settlement.missing - set(wrong) if wrong else ()
    if not changed:
        return {}
    infos = settlement.infos
    spots = {(key[0], infos[key].row, infos[key].column): key for key in changed}
    readers = filed(package, settlement.session.formulas)
    counts = {}
    for key in wrong:
        reached = readers.closure([(key[0], infos[key].row, infos[key].column)])
        counts[key] = sum(spots.pop(spot, None) is not None for spot in reached)
    return counts


def _only_rounding(settlement: Settlement, key: Key) -> bool:
    """Whether a difference is no more than the rounding of the largest number the formula reads."""
    info, computed = settlement.infos[key], settlement.faulty[key]
    stored = info.stored
    if info.like.area or type(stored) is not float or type(computed) is not float:
        return False
    least = 1.0 if info.like.template.functions & _CALLS["circle"] else 0.0
    numbers = (abs(value) for value in _read(settlement, key) if type(value) is float)
    return abs(stored - computed) <= TOLERANCE * max(least, abs(stored), abs(computed), *numbers)


def _read(settlement: Settlement, key: Key) -> Iterator[Value]:
    """The values a formula reads, those in its names too, and the numbers typed into it."""
    info, session = settlement.infos[key], settlement.session
    try:
        formula = parse(session.surroundings.native(settlement.text(key), key[0], info.row, info.column))
    except FormulaError:
        return
    yield from (float(token.text) for token in formula.tokens if token.kind == "number")
    for reference in formula.references():
        try:
            value = session.value(key[0], info.row, info.column, reference.text)
        except EngineFailed:
            continue
        yield from chain.from_iterable(value if isinstance(value, list) else [[value]])
