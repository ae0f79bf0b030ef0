"""Which stored values are wrong, and what follows from each: only what can be proved is an error.

A value is wrong where the formula gives another one from the values stored around it, by two engines that agree with
each other and not with the file; for our own functions Python is the definition and enough. Cells that only pass such
a value on are its consequences. Where a second engine agrees with the file the first one is at fault: nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from pycalc.errors import CalcError
from workbook.engines import EngineFailed, Key
from workbook.engines.filing import filed
from workbook.engines.formualizer import Session
from workbook.engines.settling import Settlement
from workbook.engines.transcript import SECOND
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.values import TOLERANCE
from workbook.formulas.parser import FormulaError, parse
from workbook.formulas.shapes import VOLATILE

MOST_LOOKED_INTO = 1_000
"""Cells whose terms are followed; beyond, rounding is taken for a difference."""


_NEAR_A_POLE = 1e9


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
    found.not_stored = set(settlement.missing) if session.placeholders else set()
    disagreeing = settlement.disagreeing(ours=True)
    if not disagreeing:
        return found
    settlement.test(disagreeing, set())
    infos = settlement.infos
    found.moving = [key for key in disagreeing if not infos[key].template.functions.isdisjoint(VOLATILE)]
    faulty = [
        key
        for number, key in enumerate(settlement.faulty)
        if number >= MOST_LOOKED_INTO or not _only_rounding(settlement, key)
    ]
    natives = [key for key in faulty if not infos[key].ours]
    wrong, right = settlement.verdicts(natives)
    wrong -= {key for key in wrong if _proves_nothing(settlement, key)}
    wrong |= {key for key in faulty if infos[key].ours}
    found.wrong = [key for key in faulty if key in wrong]
    found.unproved = {key: settlement.faulty[key] for key in natives if key not in wrong and key not in right}
    for key in wrong:
        settlement.held.pop(key, None)
    session.release(wrong)
    settlement.refresh()
    session.result.values |= settlement.held
    found.follow = _consequences(package, settlement, found.wrong)
    return found


def _proves_nothing(settlement: Settlement, key: Key) -> bool:
    """Where engines agree with each other for the same bad reason: which error it is, texts by the language of the
    program, and angles so near a pole that the last digit of the input decides."""
    info = settlement.infos[key]
    stored, computed, functions = info.stored, settlement.faulty[key], info.template.functions
    if isinstance(stored, CalcError) and isinstance(computed, CalcError):
        return True
    if "TEXT" in functions and isinstance(stored, str):
        return True
    return type(stored) is float and abs(stored) > _NEAR_A_POLE and bool(functions & {"TAN", "COT", "CSC", "SEC"})


def _consequences(package: Package, settlement: Settlement, wrong: list[Key]) -> dict[Key, int]:
    """How many cells show what follows from each wrong one; a cell counts for the first it follows from."""
    changed = settlement.changed() - settlement.missing - set(wrong)
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
    if info.area or type(stored) is not float or type(computed) is not float:
        return False
    largest = max(abs(stored), abs(computed))
    try:
        references = parse(settlement.text(key)).references()
    except FormulaError:
        references = []
    for reference in references:
        try:
            value = settlement.session.value(key[0], info.row, info.column, reference.text)
        except EngineFailed:
            continue
        rows = value if isinstance(value, list) else [[value]]
        for cell in chain.from_iterable(rows):
            if type(cell) is float:
                largest = max(largest, abs(cell))
    return abs(stored - computed) <= TOLERANCE * largest
