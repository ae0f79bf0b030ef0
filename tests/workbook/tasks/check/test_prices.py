"""Prices against the catalogue, shutdown dates, units. Catalogue facts used here, each with its public source:

GPT-4 8K 30 and 60 USD per 1M tokens from 2023-03-14, shut down 2026-10-23; gpt-3.5-turbo input 1.50 from 2023-06-13 to
2023-11-06, 0.50 from 2024-01-25; fine-tuned gpt-3.5-turbo 3 and 6 from 2023-11-06 to the shutdown 2026-10-23
(OpenAI pricing and deprecations pages, as the catalogue's rows say).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.workbook.tasks.check.audited import ON, cells_of, found, serial, write
from workbook.errors import BadWorkbook
from workbook.tasks.check import check

HEADER = {"A1": "Model", "B1": "Kind", "C1": "USD per 1M tokens", "D1": "From", "E1": "To before", "F1": "Read on"}


def table(*rows: tuple) -> dict[str, object]:
    cells: dict[str, object] = dict(HEADER)
    for number, values in enumerate(rows, 2):
        cells |= {f"{column}{number}": value for column, value in zip("ABCDEF", values, strict=False) if value != ""}
    return {**cells, "H1": 1, "H2": "=H1+H1"}


@pytest.mark.parametrize(("age", "faults"), [(90, 0), (91, 1)])
def test_old_prices(tmp_path, age, faults):
    read_on = (ON - timedelta(days=age)).isoformat()
    path = write(tmp_path / "b.xlsx", {"Prices": table(("gpt-4", "input", 30, "2023-03-14", "", read_on))})
    old = found(path, "old-price")
    assert [item.severity for item in old] == ["warning"] * faults
    assert found(path, "old-price", days=age) == []


def test_old_prices_with_excel_dates_are_put_together(tmp_path):
    rows = [
        ("gpt-4", kind, price, "2023-03-14", "", serial(date(2026, 1, 2)))
        for kind, price in (("input", 30), ("output", 60))
    ]
    (old,) = found(write(tmp_path / "b.xlsx", {"Prices": table(*rows)}), "old-price")
    assert (old.cell, old.count) == ("C2:C3", 2)
    assert "2026-01-02" in old.what
    assert "322 days" in old.what  # 2 January to 20 November 2026


@pytest.mark.parametrize(
    ("price", "kind", "severity"),
    [(30, None, None), (31, "price-unlike-catalogue", "warning"), (0.03, "unit", "error")],
)
def test_prices_unlike_the_catalogue(tmp_path, price, kind, severity):
    path = write(tmp_path / "b.xlsx", {"Prices": table(("GPT-4", "input", price, "2026-01-01", "", ON.isoformat()))})
    said = [(item.kind, item.severity, item.cell) for item in found(path) if item.kind != "shutdown"]
    assert said == [(kind, severity, "C2")] * (kind is not None)


def test_a_price_that_ended_needs_its_end(tmp_path):
    rows = ("ft:gpt-3.5-turbo", "input", 3, "2023-11-06")
    path = write(tmp_path / "b.xlsx", {"Prices": table((*rows, "", ON.isoformat()))})
    assert [item.severity for item in found(path)] == ["warning"]
    path = write(tmp_path / "ended.xlsx", {"Prices": table((*rows, "2026-10-23", ON.isoformat()))})
    assert found(path) == []


def test_a_model_the_catalogue_does_not_know(tmp_path):
    path = write(
        tmp_path / "b.xlsx", {"Prices": table(("our-own-model", "input", 1, "2026-01-01", "", ON.isoformat()))}
    )
    assert [(item.kind, item.severity) for item in found(path)] == [("price-unknown", "note")]


# by defined name


def model(**cells: object) -> dict:
    """A sheet with one named cell a row, and the formula every workbook needs."""
    placed = {name: f"=M!$A${number}" for number, name in enumerate(cells, 1)}
    sheet = {f"A{number}": value for number, value in enumerate(cells.values(), 1)}
    return {"sheets": {"M": {**sheet, "C1": 1, "C2": "=C1+C1"}}, "names": placed}


@pytest.mark.parametrize(
    ("price", "kind", "severity"),
    [
        (0.5, None, None),
        (1.5, "price-unlike-catalogue", "warning"),
        (0.0005, "unit", "error"),
        (0.6, "price-unlike-catalogue", "warning"),
    ],
)
def test_a_price_input_against_its_model(tmp_path, price, kind, severity):
    path = write(
        tmp_path / "b.xlsx",
        **model(pe_model="gpt-3.5-turbo", pe_input_price=price, start_date=serial(date(2026, 10, 1))),
    )
    findings = found(path)
    assert [(item.kind, item.severity, item.cell) for item in findings] == [(kind, severity, "A2")] * (kind is not None)
    if price == 1.5:
        assert "from 2023-06-13 to before 2023-11-06" in findings[0].what


@pytest.mark.parametrize(
    ("currency", "rate", "price", "said"),
    [
        ("EUR", 0.92, 0.46, None),  # 0.50 USD × 0.92
        ("EUR", 0.92, 0.5, "0.5 is the input price of gpt-3.5-turbo in USD, and amounts here are in EUR"),
        ("EUR", 0.92, 0.00046, "0.46 EUR per 1M tokens"),
        ("EUR", None, 0.5, None),  # the sheet Checks asks for the rate
        ("USD", None, 0.5, None),
        ("USD", None, 0.46, "where the catalogue has 0.5"),
    ],
)
def test_a_price_input_in_the_workbooks_currency(tmp_path, currency, rate, price, said):
    cells = {"pe_model": "gpt-3.5-turbo", "pe_input_price": price, "currency": currency, "usd_rate": rate}
    path = write(tmp_path / "b.xlsx", **model(**cells, start_date=serial(date(2026, 10, 1))))
    findings = found(path)
    assert len(findings) == (said is not None)
    assert said is None or said in findings[0].what


@pytest.mark.parametrize(("start", "past"), [(date(2026, 10, 22), False), (date(2026, 10, 23), True)])
@pytest.mark.parametrize(("best", "severity"), [("Prompt engineering", "error"), ("Newer base model", "note")])
def test_a_model_past_its_shutdown(tmp_path, start, past, best, severity):
    path = write(tmp_path / "b.xlsx", **model(pe_model="gpt-4", start_date=serial(start), out_best_option=best))
    assert [(item.severity, item.cell) for item in found(path, "shutdown")] == [(severity, "A1")] * past


@pytest.mark.parametrize(
    ("entered", "start", "severity"),
    [
        (serial(date(2027, 1, 14)), date(2026, 11, 20), None),
        ("", date(2026, 11, 20), "error"),
        (serial(date(2027, 6, 1)), date(2026, 11, 20), "warning"),
        ("", date(2025, 11, 20), "error"),
        ("", date(2025, 11, 19), "note"),  # more than a year back: a look back at what was known then
    ],
)
def test_the_shutdown_date_of_the_fine_tuned_model(tmp_path, entered, start, severity):
    """ft:gpt-4o ends 2027-01-14, by the vendor's deprecations page."""
    path = write(tmp_path / "b.xlsx", **model(ft_model="ft:gpt-4o", ft_shutdown_date=entered, start_date=serial(start)))
    assert [item.severity for item in found(path, "shutdown")] == [severity] * (severity is not None)


