"""How the tokens of a call are spread: median and 95th percentile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pycalc.usage.gather import Gathered
from pycalc.usage.keys import key_parts
from pycalc.usage.lengths import apart, paired, summed
from pycalc.usage.library import pl
from pycalc.usage.lines import NO_MODEL, NO_USE, shown_name


def spreads(gathered: Sequence[Gathered]) -> dict[tuple[str, str], dict[str, dict[str, float]]]:
    """Median and 95th percentile of the tokens per call, as PERCENTILE.INC takes them."""
    labels = {code: name for each in gathered for code, name in each.tally.labels.items()}
    places: dict[tuple[str, str], int] = {}
    counted: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for each in gathered:
        for name, frames in each.tally.spreads.items():
            for frame in frames:
                keys = frame["key"].unique()
                own = [places.setdefault(_place(each, key, labels), len(places)) for key in keys]
                numbers = frame["key"].replace_strict(keys, own, return_dtype=pl.Int64).to_numpy()
                counted[name].append((paired(numbers, frame["tokens"].to_numpy()), frame["calls"].to_numpy()))
    found: dict[tuple[str, str], dict[str, dict[str, float]]] = defaultdict(dict)
    named = list(places)
    for name, each_file in counted.items():
        pairs, calls = summed(*(np.concatenate(column) for column in zip(*each_file, strict=True)))
        numbers, tokens = apart(pairs)
        ends = [0, *np.flatnonzero(np.diff(numbers)) + 1, len(pairs)]
        for start, end in pairwise(ends):
            values, counts = tokens[start:end], calls[start:end]
            middle, high = (quantile(values, counts, share) for share in (0.5, 0.95))
            found[named[numbers[start]]][name] = {"median": middle, "p95": high}
    return found


def _place(gathered: Gathered, key: str, labels: dict[str, str]) -> tuple[str, str]:
    """The use case and the model of a key."""
    part = key_parts(gathered.export, key)
    return shown_name(labels.get(part["use"], part["use"])) or NO_USE, part["model"] or NO_MODEL


def quantile(values: Sequence[float], counts: Sequence[int], share: float) -> float:
    """PERCENTILE.INC of sorted values that are there so many times each."""
    up_to = np.cumsum(counts)
    place = share * (int(up_to[-1]) - 1)
    below = int(place)
    ends = np.searchsorted(up_to, (below, min(below + 1, int(up_to[-1]) - 1)), "right")
    low, high = (float(values[int(each)]) for each in ends)
    return low + (high - low) * (place - below)
