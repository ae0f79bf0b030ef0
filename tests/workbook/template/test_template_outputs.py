"""The named outputs: against published figures, against Python, and after inputs were changed by name."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
from pathlib import Path

import pytest

import pycalc
from pycalc import CalcError
from tests.workbook.template import reference, shipped
from workbook.template.build import written
from workbook.template.inputs import INPUTS

ERRORS = {532: "#DIV/0!", 502: "#VALUE!", 519: "#VALUE!", 503: "#NUM!", 32767: "#N/A"}
SENTENCES = ("why_breakeven", "differ", "flip")
"""Sentences on Summary, by key."""
DAY = 46346  # 2026-11-20
"""Excel's number of the techwiz case's start date."""

PUBLISHED = [
    # The course calculator: 10,000 x (850 x 30 + 100 x 60) / 1e6 and so on, its own arithmetic executed.
    ("techwiz", "out_pe_monthly", 315.0),
    ("techwiz", "out_ft_monthly", 9.0),
    ("techwiz", "out_training", 12.0),
    ("techwiz", "out_saving_monthly", 306.0),
    ("techwiz", "out_labor", 500 * 5 / 60 * 50),
    ("techwiz", "out_hybrid_monthly", 29.0),
    ("techwiz", "out_breakeven_months", (12 + 500 * 5 / 60 * 50) / 306),
    ("techwiz", "out_decision", "HOLD"),
    # 12 + 2,083.33 within six months: 349.22 a month more than 9, less 60 for the answers, over 8.5 million tokens
    ("techwiz", "out_breakeven_price", ((12 + 500 * 5 / 60 * 50) / 6 + 9 - 60) / 8.5),
    # Forum prices of August 2023: 10,000 x (850 x 1.5 + 100 x 2) / 1e6 against (100 x 12 + 100 x 16)
    ("sameclass", "out_pe_monthly", 14.75),
    ("sameclass", "out_ft_monthly", 28.0),
    ("sameclass", "out_decision", "DO NOT FINE-TUNE"),
    ("sameclass", "out_breakeven_months", "#N/A"),
    # The consultant's report: 1,000,000 letters of 2,500 in and 500 out; review 5%, or 10% for three months
    ("hospital", "out_pe_year1", 105_000 + 500_000.0),
    ("hospital", "out_ft_year1", 4_800 + 625_000 + 26.40 + 1000 * 5 / 60 * 50),
    ("hospital", "out_year1_winner", "PE"),
]


@pytest.mark.parametrize(("case", "name", "expected"), PUBLISHED, ids=lambda item: str(item))
def test_published_figures(case: str, name: str, expected: object) -> None:
    got = shipped.output(case, name)
    assert got == (pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else expected)


def test_training_alone_pays_back_at_once() -> None:
    """The course's first verdict: 12 / 306 months."""
    values = shipped.values("techwiz")
    assert values[shipped.key_place("techwiz", "breakeven_training")] == pytest.approx(12 / 306, rel=1e-12)
    assert values[shipped.key_place("techwiz", "decision_training")] == "FINE-TUNE"


@pytest.mark.parametrize(("scenario", "monthly"), [(2, 315.0), (3, 187.5), (4, 102.5)])
def test_price_drop_tabs(scenario: int, monthly: float) -> None:
    """The course's loop over three prices, labour included: 6.8, 11.7 and 22.4 months, all too long."""
    values = shipped.values("techwiz")
    upfront = 12 + 500 * 5 / 60 * 50
    scope = f"tab{scenario}."
    assert values[shipped.key_place("techwiz", scope + "pe_monthly")] == pytest.approx(monthly, rel=1e-12)
    assert values[shipped.key_place("techwiz", scope + "breakeven")] == pytest.approx(
        upfront / (monthly - 9), rel=1e-12
    )
    assert values[shipped.key_place("techwiz", scope + "decision")] == "HOLD"


