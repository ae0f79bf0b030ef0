"""Looking prices up: names, dates, what is never guessed."""

from __future__ import annotations

import datetime
import subprocess
import sys
from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pycalc
from pycalc.errors import CalcError, NoAnswerError
from pycalc.models import catalogue


def test_python_dates_are_taken():
    assert pycalc.model_price("gpt-4o", "input", datetime.date(2024, 6, 1)) == 5
    assert pycalc.model_price("gpt-4o", "input", datetime.datetime(2024, 10, 3, 0, 0)) == 2.5
    assert pycalc.model_price("gpt-4o", "input", 45568.99) == 2.5  # an Excel date with a time of day


@pytest.mark.parametrize(
    ("model", "kind", "day", "words"),
    [
        ("nonsense", "input", "2026-01-01", ("nonsense", "not in the catalogue", "breakeven prices")),
        ("gtp-4o", "input", "2026-01-01", ("Alike are gpt-4o",)),
        ("gpt4o", "input", "2026-01-01", ("Alike are gpt-4o",)),
        ("claude-opus-99", "input", "2026-01-01", ("Alike are claude-",)),
        ("ft:gpt-5", "input", "2026-01-01", ("its base model's price is not its price", "ft:gpt-4o")),
        ("ft:gpt-3.5-turbo", "input", "2026-11-01", ("shut down on 2026-10-23", "from 2023-11-06")),
        ("gpt-4o", "input", "2023-01-01", ("stood for no model", "known from 2024-05-13")),
        ("gpt-4o", "training_per_day", "2026-01-01", ('"training_per_day"', "cached_input", "training")),
        ("", "input", "2026-01-01", ("no model is named",)),
    ],
)
def test_refusals_say_why_and_what_is_known(model, kind, day, words):
    with pytest.raises(NoAnswerError) as caught:
        catalogue.price(model, kind, day)
    for word in words:
        assert word in caught.value.message


def test_training_is_asked_of_the_base():
    with pytest.raises(NoAnswerError, match="Training is priced under the base model's name: gpt-4o-2024-08-06"):
        pycalc.model_price("ft:gpt-4o", "training")


@pytest.mark.parametrize("kind", ["cached_input", "Cached input", " CACHED-INPUT "])
def test_kinds_may_be_written_as_words(kind):
    assert pycalc.model_price("gpt-4o", kind) == 1.25  # developers.openai.com/api/docs/pricing


def test_message_in_a_cell_names_the_function():
    message = pycalc.ft_check("MODEL_PRICE", "nonsense", "input")
    assert message.startswith("MODEL_PRICE: ")
    column = pycalc.model_price([["nonsense"]], "input")
    assert column[0][0].message.startswith("MODEL_PRICE: ")


def test_a_column_of_unknown_names_does_not_hang():
    column = pycalc.model_price([[f"model {number}"] for number in range(20_000)], "input")
    assert {cell.code for row in column for cell in row} == {"#N/A"}
    column = pycalc.token_count("text", [[f"model {number}"] for number in range(20_000)])
    assert {cell.code for row in column for cell in row} == {"#N/A"}
    column = pycalc.token_count("text", [[f"{'x' * 32_000}{number}"] for number in range(100)])
    assert {cell.code for row in column for cell in row} == {"#N/A"}


days = st.dates(datetime.date(2022, 1, 1), datetime.date(2028, 1, 1)).map(lambda day: day.isoformat())


@given(st.sampled_from(sorted(catalogue.load().prices)), days)
def test_a_price_is_given_on_the_days_it_holds_and_on_no_other(key, day):
    model, kind = key
    holding = [row for row in catalogue.load().prices[key] if row.holds(day)]
    try:
        found = catalogue.price(model, kind, day)
    except CalcError:
        assert not holding
    else:
        assert [found] == holding
        assert found.effective_from <= day < (found.effective_to or "9999")


@given(st.sampled_from(sorted(catalogue.load().models)), st.sampled_from(["", "  "]))
def test_prefix_and_letter_case_make_no_difference(model, prefix):
    assert catalogue.load().find(f"{prefix}{model.upper()} ", "2026-11-20") == model


@pytest.mark.parametrize("day", ["2024-06-12", "2024-06-13", "2024-06-14"])
def test_a_name_stands_for_its_last_model_from_the_day_its_time_ends(monkeypatch, day):
    """OpenAI's page of deprecations: gpt-4-0314 was shut down on 2024-06-13, in its place stood gpt-4."""
    monkeypatch.setattr(catalogue.load(), "as_of", day)
    assert catalogue.load().latest("gpt-4-0314").name == "gpt-4"


def test_every_undated_name_is_a_model_on_the_as_of_date():
    for name in catalogue.load().names:
        assert catalogue.load().latest(name)


def test_excel_dates():
    # Microsoft, DATE function: DATE(2008,7,8) is 39637
    assert catalogue.serial("2008-07-08") == 39637
    assert catalogue.iso_day(39637) == "2008-07-08"
    assert catalogue.iso_day(2_958_465) == "9999-12-31"
    assert [catalogue.day_of(day) for day in (39637.75, 2_958_465)] == ["2008-07-08", "9999-12-31"]
    assert not any(map(catalogue.day_of, (2_958_466.0, 20261201, 0.5, float("nan"), True, "2026-12-01", None)))


def test_base_prices_are_genai_prices_own():
    """The snapshot against the package it was made from, asked the way it wants to be asked: small requests, in
    its own name of the model, on a date."""
    genai_prices = pytest.importorskip("genai_prices")
    if f"genai-prices {version('genai-prices')} " not in catalogue.price("gpt-6-luna", "input").source:
        pytest.skip("another version of genai-prices is installed than the snapshot was made from")
    day = datetime.datetime(2026, 11, 20, 2, 0, tzinfo=datetime.UTC)  # a Friday at DeepSeek's peak hours
    checked = 0
    for (model, kind), rows in catalogue.load().prices.items():
        row = next((row for row in rows if row.holds("2026-11-20")), None)
        if row is None or not row.source.startswith("genai-prices") or kind not in ("input", "output"):
            continue
        if "/" in model:
            continue  # test_sellers.py asks for these
        usage = genai_prices.Usage(**{f"{kind}_tokens": 1000})
        asked = genai_prices.calc_price(usage, model_ref=model, provider_id=row.provider, genai_request_timestamp=day)
        assert float(asked.total_price) * 1000 == pytest.approx(row.amount, rel=1e-12), (model, kind)
        checked += 1
    assert checked > 150


def test_no_network_and_no_clock():
    """Prices in a process that cannot ask for either; genai-prices is not imported."""
    script = (
        "import socket, sys, time\n"
        "def refuse(*a, **k): raise SystemExit('asked for network or clock')\n"
        "socket.socket.connect = socket.getaddrinfo = time.time = refuse\n"
        "import pycalc\n"
        "assert pycalc.model_price('gpt-4o', 'input') == 2.5\n"
        "assert not [m for m in ('genai_prices', 'tiktoken', 'numpy') if m in sys.modules]\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
