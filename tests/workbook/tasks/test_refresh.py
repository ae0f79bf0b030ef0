"""Refreshing a workbook's Prices sheet: what changes, what is kept, what is refused."""

from __future__ import annotations

import datetime
import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pycalc.models import catalogue, own
from workbook.errors import BadWorkbook
from workbook.tasks.refresh import refresh

TITLES = ("Model", "Kind", "USD per 1M tokens", "From", "To before", "Source", "Read on", "Remark")


def book(path: Path, *rows: tuple, sheet: str = "Prices", titles: tuple = TITLES) -> Path:
    file = openpyxl.Workbook()
    file.active.title = sheet
    file.active["A1"] = "Prices of this model"
    file.active.append([])
    file.active.append(titles)
    for row in rows:
        file.active.append(row)
    other = file.create_sheet("Inputs")
    other["A1"] = "=Prices!C4*2"
    file.save(path)
    return path


def shown(path: Path) -> list[tuple]:
    return [tuple(cell.value for cell in row) for row in openpyxl.load_workbook(path, data_only=True)["Prices"].rows]


def test_prices_dates_and_source_are_brought_up_to_date(tmp_path):
    # gpt-4o at its launch price; today 2.50 and 10 (developers.openai.com/api/docs/pricing)
    old = book(
        tmp_path / "old.xlsx",
        ("openai/GPT-4o", "Input", 5, "2024-05-13", "2024-10-03", "somewhere", "2024-06-01", "mine"),
        ("gpt-4o", "output", 10, "2024-08-06", None, "somewhere", "2024-06-01", "mine"),
        ("nonsense", "input", 7, "2024-05-13", None, "somewhere", "2024-06-01", "mine"),
        ("ft:gpt-3.5-turbo", "input", 3, "2023-11-06", None, "somewhere", "2024-06-01", "mine"),
        ("a remark below the table", None, None),
    )
    before = hashlib.sha256(old.read_bytes()).hexdigest()
    report = refresh(old, tmp_path / "new.xlsx")
    assert hashlib.sha256(old.read_bytes()).hexdigest() == before
    rows = shown(tmp_path / "new.xlsx")
    assert rows[3][:5] == ("openai/GPT-4o", "Input", 2.5, "2024-08-06", "2027-01-14")
    assert rows[3][6:] == ("2026-11-20", "mine")
    assert "developers.openai.com/api/docs/pricing" in rows[3][5]
    assert rows[4][2:5] == (10, "2024-08-06", "2027-01-14")
    assert rows[5] == ("nonsense", "input", 7, "2024-05-13", None, "somewhere", "2024-06-01", "mine")
    assert rows[6][2] == 3
    assert [(row.cell, row.before, row.after) for row in report] == [
        ("C4", 5, 2.5),
        ("C5", 10, 10),
        ("C6", 7, 7),
        ("C7", 3, 3),
    ]
    assert [row.what.split(":")[0] for row in report] == [
        "price changed",
        "dates or source changed",
        "kept",
        "kept",
    ]
    assert "not in the catalogue" in report[2].what
    assert "shut down on 2026-10-23" in report[3].what
    # the formula that reads the price is worked out anew: 2 x 2.5
    assert openpyxl.load_workbook(tmp_path / "new.xlsx", data_only=True)["Inputs"]["A1"].value == 5


def test_prices_of_a_day(tmp_path):
    old = book(tmp_path / "old.xlsx", ("ft:gpt-3.5-turbo", "input", 0, "", "", "", "", ""))
    refresh(old, tmp_path / "new.xlsx", "2023-09-01")
    assert shown(tmp_path / "new.xlsx")[3][2:5] == (12, "2023-08-22", "2023-11-06")


def test_dates_stay_dates(tmp_path):
    old = book(tmp_path / "old.xlsx", ("gpt-4o", "input", 2.5, 45000, 45000, "x", 45000, ""))
    refresh(old, tmp_path / "new.xlsx")
    # 2024-08-06, 2027-01-14 and 2026-11-20 as Excel counts days
    assert [shown(tmp_path / "new.xlsx")[3][column] for column in (3, 4, 6)] == [45510, 46401, 46346]


