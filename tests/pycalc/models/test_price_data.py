"""The catalogue's files: every row says where it comes from, and no row can be one of the usual mistakes.

The rules stand in `complaints`; each has a row it must reject, so that the rules are tested too.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from pycalc.models import catalogue

DATA = Path(catalogue.__file__).parents[1] / "data"
PRICES = ("prices.csv", "base_prices.csv", "seller_prices.csv")

FLOORS = (
    # The cheapest price per 1M tokens of its time, and a per-1K figure of what cost ten times that is below it.
    # Until GPT-4o mini (July 2024) nothing cost less than ada's 0.4; since then Ministral 3B's and the small
    # embedding models' 0.02.
    ("0001-01-01", 0.3),
    ("2024-07-01", 0.015),
)
CACHED_SHARE = 0.015
"""The deepest published discount on cached input is 98% (DeepSeek)."""
CEILING = 800.0
"""o1-pro's 600 is the dearest price ever published; Azure asks 792 for it in one region."""


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def complaints(table: list[dict[str, str]]) -> list[str]:
    """What is wrong with price rows, one sentence each."""
    found = []
    periods: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in table:
        place = f"{row['model']} {row['kind']} from {row['effective_from']}"
        found += [f"{place}: {problem}" for problem in _alone(row)]
        periods[row["model"].lower(), row["kind"]].append((row["effective_from"], row["effective_to"] or "9999"))
    for (model, kind), spans in periods.items():
        spans.sort()
        for (_, end), (start, _) in pairwise(spans):
            if start < end:
                found.append(f"{model} {kind}: two prices on {start}")
    found += _ratios(table)
    return found


def _alone(row: dict[str, str]) -> list[str]:
    problems = [f"{name} is empty" for name in ("model", "provider", "source", "confidence") if not row[name].strip()]
    if row["unit"] not in catalogue.UNITS:
        problems.append(f"unit {row['unit']!r} is unknown")
    if row["confidence"] not in catalogue.CONFIDENCES:
        problems.append(f"confidence {row['confidence']!r} is unknown")
    if not re.fullmatch(r"[a-z0-9_]+", row["kind"]):
        problems.append(f"kind {row['kind']!r} is no plain word")
    for name in ("effective_from", "effective_to", "read_on"):
        if row[name] or name != "effective_to":
            try:
                if date.fromisoformat(row[name]).isoformat() != row[name]:
                    problems.append(f"{name} is not YYYY-MM-DD")
            except ValueError:
                problems.append(f"{name} is no date")
    if row["effective_to"] and row["effective_to"] <= row["effective_from"]:
        problems.append("ends before it begins")
    try:
        amount = float(row["amount"])
    except ValueError:
        return [*problems, "amount is no number"]
    if row["unit"] == catalogue.TOKEN_PRICE:
        floor = [price for begin, price in FLOORS if begin <= row["effective_from"] or "embedding" in row["model"]][-1]
        share = CACHED_SHARE if "cached" in row["kind"] else 0.5 if "batch" in row["kind"] else 1
        if not floor * share <= amount <= CEILING:
            problems.append(f"{amount} USD per 1M tokens is not plausible (a price per 1K, or a slipped digit?)")
    elif not 0 <= amount <= CEILING:
        problems.append(f"{amount} is not plausible")
    return problems


RATIOS = (
    # Every published price list keeps these; one price per 1K among prices per 1M does not.
    ("output", "input", 1, 12),
    ("cached_input", "input", 0.008, 0.8),
    ("batch_input", "input", 0.4, 1),
    ("batch_output", "output", 0.4, 1),
)


def _ratios(table: list[dict[str, str]]) -> list[str]:
    found = []
    by_key = defaultdict(list)
    for row in table:
        if row["unit"] == catalogue.TOKEN_PRICE and _is_number(row["amount"]):
            by_key[row["model"].lower(), row["kind"]].append(row)
    for (model, kind), own in by_key.items():
        for mine, other, low, high in RATIOS:
            if kind != mine:
                continue
            for row in own:
                for base in by_key.get((model, other), []):
                    if _overlap(row, base):
                        ratio = float(row["amount"]) / float(base["amount"])
                        if not low <= ratio <= high:
                            found.append(f"{model}: {mine} is {ratio:g} times {other} from {row['effective_from']}")
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _overlap(one: dict[str, str], other: dict[str, str]) -> bool:
    return one["effective_from"] < (other["effective_to"] or "9999") and other["effective_from"] < (
        one["effective_to"] or "9999"
    )


