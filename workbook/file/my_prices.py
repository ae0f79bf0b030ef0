"""The sheet "My prices" of a workbook: the user's own prices, which come before the catalogue's and which nothing
overwrites. Its columns are the catalogue's with a currency, found by their titles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pycalc.errors import CalcError
from pycalc.models import catalogue, own
from pycalc.models.rows import Price
from workbook.errors import BadWorkbook
from workbook.file.addresses import Place
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.titles import Titles, find_titles

SHEET = "My prices"

NEEDED: Titles = {
    "model": ("model",),
    "kind": ("kind",),
    "amount": ("amount", "price", "usd per 1m tokens", "usd per 1m", "price per 1m tokens"),
    "source": ("source",),
    "read_on": ("read on", "read_on"),
}
FURTHER: Titles = {
    "provider": ("seller", "provider"),
    "unit": ("unit",),
    "effective_from": ("from", "effective from", "effective_from"),
    "effective_to": ("to before", "to", "effective to", "effective_to"),
    "confidence": ("confidence",),
    "note": ("note", "remark"),
    "currency": ("currency",),
    "usd_rate": ("usd rate", "usd_rate", "usd for 1"),
}
DATES = ("effective_from", "effective_to", "read_on")


def read(package: Package) -> list[Price]:
    """The prices of that sheet; none where it is not there, or has no row filled in.

    Raises
    ------
    BadWorkbook : a row that is no price; its message says which cell row, what and the remedy.
    """
    sheet = package.find_sheet(SHEET)
    if sheet is None:
        return []
    values = {(row, column): value for row, column, _, value in package.contents(sheet.part)}
    table = find_titles(values, NEEDED, FURTHER)
    if table is None:
        if any(type(value) is float for value in values.values()):
            titles = ", ".join(names[0] for names in NEEDED.values())
            what = f"no row of {SHEET} has the titles {titles}"
            raise BadWorkbook(package.path, what, "Give the columns these titles")
        return []
    try:
        return own.prices(_entries(values, *table), {}, SHEET)
    except CalcError as error:
        raise BadWorkbook(package.path, error.rule, error.remedy) from None


@contextmanager
def in_use(package: Package) -> Iterator[None]:
    """A workbook's own prices before those in use so far, until the block ends."""
    with first(read(package)):
        yield


def asking(found: Sequence[Price], call: Callable[..., Any]) -> Callable[..., Any]:
    """A function that looks prices up, with these of a workbook before all others."""

    def asked(*args: Any) -> Any:
        with first(found):
            return call(*args)

    return asked


@contextmanager
def first(found: Sequence[Price]) -> Iterator[None]:
    """These prices before those in use so far, until the block ends."""
    if not found:
        yield
        return
    known = catalogue.load()
    before = known.use_own([])
    mine = {(row.model, row.kind) for row in found}
    known.use_own([*found, *(row for row in before if (row.model, row.kind) not in mine)])
    try:
        yield
    finally:
        known.use_own(before)


def _entries(values: dict[Place, Value], top: int, columns: dict[str, int]) -> Iterator[tuple[str, dict[str, str]]]:
    for row in sorted({row for row, _ in values if row > top}):
        entry = {field: _text(values.get((row, column)), field in DATES) for field, column in columns.items()}
        if entry["model"] and (entry["kind"] or entry["amount"]):
            yield f"{SHEET}, row {row}", entry


def _text(value: Value, is_date: bool) -> str:
    if type(value) is float:
        return (is_date and catalogue.day_of(value)) or repr(value)
    return value.strip() if isinstance(value, str) else ""
