"""What a person at a terminal sees while a command works: the step it is at, and a bar of what is done.

It stands on standard error and goes when the work is over. Work of a moment shows nothing, and nor does work whose
standard error is no terminal.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from addin.cli import terminal
from workbook.progress import Progress, followed

MOMENT = 0.3
"""Seconds before anything is shown: Rich takes a third of that to load."""

BETWEEN = 0.1


@contextmanager
def working(what: str, total: int = 0, unit: str = "") -> Iterator[Progress]:
    """Show that the block works, and what it and `workbook.progress` say of it. Nothing else may be printed in it."""
    progress = Progress(what)
    progress.total, progress.unit = total, unit
    if not sys.stderr.isatty():
        yield progress
        return
    over = threading.Event()
    shown = threading.Thread(target=_show, args=(progress, over), daemon=True)
    shown.start()
    try:
        with followed(progress):
            yield progress
    finally:
        over.set()
        shown.join()


@contextmanager
def reading(what: str, *files: str | None) -> Iterator[Callable[[int], None]]:
    """What the block tells how many more bytes it has read."""
    sizes = [os.path.getsize(file) for file in files if file and os.path.isfile(file)]
    with working(what, sum(sizes), "bytes") as progress:

        def advance(size: int) -> None:
            progress.done += size

        yield advance


def _show(progress: Progress, over: threading.Event) -> None:
    if over.wait(MOMENT):
        return
    from rich import progress as rich

    columns: list[rich.ProgressColumn]
    columns = [rich.SpinnerColumn(), rich.TextColumn("{task.description}", markup=False), rich.BarColumn(24)]
    columns += [rich.TimeElapsedColumn(), *([rich.TimeRemainingColumn()] if progress.unit == "bytes" else ())]
    with rich.Progress(
        *columns,
        console=terminal.console(stderr=True),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as display:
        task = display.add_task(_words(progress), total=None)
        while True:
            total, done = _measure(progress)
            display.update(task, description=_words(progress), total=total, completed=done, refresh=True)
            if over.wait(BETWEEN):
                return


def _measure(progress: Progress) -> tuple[float | None, float]:
    """The length of the bar, None where it is unknown, and how much of it is done."""
    share = progress.done / progress.total if progress.total else 0.0
    if progress.of:
        return progress.of, progress.number - 1 + share
    return (1.0, share) if progress.total else (None, 0.0)


def _words(progress: Progress) -> str:
    words = f"{progress.number} of {progress.of}: {progress.what}" if progress.of else progress.what
    if not progress.unit:
        return words
    of = f" of {progress.total:,}" if progress.total else ""
    return f"{words}, {progress.done:,}{of} {progress.unit}"
