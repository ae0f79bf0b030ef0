"""Usage put into a workbook: what is filled, what is kept, plan against actual, and a second month appended."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from pycalc.models.catalogue import serial
from pycalc.usage.export import Wish
from pycalc.usage.gather import gather
from pycalc.usage.summary import summarise
from workbook.engines.libreoffice import recalculate
from workbook.errors import BadWorkbook
from workbook.file.package import Package
from workbook.file.put import Held
from workbook.tasks.actuals import write_actuals
from workbook.tasks.actuals.months import stored
from workbook.template import cases
from workbook.template.build import build
from workbook.template.cases import Given

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "usage"
FILES = [str(EXAMPLES / "openai-usage.csv"), str(EXAMPLES / "openai-costs.csv")]
PLAN = {
    "start_date": serial("2026-08-01"),
    "months": 24,
    "max_months": 12,
    "annual_rate": 0.1,
    "hourly_wage": 60,
    "queries": 10_000,
    "query_tokens": 50,
    "response_tokens": 120,
    "pe_prompt_tokens": 2_800,
    "pe_input_price": 2.5,
    "pe_output_price": 10,
    "base_model": "gpt-4.1-mini",
    "base_input_price": 0.4,
    "base_output_price": 1.6,
    "setup_hours": 4,
}


def group(end: str = "") -> dict:
    """The support bot's usage: 10,000, 11,000 and 12,000 calls in August to October, November cut off."""
    result = summarise(gather(FILES, Wish(end=end)))
    return next(each for each in result["groups"] if each["use_case"] == "support bot")


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The plan, and copies after two months and after four."""
    folder = tmp_path_factory.mktemp("actuals")
    plan, first, second = (folder / f"{name}.xlsx" for name in ("plan", "first", "second"))
    with patch.object(cases, "SPARE", 1):
        build(cases.CASES["blank"].filled("Support bot", {name: Given(value) for name, value in PLAN.items()}), plan)
    said = write_actuals(plan, first, group("2026-09-30"), "=September's export")
    write_actuals(first, second, group(), "November's export")
    return plan, first, second, said


def values(path: Path, sheet: str = "Actuals") -> dict[str, object]:
    with Package(path) as package:
        part = next(each for each in package.worksheets() if each.name == sheet)
        return {cell.address: cell.value(package.strings()) for cell in Held(package, part).values()}


def test_blank_inputs_are_filled_and_typed_ones_kept(books):
    said = books[3]
    assert said.inputs["pe_model"] == "gpt-4o-2024-08-06"
    assert said.inputs["monthly_growth"] == pytest.approx(0.1)
    assert said.kept["queries"] == 10_000
    with Package(books[1]) as package:
        inputs = next(each for each in package.worksheets() if each.name == "Inputs")
        texts = [cell.value(package.strings()) for cell in Held(package, inputs).values()]
    assert "=September's export" in texts


def test_a_second_run_adds_its_months(books):
    with Package(books[1]) as package:
        assert [(month.month, month.whole) for month in stored(package)] == [("2026-08", True), ("2026-09", True)]
        assert {month.source for month in stored(package)} == {"=September's export"}
    with Package(books[2]) as package:
        months = stored(package)
        names = [sheet.name for sheet in package.worksheets()]
    assert [(month.month, month.whole) for month in months] == [
        ("2026-08", True),
        ("2026-09", True),
        ("2026-10", True),
        ("2026-11", False),
    ]
    assert months[0].source == "November's export"
    assert len(months[0].read_on) == len("2026-11-30")
    assert names.count("Actuals") == 1


def test_plan_and_actual_stand_side_by_side(books):
    cells, first = values(books[2]), group()
    billed = {month["month"]: month["billed"] for month in first["months"]}
    for line, month, calls in ((17, "2026-08", 10_000), (18, "2026-09", 11_000), (19, "2026-10", 12_000)):
        assert cells[f"D{line}"] == calls
        assert cells[f"F{line}"] == pytest.approx(billed[month])
        assert cells[f"G{line}"] == pytest.approx(cells[f"H{line}"] + cells[f"I{line}"])
    assert (cells.get("D20") or "") == ""  # November is not over
    # A call of the plan: 2,850 tokens in at 2.50 and 120 out at 10 USD per 1M.
    assert cells["E17"] == pytest.approx(10_000 * (2_850 * 2.5 + 120 * 10) / 1e6)
    assert cells["E9"] == pytest.approx(1.2**0.5 - 1)
    assert cells["K20"] == pytest.approx(12_000 * (1 + cells["E9"]))
    assert cells["E10"] == pytest.approx(
        sum(cells[f"F{line}"] for line in (17, 18, 19)) / sum(cells[f"J{line}"] for line in (17, 18, 19))
    )


def test_the_running_totals_say_when_it_is_back(books):
    cells = values(books[2])
    total = -4 * 60
    assert cells["N16"] == total
    for line in range(17, 53):
        total += cells[f"L{line}"]
        assert cells[f"N{line}"] == pytest.approx(total)
    place = next(line for line in range(17, 53) if cells[f"N{line}"] >= 0)
    before, after = cells[f"N{place - 1}"], cells[f"N{place}"]
    assert cells["L5"] == pytest.approx(place - 16 - after / (after - before))
    assert cells["L5"] > cells["L4"]  # today costs less than planned, so less is saved


def test_libreoffice_finds_the_same(books):
    ours, theirs = values(books[2]), recalculate(books[2]).values
    compared = 0
    for (sheet, address), value in theirs.items():
        if sheet == "Actuals" and isinstance(value, float):
            assert ours[address] == pytest.approx(value, rel=1e-9, abs=1e-9), address
            compared += 1
    assert compared > 300


def test_a_book_of_another_make_is_refused(tmp_path):
    import xlsxwriter

    path = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Data").write(0, 0, 1)
    with pytest.raises(BadWorkbook, match="has no input queries"):
        write_actuals(path, tmp_path / "out.xlsx", group(), "x")
    assert not (tmp_path / "out.xlsx").exists()
