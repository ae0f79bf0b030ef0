"""The corpus: one table of formulas with the values Excel's documentation gives, computed by every engine.

functions.tsv has a function, a formula and its value in each line; the value is that of the example on Microsoft's
page of the function (support.microsoft.com, "NAME function"), or follows from it by arithmetic. without.tsv has the
functions of Microsoft's list ("Excel functions (alphabetical)", read 2026-11-30) that have none, with the reason.
constructs.tsv has the same for ways to write formulas; their values follow from Microsoft's pages "Excel
specifications", "Array formulas", "Number format codes", "Calculation operators and precedence in Excel" and
arithmetic. `DATA` is what they read.

    python -m tests.workbook.engines.corpus --accept    # docs/engines/functions.md and workbook/engines/known.csv, anew
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from pycalc.errors import CODES, CalcError
from workbook.engines import NAMES, EngineMissing, recalculate
from workbook.engines.transcript import SECOND, opinions
from workbook.file.package import Package

HERE = Path(__file__).parent
TOP = HERE.parent.parent.parent
PAGE = TOP / "docs" / "engines" / "functions.md"
KNOWN = TOP / "workbook" / "engines" / "known.csv"

DATA = {
    "E1": [100_000, 200_000, 300_000, 400_000],
    "F1": [7_000, 14_000, 21_000, 28_000],
    "G1": ["apples", "oranges", "peaches", "apples"],
    "E6": [7, 3.5, 3.5, 1, 2],
    "K1": [10, None, "x", 30],
    "L1": ["a", "b", "c"],
    "N1": [0.9999999999999999, 1.0],
    "M1": ["1,234", "$5", "12%", "1-Jan-2020"],
    "P1": ["Tree", "Apple", "Pear", "Tree", "Apple", "Pear", "Cherry", "Apple", "Pear", "Apple"],
    "Q1": ["Height", ">10", None, "Height", 18, 12, 13, 14, 9, 8],
    "R1": ["Age", None, None, "Age", 20, 12, 14, 15, 8, 9],
    "S1": ["Yield", None, None, "Yield", 14, 10, 9, 10, 8, 6],
    "T1": ["Profit", None, None, "Profit", 105, 96, 105, 75, 76.8, 45],
    "U1": ["Height", "<16"],
}
"""Columns of values, by their first cell; column H is blank. P to U are the orchard of Microsoft's pages DSUM and its
like: criteria in rows 1 to 3, the trees below."""


@dataclass(frozen=True)
class Line:
    """A formula with its value as the documentation prints it."""

    kind: str
    name: str
    formula: str
    expected: str


def lines() -> list[Line]:
    """Every line of both tables."""
    found = []
    for kind in ("functions", "constructs"):
        text = (HERE / f"{kind}.tsv").read_text(encoding="utf-8")
        found += [Line(kind, *row) for row in csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)]
    return found


def without() -> list[tuple[str, str]]:
    """Functions that have no case, those of one reason together, and the reason."""
    text = (HERE / "without.tsv").read_text(encoding="utf-8")
    return [(names, reason) for names, _, reason in (line.partition("\t") for line in text.splitlines())]


def write(path: Path, given: list[Line], value: object = None) -> Path:
    """A workbook with the formulas in column B, one a row, and the data they read."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        for address, column in DATA.items():
            for number, cell in enumerate(column):
                if cell is not None:
                    sheet.write(int(address[1:]) - 1 + number, ord(address[0]) - 65, cell)
        for row, line in enumerate(given):
            sheet.write_formula(row, 1, "=" + line.formula, None, "" if value is None else value)
    return path


def equal(value: object, expected: str) -> bool:
    """Whether a value is the expected one, to the digits the documentation prints."""
    if isinstance(value, CalcError):
        return value.code == expected
    if expected in CODES:
        return False
    if isinstance(value, bool):
        return str(value).upper() == expected
    if isinstance(value, float):
        try:
            wanted = float(expected)
        except ValueError:
            return False
        decimals = len(expected.partition(".")[2].partition("E")[0])
        size = abs(wanted) if "E" in expected else 1.0
        return (
            abs(value - wanted) <= 0.6 * 10.0**-decimals * size
            if decimals
            else abs(value - wanted) < 1e-9 * max(1.0, abs(wanted))
        )
    return (value or "") == expected


