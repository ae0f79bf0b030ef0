"""What the page shows: the answer, its reasons, the options, the inputs that can be moved; all found by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pycalc.constants import BY_NAME
from pycalc.registry.vocabulary import VOCABULARY, Quantity
from workbook.engines import Key
from workbook.errors import BadWorkbook
from workbook.file import named, tsv
from workbook.file.addresses import Spot, address, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.tasks.page.chart import Lines
from workbook.tasks.page.chart import lines as lines_of
from workbook.tasks.page.model import Cells, Model, as_data

ANSWER = "out_recommendation"
NOT_SHOWN = frozenset(("out_checks", "out_questions"))
"""Outputs that rest on the whole sheet Checks: the page checks itself."""

OPTIONS = {"pe": "today's model", "base": "the newer model", "ft": "the fine-tuned model", "own": "own weights"}
_DATA = Path(__file__).parent / "data"
FIRST = {line["name"]: line for line in tsv.lines(_DATA / "inputs.tsv")}
"""Inputs in the order people ask about them, and what the page calls them and their unit where the vocabulary does not;
the page puts first what moves its result most."""
FIGURES = tuple(tuple(line.values()) for line in tsv.lines(_DATA / "figures.tsv"))
"""Name, label and form of the figures a page shows, the first that the workbook has."""
MOST_FIGURES = 8
LONGEST_LABEL = 60
_FEWEST_TITLES = 4


@dataclass
class Contents:
    """What the page shows, by where it stands."""

    title: str
    subtitle: str
    file: str
    outputs: dict[str, Spot]
    lines: list[tuple[str, Spot]]
    """Label and cell of each sentence."""
    titles: list[str]
    rows: list[list[Spot]]
    inputs: list[tuple[str, Spot, float]]
    currency: str
    chart: Lines | None = None
    expected: dict[Spot, Value] = field(default_factory=dict)

    def wanted(self) -> list[Spot]:
        """Every cell the page shows or moves."""
        cells = [place for row in self.rows for place in row]
        lines = [place for _, place in self.lines]
        drawn = self.chart.places() if self.chart else []
        return [*self.outputs.values(), *lines, *cells, *drawn, *(place for _, place, _ in self.inputs)]

    def as_dict(self, model: Model) -> dict[str, object]:
        read = set(model.values)
        return {
            "title": self.title,
            "currency": self.currency,
            "outputs": {name: model.numbers(place) for name, place in self.outputs.items()},
            "figures": [[name, label, kind] for name, label, kind in FIGURES if name in self.outputs][:MOST_FIGURES],
            "lines": [[label, model.numbers(place)] for label, place in self.lines],
            "titles": self.titles,
            "rows": [[model.numbers(place) for place in row] for row in self.rows],
            "chart": self.chart
            and {
                "title": self.chart.title,
                "along": [model.numbers(place) for place in self.chart.along],
                "lines": [[name, [model.numbers(place) for place in cells]] for name, cells in self.chart.lines],
            },
            "inputs": [
                _input(name, model.numbers(place), value) for name, place, value in self.inputs if place in read
            ],
            "expected": [[*model.numbers(place), as_data(value)] for place, value in self.expected.items()],
        }


def read(package: Package, computed: Mapping[Key, Value], cells: Cells) -> Contents:
    """What the page of a workbook shows; `BadWorkbook` where it has not our names."""
    places = {name.lower(): place for name, place in named.cells(package).items()}
    if ANSWER not in places:
        raise BadWorkbook(
            package.path,
            f"it has no cell named {ANSWER}, so there is no answer to show",
            "Make the workbook with `breakeven new`, or give its result cells the template's names",
        )
    sheet, answer_row, answer_column = places[ANSWER]
    texts, stored = cells
    formulas = {place[1:] for place in texts if place[0] == sheet}
    grid = {place[1:]: value for place, value in stored.items() if place[0] == sheet}
    grid |= {row_and_column(at): value for (name, at), value in computed.items() if name == sheet}
    titles, rows = _options(grid, formulas)
    first = rows[0][0][1] if rows else answer_row + 10
    outputs = {name: place for name, place in places.items() if name.startswith("out_") and name not in NOT_SHOWN}
    lines = [
        (str(grid[row, 1]), (sheet, row, answer_column))
        for row in range(answer_row + 1, first - 1)
        if isinstance(grid.get((row, 1)), str)
        and isinstance(grid.get((row, answer_column)), str)
        and (row, answer_column) in formulas
        and len(str(grid[row, 1])) <= LONGEST_LABEL
    ]
    entered = {name: stored.get(place) for name, place in places.items() if place not in texts}
    currency = stored.get(places.get("currency", ("", 0, 0)))
    contents = Contents(
        title=str(grid.get((1, 1)) or "Decision"),
        subtitle=str(grid.get((2, 1)) or ""),
        file=package.path.name,
        outputs=outputs,
        lines=lines,
        titles=titles,
        rows=[[(sheet, row, column) for _, row, column in cells] for cells in rows],
        inputs=_inputs(entered, places),
        currency=currency if isinstance(currency, str) and currency else "USD",
        chart=lines_of(package, sheet),
    )
    expected = ((place, computed.get((place[0], address(place[1:])))) for place in contents.wanted())
    contents.expected = {place: value for place, value in expected if value is not None}
    return contents


def _options(
    grid: Mapping[tuple[int, int], Value], formulas: set[tuple[int, int]]
) -> tuple[list[str], list[list[tuple[str, int, int]]]]:
    """The longest row of titles next to each other with formulas under them, and the rows below it.

    Left out: the columns that tell where an option stands on its own sheet, and what the chart beside draws.
    """
    best: list[tuple[int, int]] = []
    for row in sorted({row for row, _ in grid}):
        run: list[tuple[int, int]] = []
        for column in range(1, 1 + max((column for r, column in grid if r == row), default=0) + 1):
            is_title = isinstance(grid.get((row, column)), str) and (row, column) not in formulas
            if is_title and (row + 1, column) in formulas:
                run.append((row, column))
            else:
                best, run = max(best, run, key=len), []
        best = max(best, run, key=len)
    if len(best) < _FEWEST_TITLES:
        return [], []
    titles = {column: str(grid[row, column]) for row, column in best}
    kept = {c: title for c, title in titles.items() if title.lower() != "column" and not title.startswith("Chart: ")}
    row = best[0][0]
    rows = []
    while all((row + 1, column) in formulas for _, column in best):
        row += 1
        rows.append([("", row, column) for column in kept])
    return list(kept.values()), rows


def _inputs(entered: Mapping[str, Value], places: Mapping[str, Spot]) -> list[tuple[str, Spot, float]]:
    """Named cells that hold a number of the vocabulary, those people ask about first."""
    names = {places[name]: name for name in entered if not name.startswith("out_") and quantity(name)}
    order = {name: number for number, name in enumerate(FIRST)}
    asked = sorted(names.values(), key=lambda name: (order.get(name, len(order)), name))
    return [(name, places[name], value) for name in asked if type(value := entered[name]) is float]


def quantity(name: str) -> Quantity | None:
    """What an input is, by the vocabulary: `base_input_price` is an input price."""
    if name in BY_NAME:  # a constant, not an assumption
        return None
    whose, _, what = name.partition("_")
    found = VOCABULARY.get(name) or (VOCABULARY.get(what) if whose in OPTIONS else None)
    return found if found is not None and found.kind == "number" else None


def _input(name: str, cell: tuple[int, int, int], value: float) -> dict[str, object]:
    """A slider: its ends are a fifth and three times the value, within the contract's bounds."""
    known = quantity(name)
    assert known is not None
    own = FIRST.get(name, {"label": "", "unit": ""})
    label = own["label"] or known.label.partition(":")[0]
    whose = OPTIONS.get(name.partition("_")[0])
    if whose and name not in VOCABULARY and not own["label"]:
        label = f"{label} of {whose}"
    unit = own["unit"] or known.unit
    share = unit.startswith("fraction")
    low, high = (0.0, 1.0) if share else (value / 5, value * 3)
    if share and not known.high <= 1:
        low, high = min(-0.1, value), max(0.5, value)
    if not share and value == 0:
        low, high = 0.0, 100.0
    low, high = max(low, known.low), min(high, known.high)
    whole = known.whole or name in ("months", "max_months")
    if name == "months":
        low, high, whole = 1.0, 36.0, True
    return {
        "name": name,
        "label": label,
        "unit": unit,
        "cell": cell,
        "value": value,
        "low": float(round(low)) if whole else low,
        "high": float(round(high)) if whole else high,
        "least": None if known.low == float("-inf") else known.low,
        "most": None if known.high == float("inf") else known.high,
        "open": known.low_open,
        "whole": whole,
        "share": share,
    }
