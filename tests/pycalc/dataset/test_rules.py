"""Rules across the messages of an example, and what vendors want otherwise."""

from __future__ import annotations

import copy

import pytest

from pycalc.dataset.audit import _about_the_file, audit
from pycalc.dataset.checks import check
from pycalc.dataset.cost import Plan
from pycalc.dataset.findings import ERROR, FINE_TODAY, NOTE, WARNING
from pycalc.dataset.reader import Source
from pycalc.dataset.summary import Options, Summary
from pycalc.dataset.vendors import VENDORS, vendor
from tests.pycalc.dataset.published import example, jsonl

USER = {"role": "user", "content": "Weather in Rome?"}
ANSWER = {"role": "assistant", "content": "Fine."}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
CALLS = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "21"}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}]
WITH_TOOLS = {"messages": [USER, CALLS, RESULT, ANSWER], "tools": TOOLS}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
CONVERSE = {
    "schemaVersion": "bedrock-conversation-2024",
    "system": [{"text": "Be brief."}],
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}, {"role": "assistant", "content": [{"text": "Ho"}]}],
}
GEMINI = {
    "contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Ho"}]}],
}
PAIR = {"input": {"messages": [USER]}, "preferred_output": [ANSWER], "non_preferred_output": [ANSWER]}


def found(given, name=""):
    """Codes of errors and warnings."""
    seen = []
    check(given, lambda code, severity, _detail: seen.append((code, severity)), vendor(name))
    return sorted({(code, severity) for code, severity in seen if severity != NOTE})


def with_messages(*messages, **keys):
    return {"messages": list(messages), "tools": TOOLS} | keys


def changed(path, value):
    """WITH_TOOLS with one value changed or, by None, removed."""
    given = copy.deepcopy(WITH_TOOLS)
    *steps, last = path
    place = given
    for step in steps:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return given


