"""Sums, shares of a month and percentiles of random logs, against plain Python's own."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from pycalc.usage import lengths, tally
from pycalc.usage.export import Wish
from pycalc.usage.gather import gather
from pycalc.usage.summary import summarise

HEAD = ["request_id", "spend", "prompt_tokens", "completion_tokens", "startTime", "model", "team_id"]


def log(path: Path, many: int, wide: bool) -> list[list]:
    """Random calls; `wide`: of so many use cases and lengths that no table of counts holds them."""
    draw = random.Random(many)
    rows = []
    for number in range(many):
        day = date(2026, 1, 1) + timedelta(draw.randrange(300))
        rows.append(
            [
                f"r{number}",
                f"{draw.randrange(10**8)}e-10",
                int(draw.lognormvariate(7, 1.5)) if wide else draw.randrange(4_000),
                "" if draw.random() < 0.1 else draw.randrange(1, 900),
                f"{day}T{draw.randrange(24):02}:00:00Z",
                draw.choice(["gpt-4o", "gpt-4o-mini", "o3"]),
                f"team {draw.randrange(400 if wide else 7)}",
            ]
        )
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        writer.writerows(rows)
    return rows


def inclusive(values: list[int], share: float) -> float:
    """PERCENTILE.INC as Microsoft's page defines it."""
    values, place = sorted(values), Fraction(share) * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return float(values[low] + (values[high] - values[low]) * (place - low))


@pytest.mark.parametrize("wide", [False, True])
def test_random_logs_add_up_as_plain_python_has_it(tmp_path, monkeypatch, wide):
    monkeypatch.setattr("pycalc.usage.source.BLOCK", 100_000)  # many pieces
    if wide:
        monkeypatch.setattr(lengths, "_CELLS", 1_000)
        monkeypatch.setattr(lengths, "_TOGETHER", 3_000)
        monkeypatch.setattr(tally, "_CELLS", 1_000)
        monkeypatch.setattr(tally, "_TOGETHER", 3_000)
    rows = log(tmp_path / "log.csv", 20_000, wide)
    found = {
        (each["use_case"], each["model"]): each for each in summarise(gather([str(tmp_path / "log.csv")]))["groups"]
    }
    plain = defaultdict(list)
    for row in rows:
        plain[row[6], row[5]].append(row)
    assert found.keys() == plain.keys()
    for place, own in plain.items():
        into, out = [row[2] for row in own], [row[3] for row in own if row[3] != ""]
        group = found[place]
        assert (group["calls"], group["tokens_in"]["total"]) == (len(own), sum(into))
        assert group["tokens_out"]["total"] == sum(out)
        assert group["billed_usd"] == pytest.approx(float(sum(Fraction(row[1]) for row in own)), rel=1e-14)
        for name, values in (("tokens_in", into), ("tokens_out", out)):
            assert group[name]["median"] == pytest.approx(inclusive(values, 0.5), rel=1e-14)
            assert group[name]["p95"] == pytest.approx(inclusive(values, 0.95), rel=1e-12)
        months = defaultdict(int)
        for row in own:
            months[row[4][:7]] += row[2]
        assert {month["month"]: month["tokens_in"] or 0 for month in group["months"] if month["calls"]} == months


def test_a_period_holds_for_medians_too(tmp_path):
    rows = log(tmp_path / "log.csv", 2_000, False)
    result = summarise(gather([str(tmp_path / "log.csv")], Wish(by="model", start="2026-03-01", end="2026-04-30")))
    inside = [row for row in rows if "2026-03-01" <= row[4][:10] <= "2026-04-30"]
    for group in result["groups"]:
        own = [row[2] for row in inside if row[5] == group["model"]]
        assert group["calls"] == len(own)
        assert group["tokens_in"]["median"] == inclusive(own, 0.5)
    assert any(f"{2_000 - len(inside):,} rows of days that were not asked for" in note for note in result["notes"])


def test_with_very_many_lengths_percentiles_are_to_a_thousandth_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(lengths, "EXACT", 100)
    monkeypatch.setattr(tally, "EXACT", 100)
    monkeypatch.setattr(lengths, "_CELLS", 1)
    rows = log(tmp_path / "log.csv", 3_000, True)
    result = summarise(gather([str(tmp_path / "log.csv")], Wish(by="model")))
    for group in result["groups"]:
        own = [row[2] for row in rows if row[5] == group["model"]]
        assert group["tokens_in"]["p95"] == pytest.approx(inclusive(own, 0.95), rel=1e-3)
        assert group["tokens_in"]["total"] == sum(own)  # sums stay exact
    assert any("median and P95 are to 0.1%" in note for note in result["notes"])


def test_a_price_that_changes_within_a_month_counts_from_its_day(tmp_path):
    """o3 fell from 10 to 2 USD per 1M input tokens on 2025-06-10 (OpenAI's announcement of that day)."""
    path = tmp_path / "own.csv"
    path.write_text("when,m,i,o\n2025-06-09,o3,1000000,0\n2025-06-10,o3,1000000,0\n2025-06-30,o3,1000000,0\n")
    result = summarise(
        gather([str(path)], Wish(columns={"time": "when", "model": "m", "tokens_in": "i", "tokens_out": "o"}))
    )
    assert result["groups"][0]["catalogue"]["list_price_usd"] == pytest.approx(10 + 2 + 2)


@pytest.mark.parametrize(
    ("times", "months"),
    [
        (["2026-06-30T23:59:59.999+00:00", "2026-07-01T00:00:00.000+00:00"], {"2026-06": 1, "2026-07": 1}),
        (["2026-06-30T23:30:00+00:00", "2026-06-30T23:30:00-02:00"], {"2026-06": 1, "2026-07": 1}),
        (
            ["2026-06-30 23:30:00.123-05", "2026-07-01 01:00:00+02", "2026-07-01 00:00:00+00"],
            {"2026-06": 1, "2026-07": 2},
        ),
        (["06/30/2026", "07/01/2026"], {"2026-06": 1, "2026-07": 1}),
        (["20260630", "20260701"], {"2026-06": 1, "2026-07": 1}),
        (["1782863999", "1782864000"], {"2026-06": 1, "2026-07": 1}),  # date -u -d @1782864000: 2026-07-01 00:00
        (["2026-06", "2026-07"], {"2026-06": 1, "2026-07": 1}),
        (["2026/06/30", "2026-07-01"], {"2026-06": 1, "2026-07": 1}),
        (["26-06-30", "2026-07-01"], {"2026-07": 1}),
        (["2026-06-31", "2026-07-01"], {"2026-07": 1}),
    ],
)
def test_days_however_they_are_written(tmp_path, times, months):
    path = tmp_path / "own.csv"
    path.write_text("when,m,i\n" + "".join(f"{time},o3,1\n" for time in times))
    result = summarise(gather([str(path)], Wish(columns={"time": "when", "model": "m", "tokens_in": "i"})))
    assert {month["month"]: month["tokens_in"] for month in result["groups"][0]["months"]} == months
    assert result["files"][0]["undated"] == len(times) - sum(months.values())
