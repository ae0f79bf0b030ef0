"""Bills of clouds among the made-up exports: see `usage_examples`."""

from __future__ import annotations

from datetime import timedelta

from tools.usage_examples import CLAUDE, CLAUDE_PRICES, PRICES, billed, lines, table

METERS = {
    "gpt-4o-2024-08-06": "gpt-4o-0806-{}-glbl",
    "gpt-4.1-mini": "gpt 4.1 mini {} glbl",
    "gpt-4o-mini": "gpt 4o mini 0718 {} glbl",
}


def clouds(sums: dict[tuple, dict]) -> None:
    azure, focus = [], []
    for day, use, model, word, cost, tokens in billed(sums, PRICES, ("Inp", "cached Inp", "Outp")):
        meter = METERS[model].format(word) + " Tokens"
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
    refund = METERS["gpt-4.1-mini"].format("Inp") + " Tokens"
    azure += [
        [
            "Made-up", "", f"{first:%m/%d/%Y}", "Virtual Machines", "Virtual Machines", "D Series", "D2 v5", "1 Hour",
            24, "2.30", "USD", "vm", "made-up-group", "Usage", "{}",
        ],
        [
            "Made-up", "", f"{first:%m/%d/%Y}", "Azure OpenAI", "Foundry Models", "Azure OpenAI", refund, "1K", 0,
            "-0.01", "USD", "letters", "made-up-group", "Refund", "{}",
        ],
    ]  # fmt: skip
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


def amazon(own: dict[tuple, dict]) -> None:
    meters = ("input-tokens", "cache-read-input-token-count", "output-tokens")
    short = {CLAUDE["support bot"]: "Claude4.5Sonnet", CLAUDE["letters"]: "Claude4.5Haiku"}
    rows = [
        [
            "USD", f"{day}T00:00:00.000Z", f"{day + timedelta(days=1)}T00:00:00.000Z", "Usage", "AmazonBedrock",
            f"{cost:.12f}", "000000000000", use, tokens / 1000, f"USE1-{short[model]}-{meter}", "1K tokens",
        ]
        for day, use, model, meter, cost, tokens in billed(own, CLAUDE_PRICES, meters)
    ]  # fmt: skip
    first, last = rows[0], rows[-1]
    rows += [
        [*first[:4], "AmazonS3", "4.20", *first[6:8], 100, "USE1-TimedStorage-ByteHrs", "GB-Mo"],
        ["USD", last[1], last[2], "Credit", "AmazonBedrock", "-1.50", *last[6:8], 0, last[9], ""],
    ]
    table(
        "aws-costs.csv",
        "line_item_currency_code,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,"
        "line_item_product_code,line_item_unblended_cost,line_item_usage_account_id,line_item_usage_account_name,"
        "line_item_usage_amount,line_item_usage_type,pricing_unit",
        rows,
    )


GEMINI = {"support bot": ("Gemini 2.5 Flash", (0.3, 0.03, 2.5)), "search": ("Gemini 2.0 Flash", (0.1, 0.025, 0.4))}


def google(sums: dict[tuple, dict]) -> None:
    own = {(day, use, GEMINI[use][0]): each for (day, use, _), each in sums.items() if use in GEMINI}
    prices = dict(GEMINI.values())
    lines(
        "google-costs.jsonl",
        [
            {
                "service": {"id": "made-up", "description": "Vertex AI"},
                "sku": {"id": "made-up", "description": f"{model} Text {word} - Predictions"},
                "usage_start_time": f"{day} 00:00:00 UTC", "usage_end_time": f"{day + timedelta(days=1)} 00:00:00 UTC",
                "project": {"id": f"made-up-{use.replace(' ', '-')}", "name": use}, "labels": [],
                "cost": round(cost, 12), "currency": "USD", "usage": {"amount": tokens, "unit": "count"},
                "credits": [], "invoice": {"month": f"{day:%Y%m}"}, "cost_type": "regular",
            }
            for day, use, model, word, cost, tokens in billed(own, prices, ("Input", "Cached Input", "Output"))
        ],
    )  # fmt: skip
