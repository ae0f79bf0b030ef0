"""The consultant's report: one year of hospital letters, prompted or fine-tuned, with people in it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pycalc
from pycalc.constants import MONTHS_PER_YEAR
from pycalc.models import catalogue

LAST_DAY = "2026-10-22"
"""The last day both models were sold; the next day the vendor shut them down."""


@dataclass
class MedicalAIProject:
    """Two ways to write a year of patient letters: GPT-4 with its long prompt, or GPT-3.5 fine-tuned.

    Prices are USD per 1M tokens and come from the catalogue. Note and letter are 500 tokens each: an assumption,
    the task names no length.
    """

    letters_per_year: float = 1_000_000
    prompt_tokens: float = 2_000
    ft_prompt_tokens: float = 100
    note_tokens: float = 500
    letter_tokens: float = 500
    examples: float = 1_000
    epochs: float = 3
    minutes_per_example: float = 5
    hourly_wage: float = 50
    cost_per_review: float = 10
    review_rate: float = 0.05
    ft_review_start_rate: float = 0.10
    ft_review_steady_rate: float = 0.05
    ft_review_ramp_months: float = 3
    max_months: float = 6
    model: str = "gpt-4"
    ft_base: str = "gpt-3.5-turbo"
    newer_model: str = "gpt-6-luna"
    day: str = LAST_DAY

    @property
    def letters_per_month(self) -> float:
        return self.letters_per_year / MONTHS_PER_YEAR

    def _price(self, model: str, kind: str, day: str = "") -> float:
        return catalogue.price(model, kind, day or self.day).amount

    def _monthly(self, cost: Callable[..., float], model: str, prompt_tokens: float, day: str = "") -> float:
        prices = (self._price(model, kind, day) for kind in ("input", "output"))
        return cost(self.letters_per_month, prompt_tokens, self.note_tokens, self.letter_tokens, *prices)

    @property
    def pe_monthly(self) -> float:
        """API bill of a month with the long prompt [USD per month]."""
        return self._monthly(pycalc.pe_monthly, self.model, self.prompt_tokens)

    @property
    def ft_monthly(self) -> float:
        """API bill of a month fine-tuned [USD per month]."""
        return self._monthly(pycalc.ft_monthly, f"ft:{self.ft_base}", self.ft_prompt_tokens)

    @property
    def training(self) -> float:
        """Bill of the training job [USD]."""
        tokens = self.ft_prompt_tokens + self.note_tokens + self.letter_tokens
        return pycalc.ft_training(self.examples, tokens, self.epochs, self._price(self.ft_base, "training"))

    @property
    def labor(self) -> float:
        """De-identifying and checking the existing letters [USD]."""
        return pycalc.ft_labor(self.examples, self.minutes_per_example, self.hourly_wage)

    def pe_review(self) -> float:
        """Human review of a year with the long prompt [USD]."""
        return pycalc.review_cost(self.letters_per_month * MONTHS_PER_YEAR, self.review_rate, self.cost_per_review)

    def ft_review(self, months: float = MONTHS_PER_YEAR) -> float:
        """Human review while fine-tuning earns trust [USD]."""
        return pycalc.review_ramp(
            self.letters_per_month,
            months,
            self.ft_review_start_rate,
            self.ft_review_steady_rate,
            self.ft_review_ramp_months,
            self.cost_per_review,
        )

    @property
    def pe_year1(self) -> float:
        """Everything the long prompt costs in year 1 [USD]."""
        return self.pe_monthly * MONTHS_PER_YEAR + self.pe_review()

    @property
    def ft_year1(self) -> float:
        """Everything fine-tuning costs in year 1 [USD]."""
        return self.ft_monthly * MONTHS_PER_YEAR + self.training + self.labor + self.ft_review()

    @property
    def pe_year2(self) -> float:
        """Year 2 with the long prompt [USD]."""
        return self.pe_year1

    @property
    def ft_year2(self) -> float:
        """Year 2 fine-tuned: the ramp is over, nothing is trained again [USD]."""
        later = self.ft_review(2 * MONTHS_PER_YEAR) - self.ft_review()
        return self.ft_monthly * MONTHS_PER_YEAR + later

    @property
    def newer_year1(self) -> float:
        """Year 1 with the newer base model and the long prompt, reviewed as often as today [USD]."""
        monthly = self._monthly(pycalc.pe_monthly, self.newer_model, self.prompt_tokens, catalogue.as_of())
        return monthly * MONTHS_PER_YEAR + self.pe_review()

    @property
    def winner(self) -> str:
        """ "PE" or "FT", the cheaper of the two in year 1; a tie counts for prompt engineering."""
        return "FT" if self.ft_year1 < self.pe_year1 else "PE"

    def recommendation(self) -> str:
        """What to do, in a few sentences."""
        gap = abs(self.pe_year1 - self.ft_year1)
        verdict = f"Fine-tune: year 1 is {gap:,.2f} USD cheaper, review included."
        if self.winner == "PE":
            breakeven = pycalc.ft_breakeven(self.training + self.labor, self.pe_monthly, self.ft_monthly)
            verdict = (
                f"Do not fine-tune for year 1. Tokens alone would pay it back in {breakeven:.1f} months, but the extra "
                f"review of the first months costs more than the tokens save: it ends {gap:,.2f} USD dearer."
            )
        later = self.pe_year2 - self.ft_year2
        then = "Nor does year 2 pay."
        if later > 0:
            then = f"From year 2 on fine-tuning would save {later:,.2f} USD a year."
        shutdown = catalogue.shutdown(f"ft:{self.ft_base}")
        ended = f"But fine-tuned {self.ft_base} was shut down on {shutdown}, and {self.model} with it:"
        also = ended if shutdown and shutdown <= catalogue.as_of() else "Compare also:"
        return (
            f"{verdict} {then} {also} the full prompt on {self.newer_model} comes to {self.newer_year1:,.2f} USD in "
            f"year 1 if it is reviewed as often as {self.model}. Test that, and settle the contract on health data, "
            "before anything else."
        )

    def report(self) -> str:
        """The report as plain text."""
        rows = (
            ("API calls", self.pe_monthly * MONTHS_PER_YEAR, self.ft_monthly * MONTHS_PER_YEAR),
            ("Training", 0.0, self.training),
            ("Preparing the letters", 0.0, self.labor),
            ("Human review", self.pe_review(), self.ft_review()),
            ("YEAR 1", self.pe_year1, self.ft_year1),
            ("Year 2 outlook", self.pe_year2, self.ft_year2),
        )
        wide = 78
        costs = [f"{label:24}{prompt:18,.2f}{tuned:18,.2f}{tuned - prompt:18,.2f}" for label, prompt, tuned in rows]
        tuned = f"ft:{self.ft_base}"
        return (
            (Path(__file__).parent / "data" / "hospital.txt")
            .read_text(encoding="utf-8")
            .format(
                case=self,
                double="=" * wide,
                single="-" * wide,
                input=self._price(self.model, "input"),
                output=self._price(self.model, "output"),
                ft_input=self._price(tuned, "input"),
                ft_output=self._price(tuned, "output"),
                training=self._price(self.ft_base, "training"),
                costs="\n".join(costs).replace("YEAR 1", f"{'-' * wide}\nYEAR 1"),
                recommendation=textwrap.fill(self.recommendation(), wide),
            )
        )