def test_a_second_refresh_changes_nothing(tmp_path):
    old = book(tmp_path / "old.xlsx", ("gpt-4o", "input", 5, "", "", "", "", ""))
    refresh(old, tmp_path / "new.xlsx")
    report = refresh(tmp_path / "new.xlsx", tmp_path / "again.xlsx")
    assert [row.what for row in report] == ["up to date"]
    assert parts(tmp_path / "new.xlsx") == parts(tmp_path / "again.xlsx")


def test_other_parts_are_untouched(tmp_path):
    old = book(tmp_path / "old.xlsx", ("gpt-4o", "input", 5, "", "", "", "", ""))
    refresh(old, tmp_path / "new.xlsx")
    before, after = parts(old), parts(tmp_path / "new.xlsx")
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",  # the stored value of the formula that reads the price
    }


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_template_is_up_to_date_where_prices_go_on(tiny, tmp_path):
    """The shipped workbook was made from the same catalogue: no price of today's models changes."""
    report = refresh(tiny, tmp_path / "new.xlsx")
    said = {(row.model, row.kind): row.what for row in report}
    assert said["gpt-4", "input"] == said["gpt-4", "output"] == "up to date; shut down on 2026-10-23"
    assert said["ft:gpt-3.5-turbo", "input"].startswith("kept: ")


@pytest.mark.parametrize(
    ("sheet", "titles", "price", "words"),
    [
        ("Rates", TITLES, 5, "no sheet named Prices"),
        ("Prices", ("Model", "Kind", "Price"), 5, "titles model, kind, usd per 1m tokens"),
        ("Prices", TITLES, "=2+3", "Prices!C4 is a formula"),
    ],
)
def test_refusals_name_the_place_and_write_nothing(tmp_path, sheet, titles, price, words):
    old = book(tmp_path / "old.xlsx", ("gpt-4o", "input", price, "", "", "", "", ""), sheet=sheet, titles=titles)
    with pytest.raises(BadWorkbook) as caught:
        refresh(old, tmp_path / "new.xlsx")
    assert words in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["old.xlsx"]


def test_the_source_is_never_the_target(tmp_path):
    old = book(tmp_path / "old.xlsx", ("gpt-4o", "input", 5, "", "", "", "", ""))
    with pytest.raises(BadWorkbook):
        refresh(old, old)


# Prices of one's own on the sheet "My prices"

MY_TITLES = ("Model", "Seller", "Kind", "Amount", "Currency", "USD rate", "From", "To before", "Source", "Read on")


def own_book(path: Path, *mine: tuple) -> Path:
    book(path, ("gpt-4o", "input", 2.5, "", "", "", "", ""), ("gpt-4o", "output", 10, "", "", "", "", ""))
    file = openpyxl.load_workbook(path)
    sheet = file.create_sheet("My prices")
    sheet["A1"] = "Prices of our contract"
    sheet.append([])
    sheet.append(MY_TITLES)
    for row in mine:
        sheet.append(row)
    file.save(path)
    return path


def test_two_refreshes_keep_ones_own_prices(tmp_path):
    old = own_book(
        tmp_path / "old.xlsx",
        ("gpt-4o", "OpenAI", "input", 1.5, "EUR", 1.2, datetime.date(2026, 1, 1), None, "contract 4711", "2026-11-28"),
    )
    report = refresh(old, tmp_path / "new.xlsx")
    assert [(row.kind, row.before, row.after) for row in report] == [("input", 2.5, 1.8), ("output", 10, 10)]
    assert report[0].what == "price changed; your own price (My prices)"
    assert shown(tmp_path / "new.xlsx")[3][2] == 1.8  # 1.5 EUR at 1.2
    assert shown(tmp_path / "new.xlsx")[3][5] == "your own price (My prices): contract 4711"
    again = refresh(tmp_path / "new.xlsx", tmp_path / "again.xlsx")
    assert [row.what.split(";")[0] for row in again] == ["up to date", "up to date"]
    assert parts(tmp_path / "new.xlsx") == parts(tmp_path / "again.xlsx")
    mine = [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / "again.xlsx")["My prices"].rows]
    assert mine == [[cell.value for cell in row] for row in openpyxl.load_workbook(old)["My prices"].rows]
    # and they end with the refresh: the catalogue's own stands again (developers.openai.com/api/docs/pricing)
    assert catalogue.price("gpt-4o", "input").amount == 2.5


