"""Prices against the dated catalogue, models past their shutdown, and a break-even the model does not live to see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pycalc.constants import DAYS_PER_YEAR, MONTHS_PER_YEAR
from pycalc.errors import CalcError
from pycalc.models import catalogue
from workbook.file import my_prices
from workbook.file.addresses import Place
from workbook.file.cells import Value
from workbook.file.values import same
from workbook.tasks import ofmodel
from workbook.tasks.check.finding import NOTE, Finding, say, say_once
from workbook.tasks.check.seen import PriceRow, Survey

LOOKS_BACK = 365
"""A start of use more than so many days ago makes a workbook a look back."""

_KINDS = {"input_price": "input", "output_price": "output", "cached_price": "cached_input"}
MODEL_OF = {f"{of}_{row}": (f"{of}_model", kind) for of in ("pe", "ft", "base") for row, kind in _KINDS.items()}
"""The template's price inputs: the input that names the model, and the kind of price."""

_USED_BY = {
    "pe_model": ("prompt", "rag"),
    "ft_model": ("fine-tun", "hybrid"),
    "base_model": ("base model",),
}
"""Words of the options that run on each model."""


def price_findings(survey: Survey, days: int, on: date) -> Iterator[Finding]:
    """The price table and the price inputs, against the catalogue's prices and those in use before them."""
    old: dict[str, list[PriceRow]] = {}
    for row in survey.prices:
        read_on = _day(row.values.get("read on"))
        if read_on and (on - date.fromisoformat(read_on)).days > days:
            old.setdefault(read_on, []).append(row)
        if row.sheet.lower() != my_prices.SHEET.lower():
            yield from _against_catalogue(row, on)
    for read_on, rows in old.items():
        age = (on - date.fromisoformat(read_on)).days
        at = ((row.sheet, (row.row, row.columns["amount"])) for row in rows)
        yield say_once("old-prices", at, age=age, day=read_on)
    currency, rate = currency_of(survey)
    for name, (model_name, kind) in MODEL_OF.items() if rate else ():
        sheet, place, value = survey.named.get(name, ("", (0, 0), None))
        model = text_of(survey, model_name)
        if type(value) is float and model:
            finding = input_price(sheet, place, value, model, kind, start_of(survey, on), currency, rate)
            if finding:
                yield finding
    age = (on - date.fromisoformat(catalogue.as_of())).days
    if age > days and (survey.prices or any(name in survey.named for name in MODEL_OF)):
        yield say("old-catalogue", age=age)


def _against_catalogue(row: PriceRow, on: date) -> Iterator[Finding]:
    model, kind, amount = str(row.values["model"]), str(row.values["kind"]), row.values.get("amount")
    if type(amount) is not float:
        return
    at = (row.row, row.columns["amount"])
    start = _day(row.values.get("effective from"))
    day = start or on.isoformat()
    try:
        known = catalogue.price(model, kind, day)
    except CalcError as error:
        yield say("no-such-price", row.sheet, at, price=kind, model=model, rule=error.rule)
        return
    shutdown = ofmodel.shutdown(model)
    if shutdown and shutdown <= on.isoformat() and known.holds(on.isoformat()):
        yield say("buys-nothing", row.sheet, at, model=model, day=shutdown)
    if known.unit != catalogue.TOKEN_PRICE:
        return
    if not same(amount, known.amount):
        yield _differs(row.sheet, at, amount, known, f"on {day}")
    end = _day(row.values.get("effective to"))
    if known.effective_to and known.effective_to <= on.isoformat() and not end:
        yield say("price-ended", row.sheet, at, value=amount, price=kind, model=model, period=known.period())


def currency_of(survey: Survey) -> tuple[str, float]:
    """The workbook's currency, and what one USD costs in it; 0 where nobody has entered that: Checks asks for it."""
    currency = text_of(survey, "currency") or "USD"
    rate = survey.value("usd_rate")
    if type(rate) is float and rate > 0:
        return currency, rate
    return currency, 1.0 if currency == "USD" else 0.0


