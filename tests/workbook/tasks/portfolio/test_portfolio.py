"""A portfolio equals the single-case workbook, row by row, and says what it left out."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

from pycalc.errors import CalcError
from workbook.engines.libreoffice import recalculate
from workbook.errors import WorkbookError
from workbook.file.package import Package
from workbook.tasks import portfolio
from workbook.tasks.check import check
from workbook.tasks.handover import handover
from workbook.tasks.portfolio.columns import used_options
from workbook.tasks.portfolio.results import results
from workbook.tasks.report import report
from workbook.template import CASES, make
from workbook.template.build import Live

NAMES = [
    *("queries", "query_tokens", "response_tokens", "pe_prompt_tokens", "pe_input_price", "pe_output_price"),
    *("pe_cached_price", "cache_hit_rate", "base_input_price", "base_output_price", "ft_prompt_tokens"),
    *("ft_input_price", "ft_output_price", "ft_training_price", "ft_hosting_monthly", "examples"),
    *("tokens_per_example", "epochs", "minutes_per_example", "hourly_wage", "max_months", "start_date", "months"),
    *("annual_rate", "monthly_growth", "context_tokens", "retrieval_price", "setup_hours", "retrains_per_year"),
    *("pe_annual_decline", "items_per_month", "cost_per_review", "pe_review_rate", "base_review_rate"),
    *("ft_review_steady_rate", "pe_shutdown_date", "ft_shutdown_date"),
]
SINGLE = {
    "recommendation": "out_recommendation",
    "best_option": "out_best_option",
    "rec_saving_monthly": "out_rec_saving_monthly",
    "rec_upfront": "out_rec_upfront",
    "rec_breakeven_months": "out_rec_breakeven_months",
    "rec_payback": "out_rec_payback",
    "rec_irr": "out_rec_irr",
    "rec_npv": "out_rec_npv",
    "rec_year1": "out_rec_year1",
    "pe_year1": "out_pe_year1",
    "pe_monthly": "out_pe_monthly",
    "ft_monthly": "out_ft_monthly",
    "ft_npv": "out_npv",
    "gaps": "out_gaps",
}
"""A portfolio's column and the single-case workbook's name for the same figure."""


def row(draw: random.Random) -> list[object]:
    pick = draw.choice
    reviewed = draw.random() < 0.3
    values = {
        "queries": draw.randint(1_000, 400_000),
        "query_tokens": draw.randint(20, 90),
        "response_tokens": draw.randint(50, 300),
        "pe_prompt_tokens": draw.randint(100, 3_000),
        "pe_input_price": pick([2.5, 5, 30]),
        "pe_output_price": pick([10, 15, 60]),
        "pe_cached_price": pick(["", 1.25]),
        "cache_hit_rate": pick(["", 0.5]),
        "base_input_price": pick(["", 0.4, 1]),
        "base_output_price": pick(["", 1.6, 4]),
        "ft_prompt_tokens": draw.randint(20, 200),
        "ft_input_price": pick([1.5, 3.75, 6]),
        "ft_output_price": 15,
        "ft_training_price": 25,
        "ft_hosting_monthly": pick(["", 1241]),
        "examples": draw.randint(40, 1_000),
        "tokens_per_example": 500,
        "epochs": 3,
        "minutes_per_example": pick([0, 5]),
        "hourly_wage": 50,
        "max_months": pick([6, 12, 18]),
        "start_date": "2026-11-20",
        "months": pick([12, 24, 36]),
        "annual_rate": 0.1,
        "monthly_growth": round(draw.uniform(-0.02, 0.06), 4),
        "context_tokens": pick(["", 800]),
        "retrieval_price": pick(["", 0.002]),
        "setup_hours": pick(["", 10, 40]),
        "retrains_per_year": pick(["", 2]),
        "pe_annual_decline": pick(["", 0.3]),
        "items_per_month": 2_000 if reviewed else "",
        "cost_per_review": 1.5 if reviewed else "",
        "pe_review_rate": 0.05 if reviewed else "",
        "base_review_rate": 0.06 if reviewed else "",
        "ft_review_steady_rate": 0.03 if reviewed else "",
        "pe_shutdown_date": pick(["", "2027-12-01"]),
        "ft_shutdown_date": pick(["", "2027-06-15"]),
    }
    return [values[name] for name in NAMES]


def write(path: Path, rows: list[list[object]], names: list[str] = NAMES) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["title", *names])
        writer.writerows([f"Case {number}", *each] for number, each in enumerate(rows))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workbook of five random use cases, one of them with a sheet of its own, and its results."""
    folder = tmp_path_factory.mktemp("portfolio")
    draw = random.Random(7)
    table = portfolio.read(write(folder / "table.csv", [row(draw) for _ in range(5)]))
    found = portfolio.write(table, folder / "book.xlsx", "table.csv", budget=4_000, tabs=["Case 1"])
    return folder / "book.xlsx", table, found


