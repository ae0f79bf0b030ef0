"""Every input of the workbook: name, label, unit, format, bounds, and why it is there.

`GROUPS` are the inputs common to all options, on the sheet Inputs. `ROWS` are the rows of an option, on the sheet
Options: the same ones for each of the ten columns. `INPUTS` holds all of them by the name that `--set` takes: a
defined name such as `pe_input_price` where there is one, else OPTION.ROW such as `7.hourly_price`.

Bounds are those of the functions that take the input (`pycalc.registry`), so that data validation refuses what
Python refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pycalc.registry import FUNCTIONS
from pycalc.registry.vocabulary import Quantity, amount, date, share, text

MOST_MONTHS = 36
"""Months of the cash flow."""
COUNT = 10
"""Options, one column each."""


@dataclass(frozen=True)
class Input:
    """One input cell."""

    name: str
    label: str
    unit: str
    style: str
    quantity: Quantity
    help: str = ""
    optional: bool = False
    """Blank means something of its own (no such price, no such date), not 0."""
    required: bool = False
    """Nothing can be said before it is entered."""
    scenario: bool = True
    """A scenario may override it."""
    choices: tuple[str, ...] = ()
    option: int = 0
    """The option it belongs to, 0 for what is common to all."""


@dataclass(frozen=True)
class OptionRow:
    """One row of the sheet Options.

    `takes` says what an empty cell takes: "based", the value of the option it is based on; "model", the same unless
    a model or kind of its own is entered; "own", nothing. Then comes the common value of the same name on Inputs,
    where there is one and the option is of the kind that `common` names.
    """

    key: str
    label: str
    unit: str
    style: str
    quantity: Quantity
    takes: str = "based"
    common: str = ""
    names: dict[int, str] = field(default_factory=dict)
    help: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = True
    counted: bool = True
    """It is read by the model; the others only say where a figure is from."""


def _of(function: str, argument: str) -> Quantity:
    """The bounds of a function's argument."""
    return next(item.quantity for item in FUNCTIONS[function].arguments if item.name == argument)


_PRICE = _of("PE_MONTHLY", "input_price")
_TOKENS = _of("PE_MONTHLY", "prompt_tokens")
_EVENT_MONTH = Quantity("Month of a step", "month", low=0, high=MOST_MONTHS, whole=True)
_PER_M, _PER_CALL, _HOURS = "USD per 1M tokens", "tokens per call", "hours"
_YES = ("yes", "no")
KINDS = ("prompted", "fine-tuned", "own weights")

