"""The number a text shows, as Excel reads it where a number belongs: amounts, percentages, fractions, dates, times.

By the rules of an English (United States) Excel: the month first, a comma between thousands, a point before decimals.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[-+]?)[$€£]?(?P<sign2>[-+]?)(?P<digits>\d{1,3}(?:,\d{3})+|\d+)?"
    r"(?P<decimals>\.\d*)?(?P<power>[eE][-+]?\d+)?\s*(?P<percent>%?)(?P<close>\))?"
)
_FRACTION = re.compile(r"([-+]?)(\d+) (\d{1,5})/(\d{1,5})")
MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTHS = tuple(name[:3] for name in MONTH_NAMES)
_MONTH = "(?P<name>" + "|".join(_MONTHS) + r")(?:[a-z]*)\.?"
_DATES = (
    r"(?P<month>\d{1,2})(?P<by>[/-])(?P<day>\d{1,2})(?:(?P=by)(?P<year>\d{4}|\d{2}))?",
    r"(?P<year>\d{4})(?P<by>[/-])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})",
    rf"(?P<day>\d{{1,2}})[- /]?{_MONTH}(?:[- /,]+(?P<year>\d{{4}}|\d{{2}}))?",
    rf"{_MONTH}[- ](?P<day>\d{{1,2}})(?:, ?|[ ])(?P<year>\d{{4}})",
    rf"{_MONTH}[- /]+(?P<year>\d{{4}})",
    rf"{_MONTH}[- /]+(?P<day>\d{{1,2}})",
)
_TIME = (
    r"(?P<hour>\d{1,4}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2}(?:\.\d*)?))?(?: ?(?P<half>[ap])m?)?"
    r"|(?P<only>\d{1,2}) ?(?P<half2>[ap])m?"
)
"""Patterns; few workbooks have such texts, so they are compiled when one does."""
LEAP_DAY_OF_1900 = 60
"""Excel counts the 29th of February 1900, a day that never was."""


def number_of(value: Any) -> float:
    """A number, or the number a text shows; a blank is 0, TRUE is 1. Raises `ValueError` for a text that shows none."""
    if value is None:
        return 0.0
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip()
    match = _AMOUNT.fullmatch(text)
    if match is None or not (match["digits"] or match["decimals"]):
        return _fraction(text) if " " in text and _FRACTION.fullmatch(text) else moment(text)
    signs = match["sign"] + match["sign2"]
    if bool(match["open"]) != bool(match["close"]) or len(signs + (match["open"] or "")) > 1:
        raise ValueError(text)
    number = float((match["digits"] or "0").replace(",", "") + (match["decimals"] or "") + (match["power"] or ""))
    return (-number if "-" in signs or match["open"] else number) / (100 if match["percent"] else 1)


def shows_odd_number(text: str) -> bool:
    """Whether a text is a number only as Excel reads it, with a sign, a separator or a fraction in it."""
    if not any(sign in text for sign in "$€£,%( ") or not any(digit in text for digit in "0123456789"):
        return False
    stripped = text.strip()
    return bool(_AMOUNT.fullmatch(stripped) or _FRACTION.fullmatch(stripped))


def _fraction(text: str) -> float:
    sign, whole, above, below = _FRACTION.fullmatch(text).groups()  # type: ignore[union-attr]
    if int(below) == 0:
        raise ValueError(text)
    number = int(whole) + int(above) / int(below)
    return -number if sign == "-" else number


def moment(text: str) -> float:
    """The serial number of a date, a time or both. Raises `ValueError` where a text is neither."""
    if not text:
        raise ValueError(text)
    day, _, time = text.partition(" ")
    for first, second in ((text, ""), ("", text), (day, time.strip()), *_splits(text)):
        try:
            return (_day(first) if first else 0) + (_time(second) if second else 0.0)
        except ValueError:
            continue
    raise ValueError(text)


def _splits(text: str) -> list[tuple[str, str]]:
    """A date of several words before a time."""
    return [(text[: match.start()], text[match.start() + 1 :]) for match in re.finditer(r" (?=\d{1,2}:)", text)]


def _day(text: str) -> int:
    for pattern in _DATES:
        match = re.fullmatch(pattern, text.strip(), re.IGNORECASE)
        if match is None:
            continue
        found = match.groupdict()
        month = _MONTHS.index(found["name"].lower()) + 1 if found.get("name") else int(found["month"])
        if found.get("name") and not _is_name(text, month):
            continue
        year = _year(found["year"]) if found.get("year") else datetime.now().year
        return serial_of(year, month, int(found.get("day") or 1))
    raise ValueError(text)


def _is_name(text: str, month: int) -> bool:
    word = re.search("[A-Za-z]+", text)
    return word is not None and word[0].lower() in (_MONTHS[month - 1], MONTH_NAMES[month - 1])


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 30 else 1900)


def serial_of(year: int, month: int, day: int) -> int:
    """The serial number of a day, from 1900 on. Raises `ValueError` for a day that is none."""
    if year < 1900:
        raise ValueError(year)
    if (year, month, day) == (1900, 2, 29):
        return LEAP_DAY_OF_1900
    serial = (date(year, month, day) - date(1899, 12, 30)).days
    return serial if serial > LEAP_DAY_OF_1900 else serial - 1


def day_of(serial: int) -> tuple[int, int, int]:
    """Year, month and day of a serial number; 0 is the day before the 1st of January 1900, its "0th"."""
    if serial == LEAP_DAY_OF_1900:
        return 1900, 2, 29
    if serial == 0:
        return 1900, 1, 0
    day = date.fromordinal(date(1899, 12, 30).toordinal() + serial + (serial < LEAP_DAY_OF_1900))
    return day.year, day.month, day.day


def _time(text: str) -> float:
    match = re.fullmatch(_TIME, text.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(text)
    hour = int(match["hour"] or match["only"])
    minute, second = int(match["minute"] or 0), float(match["second"] or 0)
    half = (match["half"] or match["half2"] or "").lower()
    if minute > 59 or second >= 60 or (half and not 0 <= hour <= 12):
        raise ValueError(text)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (hour * 3600 + minute * 60 + second) / 86_400
