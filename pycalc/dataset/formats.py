"""The formats of training files: told apart, and read into one.

`recognised(example)` names the format of one line, `read(example)` gives its conversation as OpenAI's chat format
writes it: the other modules know that form alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pycalc.dataset.vendors import Format

Messages = list[dict[str, Any]]

CHAT_KEYS = frozenset(("messages", "tools", "functions", "parallel_tool_calls"))
"""Keys beside which everything else is for a grader, a label, or a mistake."""


@dataclass
class Example:
    """One example, whatever its file's format."""

    format: str
    messages: Messages = field(default_factory=list)
    tools: list[Any] | None = None
    preferred: Messages = field(default_factory=list)
    rejected: Messages = field(default_factory=list)
    other: dict[str, Any] = field(default_factory=dict)
    """Keys beside the conversation: what a grader reads, a label."""
    lost: list[str] = field(default_factory=list)
    """What reading it into the common form has lost."""


class UnreadableError(ValueError):
    """An example that is not what its format says; the message says where."""


def recognised(example: dict[str, Any], label: str = "") -> str:
    """The format of an example, "" for none. `label` is a key that is known to be nobody's grader's."""
    messages = example.get("messages")
    if isinstance(messages, list) and example.keys() <= CHAT_KEYS and not any(map(_is_converse, messages)):
        return Format.CHAT
    if "contents" in example:
        return Format.VERTEX
    if "conversations" in example:
        return Format.SHAREGPT
    if "preferred_output" in example or "non_preferred_output" in example:
        return Format.PREFERENCE
    if "chosen" in example and "rejected" in example:
        return Format.TRL_PREFERENCE
    if isinstance(messages, list):
        return _of_messages(example, messages, label)
    if "prompt" in example and "completion" in example:
        return Format.PROMPT_COMPLETION
    if "instruction" in example and ("output" in example or "response" in example):
        return Format.ALPACA
    return Format.TEXT if isinstance(example.get("text"), str) and "messages" not in example else ""


def _of_messages(example: dict[str, Any], messages: list[Any], label: str) -> str:
    if "schemaVersion" in example or "toolConfig" in example or any(map(_is_converse, messages)):
        return Format.BEDROCK
    graded = [key for key in example if key not in CHAT_KEYS and key != label]
    last = messages[-1] if messages and isinstance(messages[-1], dict) else {}
    return Format.REINFORCEMENT if graded and last.get("role") == "user" else Format.CHAT


def _is_converse(message: Any) -> bool:
    """Whether a message's content is Converse's: blocks named by their only key instead of by their type."""
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        return False
    return (
        bool(content)
        and all(isinstance(block, dict) and "type" not in block for block in content)
        and any(block.keys() & {"text", "image", "toolUse", "toolResult"} for block in content)
    )


def read(example: dict[str, Any], format: str) -> Example:
    """An example in the common form.

    Raises
    ------
    UnreadableError : a part of it is not what the format says.
    """
    return _READERS[format](example)


