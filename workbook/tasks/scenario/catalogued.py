"""The catalogue's prices on a date for the models a workbook names."""

from __future__ import annotations

from pycalc.errors import NoAnswerError
from pycalc.models import catalogue
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.titles import find_titles, named_so
from workbook.tasks.scenario.changes import BadChange, Change
from workbook.tasks.scenario.layout import Layout

FILLS = "fills the input"
"""Title of the column of the sheet Prices that says which input a row fills."""

BY_MODEL = {
    "pe_model": (("pe_input_price", "input"), ("pe_output_price", "output"), ("pe_cached_price", "cached_input")),
    "base_model": (("base_input_price", "input"), ("base_output_price", "output")),
    "ft_model": (("ft_input_price", "input"), ("ft_output_price", "output"), ("ft_cached_price", "cached_input")),
}
"""Prices of the models named on Inputs, where the sheet Prices has no row for them."""


def prices_on(package: Package, layout: Layout, base: dict[str, Value], day: str) -> tuple[list[Change], list[str]]:
    """Overrides with the prices of a day, and what no price was found for.

    The rows of the sheet Prices say which model and kind an input takes; for the rest the models named on Inputs do.
    """
    wanted = _rows(package)
    for model_input, kinds in BY_MODEL.items():
        model = base.get(model_input)
        for name, kind in kinds:
            if isinstance(model, str) and model.strip() and name not in wanted:
                wanted[name] = (model, kind)
    trained = base.get("ft_model")
    if isinstance(trained, str) and trained.lower().startswith("ft:") and "ft_training_price" not in wanted:
        wanted["ft_training_price"] = (trained[3:], "training")
    changes: list[Change] = []
    missing: list[str] = []
    for name, (model, kind) in wanted.items():
        if name not in layout.rows:
            continue
        try:
            price = catalogue.price(model, kind, day)
        except NoAnswerError as error:
            if base.get(name) not in (None, ""):
                missing.append(f"{name} stays at its base value: {error.rule}")
            continue
        if price.unit != catalogue.TOKEN_PRICE:
            missing.append(f"{name} stays at its base value: {model} is billed in {catalogue.UNITS[price.unit]}")
            continue
        changes.append(Change(name, price.amount, f"{price.model}, {kind}, on {day}: {price.provenance()}"))
    if not changes:
        why = f" ({'; '.join(missing)})" if missing else ": neither its sheet Prices nor its inputs name a model"
        raise BadChange(f"no price on {day} is known for this workbook's models{why}")
    return changes, missing


def _rows(package: Package) -> dict[str, tuple[str, str]]:
    """Input name to model and kind, from the sheet with a column titled so."""
    strings = package.strings()
    for sheet in package.worksheets():
        read = (((cell.row, cell.column), cell.value(strings)) for cell in package.cells(sheet.part))
        values = {place: value for place, value in read if isinstance(value, str)}  # not a million figures
        table = find_titles(values, named_so(FILLS, "model", "kind"))
        if table is None:
            continue
        top, columns = table
        found: dict[str, tuple[str, str]] = {}
        for row in sorted({row for row, _ in values if row > top}):
            name, model, kind = (values.get((row, columns[title]), "").strip() for title in (FILLS, "model", "kind"))
            if name and model and kind:
                found[name.lower()] = (model, kind)
        return found
    return {}
