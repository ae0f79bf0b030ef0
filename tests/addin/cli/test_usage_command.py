"""The command `breakeven usage`: bad input, overlaps, zones, currencies, and what must never be printed."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from addin.cli import app, main

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "usage"
RUNNER = CliRunner()


def run(*words: object) -> dict:
    result = RUNNER.invoke(app, ["usage", *map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*words: object, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["breakeven", "usage", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
    assert stop.value.code == 2
    return " ".join(capsys.readouterr().err.split())


def table(path: Path, rows: list[dict]) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def litellm(number: int, when: str, **more: object) -> dict:
    return {
        "request_id": f"r{number}",
        "spend": 0.01,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "startTime": when,
        "model": "gpt-4o-mini",
        "team_id": "a",
    } | more


def test_the_terminal_shows_what_the_file_was_taken_for():
    result = RUNNER.invoke(app, ["usage", str(EXAMPLES / "otel.jsonl")])
    assert result.exit_code == 0
    assert "taken for OpenTelemetry GenAI spans" in result.stdout
    assert "not whole" in result.stdout


def test_exports_that_overlap_count_each_call_once(tmp_path):
    with open(EXAMPLES / "litellm.csv", encoding="utf-8") as stream:
        head, *lines = stream.readlines()
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("".join([head, *lines[:100]]), encoding="utf-8")
    second.write_text("".join([head, *lines[60:], *lines[60:70]]), encoding="utf-8")  # and ten twice in one file
    found, whole = run(first, second), run(EXAMPLES / "litellm.csv")
    assert found["groups"] == whole["groups"]
    assert sum(file["counted_elsewhere"] for file in found["files"]) == 50


def test_a_day_that_was_not_over_in_the_first_export_counts_as_in_the_second(tmp_path):
    with open(EXAMPLES / "openai-usage.csv", encoding="utf-8") as stream:
        head, *lines = stream.readlines()
    cut = lines[40].split(",")
    cut[5], cut[10] = "1.0", "7"  # exported at noon of its last day
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("".join([head, *lines[:40], ",".join(cut)]), encoding="utf-8")
    second.write_text("".join([head, *lines[30:]]), encoding="utf-8")
    assert run(first, second)["groups"] == run(EXAMPLES / "openai-usage.csv")["groups"]


def test_equal_calls_without_an_id_are_two_calls(tmp_path):
    row = {"when": "2026-06-01T10:00:00Z", "m": "gpt-4o", "in": 10, "out": 1}
    path = table(tmp_path / "own.csv", [row, row])
    columns = "time=when,model=m,tokens_in=in,tokens_out=out"
    assert run(path, "--columns", columns)["groups"][0]["calls"] == 2


def test_months_are_utcs_and_a_zone_moves_a_call(tmp_path):
    path = table(
        tmp_path / "log.csv",
        [
            litellm(1, "2026-06-01T00:30:00"),  # in Berlin still the 31st of May, UTC
            litellm(2, "2026-06-30T23:30:00-05:00"),  # the 1st of July, UTC
            litellm(3, "2026-06-15T12:00:00Z"),
        ],
    )
    months = {month["month"]: month["calls"] for month in run(path)["groups"][0]["months"]}
    assert months == {"2026-06": 2, "2026-07": 1}
    months = {
        month["month"]: month["calls"] for month in run(path, "--timezone", "Europe/Berlin")["groups"][0]["months"]
    }
    assert months == {"2026-05": 1, "2026-06": 1, "2026-07": 1}


def test_a_period_asked_for_leaves_out_the_rest_and_makes_months_whole(tmp_path):
    path = table(
        tmp_path / "log.csv",
        [
            litellm(number, f"2026-{month:02}-{10 + number % 9}T00:00:00")
            for number, month in enumerate([6, 7, 7, 8, 8, 8, 9])
        ],
    )
    assert run(path)["groups"][0]["calls"] == 7
    found = run(path, "--from", "2026-06-01", "--to", "2026-08-31")
    assert found["groups"][0]["calls"] == 6
    assert [month["whole"] for month in found["months"]] == [True, True, True]


def test_a_use_case_that_began_within_a_month_does_not_grow_by_it(tmp_path):
    rows = [litellm(number, f"2026-05-{number % 28 + 1:02}T00:00:00", team_id="old") for number in range(56)]
    rows += [
        litellm(100 + number, f"2026-{6 + number // 30:02}-{number % 30 + 1:02}T00:00:00", team_id="old")
        for number in range(60)
    ]
    rows += [litellm(500 + number, f"2026-06-{20 + number:02}T00:00:00", team_id="new") for number in range(10)]
    rows += [litellm(600 + number, f"2026-07-{number % 31 + 1:02}T00:00:00", team_id="new") for number in range(62)]
    found = {row["use_case"]: row for row in run(table(tmp_path / "log.csv", rows), "--to", "2026-07-31")["groups"]}
    assert [month["whole"] for month in found["new"]["months"]] == [False, True]
    assert found["new"]["growth_a_month"] is None
    assert found["old"]["growth_a_month"] == pytest.approx((30 / 56) ** 0.5 - 1)


def test_money_in_another_currency_needs_a_rate(tmp_path):
    rows = [
        {"d": "2026-06-01", "m": "gpt-4o-mini", "i": 1000000, "o": 0, "c": 10, "cur": "EUR"},
        {"d": "2026-06-02", "m": "gpt-4o-mini", "i": 1000000, "o": 0, "c": 10, "cur": "USD"},
        {"d": "2026-06-03", "m": "gpt-4o-mini", "i": 0, "o": 0, "c": -3, "cur": "USD"},
    ]
    path = table(tmp_path / "own.csv", rows)
    columns = ("--columns", "time=d,model=m,tokens_in=i,tokens_out=o,cost=c,currency=cur")
    found = run(path, *columns)
    assert found["groups"][0]["billed_usd"] is None
    assert found["groups"][0]["billed_in_unknown_currency"] == ["EUR"]
    assert any("--rate EUR" in note for note in found["notes"])
    found = run(path, *columns, "--rate", "EUR=1.08")
    assert found["groups"][0]["billed_usd"] == pytest.approx(10 * 1.08 + 10)
    assert found["groups"][0]["credits_usd"] == pytest.approx(-3)


def test_a_model_without_a_price_is_said_and_the_others_come_out(tmp_path):
    rows = [litellm(1, "2026-06-01T00:00:00"), litellm(2, "2026-06-01T00:00:00", model="nobodys-model")]
    models = {row["model"]: row["catalogue"] for row in run(table(tmp_path / "log.csv", rows))["models"]}
    assert models["nobodys-model"]["no_price"] == ["nobodys-model"]
    assert models["nobodys-model"]["catalogue_usd"] is None
    assert models["gpt-4o-mini"]["catalogue_usd"] == pytest.approx((100 * 0.15 + 10 * 0.6) / 1e6)


def test_what_people_wrote_is_never_printed(tmp_path):
    rows = [
        litellm(1, "2026-06-01T00:00:00", messages="Dear Ada Lovelace,\nnew line", team_id="ada@example.com"),
        litellm(2, "2026-06-01T00:00:00", prompt_tokens="Ada wrote here", team_id="b"),
    ]
    path = table(tmp_path / "log.csv", rows)
    for words in ((), ("--json",)):
        result = RUNNER.invoke(app, ["usage", str(path), *words])
        assert result.exit_code == 0
        assert "Ada" not in result.output
        assert "@" not in result.output
    found = run(path)
    assert found["files"][0]["unread"] == {"prompt_tokens": 1}
    assert {row["use_case"][:6] for row in found["groups"]} == {"person", "b"}


def test_no_message_quotes_a_cell(tmp_path, capsys):
    """Not even one that was asked for, or stands where a number belongs."""
    text = "Dear Ada Lovelace of Horsley Towers, your claim of the tenth of June about the engine was granted, yours"
    path = table(tmp_path / "log.csv", [litellm(1, text, messages=text, spend=text)])
    assert "Ada" not in RUNNER.invoke(app, ["usage", str(path), "--json"]).output
    assert "Ada" not in RUNNER.invoke(app, ["usage", str(path), "--by", "messages"]).output
    path = table(tmp_path / "dear.csv", [litellm(1, "2026-06-01", messages=text, spend=10**12)])
    message = refused(path, capsys=capsys)
    assert "a cost is above 900 million" in message
    assert str(10**12) not in message
    broken = tmp_path / "broken.jsonl"
    broken.write_text(f'{{"messages": "{text}\n')
    assert "Ada" not in refused(broken, capsys=capsys)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--by", "nothing"), "there is no such column"),
        (("--columns", "tokens_in=nothing"), "has no column nothing"),
        (("--columns", "nonsense=x"), "is not NAME=COLUMN"),
        (("--format", "nothing"), "is no known format"),
        (("--timezone", "Nowhere"), "is no time zone"),
        (("--from", "June"), "is no date"),
        (("--rate", "EUR"), "Write it as EUR=1.08"),
        (("--rate", "EUR=0"), "is 0, which is no rate"),
        (("--rate", "EUR=nan"), "which is no rate"),
        (("--from", "2030-01-01"), "holds no usage of the period"),
    ],
)
def test_a_wrong_option_is_one_line(words, message, capsys):
    assert message in refused(EXAMPLES / "litellm.csv", *words, capsys=capsys)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "is a workbook or a zip archive"),
        ("time,model\n".encode("utf-16"), "is UTF-16 text"),
        (b"no table here", "is no table"),
        (b'{"data": [', "is no JSON"),
        (b"[1, 2]", "holds no usage"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(content, message, tmp_path, capsys):
    path = tmp_path / "export"
    path.write_bytes(content)
    assert message in refused(path, capsys=capsys)


def test_a_file_in_gzip_with_a_mark_and_semicolons(tmp_path):
    rows = [litellm(number, "2026-06-01T00:00:00") for number in range(3)]
    text = "\r\n".join([";".join(rows[0]), *(";".join(map(str, row.values())) for row in rows)])
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))
    assert run(path)["groups"][0]["calls"] == 3


def test_parquet_and_json_lines_give_what_the_csv_gives(tmp_path):
    import polars

    frame = polars.read_csv(EXAMPLES / "litellm.csv")
    frame.write_parquet(tmp_path / "log.parquet", row_group_size=50)
    frame.write_ndjson(tmp_path / "log.jsonl")
    whole = run(EXAMPLES / "litellm.csv")
    for name in ("log.parquet", "log.jsonl"):
        assert run(tmp_path / name)["groups"] == whole["groups"]


def test_a_line_end_within_quotes_ends_no_row(tmp_path, monkeypatch):
    from pycalc.usage import source

    monkeypatch.setattr(source, "BLOCK", 300)  # many blocks, most of them cut within a message
    rows = [litellm(number, "2026-06-01T00:00:00", messages='a\n"b"\n' * (number % 5)) for number in range(100)]
    found = run(table(tmp_path / "log.csv", rows))
    assert found["groups"][0]["calls"] == 100
    assert found["groups"][0]["tokens_in"]["total"] == 10_000


def test_a_row_of_a_month_is_a_whole_month_and_unknown_is_not_zero(tmp_path):
    path = tmp_path / "focus.csv"
    path.write_text(
        "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,"
        "ServiceName,SkuMeter\n"
        "10,USD,Usage,2026-07-01T00:00:00Z,2026-08-01T00:00:00Z,1000,1K Tokens,Azure OpenAI,"
        "gpt-4o-0806-Outp-glbl Tokens\n"
    )
    row = run(path)["groups"][0]
    assert (row["model"], row["tokens_out"]["total"]) == ("gpt-4o-2024-08-06", 1e6)
    assert [(month["month"], month["whole"]) for month in row["months"]] == [("2026-07", True)]
    # OpenAI's own example: not grouped, so model and batch are null.
    result = {"input_tokens": 1000, "output_tokens": 500, "input_cached_tokens": 800, "num_model_requests": 5}
    bucket = {"start_time": 1730419200, "end_time": 1730505600, "results": [result | {"model": None, "batch": None}]}
    page = tmp_path / "page.json"
    page.write_text(json.dumps({"object": "page", "data": [bucket]}))
    row = run(page)["groups"][0]
    assert (row["calls"], row["cached_share"], row["batch_share"]) == (5, 0.8, None)