GROUPS: tuple[tuple[str, tuple[Input, ...]], ...] = (
    (
        "The case",
        (
            Input("title", "Title", "text", "label", text("Title of the case"), scenario=False),
            Input("author", "Author", "text", "label", text("Author"), scenario=False),
            Input("currency", "Currency of every amount", "code", "label", text("Currency"), scenario=False),
            Input(
                "usd_rate",
                "What one USD costs in that currency",
                "currency per USD",
                "factor",
                amount("Rate", "currency per USD"),
                "Turns the catalogue's USD prices into the currency; every amount you enter is in the currency.",
                optional=True,
                scenario=False,
            ),
        ),
    ),
    (
        "Decision rule",
        (
            Input(
                "max_months",
                "Longest break-even accepted",
                "months",
                "months",
                Quantity("Longest break-even", "months", low=0, high=MOST_MONTHS, low_open=True),
                "Break-even at exactly this many months is too late.",
                required=True,
            ),
            Input(
                "start_date",
                "Start of use",
                "date",
                "date",
                date("Start of use"),
                "Shutdowns count from here. A date you enter, not today's: the file must not change by itself.",
                required=True,
            ),
            Input(
                "months",
                "Months counted in the comparison, NPV and IRR",
                "months",
                "whole",
                Quantity("Months counted", "months", low=1, high=MOST_MONTHS, whole=True),
                required=True,
            ),
            Input(
                "annual_rate",
                "Discount rate, effective",
                "per year",
                "share",
                _of("FT_NPV", "annual_rate"),
                required=True,
            ),
            Input(
                "min_pass_rate",
                "Lowest pass rate accepted",
                "share",
                "share",
                share("Lowest pass rate accepted"),
                "An option whose tested pass rate may lie below it, at 95% confidence, is not open. Blank: no limit.",
                optional=True,
            ),
        ),
    ),
    (
        "Volume and tokens",
        (
            Input("queries", "Tasks", "per month", "count", _of("PE_MONTHLY", "queries"), required=True),
            Input(
                "monthly_growth",
                "Growth of the volume",
                "per month",
                "share",
                _of("FT_NPV", "monthly_growth"),
                "Calls, retrieval, review and repair grow by it. Blank: flat.",
                optional=True,
            ),
            Input("query_tokens", "User's question", _PER_CALL, "tokens", _TOKENS, required=True),
            Input("response_tokens", "Answer", _PER_CALL, "tokens", _TOKENS, required=True),
        ),
    ),
    (
        "Caching and batch, unless an option says otherwise",
        (
            Input(
                "cache_hit_rate",
                "Calls that read the prompt from the cache",
                "share",
                "share",
                _of("PE_MONTHLY", "cache_hit_rate"),
                "Counts for options that cache (row Caching on Options).",
                optional=True,
            ),
            Input(
                "cache_min_tokens",
                "Shortest prompt the vendor caches",
                _PER_CALL,
                "tokens",
                _TOKENS,
                "A shorter prompt is never cached. Blank: 1,024.",
                optional=True,
            ),
            Input("batch_share", "Calls sent in batches", "share", "share", share("Share in batch"), optional=True),
        ),
    ),
    (
        "Retrieval, unless an option says otherwise",
        (
            Input("context_tokens", "Retrieved text added to a call", _PER_CALL, "tokens", _TOKENS, optional=True),
            Input(
                "retrieval_price",
                "One retrieval",
                "USD per call",
                "unitprice",
                _of("RAG_MONTHLY", "retrieval_price"),
                optional=True,
            ),
            Input(
                "storage_monthly",
                "Storage of the index",
                "USD per month",
                "money",
                _of("RAG_MONTHLY", "storage_monthly"),
                optional=True,
            ),
        ),
    ),
    (
        "People, unless an option says otherwise",
        (
            Input("hourly_wage", "Cost of an hour of work", "USD per hour", "money", _of("FT_LABOR", "hourly_wage")),
            Input(
                "setup_hours",
                "Work to move to an option",
                _HOURS,
                "number",
                amount("Hours", _HOURS),
                "Prompts ported, regression test, index built. Not charged to today.",
                optional=True,
            ),
            Input(
                "upkeep_hours",
                "Work to keep an option running",
                "hours per month",
                "number",
                amount("Hours", "hours per month"),
                optional=True,
            ),
        ),
    ),
    (
        "Training, unless an option says otherwise",
        (
            Input("examples", "Training examples", "examples", "count", _of("FT_TRAINING", "examples")),
            Input(
                "tokens_per_example",
                "Length of an example",
                "tokens per example",
                "tokens",
                _of("FT_TRAINING", "tokens_per_example"),
            ),
            Input("epochs", "Passes over the data", "epochs", "number", _of("FT_TRAINING", "epochs")),
            Input(
                "minutes_per_example",
                "Labour for an example",
                "minutes per example",
                "number",
                _of("FT_LABOR", "minutes_per_example"),
                "An explicit 0 where the examples exist and need no work.",
            ),
            Input(
                "validation_tokens",
                "Validation tokens billed",
                "tokens",
                "count",
                _of("FT_TRAINING", "validation_tokens"),
                optional=True,
            ),
            Input(
                "training_minimum",
                "Smallest bill of a training job",
                "USD",
                "money",
                _of("FT_TRAINING", "minimum"),
                optional=True,
            ),
            Input(
                "evaluation_cost",
                "One evaluation",
                "USD",
                "money",
                _of("FT_RETRAIN", "evaluation_cost"),
                "Of a trained model: once at the start and once with every retraining.",
                optional=True,
            ),
            Input(
                "retrains_per_year",
                "Retraining",
                "runs per year",
                "number",
                _of("FT_RETRAIN", "retrains_per_year"),
                "A run falls in month t when INT(t × runs / 12) rises.",
                optional=True,
            ),
            Input(
                "relabel_share",
                "Examples labelled anew for a run",
                "share",
                "share",
                _of("FT_RETRAIN", "relabel_share"),
                optional=True,
            ),
        ),
    ),
    (
        "Review and quality",
        (
            Input(
                "items_per_month",
                "Outputs that may be reviewed",
                "items per month",
                "count",
                _of("REVIEW_RAMP", "items_per_month"),
                "Grow with the volume.",
            ),
            Input("cost_per_review", "One review", "USD per review", "money", _of("REVIEW_COST", "cost_per_review")),
            Input(
                "repair_cost",
                "A person repairs what failed, at",
                "USD per failure",
                "money",
                _of("COST_PER_ACCEPTED", "rework_cost"),
                "Blank: what failed is thrown away and tried again.",
                optional=True,
            ),
        ),
    ),
    (
        "Suitability",
        (
            Input(
                "use_case",
                "What the model is to learn",
                "kind",
                "label",
                _of("FT_SUITABILITY", "use_case"),
                choices=("style", "format", "knowledge", "other"),
                optional=True,
            ),
            Input(
                "facts_change",
                "Facts change often",
                "TRUE or FALSE",
                "flag",
                _of("FT_SUITABILITY", "facts_change"),
                "Then only options that look facts up are open.",
                optional=True,
            ),
        ),
    ),
)

