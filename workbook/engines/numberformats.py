"""TEXT: a value in a number format, as Microsoft documents the codes ("Number format codes").

Sections by sign or by condition, thousands, scaling, percentages, exponents, fractions, dates, elapsed times, texts.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from workbook.engines.asexcel import COMPARISONS
from workbook.engines.textnumbers import MONTH_NAMES, day_of, number_of

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^]]*)]'
    r"|(?P<general>general)|(?P<half>am/pm|a/p)|(?P<date>y+|m+|d+|h+|s+)|(?P<second>(?<=s)\.0+)"
    r"|(?P<power>e[+-])|(?P<digit>[0#?])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ENGLISH = frozenset((0x409, 0x809, 0x1009, 0x1409, 0xC09, 0x4009, 0xF800, 0xF400, 0))
_MONTHS = tuple(name.capitalize() for name in MONTH_NAMES)
_DAYS = ("Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
LAST_MOMENT = 2_958_466
DAYS_1904 = 1462
"""Days between the first days of the two date systems."""


class UnknownFormat(Exception):
    """A format in another language, or one that is not written here: another engine is asked."""


class _Token(NamedTuple):
    kind: str
    text: str


class _Section(NamedTuple):
    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None


def shown(value: Any, code: Any, date1904: bool = False) -> str:
    """A value in a format. Raises `ValueError` where Excel shows #VALUE!, `UnknownFormat` where another is to say."""
    code = general(float(code)) if isinstance(code, int | float) else str(code or "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    sections = _sections(code)
    if isinstance(value, str):
        try:
            value = number_of(value)
        except ValueError:
            return _text(value, sections)
    number = float(value or 0.0)
    if not code:
        return ""
    section, bare = _chosen(number, sections)
    return _number(abs(number) if bare else number, section, date1904)


@lru_cache(maxsize=500)
def _sections(code: str) -> tuple[_Section, ...]:
    found: list[_Section] = []
    tokens: list[_Token] = []
    condition = None
    for match in _TOKEN.finditer(code + ";"):
        kind = str(match.lastgroup)
        text = match[kind]
        if kind == "other" and text == ";":
            found.append(_Section(tuple(_with_minutes(tokens)), condition))
            tokens, condition = [], None
        elif kind == "bracket":
            asked = _CONDITION.fullmatch(text.strip())
            if asked:
                condition = (asked[1], float(asked[2]))
            else:
                tokens += _bracket(text)
        elif kind in ("quoted", "escaped"):
            tokens.append(_Token("literal", text))
        elif kind == "space":
            tokens.append(_Token("literal", " "))
        elif kind == "digit" or (kind == "other" and text in ".,%/@"):
            tokens.append(_Token(text, text))
        elif kind != "fill":
            tokens.append(_Token("literal" if kind == "other" else kind, text if kind == "other" else text.lower()))
    if len(found) > 4:
        raise ValueError(code)
    return tuple(found)


def _bracket(text: str) -> list[_Token]:
    """[h], [$€-407] or a colour."""
    if re.fullmatch("h+|m+|s+", text, re.IGNORECASE):
        return [_Token("elapsed", text.lower())]
    if text.startswith("$"):
        sign, _, language = text[1:].partition("-")
        if language and int(language, 16) & 0xFFFF not in _ENGLISH:
            raise UnknownFormat(text)
        return [_Token("literal", sign)] if sign else []
    if text.lower() in ("black", "blue", "cyan", "green", "magenta", "red", "white", "yellow") or text[:5] == "Color":
        return []
    raise UnknownFormat(text)


def _with_minutes(tokens: list[_Token]) -> list[_Token]:
    """m and mm beside hours or seconds are minutes."""
    places = [place for place, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    found = list(tokens)
    for at, place in enumerate(places):
        token = tokens[place]
        if token.kind == "date" and token.text in ("m", "mm"):
            before = tokens[places[at - 1]].text[0] if at else ""
            after = tokens[places[at + 1]].text[0] if at + 1 < len(places) else ""
            if before == "h" or after == "s":
                found[place] = _Token("date", token.text.replace("m", "n"))
    return found


def _text(value: str, sections: tuple[_Section, ...]) -> str:
    section = sections[3] if len(sections) == 4 else sections[-1]
    if not any(token.kind == "@" for token in section.tokens):
        return value if len(sections) < 4 else "".join(t.text for t in section.tokens if t.kind == "literal")
    return "".join(value if token.kind == "@" else token.text for token in section.tokens)


def _chosen(number: float, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section for a number, and whether it stands for negative numbers alone, which show no sign then."""
    first = sections[0]
    usual = [section for section in sections[:3] if not any(t.kind == "@" for t in section.tokens)] or [first]
    if not any(section.condition for section in usual):
        if number < 0 and len(usual) > 1:
            return usual[1], True
        return (usual[2], False) if number == 0 and len(usual) > 2 else (first, False)
    for place, section in enumerate(usual):
        if section.condition is None:
            if place == 1 and len(usual) > 2 and number >= 0:
                continue
            above = usual[0].condition
            bare = place == 1 and (len(usual) > 2 or (above is not None and above[0] in (">", ">=") and above[1] == 0))
            return section, bare and number < 0
        sign, limit = section.condition
        if COMPARISONS[sign](number, limit):
            return section, number < 0 and sign in ("<", "<=") and limit <= 0 and (sign == "<" or limit < 0)
    raise ValueError("no section for it")


def _number(number: float, section: _Section, date1904: bool) -> str:
    tokens = section.tokens
    kinds = {token.kind for token in tokens}
    if "date" in kinds or "elapsed" in kinds or "half" in kinds:
        return _moment(number, tokens, date1904)
    if "general" in kinds or "@" in kinds:
        sign = "-" if number < 0 else ""
        whole = general(abs(number))
        return sign + "".join(whole if t.kind in ("general", "@") else t.text for t in tokens)
    if not kinds & {"0", "#", "?"}:
        return ("-" if number < 0 and tokens else "") + "".join(token.text for token in tokens)
    if "/" in kinds:
        return _fraction(number, tokens)
    return _decimal(number, tokens)


def general(number: float) -> str:
    """A number in the format General, as wide as TEXT makes it: eleven characters."""
    size = abs(number)
    if size == 0 or 1e-4 <= size < 1e11:
        decimals = max(0, 10 - len(str(int(size)))) if size != int(size) else 0
        text = f"{_rounded(size, decimals):f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, power = f"{size:.5E}".split("E")
        text = f"{mantissa.rstrip('0').rstrip('.')}E{power[0]}{int(power[1:]):02d}"
    return f"-{text}" if number < 0 else text


def _rounded(size: float, decimals: int) -> Decimal:
    """The fifteen digits Excel shows, half away from zero."""
    return Decimal(f"{size:.15g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


# numbers


def _decimal(number: float, tokens: tuple[_Token, ...]) -> str:
    power = next((place for place, token in enumerate(tokens) if token.kind == "power"), None)
    mantissa = tokens if power is None else tokens[:power]
    point = next((place for place, token in enumerate(mantissa) if token.kind == "."), len(mantissa))
    whole, after = list(mantissa[:point]), list(mantissa[point + 1 :])
    if any(token.kind == "." for token in after):
        raise ValueError("two decimal points")
    size = abs(number) * 100 ** sum(token.kind == "%" for token in tokens)
    commas, thousands = _scaled(whole, after)
    size /= 1000**thousands
    decimals = sum(token.kind in "0#?" for token in after)
    places = sum(token.kind in "0#?" for token in whole)
    exponent = 0
    if power is not None:
        step = max(places, 1)
        exponent = math.floor(math.log10(size)) if size else 0
        exponent = exponent // step * step if step > 1 else exponent
        if size and _rounded(size / 10.0**exponent, decimals) >= 10**step:
            exponent += step
        size = size / 10.0**exponent
    digits, _, rest = f"{_rounded(size, decimals):f}".partition(".")
    digits = digits.lstrip("0")
    zero = not digits and not rest.strip("0")
    text = _filled(whole, digits, commas)
    if point < len(mantissa):
        text += "." + _after(after, rest)
    else:
        text += "".join(token.text for token in after)
    if power is not None:
        text += _power(tokens[power:], exponent)
    return ("-" if number < 0 and not zero else "") + text


def _scaled(whole: list[_Token], after: list[_Token]) -> tuple[bool, int]:
    """Take the commas out: whether some stand between digits, to group them, and how many behind the last one, each of
    which divides by a thousand."""
    commas, thousands = False, 0
    for part in (whole, after):
        last = max((place for place, token in enumerate(part) if token.kind in "0#?"), default=-1)
        for place in reversed(range(len(part))):
            if part[place].kind == ",":
                if place < last:
                    commas = True
                else:
                    thousands += 1
                del part[place]
    return commas, thousands


def _filled(tokens: list[_Token], digits: str, commas: bool) -> str:
    """Digits in their places from the right; the first place takes all that are left."""
    first = next((place for place, token in enumerate(tokens) if token.kind in "0#?"), -1)
    left = list(digits)
    found: list[str] = []
    count = 0
    for place in reversed(range(len(tokens))):
        token = tokens[place]
        if token.kind not in "0#?":
            found.append(token.text)
            continue
        taken = left[:] if place == first else left[-1:]
        del left[len(left) - len(taken) :]
        if not taken:
            taken = [{"0": "0", "#": "", "?": " "}[token.kind]]
        for digit in reversed(taken):
            if digit.isdigit():
                if commas and count and count % 3 == 0:
                    found.append(",")
                count += 1
            found.append(digit)
    if first < 0 and digits:
        found.append(digits)
    return "".join(reversed(found))


def _after(tokens: list[_Token], digits: str) -> str:
    """Decimals in their places; zeros at the end show only where the format has a 0."""
    ending = len(digits.rstrip("0"))
    last = "".join(token.kind for token in tokens if token.kind in "0#?").rfind("0") + 1
    found = []
    at = 0
    for token in tokens:
        if token.kind not in "0#?":
            found.append(token.text)
            continue
        needed = at < max(ending, last)
        found.append(digits[at] if needed else " " if token.kind == "?" else "")
        at += 1
    return "".join(found)


def _power(tokens: tuple[_Token, ...], exponent: int) -> str:
    sign = "-" if exponent < 0 else "+" if tokens[0].text == "e+" else ""
    return f"E{sign}{_filled(list(tokens[1:]), str(abs(exponent)) if exponent else '', False)}"


def _fraction(number: float, tokens: tuple[_Token, ...]) -> str:
    from fractions import Fraction

    code = "".join(token.text if token.kind in "0#?/" or token.kind == "literal" else "" for token in tokens)
    match = re.fullmatch(r"(?P<before>[^0#?]*)(?:(?P<whole>[0#?]+) +)?(?P<above>[0#?]+)/(?P<below>[0-9#?]+)(.*)", code)
    if match is None:
        raise UnknownFormat(code)
    fixed = match["below"] if match["below"].isdecimal() and int(match["below"]) else ""
    size = Fraction(f"{abs(number):.15g}")
    whole = int(size) if match["whole"] else 0
    part = size - whole
    if fixed:
        above, below = int(part * int(fixed) + Fraction(1, 2)), int(fixed)
    else:
        near = part.limit_denominator(10 ** len(match["below"]) - 1)
        above, below = near.numerator, near.denominator
    if match["whole"] and above == below:
        whole, above = whole + 1, 0
    text = match["before"]
    if match["whole"]:
        text += _filled([_Token(sign, sign) for sign in match["whole"]], str(whole) if whole else "", False) + " "
    if match["whole"] and above == 0 and "0" not in match["above"]:
        text += " " * (len(match["above"]) + 1 + len(match["below"])) if whole else ""
        text = text if whole else match["before"] + "0" + " " * (2 + len(match["above"]) + len(match["below"]))
    else:
        tall = _filled([_Token(sign, sign) for sign in match["above"]], str(above), False)
        text += f"{tall}/{below}".ljust(len(tall) + 1 + (0 if fixed else len(match["below"])))
    return ("-" if number < 0 else "") + text + match[5]


# moments


def _moment(number: float, tokens: tuple[_Token, ...], date1904: bool) -> str:
    from fractions import Fraction

    if number < 0 or number + (DAYS_1904 if date1904 else 0) >= LAST_MOMENT:
        raise ValueError(number)
    decimals = max((len(token.text) - 1 for token in tokens if token.kind == "second"), default=0)
    exact = Fraction(f"{number:.15g}") * 86_400
    seconds_shown = any(token.text[0] == "s" for token in tokens if token.kind in ("date", "elapsed"))
    unit = 10**decimals if seconds_shown else 1000
    seconds = Fraction(int(exact * unit + Fraction(1, 2)), unit)
    days = int(seconds // 86_400)
    rest = seconds - days * 86_400
    serial = days + (DAYS_1904 if date1904 else 0)
    year, month, day = day_of(serial)
    hour, minute, second = int(rest // 3600), int(rest // 60 % 60), rest % 60
    twelve = any(token.kind == "half" for token in tokens)
    values = {
        "y": year,
        "m": month,
        "d": day,
        "h": (hour % 12 or 12) if twelve else hour,
        "n": minute,
        "s": int(second),
    }
    found = []
    for token in tokens:
        kind, text = token
        if kind == "date":
            found.append(_part(text, values, serial))
        elif kind == "elapsed":
            total = seconds // {"h": 3600, "m": 60, "s": 1}[text[0]]
            found.append(f"{int(total):0{len(text)}d}")
        elif kind == "half":
            word = "AM" if hour < 12 else "PM"
            found.append(word if text == "am/pm" else word[0])
        elif kind == "second":
            share = int((second - int(second)) * 10**decimals)
            found.append(f".{share:0{decimals}d}"[: len(text)])
        else:
            found.append(text)
    return "".join(found)


def _part(text: str, values: dict[str, int], serial: int) -> str:
    letter, width = text[0], len(text)
    value = values[letter]
    if letter == "y":
        return f"{value % 100:02d}" if width < 3 else f"{value:04d}"
    if letter == "m" and width > 2:
        name = _MONTHS[value - 1]
        return {3: name[:3], 5: name[:1]}.get(width, name)
    if letter == "d" and width > 2:
        name = _DAYS[serial % 7]
        return name[:3] if width == 3 else name
    return f"{value:0{min(width, 2)}d}"
