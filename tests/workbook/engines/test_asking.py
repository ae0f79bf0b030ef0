"""Expressions asked in a loaded workbook, one by one and together."""

from __future__ import annotations

import openpyxl
import pytest

from workbook.engines import EngineFailed
from workbook.engines.formualizer import Session
from workbook.file.package import Package

ASKED = {
    "A1*2": 2.0,
    "SUM(A3:A1)": 6.0,  # its last cell first
    "ROW()": 7.0,  # of the cell it is read in
    "SUM(OFFSET(A1,1,0,2,1))": 5.0,
    "A1:A3*2": [[2.0], [4.0], [6.0]],
    "rate+1": 1.25,
    'IF(A2>1,"more","less")': "more",
}


@pytest.fixture
def session(tmp_path):
    book = openpyxl.Workbook()
    for row in (1, 2, 3):
        book.active.cell(row, 1, row)
    book.active["C1"] = "=A1+A2"
    book.defined_names["rate"] = openpyxl.workbook.defined_name.DefinedName("rate", attr_text="0.25")
    book.save(tmp_path / "book.xlsx")
    with Package(tmp_path / "book.xlsx") as package:
        yield Session(package)


@pytest.mark.parametrize("expression", ASKED)
def test_one(session, expression):
    assert session.value("Sheet", 7, 4, expression) == ASKED[expression]


def test_many_together(session):
    asked = [("Sheet", 7, 4, expression) for expression in (*ASKED, "SUM(", "A1", "$A$2")]
    found = session.values(asked)
    assert {
        expression: value for (*_, expression), value in found.items()
    } == ASKED  # no cells, none that is no formula
    assert session.value("Sheet", 7, 4, "C1") == 3.0  # as it was
    with pytest.raises(EngineFailed):
        session.value("Sheet", 7, 4, "SUM(")
