"""The vocabularies: what each is made of, where it comes from, and the encoder that counts with it.

CORE ships with the package; tiktoken, a Rust library, counts with all of them. EXTRA is counted by the packages
of the extra `tokenizers` (Llama 3's and Gemma's vocabularies, whose licences or size keep them out of here) and
of the extra `claude` (an unofficial reconstruction). Each is proven against its reference by
`tools/proof_of_counts.py`.
"""

from __future__ import annotations

from _thread import allocate_lock  # `threading` is a heavier import for the same lock

from pycalc.annotations import Callable, Encoding
from pycalc.errors import NoAnswerError
from pycalc.files import table
from pycalc.version import how_to_install

OPENAI = ("o200k_base", "cl100k_base", "p50k_base", "r50k_base")
CORE = (*OPENAI, "tekken", "qwen", "qwen3.5", "deepseek")
EXTRA = ("llama3", "gemma")
RECONSTRUCTIONS = {
    # ctok's version, and the tokens it counts for the frame of a message, which no text has.
    "ctok-3": ("3.0", 7),
    "ctok-4.7": ("4.7", 11),
    "ctok-4.8": ("4.8", 6),
}

_TABLE = table("vocabularies", "name", "sha256", "pattern")
SHA256 = {name: digest for name, digest, _ in _TABLE}
PATTERNS = {name: pattern for name, _, pattern in _TABLE}
"""How each vocabulary cuts text before it looks for tokens: part of its definition, kept in step with tiktoken's own by
a test."""

NFC = frozenset(("qwen", "qwen3.5"))
"""Vocabularies that count composed characters: Qwen's tokenizer normalizes first (its tokenizer.json says NFC)."""

WHOLE_TEXT = frozenset(("gemma",))
"""Vocabularies that cut nothing before they look for tokens: only line breaks and blanks are ends for certain."""

SEPARATOR = "\x1f"
SEPARATOR_TOKEN = 300_000
"""Texts counted together are joined by this special token, ASCII's unit separator. tiktoken cuts at a special
token before anything else, so each text counts as it does alone. Texts that hold it are counted alone."""

_GEMMA_SYMBOLS = (
    r"</?(?:table|caption|thead|tbody|tfoot|tr|th|td|h[1-6]|blockquote|strong|em|[abius]|sub|sup|code|html|body|img|span"
    r"|bbox|ul|li|div|iframe|footer)>|<mask>|\[multimodal\]|<unused(?:\d{1,3}|[1-5]\d{3}|6[01]\d\d|62[0-3]\d|624[01])>"
    "|▁{2,31}"
)
"""What Gemma takes out of a text as one token each before anything else, its control tokens aside: the added
tokens of Gemma 3's tokenizer.json that are not special (its runs of line breaks and tabs count the same either way)."""

_encodings: dict[str, Encoding | Outside] = {}
_building = allocate_lock()


class Outside:
    """A vocabulary another package counts with: `count` gives the tokens of one text without lone surrogates."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self.count = count


def encoding(vocabulary: str) -> Encoding | Outside:
    """What counts with a vocabulary, read and checked by the first call."""
    found = _encodings.get(vocabulary)
    if found is None:
        with _building:
            found = _encodings.get(vocabulary)
            if found is None:
                found = _encodings[vocabulary] = _build(vocabulary)
    return found


def _build(vocabulary: str) -> Encoding | Outside:
    if vocabulary in RECONSTRUCTIONS:
        return Outside(_reconstruction(*RECONSTRUCTIONS[vocabulary]))
    if vocabulary in EXTRA:
        return Outside(_splintr(vocabulary))
    try:
        import tiktoken
    except ImportError:
        raise NoAnswerError("token counts need the package tiktoken", "Install it: pip install tiktoken") from None

    ranks = _ranks(vocabulary)
    return tiktoken.Encoding(
        vocabulary,
        pat_str=PATTERNS[vocabulary],
        mergeable_ranks=ranks,
        special_tokens={SEPARATOR: SEPARATOR_TOKEN},
    )


def _splintr(vocabulary: str) -> Callable[[str], int]:
    try:
        import splintr
    except ImportError:
        raise NoAnswerError(
            f"the vocabulary {vocabulary} is not installed", f"{how_to_install('tokenizers')} (19 MB to download)"
        ) from None
    if vocabulary != "gemma":
        encode = splintr.Tokenizer.from_pretrained(vocabulary).encode_ordinary
        return lambda text: len(encode(text))
    import re

    encode = splintr.Tokenizer.from_pretrained("gemma4").encode_ordinary  # Apache-2.0; Gemma 3's counts alike
    symbols = re.compile(_GEMMA_SYMBOLS)

    def count(text: str) -> int:
        parts = symbols.split(text)
        return len(parts) - 1 + sum(len(encode(part)) for part in parts)

    return count


def _reconstruction(version: str, frame: int) -> Callable[[str], int]:
    try:
        import ctok
    except ImportError:
        raise NoAnswerError(
            "the reconstruction of Claude's tokenizer is not installed",
            f"{how_to_install('claude')} (a small package for Python 3.12 and newer)",
        ) from None
    return lambda text: ctok.token_count(text, version) - frame if text else 0


def _ranks(vocabulary: str) -> dict[bytes, int]:
    """Token to rank, from the packaged file, whose every byte is checked first."""
    from hashlib import sha256
    from importlib.resources import files

    name = f"{vocabulary}.tiktoken" if vocabulary.endswith("k_base") else f"{vocabulary}.xz"
    file = files("pycalc") / "data" / "vocabularies" / name
    try:
        data = file.read_bytes()
    except FileNotFoundError:  # a host that carries pycalc without the vocabularies, 10 MB
        raise NoAnswerError(
            f"the vocabulary {vocabulary} is not packed into this host", "Count with `breakeven tokens` instead"
        ) from None
    if sha256(data).hexdigest() != SHA256[vocabulary]:
        raise RuntimeError(
            f"{file} is not the file that was shipped (its SHA-256 differs: were its line ends changed?). "
            "Install llm-breakeven again"
        )
    return _from_tiktoken(data) if name.endswith(".tiktoken") else _from_lengths(data)


def _from_tiktoken(data: bytes) -> dict[bytes, int]:
    """OpenAI's own form: a line for each token, in base64, and its rank."""
    from binascii import a2b_base64

    words = data.split()
    return dict(zip(map(a2b_base64, words[::2]), map(int, words[1::2]), strict=True))


def _from_lengths(data: bytes) -> dict[bytes, int]:
    """The tokens in the order of their ranks, each behind a byte with its length, packed by LZMA: a quarter of the
    size of the other form."""
    import lzma

    packed = lzma.decompress(data)
    ranks: dict[bytes, int] = {}
    at = 0
    while at < len(packed):
        end = at + 1 + packed[at]
        ranks[packed[at + 1 : end]] = len(ranks)
        at = end
    return ranks