def test_every_row_holds_the_rules():
    assert not complaints([row for name in PRICES for row in rows(name)])


GOOD = {
    "model": "gpt-4",
    "provider": "openai",
    "kind": "input",
    "amount": "30",
    "unit": "usd_per_1m_tokens",
    "effective_from": "2023-03-14",
    "effective_to": "",
    "confidence": "high",
    "source": "a page",
    "read_on": "2026-11-20",
    "note": "",
}


def test_a_good_row_passes():
    assert not complaints([GOOD])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"source": " "}, "source is empty"),
        ({"unit": "usd_per_1k_tokens"}, "unit 'usd_per_1k_tokens' is unknown"),
        ({"confidence": "sure"}, "confidence 'sure' is unknown"),
        ({"kind": "Batch Input"}, "no plain word"),
        ({"amount": "30 USD"}, "no number"),
        ({"amount": "0.03"}, "not plausible"),  # GPT-4's input price per 1K
        ({"amount": "30000"}, "not plausible"),
        ({"effective_from": "14.03.2023"}, "no date"),
        ({"effective_from": "20230314"}, "not YYYY-MM-DD"),
        ({"read_on": ""}, "read_on is no date"),
        ({"effective_to": "2023-03-14"}, "ends before it begins"),
    ],
)
def test_bad_rows_are_rejected(change, complaint):
    assert any(complaint in found for found in complaints([{**GOOD, **change}]))


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        ({"effective_to": "2024-01-01"}, {"effective_from": "2024-01-01"}, ""),  # end and start are the same day
        ({"effective_to": "2024-01-02"}, {"effective_from": "2024-01-01"}, "two prices on 2024-01-01"),
        ({}, {"effective_from": "2024-01-01"}, "two prices on 2024-01-01"),
        ({}, {"kind": "output", "amount": "60"}, ""),
        ({}, {"kind": "output", "amount": "0.9"}, "output is 0.03 times input"),
        ({}, {"kind": "batch_input", "amount": "0.15"}, "batch_input is 0.005 times input"),
        ({}, {"kind": "cached_input", "amount": "45"}, "cached_input is 1.5 times input"),
    ],
)
def test_rows_that_disagree_are_rejected(first, second, complaint):
    found = complaints([{**GOOD, **first}, {**GOOD, **second}])
    assert (complaint in " ".join(found)) if complaint else not found


@pytest.mark.parametrize("per_million", [30, 60, 10, 5, 15, 2.5, 3.75, 25, 8, 12, 16, 3, 6, 0.5, 1.5, 0.15, 0.6, 4.4])
def test_a_price_per_1k_stands_out(per_million):
    """The prices of OpenAI's own lists, written per 1K by mistake in one cell of a pair."""
    wrong = {**GOOD, "effective_from": "2024-08-06", "amount": f"{per_million / 1000:.6f}"}
    right = {**wrong, "kind": "output", "amount": str(per_million * 4)}
    assert complaints([wrong, right])


def test_models_and_names():
    models = [row["model"] for row in rows("models.csv")]
    assert len(set(models)) == len(models)
    for row in rows("models.csv"):
        assert row["source"], row
        date.fromisoformat(row["read_on"])
        for name in ("released", "shutdown"):
            assert not row[name] or date.fromisoformat(row[name])
        if row["released"] and row["shutdown"]:
            assert row["released"] < row["shutdown"]
        assert not row["context_window"] or 1_000 < int(row["context_window"]) < 11_000_000
    known = catalogue.load().models
    by_name: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows("names.csv"):
        assert row["source"], row
        assert row["model"] in known, f"{row['name']} stands for {row['model']}, which is in no file"
        assert row["name"] not in known, f"{row['name']} is a model and another name at once"
        by_name[row["name"]].append((row["effective_from"], row["effective_to"] or "9999"))
    for name, spans in by_name.items():
        for (_, end), (start, _) in pairwise(spans):
            assert end == start, f"{name} stands for nothing, or for two models, between {end} and {start}"


