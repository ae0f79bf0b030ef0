"""The same text in fewer characters: what a browser has to load before the first cell calculates.

What was translated is rewritten token by token, with names inside a function made short; that is safe for text the
transpiler makes, which knows no patterns and no templates, not for any JavaScript. What was written by hand only loses
its comments and the blanks in front of its lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from addin.javascript.subset import RESERVED, words

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$]*|\d[\w.]*(?:[+-]\d+)?|\s+|.')
_METHOD = re.compile(r"^(?:get )?\*? ?(\w+)\([^\n]*\) \{$", re.MULTILINE)
_KEPT = RESERVED | words("Array Infinity Map Math NaN Number Object Set String Symbol constructor get of")
_ENDS_ALONE = frozenset(";{},(")
"""After these no line break is needed."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def without_comments(text: str) -> str:
    """A file written by hand without the lines that are comments, and without indentation."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def shortened(text: str) -> str:
    """One translated function, class or table, its own names shortened, without blanks that mean nothing."""
    tokens = _TOKEN.findall(text)
    names = _short_names(tokens, set(_METHOD.findall(text)) if text.lstrip().startswith("class ") else set())
    found = [""]
    for place, token in enumerate(tokens):
        if not token.isspace():
            found.append(names[token] if token in names and not _is_property(tokens, place) else token)
        elif place + 1 < len(tokens):
            if _is_word(found[-1][-1:]) and _is_word(tokens[place + 1][0]):
                found.append(" ")
            elif "\n" in token and found[-1] and found[-1] not in _ENDS_ALONE:
                found.append("\n")
    return "".join(found)


def _is_word(character: str) -> bool:
    return character.isalnum() or character in ("_", "$")


def _is_property(tokens: list[str], place: int) -> bool:
    """Whether a word names a property, behind a point, or a key of an object; "..." stands before what is spread."""
    behind_point = place > 0 and tokens[place - 1] == "." and tokens[place - 2 : place] != [".", "."]
    return behind_point or tokens[place + 1 : place + 2] == [":"]


def _short_names(tokens: list[str], kept: set[str]) -> dict[str, str]:
    """Each name of the text's own and its short one, the commonest first."""
    used = Counter(
        token
        for place, token in enumerate(tokens)
        if token.isidentifier() and token not in _KEPT and token not in kept and not _is_property(tokens, place)
    )
    taken = {token for token in tokens if token.isidentifier()} - set(used) | _KEPT | kept
    short = (name for name in _letters() if name not in taken)
    return {name: next(short) for name, _ in used.most_common()}


def _letters() -> Iterator[str]:
    yield from _LETTERS
    yield from (first + second for first in _LETTERS for second in _LETTERS)