def text_of(value: Any) -> str:
    """A value as text: JSON where it is not one already."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _chat(example: dict[str, Any], format: str = Format.CHAT) -> Example:
    other = _without(example, "messages", "tools")
    return Example(format, example["messages"], example.get("tools"), other=other)


def _preference(example: dict[str, Any]) -> Example:
    given = example.get("input")
    if not isinstance(given, dict) or not isinstance(given.get("messages"), list):
        raise UnreadableError('"input" has no list of messages')
    preferred, rejected = (example.get(key) for key in ("preferred_output", "non_preferred_output"))
    if not (_are_messages(preferred) and _are_messages(rejected)):
        raise UnreadableError('"preferred_output" or "non_preferred_output" is no list of messages')
    other = _without(given, "messages", "tools")
    return Example(Format.PREFERENCE, given["messages"], given.get("tools"), preferred or [], rejected or [], other)


def _trl_preference(example: dict[str, Any]) -> Example:
    chosen, rejected = (_turns(example[key], "assistant", key) for key in ("chosen", "rejected"))
    if "prompt" in example:
        prompt = _turns(example["prompt"], "user", "prompt")
    else:  # TRL takes what both sides begin with for the prompt
        shared = 0
        while min(len(chosen), len(rejected)) > shared + 1 and chosen[shared] == rejected[shared]:
            shared += 1
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    other = _without(example, "prompt", "chosen", "rejected", "tools")
    return Example(Format.TRL_PREFERENCE, prompt, _tools(example), chosen, rejected, other)


def _prompt_completion(example: dict[str, Any]) -> Example:
    turns = _turns(example["prompt"], "user", "prompt") + _turns(example["completion"], "assistant", "completion")
    other = _without(example, "prompt", "completion", "tools")
    return Example(Format.PROMPT_COMPLETION, turns, _tools(example), other=other)


def _alpaca(example: dict[str, Any]) -> Example:
    parts = [text_of(example[key]) for key in ("instruction", "input", "context") if example.get(key)]
    messages = [{"role": "system", "content": text_of(example["system"])}] if example.get("system") else []
    for turn in example.get("history") or []:
        if not isinstance(turn, list) or len(turn) != 2:
            raise UnreadableError('"history" is no list of questions and answers')
        messages += _turns(turn[0], "user", "history") + _turns(turn[1], "assistant", "history")
    answer = example.get("output", example.get("response"))
    messages += [{"role": "user", "content": "\n\n".join(parts)}, {"role": "assistant", "content": text_of(answer)}]
    keys = ("instruction", "input", "context", "output", "response", "system", "history")
    lost = ["where the instruction ends and the input begins"] if len(parts) > 1 else []
    return Example(Format.ALPACA, messages, other=_without(example, *keys), lost=lost)


_SHAREGPT_ROLES = {
    **{name: name for name in ("user", "assistant", "system", "tool", "function_call")},
    "human": "user",
    "observation": "tool",
    **dict.fromkeys(("gpt", "chatgpt", "bing", "bard"), "assistant"),
}


def _sharegpt(example: dict[str, Any]) -> Example:
    turns = example["conversations"]
    if not isinstance(turns, list):
        raise UnreadableError('"conversations" is no list')
    messages: Messages = []
    if example.get("system"):
        messages.append({"role": "system", "content": text_of(example["system"])})
    calls = 0
    for turn in turns:
        said = turn.get("from", turn.get("role")) if isinstance(turn, dict) else None
        role = _SHAREGPT_ROLES.get(said) if isinstance(said, str) else None
        if role is None:
            raise UnreadableError(f"a turn is from {text_of(said)[:40]}, which nobody is known by")
        value = turn.get("value", turn.get("content"))
        if role == "function_call":
            calls += 1
            messages.append(_called(value, f"call_{calls}"))
        elif role == "tool":
            messages.append({"role": "tool", "tool_call_id": f"call_{calls}", "content": text_of(value)})
        else:
            weight = {"weight": turn["weight"]} if "weight" in turn else {}
            messages.append({"role": role, "content": value, **weight})
    other = _without(example, "conversations", "system", "tools")
    return Example(Format.SHAREGPT, messages, _tools(example), other=other)


def _called(value: Any, id: str) -> dict[str, Any]:
    try:
        call = json.loads(value) if isinstance(value, str) else value
        name, arguments = call["name"], call.get("arguments", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnreadableError("a function_call holds no name and arguments") from None
    return _call(None, [(id, name, arguments)])


def _call(text: Any, calls: list[tuple[str, Any, Any]]) -> dict[str, Any]:
    """An assistant's message with tool calls: id, name and arguments."""
    made = [
        {"id": id, "type": "function", "function": {"name": name, "arguments": text_of(arguments)}}
        for id, name, arguments in calls
    ]
    return {"role": "assistant", "content": text, "tool_calls": made}


def _vertex(example: dict[str, Any]) -> Example:
    contents = example["contents"]
    if not isinstance(contents, list):
        raise UnreadableError('"contents" is no list')
    messages: Messages = []
    if example.get("systemInstruction"):
        messages.append({"role": "system", "content": _vertex_text(example["systemInstruction"])})
    calls: list[str] = []
    for turn in contents:
        parts = turn.get("parts") if isinstance(turn, dict) else None
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise UnreadableError('an entry of "contents" has no list of parts')
        role = {"user": "user", "model": "assistant", "function": "tool", "tool": "tool"}.get(turn.get("role", "user"))
        if role is None:
            raise UnreadableError(f'a role is {text_of(turn.get("role"))[:40]}; Vertex knows "user" and "model"')
        messages += _vertex_turn(role, parts, calls)
    kind, other = Format.VERTEX, _without(example, "systemInstruction", "contents", "tools")
    if isinstance(other.get("references"), dict):  # what a grader reads
        kind, other = Format.REINFORCEMENT, other["references"] | _without(other, "references")
    declared = [tool for group in example.get("tools") or [] for tool in group.get("functionDeclarations") or []]
    tools = [{"type": "function", "function": tool} for tool in declared] or None
    return Example(kind, messages, tools, other=other)


def _vertex_turn(role: str, parts: Messages, calls: list[str]) -> Messages:
    """One entry of contents; `calls` are the ids given to the calls so far, which answers take in turn."""
    answers = [part["functionResponse"] for part in parts if "functionResponse" in part]
    if answers:
        given: Messages = []
        for answer in answers:
            if not calls:
                raise UnreadableError("a functionResponse answers no functionCall")
            given.append({"role": "tool", "tool_call_id": calls.pop(0), "content": text_of(answer.get("response"))})
        return given
    asked = [part["functionCall"] for part in parts if "functionCall" in part]
    content: Any = _vertex_content(parts)
    if not asked:
        return [{"role": role, "content": content}]
    ids = [f"call_{len(calls) + place}" for place in range(1, len(asked) + 1)]
    calls += ids
    numbered = [(id, call.get("name"), call.get("args", {})) for id, call in zip(ids, asked, strict=True)]
    return [_call(content or None, numbered)]


