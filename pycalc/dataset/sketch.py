"""A bounded table of what was seen, by hash: exact until it is full, a fair sample after.

The table keeps the entries with the smallest hashes. An entry that stays has been in the table since its first
appearance, so its count is exact; which entries stay does not depend on the order, so tables of parts of a file
merge into the table of the whole file, entry for entry. Hashes are uniform, so a full table is a random sample
of the different entries, and its largest hash tells how many there are (the "k minimum values" estimate).
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

_PENDING = 16_384


def text_hash(text: str) -> bytes:
    """Eight bytes that are the same in every process and on every machine."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def hashes(texts: list[str]) -> np.ndarray:
    return np.frombuffer(b"".join(map(text_hash, texts)), "<u8")


class Sketch:
    """Rows by hash: how often (`count`), first and last line (`line`, `last`), and further columns that merge.

    Parameters
    ----------
    bound : rows kept at most.
    columns : further columns by name, each with the NumPy function that merges it, such as numpy.minimum.
    """

    def __init__(self, bound: int, **columns: np.ufunc) -> None:
        self.bound = bound
        self.merging: dict[str, np.ufunc] = {
            "count": np.add,
            "line": np.minimum,
            "last": np.maximum,
            **columns,
        }
        self.hash = np.empty(0, "u8")
        self.rows: dict[str, np.ndarray] = {}
        self.complete = True
        """Nothing has been left out."""
        self._waiting: list[tuple[np.ndarray, dict[str, np.ndarray]]] = []
        self._waiting_rows = 0

    def wanted(self, hash: np.ndarray) -> np.ndarray:
        """Which of these hashes are small enough to be kept."""
        if self.complete:
            return np.ones(len(hash), bool)
        kept: np.ndarray = hash <= self.hash[-1]
        return kept

    def add(self, hash: np.ndarray, **rows: np.ndarray) -> None:
        self._waiting.append((hash, rows))
        self._waiting_rows += len(hash)
        if self._waiting_rows > _PENDING:
            self.settle()

    def settle(self) -> None:
        """Put what waits into the table."""
        if not self._waiting:
            return
        parts = [(self.hash, self.rows), *self._waiting] if len(self.hash) else self._waiting
        hash = np.concatenate([part[0] for part in parts])
        self._waiting = []
        self._waiting_rows = 0
        order = np.argsort(hash, kind="stable")
        hash = hash[order]
        starts = np.flatnonzero(np.diff(hash, prepend=hash[:1] ^ np.uint64(1)))
        if len(starts) > self.bound:
            self.complete = False
            order = order[: starts[self.bound]]
            starts = starts[: self.bound]
        self.hash = hash[starts]
        self.rows = {
            name: how.reduceat(np.concatenate([part[1][name] for part in parts])[order], starts, axis=0)
            for name, how in self.merging.items()
        }

    def merge(self, other: Sketch, lines: int) -> None:
        """Take in the table of what follows `lines` lines further down."""
        self.settle()
        other.settle()
        self.complete = self.complete and other.complete
        if len(other.hash):
            moved = {name: other.rows[name] + lines for name in ("line", "last")}
            self._waiting.append((other.hash, {**other.rows, **moved}))
            self.settle()

    @property
    def total(self) -> int:
        """Appearances of the rows kept."""
        return int(self.rows["count"].sum()) if self.rows else 0

    def distinct(self) -> int:
        """How many different entries there are: exact while complete, else estimated from the largest hash."""
        if self.complete:
            return len(self.hash)
        return round((len(self.hash) - 1) * 2.0**64 / float(self.hash[-1]))
