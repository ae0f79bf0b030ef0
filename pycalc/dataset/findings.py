"""What an audit says: severities, codes, and what to do about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycalc.dataset.vendors import Vendor

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

_CONVERT = "Convert it: breakeven dataset FILE --to {name} -o OUT"

REMEDIES = {
    "data_type": 'Make each line one JSON object: {"messages": [...]}',
    "missing_messages_list": 'Give each line a list "messages" with at least one message, or convert the file: --to',
    "message_missing_key": 'Give each message "role" and "content"',
    "message_unrecognized_key": "Mend the key's spelling, or remove it",
    "unrecognized_role": "Use system, user or assistant (tool or developer where they apply)",
    "missing_content": 'Write what the message says into "content"',
    "example_missing_assistant_message": "Add the answer the model should learn, or remove the example",
    "file_size": "Upload it in parts where the vendor takes them so, or train on fewer examples",
    "json": "Mend or remove the line; each line must be one whole JSON object",
    "encoding": "Save the file as UTF-8",
    "byte_order_mark": "",
    "line_too_long": "Put each example on a line of its own, and link large images instead of embedding them",
    "blank_line": "Remove empty lines; they break readers that expect one object a line",
    "message_not_object": 'Make each message an object: {"role": ..., "content": ...}',
    "last_message_not_assistant": "End the example with the assistant's answer",
    "weight": "Use weight 0 or 1, on assistant messages only",
    "nothing_to_learn": "Give weight 1, or none, to an answer the model should learn, or remove the example",
    "top_level_key": "Remove it before uploading, unless a grader reads it: the format knows messages, tools, "
    "functions, parallel_tool_calls",
    "order": "Put the messages in the order of the conversation, user and assistant in turn",
    "tool_calls": "Give each call an id of its own, the type function, and a function with name and arguments",
    "tool_call_id": "Give each tool's message the tool_call_id of the call it answers",
    "tool_call_unanswered": "Put a tool's message with the answer to each call right behind the call",
    "tool_content": "Write the tool's result into content as one text; JSON goes in as a text",
    "tool_arguments": "Write the arguments as a text that is a JSON object",
    "tool_definition": 'Define each tool as {"type": "function", "function": {"name": ..., "parameters": ...}}',
    "tool_not_defined": 'Define the tool in "tools", as it will be when the model is used',
    "tools_not_taken": "Leave examples with tools out, or train where tools are taken",
    "image": "Use JPEG, PNG or WebP, by https or as a data URL in base64",
    "part_type": "Leave the part out: fine-tuning takes text and images alone",
    "image_role": "Show images in the user's messages alone",
    "other_format": "",
    "unreadable": "Mend the example, or remove it",
    "mixed_formats": "Put each kind into a file of its own",
    "reinforcement": "Nothing to do; its fields stay for the grader, and training is billed by time, not by tokens",
    "not_text": "Nothing to do; images and audio are not in the counts and are billed besides them: IMAGE_TOKENS "
    "counts an image by its size",
    "approximate": "Nothing to do; tool definitions are counted by OpenAI's published formula, 12 % short to 26 % over "
    "on 15 tool sets whose bills are known, and calls as compact JSON",
}

FINE_TODAY = "Nothing to do: the format allows it today, the guide's check is older"


def remedy(code: str, severity: str, vendor: Vendor, name: str) -> str:
    """What to do about a finding; of a note nothing, since following the guide's advice would break the file."""
    if code == "byte_order_mark":
        return _about_marks(vendor)
    if code == "encoding":
        return f"Save the file as UTF-8. {_about_marks(vendor)}"
    if code == "other_format":
        return _CONVERT.format(name=name or "openai")
    if severity == NOTE and code in (*GUIDE_CODES, "order", "top_level_key"):
        return FINE_TODAY
    return REMEDIES[code]


def _about_marks(vendor: Vendor) -> str:
    if vendor.byte_order_mark == "wanted":
        return f"{vendor.title}'s page asks for UTF-8 with a byte-order mark: --to azure writes one"
    if vendor.byte_order_mark == "refused":
        return "Save it without a byte-order mark"
    return "Azure's page asks for a byte-order mark, others read the file without one: say whom it is --for"


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def quoted(value: Any) -> str:
    """A value from the file, short enough for a message and without characters a terminal would obey."""
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= 40 else f"{text[:37]}..."
    return f'"{printable(text)}"'


def printable(text: str) -> str:
    """Text with line breaks, escapes, lone surrogates and the like written out."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
