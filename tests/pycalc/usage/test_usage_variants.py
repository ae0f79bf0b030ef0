"""Exports as their vendors document them, in the variants one meets: each with the sums written out by hand."""

from __future__ import annotations

import gzip
import json
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest

from pycalc.errors import CalcError
from pycalc.files import table
from pycalc.models import catalogue
from pycalc.usage import UsageError
from pycalc.usage.export import Wish
from pycalc.usage.gather import gather
from pycalc.usage.meters import read_meter
from pycalc.usage.summary import summarise

JUNE = 1780272000
"""2026-06-01 00:00 UTC (date -u -d 2026-06-01 +%s)."""
DAY = 86_400


def read(path: Path, content: object, **wish: str) -> dict:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return summarise(gather([str(path)], Wish(**wish)))


def figures(result: dict, *names: str) -> list[tuple]:
    """Use case, model, and what stands under these names of each group, in order."""
    return sorted((each["use_case"], each["model"], *(_at(each, name) for name in names)) for each in result["groups"])


def _at(group: dict, name: str) -> object:
    return group[name]["total"] if name.startswith("tokens") else group[name]


def openai(start: int, **more: object) -> dict:
    """A bucket as OpenAI's reference shows it: what is not grouped by is null."""
    groups = dict.fromkeys(("project_id", "user_id", "api_key_id", "model", "batch", "service_tier"))
    counts = {"input_tokens": 1000, "output_tokens": 100, "input_cached_tokens": 400, "num_model_requests": 5}
    zeros = {"input_audio_tokens": 0, "output_audio_tokens": 0}
    return {"start_time": start, "end_time": start + DAY, "results": [{**groups, **counts, **zeros, **more}]}


def page(*buckets: dict) -> dict:
    return {"object": "page", "data": list(buckets), "has_more": False, "next_page": None}


def test_openai_pages_one_a_line_or_in_a_list(tmp_path):
    pages = [page(openai(JUNE + day * DAY, model="gpt-4o", project_id="p")) for day in range(3)]
    expected = [("p", "gpt-4o", 15, 3000, 300, 0.4)]
    names = ("calls", "tokens_in", "tokens_out", "cached_share")
    assert figures(read(tmp_path / "lines.jsonl", "\n".join(map(json.dumps, pages))), *names) == expected
    assert figures(read(tmp_path / "list.json", pages), *names) == expected


def test_a_period_without_calls_is_covered(tmp_path):
    empty = {"start_time": JUNE, "end_time": JUNE + DAY, "results": []}
    result = read(tmp_path / "page.json", page(empty, openai(JUNE + DAY, batch=True, model="gpt-4o")))
    assert result["period"]["first"] == "2026-06-01"
    assert figures(result, "calls", "batch_share") == [("(all)", "gpt-4o", 5, 1)]


def test_openai_costs_not_split_by_line_item(tmp_path):
    def bucket(start: int, value: object, item: str | None) -> dict:
        row = {"amount": {"value": value, "currency": "usd"}, "line_item": item, "project_id": None}
        return {"start_time": start, "end_time": start + DAY, "results": [row]}

    result = read(tmp_path / "costs.json", page(bucket(JUNE, "0.06", None), bucket(JUNE + DAY, 0.04, "gpt-4o, input")))
    assert result["currencies"] == {"USD": pytest.approx(0.1)}
    assert [each["billed_usd"] for each in result["groups"]] == [pytest.approx(0.06), pytest.approx(0.04)]


def test_openais_older_api(tmp_path):
    row = {"aggregation_timestamp": JUNE + 300, "n_requests": 3, "operation": "completion", "email": "ada@example.com"}
    row |= {"snapshot_id": "gpt-4o-mini-2024-07-18", "n_context_tokens_total": 300, "n_generated_tokens_total": 30}
    result = read(tmp_path / "usage.json", {"object": "list", "data": [row, row], "ft_data": [], "tts_api_data": []})
    assert result["files"][0]["format"] == "openai-activity"
    assert figures(result, "calls", "tokens_in", "tokens_out") == [("(all)", "gpt-4o-mini-2024-07-18", 6, 600, 60)]
    assert "ada" not in json.dumps(result)