@pytest.mark.parametrize("decision", ["FINE-TUNE", "HOLD"])
@pytest.mark.parametrize(("months", "late"), [(11.99, False), (12.0, True)])
def test_break_even_after_the_shutdown(tmp_path, decision, months, late):
    """365.25 days are 12 months, so 1,461 days are 48: the limit is a quarter of that."""
    cells = model(
        start_date=46_000.0, ft_shutdown_date=46_000 + 365.25, out_breakeven_months=months, out_decision=decision
    )
    severity = "error" if decision == "FINE-TUNE" else "note"
    path = write(tmp_path / "b.xlsx", **cells)
    assert [item.severity for item in found(path, "breakeven-after-shutdown")] == [severity] * late


@pytest.mark.parametrize(
    ("days", "life"), [(0, "is shut down by the start date"), (365.25, "lives 12 months from the")]
)
def test_the_life_left_is_said_in_words(tmp_path, days, life):
    """365.25 days are 12 months; none are no life at all, which reads oddly as a number."""
    cells = model(start_date=46_000.0, ft_shutdown_date=46_000 + days, out_breakeven_months=13.0, out_decision="HOLD")
    (finding,) = found(write(tmp_path / "b.xlsx", **cells), "breakeven-after-shutdown")
    assert life in finding.what


