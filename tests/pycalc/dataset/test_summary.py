from __future__ import annotations

import json
import pickle
import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycalc.dataset import summary as module
from pycalc.dataset.reader import OverlongLine
from pycalc.dataset.reading import read as take
from pycalc.dataset.summary import Options, Summary
from pycalc.models.tokenizer import count
from tests.pycalc.dataset.published import example
from tests.pycalc.dataset.state import state

OPTIONS = Options(("cl100k_base", "o200k_base"), label="kind")

PLAIN = json.dumps(example(("user", "Hello"), ("assistant", "Hi there, what can I do?"), kind="edge")).encode()
LINES = st.lists(
    st.sampled_from(
        [
            PLAIN,
            json.dumps(example(("system", "Be kind."), ("user", "Hello"), ("assistant", "Hi!"))).encode(),
            json.dumps(example(("user", "Hello"), ("assistant", "Good day"), kind=3)).encode(),
            json.dumps(example(("user", "Who?"))).encode(),
            json.dumps({"messages": [{"role": "bot", "content": 1}, "x"]}).encode(),
            b"",
            b"[]",
            b'{"messages": ',
            b'{"messages": [\xff]}',
            OverlongLine(20_000_000),
        ]
    ),
    max_size=30,
)


def read(lines, options=OPTIONS):
    return take(Summary(options), [lines] if lines else [])


def findings(lines):
    return {key: (each.count, [line for line, _ in each.places]) for key, each in read(lines).findings.items()}


@given(LINES, st.lists(st.integers(0, 30), max_size=4))
def test_parts_merge_into_the_whole(lines, cuts):
    edges = [0, *sorted(min(cut, len(lines)) for cut in cuts), len(lines)]
    together = Summary(OPTIONS)
    for start, end in pairwise(edges):
        together.merge(pickle.loads(pickle.dumps(read(lines[start:end]).settle())))
    assert state(together) == state(read(lines))


@settings(max_examples=30)
@given(LINES, st.integers(0, 30), st.integers(0, 30))
def test_merging_is_associative_and_changes_nothing_it_takes(lines, one, two):
    one, two = sorted((min(one, len(lines)), min(two, len(lines))))
    a, b, c = (read(part).settle() for part in (lines[:one], lines[one:two], lines[two:]))
    before = [state(part) for part in (a, b, c)]
    left = Summary(OPTIONS).merge(Summary(OPTIONS).merge(a).merge(b)).merge(c)
    right = Summary(OPTIONS).merge(a).merge(Summary(OPTIONS).merge(b).merge(c))
    assert state(left) == state(right)
    assert [state(part) for part in (a, b, c)] == before


@given(LINES, st.integers(1, 30))
def test_batches_make_no_difference(lines, size):
    parts = [lines[i : i + size] for i in range(0, len(lines), size)]
    assert state(take(Summary(OPTIONS), parts)) == state(read(lines))


def test_bounded_tables_merge_too(monkeypatch):
    monkeypatch.setattr(module, "EXAMPLES_COMPARED", 20)
    monkeypatch.setattr(module, "TEXTS_COMPARED", 10)
    monkeypatch.setattr(module, "LABELS_KEPT", 5)
    draw = random.Random(7)
    lines = [
        json.dumps(
            example(("user", f"q{draw.randrange(60)}"), ("assistant", f"a{draw.randrange(60)}"), kind=f"k{i % 9}")
        ).encode()
        for i in range(300)
    ]
    together = Summary(OPTIONS)
    for start in range(0, 300, 37):
        together.merge(read(lines[start : start + 37]))
    whole = read(lines)
    assert state(together) == state(whole)
    assert not whole.same_examples.complete
    assert not whole.labels_complete
    assert len(whole.labels) == 5
    assert len(whole.answers.hash) == 10


