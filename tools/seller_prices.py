"""Snapshot what other sellers than the makers ask: pycalc/data/seller_prices.csv and seller_models.csv.

    python tools/base_prices.py && python tools/seller_prices.py

A build-time tool like base_prices.py, and by its rules. It reads
* genai-prices: Bedrock, Vertex AI, Together, Fireworks, Groq, and what it has of Azure;
* azure-genai-prices: Azure's own meters (the Retail Prices API), inference, fine-tuning, hosting, provisioned units.

A model's name is the seller's, after the seller: `bedrock/global.anthropic.claude-..`, `azure/eu/gpt-4.1`. A price
holds in the `scopes` of its row in seller_models.csv: "default" is a name without a region, "*" any ordinary
region. Where a name without a region would mean one of two prices it means neither.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import azure_meters
from base_prices import (
    MODEL_COLUMNS,
    NO_TEXT_MODEL,
    PRICE_COLUMNS,
    READ_ON,
    RETIRED,
    _prices,
    _rows,
    _spellings,
    _write,
)

from pycalc.models.sellers import BEDROCK_PROFILES

SELLER_COLUMNS = (*MODEL_COLUMNS[:3], "names", "scopes", *MODEL_COLUMNS[4:])
US_REGIONS = ("us", "us-east-1", "us-west-2")
"""Where Bedrock's price page prices first. Elsewhere a model may cost more, and genai-prices does not say."""


DISPUTED = {
    # Prices of genai-prices that a second witness, litellm 1.110.2, has otherwise: what it has, input and output.
    "fireworks/llama-v3p1-8b-instruct": "0.1 and 0.1",
    "fireworks/gemma-3-27b-it": "0.9 and 0.9",
    "fireworks/deepseek-v4-flash": "0.22 and 0.66 for deepseek-v4-flash-0731",
    "fireworks/deepseek-v4-pro": "1.2 and 1.2",
    "together/meta-llama/Llama-3.3-70B-Instruct-Turbo": "1.04 and 1.04",
    "together/mistralai/Mixtral-8x7B-Instruct-v0.1": "0.6 and 0.6",
}


