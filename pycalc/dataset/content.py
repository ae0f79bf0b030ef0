"""The texts of an example: which are counted as what, and which are compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pycalc.functions.tokens import TOKENS_PER_MESSAGE, TOKENS_PER_NAME, TOKENS_TO_PRIME_REPLY

OTHER, ANSWER, SYSTEM, REJECTED = range(4)
"""What a counted text is: what the model is to write, a system prompt, an answer of a preference pair that it is to
avoid, or anything else (questions, roles)."""

FUNCTION, FUNCTION_CL100K = 7, 10
PROPERTIES, PROPERTY, ENUM, ENUM_ITEM, FUNCTIONS_END = 3, 3, -3, 3, 12
"""OpenAI cookbook, How to count tokens with tiktoken, tool calls, read 2026-11-30: what a list of tools costs besides
its texts, for gpt-4o and, a function 10, for gpt-4 and gpt-3.5-turbo. On 15 tool sets whose bills are known it was 12 %
short to 26 % over, 17 % over as a rule."""

CALLS = ("tool_calls", "function_call")
_SYSTEM_ROLES = ("system", "developer")


def fixed_tokens(messages: list[dict[str, Any]]) -> int:
    """The part of the guide's formula that does not depend on the texts."""
    names = sum(1 for message in messages if isinstance(message.get("name"), str))
    return TOKENS_TO_PRIME_REPLY + TOKENS_PER_MESSAGE * len(messages) + TOKENS_PER_NAME * names


def counted(message: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Every text of a message that has tokens, with what it is."""
    role = message.get("role")
    kind = ANSWER if role == "assistant" else SYSTEM if role in _SYSTEM_ROLES else OTHER
    for key, value in message.items():
        if key == "content":
            yield kind, text_of(value)
        elif isinstance(value, str):
            yield OTHER, value
        elif isinstance(value, (dict, list)) and value:
            yield (kind if key in CALLS else OTHER), compact(value)


def tool_texts(tools: list[Any]) -> tuple[int, list[str]] | None:
    """What a list of tools costs besides its texts, and the texts; None for definitions of another shape."""
    fixed, texts = FUNCTIONS_END, []
    for tool in tools:
        function = tool.get("function", tool) if isinstance(tool, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            return None
        fixed += FUNCTION
        texts.append(f"{function['name']}:{_description(function)}")
        parameters = function.get("parameters")
        properties = parameters.get("properties") if isinstance(parameters, dict) else None
        if not isinstance(properties, dict) or not properties:
            continue
        fixed += PROPERTIES
        for name, described in properties.items():
            described = described if isinstance(described, dict) else {}
            fixed += PROPERTY
            items = described.get("enum")
            if isinstance(items, list):
                fixed += ENUM + ENUM_ITEM * len(items)
                texts += [item if isinstance(item, str) else compact(item) for item in items]
            texts.append(f"{name}:{described.get('type', '')}:{_description(described)}")
    return fixed, texts


def _description(of: dict[str, Any]) -> str:
    text = of.get("description")
    return text.removesuffix(".") if isinstance(text, str) else ""


def text_of(content: Any) -> str:
    """The text of a message's content; of a list of parts, what is text in it."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text", part.get("refusal")) for part in content if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


def identity(message: dict[str, Any]) -> str:
    """Everything in a message that makes it this message; `weight` changes how it is trained, not what it says."""
    content = message.get("content")
    extra = {key: value for key, value in message.items() if key not in ("role", "content", "weight")}
    text = content if isinstance(content, str) else compact(content)
    return f"{message.get('role')}\x1f{text}\x1f{compact(extra)}" if extra else f"{message.get('role')}\x1f{text}"


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