def test_price_thresholds_by_definition() -> None:
    """On running cost alone there is none: the answers cost 60 a month, fine-tuning 9."""
    values = shipped.values("techwiz")
    assert values[shipped.key_place("techwiz", "be_price_running")].code == "#N/A"
    year = ((12 + 500 * 5 / 60 * 50) / 12 + 9 - 60) / 8.5
    assert values[shipped.key_place("techwiz", "be_price_year")] == pytest.approx(year, rel=1e-12)


@pytest.mark.parametrize("case", shipped.NAMES)
def test_outputs_equal_python(case: str) -> None:
    expected, terms = reference.outputs(shipped.given(case) | _defaults(case))
    problems = [
        problem
        for name in shipped.OUTPUT_NAMES
        if (problem := _differs(name, expected[name], shipped.output(case, name), terms))
    ]
    if case == "blank":  # an empty book says what to enter, whatever Python would recommend for zeros
        problems = [problem for problem in problems if "out_recommendation" not in problem]
        assert shipped.output(case, "out_recommendation").startswith("ENTER INPUTS")
    assert not problems


def _defaults(case: str) -> dict:
    """A blank horizon counts no month."""
    return {"months": 0} if case == "blank" else {}


def _differs(name: str, expected: object, got: object, terms: dict) -> str:
    if name == "out_recommendation":
        same = isinstance(got, str) and got.startswith(str(expected))
    elif name == "out_checks":
        same = got in (True, 1.0)
    elif isinstance(expected, int | float) and isinstance(got, int | float):
        same = abs(expected - got) <= 1e-12 * max(abs(expected), abs(got), abs(terms.get(name, 0)))
    else:
        same = expected == got
    return "" if same else f"{name}: Python {expected!r}, workbook {got!r}"


def random_set(rng: random.Random) -> dict:
    """A valid set of inputs, edges included."""
    r = rng.random
    some = rng.choice
    return {
        "queries": some([0, 1, 500, 12345.5, 2e6 * r()]),
        "query_tokens": rng.randint(0, 3000),
        "response_tokens": rng.randint(0, 2000),
        "pe_prompt_tokens": some([0, 800, 1023, 1024, rng.randint(0, 5000)]),
        "pe_input_price": 40 * r(),
        "pe_output_price": 80 * r(),
        "pe_cached_price": some([None, 20 * r()]),
        "cache_hit_rate": some([0, 1, r()]),
        "cache_min_tokens": 1024,
        "ft_prompt_tokens": some([0, 50, 1024, 2000]),
        "ft_input_price": 12 * r(),
        "ft_output_price": 20 * r(),
        "ft_training_price": 30 * r(),
        "ft_cached_price": some([None, 2 * r()]),
        "ft_hosting_monthly": some([0, 1241, 100 * r()]),
        "examples": some([0, 49, 50, 500, 5000]),
        "tokens_per_example": rng.randint(0, 3000),
        "epochs": rng.randint(1, 5),
        "minutes_per_example": 10 * r(),
        "hourly_wage": 100 * r(),
        "retrieval_price": some([0, 0.002, 0.01 * r()]),
        "context_tokens": some([0, 1500]),
        "max_months": some([6, 12, 0.5 + 30 * r()]),
        "annual_rate": some([0, 0.1, r() - 0.2]),
        "months": rng.randint(1, 36),
        "monthly_growth": some([0, 0.03, 0.2 * r() - 0.05]),
        "use_case": some(["style", "format", "knowledge", "Knowledge ", "other", None]),
        "facts_change": r() < 0.5,
        "items_per_month": 1e5 * r(),
        "start_date": DAY,
        "ft_shutdown_date": some([None, DAY - 28, DAY + rng.randint(-100, 1500)]),
        "base_input_price": some([None, 5 * r()]),
        "base_output_price": 10 * r(),
        "storage_monthly": some([0, 300 * r()]),
        "retrains_per_year": some([0, 1, 4, 2.5, 12, 13]),
        "relabel_share": r(),
        "evaluation_cost": some([0, 500 * r()]),
        "training_minimum": some([0, 4, 1000]),
        "validation_tokens": some([0, 1e6 * r()]),
        "pe_annual_decline": some([0, 0.5, 0.9, -0.1]),
        "ft_annual_decline": some([0, 0.2]),
        "cost_per_review": some([0, 10 * r()]),
        "pe_review_rate": r(),
        "ft_review_start_rate": r(),
        "ft_review_steady_rate": r(),
        "ft_review_ramp_months": some([0, 3, 2.5, 14, 40]),
        "pe_step_month": some([None, 0, 1, 7, 36]),
        "pe_step_cut": r(),
        "ft_step_month": some([None, 5]),
        "ft_step_cut": r(),
        "pe_pass_rate": some([None, 0.9, 0]),
        "ft_pass_rate": some([None, 0.8]),
    }


