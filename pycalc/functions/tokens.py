"""Tokens: how long a text is for a model, and whether it fits."""

from __future__ import annotations

import math

from pycalc.annotations import Any, Callable, Iterable, Sequence
from pycalc.errors import CalcError, NoAnswerError, WrongKindError, ZeroRatioError
from pycalc.files import table
from pycalc.models import catalogue, estimates, families, tokenizer
from pycalc.registry import EACH_ONCE, worksheet_function

SECTION = "Tokens"
_TIKTOKEN = "OpenAI, tiktoken 0.14, https://github.com/openai/tiktoken (read 2026-11-20)"
_COOKBOOK = (
    "OpenAI cookbook, How to count tokens with tiktoken, "
    "https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb "
    "(read 2026-11-20)"
)
_NO_TWIN = "No formula cuts text into tokens; a workbook keeps the count as a value beside the text"
_NO_WINDOW_TWIN = "The window is looked up; a workbook keeps it in a cell of its own and compares"

TOKENS_PER_MESSAGE = 3
TOKENS_PER_NAME = 1
TOKENS_TO_PRIME_REPLY = 3

_IMAGES = table("images", "model", "base", "tile", "patch")
IMAGE_TILES = {model: (int(base), int(tile)) for model, base, tile, patch in _IMAGES if not patch}
"""Tokens of an image, and of each of its tiles of 512 pixels."""
IMAGE_PATCHES = {model: float(patch) for model, _, _, patch in _IMAGES if patch}
"""What each patch of 32 pixels counts as."""
MOST_PATCHES = 1536

CHAT_FAMILIES = ("gpt-4o", "gpt-4", "gpt-3.5-turbo", "gpt-35-turbo")
"""Families whose bills the published formula was checked against; gpt-35-turbo is Azure's name."""


def _count_rows(rows: list[tuple[Any, ...]]) -> list[Any]:
    """TOKEN_COUNT of many cells."""
    return _by_model("TOKEN_COUNT", rows, lambda texts, model: map(float, tokenizer.count_many(texts, model)))


def _overhead_rows(rows: list[tuple[Any, ...]]) -> list[Any]:
    """TOKEN_OVERHEAD of many cells."""

    def overheads(pairs: list[tuple[str, str]], model: str) -> list[Any]:
        counts = tokenizer.count_many([text for pair in pairs for text in pair], model)
        return [_overhead(*both) for both in zip(counts[::2], counts[1::2], strict=True)]

    return _by_model("TOKEN_OVERHEAD", [((prompt, query), model) for prompt, query, model in rows], overheads)


def _by_model(name: str, rows: list[tuple[Any, Any]], count: Callable[[list[Any], Any], Iterable[Any]]) -> list[Any]:
    """Rows of something and a model: all of one model in one go, so that texts are joined and cores shared."""
    places: dict[Any, Sequence[int]] = {model: [] for _, model in rows}
    if len(places) == 1:
        places = {model: range(len(rows)) for model in places}
    else:
        for place, (_, model) in enumerate(rows):
            places[model].append(place)  # type: ignore[attr-defined]
    results: list[Any] = [None] * len(rows)
    for model, wanted in places.items():
        try:
            counted = count([rows[place][0] for place in wanted], model)
        except CalcError as error:
            error.function = name
            counted = [error.bare()] * len(wanted)
        for place, result in zip(wanted, counted, strict=True):
            results[place] = result
    return results


def _estimate_rows(rows: list[tuple[Any, ...]]) -> list[Any]:
    """TOKEN_ESTIMATE of many cells."""
    return _by_model(
        "TOKEN_ESTIMATE",
        [(text, (model, language)) for text, model, language in rows],
        lambda texts, both: estimates.estimate_many(texts, *both),
    )


def _overhead(prompt: int, query: int) -> float | CalcError:
    if prompt or query:
        return prompt / (prompt + query)
    error = ZeroRatioError("both texts are empty", "Give the prompt or the query at least")
    error.function = "TOKEN_OVERHEAD"
    return error


