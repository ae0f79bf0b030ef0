"""What the catalogue says on a date of the models a workbook or a scenario names."""

from __future__ import annotations

from pycalc.errors import NoAnswerError
from pycalc.models import catalogue
from workbook.file import named
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.titles import find_titles, named_so
from workbook.tasks import ofmodel
from workbook.tasks.scenario.changes import BadChange, Change
from workbook.tasks.scenario.layout import Layout
from workbook.template.inputs import COUNT, option_input

FILLS = "fills the input"
"""Title of the column of the sheet Prices that says which input a row fills."""

MODELS = {option_input(option, "model"): option for option in range(1, COUNT + 1)}
"""The option whose model an input names."""


def usd_rate(package: Package) -> float:
    """What one USD costs in the workbook's currency: the catalogue's prices are in USD."""
    found = named.stored(package, ("currency", "usd_rate"))
    rate, currency = found.get("usd_rate"), found.get("currency") or "USD"
    if isinstance(rate, float) and rate > 0:
        return rate
    if currency != "USD":
        raise BadChange(
            f"prices of the catalogue are in USD, and this workbook is in {currency}. Enter what one USD costs in "
            "usd_rate on Inputs"
        )
    return 1.0


def _priced(name: str, price: catalogue.Price, words: str, rate: float) -> Change:
    converted = "" if rate == 1 else f", {price.amount:.10g} USD × {rate:.10g}"
    return Change(name, float(f"{price.amount * rate:.15g}"), f"{words}{converted}: {price.provenance()}")


_STAYS = ("hosting_monthly", "hourly_price", "units", "batch_price", "context_window", "shutdown_date", "training_end")
"""What belongs to a model beside its token prices."""


def prices_of(
    layout: Layout, base: dict[str, Value], change: Change, given: set[str], day: str, rate: float
) -> tuple[list[Change], list[str]]:
    """Overrides with what the catalogue says of a model that a scenario puts in place of another; what stays at base.

    A price that the new model does not have is blanked, as is the shutdown of a model that has none announced.
    """
    model, option = str(change.value), MODELS[change.name]
    changes: list[Change] = []
    missing: list[str] = []
    try:
        priced = ofmodel.prices(model, day)
    except NoAnswerError as error:
        held = [option_input(option, row) for row in (*ofmodel.KINDS, *_STAYS)]
        kept = [name for name in held if name not in given and base.get(name) not in (None, "")]
        stay = "stays" if len(kept) == 1 else "stay"
        return [], [f"{', '.join(kept)} {stay} as with the model before: {error.rule}"] if kept else []
    known = ofmodel.others(model, day) | {
        row: (price.amount * rate, price.provenance()) for row, price in ofmodel.hosting(model, day)
    }
    for row in (*ofmodel.KINDS, *_STAYS):
        name = option_input(option, row)
        if name in given or name not in layout.rows:
            continue
        if row in priced:
            price = priced[row]
            changes.append(_priced(name, price, f"{price.model}, {ofmodel.KINDS[row]}", rate))
        elif row in known:
            changes.append(Change(name, known[row][0], f"{model}: {known[row][1]}"))
        elif base.get(name) in (None, ""):
            continue
        elif row in ofmodel.KINDS or (row == "shutdown_date" and not ofmodel.not_kept(model)):
            changes.append(Change(name, "none", f"blanked: the catalogue has none of {model}"))
        else:
            missing.append(f"{name} stays as with the model before: the catalogue has none of {model}")
    return changes, missing


def prices_on(package: Package, layout: Layout, base: dict[str, Value], day: str) -> tuple[list[Change], list[str]]:
    """Overrides with the prices of a day, and what no price was found for.

    The rows of the sheet Prices say which model and kind an input takes; for the rest the models named on Inputs do.
    """
    wanted, rate = _rows(package), usd_rate(package)
    for model_input, option in MODELS.items():
        model = base.get(model_input)
        if not isinstance(model, str) or not model.strip():
            continue
        for row, kind in ofmodel.KINDS.items():
            if row != "training_price" or ofmodel.tuned(model):
                wanted.setdefault(option_input(option, row), (ofmodel.asked(model, row), kind))
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
        changes.append(_priced(name, price, f"{price.model}, {kind}, on {day}", rate))
    if not changes:
        why = f" ({'; '.join(missing)})" if missing else ": neither its sheet Prices nor its inputs name a model"
        raise BadChange(f"no price on {day} is known for this workbook's models{why}")
    return changes, missing


def _rows(package: Package) -> dict[str, tuple[str, str]]:
    """Input name to model and kind, from the sheet with a column titled so."""
    for sheet in package.worksheets():
        texts = (each for each in package.contents(sheet.part) if isinstance(each[3], str))  # not a million figures
        values = {(row, column): str(text) for row, column, _, text in texts}
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