def computed(engine: str, given: list[Line]) -> list[str]:
    """What an engine makes of each line: "equal", "different" or "unknown"."""
    with tempfile.TemporaryDirectory() as folder, Package(write(Path(folder, "book.xlsx"), given)) as package:
        keys = [("S", f"B{row}") for row in range(1, len(given) + 1)]
        if engine == "formualizer":
            values = recalculate(package, engine).values
        else:
            values = opinions(engine, package, keys, {})
            if not values:
                raise EngineMissing(engine)
        verdicts = []
        for key, line in zip(keys, given, strict=True):
            if key not in values or getattr(values[key], "code", "") == "#NAME?":
                verdicts.append("unknown")
            else:
                verdicts.append("equal" if equal(values[key], line.expected) else "different")
        return verdicts


def table(verdicts: dict[str, list[str]], given: list[Line]) -> str:
    """docs/engines/functions.md."""
    text = [
        "<!-- Generated by tests/workbook/engines/corpus.py --accept: do not edit. -->",
        "# What each engine makes of each function",
        "",
        f"{len(given)} formulas with the value Microsoft's documentation gives: the example on the function's page",
        '(support.microsoft.com, "NAME function"), or what follows from it by arithmetic. `different` is the smallest',
        "case of a fault: the formula stands beside it. formualizer is asked as we prepare a workbook for it.",
        "",
    ]
    for kind, title in (("functions", "Functions"), ("constructs", "Constructs")):
        text += [f"## {title}", "", "| name | formula | value | " + " | ".join(verdicts) + " |"]
        text += ["|---" * (3 + len(verdicts)) + "|"]
        for number, line in enumerate(given):
            if line.kind == kind:
                shown = [found[number] for found in verdicts.values()]
                formula = line.formula.replace("|", "\\|")
                cells = [line.name, f"`{formula}`", f"`{line.expected or '(empty)'}`", *shown]
                text.append(f"| {' | '.join(cells)} |")
        text.append("")
    text += ["## Functions without a case", "", "| names | what they do |", "|---|---|"]
    text += [f"| {names} | {reason} |" for names, reason in without()]
    return "\n".join([*text, ""])


def known(verdicts: dict[str, list[str]], given: list[Line]) -> str:
    """workbook/engines/known.csv: the functions an engine is not believed on where the file does not say better."""
    rows = ["function,engine,verdict"]
    names = dict.fromkeys(line.name for line in given if line.kind == "functions")
    for name in names:
        for engine, found in verdicts.items():
            said = {found[n] for n, line in enumerate(given) if line.name == name and line.kind == "functions"}
            worst = next((word for word in ("different", "unknown") if word in said), "")
            if worst:
                rows.append(f"{name},{engine},{worst}")
    return "\n".join(rows) + "\n"


def all_verdicts(given: list[Line]) -> dict[str, list[str]]:
    """Every engine that is installed."""
    found = {}
    for engine in (NAMES[0], *SECOND):
        try:
            found[engine] = computed(engine, given)
        except EngineMissing:
            print(f"{engine} is not installed", file=sys.stderr)
    return found


if __name__ == "__main__":
    given = lines()
    verdicts = all_verdicts(given)
    for number, line in enumerate(given):
        if all(found[number] != "equal" for found in verdicts.values()):
            print("no engine:", line, [found[number] for found in verdicts.values()])
    if "--accept" in sys.argv:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(table(verdicts, given), encoding="utf-8")
        KNOWN.write_text(known(verdicts, given), encoding="utf-8")
    for engine, found in verdicts.items():
        print(engine, {word: found.count(word) for word in ("equal", "different", "unknown")})