def test_anthropic_adds_both_kinds_of_cache_writes(tmp_path):
    row = {"uncached_input_tokens": 100, "cache_read_input_tokens": 70, "output_tokens": 50, "service_tier": "batch"}
    row |= {"cache_creation": {"ephemeral_1h_input_tokens": 10, "ephemeral_5m_input_tokens": 20}}
    row |= {"api_key_id": None, "workspace_id": None, "model": "claude-sonnet-4-5-20250929", "context_window": None}
    bucket = {"starting_at": "2026-06-01T00:00:00Z", "ending_at": "2026-06-02T00:00:00Z", "results": [row]}
    group = read(tmp_path / "usage.json", {"data": [bucket], "has_more": False})["groups"][0]
    assert (group["tokens_in"]["total"], group["tokens_out"]["total"], group["batch_share"]) == (200, 50, 1)
    assert (group["cached_share"], group["cache_write_share"]) == (0.35, 0.15)
    assert group["calls"] is None


def test_anthropics_api_says_cents_and_charges_tools_apart(tmp_path):
    def bucket(amount: str, kind: str | None) -> dict:
        about = dict.fromkeys(("workspace_id", "description", "model", "service_tier", "token_type", "context_window"))
        row = about | {"currency": "USD", "amount": amount, "cost_type": kind}
        return {"starting_at": "2026-06-01T00:00:00Z", "ending_at": "2026-06-02T00:00:00Z", "results": [row]}

    result = read(tmp_path / "cost.json", {"data": [bucket("123.45", "tokens"), bucket("100", "web_search")]})
    assert result["groups"][0]["billed_usd"] == pytest.approx(1.2345)
    assert result["other_charges"] == [{"charge": "web_search", "currency": "USD", "amount": 1.0}]


def test_azure_of_an_enterprise_agreement_in_another_currency(tmp_path):
    head = "SubscriptionName,Date,MeterCategory,MeterSubCategory,MeterName,Quantity,UnitOfMeasure,CostInBillingCurrency"
    head += ",BillingCurrencyCode,ResourceGroup,ChargeType,Tags"
    lines = [
        "S,06/01/2026,Foundry Models,Azure OpenAI,gpt 4o 0806 Inp glbl Tokens,12.5,1K,0.03125,EUR,rg,Usage,",
        "S,06/02/2026,Foundry Models,Azure OpenAI,gpt 4o 0806 Outp glbl Tokens,2,1K,0.02,EUR,rg,Usage,",
        "S,06/03/2026,Virtual Machines,Dv3,D2 v3,24,1 Hour,2.4,EUR,rg,Usage,",
        "S,06/03/2026,Foundry Models,Azure OpenAI,gpt 4o 0806 Outp glbl Tokens,0,1K,-0.01,EUR,rg,Refund,",
    ]
    result = read(tmp_path / "azure.csv", "\ufeff" + "\r\n".join([head, *lines]) + "\r\n")
    assert figures(result, "tokens_in", "tokens_out", "billed_usd") == [
        ("rg", "gpt-4o-2024-08-06", 12_500, 2_000, None)
    ]
    assert result["groups"][0]["billed_in_unknown_currency"] == ["EUR"]
    assert result["currencies"] == {"EUR": pytest.approx(0.04125)}  # the machine is no model's


def test_focus_of_amazon_leaves_taxes_and_machines_out(tmp_path):
    head = "BilledCost,BillingCurrency,ChargeCategory,ChargeDescription,ChargePeriodStart,ChargePeriodEnd"
    head += ",ConsumedQuantity,ConsumedUnit,ProviderName,ServiceName,SkuId,SkuMeter,SubAccountName,Tags"
    period = "2026-06-01T00:00:00Z,2026-06-02T00:00:00Z"
    model = "Amazon Bedrock,X,USE1-Claude3.7Sonnet-input-tokens,team,{}"
    lines = [
        f"0.3,USD,Usage,Claude,{period},100,1K tokens,AWS,{model}",
        f"5,USD,Tax,Tax,{period},,,AWS,Amazon Bedrock,,,team,{{}}",
        f"7,USD,Usage,EC2,{period},1,Hrs,AWS,Amazon Elastic Compute Cloud,,BoxUsage,team,{{}}",
    ]
    result = read(tmp_path / "focus.csv", "\n".join([head, *lines]))
    assert figures(result, "tokens_in", "billed_usd") == [("team", "claude3.7sonnet", 100_000, 0.3)]
    assert result["other_charges"] == [{"charge": "tax", "currency": "USD", "amount": 5.0}]


