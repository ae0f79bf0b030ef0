"""A portfolio of random use cases: seconds, and equal to the single-case workbook, one after the other."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, breakeven, last_line, process, skipped

EQUAL = 1e-12
"""Largest difference from the single-case workbook, as a share of the figure."""


def portfolio(quick: bool) -> Iterator[Row]:
    from tests.workbook.tasks.portfolio.randomcases import farthest, row, single_cases, write
    from workbook.tasks.portfolio.results import results
    from workbook.tasks.portfolio.table import read

    many = 10 if quick else 1_000
    with tempfile.TemporaryDirectory() as folder:
        draw = random.Random(2026)
        path = write(Path(folder) / "table.csv", [row(draw) for _ in range(many)])
        ran = process(breakeven("portfolio", str(path), "-o", str(Path(folder) / "book.xlsx"), "--budget", "50000"))
        if ran.code:
            yield skipped("Portfolio", f"{many} use cases", last_line(ran))
            return
        table = read(path)
        start = time.process_time()
        theirs = list(single_cases(table.inputs, table.rows))
        alone = time.process_time() - start
        worst = max(farthest(*pair) for pair in zip(results(table).found, theirs, strict=True))
        if not worst < EQUAL:
            raise OSError(f"a use case differs from its own workbook by {worst:.1e}")
        note = f"processor time of the whole command; the largest difference of any figure is {worst:.0e} of it"
        yield Row(
            "Portfolio", "workbook of random use cases", many, ran.processor,
            "the single-case workbook, recalculated for each", alone, None, ran.megabytes, None, note,
        )  # fmt: skip
        many = 2_000 if quick else 100_000
        path = write(Path(folder) / "large.csv", [row(draw) for _ in range(many)])
        ran = process(breakeven("portfolio", str(path), "-o", str(Path(folder) / "results.parquet")))
        note = f"processor time; {many / ran.seconds:,.0f} use cases a second on the clock"
        yield Row("Portfolio", "results alone", many, ran.processor, ours_mb=ran.megabytes, note=note)
