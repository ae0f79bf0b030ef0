"""The five cases: what each input holds, where it was read, and the scenarios that ship with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pycalc.models import catalogue
from workbook.template.inputs import option_input

COURSE = "Fine-Tuning: When & Why, course calculator"
CHALLENGE = "Fine-Tuning: When & Why, the consultant's report"
FORUM = "OpenAI community, Finetuning for shortening prompts"
DEPRECATIONS = "OpenAI, Deprecations (developers.openai.com/api/docs/deprecations)"
ASSUMED = "Assumption"
READ_ON = "2026-11-20"
SPARE = 5
"""Scenario columns that ship empty."""


@dataclass(frozen=True)
class Given:
    """The value of an input with its source, the date of that source, and a note."""

    value: object
    source: str = ASSUMED
    date: str = READ_ON
    note: str = ""
    owner: str = ""

    @property
    def note_it(self) -> bool:
        """It is worth a note on its cell."""
        return bool(self.source)


@dataclass(frozen=True)
class Price:
    """A price of the catalogue, as it held on a day."""

    model: str
    kind: str
    day: str
    note: str = ""
    rate: float = 1.0
    """What a dollar costs in the case's currency."""

    def given(self) -> Given:
        row = catalogue.price(self.model, self.kind, self.day)
        note = f"as it held on {self.day}" + (f"; {self.note}" if self.note else "")
        return Given(row.amount * self.rate, row.source.split(";")[0], row.read_on, note, "Vendor price list")


