"""How the tokens of a call are spread: median and 95th percentile."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from pycalc.usage.library import polars
from pycalc.usage.lines import NO_MODEL, NO_USE, shown_name
from pycalc.usage.reading import key_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pycalc.usage.gather import Gathered


def spreads(gathered: Sequence[Gathered]) -> dict[tuple[str, str], dict[str, dict[str, float]]]:
    """Median and 95th percentile of the tokens per call, as PERCENTILE.INC takes them."""
    pl = polars()
    labels = {code: name for each in gathered for code, name in each.tally.labels.items()}
    frames: dict[str, list[Any]] = defaultdict(list)
    for each in gathered:
        for name, own in each.tally.spreads.items():
            for frame in own:
                keys = frame["key"].unique()
                parts = [key_parts(each.export, key) for key in keys]
                uses = [shown_name(labels.get(part["use"], part["use"])) or NO_USE for part in parts]
                models = [part["model"] or NO_MODEL for part in parts]
                named = pl.DataFrame({"key": keys, "use": uses, "model": models})
                frames[name].append(frame.join(named, on="key").select("use", "model", "tokens", "calls"))
    found: dict[tuple[str, str], dict[str, dict[str, float]]] = defaultdict(dict)
    for name, own in frames.items():
        whole = pl.concat(own).group_by("use", "model", "tokens").agg(pl.col("calls").sum()).sort("tokens")
        for place, group in whole.partition_by("use", "model", as_dict=True).items():
            tokens, calls = group["tokens"].to_list(), group["calls"].to_list()
            found[place][name] = {"median": quantile(tokens, calls, 0.5), "p95": quantile(tokens, calls, 0.95)}
    return found


def quantile(values: Sequence[float], counts: Sequence[int], share: float) -> float:
    """PERCENTILE.INC of sorted values that are there so many times each."""
    up_to = list(accumulate(counts))
    place = share * (up_to[-1] - 1)
    low = values[bisect_right(up_to, int(place))]
    high = values[bisect_right(up_to, min(int(place) + 1, up_to[-1] - 1))]
    return low + (high - low) * (place - int(place))