ROWS: tuple[tuple[str, tuple[OptionRow, ...]], ...] = (
    (
        "The option",
        (
            OptionRow("name", "Option", "", "label", text("Name"), "own"),
            OptionRow("action", "What choosing it is called", "", "label", text("Headline"), "own"),
            OptionRow(
                "model", "Model", "", "label", text("Model"), names={1: "pe_model", 3: "base_model", 5: "ft_model"}
            ),
            OptionRow("seller", "Seller", "", "label", text("Seller"), "model", counted=False),
            OptionRow("kind", "Kind", "", "label", text("Kind"), choices=KINDS),
            OptionRow(
                "based_on",
                "Based on option",
                "number",
                "whole",
                Quantity("Option", "number", low=1, high=COUNT - 1, whole=True),
                "own",
                help="An earlier column: an empty cell takes that column's value.",
            ),
            OptionRow("caching", "Caching", "yes or no", "label", text("Caching"), choices=_YES),
            OptionRow("retrieval", "Looks facts up (retrieval)", "yes or no", "label", text("Retrieval"), choices=_YES),
        ),
    ),
    (
        "One call",
        (
            OptionRow(
                "prompt_tokens",
                "Instructions",
                _PER_CALL,
                "tokens",
                _TOKENS,
                names={1: "pe_prompt_tokens", 5: "ft_prompt_tokens"},
            ),
            OptionRow("context_tokens", "Retrieved text", _PER_CALL, "tokens", _TOKENS, common="retrieval"),
            OptionRow("response_tokens", "Answer", _PER_CALL, "tokens", _TOKENS, common="all"),
            OptionRow("reasoning_tokens", "Reasoning, billed as output", _PER_CALL, "tokens", _TOKENS),
            OptionRow(
                "calls",
                "Calls for one task",
                "calls per task",
                "number",
                amount("Calls", "calls per task"),
                help="Blank: 1.",
            ),
        ),
    ),
    (
        "Token prices",
        (
            OptionRow(
                "input_price",
                "Input",
                _PER_M,
                "price",
                _PRICE,
                "model",
                names={1: "pe_input_price", 3: "base_input_price", 5: "ft_input_price"},
            ),
            OptionRow(
                "cached_price",
                "Cached input",
                _PER_M,
                "price",
                _PRICE,
                "model",
                names={1: "pe_cached_price", 5: "ft_cached_price"},
                help="Blank: the vendor has no price for cached input.",
            ),
            OptionRow("cache_write_price", "Written to the cache", _PER_M, "price", _PRICE, "model"),
            OptionRow(
                "output_price",
                "Output",
                _PER_M,
                "price",
                _PRICE,
                "model",
                names={1: "pe_output_price", 3: "base_output_price", 5: "ft_output_price"},
            ),
            OptionRow(
                "cache_hit_rate", "Calls that read the cache", "share", "share", share("Hit rate"), common="caching"
            ),
            OptionRow("cache_min_tokens", "Shortest cached prompt", _PER_CALL, "tokens", _TOKENS, common="caching"),
            OptionRow("batch_share", "Calls in batches", "share", "share", share("Share in batch"), common="all"),
            OptionRow("batch_price", "Price of a batch call", "share of list", "share", share("Batch price"), "model"),
        ),
    ),
    (
        "Capacity",
        (
            OptionRow(
                "hosting_monthly",
                "Hosting",
                "USD per month",
                "money",
                _of("FT_MONTHLY", "hosting_monthly"),
                "model",
                names={5: "ft_hosting_monthly"},
            ),
            OptionRow(
                "hourly_price",
                "A replica or unit",
                "USD per hour",
                "money",
                amount("Price", "USD per hour"),
                "model",
                names={7: "own_hourly_price"},
            ),
            OptionRow(
                "replicas",
                "Replicas",
                "number",
                "whole",
                Quantity("Replicas", "number", low=0, whole=True),
                "model",
                names={7: "own_replicas"},
                help="Blank: as many as the peak needs.",
            ),
            OptionRow(
                "tokens_per_second",
                "One replica carries",
                "tokens per second",
                "count",
                Quantity("Throughput", "tokens per second", low=0, low_open=True),
                "model",
                names={7: "own_tokens_per_second"},
                help="Input and output tokens together.",
            ),
            OptionRow(
                "peak_factor",
                "Peak, times the mean",
                "multiple",
                "factor",
                amount("Peak", "multiple"),
                help="Blank: 1.",
            ),
            OptionRow(
                "utilization",
                "Share of it that can be used",
                "share",
                "share",
                Quantity("Utilization", "share", low=0, high=1, low_open=True),
                "model",
                help="Blank: all of it.",
            ),
            OptionRow(
                "units",
                "Provisioned units",
                "number",
                "whole",
                Quantity("Units", "number", low=0, whole=True),
                "model",
                help="Their number, at the hourly price above.",
            ),
        ),
    ),
    (
        "Retrieval",
        (
            OptionRow(
                "retrieval_price",
                "One retrieval",
                "USD per call",
                "unitprice",
                amount("Retrieval", "USD"),
                common="retrieval",
            ),
            OptionRow(
                "storage_monthly",
                "Storage of the index",
                "USD per month",
                "money",
                amount("Storage", "USD"),
                common="retrieval",
            ),
        ),
    ),
    (
        "People",
        (
            OptionRow("setup_hours", "Work to move to it", _HOURS, "number", amount("Hours", _HOURS), common="all"),
            OptionRow(
                "upkeep_hours",
                "Work to keep it running",
                "hours per month",
                "number",
                amount("Hours", _HOURS),
                common="all",
            ),
            OptionRow(
                "hourly_wage", "An hour of that work", "USD per hour", "money", amount("Wage", "USD"), common="all"
            ),
            OptionRow(
                "build_months",
                "Months until it runs",
                "months",
                "whole",
                Quantity("Months", "months", low=0, high=MOST_MONTHS, whole=True),
                help="Until then today's option runs on.",
            ),
        ),
    ),
    (
        "Training",
        (
            OptionRow("examples", "Examples", "examples", "count", _of("FT_TRAINING", "examples"), common="tuned"),
            OptionRow(
                "tokens_per_example",
                "Length of an example",
                "tokens per example",
                "tokens",
                _of("FT_TRAINING", "tokens_per_example"),
                common="tuned",
            ),
            OptionRow(
                "minutes_per_example",
                "Labour for an example",
                "minutes per example",
                "number",
                _of("FT_LABOR", "minutes_per_example"),
                common="tuned",
            ),
            OptionRow(
                "epochs", "Passes over the data", "epochs", "number", _of("FT_TRAINING", "epochs"), common="tuned"
            ),
            OptionRow("training_price", "Training", _PER_M, "price", _PRICE, "model", names={5: "ft_training_price"}),
            OptionRow(
                "validation_tokens",
                "Validation tokens billed",
                "tokens",
                "count",
                amount("Tokens", "tokens"),
                common="tuned",
            ),
            OptionRow(
                "training_minimum", "Smallest bill of a job", "USD", "money", amount("Bill", "USD"), common="tuned"
            ),
            OptionRow("gpu_hours", "GPU hours of a run", _HOURS, "number", amount("Hours", _HOURS), "own"),
            OptionRow("gpu_price", "A GPU hour", "USD per hour", "money", amount("Price", "USD per hour"), "own"),
            OptionRow("training_end", "Last day a job may start", "date", "date", date("Last day"), "model"),
        ),
    ),
    (
        "Retraining",
        (
            OptionRow(
                "retrains_per_year",
                "Retraining",
                "runs per year",
                "number",
                amount("Runs", "runs per year"),
                common="tuned",
            ),
            OptionRow("relabel_share", "Examples labelled anew", "share", "share", share("Share"), common="tuned"),
            OptionRow("evaluation_cost", "One evaluation", "USD", "money", amount("Evaluation", "USD"), "own", "tuned"),
        ),
    ),
    (
        "Quality",
        (
            OptionRow(
                "passes",
                "Test: answers that passed",
                "answers",
                "count",
                Quantity("Passes", "answers", low=0, whole=True),
                "answers",
            ),
            OptionRow(
                "trials",
                "Test: answers judged",
                "answers",
                "count",
                Quantity("Trials", "answers", low=0, whole=True),
                "answers",
            ),
            OptionRow(
                "pass_rate",
                "Pass rate, where no test is entered",
                "share",
                "share",
                _of("COST_PER_ACCEPTED", "pass_rate"),
                "answers",
                names={1: "pe_pass_rate", 3: "base_pass_rate", 5: "ft_pass_rate"},
                help="Blank: not known, taken to be as good as today.",
            ),
            OptionRow(
                "repair_cost", "Repair of a failure", "USD per failure", "money", amount("Repair", "USD"), common="all"
            ),
        ),
    ),
    (
        "Review",
        (
            OptionRow(
                "review_start_rate",
                "Reviewed at first",
                "share",
                "share",
                share("Reviewed at first"),
                names={5: "ft_review_start_rate"},
                help="Blank: as later.",
            ),
            OptionRow(
                "review_rate",
                "Reviewed later",
                "share",
                "share",
                share("Reviewed"),
                names={1: "pe_review_rate", 3: "base_review_rate", 5: "ft_review_steady_rate"},
            ),
            OptionRow(
                "review_ramp_months",
                "Months until then",
                "months",
                "months",
                amount("Months", "months"),
                names={5: "ft_review_ramp_months"},
            ),
            OptionRow(
                "cost_per_review", "One review", "USD per review", "money", amount("Review", "USD"), common="all"
            ),
        ),
    ),
    (
        "Price path",
        (
            OptionRow(
                "annual_decline",
                "Fall of its token prices",
                "per year",
                "share",
                _of("PRICE_AFTER", "annual_decline"),
                "model",
                names={1: "pe_annual_decline", 5: "ft_annual_decline"},
                help="Smooth. Prices of one named model usually stay flat and then step.",
            ),
            OptionRow("step_month", "Price cut from month", "month", "whole", _EVENT_MONTH, "model"),
            OptionRow("step_cut", "Size of the price cut", "share", "share", share("Size of the price cut"), "model"),
        ),
    ),
    (
        "Life",
        (
            OptionRow(
                "shutdown_date",
                "Vendor shuts it down on",
                "date",
                "date",
                date("Shutdown"),
                "model",
                names={1: "pe_shutdown_date", 3: "base_shutdown_date", 5: "ft_shutdown_date"},
                help="Blank: none announced.",
            ),
            OptionRow(
                "successor",
                "Then the work moves to option",
                "number",
                "whole",
                Quantity("Option", "number", low=1, high=COUNT, whole=True),
                "own",
                help="Blank: the newer model where it is open, else today.",
            ),
            OptionRow("context_window", "Context window", "tokens", "tokens", amount("Window", "tokens"), "model"),
        ),
    ),
    (
        "Where the prices are from",
        (
            OptionRow("price_source", "Where the prices are from", "", "label", text("Source"), "model", counted=False),
            OptionRow("price_day", "Read on", "", "label", text("Day"), "model", counted=False),
        ),
    ),
)

