"""The texts of an example: which are counted as what, and which are compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKENS_PER_MESSAGE = 3
TOKENS_PER_NAME = 1
TOKENS_PER_EXAMPLE = 3
"""The guide's formula: 3 for each message, the tokens of its values, 1 for a name, 3 for the reply's start."""

OTHER, ANSWER, SYSTEM, REJECTED = range(4)
"""What a counted text is: what the model is to write, a system prompt, an answer of a preference pair that it is to
avoid, or anything else (questions, roles)."""

_CALLS = ("tool_calls", "function_call")
_SYSTEM_ROLES = ("system", "developer")


def fixed_tokens(messages: list[dict[str, Any]]) -> int:
    """The part of the guide's formula that does not depend on the texts."""
    names = sum(1 for message in messages if isinstance(message.get("name"), str))
    return TOKENS_PER_EXAMPLE + TOKENS_PER_MESSAGE * len(messages) + TOKENS_PER_NAME * names


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
            yield (kind if key in _CALLS else OTHER), compact(value)


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
