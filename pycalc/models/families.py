"""Which vocabulary a model's name stands for.

* `resolve(model)`: the vocabulary, or #N/A with the reason.
* `bare_name(model)`, `fine_tuned_base(name)`: a name without what makes no difference.
* `claude_version(name)`: the generation a Claude model's name tells.

A model whose tokenizer its vendor keeps to itself has no exact count here: TOKEN_ESTIMATE estimates it. Whoever
wants another vocabulary's count names it after a tilde: ``claude-opus-5 ~ o200k_base`` counts as o200k_base does,
and the catalogue reads the same name as claude-opus-5.
"""

from __future__ import annotations

from pycalc.errors import no_answer
from pycalc.models.vocabularies import CORE, EXTRA

VOCABULARIES = (*CORE, *EXTRA)

ALIASES = {
    # Other names of a vocabulary: they differ in special tokens only, which plain text never meets.
    "o200k_harmony": "o200k_base",
    "p50k_edit": "p50k_base",
    "gpt2": "r50k_base",
    "gpt-2": "r50k_base",
}

FAMILIES = {
    # A model is a family's name, alone or followed by the words of VARIANTS and a date.
    # Source: tiktoken 0.14.0, tiktoken/model.py, read 2026-11-20.
    "gpt-5": "o200k_base",
    "gpt-4.5": "o200k_base",
    "gpt-4.1": "o200k_base",
    "gpt-4o": "o200k_base",
    "chatgpt-4o": "o200k_base",
    "o1": "o200k_base",
    "o3": "o200k_base",
    "o4-mini": "o200k_base",
    "gpt-oss": "o200k_base",
    "gpt-4": "cl100k_base",
    "gpt-3.5": "cl100k_base",
    "gpt-3.5-turbo": "cl100k_base",
    "gpt-35-turbo": "cl100k_base",
    "davinci-002": "cl100k_base",
    "babbage-002": "cl100k_base",
    "text-embedding-ada-002": "cl100k_base",
    "text-embedding-3-small": "cl100k_base",
    "text-embedding-3-large": "cl100k_base",
    "text-davinci-003": "p50k_base",
    "text-davinci-002": "p50k_base",
    "code-davinci-002": "p50k_base",
    "code-davinci-001": "p50k_base",
    "code-cushman-002": "p50k_base",
    "code-cushman-001": "p50k_base",
    "cushman-codex": "p50k_base",
    "text-davinci-edit-001": "p50k_base",  # counts as p50k_edit does: that one only adds tokens for the editor
    "code-davinci-edit-001": "p50k_base",
    "text-davinci-001": "r50k_base",
    "text-curie-001": "r50k_base",
    "text-babbage-001": "r50k_base",
    "text-ada-001": "r50k_base",
    **{f"text-similarity-{size}-001": "r50k_base" for size in ("davinci", "curie", "babbage", "ada")},
    **{f"text-search-{size}-doc-001": "r50k_base" for size in ("davinci", "curie", "babbage", "ada")},
    **{f"code-search-{size}-code-001": "r50k_base" for size in ("babbage", "ada")},
    "davinci": "r50k_base",
    "curie": "r50k_base",
    "babbage": "r50k_base",
    "ada": "r50k_base",
}

# fmt: off
VARIANTS = frozenset((
    "mini", "nano", "pro", "turbo", "chat", "latest", "preview", "instruct", "vision", "audio", "realtime",
    "search", "deep", "research", "transcribe", "tts", "codex", "max", "sol", "terra", "luna",
    "16k", "32k", "20b", "120b",
))

PROVIDERS = frozenset((
    "openai", "azure", "azure_openai", "azure_ai", "anthropic", "google", "gemini", "google_vertex", "vertex",
    "vertex_ai", "mistral", "mistralai", "cohere", "deepseek", "xai", "x-ai", "groq", "together", "fireworks",
    "bedrock", "openrouter",
))
# fmt: on

