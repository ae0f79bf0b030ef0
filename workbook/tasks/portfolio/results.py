"""What the model says of each use case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pycalc.errors import CalcError
from workbook.engines.lines import Lines
from workbook.file import tsv
from workbook.tasks.portfolio.columns import Layout, lay_out
from workbook.tasks.portfolio.table import LeftOut, Table
from workbook.tasks.portfolio.values import worked_out


@dataclass(frozen=True)
class Shown:
    """A column of the sheet Portfolio, or of the table of results."""

    key: str
    title: str
    unit: str
    look: str
    figure: str
    """The model's figure; it is shown where an answer exists."""
    width: str
    total: str
    """Not "" where the use cases are added up."""


DATA = Path(__file__).parent / "data"
SHOWN = tuple(Shown(**line) for line in tsv.lines(DATA / "figures.tsv"))
TEXTS = ("recommendation", "best_option")
ALWAYS = (*TEXTS, "gaps")
"""Shown even where inputs are missing: they say which."""
PAID_BACK = ("rec_breakeven_months", "rec_payback")
"""Blank where nothing changes: nothing is to be paid back."""


@dataclass(frozen=True)
class UseCase:
    """What the model says of one use case; None where no answer exists, an input is missing, an option is not defined.

    Money is USD. `pe` is today's option, `ft` the fine-tuned one, `rec` the recommended one.
    """

    use_case: str
    recommendation: str
    """What to do, or which input is missing."""
    best_option: str
    rec_saving_monthly: float | None
    """Saved in month one."""
    rec_upfront: float | None
    """Paid up front."""
    rec_breakeven_months: float | None
    """None where nothing changes; so is the next."""
    rec_payback: float | None
    """Months until it is paid back, discounted."""
    rec_irr: float | None
    """Internal rate of return, a year: 0.1 is 10 %."""
    rec_npv: float | None
    pe_year1: float | None
    """Year 1, all in; so are the next two."""
    rec_year1: float | None
    rec_saving_year1: float | None
    pe_monthly: float | None
    """Month one; so is the next."""
    ft_monthly: float | None
    ft_upfront: float | None
    ft_npv: float | None
    changes: float | None
    """1 where another option than today's is recommended, else 0."""
    gaps: float
    """Inputs missing."""


@dataclass(frozen=True)
class Lacking:
    """A use case that came out without figures."""

    use_case: str
    reason: str
    """The input to enter."""


@dataclass
class Portfolio:
    """What was written, and what was not."""

    out: Path
    use_cases: int = 0
    """Rows that came out, those that lack an input included."""
    left_out: list[LeftOut] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    """Columns that are no inputs."""
    results: list[UseCase] = field(default_factory=list)
    """In the table's order; empty where the results alone were written to a file."""

    def count(self, names: Sequence[str], recommended: Sequence[str], gaps: Sequence[float]) -> None:
        """Count use cases that came out, and note which of them lack an input."""
        self.use_cases += len(names)
        rows = zip(names, recommended, gaps, strict=True)
        self.lacking += [Lacking(name, str(what)) for name, what, missing in rows if missing]


@dataclass
class Results:
    """Some use cases worked out."""

    layout: Layout
    lines: Lines
    columns: dict[str, list[Any]]
    """The results by name; None where no answer exists, an input is missing or an option is not defined."""

    @property
    def found(self) -> list[dict[str, Any]]:
        """The same, use case by use case."""
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]


def results(table: Table) -> Results:
    """The model's columns, their values, and what is shown of each use case."""
    layout = lay_out({name: place for place, name in enumerate(table.inputs, 1)})
    entered = ([row[at] for row in table.rows] for at in range(len(table.inputs)))
    lines = worked_out(layout, entered, len(table.rows))
    found = {column.key: shown(layout, lines, column) for column in SHOWN}
    for row, (gaps, changes) in enumerate(zip(found["gaps"], found["changes"], strict=True)):
        for key in found.keys() - ALWAYS if gaps else () if changes else PAID_BACK:
            found[key][row] = None
    return Results(layout, lines, found)


def shown(layout: Layout, lines: Lines, column: Shown) -> list[object]:
    """A result of each use case."""
    place = layout.place(column.figure)
    values = [None] * lines.lines if place is None else lines.values(place)
    return [None if isinstance(value, CalcError) or value == "" else value for value in values]
