"""What a native twin may hold: the names of its arguments, the constants, and functions every Excel since 2016 has."""

from __future__ import annotations

import re

from pycalc import constants
from pycalc.errors import CODES
from pycalc.registry import native
from pycalc.registry.definition import Function

EXCEL_2016 = frozenset(
    "ABS BINOMDIST EXP IF INT LEFT LEN LN LOWER MOD NA NORMSDIST NORMSINV PV RATE ROUND SIGN SQRT TRIM UPPER".split()  # noqa: SIM905
)
"""Worksheet functions a twin may use: each is in Excel 2016 and works elementwise."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")


def names_in(twin: str) -> list[str]:
    """The names a twin uses, functions left out, in order of appearance."""
    tokens = native.TOKEN.findall(twin)
    following = [*tokens[1:], ""]
    return [
        token
        for token, after in zip(tokens, following, strict=True)
        if _NAME.match(token) and after != "(" and token not in ("TRUE", "FALSE")
    ]


def check_twin(function: Function) -> list[str]:
    """What is wrong with a twin: unknown names, functions newer than Excel 2016, stray numbers."""
    problems = []
    arguments = {argument.name for argument in function.arguments}
    for text in filter(None, (function.twin, *(condition for condition, _ in function.rules))):
        known = arguments | set(constants.BY_NAME)
        problems += [f"{name} names no argument and no constant" for name in names_in(text) if name not in known]
        tokens = native.TOKEN.findall(text)
        for token, after in zip(tokens, [*tokens[1:], ""], strict=True):
            if after == "(" and _NAME.match(token) and token not in EXCEL_2016:
                problems.append(f"{token} is not a function of Excel 2016 a twin may use")
            if native._NUMBER.match(token) and token not in ("0", "1"):
                problems.append(f"the number {token} needs a name in constants.py")
            if token.startswith("#") and token not in CODES:
                problems.append(f"{token} is no error value")
        if text.count("(") != text.count(")"):
            problems.append("its parentheses do not match")
    unused = [name for name in arguments if function.twin and name not in names_in(function.twin)]
    problems += [f"the twin does not use {name}" for name in unused]
    return problems
