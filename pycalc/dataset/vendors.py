"""What each vendor takes as a training file, as data, with the page it was read on.

A rule that is not on a vendor's page is not held against a file: where a page is silent the default stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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

FORMATS = {
    CHAT: 'chat: {"messages": [..]}, with tools or without',
    REINFORCEMENT: "reinforcement: messages that end with the user, and fields for the grader",
    PREFERENCE: "preference: input, preferred_output, non_preferred_output",
    TRL_PREFERENCE: "TRL's preference: prompt, chosen, rejected",
    PROMPT_COMPLETION: "prompt and completion",
    SHAREGPT: "ShareGPT: conversations with from and value",
    ALPACA: "Alpaca: instruction, input, output",
    VERTEX: "Vertex AI: systemInstruction and contents",
    BEDROCK: "Bedrock's Converse: schemaVersion, system, messages",
    TEXT: "plain text",
}
"""The formats by name, and what each looks like."""


@dataclass(frozen=True)
class Vendor:
    """What one vendor takes."""

    title: str
    source: str
    formats: tuple[str, ...] = (CHAT,)
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


OPENAI = Vendor(
    "OpenAI",
    "developers.openai.com, Supervised fine-tuning; API reference, fine-tuning inputs (read 2026-11-20); Direct "
    "preference optimization, Reinforcement fine-tuning; Files, upload (512 MB; more in parts) (read 2026-11-30)",
    formats=(CHAT, REINFORCEMENT, PREFERENCE),
    fewest=10,
    largest=512,
)
VENDORS = {
    "openai": OPENAI,
    "azure": replace(
        OPENAI,
        title="Azure OpenAI",
        source="learn.microsoft.com, Customize a model with fine-tuning (UTF-8 with a byte-order mark); Direct "
        "preference optimization; Reinforcement fine-tuning (read 2026-11-30)",
        byte_order_mark="wanted",
    ),
    "vertex": Vendor(
        "Vertex AI",
        "docs.cloud.google.com, Prepare supervised fine-tuning data for Gemini models; Reinforcement tuning, tuning "
        "dataset; About supervised fine-tuning (1 GB) (read 2026-11-30)",
        formats=(VERTEX,),
        largest=1024,
        alternates=True,
        arguments_as_text=False,
    ),
    "bedrock": Vendor(
        "Amazon Bedrock",
        "docs.aws.amazon.com, Prepare data for fine-tuning text-to-text models; Supervised fine-tuning on Amazon Nova "
        "2.0 (tools not supported); Prepare data for open-weight models (reinforcement) (read 2026-11-30)",
        formats=(BEDROCK, PROMPT_COMPLETION, REINFORCEMENT),
        alternates=True,
        arguments_as_text=False,
        tools=False,
    ),
    "together": Vendor(
        "Together AI",
        "docs.together.ai, Data preparation; Function calling (read 2026-11-30)",
        formats=(CHAT, PROMPT_COMPLETION, PREFERENCE, TEXT),
        alternates=True,
        system_first=True,
    ),
    "fireworks": Vendor(
        "Fireworks AI",
        "docs.fireworks.ai, Supervised fine tuning; Direct preference optimization (read 2026-11-30)",
        formats=(CHAT, REINFORCEMENT, PREFERENCE),
        fewest=3,
        most=3_000_000,
        system_first=True,
    ),
    "mistral": Vendor(
        "Mistral",
        "docs.mistral.ai, Text & Vision Fine-tuning, marked deprecated (read 2026-11-30)",
        alternates=True,
    ),
    "trl": Vendor(
        "TRL",
        "huggingface.co/docs/trl, Dataset formats and types (read 2026-11-30)",
        formats=(CHAT, PROMPT_COMPLETION, TRL_PREFERENCE, SHAREGPT, TEXT),
        arguments_as_text=False,
        other_keys="note",
    ),
}

ANY = replace(OPENAI, byte_order_mark="")
"""Where nobody is named: OpenAI's rules, but what others want otherwise is left open."""

WRITTEN_FOR = {
    # The format a vendor's file is written in, for the three kinds of training.
    "openai": (CHAT, PREFERENCE, REINFORCEMENT),
    "azure": (CHAT, PREFERENCE, REINFORCEMENT),
    "vertex": (VERTEX, "", VERTEX),
    "bedrock": (BEDROCK, "", REINFORCEMENT),
    "together": (CHAT, PREFERENCE, ""),
    "fireworks": (CHAT, PREFERENCE, REINFORCEMENT),
    "mistral": (CHAT, "", ""),
    "trl": (CHAT, TRL_PREFERENCE, ""),
}


def vendor(name: str) -> Vendor:
    """A vendor by the name `--for` takes; "" is nobody in particular."""
    return VENDORS[name] if name else ANY
