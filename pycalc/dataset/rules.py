"""Rules that hold across the messages of an example: order, tools and their answers, images, weights."""

from __future__ import annotations

import json
from typing import Any

from pycalc.dataset.findings import ERROR, NOTE, WARNING, Report, quoted
from pycalc.dataset.vendors import Vendor

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
NOT_TRAINED_ON = ("input_audio", "file")
"""Parts a prompt may hold and a training file may not (OpenAI API reference, fine-tuning inputs: "text or image content
only"; read 2026-11-30)."""
MOST_IMAGES = 10
"""Images of one example (OpenAI, Vision fine-tuning, read 2026-11-30)."""


def check(messages: list[dict[str, Any]], tools: Any, vendor: Vendor, report: Report) -> None:
    """Report what is wrong between the messages of one example."""
    check_order(messages, vendor, report)
    _calls(messages, vendor, report)
    _tools(messages, tools, vendor, report)
    _images(messages, report)
    answers = [message for message in messages if message.get("role") == "assistant"]
    if answers and all(message.get("weight") == 0 for message in answers):
        report("nothing_to_learn", ERROR, "every answer has weight 0")


def check_order(messages: list[dict[str, Any]], vendor: Vendor, report: Report) -> None:
    """Report whose turn it was not."""
    before = ""
    for place, message in enumerate(messages):
        role = message.get("role")
        role = "user" if role == "function" else role
        if role in ("system", "developer"):
            if place and vendor.system_first:
                report("order", ERROR, f"message {place + 1} is by the system; {vendor.title} takes it first alone")
            continue
        if role == before and role in ("user", "assistant"):
            severity = ERROR if vendor.alternates else WARNING if role == "assistant" else NOTE
            if severity != NOTE and not messages[place - 1].get("tool_calls"):
                report("order", severity, f"messages {place} and {place + 1} are both by the {role}")
        if vendor.alternates and not before and role == "assistant":
            report("order", ERROR, "the conversation begins with the assistant")
        before = role if isinstance(role, str) else ""


def _calls(messages: list[dict[str, Any]], vendor: Vendor, report: Report) -> None:
    """Each call has an id and its arguments; each answer names a call before it; each call is answered."""
    waiting: list[str] = []
    for place, message in enumerate(messages, 1):
        role = message.get("role")
        if role == "tool":
            _answer(message, place, waiting, report)
            continue
        if waiting:
            report("tool_call_unanswered", ERROR, f"message {place} comes before the answer to {quoted(waiting[0])}")
            waiting = []
        older = message.get("function_call")
        if isinstance(older, dict) and "arguments" in older:
            _check_arguments(older.get("name"), older["arguments"], vendor, report)
        calls = message.get("tool_calls")
        if calls is None:
            continue
        if role != "assistant":
            report("tool_calls", ERROR, f"message {place}, by {quoted(role)}, calls a tool")
        if not isinstance(calls, list) or not calls:
            report("tool_calls", ERROR, f"tool_calls of message {place} is no list of calls")
            continue
        for call in calls:
            id = _call(call, place, vendor, report)
            if id in waiting:
                report("tool_calls", ERROR, f"two calls of message {place} have the id {quoted(id)}")
            elif id:
                waiting.append(id)


def _answer(message: dict[str, Any], place: int, waiting: list[str], report: Report) -> None:
    id = message.get("tool_call_id")
    if not isinstance(id, str) or not id:
        report("tool_call_id", ERROR, f"message {place} has no tool_call_id")
        if waiting:  # one fault, one finding: it is the next one's answer
            waiting.pop(0)
    elif id in waiting:
        waiting.remove(id)
    else:
        report("tool_call_id", ERROR, f"message {place} answers {quoted(id)}, which no call before it has")
    if not isinstance(message.get("content"), str):
        report("tool_content", ERROR, f"the content of message {place} is no text")


def _call(call: Any, place: int, vendor: Vendor, report: Report) -> str:
    """The id of a call, "" where it has none."""
    function = _function(call)
    if not function:
        report("tool_calls", ERROR, f"a call of message {place} has no function with a name")
        return ""
    _check_arguments(function["name"], function.get("arguments"), vendor, report)
    if vendor.arguments_as_text and call.get("type") != "function":
        report("tool_calls", ERROR, f'a call of message {place} has no type "function"')
    id = call.get("id")
    if not isinstance(id, str) or not id:
        if vendor.arguments_as_text:
            report("tool_calls", ERROR, f"a call of message {place} has no id")
        return ""
    return id


def _check_arguments(name: Any, arguments: Any, vendor: Vendor, report: Report) -> None:
    if vendor.arguments_as_text and not isinstance(arguments, str):
        report("tool_arguments", ERROR, f"the arguments of {quoted(name)} are no text")
    elif isinstance(arguments, str) and not _is_json_object(arguments):
        report("tool_arguments", ERROR, f"the arguments of {quoted(name)} are no JSON object")


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _tools(messages: list[dict[str, Any]], tools: Any, vendor: Vendor, report: Report) -> None:
    defined = set()
    for tool in tools if isinstance(tools, list) else [] if tools is None else [None]:
        if function := _function(tool):
            defined.add(function["name"])
        else:
            report("tool_definition", ERROR, "a tool is not defined as a function with a name")
    called = _called(messages)
    for name in called:
        if name not in defined:
            report("tool_not_defined", ERROR, f"{quoted(name)} is called, and not among the tools")
    if (called or defined) and not vendor.tools:
        report("tools_not_taken", ERROR, f"{vendor.title} takes no tools in a training file")


def _called(messages: list[dict[str, Any]]) -> list[str]:
    lists = [calls for message in messages if isinstance(calls := message.get("tool_calls"), list)]
    called = [function["name"] for calls in lists for call in calls if (function := _function(call))]
    return list(dict.fromkeys(called))


def _function(of: Any) -> dict[str, Any]:
    """The function that a call or a tool's definition names, {} where it names none."""
    function = of.get("function") if isinstance(of, dict) else None
    return function if isinstance(function, dict) and isinstance(function.get("name"), str) else {}


def _images(messages: list[dict[str, Any]], report: Report) -> None:
    count = 0
    for place, message in enumerate(messages, 1):
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict) and part.get("type") in NOT_TRAINED_ON:
                report("part_type", ERROR, f"message {place} holds a part of type {part['type']}")
            if not isinstance(part, dict) or part.get("type") != "image_url":
                continue
            count += 1
            if message.get("role") != "user":
                report("image_role", ERROR, f"message {place}, by {quoted(message.get('role'))}, has an image")
            url = part.get("image_url")
            url = url.get("url") if isinstance(url, dict) else url
            if not isinstance(url, str) or not url:
                report("image", ERROR, f"an image of message {place} has no url")
            elif url.startswith("data:") and not url.startswith(tuple(f"data:{kind};base64," for kind in IMAGE_TYPES)):
                report("image", ERROR, f"an image of message {place} is {quoted(url[5:].partition(';')[0])}")
    if count > MOST_IMAGES:
        report("image", ERROR, f"{count} images in one example, more than {MOST_IMAGES}")