class Found:
    """The rows of both files, as they are found."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.prices: list[dict[str, str]] = []
        self.models: list[dict[str, str]] = []

    def add(self, name: str, seller: str, model: Any, page: str, names: list[str], scopes: list[str]) -> None:
        rows = _prices(name, seller, model, {}, f"{self.source}; {page}")
        if not rows:
            return  # priced by the page, the minute or the character
        if name in DISPUTED:
            for row in rows:
                row["confidence"] = "low"
                row["note"] = "; ".join(filter(None, (row["note"], f"litellm 1.110.2 has {DISPUTED[name]}")))
        self.prices += rows
        window = str(model.context_window or "")
        spelled = " ".join(dict.fromkeys(other.lower() for other in names))
        values = (name, seller, window, spelled, " ".join(scopes), self.source, READ_ON)
        self.models.append(dict(zip(SELLER_COLUMNS, values, strict=True)))


def main() -> None:
    from importlib.metadata import version

    from genai_prices import data

    found = Found(f"genai-prices {version('genai-prices')} (github.com/pydantic/genai-prices)")
    providers = {provider.id: provider for provider in data.providers}
    _bedrock(found, providers["aws"])
    _vertex(found, providers["google"])
    for provider, seller in (("together", "together"), ("fireworks", "fireworks"), ("groq", "groq")):
        page = providers[provider].pricing_urls[0]
        for model in providers[provider].models:
            names = [n.removeprefix("accounts/fireworks/models/").removeprefix("accounts/fireworks/routers/")
                     for n in _spellings(model.match)]  # fmt: skip
            names = [name for name in names if not NO_TEXT_MODEL.search(name.lower())]
            if names:
                found.add(f"{seller}/{names[0]}", seller, model, page, names, ["default"])
    prices, models = azure_meters.rows(_rows("base_prices.csv") + _rows("prices.csv"))
    met = {name for row in models for name in row["names"].split()}
    for model in providers["azure"].models:
        names = [name for name in _spellings(model.match) if name not in met and ":" not in name]
        if names and model.id.startswith(("phi", "wizard")):  # OpenAI's models have meters of their own
            found.add(f"azure/{names[0]}", "azure", model, providers["azure"].pricing_urls[0], names, ["default"])
    _write("seller_prices.csv", PRICE_COLUMNS, found.prices + prices)
    _write("seller_models.csv", SELLER_COLUMNS, found.models + models)
    print(f"{len(found.prices) + len(prices)} prices of {len(found.models) + len(models)} models")


def _bedrock(found: Found, provider: Any) -> None:
    """One row for each price: the global profile's, and the regions' with the profiles that cost the same."""
    dated = {name.rsplit("-", 1)[0]: name for name in (row["name"] for row in _rows("names.csv")) if "claude" in name}
    by_id = {model.id: model for model in provider.models}
    for model in provider.models:
        if NO_TEXT_MODEL.search(model.id.replace(":", "")):
            continue
        bare = model.id.removeprefix("regional.").removeprefix("global.")
        name = bare.partition(":")[0]
        stem = name.rsplit("-v", 1)[0] if name.rsplit("-v", 1)[-1].isdigit() else name
        names = [name, stem] if "titan-embed" not in name else [name]
        maker, _, plain = stem.partition(".")
        if plain in dated:
            names += [f"{maker}.{dated[plain]}", f"{maker}.{dated[plain]}-v1"]
        if model.id.startswith("global."):
            found.add(f"bedrock/global.{name}", "bedrock", model, provider.pricing_urls[0], names, ["global"])
            continue
        answers = [profile for profile in sorted(BEDROCK_PROFILES - {"global", "us-gov"})
                   if provider.find_model(f"{profile}.{bare}") is model]  # fmt: skip
        regional = model.id.startswith("regional.")
        if name.startswith("amazon."):
            regional = False  # what Amazon's own models cost elsewhere genai-prices takes from the US
        scopes = [*answers, "*"] if regional else [scope for scope in US_REGIONS if scope != "us" or "us" in answers]
        other = by_id.get(f"global.{bare}") or by_id.get(f"global.{stem}")
        if other is None or other.prices == model.prices:
            scopes.insert(0, "default")
        asked = name if "default" in scopes else f"{'us' if 'us' in answers else (answers or ['us-east-1/'])[0]}.{name}"
        found.add(f"bedrock/{asked}", "bedrock", model, provider.pricing_urls[0], names, scopes)


def _vertex(found: Found, provider: Any) -> None:
    """Gemini and Claude on Vertex AI's global endpoint; a tuned Gemini is billed as its base."""
    page = provider.pricing_urls[1]
    facts = {row["model"] for row in _rows("base_models.csv") if row["provider"] == "google"}
    dated = [row["name"] for row in _rows("names.csv")]
    tuned = {row["model"] for row in _rows("prices.csv") if row["provider"] == "vertex" and row["kind"] == "training"}
    for model in provider.models:
        if model.deprecated or RETIRED.search(model.id) or NO_TEXT_MODEL.search(model.id):
            continue
        if model.id.startswith("claude"):
            names = [model.id, *(name for name in dated if _undated(name) == model.id)]
        else:
            names = [name for name in dict.fromkeys([model.id, *_spellings(model.match)])
                     if name in facts and not name.endswith("-latest")]  # fmt: skip
        if not names:
            continue
        found.add(f"vertex/{names[0]}", "vertex", model, page, names, ["default"])
        if f"vertex/{names[0]}" in tuned:
            name = f"vertex/ft:{names[0]}"
            note = f"{page}: tuned inference at the base price"
            found.add(name, "vertex", model, note, [f"ft:{names[0]}"], ["default"])


def _undated(name: str) -> str:
    return name.rsplit("-", 1)[0]


if __name__ == "__main__":
    main()
