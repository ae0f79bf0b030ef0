"""Functions worth a finding: those nobody knows, with the one that was meant, and newer ones without their prefix."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from pycalc.registry import FUNCTIONS
from workbook.engines.surroundings import engine_knows
from workbook.engines.trial import excels_alone
from workbook.formulas.shapes import Template

NEWER = frozenset((Path(__file__).parent / "data" / "newer.txt").read_text(encoding="utf-8").split())
"""Functions of Excel 2010 and later, which a file stores as _xlfn.NAME; without it Excel shows #NAME?.
Microsoft's list, read 2026-11-30:
https://support.microsoft.com/office/issue-an-xlfn-prefix-is-displayed-in-front-of-a-formula-882f1ef7"""

_LIKENESS = 0.8


def doubtful(template: Template) -> list[str]:
    """The functions of a template that are worth a finding."""
    names = sorted(template.functions - FUNCTIONS.keys())
    return [name for name in names if (name in NEWER and name in template.bare) or is_mistyped(name)]


@cache
def is_mistyped(name: str) -> bool:
    """Whether nobody knows a function, and one of ours is called nearly so."""
    return not (name in FUNCTIONS or engine_knows(name) or name in excels_alone()) and bool(meant(name))


@cache
def meant(name: str) -> str:
    """The function of ours a mistyped one stands for; "" where none is near."""
    close = get_close_matches(name, list(FUNCTIONS), n=1, cutoff=_LIKENESS)
    return close[0] if close else ""