def test_litellms_answers_as_json(tmp_path):
    log = {"request_id": "r1", "spend": 0.001, "prompt_tokens": 100, "completion_tokens": 10, "model": "gpt-4o-mini"}
    log |= {"startTime": "2026-06-01T10:00:00+00:00", "team_id": None, "request_tags": ["a"], "messages": {}}
    log |= {
        "metadata": {"user_api_key_team_alias": "Bot", "usage_object": {"prompt_tokens_details": {"cached_tokens": 40}}}
    }
    result = read(tmp_path / "logs.json", [log, log | {"request_id": "r2"}, log])
    assert figures(result, "calls", "tokens_in", "cached_share") == [("Bot", "gpt-4o-mini", 2, 200, 0.4)]
    own_cache = [
        log | {"request_id": name, "cache_hit": hit, "spend": 0} for name, hit in (("r3", "True"), ("r4", True))
    ]
    others = [
        log | {"request_id": name, "cache_hit": hit} for name, hit in (("r5", "False"), ("r6", "None"), ("r7", None))
    ]
    result = read(tmp_path / "cached.json", [log, *own_cache, *others])
    assert figures(result, "calls", "billed_usd") == [("Bot", "gpt-4o-mini", 4, pytest.approx(0.004))]
    assert any("2 rows are no calls of a model" in note for note in result["notes"])
    with pytest.raises(UsageError, match="holds no call of a model"):
        read(tmp_path / "none.json", own_cache)
    with pytest.raises(UsageError, match="holds no usage of the period asked for"):
        read(tmp_path / "late.json", [log], start="2026-07-01")
    part = {"spend": 0.5, "prompt_tokens": 100, "completion_tokens": 10, "api_requests": 4, "successful_requests": 4}
    models = {"gpt-4o": {"metrics": part}, "o3": {"metrics": part}}
    day = {"date": "2026-06-01", "metrics": {"spend": 1.0}, "breakdown": {"models": models, "providers": {}}}
    result = read(tmp_path / "daily.json", {"results": [day], "metadata": {"total_spend": 1.0, "page": 1}})
    assert figures(result, "calls", "billed_usd") == [("(all)", "gpt-4o", 4, 0.5), ("(all)", "o3", 4, 0.5)]


def test_langfuse_by_its_api_and_as_an_older_table(tmp_path):
    call = {"id": "o1", "traceId": "t", "type": "GENERATION", "name": "chat", "startTime": "2026-06-01T00:00:00.000Z"}
    call |= {"model": "gpt-4o", "usageDetails": {"input": 60, "output": 10, "input_cached_tokens": 40}}
    span = call | {"id": "o2", "type": "SPAN", "model": None, "usageDetails": {}}
    result = read(tmp_path / "api.json", {"data": [call, span], "meta": {"page": 1}})
    assert figures(result, "calls", "tokens_in", "cached_share") == [("chat", "gpt-4o", 1, 100, 0.4)]
    table = "id,traceId,name,type,startTime,model,promptTokens,completionTokens,totalCost,input\n"
    table += 'o1,t,chat,GENERATION,2026-06-01T00:00:00Z,gpt-4o,100,10,0.01,"Dear Ada,\nhello"\n'
    table += "o2,t,chat,SPAN,2026-06-01T00:00:00Z,,,,,\n"
    result = read(tmp_path / "table.csv", table)
    assert figures(result, "calls", "tokens_in", "tokens_out") == [("chat", "gpt-4o", 1, 100, 10)]
    assert "Ada" not in json.dumps(result)


