"""Format rules of a chat fine-tuning example.

The seven rules of OpenAI's guide "Data preparation and analysis for chat model fine-tuning" keep the guide's
names and its way of counting. The guide dates from gpt-3.5-turbo: what it flags and the format allows today
(tool calls, image parts, the roles tool and developer) is counted under the guide's name as a note, not an
error. Further rules are ours.

References
----------
* OpenAI cookbook, examples/Chat_finetuning_data_prep.ipynb (MIT licence), read 2026-11-20.
* OpenAI API reference, fine-tuning "chat input object" (messages, tools, functions, parallel_tool_calls;
  weight 0 or 1 on assistant messages), as seen in openai/openai-openapi, read 2026-11-20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Report = Callable[[str, str, str], None]
    """Takes code, severity and what was found."""

ERROR = "error"
"""Training would be refused or would learn from something else than meant."""
WARNING = "warning"
"""Accepted, perhaps, but most likely not meant."""
NOTE = "note"
"""Fine today; said because the guide flags it or because a count is approximate."""

GUIDE_CODES = (
    "data_type",
    "missing_messages_list",
    "message_missing_key",
    "message_unrecognized_key",
    "unrecognized_role",
    "missing_content",
    "example_missing_assistant_message",
)

REMEDIES = {
    "data_type": 'Make each line one JSON object: {"messages": [...]}',
    "missing_messages_list": 'Give each line a list "messages" with at least one message',
    "message_missing_key": 'Give each message "role" and "content"',
    "message_unrecognized_key": "Remove the key, or mend its spelling",
    "unrecognized_role": "Use system, user or assistant (tool or developer where they apply)",
    "missing_content": 'Write the text of the message into "content", as one string',
    "example_missing_assistant_message": "Add the answer the model should learn, or remove the example",
    "json": "Mend or remove the line; each line must be one whole JSON object",
    "encoding": "Save the file as UTF-8 without a byte-order mark",
    "byte_order_mark": "Save the file as UTF-8 without a byte-order mark",
    "line_too_long": "Put each example on a line of its own, and link large images instead of embedding them",
    "blank_line": "Remove empty lines; they break readers that expect one object a line",
    "message_not_object": 'Make each message an object: {"role": ..., "content": ...}',
    "last_message_not_assistant": "End the example with the assistant's answer",
    "weight": "Use weight 0 or 1, on assistant messages only",
    "top_level_key": "Remove it before uploading: the format knows messages, tools, functions, parallel_tool_calls",
    "not_text": "Nothing to do; image and audio tokens are not in the counts, and are billed besides them",
    "approximate": "Nothing to do; tool definitions and calls are counted as compact JSON",
}

MESSAGE_KEYS = frozenset(("role", "content", "name", "function_call", "weight"))
MESSAGE_KEYS_TODAY = frozenset(("tool_calls", "tool_call_id", "refusal", "audio"))
ROLES = frozenset(("system", "user", "assistant", "function"))
ROLES_TODAY = frozenset(("tool", "developer"))
EXAMPLE_KEYS = frozenset(("messages", "tools", "functions", "parallel_tool_calls"))
PART_TYPES = frozenset(("text", "image_url", "input_audio", "file", "refusal"))

_PLAIN_KEYS = frozenset(("role", "content"))
_PLAIN_ROLES = frozenset(("system", "user", "assistant"))
_CALLS = ("tool_calls", "function_call")


def check(example: Any, report: Report) -> list[dict[str, Any]]:
    """Report what is wrong with an example; return its messages, none where they cannot be counted."""
    if not isinstance(example, dict):
        report("data_type", ERROR, f"the line is {_kind(example)}")
        return []
    messages = example.get("messages")
    if not messages or not isinstance(messages, list):
        report("missing_messages_list", ERROR, _without_messages(example, messages))
        return []
    usable = [message for message in messages if isinstance(message, dict)]
    if len(usable) < len(messages):
        wrong = next(message for message in messages if not isinstance(message, dict))
        report("message_not_object", ERROR, f"a message is {_kind(wrong)}")
    for message in usable:
        role = message.get("role")
        content = message.get("content")
        plain = message.keys() <= _PLAIN_KEYS and isinstance(role, str) and role in _PLAIN_ROLES
        if not (plain and content and isinstance(content, str)):
            _check_message(message, report)
    if not any(message.get("role") == "assistant" for message in usable):
        report("example_missing_assistant_message", ERROR, "no message has the role assistant")
    elif usable[-1].get("role") != "assistant":
        report("last_message_not_assistant", WARNING, f"the last message is by {_quoted(usable[-1].get('role'))}")
    if not example.keys() <= EXAMPLE_KEYS:
        extra = sorted(key for key in example if key not in EXAMPLE_KEYS)
        report("top_level_key", WARNING, f"key {', '.join(map(_quoted, extra[:3]))} beside messages")
    if example.get("tools") or example.get("functions"):
        report("approximate", NOTE, "tool definitions")
    return usable


def _check_message(message: dict[str, Any], report: Report) -> None:
    """The guide's rules in the guide's order: each is counted once a message."""
    role = message.get("role")
    content = message.get("content")
    calls = any(message.get(key) for key in _CALLS)
    answers_without_text = role == "assistant" and (calls or isinstance(message.get("refusal"), str))

    if "role" not in message or "content" not in message:
        missing = [key for key in ("role", "content") if key not in message]
        fine = missing == ["content"] and answers_without_text
        report("message_missing_key", NOTE if fine else ERROR, f"no {' and no '.join(map(_quoted, missing))}")

    unknown = [key for key in message if key not in MESSAGE_KEYS]
    if unknown:
        wrong = [key for key in unknown if key not in MESSAGE_KEYS_TODAY]
        severity = ERROR if wrong else NOTE
        report("message_unrecognized_key", severity, f"key {', '.join(map(_quoted, (wrong or unknown)[:3]))}")

    if not isinstance(role, str) or role not in ROLES:
        fine = isinstance(role, str) and role in ROLES_TODAY
        report("unrecognized_role", NOTE if fine else ERROR, f"role {_quoted(role)}")

    if not isinstance(content, str) or (not content and not message.get("function_call")):
        _check_content(content, answers_without_text, report)

    if "weight" in message:
        weight = message["weight"]
        if role != "assistant" or isinstance(weight, bool) or weight not in (0, 1):
            report("weight", ERROR, f"weight {_quoted(weight)} on a message by {_quoted(role)}")
    if calls:
        report("approximate", NOTE, "tool calls")


def _check_content(content: Any, answers_without_text: bool, report: Report) -> None:
    if isinstance(content, list):
        wrong = next((part for part in content if not _is_part(part)), None)
        if content and wrong is None:
            report("missing_content", NOTE, "content is a list of parts")
            kinds = sorted({part["type"] for part in content} - {"text", "refusal"})
            if kinds:
                report("not_text", NOTE, f"parts of type {', '.join(kinds)}")
        else:
            report("missing_content", ERROR, f"content is a list with {_kind(wrong)} where a typed part belongs")
    elif not content and answers_without_text:
        report("missing_content", NOTE, "no text beside a tool call or refusal")
    elif content == "" or content is None:
        report("missing_content", ERROR, "content is empty")
    else:
        report("missing_content", ERROR, f"content is {_kind(content)}")


def _is_part(part: Any) -> bool:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str) or part["type"] not in PART_TYPES:
        return False
    return part["type"] not in ("text", "refusal") or isinstance(part.get(part["type"]), str)


def _without_messages(example: dict[str, Any], messages: Any) -> str:
    """What is there instead: other training formats are easy to take for this one."""
    if "prompt" in example and "completion" in example:
        return "prompt and completion: the older format, for babbage-002 and davinci-002"
    if "preferred_output" in example:
        return "input and preferred_output: a preference (DPO) file; this audit reads supervised chat files"
    if "conversations" in example:
        return "conversations: the ShareGPT format"
    if "messages" not in example:
        return "no messages"
    return "messages is empty" if messages in (None, [], {}, "") else f"messages is {_kind(messages)}"


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _quoted(value: Any) -> str:
    """A value from the file, short enough for a message and without characters a terminal would obey."""
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= 40 else f"{text[:37]}..."
    return f'"{printable(text)}"'


def printable(text: str) -> str:
    """Text with line breaks, escapes, lone surrogates and the like written out."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
