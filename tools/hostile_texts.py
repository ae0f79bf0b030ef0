"""Texts a tokenizer may trip over: every script, combining marks, emoji, long runs, blanks, halves of characters, code.

The same number and seed give the same texts.
"""

from __future__ import annotations

import random
import unicodedata

_BLOCKS = """
20-7e a0-ff 100-24f 250-2af 300-36f 370-3ff 400-52f 530-58f 590-5ff 600-6ff 700-74f 780-7bf 900-97f 980-9ff a00-a7f
a80-aff b00-b7f b80-bff c00-c7f c80-cff d00-d7f d80-dff e00-e7f e80-eff f00-fff 1000-109f 10a0-10ff 1100-11ff 1200-137f
13a0-13ff 1400-167f 1780-17ff 1800-18af 1e00-1eff 1f00-1fff 2000-206f 2070-209f 20a0-20cf 20d0-20ff 2100-214f 2150-218f
2190-21ff 2200-22ff 2460-24ff 2500-257f 2600-27bf 2e80-2fdf 3000-303f 3040-309f 30a0-30ff 3100-312f 3130-318f 3400-4dbf
4e00-9fff a000-a48f ac00-d7a3 e000-e0ff f900-faff fb00-fb4f fe00-fe0f fe30-fe4f ff00-ffef 10000-1007f 10400-1044f
12000-123ff 13000-1342f 1d400-1d7ff 1f1e6-1f1ff 1f300-1f6ff 1f900-1f9ff 20000-2a6df e0100-e01ef
"""
BLOCKS = [tuple(int(end, 16) for end in block.split("-")) for block in _BLOCKS.split()]
EMOJI = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "👍🏽", "❤️", "1️⃣", "🤷🏿‍♀️", "😀"]
CODE = [
    "def f(x):\n    return x**2\n",
    "for (int i=0;i<n;++i){a[i]+=b[i];}",
    "SELECT * FROM t WHERE a<>'b';",
    '{"key": [1, 2.5, null, true]}',
    '<div class="x">&nbsp;</div>',
    "#include <stdio.h>\n\n\tint main(void)\n{\n\t\treturn 0;\n}",
    "https://example.org/a?b=c&d=%20#e",
    '=IF(A1>0;"x";B$2:C$3)',
    "I'm you're he'd WE'LL they've it's 'S",
    "1,234,567.89 0x1F 3.14e-10 ½ ² ٣ 四",
    "<table><tr><td>1</td></tr></table>",
]
BLANKS = [*" \t\n\r\v\f\0\x1f\x85\xa0\u2003\u3000\u200b\u2028\ufeff", "  ", "\r\n", "\n\n", "   \n"]
_WORDS = (
    "the quick brown fox straße naïve Ünïcödé Привет ελληνικά עברית العربية हिन्दी বাংলা தமிழ் ไทย Tiếng 中文字 日本語 "
    "한국어"
)
WORDS = _WORDS.split(" ")
SPECIAL = [
    "<|endoftext|>", "<|im_start|>", "<|begin_of_text|>", "[INST]", "</s>", "<bos>", "<start_of_turn>", "<pad>", "▁",
]  # fmt: skip


def texts(number: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [text(draw) for _ in range(number)]


def text(draw: random.Random) -> str:
    length = draw.choice((1, 2, 3, 5, 8, 13, 30, 80))

    def character() -> str:
        return chr(draw.randint(*draw.choice(BLOCKS)))

    def one_block() -> str:
        block = draw.choice(BLOCKS)
        pool = [*BLANKS, *(chr(draw.randint(*block)) for _ in range(100))]
        return "".join(draw.choice(pool) for _ in range(length))

    def with_marks() -> str:
        marks = [chr(draw.randint(0x300, 0x36F)) for _ in range(draw.randrange(4))]
        return character() + "".join(marks)

    def of(*kinds: list[str]) -> str:
        pool = [each for kind in kinds for each in kind]
        return "".join(draw.choice(pool) for _ in range(length))

    def run() -> str:
        once = draw.choice([character(), "a", " ", "\n", "=", "-", "ab", "0", "字", "▁", "é", "e\u0301"])
        return once * draw.choice((2, 3, 7, 16, 17, 31, 64, 100, 257, 1000))

    def spaced(form: str) -> str:
        return unicodedata.normalize(form, " ".join(draw.choice(WORDS) for _ in range(length)))

    makers = (
        lambda: "".join(character() for _ in range(length)),
        one_block,
        lambda: "".join(with_marks() for _ in range(length)),
        lambda: of(EMOJI, BLANKS),
        run,
        lambda: of(CODE, BLANKS)[:2000],
        lambda: of(WORDS, BLANKS),
        lambda: spaced(draw.choice(("NFD", "NFC", "NFKD"))),
        lambda: of(["\ud83d", "\ude00", "\ud800", "a", " ", "😀"]),
        lambda: of(BLANKS),
        lambda: of(WORDS, SPECIAL, EMOJI, BLANKS, CODE),
        lambda: "".join(f"{int(10 ** draw.uniform(0, 12))}{draw.choice(' ,.-字a')}" for _ in range(length)),
    )
    return draw.choice(makers)()
