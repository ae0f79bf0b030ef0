"""Every input of the workbook: name, label, unit, format, bounds, and why it is there.

`GROUPS` are the inputs common to all options, on the sheet Inputs (data/inputs.tsv). `ROWS` are the rows of an option,
on the sheet Options, the same ones for each of the ten columns (data/options.tsv). `INPUTS` holds all of them by the name that `--set` takes: a
defined name such as `pe_input_price` where there is one, else OPTION.ROW such as `7.hourly_price`.

Bounds are those of the functions that take the input (`pycalc.registry`), so that data validation refuses what
Python refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pycalc.registry import FUNCTIONS
from pycalc.registry.vocabulary import FLAG, Quantity, quantity
from workbook.file import tsv

MOST_MONTHS = 36
"""Months of the cash flow."""
COUNT = 10
"""Options, one column each."""
TODAY, NEWER, TUNED = 1, 3, 5
"""Columns of options that stand for something of their own: today's way, the newer model, the fine-tuned one."""


@dataclass(frozen=True)
class Input:
    """One input cell."""

    name: str
    label: str
    unit: str
    style: str
    quantity: Quantity
    help: str = ""
    optional: bool = False
    """Blank means something of its own (no such price, no such date), not 0."""
    required: bool = False
    """Nothing can be said before it is entered."""
    scenario: bool = True
    """A scenario may override it."""
    choices: tuple[str, ...] = ()
    option: int = 0
    """The option it belongs to, 0 for what is common to all."""
    row: str = ""
    """Its row on Options."""


@dataclass(frozen=True)
class OptionRow:
    """One row of the sheet Options.

    `takes` says what an empty cell takes: "based", the value of the option it is based on; "model", the same unless
    a model or kind of its own is entered; "own", nothing. Then comes the common value of the same name on Inputs,
    where there is one and the option is of the kind that `common` names.
    """

    key: str
    label: str
    unit: str
    style: str
    quantity: Quantity
    takes: str = "based"
    common: str = ""
    names: dict[int, str] = field(default_factory=dict)
    help: str = ""
    choices: tuple[str, ...] = ()
    counted: bool = True
    """It is read by the model; the others say where a figure is from, or between what it may lie."""


KINDS = ("prompted", "fine-tuned", "own weights")
DATA = Path(__file__).parent / "data"
_UNITS = {"text": ("text",), "date": ("date", "[61..2958465]"), "flag": (FLAG,)}


def _quantity(text: str, unit: str) -> Quantity:
    """What the column "value" of a table says: FUNCTION.argument, or a kind or bounds and a label.

    Bounds are those of mathematics: "[0..1)" takes in 0 and not 1, "[0..)" has no end.
    """
    kind, _, label = text.partition(" ")
    if kind in _UNITS:
        return quantity(label, *_UNITS[kind])
    if not kind.startswith(("(", "[")):
        function, _, argument = text.partition(".")
        return next(item.quantity for item in FUNCTIONS[function].arguments if item.name == argument)
    whole, rest = (" whole", label[6:]) if label.startswith("whole ") else ("", label)
    return quantity(rest, unit, kind + whole)


def _table(file: str) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """The lines of a table of `DATA` by group: the fields of each input or row."""
    for group, lines in groupby(tsv.lines(DATA / file), itemgetter("group")):
        yield group, map(_fields, lines)


def _fields(line: dict[str, str]) -> dict[str, Any]:
    choices = tuple(line["choices"].split(" | ")) if line["choices"] else ()
    rest = {name: text for name, text in line.items() if name not in ("group", "value")}
    return {**rest, "quantity": _quantity(line["value"], line["unit"]), "choices": choices}


def _common(fields: dict[str, Any]) -> Input:
    required, optional, scenario = (fields.pop(key) for key in ("required", "optional", "scenario"))
    return Input(**fields, required=required == "yes", optional=optional == "yes", scenario=scenario != "no")


def _row(fields: dict[str, Any]) -> OptionRow:
    names = dict(name.split(":") for name in fields.pop("names").split())
    counted = fields.pop("counted") != "no"
    return OptionRow(**fields, names={int(option): name for option, name in names.items()}, counted=counted)


GROUPS = tuple((group, tuple(map(_common, lines))) for group, lines in _table("inputs.tsv"))
ROWS = tuple((group, tuple(map(_row, lines))) for group, lines in _table("options.tsv"))
RANGED = ("input_price", "cached_price", "output_price", "training_price", "hosting_monthly", "hourly_price", "retrieval_price")  # fmt: skip
ROWS += ((
    "Range of a price, for breakeven risk",
    tuple(
        replace(row, key=f"{row.key}_{end}", label=f"{row.label}: {end}", takes="own", common="", names={}, help="", counted=False)
        for _, rows in ROWS for row in rows if row.key in RANGED for end in ("low", "high")
    ),
),)  # fmt: skip

OPTION_ROWS: dict[str, OptionRow] = {row.key: row for _, rows in ROWS for row in rows}
OPTION_LABELS = tuple(line["short"] for line in tsv.lines(DATA / "shape.tsv"))
"""What an input's label calls each option; its name on Options may be another."""


def option_input(option: int, row: str) -> str:
    """The name of an option's input: its defined name, or OPTION.ROW."""
    return OPTION_ROWS[row].names.get(option, f"{option}.{row}")


def used_options(given: Iterable[str]) -> tuple[int, ...]:
    """The options that inputs of these names can define."""
    names = set(given)
    owner = {option_input(option, key): option for option in range(1, COUNT + 1) for key in OPTION_ROWS}
    found = {1, *(owner[name] for name in names if name in owner)}
    if names & {"pe_cached_price", "2.cached_price"}:
        found.add(2)
    if names & {"context_tokens", "retrieval_price"}:
        found |= {4} | ({6} if 5 in found else set()) | ({8} if 3 in found else set())
    if 7 in found or 6 in found:
        found.add(5)
    return tuple(sorted(found))


def _inputs() -> dict[str, Input]:
    found = {item.name: item for _, items in GROUPS for item in items}
    for option in range(1, COUNT + 1):
        for row in OPTION_ROWS.values():
            name = option_input(option, row.key)
            label = f"{OPTION_LABELS[option - 1]}: {row.label[0].lower()}{row.label[1:]}"
            common = (row.unit, row.style, row.quantity, row.help)
            found[name] = Input(name, label, *common, optional=True, choices=row.choices, option=option, row=row.key)
    return found


INPUTS: dict[str, Input] = _inputs()
REQUIRED = tuple(name for name, item in INPUTS.items() if item.required)
COMMON: dict[str, Input] = {item.name: item for _, items in GROUPS for item in items if item.scenario}
"""The common inputs that a scenario may override."""
_OPTION_ROW = re.compile(r"(10|[1-9])\.(\w+)\Z")


def canonical(name: str) -> str | None:
    """The name in `INPUTS` of what a person wrote, such as "5.input_price" for ft_input_price; None for no input."""
    name = name.strip().lower()
    match = _OPTION_ROW.match(name)
    if match and match[2] in OPTION_ROWS:
        return option_input(int(match[1]), match[2])
    return name if name in INPUTS else None