def input_price(
    sheet: str, place: Place, value: float, model: str, kind: str, day: str, currency: str = "USD", rate: float = 1.0
) -> Finding | None:
    """A price input against the catalogue's prices of the model it is said to be for, in the workbook's currency."""
    try:
        rows = [row for row in catalogue.prices(model) if row.kind == kind and row.unit == catalogue.TOKEN_PRICE]
    except CalcError as error:
        return say("no-such-model", sheet, place, rule=error.rule)
    if not rows:
        return None
    holding = next((row for row in rows if row.holds(day)), None)
    last = holding or rows[-1]
    dollars = value / rate
    words: dict[str, Any] = {"value": value, "price": kind, "model": model, "right": last.amount * rate}
    if same(dollars, last.amount):
        return None
    if rate != 1 and same(value, last.amount):
        return say("price-in-usd", sheet, place, currency=currency, rate=rate, **words)
    for row in rows:
        if same(dollars, row.amount):
            return say("older-price", sheet, place, period=row.period(), day=day, **words)
    return _differs(sheet, place, value, last, f"on {day}" if holding else last.period(), currency, rate)


def _differs(
    sheet: str, at: Place, value: float, known: catalogue.Price, when: str, currency: str = "USD", rate: float = 1.0
) -> Finding:
    right = float(f"{known.amount * rate:.15g}")
    factor = right / value if value else 0.0
    words: dict[str, Any] = {"value": value, "right": right, "price": known.kind, "model": known.model}
    words["source"] = f"{known.source}, read {known.read_on}"
    if same(factor, 1000.0) or same(factor, 0.001):
        unit = "per 1K" if factor > 1 else "a thousand times too high"
        return say("price-per-unit", sheet, at, unit=unit, currency=currency, **words)
    return say("price-differs", sheet, at, when=when, **words)


def shutdown_findings(survey: Survey, on: date) -> Iterator[Finding]:
    """Models that no longer answer, and a break-even after the shutdown.

    A workbook that reckons with the shutdown and recommends something else misleads nobody: a note then.
    """
    start = start_of(survey, on)
    best = (text_of(survey, "out_best_option") or text_of(survey, "out_recommendation")).lower()
    for name, words in _USED_BY.items():
        model = text_of(survey, name)
        day = ofmodel.shutdown(model)
        if not day:
            continue
        sheet, place, _ = survey.named[name]
        if day <= start:
            chosen = not best or any(best.startswith(word) for word in words)
            yield say("shut-and-chosen" if chosen else "shut", sheet, place, model=model, day=day, start=start)
        if name == "ft_model":
            yield from _entered_shutdown(survey, model, day, on)
    yield from _after_shutdown(survey)


def _entered_shutdown(survey: Survey, model: str, day: str, on: date) -> Iterator[Finding]:
    """The shutdown date the workbook reckons with against the catalogue's."""
    if "ft_shutdown_date" not in survey.named:
        return
    sheet, place, value = survey.named["ft_shutdown_date"]
    entered = _day(value)
    if entered == day:
        return
    about = "wrong-shutdown-date" if entered else "blank-shutdown-date"
    # A model that looks back reckons with what was known then.
    looks_back = (on - date.fromisoformat(start_of(survey, on))).days > LOOKS_BACK
    yield say(about, sheet, place, severity=NOTE if looks_back else "", entered=entered, model=model, day=day)


def _after_shutdown(survey: Survey) -> Iterator[Finding]:
    breakeven = survey.named.get("out_breakeven_months")
    end, start = map(survey.value, ("ft_shutdown_date", "start_date"))
    if breakeven is None or type(end) is not float or type(start) is not float:
        return
    sheet, place, months = breakeven
    left = (end - start) * MONTHS_PER_YEAR / DAYS_PER_YEAR
    if type(months) is not float or months < left:
        return
    decides = text_of(survey, "out_decision").upper().startswith("FINE-TUNE")
    life = f"lives {left:.4g} months from the start date" if left > 0 else "is shut down by the start date"
    about = "decides-after-shutdown" if decides else "breakeven-after-shutdown"
    yield say(about, sheet, place, months=months, life=life)


def text_of(survey: Survey, name: str) -> str:
    value = survey.value(name)
    return value.strip() if isinstance(value, str) else ""


def start_of(survey: Survey, on: date) -> str:
    """The day the workbook reckons from: its start date, else the day of the check."""
    return _day(survey.value("start_date")) or on.isoformat()


def _day(value: Value) -> str:
    """A date as ISO text, from an Excel date or a text; "" where there is none."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip()[:10]).isoformat()
        except ValueError:
            return ""
    return catalogue.day_of(value)
