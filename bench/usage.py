"""Reading usage, lines a second and memory, against a bare group-by of the same library on the same file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator

from bench.measure import Row, breakeven, last_line, process, skipped

GOAL = 2.0
"""A bare group-by adds up three columns by model, use case and month. Ours also finds days, calls that stand twice,
and how the tokens of a call are spread."""

TIMES = 3

_BARE = (
    "import polars, sys; path = sys.argv[1];"
    " read = polars.scan_parquet if path.endswith('parquet') else polars.scan_csv;"
    " time = polars.col('startTime');"
    " month = time.dt.truncate('1mo') if path.endswith('parquet') else time.str.head(7);"
    " print(read(path).group_by('model', 'team_id', month).agg(polars.len(),"
    " polars.col('prompt_tokens', 'completion_tokens', 'spend').sum()).collect(engine='streaming'))"
)


def usage(quick: bool) -> Iterator[Row]:
    import polars

    with tempfile.TemporaryDirectory() as folder:
        for lines in (100_000,) if quick else (100_000, 1_000_000, 10_000_000):
            path = os.path.join(folder, f"{lines}.csv")
            _write(path, lines)
            packed = path.replace(".csv", ".parquet")
            polars.scan_csv(path, try_parse_dates=True).sink_parquet(packed)
            goal = GOAL if lines >= 10_000_000 else None
            yield from _read("LiteLLM spend logs (CSV)", path, lines, goal)
            yield from _read("the same as Parquet", packed, lines, goal)
            os.remove(path)
            os.remove(packed)


def _read(what: str, path: str, lines: int, goal: float | None) -> Iterator[Row]:
    commands = (breakeven("usage", path, "--json"), [sys.executable, "-c", _BARE, path])
    turns = [tuple(process(command) for command in commands) for _ in range(TIMES)]
    ran, theirs = (min(own, key=lambda each: each.processor) for own in zip(*turns, strict=True))
    if ran.code:
        yield skipped("Usage", f"{what}, {lines} lines", last_line(ran))
        return
    speed = f"processor time, the start of the command included; {lines / ran.seconds / 1e6:.2f} million lines a second"
    yield Row(
        "Usage", what, lines, ran.processor, "bare group-by in Polars, with months", theirs.processor, goal,
        ran.megabytes, theirs.megabytes, speed,
    )  # fmt: skip


def _write(path: str, lines: int) -> None:
    import numpy as np
    import polars as pl

    draw = np.random.default_rng(1)
    size = 1_000_000
    with open(path, "wb") as file:
        for start in range(0, lines, size):
            many = min(size, lines - start)
            seconds = np.arange(start, start + many) * (330 * 86_400 / lines)  # a log is in the order of its calls
            when = np.datetime64("2026-01-01T00:00:00", "us") + seconds.astype("timedelta64[s]")
            pl.DataFrame(
                {
                    "request_id": [f"chatcmpl-{number:012x}" for number in range(start, start + many)],
                    "call_type": ["acompletion"] * many,
                    "spend": draw.random(many) * 0.01,
                    "prompt_tokens": draw.integers(100, 4_000, many),
                    "completion_tokens": draw.integers(10, 900, many),
                    "startTime": when,
                    "model": draw.choice(["gpt-4o-2024-08-06", "gpt-4o-mini", "gpt-4.1"], many),
                    "team_id": draw.choice([f"team-{number}" for number in range(20)], many),
                    "messages": ["{}"] * many,
                }
            ).write_csv(file, include_header=start == 0)
