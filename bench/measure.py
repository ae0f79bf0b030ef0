"""Timing: two things in turn, the best of each; whole processes with their peak memory."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Row:
    """One line of the table. Times are seconds, for the whole of `size` rows, cells or formulas."""

    group: str
    what: str
    size: int | None
    ours: float | None
    against: str = ""
    theirs: float | None = None
    goal: float | None = None
    """Largest ratio of ours to theirs we accept."""
    ours_mb: float | None = None
    theirs_mb: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.ours is not None and self.theirs else None

    @property
    def met(self) -> bool | None:
        return None if self.ratio is None or self.goal is None else self.ratio <= self.goal


def skipped(group: str, what: str, why: str) -> Row:
    return Row(group, what, None, None, note=f"skipped: {why}")


STREAK = 3
"""Calls in a row: the first finds the memory as the other thing left it, which is not its own cost."""


def race(*runners: Callable[[], object], seconds: float = 0.5, most: int = 200) -> list[float]:
    """The best time of each, run in turn until the time is up, so that a busy machine slows all of them alike."""
    best = [float("inf")] * len(runners)
    end = time.perf_counter() + seconds
    for turn in range(most):
        for place, runner in enumerate(runners):
            for _ in range(STREAK):
                start = time.perf_counter()
                runner()
                best[place] = min(best[place], time.perf_counter() - start)
        if turn and time.perf_counter() > end:
            break
    return best


def repeated(called: Callable, arguments: tuple, times: int) -> Callable[[], None]:
    """Many calls as one, for what is too short to time."""

    def many() -> None:
        for _ in itertools.repeat(None, times):
            called(*arguments)

    return many


@dataclass
class Ran:
    seconds: float
    processor: float
    """Seconds of processor time, which a machine busy with other work leaves alone."""
    megabytes: float
    code: int
    output: str


def process(command: Sequence[str], environment: dict[str, str] | None = None) -> Ran:
    """A command as a whole process: wall and processor time, peak memory, exit code, what it said.

    A small process starts it, because a child counts the memory of the process it was forked from as its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        ran = subprocess.run(
            [sys.executable, "-S", str(Path(__file__).with_name("launch.py")), str(told), *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            check=False,
        )
        return Ran(output=ran.stdout, **json.loads(told.read_text()))


def breakeven(*arguments: str) -> list[str]:
    """The command line of our own command, installed or not."""
    return [sys.executable, "-c", "from addin.entry import main; main()", *arguments]


def last_line(ran: Ran) -> str:
    return (ran.output.strip().splitlines() or ["it said nothing"])[-1][:160]


def best_process(command: Sequence[str], times: int, environment: dict[str, str] | None = None) -> Ran:
    return min((process(command, environment) for _ in range(times)), key=lambda ran: ran.seconds)
