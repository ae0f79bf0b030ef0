"""What a comparison finds: changed cells, their effects on the answers, and when two values count as the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbook.errors import WorkbookError
from workbook.file.addresses import quoted_sheet
from workbook.file.cells import Value


class NothingToCompare(WorkbookError):
    """Neither workbook has a formula."""


@dataclass(frozen=True, slots=True)
class Group:
    """Formulas of one sheet that changed alike: where they stand, what happened to them, how many there are."""

    where: str
    what: str
    count: int

    @property
    def name(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Change:
    """One changed cell: its place in the new workbook (the old one, where it is gone), its name, both contents.

    `kind` is "input", "price", "text", "formula" or "result". For a formula `old` and `new` are formula texts
    with their equals sign, or the value on the side that has none; `group` names the formulas that changed alike;
    `date` says that the cell shows its number as a day.
    """

    kind: str
    sheet: str
    cell: str
    name: str
    label: str
    old: Value
    new: Value
    group: str = ""
    date: bool = False

    @property
    def where(self) -> str:
        return f"{quoted_sheet(self.sheet)}!{self.cell}"

    @property
    def title(self) -> str:
        """What a person calls it: the defined name, else the label beside it, else the place."""
        return self.name or self.label or self.where


@dataclass(frozen=True, slots=True)
class Effect:
    """What one changed input alone makes of an answer of the old workbook."""

    change: Change
    answer: str
    before: Value
    after: Value

    @property
    def moved(self) -> float | None:
        """The difference where both are numbers."""
        return difference(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, from old to new: by the inputs together, by their interaction, by everything else.

    interaction : what the inputs move together beyond the sum of what each moves alone; rest : what formulas,
        sheets and whatever else changed. None where the answer is no number throughout.
    """

    name: str
    old: Value
    new: Value
    with_inputs: Value
    interaction: float | None
    rest: float | None


@dataclass
class Difference:
    """Everything `diff` found."""

    old: str
    new: str
    inputs: list[Change] = field(default_factory=list)
    formulas: list[Change] = field(default_factory=list)
    results: list[Change] = field(default_factory=list)
    """Formulas that stayed and show another value."""
    texts: list[Change] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    """What each input alone does to each answer."""
    added_sheets: list[str] = field(default_factory=list)
    removed_sheets: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    """Formulas that changed alike."""
    untried: int = 0
    """Inputs whose effect by itself was not computed, there being too many."""

    @property
    def same(self) -> bool:
        return not (
            self.inputs or self.formulas or self.results or self.texts or self.added_sheets or self.removed_sheets
        )


def difference(one: Value, other: Value) -> float | None:
    """Other less one, None unless both are numbers."""
    if type(one) is float and type(other) is float:
        return other - one
    return None
