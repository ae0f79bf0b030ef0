"""Token counts, with no network.

* `count(text, model)`: tokens of one text.
* `count_many(texts, model, workers=None)`: tokens of many, each different text once, on all cores.
* `pieces(blocks, model)`: a long text cut where its tokens are cut anyway, to be counted piece by piece.

Text is data: `<|endoftext|>` counts as the characters it is made of. The functions may be called from any
thread. tiktoken is imported, and a vocabulary read, by the first call that needs it.
"""

from __future__ import annotations

from pycalc.annotations import Encoding, Iterable, Iterator, Sequence
from pycalc.errors import NoAnswerError
from pycalc.models.families import resolve
from pycalc.models.sellers import MOST_REMEMBERED
from pycalc.models.vocabularies import NFC, SEPARATOR, SEPARATOR_TOKEN, WHOLE_TEXT, Outside, encoding

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

AFTER_A_WORD = frozenset(' ,.:;=+/"<>()[]{}，。、；：！？')
"""Where one of these follows a letter or digit, every pattern in PATTERNS begins a new piece."""

_resolved: dict[str, str] = {}


def count(text: str, model: str) -> int:
    """Tokens of one text."""
    vocabulary = _vocabulary(model)
    return _count(_as_read(text, vocabulary), encoding(vocabulary))


def count_many(texts: Sequence[str], model: str, workers: int | None = None) -> list[int]:
    """Tokens of each text: equal texts are counted once, on `workers` threads (default: one a core)."""
    vocabulary = _vocabulary(model)
    encoder = encoding(vocabulary)
    if vocabulary in NFC:
        texts = [_as_read(text, vocabulary) for text in texts]
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
    on, so there the line break must stand alone. In a line that is too long, the cut is behind a word; Gemma, which
    cuts no words, has no token of a letter and a blank behind it.
    """
    vocabulary = _vocabulary(model)
    single = vocabulary in ("p50k_base", "r50k_base")
    after_a_word = frozenset(" ") if vocabulary in WHOLE_TEXT else AFTER_A_WORD
    held = ""
    looked_at = 0
    for block in blocks:
        held += block
        if len(held) >= PIECE_CHARACTERS:
            cut = _last_cut(held, looked_at, single, after_a_word)
            if cut:
                yield held[:cut]
                held = held[cut:]
            elif len(held) > LONGEST_WORD:
                raise NoAnswerError(
                    f"the text has {len(held):,} characters in a row without the end of a word or a line",
                    "give text, not other data",
                )
            looked_at = max(0, len(held) - 1)
    if held:
        yield held


def _vocabulary(model: str) -> str:
    """What counts a model's tokens, remembered: a name is taken apart once."""
    found = _resolved.get(model)
    if found is None:
        if len(_resolved) > MOST_REMEMBERED:
            _resolved.clear()
        found = _resolved[model] = resolve(model)
    return found


def _last_cut(text: str, start: int, single: bool, after_a_word: frozenset[str]) -> int:
    """The last place from `start` on where `pieces` may cut, 0 for none."""
    end = text.rfind("\n", start, len(text) - 1)
    while end > 0:
        after = text[end + 1]
        if after != "/" and not after.isspace() and not (single and text[end - 1].isspace()):
            return end + 1
        end = text.rfind("\n", start, end)
    for place in range(len(text) - 1, start, -1):
        if text[place] in after_a_word and text[place - 1].isalnum():
            return place
    return 0


def _lots(texts: list[str]) -> list[list[str]]:
    """The texts in lots of about JOINED_CHARACTERS, by their mean length: adding up one by one is slower."""
    mean = sum(map(len, texts)) / len(texts) + len(SEPARATOR)
    size = max(1, int(JOINED_CHARACTERS / mean))
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def _as_read(text: str, vocabulary: str) -> str:
    """The text as the vocabulary's tokenizer reads it."""
    if vocabulary not in NFC or text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", _without_surrogates(text))


def _count_lot(texts: list[str], encoder: Encoding | Outside) -> list[int]:
    if isinstance(encoder, Outside):
        return [_count(text, encoder) for text in texts]
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


def _count(text: str, encoder: Encoding | Outside) -> int:
    if isinstance(encoder, Outside):
        return encoder.count(_without_surrogates(text))
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


def _count_piece_by_piece(text: str, encoder: Encoding) -> int:
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
