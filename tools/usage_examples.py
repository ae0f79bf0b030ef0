"""Write docs/examples/usage: a small made-up export of each kind, the same three made-up use cases in all of them.

Calls of "support bot" grow by a tenth a month. No person, company or key in them exists.
"""

from __future__ import annotations

import csv
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "docs" / "examples" / "usage"
MONTHS = ((2026, 8, 31), (2026, 9, 30), (2026, 10, 31), (2026, 11, 12))
"""The last one is not over yet."""
USES = (
    ("support bot", "gpt-4o-2024-08-06", 20, 1.1, 2850, 120, 0.4),
    ("letters", "gpt-4.1-mini", 10, 1.0, 1400, 420, 0.0),
    ("search", "gpt-4o-mini", 16, 0.75, 300, 40, 0.0),
)
"""name, model, calls in the first month, growth, tokens in, tokens out, cached share."""
PRICES = {"gpt-4o-2024-08-06": (2.5, 1.25, 10.0), "gpt-4.1-mini": (0.4, 0.1, 1.6), "gpt-4o-mini": (0.15, 0.075, 0.6)}
"""USD per 1M tokens: input, cached, output."""


def calls() -> list[dict]:
    """Every call: when, by whom, how long, what it cost at list price."""
    draw = random.Random(14)
    found = []
    for name, model, first, growth, tokens_in, tokens_out, cached in USES:
        for place, (year, month, days) in enumerate(MONTHS):
            whole = round(first * growth**place)
            many = whole if days > 28 else round(whole * days / 30)
            for number in range(many):
                start = datetime(year, month, 1, 0, 5, tzinfo=UTC)
                span = timedelta(days=days) - timedelta(minutes=10)
                when = start + span * (
                    (number + draw.random()) / many if 0 < number < many - 1 else number / (many - 1)
                )
                into, out = round(tokens_in * draw.uniform(0.6, 1.4)), round(tokens_out * draw.uniform(0.5, 1.5))
                kept = round(into * cached)
                plain, less, output = PRICES[model]
                cost = ((into - kept) * plain + kept * less + out * output) / 1e6
                found.append(
                    {"when": when, "use": name, "model": model, "in": into, "cached": kept, "out": out, "cost": cost}
                )
    found.sort(key=lambda call: call["when"])
    for number, call in enumerate(found):
        call["id"] = f"made-up-{number:05}"
    return found


MANY = 500
"""Calls of a bucket for each call of the gateways' logs: a report sums up thousands, a log of them would be long."""


def buckets(found: list[dict]) -> dict[tuple, dict]:
    """Sums by day, use case and model."""
    sums: dict[tuple, dict] = {}
    for call in found:
        place = (call["when"].date(), call["use"], call["model"])
        into = sums.setdefault(place, {"calls": 0, "in": 0, "cached": 0, "out": 0, "cost": 0.0})
        into["calls"] += MANY
        for name in ("in", "cached", "out", "cost"):
            into[name] += call[name] * MANY
    return dict(sorted(sums.items()))


