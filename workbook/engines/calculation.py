"""How a workbook calculates: its date system, iteration, precision, and whether it asks to be calculated on opening."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workbook.file.formats import counts_from_1904, number_formats
from workbook.file.package import Package

_DECIMALS = re.compile(r"[#0?,]*[0#?](?:\.([0#?]+))?(%?)")
_BUILT_IN = {1: 0, 2: 2, 3: 0, 4: 2, 9: 2, 10: 4, 37: 0, 38: 0, 39: 2, 40: 2}
"""Number formats without a text of their own, and the decimals they keep; a percentage keeps two more."""


@dataclass(frozen=True)
class Calculation:
    """The settings of one workbook.

    delta : the largest change iteration stops at; 0 where circular references are no part of the model.
    as_shown : the workbook calculates with numbers as they are shown; `digits` are the decimals of each cell style.
    on_load : the workbook asks to be calculated when it is opened: its writer did not vouch for the values.
    """

    date1904: bool = False
    delta: float = 0.0
    iterations: int = 100
    as_shown: bool = False
    on_load: bool = False
    digits: dict[int, int] = field(default_factory=dict)


def calculation(package: Package) -> Calculation:
    """Read the settings of a workbook."""
    part = package.workbook_part
    calc = next((element.attributes for element in reversed(package.elements(part, "calcPr"))), {})
    as_shown = calc.get("fullPrecision") in ("0", "false")
    iterates = calc.get("iterate") in ("1", "true")
    return Calculation(
        date1904=counts_from_1904(package),
        delta=_number(calc.get("iterateDelta"), 0.001) if iterates else 0.0,
        iterations=int(_number(calc.get("iterateCount"), 100)),
        as_shown=as_shown,
        on_load=calc.get("fullCalcOnLoad") in ("1", "true"),
        digits=_digits(package) if as_shown else {},
    )


def _number(text: str | None, default: float) -> float:
    try:
        return float(text) if text else default
    except ValueError:
        return default


def _digits(package: Package) -> dict[int, int]:
    """The decimals each cell style shows, for those with a fixed number of them."""
    decimals = ((_decimals(code) if code else _BUILT_IN.get(kind)) for kind, code in number_formats(package))
    return {style: shown for style, shown in enumerate(decimals) if shown is not None}


def _decimals(code: str) -> int | None:
    """The decimals of a number format, None for dates, texts, fractions and the general format."""
    plain = re.sub(r'"[^"]*"|\\.|\[[^]]*\]|_.|\*.', "", code.partition(";")[0])
    if re.search(r"[a-df-zA-DF-Z@/]|E[+-]", plain):
        return None
    match = _DECIMALS.search(plain)
    return len(match[1] or "") + (2 if "%" in plain else 0) if match else None
