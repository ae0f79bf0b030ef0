"""From where on a number looks wrong by its unit: each threshold from both sides."""

from __future__ import annotations

import math

import pytest

from pycalc.models import catalogue
from tests.workbook.tasks.check.audited import found, write
from workbook.tasks.check.units import INPUT, OUTPUT, PRICE, RATE, SHARE, TOKENS, doubt, role_of_label


def asked(kind: str) -> list[float]:
    """Every price per token that a maker asks, read from the catalogue apart from the module under test."""
    rows = catalogue.prices(resold=False)
    return sorted(row.amount for row in rows if row.unit == catalogue.TOKEN_PRICE and row.kind == kind and row.amount)


LONGEST = max(model.context_window for name, model in catalogue.load().models.items() if "/" not in name)


@pytest.mark.parametrize(
    ("role", "right", "wrong", "remedy"),
    [
        (SHARE, 1.0, math.nextafter(1.0, 2), "Write 1% as 0.01"),
        (SHARE, 0.0, 5.0, "Write 5% as 0.05"),
        (RATE, math.nextafter(1.0, 0), 1.0, "write 0.01"),
        (TOKENS, 10.5, 9.5, "Write single tokens: 9500"),
        (TOKENS, 9.0, 9.25, "Write single tokens: 9250"),
        (TOKENS, float(LONGEST), LONGEST + 1.0, "tokens per call, not per month"),
    ],
)
def test_shares_rates_and_tokens(role, right, wrong, remedy):
    assert doubt(role, right) is None
    found = doubt(role, wrong)
    assert found is not None
    assert remedy in found[1]


@pytest.mark.parametrize("kind", [INPUT, OUTPUT])
def test_prices_at_the_ends_of_the_catalogue(kind):
    prices = asked(kind)
    dearest, cheapest = prices[-1], prices[0]
    assert doubt(kind, dearest) is None
    assert "above every price" in doubt(kind, math.nextafter(dearest, math.inf))[0]
    between = next(value for value in (cheapest / 2, cheapest / 3, cheapest / 7) if value * 1000 not in prices)
    assert doubt(kind, between) is None  # ten times below the cheapest is still no doubt, a price per 1K aside
    assert "far below" in doubt(kind, cheapest / 11)[0]


def test_a_price_per_thousand_is_known_by_its_thousandfold():
    """GPT-4's 30 per million is 0.03 per thousand; 0.05 is itself a price (gpt-5-nano's input)."""
    assert "a thousandth of a price" in doubt(INPUT, 0.03)[0]
    assert doubt(INPUT, 0.03)[1].endswith("30")
    assert 0.05 in asked(INPUT)
    assert doubt(INPUT, 0.05) is None
    assert doubt(PRICE, 30_000)[0].endswith("30 is a price in it")
    assert doubt(PRICE, 0.0) is None


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Input price, USD per 1M tokens", PRICE),
        ("Output price per million", OUTPUT),
        ("Input price per 1K tokens", ""),
        ("Price per 1,000,000 tokens", PRICE),
        ("Price per 1,000 tokens", ""),
        ("Tokens per call", TOKENS),
        ("Review rate", SHARE),
        ("Review rate" + " of everything" * 6, ""),
    ],
)
def test_labels(label, role):
    assert role_of_label(label) == role


def test_a_name_with_its_sheet_before_it_is_the_cell_it_names(tmp_path):
    """5 is 500% of what the hardware can do."""
    path = write(
        tmp_path / "b.xlsx", {"S": {"A1": 5, "B1": "=CAPACITY_PRICE(10,1000,S!busy)"}}, names={"busy": "=S!$A$1"}
    )
    assert [finding.where for finding in found(path, "unit")] == ["S!A1"]
