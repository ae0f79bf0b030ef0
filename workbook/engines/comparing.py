"""Fifteen digits: 0.1+0.2=0.3 is TRUE in Excel, and 2/3&"" is 0.666666666666667.

Excel compares two numbers by the fifteen digits it shows, and joins those to a text; the embedded engine takes all
seventeen. A comparison in which either side was calculated, and what was calculated and is joined to a text, goes
through a function of the copy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter

from workbook.formulas.groups import GROUPS
from workbook.formulas.parser import Formula, Reference, Token, levels, mentions, parsed, splice, split_name

COMPARE = "BREAKEVEN_COMPARE"
"""A function of the copy: the operator as text, and the two sides."""

JOINED = "BREAKEVEN_JOINED"
"""A function of the copy: a value as it is joined to a text."""

_EXACT = GROUPS["gives few digits"]
"""Functions that count, round, or give no number: nothing they give has digits left from rounding."""

_SIGNS = ("=", "<", ">", "<=", ">=", "<>")


def compared(text: str, array: bool = False) -> str:
    """A formula with its comparisons of calculated numbers through that function."""
    if array or not any(sign in text for sign in "=<>") or (formula := parsed(text)) is None:
        return text
    edits: list[tuple[int, int, str]] = []
    several = [each for each in formula.references() if each.kind not in ("cell", "name")]
    for start, end, signs in _groups(formula, _SIGNS):
        sign = signs[0]
        sides = (_calculated(formula, start, sign.start), _calculated(formula, sign.end, end))
        if len(signs) != 1 or _is_zero(formula, start, sign.start) or _is_zero(formula, sign.end, end):
            continue
        texts = any(token.kind == "text" for token in _between(formula, start, end))
        if any(sides) and not texts and _plain(formula, start, end, several):
            edits += [(start, start, f'{COMPARE}("{sign.text}",'), (sign.start, sign.end, ","), (end, end, ")")]
    return splice(text, edits) if edits else text


def joined(text: str, array: bool = False) -> str:
    """A formula with the calculated numbers that are joined to texts through that function."""
    if array or not ("&" in text or mentions(text, _JOINING)) or (formula := parsed(text)) is None:
        return text
    several = [each for each in formula.references() if each.kind not in ("cell", "name")]
    parts = [part for call in formula.calls if call.name in _JOINING for part in call.arguments]
    for start, end, signs in _groups(formula, (*_SIGNS, "&")):
        starts, ends = [start, *(sign.end for sign in signs)], [*(sign.start for sign in signs), end]
        around = ["", *(sign.text for sign in signs), ""]
        parts += [part for at, part in enumerate(zip(starts, ends, strict=True)) if "&" in (around[at], around[at + 1])]
    edits: list[tuple[int, int, str]] = []
    for start, end in dict.fromkeys(parts):
        if _calculated(formula, start, end) and _plain(formula, start, end, several):
            edits += [(start, start, f"{JOINED}("), (end, end, ")")]
    return splice(text, sorted(edits, key=lambda edit: (edit[0], edit[2] != ")"))) if edits else text


_JOINING = frozenset(("CONCATENATE", "CONCAT", "TEXTJOIN"))


def _groups(formula: Formula, wanted: tuple[str, ...]) -> Iterator[tuple[int, int, list[Token]]]:
    """Each bracket and argument with the operators, of those wanted, that stand in it directly."""
    for start, end, operators in levels(formula):
        signs = [token for token in operators if token.text in wanted]
        if signs:
            yield start, end, signs


def _calculated(formula: Formula, start: int, end: int) -> bool:
    """Whether the last digits of a side may be rounding: it is calculated here, or in the cell that it names."""
    inside = [token for token in _between(formula, start, end) if token.kind != "space"]
    if len(inside) == 1 and inside[0].kind == "operand":
        return True
    if any(token.kind == "operator" and token.text in "+-*/^" for token in inside):
        return len(inside) > 1
    return any(
        (token.kind == "function" and split_name(token.text[:-1])[1] not in _EXACT)
        or (token.kind == "number" and "." in token.text)
        for token in inside
    )


def _between(formula: Formula, start: int, end: int) -> list[Token]:
    """The tokens of a part of a formula."""
    tokens = formula.tokens
    return tokens[bisect_left(tokens, start, key=_start) : bisect_left(tokens, end, key=_start)]


_start = attrgetter("start")


def _is_zero(formula: Formula, start: int, end: int) -> bool:
    """Whether a side is the number 0: whatever the digits of the other, it is above, below or equal."""
    return formula.text[start:end].strip() == "0"


def _plain(formula: Formula, start: int, end: int, several: list[Reference]) -> bool:
    """Whether a part is of single values: arrays are left to the engine.

    `several` are the references of the formula that are more than a cell.
    """
    if any(token.text in ("{", "#", "@") for token in _between(formula, start, end)):
        return False
    spans = [call for call in formula.calls if start <= call.start and call.end <= end]
    for reference in several:
        inside = start <= reference.start and reference.end <= end
        if inside and not any(call.start < reference.start and reference.end < call.end for call in spans):
            return False
    return not any(call.start < start and end < call.end and call.name == "SUMPRODUCT" for call in formula.calls)
