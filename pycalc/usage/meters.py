"""What a line of a bill metered: which model, input or output, cached, in batch.

Azure alone writes "input" in seven ways; the words were taken from its retail meters of August 2026, those of Bedrock
from its page on the Cost and Usage Report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pycalc.files import table
from pycalc.models import catalogue

_MEANS = {word: means for means, words in table("meter_words", "means", "words") for word in words.split()}
"""What a word of a meter means: the direction of its tokens, the tier, where it runs, or nothing of the kind."""
_TIERS = ("batch", "priority", "flex")
_TOKENS = re.compile(r"\btokens?\b|tokencount|\b1[mk]\b", re.IGNORECASE)
_MODELS = re.compile(
    r"openai|gpt|\bo[134]\b|claude|anthropic|gemini|vertex|bedrock|mistral|llama|deepseek|foundry models|cognitive",
    re.I,
)
_AWS_REGION = re.compile(r"(us|eu|ap|ca|sa|me|af|il|mx)[a-z]{1,3}\d")
"""As AWS begins its meters: USE1, EUC1, APN1."""
_UNIT = re.compile(r"(\d[\d,]*)\s*([KkMm])?")


@dataclass(frozen=True)
class Meter:
    """One line's meter."""

    model: str
    direction: str
    """input, cached, cache_write, cache_write_1h, output, or "" where it is no count of tokens."""
    tier: str


def is_model(meter: str, service: str, unit: str) -> bool:
    """Whether a line of a cloud bill is about a language model at all."""
    return bool(_MODELS.search(f"{meter} {service}") or _TOKENS.search(f"{meter} {unit}"))


def read_meter(text: str) -> Meter:
    """Take a meter's words apart; those that are left are the model."""
    words = [word for word in re.split(r"[\s\-_/,()]+", text.lower()) if word and not _AWS_REGION.fullmatch(word)]
    found = [_MEANS[word] for word in words if word in _MEANS]
    if "no model" in found:
        direction = ""
    elif "cache_write" in found:
        direction = "cache_write_1h" if "1h" in words else "cache_write"
    elif "cached" in found and "output" not in found:
        direction = "cached"
    else:
        direction = next((each for each in ("output", "input") if each in found), "")
    tier = next((each for each in _TIERS if each in found), "")
    return Meter(model_name([word for word in words if word not in _MEANS]), direction, tier)


def model_name(words: list[str]) -> str:
    """The catalogue's name of a model from a meter's words: "gpt 4o 0806" is gpt-4o-2024-08-06."""
    plain = "-".join(words)
    plain = _amazons().get(plain, plain)
    loaded = catalogue.load()
    known = {**loaded.models, **loaded.names}
    for name in (plain, f"gpt-{plain}", plain.partition(".")[2]):  # "anthropic.claude-opus-4-8", as Bedrock has it
        if name in known:
            return name
        stem, _, day = name.rpartition("-")
        if len(day) == 4 and day.isdigit():
            ending = f"-{day[:2]}-{day[2:]}"
            dated = [each for each in known if each.startswith(f"{stem}-20") and each.endswith(ending)]
            if len(dated) == 1:
                return dated[0]
    return plain


@cache
def _amazons() -> dict[str, str]:
    """The models Amazon's bill calls by names of its own, in small letters."""
    return {meter: model for meter, model, *_ in table("meters", "meter", "model", "source", "read_on")}


def unit_size(unit: str) -> float:
    """How many tokens one unit of a bill's quantity is: 1K, 1M, 1,000 Tokens."""
    found = _UNIT.search(unit)
    if not found:
        return 1e3 if unit.strip().lower().startswith("k") else 1e6 if unit.strip().lower().startswith("m") else 1.0
    size = float(found[1].replace(",", ""))
    return size * {"k": 1e3, "m": 1e6}.get((found[2] or "").lower(), 1.0)
