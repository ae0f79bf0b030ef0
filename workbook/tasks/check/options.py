"""Every column of the template's Options and Scenarios: units, prices, models and sources, as for what Inputs names.

An option's empty cell takes the value of the option it is based on; a scenario's empty cell the base's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pycalc.errors import shown
from pycalc.models.sellers import asked_of
from workbook.file.addresses import Place
from workbook.file.cells import Value
from workbook.tasks import ofmodel
from workbook.tasks.check import units
from workbook.tasks.check.finding import NOTE, WARNING, Finding, say, say_each
from workbook.tasks.check.prices import LOOKS_BACK, MODEL_OF, currency_of, input_price, start_of, text_of
from workbook.tasks.check.seen import Grid, Survey
from workbook.tasks.check.template import Tampering
from workbook.template.inputs import COMMON, INPUTS, OPTION_ROWS, canonical, option_input

SOON = 92
"""A model that is shut within so many days of the start of use is about to be."""


@dataclass(frozen=True)
class _Entry:
    """A cell somebody filled in: an input of an option, or a scenario's override of one."""

    sheet: str
    place: Place
    option: int
    row: str
    name: str
    value: Value
    scenario: bool = False

    def say(self, about: str, severity: str = "", **words: Any) -> Finding:
        return say(about, self.sheet, self.place, severity=severity, **words)


@dataclass
class _Model:
    """What the template's columns hold: the cells of options by option and row, and the overrides by column."""

    options: dict[tuple[int, str], _Entry] = field(default_factory=dict)
    scenarios: list[list[_Entry]] = field(default_factory=list)

    def of(self, option: int, row: str) -> Value:
        """An option's value, its own or that of the option it is based on, as the row takes it."""
        takes = OPTION_ROWS[row].takes
        for _ in range(10):
            entry = self.options.get((option, row))
            if entry is not None:
                return entry.value
            other = (option, "model") in self.options or (option, "kind") in self.options
            if takes == "own" or (takes == "model" and other):
                return None
            based = self.options.get((option, "based_on"))
            if based is None or type(based.value) is not float:
                return None
            option = int(based.value)
        return None

    def model(self, option: int) -> str:
        """The model an option runs on, with its seller."""
        name, seller = self.of(option, "model"), self.of(option, "seller")
        text = name.strip() if isinstance(name, str) else ""
        return asked_of(seller, text) if text and isinstance(seller, str) else text


def option_findings(survey: Survey, tampered: Tampering, on: date) -> Iterator[Finding]:
    """What stands in columns that no check of names sees."""
    model = _read(tampered)
    start = start_of(survey, on)
    currency, rate = currency_of(survey)
    for name, (sheet, place, value) in survey.named.items():
        if name in COMMON:
            entry = _Entry(sheet, place, 0, name, name, value)
            yield from (*_unit(entry), *_bounds(entry))
    for entry in model.options.values():
        yield from _bounds(entry)
        if isinstance(entry.value, str) or entry.name not in MODEL_OF:
            of = model.model(entry.option) if rate else ""
            yield from list(_price(entry, of, start, currency, rate)) or _unit(entry)
    for column in model.scenarios:
        renamed = {entry.option: entry.value for entry in column if entry.row == "model"}
        for entry in column:
            yield from _bounds(entry)
            other = renamed.get(entry.option)
            priced = _price(entry, other, start, currency, rate) if rate and isinstance(other, str) else ()
            yield from list(priced) or _unit(entry)
    yield from _shut(survey, model, date.fromisoformat(start), on)
    yield from _sources(tampered, model)


def _read(tampered: Tampering) -> _Model:
    found = _Model()
    if "Options" in tampered.tabs:
        tab, rows = tampered.tabs["Options"]
        numbers = _numbered(tab, rows)
        keys = {rows[row]: key for key, row in tampered.option_rows.items() if row in rows}
        for place, value in tab.values.items():
            if place[0] in keys and place[1] in numbers:
                at = (option, key) = numbers[place[1]], keys[place[0]]
                found.options[at] = _Entry(tab.sheet.name, place, option, key, option_input(option, key), value)
    if "Scenarios" in tampered.tabs:
        tab, rows = tampered.tabs["Scenarios"]
        numbers = _numbered(tab, rows)
        names = {
            place[0]: name
            for place, text in tab.values.items()
            if isinstance(text, str) and place[1] not in numbers and (name := canonical(text))
        }
        by_name = {option_input(option, key): (option, key) for option in range(1, 11) for key in OPTION_ROWS}
        columns: dict[int, list[_Entry]] = {}
        for place, value in tab.values.items():
            if place[1] in numbers and place[0] in names:
                name = names[place[0]]
                option, key = by_name.get(name, (0, name))
                entry = _Entry(tab.sheet.name, place, option, key, name, value, scenario=True)
                columns.setdefault(place[1], []).append(entry)
        found.scenarios = list(columns.values())
    return found


