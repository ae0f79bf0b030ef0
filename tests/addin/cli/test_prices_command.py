"""`breakeven prices` as it is typed."""

from __future__ import annotations

import json
import sys
import zipfile

import openpyxl
import pytest

from addin.cli import main
from addin.cli.options import TABLE
from tests.workbook.tasks.test_refresh import book
from workbook.file import tsv

[OWN] = (line["command"].split(", ") for line in tsv.lines(TABLE) if line["name"] == "own_prices")
"""The commands that take prices of one's own."""


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
    assert "shut down on 2026-10-23" in out


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


def test_a_signed_workbook_loses_its_signature_and_that_is_said(run, tmp_path):
    path = book(tmp_path / "signed.xlsx", ("gpt-4o", "input", 5, "", "", "", "", ""))
    assert "signature" not in run("--refresh", "signed.xlsx", "-o", "first.xlsx")[2]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/origin.sigs", b"")
    code, _, said = run("--refresh", "signed.xlsx", "-o", "second.xlsx")
    assert code == 0
    assert "digital signature" in said


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


# Prices of one's own

MINE = (
    "model,kind,amount,source,read_on,currency\n"
    "gpt-4o,input,2,contract 4711,2026-11-28,USD\n"
    "acme-llm,output,4,offer,2026-11-28,EUR\n"
)


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.csv").write_text(MINE, encoding="utf-8")
    return "mine.csv"


def test_own_prices_come_first_and_only_for_this_command(run, mine):
    own = ("--prices", mine, "--rate", "EUR=1.25")
    code, out, _ = run("gpt-4o", *own, "--json")
    rows = {(row["model"], row["kind"]): row for row in json.loads(out)}
    assert code == 0
    assert rows["gpt-4o", "input"]["amount"] == 2
    assert rows["gpt-4o", "input"]["own"] == "mine.csv"
    assert ("gpt-4o-2024-08-06", "input") not in rows
    assert rows["gpt-4o-2024-08-06", "output"]["amount"] == 10
    code, out, _ = run("acme-llm", *own)
    assert code == 0
    assert "your own price (mine.csv): offer" in out
    assert "Only your own prices know this model" in out
    assert "2.5 " in run("gpt-4o")[1].splitlines()[5]


def test_rates_are_never_made_up(run, mine):
    code, out, err = run("gpt-4o", "--prices", mine)
    assert (code, out) == (2, "")
    assert "mine.csv, line 3: the price is in EUR, and no rate is given" in err
    assert "--rate EUR=1.08" in err
    assert err.count("\n") == 1
    assert "--rate goes with --prices" in run("gpt-4o", "--rate", "EUR=1.2")[2]
    assert "cannot be read" in run("gpt-4o", "--prices", "nothing.csv")[2]


@pytest.mark.parametrize("command", OWN)
def test_every_command_that_looks_prices_up_takes_them(monkeypatch, capsys, command):
    monkeypatch.setattr(sys, "argv", ["breakeven", *command.split(), "--help"])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert "--prices FILE.csv" in said
    assert "--rate EUR=1.08" in said


def test_a_formula_uses_them(monkeypatch, capsys, tmp_path, mine):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["breakeven", "eval", '=MODEL_PRICE("acme-llm","output")', "--prices", mine,
                                      "--rate", "EUR=1.25"])  # fmt: skip
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    assert capsys.readouterr().out == "5\n"  # 4 EUR at 1.25


# A newer public list

LITELLM = {
    "sample_spec": {"litellm_provider": "one of the providers", "mode": "chat", "input_cost_per_token": 0.0},
    "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-06,
               "output_cost_per_token": 1e-05},
    "azure/eu/gpt-5.4": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 2.75e-06},
    "gpt-99": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06},
    "dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 1e-06},
}  # fmt: skip
GENAI = [
    {"id": "openai", "models": [
        {"id": "gpt-4o", "match": {"or": [{"equals": "gpt-4o"}, {"starts_with": "x"}]}, "prices": [
            {"prices": {"input_mtok": 9}},
            {"constraint": {"start_date": "2026-11-25"}, "prices": {"input_mtok": {"base": 3, "tiers": []},
                                                                    "output_mtok": 10}},
            {"constraint": {"start_date": "2027-11-25"}, "prices": {"input_mtok": 1}}]}]},
    {"id": "fireworks", "models": [{"id": "gpt-oss-20b", "match": {"equals": "accounts/fireworks/models/gpt-oss-20b"},
                                    "prices": {"input_mtok": 0.07, "output_mtok": 0.4}}]},
]  # fmt: skip