# units


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("cache_hit_rate", 1, False),
        ("cache_hit_rate", 5, True),
        ("pe_review_rate", 1.01, True),
        ("annual_rate", 0.99, False),
        ("annual_rate", 8, True),
        ("pe_prompt_tokens", 0.8, True),
        ("pe_prompt_tokens", 800, False),
        ("pe_prompt_tokens", 3_000_000, True),
        ("pe_input_price", 0.03, True),
        ("pe_input_price", 30, False),
        ("pe_input_price", 30_000, True),
        ("ft_training_price", 0.008, True),
        ("ft_training_price", 8, False),
        ("pe_input_price", 0, False),
    ],
)
def test_units_of_the_inputs(tmp_path, name, value, wrong):
    path = write(tmp_path / "b.xlsx", **model(**{name: value}))
    assert [(item.severity, item.kind) for item in found(path)] == [("error", "unit")] * wrong


@pytest.mark.parametrize(("price", "share", "faults"), [(30, 0.5, []), (0.03, 0.5, ["A5"]), (30, 1.0, [])])
def test_units_by_the_argument_a_cell_is_given_to(tmp_path, price, share, faults):
    cells = {"A1": 10_000, "A2": 800, "A3": 50, "A4": 100, "A5": price, "A6": 60, "A7": 1, "A8": share}
    cells["B1"] = "=PE_MONTHLY(A1,A2,A3,A4,A5,A6,A7,A8)"
    assert cells_of(found(write(tmp_path / "b.xlsx", {"S": cells}), "unit")) == faults


@pytest.mark.parametrize(
    ("label", "value", "wrong"),
    [
        ("Input price, USD per 1M tokens", 0.03, True),
        ("Input price, USD per 1M tokens", 30, False),
        ("Input price, USD per 1K tokens", 0.03, False),
        ("Share of cached prompts", 5, True),
        ("Share of cached prompts", 0.05, False),
        ("Tokens per call", 0.8, True),
        ("Shares outstanding", 5, False),
    ],
)
def test_units_by_the_label_beside_a_number(tmp_path, label, value, wrong):
    for cells in ({"A1": label, "B1": value}, {"A1": value, "B1": label}, {"A1": label, "A2": value}):
        path = write(tmp_path / "b.xlsx", {"S": {**cells, "F1": 1, "F2": "=F1+F1"}})
        assert len(found(path, "unit")) == wrong


def test_ones_own_prices_are_held_against_the_workbook(tmp_path):
    """gpt-4o's input price is 2.50 (developers.openai.com/api/docs/pricing); the contract says 2."""
    prices = {"A1": "Model", "B1": "Kind", "C1": "USD per 1M tokens", "D1": "From", "E1": "To before", "F1": "Source",
              "G1": "Read on", "A2": "gpt-4o", "B2": "input", "C2": 2, "F2": "c", "G2": "2026-11-20"}  # fmt: skip
    sheets = {"Prices": prices, "S": {"A1": "=1+1"}}
    assert cells_of(found(write(tmp_path / "without.xlsx", sheets), "price-unlike-catalogue")) == ["C2"]
    mine = {"A1": "Model", "B1": "Kind", "C1": "Amount", "D1": "Currency", "E1": "Source", "F1": "Read on",
            "A2": "gpt-4o", "B2": "input", "C2": 2, "D2": "USD", "E2": "contract", "F2": "2026-11-20"}  # fmt: skip
    assert not found(write(tmp_path / "with.xlsx", {**sheets, "My prices": mine}), "price-unlike-catalogue")
    bad = {**mine, "D2": "EUR"}
    with pytest.raises(BadWorkbook, match="My prices, row 2: the price is in EUR, and no rate is given"):
        write(tmp_path / "bad.xlsx", {**sheets, "My prices": bad})


@pytest.mark.parametrize(("on", "count"), [(date(2026, 10, 22), 0), (date(2026, 10, 23), 1)])
def test_a_price_of_a_model_that_was_shut_down(tmp_path, on, count):
    """gpt-4 was shut down on 2026-10-23 (OpenAI, Deprecations)."""
    prices = {"A1": "Model", "B1": "Kind", "C1": "USD per 1M tokens", "D1": "From", "E1": "To before", "F1": "Source",
              "G1": "Read on", "A2": "gpt-4", "B2": "input", "C2": 30, "F2": "a page", "G2": "2026-10-20"}  # fmt: skip
    book = write(tmp_path / "b.xlsx", {"Prices": prices, "S": {"A1": "=1+1"}})
    shut = [finding for finding in check(book, on=on) if finding.kind == "shutdown"]
    assert [finding.cell for finding in shut] == ["C2"] * count
