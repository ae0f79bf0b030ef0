"""The corpus, run through every engine: no engine got worse, and what recalc stores is right or nothing."""

from __future__ import annotations

import csv
import shutil

import pytest

from tests.workbook.engines.corpus import KNOWN, PAGE, all_verdicts, equal, known, lines, table, without, write
from workbook.engines.settling import settle
from workbook.file.package import Package


@pytest.fixture(scope="module")
def given():
    return lines()


@pytest.fixture(scope="module")
def verdicts(given):
    return all_verdicts(given)


def test_the_corpus_covers_the_functions_of_excel(given):
    """Microsoft's list has 512 names, those newer than Excel 2021 included."""
    names = {line.name for line in given if line.kind == "functions" and "+" not in line.name}
    rest = {name for group, _ in without() for name in group.split(", ")}
    assert names.isdisjoint(rest)
    assert len(names | rest) == 512


def test_every_line_is_right_in_some_engine(given, verdicts):
    """An expected value that no engine gives would be a mistake of ours in reading the documentation."""
    if len(verdicts) < 3:
        pytest.skip("LibreOffice is not installed")
    wrong = [line for n, line in enumerate(given) if all(found[n] != "equal" for found in verdicts.values())]
    assert wrong == []


def test_the_table_in_the_docs_and_the_list_of_the_unbelieved_are_up_to_date(given, verdicts):
    """Made again by: python -m tests.workbook.engines.corpus --accept."""
    if len(verdicts) < 3:
        pytest.skip("LibreOffice is not installed")
    assert KNOWN.read_text(encoding="utf-8") == known(verdicts, given)
    assert PAGE.read_text(encoding="utf-8") == table(verdicts, given)


def test_recalc_stores_what_excel_would_show_or_nothing(given, tmp_path):
    """Without stored values nothing in the file helps: what is known of the engines has to."""
    path = tmp_path / "empty.xlsx"
    write(path, given, 0)  # zeros in a file that asks to be calculated on opening
    with Package(path) as package:
        settled = settle(package)
        values = {cell: settled.shows(("S", cell)) for cell in (f"B{row}" for row in range(1, len(given) + 1))}
        kept = {cell for _, cell in settled.kept}
    wrong = [
        (line.formula, line.expected, values[f"B{row}"])
        for row, line in enumerate(given, 1)
        if f"B{row}" not in kept and not equal(values[f"B{row}"], line.expected)
    ]
    assert wrong == []
    assert len(kept) <= (2 if shutil.which("soffice") else 25)  # without a third engine more is left open


def test_the_tables_have_no_line_twice(given):
    assert len({(line.name, line.formula) for line in given}) == len(given)
    assert [row["engine"] for row in csv.DictReader(KNOWN.read_text(encoding="utf-8").splitlines())]
