"""The counts of a training file put into a workbook's inputs, by defined name, on a copy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from typing import Any

from pycalc.models.catalogue import serial
from workbook.errors import BadWorkbook
from workbook.file import named
from workbook.file.addresses import Place, Spot
from workbook.file.cells import Value
from workbook.file.opening import steady
from workbook.file.package import Package, Sheet
from workbook.file.put import Held, put_values
from workbook.tasks.recalc import edited

NEEDED = ("examples", "tokens_per_example", "epochs")
"""Without these a workbook has no place for the result."""

OF_THE_MODEL = (
    "ft_model",
    "ft_input_price",
    "ft_output_price",
    "ft_cached_price",
    "ft_shutdown_date",
    "ft_training_price",
)
"""A new price beside the old model's name would be wrong."""

SOURCE, READ_ON = "source", "read on"
"""Titles of the columns that say where an input comes from."""


@steady()
def write_inputs(
    book: str | os.PathLike[str], out: str | os.PathLike[str], result: dict[str, Any], *, overwrite: bool = False
) -> dict[str, Any]:
    """Write an audit's result into the named inputs of a workbook and recalculate it, as a copy.

    Inputs that hold something are kept, unless `overwrite` is asked for. A model's figures belong together: when one
    of them is kept, all are.

    What an input's row says of its source is brought up to date with it. Text is stored as text: a model named
    "=1+1" is no formula.

    Parameters
    ----------
    book : the workbook, which is not touched.
    out : the copy.
    result : what `pycalc.dataset.audit.audit` returns; of several models the first.

    Raises
    ------
    BadWorkbook : the workbook has no such inputs, none of them is empty, or one to overwrite is a formula. Nothing is
        written then.
    """
    wanted = inputs(result)
    with edited(book, out, "the result") as (package, not_recalculated):
        places = named.cells(package)
        missing = [name for name in NEEDED if name not in places]
        if missing:
            raise BadWorkbook(
                book,
                f"it has no cell named {' or '.join(missing)}",
                "Use the template workbook, or give its input cells these names",
            )
        written = {name: given for name, given in wanted.items() if name in places}
        filled = set() if overwrite else _filled(package, places)
        kept = [name for name in written if name in filled]
        written = {name: given for name, given in written.items() if name not in filled}
        if not written:
            raise BadWorkbook(book, "every input it has for this result is filled", "Add --overwrite to replace them")
        store(package, {places[name]: given for name, given in written.items()})
    return {
        "out": str(out),
        "inputs": {name: value for name, (value, _) in written.items()},
        "kept": kept,
        "not_in_workbook": [name for name in wanted if name not in places],
        "not_recalculated": not_recalculated,
    }


def inputs(result: dict[str, Any]) -> dict[str, tuple[Value, str]]:
    """Input name to value and source."""
    model = result["models"][0]
    counted = f"{os.path.basename(result['file'])}, counted by breakeven dataset ({model['encoding']})"
    rule = "OpenAI's data-preparation guide, default epochs" if model["epochs_by_default"] else counted
    found: dict[str, tuple[Value, str]] = {
        "examples": (result["examples"], counted),
        "tokens_per_example": (model["tokens_per_example"], counted),
        "epochs": (model["epochs"], rule),
    }
    if model["training_price"] is not None:
        found["ft_training_price"] = (model["training_price"], model["training_price_source"])
    prices = model["running_prices"]
    if "input" in prices and "output" in prices:
        # All of the model's figures or none: a new name beside the old model's prices would be wrong.
        found["ft_model"] = (f"ft:{model['model']}", counted)
        found["ft_input_price"] = (prices["input"], prices["source"])
        found["ft_output_price"] = (prices["output"], prices["source"])
        found["ft_cached_price"] = (prices.get("cached_input"), prices["source"])
        end = model["shutdown"]
        found["ft_shutdown_date"] = (serial(end) if end else None, "MODEL_SHUTDOWN of the catalogue")
    paid = model.get("breakeven")
    if paid:
        for name in ("queries", "pe_prompt_tokens", "minutes_per_example", "hourly_wage"):
            found[name] = (paid[name], "given to breakeven dataset")
        for name in ("ft_prompt_tokens", "query_tokens", "response_tokens"):
            found[name] = (paid[name], counted)
    return found


def _filled(package: Package, places: Mapping[str, Spot]) -> set[str]:
    """The inputs that hold a value or a formula, and what belongs to them."""
    filled = set()
    for sheet in package.worksheets():
        here = {place[1:]: name for name, place in places.items() if place[0] == sheet.name}
        if here:
            held = Held(package, sheet)
            formulas = {place for place in here if place in held and held[place].kind}
            filled |= {here[place] for place in here if place in formulas or held.value(place) not in (None, "")}
    return filled | set(OF_THE_MODEL) if filled & set(OF_THE_MODEL) else filled


def store(package: Package, given: Mapping[Spot, tuple[Value, str]]) -> None:
    """Put values into cells, and their source into the columns titled so."""
    for sheet in package.worksheets():
        here = {(row, column): held for (name, row, column), held in given.items() if name == sheet.name}
        if here:
            _store(package, sheet, here)


def _store(package: Package, sheet: Sheet, given: Mapping[Place, tuple[Value, str]]) -> None:
    held = Held(package, sheet)
    titles = [
        (text.strip().lower(), place)
        for place, text in held.shown().items()
        if isinstance(text, str) and text.strip().lower() in (SOURCE, READ_ON)
    ]
    values: dict[Place, Value] = {}
    for (row, column), (value, source) in given.items():
        values[row, column] = value
        for title, text in ((SOURCE, source), (READ_ON, date.today().isoformat())):
            above = [place for name, place in titles if name == title and place[0] < row]
            if above and not getattr(held.get((row, above[-1][1])), "kind", ""):
                values[row, above[-1][1]] = text
    put_values(package, sheet, values, held=held)