def table(name: str, titles: str, rows: list[list]) -> None:
    with open(FOLDER / name, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(titles.split(","))
        writer.writerows(rows)


def lines(name: str, rows: list[dict]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (FOLDER / name).write_text(text, encoding="utf-8")


def pages(name: str, rows: list[dict], **more: object) -> None:
    (FOLDER / name).write_text(json.dumps({**more, "data": rows, "has_more": False}) + "\n", encoding="utf-8")


def gateways(found: list[dict]) -> None:
    table(
        "litellm.csv",
        "request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,model,"
        "custom_llm_provider,metadata,request_tags,team_id,end_user,messages",
        [
            [
                call["id"], "acompletion", "hash-of-a-key", f"{call['cost']:.8f}", call["in"] + call["out"], call["in"],
                call["out"], f"{call['when']:%Y-%m-%dT%H:%M:%S.%f}", f"{call['when']:%Y-%m-%dT%H:%M:%S.%f}",
                call["model"], "openai",
                json.dumps({"usage_object": {"prompt_tokens_details": {"cached_tokens": call["cached"]}}}),
                "[]", call["use"], "", "{}",
            ]
            for call in found
        ],
    )  # fmt: skip
    lines(
        "langfuse.jsonl",
        [
            {
                "id": call["id"], "trace_id": f"trace-{call['id']}", "type": "GENERATION", "trace_name": call["use"],
                "start_time": f"{call['when']:%Y-%m-%d %H:%M:%S.%f}", "provided_model_name": call["model"],
                "input": "a made-up question", "output": "a made-up answer",
                "usage_details": {
                    "input": call["in"] - call["cached"], "input_cached_tokens": call["cached"],
                    "output": call["out"], "total": call["in"] + call["out"],
                },
                "total_cost": round(call["cost"], 10),
            }
            for call in found
        ],
    )  # fmt: skip
    table(
        "openrouter.csv",
        "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,"
        "tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,"
        "cancelled,streamed,user,finish_reason_raw,finish_reason_normalized,generation_time_ms,"
        "time_to_first_token_ms,app_name,api_key_name",
        [
            [
                call["id"], f"{call['when']:%Y-%m-%d %H:%M:%S.%f}"[:-3], f"{call['cost']:.8f}", 0, 0, 0, 0, call["in"],
                call["out"], 0, call["cached"], f"openai/{call['model']}", "OpenAI", "", "false", "true", "", "stop",
                "stop", 900, 200, call["use"], "made-up",
            ]
            for call in found
        ],
    )  # fmt: skip
    spans = [
        {
            "traceId": f"{number:032x}", "spanId": f"{number:016x}", "name": f"chat {call['model']}", "kind": 3,
            "startTimeUnixNano": str(int(call["when"].timestamp() * 1e9)),
            "attributes": [
                {"key": key, "value": {kind: value}}
                for key, kind, value in (
                    ("gen_ai.operation.name", "stringValue", "chat"),
                    ("gen_ai.provider.name", "stringValue", "openai"),
                    ("gen_ai.request.model", "stringValue", call["model"]),
                    ("gen_ai.response.model", "stringValue", call["model"]),
                    ("gen_ai.usage.input_tokens", "intValue", str(call["in"])),
                    ("gen_ai.usage.output_tokens", "intValue", str(call["out"])),
                    ("gen_ai.usage.cache_read.input_tokens", "intValue", str(call["cached"])),
                )
            ],
        }
        for number, call in enumerate(found, 1)
    ]  # fmt: skip
    lines(
        "otel.jsonl",
        [
            {
                "resourceSpans": [
                    {
                        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": use}}]},
                        "scopeSpans": [{"spans": [s for s, c in zip(spans, found, strict=True) if c["use"] == use]}],
                    }
                ]
            }
            for use, *_ in USES
        ],
    )


def openai(sums: dict[tuple, dict]) -> None:
    def stamp(day: object) -> int:
        return int(datetime.combine(day, datetime.min.time(), UTC).timestamp())  # type: ignore[arg-type]

    usage = [
        {
            "object": "bucket", "start_time": stamp(day), "end_time": stamp(day) + 86400,
            "results": [
                {
                    "object": "organization.usage.completions.result", "input_tokens": each["in"],
                    "output_tokens": each["out"], "input_cached_tokens": each["cached"],
                    "num_model_requests": each["calls"], "project_id": f"proj_{use.replace(' ', '_')}",
                    "user_id": None, "api_key_id": None, "model": model, "batch": use == "letters",
                }
                for (other, use, model), each in sums.items()
                if other == day
            ],
        }
        for day in dict.fromkeys(place[0] for place in sums)
    ]  # fmt: skip
    pages("openai-usage.json", usage, object="page")
    table(
        "openai-usage.csv",
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,"
        "input_tokens,output_tokens,input_cached_tokens,input_uncached_tokens",
        [
            [
                stamp(day), stamp(day) + 86400, f"{day}T00:00:00+00:00", f"{day + timedelta(days=1)}T00:00:00+00:00",
                f"proj_{use.replace(' ', '_')}", f"{each['calls']}.0", "", "", model, str(use == "letters").lower(),
                each["in"], each["out"], each["cached"], each["in"] - each["cached"],
            ]
            for (day, use, model), each in sums.items()
        ],
    )  # fmt: skip
    costs = []
    for (day, use, model), each in sums.items():
        plain, less, output = (price * (0.5 if use == "letters" else 1) for price in PRICES[model])
        for kind, tokens, price in (
            ("input", each["in"] - each["cached"], plain),
            ("cached input", each["cached"], less),
            ("output", each["out"], output),
        ):
            if tokens:
                costs.append((day, use, f"{model}, {kind}", tokens * price / 1e6, tokens))
    pages(
        "openai-costs.json",
        [
            {
                "object": "bucket", "start_time": stamp(day), "end_time": stamp(day) + 86400,
                "results": [
                    {
                        "object": "organization.costs.result", "amount": {"value": cost, "currency": "usd"},
                        "line_item": item, "project_id": f"proj_{use.replace(' ', '_')}",
                    }
                    for other, use, item, cost, _ in costs
                    if other == day
                ],
            }
            for day in dict.fromkeys(each[0] for each in costs)
        ],
        object="page",
    )  # fmt: skip
    table(
        "openai-costs.csv",
        "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,"
        "user_id,api_key_id,project_id,organization_id,project_name,organization_name,user_email,api_source",
        [
            [
                stamp(day), stamp(day) + 86400, f"{day}T00:00:00+00:00", f"{day + timedelta(days=1)}T00:00:00+00:00",
                f"{cost:.12f}", "usd", tokens, "tokens", item, "", "", f"proj_{use.replace(' ', '_')}", "org-made-up",
                use, "Made-up", "", "",
            ]
            for day, use, item, cost, tokens in costs
        ],
    )  # fmt: skip


CLAUDE = {"support bot": "claude-sonnet-4-5-20250929", "letters": "claude-haiku-4-5-20251001"}
CLAUDE_PRICES = {"support bot": (3.0, 0.3, 15.0), "letters": (1.0, 0.1, 5.0)}


def anthropic(sums: dict[tuple, dict]) -> None:
    own = {place: each for place, each in sums.items() if place[1] in CLAUDE}
    pages(
        "anthropic-usage.json",
        [
            {
                "starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + timedelta(days=1)}T00:00:00Z",
                "results": [
                    {
                        "uncached_input_tokens": each["in"] - each["cached"],
                        "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
                        "cache_read_input_tokens": each["cached"], "output_tokens": each["out"],
                        "server_tool_use": {"web_search_requests": 0}, "api_key_id": None,
                        "workspace_id": f"wrkspc_{use.replace(' ', '_')}", "model": CLAUDE[use],
                        "service_tier": "batch" if use == "letters" else "standard", "context_window": "0-200k",
                    }
                    for (other, use, _), each in own.items()
                    if other == day
                ],
            }
            for day in dict.fromkeys(place[0] for place in own)
        ],
        next_page=None,
    )  # fmt: skip
    table(
        "anthropic-usage.csv",
        "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,"
        "usage_output_tokens,web_search_count,inference_geo,speed",
        [
            [
                day, CLAUDE[use], "made-up", use, "batch" if use == "letters" else "standard", "≤ 200k",
                each["in"] - each["cached"], 0, 0, each["cached"], each["out"], 0, "not_available", "",
            ]
            for (day, use, _), each in own.items()
        ],
    )  # fmt: skip
    costs = []
    for (day, use, _), each in own.items():
        plain, less, output = (price * (0.5 if use == "letters" else 1) for price in CLAUDE_PRICES[use])
        for kind, tokens, price in (
            ("uncached_input_tokens", each["in"] - each["cached"], plain),
            ("cache_read_input_tokens", each["cached"], less),
            ("output_tokens", each["out"], output),
        ):
            if tokens:
                costs.append((day, use, kind, tokens * price / 1e6))
    pages(
        "anthropic-costs.json",
        [
            {
                "starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + timedelta(days=1)}T00:00:00Z",
                "results": [
                    {
                        "currency": "USD", "amount": f"{cost * 100:.8f}", "cost_type": "tokens",
                        "workspace_id": f"wrkspc_{use.replace(' ', '_')}", "description": "Made-up usage",
                        "model": CLAUDE[use], "service_tier": "batch" if use == "letters" else "standard",
                        "token_type": kind, "context_window": "0-200k",
                    }
                    for other, use, kind, cost in costs
                    if other == day
                ],
            }
            for day in dict.fromkeys(each[0] for each in costs)
        ],
        next_page=None,
    )  # fmt: skip
    short = {"support bot": "Claude Sonnet 4.5", "letters": "Claude Haiku 4.5"}
    kinds = {"uncached_input_tokens": "input_no_cache", "cache_read_input_tokens": "input_cache_read"}
    table(
        "anthropic-costs.csv",
        "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,"
        "inference_geo,speed",
        [
            [
                day, short[use], use, "made-up", "batch" if use == "letters" else "message", "≤ 200k",
                kinds.get(kind, "output"), f"{cost:.8f}", f"{cost:.8f}", "token", "global", "",
            ]
            for day, use, kind, cost in costs
        ],
    )  # fmt: skip


METERS = {
    "gpt-4o-2024-08-06": "gpt-4o-0806-{}-glbl",
    "gpt-4.1-mini": "gpt 4.1 mini {} glbl",
    "gpt-4o-mini": "gpt 4o mini 0718 {} glbl",
}


def clouds(sums: dict[tuple, dict]) -> None:
    azure, focus = [], []
    for (day, use, model), each in sums.items():
        plain, less, output = PRICES[model]
        for word, tokens, price in (
            ("Inp", each["in"] - each["cached"], plain),
            ("cached Inp", each["cached"], less),
            ("Outp", each["out"], output),
        ):
            if not tokens:
                continue
            meter, cost = METERS[model].format(word) + " Tokens", tokens * price / 1e6
            azure.append(
                [
                    "Made-up", "", f"{day:%m/%d/%Y}", "Azure OpenAI", "Foundry Models", "Azure OpenAI", meter, "1K",
                    tokens / 1000, f"{cost:.12f}", "USD", use, "made-up-group", "Usage", "{}",
                ]
            )  # fmt: skip
            focus.append(
                [
                    f"{cost:.12f}", "USD", "Usage", f"{day}T00:00:00Z", f"{day + timedelta(days=1)}T00:00:00Z",
                    tokens / 1000, "1K Tokens", f"{cost:.12f}", "Microsoft", use, "Azure OpenAI", meter, "made-up",
                    "{}",
                ]
            )  # fmt: skip
    first = min(place[0] for place in sums)
    azure.append(
        [
            "Made-up",
            "",
            f"{first:%m/%d/%Y}",
            "Virtual Machines",
            "Virtual Machines",
            "D Series",
            "D2 v5",
            "1 Hour",
            24,
            "2.30",
            "USD",
            "vm",
            "made-up-group",
            "Usage",
            "{}",
        ]
    )
    azure.append(
        [
            "Made-up",
            "",
            f"{first:%m/%d/%Y}",
            "Azure OpenAI",
            "Foundry Models",
            "Azure OpenAI",
            METERS["gpt-4.1-mini"].format("Inp") + " Tokens",
            "1K",
            0,
            "-0.01",
            "USD",
            "letters",
            "made-up-group",
            "Refund",
            "{}",
        ]
    )
    table(
        "azure-costs.csv",
        "BillingAccountName,InvoiceSectionName,Date,ProductName,MeterCategory,MeterSubCategory,MeterName,UnitOfMeasure,"
        "Quantity,CostInBillingCurrency,BillingCurrency,ResourceName,ResourceGroup,ChargeType,Tags",
        azure,
    )
    table(
        "focus.csv",
        "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,"
        "EffectiveCost,ProviderName,ResourceName,ServiceName,x_SkuMeterName,SubAccountName,Tags",
        focus,
    )


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = calls()
    gateways(found)
    sums = buckets(found)
    openai(sums)
    anthropic(sums)
    clouds(sums)


if __name__ == "__main__":
    main()
