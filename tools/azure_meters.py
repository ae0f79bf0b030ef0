"""Azure's prices from its own meters, as azure-genai-prices snapshots them; used by seller_prices.py.

Microsoft names meters tersely and never twice alike. Those of inference are taken apart by azure-genai-prices, those
of fine-tuning and provisioned units here. A meter whose model, kind or tier is in doubt is left out, and so are the
"dev ft" inference meters of gpt-4o and gpt-4o-mini: they stand in each other's place (44 USD for cached input).
"""

from __future__ import annotations

import re
from collections import defaultdict
from importlib.metadata import version
from typing import Any

READ_ON = "2026-08-11"
"""The day azure-genai-prices 0.2.0 asked Azure; change it together with the pinned version."""
NEXT_DAY = "2026-08-12"
LATEST = "2026-11-20"
"""The day the makers' prices were read."""

SOURCE = "Azure Retail Prices API, from azure-genai-prices {version}"

MODELS = {
    # The meters' name of a model: the catalogue's, and the other names it is asked by.
    "gpt-4.1": "gpt-4.1-2025-04-14 gpt-4.1",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14 gpt-4.1-mini",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14 gpt-4.1-nano",
    "gpt-4o": "gpt-4o-2024-08-06 gpt-4o",
    "gpt-4o-0513": "gpt-4o-2024-05-13",
    "gpt-4o-1120": "gpt-4o-2024-11-20",
    "gpt-4o-mini-0718": "gpt-4o-mini-2024-07-18 gpt-4o-mini",
    "gpt-5": "gpt-5-2025-08-07 gpt-5",
    "gpt-5-mini": "gpt-5-mini-2025-08-07 gpt-5-mini",
    "gpt-5-nano": "gpt-5-nano-2025-08-07 gpt-5-nano",
    "gpt-5-pro": "gpt-5-pro-2025-10-06 gpt-5-pro",
    "gpt-5-codex": "gpt-5-codex",
    "gpt-5-chat": "gpt-5-chat",
    "gpt-5.1": "gpt-5.1-2025-11-13 gpt-5.1",
    "gpt-5.1-chat": "gpt-5.1-chat",
    "gpt-5.1-codex": "gpt-5.1-codex gpt-5.1-codex-2025-11-13",
    "gpt-5.1-codex-max": "gpt-5.1-codex-max",
    "gpt-5.1-codex-mini": "gpt-5.1-codex-mini gpt-5.1-codex-mini-2025-11-13",
    "gpt-5.2": "gpt-5.2-2025-12-11 gpt-5.2",
    "gpt-5.2-pro": "gpt-5.2-pro-2025-12-11 gpt-5.2-pro",
    "gpt-5.2-chat": "gpt-5.2-chat",
    "gpt-5.2-codex": "gpt-5.2-codex",
    "gpt-5.3-chat": "gpt-5.3-chat",
    "gpt-5.3-codex": "gpt-5.3-codex",
    "gpt-5.4": "gpt-5.4-2026-03-05 gpt-5.4",
    "gpt-5.4-mini": "gpt-5.4-mini-2026-03-17 gpt-5.4-mini",
    "gpt-5.4-nano": "gpt-5.4-nano-2026-03-17 gpt-5.4-nano",
    "gpt-5.4-pro": "gpt-5.4-pro-2026-03-05 gpt-5.4-pro",
    "gpt-5.5": "gpt-5.5-2026-04-23 gpt-5.5-2026-04-24 gpt-5.5",
    "gpt-5.6-sol": "gpt-5.6-sol gpt-5.6-sol-2026-07-09 gpt-5.6",
    "gpt-5.6-terra": "gpt-5.6-terra gpt-5.6-terra-2026-07-09",
    "gpt-5.6-luna": "gpt-5.6-luna gpt-5.6-luna-2026-07-09",
    "o1-1217": "o1-2024-12-17 o1",
    "o1-pro": "o1-pro-2025-03-19 o1-pro",
    "o3-0416": "o3-2025-04-16 o3",
    "o3-mini-0131": "o3-mini-2025-01-31 o3-mini",
    "o3-pro": "o3-pro-2025-06-10 o3-pro",
    "o3-deep-research-0626": "o3-deep-research-2025-06-26 o3-deep-research",
    "o4-mini-0416": "o4-mini-2025-04-16 o4-mini",
    "codex-mini": "codex-mini",
    "gpt-35-turbo-16k-0125": "gpt-3.5-turbo-0125 gpt-35-turbo-0125 gpt-35-turbo gpt-3.5-turbo",
    "text-embedding-3-small": "text-embedding-3-small",
    "text-embedding-3-large": "text-embedding-3-large",
    "text-embedding-ada-002": "text-embedding-ada-002",
    "oss-120b": "gpt-oss-120b",
    "deepseek-v4-pro": "deepseek-v4-pro",
    "deepseek-v4-flash": "deepseek-v4-flash",
    "deepseek-v3-0324": "deepseek-v3-0324",
    "deepseek-v3": "deepseek-v3",
    "deepseek-v3.1": "deepseek-v3.1",
    "deepseek-v3.2": "deepseek-v3.2",
    "deepseek-r1": "deepseek-r1",
    "mai-ds-r1": "mai-ds-r1",
    "grok-3": "grok-3",
    "grok-3-mini": "grok-3-mini",
    "grok-4": "grok-4",
    "grok-4-fast": "grok-4-fast",
    "grok-4.3": "grok-4.3",
    "llama-3.3-70b": "llama-3.3-70b-instruct",
    "llama-4-maverick-17b": "llama-4-maverick-17b-128e-instruct-fp8",
    "mistral-large-3": "mistral-large-3",
    "mistral-medium-3.5": "mistral-medium-3.5",
    "codestral": "codestral-2501",
    "cohere-command-a": "cohere-command-a",
    "cohere-command-a-plus": "cohere-command-a-plus",
    "cohere-embed-v4": "cohere-embed-v4",
    "kimi-k2-thinking": "kimi-k2-thinking",
    "kimi-k2.5-thinking": "kimi-k2.5",
    "kimi-k2.6-thinking": "kimi-k2.6",
    "kimi-k2.7-code": "kimi-k2.7-code",
    "fw-glm-5": "fw-glm-5",
    "fw-glm-5.1": "fw-glm-5.1",
    "fw-glm-5.2": "fw-glm-5.2",
    "fw-minimax-m2.5": "fw-minimax-m2.5",
    "fw-kimi-k2.5": "fw-kimi-k2.5",
    "fw-kimi-k2.6": "fw-kimi-k2.6",
    "fw-kimi-k2.7-code": "fw-kimi-k2.7-code",
    "fw-deepseek-v3.2": "fw-deepseek-v3.2",
    "fw-deepseek-v4-pro": "fw-deepseek-v4-pro",
    "fw-oss-120b": "fw-gpt-oss-120b",
}

