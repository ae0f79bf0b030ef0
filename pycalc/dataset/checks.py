"""Format rules of a fine-tuning example.

The seven rules of OpenAI's guide "Data preparation and analysis for chat model fine-tuning" keep the guide's
names and its way of counting. The guide dates from gpt-3.5-turbo: what it flags and the format allows today
(tool calls, image parts, the roles tool and developer) is counted under the guide's name as a note, not an
error. Further rules are ours: what vendors want otherwise is in vendors.py, what holds across messages in rules.py.

References
----------
* OpenAI cookbook, examples/Chat_finetuning_data_prep.ipynb (MIT licence), read 2026-11-20.
* OpenAI API reference, fine-tuning "chat input object" (messages, tools, functions, parallel_tool_calls;
  weight 0 or 1 on assistant messages), as seen in openai/openai-openapi, read 2026-11-20.
"""

from __future__ import annotations

from typing import Any

from pycalc.dataset import formats, rules, vendors
from pycalc.dataset.content import CALLS
from pycalc.dataset.findings import ERROR, NOTE, WARNING, Report, kind, quoted
from pycalc.dataset.formats import CHAT_KEYS, Example
from pycalc.dataset.vendors import FORMATS, NOT_TAKEN, Format, Vendor

MESSAGE_KEYS = frozenset(("role", "content", "name", "function_call", "weight"))
MESSAGE_KEYS_TODAY = frozenset(("tool_calls", "tool_call_id", "refusal", "audio"))
ROLES = frozenset(("system", "user", "assistant", "function"))
ROLES_TODAY = frozenset(("tool", "developer"))
PART_TYPES = frozenset(("text", "image_url", "input_audio", "file", "refusal"))

_PLAIN_KEYS = frozenset(("role", "content"))
_PLAIN_ROLES = frozenset(("system", "user", "assistant"))


def check(example: Any, report: Report, vendor: Vendor = vendors.ANY, label: str = "") -> Example | None:
    """Report what is wrong with an example; return it in the common form, None where it cannot be counted.

    `label` is a key of the example that no grader reads.
    """
    if not isinstance(example, dict):
        report("data_type", ERROR, f"the line is {kind(example)}")
        return None
    format = formats.recognised(example, label)
    if format not in (Format.CHAT, Format.REINFORCEMENT):
        return _of_another_format(example, format, report, vendor)
    if format == Format.REINFORCEMENT and Format.REINFORCEMENT not in vendor.formats:
        format = Format.CHAT
    if format not in vendor.formats:
        report("other_format", ERROR, f"{FORMATS[format]}; {_takes(vendor)}")
    messages = example["messages"]
    if not messages:
        report("missing_messages_list", ERROR, _without_messages(example))
        return None
    usable, plain = _checked_messages(messages, report)
    tools = example.get("tools")
    if plain and tools is None:
        rules.check_order(usable, vendor, report)
    else:
        rules.check(usable, tools, vendor, report)
    _check_ends(usable, format, report)
    if len(example) == 1:
        return Example(format, usable)
    other = {key: value for key, value in example.items() if key not in ("messages", "tools")}
    if extra := sorted(key for key in other if key not in CHAT_KEYS):
        named = f"key {', '.join(map(quoted, extra[:3]))} beside messages"
        if format == Format.REINFORCEMENT:
            report("reinforcement", NOTE, f"a reinforcement example: {named}, for the grader")
        else:
            report("top_level_key", vendor.other_keys, named)
    if tools or example.get("functions"):
        report("approximate", NOTE, "tool definitions")
    return Example(format, usable, tools, other=other)


def _checked_messages(messages: list[Any], report: Report) -> tuple[list[dict[str, Any]], bool]:
    """The messages that are objects, each checked by itself; and whether all hold a role and a text alone."""
    all_plain = True
    usable = [message for message in messages if isinstance(message, dict)]
    if len(usable) < len(messages):
        wrong = next(message for message in messages if not isinstance(message, dict))
        report("message_not_object", ERROR, f"a message is {kind(wrong)}")
    for message in usable:
        role = message.get("role")
        content = message.get("content")
        plain = message.keys() <= _PLAIN_KEYS and isinstance(role, str) and role in _PLAIN_ROLES
        if not (plain and content and isinstance(content, str)):
            all_plain = False
            _check_message(message, report)
    return usable, all_plain