def test_each_row_equals_the_single_case_workbook(made):
    _, table, found = made
    book = make(CASES["blank"])
    live = Live(
        book, {"Inputs", "Options", "Prices", "My prices", "Costs", "Cash flow", "Scenarios", "Base", "Summary"}
    )
    for inputs, ours in zip(table.rows, found, strict=True):
        live.put({book.names[name]: value for name, value in zip(table.inputs, inputs, strict=True)})
        for key, name in SINGLE.items():
            theirs = live.value(book.names[name])
            theirs = None if isinstance(theirs, CalcError) or theirs == "" else theirs
            if isinstance(theirs, float) and ours[key] is not None:
                assert ours[key] == pytest.approx(theirs, rel=1e-12, abs=1e-9), key
            else:
                assert ours[key] == theirs, key


def test_every_formula_is_worth_what_is_stored(made):
    """By LibreOffice, from scratch: ranks, order, budget and totals too."""
    path, _, _ = made
    with Package(path) as package:
        strings = package.strings()
        stored = {
            (sheet.name, cell.address): cell.value(strings)
            for sheet in package.worksheets()
            for cell in package.cells(sheet.part)
            if cell.formula is not None
        }
    worth = recalculate(path).values
    assert len(worth) > 4_000
    for place, value in worth.items():
        ours = stored[place]
        if isinstance(value, float) and isinstance(ours, float):
            assert ours == pytest.approx(value, rel=1e-11, abs=1e-9), place
        else:
            assert (ours or "") == (value or ""), place


def test_a_budget_takes_what_pays_back_soonest_and_fits(made):
    path, _, found = made
    changes = sorted(
        (each["rec_breakeven_months"], place)
        for place, each in enumerate(found)
        if not each["gaps"] and each["best_option"] != "Prompt engineering (today)"
    )
    spent, taken = 0.0, []
    for _, place in changes:
        if spent + found[place]["rec_upfront"] <= 4_000:
            spent += found[place]["rec_upfront"]
            taken.append(f"Case {place}")
    with Package(path) as package:
        sheet = next(each for each in package.worksheets() if each.name == "What first")
        strings = package.strings()
        cells = {cell.address: cell.value(strings) for cell in package.cells(sheet.part)}
    ours = [cells[f"B{line}"] for line in range(5, 5 + len(changes)) if cells[f"H{line}"] == 1]
    assert ours == taken
    assert 0 < len(taken) < len(changes)


