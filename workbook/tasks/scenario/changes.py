"""What a scenario changes: `pe_input_price=-50%` as the value it comes to, with the arithmetic in words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches

from pycalc.models import catalogue
from workbook.errors import WorkbookError
from workbook.file.cells import Value
from workbook.template.inputs import INPUTS, Input, canonical

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_THOUSAND = 100
"""A price this many times its base, or this small a part of it, is probably in another unit."""


class BadChange(WorkbookError):
    """A change that cannot be made: which, why, and what to write instead."""


@dataclass(frozen=True)
class Change:
    """One override: the input's name, its value, and how it was arrived at."""

    name: str
    value: Value
    how: str
    warning: str = ""


def parse(text: str, base: dict[str, Value]) -> Change:
    """A change as a user writes it, NAME=VALUE, worked out against the base values.

    VALUE is the new value (`15`, or `=15`), or a signed percentage of the base (`-50%`, `+10%`). Dates are
    2027-01-14, logical values TRUE or FALSE; a share may be written 40%.
    """
    name, separator, given = text.partition("=")
    name, given = name.strip().lower(), given.strip()
    if not separator or not name:
        raise BadChange(f"{text!r} is no change. Write NAME=VALUE, such as pe_input_price=-50% or queries=20000")
    return change(name, given, base)


def change(name: str, given: str, base: dict[str, Value]) -> Change:
    """The override of one input."""
    name = canonical(name) or name
    item = INPUTS.get(name)
    if item is None:
        alike = get_close_matches(name, INPUTS, n=3, cutoff=0.6)
        hint = f"Alike are {', '.join(alike)}" if alike else "`breakeven scenario BOOK.xlsx --inputs` lists them"
        raise BadChange(f"there is no input {name}. {hint}")
    if name not in base:
        raise BadChange(
            f"this workbook has no override row for {name}. Its formula on Scenarios was changed or removed"
        )
    absolute = given.startswith("=")
    given = given.removeprefix("=").strip()
    if not given:
        raise BadChange(f"{name} is given no value: an empty cell means the base value. Leave the change out")
    if given.lower() == "none":
        return Change(name, "none", "blanked")
    kind = item.quantity.kind
    if kind == "number":
        return _number(item, given, absolute, base[name])
    if given.endswith("%"):
        raise BadChange(
            f"{name}={given}: {item.label} is no number that a percentage could change. Write the new value"
        )
    if kind == "flag":
        if given.upper() not in ("TRUE", "FALSE"):
            raise BadChange(f"{name}={given}: {item.label} is TRUE or FALSE")
        return Change(name, given.upper() == "TRUE", f"set to {given.upper()}")
    if kind == "date":
        return _date(item, given)
    if item.choices and item.option:
        words = {word.lower(): word for word in item.choices}
        if given.lower() not in words:
            raise BadChange(f"{name}={given}: {item.label} is {', '.join(item.choices[:-1])} or {item.choices[-1]}")
        given = words[given.lower()]
    return Change(name, given, f"set to {given}")


def _number(item: Input, given: str, absolute: bool, base: Value) -> Change:
    name = item.name
    bare = given.removesuffix("%").strip()
    if not _NUMBER.fullmatch(bare):
        comma = " with a point and without separators of thousands" if "," in bare else ""
        raise BadChange(f"{name}={given}: {given!r} is no number. Write it{comma} as in 15000, 0.5 or -50%")
    number = float(bare)
    if given.endswith("%"):
        relative = not absolute and bare[0] in "+-"
        if not relative and item.quantity.high != 1 and item.style != "share":
            raise BadChange(
                f"{name}={given}: say whether it rises or falls by that, +{bare}% or -{bare}%; or write the value"
            )
        if not relative:
            value, how = number / 100, f"set to {given}"
        else:
            if isinstance(base, bool) or not isinstance(base, float | int):
                raise BadChange(
                    f"{name}={given}: the base is blank, and a percentage of nothing is nothing. Write a value"
                )
            value = _exact(float(base) * (1 + number / 100))
            how = f"{_shown(base)} × (1 {'−' if number < 0 else '+'} {_shown(abs(number))}%) = {_shown(value)}"
    elif bare[0] == "+":
        raise BadChange(f"{name}={given}: write {bare[1:]} for the value, or {given}% for a rise")
    else:
        value, how = number, f"set to {_shown(number)}"
    if not math.isfinite(value):
        raise BadChange(f"{name}={given} is not finite. Write a smaller number")
    if not (quantity := item.quantity).allows(value):
        raise BadChange(f"{name}={given} comes to {_shown(value)}: {item.label} is {quantity.bounds()} ({item.unit})")
    return Change(name, value, how, _unit_warning(item, value, base))


def _unit_warning(item: Input, value: float, base: Value) -> str:
    if item.style != "price" or isinstance(base, bool) or not isinstance(base, float | int) or not base or not value:
        return ""
    if base / value > _THOUSAND or value / base > _THOUSAND:
        return (
            f"{item.name} goes from {_shown(base)} to {_shown(value)} {item.unit}; a price per 1K tokens is to be "
            "multiplied by 1,000"
        )
    return ""


def _date(item: Input, given: str) -> Change:
    try:
        if not _DATE.fullmatch(given):
            raise ValueError
        return Change(item.name, catalogue.serial(given), f"set to {given}")
    except ValueError:
        raise BadChange(f"{item.name}={given}: {given!r} is no date. Write it as 2027-01-14") from None


def sweep(text: str) -> list[tuple[str, str]]:
    """`pe_input_price=30,15,5` as (name, value) pairs."""
    name, separator, given = text.partition("=")
    values = [value.strip() for value in given.split(",") if value.strip()]
    if not separator or not name.strip() or not values:
        raise BadChange(f"{text!r} is no sweep. Write NAME=VALUE,VALUE,.. such as pe_input_price=30,15,5")
    if len(set(values)) < len(values):
        raise BadChange(f"{text!r} holds a value twice. Give each once")
    return [(name.strip().lower(), value) for value in values]


def _exact(value: float) -> float:
    """Without the last binary digits: 60 × (1 − 10%) is 54, not 54.00000000000001."""
    return float(f"{value:.15g}")


def _shown(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float | int) and not isinstance(value, bool) else str(value)
