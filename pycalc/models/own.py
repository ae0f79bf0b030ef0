"""Prices of the user's own: from a CSV in the catalogue's columns with a currency, or from a workbook's sheet.

They are read before the first price is looked up, come before the catalogue's, and PRICE_SOURCE names them as the
user's own. A price in another currency counts only with a rate the user gives: none is made up.
"""

from __future__ import annotations

import os

from pycalc.annotations import Iterable, Mapping
from pycalc.errors import NoAnswerError
from pycalc.files import NO_FILE, REMEDY, no_file
from pycalc.models import sellers
from pycalc.models.rows import TOKEN_PRICE, UNITS, Price

FILE, RATES = "LLM_BREAKEVEN_PRICES", "LLM_BREAKEVEN_RATES"
"""The environment variables that name a file of own prices, and rates for it: EUR=1.08,GBP=1.27."""

NEEDED = ("model", "kind", "amount", "source", "read_on")
OPTIONAL = ("provider", "unit", "effective_from", "effective_to", "confidence", "note", "currency", "usd_rate")


def from_environment() -> list[Price]:
    """The prices of the file LLM_BREAKEVEN_PRICES names; none where it names none."""
    path = os.environ.get(FILE, "")
    return read(path, rates(os.environ.get(RATES, ""))) if path.strip() else []


def rates(text: str) -> dict[str, float]:
    """ "EUR=1.08,GBP=1.27" as USD for one unit of each currency."""
    found = {}
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        currency, equals, rate = part.partition("=")
        if not equals:
            rule = f'the rate "{text}" holds "{part}", no CURRENCY=NUMBER'
            raise NoAnswerError(rule, "Write it as EUR=1.08 with a point, USD for 1 EUR; several as EUR=1.08,GBP=1.27")
        found[currency.strip().upper()] = _positive(rate, f'the rate "{part}"', "Write it as EUR=1.08, USD for 1 EUR")
    return found


