"""Scenarios and memo of a workbook that somebody has rebuilt in a spreadsheet program."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workbook.tasks.scenario.scenariobooks import figure, formulas, tab_values
from workbook.file import named
from workbook.tasks.report import contents
from workbook.tasks.report.table import lines
from workbook.tasks.scenario import Scenario, add_scenarios, inputs, remove_scenario, scenarios


def _python_with_uno() -> str:
    for name in ("/usr/bin/python3", "/opt/libreoffice/program/python", shutil.which("python3") or "python3"):
        if (
            shutil.which(name)
            and subprocess.run([name, "-c", "import uno"], capture_output=True, check=False).returncode == 0
        ):
            return name
    if os.environ.get("CI"):
        pytest.fail("no Python with uno; in CI nothing is skipped. Debian: apt-get install python3-uno")
    pytest.skip("no Python with uno. Debian: apt-get install python3-uno")


@pytest.fixture(scope="module")
def edited(tiny, tmp_path_factory, soffice) -> Path:
    assert soffice
    folder = tmp_path_factory.mktemp("edited")
    out = folder / "edited.xlsx"
    script = Path(__file__).with_name("edit_in_calc.py")
    environment = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [_python_with_uno(), script, tiny, out, folder / "profile"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert out.exists(), done.stderr
    return out


def test_scenario(edited, tmp_path, request):
    """Rows and columns inserted, sheets renamed and moved: 10,000 × (850 × 15 + 100 × 30) / 1e6 = 157.50."""
    assert scenarios(edited)[0].letters == "F"  # E in the template: the edits arrived
    assert inputs(edited)["facts_change"] is False  # which LibreOffice stores as the formula FALSE()
    out = tmp_path / "out.xlsx"
    result = add_scenarios(edited, out, [Scenario("Half", ("pe_input_price=-50%", "pe_output_price=-50%"))])
    assert result.warnings == []
    assert figure(tab_values(out, "Half"), "Running cost of month one") == pytest.approx(157.5, rel=1e-12)
    assert named.values(out)["out_checks"] is True
    request.getfixturevalue("values_left_alone")  # of what is removed the formulas are asked
    remove_scenario(out, tmp_path / "removed.xlsx", "Half")
    assert formulas(tmp_path / "removed.xlsx") == formulas(edited)


@pytest.mark.usefixtures("reported_once")
def test_memo(edited, tiny):
    """The same figures, wherever they stand now."""
    before = {line[:3]: line[3] for line in lines(contents(tiny))}
    after = {line[:3]: line[3] for line in lines(contents(edited))}
    assert before.keys() == after.keys()
    for key, value in before.items():
        if isinstance(value, float):
            assert after[key] == pytest.approx(value, rel=1e-9), key
        elif key[:2] not in (("Memo", "Workbook"), ("Checks", "Note 1")):
            assert after[key] == value, key
