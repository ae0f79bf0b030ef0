"""Training files from one format into another, line by line, saying what is lost.

An example that the other format cannot hold is left out and named; a part of one that it cannot hold is counted
by name. Nothing is dropped without a word.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pycalc.dataset import formats
from pycalc.dataset.formats import Example, Messages, UnreadableError
from pycalc.dataset.reader import OverlongLine, batches, open_source
from pycalc.dataset.vendors import VENDORS, Format

PLACES_KEPT = 1_000
"""Examples left out that are named; all are counted."""


@dataclass
class Converted:
    """What became of a file."""

    lines: int = 0
    examples: int = 0
    not_held: int = 0
    """Examples left out."""
    left_out: list[tuple[int, str]] = field(default_factory=list)
    """Line and reason of the first ones."""
    lost: Counter[str] = field(default_factory=Counter)
    """What the other format cannot hold, and in how many examples."""
    formats: Counter[str] = field(default_factory=Counter)
    """The formats that were read."""


class NotHeldError(ValueError):
    """The target format cannot hold the example; the message says why."""


def convert(path: str, target: str, converted: Converted) -> Iterator[bytes]:
    """The lines of a file in another format; `converted` is filled on the way."""
    source, stream = open_source(path)
    with stream:
        if target in VENDORS and VENDORS[target].byte_order_mark == "wanted":
            yield b"\xef\xbb\xbf"
        for lines in batches(source, stream):
            for line in lines:
                converted.lines += 1
                try:
                    made = _line(line, target, converted)
                except (UnreadableError, NotHeldError, RecursionError) as error:
                    converted.not_held += 1
                    if converted.not_held <= PLACES_KEPT:
                        converted.left_out.append((converted.lines, str(error) or "is nested too deeply"))
                    continue
                if made is not None:
                    converted.examples += 1
                    yield made


def _line(line: bytes | OverlongLine, target: str, converted: Converted) -> bytes | None:
    if isinstance(line, OverlongLine):
        raise UnreadableError("the line is too long")
    if not line.strip():
        return None
    try:
        given = json.loads(line)
    except ValueError as error:
        raise UnreadableError(f"not valid JSON: {error}") from None
    format = formats.recognised(given) if isinstance(given, dict) else ""
    if not format:
        raise UnreadableError("no training format is recognised in it")
    lost: list[str] = []
    try:
        example = formats.read(given, format)
        wanted = wanted_format(target, format, example.format)
        made = given if wanted == format else _made(example, wanted, lost)
    except (AttributeError, KeyError, TypeError) as error:
        raise UnreadableError(f"is no {format} example: {type(error).__name__} at {error}") from None
    converted.formats[format] += 1
    converted.lost.update(dict.fromkeys(lost, 1))
    try:
        return json.dumps(made, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(made).encode() + b"\n"


def wanted_format(target: str, format: str, read_as: str) -> str:
    """The format to write an example of another format in; `read_as` tells what it is trained for."""
    if target not in VENDORS:
        return target
    if format in VENDORS[target].formats:
        return format
    kind = 1 if read_as in (Format.PREFERENCE, Format.TRL_PREFERENCE) else 2 if read_as == Format.REINFORCEMENT else 0
    wanted = VENDORS[target].written_for[kind]
    if not wanted:
        what = "preference pairs" if kind == 1 else "examples for a grader"
        raise NotHeldError(f"{VENDORS[target].title} takes no {what} in a file")
    return wanted


def _made(example: Example, format: str, lost: list[str]) -> dict[str, Any]:
    paired = format in (Format.PREFERENCE, Format.TRL_PREFERENCE)
    if paired != bool(example.preferred):
        raise NotHeldError("a pair of answers is needed" if paired else "it has two answers, one of them to be avoided")
    if example.format == Format.TEXT:
        raise NotHeldError("a text has no questions and answers")
    if example.format == Format.REINFORCEMENT and format not in (Format.REINFORCEMENT, Format.VERTEX):
        example.messages = [*example.messages, _reference_answer(example)]
    lost += example.lost
    return _WRITERS[format](example, lost)


def _reference_answer(example: Example) -> dict[str, Any]:
    """What a grader compares with, as the answer to learn: `_reinforcement` the other way round."""
    answer = example.other.pop("reference_answer", None)
    if answer is None:
        raise NotHeldError('it has no answer, and no "reference_answer" that could be one: it is for a grader')
    return {"role": "assistant", "content": formats.text_of(answer)}


def _chat(example: Example, lost: list[str]) -> dict[str, Any]:
    other = _known(example.other, formats.CHAT_KEYS, lost)
    return {"messages": example.messages} | _tools(example) | other


def _reinforcement(example: Example, lost: list[str]) -> dict[str, Any]:
    """The answer becomes what a grader compares with."""
    if not example.messages:
        raise NotHeldError("it has no messages")
    *asked, last = example.messages
    if last.get("role") == "user":
        return {"messages": example.messages} | _tools(example) | example.other
    if last.get("role") != "assistant" or not isinstance(last.get("content"), str) or not asked:
        raise NotHeldError("it does not end with an answer in words")
    _drop(last, ("role", "content"), "of the answer", lost)
    return {"messages": asked} | _tools(example) | example.other | {"reference_answer": last["content"]}


def _preference(example: Example, lost: list[str]) -> dict[str, Any]:
    given = {"messages": example.messages} | _tools(example) | _known(example.other, {"parallel_tool_calls"}, lost)
    return {"input": given, "preferred_output": example.preferred, "non_preferred_output": example.rejected}


def _trl_preference(example: Example, lost: list[str]) -> dict[str, Any]:
    _known(example.other, set(), lost)
    made = {"prompt": example.messages, "chosen": example.preferred, "rejected": example.rejected}
    return made | _tools(example)


def _tools(example: Example) -> dict[str, Any]:
    return {"tools": example.tools} if example.tools else {}


def _prompt_completion(example: Example, lost: list[str]) -> dict[str, Any]:
    system, turns = _plain_turns(example, lost)
    if len(turns) != 1:
        raise NotHeldError(f"it has {len(turns)} questions, and one prompt holds one")
    prompt, completion = turns[0]
    if system:
        prompt = f"{system}\n\n{prompt}"
        lost.append("where the system prompt ends and the question begins")
    return {"prompt": prompt, "completion": completion}


def _alpaca(example: Example, lost: list[str]) -> dict[str, Any]:
    system, turns = _plain_turns(example, lost)
    *before, (question, answer) = turns
    made: dict[str, Any] = {"instruction": question, "input": "", "output": answer}
    made |= {"system": system} if system else {}
    return made | ({"history": [list(turn) for turn in before]} if before else {})


def _plain_turns(example: Example, lost: list[str]) -> tuple[str, list[tuple[str, str]]]:
    """System prompt, and questions with their answers, where there is nothing else."""
    messages = example.messages
    if example.tools or any("tool_calls" in message or message.get("role") == "tool" for message in messages):
        raise NotHeldError("it calls tools")
    for message in messages:
        if not isinstance(message.get("content"), str):
            raise NotHeldError("a message is not plain text")
        _drop(message, ("role", "content"), "of a message", lost)
    system = ""
    if messages and messages[0].get("role") in ("system", "developer"):
        system, messages = messages[0]["content"], messages[1:]
    roles = [message.get("role") for message in messages]
    if not roles or roles != ["user", "assistant"] * (len(roles) // 2):
        raise NotHeldError("its messages are not questions and answers in turn")
    _known(example.other, set(), lost)
    texts = [message["content"] for message in messages]
    return system, list(zip(texts[::2], texts[1::2], strict=True))


def _sharegpt(example: Example, lost: list[str]) -> dict[str, Any]:
    roles = {"system": "system", "developer": "system", "user": "human", "assistant": "gpt"}
    turns: list[dict[str, str]] = []
    for message in example.messages:
        role = message.get("role")
        calls = message.get("tool_calls")
        if calls:
            if len(calls) != 1 or message.get("content"):
                raise NotHeldError("a message has words and calls, or several calls at once")
            turns.append({"from": "function_call", "value": json.dumps(_plain_call(calls[0]), ensure_ascii=False)})
            continue
        if role == "tool":
            turns.append({"from": "observation", "value": _content(message)})
            continue
        if role not in roles:
            raise NotHeldError(f"ShareGPT has no role {role}")
        _drop(message, ("role", "content"), "of a message", lost)
        turns.append({"from": roles[role], "value": _content(message)})
    _known(example.other, set(), lost)
    tools = [tool.get("function", tool) for tool in example.tools or []]
    return {"conversations": turns} | ({"tools": json.dumps(tools, ensure_ascii=False)} if tools else {})


def _plain_call(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    return {"name": function["name"], "arguments": _arguments(function.get("arguments"))}


def _arguments(arguments: Any) -> Any:
    if not isinstance(arguments, str):
        return arguments or {}
    try:
        read = json.loads(arguments or "{}")
    except ValueError:
        raise NotHeldError("the arguments of a call are no JSON") from None
    if not isinstance(read, dict):
        raise NotHeldError("the arguments of a call are no JSON object")
    return read


def _in_turn(example: Example, vendor: str, lost: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Messages with their roles, for a vendor with two roles, tools' answers, and a system message in front."""
    for place, message in enumerate(example.messages):
        role = message.get("role")
        role = "system" if role == "developer" else role
        if role == "system" and place:
            raise NotHeldError("a system message is not at the beginning")
        if role not in ("system", "tool", "user", "assistant"):
            raise NotHeldError(f"{vendor} has no role {role}")
        if role in ("user", "assistant"):
            _drop(message, ("role", "content", "tool_calls"), "of a message", lost)
        yield role, message


