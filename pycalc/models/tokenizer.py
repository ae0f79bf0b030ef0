"""Token counts from the vocabularies in data/vocabularies, with no network.

* `resolve(model)`: the vocabulary a model's name stands for, or #N/A with the reason.
* `encoding(vocabulary)`: the tiktoken encoding, built once from the packaged file.
* `count(text, model)`: tokens of one text.
* `count_many(texts, model, workers=None)`: tokens of many, each different text once, on all cores.
* `pieces(blocks, model)`: a long text cut where its tokens are cut anyway, to be counted piece by piece.

Text is data: `<|endoftext|>` counts as the characters it is made of. The functions may be called from any
thread. tiktoken is imported, and a vocabulary read, by the first call that needs it.

A model whose tokenizer its vendor keeps to itself has no exact count here. Whoever wants an estimate all the
same names what to count with after a tilde: ``claude-opus-4 ~ o200k_base`` counts as o200k_base does, and the
catalogue reads the same name as claude-opus-4.
"""

from __future__ import annotations

from _thread import allocate_lock  # `threading` is a heavier import for the same lock

from pycalc.errors import no_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import tiktoken

VOCABULARIES = ("o200k_base", "cl100k_base", "p50k_base", "r50k_base")

SHA256 = {
    # The digests tiktoken itself expects of the files it downloads (tiktoken_ext/openai_public.py).
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
}

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
}

ALIASES = {
    # Other names of a vocabulary: they differ in special tokens only, which plain text never meets.
    "o200k_harmony": "o200k_base",
    "p50k_edit": "p50k_base",
    "gpt2": "r50k_base",
    "gpt-2": "r50k_base",
}

FAMILIES = {
    # A model is a family's name, alone or followed by the words of VARIANTS and a date.
    # Source: tiktoken 0.14.0, tiktoken/model.py, read 2026-11-20.
    "gpt-5": "o200k_base",
    "gpt-4.5": "o200k_base",
    "gpt-4.1": "o200k_base",
    "gpt-4o": "o200k_base",
    "chatgpt-4o": "o200k_base",
    "o1": "o200k_base",
    "o3": "o200k_base",
    "o4-mini": "o200k_base",
    "gpt-oss": "o200k_base",
    "gpt-4": "cl100k_base",
    "gpt-3.5": "cl100k_base",
    "gpt-3.5-turbo": "cl100k_base",
    "gpt-35-turbo": "cl100k_base",
    "davinci-002": "cl100k_base",
    "babbage-002": "cl100k_base",
    "text-embedding-ada-002": "cl100k_base",
    "text-embedding-3-small": "cl100k_base",
    "text-embedding-3-large": "cl100k_base",
    "text-davinci-003": "p50k_base",
    "text-davinci-002": "p50k_base",
    "code-davinci-002": "p50k_base",
    "code-davinci-001": "p50k_base",
    "code-cushman-002": "p50k_base",
    "code-cushman-001": "p50k_base",
    "cushman-codex": "p50k_base",
    "text-davinci-edit-001": "p50k_base",  # counts as p50k_edit does: that one only adds tokens for the editor
    "code-davinci-edit-001": "p50k_base",
    "text-davinci-001": "r50k_base",
    "text-curie-001": "r50k_base",
    "text-babbage-001": "r50k_base",
    "text-ada-001": "r50k_base",
    **{f"text-similarity-{size}-001": "r50k_base" for size in ("davinci", "curie", "babbage", "ada")},
    **{f"text-search-{size}-doc-001": "r50k_base" for size in ("davinci", "curie", "babbage", "ada")},
    **{f"code-search-{size}-code-001": "r50k_base" for size in ("babbage", "ada")},
    "davinci": "r50k_base",
    "curie": "r50k_base",
    "babbage": "r50k_base",
    "ada": "r50k_base",
}

# fmt: off
VARIANTS = frozenset((
    "mini", "nano", "pro", "turbo", "chat", "latest", "preview", "instruct", "vision", "audio", "realtime",
    "search", "deep", "research", "transcribe", "tts", "codex", "max", "sol", "terra", "luna",
    "16k", "32k", "20b", "120b",
))

