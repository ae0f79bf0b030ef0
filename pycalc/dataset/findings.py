"""What an audit says: severities, codes, and what to do about each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pycalc.dataset.vendors import Vendor
from pycalc.files import table

Report = Callable[[str, str, str], None]
"""Takes code, severity and what was found."""

ERROR = "error"
"""Training would be refused or would learn from something else than meant."""
WARNING = "warning"
"""Accepted, perhaps, but most likely not meant."""
NOTE = "note"
"""Fine today; said because the guide flags it or because a count is approximate."""

_CONVERT = "Convert it: breakeven dataset FILE --to {name} -o OUT"

_TABLE = table("findings", "code", "in_guide", "remedy")
REMEDIES = {code: remedy for code, _, remedy in _TABLE}
GUIDE_CODES = tuple(code for code, in_guide, _ in _TABLE if in_guide)
"""The findings of the guide's own code, in its order."""

FINE_TODAY = "Nothing to do: the format allows it today, the guide's check is older"


def remedy(code: str, severity: str, vendor: Vendor, name: str) -> str:
    """What to do about a finding; of a note nothing, since following the guide's advice would break the file."""
    if code == "byte_order_mark":
        return _about_marks(vendor)
    if code == "encoding":
        return f"Save the file as UTF-8. {_about_marks(vendor)}"
    if code == "other_format":
        return _CONVERT.format(name=name or "openai")
    if severity == NOTE and code in (*GUIDE_CODES, "order", "top_level_key"):
        return FINE_TODAY
    return REMEDIES[code]


def _about_marks(vendor: Vendor) -> str:
    if vendor.byte_order_mark == "wanted":
        return f"{vendor.title}'s page asks for UTF-8 with a byte-order mark: --to azure writes one"
    if vendor.byte_order_mark == "refused":
        return "Save it without a byte-order mark"
    return "Azure's page asks for a byte-order mark, others read the file without one: say whom it is --for"


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def quoted(value: Any) -> str:
    """A value from the file, short enough for a message and without characters a terminal would obey."""
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= 40 else f"{text[:37]}..."
    return f'"{printable(text)}"'


def printable(text: str) -> str:
    """Text with line breaks, escapes, lone surrogates and the like written out."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
