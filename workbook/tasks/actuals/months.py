"""Months of usage on the sheet Actuals: what a run adds, what earlier runs left, and where the plan stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pycalc.models.catalogue import day_of, serial
from workbook.errors import BadWorkbook
from workbook.file.package import Package
from workbook.file.put import Held
from workbook.template import blank
from workbook.template.grid import Place
from workbook.template.inputs import MOST_MONTHS

NAME = "Actuals"
READ = 16 + MOST_MONTHS + 5
"""Line of the first month read; the months of the plan stand above."""
MOST = 120
"""Months the sheet keeps."""
HEADS = ("Month", "Whole", "Tasks", "Tokens in, a call", "Tokens out, a call", "Billed, USD", "Read on", "Read from")

_FLOW = "Cash flow"
_PLAN = ("t", "month_date", "volume", "calls_area", "rec_net", "rec_sum", "lives")


@dataclass(frozen=True)
class Actual:
    """One month of usage."""

    month: str
    whole: bool
    calls: float | None
    tokens_in: float | None
    tokens_out: float | None
    billed: float | None
    source: str
    read_on: str

    @classmethod
    def of(cls, row: Mapping[str, Any], source: str, read_on: str) -> Actual:
        """A month of a usage summary."""
        calls = row["calls"]
        tokens = (row["tokens_in"], row["tokens_out"])
        into, out = ((each / calls if calls and each is not None else None) for each in tokens)
        return cls(row["month"], row["whole"], calls, into, out, row["billed"], source, read_on)

    def cells(self) -> tuple[tuple[object, str], ...]:
        """The values of its line and their looks, in the order of `HEADS`."""
        return (
            (serial(f"{self.month}-01"), "date input"),
            (1 if self.whole else 0, "whole input"),
            (self.calls, "count input"),
            (self.tokens_in, "tokens input"),
            (self.tokens_out, "tokens input"),
            (self.billed, "money input"),
            (self.read_on, "label"),
            (self.source, "label"),
        )


def stored(package: Package) -> list[Actual]:
    """The months an earlier run left on the sheet."""
    sheet = package.find_sheet(NAME)
    if sheet is None:
        return []
    held = Held(package, sheet)
    found = []
    for line in range(READ, READ + MOST):
        row = [held.value((line, at)) for at in range(1, len(HEADS) + 1)]
        if day := day_of(row[0]):
            calls, into, out, billed = (float(each) if isinstance(each, float | int) else None for each in row[2:6])
            about = (str(row[7] or ""), str(row[6] or ""))
            found.append(Actual(day[:7], bool(row[1]), calls, into, out, billed, *about))
    return found


def plan_places(package: Package) -> dict[str, Place]:
    """Where the plan stands in a workbook of the template; refused where its rows have moved."""
    laid_out = blank()
    places = {key: laid_out.places[f"live.{key}"] for key in _PLAN} | {"names": laid_out.places["options.name"]}
    template = next(each for each in laid_out.sheets if each.name == _FLOW)
    sheet = package.find_sheet(_FLOW)
    held = Held(package, sheet) if sheet else None
    for key in ("month_date", "volume", "rec_net"):
        label = template.cells[places[key].row, 0].content
        if held is None or held.value((places[key].row + 1, 1)) != label:
            what = f"its sheet {_FLOW} is not laid out as this version's template"
            raise BadWorkbook(package.path, what, "Make it anew: breakeven new, with --set or --from")
    return places
