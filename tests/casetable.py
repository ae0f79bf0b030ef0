"""Reads tests/cases/NAME.csv, and adds the rows that the contract asks of every function.

The format stands in docs/architecture.md.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from pycalc import FUNCTIONS
from pycalc.errors import CODES, CalcError, from_code
from pycalc.registry.definition import Argument, Function

FOLDER = Path(__file__).parent / "cases"
FIXED = ("id", "expected", "tolerance", "source", "note")


@dataclass
class Case:
    """One row: arguments by name (an omitted one is absent, a blank cell is None), and what it must give."""

    function: str
    id: str
    values: dict[str, object]
    expected: object
    tolerance: float
    source: str
    note: str = ""
    extra: list[object] = field(default_factory=list)
    """The repeated arguments of a variadic function."""

    def __str__(self) -> str:
        return f"{self.function}-{self.id}"

    def args(self) -> tuple:
        """Positional arguments; an omitted one before a given one is None."""
        names = [a.name for a in FUNCTIONS[self.function].arguments if not FUNCTIONS[self.function].variadic]
        values = [self.values.get(name) for name in names]
        while values and names[len(values) - 1] not in self.values:
            values.pop()
        if FUNCTIONS[self.function].variadic:
            values = [self.values["name"], *self.extra]
        return tuple(values)

    def has_range(self) -> bool:
        return any(isinstance(value, list) for value in [*self.values.values(), *self.extra])


def parse(text: str) -> object:
    """A field of a case table as the value of a cell."""
    if text == "<blank>":
        return None
    if text.startswith("'"):
        return text[1:]
    if text.startswith("{") and text.endswith("}"):
        return [[parse(cell.strip()) for cell in row.split(",")] for row in text[1:-1].split(";")]
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if text in CODES:
        return from_code(text)
    try:
        return float(text)
    except ValueError:
        return text


def load(name: str) -> list[Case]:
    """The rows of one function's table."""
    function = FUNCTIONS[name]
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cases = []
    for row in rows:
        values = {key: parse(text) for key, text in row.items() if key not in FIXED and text != ""}
        extra = [values.pop(key) for key in list(values) if key.startswith("arg") and function.variadic]
        unknown = set(values) - {argument.name for argument in function.arguments}
        assert not unknown, f"{name}.csv names arguments the function has not: {unknown}"
        assert row["source"], f"{name}.csv, {row['id']}: every row needs an independent source"
        cases.append(
            Case(
                name,
                row["id"],
                values,
                parse(row["expected"]),
                float(row["tolerance"] or 1e-12),
                row["source"],
                row["note"],
                extra,
            )
        )
    return cases


def all_cases() -> list[Case]:
    """Every row of every table, and what the contract adds to it."""
    tables = [name for name in sorted(FUNCTIONS) if (FOLDER / f"{name}.csv").exists()]
    return [case for name in tables for case in (*load(name), *contract_cases(FUNCTIONS[name]))]


def contract_cases(function: Function) -> list[Case]:
    """What the contract asks of each argument, worked out from the first valid row of the function's table.

    Wrong kind #VALUE!, outside the bounds #NUM!, an input error passed on. The expected values follow from the
    contract alone.
    """
    base = next(
        (
            case
            for case in load(function.name)
            if not case.has_range() and not isinstance(case.expected, CalcError | list)
        ),
        None,
    )
    if base is None:  # a function that only gives blocks has these rows in its own table
        return []
    cases = []
    for argument in function.arguments:
        if argument.shape != "cell" or function.variadic:
            continue
        for label, value, code in _bad_values(argument):
            cases.append(
                Case(
                    function.name,
                    f"{argument.name}-{label}",
                    {**base.values, argument.name: value},
                    from_code(code),
                    0,
                    "function contract: rules for all",
                )
            )
    return cases


def _bad_values(argument: Argument) -> list[tuple[str, object, str]]:
    bad: list[tuple[str, object, str]] = [
        (f"shows {code}", from_code(code), code) for code in ("#N/A", "#DIV/0!", "#VALUE!", "#NUM!", "#REF!", "#NAME?")
    ]
    if argument.kind == "flag":
        return [*bad, ("text", "maybe", "#VALUE!")]
    if argument.kind not in ("number", "date"):
        return bad
    bad += [("text", "twelve", "#VALUE!"), ("digits as text", "12", "#VALUE!"), ("TRUE", True, "#VALUE!")]
    if argument.required:
        bad.append(("empty text", "", "#VALUE!"))
    if argument.low > float("-inf"):
        bad.append(("too low", float(argument.low if argument.low_open else argument.low - 0.5), "#NUM!"))
    if argument.high < float("inf"):
        bad.append(("too high", float(argument.high if argument.high_open else argument.high + 0.5), "#NUM!"))
    if argument.whole:
        bad.append(("not whole", 1.5, "#NUM!"))
    return bad


def scale(case: Case) -> float:
    """The largest term of a case's sum: what its tolerance is measured against where the result is small."""
    if case.function == "FT_NPV":
        numbers = [abs(value) for value in case.values.values() if isinstance(value, float)]
        return max(numbers, default=1.0)
    return 1.0 if case.expected == 0 else 0.0


def same(got: object, expected: object, tolerance: float, scale: float = 0.0) -> bool:
    """Whether a value is what a case expects: a number within the tolerance times the larger of it and `scale`."""
    if isinstance(expected, list):
        rows = got if isinstance(got, list) else [[got]]
        return len(rows) == len(expected) and all(
            len(row) == len(wanted) and all(same(*pair, tolerance, scale) for pair in zip(row, wanted, strict=True))
            for row, wanted in zip(rows, expected, strict=True)
        )
    if isinstance(expected, CalcError) or isinstance(got, CalcError):
        return got == expected
    if isinstance(expected, bool) or isinstance(got, bool):
        return got is expected
    if isinstance(expected, float) and isinstance(got, int | float):
        return abs(got - expected) <= tolerance * max(abs(expected), scale)
    return got == expected
