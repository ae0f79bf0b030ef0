"""The exports that can be read, as data: one table of columns a format.

`columns` maps our names to theirs; of several, the first one a file has. A slash goes into a JSON object:
`usage_details/input`. Only the columns named here are read, so that prompts, answers and other free text of an
export stay where they are. `source` and `read_on` say where the columns were looked up, and when.
"""

from __future__ import annotations

from dataclasses import dataclass

CALL, BUCKET, COST = "call", "bucket", "cost"
"""A row is one call; the sum of the calls of a period; a line of a bill."""

TOTAL, UNCACHED, PARTS = "total", "uncached", "parts"
"""What the input tokens of a format hold: cached ones too, as OpenAI counts; those not cached alone, as Anthropic
counts; or the export has a column for each part, as Langfuse does."""

NUMBERS = (
    "calls",
    "tokens_in",
    "cached",
    "cache_write",
    "cache_write_1h",
    "cache_write_all",
    "tokens_out",
    "reasoning",
    "cost",
    "quantity",
)
DIMENSIONS = ("model", "project", "key", "tag", "user", "seller", "tier", "batch", "currency", "operation", "charge")
WORDS = ("meter", "unit", "service")
"""Columns of a bill that say what was metered."""

USE_CASES = ("project", "tag", "key")
"""What a use case is taken from unless --by says otherwise: the first of these a format has."""


@dataclass(frozen=True)
class Format:
    """One kind of export."""

    name: str
    title: str
    source: str
    read_on: str
    grain: str
    columns: dict[str, tuple[str, ...]]
    known_by: tuple[tuple[str, ...], ...]
    """Sets of columns; a file that has all of one set is of this format."""
    vendor: str = ""
    seller: str = ""
    input_holds: str = TOTAL
    identity: tuple[str, ...] = ()
    """Columns that name one row for good: two rows with the same are the same."""
    cost_scale: float = 1.0
    """Currency units of one unit of the cost column: 0.01 where it is in cents."""
    currency: str = "USD"
    keep_operations: tuple[str, ...] = ()
    """Operations that are calls of a model; others are spans around them and would count tokens twice."""
    document: str = ""
    """How its JSON nests: pages of buckets, or spans in resources. "" for a table."""
    notes: tuple[str, ...] = ()
    label: tuple[str, str] = ("", "")
    """A column of ids and one of their names: where any file has both, the names are shown."""