OPEN_FAMILIES = (
    # Families of other makers, by a pattern of the name once `_plain` has brought it to one spelling. The first
    # that fits counts; "" is a family known to count otherwise. Read 2026-11-29: tokenizers.csv's packages;
    # mistral-common 1.13.1 (which Mistral models have Tekken); google-genai 3.6.1 (Gemini 2.0 to 3 count with
    # Gemma 3's vocabulary, 3.1 and 3.5 with Gemma 4's; the two count alike).
    (r"deepseek-r1-distill-llama.*", "llama3"),
    (r"deepseek-r1-distill-qwen.*", "qwen"),
    (r"deepseek-(v2|coder|llm|moe|math|vl).*", ""),
    (r"deepseek-(chat|reasoner|v3|v4|r1|v3\.[12]|terminus|flash|pro).*", "deepseek"),
    (r"(meta-)?llama-?v?3([.-][0-3])?(?![\db.]).*", "llama3"),
    (r"qwen-?3[.-][56](?![\db]).*", "qwen3.5"),
    (r"(qwen-?(1[.-]5|2|2[.-]5|3)(?![\d.])|qwq-|qvq-|qwen-(1[.]8|7|14|72)b).*", "qwen"),
    (r"gemma-?(3|3n|4)(?![\d.]).*", "gemma"),
    (r"gemini-(live-)?(2[.-]0|2[.-]5|3|3[.-]1|3[.-]5)-(flash|pro)(?!.*(image|tts|audio|embedding)).*", "gemma"),
    (r"(open-)?mistral-nemo.*|pixtral-12b.*|(ministral|magistral|devstral|voxtral)-.*", "tekken"),
    (r"codestral-(2[5-9]\d\d|latest).*|mistral-small-?(2[5-9]\d\d|24b|3\.[12]|4|latest)(?!\d).*", "tekken"),
    (r"mistral-(medium|large)-(2[5-9]\d\d|3|3\.[1-9]|latest)(?!\d).*", "tekken"),
)

NO_LOCAL_TOKENIZER = (
    # How a name begins, and why it has no exact count here.
    ("gpt-6", "OpenAI has not published which vocabulary it uses"),
    ("claude", "Anthropic counts its tokens on its own servers"),
    ("gemini", "this one is not among those Google's SDK counts with a public vocabulary"),
    ("llama", "only Llama 3 to 3.3 are counted here"),
    ("mistral", "only the models with the Tekken vocabulary are counted here, and this name does not say which it is"),
    ("mixtral", "its vocabulary is older than Tekken"),
    ("pixtral", "its vocabulary is older than Tekken"),
    ("codestral", "its vocabulary is older than Tekken, or it is not said which"),
    ("deepseek", "only V3 to V4 and R1 are counted here"),
    ("qwen", "only Qwen 1 to 3.6 by number are counted here"),
    ("gemma", "only Gemma 3 and 4 are counted here"),
    ("grok", "xAI counts its tokens on its own servers"),
    ("command", "Cohere counts its tokens on its own servers"),
    ("nova", "Amazon counts its tokens on its own servers"),
)

_MAKERS = frozenset(("meta", "mistral", "qwen", "deepseek", "anthropic", "google", "amazon", "cohere", "openai"))
_REGIONS = frozenset(("us", "eu", "apac", "global", "us-gov", "jp", "au", "ca"))


def bare_name(model: str) -> str:
    """A model's name without what makes no difference: letter case, blanks, provider, what follows a tilde.

    ``"OpenAI/GPT-4o "`` and ``"openai:gpt-4o ~ cl100k_base"`` are both ``"gpt-4o"``;
    ``"azure/ft:gpt-4o:acme"`` is ``"ft:gpt-4o:acme"``.
    """
    name = model.partition("~")[0].strip().lower()
    head, colon, tail = name.partition(":")
    if head in PROVIDERS and colon:
        return bare_name(tail)
    return head.rpartition("/")[2] + colon + tail