PROVIDERS = frozenset((
    "openai", "azure", "azure_openai", "azure_ai", "anthropic", "google", "gemini", "google_vertex", "vertex",
    "vertex_ai", "mistral", "mistralai", "cohere", "deepseek", "xai", "x-ai", "groq", "together", "fireworks",
    "bedrock", "openrouter",
))
# fmt: on

NO_LOCAL_TOKENIZER = {
    "gpt-6": "OpenAI has not published which vocabulary it uses",
    "claude": "Anthropic counts its tokens on its own servers",
    "gemini": "Google counts its tokens on its own servers",
    "llama": "its tokenizer is not one of the four vocabularies shipped here",
    "mistral": "its tokenizer is not one of the four vocabularies shipped here",
    "ministral": "its tokenizer is not one of the four vocabularies shipped here",
    "deepseek": "its tokenizer is not one of the four vocabularies shipped here",
    "qwen": "its tokenizer is not one of the four vocabularies shipped here",
    "grok": "xAI counts its tokens on its own servers",
    "command": "Cohere counts its tokens on its own servers",
}

SEPARATOR = "\x1f"
SEPARATOR_TOKEN = 300_000
"""Texts counted together are joined by this special token, ASCII's unit separator. tiktoken cuts at a special
token before anything else, so each text counts as it does alone. Texts that hold it are counted alone."""

BLANK_BLOCK = 300_000
"""tiktoken gives up (a Rust panic) on about a million blanks in a row; see `_too_blank`."""

JOINED_CHARACTERS = 100_000
"""Texts are handed to tiktoken in lots of about this size: its lock is then taken seldom, and the tokens of a
lot still fit a processor's cache."""

WORTH_JOINING = 10_000
"""Fewer characters than this are counted before a thread has started."""

PIECE_CHARACTERS = 1_000_000
"""Long texts are cut into pieces of about this size: enough to count on, little to hold."""

LONGEST_WORD = 4_000_000
"""Characters without a place to cut that are still counted: past that it is no text, and memory would run out."""

AFTER_A_WORD = frozenset(" ,.:;=+/\"<>()[]{}，。、；：！？")
"""Where one of these follows a letter or digit, every pattern in PATTERNS begins a new piece."""

_encodings: dict[str, tiktoken.Encoding] = {}
_building = allocate_lock()


def bare_name(model: str) -> str:
    """A model's name without what makes no difference: letter case, blanks, provider, what follows a tilde.

    ``"OpenAI/GPT-4o "`` and ``"openai:gpt-4o ~ cl100k_base"`` are both ``"gpt-4o"``;
    ``"azure/ft:gpt-4o:acme"`` is ``"ft:gpt-4o:acme"``.
    """
    name = model.partition("~")[0].strip().lower()
    head, colon, tail = name.partition(":")
    if head in PROVIDERS and colon:
        return bare_name(tail)
    return head.rpartition("/")[2] + colon + tail


def fine_tuned_base(name: str) -> str:
    """The base of a fine-tuned model's bare name, or "" for a model that is not one.

    ``ft:gpt-4o-2024-08-06:acme::id`` (OpenAI since 2023), ``davinci:ft-acme-2023`` (before) and
    ``gpt-4o-2024-08-06.ft-id`` (Azure).
    """
    if name.startswith("ft:"):
        return name[3:].partition(":")[0]
    for mark in (":ft-", ".ft-"):
        if mark in name:
            return name.partition(mark)[0]
    return ""


