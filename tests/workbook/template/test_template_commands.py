"""The commands new and report, and the class behind the consultant's report."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from addin.cli import app
from workbook.tasks.report.hospital import MedicalAIProject

runner = CliRunner()


def test_new_writes_a_workbook_and_keeps_one_that_is_there(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "model.xlsx"
    assert runner.invoke(app, ["new", str(path), "--case", "sameclass"]).exit_code == 0
    first = path.read_bytes()
    again = runner.invoke(app, ["new", str(path)])
    assert again.exit_code == 2
    assert path.read_bytes() == first
    assert runner.invoke(app, ["new", str(path), "--case", "blank", "--force"]).exit_code == 0
    assert path.read_bytes() != first


@pytest.mark.parametrize("case", ["SameClass"])
def test_new_takes_the_case_in_any_letters(case: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for name in (case, "sameclass"):
        assert runner.invoke(app, ["new", str(tmp_path / f"{name}-.xlsx"), "--case", name]).exit_code == 0
    assert (tmp_path / f"{case}-.xlsx").read_bytes() == (tmp_path / "sameclass-.xlsx").read_bytes()


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
    from tests.workbook.template import shipped

    project = MedicalAIProject()
    assert shipped.output("hospital", "out_pe_year1") == pytest.approx(project.pe_year1, rel=1e-12)
    assert shipped.output("hospital", "out_ft_year1") == pytest.approx(project.ft_year1, rel=1e-12)
    assert shipped.output("hospital", "out_year1_winner") == project.winner
