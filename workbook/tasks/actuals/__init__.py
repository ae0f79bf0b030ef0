"""Real usage put into a workbook: its inputs, and a sheet that compares plan and actual month by month."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pycalc.models.catalogue import day_of, serial
from workbook.errors import BadWorkbook
from workbook.file import named
from workbook.file.book import drop_calculation_chain
from workbook.file.graft import graft_sheet
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.file.sheets import remove_sheet
from workbook.tasks.actuals.months import NAME, Actual, plan_places, stored
from workbook.tasks.actuals.sheet import ActualsSheet
from workbook.tasks.portfolio.usage import inputs
from workbook.tasks.recalc import edited
from workbook.tasks.training_inputs import store


@dataclass
class Filled:
    """The copy, and what was written into it."""

    out: Path
    inputs: dict[str, Any] = field(default_factory=dict)
    """Inputs that were filled, by name."""
    kept: dict[str, Any] = field(default_factory=dict)
    """Inputs that somebody had entered and that stay, with their value."""
    months: list[str] = field(default_factory=list)
    """Months on the sheet, as 2026-10."""


@steady()
def write_actuals(
    book: str | os.PathLike[str],
    out: str | os.PathLike[str],
    group: Mapping[str, Any],
    source: str,
    *,
    replace: bool = False,
) -> Filled:
    """Fill a workbook's inputs from one use case's usage and write its sheet Actuals, as a copy.

    Parameters
    ----------
    group : one entry of `groups` in `pycalc.usage.summary.summarise`'s result.
    source : what the figures are from, for the column Source.
    replace : also inputs that somebody has entered; else only blank ones are filled.

    Raises
    ------
    BadWorkbook : the workbook is none of the template's. Nothing is written then.
    """
    with edited(book, out, "what was measured") as (package, _):
        cells = named.cells(package)
        if "queries" not in cells or "out_rec_breakeven_months" not in cells:
            raise BadWorkbook(book, "it has no input queries and no result to compare", "Make one: breakeven new")
        values = named.stored(package)
        start = values.get("start_date")
        month = day_of(start)[:7]
        wanted = _wanted(group, month)
        before = {name: values[name] for name in wanted if name in cells}
        typed = {name: before[name] for name in _PRICES if before.get(name) not in (None, "")}
        other = any(value != wanted.get(name) for name, value in typed.items())
        if not replace and (other or not _same_model(values, group["model"])):
            wanted = {name: value for name, value in wanted.items() if name not in _OF_THE_MODEL}
        kept = {name: value for name, value in before.items() if value not in (None, "") and not replace}
        given = {name: value for name, value in wanted.items() if name in cells and name not in kept}
        store(package, {cells[name]: (value, source) for name, value in given.items()})
        months = _months(package, group, source)
        places = plan_places(package)
        running = 1 if _same_model(named.stored(package, ("pe_model",)), group["model"]) else 0
        if earlier := package.find_sheet(NAME):
            remove_sheet(package, earlier)
        reach = _reach(month, months)
        graft_sheet(package, NAME, lambda made, own: ActualsSheet(made, own, places, months, running, reach).write())
        drop_calculation_chain(package)
    return Filled(Path(out), given, kept, [month.month for month in months])


_OF_THE_MODEL = {"pe_model", "pe_input_price", "pe_output_price", "pe_cached_price", "pe_shutdown_date"}
_PRICES = ("pe_input_price", "pe_output_price")
"""All of a model's figures or none: one model's price beside another's name would be wrong."""


def _wanted(group: Mapping[str, Any], start: str) -> dict[str, Any]:
    """Input names and values; the volume is that of the plan's first month, where it was read and is whole."""
    found = inputs(group)
    first = [month["calls"] for month in group["months"] if month["month"] == start and month["whole"]]
    if first and first[0]:
        found["queries"] = first[0]
    end = found.pop("pe_shutdown_date", None)
    return found | ({"pe_shutdown_date": serial(str(end))} if end else {})


def _same_model(values: Mapping[str, object], model: str) -> bool:
    """Whether what was measured is the model of today's option."""
    known = values.get("pe_model")
    return known in (None, "") or str(known).lower() == model.lower()


def _months(package: Package, group: Mapping[str, Any], source: str) -> list[Actual]:
    """Months already on the sheet and new ones; one read again is replaced, unless it was whole and is not now."""
    found = {month.month: month for month in stored(package)}
    for row in group["months"]:
        new = Actual.of(row, source, date.today().isoformat())
        old = found.get(new.month)
        if old is None or new.whole or not old.whole:
            found[new.month] = new
    return [found[month] for month in sorted(found)]


def _reach(start: str, months: list[Actual]) -> int:
    """The month of the plan in which the last one read falls; 0 where the plan has no start."""
    if not start or not months:
        return 0
    (year, month), (last_year, last) = (map(int, each.split("-")) for each in (start, months[-1].month))
    return (last_year - year) * 12 + last - month + 1
