"""How many calls of each key had how many tokens, counted while a file is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

EXACT = 3_000_000
"""Different (key, tokens) pairs that are counted one by one; with more, large counts of tokens are grouped to 0.1%."""

_CELLS = 4_000_000
"""Cells of a table of counts: where keys and tokens are few enough for one, it takes a third of sorting."""

_TOGETHER = 1_000_000
"""Calls that wait before they are sorted."""

_BITS = 40
"""Of a number that holds a key and a call's tokens, those of the tokens."""


@dataclass
class Lengths:
    """The calls of some pieces, by the number of their key and by their tokens."""

    tables: dict[int, Any] = field(default_factory=dict)
    """Calls at number x width + tokens, by the width."""
    waiting: list[Any] = field(default_factory=list)
    """Numbers of a key and tokens, one a call, still to be counted."""
    pairs: Any = None
    calls: Any = None
    """The same once sorted, and how many calls there are of each."""
    coarse: bool = False

    @classmethod
    def of(cls, keys: Any, tokens: Any) -> Lengths:
        """The calls of one piece: their keys' numbers, and their tokens."""
        found = cls()
        if not len(keys):
            return found
        keys = keys.astype(np.int64)
        width = 1 << int(tokens.max()).bit_length()
        if (int(keys.max()) + 1) * width <= _CELLS:
            found.tables[width] = np.bincount(keys * width + tokens)
        else:
            found.waiting.append(paired(keys, tokens))
        return found

    def add(self, other: Lengths) -> None:
        """Take in the calls of a piece."""
        for width, counts in other.tables.items():
            known = self.tables.get(width)
            if known is None or len(known) < len(counts):
                known, counts = counts, known
            if counts is not None:
                known[: len(counts)] += counts
            self.tables[width] = known
        self.waiting += other.waiting
        if sum(map(len, self.waiting)) > max(_TOGETHER, 0 if self.pairs is None else len(self.pairs)):
            self._sort()

    def _sort(self) -> None:
        pairs, calls = np.unique(np.concatenate(self.waiting), return_counts=True)
        self.waiting.clear()
        self._take(pairs, calls)

    def _take(self, pairs: Any, calls: Any) -> None:
        if self.pairs is not None:
            pairs, calls = summed(np.concatenate([self.pairs, pairs]), np.concatenate([self.calls, calls]))
        if len(pairs) > EXACT:
            self.coarse = True
            keys, tokens = apart(pairs)
            pairs, calls = summed(paired(keys, rounded(tokens)), calls)
        self.pairs, self.calls = pairs, calls

    def counted(self) -> tuple[Any, Any, Any]:
        """Keys' numbers, tokens and calls, one a pair."""
        if self.waiting:
            self._sort()
        for width, counts in self.tables.items():
            places = np.flatnonzero(counts)
            self._take(paired(places // width, places % width), counts[places])
        self.tables.clear()
        if self.pairs is None:
            return np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0, np.int64)
        keys, tokens = apart(self.pairs)
        return keys.astype(np.uint32), tokens, self.calls


def paired(keys: Any, tokens: Any) -> Any:
    """A key's number and a call's tokens as one whole number."""
    return keys << _BITS | tokens.clip(max=(1 << _BITS) - 1)


def apart(pairs: Any) -> tuple[Any, Any]:
    """Their keys' numbers and their tokens."""
    return pairs >> _BITS, pairs & ((1 << _BITS) - 1)


def summed(values: Any, counts: Any) -> tuple[Any, Any]:
    """Each value once, in order, with the sum of its counts."""
    order = np.argsort(values, kind="stable")
    values, counts = values[order], counts[order]
    first = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    return values[first], np.add.reduceat(counts, first)


def rounded(tokens: Any) -> Any:
    """Tokens down to eleven binary digits."""
    steps = np.maximum(np.frexp(tokens.astype(np.float64))[1] - 11, 0)
    return tokens >> steps << steps
