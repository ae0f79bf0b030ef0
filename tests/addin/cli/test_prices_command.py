"""`breakeven prices` as it is typed."""

from __future__ import annotations

import json
import sys

import openpyxl
import pytest

from addin.cli import main
from tests.workbook.tasks.test_refresh import book


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Call the command in this process, in its own folder, on a terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["breakeven", "prices", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return code, *capsys.readouterr()

    return call


def test_a_model_with_its_sources(run):
    code, out, err = run("gpt-4o")
    assert (code, err) == (0, "")
    assert "gpt-4o-2024-08-06     input                 2.5  2024-08-06  2027-01-14  (" in out
    assert "ft:gpt-4o-2024-08-06  output                 15  2024-08-20  2027-01-14  (" in out
    assert "developers.openai.com/api/docs/pricing); read 2026-11-20; confidence " in out
    assert "gpt-4o is gpt-4o-2024-08-06; context window 128,000 tokens; shutdown 2027-01-14" in out
    assert max(len(line) for line in out.splitlines() if not line.startswith("(")) <= 80


def test_a_title_wider_than_its_table_stays_in_one_line(run):
    """ada has few prices with short names: its table takes 54 columns, the title 70."""
    lines = run("ada")[1].splitlines()
    assert "Prices, all periods; USD per 1M tokens unless another unit is named" in lines
    assert lines[2].split() == ["Model", "Kind", "Price", "From", "To", "before", "Source"]


def test_on_a_date(run):
    code, out, _ = run("gpt-4o", "--on", "2024-06-01", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {(row["model"], row["kind"]): row["amount"] for row in rows} == {
        ("gpt-4o-2024-05-13", "input"): 5,
        ("gpt-4o-2024-05-13", "output"): 15,
    }
    assert all(row["source"] and row["read_on"] and row["effective_from"] for row in rows)


def test_all_models(run):
    code, out, _ = run("--json")
    rows = json.loads(out)
    assert code == 0
    assert len({row["model"] for row in rows}) > 100
    assert {row["provider"] for row in rows} >= {"openai", "anthropic", "google", "azure", "together"}


def test_history(run):
    rows = json.loads(run("ft:gpt-3.5-turbo", "--history", "--json")[1])
    assert [(row["amount"], row["effective_from"]) for row in rows if row["kind"] == "input"] == [
        (12, "2023-08-22"),
        (3, "2023-11-06"),
    ]


def test_a_model_without_a_price_today_shows_its_periods(run):
    code, out, _ = run("ft:gpt-3.5-turbo")
    assert code == 0
    assert out.startswith("No price of ft:gpt-3.5-turbo holds on 2026-11-20. All its periods:\n")
    assert "2023-08-22  2023-11-06" in out
    assert "shutdown 2026-10-23" in out


def test_differences(run):
    # GPT-4o was halved and cut by a third when its name passed on to the second snapshot
    changes = json.loads(run("gpt-4o", "--diff", "2024-06-01", "2024-12-01", "--json")[1])["changes"]
    assert {change["kind"]: (change["before"], change["after"]) for change in changes} == {
        "input": (5, 2.5),
        "output": (15, 10),
        "cached_input": (None, 1.25),
        "training": (None, 25),
    }
    out = run("gpt-4o", "--diff", "2024-06-01", "2024-12-01")[1]
    assert "-50.0%" in out
    assert "-33.3%" in out


def test_differences_of_all_models(run):
    changes = json.loads(run("--diff", "2026-07-29", "2026-07-30", "--json")[1])["changes"]
    # genai-prices 0.2.3: the two cuts of 2026-07-30, at OpenAI and in Bedrock's regions
    assert {change["model"] for change in changes} == {
        "gpt-5.6-luna",
        "gpt-5.6-terra",
        "bedrock/us.openai.gpt-5.6-luna",
        "bedrock/us.openai.gpt-5.6-terra",
    }
    assert run("--diff", "2026-07-30", "2026-07-30")[1] == "No price changed from 2026-07-30 to 2026-07-30.\n"


def test_refresh(run, tmp_path):
    book(tmp_path / "old.xlsx", ("gpt-4o", "input", 5, "", "", "", "", ""))
    code, out, _ = run("--refresh", "old.xlsx", "-o", "new.xlsx")
    assert code == 0
    assert "C4    gpt-4o  input       5    2.5  -50.0%  price changed" in out
    assert "1 of 1 prices changed" in out
    assert openpyxl.load_workbook(tmp_path / "new.xlsx")["Prices"]["C4"].value == 2.5
    again = ("--refresh", "old.xlsx", "-o", "new.xlsx", "--on", "2024-06-01", "--json", "--force")
    report = json.loads(run(*again)[1])
    assert report["prices_on"] == "2024-06-01"
    assert [(row["before"], row["after"]) for row in report["rows"]] == [(5, 5)]
    assert run("--refresh", "old.xlsx")[0] == 0
    assert openpyxl.load_workbook(tmp_path / "old-refreshed.xlsx")["Prices"]["C4"].value == 2.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nonsense",), '"nonsense" is not in the catalogue'),
        (("nonsense", "--diff", "2024-01-01", "2024-02-01"), '"nonsense" is not in the catalogue'),
        (("gpt-4o", "--on", "01/02/2024"), "is no date. Write it as 2026-11-20"),
        (("gpt-4o", "--diff", "2024-01-01", "soon"), "'soon' is no date"),
        (("-o", "new.xlsx"), "goes with --refresh"),
        (("--on", "2024-01-01", "--history"), "exclude each other"),
        (("gpt-4o", "--refresh", "old.xlsx", "-o", "new.xlsx"), "--refresh takes no model"),
        (("--refresh", "missing.xlsx", "-o", "new.xlsx"), "missing.xlsx"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(run, tmp_path, arguments, words):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())
