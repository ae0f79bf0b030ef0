"""Recalculation: cells that call our functions against native ones and bare callbacks in the same engine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import formualizer

from bench.measure import Row, last_line, process, skipped
from bench.rivals import Rivals

GOAL = 1.5
_CALL = "=FT_BREAKEVEN(A$1,B$1,C$1)"
_NATIVE = "=IF(B$1-C$1<=1E-12*B$1,NA(),A$1/(B$1-C$1))"
_BARE = "=BARE_CALLBACK(A$1,B$1,C$1)"


def _seconds(formula: str, size: int) -> float:
    """Time to work out a column of `size` cells that hold the formula."""
    from workbook.engines.adapter import register

    book = formualizer.Workbook()
    register(book)
    book.register_function("BARE_CALLBACK", lambda a, b, c: a / (b - c), min_args=3, max_args=3)
    sheet = book.sheet("Data")
    sheet.set_values_batch(1, 1, 1, 3, [[2095.33, 315.0, 9.0]])
    sheet.set_formulas_batch(1, 4, size, 1, [[formula]] * size)
    start = time.perf_counter()
    book.evaluate_all()
    seconds = time.perf_counter() - start
    last = book.get_value("Data", size, 4)
    assert last == 2095.33 / 306, last  # it was worked out, and rightly
    return seconds


def cells(quick: bool, rivals: Rivals) -> Iterator[Row]:
    for size in (1_000, 10_000, *(() if quick else (100_000, 1_000_000))):
        best = {formula: float("inf") for formula in (_CALL, _BARE, _NATIVE)}
        for _ in range(max(1, min(12, 300_000 // size))):  # what takes milliseconds needs many turns
            for formula in best:
                best[formula] = min(best[formula], _seconds(formula, size))
        yield Row("Cells", "FT_BREAKEVEN", size, best[_CALL], "a bare callback", best[_BARE], GOAL)
        yield Row("Cells", "FT_BREAKEVEN", size, best[_CALL], "native formula", best[_NATIVE])
    if not rivals.python:
        yield skipped("Cells", "against formulas", rivals.why)
        return
    for size in (1_000,) if quick else (1_000, 10_000):
        ran = process([rivals.python, str(rivals.script), "formulas", str(size)])
        if ran.code:
            yield skipped("Cells", "against formulas", last_line(ran))
            return
        theirs = json.loads(ran.output.splitlines()[-1])["seconds"]
        yield Row("Cells", "native formula here", size, _seconds(_NATIVE, size), "the package formulas", theirs)
        yield Row("Cells", "FT_BREAKEVEN", size, _seconds(_CALL, size), "the package formulas, native", theirs)