def test_keys_are_what_callers_can_ask_for():
    """A name a user types is folded; what it folds to must be the name in the files."""
    for name in [*catalogue.load().models, *catalogue.load().names]:
        assert catalogue.key(name) == name


def test_research_rows_are_all_there():
    """Figures of the vendors' tables, checked by hand against the catalogue: model, kind, day, USD per 1M."""
    # developers.openai.com/api/docs/pricing, table of fine-tuned models, read 2026-11-20
    table = """
        gpt-4.1-2025-04-14       25    3     0.75   12    1.5    6
        gpt-4.1-mini-2025-04-14  5     0.8   0.2    3.2   0.4    1.6
        gpt-4.1-nano-2025-04-14  1.5   0.2   0.05   0.8   0.1    0.4
        gpt-4o-2024-08-06        25    3.75  1.875  15    2.225  12.5
        gpt-4o-mini-2024-07-18   3     0.3   0.15   1.2   0.15   0.6
        gpt-3.5-turbo            8     3     -      6     1.5    3
        davinci-002              6     12    -      12    6      6
        babbage-002              0.4   1.6   -      1.6   0.8    0.9
    """
    kinds = ("input", "cached_input", "output", "batch_input", "batch_output")
    for line in table.strip().splitlines():
        model, training, *inference = line.split()
        assert catalogue.price(model, "training", "2026-10-01").amount == float(training)
        for kind, amount in zip(kinds, inference, strict=True):
            if amount == "-":
                with pytest.raises(LookupError):
                    catalogue.price(f"ft:{model}", kind, "2026-10-01")
            else:
                assert catalogue.price(f"ft:{model}", kind, "2026-10-01").amount == float(amount), (model, kind)


def test_base_prices_of_the_vendors_page():
    """developers.openai.com/api/docs/pricing, standard prices read 2026-11-20: input, cached input, output."""
    table = """
        gpt-4          30    -      60
        gpt-4-turbo    10    -      30
        gpt-3.5-turbo  0.5   -      1.5
        gpt-4o         2.5   1.25   10
        gpt-4o-mini    0.15  0.075  0.6
        gpt-4.1        2     0.5    8
        gpt-4.1-mini   0.4   0.1    1.6
        gpt-4.1-nano   0.1   0.025  0.4
        gpt-5          1.25  0.125  10
        gpt-5-mini     0.25  0.025  2
        gpt-5-nano     0.05  0.005  0.4
        gpt-5.4        2.5   0.25   15
        gpt-5.5        5     0.5    30
        gpt-5.6-sol    4     0.4    20
        gpt-5.6-terra  2     0.2    12
        gpt-5.6-luna   0.2   0.02   1.2
        gpt-6-astra    10    1      50
        gpt-6-sol      2     0.2    10
        gpt-6.1-sol    2     0.1    10
        gpt-6-luna     0.1   0.01   0.5
    """
    for line in table.strip().splitlines():
        model, *amounts = line.split()
        for kind, amount in zip(("input", "cached_input", "output"), amounts, strict=True):
            if amount != "-":
                assert catalogue.price(model, kind, "2026-11-20").amount == float(amount), (model, kind)


def test_every_kind_is_documented():
    """data/README.md names each kind of price the files hold, as such or with the rest of its vendor's own."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    makers = {row["kind"] for name in ("base_prices.csv", "seller_prices.csv") for row in rows(name)}
    assert not {kind for kind in makers if f"`{kind}`" not in text}


def test_gpu_hours_of_the_dated_lists():
    """runpod.io/pricing (2026-11-09) and lambda.ai/instances (2026-09-20): USD per GPU and hour."""
    for model, amount in (("RunPod Secure H100 SXM 80GB", 3.99), ("Lambda 8x B200 SXM6", 6.69)):
        row = catalogue.price(model, "gpu_hour")
        assert (row.amount, row.unit) == (amount, "usd_per_gpu_hour")
