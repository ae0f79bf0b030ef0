"""Snapshot base-model prices from the package genai-prices into pycalc/data.

    python tools/base_prices.py

A build-time tool: the product reads the two files it writes and never imports genai-prices. They hold
* base_prices.csv: price rows in the form of prices.csv, for models and kinds prices.csv does not price itself;
* base_models.csv: context windows, and the other names of a model.

What genai-prices does not say is not made up:
* A price without a start date holds from the model's release, where that is known, and never from before
  2025-05-22, where genai-prices' own history begins. Without a release date it holds from the day it was read.
* Batch prices hold from the day genai-prices checked them. Where it has none, none is written (asked at run
  time, it would hand out the standard price instead).
* A price that depends on the size of the request is written as the price of small ones, with the threshold in
  the note. One that depends on the time of day is written twice: at peak hours, and as `off_peak_..`.
* A reseller's price that genai-prices itself says it took for the maker's is left out: `says_resold`.
* A price ends when the model is shut down, where models.csv has the date.
"""

from __future__ import annotations

import csv
import re
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "pycalc" / "data"
sys.path.insert(0, str(ROOT))

PROVIDERS = (
    "openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "meta", "minimax", "moonshotai", "zai",
)  # fmt: skip
READ_ON = "2026-11-20"
"""The day genai-prices 0.2.3 was read; change it together with the pinned version."""
HISTORY_BEGINS = "2025-05-22"

KINDS = {
    "input_mtok": "input",
    "cache_read_mtok": "cached_input",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
}
BATCH_KINDS = {"input_mtok": "batch_input", "cache_read_mtok": "batch_cached_input", "output_mtok": "batch_output"}

NO_TEXT_MODEL = re.compile(
    r"image|audio|voxtral|realtime|transcri|tts|whisper|voice|video|ocr|live|omni|moderation|veo|robotics|banana|:"
    r"|^ft|\.ft-|cyber|rosalind|^daybreak|search|computer-use|^chat-latest|^gpt-chat"
)
OTHER_SPELLING = re.compile(r"^gpt-5-\d(-|$)|^gpt-35|^gpt-5.1-mini$|^gpt-5.3$|^codex-mini$|-high$|/|@")
"""gpt-5-1 for gpt-5.1, names with a provider or an effort: not names a vendor's price page has."""
RESOLD = {"google": ("claude", "gemma"), "mistral": ("zai", "deepseek")}
"""Other makers' models: their own price pages count."""
RETIRED = re.compile(
    r"^(text-(ada|babbage|curie|davinci)|gpt-3.5-(turbo-)?0301|gpt-3.5-turbo-16k|gpt-3.5-turbo-instruct-|gpt-4-32k"
    r"|gpt-4.5|gpt-4-.*vision|gpt-4-turbo-0125|gpt-5(\.\d)?-chat$|o1-(mini|preview)|gemini-(1|pro(?!-latest)|flash(?!-(lite-)?latest)|2.0)"
    r"|claude-(v1|2|3|(opus|sonnet)-4-[01])|mistral-(tiny|7b)|(open-)?mi[sx]tral-(7b|8x)|grok-[123]"
    r"|deepseek-(chat|reasoner|r1))"
)
"""Still in genai-prices, no longer sold, and models.csv has no shutdown date to end their prices at."""
BY_HAND = ("deepseek-v3.1-terminus", "deepseek-v3.2", "deepseek-v3.2-exp", "grok-code-fast-1")
"""genai-prices has a reseller's price of the first three under DeepSeek's name, and of the last one an old price."""
DATED = re.compile(r"-20\d\d-\d\d-\d\d$")

PRICE_COLUMNS = (
    "model", "provider", "kind", "amount", "unit", "effective_from", "effective_to", "confidence", "source",
    "read_on", "note",
)  # fmt: skip
MODEL_COLUMNS = ("model", "provider", "context_window", "names", "source", "read_on")