def test_every_command_takes_the_book(made, tmp_path):
    """`check` accuses nothing, the memo says what the sheets say, and the hand-over proves what is native already."""
    path, table, found = made
    assert not [each for each in check(path) if each.severity == "error"]
    memo = report(path).decode()
    changing = [each for each in found if each["changes"]]
    saved, paid = (sum(each[key] for each in changing) for key in ("rec_saving_monthly", "rec_upfront"))
    assert f"Change {len(changing)} of 5: that saves USD {saved:,.0f} in month one for USD {paid:,.0f} paid up" in memo
    assert all(name in memo for name in table.names)
    with pytest.raises(WorkbookError, match="no page with sliders"):
        report(path, tmp_path / "page.html")
    result = handover(path, tmp_path / "copy.xlsx")
    assert (result.replacements, "no difference" in result.proofs[0]) == ([], True)


def test_missing_inputs_are_named_and_the_others_come_out(tmp_path):
    draw = random.Random(3)
    rows = [row(draw) for _ in range(4)]
    rows[1][NAMES.index("queries")] = ""
    rows[2][NAMES.index("cache_hit_rate")] = 1.5
    rows[3][NAMES.index("epochs")] = "three"
    table = portfolio.read(write(tmp_path / "table.csv", rows))
    left_out = [(number, name) for number, name, _ in table.left_out]
    assert left_out == [(4, "Case 2"), (5, "Case 3")]
    first, second = results(table).found
    assert first["gaps"] == 0
    assert second["gaps"] == 1
    assert second["recommendation"] == "Enter tasks per month"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("title,querries", "is no input. Is it queries?"),
        ("title,queries,queries", "has two columns queries"),
        ("title,colour", "no column is an input"),
        ("", "is empty"),
    ],
)
def test_a_header_that_cannot_be_read_is_one_line(header, message, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(f"{header}\na,1,2\n")
    with pytest.raises(portfolio.TableError, match=message.replace("?", r"\?")):
        portfolio.read(path)


def test_other_columns_are_said_and_values_for_all_rows_are_set(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("title,owner,queries\nA,nobody,1000\n")
    table = portfolio.read(path, portfolio.set_values(["hourly_wage=50", "queries=7"]))
    assert table.unused == ["owner"]
    assert dict(zip(table.inputs, table.rows[0], strict=True)) == {"queries": 1000, "hourly_wage": 50}
    with pytest.raises(portfolio.TableError, match="is no input of a use case"):
        portfolio.set_values(["nonsense=1"])


def test_results_alone_equal_those_in_the_workbook(made, tmp_path):
    _, table, found = made
    portfolio.write_results([table], tmp_path / "results.csv")
    portfolio.write_results([table], tmp_path / "results.parquet")
    import polars

    for frame in (polars.read_csv(tmp_path / "results.csv"), polars.read_parquet(tmp_path / "results.parquet")):
        assert frame["title"].to_list() == table.names
        for key in ("rec_npv", "pe_year1"):
            assert frame[key].to_list() == [each[key] for each in found]


def test_what_usage_prints_is_a_table(tmp_path):
    from pycalc.usage.gather import gather
    from pycalc.usage.summary import summarise

    examples = Path(__file__).parents[4] / "docs" / "examples" / "usage"
    path = tmp_path / "usage.json"
    path.write_text(
        json.dumps(summarise(gather([str(examples / "openai-usage.csv"), str(examples / "openai-costs.csv")])))
    )
    table = portfolio.read(path, portfolio.set_values(["max_months=12"]))
    rows = dict(zip(table.names, table.rows, strict=True))
    bot = dict(zip(table.inputs, rows["support bot"], strict=True))
    assert bot["queries"] == 12_000  # October, the last whole month
    assert (bot["pe_input_price"], bot["pe_output_price"]) == (2.5, 10)
    assert bot["query_tokens"] == 0
    assert bot["max_months"] == 12


def test_only_options_that_the_table_can_define_have_columns():
    assert used_options(["queries", "pe_input_price"]) == (1,)
    assert used_options(["ft_input_price", "context_tokens"]) == (1, 4, 5, 6)
    assert used_options(["pe_cached_price", "base_model"]) == (1, 2, 3)
    assert used_options(["own_hourly_price"]) == (1, 5, 7)
