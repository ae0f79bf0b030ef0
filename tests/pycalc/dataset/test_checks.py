"""The format rules: the guide's counts to the letter, and what is an error today."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.dataset.checks import check
from pycalc.dataset.findings import ERROR, GUIDE_CODES, NOTE, REMEDIES, WARNING

USER = {"role": "user", "content": "Hello"}
ANSWER = {"role": "assistant", "content": "Hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def found(example):
    """Code and severity of every finding, in order."""
    seen = []
    check(example, lambda *finding: seen.append(finding[:2]))
    return seen


def test_plain_example_is_fine():
    assert found({"messages": [USER, ANSWER]}) == []
    assert found({"messages": [{"role": "system", "content": "Be kind."}, USER, ANSWER]}) == []


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ([USER, ANSWER], [("data_type", ERROR)]),
        ("text", [("data_type", ERROR)]),
        (None, [("data_type", ERROR)]),
        ({}, [("missing_messages_list", ERROR)]),
        ({"messages": []}, [("missing_messages_list", ERROR)]),
        ({"messages": "Hello"}, [("missing_messages_list", ERROR)]),
        ({"prompt": "a", "completion": "b"}, [("missing_messages_list", ERROR)]),
        ({"messages": [{"role": "user"}, ANSWER]}, [("message_missing_key", ERROR), ("missing_content", ERROR)]),
        (
            {"messages": [{"content": "Hello"}, ANSWER]},
            [("message_missing_key", ERROR), ("unrecognized_role", ERROR)],
        ),
        ({"messages": [USER | {"colour": "red"}, ANSWER]}, [("message_unrecognized_key", ERROR)]),
        ({"messages": [{"role": "human", "content": "Hello"}, ANSWER]}, [("unrecognized_role", ERROR)]),
        ({"messages": [{"role": ["user"], "content": "Hello"}, ANSWER]}, [("unrecognized_role", ERROR)]),
        ({"messages": [{"role": "user", "content": ""}, ANSWER]}, [("missing_content", ERROR)]),
        ({"messages": [{"role": "user", "content": None}, ANSWER]}, [("missing_content", ERROR)]),
        ({"messages": [{"role": "user", "content": 12}, ANSWER]}, [("missing_content", ERROR)]),
        ({"messages": [{"role": "user", "content": [["nested"]]}, ANSWER]}, [("missing_content", ERROR)]),
        ({"messages": [{"role": "user", "content": []}, ANSWER]}, [("missing_content", ERROR)]),
        ({"messages": [USER]}, [("example_missing_assistant_message", ERROR)]),
        ({"messages": [ANSWER, USER]}, [("last_message_not_assistant", WARNING)]),
        ({"messages": ["Hello", ANSWER]}, [("message_not_object", ERROR)]),
        ({"messages": [USER, ANSWER | {"weight": 0.5}]}, [("weight", ERROR)]),
        ({"messages": [USER, ANSWER | {"weight": 2}]}, [("weight", ERROR)]),
        ({"messages": [USER, ANSWER | {"weight": True}]}, [("weight", ERROR)]),
        ({"messages": [USER | {"weight": 1}, ANSWER]}, [("weight", ERROR)]),
        ({"messages": [USER, ANSWER], "label": "edge"}, [("top_level_key", WARNING)]),
    ],
)
def test_what_is_wrong(example, expected):
    assert found(example) == expected


@pytest.mark.parametrize(
    "example",
    [
        {"messages": [USER, ANSWER | {"weight": 0}, USER, ANSWER | {"weight": 1}]},
        {"messages": [USER | {"name": "Ann"}, ANSWER], "parallel_tool_calls": False},
        {"messages": [USER, ANSWER, USER, ANSWER]},
    ],
)
def test_nothing_to_say(example):
    assert found(example) == []


@pytest.mark.parametrize(
    ("example", "guide"),
    [
        # an image beside the question
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": "What is this?"},
                            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
                        ],
                    },
                    ANSWER,
                ]
            },
            {"missing_content": 1},
        ),
        # an answer that calls a tool, its result, and the answer after it
        (
            {
                "messages": [
                    USER,
                    {"role": "assistant", "tool_calls": [CALL]},
                    {"role": "tool", "tool_call_id": "c1", "content": "42"},
                    ANSWER,
                ],
                "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
            },
            {"message_missing_key": 1, "message_unrecognized_key": 2, "unrecognized_role": 1, "missing_content": 1},
        ),
        # the older way to call
        (
            {"messages": [USER, {"role": "assistant", "content": None, "function_call": {"name": "f"}}]},
            {"missing_content": 1},
        ),
        ({"messages": [{"role": "developer", "content": "Be kind."}, USER, ANSWER]}, {"unrecognized_role": 1}),
        (
            {"messages": [USER, {"role": "assistant", "content": None, "refusal": "I cannot."}]},
            {"message_unrecognized_key": 1, "missing_content": 1},
        ),
    ],
    ids=["image", "tools", "function call", "developer", "refusal"],
)
def test_files_of_today_are_notes_under_the_guides_names(example, guide):
    seen = found(example)
    assert {severity for _, severity in seen} == {NOTE}
    assert Counter(code for code, _ in seen if code in GUIDE_CODES) == guide


def guide_counts(example):
    """The guide's rules from its description, for examples its own code can read."""
    counts = Counter()
    for message in example["messages"]:
        counts["message_missing_key"] += not {"role", "content"} <= message.keys()
        allowed = {"role", "content", "name", "function_call", "weight"}
        counts["message_unrecognized_key"] += bool(message.keys() - allowed)
        counts["unrecognized_role"] += message.get("role") not in ("system", "user", "assistant", "function")
        content, call = message.get("content"), message.get("function_call")
        counts["missing_content"] += (not content and not call) or not isinstance(content, str)
    answered = any(message.get("role") == "assistant" for message in example["messages"])
    counts["example_missing_assistant_message"] += not answered
    return +counts


MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["system", "user", "assistant", "function", "tool", "developer", "bot", None]),
        "content": st.sampled_from(["Hello", "", None, 1, [], [{"type": "text", "text": "a"}], {"a": 1}]),
        "name": st.just("Ann"),
        "weight": st.sampled_from([0, 1, 2]),
        "function_call": st.sampled_from([{"name": "f"}, None]),
        "tool_calls": st.just([CALL]),
        "refusal": st.sampled_from(["No.", None]),
        "colour": st.just("red"),
    },
)


@given(st.lists(MESSAGES, min_size=1, max_size=4))
def test_counts_are_the_guides(messages):
    example = {"messages": messages}
    seen = Counter(code for code, _ in found(example) if code in GUIDE_CODES)
    assert seen == guide_counts(example)


def test_every_finding_has_a_remedy():
    wrong = {
        "messages": [
            "x",
            {"role": "bot", "content": 1, "colour": 2, "weight": 3},
            {"role": "user", "content": [{"type": "image_url"}], "tool_calls": [1]},
        ],
        "label": 1,
    }
    for example in (wrong, [], {}, {"messages": [ANSWER, USER]}):
        assert all(code in REMEDIES for code, _ in found(example))


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ({"prompt": "a", "completion": "b"}, "older format"),
        ({"input": {}, "preferred_output": []}, "preference"),
        ({"conversations": []}, "ShareGPT"),
        ({"messages": {"role": "user"}}, "messages is an object"),
    ],
)
def test_other_formats_are_named(example, words):
    details = []
    check(example, lambda *finding: details.append(finding[2]))
    assert words in details[0]