def resolve(model: str) -> str:
    """The vocabulary that counts a model's tokens exactly, or the one named after a tilde."""
    chosen = model.rpartition("~")[2] if "~" in model else model
    name = bare_name(chosen)
    name = fine_tuned_base(name) or name
    if name in VOCABULARIES:
        return name
    if name in ALIASES:
        return ALIASES[name]
    family = _family(name)
    if family:
        return FAMILIES[family]
    if not name:
        raise no_answer("no model is named", f"Write one such as gpt-4o, or one of {', '.join(VOCABULARIES)}")
    for start, reason in NO_LOCAL_TOKENIZER.items():
        if name.startswith(start):
            raise no_answer(
                f'"{name}" has no exact tokenizer on this machine: {reason}',
                f'For an estimate say so by name: "{name} ~ o200k_base"',
            )
    raise no_answer(
        f'"{name}" is not a model whose tokenizer is known here',
        f"Known are {', '.join(FAMILIES)} with their variants and dates, and {', '.join(VOCABULARIES)}; "
        f'for an estimate say so by name: "{name} ~ o200k_base"',
    )


def _family(name: str) -> str:
    """The longest family whose name begins this one, when nothing unknown follows it; else ""."""
    for end in range(len(name), 0, -1):
        family = name[:end]
        if family in FAMILIES and _known_variant(family, name[end:]):
            return family
    return ""


def _known_variant(family: str, rest: str) -> bool:
    """Whether what follows a family's name is a version of gpt-5, variant words, and at most one date."""
    if family == "gpt-5" and rest[:1] == ".":  # gpt-5.1, gpt-5.6-sol
        version, dash, more = rest[1:].partition("-")
        if not version.isdigit():
            return False
        rest = dash + more
    if not rest:
        return True
    if rest[0] != "-":
        return False
    words = rest[1:].split("-")
    if len(words) >= 3 and [len(word) for word in words[-3:]] == [4, 2, 2] and "".join(words[-3:]).isdigit():
        words = words[:-3]  # 2024-08-06
    return all(word in VARIANTS or _month_and_day(word) for word in words)


def _month_and_day(word: str) -> bool:
    """Whether a word of a model's name is a date as in gpt-4-0613."""
    return len(word) == 4 and word.isdigit() and "01" <= word[:2] <= "12"


def encoding(vocabulary: str) -> tiktoken.Encoding:
    """The tiktoken encoding of one of VOCABULARIES, read and checked by the first call."""
    found = _encodings.get(vocabulary)
    if found is None:
        with _building:
            found = _encodings.get(vocabulary)
            if found is None:
                found = _encodings[vocabulary] = _build(vocabulary)
    return found


def count(text: str, model: str) -> int:
    """Tokens of one text."""
    return _count(text, encoding(resolve(model)))


def count_many(texts: Sequence[str], model: str, workers: int | None = None) -> list[int]:
    """Tokens of each text: equal texts are counted once, on `workers` threads (default: one a core)."""
    encoder = encoding(resolve(model))
    if sum(map(len, texts)) < WORTH_JOINING:
        return [_count(text, encoder) for text in texts]
    different = list(dict.fromkeys(texts))
    lots = _lots(different)
    threads = min(workers or _cores(), len(lots))
    counted: Iterable[list[int]]
    if threads < 2:
        counted = [_count_lot(lot, encoder) for lot in lots]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as pool:
            counted = list(pool.map(lambda lot: _count_lot(lot, encoder), lots))
    numbers = [number for lot in counted for number in lot]
    if len(different) == len(texts):
        return numbers
    known = dict(zip(different, numbers, strict=True))
    return [known[text] for text in texts]


def pieces(blocks: Iterable[str], model: str) -> Iterator[str]:
    """Cut a text that comes in blocks into pieces whose counts add up to the count of the whole.

    The cut is between a line break and what is neither blank nor a slash: no pattern in PATTERNS has a piece
    that holds both. The older two vocabularies take blanks before a line break apart only where the text goes
    on, so there the line break must stand alone. In a line that is too long, the cut is behind a word.
    """
    single = resolve(model) in ("p50k_base", "r50k_base")
    held = ""
    looked_at = 0
    for block in blocks:
        held += block
        if len(held) >= PIECE_CHARACTERS:
            cut = _last_cut(held, looked_at, single)
            if cut:
                yield held[:cut]
                held = held[cut:]
            elif len(held) > LONGEST_WORD:
                raise no_answer(
                    f"the text has {len(held):,} characters in a row without the end of a word or a line",
                    "give text, not other data",
                )
            looked_at = max(0, len(held) - 1)
    if held:
        yield held