def main() -> None:
    from genai_prices import data

    source = f"genai-prices {version('genai-prices')} (github.com/pydantic/genai-prices)"
    ours = {(row["model"], row["kind"]): row for row in _rows("prices.csv")}
    facts = {row["model"]: row for row in _rows("models.csv")}
    named = {row["name"] for row in _rows("names.csv")}
    prices: list[dict[str, str]] = []
    models: list[dict[str, str]] = []
    seen: set[str] = set(named)
    for provider in data.providers:
        if provider.id not in PROVIDERS:
            continue
        page = provider.pricing_urls[0] if provider.pricing_urls else ""
        # snapshots that genai-prices has under the undated name's prefix only
        own = {name for model in provider.models for name in (model.id, *_spellings(model.match))}
        snapshots = [name for name in facts if name not in own]
        for model in provider.models:
            for name, others in _names(provider.id, model, seen, snapshots):
                seen.update((name, *others))
                rows = [
                    row
                    for row in _prices(name, provider.id, model, facts.get(name, {}), f"{source}; {page}")
                    if (row["model"], row["kind"]) not in ours
                ]
                prices += rows
                if rows or (name, "input") in ours:
                    window = model.context_window
                    models.append(
                        dict(
                            zip(
                                MODEL_COLUMNS,
                                (name, provider.id, str(window or ""), " ".join(others), source, READ_ON),
                                strict=True,
                            )
                        )
                    )
    _write("base_prices.csv", PRICE_COLUMNS, prices)
    _write("base_models.csv", MODEL_COLUMNS, models)
    print(f"{len(prices)} prices of {len(models)} models")


def _names(provider: str, model: Any, seen: set[str], snapshots: list[str]) -> list[tuple[str, list[str]]]:
    """The names to price, each with the names that mean the same: a dated snapshot, and its undated name.

    Names that stand in prices.csv's world already (`seen`) are left to it.
    """
    if model.id.startswith(RESOLD.get(provider, ())):
        return []
    own = [model.id] if model.is_match(model.id) else []  # some ids are a family, not a name
    spellings = [*own, *_spellings(model.match), *(name for name in snapshots if DATED.sub("", name) == model.id)]
    spellings = [name.lower() for name in spellings]
    unwanted = (NO_TEXT_MODEL, OTHER_SPELLING, RETIRED)
    spellings = [n for n in dict.fromkeys(spellings) if not any(pattern.search(n) for pattern in unwanted)]
    if model.deprecated or NO_TEXT_MODEL.search(model.id) or model.id in BY_HAND or says_resold(model):
        return []
    dated = sorted(name for name in spellings if DATED.search(name))
    result: list[tuple[str, list[str]]] = []
    for name in dated:
        undated = DATED.sub("", name)
        if name not in seen:
            taken = seen | {other for _, others in result for other in others}
            result.append((name, [undated] if undated in spellings and undated not in taken else []))
    covered = {other for name, others in result for other in (name, *others)}
    result += [(name, []) for name in spellings if name not in covered and name not in seen and name not in dated]
    return result


def says_resold(model: Any) -> bool:
    """Whether a comment says that the price is OpenRouter's: "just trusting open router", "from OpenRouter pricing"."""
    said = re.sub(r"[^a-z]", "", (model.price_comments or "").lower())
    return "trustingopenrouter" in said or "fromopenrouter" in said


def _spellings(match: Any) -> list[str]:
    if hasattr(match, "or_"):
        return [name for part in match.or_ for name in _spellings(part)]
    if hasattr(match, "starts_with") and match.starts_with.startswith("deepseek-v"):
        return [match.starts_with]
    return [match.equals] if hasattr(match, "equals") else []


