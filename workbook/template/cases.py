"""The four cases: what each input holds, where it was read, and the scenarios that ship with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pycalc.models import catalogue

COURSE = "Fine-Tuning: When & Why, course calculator"
CHALLENGE = "Fine-Tuning: When & Why, the consultant's report"
FORUM = "OpenAI community, Finetuning for shortening prompts"
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


@dataclass(frozen=True)
class Price:
    """A price of the catalogue, as it held on a day."""

    model: str
    kind: str
    day: str
    note: str = ""

    def given(self) -> Given:
        row = catalogue.price(self.model, self.kind, self.day)
        return Given(row.amount, row.source.split(";")[0], self.day, self.note, "Vendor price list")


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
    currency: str = "USD"

    def values(self) -> dict[str, Given]:
        return {name: item.given() if isinstance(item, Price) else item for name, item in self.given.items()}

    @property
    def columns(self) -> tuple[Scenario, ...]:
        """Every scenario column: the base, the shipped ones, the spare ones."""
        spare = tuple(Scenario("", "") for _ in range(SPARE))
        return (Scenario("Base", "Base"), *self.scenarios, *spare)


def _day(iso: str) -> float:
    return catalogue.serial(iso)


_BEFORE_SHUTDOWN = "2026-10-22"
_LAST_PRICE = "Last price before the vendor shut the model down on 2026-10-23"

_RULE: dict[str, Given | Price] = {
    "max_months": Given(6, COURSE, note="The course decides at six months"),
    "start_date": Given(_day(READ_ON), ASSUMED, note="The catalogue's date"),
    "months": Given(12, ASSUMED, note="One budget year"),
    "annual_rate": Given(0.1, ASSUMED, note="Put your cost of capital"),
    "monthly_growth": Given(0, ASSUMED, note="Flat, as in the course"),
}
_GPT4: dict[str, Given | Price] = {
    "pe_model": Given("GPT-4", COURSE, note="Shut down on 2026-10-23 too"),
    "pe_input_price": Price("gpt-4", "input", _BEFORE_SHUTDOWN, "0.03 per 1K tokens in the course"),
    "pe_output_price": Price("gpt-4", "output", _BEFORE_SHUTDOWN, "0.06 per 1K tokens in the course"),
}
_NEWER: dict[str, Given | Price] = {
    "base_model": Given(
        "gpt-6-luna", "OpenAI, API pricing", note="Test its quality on your own examples before you switch"
    ),
    "base_input_price": Price("gpt-6-luna", "input", READ_ON),
    "base_output_price": Price("gpt-6-luna", "output", READ_ON),
}
_GPT35_TUNED: dict[str, Given | Price] = {
    "ft_model": Given("ft:gpt-3.5-turbo", COURSE),
    "ft_input_price": Price("ft:gpt-3.5-turbo", "input", _BEFORE_SHUTDOWN, _LAST_PRICE),
    "ft_output_price": Price("ft:gpt-3.5-turbo", "output", _BEFORE_SHUTDOWN, _LAST_PRICE),
    "ft_training_price": Price("gpt-3.5-turbo", "training", _BEFORE_SHUTDOWN, _LAST_PRICE),
    "ft_shutdown_date": Given(_day("2026-10-23"), "OpenAI, Deprecations", note="Fine-tuned GPT-3.5 no longer answers"),
}
_CACHE: dict[str, Given | Price] = {
    "cache_hit_rate": Given(0, ASSUMED, note="The prompted model has no cached price"),
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
    "items_per_month": Given(10_000, COURSE, note="Every call; no review is assumed below"),
    "cost_per_review": Given(0, ASSUMED, note="The course reviews nothing here; enter your own"),
    "pe_review_rate": Given(0),
    "ft_review_start_rate": Given(0),
    "ft_review_steady_rate": Given(0),
    "ft_review_ramp_months": Given(0),
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
        "Fine-tuned GPT-3.5 and GPT-4 itself were shut down on 2026-10-23, before the start date: fine-tuning on these "
        "terms can no longer be bought. The course's arithmetic is kept; the shutdown test and the headline say so.",
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
        "query_tokens": Given(
            500, ASSUMED, note="Length of a doctor's note; the challenge gives none", owner="Hospital"
        ),
        "response_tokens": Given(500, ASSUMED, note="Length of a letter; the challenge gives none", owner="Hospital"),
        "pe_prompt_tokens": Given(2000, CHALLENGE, owner="Engineering"),
        **_GPT4,
        **_CACHE,
        **_NEWER,
        **_GPT35_TUNED,
        "ft_prompt_tokens": Given(100, CHALLENGE, owner="Engineering"),
        "examples": Given(1000, CHALLENGE, note="Existing letters", owner="Hospital"),
        "tokens_per_example": Given(
            1100, ASSUMED, note="Prompt of 100, note of 500, letter of 500", owner="Engineering"
        ),
        "epochs": Given(3, COURSE, owner="Engineering"),
        "minutes_per_example": Given(5, COURSE, note="The letters exist; de-identifying and checking them takes time"),
        "hourly_wage": Given(50, COURSE),
        "context_tokens": Given(0, CHALLENGE, note="No retrieval in the proposal: RAG equals prompt engineering"),
        "retrieval_price": Given(0, CHALLENGE),
        "items_per_month": Given(1_000_000 / 12, CHALLENGE, note="Every letter", owner="Hospital"),
        "cost_per_review": Given(10, CHALLENGE, owner="Hospital"),
        "pe_review_rate": Given(0.05, CHALLENGE, owner="Hospital"),
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
        "challenge asks.",
        "The newer base model is reviewed as often as GPT-4. If it makes more mistakes, review eats the saving first.",
    ),
)

SAMECLASS = Case(
    "sameclass",
    "Same model, own fine-tune",
    "GPT-3.5 against its own fine-tune at the prices of August 2023: does a shorter prompt alone pay?",
    {
        **_RULE,
        **_COURSE_VOLUME,
        "start_date": Given(_day("2023-09-01"), ASSUMED, note="While these prices held (2023-08-22 to 2023-11-06)"),
        "pe_model": Given("gpt-3.5-turbo", FORUM),
        "pe_input_price": Price("gpt-3.5-turbo", "input", "2023-09-01"),
        "pe_output_price": Price("gpt-3.5-turbo", "output", "2023-09-01"),
        **_CACHE,
        "ft_model": Given("ft:gpt-3.5-turbo", FORUM),
        "ft_input_price": Price("ft:gpt-3.5-turbo", "input", "2023-09-01"),
        "ft_output_price": Price("ft:gpt-3.5-turbo", "output", "2023-09-01"),
        "ft_training_price": Price("gpt-3.5-turbo", "training", "2023-09-01"),
        "context_tokens": Given(0, ASSUMED),
        "retrieval_price": Given(0.002, COURSE),
        **_NO_REVIEW,
        "use_case": Given("format", ASSUMED, owner="Product"),
        "facts_change": Given(False, ASSUMED, owner="Product"),
    },
    assumptions=(
        "Prices per 1M tokens as the forum listed them in August 2023; eight times the base price for a "
        "fine-tuned token.",
        "Volume and lengths are the course calculator's, so that the two cases compare.",
        "In September 2023 no shutdown was announced and no newer base model was cheaper: both are blank.",
    ),
)

BLANK = Case(
    "blank",
    "Your own case",
    "Nothing is filled in but the rule of the method. Enter the blue cells on Inputs; Summary says what is missing.",
    {"max_months": Given(6, COURSE, note="The course decides at six months; set your own")},
)

CASES = {case.name: case for case in (TECHWIZ, HOSPITAL, SAMECLASS, BLANK)}