def _last_cut(text: str, start: int, single: bool) -> int:
    """The last place from `start` on where `pieces` may cut, 0 for none."""
    end = text.rfind("\n", start, len(text) - 1)
    while end > 0:
        after = text[end + 1]
        if after != "/" and not after.isspace() and not (single and text[end - 1].isspace()):
            return end + 1
        end = text.rfind("\n", start, end)
    for place in range(len(text) - 1, start, -1):
        if text[place] in AFTER_A_WORD and text[place - 1].isalnum():
            return place
    return 0


def _lots(texts: list[str]) -> list[list[str]]:
    """The texts in lots of about JOINED_CHARACTERS, by their mean length: adding up one by one is slower."""
    mean = sum(map(len, texts)) / len(texts) + len(SEPARATOR)
    size = max(1, int(JOINED_CHARACTERS / mean))
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def _count_lot(texts: list[str], encoder: tiktoken.Encoding) -> list[int]:
    joined = SEPARATOR.join(texts) + SEPARATOR
    if len(texts) == 1 or joined.count(SEPARATOR) != len(texts) or _too_blank(joined):
        return [_count(text, encoder) for text in texts]
    import numpy

    try:
        tokens = encoder.encode_to_numpy(joined, allowed_special={SEPARATOR}, disallowed_special=())
    except UnicodeEncodeError:
        mended = _without_surrogates(joined)
        tokens = encoder.encode_to_numpy(mended, allowed_special={SEPARATOR}, disallowed_special=())
    ends = numpy.flatnonzero(tokens == SEPARATOR_TOKEN)
    numbers = ends.copy()
    numbers[1:] -= ends[:-1] + 1
    return list(numbers.tolist())


def _count(text: str, encoder: tiktoken.Encoding) -> int:
    if not _too_blank(text):
        try:
            return len(encoder.encode_ordinary(text))
        except BaseException as error:
            # A Rust panic is no Exception. It means the text was too much for tiktoken's regular
            # expressions: the slow way is exact too.
            if type(error).__name__ != "PanicException":
                raise
    return _count_piece_by_piece(text, encoder)


def _too_blank(text: str) -> bool:
    """Whether the text may hold a run of blanks long enough to make tiktoken panic.

    A run of two blocks' length holds one whole block of the grid, wherever it begins.
    """
    last = len(text) - BLANK_BLOCK
    return any(text[start : start + BLANK_BLOCK].isspace() for start in range(0, last + 1, BLANK_BLOCK))


def _count_piece_by_piece(text: str, encoder: tiktoken.Encoding) -> int:
    """The same count with the text cut by the package `regex`, which has no limit on a run of blanks."""
    import regex

    pieces = regex.finditer(encoder._pat_str, _without_surrogates(text))
    return sum(len(encoder._encode_single_piece(piece.group())) for piece in pieces)


def _without_surrogates(text: str) -> str:
    """Surrogate pairs as the characters they stand for, lone ones as the replacement character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cores() -> int:
    import os

    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _build(vocabulary: str) -> tiktoken.Encoding:
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


def _ranks(vocabulary: str) -> dict[bytes, int]:
    """Token to rank, from the packaged file, whose every byte is checked first."""
    from base64 import b64decode
    from hashlib import sha256
    from importlib.resources import files

    file = files("pycalc") / "data" / "vocabularies" / f"{vocabulary}.tiktoken"
    try:
        data = file.read_bytes()
    except FileNotFoundError:  # a host that carries pycalc without the vocabularies, 8 MB
        raise no_answer(
            f"the vocabulary {vocabulary} is not packed into this host", "Count with `breakeven tokens` instead"
        ) from None
    if sha256(data).hexdigest() != SHA256[vocabulary]:
        raise RuntimeError(
            f"{file} is not the file that was shipped (its SHA-256 differs: were its line ends changed?). "
            "Install llm-breakeven again"
        )
    return {b64decode(token): int(rank) for token, rank in (line.split() for line in data.splitlines())}
