"""Rows that two exports share are counted once.

Rows with an identity of their own (a request's id) are the same wherever they stand. Rows without one are the same
when all their columns are; sums of a period, when all but their numbers are: then the export that reaches further
counts, because a period that was still running when it was exported has grown since. Within one file, rows without an
identity are different calls even when they are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pycalc.usage.export import Export
from pycalc.usage.tally import Tally


@dataclass
class Drop:
    """Which rows of one part are left out."""

    elsewhere: Any
    """Sorted hashes of rows that another part counts."""
    once: Any
    """Sorted hashes of rows that this part holds more than once."""
    seen: set[int] = field(default_factory=set)

    def keep(self, hashes: Any) -> list[bool]:
        """For each row of the next piece whether it counts."""
        column = hashes.to_numpy()
        kept = ~_among(column, self.elsewhere)
        for place in np.flatnonzero(_among(column, self.once)):
            value = int(column[place])
            kept[place] = value not in self.seen
            self.seen.add(value)
        marks: list[bool] = kept.tolist()
        return marks


def _among(column: Any, known: Any) -> Any:
    if not len(known):
        return np.zeros(len(column), dtype=bool)
    places = np.searchsorted(known, column)
    places[places == len(known)] = 0
    return known[places] == column


def shared(exports: Sequence[Export], tallies: Sequence[Tally]) -> dict[int, Drop]:
    """What each part has to leave out, by the part's place; parts that leave out nothing are not in it.

    `exports` and `tallies` stand side by side, one for each part.
    """
    found: dict[int, Drop] = {}
    for form in {export.form.name: export.form for export in exports}.values():
        places = [place for place, export in enumerate(exports) if export.form.name == form.name]
        if form.identity:
            found |= _by_identity(places, tallies)
        elif len({exports[place].source.path for place in places}) > 1:
            found |= _by_file(places, exports, tallies)
    return found


def _by_identity(places: list[int], tallies: Sequence[Tally]) -> dict[int, Drop]:
    whole = np.concatenate([each for place in places for each in tallies[place].identities] or [np.empty(0, np.uint64)])
    whole.sort()
    twice = np.unique(whole[1:][whole[1:] == whole[:-1]])
    del whole
    found, owned = {}, np.empty(0, np.uint64)
    for place in places if len(twice) else ():
        mine = np.intersect1d(np.concatenate(tallies[place].identities), twice)
        if len(mine):
            found[place] = Drop(np.intersect1d(mine, owned), np.setdiff1d(mine, owned))
            owned = np.union1d(owned, mine)
    return found


def _by_file(places: list[int], exports: Sequence[Export], tallies: Sequence[Tally]) -> dict[int, Drop]:
    files: dict[str, list[int]] = {}
    for place in places:
        files.setdefault(exports[place].source.path, []).append(place)
    reach = {path: max((tallies[place].last or 0) for place in parts) for path, parts in files.items()}
    found, counted = {}, np.empty(0, np.uint64)
    for path in sorted(files, key=lambda path: -reach[path]):
        own = np.empty(0, np.uint64)
        for place in files[path]:
            mine = np.unique(np.concatenate(tallies[place].identities or [own[:0]]))
            both = np.intersect1d(mine, counted)
            if len(both):
                found[place] = Drop(both, own[:0])
            own = np.union1d(own, mine)
        counted = np.union1d(counted, own)
    return found
