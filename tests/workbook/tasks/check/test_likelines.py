"""Lines taken in at once tell the checks what their cells tell one by one, whatever stands between them."""

from __future__ import annotations

from dataclasses import fields
from random import Random

import pytest
import xlsxwriter

from workbook.engines import recalculate
from workbook.file.package import Package
from workbook.tasks.check import check
from workbook.tasks.check.likelines import LikeLines
from workbook.tasks.check.seen import Survey
from workbook.tasks.check.survey import survey

FIRST, LAST = 3, 84
"""The first sixteen are read cell by cell, and typed numbers have a formula in reach for thirty lines."""

CALL = "=PE_MONTHLY(1000,{},50,100,0.5,1.5)"
CELLS = ("C{}", "$C{}", "C$70", "$C${0}", "$C${1}", "C{1}")
COLUMNS = {
    "A": ("{}.5",),
    "B": ("3", "east", "'12"),
    "C": ("0.5", "500"),
    "D": ("=A{}*2", '=IF(A{}>50," ","x")', "=IF(A{}>20,A{}>0,1)"),
    "E": ("'12", "east", "7", ""),
    "F": [CALL.format(cell) for cell in CELLS],
    "G": ('=IF(A{}>3,"much","little")',),
    "H": ("=SUM(A$1:A{0})+$C${0}", "=D{1}&1"),
    "I": ("=A{}*0.19", "=NPV(0.1,A{0}:C{0})", "='[1]Far'!A{}", "=NOW()*0", "=1/0"),
    "J": ("", "8", "'1,200"),
}  # fmt: skip
"""What the lines may hold; {1} is the row above."""
ODD = (
    *(("A", "x"), ("A", "'12"), ("A", ""), ("A", "=5*1"), ("B", "5"), ("B", "'1,200"), ("C", "0.2"), ("C", "=A{}")),
    *(("D", "4711"), ("D", "=A{}*3"), ("D", "=1/0"), ("F", "=PE_MONTHLY(0.5)"), ("G", "=A{}>3"), ("G", '=""')),
    *(("I", "8"), ("K", "1"), ("K", "Price per 1M tokens")),
)
"""What a cell holds in place of its line's."""


def made(path, columns, odd=(), stale=(), names=(), opens="Per call"):
    """Lines below two of headings, alike but for some cells: (row, column, content). Digits are a number, behind an
    apostrophe a text. Formulas store what they compute to, but for `stale` ones. Gives what was computed, too."""
    values: dict[str, object] = {}
    for _ in range(2):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("S")
            sheet.write_row(0, 0, ["Tokens per call", "Where", "Tokens per call", "Model"])
            sheet.write("A2", opens)
            for name in names:
                book.define_name(name, "=S!$A$2")
            for row in range(FIRST, LAST + 1):
                cells = columns | {column: content for at, column, content in odd if at == row}
                for at, content in (
                    (f"{column}{row}", content.format(row, row - 1)) for column, content in cells.items()
                ):
                    if content.startswith("="):
                        stored = 1.0 if at in stale else values.get(at, 0)
                        sheet.write_formula(at, content, None, "" if stored is None else stored)
                    elif content[:1].isdigit():
                        sheet.write_number(at, float(content))
                    elif content:
                        sheet.write_string(at, content.lstrip("'"))
        if not values:
            computed = recalculate(path)
            values = {key[1]: getattr(value, "code", value) for key, value in computed.values.items()}
    return path, computed


def surveyed(path, computed, not_stored) -> dict[str, object]:
    """Everything a survey tells, but for what it was given."""
    with Package(path) as package:
        found = survey(package, computed, not_stored)
    told = {each.name: getattr(found, each.name) for each in fields(Survey) if each.name not in ("grids", "computed")}
    grid = found.grids[0]
    return told | {"at": grid.shapes, "words": grid.words, "typed": grid.typed, "values": grid.values}


