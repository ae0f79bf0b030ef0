"""The shipped vocabularies for JavaScript: packed files, each with the pattern that cuts text into words."""

from __future__ import annotations

import re
from functools import cache

from addin import packing
from pycalc.models import vocabularies

OTHER_CASES = {"s": r"sS\u017f", "k": r"kK\u212a"}
"""Letters that have more than two cases when letter case makes no difference, as in Unicode's simple case folding."""


def pattern(text: str) -> str:
    """tiktoken's pattern as a JavaScript one with the flag u: the same pieces of every text.

    JavaScript has no possessive quantifiers. In these patterns none changes what matches: behind each stands
    something that what it has taken cannot give back to. Classes of characters are written out as tiktoken's own
    version of Unicode has them: each browser brings another.
    """
    text = re.sub(r"\(\?i:((?:[^()]|\([^()]*\))*)\)", lambda match: f"(?:{_any_case(match[1])})", text)
    text = re.sub(r"(?<!\\)([+*?]|\{[\d,]+\})\+", r"\1", text).replace(r"\S", r"[^\s]")
    text = re.sub(r"\[[^\]]*\]|\\p\{\w+\}|\\s", lambda match: _written_out(match[0]), text)
    return re.sub(r"[^\x00-\x7f]", lambda match: f"\\u{{{ord(match[0]):x}}}", text)


def _written_out(text: str) -> str:
    """A class with every \\p{..} and \\s in it as ranges of characters."""
    inside = re.sub(r"\\p\{\w+\}|\\s", lambda match: _ranges(match[0]), text)
    return inside if text.startswith("[") else f"[{inside}]"


@cache
def _ranges(kind: str) -> str:
    """The characters of a class in tiktoken's regular expressions, found by asking it."""
    codes = list(map(ord, _found(kind, _assigned())))
    starts = [code for code, before in zip(codes, [-2, *codes], strict=False) if code != before + 1]
    ends = [code for code, after in zip(codes, [*codes[1:], -2], strict=True) if code != after - 1]
    spans = zip(starts, ends, strict=True)
    return "".join(f"\\u{{{start:x}}}" + (f"-\\u{{{end:x}}}" if end > start else "") for start, end in spans)


@cache
def _assigned() -> str:
    """Every character but what Unicode leaves open, six in seven, which no class here holds."""
    return _found(r"[^\p{Cn}\p{Co}]", "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000)))))


def _found(kind: str, text: str) -> str:
    """The characters of a text that are of a class."""
    import tiktoken

    single = {bytes([byte]): byte for byte in range(256)}
    finder = tiktoken.Encoding("one class", pat_str=kind, mergeable_ranks=single, special_tokens={})
    return bytes(finder.encode_ordinary(text)).decode()


def _any_case(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        return OTHER_CASES.get(match[0], match[0] + match[0].upper())

    def classed(match: re.Match[str]) -> str:
        if match[0].startswith("["):
            return re.sub("[a-z]", letter, match[0])
        return f"[{letter(match)}]"

    return re.sub(r"\[[^\]]*\]|[a-z]", classed, text)


@cache
def packed(name: str) -> tuple[bytes, dict[str, object]]:
    """A vocabulary's file, and what functions.js knows of it.

    The file is the pattern, a line break, then for each token a byte for its length and its bytes, in order of rank.
    A rank nobody holds has the length 0.
    """
    ranks = vocabularies._ranks(name)
    by_rank = {rank: token for token, rank in ranks.items()}
    longest = max(map(len, ranks))
    if longest > 255:
        raise ValueError(f"{name} has a token of {longest} bytes; its length has to fit one byte")
    tokens = (by_rank.get(rank, b"") for rank in range(max(by_rank) + 1))
    head = pattern(vocabularies.PATTERNS[name]).encode("ascii")
    data = head + b"\n" + b"".join(bytes([len(token)]) + token for token in tokens)
    return data, packing.known(f"{name}.bin", data) | {"tokens": len(ranks), "composed": name in vocabularies.NFC}


def table() -> dict[str, dict[str, object]]:
    """What functions.js knows of each vocabulary."""
    return {name: packed(name)[1] for name in vocabularies.CORE}
