"""Texts that are nearly the same: MinHash over three-word shingles.

Two texts' signatures agree in a share of places that estimates how many of their shingles they have in common
(the Jaccard index). With 64 places the standard error at 0.8 is 0.05.

References
----------
A. Broder, "On the resemblance and containment of documents" (1997); banding as in Leskovec, Rajaraman, Ullman,
"Mining of Massive Datasets", chapter 3.
"""

from __future__ import annotations

from hashlib import blake2b
from zlib import crc32

import numpy as np

PLACES = 64
BANDS = 16
"""Pairs that agree in one band of 4 places are compared in full: 0.8 alike meets so with probability 0.9998."""

NEARLY = 0.8
"""From this share of common shingles on, texts count as nearly the same."""

_SHINGLE = 3
_MOST_CHARACTERS_A_WORD = 20
_LONGEST = 200_000
"""Characters of one text that are looked at."""

_FACTORS = np.frombuffer(
    b"".join(blake2b(bytes([i]), digest_size=8, person=b"minhash").digest() for i in range(PLACES + 4)), "<u8"
) | np.uint64(1)
_SPREAD = _FACTORS[PLACES:]


def signatures(texts: list[str]) -> np.ndarray:
    """A row of 64 numbers for each text."""
    if not texts:
        return np.empty((0, PLACES), "u2")
    hashes: list[int] = []
    reached = [0]
    for text in texts:
        hashes += _word_hashes(text)
        reached.append(len(hashes))
    flat = np.array(hashes, "u8")
    lengths = np.diff(reached)
    ends = np.cumsum(lengths)
    with np.errstate(over="ignore"):
        mixed = (flat[:-2] * _SPREAD[0] + flat[1:-1]) * _SPREAD[1] + flat[2:]
        mixed ^= mixed >> np.uint64(29)
        mixed *= _SPREAD[2]
        mixed ^= mixed >> np.uint64(32)
        inside = np.ones(len(mixed), bool)  # shingles that do not run from one text into the next
        for back in (1, 2):
            inside[(ends - back)[:-1]] = False
        mixed = mixed[inside]
        counts = lengths - (_SHINGLE - 1)
        starts = np.cumsum(counts) - counts
        result = np.empty((len(texts), PLACES), "u2")
        for place in range(PLACES):
            smallest = np.minimum.reduceat(mixed * _FACTORS[place], starts)
            result[:, place] = (smallest * _SPREAD[3]) >> np.uint64(48)
    return result


def _word_hashes(text: str) -> list[int]:
    """A hash for each word, three at least; where words are not parted by blanks, for each character."""
    text = text[:_LONGEST].lower()
    words = text.encode("utf-8", "surrogatepass").split()
    if len(text) > _MOST_CHARACTERS_A_WORD * max(1, len(words)):
        found = [ord(character) for character in text if not character.isspace()]
    else:
        found = list(map(crc32, words))
    return found + [0] * (_SHINGLE - len(found))


def groups(rows: np.ndarray) -> list[list[int]]:
    """Row numbers of texts that are nearly the same, a list for each group of two and more."""
    parent = list(range(len(rows)))
    for first, second in _pairs(rows).tolist():
        a, b = _root(parent, first), _root(parent, second)
        if a != b:
            parent[max(a, b)] = min(a, b)
    members: dict[int, list[int]] = {}
    for row in range(len(rows)):
        root = _root(parent, row)
        if root != row:
            members.setdefault(root, [root]).append(row)
    return list(members.values())


class Index:
    """Known texts, by the bands of their signatures."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows
        keys = _band_keys(rows)
        self._order = np.argsort(keys, axis=0, kind="stable")
        self._keys = np.take_along_axis(keys, self._order, axis=0)

    def find(self, rows: np.ndarray) -> np.ndarray:
        """Pairs (known row, given row) that are nearly the same; a pair may come more than once."""
        pairs = [np.empty((0, 2), int)]
        if len(self.rows) and len(rows):
            keys = _band_keys(rows)
            for band in range(BANDS):
                known = self._keys[:, band]
                place = np.minimum(np.searchsorted(known, keys[:, band]), len(known) - 1)
                given = np.flatnonzero(known[place] == keys[:, band])
                pairs.append(_alike(self.rows, rows, self._order[place[given], band], given))
        return np.concatenate(pairs)


def _pairs(rows: np.ndarray) -> np.ndarray:
    """Pairs of rows that are nearly the same: each row with the first of those it shares a band with."""
    pairs = [np.empty((0, 2), int)]
    for key in _band_keys(rows).T:
        order = np.argsort(key, kind="stable")
        begins = np.flatnonzero(np.diff(key[order], prepend=key[order][:1] ^ np.uint64(1)))
        first = np.repeat(order[begins], np.diff(begins, append=len(key)))
        other = first != order
        pairs.append(_alike(rows, rows, first[other], order[other]))
    return np.concatenate(pairs)


def _band_keys(rows: np.ndarray) -> np.ndarray:
    """Each band of four places as one number: a column for each band."""
    return np.ascontiguousarray(rows).view("u8")


def _alike(known: np.ndarray, given: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Those of the pairs whose signatures agree in enough places."""
    enough = (known[first] == given[second]).sum(axis=1) >= NEARLY * PLACES
    return np.column_stack([first[enough], second[enough]])


def _root(parent: list[int], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row
