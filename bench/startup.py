"""Import and command start-up against those of genai-prices, tokencost and litellm, each a fresh process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.measure import Row, best_process, breakeven, last_line, skipped
from bench.rivals import Rivals

HALF, NO_SLOWER, FIVE_TIMES = 0.5, 1.0, 5.0


def startup(quick: bool, rivals: Rivals) -> Iterator[Row]:
    times = 3 if quick else 7
    bare = best_process([sys.executable, "-c", "pass"], times).seconds
    ours = best_process([sys.executable, "-c", "import pycalc"], times)
    command = best_process(breakeven("--version"), times)
    yield Row("Start", "import pycalc", None, ours.seconds, "python -c pass", bare, FIVE_TIMES, ours.megabytes)
    if command.code:
        yield skipped("Start", "breakeven --version", last_line(command))
    if not rivals.python:
        yield skipped("Start", "against genai-prices, tokencost and litellm", rivals.why)
        return
    for package, module, goal in (
        ("genai-prices", "genai_prices", HALF),
        ("tokencost", "tokencost", None),
        ("litellm", "litellm", None),
    ):
        theirs = best_process([rivals.python, "-c", f"import {module}"], times if goal else 1 if quick else 2)
        if theirs.code:
            yield skipped("Start", f"against {package}", last_line(theirs))
            continue
        against = f"import {module}"
        memory = ours.megabytes, theirs.megabytes
        yield Row("Start", "import pycalc", None, ours.seconds, against, theirs.seconds, goal, *memory)
        if not command.code:
            goal = NO_SLOWER if package == "genai-prices" else None
            memory = command.megabytes, theirs.megabytes
            yield Row("Start", "breakeven --version", None, command.seconds, against, theirs.seconds, goal, *memory)