def test_spans_that_are_no_calls_of_a_model_are_left_out(tmp_path):
    def attribute(key: str, value: dict) -> dict:
        return {"key": key, "value": value}

    call = [
        attribute("gen_ai.system", {"stringValue": "openai"}),
        attribute("gen_ai.request.model", {"stringValue": "gpt-4o"}),
        attribute("gen_ai.usage.prompt_tokens", {"intValue": "100"}),
        attribute("gen_ai.usage.completion_tokens", {"intValue": 10}),
    ]
    when = {"traceId": "t", "startTimeUnixNano": str(JUNE * 10**9)}
    spans = [
        {**when, "spanId": "1", "name": "chat", "attributes": call},
        {**when, "spanId": "2", "name": "GET", "attributes": [attribute("http.method", {"stringValue": "GET"})]},
        {
            **when,
            "spanId": "3",
            "attributes": [*call, attribute("gen_ai.operation.name", {"stringValue": "invoke_agent"})],
        },
    ]
    about = {"attributes": [attribute("service.name", {"stringValue": "bot"})]}
    batch = {"resourceSpans": [{"resource": about, "scopeSpans": [{"spans": spans}]}]}
    result = read(tmp_path / "otlp.jsonl", json.dumps(batch) + "\n" + json.dumps(batch) + "\n")  # sent twice
    assert figures(result, "calls", "tokens_in", "tokens_out") == [("bot", "gpt-4o", 1, 100, 10)]
    assert result["files"][0]["other_rows"] == 4