def test_token_formula():
    """3 a message, the tokens of every text, 1 for a name, 3 for the reply (OpenAI's guide)."""
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "name": "Ann", "content": "Hello, world"},
        {"role": "assistant", "content": "Good morning"},
    ]
    texts = ["system", "Be kind.", "user", "Ann", "Hello, world", "assistant", "Good morning"]
    expected = 3 * 3 + 1 + 3 + sum(count(text, "cl100k_base") for text in texts)
    tokens = read([json.dumps({"messages": messages}).encode()]).tokens["cl100k_base"]
    assert tokens.total == Counter([expected])
    assert tokens.answer == Counter([count("Good morning", "cl100k_base")])
    assert tokens.system == count("Be kind.", "cl100k_base")


def test_text_of_parts_is_counted_and_images_are_not():
    def total(content):
        message = {"role": "user", "content": content}
        line = json.dumps({"messages": [message, {"role": "assistant", "content": "A cat."}]}).encode()
        (tokens,) = read([line]).tokens["o200k_base"].total
        return tokens

    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000}}
    assert total([{"type": "text", "text": "What is this?"}, image]) == total("What is this?")


def test_findings_name_lines():
    lines = [PLAIN, b"not json", PLAIN, b"", b'{"messages": [NaN]}', b'{"messages": []}', OverlongLine(200_000_000)]
    found = findings(lines)
    assert found[("json", "error")] == (2, [2, 5])
    assert found[("blank_line", "warning")] == (1, [4])
    assert found[("missing_messages_list", "error")] == (1, [6])
    assert found[("line_too_long", "error")] == (1, [7])


def test_broken_line_far_down_is_named_and_the_rest_counted():
    lines = [PLAIN] * 1999
    lines[1500] = PLAIN[:-5]
    result = read(lines)
    assert result.findings[("json", "error")].places[0][0] == 1501
    assert result.examples == 1998


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"a": 1', "not valid JSON at character 8"),
        (b"{", "laid out over several lines"),
        (b"[", "laid out over several lines"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"messages": [{"role": ' + b"[" * 960 + b"]" * 960 + b"}]}", "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b'{"a": Infinity}', "Infinity is not a JSON value"),
        (b'{"a": "\xe4"}', "byte 8 of the line is not UTF-8"),
    ],
)
def test_lines_that_are_no_json(line, words):
    result = read([line, PLAIN])
    ((_, finding),) = [item for item in result.findings.items() if item[0][1] == "error"]
    assert words in finding.places[0][1]
    assert result.examples == 1


@pytest.mark.parametrize("messages", [[{}], [{"weight": 1}], [{"content": None}], ["x"]])
def test_messages_without_any_text(messages):
    result = read([json.dumps({"messages": messages}).encode()])
    assert result.faulty == result.examples == (0 if messages == ["x"] else 1)
    assert set(result.tokens["cl100k_base"].total) <= {3 + 3 * len(messages)}


def test_crlf_and_lone_surrogates_are_fine():
    odd = json.dumps(example(("user", "\ud800"), ("assistant", "<|endoftext|>"))).encode()
    result = read([PLAIN + b"\r", odd + b"\r"])
    assert result.examples == 2
    assert result.faulty == 0


def test_only_the_first_places_are_kept_but_all_are_counted():
    result = read([b"x"] * 50)
    finding = result.findings[("json", "error")]
    assert (finding.count, [line for line, _ in finding.places]) == (50, list(range(1, 11)))


def test_longest_examples_are_named():
    lines = [json.dumps(example(("user", "a " * n), ("assistant", "b"))).encode() for n in (5, 90, 7, 90, 1)]
    longest = read(lines).tokens["cl100k_base"].longest
    assert [-line for _, line in longest] == [2, 4, 3, 1, 5]


def test_label_within_an_object():
    line = json.dumps(example(("user", "a"), ("assistant", "b"), meta={"kind": {"is": True}})).encode()
    assert list(read([line], Options(("cl100k_base",), "meta.kind.is")).labels) == ["true"]
    assert list(read([line], Options(("cl100k_base",), "meta.kind")).labels) == ["(none)"]
