"""By how much each changed input moved the answers of the old workbook, alone and together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook.file.addresses import Spot, row_and_column
from workbook.file.cells import Value
from workbook.file.values import TOLERANCE, same
from workbook.progress import counted
from workbook.tasks.diff.book import Book, key_of
from workbook.tasks.diff.cellstore import Cells
from workbook.tasks.diff.changes import Answer, Change, Difference, Effect, difference

MOST_EFFECTS = 200
"""Inputs that are tried one at a time; each takes a recalculation."""

MOST_ANSWERS = 12
"""Results that serve as the answer in a workbook without our names: the ones that moved most."""


def explain(before: Book, after: Book, moves: dict[Spot, Change], result: Difference) -> None:
    """What each changed input alone, and all together, make of the answers."""
    answers = _answers(before, after, result)
    wanted = list(answers.values())
    tried = dict(list(moves.items())[:MOST_EFFECTS])
    result.untried = len(moves) - len(tried)
    sums = dict.fromkeys(answers, 0.0)
    whole = dict.fromkeys(answers, True)
    everything = {spot: change.new for spot, change in moves.items()}
    variants = [{spot: change.new} for spot, change in tried.items()]
    found = _with(before, variants if len(moves) < 2 else [*variants, everything], wanted)
    values: Cells[Value] | dict[Spot, Value] = before.values
    for change, values in counted(zip(tried.values(), found, strict=False), "inputs", len(tried)):
        for name, place in answers.items():
            effect = Effect(change, name, before.values.get(place), values.get(place))
            if place in values and not same(effect.before, effect.after):
                result.effects.append(effect)
                if effect.moved is None:
                    whole[name] = False
                else:
                    sums[name] += effect.moved
    together = next(found, values)
    for name, place in answers.items():
        new_place = after.by_name.get(name, place)
        old, mixed, new = before.values.get(place), together.get(place), after.values.get(new_place)
        by_inputs = difference(old, mixed)
        interaction = by_inputs - sums[name] if by_inputs is not None and whole[name] and not result.untried else None
        result.answers.append(Answer(name, old, new, mixed, _rounded(interaction, old, mixed), difference(mixed, new)))


def _with(book: Book, variants: Sequence[dict[Spot, Value]], wanted: Sequence[Spot]) -> Iterator[dict[Spot, Value]]:
    """The values of some cells of a workbook with other constants in place, one set after the other; none where the
    engine fails on it."""
    usable = [
        {key_of(spot): value for spot, value in each.items() if spot not in book.formulas and spot[0] in book.sheets}
        for each in variants
    ]
    for found in book.session.what_ifs(usable, list(map(key_of, wanted))):
        yield {(sheet, *row_and_column(address)): value for (sheet, address), value in found.items()}


def _answers(before: Book, after: Book, result: Difference) -> dict[str, Spot]:
    """The results to explain, by name, with their place in the old workbook.

    The template's named outputs; without them, the changed results that no other formula reads, else all
    changed ones, the ones that moved most.
    """
    outputs = {
        name: spot
        for name, spot in before.by_name.items()
        if name.startswith("out_") and name in after.by_name and spot in before.formulas
    }
    if outputs:
        return outputs
    # Unnamed results are followed where they stand still; a moved one is explained by its new place alone.
    places = {(item.sheet, *row_and_column(item.cell)): item for item in result.results}
    changed = {spot: item for spot, item in places.items() if spot in before.formulas}
    read = before.read_by_formulas(changed)
    last = [spot for spot in changed if spot not in read]
    moved = sorted(last or changed, key=lambda spot: -_relative(changed[spot].old, changed[spot].new))
    return {changed[spot].name or changed[spot].where: spot for spot in moved[:MOST_ANSWERS]}


def _relative(one: Value, other: Value) -> float:
    moved = difference(one, other)
    if moved is None:
        return float("inf")
    return abs(moved) / max(abs(one), abs(other))  # type: ignore[arg-type]


def _rounded(moved: float | None, *terms: Value) -> float | None:
    """A difference of sums, 0 when it is no more than their rounding."""
    if moved is None:
        return None
    largest = max((abs(term) for term in terms if type(term) is float), default=0.0)
    return 0.0 if abs(moved) <= TOLERANCE * largest else moved
