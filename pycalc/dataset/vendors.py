"""What each vendor takes as a training file, from data/vendors.json, with the page it was read on.

A rule that is not on a vendor's page is not held against a file: where a page is silent the default stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pycalc.files import records, table


class Format(StrEnum):
    """A format of training files."""

    CHAT = "chat"
    REINFORCEMENT = "reinforcement"
    PREFERENCE = "preference"
    TRL_PREFERENCE = "trl-preference"
    PROMPT_COMPLETION = "prompt-completion"
    SHAREGPT = "sharegpt"
    ALPACA = "alpaca"
    VERTEX = "vertex"
    BEDROCK = "bedrock"
    TEXT = "text"


_FORMATS = table("training_formats", "name", "looks", "not_taken")
FORMATS = {name: looks for name, looks, _ in _FORMATS}
"""The formats by name, and what each looks like."""
NOT_TAKEN = {name: f": {what}" for name, _, what in _FORMATS if what}
"""What to know of those that a vendor does not take."""


@dataclass(frozen=True)
class Vendor:
    """What one vendor takes."""

    title: str
    source: str
    written_for: tuple[str, ...]
    """The format its file is written in, for the three kinds of training: examples, preference pairs, a grader."""
    formats: tuple[str, ...] = (Format.CHAT,)
    byte_order_mark: str = "refused"
    """ "refused", "wanted", or "" where it depends on who reads the file."""
    fewest: int = 1
    most: int | None = None
    """Examples."""
    largest: int = 0
    """Megabytes of an upload; 0 where the page names none."""
    alternates: bool = False
    """User and assistant have to take turns."""
    system_first: bool = False
    """A system message may stand at the beginning alone."""
    arguments_as_text: bool = True
    """A tool call's arguments are a JSON text; else they may be an object."""
    tools: bool = True
    other_keys: str = "warning"
    """How bad a key is that the chat format does not know."""


VENDORS = {name: Vendor(**fields) for name, fields in records("vendors").items()}
ANY = replace(VENDORS["openai"], byte_order_mark="")
"""Where nobody is named: OpenAI's rules, but what others want otherwise is left open."""


def vendor(name: str) -> Vendor:
    """A vendor by the name `--for` takes; "" is nobody in particular."""
    return VENDORS[name] if name else ANY
