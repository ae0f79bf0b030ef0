"""Write docs/examples/usage: a small made-up export of each kind, the same three made-up use cases in all of them.

Calls of "support bot" grow by a tenth a month. No person, company or key in them exists.
Run it as a module: python -m tools.usage_examples.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
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


def billed(
    sums: dict[tuple, dict], prices: dict[str, tuple], kinds: tuple[str, ...], letters: float = 1
) -> Iterator[tuple]:
    """What each kind of token costs: day, use case, model, kind, USD, tokens. `letters`: what their batch pays."""
    for (day, use, model), each in sums.items():
        many = (each["in"] - each["cached"], each["cached"], each["out"])
        for kind, tokens, price in zip(kinds, many, prices[model], strict=True):
            if tokens:
                yield day, use, model, kind, tokens * (price * (letters if use == "letters" else 1)) / 1e6, tokens


def table(name: str, titles: str, rows: list[list]) -> None:
    with open(FOLDER / name, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(titles.split(","))
        writer.writerows(rows)


def lines(name: str, rows: list[dict]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (FOLDER / name).write_text(text, encoding="utf-8")


def pages(name: str, results: list[tuple[date, dict]], bucket: Callable[[date], dict], **more: object) -> None:
    """A page of buckets, one a day; `bucket` gives the rest of what stands in one."""
    data = [
        {**bucket(day), "results": [result for other, result in results if other == day]}
        for day in dict.fromkeys(day for day, _ in results)
    ]
    (FOLDER / name).write_text(json.dumps({**more, "data": data, "has_more": False}) + "\n", encoding="utf-8")


def litellm(found: list[dict]) -> None:
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


def langfuse(found: list[dict]) -> None:
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


def openrouter(found: list[dict]) -> None:
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


def helicone(found: list[dict]) -> None:
    table(
        "helicone.csv",
        "response_id,response_created_at,response_status,request_created_at,request_body,request_properties,"
        "request_user_id,model,prompt_tokens,completion_tokens,latency,cost",
        [
            [
                call["id"], f"{call['when']:%Y-%m-%dT%H:%M:%S.%f}Z", 200, f"{call['when']:%Y-%m-%dT%H:%M:%S.%f}Z", "{}",
                json.dumps({"app": call["use"]}), "", call["model"], call["in"], call["out"], 900,
                f"{call['cost']:.10f}",
            ]
            for call in found
        ],
    )  # fmt: skip


def portkey(found: list[dict]) -> None:
    lines(
        "portkey.jsonl",
        [
            {
                "id": call["id"], "trace_id": f"trace-{call['id']}",
                "created_at": f"{call['when']:%Y-%m-%dT%H:%M:%S.%f}Z",
                "ai_org": "openai", "ai_model": call["model"], "req_units": call["in"], "res_units": call["out"],
                "total_units": call["in"] + call["out"], "cost": round(call["cost"] * 100, 10), "cost_currency": "USD",
                "prompt_slug": call["use"], "metadata": {"team": call["use"]}, "response_status_code": 200,
            }
            for call in found
        ],
    )  # fmt: skip


def opentelemetry(found: list[dict]) -> None:
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


def stamp(day: date) -> int:
    return int(datetime.combine(day, datetime.min.time(), UTC).timestamp())


def openai_bucket(day: date) -> dict:
    return {"object": "bucket", "start_time": stamp(day), "end_time": stamp(day) + 86400}


def openai_usage(sums: dict[tuple, dict]) -> None:
    usage = [
        (day, {
            "object": "organization.usage.completions.result", "input_tokens": each["in"],
            "output_tokens": each["out"], "input_cached_tokens": each["cached"],
            "num_model_requests": each["calls"], "project_id": f"proj_{use.replace(' ', '_')}",
            "user_id": None, "api_key_id": None, "model": model, "batch": use == "letters",
        })
        for (day, use, model), each in sums.items()
    ]  # fmt: skip
    pages("openai-usage.json", usage, openai_bucket, object="page")
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


def openai_costs(sums: dict[tuple, dict]) -> None:
    kinds = ("input", "cached input", "output")
    costs = list(billed(sums, PRICES, kinds, 0.5))
    results = [
        (day, {
            "object": "organization.costs.result", "amount": {"value": cost, "currency": "usd"},
            "line_item": f"{model}, {kind}", "project_id": f"proj_{use.replace(' ', '_')}",
        })
        for day, use, model, kind, cost, _ in costs
    ]  # fmt: skip
    pages("openai-costs.json", results, openai_bucket, object="page")
    table(
        "openai-costs.csv",
        "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,"
        "user_id,api_key_id,project_id,organization_id,project_name,organization_name,user_email,api_source",
        [
            [
                stamp(day), stamp(day) + 86400, f"{day}T00:00:00+00:00", f"{day + timedelta(days=1)}T00:00:00+00:00",
                f"{cost:.12f}", "usd", tokens, "tokens", f"{model}, {kind}", "", "", f"proj_{use.replace(' ', '_')}",
                "org-made-up", use, "Made-up", "", "",
            ]
            for day, use, model, kind, cost, tokens in costs
        ],
    )  # fmt: skip


CLAUDE = {"support bot": "claude-sonnet-4-5-20250929", "letters": "claude-haiku-4-5-20251001"}
CLAUDE_PRICES = {CLAUDE["support bot"]: (3.0, 0.3, 15.0), CLAUDE["letters"]: (1.0, 0.1, 5.0)}


def anthropic_bucket(day: date) -> dict:
    return {"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + timedelta(days=1)}T00:00:00Z"}


def anthropic_usage(own: dict[tuple, dict]) -> None:
    results = [
        (day, {
            "uncached_input_tokens": each["in"] - each["cached"],
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
            "cache_read_input_tokens": each["cached"], "output_tokens": each["out"],
            "server_tool_use": {"web_search_requests": 0}, "api_key_id": None,
            "workspace_id": f"wrkspc_{use.replace(' ', '_')}", "model": model,
            "service_tier": "batch" if use == "letters" else "standard", "context_window": "0-200k",
        })
        for (day, use, model), each in own.items()
    ]  # fmt: skip
    pages("anthropic-usage.json", results, anthropic_bucket, next_page=None)
    table(
        "anthropic-usage.csv",
        "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,"
        "usage_output_tokens,web_search_count,inference_geo,speed",
        [
            [
                day, model, "made-up", use, "batch" if use == "letters" else "standard", "≤ 200k",
                each["in"] - each["cached"], 0, 0, each["cached"], each["out"], 0, "not_available", "",
            ]
            for (day, use, model), each in own.items()
        ],
    )  # fmt: skip


def anthropic_costs(own: dict[tuple, dict]) -> None:
    kinds = ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens")
    costs = list(billed(own, CLAUDE_PRICES, kinds, 0.5))
    results = [
        (day, {
            "currency": "USD", "amount": f"{cost * 100:.8f}", "cost_type": "tokens",
            "workspace_id": f"wrkspc_{use.replace(' ', '_')}", "description": "Made-up usage",
            "model": model, "service_tier": "batch" if use == "letters" else "standard",
            "token_type": kind, "context_window": "0-200k",
        })
        for day, use, model, kind, cost, _ in costs
    ]  # fmt: skip
    pages("anthropic-costs.json", results, anthropic_bucket, next_page=None)
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
            for day, use, _, kind, cost, _ in costs
        ],
    )  # fmt: skip


def main() -> None:
    from tools.usage_cloud_examples import amazon, clouds, google

    FOLDER.mkdir(parents=True, exist_ok=True)
    found = calls()
    for gateway in (litellm, langfuse, openrouter, helicone, portkey, opentelemetry):
        gateway(found)
    sums = buckets(found)
    openai_usage(sums)
    openai_costs(sums)
    claude = {(day, use, CLAUDE[use]): each for (day, use, _), each in sums.items() if use in CLAUDE}
    anthropic_usage(claude)
    anthropic_costs(claude)
    clouds(sums)
    amazon(claude)
    google(sums)


if __name__ == "__main__":
    main()