def test_a_newer_list_is_shown_before_it_is_written(run, tmp_path):
    (tmp_path / "list.json").write_text(json.dumps(LITELLM))
    code, out, err = run("--from", "litellm", "list.json", "--on", "2026-11-29", "-o", "new.csv")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split() == ["Model", "Kind", "Catalogue", "List", "Change"]
    assert out.splitlines()[2].split() == ["gpt-4o", "input", "2.5", "3", "+20.0%"]  # 2.5: OpenAI's page
    assert "azure" not in out  # 2.75 is what Azure's meter says: no change
    assert "1 more prices are not in the catalogue" in out
    code, out, _ = run("gpt-4o", "--prices", "new.csv", "--json")
    row = next(row for row in json.loads(out) if row["kind"] == "input")
    assert (row["amount"], row["effective_from"], row["note"]) == (3, "2026-11-29", "the catalogue had 2.5")
    # what is there is not replaced, and nothing is written into the catalogue
    assert "already there" in run("--from", "litellm", "list.json", "-o", "new.csv")[2]
    assert run("gpt-4o", "--json")[1].count('"amount": 3,') == 0
    found = json.loads(run("--from", "litellm", "list.json", "--new", "--on", "2026-11-29", "--json")[1])
    assert [(change["model"], change["before"]) for change in found["changes"]] == [("gpt-4o", 2.5), ("gpt-99", None)]


def test_the_other_list(run, tmp_path):
    (tmp_path / "data.json").write_text(json.dumps(GENAI))
    found = json.loads(run("--from", "genai-prices", "data.json", "--on", "2026-11-29", "--json")[1])
    assert [(change["model"], change["kind"], change["after"]) for change in found["changes"]] == [
        ("fireworks/gpt-oss-20b", "output", 0.4),
        ("gpt-4o", "input", 3),
    ]
    found = json.loads(run("gpt-4o", "--from", "genai-prices", "data.json", "--on", "2026-11-24", "--json")[1])
    assert [(change["kind"], change["after"]) for change in found["changes"]] == [("input", 9)]


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("{", ("litellm", "list.json"), "list.json is not JSON"),
        ("[]", ("litellm", "list.json"), "is not litellm's"),
        ("{}", ("genai-prices", "list.json"), "is not genai-prices'"),
        ("{}", ("tokencost", "list.json"), "--from takes litellm, genai-prices, not tokencost"),
        ("{}", ("litellm", "nothing.json"), "no command goes to the network"),
    ],
)
def test_lists_that_are_none(run, tmp_path, content, arguments, words):
    (tmp_path / "list.json").write_text(content)
    code, out, err = run("--from", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_no_list_is_written_into_the_catalogue(run, tmp_path):
    from pathlib import Path

    from pycalc.models import catalogue

    (tmp_path / "list.json").write_text(json.dumps(LITELLM))
    target = Path(catalogue.__file__).parents[1] / "data" / "mine.csv"
    assert "which no command changes" in run("--from", "litellm", "list.json", "-o", target)[2]
    assert not target.exists()


def test_refresh_of_a_book_without_prices(run, tmp_path):
    book(tmp_path / "old.xlsx", ("No price is filled in yet.", None, None))
    code, out, _ = run("--refresh", "old.xlsx", "-o", "new.xlsx")
    assert code == 0
    assert "names no model and kind yet" in out
    assert "0 of 0" not in out


def test_a_model_past_its_shutdown_is_said_so(run, tmp_path):
    """gpt-4: shut down on 2026-10-23 (OpenAI, Deprecations); the price page listed it still."""
    out = run("gpt-4")[1]
    assert "the model was shut down on 2026-10-23" in out
    assert "8,192 tokens; shut down on 2026-10-23" in out
    assert "shutdown 2026-10-23" in run("gpt-4", "--on", "2026-10-22")[1]
    book(tmp_path / "old.xlsx", ("gpt-4", "input", 30, "2023-03-14", "", "", "", ""))
    report = json.loads(run("--refresh", "old.xlsx", "-o", "new.xlsx", "--json")[1])["rows"]
    assert report[0]["what"].endswith("; shut down on 2026-10-23")
