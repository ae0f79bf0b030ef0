"""`breakeven evaluate` as it is typed: tables read, and passes and trials written into Options."""

from __future__ import annotations

import json
import sys

import pytest
import xlsxwriter

from addin.cli import main
from tests.workbook.engines.twinbook import POISON
from workbook.file.package import Package

TABLE = [
    ("example", "option", "tone"),
    (1, "today", "pass"),
    (1, "ft", "pass"),
    (2, "today", "fail"),
    (2, "ft", "pass"),
]


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["breakeven", "evaluate", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return code, *capfd.readouterr()

    return call


def write_csv(path, delimiter=","):
    path.write_text("\n".join(delimiter.join(map(str, row)) for row in TABLE) + "\n", encoding="utf-8")


def write_jsonl(path):
    lines = [
        {"example": example, "option": option, "scores": {"tone": mark == "pass"}}
        for example, option, mark in TABLE[1:]
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def write_workbook(path):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Scores")
    for number, row in enumerate(TABLE):
        sheet.write_row(number, 0, row)
    book.close()


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("s.csv", write_csv),
        ("s.csv", lambda path: write_csv(path, ";")),
        ("s.jsonl", write_jsonl),
        ("s.xlsx", write_workbook),
    ],
)
def test_three_kinds_of_files_say_the_same(run, tmp_path, name, write):
    write(tmp_path / name)
    code, out, _ = run(name, "--json")
    result = json.loads(out)
    assert code == 0
    rates = result["dimensions"][0]["options"]
    assert [(rate["option"], rate["passes"], rate["trials"]) for rate in rates] == [("today", 1, 2), ("ft", 2, 2)]
    assert any("cannot tell" in sign for sign in result["signs_of_trouble"])


def test_what_a_person_reads(run, tmp_path):
    write_csv(tmp_path / "s.csv")
    code, out, err = run("s.csv", "--minimum", "0.9")
    assert (code, err) == (0, "")
    assert "2 of 2  100.0%  34.2% to 100.0%" in out  # Wilson: 1 - z²/(2 + z²) = 2/5.8415
    assert "ft looks better than today, but it may be chance (p 1.0000)" in out
    assert "2 test examples cannot tell a pass rate of 60% from one of 90%: that takes 32 for each option" in out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty. It needs a header row with the columns example, option"),
        ("example,option,tone\n", "holds no scores"),
        ("example,option,tone,tone\n1,a,pass,pass\n", "two columns are titled 'tone'"),
    ],
)
def test_a_file_without_scores_is_one_line(run, tmp_path, text, words):
    (tmp_path / "s.csv").write_text(text)
    code, out, err = run("s.csv")
    assert code == 2
    assert not out
    assert words in " ".join(err.split())


@pytest.fixture
def options(tmp_path):
    """A workbook with a sheet Options as the template lays it out, and one formula that reads from it."""
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Options")
    for row, cells in enumerate(
        (
            ("Options",),
            ("Option number", "Unit", 1, 2, 3),
            ("Option", "", "Today", "Cached", "Fine-tuned"),
            ("Model", "", "gpt-4.1", "gpt-4.1", "ft:gpt-4.1-mini"),
            ("Test: answers that passed", "answers"),
            ("Test: answers judged", "answers", 7),
        )
    ):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.write_formula("E8", "=E5/E6", None, POISON)
    book.close()
    return path


def stored(path):
    with Package(path) as package:
        strings = package.strings()
        (sheet,) = package.worksheets()
        return {cell.address: cell.value(strings) for cell in package.cells(sheet.part)}


def test_passes_and_trials_go_to_their_option_and_the_book_is_recalculated(run, options, tmp_path):
    write_csv(tmp_path / "s.csv")
    before = options.read_bytes()
    wanted = ("s.csv", "--into", "book.xlsx", "-o", "out.xlsx", "--as", "ft=ft:gpt-4.1-mini")
    code, _, err = run(*wanted)
    assert code == 2
    assert "Options!C6 holds trials already (7). --replace writes over them" in " ".join(err.split())
    assert not (tmp_path / "out.xlsx").exists()
    code, out, _ = run(*wanted, "--replace")
    assert code == 0
    assert "written to out.xlsx" in out
    cells = stored(tmp_path / "out.xlsx")
    assert [cells[place] for place in ("C5", "C6", "E5", "E6", "E8")] == [1, 2, 2, 2, 1]
    assert options.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpt-4.1", "2 of its options have the model gpt-4.1"),
        ("nobody", "has no option 'nobody'; it has 1 Today, 2 Cached, 3 Fine-tuned"),
    ],
)
def test_an_option_that_is_not_one_of_the_workbooks(run, options, tmp_path, name, words):
    write_csv(tmp_path / "s.csv")
    code, _, err = run("s.csv", "--into", options.name, "-o", "out.xlsx", "--replace", "--as", f"ft={name}")
    assert code == 2
    assert words in " ".join(err.split())
    assert not (tmp_path / "out.xlsx").exists()


def test_an_option_may_be_left_out_and_a_number_names_one(run, options, tmp_path):
    write_csv(tmp_path / "s.csv")
    code, *_ = run("s.csv", "--into", options.name, "-o", "out.xlsx", "--as", "ft=3", "--as", "today=")
    assert code == 0
    cells = stored(tmp_path / "out.xlsx")
    assert (cells["E5"], cells["E6"], cells["C6"]) == (2, 2, 7)


def test_equal_is_said_of_the_examples_both_were_judged_on(run, tmp_path):
    """1 of 1 against 1 of 2: alike on the one example that both answered."""
    (tmp_path / "s.csv").write_text("example,option,ok\n1,a,pass\n1,b,pass\n2,b,fail\n", encoding="utf-8")
    code, out, _ = run("s.csv")
    assert code == 0
    assert "s.csv: 2 examples, 2 options" in out
    assert "b and a pass equally often on the examples judged under both." in out