@worksheet_function(
    summary="Tokens of a text as the model counts them, exact and without a network.",
    returns="tokens",
    formula="number of tokens of text in the model's vocabulary",
    no_twin=_NO_TWIN,
    many=_count_rows,
    needs=("tiktoken", "numpy"),
    references=(_TIKTOKEN, _COOKBOOK),
    examples=((("tiktoken is great!", "gpt-4"), "6"), (("antidisestablishmentarianism",), "6")),
)
def token_count(text: str, model: str = "gpt-4o") -> float:
    """A blank cell has 0, a number the tokens of its shortest display text, TRUE those of "TRUE". Text that looks
    like a special token is plain text. OpenAI's models, Mistral since Nemo, Qwen and DeepSeek count with vocabularies
    that are shipped; Llama 3, Gemma and Gemini need the extra "tokenizers". A model whose tokenizer does not run here
    is #N/A, unless the name says what to count with instead: "claude-opus-5 ~ ctok" is the unofficial reconstruction
    of the extra "claude", "claude-opus-5 ~ o200k_base" the count of another vocabulary. TOKEN_ESTIMATE estimates.
    """
    return tokenizer.count(text, model)


@worksheet_function(
    summary="Tokens of a text for a model without a public vocabulary: o200k_base's count times a measured ratio.",
    returns="tokens",
    formula="tokens(text) in the model's vocabulary where it can be counted, else in o200k_base times the ratio for "
    "family and language",
    no_twin=_NO_TWIN,
    many=_estimate_rows,
    needs=("tiktoken", "numpy"),
    references=(
        _TIKTOKEN,
        "Ratios: pycalc/data/token_ratios.csv, measured 2026-11-29 on the Universal Declaration of Human Rights; "
        "Claude by ctok 1.3.0, an unofficial reconstruction, https://github.com/sanderland/ctok",
    ),
    examples=((("tiktoken is great!", "gpt-4"), "6"), (("tiktoken is great!", "claude-sonnet-4-5"), "6.708")),
)
def token_estimate(text: str, model: str, language: str = "English") -> float:
    """A model that can be counted exactly is counted exactly, a whole number. Claude up to Opus 4.6 has 1.118 tokens in
    English for one of o200k_base, from Opus 4.7 on 1.596; German 1.629 and 2.289. Languages go by name or code
    ("German", "de"); "code", "JSON", "Markdown" and "CSV" are measured too. One text was measured for each, and others
    differ: English technical prose had 1.07 to 1.12 and 1.38 to 1.82. No ratio known: #N/A.
    """
    return estimates.estimate_many([text], model, language)[0]


@worksheet_function(
    summary="Share of the input that is instructions: prompt tokens divided by prompt and query tokens.",
    returns="fraction",
    formula="tokens(system_prompt) / (tokens(system_prompt) + tokens(user_query))",
    no_twin=_NO_TWIN,
    many=_overhead_rows,
    needs=("tiktoken", "numpy"),
    references=(_TIKTOKEN,),
    examples=((("tiktoken is great!", "antidisestablishmentarianism", "gpt-4"), "0.5"),),
)
def token_overhead(system_prompt: str, user_query: str, model: str = "gpt-4o") -> float:
    """Both texts empty is #DIV/0!."""
    share = _overhead(tokenizer.count(system_prompt, model), tokenizer.count(user_query, model))
    if isinstance(share, CalcError):
        raise share
    return share


@worksheet_function(
    summary="Input tokens of a chat call by OpenAI's published formula, from columns of roles and contents.",
    returns="tokens",
    formula="sum over messages of (3 + tokens(role) + tokens(content) [+ 1 + tokens(name)]) + 3",
    no_twin=_NO_TWIN,
    shapes={"roles": "range", "contents": "range", "model": "scalar", "names": "range"},
    needs=("tiktoken", "numpy"),
    references=(_COOKBOOK,),
    examples=(((["user"], ["tiktoken is great!"], "gpt-4"), "13"),),
)
def chat_tokens(roles: list[str], contents: list[str], model: str = "gpt-4o", names: list[str] | None = None) -> float:
    """Each message costs 3 tokens besides its role and content, a name 1 besides its own, the reply's start 3.
    Rows that are blank throughout are no messages. The formula is published for gpt-3.5-turbo, gpt-4 and gpt-4o;
    other families frame their messages otherwise (gpt-5 was seen to bill another number) and are #N/A.
    """
    if families.openai_family(model) not in CHAT_FAMILIES or "gpt-3.5-turbo-0301" in model.lower():
        tokenizer.count("", model)  # an unknown name is refused as such
        raise NoAnswerError(
            f'OpenAI published no formula for the messages of "{model}"',
            f"Its formula is for {', '.join(CHAT_FAMILIES[:3])}; TOKEN_COUNT counts the texts alone",
        )
    names = [""] * len(roles) if names is None else names
    if not len(roles) == len(contents) == len(names):
        raise WrongKindError(
            f"the ranges differ in length: {len(roles)} roles, {len(contents)} contents, {len(names)} names",
            "Give ranges of equal size",
        )
    messages = [row for row in zip(roles, contents, names, strict=True) if any(row)]
    texts = [text for row in messages for text in row if text]
    named = sum(1 for _, _, name in messages if name)
    return (
        sum(tokenizer.count_many(texts, model))
        + TOKENS_PER_MESSAGE * len(messages)
        + TOKENS_PER_NAME * named
        + TOKENS_TO_PRIME_REPLY
    )