def test_the_sheets_price_comes_before_a_files(tmp_path):
    before = catalogue.load().use_own([])
    try:
        file = tmp_path / "mine.csv"
        file.write_text(
            "model,kind,amount,source,read_on\ngpt-4o,input,1,file,2026-11-28\ngpt-4o,output,8,file,2026-11-28\n"
        )
        catalogue.load().use_own(own.read(file))
        old = own_book(
            tmp_path / "old.xlsx", ("gpt-4o", "", "input", 2, "USD", None, None, None, "contract", "2026-11-28")
        )
        assert [row.after for row in refresh(old, tmp_path / "new.xlsx")] == [2, 8]
    finally:
        catalogue.load().use_own(before)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("gpt-4o", "", "input", 1.5, "EUR", None, None, None, "c", "2026-11-28"), "row 4: the price is in EUR"),
        (("gpt-4o", "", "input", "free", "", None, None, None, "c", "2026-11-28"), 'row 4: the amount is "free"'),
        (("gpt-4o", "", "input", 2, "", None, None, None, "", "2026-11-28"), "row 4: source is empty"),
    ],
)
def test_a_row_of_ones_own_that_is_no_price(tmp_path, row, message):
    with pytest.raises(BadWorkbook, match=message):
        refresh(own_book(tmp_path / "old.xlsx", row), tmp_path / "new.xlsx")
    assert not (tmp_path / "new.xlsx").exists()


def test_an_empty_sheet_of_ones_own_changes_nothing(tmp_path):
    report = refresh(own_book(tmp_path / "old.xlsx"), tmp_path / "new.xlsx")
    assert [row.after for row in report] == [2.5, 10]


def test_a_seller_beside_the_model_is_part_of_the_question(tmp_path):
    titles = ("Model", "Seller", "Kind", "USD per 1M", "Effective from", "To", "Source", "Read on")
    old = book(
        tmp_path / "old.xlsx",
        ("gpt-4.1", "Azure", "training", 0, "", "", "", ""),
        ("gpt-4.1", "OpenAI", "input", 0, "", "", "", ""),
        ("azure/us/gpt-4.1", "", "training", 0, "", "", "", ""),
        ("gpt-4.1", "Nobody", "input", 7, "", "", "", ""),
        titles=titles,
    )
    report = refresh(old, tmp_path / "new.xlsx")
    # Azure's meters of 2026-08-11: 25 global, 27.5 in the data zone; OpenAI's page: 2
    assert [row.after for row in report] == [25, 2, 27.5, 7]
    assert "no seller the catalogue knows" in report[3].what


def test_formulas_of_the_workbook_take_its_own_prices(tmp_path):
    """FUNCTIONS of the contract: prices of the sheet "My prices" come first, and PRICE_SOURCE says so."""
    from workbook.tasks.recalc import recalc

    old = own_book(
        tmp_path / "old.xlsx", ("gpt-4o", "", "input", 1.5, "EUR", 1.2, None, None, "contract 4711", "2026-11-28")
    )
    file = openpyxl.load_workbook(old)
    file["Inputs"]["A3"] = '=MODEL_PRICE("gpt-4o","input")'
    file["Inputs"]["A4"] = '=PRICE_SOURCE("gpt-4o","input")'
    file["Inputs"]["A5"] = '=MODEL_PRICE("gpt-4o","output")'
    file.save(old)
    recalc(old, tmp_path / "new.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "new.xlsx", data_only=True)["Inputs"]
    assert [cells["A3"].value, cells["A5"].value] == [1.8, 10]  # 1.5 x 1.2; OpenAI's page
    assert cells["A4"].value.startswith("your own price (My prices): contract 4711")
    assert catalogue.price("gpt-4o", "input").amount == 2.5