_OPENAI_DOCS = "OpenAI API reference, Usage and Costs; help page of the dashboard export"
_ANTHROPIC_DOCS = "Claude API reference, Usage and Cost Admin API; header of a Console export"

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
        notes=("The API's amounts are in cents, the Console's in dollars",),
    ),
    Format(
        "azure-costs",
        "Azure cost and usage details",
        "Microsoft Learn, Cost and usage details file schema (EA 2024-08-01, MCA 2023-12-01-preview)",
        "2026-11-30",
        COST,
        {
            "time": ("date", "usagedatetime", "usagedate"),
            "project": ("resourcename", "resourcegroupname", "resourcegroup", "subscriptionname"),
            "tag": ("tags",),
            "cost": ("costinbillingcurrency", "costinusd", "cost", "pretaxcost"),
            "currency": ("billingcurrency", "billingcurrencycode", "currency"),
            "quantity": ("quantity", "usagequantity", "consumedquantity"),
            "unit": ("unitofmeasure",),
            "meter": ("metername",),
            "service": ("metersubcategory", "metercategory", "productname", "product"),
            "charge": ("chargetype",),
        },
        (("metername", "unitofmeasure", "costinbillingcurrency"), ("metername", "quantity", "cost")),
        vendor="azure",
        seller="azure",
    ),
    Format(
        "focus",
        "FOCUS cost and usage file",
        "FOCUS specification 1.0 to 1.2, column library; Microsoft's and AWS's pages of their FOCUS exports",
        "2026-11-30",
        COST,
        {
            "time": ("chargeperiodstart",),
            "end": ("chargeperiodend",),
            "project": ("resourcename", "subaccountname", "subaccountid"),
            "tag": ("tags",),
            "seller": ("providername", "serviceprovidername", "publishername"),
            "cost": ("billedcost",),
            "currency": ("billingcurrency",),
            "quantity": ("consumedquantity", "pricingquantity"),
            "unit": ("consumedunit", "pricingunit"),
            "meter": ("skumeter", "x_skumetername", "chargedescription", "skuid"),
            "service": ("servicename",),
            "charge": ("chargecategory",),
        },
        (("billedcost", "chargeperiodstart", "chargecategory"),),
        vendor="focus",
    ),
    Format(
        "litellm",
        "LiteLLM spend logs",
        "LiteLLM repository, schema.prisma, table LiteLLM_SpendLogs; documentation page Spend Tracking",
        "2026-11-30",
        CALL,
        {
            "time": ("startTime",),
            "model": ("model",),
            "project": ("team_id", "metadata/user_api_key_team_alias", "metadata/user_api_key_alias"),
            "key": ("api_key",),
            "tag": ("request_tags",),
            "user": ("end_user",),
            "seller": ("custom_llm_provider",),
            "tokens_in": ("prompt_tokens",),
            "cached": ("metadata/usage_object/prompt_tokens_details/cached_tokens",),
            "reasoning": ("metadata/usage_object/completion_tokens_details/reasoning_tokens",),
            "tokens_out": ("completion_tokens",),
            "cost": ("spend",),
        },
        (("request_id", "spend", "prompt_tokens", "completion_tokens"),),
        vendor="litellm",
        identity=("request_id",),
    ),
    Format(
        "litellm-daily",
        "LiteLLM daily spend",
        "LiteLLM repository, schema.prisma, tables LiteLLM_Daily..Spend",
        "2026-11-30",
        BUCKET,
        {
            "time": ("date",),
            "model": ("model",),
            "project": ("team_id", "tag", "organization_id"),
            "key": ("api_key",),
            "seller": ("custom_llm_provider",),
            "calls": ("api_requests",),
            "tokens_in": ("prompt_tokens",),
            "cached": ("cache_read_input_tokens",),
            "cache_write": ("cache_creation_input_tokens",),
            "tokens_out": ("completion_tokens",),
            "cost": ("spend",),
        },
        (("date", "api_requests", "prompt_tokens", "spend"),),
        vendor="litellm",
    ),
    Format(
        "langfuse",
        "Langfuse observations",
        "Langfuse documentation, Blob storage export field reference; Token & cost tracking",
        "2026-11-30",
        CALL,
        {
            "time": ("start_time", "startTime"),
            "model": ("provided_model_name", "model"),
            "project": ("trace_name", "traceName", "name"),
            "tag": ("tags",),
            "user": ("user_id", "userId"),
            "tokens_in": ("usage_details/input", "usageDetails/input"),
            "cached": (
                "usage_details/input_cached_tokens",
                "usageDetails/input_cached_tokens",
                "usage_details/cache_read_input_tokens",
                "usageDetails/cache_read_input_tokens",
            ),
            "cache_write": (
                "usage_details/cache_creation_input_tokens",
                "usageDetails/cache_creation_input_tokens",
                "usage_details/input_cache_creation",
                "usageDetails/input_cache_creation",
            ),
            "tokens_out": ("usage_details/output", "usageDetails/output"),
            "reasoning": (
                "usage_details/output_reasoning_tokens",
                "usageDetails/output_reasoning_tokens",
                "usage_details/reasoning_tokens",
                "usageDetails/reasoning_tokens",
            ),
            "cost": ("total_cost", "totalCost", "calculatedTotalCost"),
            "operation": ("type",),
        },
        (("trace_id", "usage_details"), ("traceId", "usageDetails"), ("provided_model_name", "usage_details")),
        vendor="langfuse",
        input_holds=PARTS,
        identity=("id",),
        keep_operations=("GENERATION", "EMBEDDING"),
    ),
    Format(
        "openrouter",
        "OpenRouter activity (generations)",
        "OpenRouter documentation, Activity export; header of an export of its Activity page",
        "2026-11-30",
        CALL,
        {
            "time": ("created_at",),
            "model": ("model_permaslug",),
            "project": ("app_name", "api_key_name"),
            "key": ("api_key_name",),
            "user": ("user",),
            "tokens_in": ("tokens_prompt",),
            "cached": ("tokens_cached",),
            "tokens_out": ("tokens_completion",),
            "reasoning": ("tokens_reasoning",),
            "cost": ("cost_total",),
        },
        (("generation_id", "tokens_prompt", "tokens_completion"),),
        vendor="openrouter",
        seller="openrouter",
        identity=("generation_id",),
    ),
    Format(
        "openrouter-activity",
        "OpenRouter activity (by day)",
        "OpenRouter API reference, Activity: one item a day, model and endpoint",
        "2026-11-30",
        BUCKET,
        {
            "time": ("date",),
            "model": ("model_permaslug", "model"),
            "calls": ("requests",),
            "tokens_in": ("prompt_tokens",),
            "tokens_out": ("completion_tokens",),
            "reasoning": ("reasoning_tokens",),
            "cost": ("usage",),
        },
        (("endpoint_id", "provider_name", "prompt_tokens", "requests"),),
        vendor="openrouter",
        seller="openrouter",
        document="list",
    ),
    Format(
        "otel",
        "OpenTelemetry GenAI spans",
        "OpenTelemetry semantic conventions for generative AI (schema gen-ai/1.42.0); OTLP/JSON encoding",
        "2026-11-30",
        CALL,
        {
            "time": ("startTimeUnixNano", "start_time", "startTime", "start_time_unix_nano"),
            "model": (
                "attributes/gen_ai.response.model",
                "attributes/gen_ai.request.model",
            ),
            "project": (
                "resource/service.name",
                "resource/attributes/service.name",
                "attributes/service.name",
                "attributes/gen_ai.agent.name",
            ),
            "tag": ("attributes/gen_ai.agent.name",),
            "seller": ("attributes/gen_ai.provider.name", "attributes/gen_ai.system"),
            "tier": ("attributes/openai.response.service_tier", "attributes/gen_ai.openai.response.service_tier"),
            "tokens_in": ("attributes/gen_ai.usage.input_tokens", "attributes/gen_ai.usage.prompt_tokens"),
            "cached": (
                "attributes/gen_ai.usage.cache_read.input_tokens",
                "attributes/gen_ai.usage.cache_read_input_tokens",
            ),
            "cache_write": (
                "attributes/gen_ai.usage.cache_creation.input_tokens",
                "attributes/gen_ai.usage.cache_creation_input_tokens",
            ),
            "tokens_out": ("attributes/gen_ai.usage.output_tokens", "attributes/gen_ai.usage.completion_tokens"),
            "reasoning": ("attributes/gen_ai.usage.reasoning.output_tokens",),
            "operation": ("attributes/gen_ai.operation.name",),
        },
        (
            ("attributes/gen_ai.usage.input_tokens",),
            ("attributes/gen_ai.usage.output_tokens",),
            ("attributes/gen_ai.usage.prompt_tokens",),
        ),
        vendor="otel",
        identity=("traceId", "spanId"),
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
