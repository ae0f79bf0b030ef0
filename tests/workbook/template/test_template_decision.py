"""Cases that must come out right: currency, provenance, a renamed model, an evaluation without a review."""

from __future__ import annotations

import pytest

from pycalc.models import catalogue
from tests.workbook.template import shipped
from workbook.template import CASES
from workbook.template.cases import Price

LISTED = {name: item for name, item in CASES["techwiz"].given.items() if isinstance(item, Price)}
"""The price inputs that the catalogue filled."""


@pytest.fixture(scope="module")
def bot() -> shipped.Asked:
    return shipped.asked_whole("techwiz")


def converted(rate: float) -> dict[str, float]:
    amounts = {name: catalogue.price(item.model, item.kind, item.day).amount * rate for name, item in LISTED.items()}
    return {f"o_{name.replace('.', '__')}" if name[0].isdigit() else name: value for name, value in amounts.items()}


def test_a_dollar_price_under_another_currency_is_a_question(bot: shipped.Asked) -> None:
    assert len(LISTED) >= 6
    before = bot.put()["out_questions"]
    assert bot.put(currency="EUR", usd_rate=0.92, **converted(0.92))["out_questions"] == before
    dollars = bot.put(currency="EUR", usd_rate=0.92)
    assert dollars["out_questions"] == before + len(LISTED)
    assert bot.put(currency="EUR", **converted(0.92))["out_questions"] == before + 1  # the rate itself


@pytest.mark.parametrize("case", shipped.NAMES)
def test_a_price_has_one_provenance(case: str) -> None:
    """The note beside the figure on Options names the source and the day that Prices gives."""
    book = shipped.book(case)
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for name, item in CASES[case].given.items():
        if isinstance(item, Price):
            place = shipped.place(case, name)
            note = sheets[place.sheet].cells[place.row, place.column].note
            listed = book.find(f"price.{name}", ())
            cells = sheets["Prices"].cells
            source, read_on = cells[listed.row, 7].content, cells[listed.row, 6].content
            assert note.startswith(f"{source.split(';')[0]}; {read_on}"), name


def test_an_option_that_moves_to_itself_is_a_question(bot: shipped.Asked) -> None:
    before = bot.put()["out_questions"]
    assert bot.put(o_5__successor=5)["out_questions"] == before + 1
    assert bot.put(o_5__successor=3)["out_questions"] == before


def test_a_scenario_with_another_model_and_the_old_price_is_a_question(bot: shipped.Asked) -> None:
    before = bot.put()["out_questions"]
    book = shipped.book("techwiz")
    model, price = (book.find(f"override.o1.{key}.5", ("live",)) for key in ("model", "input_price"))
    bot.live.put({model: "gpt-4o"})
    assert bot["out_questions"] == before + 1
    bot.live.put({price: 2.5})
    assert bot["out_questions"] == before
    bot.live.put({model: None, price: None})


def test_an_evaluation_is_no_review(bot: shipped.Asked) -> None:
    """Fine-tuning that a dear evaluation closes is not said to be closed by review: nothing is reviewed."""
    asked = bot.put(evaluation_cost=5_000, ft_shutdown_date=None, pe_shutdown_date=None)
    assert asked.key("state.5") == "does not pay back before month 6"
    sentences = " ".join(str(asked.key(f"said.{index}")) for index in range(6))
    assert "does not pay back before month 6" in sentences
    assert "review" not in sentences.replace("0% human review", "")
    assert bot.put(ft_shutdown_date=None, pe_shutdown_date=None, max_months=36).key("state.5") == "open"