@worksheet_function(
    summary="Tokens of an image by OpenAI's published formulas: tiles of 512 pixels or patches of 32, by model.",
    returns="tokens",
    formula="tiles: base + tiles × tile tokens, after fitting 2048 × 2048 and a shorter side of 768; patches: "
    "⌈width / 32⌉ × ⌈height / 32⌉, at most 1536, × factor",
    no_twin="The constants go by the model's name; a workbook keeps the count as a value",
    many=EACH_ONCE,
    references=(
        "OpenAI, Images and vision, calculating costs, https://developers.openai.com/api/docs/guides/images-vision "
        "(as it stood in 2025; gpt-4o and gpt-4.1-mini read again on 2026-11-29)",
    ),
    examples=(((1024, 1024), "765"), ((1800, 2400, "gpt-4.1-mini"), "2352.24")),
)
def image_tokens(width: float, height: float, model: str = "gpt-4o", detail: str = "high") -> float:
    """Approximate: bills and page were seen to differ for later models.

    detail "low" is the base alone, for models that count tiles. Models of which no formula is published are #N/A.
    """
    if detail.strip().lower() not in ("high", "low", "auto", ""):
        raise WrongKindError(f'"{detail}" is not a level of detail', 'Give "high" or "low"')
    low = detail.strip().lower() == "low"
    name = families.base_name(model)
    for family in (*IMAGE_TILES, *IMAGE_PATCHES):
        if name == family or name.startswith(family + "-20"):
            if family in IMAGE_TILES:
                base, tile = IMAGE_TILES[family]
                return float(base if low else base + tile * _tiles(width, height))
            if not low:
                return _patches(width, height) * IMAGE_PATCHES[family]
    raise NoAnswerError(
        f'no formula is published for an image{" of low detail" if low else ""} in "{model}"',
        f"Known are {', '.join((*IMAGE_TILES, *IMAGE_PATCHES))}",
    )


def _tiles(width: float, height: float) -> int:
    """Tiles of 512 pixels of an image that was fitted into 2048 × 2048, its shorter side then to 768."""
    fit = min(1.0, 2048 / max(width, height))
    fit = min(fit, 768 / min(width, height))
    return math.ceil(round(width * fit, 9) / 512) * math.ceil(round(height * fit, 9) / 512)


def _patches(width: float, height: float) -> int:
    """Patches of 32 pixels; a larger image is shrunk until whole patches within the limit cover it."""
    patches = math.ceil(width / 32) * math.ceil(height / 32)
    if patches <= MOST_PATCHES:
        return patches
    fit = math.sqrt(MOST_PATCHES * 32 * 32 / (width * height))
    across, down = width * fit / 32, height * fit / 32
    fit = fit * min(math.floor(across) / across, math.floor(down) / down)
    across, down = math.ceil(round(width * fit / 32, 9)), math.ceil(round(height * fit / 32, 9))
    return min(MOST_PATCHES, across * down)


@worksheet_function(
    summary="Context window of a model in tokens.",
    returns="tokens",
    formula="the catalogue's context window of model",
    no_twin=_NO_WINDOW_TWIN,
    many=EACH_ONCE,
    references=("OpenAI, Models, https://developers.openai.com/api/docs/models (read 2026-11-20)",),
    examples=((("gpt-4o",), "128000"), (("gpt-4",), "8192")),
)
def model_context(model: str) -> float:
    """Input and output together.

    A fine-tuned model has its base's window. An unknown model is #N/A.
    """
    return float(catalogue.context_window(model))


@worksheet_function(
    summary="TRUE when input and output together fit the model's context window.",
    returns="TRUE or FALSE",
    formula="input_tokens + output_tokens ≤ context window of model",
    no_twin=_NO_WINDOW_TWIN,
    many=EACH_ONCE,
    references=("OpenAI, Models, https://developers.openai.com/api/docs/models (read 2026-11-20)",),
    examples=((("gpt-4", 8000, 192), "TRUE"), (("gpt-4", 8000, 193), "FALSE")),
)
def context_fits(model: str, input_tokens: float, output_tokens: float) -> bool:
    """Exactly full is TRUE."""
    return input_tokens + output_tokens <= catalogue.context_window(model)