KINDS = {
    ("input", "standard"): "input",
    ("cache_read", "standard"): "cached_input",
    ("cache_write", "standard"): "cache_write",
    ("output", "standard"): "output",
    ("input", "batch"): "batch_input",
    ("cache_read", "batch"): "batch_cached_input",
    ("output", "batch"): "batch_output",
    ("input", "priority"): "priority_input",
    ("cache_read", "priority"): "priority_cached_input",
    ("output", "priority"): "priority_output",
}

TUNED = (
    # How a fine-tuning meter's name begins, the longest first: the base model's dated name.
    ("gpt-?4o-mini-0718|4o-mini-0718|gpt-4o-mini-dev", "gpt-4o-mini-2024-07-18 gpt-4o-mini"),
    ("gpt-?4o-0806|4o-0806|gpt-4o-dev", "gpt-4o-2024-08-06 gpt-4o"),
    ("(gpt-)?4.1-mini", "gpt-4.1-mini-2025-04-14 gpt-4.1-mini"),
    ("(gpt-)?4.1-nano", "gpt-4.1-nano-2025-04-14 gpt-4.1-nano"),
    ("(gpt-)?4.1", "gpt-4.1-2025-04-14 gpt-4.1"),
    ("o4-mini", "o4-mini-2025-04-16 o4-mini"),
    ("o3-mini", "o3-mini-2025-01-31 o3-mini"),
    ("gpt-35-turbo16k", "gpt-3.5-turbo-0125 gpt-35-turbo gpt-3.5-turbo gpt-35-turbo-0125 gpt-35-turbo-1106"),
    ("gpt-35-turbo4k", "gpt-3.5-turbo-0613 gpt-35-turbo-0613"),
    ("gpt-4-8k", "gpt-4-0613 gpt-4"),
    ("babbage-002", "babbage-002"),
    ("davinci-002", "davinci-002"),
    ("(gpt-oss-|oss-)?20b", "gpt-oss-20b"),
    ("(llama)?-?3.3(-70b)?", "llama-3.3-70b-instruct"),
    ("(ministral|mnstrl)-3b", "ministral-3b"),
)

ZONES = {
    "us": ("centralus", "eastus", "eastus2", "northcentralus", "southcentralus", "westus", "westus2", "westus3"),
    "eu": ("francecentral", "germanywestcentral", "italynorth", "northeurope", "polandcentral", "spaincentral",
           "swedencentral", "westeurope"),
    "apac": ("australiaeast", "centralindia", "eastasia", "japaneast", "japanwest", "jioindiawest", "koreacentral",
             "southeastasia", "southindia"),
}  # fmt: skip
"""The regions of each data zone: a zone has a price where all of its regions have the same."""