def _prices(name: str, provider: str, model: Any, fact: dict[str, str], source: str) -> list[dict[str, str]]:
    periods = model.prices if isinstance(model.prices, list) else [model.prices]
    peak = [period for period in periods if _by_the_hour(period)]
    periods = [period for period in periods if not _by_the_hour(period)]
    dated = DATED.search(name)
    released = fact.get("released") or (dated.group()[1:] if dated else "")
    begin = max(released, HISTORY_BEGINS) if released else ""
    end = fact.get("shutdown", "")
    steps = [(_start(period) or begin, getattr(period, "prices", period)) for period in periods]
    remark = f"released {released}" if released else ""
    if peak:  # the first period held at any hour; the later ones are off peak, of the last alone the peak is known
        flat, off_peak = (steps[:1], steps[1:]) if len(steps) > 1 else ([], steps)
        hours = _hours(peak)
        at_peak = [*flat, *((start, None) for start, _ in off_peak[:-1]), (off_peak[-1][0], peak[0].prices)]
        rows = _steps(name, provider, at_peak, KINDS, end, source, f"price at {hours}; else off_peak_..")
        off = {field: f"off_peak_{kind}" for field, kind in KINDS.items()}
        rows += _steps(name, provider, off_peak, off, end, source, f"price outside {hours}")
    else:
        rows = _steps(name, provider, steps, KINDS, end, source, remark)
    batch = []
    for variant in model.price_variants or []:
        if variant.when == {"processing": "batch"}:
            batch.append((_start(variant) or READ_ON, variant.prices))
    batch.sort(key=lambda step: step[0])
    standard = steps[-1][1]
    if len(batch) == 1 and not any(getattr(batch[0][1], field) for field in BATCH_KINDS):
        batch = [(batch[0][0], standard)]  # "the Batch table lists the same rates as standard"
    return rows + _steps(name, provider, batch, BATCH_KINDS, end, source, "from the day the batch price was checked")


def _by_the_hour(period: Any) -> bool:
    return "Time" in type(getattr(period, "constraint", None)).__name__


def _hours(peak: list) -> str:
    spans = [f"{span.start_time:%H:%M} to {span.end_time:%H:%M}" for span in (period.constraint for period in peak)]
    return f"{' and '.join(spans)} UTC, Monday to Friday"


def _steps(
    name: str, provider: str, steps: list, kinds: dict[str, str], end: str, source: str, remark: str
) -> list[dict[str, str]]:
    """Rows of price periods one after the other; equal prices in a row are one period."""
    rows: list[dict[str, str]] = []
    for field, kind in kinds.items():
        periods: list[list[str]] = []
        for position, (start, prices) in enumerate(steps):
            value = getattr(prices, field, None)
            amount, note = _amount(value)
            if not start and position < len(steps) - 1 and steps[position + 1][0] <= READ_ON:
                continue  # an earlier price of unknown beginning
            if periods and periods[-1][2] == "":
                periods[-1][2] = start or READ_ON
            if value is None:
                continue
            if periods and periods[-1][0] == amount and periods[-1][2] == start and periods[-1][3] == note:
                periods[-1][2] = ""
                continue
            periods.append([amount, start or READ_ON, "", note])
        for amount, start, stop, note in periods:
            stop = min(filter(None, (stop, end)), default="")
            if stop and stop <= start:
                continue
            rows.append(
                dict(
                    zip(
                        PRICE_COLUMNS,
                        (
                            name, provider, kind, amount, "usd_per_1m_tokens", start, stop, "medium", source, READ_ON,
                            "; ".join(filter(None, (note, remark))),
                        ),
                        strict=True,
                    )
                )
            )  # fmt: skip
    return rows


def _amount(value: Any) -> tuple[str, str]:
    tiers = getattr(value, "tiers", None)
    if not tiers:
        return ("" if value is None else f"{value.normalize():f}"), ""
    above = ", ".join(f"{tier.price.normalize():f} above {tier.start:,} input tokens a request" for tier in tiers)
    return f"{value.base.normalize():f}", above


def _start(period: Any) -> str:
    start: date | None = getattr(getattr(period, "constraint", None), "start_date", None)
    return start.isoformat() if start else ""


def _rows(name: str) -> list[dict[str, str]]:
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(name: str, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with open(DATA / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