def edge_sets() -> dict[str, dict]:
    """Changes to techwiz at its edges; each threshold from both sides."""
    breakeven = (12 + 500 * 5 / 60 * 50) / 306  # 6.847 months: 208.4 days
    days = breakeven * 365.25 / 12
    return {
        "zero queries": {"queries": 0},
        "zero saving": {"pe_input_price": 0.3, "pe_output_price": 6.45},  # 850 x 0.3 + 100 x 6.45 = 100 x 3 + 100 x 6
        "negative saving": {"pe_input_price": 0.1, "pe_output_price": 0.5},
        "prompt below the cached length": {"pe_prompt_tokens": 1023, "cache_hit_rate": 0.9, "pe_cached_price": 3},
        "prompt of the cached length": {"pe_prompt_tokens": 1024, "cache_hit_rate": 0.9, "pe_cached_price": 3},
        "shutdown the day before break-even": {"max_months": 12, "ft_shutdown_date": DAY + math.floor(days)},
        "shutdown the day after break-even": {"max_months": 12, "ft_shutdown_date": DAY + math.ceil(days)},
        "shut on the first day": {"max_months": 12, "ft_shutdown_date": DAY},
        "no shutdown": {"max_months": 12, "ft_shutdown_date": None},
        "break-even at the limit": {"max_months": breakeven, "ft_shutdown_date": None},
        "49 examples": {"examples": 49},
        "50 examples": {"examples": 50},
        "nothing upfront": {"examples": 0, "ft_shutdown_date": None},
        "knowledge that changes": {"use_case": "KNOWLEDGE", "facts_change": True},
        "one month": {"months": 1},
        "36 months with quarterly retraining": {"months": 36, "retrains_per_year": 4, "evaluation_cost": 100},
        "retraining eats a month's saving": {"months": 36, "retrains_per_year": 4, "relabel_share": 0.5},
        "prices fall tenfold a year": {"months": 36, "pe_annual_decline": 0.9, "ft_shutdown_date": None},
        "a price cut in month 7": {"months": 36, "pe_step_month": 7, "pe_step_cut": 0.5},
        "review decides": {
            "cost_per_review": 10,
            "pe_review_rate": 0.05,
            "ft_review_start_rate": 0.01,
            "ft_review_steady_rate": 0.01,
            "ft_shutdown_date": None,
        },
        "review ramp of half a month": {
            "cost_per_review": 10,
            "pe_review_rate": 0.05,
            "ft_review_start_rate": 0.1,
            "ft_review_steady_rate": 0.05,
            "ft_review_ramp_months": 0.5,
        },
        "no newer model": {"base_input_price": None, "base_output_price": None},
        "two rates of return": {
            "months": 36,
            "ft_hosting_monthly": 100,
            "monthly_growth": -0.05,
            "minutes_per_example": 0,
        },
        "a negative rate": {"months": 6},
        "a rate beyond the search": {"queries": 1e14},
        "no month": {"months": 0},
        "half a month too many": {"months": 12.5},
        "a month too many": {"months": 37},
        "limit of a month": {"max_months": 1},
        "pays back after year 1": {
            "base_input_price": None,
            "base_output_price": None,
            "ft_shutdown_date": None,
            "max_months": 24,
            "minutes_per_example": 12,
            "months": 36,
        },
        "an empty book": dict.fromkeys(INPUTS) | {"max_months": 6, "months": 1},
    }


