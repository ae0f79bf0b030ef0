"""Prices of one's own: they win, they are named as such, and a row that is no price is refused with file and line."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pycalc
from pycalc.errors import NoAnswerError
from pycalc.models import catalogue, own

HEAD = "model,provider,kind,amount,unit,effective_from,effective_to,confidence,source,read_on,note,currency\n"


@pytest.fixture
def use(tmp_path):
    before = catalogue.load().use_own([])

    def read(text: str, rates: str = "", name: str = "mine.csv", encoding: str = "utf-8"):
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        found = own.read(file, own.rates(rates))
        catalogue.load().use_own(found)
        return found

    yield read
    catalogue.load().use_own(before)


def test_own_prices_win_and_are_named_as_such(use):
    use(HEAD + "gpt-4o,openai,input,2,usd_per_1m_tokens,2026-01-01,,high,contract 4711,2026-11-28,,USD\n")
    assert pycalc.model_price("gpt-4o", "input") == 2
    assert pycalc.model_price("openai/GPT-4o", "Input") == 2
    assert pycalc.price_source("gpt-4o", "input") == (
        "your own price (mine.csv): contract 4711; read 2026-11-28; holds from 2026-01-01; confidence high"
    )
    # on other days, of other kinds and of other sellers the catalogue's stand: openai.com/index/hello-gpt-4o;
    # developers.openai.com/api/docs/pricing; Azure's global price of gpt-4o is OpenAI's
    assert pycalc.model_price("gpt-4o", "input", 45444) == 5  # 2024-06-01
    assert pycalc.model_price("gpt-4o", "output") == 10
    assert pycalc.model_price("azure/gpt-4o", "input") == 2.5


def test_a_dated_name_is_meant_by_its_undated_one_and_not_the_other_way_round(use):
    use(HEAD + "gpt-4o-2024-08-06,,input,2,,,,,contract,2026-11-28,,\n")
    assert pycalc.model_price("gpt-4o", "input") == 2
    use(HEAD + "gpt-4o,,input,2,,,,,contract,2026-11-28,,\n")
    assert pycalc.model_price("gpt-4o-2024-08-06", "input") == 2.5


def test_a_price_from_after_the_catalogues_date_counts_today(use):
    # without a date the newest reading counts; a date that is named is meant
    use(HEAD + "gpt-4o,,input,2,,2026-11-25,,,contract,2026-11-28,,\n")
    assert pycalc.model_price("gpt-4o", "input") == 2
    assert pycalc.model_price("gpt-4o", "input", 46350) == 2.5  # 2026-11-24
    assert pycalc.model_price("gpt-4o", "input", 46351) == 2  # 2026-11-25


def test_models_and_sellers_nobody_else_knows(use):
    use(HEAD + "acme-llm,acme,input,1.5,,,,,gateway,2026-11-28,,\nnobody/gpt-4o,,output,7,,,,,offer,2026-11-28,,\n")
    assert pycalc.model_price("acme-llm", "input") == 1.5
    assert pycalc.model_price("nobody/gpt-4o", "output") == 7
    with pytest.raises(NoAnswerError, match="Yours are: input"):
        pycalc.model_price("acme-llm", "output")
    with pytest.raises(NoAnswerError, match="Yours are: output"):
        pycalc.model_price("nobody/gpt-4o", "input")


def test_a_seller_in_its_own_column(use):
    use(HEAD + "gpt-4o,azure,input,2.2,,,,,contract,2026-11-28,,\n")
    assert pycalc.model_price("azure/gpt-4o", "input") == 2.2
    assert pycalc.model_price("gpt-4o", "input") == 2.5


def test_currency_counts_only_with_a_rate(use):
    row = "gpt-4o,,input,2,,,,,offer,2026-11-28,,EUR\n"
    with pytest.raises(NoAnswerError, match="line 2: the price is in EUR, and no rate is given"):
        use(HEAD + row)
    use(HEAD + row, rates="EUR=1.25, GBP=1.3")
    assert pycalc.model_price("gpt-4o", "input") == 2.5  # 2 x 1.25
    assert "2 EUR at 1.25 USD" in pycalc.price_source("gpt-4o", "input")
    use(HEAD.replace("currency", "currency,usd_rate") + row.replace("EUR", "eur,1.5"), rates="EUR=1.25")
    assert pycalc.model_price("gpt-4o", "input") == 3  # the row's own rate before the general one


def test_as_excel_saves_where_the_comma_is_the_decimal_sign(use):
    use("\ufeffmodel;kind;amount;source;read on;currency\r\ngpt-4o;input;2,5;Angebot;2026-11-28;USD\r\n;;;;;\r\n")
    assert pycalc.model_price("gpt-4o", "input") == 2.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no column model"),
        (HEAD.replace("kind", "sort"), 'the column "sort" means nothing here'),
        (HEAD.replace("currency", "curency"), 'the column "curency" means nothing here'),
        (HEAD.replace("note", "kind"), 'the column "kind" stands there twice'),
        (HEAD.replace("source,", ""), "has no column source"),
        (HEAD + "gpt-4o,,input,2,,,,,contract,2026-11-28\n", "line 2: 10 fields where the first row has 12 titles"),
        (HEAD + "gpt-4o,,input,two,,,,,contract,2026-11-28,,\n", 'line 2: the amount is "two", no number'),
        (HEAD + "gpt-4o,,input,-2,,,,,contract,2026-11-28,,\n", "line 2: the amount is -2"),
        (HEAD + "gpt-4o,,input,nan,,,,,contract,2026-11-28,,\n", "line 2: the amount is nan"),
        (HEAD + "gpt-4o,,input,1e99,,,,,contract,2026-11-28,,\n", "line 2: the amount is 1e+99"),
        (HEAD + "gpt-4o,,input,,,,,,contract,2026-11-28,,\n", "line 2: amount is empty"),
        (HEAD + "gpt-4o,,input,2,,,,,,2026-11-28,,\n", "line 2: source is empty"),
        (HEAD + "gpt-4o,,input,2,,,,,contract,28.11.2026,,\n", 'read_on is "28.11.2026", no date'),
        (HEAD + "gpt-4o,,input,2,eur,,,,contract,2026-11-28,,\n", 'the unit "eur" is unknown'),
        (HEAD + "gpt-4o,,in/put,2,,,,,contract,2026-11-28,,\n", 'the kind "in/put" is no plain word'),
        (HEAD + "gpt-4o,,input,2,,2026-02-01,2026-02-01,,c,2026-11-28,,\n", "effective_to is not after effective_from"),
        (
            HEAD + "gpt-4o,,input,2,,,,,c,2026-11-28,,\nGPT-4o,,Input,3,,,,,c,2026-11-28,,\n",
            "line 3: a second input price of gpt-4o for the same days as mine.csv, line 2",
        ),
        (HEAD + 'gpt-4o,,input,"2"3,,,,,c,2026-11-28,,\n', "line 2: "),
    ],
)
def test_a_row_that_is_no_price_is_refused(use, text, message):
    with pytest.raises(NoAnswerError) as caught:
        use(text)
    assert message in caught.value.rule
    assert caught.value.remedy
    assert "\n" not in caught.value.message


def test_two_periods_of_one_price_stand_side_by_side(use):
    use(HEAD + "m,,input,2,,2026-01-01,2026-06-01,,c,2026-11-28,,\nm,,input,3,,2026-06-01,,,c,2026-11-28,,\n")
    assert pycalc.model_price("m", "input", 46173) == 2  # 2026-05-31
    assert pycalc.model_price("m", "input", 46174) == 3  # 2026-06-01


def test_a_file_in_another_encoding(use):
    with pytest.raises(NoAnswerError, match="is not UTF-8 text"):
        use(HEAD + "gpt-4o,,input,2,,,,,Müller,2026-11-28,,\n", encoding="cp1252")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("EUR", '"EUR", no CURRENCY=NUMBER'),
        ("EUR=1,08", '"08", no CURRENCY=NUMBER'),
        ("EUR=0", "no rate"),
        ("EUR=-1", "no rate"),
        ("EUR=x", "no number"),
    ],
)
def test_rates_that_are_none(text, message):
    with pytest.raises(NoAnswerError) as caught:
        own.rates(text)
    assert message in caught.value.rule


def test_the_environment_names_a_file_once_read(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(HEAD + "gpt-4o,,input,2,,,,,offer,2026-11-28,,EUR\n", encoding="utf-8")
    script = (
        "import os, pycalc\n"
        "assert pycalc.model_price('gpt-4o', 'input') == 3\n"
        f"os.remove({str(file)!r})\n"
        "assert pycalc.model_price('gpt-4o', 'input') == 3\n"
    )
    environment = {own.FILE: str(file), own.RATES: "EUR=1.5"}
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, env=environment)
    # and one that is not there any more is an error value with the reason, not the catalogue's price in silence
    script = "import pycalc\nprint(pycalc.ft_check('MODEL_PRICE', 'gpt-4o', 'input'))"
    said = subprocess.run([sys.executable, "-c", script], check=True, timeout=60, env=environment, capture_output=True)
    assert b"cannot be read" in said.stdout


def test_the_first_prices_of_a_process_and_the_next(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(HEAD + "gpt-4o,openai,input,2,usd_per_1m_tokens,2026-01-01,,high,contract,2026-11-28,,USD\n")
    code = (
        "import sys; from pycalc.models import catalogue, own; found = own.read(sys.argv[1], own.rates(''));"
        "print(catalogue.load_with(found), catalogue.price('gpt-4o', 'input').amount, catalogue.load_with([]) == found,"
        "catalogue.price('gpt-4o', 'input').amount)"
    )
    done = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "2.0", "True", "2.5"]
