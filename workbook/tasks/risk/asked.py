"""What a workbook asks: its inputs with low, base and high, as the scenario in force has them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pycalc.errors import shown
from pycalc.risk.cashflow import DEFAULTS, NEEDED, Step
from pycalc.risk.cashflow import INPUTS as MOVING
from pycalc.risk.draws import Correlation, Model, Uncertain
from pycalc.risk.simulate import simulate
from workbook.errors import BadWorkbook, WorkbookError
from workbook.file import named
from workbook.file.addresses import Spot
from workbook.file.cells import Value
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.tasks.risk.courses import ROWS, Against
from workbook.tasks.risk.stored import Stored, address, reference
from workbook.tasks.scenario import layout as scenario_layout
from workbook.template.inputs import INPUTS, MOST_MONTHS, TUNED

Triple = tuple[float, float, float]
NOTHING = "–"
"""What the sheet shows for a blank cell: an empty one would be equal to 0."""
_LAYS_OUT = ("build_months", "based_on", "successor")
"""Rows of an option that say how its months are laid out; they are not drawn."""
KNOWN = {ROWS.get(name, name): item for name, item in INPUTS.items()}
_NUMERIC = {name for name, item in KNOWN.items() if item.quantity.kind in ("number", "date")}


@dataclass
class Used:
    """An input of the simulation: its values then, and the formulas that fetch them now."""

    name: str
    base: float | None
    base_now: str
    low: float | None = None
    """Of a varied input what was simulated; of another what stands in its column Low, None for nothing."""
    high: float | None = None
    low_now: str = ""
    """Reference to the cell; "" where none counts: named by --vary, set by the scenario, or no such column."""
    high_now: str = ""


@dataclass
class Question:
    """What a workbook asks: the case to simulate, and what was left out of it."""

    case: Uncertain
    left_out: dict[str, str]
    """Inputs with a low or high value that are not varied, and why."""
    scenario: int | None
    """Number of the scenario in force, 1 for the base; None in a workbook without scenarios."""
    scenario_name: str = ""
    overridden: tuple[str, ...] = ()
    """Inputs whose base the scenario sets."""
    used: dict[str, Used] = field(default_factory=dict)
    """Every input the simulation used that has a cell: the varied ones first, months last."""
    note: str = ""
    """What the recipient of the copy has to know: that the workbook was signed; "" for nothing."""
    subject: str = "Fine-tuning"
    """The option that is held against today."""
    today: str = "prompt engineering"
    inputs: dict[str, Value] = field(default_factory=dict)
    """Every input of the template as the scenario in force has it."""
    chances: list[Any] = field(default_factory=list[Any])
    """What the draws say of every option (`choice.Chance`), once simulated."""

    @property
    def base(self) -> float:
        """Net saving when every input is at its base value."""
        return simulate(replace(self.case, varied={}, correlations=(), steps=()), 1).mean.value

    def ask_of(self, model: Model, subject: str, today: str) -> None:
        """Ask what another option saves against today."""
        self.case = replace(self.case, model=model)
        self.subject, self.today = subject, today

    def scenario_words(self) -> str:
        """Which scenario was simulated and what it sets; "" for the base."""
        if not self.overridden and self.scenario in (None, 1):
            return ""
        fixed = [name for name in self.overridden if name not in self.case.varied]
        words = f"Simulated: scenario {self.scenario}, {self.scenario_name or 'without a name'}."
        if fixed:
            words += f" It sets {', '.join(fixed)}: fixed."
        varied = [name for name in self.overridden if name in self.case.varied]
        if varied:
            words += f" Around its value {', '.join(varied)} var{'ies' if len(varied) == 1 else 'y'}, as asked."
        return words


@steady()
def question(
    path: str | os.PathLike[str],
    vary: Mapping[str, tuple[float, float]] | None = None,
    correlations: Iterable[Correlation] = (),
    steps: Iterable[Step] = (),
) -> Question:
    """Read a workbook's inputs and what a simulation of it varies.

    Parameters
    ----------
    path : the workbook, which is only read.
    vary : low and high of inputs by name, beside or in place of the workbook's own.
    correlations : pairs of inputs that move together.
    steps : price cuts that come with a probability.

    Raises
    ------
    WorkbookError : the file is no workbook of such inputs, or one of them is blank, out of its bounds, or has a low
        above its high; the message names the cell.
    """
    with Package(path) as package:
        asked = _Reader(package, dict(vary or {})).question(tuple(correlations), tuple(steps))
        asked.note = package.signature_note()
        return asked


class _Reader:
    def __init__(self, package: Package, vary: dict[str, tuple[float, float]]) -> None:
        self.path = package.path
        self.vary = vary
        names = named.cells(package)
        self.defined = set(names)
        self.places = {name: names[name] for name in (*KNOWN, "scenario") if name in names}
        if "queries" not in self.places:
            raise WorkbookError(
                f"{self.path} has no cell named queries; name its inputs as the template does (breakeven new shows "
                "them)"
            )
        self.layout: scenario_layout.Layout | None = None
        self.rows: dict[str, int] = {}
        """The row on Scenarios that overrides each input."""
        self.unreadable: BadWorkbook | None = None
        if "scenario" in self.places:
            try:
                self.layout = scenario_layout.read(package)
            except BadWorkbook as problem:  # which matters only where a scenario is in force
                self.unreadable = problem
        if self.layout:
            inputs = {name: place for name, place in self.layout.inputs.items() if name in INPUTS}
            self.places = {ROWS.get(name, name): place for name, place in inputs.items()} | self.places
            self.rows = {ROWS.get(name, name): row for name, row in self.layout.rows.items()}
        sheets = {sheet for sheet, _, _ in self.places.values()}
        if self.layout:
            sheets.add(self.layout.sheet.name)
        self.stored = Stored(package, sheets)
        self.stored.complete(self._needed())
        self.values = self.stored.values
        self.in_force = self._in_force_cells()

    def _needed(self) -> set[Spot]:
        needed = {place for name, place in self.places.items() if name in _NUMERIC or name == "scenario"}
        for name in self.places:
            needed.update(self.stored.ends_of(self.places[name]) or ())
        if self.layout:
            needed |= {
                (self.layout.sheet.name, row, column)
                for row in self.rows.values()
                for column in range(self.layout.first, self.layout.last + 1)
            }
        return needed

    def _in_force_cells(self) -> dict[str, Spot]:
        """The cells that the model itself reads: on Scenarios, left of what each scenario overrides."""
        if self.layout is None:
            return {}
        left = {
            cell.row: (self.layout.sheet.name, cell.row, cell.column)
            for cell in self.layout.cells.values()
            if cell.column == self.layout.first - 1 and cell.kind
        }
        return {name: left[row] for name, row in self.rows.items() if row in left}

    def question(self, correlations: tuple[Correlation, ...], steps: tuple[Step, ...]) -> Question:
        number, title, overrides = self._scenario()
        given: dict[str, float | None] = {}
        at: dict[str, Spot] = {}
        for name in self.places:
            if name in _NUMERIC:
                at[name] = overrides.get(name, self.places[name])
                value = self.values.get(at[name])
                blanked = name in overrides and value == "none"
                found = None if blanked else _number(name, value, address(at[name]))
                given[name] = None if found is None else _within(name, found, address(at[name]))
        needed = ("queries", "months") if self.layout else (*NEEDED, "months")
        missing = [name for name in needed if given.get(name) is None]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            raise WorkbookError(f"{self.path}: {', '.join(missing)} {verb} blank; enter a value")
        triples, left_out, used = self._triples(given, at, overrides, number)
        if not triples and not steps:
            reasons = "".join(f"; {name}: {why}" for name, why in left_out.items())
            ranges = " and in the ranges of prices on Options" if self.layout else ""
            raise WorkbookError(
                f"{self.path}: no input has a low or high value that counts; enter them in the columns Low and High of "
                f"the sheet {self.places['queries'][0]}{ranges}, or name them: --vary queries=5000..20000{reasons}"
            )
        months = int(given["months"] or 0)
        if not 1 <= months <= MOST_MONTHS:
            raise WorkbookError(
                f"{self.path}: months is {given['months']:g}, a whole number from 1 to {MOST_MONTHS} is wanted"
            )
        fixed = {name: given.get(name) for name in MOVING}
        whole = self._whole(number)
        case = Uncertain(fixed, triples, months, correlations, steps, Against(TUNED, whole) if whole else None)
        set_here = tuple(name for name in overrides if name in given and (self._moves(name) or name == "months"))
        return Question(case, left_out, number, title, set_here, used, inputs=whole)

    def _moves(self, name: str) -> bool:
        """Whether an input moves the net saving: in the template each does, of one option or another."""
        return name in MOVING or (self.layout is not None and name != "months")

    def _whole(self, number: int | None) -> dict[str, Value]:
        """Every input, those of options too, with what the scenario in force overrides."""
        if self.layout is None:
            return {}
        found = {name: self.values.get(place) for name, place in self.layout.inputs.items() if name in INPUTS}
        overrides = self.layout.columns[(number or 1) - 1].overrides
        found |= {name: None if value == "none" else value for name, value in overrides.items()}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def _scenario(self) -> tuple[int | None, str, dict[str, Spot]]:
        """The scenario in force: its number and name, and the cells of what it overrides."""
        if "scenario" not in self.places:
            return None, "", {}
        value = self.values.get(self.places["scenario"])
        if value is None or value == 1:
            return 1, "", {}
        where = address(self.places["scenario"])
        if isinstance(value, bool) or not isinstance(value, float):
            raise WorkbookError(f"{where} (scenario) shows {shown(value)}; enter the number of a column on Scenarios")
        if self.unreadable or self.layout is None:
            raise self.unreadable or WorkbookError(f"{self.path} has no scenarios")
        count = len(self.layout.columns)
        if value % 1 or not 1 <= value <= count:
            raise WorkbookError(
                f"{where}: there is no scenario {value:g}; enter the number of a column on Scenarios, 1 to {count}"
            )
        number = int(value)
        cells = {name: (self.layout.sheet.name, row, self.layout.column(number)) for name, row in self.rows.items()}
        set_here = {name: cell for name, cell in cells.items() if self.values.get(cell) not in (None, "")}
        return number, self.layout.columns[number - 1].title, set_here

    def _triples(
        self,
        given: Mapping[str, float | None],
        at: Mapping[str, Spot],
        overrides: Mapping[str, Spot],
        number: int | None,
    ) -> tuple[dict[str, Triple], dict[str, str], dict[str, Used]]:
        """Low, base and high of every input that has them, in the order of the workbook's inputs."""
        unknown = [name for name in self.vary if name not in given]
        if unknown:
            raise WorkbookError(f"{unknown[0]} is no numeric input of this workbook; there are {', '.join(MOVING)}")
        triples: dict[str, Triple] = {}
        left_out: dict[str, str] = {}
        varied: dict[str, Used] = {}
        fixed: dict[str, Used] = {}
        for name in (name for name in KNOWN if name in given):
            base = given[name]
            spots = self.stored.ends_of(self.places[name])
            # What a scenario says of an input is no longer uncertain, unless --vary says otherwise.
            counts = spots is not None and name not in self.vary and name not in overrides
            ends: list[float | None] = [None, None]
            where = ["--vary"] * 2
            if name in self.vary:
                ends = [*self.vary[name]]
                if not all(map(math.isfinite, self.vary[name])):
                    raise WorkbookError(f"--vary {name}: low and high must be finite numbers")
            elif spots is not None:
                where = [address(spot) for spot in spots]
                cells = zip(spots, where, strict=True)
                remedy = "enter a number or leave it blank"
                ends = [_number(name, self.values.get(spot), place, remedy) for spot, place in cells]
            why = "" if ends == [None, None] else self._reason(name, overrides, number)
            if why:
                left_out[name] = why
            blank = base is None and ends == [None, None]
            if name != "months" and (not self._moves(name) or (blank and name not in MOVING)):
                continue
            row = Used(name, base, self._now(name))
            if name in DEFAULTS and base is None:
                row.base = base = DEFAULTS[name]
            if ends != [None, None] and not why:
                triple = _checked(name, base, ends, where, at[name])
                if triple[0] < triple[2]:
                    triples[name] = triple
                    row.low, row.high = triple[0], triple[2]
            if counts and spots is not None and self._moves(name):
                row.low_now, row.high_now = map(reference, spots)
                if name not in triples:
                    row.low, row.high = ends
            (varied if name in triples else fixed)[name] = row
        rest = {name: row for name, row in fixed.items() if name != "months"}
        return triples, left_out, {**varied, **rest, "months": fixed["months"]}

    def _reason(self, name: str, overrides: Mapping[str, Spot], number: int | None) -> str:
        """Why an input with a low or high is not varied; "" if it is."""
        if name == "months":
            return "it is the horizon of the comparison; run risk once for each horizon"
        if name.rpartition(".")[2] in _LAYS_OUT:
            return "it says how the months are laid out; run risk once for each value"
        if not self._moves(name):
            return "it does not move prompt engineering against fine-tuning"
        if name in overrides and name not in self.vary:
            return f"scenario {number} sets it; --vary would vary it around that value"
        return ""

    def _now(self, name: str) -> str:
        """The formula of the value in force."""
        if name in self.in_force:
            cell = reference(self.in_force[name])
        else:
            cell = name if name in self.defined else reference(self.places[name])
        if name in DEFAULTS:  # blank counts as 0, whatever a blank looks like in the column in force
            return f"=N({cell})"
        return f"={cell}" if name in NEEDED or name == "months" else f'=IF({cell}="","{NOTHING}",{cell})'


def _checked(name: str, base: float | None, ends: list[float | None], where: list[str], at: Spot) -> Triple:
    if base is None:
        raise WorkbookError(f"{address(at)} ({name}) is blank but has a low or high value; enter a base")
    low, high = (base if end is None else _within(name, end, place) for end, place in zip(ends, where, strict=True))
    see = " and ".join(dict.fromkeys(where))
    if low > high:
        raise WorkbookError(f"{name}: low {low:.10g} is above high {high:.10g}; see {see}")
    if not low <= base <= high:
        raise WorkbookError(
            f"{name}: its base {base:.10g} ({address(at)}) must lie between low {low:.10g} and high {high:.10g}; "
            f"change the base there, or low and high ({see})"
        )
    return low, base, high


def _number(name: str, value: Value, where: str, remedy: str = "enter a number") -> float | None:
    """A value as a number, None for a blank cell."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WorkbookError(f"{where} ({name}) shows {shown(value)}; {remedy}")
    return float(value)


def _within(name: str, value: float, where: str) -> float:
    item = KNOWN[name]
    quantity = item.quantity
    if not quantity.allows(value):
        raise WorkbookError(f"{where} ({name}) is {value:g} {item.unit}; it must be {quantity.bounds()}")
    return value