def read(path: str | os.PathLike[str], rates: Mapping[str, float] | None = None) -> list[Price]:
    """The price rows of a CSV file.

    Parameters
    ----------
    path : a CSV with the titles in its first row: `NEEDED`, and any of `OPTIONAL`. Separated by commas or, as Excel
        saves it where the comma is the decimal sign, by semicolons.
    rates : USD for one unit of a currency, for rows without a usd_rate of their own.

    Raises
    ------
    CalcError : it cannot be read, or a row has no price: file, line, what is wrong and the remedy.
    """
    import csv
    from pathlib import Path

    name = Path(path).name
    if no_file(path):
        raise NoAnswerError(f"{path} {NO_FILE}", REMEDY)
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise NoAnswerError(f"{path} cannot be read: {error.strerror}", "Name a CSV file of prices") from None
    except UnicodeDecodeError:
        raise NoAnswerError(f"{name} is not UTF-8 text", 'Save it as "CSV UTF-8"') from None
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(text.splitlines(), delimiter=separator, strict=True)
    try:
        titles = [title.strip().lower().replace(" ", "_") for title in next(reader, [])]
        table = [(f"{name}, line {reader.line_num}", row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise NoAnswerError(f"{name}, line {reader.line_num}: {error}", "Mend the quotation marks") from None
    check_titles(name, titles)
    for place, row in table:
        if len(row) != len(titles):
            raise NoAnswerError(
                f"{place}: {len(row)} fields where the first row has {len(titles)} titles", "Mend the separators"
            )
    decimal_comma = separator == ";"
    entries = [(place, dict(zip(titles, map(str.strip, row), strict=True))) for place, row in table]
    for _, entry in entries:
        if decimal_comma:
            for field in ("amount", "usd_rate"):
                entry[field] = entry.get(field, "").replace(",", ".")
    return prices(entries, rates or {}, name)


def check_titles(name: str, titles: list[str]) -> None:
    """Refuse a table whose titles are not the catalogue's: a misspelt currency would be a wrong price."""
    known = (*NEEDED, *OPTIONAL)
    for title in titles:
        if title not in known:
            raise NoAnswerError(f'{name}: the column "{title}" means nothing here', f"Known are {', '.join(known)}")
        if titles.count(title) > 1:
            raise NoAnswerError(f'{name}: the column "{title}" stands there twice', "Keep one")
    missing = [title for title in NEEDED if title not in titles]
    if missing:
        raise NoAnswerError(f"{name} has no column {', '.join(missing)}", f"It needs {', '.join(NEEDED)}")


def prices(entries: Iterable[tuple[str, dict[str, str]]], rates: Mapping[str, float], where: str) -> list[Price]:
    """Rows of texts, each with its place for messages, as prices in USD."""
    found: list[Price] = []
    places: dict[int, str] = {}
    for place, entry in entries:
        row = _price(place, entry, rates, where)
        for other in found:
            first, second = sorted((row, other), key=lambda price: price.effective_from)
            overlap = second.effective_from < (first.effective_to or "9999")
            if (other.model, other.kind) == (row.model, row.kind) and overlap:
                raise NoAnswerError(
                    f"{place}: a second {row.kind} price of {row.model} for the same days as {places[id(other)]}",
                    "Give the older one an effective_to",
                )
        places[id(row)] = place
        found.append(row)
    return found


def _price(place: str, entry: dict[str, str], rates: Mapping[str, float], where: str) -> Price:
    for field in NEEDED:
        if not entry.get(field):
            raise NoAnswerError(f"{place}: {field} is empty", "A price says of what it is, where it was read, and when")
    amount = _positive(entry["amount"], f"{place}: the amount", "Write a number such as 2.5", zero=True)
    unit = entry.get("unit") or TOKEN_PRICE
    if unit not in UNITS:
        raise NoAnswerError(f'{place}: the unit "{unit}" is unknown', f"Known are {', '.join(UNITS)}")
    kind = "_".join(entry["kind"].lower().replace("-", " ").split())
    if not kind.replace("_", "").isalnum():
        raise NoAnswerError(
            f'{place}: the kind "{kind}" is no plain word', "Write one such as input, cached_input or training"
        )
    days = [_day(place, field, entry.get(field, "")) for field in ("effective_from", "effective_to", "read_on")]
    if days[1] and days[1] <= days[0]:
        raise NoAnswerError(
            f"{place}: effective_to is not after effective_from", "It is the first day the price no longer holds"
        )
    note = entry.get("note", "")
    currency = (entry.get("currency") or "USD").upper()
    if currency not in ("USD", "US$", "$"):
        rate = _rate(place, currency, entry.get("usd_rate", ""), rates)
        note = "; ".join(filter(None, (f"{amount:g} {currency} at {rate:g} USD", note)))
        amount = float(f"{amount * rate:.12g}")
    return Price(
        model=_key(entry["model"], entry.get("provider", "")), provider=entry.get("provider", ""), kind=kind,
        amount=amount, unit=unit, effective_from=days[0], effective_to=days[1],
        confidence=entry.get("confidence", ""), source=entry["source"], read_on=days[2], note=note, own=where,
    )  # fmt: skip


def _key(model: str, provider: str) -> str:
    """The question a row answers. A seller the catalogue knows may stand in front of the model or in its own column."""
    known = sellers.parse(sellers.asked_of(provider, model))
    return known.key() if known.seller in sellers.SELLERS.values() else sellers.parse(model).key()


def _rate(place: str, currency: str, own: str, rates: Mapping[str, float]) -> float:
    if own:
        return _positive(own, f"{place}: usd_rate", f"Write the USD for 1 {currency}, such as 1.08")
    if currency in rates:
        return rates[currency]
    raise NoAnswerError(
        f"{place}: the price is in {currency}, and no rate is given",
        f"Give USD for 1 {currency}: in a column usd_rate, or by --rate {currency}=1.08",
    )


def _positive(text: str, what: str, remedy: str, zero: bool = False) -> float:
    try:
        number = float(text)
    except ValueError:
        raise NoAnswerError(f'{what} is "{text.strip()}", no number', remedy) from None
    if not 0 <= number < 1e9 or not (number or zero):
        raise NoAnswerError(f"{what} is {number:g}, which is no {'price' if zero else 'rate'}", remedy)
    return number


def _day(place: str, field: str, text: str) -> str:
    from datetime import date

    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NoAnswerError(f'{place}: {field} is "{text}", no date', "Write it as 2026-11-30") from None
