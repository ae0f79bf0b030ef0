"""What a long operation says while it works: which step it is at, and how much of the step is done.

The operations say it whether or not anybody listens; the command shows it to a person at a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")
_EVERY = 1_000
"""Counted things between two reports."""


class Progress:
    """How far it is: step `number` of `of`, in words `what`; `done` of `total` things named `unit`, 0 if unknown."""

    def __init__(self, what: str) -> None:
        self.step(what, 0, 0)

    def step(self, what: str, number: int, of: int) -> None:
        self.what, self.number, self.of = what, number, of
        self.done, self.total, self.unit = 0, 0, ""


_listening: list[Progress] = []


@contextmanager
def followed(progress: Progress) -> Iterator[None]:
    """Keep `progress` up to date while the block runs."""
    _listening.append(progress)
    try:
        yield
    finally:
        _listening.remove(progress)


def step(what: str, number: int = 0, of: int = 0) -> None:
    """The next step begins."""
    for progress in _listening:
        progress.step(what, number, of)


def counted(things: Iterable[_T], unit: str, total: int = 0) -> Iterable[_T]:
    """The same things, counted while they are taken; one with a `weight` counts for so many."""
    return _counted(things, unit, total) if _listening else things


def _counted(things: Iterable[_T], unit: str, total: int) -> Iterator[_T]:
    before = [progress.done if progress.unit == unit else 0 for progress in _listening]
    every = 1 if total else _EVERY
    number = due = 0
    for thing in things:
        if number >= due:
            due = number + every
            for progress, start in zip(_listening, before, strict=False):
                progress.done, progress.total, progress.unit = start + number, total, unit
        yield thing
        number += getattr(thing, "weight", 1)
