"""Which vocabulary a model's name stands for.

* `resolve(model)`: the vocabulary, or #N/A with the reason.
* `base_name(model)`: a name without what makes no difference.
* `claude_version(name)`: the generation a Claude model's name tells.

A model whose tokenizer its vendor keeps to itself has no exact count here: TOKEN_ESTIMATE estimates it. Whoever
wants another vocabulary's count names it after a tilde: ``claude-opus-5 ~ o200k_base`` counts as o200k_base does,
and the catalogue reads the same name as claude-opus-5.
"""

from __future__ import annotations

from pycalc.errors import NoAnswerError
from pycalc.files import table
from pycalc.models.sellers import BEDROCK_MAKERS, WORDS, parse
from pycalc.models.vocabularies import CORE, EXTRA

VOCABULARIES = (*CORE, *EXTRA)

_TABLE = table("families", "how", "name", "counts")
ALIASES = {name: vocabulary for how, name, vocabulary in _TABLE if how == "alias"}
"""Other names of a vocabulary: they differ in special tokens only, which plain text never meets."""

FAMILIES = {
    name: vocabulary for how, name, vocabulary in sorted(_TABLE, key=lambda row: -len(row[1])) if how == "family"
}
"""A model is a family's name, alone or followed by the words of VARIANTS and a date. The longest come first."""

OPEN_FAMILIES = tuple((name, vocabulary) for how, name, vocabulary in _TABLE if how == "pattern")
"""Families of other makers, by a pattern of the name once `plain` has brought it to one spelling. The first that fits
counts; "" is a family known to count otherwise."""

NO_LOCAL_TOKENIZER = tuple((name, reason) for how, name, reason in _TABLE if how == "refused")
"""How a name begins, and why it has no exact count here."""

MEASURED = tuple((name, column) for how, name, column in _TABLE if how == "measured")
"""How a name begins, and the column of token_ratios.csv, where no vocabulary of its own says it."""

VARIANTS = WORDS["variants"]


def base_name(model: str) -> str:
    """A model's name without what makes no difference: letter case, seller, region, what follows a tilde.

    ``"OpenAI/GPT-4o "`` and ``"openai:gpt-4o ~ cl100k_base"`` are both ``"gpt-4o"``, and so is a fine-tuned model of
    that base, ``"azure/ft:gpt-4o:acme"``.
    """
    return parse(model).model.removeprefix("ft:").rpartition("/")[2]


def resolve(model: str) -> str:
    """The vocabulary that counts a model's tokens exactly, or the one named after a tilde."""
    chosen = model.rpartition("~")[2].strip() if "~" in model else model
    name = base_name(chosen)
    if name in VOCABULARIES:
        return name
    if name == "ctok":
        return _reconstruction(base_name(model))
    if name in ALIASES:
        return ALIASES[name]
    family = _family(name)
    if family:
        return FAMILIES[family]
    return _open_family(plain(chosen)) or _refused(name, plain(chosen))


def _refused(name: str, plainly: str) -> str:
    if not name:
        raise NoAnswerError("no model is named", f"Write one such as gpt-4o, or one of {', '.join(VOCABULARIES)}")
    reason = next((reason for start, reason in NO_LOCAL_TOKENIZER if plainly.startswith(start)), "")
    if reason:
        remedy = f'Ask TOKEN_ESTIMATE for an estimate, or name another vocabulary: "{name} ~ o200k_base"'
        if plainly.startswith("claude"):
            remedy = (
                "Ask TOKEN_ESTIMATE for an estimate (counted as o200k_base alone English is short by 11 to 37 %), "
                f'or the unofficial reconstruction: "{name} ~ ctok"'
            )
        raise NoAnswerError(f'"{name}" has no exact tokenizer on this machine: {reason}', remedy)
    raise NoAnswerError(
        f'"{name}" is not a model whose tokenizer is known here',
        "Known are OpenAI's from davinci to gpt-5 with their variants and dates, Mistral since Nemo, Qwen, DeepSeek, "
        f'Llama 3, Gemma, Gemini, and {", ".join(VOCABULARIES)}; to count with another say so: "{name} ~ o200k_base"',
    )


def plain(model: str) -> str:
    """One spelling of an open model's name: sellers spell llama-3.1 as llama-v3p1, llama3-1 and llama_3_1.

    Without Bedrock's maker in front, Vertex's ``@`` and ``-maas``, Ollama's size.
    """
    base = base_name(model).replace("@", "-").replace("_", "-").removesuffix("-maas").partition(":")[0]
    maker, dot, rest = base.partition(".")
    if dot and maker in BEDROCK_MAKERS:
        base = rest if rest.startswith(maker) or maker != "deepseek" else f"deepseek-{rest}"
    return "".join(
        "." if letter == "p" and base[at - 1 : at].isdigit() and base[at + 1 : at + 2].isdigit() else letter
        for at, letter in enumerate(base)
    )


def _open_family(name: str) -> str:
    import re

    for pattern, vocabulary in OPEN_FAMILIES:
        if re.compile(pattern).fullmatch(name):
            return vocabulary
    return ""


def claude_version(name: str) -> tuple[int, int] | None:
    """Generation and its part: claude-3-5-haiku is (3, 5), claude-sonnet-5 (5, 0), claude-2.1 (2, 1)."""
    name = plain(name)
    if not name.startswith("claude"):
        return None
    numbers = [int(word) for word in name.replace(".", "-").split("-") if word.isdigit() and len(word) < 3]
    numbers += [int(word[1:]) for word in name.split("-") if word[:1] == "v" and word[1:].isdigit() and not numbers]
    if not numbers:
        return (1, 0) if name.startswith("claude-instant") else None
    return numbers[0], numbers[1] if len(numbers) > 1 else 0


def _reconstruction(name: str) -> str:
    """Which of ctok's reconstructions counts a Claude model."""
    version = claude_version(name)
    if version is None or version < (3, 0):
        raise NoAnswerError(f'"{name}" is not a Claude model of generation 3 or later', "ctok reconstructs those alone")
    return "ctok-3" if version < (4, 7) else "ctok-4.7" if version < (4, 8) else "ctok-4.8"


def openai_family(model: str) -> str:
    """The family of FAMILIES a model belongs to, "" for one of another maker or a vocabulary's name."""
    return _family(base_name(model.rpartition("~")[2].strip() if "~" in model else model))


def _family(name: str) -> str:
    """The longest family whose name begins this one, when nothing unknown follows it; else ""."""
    for family in FAMILIES:
        if name.startswith(family) and _known_variant(family, name[len(family) :]):
            return family
    return ""


def _known_variant(family: str, rest: str) -> bool:
    """Whether what follows a family's name is a version of gpt-5, variant words, and at most one date."""
    if family == "gpt-5" and rest[:1] == ".":  # gpt-5.1, gpt-5.6-sol
        version, dash, more = rest[1:].partition("-")
        if not version.isdigit():
            return False
        rest = dash + more
    if not rest:
        return True
    if rest[0] != "-":
        return False
    words = rest[1:].split("-")
    if len(words) >= 3 and [len(word) for word in words[-3:]] == [4, 2, 2] and "".join(words[-3:]).isdigit():
        words = words[:-3]  # 2024-08-06
    return all(  # a variant, or a month and a day as in gpt-4-0613
        word in VARIANTS or (len(word) == 4 and word.isdigit() and "01" <= word[:2] <= "12") for word in words
    )
