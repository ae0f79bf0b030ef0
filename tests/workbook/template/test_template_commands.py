"""The commands new and report, and the class behind the consultant's report."""

from __future__ import annotations

import json

import openpyxl
import pytest
from typer.testing import CliRunner

from addin.cli import app
from pycalc.models import catalogue
from tests import sharing
from tests.workbook.template import shipped
from workbook.errors import WorkbookError
from workbook.tasks.report.hospital import MedicalAIProject
from workbook.tasks.start import started

runner = CliRunner()


def test_new_writes_a_workbook_and_keeps_one_that_is_there(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The case's name in any letters."""
    path = tmp_path / "model.xlsx"
    assert runner.invoke(app, ["new", str(path), "--case", "SameClass"]).exit_code == 0
    assert path.read_bytes() == shipped.contents("sameclass")
    again = runner.invoke(app, ["new", str(path)])
    assert again.exit_code == 2
    assert path.read_bytes() == shipped.contents("sameclass")
    assert runner.invoke(app, ["new", str(path), "--case", "blank", "--force"]).exit_code == 0
    assert path.read_bytes() == shipped.contents("blank")


@pytest.mark.parametrize(
    "arguments", [["model.xlsm"], ["model.xlsx", "--case", "nope"], ["no/such/folder/model.xlsx"]], ids=str
)
def test_new_refuses_in_one_line(arguments: list[str], tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(app, ["new", *arguments])
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_report_prints_both_totals_and_a_recommendation() -> None:
    result = runner.invoke(app, ["report", "--case", "hospital"])
    assert result.exit_code == 0
    for text in ("605,000.00", "633,993.07", "500,000.00", "625,000.00", "28,993.07", "Do not fine-tune", "shut down"):
        assert text in result.output


def test_report_as_json() -> None:
    figures = json.loads(runner.invoke(app, ["report", "--case", "hospital", "--json"]).output)
    # 1,000,000 letters: 2,500 tokens in at 30, 500 out at 60, 5% reviewed at 10
    assert figures["pe_year1"] == pytest.approx(75_000 + 30_000 + 500_000, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "winner"),
    [
        ({}, "PE"),
        ({"ft_review_ramp_months": 2}, "FT"),
        ({"ft_review_start_rate": 0.0885}, "PE"),
        ({"ft_review_start_rate": 0.0883}, "FT"),
    ],
)
def test_what_turns_the_hospital_case(change: dict, winner: str) -> None:
    """The year turns at a starting rate of 8.84%: 105,000 − 4,800 − 26.40 − 4,166.67 = 95,806.93 pays for 3.83% more
    of a quarter of a million letters. Two months of ramp cost 83,333, less than that."""
    assert MedicalAIProject(**change).winner == winner


def test_hospital_class_equals_the_workbook() -> None:

    project = MedicalAIProject()
    assert shipped.output("hospital", "out_pe_year1") == pytest.approx(project.pe_year1, rel=1e-12)
    assert shipped.output("hospital", "out_ft_year1") == pytest.approx(project.ft_year1, rel=1e-12)
    assert shipped.output("hospital", "out_year1_winner") == project.winner


def test_new_takes_its_inputs_from_a_csv_or_a_workbook(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The same table as CSV with commas, as a German program saves one, and as a sheet of a workbook."""
    lines = [
        ("Name", "Value", "Note"),
        ("queries", 20000, "plan"),
        ("7.hourly_price", 2.69, ""),
        ("use_case", "style", ""),
    ]
    (tmp_path / "a.csv").write_text("\n".join(",".join(map(str, line)) for line in lines))
    (tmp_path / "b.csv").write_text("\n".join(";".join(map(str, line)) for line in lines))
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(tmp_path / "c.xlsx")
    started_cases = [started("blank", table=tmp_path / name) for name in ("a.csv", "b.csv", "c.xlsx")]
    for case in started_cases:
        given = case.given
        assert (given["queries"].value, given["own_hourly_price"].value, given["use_case"].value) == (
            20000,
            2.69,
            "style",
        )
        assert given["queries"].note == "plan"
        assert "line 2" in given["queries"].source
    (tmp_path / "d.csv").write_text("queries,20000\n")
    with pytest.raises(WorkbookError, match="no columns name and value"):
        started("blank", table=tmp_path / "d.csv")


def test_summary_says_in_words_why_there_is_no_figure() -> None:
    """Nothing paid up front: no rate of return, and no error where a reader looks; the named cell stays #N/A."""
    assert shipped.output("techwiz", "out_rec_irr") == "#N/A"
    sheet, cell = shipped.address(shipped.place("techwiz", "out_rec_irr"))
    beside = f"{chr(ord(cell[0]) + 1)}{cell[1:]}"
    assert shipped.values("techwiz")[sheet, beside] == "nothing is paid up front"
    sheet, cell = shipped.address(shipped.place("blank", "out_rec_payback"))
    beside = f"{chr(ord(cell[0]) + 1)}{cell[1:]}"
    assert shipped.values("blank")[sheet, beside] == "nothing is recommended yet"


def test_new_takes_a_model_of_a_reseller(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Azure: 2 and 8, fine-tuned 1.70 USD an hour for a deployment, half price in batches; shutdowns are not kept."""
    with sharing.fewer_months(spare=1):
        result = runner.invoke(app, ["new", str(tmp_path / "a.xlsx"), "--models", "azure/gpt-4.1,azure/ft:gpt-4.1"])
    assert result.exit_code == 0, result.output
    assert "does not keep Azure's shutdown date of gpt-4.1" in result.output
    given = {
        name: item.value
        for name, item in started("blank", models=["azure/gpt-4.1", "azure/ft:gpt-4.1"]).values().items()
    }
    right = {
        "pe_input_price": 2, "pe_output_price": 8, "1.batch_price": 0.5, "ft_input_price": 2, "ft_output_price": 8,
        "5.hourly_price": 1.7, "5.units": 1, "ft_training_price": 25,
    }  # fmt: skip
    assert {name: given.get(name) for name in right} == right
    assert "ft_shutdown_date" not in given


def test_new_knows_the_last_day_of_training() -> None:
    """OpenAI ends training gpt-4.1-mini on 2027-01-06 (its page on deprecations): the day before is the last."""
    given = started("blank", models=["gpt-4.1", "ft:gpt-4.1-mini"]).values()
    assert given["5.training_end"].value == catalogue.serial("2027-01-05")
    assert "1.training_end" not in given