def test_tools_as_the_api_takes_them():
    assert found(WITH_TOOLS) == []
    assert found(with_messages(USER, CALLS)) == []  # the call is the answer
    two = CALLS | {"tool_calls": [CALL, CALL | {"id": "c2"}]}
    assert found(with_messages(USER, two, RESULT | {"tool_call_id": "c2"}, RESULT, ANSWER)) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (changed(("messages", 1, "tool_calls", 0, "function", "arguments"), {"city": "Rome"}), "tool_arguments"),
        (changed(("messages", 1, "tool_calls", 0, "function", "arguments"), "city=Rome"), "tool_arguments"),
        (changed(("messages", 1, "tool_calls", 0, "function", "arguments"), "[1]"), "tool_arguments"),
        (changed(("messages", 1, "tool_calls", 0, "id"), None), "tool_calls"),
        (changed(("messages", 1, "tool_calls", 0, "type"), None), "tool_calls"),
        (changed(("messages", 1, "tool_calls", 0, "function", "name"), None), "tool_calls"),
        (changed(("messages", 1, "tool_calls"), {"a": 1}), "tool_calls"),
        (changed(("messages", 1, "tool_calls"), []), "tool_calls"),
        (with_messages(USER, {"role": "assistant"}), "message_missing_key"),
        (with_messages(USER, {"role": "assistant", "content": None}), "missing_content"),
        (changed(("messages", 2, "tool_call_id"), None), "tool_call_id"),
        (changed(("messages", 2, "tool_call_id"), "c9"), "tool_call_id"),
        (changed(("messages", 2, "content"), [{"type": "text", "text": "21"}]), "tool_content"),
        (changed(("messages", 2, "content"), {"degrees": 21}), "tool_content"),
        (changed(("tools", 0, "function", "name"), "other"), "tool_not_defined"),
        (changed(("tools",), None), "tool_not_defined"),
        (changed(("tools", 0, "function"), None), "tool_definition"),
        (with_messages(USER, CALLS, ANSWER), "tool_call_unanswered"),
        (with_messages(USER, RESULT, ANSWER), "tool_call_id"),
        (with_messages(USER | {"tool_calls": [CALL]}, RESULT, ANSWER), "tool_calls"),
        (with_messages(USER, CALLS | {"tool_calls": [CALL, CALL]}, RESULT, ANSWER), "tool_calls"),
        (example(("user", "a")) | {"messages": [USER, ANSWER | {"weight": 0}]}, "nothing_to_learn"),
        (with_messages({"role": "user", "content": "a"}, ANSWER | {"content": [IMAGE]}), "image_role"),
        (with_messages({"role": "system", "content": [IMAGE]}, USER, ANSWER), "image_role"),
        (with_messages({"role": "user", "content": [IMAGE] * 11}, ANSWER), "image"),
        (with_messages({"role": "user", "content": [{"type": "image_url"}]}, ANSWER), "image"),
        (with_messages({"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}, ANSWER), "part_type"),
        (with_messages({"role": "user", "content": [{"type": "file", "file": {}}]}, ANSWER), "part_type"),
        (
            with_messages(USER, {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": {}}}),
            "tool_arguments",
        ),
        (
            with_messages(
                {"role": "user", "content": [IMAGE | {"image_url": {"url": "data:image/gif;base64,R0lG"}}]}, ANSWER
            ),
            "image",
        ),
    ],
)
def test_what_the_vendor_refuses(given, code):
    assert (code, ERROR) in found(given)


@pytest.mark.parametrize("answer", [{"tool_calls": [CALL]}, {"refusal": "I cannot say."}])
def test_an_answer_that_is_a_call_or_a_refusal_needs_no_text(answer):
    """OpenAI, API reference: content is required unless tool_calls is given; refusal stands beside it."""
    given = with_messages(USER, {"role": "assistant"} | answer)
    assert not [code for code, _ in found(given) if code in ("message_missing_key", "missing_content")]
    asked = with_messages({"role": "user"} | answer, ANSWER)
    assert ("message_missing_key", ERROR) in found(asked)


@pytest.mark.parametrize(("name", "largest"), [("openai", 512), ("vertex", 1024), ("mistral", 0)])
def test_a_file_as_large_as_an_upload_may_be_is_fine(name, largest):
    """OpenAI, Files: 512 MB. Google, About supervised fine-tuning: 1 GB. Mistral names none."""
    for over in (0, 1):  # a byte more
        summary = Summary(Options(("cl100k_base",), vendor=name))
        summary.bytes = ((largest or 5000) << 20) + over
        _about_the_file(Source("a.jsonl", summary.bytes, "utf-8", 0, seekable=True), summary)
        assert any(code == "file_size" for code, _ in summary.findings) == bool(over and largest)


@pytest.mark.parametrize("images", [1, 10])
def test_images_the_user_shows_are_fine(images):
    data = IMAGE | {"image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    assert found({"messages": [{"role": "user", "content": [IMAGE] * (images - 1) + [data]}, ANSWER]}) == []


def test_reinforcement_is_recognised():
    """Azure: the final message is by the user, extra fields are for the grader (Reinforcement fine-tuning)."""
    graded = {"messages": [USER], "reference_answer": "21"}
    assert found(graded) == []
    assert found(graded, "azure") == []
    assert ("example_missing_assistant_message", ERROR) in found(graded, "mistral")
    assert ("example_missing_assistant_message", ERROR) in found({"messages": [USER]})
    seen = []
    check({"messages": [USER], "kind": "a"}, lambda code, *_: seen.append(code), vendor(""), "kind")
    assert "example_missing_assistant_message" in seen  # --label kind: a label is no grader's field


@pytest.mark.parametrize(
    ("given", "takers"),
    [
        ({"messages": [USER, ANSWER]}, {"openai", "azure", "together", "fireworks", "mistral", "trl"}),
        (GEMINI, {"vertex"}),
        (CONVERSE, {"bedrock"}),
        ({"prompt": "a", "completion": "b"}, {"bedrock", "together", "trl"}),
        (PAIR, {"openai", "azure", "together", "fireworks"}),
        ({"prompt": "a", "chosen": "b", "rejected": "c"}, {"trl"}),
        ({"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}, {"trl"}),
        ({"text": "a"}, {"together", "trl"}),
    ],
)
def test_who_takes_which_format(given, takers):
    assert {name for name in VENDORS if not found(given, name)} == takers


@pytest.mark.parametrize(
    ("messages", "refusing"),
    [
        # Together: "must start with system or user and alternate"; Bedrock's and Mistral's examples alternate too
        ([USER, USER, ANSWER], {"together", "mistral"}),
        ([USER, ANSWER, ANSWER], {"together", "mistral"}),
        ([ANSWER, USER, ANSWER], {"together", "mistral"}),
        # Fireworks: a system message "must be the first message of the conversation"
        ([USER, {"role": "system", "content": "Be brief."}, ANSWER], {"fireworks", "together"}),
    ],
)
def test_order_by_vendor(messages, refusing):
    chat = {"openai", "azure", "together", "fireworks", "mistral", "trl"}
    given = {"messages": messages}
    assert {name for name in chat if ("order", ERROR) in found(given, name)} == refusing


def test_two_answers_in_a_row_are_most_likely_not_meant():
    assert found({"messages": [USER, ANSWER, ANSWER]}) == [("order", WARNING)]


def test_transformers_templates_take_arguments_as_objects():
    given = changed(("messages", 1, "tool_calls", 0, "function", "arguments"), {"city": "Rome"})
    assert found(given, "trl") == []
    assert found(given, "fireworks") == [("tool_arguments", ERROR)]


def test_nova_takes_no_tools():
    """Bedrock, Supervised fine-tuning on Amazon Nova 2.0: tool usage is not supported by SFT."""
    use = {"toolUse": {"toolUseId": "1", "name": "weather", "input": {}}}
    result = {"toolResult": {"toolUseId": "1", "content": [{"text": "21"}]}}
    turns = [("user", {"text": "a"}), ("assistant", use), ("user", result), ("assistant", {"text": "b"})]
    given = {"messages": [{"role": role, "content": [block]} for role, block in turns]}
    given["toolConfig"] = {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {}}}}]}
    assert found(given, "bedrock") == [("tools_not_taken", ERROR)]


def audited(tmp_path, data, name="", **plan):
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    return audit(str(path), Plan(**plan), vendor=name)


@pytest.mark.parametrize(
    ("mark", "name", "severity", "words"),
    [
        (b"\xef\xbb\xbf", "", NOTE, "say whom it is --for"),
        (b"\xef\xbb\xbf", "openai", WARNING, "without a byte-order mark"),
        (b"\xef\xbb\xbf", "mistral", WARNING, "without a byte-order mark"),
        (b"\xef\xbb\xbf", "azure", None, ""),
        (b"", "azure", WARNING, "with a byte-order mark"),
        (b"", "openai", None, ""),
        (b"", "", None, ""),
    ],
)
def test_byte_order_mark_by_vendor(tmp_path, mark, name, severity, words):
    """Microsoft: "encoded in UTF-8 with a byte-order mark (BOM)"."""
    found = audited(tmp_path, mark + jsonl([example(("user", "a"), ("assistant", "b"))]), name)["findings"]
    assert [each["severity"] for each in found] == ([severity] if severity else [])
    assert all(words in each["remedy"] for each in found)


def test_advice_never_breaks_a_valid_file(tmp_path):
    shown = {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, IMAGE]}, ANSWER]}
    result = audited(tmp_path, jsonl([WITH_TOOLS, shown]))
    assert {each["severity"] for each in result["findings"]} == {NOTE}
    assert all(each["remedy"].startswith("Nothing to do") for each in result["findings"])
    assert FINE_TODAY in {each["remedy"] for each in result["findings"]}


