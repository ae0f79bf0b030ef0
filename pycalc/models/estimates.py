"""Tokens of models without a vocabulary to count with: o200k_base's count times a measured ratio.

The ratios are data/token_ratios.csv: for each language the tokens of one text in a family's tokenizer, divided by
its tokens in o200k_base (o200k_tokens says how long the text is). Measured on 2026-11-29 on the Universal Declaration
of Human Rights and, for code, JSON, Markdown and CSV, on files of public projects; Claude by the unofficial
reconstruction ctok 1.3.0, the others by their own vocabularies. One text a language, and other texts of the language
differ: 80 pieces of English technical prose of 4,000 characters had 1.07 to 1.12 tokens for Claude up to Opus 4.6 (the
table says 1.118) and 1.38 to 1.82, half of them below 1.44, from Opus 4.7 on (1.596), by ctok on 2026-11-30.
"""

from __future__ import annotations

from pycalc.errors import NoAnswerError
from pycalc.files import packaged
from pycalc.models import families, tokenizer

BASE = "o200k_base"


def estimate_many(texts: list[str], model: str, language: str) -> list[float]:
    """Tokens of each text: exact where the model can be counted here, else estimated."""
    try:
        return [float(count) for count in tokenizer.count_many(texts, model)]
    except NoAnswerError:
        times = ratio(model, language)
    return [count * times for count in tokenizer.count_many(texts, BASE)]


def ratio(model: str, language: str) -> float:
    """Tokens of the model for one token of o200k_base."""
    titles, *rows = _table()
    column = titles.index(_column(model))
    wanted = language.strip().lower()
    for row in rows:
        if wanted in (row[0].lower(), row[1]):
            return float(row[column])
    known = ", ".join(row[0] for row in rows)
    raise NoAnswerError(f'no ratio was measured for the language "{language}"', f"Measured are {known}")


def _column(model: str) -> str:
    """The column of a model's ratios."""
    name = families.plain(model)
    version = families.claude_version(model)
    if version is not None:
        return "claude-2" if version < (3, 0) else "claude-3" if version < (4, 7) else "claude-4.7"
    for start, column in families.MEASURED:
        if name.startswith(start):
            return column
    try:
        vocabulary = families.resolve(model)
    except NoAnswerError:
        vocabulary = ""
    column = "qwen" if vocabulary == "qwen3.5" else vocabulary
    if column and column in _table()[0]:
        return column
    raise NoAnswerError(
        f'no ratio to o200k_base is known for "{name}"' if name else "no model is named",
        "Known are Claude, Llama 3 and 4, Mistral since Nemo, Qwen, DeepSeek, Gemma, Gemini, GLM 4, Kimi K2",
    )


def _table() -> list[list[str]]:
    import csv

    return list(csv.reader(packaged("token_ratios.csv")))