def _vertex(example: Example, lost: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    contents: Messages = []
    names: dict[Any, str] = {}
    for role, message in _in_turn(example, "Vertex", lost):
        if role == "system":
            made["systemInstruction"] = {"role": "system", "parts": [{"text": _content(message)}]}
            continue
        if role == "tool":
            _add_answer(contents, "parts", _vertex_answer(message, names))
            continue
        parts = _vertex_parts(message)
        for call in message.get("tool_calls") or []:
            names[call.get("id")] = call["function"]["name"]
            plain = _plain_call(call)
            parts.append({"functionCall": {"name": plain["name"], "args": plain["arguments"]}})
        if message.get("tool_calls"):
            lost.append("the ids of tool calls (Vertex takes answers in their order)")
        contents.append({"role": "model" if role == "assistant" else "user", "parts": parts})
    made["contents"] = contents
    if example.tools:
        made["tools"] = [{"functionDeclarations": [tool.get("function", tool) for tool in example.tools]}]
    return made | _references(example, lost)


def _add_answer(turns: Messages, parts: str, answer: dict[str, Any]) -> None:
    """Add a tool's answer: one entry holds the answers to all calls of an entry."""
    if turns and [part.keys() for part in turns[-1][parts][-1:]] == [answer.keys()]:
        turns[-1][parts].append(answer)
    else:
        turns.append({"role": "user", parts: [answer]})


def _references(example: Example, lost: list[str]) -> dict[str, Any]:
    """What a grader reads: Vertex takes texts by name."""
    if example.format == Format.REINFORCEMENT:
        given = {key: formats.text_of(value) for key, value in example.other.items() if key not in formats.CHAT_KEYS}
        return {"references": given}
    _known(example.other, set(), lost)
    return {}


def _vertex_answer(message: dict[str, Any], names: dict[Any, str]) -> dict[str, Any]:
    if message.get("tool_call_id") not in names:
        raise NotHeldError("a tool's message answers no call")
    text = _content(message)
    try:
        response = json.loads(text)
    except ValueError:
        response = None
    response = response if isinstance(response, dict) else {"result": text}
    return {"functionResponse": {"name": names[message["tool_call_id"]], "response": response}}


def _vertex_parts(message: dict[str, Any]) -> Messages:
    content = message.get("content")
    if not isinstance(content, list):
        return [{"text": content}] if content else []
    parts: Messages = []
    for part in content:
        if isinstance(part.get("text"), str):
            parts.append({"text": part["text"]})
        elif part.get("type") == "image_url" and str(part["image_url"]["url"]).startswith("gs://"):
            url = part["image_url"]["url"]
            ending = url.rpartition(".")[2].lower()
            parts.append({"fileData": {"mimeType": f"image/{'jpeg' if ending == 'jpg' else ending}", "fileUri": url}})
        else:
            raise NotHeldError("Vertex takes images from Cloud Storage alone (gs://)")
    return parts


def _bedrock(example: Example, lost: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"schemaVersion": "bedrock-conversation-2024"}
    turns: Messages = []
    for role, message in _in_turn(example, "Bedrock", lost):
        if role == "system":
            made["system"] = [{"text": _content(message)}]
            continue
        if role == "tool":
            result = {"toolUseId": message.get("tool_call_id"), "content": [{"text": _content(message)}]}
            _add_answer(turns, "content", {"toolResult": result})
            continue
        blocks: Messages = [{"text": text}] if (text := _content(message)) else []
        for call in message.get("tool_calls") or []:
            plain = _plain_call(call)
            use = {"toolUseId": call.get("id"), "name": plain["name"], "input": plain["arguments"]}
            blocks.append({"toolUse": use})
        turns.append({"role": role, "content": blocks})
    made["messages"] = turns
    _known(example.other, set(), lost)
    if example.tools:
        made["toolConfig"] = {"tools": [{"toolSpec": _tool_spec(tool.get("function", tool))} for tool in example.tools]}
    return made


def _tool_spec(function: dict[str, Any]) -> dict[str, Any]:
    made = {key: function[key] for key in ("name", "description") if key in function}
    return made | {"inputSchema": {"json": function.get("parameters", {"type": "object", "properties": {}})}}


def _content(message: dict[str, Any]) -> str:
    """A message's text; a list of text parts is one text with line breaks."""
    content = message.get("content")
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    texts = [part.get("text") if isinstance(part, dict) else None for part in content]
    if not all(isinstance(text, str) for text in texts):
        raise NotHeldError("a message holds something that is not text")
    return "\n".join(texts)  # type: ignore[arg-type]


def _known(other: dict[str, Any], known: set[str] | frozenset[str], lost: list[str]) -> dict[str, Any]:
    """The keys a format knows; the others are lost."""
    lost += [f'the key "{key}"' for key in other if key not in known]
    return {key: value for key, value in other.items() if key in known}


def _drop(message: dict[str, Any], kept: tuple[str, ...], where: str, lost: list[str]) -> None:
    lost += [f'"{key}" {where}' for key in message if key not in kept]


_WRITERS: dict[str, Callable[[Example, list[str]], dict[str, Any]]] = {
    Format.CHAT: _chat,
    Format.REINFORCEMENT: _reinforcement,
    Format.PREFERENCE: _preference,
    Format.TRL_PREFERENCE: _trl_preference,
    Format.PROMPT_COMPLETION: _prompt_completion,
    Format.ALPACA: _alpaca,
    Format.SHAREGPT: _sharegpt,
    Format.VERTEX: _vertex,
    Format.BEDROCK: _bedrock,
}