OPTION_ROWS: dict[str, OptionRow] = {row.key: row for _, rows in ROWS for row in rows}
OPTION_LABELS = (
    "Today",
    "Caching",
    "Newer model",
    "RAG",
    "Fine-tuned",
    "Hybrid",
    "Own weights",
    "RAG, newer model",
    "Spare 9",
    "Spare 10",
)
"""What an input's label calls each option; its name on Options may be another."""


def option_input(option: int, row: str) -> str:
    """The name of an option's input: its defined name, or OPTION.ROW."""
    return OPTION_ROWS[row].names.get(option, f"{option}.{row}")


def _inputs() -> dict[str, Input]:
    found = {item.name: item for _, items in GROUPS for item in items}
    for option in range(1, COUNT + 1):
        for row in OPTION_ROWS.values():
            name = option_input(option, row.key)
            label = f"{OPTION_LABELS[option - 1]}: {row.label[0].lower()}{row.label[1:]}"
            found[name] = Input(
                name,
                label,
                row.unit,
                row.style,
                row.quantity,
                row.help,
                row.optional,
                choices=row.choices,
                option=option,
            )
    return found


INPUTS: dict[str, Input] = _inputs()
REQUIRED = tuple(name for name, item in INPUTS.items() if item.required)
COMMON: dict[str, Input] = {item.name: item for _, items in GROUPS for item in items if item.scenario}
"""The common inputs that a scenario may override."""
_OPTION_ROW = re.compile(r"(10|[1-9])\.(\w+)\Z")


def canonical(name: str) -> str | None:
    """The name in `INPUTS` of what a person wrote, such as "5.input_price" for ft_input_price; None for no input."""
    name = name.strip().lower()
    match = _OPTION_ROW.match(name)
    if match and match[2] in OPTION_ROWS:
        return option_input(int(match[1]), match[2])
    return name if name in INPUTS else None