def test_formats_mixed_in_one_file_are_named(tmp_path):
    result = audited(tmp_path, jsonl([{"messages": [USER, ANSWER]}, PAIR]))
    (mixed,) = [each for each in result["findings"] if each["code"] == "mixed_formats"]
    assert mixed["places"][0]["line"] == 2
    assert result["formats"] == {"chat": 1, "preference": 1}


def test_reinforcement_has_no_price_by_the_token(tmp_path):
    graded = [{"messages": [{"role": "user", "content": f"Make {i}"}], "answer": str(i)} for i in range(12)]
    (model,) = audited(tmp_path, jsonl(graded))["models"]
    assert model["training_cost"] is None
    assert "billed by its time" in model["training_price_source"]


def test_an_answer_to_avoid_is_trained_on_but_no_question(tmp_path):
    """Texts of one token each: question 1, answers 1; roles 1, 3 a message, 3 for the example, 2 pairs of an answer."""
    turn = lambda role, text: {"role": role, "content": text}  # noqa: E731
    pair = {"input": {"messages": [turn("user", "a")]}, "preferred_output": [turn("assistant", "b")],
            "non_preferred_output": [turn("assistant", "c")]}  # fmt: skip
    result = audited(tmp_path, jsonl([pair] * 12), volume=1000, prompt_tokens=10)
    (model,) = result["models"]
    assert model["total_tokens"]["mean"] == (3 + 1 + 1) * 3 + 3 + 3
    assert model["breakeven"]["query_tokens"] == (3 + 1 + 1) + (3 + 1) + 3
    assert model["breakeven"]["response_tokens"] == 1


