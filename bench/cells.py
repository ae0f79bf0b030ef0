"""Recalculation: cells that call our functions against native ones and bare callbacks in the same engine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import formualizer

from bench.measure import Row, last_line, process, skipped
from bench.rivals import Rivals

GOAL = 1.5
_CALL = "FT_BREAKEVEN(A{0},B{0},C{0})"
_NATIVE = "IF(B{0}-C{0}<=1E-12*B{0},NA(),A{0}/(B{0}-C{0}))"
_BARE = "BARE_CALLBACK(A{0},B{0},C{0})"


class _Column:
    """Three columns of numbers, and beside them columns of formulas over them, each worked out on its own."""

    def __init__(self, size: int) -> None:
        from workbook.engines.formualizer import register

        self.size = size
        self.book = formualizer.Workbook()
        register(self.book)
        self.book.register_function("BARE_CALLBACK", lambda a, b, c: a / (b - c), min_args=3, max_args=3)
        self.sheet = self.book.sheet("Data")
        self.sheet.set_values_batch(1, 1, size, 3, [[2000.0 + row % 7, 315.0, 9.0] for row in range(size)])
        self.used = 3

    def seconds(self, formula: str) -> float:
        """Time to work out `size` cells of one formula."""
        self.used += 1
        texts = [["=" + formula.format(row)] for row in range(1, self.size + 1)]
        self.sheet.set_formulas_batch(1, self.used, self.size, 1, texts)
        start = time.perf_counter()
        self.book.evaluate_all()
        seconds = time.perf_counter() - start
        last = self.book.get_value("Data", self.size, self.used)
        assert isinstance(last, float), last
        assert abs(last - (2000 + (self.size - 1) % 7) / 306) < 1e-9, last  # it was worked out, and rightly
        return seconds


def cells(quick: bool, rivals: Rivals) -> Iterator[Row]:
    for size in (1_000, 10_000, *(() if quick else (100_000, 1_000_000))):
        column = _Column(size)
        best = {formula: float("inf") for formula in (_CALL, _BARE, _NATIVE)}
        for _ in range(3 if size <= 100_000 else 1):
            for formula in best:
                best[formula] = min(best[formula], column.seconds(formula))
        yield Row("Cells", "FT_BREAKEVEN", size, best[_CALL], "a bare callback", best[_BARE], GOAL)
        yield Row("Cells", "FT_BREAKEVEN", size, best[_CALL], "native formula", best[_NATIVE])
    column = _Column(1_000)
    if not rivals.python:
        yield skipped("Cells", "against formulas", rivals.why)
        return
    ran = process([rivals.python, str(rivals.script), "formulas", str(column.size)])
    if ran.code:
        yield skipped("Cells", "against formulas", last_line(ran))
        return
    theirs = json.loads(ran.output.splitlines()[-1])["seconds"]
    yield Row("Cells", "native formula here", column.size, column.seconds(_NATIVE), "the package formulas", theirs)
    yield Row("Cells", "FT_BREAKEVEN", column.size, column.seconds(_CALL), "the package formulas, native", theirs)
