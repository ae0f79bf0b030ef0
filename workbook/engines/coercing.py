"""Texts where a number belongs: "$5"*2, A1+1 where A1 holds "1,234".

Excel reads such a text as the number it shows; the embedded engine shows #VALUE!. A formula that does goes through a
function of the copy, around each value that stands beside an operator or in an argument that takes a number.
"""

from __future__ import annotations

from functools import lru_cache

from workbook.engines.textnumbers import shows_odd_number
from workbook.formulas.groups import GROUPS
from workbook.formulas.parser import Formula, Token, parsed, splice
from workbook.formulas.shapes import MARK, joined, split

NUMBER = "BREAKEVEN_NUMBER"
"""A function of the copy: the number a text shows, and any other value as it is."""

HIDES_ERRORS = GROUPS["hides errors"]
"""Functions that turn #VALUE! into something else: it cannot be waited for."""

_TAKE_NUMBERS = GROUPS["takes a text for a number"]
_CONDITIONS = frozenset(("IF",))
_ONLY_LITERALS = GROUPS["takes only a typed text for a number"]
"""Of these the functions that leave out texts in cells."""


def needs_numbers(text: str, odd_texts: bool) -> bool:
    """Whether a formula is to be written so before its value was seen; `odd_texts`: the workbook holds such texts."""
    if not (odd_texts or '"' in text) or (formula := parsed(text)) is None:
        return False
    if any(token.kind == "text" and shows_odd_number(token.text[1:-1]) for token in formula.tokens):
        return True
    return odd_texts and any(call.name in HIDES_ERRORS for call in formula.calls)


def coerced(text: str) -> str:
    """A formula with that function around what stands where a number belongs: where that is, its template says."""
    key, references = split(text)
    return joined(_coerced(key), references)


@lru_cache(maxsize=1_024)
def _coerced(key: str) -> str:
    """The same of a template: what stands beside operators and in arguments is the same whatever cells it names."""
    text = joined(key, ["A1"] * key.count(MARK))
    if (formula := parsed(text)) is None:
        return key
    edits: list[tuple[int, int, str]] = []
    for start, end in {*_beside_operators(formula), *_arguments(formula, _TAKE_NUMBERS)}:
        if not formula.text.startswith(NUMBER, start):  # it was done
            edits += [(start, start, f"{NUMBER}("), (end, end, ")")]
    for start, end in _arguments(formula, _CONDITIONS):
        if formula.text[end - 1] != ")":  # NOT takes the texts TRUE and FALSE
            edits += [(start, start, "NOT(NOT("), (end, end, "))")]
    return split(splice(text, sorted(edits, key=lambda edit: edit[:2])))[0] if edits else key


def _primaries(tokens: list[Token]) -> list[tuple[int, int]]:
    """What an operator takes: the first and the last token of a cell, a text, a call or a bracket."""
    found = []
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind in ("function", "open"):
            opened.append(place)
        elif token.kind == "close" and opened:
            found.append((opened.pop(), place))
        elif token.kind in ("operand", "text"):
            found.append((place, place))
    return found


def _beside_operators(formula: Formula) -> list[tuple[int, int]]:
    tokens = [token for token in formula.tokens if token.kind != "space"]
    found = []
    for first, last in _primaries(tokens):
        before = tokens[first - 1] if first else None
        after = tokens[last + 1] if last + 1 < len(tokens) else None
        signs = {token.text for token in (before, after) if token is not None and token.kind == "operator"}
        if tokens[first].text not in ("{", "[") and signs & set("+-*/^%") and not signs & {":", "#", "@", " "}:
            found.append((tokens[first].start, tokens[last].end))
    return found


def _arguments(formula: Formula, names: frozenset[str]) -> list[tuple[int, int]]:
    """Arguments of some functions that are one cell, text, call or bracket; of a condition the first argument."""
    tokens = [token for token in formula.tokens if token.kind != "space"]
    whole = {(tokens[first].start, tokens[last].end): tokens[first].kind for first, last in _primaries(tokens)}
    found = []
    for call in formula.calls:
        arguments = call.arguments if call.name in names else []
        for start, end in arguments[:1] if names is _CONDITIONS else arguments:
            inner = formula.text[start:end]
            span = (start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()))
            kind = whole.get(span)
            if kind == "text" or (kind is not None and call.name not in _ONLY_LITERALS):
                found.append(span)
    return found