@pytest.fixture(scope="module")
def recalculated(soffice: str, tmp_path_factory: pytest.TempPathFactory):  # noqa: ARG001
    """Every set of inputs through one LibreOffice, from a book whose stored values are all wrong."""
    folder = tmp_path_factory.mktemp("calc")
    path = folder / "techwiz.xlsx"
    path.write_bytes(written(shipped.book("techwiz"), shipped.poisoned("techwiz")))
    shipped_values = shipped.given("techwiz")
    sets = {f"random {seed}": random_set(random.Random(seed)) for seed in range(50)}
    sets |= {name: shipped_values | change for name, change in edge_sets().items()}
    selected = {f"scenario {number}": {"scenario": number} for number in (2, 3, 4, 5)}
    order = {
        "profile": str(folder / "profile"),
        "path": str(path),
        "inputs": {name: shipped.place("techwiz", name) for name in (*INPUTS, "scenario")},
        "wanted": [shipped.place("techwiz", name) for name in shipped.OUTPUT_NAMES]
        + [shipped.key_place("techwiz", key) for key in SENTENCES],
        "sets": [{"scenario": 1, **shipped_values, **change} for change in (*sets.values(), *selected.values())],
    }
    environment = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [_calc_python(), str(Path(__file__).parent / "calc_batch.py")],
        input=json.dumps(order),
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    outputs = [dict(zip((*shipped.OUTPUT_NAMES, *SENTENCES), map(_plain, row), strict=True)) for row in seen]
    return dict(zip((*sets, *selected), outputs, strict=True)), sets


def _plain(value: object) -> object:
    return ERRORS.get(value["error"], value["error"]) if isinstance(value, dict) else value


def _calc_python() -> str:
    """The Python that has LibreOffice's bridge."""
    for candidate in ("/usr/bin/python3", "/usr/lib/libreoffice/program/python", "python3"):
        if os.path.exists(candidate) or candidate == "python3":
            try:
                subprocess.run([candidate, "-c", "import uno"], check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError):
                continue
            return candidate
    if os.environ.get("CI"):
        pytest.fail("python3-uno is missing; in CI nothing is skipped")
    pytest.skip("python3-uno is missing. Debian: apt-get install python3-uno")


def test_changed_inputs_give_what_python_gives(recalculated) -> None:  # type: ignore[no-untyped-def]
    results, sets = recalculated
    problems = []
    for label, values in sets.items():
        expected, terms = reference.outputs(values)
        found = [_differs(name, expected[name], results[label][name], terms) for name in shipped.OUTPUT_NAMES]
        if label == "an empty book":
            found = [text for text in found if "out_recommendation" not in text]
        problems += [f"{label}: {text}" for text in found if text]
    assert not problems, "\n".join(problems[:20])


def test_selected_scenarios_give_what_python_gives(recalculated) -> None:  # type: ignore[no-untyped-def]
    results, _ = recalculated
    problems = []
    for number in (2, 3, 4, 5):  # 5 is a spare column: the base
        expected, terms = reference.outputs(shipped.given("techwiz", number))
        problems += [
            f"scenario {number}: {text}"
            for name in shipped.OUTPUT_NAMES
            if (text := _differs(name, expected[name], results[f"scenario {number}"][name], terms))
        ]
    assert not problems


