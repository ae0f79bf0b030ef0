"""Texts that tokenizers trip over, drawn with a seed."""

from __future__ import annotations

import random
from functools import cache

from hypothesis import strategies as st

CHARACTERS = st.characters(exclude_categories=["Cs"])
"""Every character but halves of one: the ones of `text()`, which by itself tries a million of them for two seconds, in
each process of a run from a clean checkout."""

SPACES = " \t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2009\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\x1c\x1f"
ODD = (
    "ſKſ'S'ſ'LL'Reéüßłø"  # long s and the Kelvin sign are letters with two other cases
    "你好世界日本語ไทยहिन्दीالعربيةעברית한국어"
    "🙂👩‍👩‍👧🏳️‍🌈e\u0301\u0300\u200d\ufe0f\U0001f1e9\U0001f1ea"
    "①²½Ⅷ٣५\u06de\u0488\U00016fe4\U0001e900ǅʰªº"
)
WORDS = (
    "the", "I'm", "WE'LL", "don'T", "snake_case", "camelCase", "HTTPServer", "x=1;", "<|endoftext|>", "//", "/**/",
    "3.14159", "1234567", "http://a.b/c?d=e&f", "....", "----", "\r\n", "\n\n\n", "'s", "'S", "'ſ", "naïve", "Ǆ",
)  # fmt: skip


@cache
def hostile_texts(count: int = 10_400, seed: int = 20261130) -> list[str]:
    """Runs of blanks, letter cases, surrogates, code, scripts, emoji, long words: `count` different mixtures."""
    chosen = random.Random(seed)
    texts = ["", " ", "a", "\ud800", "x\udc00y", "\ud83d\ude42", "a" * 5000, "A" * 3000, "é" * 2000, "\n" * 500]
    texts += [chr(code) for code in (*range(0x20, 0x180), 0x85, 0x2028, 0xFEFF, 0x1F600)]
    while len(texts) < count:
        parts = []
        for _ in range(chosen.randrange(1, 14)):
            parts.append(_piece(chosen))
        texts.append("".join(parts))
    return texts


def _piece(chosen: random.Random) -> str:
    kind = chosen.randrange(8)
    if kind == 0:
        return "".join(chosen.choice(SPACES) for _ in range(chosen.randrange(1, 6)))
    if kind == 1:
        return chosen.choice(" \n\t") * chosen.choice((1, 2, 3, 17, 90))
    if kind == 2:
        return "".join(chosen.choice(ODD) for _ in range(chosen.randrange(1, 8)))
    if kind == 3:
        return chr(chosen.choice((chosen.randrange(0x20, 0x3000), chosen.randrange(0x10000, 0x1FFFF))))
    if kind == 4:
        return chosen.choice("abcXYZ0 9_'") * chosen.choice((1, 2, 5, 70))
    if kind == 5:
        return chr(chosen.randrange(0xD800, 0xE000))
    return chosen.choice(WORDS) + chosen.choice(("", " ", "  "))
