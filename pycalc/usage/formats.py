"""The exports that can be read, as data: one table of columns a format.

`columns` maps our names to theirs; of several, the first one a file has. A slash goes into a JSON object:
`usage_details/input`. Only the columns named here are read, so that prompts, answers and other free text of an
export stay where they are. `source` and `read_on` say where the columns were looked up, and when.
"""

from __future__ import annotations

from pycalc.usage.cloudbills import BILLS
from pycalc.usage.format import BUCKET, CALL, COST, TOTAL, UNCACHED, Format
from pycalc.usage.gateways import GATEWAYS

_OPENAI_DOCS = "OpenAI API reference, Usage and Costs; help page of the dashboard export"
_ANTHROPIC_DOCS = "Claude API reference, Usage and Cost Admin API; header of a Console export"


def _attribute(*names: str) -> tuple[str, ...]:
    """Attributes of a span: in an object of their own, or each a key of the line, as some collectors write them."""
    return tuple(f"{place}gen_ai.{name}" for name in names for place in ("attributes/", ""))


FORMATS = (
    Format(
        "openai-usage",
        "OpenAI usage report (completions)",
        _OPENAI_DOCS,
        "2026-11-30",
        BUCKET,
        {
            "time": ("start_time_iso", "start_time"),
            "end": ("end_time_iso", "end_time"),
            "model": ("model",),
            "project": ("project_id", "project_name"),
            "key": ("api_key_id", "api_key_name"),
            "user": ("user_id",),
            "tier": ("service_tier",),
            "batch": ("batch",),
            "calls": ("num_model_requests",),
            "tokens_in": ("input_tokens",),
            "cached": ("input_cached_tokens",),
            "cache_write": ("input_cache_write_tokens",),
            "tokens_out": ("output_tokens",),
        },
        (("num_model_requests", "input_tokens", "output_tokens"),),
        vendor="openai",
        document="buckets",
        label=("project_id", "project_name"),
        notes=("Rows are sums of a period: means are known, medians are not. Reasoning tokens are in the output",),
    ),
    Format(
        "openai-activity",
        "OpenAI usage of a day (the older API)",
        "OpenAI API, GET /v1/usage, as Elastic's OpenAI integration documents its fields",
        "2026-11-30",
        BUCKET,
        {
            "time": ("aggregation_timestamp",),
            "model": ("snapshot_id",),
            "project": ("project_name", "project_id"),
            "key": ("api_key_name", "api_key_id"),
            "calls": ("n_requests",),
            "tokens_in": ("n_context_tokens_total",),
            "cached": ("n_cached_context_tokens_total",),
            "tokens_out": ("n_generated_tokens_total",),
        },
        (("aggregation_timestamp", "snapshot_id", "n_context_tokens_total", "n_generated_tokens_total"),),
        vendor="openai",
        document="list",
        notes=("Rows are sums of five minutes: means are known, medians are not",),
    ),
    Format(
        "openai-costs",
        "OpenAI cost report",
        _OPENAI_DOCS,
        "2026-11-30",
        COST,
        {
            "time": ("start_time_iso", "start_time"),
            "end": ("end_time_iso", "end_time"),
            "project": ("project_id", "project_name"),
            "key": ("api_key_id",),
            "cost": ("amount_value", "amount/value"),
            "currency": ("amount_currency", "amount/currency"),
            "quantity": ("quantity",),
            "meter": ("line_item",),
        },
        (("amount_value", "amount_currency"), ("amount/value", "line_item")),
        vendor="openai",
        document="buckets",
        label=("project_id", "project_name"),
    ),
    Format(
        "anthropic-usage",
        "Anthropic usage report (messages)",
        _ANTHROPIC_DOCS,
        "2026-11-30",
        BUCKET,
        {
            "time": ("usage_date_utc", "starting_at"),
            "end": ("ending_at",),
            "model": ("model_version", "model"),
            "project": ("workspace", "workspace_id"),
            "key": ("api_key", "api_key_id"),
            "tier": ("usage_type", "service_tier"),
            "tokens_in": ("usage_input_tokens_no_cache", "uncached_input_tokens"),
            "cached": ("usage_input_tokens_cache_read", "cache_read_input_tokens"),
            "cache_write": ("usage_input_tokens_cache_write_5m", "cache_creation/ephemeral_5m_input_tokens"),
            "cache_write_1h": ("usage_input_tokens_cache_write_1h", "cache_creation/ephemeral_1h_input_tokens"),
            "tokens_out": ("usage_output_tokens", "output_tokens"),
        },
        (
            ("usage_date_utc", "usage_input_tokens_no_cache", "usage_output_tokens"),
            ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens"),
        ),
        vendor="anthropic",
        input_holds=UNCACHED,
        document="buckets",
        notes=("This report does not count calls: tokens a month are known, tokens a call are not",),
    ),
    Format(
        "anthropic-costs",
        "Anthropic cost report",
        _ANTHROPIC_DOCS,
        "2026-11-30",
        COST,
        {
            "time": ("usage_date_utc", "starting_at"),
            "end": ("ending_at",),
            "model": ("model",),
            "project": ("workspace", "workspace_id"),
            "key": ("api_key",),
            "tier": ("service_tier",),
            "cost": ("cost_usd", "amount"),
            "currency": ("currency",),
            "charge": ("cost_type",),
        },
        (("usage_date_utc", "token_type", "cost_usd"), ("amount", "currency", "token_type")),
        vendor="anthropic",
        document="buckets",
        cents="amount",
        notes=("The API's amounts are in cents, the Console's in dollars",),
    ),
    *BILLS,
    *GATEWAYS,
    Format(
        "bedrock",
        "Amazon Bedrock model invocation log",
        "Amazon Bedrock user guide, Model invocation logging; token counts as the Converse API defines them",
        "2026-11-30",
        CALL,
        {
            "time": ("timestamp",),
            "model": ("modelId",),
            "project": ("requestMetadata/project", "requestMetadata/application", "accountId"),
            "key": ("accountId",),
            "tokens_in": ("input/inputTokenCount",),
            "cached": ("input/cacheReadInputTokenCount",),
            "cache_write": ("input/cacheWriteInputTokenCount",),
            "tokens_out": ("output/outputTokenCount",),
        },
        (("schemaType", "modelId", "requestId", "input"), ("modelId", "input/inputTokenCount")),
        vendor="bedrock",
        seller="bedrock",
        input_holds=UNCACHED,
        identity=("requestId",),
    ),
    Format(
        "otel",
        "OpenTelemetry GenAI spans",
        "OpenTelemetry semantic conventions for generative AI (schema gen-ai/1.42.0); OTLP/JSON encoding",
        "2026-11-30",
        CALL,
        {
            "time": ("startTimeUnixNano", "start_time", "startTime", "start_time_unix_nano", "timestamp"),
            "model": _attribute("response.model", "request.model"),
            "project": (
                "resource/service.name",
                "resource/attributes/service.name",
                "attributes/service.name",
                "service.name",
                *_attribute("agent.name"),
            ),
            "tag": _attribute("agent.name"),
            "seller": _attribute("provider.name", "system"),
            "tier": ("attributes/openai.response.service_tier", "attributes/gen_ai.openai.response.service_tier"),
            "tokens_in": _attribute("usage.input_tokens", "usage.prompt_tokens"),
            "cached": _attribute("usage.cache_read.input_tokens", "usage.cache_read_input_tokens"),
            "cache_write": _attribute("usage.cache_creation.input_tokens", "usage.cache_creation_input_tokens"),
            "tokens_out": _attribute("usage.output_tokens", "usage.completion_tokens"),
            "reasoning": _attribute("usage.reasoning.output_tokens"),
            "operation": _attribute("operation.name"),
        },
        tuple((name,) for name in _attribute("usage.input_tokens", "usage.output_tokens", "usage.prompt_tokens")),
        vendor="otel",
        identity=("traceId", "spanId", "trace_id", "span_id"),
        keep_operations=("chat", "text_completion", "generate_content", "embeddings"),
        document="spans",
    ),
)

BY_NAME = {form.name: form for form in FORMATS}


def table_of(columns: dict[str, str], *, uncached: bool = False) -> Format:
    """A format of the user's own, from `--columns tokens_in=prompt_length`."""
    own: dict[str, tuple[str, ...]] = {name: (theirs,) for name, theirs in columns.items() if name != "id"}
    grain = BUCKET if "calls" in columns else CALL
    if "tokens_in" not in columns and "tokens_out" not in columns:
        grain = COST
    return Format(
        "columns",
        "a table with the columns named",
        "--columns",
        "",
        grain,
        own,
        (),
        vendor="columns",
        input_holds=UNCACHED if uncached else TOTAL,
        identity=(columns["id"],) if "id" in columns else (),
    )
