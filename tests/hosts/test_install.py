"""Building, installing, undoing and diagnosing, through the command."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from addin.calc import install as calc_install
from addin.cli import app
from addin.excel import install as excel
from addin.lite import main_py, workbook
from tests import warm
from workbook.errors import WorkbookError
from workbook.file.package import Package
from workbook.formulas import lambdas


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["addin", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def command(*arguments):
    """The command as a person starts it: errors become one line."""
    return warm.breakeven("addin", *map(str, arguments))


@pytest.fixture
def model(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "model.xlsx"))
    sheet = book.add_worksheet("Model")
    sheet.write_formula("A1", "=FT_BREAKEVEN(12,315,9)", None, 0)
    book.define_name("upfront", "=Model!$A$1")
    book.define_name("FT_ROI", "=Model!$A$1")
    book.close()
    return tmp_path / "model.xlsx"


def test_the_files_of_each_host(tmp_path, model):
    assert run("build", "excel", "-o", tmp_path / "x").count("breakeven.") == 3
    run("build", "calc", "-o", tmp_path / "b.oxt", "--packages", "/some/folder")
    with zipfile.ZipFile(tmp_path / "b.oxt") as archive:
        assert archive.read("packages.txt") == b"/some/folder"
    run("build", "lite", model, "-o", tmp_path / "lite.xlsx")
    with Package(tmp_path / "lite.xlsx") as package:
        assert workbook.properties(package)["main.py"] == main_py.text()
    run("build", "lite", "-o", tmp_path / "main.py")
    assert (tmp_path / "main.py").read_text(encoding="utf-8") == main_py.text()


def test_the_template_with_the_functions_inside(tmp_path):
    run("build", "lite", "--template", "-o", tmp_path / "template.xlsx")
    with Package(tmp_path / "template.xlsx") as package:
        assert "main.py" in workbook.properties(package)
        assert "Inputs" in [sheet.name for sheet in package.sheets()]


def test_lambda_names_go_into_a_workbook_and_the_users_own_stay(tmp_path, model):
    before = model.read_bytes()
    said = run("build", "lambda", model, "-o", tmp_path / "out.xlsx")
    assert "own names stay: FT_ROI" in said.replace("\n", " ")
    assert model.read_bytes() == before
    with Package(tmp_path / "out.xlsx") as package:
        names = {defined.name: defined.text for defined in package.defined_names()}
        comments = dict(re.findall(rb'name="(\w+)" comment="([^"]*)"', package.read(package.workbook_part)))
    assert {name.encode() for name in lambdas.names()} - {b"FT_ROI"} == comments.keys()
    assert all(0 < len(text.decode()) <= 255 for text in comments.values())  # Excel's limit
    assert names["FT_ROI"] == "Model!$A$1"
    assert names["FT_BREAKEVEN"].startswith("_xlfn.LAMBDA(_xlpm.upfront_,")  # the workbook has a name "upfront"
    assert set(lambdas.names()) <= set(names)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build", "lite"], "Name the workbook"),
        (["build", "calc", "book.xlsx"], "needs no workbook"),
        (["build", "lambda", "no-such-book.xlsx"], "no-such-book.xlsx"),
        (["build", "lite", __file__, "-o", "out.xlsx"], "test_install.py"),
    ],
)
def test_wrong_calls_are_one_line_and_write_nothing(arguments, says):
    done = command(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert "Traceback" not in done.stderr
    assert not Path("out.xlsx").exists()


def test_without_xlwings_the_command_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr("addin.cli.addin.find_spec", lambda _name: None)
    run("build", "excel", "-o", tmp_path / "x", code=2)
    assert not (tmp_path / "x").exists()


def test_check_counts_the_functions():
    said = run("check")
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "excel",
        "lite",
        "calc",
        "office",
        "sheets",
        "lambda",
    ]


@pytest.fixture
def windows(tmp_path):
    """A Windows computer's folders, with a Python in them."""
    python = tmp_path / "Python" / "python.exe"
    python.parent.mkdir()
    for name in ("python.exe", "pythonw.exe"):
        (python.parent / name).touch()
    environment = {"APPDATA": str(tmp_path / "Roaming"), "USERPROFILE": str(tmp_path / "User")}
    return excel.Places(environment, str(python.parent), str(python))


def test_install_in_excel_and_undo(windows):
    windows.configuration.parent.mkdir(parents=True)
    windows.configuration.write_text('"INTERPRETER_WIN","C:\\other\\pythonw.exe"\n"SHOW CONSOLE","True"\n')
    before = windows.configuration.read_text()
    excel.install(windows)
    excel.install(windows)  # a second time changes nothing more
    settings = windows.configuration.read_text()
    assert f'"INTERPRETER_WIN","{windows.python.parent / "pythonw.exe"}"' in settings
    assert '"UDF MODULES","addin.excel.functions"' in settings
    assert '"SHOW CONSOLE","True"' in settings
    assert (windows.start_folder / "breakeven.xlam").exists()
    excel.uninstall(windows)
    assert sorted(windows.configuration.read_text().splitlines()) == sorted(before.splitlines())
    assert not (windows.start_folder / "breakeven.xlam").exists()
    assert excel.uninstall(windows) == ["The add-in is not installed in Excel."]


def wrong(windows, disabled=()):
    return {finding.what: finding.text for finding in excel.findings(windows, list(disabled)) if not finding.fine}


def test_doctor_finds_what_is_wrong_in_excel(windows):
    import xlwings

    library = windows.prefix / f"xlwings64-{xlwings.__version__}.dll"
    assert set(wrong(windows)) == {"add-in", "Python", "xlwings"}
    excel.install(windows)
    library.touch()
    assert wrong(windows) == {}
    library.unlink()
    assert "pip install --force-reinstall xlwings" in wrong(windows)["xlwings"]
    library.touch()
    assert "Disabled Items" in wrong(windows, [r"C:\x\XLSTART\BREAKEVEN.XLAM"])["enabled"]
    (windows.python.parent / "pythonw.exe").unlink()
    assert "is not there" in wrong(windows)["Python"]
    windows.configuration.write_text(f'"INTERPRETER_WIN","{__file__}"\n')
    assert "another Python" in wrong(windows)["Python"]


@pytest.mark.skipif(sys.platform == "win32", reason="there it installs")
def test_excel_elsewhere_is_explained():
    with pytest.raises(WorkbookError, match="xlwings Lite"):
        excel.here()


def test_doctor_prints_every_finding_as_json():
    result = CliRunner().invoke(app, ["addin", "doctor", "--json"])
    assert result.exit_code in (0, 1)
    findings = json.loads(result.output)
    assert {"Python", "LibreOffice", "Excel"} == {finding["host"] for finding in findings}
    assert all(finding["text"] for finding in findings)
    assert result.exit_code == (0 if all(finding["fine"] for finding in findings) else 1)


def test_doctor_tells_the_version_in_libreoffice(monkeypatch):
    monkeypatch.setattr(calc_install, "_program", lambda: Path("/usr/bin/unopkg"))
    shown = "Identifier: org.llmbreakeven\n  Version: 0.0.1\n  is registered: yes\n"
    monkeypatch.setattr(calc_install, "_unopkg", lambda *_: shown)
    extension = next(finding for finding in calc_install.findings() if finding.what == "extension")
    assert not extension.fine
    assert "0.0.1 is installed" in extension.text


def test_without_libreoffice_the_command_says_what_to_do(monkeypatch):
    monkeypatch.setattr(calc_install, "_program", lambda: None)
    with pytest.raises(WorkbookError, match="not on this computer"):
        calc_install.install()
