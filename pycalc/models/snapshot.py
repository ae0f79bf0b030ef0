"""A newer public price list that the user downloaded, against the catalogue: what changed, what is new.

litellm's model_prices_and_context_window.json and genai-prices' data.json (or data_slim.json) are read. Both are other
people's collections: their rows go into a file of the user's own after a look at what they change, never into the
catalogue.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from pycalc.annotations import Any, Iterator
from pycalc.errors import CalcError, NoAnswerError
from pycalc.files import table
from pycalc.models import catalogue, sellers
from pycalc.models.rows import PRICE_COLUMNS, TOKEN_PRICE

COLUMNS = (*PRICE_COLUMNS, "currency")

_KINDS = table("list_kinds", "list", "field", "kind")
LITELLM_KINDS = {field: kind for name, field, kind in _KINDS if name == "litellm"}
GENAI_KINDS = {field: kind for name, field, kind in _KINDS if name == "genai-prices"}
LITELLM_MODES = ("chat", "completion", "responses", "embedding", None)
GENAI_SELLERS = {"aws": "bedrock", "azure": "azure", "together": "together", "fireworks": "fireworks", "groq": "groq",
                 "openrouter": "openrouter"}  # fmt: skip
GENAI_MAKERS = ("openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "meta", "minimax",
                "moonshotai", "zai")  # fmt: skip

SAME = 1e-6
"""Prices nearer than this share are the same: litellm writes them per token, with the noise of that."""


@dataclass
class PriceChange:
    """One price of the list that the catalogue has otherwise, or not at all."""

    model: str
    kind: str
    before: float | None
    after: float


def changes(kind_of_list: str, path: str | os.PathLike[str], day: str) -> list[PriceChange]:
    """What a downloaded list has otherwise than the catalogue (and the user's own prices) on a day.

    Parameters
    ----------
    kind_of_list : "litellm" or "genai-prices".
    path : the JSON file.
    day : the ISO date whose prices are compared.

    Raises
    ------
    CalcError : the file is not such a list; its message says what is wrong.
    """
    found: dict[tuple[str, str], PriceChange] = {}
    for name, kind, amount in _prices(kind_of_list, path, day):
        asked = sellers.parse(name)
        if asked.why_not or not amount:
            continue
        before = catalogue.token_price(name, kind, day)
        if before is None or abs(before - amount) > SAME * max(before, amount):
            found.setdefault((asked.key(), kind), PriceChange(asked.key(), kind, before, amount))
    return sorted(found.values(), key=lambda change: (change.before is None, change.model, change.kind))


def rows(found: list[PriceChange], kind_of_list: str, day: str) -> Iterator[dict[str, str]]:
    """Changes as rows of a file of own prices."""
    for change in found:
        asked = sellers.parse(change.model)
        known = catalogue.load().models.get(change.model)
        yield dict(
            zip(
                COLUMNS,
                (
                    change.model, asked.seller or (known.provider if known else ""), change.kind, f"{change.after:.9g}",
                    TOKEN_PRICE, day, "", "medium", f"{kind_of_list}, a snapshot of {day}", day,
                    "" if change.before is None else f"the catalogue had {change.before:g}", "USD",
                ),
                strict=True,
            )
        )  # fmt: skip


def _prices(kind_of_list: str, path: str | os.PathLike[str], day: str) -> Iterator[tuple[str, str, float]]:
    try:
        data = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NoAnswerError(f"{path} is not JSON: {error}", "Download the list again") from None
    if kind_of_list == "litellm":
        entries = data.values() if isinstance(data, dict) else ()
        if not any(isinstance(entry, dict) and "litellm_provider" in entry for entry in entries):
            raise _not_such(path, "litellm's model_prices_and_context_window.json")
        yield from _litellm(data)
    else:
        data = data.get("providers", data) if isinstance(data, dict) else data
        if not isinstance(data, list) or not any(isinstance(entry, dict) and "models" in entry for entry in data):
            raise _not_such(path, "genai-prices' data.json")
        yield from _genai(data, day)


def _not_such(path: str | os.PathLike[str], what: str) -> CalcError:
    return NoAnswerError(f"{path} is not {what}", "Name the list it is with --from, or download it again")


def _litellm(data: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    for name, entry in data.items():
        if not isinstance(entry, dict) or entry.get("mode") not in LITELLM_MODES:
            continue
        provider = str(entry.get("litellm_provider") or "")
        seller = provider.partition("-")[0]  # vertex_ai-language-models
        maker = "google" if provider == "gemini" else sellers.MAKERS.get(provider, "")
        if not maker and seller not in sellers.SELLERS:
            continue
        asked = sellers.parse(name)
        if not maker and asked.seller != sellers.SELLERS[seller]:
            name = f"{seller}/{name}"
        elif maker and asked.seller:
            continue
        for field, kind in LITELLM_KINDS.items():
            amount = _number(entry.get(field))
            if amount is not None:
                yield name, kind, round(amount * 1e6, 9)


def _genai(data: list[Any], day: str) -> Iterator[tuple[str, str, float]]:
    for provider in data:
        ident = provider.get("id", "")
        seller = GENAI_SELLERS.get(ident, "")
        if not seller and ident not in GENAI_MAKERS:
            continue
        for model in provider["models"]:
            on_vertex = ident == "google" and str(model["id"]).startswith("claude")
            at = "vertex" if on_vertex else seller
            for spelled in _spelled(model.get("match") or {}) or [str(model["id"])]:
                name = f"{at}/{spelled.removeprefix('regional.')}" if at else spelled
                for field, value in _holding(model.get("prices"), day).items():
                    amount = _number(value.get("base") if isinstance(value, dict) else value)
                    if field in GENAI_KINDS and amount is not None:
                        yield name, GENAI_KINDS[field], amount


def _spelled(match: dict[str, Any]) -> list[str]:
    if "or" in match:
        return [name for part in match["or"] for name in _spelled(part)]
    return [match["equals"]] if "equals" in match else []


def _holding(prices: Any, day: str) -> dict[str, Any]:
    """The prices of a day: the last whose start has come; those of peak hours are the standard ones."""
    if isinstance(prices, dict):
        return prices
    found: dict[str, Any] = {}
    for period in prices or []:
        start = (period.get("constraint") or {}).get("start_date", "")
        if start <= day:
            found = period.get("prices") or {}
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None