Fact = tuple[float, str, str, str, str]
"""Amount, unit, first day, meter, note."""
Facts = dict[str, dict[str, dict[str, Fact]]]
"""By model and scope: the price of each kind."""


def rows(makers: list[dict[str, str]]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The price rows and the model rows of seller_prices.csv and seller_models.csv."""
    from azure_genai_prices import meters

    items = _items()
    facts: Facts = defaultdict(lambda: defaultdict(dict))
    _inference(facts, meters.parse_catalog(items, as_of=READ_ON)[0].values())
    _tuning(facts, items)
    _provisioned(facts, items)
    changed = _changed_since(makers)
    prices, models = [], []
    for names, scopes in facts.items():
        for where, kinds in _grouped(scopes):
            name = _name(names.split()[0], where)
            models.append(_model(name, names, where))
            for kind, fact in kinds.items():
                until = _known_until(fact, changed.get((names.split()[0], kind), []))
                prices.append(_price(name, kind, fact, until))
    return prices, models


def _items() -> list[dict[str, Any]]:
    import json
    from importlib.resources import files

    return json.loads(files("azure_genai_prices.data").joinpath("snapshot.json").read_text("utf-8"))["items"]


def _inference(facts: Facts, meters: Any) -> None:
    long: dict[tuple[str, str, str, str], float] = {}
    for meter in meters:
        names, kind = MODELS.get(meter.key.model, ""), KINDS.get((meter.key.kind.value, meter.key.mode.value), "")
        if not names or not kind:
            continue
        per_region = {region: (_million(price), meter.region_effective_dates.get(region, ""))
                      for region, price in meter.region_prices.items()}  # fmt: skip
        for scope, (amount, start) in _scopes(meter.key.deployment.value, per_region).items():
            if meter.key.context.value == "long":
                long[names, scope, kind, "long"] = amount
            else:
                facts[names][scope][kind] = (amount, "usd_per_1m_tokens", start, meter.meter_name, "")
    for (names, scope, kind, _), amount in long.items():
        if kind in facts[names][scope]:
            fact = facts[names][scope][kind]
            facts[names][scope][kind] = (*fact[:4], f"{amount:g} above 272,000 input tokens a request")


def _tuning(facts: Facts, items: list[dict[str, Any]]) -> None:
    for item in items:
        name = item["meterName"].lower()
        if not re.search(r"(^|[\W_\d])r?ft(\W|regnl|$)", name) or re.search("grader|grdr|provisioned", name):
            continue
        text = re.sub(r"[\s_]+", "-", name)
        base = next((names for begins, names in TUNED if re.match(begins, text)), "")
        found = _tuned_kind(text, item["unitOfMeasure"])
        if not base or not found:
            continue
        kind, unit = found
        amount = item["retailPrice"] * (1000 if item["unitOfMeasure"] == "1K" else 1)
        tuned = kind in ("input", "cached_input", "output", "hosting")
        names = " ".join(f"ft:{one}" for one in base.split()) if tuned else base
        names = next((known for known in facts if known.split()[0] == names.split()[0]), names)
        deployment = "global"
        if re.search(r"dz|datazone", text):
            deployment = "data_zone"
        elif re.search(r"regnl|regional", text):
            deployment = "regional"
        per_region = dict.fromkeys(item["regions"], (round(amount, 9), item["effectiveStartDate"][:10]))
        for scope, (price, start) in _scopes(deployment, per_region).items():
            known = facts[names][scope].get(kind)
            if known is None or known[2] < start:
                facts[names][scope][kind] = (price, unit, start, item["meterName"], "")


def _tuned_kind(text: str, unit: str) -> tuple[str, str] | None:
    tokens = unit in ("1M", "1K")
    if re.search("hosting|hstng", text):
        return ("hosting", "usd_per_hour") if not tokens else None
    if "dev" in text and not re.search("training", text):
        return None  # developer deployments bill tokens as the global ones; gpt-4o's meters are mixed up
    if "training" in text or "trng" in text:
        if tokens:
            return ("training_developer" if "dev" in text else "training"), "usd_per_1m_tokens"
        kind = "training_rft" if "rft" in text else "training_hour"
        return (f"{kind}_developer" if "dev" in text else kind), "usd_per_training_hour"
    if not tokens:
        return None
    if re.search(r"cached|cchd|(^|-)cd-", text):
        return "cached_input", "usd_per_1m_tokens"
    if re.search(r"-in(p|pt|put)?-", text) or "in-ft" in text:
        return "input", "usd_per_1m_tokens"
    if re.search(r"-(outp|opt|output|out)-", text) or "out-ft" in text:
        return "output", "usd_per_1m_tokens"
    return ("training", "usd_per_1m_tokens") if re.search(r"ft(-dz|-?regnl)?-tokens$", text) else None


def _provisioned(facts: Facts, items: list[dict[str, Any]]) -> None:
    """Provisioned throughput: one row a tier, whichever of OpenAI's models runs on the units."""
    tiers = {
        "Provisioned Managed Global Unit": "global",
        "Provisioned Managed Data Zone Unit": "data_zone",
        "Provisioned Managed Regional Unit": "regional",
    }
    per_tier: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for item in items:
        if item["productName"] == "Azure OpenAI" and item["meterName"] in tiers:
            for region in item["regions"]:
                start = item["effectiveStartDate"][:10]
                if per_tier[item["meterName"]].get(region, (0, ""))[1] <= start:
                    per_tier[item["meterName"]][region] = (item["retailPrice"], start)
    for meter, per_region in per_tier.items():
        for scope, (amount, start) in _scopes(tiers[meter], per_region).items():
            facts["provisioned-unit ptu"][scope]["provisioned"] = (amount, "usd_per_unit_hour", start, meter, "")


def _scopes(deployment: str, per_region: dict[str, tuple[float, str]]) -> dict[str, tuple[float, str]]:
    """The price of each scope: the global tier's, a data zone's where its regions agree, or each region's own."""
    per_region = {region: fact for region, fact in per_region.items() if not region.startswith("usgov")}
    if deployment == "regional":
        return per_region
    if deployment == "global":
        amounts = {amount for amount, _ in per_region.values()}
        start = min((start for _, start in per_region.values()), default="")
        return {"default": (amounts.pop(), start)} if len(amounts) == 1 else {}
    found = {}
    for zone, regions in ZONES.items():
        here = [per_region[region] for region in regions if region in per_region]
        if here and len({amount for amount, _ in here}) == 1:
            found[zone] = (here[0][0], min(start for _, start in here))
    return found


def _grouped(scopes: dict[str, dict[str, Fact]]) -> list[tuple[list[str], dict[str, Fact]]]:
    """Scopes with the same prices together: the global tier, data zones, then regions."""
    groups: dict[tuple, list[str]] = {}
    for scope, kinds in scopes.items():
        same = tuple(sorted((kind, fact[0], fact[2]) for kind, fact in kinds.items()))
        groups.setdefault(same, []).append(scope)
    rank = ["default", *ZONES]
    found = []
    for where in groups.values():
        where.sort(key=lambda scope: (rank.index(scope) if scope in rank else len(rank), scope))
        found.append((where, scopes[where[0]]))
    return found


def _changed_since(makers: list[dict[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The days on which makers changed their prices, by model and kind."""
    changed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in makers:
        begins = [other["effective_from"] for other in makers
                  if (other["model"], other["kind"]) == (row["model"], row["kind"])]  # fmt: skip
        if min(begins) < row["effective_from"] <= LATEST:
            changed[row["model"], row["kind"]].append(row["effective_from"])
    return changed


def _known_until(fact: Fact, changes: list[str]) -> str:
    """The day from which Azure's price is not known: the maker's next change, which Azure may have followed.

    One that Azure's meter had not followed on the day it was read counts from the day after.
    """
    later = [day for day in changes if day > fact[2]]
    return max(min(later), NEXT_DAY) if later else ""


def _name(model: str, where: list[str]) -> str:
    return f"azure/{model}" if where[0] == "default" else f"azure/{where[0]}/{model}"


def _model(name: str, names: str, where: list[str]) -> dict[str, str]:
    source = SOURCE.format(version=version("azure-genai-prices"))
    return {"model": name, "provider": "azure", "context_window": "", "names": names, "scopes": " ".join(where),
            "source": source, "read_on": READ_ON}  # fmt: skip


def _price(name: str, kind: str, fact: Fact, changed: str) -> dict[str, str]:
    amount, unit, start, meter, note = fact
    source = f"{SOURCE.format(version=version('azure-genai-prices'))}, meter {meter}"
    if changed:
        note = "; ".join(filter(None, (note, "end: the maker changed its price, Azure's since then is not known")))
    return {"model": name, "provider": "azure", "kind": kind, "amount": f"{amount:g}", "unit": unit,
            "effective_from": start, "effective_to": changed, "confidence": "medium", "source": source,
            "read_on": READ_ON, "note": note}  # fmt: skip


def _million(price: Any) -> float:
    return round(float(price) * 1e6, 9)