def _numbered(tab: Grid, rows: Mapping[int, int]) -> dict[int, int]:
    """The columns of a sheet with the number that heads them."""
    heads = rows.get(5, 5)
    return {column: int(value) for (row, column), value in tab.values.items() if row == heads and type(value) is float}


def _role(entry: _Entry) -> str:
    """What a cell measures, "" where nothing can be told from its row."""
    if entry.name in units.BY_NAME:
        return units.BY_NAME[entry.name]
    if entry.row in ofmodel.KINDS:
        return ofmodel.KINDS[entry.row]
    unit = OPTION_ROWS[entry.row].unit if entry.row in OPTION_ROWS else ""
    by_unit = {"share": units.SHARE, "per year": units.RATE}
    return units.TOKENS if unit.startswith("tokens per call") else by_unit.get(unit, "")


def _unit(entry: _Entry) -> Iterator[Finding]:
    doubt = units.doubt(_role(entry), entry.value) if type(entry.value) is float else None
    if doubt and (entry.name not in units.BY_NAME or entry.scenario):
        yield entry.say("unit", what=doubt[0], remedy=doubt[1])
        return
    kind = INPUTS[entry.name].quantity.kind if entry.name in INPUTS else ""
    if isinstance(entry.value, str) and entry.value.strip().lower() not in ("", "none") and kind in ("number", "date"):
        yield entry.say("number-as-text", value=entry.value, type=kind)


def _bounds(entry: _Entry) -> Iterator[Finding]:
    item, value = INPUTS.get(entry.name), entry.value
    if item is None or value in (None, "") or (entry.scenario and str(value).lower() == "none"):
        return
    quantity, label = item.quantity, item.label
    choices = ("TRUE", "FALSE") if quantity.kind == "flag" else item.choices if item.option else ()
    if choices and (type(value) is not bool if quantity.kind == "flag" else str(value).lower() not in choices):
        yield entry.say("no-choice", value=shown(value), label=label, choices=" or ".join(choices))
    if type(value) is not float or quantity.kind not in ("number", "date") or units.doubt(_role(entry), value):
        return
    if not quantity.allows(value):
        bounds = quantity.bounds() if quantity.kind == "number" else "a day from 1900-03-01 to 9999-12-31"
        yield entry.say("out-of-bounds", value=value, label=label, bounds=bounds)


def _price(entry: _Entry, model: str, day: str, currency: str, rate: float) -> Iterator[Finding]:
    kind = ofmodel.KINDS.get(entry.row)
    if kind and model and type(entry.value) is float:
        found = input_price(entry.sheet, entry.place, entry.value, model, kind, day, currency, rate)
        if found and found.kind != "price-unknown":
            yield found


def _shut(survey: Survey, model: _Model, start: date, on: date) -> Iterator[Finding]:
    """Models that are shut, or about to be, of every option: worse than a note where the workbook recommends one."""
    looks_back = (on - start).days > LOOKS_BACK
    best = text_of(survey, "out_best_option").lower()
    named = {"pe_model", "base_model", "ft_model"}
    for (option, row), entry in model.options.items():
        if row != "model" or not isinstance(entry.value, str):
            continue
        users = [number for number in range(1, 11) if model.model(number) == model.model(option)]
        chosen = not best or any(str(model.of(number, "name")).lower() == best for number in users)
        if not (end := ofmodel.shutdown(model.model(option))):
            continue
        day = date.fromisoformat(end)
        left = (day - start).days
        late = WARNING if chosen and not looks_back else NOTE
        if left <= 0 and entry.name not in named:
            yield entry.say("shut-and-chosen" if chosen else "shut", model=entry.value, day=day, start=start)
        elif 0 < left <= SOON:
            yield entry.say("shut-soon", late, model=entry.value, day=day, left=left)
        if left > 0 and model.of(option, "shutdown_date") is None and entry.name != "ft_model":
            yield entry.say("no-shutdown-date", late, model=entry.value, day=day)


def _sources(tampered: Tampering, model: _Model) -> Iterator[Finding]:
    """Inputs with a value and no source beside it, and prices of options with none in a note or the option's row."""
    bare = [
        (entry.sheet, entry.place)
        for (option, row), entry in model.options.items()
        if OPTION_ROWS[row].unit.startswith("USD") and type(entry.value) is float
        if entry.place not in tampered.noted and model.of(option, "price_source") is None
    ]
    if "Inputs" in tampered.tabs:
        tab, rows = tampered.tabs["Inputs"]
        heads = {text: column for (row, column), text in tab.values.items() if row == rows.get(5, 5)}
        value, source = heads.get("Value", 0), heads.get("Source", 0)
        asked = sorted(rows[row] for row in tampered.sourced_rows if row in rows) if source else []
        missing = [row for row in asked if (row, value) in tab.values and (row, source) not in tab.values]
        bare += [(tab.sheet.name, (row, value)) for row in missing]
    yield from say_each("no-source", bare)
