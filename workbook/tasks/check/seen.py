"""What the pass over a workbook's sheets gathers, and the checks look at."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pycalc.errors import CalcError
from workbook.engines import Key, Recalculation
from workbook.file.addresses import Place, address
from workbook.file.cells import Value
from workbook.file.package import Sheet
from workbook.formulas.shapes import Shape, Template

MOST_CALLS = 2_000
"""Calls of our functions kept for a look at arguments that stand in other rows, and for the reason of an error."""

READ = "="
"""A label that a formula reads from elsewhere, such as an option's name: it is known by its neighbours alone."""


@dataclass
class Grid:
    """The formulas of one sheet by place, as numbers of shapes, those that give words, and the numbers typed beside.

    values : all that was typed, on the sheets of the template alone.
    """

    sheet: Sheet
    shapes: dict[Place, int] = field(default_factory=dict)
    words: set[Place] = field(default_factory=set)
    typed: dict[Place, float] = field(default_factory=dict)
    values: dict[Place, Value] = field(default_factory=dict)

    @cached_property
    def labels(self) -> dict[int, str]:
        """What stands in the first column, by row."""
        read = {row: READ for row, column in self.shapes if column == 1}
        return read | {place[0]: text for place, text in self.values.items() if place[1] == 1 and isinstance(text, str)}


class Read(NamedTuple):
    """A formula as it was read."""

    place: Place
    address: str
    shape: Shape
    template: Template
    text: Callable[[], str]


class Told(NamedTuple):
    """What a template tells of its formulas: the lists in which their cells belong, whether they call a function of
    ours, or one a second opinion is asked for, and the files they read."""

    lists: list[list[Place]]
    ours: bool
    finance: bool
    external: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A formula cell that calls a function of ours, with the value the engine gives it."""

    sheet: str
    place: Place
    text: str
    value: Value

    @property
    def key(self) -> Key:
        return self.sheet, address(self.place)


@dataclass(frozen=True, slots=True)
class Stale:
    """A formula cell whose stored value is not what it computes to; `anchor` is where the formula stands."""

    sheet: str
    place: Place
    text: str
    stored: Value
    computed: Value
    anchor: Key


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A line of a price table: its cells by column heading."""

    sheet: str
    row: int
    columns: dict[str, int]
    values: dict[str, Value]


@dataclass
class Survey:
    """What the checks look at.

    shapes : each different formula in relative form, and whether it adds up; grids hold indexes into it.
    errors : cells that show an error value, with the formula behind it ("" for a typed one).
    literals : figures typed into formulas: sheet, template and numbers, with the places.
    doubtful : numbers that look wrong by their label: the role, the place and the number.
    named : defined names that point at one cell: sheet, place and value.
    not_stored : cells whose stored value is a placeholder.
    lost_names : names, in capitals, whose cell was deleted, with the cells that show an error because they read one.
    called : functions that no engine knows, or that are newer than the file's form, by sheet, with the places.
    """

    path: str
    computed: Recalculation
    grids: list[Grid] = field(default_factory=list)
    shapes: list[tuple[Shape, bool]] = field(default_factory=list)
    formulas: int = 0
    missing: dict[str, list[Place]] = field(default_factory=dict)
    stale: list[Stale] = field(default_factory=list)
    errors: dict[tuple[str, Place], tuple[CalcError, str]] = field(default_factory=dict)
    calls: list[OwnCall] = field(default_factory=list)
    uncounted_calls: int = 0
    finance: list[tuple[str, Place, str, Value]] = field(default_factory=list)
    literals: dict[tuple[str, tuple[str, ...]], list[Place]] = field(default_factory=dict)
    external: dict[str, list[tuple[str, Place]]] = field(default_factory=dict)
    broken: dict[str, list[Place]] = field(default_factory=dict)
    unreadable: dict[str, list[Place]] = field(default_factory=dict)
    volatile: dict[tuple[str, str], list[Place]] = field(default_factory=dict)
    read_sheets: dict[str, set[str]] = field(default_factory=dict)
    doubtful: list[tuple[str, str, Place, float]] = field(default_factory=list)
    prices: list[PriceRow] = field(default_factory=list)
    named: dict[str, tuple[str, Place, Value]] = field(default_factory=dict)
    typed_text: dict[str, list[Place]] = field(default_factory=dict)
    not_stored: set[Key] = field(default_factory=set)
    called: dict[tuple[str, str], list[Place]] = field(default_factory=dict)
    lost_names: dict[str, list[tuple[str, Place]]] = field(default_factory=dict)

    @property
    def is_template(self) -> bool:
        """Whether the workbook is one of the template's, its answer deleted or not."""
        return "out_decision" in self.named or "OUT_DECISION" in self.lost_names

    def value(self, name: str) -> Value:
        """What stands in the cell of a defined name; None where there is none."""
        return self.named[name][2] if name in self.named else None


def is_demonstration(found: Survey, sheet: str) -> bool:
    """Whether a sheet is the template's list of functions: live calls with numbers of their own, which nothing reads.

    It is the one sheet of the template that needs the add-in and may show #NAME? without it.
    """
    checks = {found.named[name][0] for name in ("out_checks",) if name in found.named}  # which counts its formulas
    return sheet == "Functions" and "out_decision" in found.named and found.read_sheets.get(sheet, set()) <= checks


_NUMBER = re.compile(r"\s*[$€£]?\s*[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\s*%?\s*")


def looks_like_number(text: str) -> bool:
    """Whether a text is a number as a person would type it."""
    return bool(text) and text.strip()[:1] in "$€£+-0123456789" and _NUMBER.fullmatch(text) is not None
