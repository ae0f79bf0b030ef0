"""Training files from one format into another: nothing is lost without a word."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.dataset.checks import check
from pycalc.dataset.convert import Converted, convert
from pycalc.dataset.vendors import FORMATS, VENDORS, Format
from tests.pycalc.dataset.published import example, jsonl
from tests.pycalc.texts import CHARACTERS

CHAT = example(("system", "Be brief."), ("user", "Hi"), ("assistant", "Ho"))
TURNS = example(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
TOOLS = {
    "messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"degrees": 21}'},
        {"role": "assistant", "content": "21."},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}],
}
PAIR = {
    "input": {"messages": [{"role": "user", "content": "Hi"}]},
    "preferred_output": [{"role": "assistant", "content": "Ho"}],
    "non_preferred_output": [{"role": "assistant", "content": "No"}],
}
GRADED = {"messages": [{"role": "user", "content": "1+1"}], "reference_answer": "2"}


def converted(tmp_path, target, *examples):
    path = tmp_path / "a.jsonl"
    path.write_bytes(jsonl(examples))
    told = Converted()
    lines = b"".join(convert(str(path), target, told))
    return [json.loads(line) for line in lines.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:-1]], told


@pytest.mark.parametrize(
    ("target", "given", "expected"),
    [
        # each as the vendor's page shows it
        (
            "vertex",
            CHAT,
            {
                "systemInstruction": {"role": "system", "parts": [{"text": "Be brief."}]},
                "contents": [
                    {"role": "user", "parts": [{"text": "Hi"}]},
                    {"role": "model", "parts": [{"text": "Ho"}]},
                ],
            },
        ),
        (
            "bedrock",
            CHAT,
            {
                "schemaVersion": "bedrock-conversation-2024",
                "system": [{"text": "Be brief."}],
                "messages": [
                    {"role": "user", "content": [{"text": "Hi"}]},
                    {"role": "assistant", "content": [{"text": "Ho"}]},
                ],
            },
        ),
        (
            "sharegpt",
            CHAT,
            {
                "conversations": [
                    {"from": "system", "value": "Be brief."},
                    {"from": "human", "value": "Hi"},
                    {"from": "gpt", "value": "Ho"},
                ]
            },
        ),
        ("alpaca", CHAT, {"instruction": "Hi", "input": "", "output": "Ho", "system": "Be brief."}),
        ("alpaca", TURNS, {"instruction": "c", "input": "", "output": "d", "history": [["a", "b"]]}),
        ("prompt-completion", example(("user", "Hi"), ("assistant", "Ho")), {"prompt": "Hi", "completion": "Ho"}),
        (
            "trl",
            PAIR,
            {
                "prompt": PAIR["input"]["messages"],
                "chosen": PAIR["preferred_output"],
                "rejected": PAIR["non_preferred_output"],
            },
        ),
        (
            "openai",
            {"prompt": "Hi", "chosen": "Ho", "rejected": "No"},
            PAIR,
        ),
        ("reinforcement", example(("user", "1+1"), ("assistant", "2")), GRADED),
        (
            "vertex",
            GRADED,
            {"contents": [{"role": "user", "parts": [{"text": "1+1"}]}], "references": {"reference_answer": "2"}},
        ),
        ("openai", {"instruction": "Hi", "output": "Ho"}, example(("user", "Hi"), ("assistant", "Ho"))),
        (
            "chat",
            {"instruction": "Say", "input": "Hi", "output": "Ho"},
            example(("user", "Say\n\nHi"), ("assistant", "Ho")),
        ),
        ("mistral", {"prompt": "Hi", "completion": "Ho"}, example(("user", "Hi"), ("assistant", "Ho"))),
    ],
)  # fmt: skip
def test_one_example(tmp_path, target, given, expected):
    assert converted(tmp_path, target, given)[0] == [expected]


@pytest.mark.parametrize("target", ["sharegpt", "vertex", "bedrock"])
@pytest.mark.parametrize("given", [CHAT, TURNS, TOOLS], ids=["chat", "turns", "tools"])
def test_there_and_back(tmp_path, target, given):
    there, told = converted(tmp_path, target, given)
    assert told.left_out == []
    back, told = converted(tmp_path, "openai", *there)
    assert (back, told.left_out, dict(told.lost)) == ([given], [], {})


def test_preference_there_and_back(tmp_path):
    there, _ = converted(tmp_path, "trl", PAIR)
    assert converted(tmp_path, "azure", *there)[0] == [PAIR]


def test_reinforcement_there_and_back(tmp_path):
    there, _ = converted(tmp_path, "vertex", GRADED)
    assert converted(tmp_path, "openai", *there)[0] == [GRADED]


@pytest.mark.parametrize("answer", ["2", {"sum": 2}])
@pytest.mark.parametrize("target", ["chat", "sharegpt", "alpaca", "prompt-completion"])
def test_what_a_grader_compares_with_is_the_answer_elsewhere(tmp_path, target, answer):
    graded = {"messages": [{"role": "user", "content": "1+1"}], "reference_answer": answer}
    learnt = example(("user", "1+1"), ("assistant", answer if answer == "2" else '{"sum": 2}'))
    there, told = converted(tmp_path, target, graded)
    assert (there, dict(told.lost)) == (converted(tmp_path, target, learnt)[0], {})
    assert len(there) == 1


@pytest.mark.parametrize("target", ["chat", "sharegpt", "alpaca", "prompt-completion"])
def test_a_question_for_a_grader_alone_is_no_example_to_learn_from(tmp_path, target):
    graded = {"messages": [{"role": "user", "content": "1+1"}], "rubric": "is it a number?"}
    there, told = converted(tmp_path, target, graded)
    assert there == []
    assert "no answer" in told.left_out[0][1]


def test_answers_of_tools_behind_an_empty_question(tmp_path):
    called, asked = TOOLS["messages"][1], {"role": "user", "content": ""}
    given = {"messages": [called, asked, TOOLS["messages"][2]]}
    (line,), _ = converted(tmp_path, "bedrock", given)
    assert [len(message["content"]) for message in line["messages"]] == [1, 0, 1]


WORDS = st.text(CHARACTERS, min_size=1, max_size=8).filter(lambda text: text.strip() and max(text) < "\ud800")


@given(st.none() | WORDS, st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3))
def test_any_talk_there_and_back(tmp_path_factory, system, turns):
    messages = [("system", system)] if system else []
    messages += [pair for question, answer in turns for pair in (("user", question), ("assistant", answer))]
    talk = example(*messages)
    folder = tmp_path_factory.mktemp("talk")
    for target in ("sharegpt", "vertex", "bedrock", "alpaca"):
        there, told = converted(folder, target, talk)
        assert (told.left_out, dict(told.lost)) == ([], {})
        assert converted(folder, "chat", *there)[0] == [talk]


def test_what_is_lost_is_said(tmp_path):
    weighted = example(("user", "a"), ("assistant", "b"), kind="x")
    weighted["messages"][1]["weight"] = 1
    _, told = converted(tmp_path, "vertex", weighted, weighted, CHAT)
    assert dict(told.lost) == {'"weight" of a message': 2, 'the key "kind"': 2}
    _, told = converted(tmp_path, "prompt-completion", CHAT)
    assert dict(told.lost) == {"where the system prompt ends and the question begins": 1}
    _, told = converted(tmp_path, "chat", {"instruction": "a", "input": "b", "output": "c"})
    assert dict(told.lost) == {"where the instruction ends and the input begins": 1}
    _, told = converted(tmp_path, "vertex", TOOLS)
    assert dict(told.lost) == {"the ids of tool calls (Vertex takes answers in their order)": 1}


@pytest.mark.parametrize(
    ("target", "given", "reason"),
    [
        ("prompt-completion", TURNS, "2 questions"),
        ("alpaca", TOOLS, "it calls tools"),
        ("alpaca", example(("user", "a"), ("user", "b")), "not questions and answers in turn"),
        ("alpaca", example(("system", "a")), "not questions and answers in turn"),
        ("mistral", PAIR, "takes no preference pairs"),
        ("together", GRADED, "takes no examples for a grader"),
        ("preference", CHAT, "a pair of answers is needed"),
        ("chat", PAIR, "two answers"),
        ("vertex", {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a"}}]}]},
         "gs://"),
        ("reinforcement", {"messages": []}, "no messages"),
        ("chat", {"anything": 1}, "no training format"),
        ("chat", [1], "no training format"),
        ("chat", {"text": "a"}, "no questions and answers"),
        ("chat", {"conversations": [{"from": "narrator", "value": "a"}]}, "narrator"),
        ("chat", {"conversations": 1}, "no list"),
        ("chat", {"contents": [{"role": "user"}]}, "no list of parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_left_out_and_named(tmp_path, target, given, reason):
    fine = PAIR if target == "preference" else example(("user", "a"), ("assistant", "b"))
    lines, told = converted(tmp_path, target, given, fine)
    assert len(lines) == 1
    ((line, said),) = told.left_out
    assert line == 1
    assert reason in said


def test_of_a_million_bad_lines_the_first_are_named(tmp_path):
    _, told = converted(tmp_path, "chat", *[[i] for i in range(1_005)], CHAT)
    assert (told.not_held, len(told.left_out), told.examples) == (1_005, 1_000, 1)


def test_azure_gets_its_byte_order_mark(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(jsonl([CHAT]))
    assert b"".join(convert(str(path), "azure", Converted())).startswith(b"\xef\xbb\xbf{")
    path.write_bytes(b"\xef\xbb\xbf" + jsonl([CHAT]))
    assert b"".join(convert(str(path), "openai", Converted())) == jsonl([CHAT])


KEYS = (
    "messages role content tool_calls function name contents parts conversations from value prompt completion chosen "
    "rejected input preferred_output non_preferred_output tools system schemaVersion text instruction output history"
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(CHARACTERS, max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split(" ")), inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING, st.sampled_from(sorted({*VENDORS, *FORMATS} - {Format.TEXT})))
def test_no_line_stops_the_file(tmp_path_factory, value, target):
    lines, told = converted(tmp_path_factory.mktemp("any"), target, value)
    assert len(lines) + len(told.left_out) == 1


MESSAGES = st.lists(ANYTHING | st.fixed_dictionaries({"content": st.lists(ANYTHING, max_size=2)}), max_size=3)


@given(ANYTHING | MESSAGES.map(lambda messages: {"messages": messages}), st.sampled_from(sorted(VENDORS)))
def test_no_example_stops_an_audit(value, name):
    read = check(value, lambda *_finding: None, VENDORS[name])
    assert read is None or all(isinstance(message, dict) for message in read.messages)


def test_every_vendor_is_a_target():
    assert Format.TEXT not in VENDORS