def test_edges_fall_on_the_right_side(recalculated) -> None:  # type: ignore[no-untyped-def]
    """The edges by name, so that a fault in both the workbook and the reference would still show."""
    results, _ = recalculated
    decision = {label: values["out_decision"] for label, values in results.items()}
    assert decision["shutdown the day before break-even"] == "HOLD"
    assert decision["shutdown the day after break-even"] == "FINE-TUNE"
    assert decision["shut on the first day"] == "HOLD"
    assert decision["no shutdown"] == "FINE-TUNE"
    assert decision["break-even at the limit"] == "HOLD"
    assert decision["zero saving"] == decision["negative saving"] == "DO NOT FINE-TUNE"
    assert results["zero saving"]["out_breakeven_months"] == "#N/A"
    assert results["zero queries"]["out_breakeven_price"] == "#DIV/0!"
    assert results["49 examples"]["out_suitability"].startswith("STOP")
    assert results["50 examples"]["out_suitability"].startswith("GO")
    assert results["knowledge that changes"]["out_recommendation"].startswith("USE RAG")
    assert results["an empty book"]["out_recommendation"].startswith("ENTER INPUTS")
    assert all(values["out_checks"] for values in results.values())


def test_rates_of_return_at_their_edges(recalculated) -> None:  # type: ignore[no-untyped-def]
    results, _ = recalculated
    # 306 a month, falling by 5%, less 100 of hosting: the saving turns negative, FT_IRR says there are two rates
    with pytest.raises(CalcError, match="two rates"):
        pycalc.ft_irr(36, 12, 306, -0.05, 100)
    assert results["two rates of return"]["out_irr"] == "#N/A"
    assert results["a rate beyond the search"]["out_irr"] == "#N/A"
    assert -1 < results["a negative rate"]["out_irr"] < 0  # 6 x 306 is less than 2,095
    figures = ("out_npv", "out_irr", "out_payback")
    for label in ("no month", "half a month too many", "a month too many"):
        assert [results[label][name] for name in figures] == ["#NUM!"] * 3
    assert all(isinstance(results["one month"][name], float) for name in figures[:2])
    assert results["pays back after year 1"]["out_irr"] > 0


def test_a_rate_said_to_be_the_only_one_is() -> None:
    """The rule of the workbook and the reference, against the roots of the polynomial by NumPy."""
    numpy = pytest.importorskip("numpy")
    draw = random.Random(1)
    kept = 0
    for _ in range(400):
        flows = [-draw.choice([1.0, 5, 20, 100]), *(draw.choice([-30.0, -3, 2, 5, 9, 14]) for _ in range(9))]
        rate, _ = reference.irr(flows)
        if rate == "#N/A":
            continue
        kept += reference.turns(flows) > 1
        roots = [root.real for root in numpy.roots(flows) if abs(root.imag) < 1e-7 and root.real > 1e-9]
        assert [root**12 - 1 for root in roots] == [pytest.approx(rate, rel=1e-6)]
    assert kept > 20


def test_sentences_on_summary_say_what_is_so(recalculated) -> None:  # type: ignore[no-untyped-def]
    results, _ = recalculated
    late = results["pays back after year 1"]
    assert (late["out_decision"], late["out_recommendation"][:4]) == ("FINE-TUNE", "KEEP")
    assert "pays back in time, but not within year 1" in late["differ"]
    assert "beats both" not in late["differ"]
    looked_up = results["knowledge that changes"]["differ"]
    assert "have to be looked up" in looked_up
    assert "costs less" not in looked_up
    assert "accepted below 1 month;" in results["limit of a month"]["why_breakeven"]
    assert "accepted below 6.85 months" in results["break-even at the limit"]["why_breakeven"]
    assert not [label for label, values in results.items() if "none times" in values["flip"]]


def test_caching_without_a_cache_costs_what_prompting_costs() -> None:
    """The course's case caches nothing: 315 a month, and no option of its own."""
    values = shipped.values("techwiz")
    assert values[shipped.key_place("techwiz", "cached_monthly")] == pytest.approx(315, rel=1e-12)
    assert values[shipped.key_place("techwiz", "year1.cached")] == pytest.approx(12 * 315, rel=1e-12)
    assert values[shipped.key_place("techwiz", "open_year1.cached")] == "closed"


def test_summary_of_the_empty_book_shows_no_error() -> None:
    found = {place: value for place, value in shipped.values("blank").items() if place[0] == "Summary"}
    assert len(found) > 40
    assert not {place: value for place, value in found.items() if isinstance(value, CalcError)}