@pytest.mark.parametrize(("model", "billed"), [("gpt-4o", 101), ("gpt-4o-mini", 101), ("gpt-4", 105)])
def test_tools_count_as_the_cookbook_counts_and_the_api_billed(tmp_path, model, billed):
    """OpenAI cookbook, How to count tokens with tiktoken, tool calls: the request it sends and what the API counted."""
    unit = {"type": "string", "description": "The unit of temperature to return", "enum": ["celsius", "fahrenheit"]}
    place = {"type": "string", "description": "The city and state, e.g. San Francisco, CA"}
    weather = {
        "name": "get_current_weather",
        "description": "Get the current weather in a given location",
        "parameters": {"type": "object", "properties": {"location": place, "unit": unit}, "required": ["location"]},
    }
    asked = example(
        ("system", "You are a helpful assistant that can answer to questions about the weather."),
        ("user", "What's the weather like in San Francisco?"),
        tools=[{"type": "function", "function": weather}],
    )
    (counted,) = audited(tmp_path, jsonl([asked]), models=(model,))["models"]
    assert counted["total_tokens"]["max"] == billed


# -- what a changed line of code went unnoticed by


def test_examples_with_errors_are_not_usable(tmp_path):
    """60 different examples, 20 of them faulty: 40 are below the 50 a model learns from (course calculator, day 61)."""
    lines = [example(("user", f"Q{i}"), ("assistant", f"A{i}")) for i in range(60)]
    for line in lines[:20]:
        line["messages"][0]["role"] = "human"
    result = audited(tmp_path, jsonl(lines))
    assert result["examples_with_errors"] == 20
    assert result["gate"]["examples"] == 40
    assert result["gate"]["verdict"].startswith("STOP")


@pytest.mark.parametrize(("faulty", "sound", "usable"), [(1, 0, 49), (3, 0, 49), (1, 1, 50), (0, 2, 50)])
def test_a_repeated_example_is_taken_off_once(tmp_path, faulty, sound, usable):
    """49 different sound ones; one more counts when it stands there without error at least once."""
    lines = [example(("user", f"Q{i}"), ("assistant", f"A{i}")) for i in range(49)]
    more = [example(("user", "same"), ("assistant", "answer")) for _ in range(faulty + sound)]
    for line in more[:faulty]:
        line["messages"][1]["weight"] = 7
    result = audited(tmp_path, jsonl([*lines, *more]))
    assert result["examples_with_errors"] == faulty
    assert result["gate"]["examples"] == usable


def test_months_to_shutdown_count_from_the_day_of_the_prices(tmp_path):
    """ft:gpt-4o-mini-2024-07-18 is shut down on 2027-01-14: 366 days after 2026-01-13, one year and a day."""
    from pycalc.models.catalogue import serial

    lines = [example(("system", "Be brief. " * 50), ("user", f"Q{i}"), ("assistant", "A")) for i in range(60)]
    months = {}
    for day in ("2026-01-13", "2026-07-13"):
        result = audited(tmp_path, jsonl(lines), models=("gpt-4o-mini-2024-07-18",), on_date=serial(day),
                         volume=1e6, prompt_tokens=5000)  # fmt: skip
        months[day] = result["models"][0]["breakeven"]["months_to_shutdown"]
    days = {day: (serial("2027-01-14") - serial(day)) for day in months}
    assert months == {day: pytest.approx(days[day] * 12 / 365.25, rel=2e-3) for day in months}
    assert days["2026-01-13"] - days["2026-07-13"] == 181
    assert months["2026-01-13"] - months["2026-07-13"] == pytest.approx(181 * 12 / 365, rel=2e-3)


def test_a_file_is_converted_into_these_formats_beside_those_named_after_a_vendor():
    from addin.cli.dataset import TARGETS

    several = ("chat", "reinforcement", "preference", "trl-preference", "prompt-completion", "sharegpt", "alpaca")
    assert (*VENDORS, *several) == TARGETS


def test_every_vendor_names_its_page_and_day():
    assert all("read 2026-" in each.source for each in VENDORS.values())