def fine_tuned_base(name: str) -> str:
    """The base of a fine-tuned model's bare name, or "" for a model that is not one.

    ``ft:gpt-4o-2024-08-06:acme::id`` (OpenAI since 2023), ``davinci:ft-acme-2023`` (before) and
    ``gpt-4o-2024-08-06.ft-id`` (Azure).
    """
    if name.startswith("ft:"):
        return name[3:].partition(":")[0]
    for mark in (":ft-", ".ft-"):
        if mark in name:
            return name.partition(mark)[0]
    return ""


def resolve(model: str) -> str:
    """The vocabulary that counts a model's tokens exactly, or the one named after a tilde."""
    chosen = model.rpartition("~")[2].strip() if "~" in model else model
    name = bare_name(chosen)
    name = fine_tuned_base(name) or name
    if name in VOCABULARIES:
        return name
    if name == "ctok":
        return _reconstruction(bare_name(model))
    if name in ALIASES:
        return ALIASES[name]
    family = _family(name)
    if family:
        return FAMILIES[family]
    return _open_family(plain(chosen)) or _refused(name, plain(chosen))


def _refused(name: str, plainly: str) -> str:
    if not name:
        raise no_answer("no model is named", f"Write one such as gpt-4o, or one of {', '.join(VOCABULARIES)}")
    reason = next((reason for start, reason in NO_LOCAL_TOKENIZER if plainly.startswith(start)), "")
    if reason:
        remedy = f'Ask TOKEN_ESTIMATE for an estimate, or name another vocabulary: "{name} ~ o200k_base"'
        if plainly.startswith("claude"):
            remedy = (
                "Ask TOKEN_ESTIMATE for an estimate (counted as o200k_base alone English is short by 11 to 37 %), "
                f'or the unofficial reconstruction: "{name} ~ ctok"'
            )
        raise no_answer(f'"{name}" has no exact tokenizer on this machine: {reason}', remedy)
    raise no_answer(
        f'"{name}" is not a model whose tokenizer is known here',
        "Known are OpenAI's from davinci to gpt-5 with their variants and dates, Mistral since Nemo, Qwen, DeepSeek, "
        f'Llama 3, Gemma, Gemini, and {", ".join(VOCABULARIES)}; to count with another say so: "{name} ~ o200k_base"',
    )


def plain(model: str) -> str:
    """One spelling of an open model's name: sellers spell llama-3.1 as llama-v3p1, llama3-1 and llama_3_1.

    Without a seller's folder, a Bedrock region and version, Vertex's ``@`` and ``-maas``, Ollama's size.
    """
    name = bare_name(model)
    base = fine_tuned_base(name) or name
    if base.startswith("accounts/"):
        base = base.rpartition("/")[2]
    base = base.replace("@", "-").replace("_", "-").removesuffix("-maas").partition(":")[0]
    region, dot, rest = base.partition(".")
    if dot and region in _REGIONS:
        base = rest
    maker, dot, rest = base.partition(".")
    if dot and maker in _MAKERS:
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
        raise no_answer(f'"{name}" is not a Claude model of generation 3 or later', "ctok reconstructs those alone")
    return "ctok-3" if version < (4, 7) else "ctok-4.7" if version < (4, 8) else "ctok-4.8"


def openai_family(model: str) -> str:
    """The family of FAMILIES a model belongs to, "" for one of another maker or a vocabulary's name."""
    name = bare_name(model.rpartition("~")[2].strip() if "~" in model else model)
    return _family(fine_tuned_base(name) or name)


def _family(name: str) -> str:
    """The longest family whose name begins this one, when nothing unknown follows it; else ""."""
    for end in range(len(name), 0, -1):
        family = name[:end]
        if family in FAMILIES and _known_variant(family, name[end:]):
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
    return all(word in VARIANTS or _month_and_day(word) for word in words)


def _month_and_day(word: str) -> bool:
    """Whether a word of a model's name is a date as in gpt-4-0613."""
    return len(word) == 4 and word.isdigit() and "01" <= word[:2] <= "12"
