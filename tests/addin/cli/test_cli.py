"""The command as a person types it: one process a call, exit code, standard output and error."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile

import pytest

from pycalc import FUNCTIONS
from tests import warm


def breakeven(*words: str, before=None, **variables: str) -> subprocess.CompletedProcess:
    return warm.breakeven(*words, env={"COLUMNS": "100", "NO_COLOR": "1", **variables}, before=before)


def test_help_lists_every_command():
    from addin.cli import COMMANDS

    text = breakeven("--help").stdout
    assert all(f"  {command} " in text for command in COMMANDS)


def commands():
    """Every command with its words: `usage`, `dataset audit`."""
    import typer

    from addin.cli import COMMANDS, app

    group = typer.main.get_command(app)
    for name in COMMANDS:
        command = group.get_command(None, name)
        for inner, each in getattr(command, "commands", {name: command}).items():
            yield name if each is command else f"{name} {inner}", each


def test_every_parameter_has_its_help_and_every_line_of_the_table_its_parameter():
    from addin.cli.options import TABLE
    from workbook.file import tsv

    known = {(words, each.name): each for words, command in commands() for each in command.params}
    assert [place for place, each in known.items() if not getattr(each, "help", "")] == []
    for line in tsv.lines(TABLE):
        for words in filter(None, line["command"].split(", ")):
            each = known[words, line["name"]]
            assert each.opts == (line["flags"].split() or [line["name"]])
            assert re.fullmatch(re.escape(line["help"]).replace(r"\{\}", "[a-z, -]+"), each.help)
            assert each.metavar == (line["metavar"] or each.metavar)


def test_functions_lists_all_and_explains_one():
    listed = breakeven("functions").stdout
    assert all(name in listed for name in FUNCTIONS)
    one = breakeven("functions", "ft_breakeven").stdout
    for part in ("FT_BREAKEVEN(upfront, pe_monthly, ft_monthly)", "USD per month", "#N/A", "Native Excel"):
        assert part in one


def test_functions_as_json():
    data = json.loads(breakeven("functions", "--json").stdout)
    assert {entry["name"] for entry in data} == set(FUNCTIONS)
    assert all(argument["unit"] for entry in data for argument in entry["arguments"])


def test_an_unknown_function_is_met_with_a_suggestion():
    run = breakeven("functions", "FT_BREAKEVN")
    assert (run.returncode, run.stdout) == (2, "")
    assert "FT_BREAKEVEN" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("formula", "shown", "code", "said"),
    [
        # 2095.33/306; 10000 x (850 x 30 + 100 x 60)/1e6 = 315; a third of it is 105
        ("=FT_BREAKEVEN(2095.33,315,9)", "6.84748366013072", 0, ""),
        ('=ROUND(PE_MONTHLY(10000,800,50,100,30,60)/3,2)&" USD"', "105 USD", 0, ""),
        ("=PE_MONTHLY(10000,800,50,100,30,60,,0.5)", "315", 0, ""),
        ("=IF(FT_BREAKEVEN(12,315,9)<1,TRUE,FALSE)", "TRUE", 0, ""),
        ("=IFERROR(FT_BREAKEVEN(12,9,315),-1)", "-1", 0, ""),
        ("=FT_BREAKEVEN(12,9,315)", "#N/A", 1, "never breaks even"),
        ('=FT_BREAKEVEN("x",315,9)', "#VALUE!", 1, "upfront"),
        ("=FT_LABOR(-1,5,50)", "#NUM!", 1, "examples"),
        ("=1/0", "#DIV/0!", 1, ""),
        # 600 x 1.1 = 660, x 1.1 = 726; a bad element has its own error and decides the exit code
        ("=FT_CASHFLOW(3,1000,600,0.1)", "-1000\n600\n660\n726", 0, ""),
        ("=FT_ROI(12,{100,0,200},10)", "0.2\t#DIV/0!\t-0.4", 1, "upfront"),
    ],
)
def test_eval(formula, shown, code, said):
    run = breakeven("eval", formula)
    assert (run.stdout.strip(), run.returncode) == (shown, code)
    assert said in run.stderr


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("=NOPE(1)", "NOPE is no function or defined name here. `breakeven functions` lists ours."),
        ("=SUM(1,tax_rate)", "tax_rate is no function or defined name here. `breakeven functions` lists ours."),
        ("=SUM(1)+FT_LABUR(1,2,3)", "FT_LABUR is no function or defined name here. Did you mean FT_LABOR"),
        ("=LET(x,1,NOPE(x))", "NOPE is no function or defined name here."),
    ],
)
def test_eval_names_what_it_does_not_know(formula, said):
    run = breakeven("eval", formula)
    assert (run.stdout, run.returncode) == ("#NAME?\n", 1)
    assert run.stderr.startswith(said)
    assert run.stderr.count("is no function") == 1


def test_a_wrong_value_is_said_before_a_missing_option():
    run = breakeven("handover", "book.xlsx", "--as", "nothing")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "Error: --as takes formulas, lambda, values, not nothing\n"
    run = breakeven("handover", "book.xlsx")
    assert run.stderr == "Error: -o COPY.xlsx is missing: the workbook itself is never changed\n"


@pytest.mark.parametrize("formula", ["=FT_BREAKEVEN(", '="open', "=)", ""])
def test_a_formula_that_cannot_be_read_is_one_line(formula):
    run = breakeven("eval", formula)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.count("\n") == 1


def test_demo_prints_the_course_numbers(tmp_path):
    """In the narrowest of encodings, which must not fail."""
    run = breakeven("demo", "-o", str(tmp_path / "demo"), before=warm.as_shipped, PYTHONIOENCODING="ascii")
    assert run.returncode == 0, run.stderr
    assert run.stdout.isascii()
    # Published: 315.00 and 9.00 a month, 12.00 training, 2,083.33 labour, hybrid 29.00; worked out: 6.85, 11.74, 22.41
    # months with labour, 35.08 and 14.54 USD per 1M as the flipping prices.
    for number in ("315.00", "9.00", "12.00", "2,095.33", "29.00", "6.85", "11.74", "22.41", "35.08", "14.54"):
        assert number in run.stdout
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"techwiz.xlsx", "techwiz-recalculated.xlsx"}
    assert " 0 differ" in run.stdout


def test_a_file_where_a_folder_belongs_is_one_line(tmp_path):
    (tmp_path / "demo").write_text("mine")
    run = breakeven("demo", "-o", str(tmp_path / "demo"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "File exists" in run.stderr
    assert "Traceback" not in run.stderr
    assert (tmp_path / "demo").read_text() == "mine"


def bad_files(folder):
    """Files that are no workbook, each with a word its error must hold."""
    (folder / "text.xlsx").write_text("not a workbook")
    (folder / "empty.xlsx").write_bytes(b"")
    (folder / "locked.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    with zipfile.ZipFile(folder / "other.xlsx", "w") as other:
        other.writestr("hello.txt", "hello")
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", b"<Types/>")
        bomb.writestr("xl/workbook.xml", bytes(300_000_000))
    entity = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook>&x;</workbook>'
    with zipfile.ZipFile(folder / "entity.xlsx", "w") as outside:
        outside.writestr("[Content_Types].xml", entity)
        outside.writestr("_rels/.rels", entity)
        outside.writestr("xl/workbook.xml", entity)
    return sorted(path.name for path in folder.glob("*.xlsx"))


def test_bad_files_are_one_line_and_nothing_is_written(tmp_path):
    for name in [*bad_files(tmp_path), "missing.xlsx"]:
        before = sorted(path.name for path in tmp_path.iterdir())
        run = breakeven("recalc", str(tmp_path / name))
        assert (run.returncode, run.stdout) == (2, ""), name
        assert run.stderr.count("\n") == 1, run.stderr
        assert name in run.stderr
        assert sorted(path.name for path in tmp_path.iterdir()) == before, name


def test_a_missing_target_folder_is_one_line(tmp_path):
    run = breakeven("new", str(tmp_path / "nowhere" / "book.xlsx"))
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1


def test_an_unknown_case_names_the_known_ones(tmp_path):
    run = breakeven("new", str(tmp_path / "book.xlsx"), "--case", "nonsense")
    assert run.returncode == 2
    assert "techwiz, hospital, sameclass, capacity, blank" in run.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("build", "nohost"), "there is no host 'nohost'. Give excel, lite, calc, lambda, office or sheets"),
        (("install", "nohost"), "there is no host 'nohost'. Give excel or calc"),
        (
            ("uninstall", "Lite"),
            "Lite is not installed on this computer, it lives in the workbook: breakeven addin build lite",
        ),
    ],
)
def test_an_unknown_host_names_the_known_ones(words, said):
    run = breakeven("addin", *words)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"Error: {said}\n")


def test_a_host_in_any_letters(tmp_path):
    run = breakeven("addin", "build", "Calc", "-o", str(tmp_path / "b.oxt"))
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "b.oxt").exists()
