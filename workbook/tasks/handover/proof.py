"""The proof that the copy shows what the original shows: every formula computed again from the file's own values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime

from pycalc.errors import CalcError
from workbook.engines import EngineFailed, EngineMissing, Key, recalculate
from workbook.engines.formualizer import Session
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.values import same
from workbook.tasks.handover.inplace import Given
from workbook.tasks.handover.replace import Replacer

ROUNDING = 1e-13
"""What is left where equal numbers are subtracted, as a share of the largest number on the sheet."""

_NAMED = 20


def differences(package: Package, work: Replacer, clock: datetime) -> dict[Key, str]:
    """Cells of the rewritten workbook that compute to another value than the original shows, replaced ones first.

    What is said of the proof is noted in the result.
    """
    in_place = work.in_place.computed(package, work.replaced)
    if in_place is not None:
        found, proved, as_stored = _compared(work, work.settled.session, in_place, {})
        if not found:
            work.settled.session.close()
            _say(work, proved, as_stored, work.in_place.by_columns)
            return _as_lambdas(package, work) if work.lambdas else {}
    work.settled.close()  # two engines at a time would take twice the memory
    session = Session(package, clock, work.settled.session.proved, work.settled.shown)
    # What the engine cannot reproduce in the original is an input of both: its stored value stands.
    session.supply(work.settled.held)
    noise = _noise(work)
    every = ((infos, session.result, 0) for infos in session.formulas.values())
    found, proved, as_stored = _compared(work, session, every, noise)
    natives = found.keys() - work.replaced
    if natives:
        found = _from_the_stored(session, work, natives, noise)
        proved, as_stored = proved - len(natives), as_stored + len(natives)
    for key, value in _lost(work, session).items():
        found[key] = f"{_shown(value)} before, no value after"
    session.close()
    _say(work, proved, as_stored)
    if work.lambdas:
        found |= _as_lambdas(package, work)
    return dict(sorted(found.items(), key=lambda item: item[0] not in work.replaced))


def _compared(
    work: Replacer, session: Session, given: Iterable[Given], noise: Mapping[str, float]
) -> tuple[dict[Key, str], int, int]:
    """What differs, and how many formulas were computed, and were not.

    Sheets that were proved (`workbook.engines.proving`) hold native formulas and constants alone, so that is so in the
    copy too.
    """
    found: dict[Key, str] = {}
    stands = session.proved.values()
    as_stored = sum(len(sheet.differing) for sheet in stands)
    proved = sum(sheet.formulas for sheet in stands) - as_stored
    settled, valued = work.settled, work.in_place.valued
    for infos, after, alike in given:
        proved += alike
        for info in infos:
            key = info.key
            if key in valued:
                continue
            if info.like.input or key in settled.held or key in settled.kept:
                as_stored += 1
            elif key in after.values:
                proved += 1
                shows, value = settled.shows(key), after.values[key]
                if not (type(shows) is float and shows == value) and not _agree(
                    shows, value, work.tolerance, noise.get(key[0], 0.0)
                ):
                    found[key] = f"{_shown(shows)} before, {_shown(value)} after"
            elif key in after.unsupported and key in work.replaced:
                found[key] = f"{_shown(settled.shows(key))} before, {after.unsupported[key]}"
            else:
                as_stored += 1
    return found, proved, as_stored


def _from_the_stored(session: Session, work: Replacer, natives: Set[Key], noise: Mapping[str, float]) -> dict[Key, str]:
    """The replaced cells once more, with every native cell at the value it shows.

    A native formula reads in the copy as it does in the original: where it differs, the engine is at fault, or a cell
    of ours that it reads differs, and that is what is looked for here.
    """
    session.hold({key: work.settled.shows(key) for key in natives})
    values = session.again(work.replaced)
    return {
        key: f"{_shown(work.settled.shows(key))} before, {_shown(value)} after"
        for key, value in values.items()
        if key not in work.settled.kept
        and not _agree(work.settled.shows(key), value, work.tolerance, noise.get(key[0], 0.0))
    }


def _agree(shows: Value, computed: Value, tolerance: float, noise: float) -> bool:
    if shows is None or computed is None:
        return shows in (None, "", 0.0) and computed in (None, "", 0.0)
    return same(shows, computed, tolerance, noise)


def _noise(work: Replacer) -> dict[str, float]:
    """By sheet, how small a number is that only rounding left."""
    largest: dict[str, float] = {}
    for key in work.settled.shown:
        value = work.settled.shows(key)
        if type(value) is float:
            largest[key[0]] = max(largest.get(key[0], 0.0), abs(value))
    return {sheet: ROUNDING * value for sheet, value in largest.items()}


def _lost(work: Replacer, session: Session) -> dict[Key, Value]:
    """Formulas of the original that are none in the copy, without having been replaced by their value."""
    left = {info.key for infos in session.formulas.values() for info in infos}
    gone = (key for key in work.settled.shown if key not in left and key not in work.replaced)
    return {key: work.settled.shows(key) for key in gone}


def _say(work: Replacer, proved: int, as_stored: int, by_columns: int = 0) -> None:
    kept = f", {as_stored:,} not computed: they keep the value the file stores" if as_stored else ""
    work.result.proofs.append(
        f"formualizer: {proved - by_columns:,} formulas computed before and after, from the values the file stores, "
        f"no difference{kept}"
    )
    if by_columns:
        work.result.proofs.append(
            f"Column by column: {by_columns:,} formulas more, filled down, give from the same values what the calls "
            "gave, to the last digit"
        )
    unproved = sorted(work.replaced & work.settled.kept.keys())
    for sheet, cell in unproved[:_NAMED]:
        reason = work.settled.kept[sheet, cell]
        work.result.warnings.append(f"{sheet}!{cell} was replaced without proof: {reason}")
    if len(unproved) > _NAMED:
        work.result.warnings.append(f"{len(unproved) - _NAMED:,} more cells were replaced without proof")


def _as_lambdas(package: Package, work: Replacer) -> dict[Key, str]:
    """LAMBDA names computed by the engine that knows them."""
    try:
        computed = recalculate(package, "ironcalc")
    except (EngineMissing, EngineFailed) as problem:
        work.result.warnings.append(f"The LAMBDA names were not computed by an engine that knows them: {problem}")
        return {}
    known = {key: work.settled.shows(key) for key in work.replaced if key in computed.values}
    found = {
        key: f"{_shown(value)} before, {_shown(computed.values[key])} as a LAMBDA in IronCalc"
        for key, value in known.items()
        if not same(value, computed.values[key], work.tolerance)
    }
    work.result.proofs.append(
        f"IronCalc: {len(known):,} of {len(work.replaced):,} cells with LAMBDA names computed, no difference"
    )
    return found


def _shown(value: Value) -> str:
    return value.code if isinstance(value, CalcError) else repr(value)