def test_spans_with_their_attributes_as_keys_of_the_line(tmp_path):
    span = {
        "trace_id": "t",
        "timestamp": "2026-06-01T00:00:00Z",
        "service.name": "bot",
        "gen_ai.operation.name": "chat",
    }
    span |= {"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}
    lines = "\n".join(json.dumps(span | {"span_id": str(number)}) for number in range(3))
    assert figures(read(tmp_path / "flat.jsonl", lines), "calls", "tokens_in") == [("bot", "gpt-4o", 3, 300)]


def test_openrouters_days(tmp_path):
    item = {"date": "2026-06-01", "model": "openai/gpt-4.1", "model_permaslug": "openai/gpt-4.1-2025-04-14"}
    item |= {
        "endpoint_id": "e",
        "provider_name": "OpenAI",
        "usage": 0.015,
        "byok_usage_inference": 0.012,
        "requests": 5,
    }
    item |= {"prompt_tokens": 50, "completion_tokens": 125, "reasoning_tokens": 25}
    result = read(tmp_path / "activity.json", {"data": [item]})
    expected = [("(all)", "openai/gpt-4.1-2025-04-14", 5, 50, 125, 0.2, 0.015)]
    assert figures(result, "calls", "tokens_in", "tokens_out", "reasoning_share", "billed_usd") == expected


def test_bedrocks_log_counts_cached_tokens_apart(tmp_path):
    counts = {"inputTokenCount": 100, "cacheReadInputTokenCount": 20, "cacheWriteInputTokenCount": 0}
    call = {"schemaType": "ModelInvocationLog", "timestamp": "2026-11-25T00:00:00Z", "accountId": "1"}
    call |= {"identity": {"arn": "arn:aws:sts::1:assumed-role/bot/ada@example.com"}, "operation": "Converse"}
    call |= {"modelId": "anthropic.claude-3-5-sonnet-20240620-v1:0", "output": {"outputTokenCount": 10}}
    call |= {"input": {"inputBodyJson": {"messages": "Dear Ada"}, **counts}}
    lines = "\n".join(json.dumps(call | {"requestId": str(number)}) for number in (1, 2, 2))
    result = read(tmp_path / "bedrock.jsonl", lines)
    group = result["groups"][0]
    assert (group["calls"], group["tokens_in"]["total"], group["cached_share"]) == (2, 240, pytest.approx(1 / 6))
    assert group["catalogue"]["list_price_usd"] == pytest.approx((240 * 3 + 20 * 15) / 1e6)  # AWS's page: 3 and 15 USD
    assert "Ada" not in json.dumps(result)
    assert "ada@" not in json.dumps(result)


def test_amazons_older_report_names_its_columns_with_slashes(tmp_path):
    titles = "lineItem/UsageStartDate,lineItem/UsageType,lineItem/UnblendedCost,lineItem/UsageAmount,pricing/unit,"
    titles += "lineItem/ProductCode,lineItem/LineItemType,lineItem/UsageAccountId,lineItem/CurrencyCode"
    about = "AmazonBedrock,Usage,123,USD"
    lines = [
        f"2026-06-01T00:00:00Z,EUC1-NovaPro-input-tokens,0.80,1000,1K tokens,{about}",
        f"2026-06-01T00:00:00Z,EUC1-NovaPro-output-tokens,0.64,200,1K tokens,{about}",
    ]
    result = read(tmp_path / "cur.csv", "\n".join([titles, *lines]))
    assert figures(result, "tokens_in", "tokens_out", "billed_usd") == [
        ("123", "amazon.nova-pro-v1", 1e6, 2e5, pytest.approx(1.44))
    ]


PORTKEYS_WORDS = ("HIT", "SEMANTIC HIT", "MISS", "SEMANTIC MISS", "REFRESH", "DISABLED", "", None)
"""Of its cache, as its open gateway has them (Portkey-AI/gateway, src/middlewares/cache): two call no model."""


def test_what_portkey_answers_from_its_own_cache_is_no_call_of_a_model(tmp_path):
    call = {"created_at": "2026-06-01T10:00:00Z", "ai_model": "gpt-4o", "req_units": 100, "res_units": 10}
    calls = [
        {**call, "id": name, "cost": 25, "cost_currency": "USD", "cache_status": status}
        for name, status in zip("abcdefgh", PORTKEYS_WORDS, strict=True)
    ]
    result = read(tmp_path / "logs.jsonl", "\n".join(map(json.dumps, calls)))
    assert figures(result, "calls", "tokens_in", "billed_usd") == [("(all)", "gpt-4o", 6, 600, 1.5)]


def test_litellms_answers_from_its_own_cache_in_parquet(tmp_path):
    """There `cache_hit` may be a column of TRUE and FALSE."""
    import polars

    path = tmp_path / "spend.parquet"
    columns = {"request_id": ["a", "b", "c"], "spend": [0.5] * 3, "prompt_tokens": [100] * 3}
    columns |= {"completion_tokens": [10] * 3, "startTime": ["2026-06-01T10:00:00Z"] * 3, "model": ["gpt-4o"] * 3}
    polars.DataFrame(columns | {"cache_hit": [True, False, None]}).write_parquet(path)
    assert figures(summarise(gather([str(path)], Wish())), "calls", "billed_usd") == [("(all)", "gpt-4o", 2, 1.0)]


def test_amazons_meters_across_regions_are_of_one_model_and_no_tokens_are_left_out(tmp_path):
    head = "line_item_usage_start_date,line_item_usage_end_date,line_item_usage_account_name,line_item_product_code"
    head += ",line_item_usage_type,line_item_usage_amount,pricing_unit,line_item_unblended_cost"
    head += ",line_item_currency_code,line_item_line_item_type"
    day = "2026-06-01T00:00:00Z,2026-06-02T00:00:00Z,team"
    lines = [
        f"{day},AmazonBedrock,USE1-Claude4.5Sonnet-input-tokens,100,1K tokens,0.3,USD,Usage",
        f"{day},AmazonBedrock,USE1-Claude4.5Sonnet-input-tokens-cross-region-global,50,1K tokens,0.15,USD,Usage",
        f"{day},1a2b3c,USE1-MP:USE1_InputTokenCount-Units,20,Units,1.5,USD,Usage",  # sold through the marketplace
        f"{day},AmazonCognito,USE1-M2M-TokenRequests,9,Requests,2,USD,Usage",  # tokens of another kind
    ]
    result = read(tmp_path / "cur.csv", "\n".join([head, *lines]))
    billed = {group["model"]: group["billed_usd"] for group in result["groups"]}
    assert billed["claude-sonnet-4-5"] == pytest.approx(0.45)
    assert sum(billed.values()) == pytest.approx(1.95)


def test_semicolons_between_columns_mean_commas_in_numbers(tmp_path):
    text = "request_id;spend;prompt_tokens;completion_tokens;startTime;model\n"
    text += "a;0,25;100;10;2026-06-01T10:00:00Z;gpt-4o\nb;1,5;200;20;2026-06-02T10:00:00Z;gpt-4o\n"
    result = read(tmp_path / "log.csv", text)
    assert figures(result, "calls", "tokens_in", "billed_usd") == [("(all)", "gpt-4o", 2, 300, 1.75)]
    assert not result["files"][0]["unread"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_hour_that_summer_time_leaves_out_has_no_day(tmp_path, kind):
    """Berlin's clocks went from 2:00 to 3:00 on 29 March 2026; 0:30 that day is 23:30 UTC the day before."""
    import polars

    times = [datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 3, 30)]
    calls = {"id": ["a", "b", "c"], "when": times, "model": ["gpt-4o"] * 3, "tokens": [10] * 3}
    path = tmp_path / f"log.{kind}"
    getattr(polars.DataFrame(calls), f"write_{kind}")(path)
    columns = {"time": "when", "model": "model", "tokens_in": "tokens", "id": "id"}
    file = summarise(gather([str(path)], Wish(columns=columns, zone="Europe/Berlin")))["files"][0]
    assert (file["first"], file["last"], file["undated"]) == ("2026-03-28", "2026-03-29", 1)


def test_a_column_without_any_value_is_unknown_and_no_zero(tmp_path):
    import polars

    path = tmp_path / "log.parquet"
    calls = {"request_id": ["a", "b"], "spend": [None, None], "prompt_tokens": [100, 200], "completion_tokens": [1, 2]}
    when = {"startTime": [datetime(2026, 6, 1), datetime(2026, 6, 2)], "model": ["gpt-4o", "gpt-4o"]}
    polars.DataFrame({**calls, **when}).write_parquet(path)
    result = summarise(gather([str(path)]))
    assert figures(result, "calls", "tokens_in", "billed_usd") == [("(all)", "gpt-4o", 2, 300, None)]


def test_an_object_written_as_text_is_read_in_a_list_as_in_lines(tmp_path):
    held = json.dumps(
        {"user_api_key_team_alias": "A", "usage_object": {"prompt_tokens_details": {"cached_tokens": 40}}}
    )
    row = {"request_id": "r", "spend": 0.01, "prompt_tokens": 100, "completion_tokens": 10, "metadata": held}
    rows = [
        {**row, "request_id": str(number), "startTime": "2026-06-01T10:00:00Z", "model": "m"} for number in range(3)
    ]
    expected = [("A", "m", 3, 300, 0.4)]
    assert figures(read(tmp_path / "list.json", rows), "calls", "tokens_in", "cached_share") == expected
    lines = "\n".join(map(json.dumps, rows))
    assert figures(read(tmp_path / "lines.jsonl", lines), "calls", "tokens_in", "cached_share") == expected


LOG = "request_id,startTime,model,spend,prompt_tokens,completion_tokens,end_user\n"
CALL = "r1,2026-06-01T10:00:00Z,gpt-4o,0.01,100,10,"


@pytest.mark.parametrize("end", ["", '"a,\nb"', '"say ""hi"""', 'a 5" pipe', "a\n", "a\r\n"])
def test_a_last_row_is_whole_without_a_line_end_too(tmp_path, end):
    assert figures(read(tmp_path / "log.csv", f"{LOG}{CALL}a\n{CALL.replace('r1', 'r2')}{end}"), "calls") == [
        ("(all)", "gpt-4o", 2)
    ]


def test_a_last_row_as_short_as_others_is_whole(tmp_path):
    """Columns at the end that have no value are left out, in every row or in some; a shorter one is cut off."""
    short = f"{CALL[:-1]}\n{CALL.replace('r1', 'r2')[:-1]}"
    assert figures(read(tmp_path / "all.csv", LOG + short), "calls") == [("(all)", "gpt-4o", 2)]
    some = f'{LOG}{CALL.replace("r1", "r0")}"a,\nb"\n{short}'
    assert figures(read(tmp_path / "some.csv", some), "calls") == [("(all)", "gpt-4o", 3)]
    with pytest.raises(UsageError, match="breaks off"):
        read(tmp_path / "cut.csv", f"{LOG}{short}\nr3,2026-06-01T10:00:00Z,gpt-4o,0.01,1")


@pytest.mark.parametrize("end", ["r2,2026-06-01T10:00:00Z,gpt-4o,0.01,1", CALL[:-1], CALL + '"a', CALL + '"say ""'])
@pytest.mark.parametrize("packed", [False, True])
def test_a_table_that_breaks_off_is_refused(tmp_path, end, packed):
    path, data = tmp_path / "log.csv", f"{LOG}{CALL}a\n{end}".encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(UsageError, match=r"log.csv: breaks off within its last row.*Export it again"):
        gather([str(path)])


@pytest.mark.parametrize("kind", ["ndjson", "json", "parquet"])
def test_googles_lists_of_credits_are_taken_off_the_cost(tmp_path, kind):
    """Google's documentation of the export: the total is SUM(cost) and the sum of every row's credits.amount."""
    import polars

    def line(tokens: float, cost: float, *credits: float) -> dict:
        about = {"service": {"description": "Vertex AI"}, "project": {"id": "p", "name": "bot"}, "currency": "USD"}
        about |= {"usage_start_time": "2026-06-01 00:00:00 UTC", "usage_end_time": "2026-06-02 00:00:00 UTC"}
        about |= {"sku": {"description": "Gemini 2.5 Flash Text Input - Predictions"}, "cost_type": "regular"}
        given = [{"name": 'a "amount": 5', "amount": amount, "type": "PROMOTION"} for amount in credits]
        return {**about, "cost": cost, "usage": {"amount": tokens, "unit": "count"}, "credits": given}

    path = tmp_path / f"bill.{kind}"
    rows = [line(1000, 3.0, -1.25, -0.5), line(1000, 0.3), line(0, -0.1)]
    if kind == "json":
        path.write_text(json.dumps(rows))
    else:
        getattr(polars.DataFrame(rows), f"write_{kind}")(path)
    result = summarise(gather([str(path)]))
    assert figures(result, "tokens_in", "billed_usd") == [("bot", "gemini-2.5-flash", 2000, pytest.approx(3.3))]
    assert result["groups"][0]["credits_usd"] == pytest.approx(-1.85)
    assert result["currencies"] == {"USD": pytest.approx(1.45)}
    assert not result["files"][0]["unread"]


@pytest.mark.parametrize(
    ("meter", "model"),
    [
        ("USE1-Claude4.5Haiku-output-tokens", "claude-haiku-4-5"),
        ("APN1-NovaPro-input-tokens-batch", "amazon.nova-pro-v1"),
        ("USW2-Nova2.0Lite-input-tokens-cross-region-global", "amazon.nova-2-lite-v1"),
        ("USE1-Llama3-3-70B-input-tokens", "meta.llama3-3-70b-instruct-v1"),
        ("USE1-anthropic.claude-opus-4-8-mantle-input-tokens-standard", "claude-opus-4-8"),
        ("USE1-Claude9Sonnet-input-tokens", "claude9sonnet"),  # nobody knows it
    ],
)
def test_amazons_names_of_models_are_the_catalogues(meter, model):
    assert read_meter(meter).model == model


def test_amazons_cache_written_for_an_hour_is_the_models_too(tmp_path):
    """Anthropic's pricing page: twice the input price for an hour."""
    head = "line_item_usage_start_date,line_item_usage_account_name,line_item_product_code,line_item_usage_type"
    head += ",line_item_usage_amount,pricing_unit,line_item_unblended_cost,line_item_currency_code"
    meter = "USE1-Claude4.5Sonnet-cache-write-input-token-count-1h"
    line = f"2026-06-01T00:00:00Z,team,AmazonBedrock,{meter},100,1K tokens,0.6,USD"
    (group,) = read(tmp_path / "cur.csv", f"{head}\n{line}\n")["groups"]
    assert (group["model"], group["cache_write_share"]) == ("claude-sonnet-4-5", 1)
    assert group["catalogue"]["cache_usd"] == pytest.approx(100_000 * (2 - 1) * 3 / 1e6)


@pytest.mark.parametrize("row", table("meters", "meter", "model", "source", "read_on"), ids=lambda row: row[0])
def test_a_model_amazons_bill_names_has_a_price(row):
    _, model, source, _ = row
    assert source
    by_region = pytest.raises(CalcError, match="more than one price") if model.startswith("amazon.nova-2") else None
    with by_region or nullcontext():
        assert catalogue.price(model, "input", "2026-11-25")