def _check_ends(messages: list[dict[str, Any]], format: str, report: Report) -> None:
    if format == Format.REINFORCEMENT:
        return  # the model writes the answer itself
    if not any(message.get("role") == "assistant" for message in messages):
        report("example_missing_assistant_message", ERROR, "no message has the role assistant")
    elif messages[-1].get("role") != "assistant":
        report("last_message_not_assistant", WARNING, f"the last message is by {quoted(messages[-1].get('role'))}")


def _of_another_format(example: dict[str, Any], format: str, report: Report, vendor: Vendor) -> Example | None:
    """An example in a format other than chat: counted where the vendor takes it, or where it holds a conversation."""
    if format not in vendor.formats:
        if format == Format.BEDROCK:
            report("other_format", ERROR, f"{FORMATS[format]}; {_takes(vendor)}")
        else:
            report("missing_messages_list", ERROR, _without_messages(example, format))
            return None
    try:
        read = formats.read(example, format)
    except formats.UnreadableError as error:
        report("unreadable", ERROR, f"{format}: {error}")
        return None
    except (AttributeError, KeyError, TypeError) as error:
        report("unreadable", ERROR, f"not a whole {format} example: {type(error).__name__} at {error}")
        return None
    for messages in (read.messages, read.preferred, read.rejected):
        _checked_messages(messages, report)
    if read.format == Format.TEXT:
        return read
    rules.check([*read.messages, *read.preferred], read.tools, vendor, report)
    if read.rejected:
        rules.check([*read.messages, *read.rejected], None if not read.tools else read.tools, vendor, report)
    _check_ends([*read.messages, *read.preferred], read.format, report)
    return read


def _takes(vendor: Vendor) -> str:
    return f"{vendor.title} takes {' or '.join(FORMATS[name] for name in vendor.formats)}"


def _check_message(message: dict[str, Any], report: Report) -> None:
    """The guide's rules in the guide's order: each is counted once a message."""
    role = message.get("role")
    content = message.get("content")
    calls = any(message.get(key) for key in CALLS)
    answers_without_text = role == "assistant" and (calls or isinstance(message.get("refusal"), str))

    if "role" not in message or "content" not in message:
        missing = [key for key in ("role", "content") if key not in message]
        fine = missing == ["content"] and answers_without_text
        report("message_missing_key", NOTE if fine else ERROR, f"no {' and no '.join(map(quoted, missing))}")

    unknown = [key for key in message if key not in MESSAGE_KEYS]
    if unknown:
        wrong = [key for key in unknown if key not in MESSAGE_KEYS_TODAY]
        severity = ERROR if wrong else NOTE
        report("message_unrecognized_key", severity, f"key {', '.join(map(quoted, (wrong or unknown)[:3]))}")

    if not isinstance(role, str) or role not in ROLES:
        fine = isinstance(role, str) and role in ROLES_TODAY
        report("unrecognized_role", NOTE if fine else ERROR, f"role {quoted(role)}")

    if not isinstance(content, str) or (not content and not message.get("function_call")):
        _check_content(content, answers_without_text, report)

    if "weight" in message:
        weight = message["weight"]
        if role != "assistant" or isinstance(weight, bool) or weight not in (0, 1):
            report("weight", ERROR, f"weight {quoted(weight)} on a message by {quoted(role)}")
    if calls:
        report("approximate", NOTE, "tool calls")


def _check_content(content: Any, answers_without_text: bool, report: Report) -> None:
    if isinstance(content, list):
        wrong = [part for part in content if not _is_part(part)]
        if content and not wrong:
            report("missing_content", NOTE, "content is a list of parts")
            kinds = sorted({part["type"] for part in content} - {"text", "refusal"})
            if kinds:
                report("not_text", NOTE, f"parts of type {', '.join(kinds)}")
        else:
            found = kind(wrong[0]) if wrong else "nothing"
            report("missing_content", ERROR, f"content is a list with {found} where a typed part belongs")
    elif not content and answers_without_text:
        report("missing_content", NOTE, "no text beside a tool call or refusal")
    elif content == "" or content is None:
        report("missing_content", ERROR, "content is empty")
    else:
        report("missing_content", ERROR, f"content is {kind(content)}")


def _is_part(part: Any) -> bool:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str) or part["type"] not in PART_TYPES:
        return False
    return part["type"] not in ("text", "refusal") or isinstance(part.get(part["type"]), str)


def _without_messages(example: dict[str, Any], format: str = "") -> str:
    """What is there instead: other training formats are easy to take for this one."""
    messages = example.get("messages")
    if format or "messages" not in example:
        return FORMATS.get(format, "no messages") + NOT_TAKEN.get(format, "")
    return "messages is empty" if messages in (None, [], {}, "") else f"messages is {kind(messages)}"
