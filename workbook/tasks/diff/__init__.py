"""What changed between two workbooks, and by how much each changed input moved the answer.

Both are recalculated first, so stale stored values are no changes. Then the changed inputs are put into the old
workbook one at a time, and all together: what each alone moves, what they move together beyond the sum (the
interaction), and what is left for changed formulas. Inputs that carry a defined name are found by it wherever
they stand; other cells by their address.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from workbook.file.addresses import Spot
from workbook.file.cells import Value
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.file.values import same
from workbook.progress import step
from workbook.tasks.diff.book import Book, key_of
from workbook.tasks.diff.changes import Change, Difference, NothingToCompare, difference
from workbook.tasks.diff.effects import explain
from workbook.tasks.diff.groups import grouped
from workbook.tasks.diff.rows import Pairs

__all__ = ["Change", "Difference", "NothingToCompare", "diff", "difference"]


@steady()
def diff(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> Difference:
    """Compare two workbooks; neither is changed.

    Raises
    ------
    BadWorkbook : one of them is no workbook. NothingToCompare : neither holds a formula.

    Examples
    --------
    >>> [change.name for change in diff("techwiz.xlsx", "techwiz-2.xlsx").inputs]        # doctest: +SKIP
    ['pe_input_price']
    """
    now = datetime.now(UTC)  # one moment for both, so that the clock is no change
    for path in (old, new):  # what cannot be compared is refused before either takes its time
        Package(path).close()
    step("recalculating the earlier workbook", 1, 4)
    before = Book(old)
    after = Book(new, before)
    if not after.shares:
        after.calculate(now)
        after.session.close()  # nothing more is asked of it, and two engines at a time would take twice the memory
    before.calculate(now)
    step("recalculating the later workbook", 2, 4)
    if after.shares and not after.calculate_in(before):
        after.calculate(now)
        after.session.close()
    if not before.formulas and not after.formulas:
        raise NothingToCompare(f"{old} and {new}: neither holds a formula, so there is no model to compare.")
    step("comparing", 3, 4)
    result = Difference(str(old), str(new))
    result.added_sheets = [name for name in after.sheets if name not in before.sheets]
    result.removed_sheets = [name for name in before.sheets if name not in after.sheets]
    moves = _compare(before, after, result)
    result.formulas, result.groups = grouped(result.formulas)
    step("working out what moved the answer", 4, 4)
    explain(before, after, moves, result)
    return result


def _compare(before: Book, after: Book, result: Difference) -> dict[Spot, Change]:
    """File every change under its kind; the changed inputs by their place in the old workbook."""
    pairs = Pairs(before, after)
    cells: Iterable[tuple[Spot | None, Spot | None]] = pairs
    if after.shares and not pairs.rows:  # the same formulas in the same places
        stores = ((before.constants, after.constants), (before.values, after.values))
        spots = (spot for old, new in stores for spot in (*old.unlike(new), *new.unlike(old)))
        cells = ((spot, spot) for spot in dict.fromkeys(spots))
    constants: list[tuple[Spot | None, Spot | None]] = []
    for old_spot, new_spot in cells:
        held = before.formulas.get(old_spot) if old_spot else None
        holds = after.formulas.get(new_spot) if new_spot else None
        if held is None and holds is None:
            if not same(_constant(before, old_spot), _constant(after, new_spot)):
                constants.append((old_spot, new_spot))
            continue
        if held is None or holds is None:
            old = _constant(before, old_spot) if held is None else f"={before.formula(old_spot)}"
            new = _constant(after, new_spot) if holds is None else f"={after.formula(new_spot)}"
            result.formulas.append(_change("formula", before, after, old_spot, new_spot, old, new))
            continue
        assert old_spot is not None
        assert new_spot is not None
        if held != holds:
            old_text, new_text = before.formula(old_spot), after.formula(new_spot)
            if old_text != new_text and pairs.with_moved_rows(old_text, old_spot[0]) != new_text:
                change = _change("formula", before, after, old_spot, new_spot, f"={old_text}", f"={new_text}")
                result.formulas.append(change)
        if old_spot in before.values and new_spot in after.values:
            old, new = before.values.get(old_spot), after.values.get(new_spot)
            if not same(old, new):
                result.results.append(_change("result", before, after, old_spot, new_spot, old, new))
    return _inputs(before, after, constants, result)


def _constant(book: Book, spot: Spot | None) -> Value:
    return book.constants.get(spot) if spot else None


def _inputs(
    before: Book, after: Book, changed: list[tuple[Spot | None, Spot | None]], result: Difference
) -> dict[Spot, Change]:
    """Changed constants that have a name or that formulas read are inputs; others are only listed."""
    read_before = before.read_by_formulas(spot for spot, _ in changed if spot and spot not in before.names)
    others = () if after.shares else changed  # the same formulas read the same
    read_after = after.read_by_formulas(spot for _, spot in others if spot and spot not in after.names)
    moves: dict[Spot, Change] = {}
    for old_spot, new_spot in changed:
        old, new = _constant(before, old_spot), _constant(after, new_spot)
        change = _change("input", before, after, old_spot, new_spot, old, new)
        if change.name or old_spot in read_before or new_spot in read_after:
            if change.sheet == "Prices" or "price" in (change.name or change.label).lower():
                change = replace(change, kind="price")
            result.inputs.append(change)
            if old_spot:
                moves[old_spot] = change
        else:
            result.texts.append(replace(change, kind="text"))
    return moves


def _change(
    kind: str, before: Book, after: Book, old_spot: Spot | None, new_spot: Spot | None, old: Value, new: Value
) -> Change:
    book, spot = (after, new_spot) if new_spot else (before, old_spot)
    assert spot is not None
    return Change(kind, *key_of(spot), book.names.get(spot, ""), book.label(spot), old, new, date=spot in book.dates)
