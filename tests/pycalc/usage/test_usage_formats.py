"""Every example export is told apart and adds up to what a plain reading of it gives."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest

from pycalc.usage import UsageError
from pycalc.usage.export import Wish
from pycalc.usage.gather import gather
from pycalc.usage.spread import quantile
from pycalc.usage.summary import summarise

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "usage"


def read(*names: str, wish: Wish | None = None) -> dict:
    return summarise(gather([str(EXAMPLES / name) for name in names], wish))


def rows(name: str) -> list[dict]:
    with open(EXAMPLES / name, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def group(result: dict, use: str) -> dict:
    found = [each for each in result["groups"] if each["use_case"].replace("_", " ").endswith(use)]
    assert len(found) == 1, [each["use_case"] for each in result["groups"]]
    return found[0]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("openai-usage.json", "openai-usage"),
        ("openai-usage.csv", "openai-usage"),
        ("openai-costs.json", "openai-costs"),
        ("openai-costs.csv", "openai-costs"),
        ("anthropic-usage.json", "anthropic-usage"),
        ("anthropic-usage.csv", "anthropic-usage"),
        ("anthropic-costs.json", "anthropic-costs"),
        ("anthropic-costs.csv", "anthropic-costs"),
        ("azure-costs.csv", "azure-costs"),
        ("focus.csv", "focus"),
        ("litellm.csv", "litellm"),
        ("langfuse.jsonl", "langfuse"),
        ("openrouter.csv", "openrouter"),
        ("otel.jsonl", "otel"),
        ("helicone.csv", "helicone"),
        ("portkey.jsonl", "portkey"),
        ("aws-costs.csv", "aws-costs"),
        ("google-costs.jsonl", "google-costs"),
    ],
)
def test_each_example_is_taken_for_what_it_is(name, form):
    file = read(name)["files"][0]
    assert file["format"] == form
    assert file["source"]
    assert file["read_on"]
    assert (file["first"], file["last"]) == ("2026-08-01", "2026-11-12")
    assert not file["unread"]
    assert not file["undated"]


def test_a_gateways_log_adds_up_call_by_call():
    calls = [row for row in rows("litellm.csv") if row["team_id"] == "support bot"]
    found = group(read("litellm.csv"), "support bot")
    into = [int(row["prompt_tokens"]) for row in calls]
    cached = [json.loads(row["metadata"])["usage_object"]["prompt_tokens_details"]["cached_tokens"] for row in calls]
    assert found["calls"] == len(calls)
    assert found["tokens_in"]["total"] == sum(into)
    assert found["tokens_in"]["mean"] == pytest.approx(sum(into) / len(into), rel=1e-15)
    assert found["tokens_in"]["median"] == median(into)
    assert found["cached_share"] == pytest.approx(sum(cached) / sum(into), rel=1e-15)
    assert found["billed_usd"] == pytest.approx(sum(float(row["spend"]) for row in calls), rel=1e-12)
    months = defaultdict(int)
    for row in calls:
        months[row["startTime"][:7]] += 1
    assert {month["month"]: month["calls"] for month in found["months"]} == months


def test_the_month_that_is_not_over_is_left_out_of_growth():
    found = group(read("litellm.csv"), "support bot")
    assert [month["whole"] for month in found["months"]] == [True, True, True, False]
    # 20 calls in August, 22 in September, 24 in October: (24 / 20) to the half, less 1.
    assert found["growth_a_month"] == pytest.approx((24 / 20) ** 0.5 - 1, rel=1e-12)
    assert found["calls_a_month"] == pytest.approx((20 + 22 + 24) / 3)
    assert found["calls_last_whole_month"] == 24


@pytest.mark.parametrize("name", ["langfuse.jsonl", "openrouter.csv", "otel.jsonl"])
def test_gateways_agree_on_the_same_calls(name):
    """Langfuse keeps cached tokens apart from its input, OpenTelemetry within: both are the same calls."""
    for use in ("support bot", "letters", "search"):
        ours, theirs = group(read(name), use), group(read("litellm.csv"), use)
        for key in ("calls", "tokens_in", "tokens_out", "growth_a_month"):
            assert ours[key] == theirs[key], (use, key)
        assert ours["cached_share"] == pytest.approx(theirs["cached_share"])


@pytest.mark.parametrize(("name", "by"), [("helicone.csv", "request_properties/app"), ("portkey.jsonl", "")])
def test_gateways_without_cached_tokens_agree_on_the_rest(name, by):
    ours, theirs = read(name, wish=Wish(by=by)), read("litellm.csv")
    for use in ("support bot", "letters", "search"):
        for key in ("calls", "tokens_in", "tokens_out", "growth_a_month"):
            assert group(ours, use)[key] == group(theirs, use)[key], (use, key)
        assert group(ours, use)["billed_usd"] == pytest.approx(group(theirs, use)["billed_usd"], abs=1e-6)
        assert group(ours, use)["cached_share"] is None


def test_amazons_bill_by_account_and_model():
    lines = [row for row in rows("aws-costs.csv") if row["line_item_product_code"] == "AmazonBedrock"]
    used = [row for row in lines if row["line_item_line_item_type"] == "Usage"]
    own = [row for row in used if row["line_item_usage_account_name"] == "support bot"]
    result = read("aws-costs.csv")
    found = group(result, "support bot")

    def tokens(ending):
        return sum(
            float(row["line_item_usage_amount"]) * 1000 for row in own if row["line_item_usage_type"].endswith(ending)
        )

    cached = tokens("cache-read-input-token-count")
    assert found["model"] == "claude-sonnet-4-5"
    assert found["tokens_in"]["total"] == pytest.approx(tokens("-input-tokens") + cached, rel=1e-12)
    assert found["tokens_out"]["total"] == pytest.approx(tokens("-output-tokens"), rel=1e-12)
    assert found["cached_share"] == pytest.approx(cached / (cached + tokens("-input-tokens")), rel=1e-12)
    assert found["billed_usd"] == pytest.approx(sum(float(row["line_item_unblended_cost"]) for row in own), rel=1e-9)
    assert sum(each["billed_usd"] for each in result["groups"]) == pytest.approx(
        sum(float(row["line_item_unblended_cost"]) for row in used), rel=1e-9
    )  # the credit stands by itself, storage is no model
    assert result["other_charges"] == [{"charge": "credit", "currency": "USD", "amount": -1.5}]


def test_googles_bill_by_project_and_model():
    lines = [json.loads(line) for line in (EXAMPLES / "google-costs.jsonl").read_text().splitlines()]
    own = [row for row in lines if row["project"]["name"] == "support bot"]
    found = group(read("google-costs.jsonl"), "support bot")
    assert found["model"] == "gemini-2.5-flash"
    assert found["tokens_in"]["total"] == sum(
        row["usage"]["amount"] for row in own if "Input" in row["sku"]["description"]
    )
    assert found["tokens_out"]["total"] == sum(
        row["usage"]["amount"] for row in own if "Output" in row["sku"]["description"]
    )
    assert found["billed_usd"] == pytest.approx(sum(row["cost"] for row in own), rel=1e-9)


def test_openai_counts_cached_tokens_within_the_input_and_anthropic_apart():
    openai = group(read("openai-usage.csv"), "support bot")
    plain = [row for row in rows("openai-usage.csv") if row["project_id"] == "proj_support_bot"]
    assert openai["tokens_in"]["total"] == sum(int(row["input_tokens"]) for row in plain)
    anthropic = group(read("anthropic-usage.csv"), "support bot")
    apart = [row for row in rows("anthropic-usage.csv") if row["workspace"] == "support bot"]
    assert anthropic["tokens_in"]["total"] == sum(
        int(row["usage_input_tokens_no_cache"]) + int(row["usage_input_tokens_cache_read"]) for row in apart
    )
    assert anthropic["tokens_in"]["total"] == openai["tokens_in"]["total"]  # made from the same calls
    assert anthropic["cached_share"] == pytest.approx(openai["cached_share"])


def test_sums_of_a_period_have_a_mean_and_no_median():
    found = group(read("openai-usage.json"), "support bot")
    assert found["tokens_in"]["mean"] > 0
    assert found["tokens_in"]["median"] is None
    assert found["tokens_in"]["p95"] is None


def test_anthropics_api_counts_cents_and_its_console_dollars():
    api = sum(each["billed_usd"] for each in read("anthropic-costs.json")["groups"])
    console = sum(each["billed_usd"] for each in read("anthropic-costs.csv")["groups"])
    assert api == pytest.approx(console, abs=1e-6)
    assert console == pytest.approx(sum(float(row["cost_usd"]) for row in rows("anthropic-costs.csv")), rel=1e-9)


def test_a_usage_report_and_its_bill_are_read_together():
    result = read("openai-usage.csv", "openai-costs.csv")
    assert {each["use_case"] for each in result["groups"]} == {"support bot", "letters", "search"}  # ids have names
    letters = group(result, "letters")
    usage = [row for row in rows("openai-usage.csv") if row["project_id"] == "proj_letters"]
    assert letters["tokens_in"]["total"] == sum(int(row["input_tokens"]) for row in usage)  # counted once
    assert letters["batch_share"] == 1
    bill = letters["catalogue"]
    assert bill["batch_usd"] == pytest.approx(-bill["list_price_usd"] / 2, rel=1e-12)
    assert bill["unexplained_usd"] == pytest.approx(0, abs=1e-9)


def test_the_bill_is_explained_by_what_the_tokens_cost():
    result = group(read("litellm.csv"), "support bot")
    # gpt-4o-2024-08-06: 2.50 input, 1.25 cached, 10 output per 1M.
    calls = [row for row in rows("litellm.csv") if row["team_id"] == "support bot"]
    into = sum(int(row["prompt_tokens"]) for row in calls)
    out = sum(int(row["completion_tokens"]) for row in calls)
    cached = sum(json.loads(row["metadata"])["usage_object"]["prompt_tokens_details"]["cached_tokens"] for row in calls)
    bill = result["catalogue"]
    assert bill["list_price_usd"] == pytest.approx((into * 2.5 + out * 10) / 1e6, rel=1e-12)
    assert bill["cache_usd"] == pytest.approx(-cached * 1.25 / 1e6, rel=1e-12)
    assert bill["unexplained_usd"] == pytest.approx(0, abs=1e-7)


def test_a_cloud_bill_counts_tokens_by_its_meters_and_leaves_other_services_out():
    azure, focus = read("azure-costs.csv"), read("focus.csv")
    assert {each["use_case"] for each in azure["groups"]} == {"support bot", "letters", "search"}  # no virtual machine
    for use in ("support bot", "letters", "search"):
        ours, theirs = group(azure, use), group(focus, use)
        openai = group(read("openai-usage.csv"), use)
        assert ours["tokens_in"]["total"] == pytest.approx(openai["tokens_in"]["total"], rel=1e-12)
        assert theirs["tokens_out"]["total"] == pytest.approx(openai["tokens_out"]["total"], rel=1e-12)
    assert group(azure, "support bot")["model"] == "gpt-4o-2024-08-06"
    assert {(each["charge"], round(each["amount"], 4)) for each in azure["other_charges"]} == {
        ("credit", -0.01),
        ("refund", 0.0),
    }


def test_quantiles_are_those_of_excel():
    """PERCENTILE.INC({1;2;3;4},0.3) is 1.9 on Microsoft's page of the function."""
    assert quantile([1, 2, 3, 4], [1, 1, 1, 1], 0.3) == pytest.approx(1.9)
    assert quantile([5], [3], 0.95) == 5
    assert quantile([1, 10], [2, 1], 0.5) == 1


def test_a_file_that_is_no_export_says_what_to_do(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("name,amount\na,1\n")
    with pytest.raises(UsageError, match=r"--columns time=.*It has: name, amount"):
        gather([str(path)])
