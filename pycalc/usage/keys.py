"""A row's key, what tells use cases, models and tiers apart, as a small whole number."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np

from pycalc.usage.export import Export
from pycalc.usage.library import pl

KEY = ("use", "model", "seller", "tier", "batch", "currency", "charge", "meter", "unit", "service")
"""The parts of a row's key, in order."""

_BETWEEN = "\x1f"
_MISSING = "\x1e"
_SLOTS = 16
"""Bits of a hash that say where its key is looked for first."""


def key_names(export: Export) -> list[str]:
    """The parts of the key that an export has."""
    return [name for name in KEY if export.places(name)]


def key_parts(export: Export, key: str) -> dict[str, str]:
    """A key as its parts by name; what is blank or not in the export is ""."""
    names = key_names(export)
    values = key.split(_BETWEEN, len(names) - 1) if names else []
    return dict.fromkeys(KEY, "") | {
        name: "" if value == _MISSING else value.strip() for name, value in zip(names, values, strict=False)
    }


class Keys:
    """The same number for the same key in every piece of a file.

    Rows are told apart by a hash of 64 bits, which costs a third of comparing texts; of 100,000 keys, the most there
    may be, two have the same in one of four billion files.
    """

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self._texts: list[str] = []
        self._lock = Lock()
        elsewhere = ~(np.arange(1 << _SLOTS, dtype=np.uint64) << np.uint64(64 - _SLOTS))  # no hash of its own slot
        self._table = (elsewhere, np.zeros(1 << _SLOTS, dtype=np.uint32))

    def of(self, parts: Any) -> Any:
        """The numbers of the rows of a frame, whose columns are the parts of their keys."""
        hashes = parts.hash_rows().to_numpy()
        slots = (hashes >> np.uint64(64 - _SLOTS)).view(np.int64)
        held, numbers = self._table
        found = numbers.take(slots)
        others = np.flatnonzero(held.take(slots) != hashes)
        if len(others):
            different, first, back = np.unique(hashes[others], return_index=True, return_inverse=True)
            found[others] = self._of_each(different, parts, others[first])[back]
        return pl.Series("key", found)

    def _of_each(self, hashes: Any, parts: Any, places: Any) -> Any:
        """The numbers of different keys; those that are new stand in the rows at `places`."""
        with self._lock:
            new = [place for place, each in enumerate(hashes.tolist()) if each not in self._known]
            if new:
                self._texts += _texts(parts[places[new]])
                first = len(self._known)
                self._known |= {int(hashes[place]): first + many for many, place in enumerate(new)}
            numbers = np.array([self._known[each] for each in hashes.tolist()], dtype=np.uint32)
            if new:
                held, known = (each.copy() for each in self._table)  # another thread reads the ones there are
                for each, number in zip(hashes, numbers, strict=True):
                    slot = int(each) >> (64 - _SLOTS)
                    if int(held[slot]) >> (64 - _SLOTS) != slot:
                        held[slot], known[slot] = each, number
                self._table = (held, known)
        return numbers

    def texts(self, numbers: Any) -> Any:
        """The keys as text."""
        return pl.Series(self._texts, dtype=pl.String).gather(numbers)


def _texts(parts: Any) -> list[str]:
    each = pl.all().cast(pl.String).fill_null(_MISSING)
    texts: list[str] = parts.select(pl.concat_str(each, separator=_BETWEEN)).to_series().to_list()
    return texts
