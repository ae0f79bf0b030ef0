"""Numbers that are days."""

from __future__ import annotations

import re

from pycalc import FUNCTIONS
from pycalc.models.catalogue import day_of
from workbook.formulas.parser import parsed

_NATIVE = frozenset(("DATE", "DATEVALUE", "EDATE", "EOMONTH", "NOW", "TODAY", "WORKDAY", "WORKDAY.INTL"))
_CALL = re.compile(r"[=\s]*([A-Za-z_.]+)\s*\(")


def as_day(value: object) -> str:
    """An Excel date without a time of day as an ISO text; "" for anything else."""
    return day_of(value) if isinstance(value, float) and value.is_integer() else ""


def gives_dates(text: str) -> bool:
    """Whether the whole formula is one call of a function whose number is a date."""
    begins = _CALL.match(text)
    name = begins[1].upper() if begins else ""
    if name not in _NATIVE and not (name in FUNCTIONS and FUNCTIONS[name].returns == "date"):
        return False
    formula = parsed(text)
    return formula is not None and not formula.text[formula.calls[0].end :].strip()
