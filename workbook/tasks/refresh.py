"""A workbook's Prices sheet brought up to date with the catalogue, on a copy."""

from __future__ import annotations

import os
from dataclasses import dataclass

from pycalc.errors import NoAnswerError
from pycalc.models import catalogue
from pycalc.models.sellers import asked_of
from workbook.errors import BadWorkbook
from workbook.file import my_prices
from workbook.file.addresses import Place, column_letters
from workbook.file.cells import Value
from workbook.file.opening import steady
from workbook.file.put import Held, put_values
from workbook.file.titles import find_titles
from workbook.tasks import ofmodel
from workbook.tasks.recalc import edited

SHEET = "Prices"

TITLES = {
    "model": ("model",),
    "kind": ("kind",),
    "amount": ("usd per 1m tokens", "usd per 1m"),
    "effective_from": ("from", "effective from"),
    "effective_to": ("to before", "to", "effective to"),
    "source": ("source",),
    "read_on": ("read on",),
}
"""What the sheet's columns may be titled, in small letters."""

SELLER = {"seller": ("provider", "seller")}
"""What a column may be titled that says who asks the price."""


@dataclass
class RefreshedPrice:
    """A row of the sheet: the price's `cell`, before and after, and in words `what` changed."""

    cell: str
    model: str
    kind: str
    before: Value
    after: Value
    what: str = ""


@steady()
def refresh(book: str | os.PathLike[str], out: str | os.PathLike[str], day: str = "") -> list[RefreshedPrice]:
    """Write a copy of a workbook whose Prices sheet holds the prices of a day, and recalculate it.

    Rows are known by their model, its seller where a column names one, and kind. The user's own prices, those of the
    sheet "My prices" first, come before the catalogue's and are named as such; that sheet is never written. A row
    nobody has a price for on that day is kept as it is, and said so. Inputs are not touched: the sheet shows beside
    each price whether the input holds it.

    Parameters
    ----------
    book : the workbook, which is not touched.
    out : the copy.
    day : ISO date; by default the catalogue's as-of date.

    Returns
    -------
    What was done in each row that names a model and a kind, from the top.

    Raises
    ------
    BadWorkbook : there is no such sheet or column, or a cell to write holds a formula. Nothing is written then.
    """
    day = day or catalogue.as_of()
    with edited(book, out, "the refresh") as (package, _):
        sheet = package.worksheet(SHEET, "Make the workbook with `breakeven new`")
        held = Held(package, sheet)
        values = held.shown()
        top, columns = _columns(book, values)
        with my_prices.in_use(package):
            changes, report = _changes(values, top, columns, day)
        put_values(package, sheet, changes, held=held)
    return report


def _columns(book: str | os.PathLike[str], values: dict[Place, Value]) -> tuple[int, dict[str, int]]:
    """The row of titles, and the column of each field."""
    if found := find_titles(values, TITLES, SELLER):
        return found
    wanted = ", ".join(titles[0] for titles in TITLES.values())
    raise BadWorkbook(book, f"no row of {SHEET} has the titles {wanted}", "Give the columns these titles")


def _changes(
    values: dict[Place, Value], top: int, columns: dict[str, int], day: str
) -> tuple[dict[Place, Value], list[RefreshedPrice]]:
    """The cells to write, and what to say of each row."""
    changes: dict[Place, Value] = {}
    report = []
    for row in sorted({row for row, _ in values if row > top}):
        model, kind = (values.get((row, columns[field])) for field in ("model", "kind"))
        if not (isinstance(model, str) and isinstance(kind, str) and model.strip() and kind.strip()):
            continue
        seller = values.get((row, columns["seller"]))
        asked = asked_of(seller, model) if isinstance(seller, str) else model
        before = values.get((row, columns["amount"]))
        said = RefreshedPrice(f"{column_letters(columns['amount'])}{row}", model, kind, before, before)
        report.append(said)
        try:
            price = catalogue.price(asked, kind, day)
        except NoAnswerError as error:
            said.what = f"kept: {error.rule}"
            continue
        if price.unit != catalogue.TOKEN_PRICE:
            said.what = f"kept: it is billed in {catalogue.UNITS[price.unit]}"
            continue
        wanted = {field: _cell(price, field, values.get((row, columns[field]))) for field in TITLES}
        del wanted["model"], wanted["kind"]  # the user's own spelling
        different = {
            field: value for field, value in wanted.items() if (values.get((row, columns[field])) or None) != value
        }
        changes |= {(row, columns[field]): value for field, value in different.items()}
        said.after = price.amount
        what = "dates or source changed" if different else "up to date"
        if "amount" in different:
            what = "price changed"
        mine = f"; your own price ({price.own})" if price.own else ""
        said.what = f"{what}{mine}{_shut(asked, day)}"
    return changes, report


def _shut(model: str, day: str) -> str:
    """That a model no longer answers, whatever its price list says."""
    shutdown = ofmodel.shutdown(model)
    return f"; shut down on {shutdown}" if shutdown and shutdown <= day else ""


def _cell(price: catalogue.Price, field: str, before: Value) -> Value:
    """A field of a price as the cell holds it: dates as Excel dates where the cell had one."""
    value = getattr(price, field)
    if field == "source" and price.own:
        value = f"your own price ({price.own}): {value}"
    if field in my_prices.DATES and value and isinstance(before, float):
        return catalogue.serial(value)
    return value if value != "" else None
