"""Formulas the file cannot test, for want of a stored value or of the values it was computed from: the engines vote.

The embedded engine's value stands where a second engine gives the same. Where they differ, a third decides; an engine
that is known to compute a function otherwise than Excel (`known.csv`) has no vote on it. What stays open is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pycalc.errors import CalcError
from workbook.engines import Key
from workbook.engines.asexcel import AS_EXCEL
from workbook.engines.trial import MOST_TESTED, Trial, doubted
from workbook.file.cells import Value
from workbook.file.values import same
from workbook.formulas.groups import GROUPS
from workbook.formulas.shapes import VOLATILE

_SAMPLES = 4
"""Formulas of a template that are asked about; they stand for the rest of those that were filled down with them."""

_NEAR = 1e-6
"""Engines that search for a result stop at different digits."""

_PLAIN = GROUPS["computed as Excel does"] | {"TEXT", *AS_EXCEL}
"""Functions computed as Excel does, by the engine or by ours: formulas of these alone are asked about if they fail."""

_NOT_ASKED = VOLATILE | {"FORMULATEXT", "ISFORMULA", "SHEET", "SHEETS", "CELL", "INFO", "INDIRECT"}
"""Functions that give another value in another file: those the engines are asked with hold values for formulas, and no
names or tables."""

_FIRST = "formualizer"
_UNREAD = "it reads cells that have no value yet, and no second engine agrees on what it is now"


def examine(trial: Trial) -> dict[Key, str]:
    """Ask about formulas without a stored value, and hold what is believed instead of the first engine's value.

    Those nobody could settle, with the reason.
    """
    values = trial.session.result.values
    groups = [keys for keys in _groups(trial, trial.missing) if keys[0] in values]
    samples = {
        key
        for keys in groups
        for key in (keys if doubted(trial.calls(keys[0]), _FIRST) else keys[:_SAMPLES])[:MOST_TESTED]
    }
    opinions = _asked(trial, samples, {key: values[key] for key in trial.missing & values.keys()})
    held: dict[Key, Value] = {}
    unsettled: dict[Key, str] = {}
    for keys in groups:
        for key in keys:
            said = opinions.get(key, {})
            winner = _winner(values[key], said, trial.calls(key)) if key in samples else _FIRST
            if winner is None:
                unsettled |= dict.fromkeys(keys, _why(values[key], said))
                break
            if winner != _FIRST:
                rest = [other for other in keys if other not in samples]
                now = {other: values[other] for other in trial.missing & values.keys() - set(rest)}
                given = trial.ask(winner, trial.package, rest, now) if rest else {}
                held |= {other: given[other] for other in rest if other in given} | {key: said[winner]}
    trial.believe({key: value for key, value in held.items() if key not in unsettled})
    return unsettled


def examine_unread(trial: Trial, keys: Iterable[Key]) -> dict[Key, str]:
    """Formulas with a stored value that read cells without one: it stands where a second engine gives it from what
    these are computed to, and is replaced where one agrees with the first. Those nobody could settle, with the reason.
    """
    now = {key: value for key in trial.missing if (value := trial.computed(key)) is not None}
    other = [key for key in keys if not trial.alike(trial.infos[key].stored, trial.computed(key))]
    arrays = {key for key in other if trial.infos[key].like.area}
    groups = _groups(trial, other)
    large = len(other) > MOST_TESTED
    samples = {key for group in groups for key in (group[:_SAMPLES] if large else group)}
    opinions = _asked(trial, samples, now)
    stored: dict[Key, Value] = {}
    unsettled = dict.fromkeys(arrays, _UNREAD)
    for group in groups:
        for key in group:
            said = opinions.get(key, opinions.get(group[0], {})) if large else opinions.get(key, {})
            if all(isinstance(value, CalcError) for value in (trial.infos[key].stored, trial.computed(key))):
                stored[key] = trial.infos[key].stored
            elif any(_alike(trial.computed(key), value) for value in said.values()):
                continue
            elif any(_alike(trial.infos[key].stored, value) for value in said.values()):
                stored[key] = trial.infos[key].stored
            else:
                unsettled[key] = _UNREAD
    trial.believe(stored)
    return unsettled


def _groups(trial: Trial, keys: Collection[Key]) -> list[list[Key]]:
    """Native formulas that can be asked about, those of a template that show an error and those that do not apart."""
    found: dict[tuple[int, bool], list[Key]] = {}
    for key in trial.infos if len(keys) > len(trial.infos) // 4 else keys:
        info = trial.infos[key]
        if (
            key not in keys
            or info.like.ours
            or info.like.input
            or info.like.area
            or not info.like.template.functions.isdisjoint(_NOT_ASKED)
        ):
            continue
        value = trial.computed(key)
        failed = isinstance(value, CalcError)
        if key in trial.missing and info.like.template.functions <= _PLAIN and getattr(value, "code", "") != "#VALUE!":
            continue
        found.setdefault((id(info.like.template), failed), []).append(key)
    return list(found.values())


def _asked(trial: Trial, keys: Collection[Key], now: Mapping[Key, Value]) -> dict[Key, dict[str, Value]]:
    """What the second engines say, each asked about what is not settled by those before."""
    found: dict[Key, dict[str, Value]] = {key: {} for key in keys}
    for engine in trial.second_engines:
        left = [key for key, said in found.items() if not _enough(trial.computed(key), said, trial.calls(key))]
        given = trial.ask(engine, trial.package, left, now) if left else {}
        for key in left:
            if key in given:
                found[key][engine] = given[key]
    return found


def _enough(first: Value, said: Mapping[str, Value], calls: frozenset[str]) -> bool:
    """Whether what the engines said so far settles it."""
    if doubted(calls, _FIRST):
        return _winner(first, said, calls) is not None
    return any(_alike(first, value) for value in said.values())


def _winner(first: Value, said: Mapping[str, Value], calls: frozenset[str]) -> str | None:
    """The engine whose value is believed; None where none is."""
    trusted = {engine: value for engine, value in said.items() if not doubted(calls, engine)}
    if doubted(calls, _FIRST):
        if any(_alike(first, value) for value in trusted.values()):
            return _FIRST
        return next((engine for engine, value in trusted.items() if not isinstance(value, CalcError)), None)
    if any(_alike(first, value) for value in said.values()):
        return _FIRST
    for engine, value in trusted.items():
        if any(_alike(value, other) for name, other in trusted.items() if name != engine):
            return engine
    if all(isinstance(value, CalcError) for value in trusted.values()):
        return _FIRST
    return None


def _alike(one: Value, other: Value) -> bool:
    if isinstance(one, CalcError) and isinstance(other, CalcError):
        return True
    if one is None or other is None:
        return (one or other) in (None, 0.0, "")
    if (
        isinstance(one, bool) != isinstance(other, bool)
        and isinstance(one, int | float)
        and isinstance(other, int | float)
    ):
        return one == other
    return same(one, other, _NEAR, 1e-9)


def _why(first: Value, said: Mapping[str, Value]) -> str:
    shown = ", ".join(f"{engine} {_shown(value)}" for engine, value in {_FIRST: first, **said}.items())
    return f"the engines disagree: {shown}"


def _shown(value: Value) -> str:
    return value.code if isinstance(value, CalcError) else f"{value:.10g}" if isinstance(value, float) else repr(value)
