"""Refreshing a workbook's Prices sheet: what changes, what is kept, what is refused."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pytest

from workbook.file.package import BadWorkbook
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
    assert [(row["cell"], row["before"], row["after"]) for row in report] == [
        ("C4", 5, 2.5),
        ("C5", 10, 10),
        ("C6", 7, 7),
        ("C7", 3, 3),
    ]
    assert [row["what"].split(":")[0] for row in report] == [
        "price changed",
        "dates or source changed",
        "kept",
        "kept",
    ]
    assert "not in the catalogue" in report[2]["what"]
    assert "shut down on 2026-10-23" in report[3]["what"]
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
    assert [row["what"] for row in report] == ["up to date"]
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


def test_the_template_is_up_to_date_where_prices_go_on(tmp_path):
    """The shipped workbook was made from the same catalogue: no price of today's models changes."""
    from workbook.template.build import build

    report = refresh(build("techwiz", tmp_path / "techwiz.xlsx"), tmp_path / "new.xlsx")
    said = {(row["model"], row["kind"]): row["what"] for row in report}
    assert said["gpt-4", "input"] == said["gpt-4", "output"] == "up to date"
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
