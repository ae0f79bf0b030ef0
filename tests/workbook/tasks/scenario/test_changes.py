"""NAME=VALUE as users write it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from workbook.file.package import Package
from workbook.tasks.scenario import changes
from workbook.tasks.scenario.catalogued import prices_of, usd_rate
from workbook.tasks.scenario.changes import BadChange, Change

BASE = {
    "pe_input_price": 30.0,
    "pe_output_price": 60.0,
    "pe_cached_price": None,
    "cache_hit_rate": 0.4,
    "queries": 10_000.0,
    "months": 12.0,
    "start_date": 46_346.0,
    "facts_change": False,
    "use_case": "format",
    "max_months": 6.0,
    "5.kind": "fine-tuned",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pe_input_price=-50%", 15.0),  # half of 30
        ("pe_output_price=-10%", 54.0),  # 60 × 0.9; in binary 54.000000000000007
        ("pe_input_price=+100%", 60.0),
        ("pe_input_price=15", 15.0),
        ("pe_input_price==15", 15.0),
        (" PE_INPUT_PRICE = 15 ", 15.0),
        ("queries=2e4", 20_000.0),
        ("queries=0", 0.0),
        ("cache_hit_rate=50%", 0.5),  # a share: the value itself
        ("cache_hit_rate=-50%", 0.2),  # with a sign: a change
        ("cache_hit_rate==100%", 1.0),
        ("months=36", 36.0),
        ("start_date=2027-01-14", 46_401.0),  # 46,346 is 2026-11-20; 55 days on
        ("facts_change=true", True),
        ("use_case=knowledge", "knowledge"),
        ("use_case==1+1", "1+1"),
        ("5.kind=Own Weights", "own weights"),
    ],
)
def test_value(text, value):
    found = changes.parse(text, BASE)
    assert (found.value, type(found.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pe_input_price", "is no change"),
        ("=5", "is no change"),
        ("pe_inptu_price=5", "Alike are pe_input_price"),
        ("examples=5", "no override row"),  # an input of ours that this workbook has no row for
        ("pe_input_price=", "no value"),
        ("pe_input_price=0,015", "with a point"),
        ("pe_input_price=cheap", "is no number"),
        ("pe_input_price=50%", "rises or falls"),
        ("pe_input_price=+5", "write 5 for the value"),
        ("pe_cached_price=-5%", "base is blank"),
        ("pe_input_price=-101%", "at least 0"),
        ("cache_hit_rate=1.01", "at most 1"),
        ("months=37", "at most 36"),
        ("months=7.5", "whole number"),
        ("max_months=0", "above 0"),
        ("start_date=2027-13-01", "is no date"),
        ("start_date=20%", "no number that a percentage"),
        ("facts_change=maybe", "TRUE or FALSE"),
        ("5.kind=finetuned", "prompted, fine-tuned or own weights"),
        ("queries=nan", "is no number"),
        ("queries=1e999", "finite"),
    ],
)
def test_refused(text, said):
    with pytest.raises(BadChange, match=said):
        changes.parse(text, BASE)


def test_arithmetic_is_said():
    assert changes.parse("pe_input_price=-50%", BASE).how == "30 × (1 − 50%) = 15"


@pytest.mark.parametrize(("text", "warned"), [("pe_input_price=0.3", False), ("pe_input_price=0.29", True)])
def test_price_in_another_unit_is_pointed_out(text, warned):
    """A hundredth of the base may be meant, less is more likely a price per 1K tokens."""
    assert bool(changes.parse(text, BASE).warning) is warned


def test_sweep():
    assert changes.sweep("pe_input_price=30, 15,5") == [("pe_input_price", value) for value in ("30", "15", "5")]
    for wrong in ("pe_input_price", "pe_input_price=", "=1,2", "pe_input_price=5,5"):
        with pytest.raises(BadChange):
            changes.sweep(wrong)


@pytest.mark.parametrize(
    ("rate", "prices"),
    [(1.0, (2.5, 10.0)), (0.92, (2.3, 9.2))],  # gpt-4o: 2.50 and 10 USD; × 0.92
)
def test_a_renamed_models_prices_in_the_workbooks_currency(rate, prices):
    layout = SimpleNamespace(rows=dict.fromkeys(("pe_input_price", "pe_output_price"), 1))
    found, missing = prices_of(layout, {}, Change("pe_model", "gpt-4o", ""), set(), "2026-11-20", rate)
    assert tuple(change.value for change in found) == prices
    assert missing == []
    assert ("USD × 0.92" in found[0].how) == (rate != 1)


ROWS = (
    "ft_input_price", "ft_output_price", "ft_cached_price", "5.cache_write_price", "ft_training_price",
    "ft_hosting_monthly", "5.context_window", "ft_shutdown_date",
)  # fmt: skip


@pytest.mark.parametrize(
    ("model", "right", "said"),
    [
        # developers.openai.com: 0.80, 3.20 and 0.20; trained at 5; shut down on 2027-01-14, which is 46,401
        ("ft:gpt-4.1-mini", (0.8, 3.2, 0.2, "none", 5, None, 1_047_576, 46_401), ("ft_hosting_monthly",)),
        ("my-own-model", (None,) * 8, ("ft_input_price", "ft_shutdown_date", "not in the catalogue")),
    ],
)
def test_what_goes_with_a_renamed_model(model, right, said):
    """Prices, window and shutdown are the new model's, a price it has not is blanked; the rest is said to stay."""
    layout = SimpleNamespace(rows=dict.fromkeys(ROWS, 1))
    found, missing = prices_of(layout, dict.fromkeys(ROWS, 7.0), Change("ft_model", model, ""), set(), "2026-11-20", 1)
    values = {change.name: change.value for change in found}
    assert tuple(values.get(name) for name in ROWS) == right
    assert all(word in " ".join(missing) for word in said)


@pytest.mark.parametrize(
    ("currency", "rate", "right"), [("EUR", 0.92, 0.92), ("USD", None, 1.0), (None, None, 1.0), ("EUR", None, None)]
)
def test_what_a_dollar_costs(tmp_path, currency, rate, right):
    book = Workbook()
    book.active.append([currency, rate])
    for name, cell in (("currency", "A"), ("usd_rate", "B")):
        book.defined_names[name] = DefinedName(name, attr_text=f"Sheet!${cell}$1")
    book.save(tmp_path / "book.xlsx")
    with Package(tmp_path / "book.xlsx") as package:
        if right is None:
            with pytest.raises(BadChange, match="in USD, and this workbook is in EUR"):
                usd_rate(package)
        else:
            assert usd_rate(package) == right
