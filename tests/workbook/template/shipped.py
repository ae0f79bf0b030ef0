"""What the tests of the template share: each case laid out, calculated and written once, and ways to ask it."""

from __future__ import annotations

import io
from functools import cache, lru_cache

import openpyxl
from xlsxwriter.utility import xl_rowcol_to_cell

from tests import sharing
from workbook.template import CASES, Book, make
from workbook.template.build import Live, calculated
from workbook.template.grid import Place
from workbook.template.sheets.options import place_of
from workbook.template.stored import kept


def _words(text: str) -> list[str]:
    return text.split()


NAMES = tuple(CASES)
FRESH = "techwiz"
MODEL = ("Inputs", "Options", "Scenarios", "Costs", "Cash flow", "Breakeven", "Quality", "Summary")
"""The sheets that the results of the scenario in force rest on."""
INPUT_NAMES = _words("""
queries query_tokens response_tokens pe_prompt_tokens pe_input_price pe_output_price pe_cached_price
cache_hit_rate ft_prompt_tokens ft_input_price ft_output_price ft_training_price ft_hosting_monthly
examples tokens_per_example epochs minutes_per_example hourly_wage retrieval_price context_tokens
max_months annual_rate months monthly_growth use_case facts_change items_per_month start_date
ft_shutdown_date pe_shutdown_date base_shutdown_date cache_min_tokens ft_cached_price
base_input_price base_output_price storage_monthly retrains_per_year relabel_share evaluation_cost
training_minimum validation_tokens pe_annual_decline ft_annual_decline cost_per_review
pe_review_rate base_review_rate ft_review_start_rate ft_review_steady_rate ft_review_ramp_months
pe_pass_rate base_pass_rate ft_pass_rate min_pass_rate repair_cost own_hourly_price own_replicas
own_tokens_per_second setup_hours upkeep_hours batch_share title currency usd_rate scenario
""")
OUTPUT_NAMES = _words("""
out_pe_monthly out_ft_monthly out_rag_monthly out_hybrid_monthly out_own_monthly out_training
out_labor out_upfront out_saving_monthly out_breakeven_months out_decision out_suitability
out_breakeven_queries out_breakeven_price out_npv out_irr out_payback out_pe_year1 out_ft_year1
out_year1_winner out_best_option out_best_monthly out_recommendation out_rec_saving_monthly
out_rec_upfront out_rec_breakeven_months out_rec_npv out_rec_irr out_rec_payback out_rec_year1
out_runner_up out_gaps out_questions out_checks
""")
"""The contract's names."""


@cache
def book(case: str) -> Book:
    return make(CASES[case])


@cache
def values(case: str) -> dict:
    """The value of every formula by the embedded engine, as it is kept: of `FRESH` it is calculated once more, and has
    to be the same."""
    return kept(book(case), case) or calculated(book(case))


def contents(case: str) -> bytes:
    """The file `breakeven new` writes."""
    return sharing.template(case).read_bytes()


@lru_cache(maxsize=1)
def opened(case: str) -> openpyxl.Workbook:
    """The same as openpyxl reads it; who asks for every case asks all he wants of one before the next."""
    return openpyxl.load_workbook(io.BytesIO(contents(case)))


def is_formula(cell) -> bool:
    return isinstance(cell.content, str) and cell.content.startswith("=")


def address(place: Place) -> tuple[str, str]:
    return place.sheet, xl_rowcol_to_cell(place.row, place.column)


def place(case: str, name: str) -> Place:
    """The cell of a name, or of an input without one."""
    known = book(case).names
    return known[name] if name in known else place_of(book(case), name)


def output(case: str, name: str):
    value = values(case)[address(place(case, name))]
    return getattr(value, "code", value)


class Asked:
    """A case in the engine, its model alone: put inputs, read names and rows of options."""

    def __init__(self, case: str, sheets: tuple[str, ...] = MODEL) -> None:
        self.case = case
        self.live = Live(book(case), sheets)
        self.shipped = {name: item.value for name, item in CASES[case].values().items()}
        self.now = dict(self.shipped)

    def put(self, **changes) -> Asked:
        """The case as shipped, but for these inputs; an underscore after a digit is the point of OPTION.ROW."""
        wanted = dict(self.shipped)
        for name, value in changes.items():
            wanted[name.replace("o_", "", 1).replace("__", ".") if name.startswith("o_") else name] = value
        moved = {name for name in {*wanted, *self.now} if wanted.get(name) != self.now.get(name)}
        self.live.put({place(self.case, name): wanted.get(name) for name in moved})
        self.now = wanted
        return self

    def __getitem__(self, name: str):
        found = self.live.value(place(self.case, name))
        return getattr(found, "code", found)

    def key(self, key: str):
        """A figure, or one cell of a row as KEY.OPTION."""
        found = self.live.value(book(self.case).find(key, ("live",)))
        return getattr(found, "code", found)

    def row(self, key: str) -> list:
        return [self.key(f"{key}.{option}") for option in range(1, 11)]


@lru_cache(maxsize=1)
def asked(case: str) -> Asked:
    """The model of a case; nearly all ask the same one, and each takes 70 MB."""
    return Asked(case)


@cache
def asked_whole(case: str) -> Asked:
    """All sheets of a case but those that no answer rests on: Functions, what is signed, its scenarios' tabs."""
    without = {"Functions", "Approval", "Log", *(column.tab for column in CASES[case].columns)}
    return Asked(case, tuple(sheet.name for sheet in book(case).sheets if sheet.name not in without))
