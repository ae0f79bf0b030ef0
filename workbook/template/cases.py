"""The five cases: what each input holds, where it was read, and the scenarios that ship with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pycalc.models import catalogue
from workbook.file import tsv
from workbook.template.inputs import DATA, INPUTS, option_input
from workbook.template.rows import texts

ASSUMED = "Assumption"
READ_ON = "2026-11-20"
SPARE = 5
"""Scenario columns that ship empty."""


@dataclass(frozen=True)
class Given:
    """The value of an input with its source, the date of that source, and a note."""

    value: object
    source: str = ASSUMED
    date: str = READ_ON
    note: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Price:
    """A price of the catalogue, as it held on a day."""

    model: str
    kind: str
    day: str
    note: str = ""
    rate: float = 1.0
    """What a dollar costs in the case's currency."""

    def given(self) -> Given:
        row = catalogue.price(self.model, self.kind, self.day)
        note = f"as it held on {self.day}" + (f"; {self.note}" if self.note else "")
        return Given(row.amount * self.rate, row.source.split(";")[0], row.read_on, note, "Vendor price list")


@dataclass(frozen=True)
class Scenario:
    """A column of overrides: input name to value."""

    name: str
    tab: str
    overrides: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One shipped workbook."""

    name: str
    title: str
    about: str
    given: dict[str, Given | Price]
    scenarios: tuple[Scenario, ...] = ()
    assumptions: tuple[str, ...] = ()

    def values(self) -> dict[str, Given]:
        """Every filled input: the shape of the options, then what the case says."""
        shaped = {option_input(option, key): Given(value, "") for (option, key), value in SHAPE.items()}
        own = {name: item.given() if isinstance(item, Price) else item for name, item in self.given.items()}
        return shaped | {"title": Given(self.title, ""), "currency": Given("USD", "")} | own

    @property
    def columns(self) -> tuple[Scenario, ...]:
        """Every scenario column: the base, the shipped ones, the spare ones."""
        first = len(self.scenarios) + 2
        spare = tuple(Scenario("", f"Scenario {first + number}") for number in range(SPARE))
        return (Scenario("Base", "Base"), *self.scenarios, *spare)

    def filled(self, title: str, given: dict[str, Given | Price]) -> Case:
        """The case with further inputs and a title of its own."""
        return replace(self, title=title or self.title, given={**self.given, **given})


SHAPE: dict[tuple[int, str], object] = {
    (option, key): int(value) if key == "based_on" else value
    for option, line in enumerate(tsv.lines(DATA / "shape.tsv"), 1)
    for key, value in line.items()
    if value and key != "short"
}
"""What makes the ten columns what they are, in every case."""


def _given(case: str) -> Iterator[tuple[str, Given | Price]]:
    """What data/cases.tsv says of a case; a value "MODEL | KIND | DAY" is a price of the catalogue."""
    for line in tsv.lines(DATA / "cases.tsv"):
        name, value, note = line["name"], line["value"], line["note"]
        if case not in line["cases"].split():
            continue
        if " | " in value:
            model, price, day = value.split(" | ")
            yield name, Price(model, price, day, note)
            continue
        kind = INPUTS[name].quantity.kind
        read = catalogue.serial(value) if kind == "date" else value if kind == "text" else json.loads(value)
        yield name, Given(read, line["source"], line["read_on"] or READ_ON, note, line["owner"])


def _case(name: str, title: str, about: str) -> Case:
    own = (line for line in tsv.lines(DATA / "scenarios.tsv") if line["case"] == name)
    scenarios = (Scenario(line["name"], line["tab"], {line["input"]: json.loads(line["value"])}) for line in own)
    return Case(name, title, about, dict(_given(name)), tuple(scenarios), texts(name))


CASES = {line["name"]: _case(**line) for line in tsv.lines(DATA / "shipped.tsv")}