def _vertex_content(parts: Messages) -> Any:
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    files = [part["fileData"] for part in parts if isinstance(part.get("fileData"), dict)]
    if not files:
        return "\n".join(texts)
    images = [{"type": "image_url", "image_url": {"url": each.get("fileUri", "")}} for each in files]
    return [*({"type": "text", "text": text} for text in texts), *images]


def _vertex_text(instruction: Any) -> str:
    parts = instruction.get("parts") if isinstance(instruction, dict) else None
    if not isinstance(parts, list):
        raise UnreadableError('"systemInstruction" has no list of parts')
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def _bedrock(example: dict[str, Any]) -> Example:
    messages: Messages = []
    system = example.get("system")
    if system:
        if not isinstance(system, list) or not all(isinstance(each, dict) for each in system):
            raise UnreadableError('"system" is no list of texts')
        messages.append({"role": "system", "content": "\n".join(text_of(each.get("text", "")) for each in system)})
    for message in example["messages"]:
        blocks = message.get("content") if isinstance(message, dict) else None
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            raise UnreadableError("a message's content is no list of blocks")
        messages += _bedrock_turn(message.get("role"), blocks)
    specs = [tool.get("toolSpec") or {} for tool in (example.get("toolConfig") or {}).get("tools") or []]
    tools = [{"type": "function", "function": _function(spec)} for spec in specs] or None
    other = _without(example, "schemaVersion", "system", "messages", "toolConfig")
    return Example(Format.BEDROCK, messages, tools, other=other)


def _function(spec: dict[str, Any]) -> dict[str, Any]:
    made = {key: spec[key] for key in ("name", "description") if key in spec}
    schema = (spec.get("inputSchema") or {}).get("json")
    return made | ({"parameters": schema} if schema is not None else {})


def _bedrock_turn(role: Any, blocks: Messages) -> Messages:
    texts = "\n".join(block["text"] for block in blocks if isinstance(block.get("text"), str))
    answers = [block["toolResult"] for block in blocks if isinstance(block.get("toolResult"), dict)]
    if answers:
        given: Messages = [
            {
                "role": "tool",
                "tool_call_id": answer.get("toolUseId"),
                "content": "\n".join(
                    text_of(part.get("text", part.get("json"))) for part in answer.get("content") or []
                ),
            }
            for answer in answers
        ]
        return given + ([{"role": role, "content": texts}] if texts else [])
    asked = [block["toolUse"] for block in blocks if isinstance(block.get("toolUse"), dict)]
    if asked:
        uses = [(call.get("toolUseId"), call.get("name"), call.get("input", {})) for call in asked]
        return [_call(texts or None, uses)]
    images = [block for block in blocks if "image" in block]
    if images:
        shown = [{"type": "image_url", "image_url": {"url": json.dumps(block["image"])}} for block in images]
        return [{"role": role, "content": [{"type": "text", "text": texts}, *shown]}]
    return [{"role": role, "content": texts}]


def _turns(value: Any, role: str, key: str) -> Messages:
    """One text, or a list of messages."""
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    if not _are_messages(value):
        raise UnreadableError(f'"{key}" is neither a text nor a list of messages')
    return list(value)


def _are_messages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(message, dict) for message in value)


def _tools(example: dict[str, Any]) -> list[Any] | None:
    tools = example.get("tools")
    if isinstance(tools, str) and tools:
        try:
            tools = json.loads(tools)
        except ValueError:
            raise UnreadableError('"tools" is a text that is not JSON') from None
        tools = [tool if "function" in tool else {"type": "function", "function": tool} for tool in tools]
    return tools or None


def _without(example: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in example.items() if key not in keys}


_READERS: dict[str, Callable[[dict[str, Any]], Example]] = {
    Format.CHAT: _chat,
    Format.REINFORCEMENT: partial(_chat, format=Format.REINFORCEMENT),
    Format.PREFERENCE: _preference,
    Format.TRL_PREFERENCE: _trl_preference,
    Format.PROMPT_COMPLETION: _prompt_completion,
    Format.ALPACA: _alpaca,
    Format.SHAREGPT: _sharegpt,
    Format.VERTEX: _vertex,
    Format.BEDROCK: _bedrock,
    Format.TEXT: lambda example: Example(
        Format.TEXT, [{"role": "assistant", "content": example["text"]}], other=_without(example, "text")
    ),
}