@pytest.fixture
def taken(monkeypatch):
    """The lines that were taken in at once."""
    found: list[int] = []
    take = LikeLines.take

    def seen(self, line, values):
        done = take(self, line, values)
        found.extend([line.row] * done)
        return done

    for module in ("survey", "likelines"):
        monkeypatch.setattr(f"workbook.tasks.check.{module}.MOST_CALLS", 30)
    monkeypatch.setattr(LikeLines, "take", seen)
    return found


def other(column: str, content: str, first: int, last: int = LAST) -> list[tuple[int, str, str]]:
    return [(row, column, content) for row in range(first, last + 1)]


CASES: tuple[dict, ...] = (
    {},
    {"opens": "=1+1"},
    {"opens": "=1+1", "odd": [(60, "A", "x")]},
    {"odd": [(60, "A", "=5*1")]},
    {"odd": other("D", "=C{}*3", 25, 50)},
    {"columns": {"J": "8", "K": "1"}, "odd": [*other("J", "'1,200", 40, 60), (75, "J", "")]},
    {"columns": {"C": "0.5", "E": ""}},
    {"stale": ["D70"]},
    {"odd": [(50, "C", "0.2")], "columns": {"F": CALL.format("$C${0}")}},
    *({"columns": {"F": CALL.format(cell), "C": "0.5", "E": "x"}} for cell in CELLS),
    {"columns": {"D": "=IF(A{}>20,A{}>0,1)"}, "stale": [f"D{row}" for row in range(FIRST, LAST + 1)]},
    {"columns": {"D": '=IF(A{}>50," ","x")', "E": "'12"}},
    {"columns": {"D": "=C{}*3"}, "odd": other("D", "=D{1}*1", 30), "opens": "=1+1"},
    {"columns": {"I": "=NPV(0.1,A{0}:C{0})"}},
    {"columns": {"I": "=1/0", "J": "'1,200"}, "stale": ["H70"]},
    {"names": ["out_decision"]},
    {"not_stored": {("S", "D70")}},
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(CASES) + 6))
def test_a_survey_of_lines_is_that_of_their_cells(number, tmp_path, taken, monkeypatch):
    """Lines of one kind, or of two after each other, with and without cells of their own; the last ones at random."""
    columns = {column: contents[0] for column, contents in COLUMNS.items()}
    random = Random(number)
    at_random = {
        "columns": {column: random.choice(contents) for column, contents in COLUMNS.items()},
        "odd": [(random.randint(FIRST, LAST), *random.choice(ODD)) for _ in range(random.choice((1, 3)))],
    }
    case = dict([*CASES, *[at_random] * 6][number])
    columns |= case.pop("columns", {})
    not_stored = case.pop("not_stored", set())
    path, computed = made(tmp_path / "book.xlsx", columns, **case)
    found = surveyed(path, computed, not_stored)
    monkeypatch.setattr(LikeLines, "take", lambda *_: False)
    assert surveyed(path, computed, not_stored) == found
    assert number or len(taken) > 50


@pytest.mark.parametrize(
    ("column", "content", "about", "cells"),
    [
        ("D", "4711", "typed-over", "D70"),
        ("D", "=A{}*3", "differs", "D70"),
        ("D", "=1/0", "error-value", "D70"),
        ("C", "0.2", "unit", "C70"),
    ],
)
def test_what_is_wrong_in_one_of_many_lines_is_found(column, content, about, cells, tmp_path, taken):
    """0.2 tokens of a call are no whole number."""
    columns = {column: contents[0] for column, contents in COLUMNS.items()} | {"C": "500"}
    found = check(made(tmp_path / "book.xlsx", columns, [(70, column, content)])[0])
    assert len(taken) > 20
    assert (about, cells) in [(item.kind, item.cell) for item in found]
    assert about not in [item.kind for item in check(made(tmp_path / "clean.xlsx", columns)[0])]
