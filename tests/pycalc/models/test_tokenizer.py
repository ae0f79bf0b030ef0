"""Counts: exact, for any text, with no network, however many at a time."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from pycalc.errors import NoAnswerError
from pycalc.models import tokenizer

VOCABULARIES = pytest.mark.parametrize("vocabulary", tokenizer.VOCABULARIES)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_args, **_keywords):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def plain(vocabulary: str) -> tiktoken.Encoding:
    """The same vocabulary as tiktoken itself defines it, fed from our file instead of the network."""
    from tiktoken_ext import openai_public

    original = openai_public.load_tiktoken_bpe
    openai_public.load_tiktoken_bpe = lambda _url, expected_hash: _expected(vocabulary, expected_hash)
    try:
        return tiktoken.Encoding(**getattr(openai_public, vocabulary)())
    finally:
        openai_public.load_tiktoken_bpe = original


def _expected(vocabulary: str, digest: str) -> dict[bytes, int]:
    assert tokenizer.SHA256[vocabulary] == digest, "tiktoken expects another file"
    return tokenizer._ranks(vocabulary)


@VOCABULARIES
def test_definition_is_tiktokens_own(vocabulary):
    original, ours = plain(vocabulary), tokenizer.encoding(vocabulary)
    assert ours._pat_str == original._pat_str
    assert ours._mergeable_ranks == original._mergeable_ranks


def test_counts_of_another_program():
    """gpt_tokenizer_counts.jsonl holds what an independent implementation in JavaScript counts; its first line
    says which and how."""
    lines = (Path(__file__).parent / "gpt_tokenizer_counts.jsonl").read_text(encoding="utf-8").splitlines()
    vocabularies = json.loads(lines[0])["columns"][1:]
    texts, *counts = zip(*map(json.loads, lines[1:]), strict=True)
    assert len(texts) == 255
    for vocabulary, wanted in zip(vocabularies, counts, strict=True):
        assert tokenizer.count_many(texts, vocabulary) == list(wanted)


# OpenAI cookbook, How to count tokens with tiktoken: the conversation it sends to the API, and what the API billed.
COOKBOOK_MESSAGES = (
    (
        "system",
        "",
        "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
    ),
    ("system", "example_user", "New synergies will help drive top-line growth."),
    ("system", "example_assistant", "Things working well together will increase revenue."),
    (
        "system",
        "example_user",
        "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
    ),
    ("system", "example_assistant", "Let's talk later when we're less busy about how to do better."),
    ("user", "", "This late pivot means we don't have time to boil the ocean for the client deliverable."),
)  # fmt: skip


@pytest.mark.parametrize(
    ("model", "billed"),
    [("gpt-3.5-turbo", 129), ("gpt-4-0613", 129), ("gpt-4", 129), ("gpt-4o", 124), ("gpt-4o-mini", 124)],
)
def test_cookbook_conversation(model, billed):
    import pycalc

    roles, names, contents = zip(*COOKBOOK_MESSAGES, strict=True)
    column = [[name or None] for name in names]
    assert pycalc.chat_tokens(list(roles), list(contents), model, column) == billed


# -- names


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        # tiktoken 0.14.0, tiktoken/model.py
        ("gpt-4o", "o200k_base"),
        ("gpt-4o-2024-08-06", "o200k_base"),
        ("gpt-4.1-mini", "o200k_base"),
        ("gpt-5-mini", "o200k_base"),
        ("gpt-5.6-sol", "o200k_base"),
        ("o1", "o200k_base"),
        ("o3-mini-2025-01-31", "o200k_base"),
        ("o4-mini", "o200k_base"),
        ("chatgpt-4o-latest", "o200k_base"),
        ("gpt-oss-120b", "o200k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4-32k-0613", "cl100k_base"),
        ("gpt-4-turbo-2024-04-09", "cl100k_base"),
        ("gpt-3.5-turbo-0125", "cl100k_base"),
        ("gpt-35-turbo-16k", "cl100k_base"),
        ("davinci-002", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("text-davinci-003", "p50k_base"),
        ("p50k_edit", "p50k_base"),
        ("davinci", "r50k_base"),
        ("gpt2", "r50k_base"),
        # what makes no difference
        ("  GPT-4o ", "o200k_base"),
        ("openai/gpt-4", "cl100k_base"),
        ("openrouter/openai/gpt-4", "cl100k_base"),
        ("azure:gpt-4", "cl100k_base"),
        ("CL100K_BASE", "cl100k_base"),
        # fine-tuned models count as their base does
        ("ft:gpt-4o", "o200k_base"),
        ("ft:gpt-4", "cl100k_base"),
        ("ft:gpt-4.1-nano-2025-04-14:acme:name:id", "o200k_base"),
        ("ft:o4-mini-2025-04-16:acme::id", "o200k_base"),
        ("azure/ft:gpt-3.5-turbo-0613:acme::id", "cl100k_base"),
        ("davinci:ft-acme-2023-01-01-00-00-00", "r50k_base"),
        ("gpt-4o-mini-2024-07-18.ft-0123456789", "o200k_base"),
        # an estimate made on purpose
        ("claude-opus-5 ~ o200k_base", "o200k_base"),
        ("mistral-large-latest~gpt-4", "cl100k_base"),
    ],
)
def test_names(model, vocabulary):
    assert tokenizer.resolve(model) == vocabulary


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("claude-opus-5", "Anthropic counts its tokens on its own servers"),
        ("google/gemini-2.5-pro", "Google counts its tokens on its own servers"),
        ("meta-llama/llama-3.1-8b", "not one of the four vocabularies"),
        ("gpt-6-luna", "has not published which vocabulary"),
        ("ft:claude-3-haiku", "Anthropic"),
        ("gpt-4o-fake", "not a model whose tokenizer is known"),
        ("gpt-4o-2024", "not a model"),
        ("gpt-4omni", "not a model"),
        ("gpt-5.x", "not a model"),
        ("claude-opus-5 ~ nonsense", "not a model"),
        ("", "no model is named"),
        ("~", "no model is named"),
    ],
)
def test_names_without_a_tokenizer(model, reason):
    with pytest.raises(NoAnswerError) as caught:
        tokenizer.resolve(model)
    assert reason in caught.value.message
    assert "o200k_base" in caught.value.message  # what to do instead


# -- hostile texts


@VOCABULARIES
@pytest.mark.parametrize(
    "text",
    [
        " " * 299_999,
        "<|endoftext|><|fim_prefix|>",
        "😀" * 32_767,
        "a" * 100_000,
        "\n" * 100_000,
        "word  \t\n" * 5_000,
        "\x00\ufeff\u200d",
        tokenizer.SEPARATOR * 3,
    ],
    ids=["blanks", "special", "emoji", "letters", "lines", "mixed", "control", "our separator"],
)
def test_hostile_texts_count_as_tiktoken_counts_them(vocabulary, text):
    assert tokenizer.count(text, vocabulary) == len(plain(vocabulary).encode_ordinary(text))


@pytest.mark.parametrize(
    ("vocabulary", "text", "tokens"),
    [
        # The longest token of blanks of o200k_base and cl100k_base has 128 of them (4 in a million left over:
        # 7812 x 128 = 999,936, and 64 more are a token of their own).
        ("o200k_base", " " * 1_000_000, 7_813),
        ("cl100k_base", " " * 1_000_000, 7_813),
        # r50k_base has no token of blanks but the single one.
        ("r50k_base", " " * 1_000_000, 1_000_000),
        ("r50k_base", "\t" * 1_000_000, 1_000_000),
        # The last blank goes with the word that follows: 999,999 = 7812 x 128 + 63, and " x".
        ("o200k_base", " " * 1_000_000 + "x", 7_814),
        ("o200k_base", "x" + " " * 2_500_000, 1 + 19_532),  # 2,500,000 = 19,531 x 128 + 32
    ],
    ids=["o200k", "cl100k", "r50k", "r50k tabs", "before a word", "2.5 million after a word"],
)
def test_a_million_blanks(vocabulary, text, tokens, capfd):
    assert tokenizer.count(text, vocabulary) == tokens
    assert "panicked" not in capfd.readouterr().err  # tiktoken was not asked at all


def test_slow_way_is_the_same_count():
    """Wherever tiktoken can answer, cutting with the package `regex` gives its answer."""
    text = "Straße 12.5% — it's 中文 😀\r\n\n   \t indented  \n" * 50 + "   "
    for vocabulary in tokenizer.VOCABULARIES:
        encoder = tokenizer.encoding(vocabulary)
        assert tokenizer._count_piece_by_piece(text, encoder) == len(encoder.encode_ordinary(text))


@given(st.text(max_size=60))
def test_slow_way_on_any_text(text):
    encoder = tokenizer.encoding("o200k_base")
    assert tokenizer._count_piece_by_piece(text, encoder) == len(encoder.encode_ordinary(text))


def test_a_panic_is_caught(monkeypatch, capfd):
    """Should tiktoken panic on a text nobody thought of, the slow way answers."""
    monkeypatch.setattr(tokenizer, "_too_blank", lambda _text: False)
    assert tokenizer.count(" " * 1_000_000, "o200k_base") == 7_813
    assert "panicked" in capfd.readouterr().err


def test_other_exceptions_pass():
    class Stopped:
        def encode_ordinary(self, _text):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tokenizer._count("text", Stopped())


def test_lone_surrogates():
    # tiktoken's tests/test_encoding.py: a lone surrogate counts as the replacement character, a pair as its character
    assert tokenizer.count("\ud83d", "cl100k_base") == tokenizer.count("\ufffd", "cl100k_base")
    assert tokenizer.count("\ud83d\udc4d", "cl100k_base") == tokenizer.count("👍", "cl100k_base") == 3
    assert tokenizer.count("\ud83d" + " " * 1_000_000, "o200k_base") > 7_800


# -- many

texts = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.text(alphabet=st.sampled_from(" \n\ta1.'s\x1f<|"), max_size=12),
        st.just(tokenizer.SEPARATOR),
        st.sampled_from(["\ud800", "a\udfff ", "<|endoftext|>", "", "  ", "word"]),
    ),
    max_size=40,
)


@given(texts, st.integers(1, 3), st.sampled_from(tokenizer.VOCABULARIES))
def test_many_is_one_by_one(cells, workers, vocabulary):
    cells = [*cells, "words to make it worth joining " * 400]
    counted = tokenizer.count_many(cells, vocabulary, workers)
    assert counted == [tokenizer.count(cell, vocabulary) for cell in cells]


def test_many_over_several_lots_and_threads():
    cells = [f"cell {number} " * (number % 50) + "tail  " for number in range(3_000)]
    cells += [*cells[:100], "x" * 250_000, " " * 700_000]
    expected = [len(tokenizer.encoding("o200k_base").encode_ordinary(cell)) for cell in cells]
    assert len(tokenizer._lots(cells)) > 2
    for workers in (1, 2, None):
        assert tokenizer.count_many(cells, "gpt-4o", workers) == expected


@given(
    st.text(alphabet=st.sampled_from("ab Z1!/'\n\r\t é中") | st.sampled_from("ab Z1',.\"(，"), max_size=80),
    st.integers(1, 30),
    st.sampled_from(tokenizer.VOCABULARIES),
)
def test_pieces_count_as_the_whole(text, block, vocabulary):
    blocks = [text[start : start + block] for start in range(0, len(text), block)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer, "PIECE_CHARACTERS", 5)
        pieces = list(tokenizer.pieces(blocks, vocabulary))
    assert "".join(pieces) == text
    assert sum(tokenizer.count(piece, vocabulary) for piece in pieces) == tokenizer.count(text, vocabulary)


def test_a_long_line_is_cut_behind_words(monkeypatch):
    monkeypatch.setattr(tokenizer, "PIECE_CHARACTERS", 5)
    for vocabulary in tokenizer.VOCABULARIES:
        assert list(tokenizer.pieces(["one tw", "o, 3", '"four"'], vocabulary)) == ["one", " two", ', 3"four', '"']


def test_a_word_without_end_is_no_text(monkeypatch):
    monkeypatch.setattr(tokenizer, "LONGEST_WORD", 1_000_010)
    assert list(tokenizer.pieces(["a" * 1_000_000, "a" * 10], "gpt-4o")) == ["a" * 1_000_010]
    with pytest.raises(NoAnswerError, match="1,000,011 characters in a row"):
        list(tokenizer.pieces(["a" * 1_000_000, "a" * 11], "gpt-4o"))


def test_pieces_are_cut_at_line_breaks(monkeypatch):
    monkeypatch.setattr(tokenizer, "PIECE_CHARACTERS", 5)
    blocks = ["one\r\ntwo\n", "\nthree\n/4\n 5"]
    assert list(tokenizer.pieces(blocks, "gpt-4o")) == ["one\r\n", "two\n\n", "three\n/4\n 5"]
    assert list(tokenizer.pieces(blocks, "davinci")) == ["one\r\ntwo\n\nthree\n/4\n 5"]
    assert list(tokenizer.pieces(["one\n", "two"], "davinci")) == ["one\n", "two"]


def test_equal_texts_are_counted_once(monkeypatch):
    asked = []
    monkeypatch.setattr(tokenizer, "_count_lot", lambda lot, _encoder: asked.extend(lot) or [1] * len(lot))
    assert tokenizer.count_many(["aaaaaa", "bbbbbb"] * 1_000, "gpt-4o", 1) == [1] * 2_000
    assert asked == ["aaaaaa", "bbbbbb"]


def test_range_call_uses_the_bulk_form(monkeypatch):
    import pycalc

    seen = []
    original = tokenizer.count_many
    monkeypatch.setattr(tokenizer, "count_many", lambda texts, model: seen.append(len(texts)) or original(texts, model))
    column = [["tiktoken is great!"], ["hello world"]] * 500
    assert pycalc.token_count(column, "gpt-4") == [[6.0], [2.0]] * 500
    assert seen == [1_000]


def test_counting_from_many_threads_builds_once(monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    built = []
    original = tokenizer._build
    monkeypatch.setattr(tokenizer, "_encodings", {})
    monkeypatch.setattr(tokenizer, "_build", lambda vocabulary: built.append(vocabulary) or original(vocabulary))
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: tokenizer.count("hello world", "r50k_base"), range(32)))
    assert counts == [2] * 32
    assert built == ["r50k_base"]


# -- files


def test_a_changed_file_is_refused(monkeypatch):
    monkeypatch.setitem(tokenizer.SHA256, "r50k_base", "0" * 64)
    with pytest.raises(RuntimeError, match="SHA-256"):
        tokenizer._ranks("r50k_base")


def test_without_the_vocabularies_it_says_where_to_count(monkeypatch):
    monkeypatch.setitem(tokenizer.SHA256, "left_out", "0" * 64)
    with pytest.raises(NoAnswerError, match="left_out is not packed into this host"):
        tokenizer._ranks("left_out")


def test_without_tiktoken_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(tokenizer, "_encodings", {})
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    with pytest.raises(NoAnswerError, match="pip install tiktoken"):
        tokenizer.count("text", "gpt-4o")


def test_first_call_loads_only_what_it_needs():
    """In a process without a network: importing loads nothing, one count loads one vocabulary."""
    script = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise SystemExit('network asked for')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "import pycalc\n"
        "heavy = [m for m in ('tiktoken', 'numpy', 'csv', 'regex') if m in sys.modules]\n"
        "assert not heavy, heavy\n"
        "assert pycalc.token_count('tiktoken is great!', 'gpt-4') == 6\n"
        "from pycalc.models import tokenizer\n"
        "assert list(tokenizer._encodings) == ['cl100k_base']\n"
        "assert 'csv' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
