"""What training on a file costs: epochs and billed tokens as OpenAI's guide estimates them, at dated prices.

References
----------
* OpenAI cookbook, examples/Chat_finetuning_data_prep.ipynb (MIT licence): default epochs, billed tokens and
  the limit of 4,096 tokens for gpt-3.5-turbo; read 2026-11-20.
* Microsoft Learn, "Fine-tuning models" (MicrosoftDocs/azure-ai-docs, fine-tune-models.md): "training example
  context length" of gpt-4o, gpt-4o-mini, gpt-4.1, gpt-4.1-mini, gpt-4.1-nano, o4-mini; read 2026-11-20.
* OpenAI, "Fine-tuning: token limits" (platform.openai.com/docs/guides/fine-tuning, as quoted at
  community.openai.com/t/563147): gpt-3.5-turbo-0613, -1106, -0125; read 2026-11-20.
"""

from __future__ import annotations

from pycalc.files import table
from pycalc.models.families import base_name

TARGET_EPOCHS = 3
MIN_TARGET_EXAMPLES = 100
MAX_TARGET_EXAMPLES = 25_000
MIN_DEFAULT_EPOCHS = 1
MAX_DEFAULT_EPOCHS = 25

LIMITS = {model: int(tokens) for model, tokens in table("example_limits", "model", "tokens")}
"""Tokens of one training example; more are cut off. An undated gpt-3.5-turbo is the guide's own model."""


def example_limit(model: str) -> int | None:
    """Tokens of one training example at most; None where no source is known."""
    name = base_name(model)
    while name:
        if name in LIMITS:
            return LIMITS[name]
        name = name.rpartition("-")[0]
    return None


def default_epochs(examples: int) -> int:
    """The guide's rule: 3 epochs, more for few examples, fewer for very many."""
    if examples * TARGET_EPOCHS < MIN_TARGET_EXAMPLES:
        return min(MAX_DEFAULT_EPOCHS, MIN_TARGET_EXAMPLES // examples)
    if examples * TARGET_EPOCHS > MAX_TARGET_EXAMPLES:
        return max(MIN_DEFAULT_EPOCHS, MAX_TARGET_EXAMPLES // examples)
    return TARGET_EPOCHS
