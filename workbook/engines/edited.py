"""Which values are stored after inputs were edited: those that depend on the edit, and are believed.

The values the file stores belong to the inputs it had. Put back for a moment, these show whether the embedded engine
computes what the file says; where it does not, a second engine that does computes the new value, or the cell keeps what
it has and is named, with all that depends on it. What does not depend on the edit keeps its value as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from workbook.engines import Key
from workbook.engines.filing import filed
from workbook.engines.settling import Settlement
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.formulas.readers import Readers
from workbook.formulas.shapes import VOLATILE

_UNPROVED = (
    "the embedded engine does not reproduce its value from the inputs of before, and no second engine does either"
)


def keep_unaffected(settlement: Settlement, before: Package) -> None:
    """Of a settlement that computed everything, keep what is new by an edit of the workbook `before`."""
    old = dict(_edited(before, settlement.package))
    if _moves_alone(settlement, old):
        return
    seeds = set(old) | {key for key, info in settlement.infos.items() if info.like.ours or key in settlement.missing}
    readers = filed(settlement.package, settlement.session.formulas)
    affected = settlement.reading(seeds, readers.copy())
    _hold_unaffected(settlement, affected)
    doubted = _doubted(settlement, old, affected, readers, {sheet.name for sheet in before.worksheets()})
    if not doubted and not settlement.held:
        return
    now = {key: value for key, value in settlement.values.items() if key not in doubted}
    answers, outdated = settlement.second(doubted, now, before)
    settlement.believe(answers)
    settlement.without(dict.fromkeys(doubted.keys() - answers.keys() - outdated, _UNPROVED))
    for key in settlement.values.keys() & settlement.infos.keys():
        settlement.values[key] = settlement.computed(key)
    for key in settlement.kept:
        settlement.values.pop(key, None)
    settlement.drop_unchanged()


def _moves_alone(settlement: Settlement, old: Mapping[Key, Value]) -> bool:
    """Whether every formula has its stored value with the inputs of before, so that nothing but the edit moves one:
    what reads what need not be known then. Values that did not move are left out."""
    infos, iterates = settlement.infos, settlement.session.surroundings.settings.delta > 0
    if settlement.held or iterates or any(info.like.area for info in infos.values()):
        return False
    tested, given = _given_before(settlement, old, infos, last=False)  # nothing is asked of the engine then
    if any(key not in given or not settlement.alike(infos[key].stored, given[key]) for key in tested):
        settlement.session.again(())
        return False
    for key in settlement.values.keys() & given.keys():
        if settlement.values[key] == given[key]:
            del settlement.values[key]
    return True


def _given_before(
    settlement: Settlement, old: Mapping[Key, Value], keys: Iterable[Key], last: bool = True
) -> tuple[list[Key], dict[Key, Value]]:
    """Of some formulas those that the file had a value for, and what the engine gives with the inputs of before; `last`
    as in `what_if`."""
    infos = settlement.infos
    tested = [key for key in keys if key not in settlement.missing and not infos[key].like.input]
    constants = {key: value for key, value in old.items() if key not in infos}
    return tested, settlement.session.what_if(constants, tested, last=last)


def _hold_unaffected(settlement: Settlement, affected: Set[Key]) -> None:
    """What does not depend on the edit shows what the file stores, and what reads it is computed from that."""
    stored = {}
    for key in settlement.values.keys() & settlement.infos.keys() - affected:
        info = settlement.infos[key]
        if not info.like.area and not settlement.alike(info.stored, settlement.values[key]):
            stored[key] = info.stored
        del settlement.values[key]
    settlement.believe(stored)


def _edited(before: Package, after: Package) -> Iterator[tuple[Key, Value]]:
    """The cells that hold another constant or formula, or of a formula another value, with the value before."""
    parts = {sheet.name: sheet.part for sheet in before.worksheets()}
    renamed = set(parts.values()) - {parts.get(sheet.name) for sheet in after.worksheets()}
    for sheet in after.worksheets():
        part = parts.get(sheet.name, sheet.part if sheet.part in renamed else None)
        if part is not None and before.read(part) == after.read(sheet.part):
            continue
        was = {} if part is None else _contents(before, part)
        now = _contents(after, sheet.part)
        for address in {**was, **now}:
            if was.get(address) != now.get(address):
                yield (sheet.name, address), was.get(address, (None, None))[1]


def _contents(package: Package, part: str) -> dict[str, tuple[str | None, Value]]:
    """The formula and the value of each cell."""
    strings = package.strings()
    return {cell.address: (cell.formula, cell.value(strings)) for cell in package.cells(part)}


def _doubted(
    settlement: Settlement, old: Mapping[Key, Value], affected: Set[Key], readers: Readers, sheets: Set[str]
) -> dict[Key, Value]:
    """Affected formulas, and what the engine gives with the inputs of before, where that is not what is stored.

    sheets : the names before: no engine can be asked there for what stands under another name.
    """
    rewritten = {key for key in settlement.infos if key in old or key[0] not in sheets}
    tested, given = _given_before(settlement, old, affected & settlement.infos.keys())
    wrong = {key for key in tested if key in given and not settlement.alike(settlement.infos[key].stored, given[key])}
    ours = {key for key in wrong if settlement.infos[key].like.ours}
    # What reads a formula that was another, a call of ours stored before it was known, or a moment, tells nothing.
    late = rewritten | ours | settlement.missing | {key for key in wrong if settlement.calls(key) & VOLATILE}
    late = settlement.reading(late, readers) if late else late
    return {key: given[key] for key in wrong if key not in late}