@dataclass(frozen=True)
class Scenario:
    """A column of overrides: input name to value."""

    name: str
    tab: str
    overrides: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One shipped workbook."""

    name: str
    title: str
    about: str
    given: dict[str, Given | Price]
    scenarios: tuple[Scenario, ...] = ()
    assumptions: tuple[str, ...] = ()

    def values(self) -> dict[str, Given]:
        """Every filled input: the shape of the options, then what the case says."""
        shaped = {option_input(option, key): Given(value, "") for (option, key), value in SHAPE.items()}
        own = {name: item.given() if isinstance(item, Price) else item for name, item in self.given.items()}
        return shaped | {"title": Given(self.title, ""), "currency": Given("USD", "")} | own

    @property
    def columns(self) -> tuple[Scenario, ...]:
        """Every scenario column: the base, the shipped ones, the spare ones."""
        first = len(self.scenarios) + 2
        spare = tuple(Scenario("", f"Scenario {first + number}") for number in range(SPARE))
        return (Scenario("Base", "Base"), *self.scenarios, *spare)

    def filled(self, title: str, given: dict[str, Given | Price]) -> Case:
        """The case with further inputs and a title of its own."""
        return replace(self, title=title or self.title, given={**self.given, **given})


_NAMED = (
    ("Prompt engineering (today)", "KEEP"),
    ("Prompt engineering with caching", "TURN ON CACHING: keep"),
    ("Newer base model", "SWITCH MODEL: run it on"),
    ("RAG", "USE RAG: keep"),
    ("Fine-tuning", "FINE-TUNE: train"),
    ("Hybrid: fine-tuned with RAG", "FINE-TUNE AND USE RAG: train"),
    ("Own weights on rented GPUs", "RUN YOUR OWN WEIGHTS:"),
    ("RAG on the newer model", "SWITCH MODEL AND USE RAG: run it on"),
    ("Spare option 9", "CHOOSE"),
    ("Spare option 10", "CHOOSE"),
)
SHAPE: dict[tuple[int, str], object] = {
    **{(option, "name"): name for option, (name, _) in enumerate(_NAMED, 1)},
    **{(option, "action"): action for option, (_, action) in enumerate(_NAMED, 1)},
    **{(option, "kind"): kind for option, kind in ((1, "prompted"), (5, "fine-tuned"), (7, "own weights"))},
    **{(option, "based_on"): base for option, base in ((2, 1), (3, 1), (4, 1), (6, 5), (7, 5), (8, 3))},
    **{(option, "caching"): "yes" for option in (2, 5)},
    **{(option, "retrieval"): "yes" for option in (4, 6, 8)},
}
"""What makes the ten columns what they are, in every case."""


def _day(iso: str) -> float:
    return catalogue.serial(iso)


_BEFORE_SHUTDOWN = "2026-10-22"
_LAST_PRICE = "last price before the vendor shut the model down on 2026-10-23"

_RULE: dict[str, Given | Price] = {
    "max_months": Given(6, COURSE, note="The course decides at six months"),
    "start_date": Given(_day(READ_ON), note="The catalogue's date"),
    "months": Given(12, note="One budget year"),
    "annual_rate": Given(0.1, note="Put your cost of capital"),
    "monthly_growth": Given(0, note="Flat, as in the course"),
}
_SHUT = Given(_day("2026-10-23"), DEPRECATIONS, note="No longer answers")
_GPT4: dict[str, Given | Price] = {
    "pe_model": Given("GPT-4", COURSE, note="Shut down on 2026-10-23"),
    "pe_input_price": Price("gpt-4", "input", _BEFORE_SHUTDOWN, "0.03 per 1K tokens in the course"),
    "pe_output_price": Price("gpt-4", "output", _BEFORE_SHUTDOWN, "0.06 per 1K tokens in the course"),
    "pe_shutdown_date": _SHUT,
    "1.context_window": Given(8192, "OpenAI, GPT-4 model page"),
}
_NEWER: dict[str, Given | Price] = {
    "base_model": Given(
        "gpt-6-luna", "OpenAI, API pricing", note="Test its quality on your own examples before you switch"
    ),
    "base_input_price": Price("gpt-6-luna", "input", READ_ON),
    "base_output_price": Price("gpt-6-luna", "output", READ_ON),
    "3.context_window": Given(1_050_000, "models.dev"),
}
_GPT35_TUNED: dict[str, Given | Price] = {
    "ft_model": Given("ft:gpt-3.5-turbo", COURSE),
    "ft_input_price": Price("ft:gpt-3.5-turbo", "input", _BEFORE_SHUTDOWN, _LAST_PRICE),
    "ft_output_price": Price("ft:gpt-3.5-turbo", "output", _BEFORE_SHUTDOWN, _LAST_PRICE),
    "ft_training_price": Price("gpt-3.5-turbo", "training", _BEFORE_SHUTDOWN, _LAST_PRICE),
    "ft_shutdown_date": _SHUT,
}
_CACHE: dict[str, Given | Price] = {
    "cache_hit_rate": Given(0, note="GPT-4 has no price for cached input"),
    "cache_min_tokens": Given(1024, "OpenAI cookbook, Prompt Caching 201"),
}
_COURSE_VOLUME: dict[str, Given | Price] = {
    "queries": Given(10_000, COURSE, owner="Product"),
    "query_tokens": Given(50, COURSE, owner="Product"),
    "response_tokens": Given(100, COURSE, owner="Product"),
    "pe_prompt_tokens": Given(800, COURSE, owner="Engineering"),
    "ft_prompt_tokens": Given(50, COURSE, owner="Engineering"),
    "examples": Given(500, COURSE, owner="Engineering"),
    "tokens_per_example": Given(1000, COURSE, owner="Engineering"),
    "epochs": Given(3, COURSE, owner="Engineering"),
    "minutes_per_example": Given(5, COURSE, note="The course's first extension: data takes people"),
    "hourly_wage": Given(50, COURSE, note="The course's first extension"),
}
_NO_REVIEW: dict[str, Given | Price] = {
    "items_per_month": Given(10_000, COURSE, note="Every call; no review is assumed"),
    "cost_per_review": Given(0, note="The course reviews nothing here; enter your own"),
    "pe_review_rate": Given(0, note="No review assumed"),
    "ft_review_start_rate": Given(0, note="No review assumed"),
    "ft_review_steady_rate": Given(0, note="No review assumed"),
    "ft_review_ramp_months": Given(0, note="No review assumed"),
}

TECHWIZ = Case(
    "techwiz",
    "TechWiz support bot",
    "A support bot in a fixed tone and JSON format: GPT-4 with an 800-token prompt, or GPT-3.5 fine-tuned to 50.",
    {
        **_RULE,
        **_COURSE_VOLUME,
        **_GPT4,
        **_CACHE,
        **_NEWER,
        **_GPT35_TUNED,
        "context_tokens": Given(0, COURSE, note="The course adds no retrieved text"),
        "retrieval_price": Given(0.002, COURSE, note="The course's second extension: a vector database"),
        **_NO_REVIEW,
        "use_case": Given("format", COURSE, owner="Product"),
        "facts_change": Given(False, COURSE, owner="Product"),
    },
    scenarios=(
        Scenario("GPT-4 at 0.03 per 1K", "Price 0.03 per 1K", {"pe_input_price": 30}),
        Scenario("GPT-4 at 0.015 per 1K", "Price 0.015 per 1K", {"pe_input_price": 15}),
        Scenario("GPT-4 at 0.005 per 1K", "Price 0.005 per 1K", {"pe_input_price": 5}),
    ),
    assumptions=(
        "Volume, tokens, prices and labour are the course calculator's; its prices per 1K tokens stand here per 1M.",
        "Fine-tuned GPT-3.5 and GPT-4 were shut down on 2026-10-23, before the start date: neither is open. Their "
        "costs are shown as they were; savings are against what GPT-4 cost.",
        "The price drops cut the input price alone, as the course's third extension does; the output price stays.",
        "The newer base model is taken to answer as well with the full prompt. Test that before you switch.",
    ),
)

HOSPITAL = Case(
    "hospital",
    "Hospital letters",
    "One million patient letters a year from doctors' notes: GPT-4 with a 2,000-token prompt, or GPT-3.5 fine-tuned.",
    {
        **_RULE,
        "queries": Given(1_000_000 / 12, CHALLENGE, note="1,000,000 letters a year, spread evenly", owner="Hospital"),
        "query_tokens": Given(500, note="Length of a doctor's note; the challenge gives none", owner="Hospital"),
        "response_tokens": Given(500, note="Length of a letter; the challenge gives none", owner="Hospital"),
        "pe_prompt_tokens": Given(2000, CHALLENGE, owner="Engineering"),
        **_GPT4,
        **_CACHE,
        **_NEWER,
        **_GPT35_TUNED,
        "ft_prompt_tokens": Given(100, CHALLENGE, owner="Engineering"),
        "examples": Given(1000, CHALLENGE, note="Existing letters", owner="Hospital"),
        "tokens_per_example": Given(1100, note="Prompt of 100, note of 500, letter of 500", owner="Engineering"),
        "epochs": Given(3, COURSE, owner="Engineering"),
        "minutes_per_example": Given(5, COURSE, note="The letters exist; de-identifying and checking them takes time"),
        "hourly_wage": Given(50, COURSE),
        "items_per_month": Given(1_000_000 / 12, CHALLENGE, note="Every letter", owner="Hospital"),
        "cost_per_review": Given(10, CHALLENGE, owner="Hospital"),
        "pe_review_rate": Given(0.05, CHALLENGE, owner="Hospital"),
        "base_review_rate": Given(0.05, note="As GPT-4; measure it before you switch", owner="Hospital"),
        "ft_review_start_rate": Given(0.1, CHALLENGE, owner="Hospital"),
        "ft_review_steady_rate": Given(0.05, CHALLENGE, owner="Hospital"),
        "ft_review_ramp_months": Given(3, CHALLENGE, owner="Hospital"),
        "use_case": Given("style", CHALLENGE, note="Empathetic tone and a strict legal template", owner="Hospital"),
        "facts_change": Given(False, CHALLENGE, owner="Hospital"),
    },
    assumptions=(
        "Note and letter are 500 tokens each: an assumption, the challenge names no length.",
        "The 1,000 letters exist, but somebody has to de-identify and check them: 5 minutes each.",
        "Patient data is a gate of its own: a contract with the vendor on health data comes before any of this.",
        "Fine-tuned GPT-3.5 and GPT-4 were shut down on 2026-10-23; their last prices stand here, as the "
        "challenge asks, and their costs are shown as they were.",
        "The newer base model is reviewed as often as GPT-4. If it makes more mistakes, review eats the saving first.",
        "No retrieval in the proposal: RAG and hybrid are not entered.",
    ),
)

SAMECLASS = Case(
    "sameclass",
    "Same model, own fine-tune",
    "GPT-3.5 against its own fine-tune at the prices of August 2023: does a shorter prompt alone pay?",
    {
        **_RULE,
        **_COURSE_VOLUME,
        "start_date": Given(_day("2023-09-01"), note="While these prices held (2023-08-22 to 2023-11-06)"),
        "pe_model": Given("gpt-3.5-turbo", FORUM),
        "pe_input_price": Price("gpt-3.5-turbo", "input", "2023-09-01"),
        "pe_output_price": Price("gpt-3.5-turbo", "output", "2023-09-01"),
        **_CACHE,
        "ft_model": Given("ft:gpt-3.5-turbo", FORUM),
        "ft_input_price": Price("ft:gpt-3.5-turbo", "input", "2023-09-01"),
        "ft_output_price": Price("ft:gpt-3.5-turbo", "output", "2023-09-01"),
        "ft_training_price": Price("gpt-3.5-turbo", "training", "2023-09-01"),
        **_NO_REVIEW,
        "use_case": Given("format", owner="Product"),
        "facts_change": Given(False, owner="Product"),
    },
    assumptions=(
        "Prices per 1M tokens as the forum listed them in August 2023; eight times the base price for a "
        "fine-tuned token.",
        "Volume and lengths are the course calculator's, so that the two cases compare.",
        "In September 2023 no shutdown was announced and no newer base model was cheaper: both are blank.",
    ),
)

_TINKER = "tinker Qwen3-8B"
_GPU = "RunPod pricing, H100 SXM on demand (data-receipts, 109-gpu-pricing)"
_MEASURED = "vLLM, Llama 3.1 8B at 16 bits on one H100, 50 requests a second (published benchmark)"
CAPACITY = Case(
    "capacity",
    "Open weights: who should serve them?",
    "An 8B open-weights model fine-tuned for three million short calls a month, served by the token, by the hour, on "
    "provisioned units or on GPUs of one's own.",
    {
        **_RULE,
        "queries": Given(3_000_000, note="Enter your own volume", owner="Product"),
        "query_tokens": Given(200, owner="Product"),
        "response_tokens": Given(150, owner="Product"),
        "pe_model": Given("gpt-5-mini", "OpenAI, API pricing"),
        "pe_input_price": Price("gpt-5-mini", "input", READ_ON),
        "pe_output_price": Price("gpt-5-mini", "output", READ_ON),
        "pe_cached_price": Price("gpt-5-mini", "cached_input", READ_ON),
        "pe_prompt_tokens": Given(1500, owner="Engineering"),
        "cache_hit_rate": Given(0.8, note="Measure it on your own traffic", owner="Engineering"),
        "cache_min_tokens": Given(1024, "OpenAI cookbook, Prompt Caching 201"),
        **_NEWER,
        "ft_model": Given("Qwen3-8B, fine-tuned", "Thinking Machines, Tinker"),
        "ft_prompt_tokens": Given(100, owner="Engineering"),
        "ft_input_price": Price(_TINKER, "prefill", READ_ON),
        "ft_output_price": Price(_TINKER, "sample", READ_ON),
        "ft_training_price": Price(_TINKER, "training", READ_ON),
        "examples": Given(2000, owner="Engineering"),
        "tokens_per_example": Given(450, owner="Engineering"),
        "epochs": Given(3, COURSE, owner="Engineering"),
        "minutes_per_example": Given(5, COURSE),
        "hourly_wage": Given(50, COURSE),
        "7.model": Given("Qwen3-8B on own GPUs", ""),
        "own_hourly_price": Given(2.69, _GPU, "2026-11-09"),
        "own_tokens_per_second": Given(6124, _MEASURED, READ_ON, "output tokens; taken for input and output together"),
        "7.peak_factor": Given(4, note="Busiest hour against the mean", owner="Engineering"),
        "7.utilization": Given(0.5, note="Headroom for latency", owner="Engineering"),
        "7.upkeep_hours": Given(20, note="On call and updates", owner="Engineering"),
        "7.gpu_hours": Given(4, note="One run", owner="Engineering"),
        "7.gpu_price": Given(2.69, _GPU, "2026-11-09"),
        "9.name": Given("Dedicated deployment by the hour", ""),
        "9.action": Given("RENT A DEPLOYMENT:", ""),
        "9.kind": Given("fine-tuned", ""),
        "9.based_on": Given(5, ""),
        "9.model": Given("Qwen3-8B, dedicated", ""),
        "9.hourly_price": Given(8, "Fireworks, on-demand deployments, H100 (fireworks.ai/pricing)", "2026-10-07"),
        "9.replicas": Given(1, note="One H100 carries this load", owner="Engineering"),
        "9.training_price": Given(0.5, "Fireworks, LoRA up to 16B (fireworks.ai/pricing)", "2026-10-07"),
        "10.name": Given("Provisioned units", ""),
        "10.action": Given("BUY PROVISIONED UNITS:", ""),
        "10.kind": Given("fine-tuned", ""),
        "10.based_on": Given(5, ""),
        "10.model": Given("gpt-4.1-mini, fine-tuned, provisioned", ""),
        "10.hourly_price": Given(1, "Azure retail prices, provisioned throughput unit, global", "2026-11-20"),
        "10.units": Given(15, "Azure, provisioned throughput sizing: global minimum", "2026-05-21"),
        "10.training_price": Given(5, "OpenAI, API pricing, gpt-4.1-mini"),
        "use_case": Given("format", owner="Product"),
        "facts_change": Given(False, owner="Product"),
    },
    assumptions=(
        "Volume, lengths and hours of work are assumptions: enter your own before you decide.",
        "Options 5, 7, 9 and 10 are trained on the same examples; what differs is who serves them and how it is paid.",
        "The throughput of a GPU is a published benchmark of another 8B model. Measure yours; with long prompts it falls.",
        "A replica runs all month, used or not. As many are counted as the busiest hour needs.",
    ),
)

BLANK = Case(
    "blank",
    "Your own case",
    "Nothing is filled in but the rule of the method. Summary says what to enter.",
    {"max_months": Given(6, COURSE, note="The course decides at six months; set your own")},
)

CASES = {case.name: case for case in (TECHWIZ, HOSPITAL, SAMECLASS, CAPACITY, BLANK)}
