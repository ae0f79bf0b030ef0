"""What the workbook answers: against an independent model on random inputs, and the cases that must come out right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from pycalc import pass_rate_high, pass_rate_low
from tests.workbook.template import randomcases, reference, shipped
from workbook.template import CASES, make
from workbook.template.build import Live
from workbook.template.cases import Scenario
from workbook.template.grid import Place

SEEDS = range(28)
AT_ONCE = 4
DAY = 46346.0
"""2026-11-20."""


def near(one: object, other: object) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int) and not isinstance(one, bool):
        return abs(one - other) <= 1e-9 * max(1, abs(one), abs(other))
    return one == other


def at_random() -> Iterator[tuple[int, dict, Callable[[str], object]]]:
    """Sets of random inputs by their seed, and what the tab of a scenario says that holds one: a few at a time, in one
    workbook."""
    tabs = [f"Set {number}" for number in range(AT_ONCE)]
    book = make(replace(CASES["blank"], given={}, scenarios=tuple(Scenario(tab, tab) for tab in tabs)))
    live = Live(book, {"Inputs", "Options", "Scenarios", *tabs})
    base = book.find("override.top", ())
    sheet = next(sheet for sheet in book.sheets if sheet.name == base.sheet)
    rows = {cell.content: row for (row, column), cell in sheet.cells.items() if column == 2}
    sets = {seed: randomcases.inputs(seed) for seed in SEEDS}
    names = {name for given in sets.values() for name in given}

    def read(number: int, key: str) -> object:
        value = live.value(book.find(key, (f"tab{number}",)))
        return getattr(value, "code", value)

    for first in SEEDS[::AT_ONCE]:
        held = dict(enumerate(SEEDS[first : first + AT_ONCE], 2))
        live.put(
            {
                Place(sheet.name, rows[name], base.column + number - 1): sets[seed].get(name)
                for number, seed in held.items()
                for name in names
            }
        )
        for number, seed in held.items():
            yield seed, sets[seed], partial(read, number)


def test_every_option_equals_the_independent_model() -> None:
    wrong = []
    compared = 0
    for seed, given, read in at_random():
        expected = reference.answer(given)
        for option in expected["options"].values():
            k = option.number
            if not str(read(f"state.{k}")).startswith(option.state):
                wrong.append((seed, k, read(f"state.{k}"), option.state))
            if option.lacks:
                continue
            known = option.row | {"running": option.running}
            for key in ("running", "upfront", "year1", "years3", "present", "npv"):
                compared += 1
                if not near(read(f"{key}.{k}"), known[key]):
                    wrong.append((seed, k, key, read(f"{key}.{k}"), known[key]))
        if read("gap_count") == 0 and (read("best"), read("runner")) != (expected["best"], expected.get("runner", 0)):
            wrong.append((seed, "best", read("best"), expected["best"]))
    assert compared > 700
    assert not wrong, wrong[:5]


@pytest.mark.parametrize(
    ("case", "name", "expected"),
    [
        ("techwiz", "out_pe_monthly", 10_000 * (850 * 30 + 100 * 60) / 1e6),
        ("techwiz", "out_ft_monthly", 9),
        ("techwiz", "out_hybrid_monthly", 29),
        ("techwiz", "out_training", 12),
        ("techwiz", "out_labor", 500 * 5 / 60 * 50),
        ("techwiz", "out_breakeven_months", 2095.3333333333335 / 306),
        ("techwiz", "out_decision", "HOLD"),
        ("techwiz", "out_best_monthly", 1.35),
        ("techwiz", "out_best_option", "Newer base model"),
        ("techwiz", "out_own_monthly", "#N/A"),
        ("hospital", "out_pe_year1", 75_000 + 30_000 + 500_000),
        ("hospital", "out_ft_year1", 4_800 + 26.40 + 1000 * 5 / 60 * 50 + 625_000),
        ("hospital", "out_year1_winner", "PE"),
        ("sameclass", "out_pe_monthly", 14.75),
        ("sameclass", "out_ft_monthly", 28),
        ("sameclass", "out_decision", "DO NOT FINE-TUNE"),
        ("sameclass", "out_recommendation", "KEEP gpt-3.5-turbo"),
        ("blank", "out_best_option", "none"),
    ],
)
def test_published_figures(case: str, name: str, expected: object) -> None:
    """Seed 000's and 002's arithmetic, written out."""
    assert near(shipped.output(case, name), expected), shipped.output(case, name)


@pytest.mark.parametrize("case", shipped.NAMES)
def test_every_check_holds(case: str) -> None:
    assert shipped.output(case, "out_checks") is True
    assert (shipped.output(case, "out_gaps") > 0) == (case == "blank")


MILLIONS = {
    "queries": 3_000_000,
    "pe_model": "gpt-4o",
    "pe_input_price": 2.5,
    "pe_output_price": 10,
    "pe_shutdown_date": None,
    "o_1__context_window": None,
    "ft_model": "ft:gpt-4o-mini",
    "ft_input_price": 0.3,
    "ft_output_price": 1.2,
    "ft_training_price": 3,
    "ft_shutdown_date": DAY + 55,
    "base_model": "gpt-5.6-luna",
    "base_input_price": 0.2,
    "base_output_price": 1.2,
}


def test_savings_end_with_the_model() -> None:
    """1.8 months tuned and then the newer model cost 11,769; the newer model at once 10,440."""
    asked = shipped.asked("techwiz").put(**MILLIONS)
    life = 55 * 12 / 365.25
    upfront = 500 * 5 / 60 * 50 + 500 * 1000 * 3 * 3 / 1e6
    assert near(asked.key("year1.5"), life * 450 + (12 - life) * 870 + upfront)
    assert round(asked.key("year1.5")) == 11_769
    assert near(asked.key("year1.3"), 10_440)
    assert asked["out_recommendation"].startswith("SWITCH MODEL: run it on gpt-5.6-luna")
    month = 1.1 ** (-1 / 12)
    assert near(asked["out_npv"], 8925 * month + (life - 1) * 8925 * month**2 - upfront)
    assert round(asked["out_npv"]) == 13_855


def test_facts_that_change_are_looked_up() -> None:
    asked = shipped.asked("techwiz").put(
        use_case="knowledge", facts_change=True, context_tokens=1500, ft_shutdown_date=None
    )
    assert asked["out_recommendation"].startswith("SWITCH MODEL AND USE RAG: run it on gpt-6-luna")
    assert near(asked["out_rec_year1"], 12 * (10_000 * (2350 * 0.1 + 100 * 0.5) / 1e6 + 20))
    assert "facts" in asked.key("state.5")
    style = shipped.asked("techwiz").put(
        use_case="style", facts_change=True, context_tokens=1500, ft_shutdown_date=None, max_months=36, base_model=None,
        base_input_price=None, base_output_price=None, storage_monthly=7, pe_shutdown_date=None,
    )  # fmt: skip
    assert "facts" in style.key("state.5")
    assert style.key("state.6") == "open"
    assert near(style["out_hybrid_monthly"], 10_000 * (1600 * 3 + 100 * 6) / 1e6 + 20 + 7)
    assert style["out_best_option"].startswith("Hybrid")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minutes_per_example": None}, "Enter minutes per example"),
        (
            {"pe_review_rate": 0.05, "ft_review_start_rate": None, "ft_review_steady_rate": None},
            "review rate of Fine-tuning",
        ),
        ({"pe_review_rate": 0.05, "items_per_month": None}, "Enter outputs that may be reviewed"),
        ({"annual_rate": None}, "Enter discount rate"),
        ({"queries": 0}, "Enter tasks per month"),
        ({"queries": None}, "Enter tasks per month"),
        ({"start_date": "01.02.2027"}, "Enter start of use"),
        ({"query_tokens": "120.000"}, "Enter tokens of the question"),
        ({"ft_input_price": "2,00"}, "of Fine-tuning"),
        ({"months": 48}, "whole number from 1 to 36"),
        ({"ft_output_price": None}, "output price of Fine-tuning"),
        ({"hourly_wage": None}, "cost of an hour"),
        ({"facts_change": True, "retrieval_price": None}, "retrieved tokens and retrieval price"),
        ({"o_5__kind": "finetuned"}, "Enter kind (prompted, fine-tuned or own weights) of Fine-tuning"),
        ({"o_3__caching": "Y"}, "Enter caching (yes or no) of Newer base model"),
        ({"o_3__retrieval": "1"}, "Enter retrieval (yes or no) of Newer base model"),
        ({"o_3__based_on": 3}, "Enter based on option (an earlier one) of Newer base model"),
        ({"o_3__based_on": 9}, "Enter based on option (an earlier one) of Newer base model"),
        ({"o_3__based_on": -1}, "Enter based on option (an earlier one) of Newer base model"),
        ({"o_3__based_on": 1.5}, "Enter based on option (an earlier one) of Newer base model"),
        ({"o_3__based_on": "1"}, "Enter based on option (an earlier one) of Newer base model"),
        ({"facts_change": 1}, "Enter facts change often (TRUE or FALSE)"),
        ({"facts_change": "no"}, "Enter facts change often (TRUE or FALSE)"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_blank_is_not_a_zero(changes: dict, words: str) -> None:
    asked = shipped.asked("techwiz").put(**changes)
    assert words in asked["out_recommendation"]
    assert asked["out_gaps"] >= 1
    assert asked["out_best_option"] == "none"


def test_choices_are_read_in_capitals_too_and_may_be_blank() -> None:
    """As Excel compares texts; a blank takes what the column it is based on has, or none."""
    none = dict.fromkeys(("o_3__caching", "o_3__retrieval", "o_3__based_on", "facts_change"))
    for changes in ({"o_3__caching": "NO", "o_3__retrieval": "No", "o_5__kind": "Fine-Tuned"}, none):
        assert shipped.asked("techwiz").put(**changes)["out_gaps"] == 0


def test_what_nobody_entered_does_not_compete() -> None:
    asked = shipped.asked("techwiz").put(context_tokens=None, retrieval_price=None)
    assert asked.key("state.4") == "not entered: retrieved tokens"
    assert asked["out_rag_monthly"] == "#N/A"
    assert asked["out_recommendation"].startswith("SWITCH MODEL: run it on gpt-6-luna")
    assert shipped.asked("techwiz").put(ft_pass_rate=0, ft_shutdown_date=None).key("state.5") == "no answer passes"


def test_a_short_prompt_is_not_cached() -> None:
    given = {"cache_min_tokens": None, "ft_prompt_tokens": 250, "cache_hit_rate": 0.9, "ft_cached_price": 0.3}
    assert near(shipped.asked("techwiz").put(**given)["out_ft_monthly"], 10_000 * (300 * 3 + 100 * 6) / 1e6)
    assert shipped.asked("techwiz").put(**given | {"ft_prompt_tokens": 1024}).key("hit.5") == 0.9
    assert shipped.asked("techwiz").put(**given | {"ft_prompt_tokens": 1023}).key("hit.5") == 0


def test_today_says_by_when_to_leave_and_to_what() -> None:
    gone = {"pe_model": "gpt-4.1", "pe_shutdown_date": DAY + 55, "ft_input_price": None, "ft_output_price": None}
    alone = shipped.asked("techwiz").put(**gone, base_model=None, base_input_price=None, base_output_price=None)
    assert alone["out_recommendation"] == "KEEP gpt-4.1; leave it by 2027-01-14, and enter what to move to"
    newer = shipped.asked("techwiz").put(**gone, base_input_price=300, base_output_price=600)
    assert newer["out_recommendation"] == "KEEP gpt-4.1; leave it by 2027-01-14 for gpt-6-luna"
    shut = shipped.asked("techwiz").put(base_shutdown_date=DAY - 1)
    assert shut.key("state.3") == "shut on 2026-11-19"


def test_hospital_grows_with_its_review() -> None:
    served = {"pe_shutdown_date": None, "ft_shutdown_date": None, "monthly_growth": 0.05}
    asked = shipped.asked("hospital").put(**served)
    grown = (1.05**12 - 1) / 0.05
    assert near(asked["out_pe_year1"], 605_000 / 12 * grown)
    assert round(asked["out_pe_year1"]) == 802_488
    assert round(asked["out_ft_year1"]) == 805_128
    assert asked["out_year1_winner"] == "PE"


def test_what_fails_is_tried_again() -> None:
    """A call at 0.00255 of which 60% pass costs more than one at 0.00315 of which 95% do."""
    given = {
        "queries": 100_000, "pe_input_price": 3, "pe_output_price": 6, "pe_prompt_tokens": 800, "ft_input_price": 19.5,
        "pe_pass_rate": 0.95, "ft_pass_rate": 0.6, "ft_shutdown_date": None, "pe_shutdown_date": None, "minutes_per_example": 0,  # noqa: E501
        "base_input_price": None, "base_output_price": None, "base_model": None, "ft_training_price": 36,
    }  # fmt: skip
    asked = shipped.asked("techwiz").put(**given)
    assert near(asked.key("call_tokens.1"), 0.00315)
    assert near(asked.key("call_tokens.5"), 0.00255)
    assert near(asked["out_pe_year1"], 1_200_000 * 0.00315 / 0.95)
    assert near(asked["out_ft_year1"], 1_200_000 * 0.00255 / 0.6 + 54)
    assert asked["out_recommendation"].startswith("KEEP")


def test_a_small_test_says_how_small_it_is() -> None:
    """2 of 5 against 4 of 5: R, power.prop.test(p1 = .4, p2 = .8, power = .8) gives n = 22.3; Wilson 37.6% to 96.4%."""
    asked = shipped.asked_whole("techwiz").put(o_1__passes=2, o_1__trials=5, o_5__passes=4, o_5__trials=5)
    assert asked.key("q_needed.5") == 23
    assert near(asked.key("q_low.5"), pass_rate_low(4, 5))
    assert near(asked.key("q_high.5"), pass_rate_high(4, 5))


def test_the_longest_break_even_opens_an_option() -> None:
    """12.3 months to break even: open when 36 are accepted."""
    given = {"ft_shutdown_date": None, "minutes_per_example": (12.3 * 306 - 12) * 60 / 50 / 500}
    assert shipped.asked("techwiz").put(**given, max_months=36).key("state.5") == "open"
    assert near(shipped.asked("techwiz").put(**given, max_months=36).key("breakeven_all.5"), 12.3)
    assert (
        shipped.asked("techwiz").put(**given, max_months=12.3).key("state.5") == "does not pay back before month 12.3"
    )
    assert shipped.asked("techwiz").put(**given, max_months=12.31).key("state.5") == "open"


def test_a_shutdown_is_paid_for() -> None:
    """A newer model that ends after 10 days: today again from then on, and the move back is today's set-up.

    The same of a fine-tuned one: the move to the newer model, 10 hours at 50, falls in the month of its end.
    """
    kept = {"pe_shutdown_date": None, "setup_hours": 10, "minutes_per_example": 0}
    asked = shipped.asked("techwiz").put(**kept, base_shutdown_date=DAY + 10, max_months=36)
    life = 10 * 12 / 365.25
    assert near(asked.key("year1.3"), 500 + life * 1.35 + 500 + (12 - life) * 315)
    assert near(asked.key("npv.3"), (life * (315 - 1.35) - 500) * 1.1 ** (-1 / 12) - 500)
    assert asked.key("state.3") == "does not pay back before 2026-11-30"
    asked = shipped.asked("techwiz").put(**kept, ft_shutdown_date=DAY + 55)
    life = 55 * 12 / 365.25
    assert near(asked.key("year1.5"), 512 + life * 9 + 500 + (12 - life) * 1.35)
    assert near(asked.key("npv.5"), 306 * 1.1 ** (-1 / 12) + ((life - 1) * 306 - 500) * 1.1 ** (-2 / 12) - 512)


def test_of_next_options_that_cost_the_same_the_earlier_is_named() -> None:
    """Caching that costs what today does but for the last digit: today, the earlier column, is the runner-up."""
    given = {"pe_shutdown_date": None, "ft_shutdown_date": None, "minutes_per_example": 0, "retrieval_price": None}
    none = dict.fromkeys(("base_model", "base_input_price", "base_output_price"))
    asked = shipped.asked("techwiz").put(**given, **none, pe_cached_price=3, o_2__output_price=59.9999999999)
    assert asked["out_best_option"] == "Fine-tuning"
    assert asked.key("present.2") < asked.key("present.1")
    assert asked.key("runner") == 1


def test_of_closed_options_that_cost_the_same_the_earlier_comes_closest() -> None:
    """The same two, and all are shut: their order does not hang on the digits that Excel leaves out of "<"&number."""
    none = dict.fromkeys(("base_model", "base_input_price", "base_output_price", "ft_input_price", "ft_output_price"))
    shut = {"pe_shutdown_date": DAY - 19, "retrieval_price": None}
    asked = shipped.asked_whole("techwiz").put(**shut, **none, pe_cached_price=3, o_2__output_price=59.9999999999)
    assert asked.key("best") == 0
    assert asked.key("present.2") < asked.key("present.1")
    assert [asked.key(f"shown_option.{place}") for place in (1, 2)] == [1, 2]


def test_an_option_is_closed_by_its_own_examples() -> None:
    """Below 50 of its own, whatever another option has."""
    other = {
        "o_9__based_on": 5,
        "o_9__examples": 50,
        "o_9__input_price": 2,
        "ft_shutdown_date": None,
        "o_5__examples": 49,
    }
    asked = shipped.asked("techwiz").put(**other, use_case="knowledge", minutes_per_example=0)
    assert (asked.key("state.5"), asked.key("state.9")) == ("too few examples", "open")
    assert shipped.asked("techwiz").put(**{**other, "o_9__based_on": None}).key("state.9") == "not entered: kind"


def test_a_break_even_that_is_lost_again_is_none() -> None:
    """Saved 306 a month, paid 1,012 for training and evaluation, again in month 6: back after 3.3, behind at 6."""
    given = {"ft_shutdown_date": None, "minutes_per_example": 0, "evaluation_cost": 1000, "retrains_per_year": 2}
    asked = shipped.asked("techwiz").put(**given, max_months=5)
    assert asked.key("state.5") == "open"
    assert near(asked.key("breakeven_all.5"), 1012 / 306)
    asked = shipped.asked("techwiz").put(**given, max_months=6)
    assert asked.key("state.5") == "does not pay back before month 6"
    assert asked.key("breakeven_all.5") == "#N/A"


def test_hosting_is_in_every_figure_of_a_call() -> None:
    asked = shipped.asked("techwiz").put(ft_hosting_monthly=1241, ft_input_price=None, ft_output_price=None)
    assert near(asked.key("per_call.5"), 0.1241)
    assert near(asked["out_ft_monthly"], 1241)


def test_one_rate_of_return_is_found() -> None:
    """Flows that change sign several times and have one rate all the same: −254, 166.60, 160.39 .. 53.11."""
    flows = [-254, 166.60, 160.39, 154.42, 148.67, -110.87, 66.70, 64.21, 61.82, 59.52, -196.70, 55.17, 53.11]
    asked = shipped.asked("sameclass")
    book = shipped.book("sameclass")
    row = book.find("net.5", ("live",))
    for month, flow in enumerate(flows):
        asked.live.engine.set_value(row.sheet, row.row + 1, row.column + 1 + month, float(flow))
    asked.live.engine.evaluate_all()
    rate = asked.key("rate_of_return.5")
    assert abs(sum(flow * (1 + rate) ** (-month / 12) for month, flow in enumerate(flows))) < 1e-6
    assert 128 < rate < 130
    shipped.asked.cache_clear()
