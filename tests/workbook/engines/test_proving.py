"""A sheet of lines is proved where it stores what its formulas give, and not where one cell says something else."""

from __future__ import annotations

import pytest
import xlsxwriter

from workbook.engines.formualizer import Session
from workbook.engines.proving import FEWEST, worked_out
from workbook.engines.settling import settle
from workbook.file.package import Package


def book(path, lines=FEWEST, change=None):
    """Amount times price from the sheet beside, with tax by a named rate and a factor above the lines."""
    cells = {}
    for row in range(3, 3 + lines):
        cells["Entered", f"A{row}"] = float(row)
        cells["Entered", f"B{row}"] = 2.0
        cells["Lines", f"A{row}"] = (f"=Entered!$A{row}*Entered!$B{row}*$A$1", row * 2.0 * 10)
        cells["Lines", f"B{row}"] = (f"=$A{row}*(1+rate)", row * 20 * 1.25)
        cells["Lines", f"C{row}"] = (f'=IF($B{row}>100,"much","few")', "much" if row * 25 > 100 else "few")
    cells |= {("Lines", "A1"): 10.0, ("Rates", "A1"): 0.25, ("Sum", "A1"): ("=SUM(Lines!B3:B12)", 1875.0)}
    cells |= change or {}
    with xlsxwriter.Workbook(path) as made:
        sheets = {name: made.add_worksheet(name) for name in ("Lines", "Entered", "Rates", "Sum")}
        made.define_name("rate", "=Rates!$A$1")
        for (sheet, cell), value in cells.items():
            if isinstance(value, tuple):
                sheets[sheet].write_formula(cell, value[0], None, value[1])
            elif value is not None:
                sheets[sheet].write(cell, value)
    return path


def proved_sheets(package):
    return {name: sheet for name, sheet in worked_out(package).items() if not sheet.differing}


def proved(path):
    with Package(path) as package:
        return {name: sheet.formulas for name, sheet in proved_sheets(package).items()}


def test_a_sheet_that_stores_what_it_gives(tmp_path):
    assert proved(book(tmp_path / "book.xlsx")) == {"Lines": 3 * FEWEST}


def test_below_so_many_lines_the_engine_is_as_quick(tmp_path):
    assert proved(book(tmp_path / "book.xlsx", FEWEST - 1)) == {}


@pytest.mark.parametrize(
    "change",
    [
        {("Lines", "A5"): ("=Entered!$A5*Entered!$B5*$A$1", 101.0)},  # a wrong value
        {("Lines", "C5"): ('=IF($B5>100,"much","few")', "few")},
        {("Lines", "B5"): ("=$A5*(1+rate)", "")},  # none
        {("Entered", "A5"): 5.1},  # an input that was changed without calculating
        {("Rates", "A1"): 0.2},
        {("Lines", "A1"): 11.0},
        {("Lines", "B5"): ("=$A5*(1+rate)+0", 125.0)},  # another formula in one line
        {("Lines", "B5"): 125.0},  # a number typed over one
        {("Lines", "B5"): ("=$A4*(1+rate)", 125.0)},  # another line
        {("Lines", "C5"): ('=IF(Entered!$A$5>1,"much","few")', "much")},
        {("Entered", "A5"): ("=2+3", 5.0)},  # the sheet beside computes
        {("Rates", "A1"): ("=1/4", 0.25)},
        {("Lines", "D20"): ("=SUM(B3:B12)", 1875.0)},  # a formula that is in no line
    ],
)
def test_one_cell_that_says_something_else(tmp_path, change):
    assert proved(book(tmp_path / "book.xlsx", change=change)) == {}


def test_what_reads_a_proved_sheet_is_computed(tmp_path):
    """Twice the sum of rows 3 to 12 times ten and a quarter more: 75 * 25."""
    path = book(tmp_path / "book.xlsx", change={("Sum", "A1"): ("=SUM(Lines!B3:B12)", 7.0)})
    with Package(path) as package:
        found = Session(package, proved=proved_sheets(package)).result
    assert found.values == {("Sum", "A1"): 1875.0}


def test_other_constants_move_their_lines_alone(tmp_path):
    """Row 3 enters 3 times 2; a named rate of 0.5 is 20 * 1.5 a row; a cell among the lines is none of theirs."""
    with Package(book(tmp_path / "book.xlsx")) as package:
        session = Session(package, proved=proved_sheets(package))
        entered, rate, within = session.proved["Lines"].moved(
            [{("Entered", "B3"): 4.0}, {("Rates", "A1"): 0.5}, {("Lines", "C3"): "many"}]
        )
        assert entered == {("Lines", "A3"): 120.0, ("Lines", "B3"): 150.0, ("Lines", "C3"): "much"}
        assert {key: value for key, value in rate.items() if key[1][0] == "B"} == {
            ("Lines", f"B{row}"): row * 20 * 1.5 for row in range(3, 13)
        }
        assert within is None
        variants = [{("Entered", "B3"): 4.0}, {("Entered", "B3"): 4.0, ("Rates", "A1"): 0.5}, {}]
        sums = [found["Sum", "A1"] for found in session.what_ifs(variants, [("Sum", "A1")])]
    assert sums == [1875.0 + 75, 75 * 20 * 1.5 + 60 * 1.5, 1875.0]


def test_what_nobody_can_compute_beside_a_proved_sheet_is_named(tmp_path):
    """2,095.33 / (315 - 9) is 6.84748..; twice that goes into the cell that reads it, and the lines stay."""
    path = book(
        tmp_path / "book.xlsx",
        change={
            ("Sum", "A1"): ("=SUM(Lines!B3:B12)", 7.0),
            ("Sum", "B1"): ("=MYVBA(1)+1", ""),
            ("Sum", "C1"): ("=FT_BREAKEVEN(2095.33,315,9)", ""),
            ("Sum", "D1"): ("=C1*2", 1.0),
        },
    )
    with Package(path) as package:
        settlement = settle(package, session=Session(package, proved=proved_sheets(package)))
    assert settlement.values[("Sum", "C1")] == pytest.approx(2095.33 / 306)
    assert settlement.values[("Sum", "D1")] == pytest.approx(2 * 2095.33 / 306)
    assert {sheet for sheet, _ in settlement.values} == {"Sum"}
    assert ("Sum", "B1") in settlement.kept
