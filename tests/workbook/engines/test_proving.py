"""A sheet of lines is proved where it stores what its formulas give, and not where one cell says something else."""

from __future__ import annotations

import pytest
import xlsxwriter

from tests import books
from workbook.engines import proving
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


def test_of_what_differs_the_cause_is_told_from_what_follows(tmp_path, monkeypatch):
    """Row 5 enters 4 instead of 5 and row 7 stores a product that is wrong: what they store behind that, follows."""
    change = {("Entered", "A5"): 4.0, ("Lines", "A7"): ("=Entered!$A7*Entered!$B7*$A$1", 30.0)}
    change |= {("Lines", "B7"): ("=$A7*(1+rate)", 37.5), ("Lines", "C7"): ('=IF($B7>100,"much","few")', "few")}
    with Package(book(tmp_path / "book.xlsx", change=change)) as package:
        (sheet,) = worked_out(package).values()
        assert sheet.wrong == [("Lines", "A5"), ("Lines", "A7")]
        assert {cell for _, cell in sheet.differing} == {"A5", "B5", "C5", "A7", "B7", "C7"}
        del sheet.wrong
        monkeypatch.setattr(proving.vectors, "cells", lambda *_: 1 / 0)
        monkeypatch.setattr(proving, "UNTOLD", (ZeroDivisionError,))
        assert set(sheet.wrong) == sheet.differing.keys()
    monkeypatch.undo()
    with Package(book(tmp_path / "same.xlsx")) as package:
        assert worked_out(package)["Lines"].wrong == []


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


ROWS = range(2, 14)
"""The lines of `like`: their numbers add up to 90."""


def like(path, columns, more=None, names=None):
    """A sheet of like lines: each column's formula and value for a row, or a constant; beside it the rows' numbers."""
    cells = {("In", f"A{line}"): float(line) for line in ROWS}
    for column, (formula, value) in columns.items():
        for line in ROWS:
            cells["Bob's", f"{column}{line}"] = (formula.format(line), value(line)) if formula else value(line)
    with xlsxwriter.Workbook(path) as made:
        sheets = {name: made.add_worksheet(name) for name in ("Bob's", "In", "Out")}
        for name, text in (names or {}).items():
            made.define_name(name, text)
        for (tab, cell), held in {**cells, **(more or {})}.items():
            if isinstance(held, tuple):
                sheets[tab].write_formula(cell, held[0], None, held[1])
            else:
                sheets[tab].write(cell, held)
    return path


TWICE = ("=In!$A{}*2", lambda line: line * 2.0)


@pytest.mark.parametrize(
    "columns",
    [
        {"A": ("=B{}*2", lambda line: line * 4.0), "B": TWICE},  # a column that counts from the formula's own
        {"A": TWICE, "D": ("=SUM(A{0}:B{0})+C{0}", lambda line: line * 6.0), "B": TWICE, "C": TWICE},
        {"A": ("=IN!A{}*2", lambda line: line * 2.0)},  # a sheet is found whatever the case of its letters
        {"A": ("='BOB''S'!B{}*2", lambda line: line * 4.0), "B": TWICE},
    ],
)
def test_however_cells_are_named(tmp_path, columns):
    with Package(like(tmp_path / "book.xlsx", columns)) as package:
        assert worked_out(package)["Bob's"].differing == {}


def test_a_sheet_that_is_not_there_is_not_blank(tmp_path):
    with Package(like(tmp_path / "book.xlsx", {"A": ("=Nowhere!$A{}*2", lambda _: 0.0)})) as package:
        assert worked_out(package) == {}


def test_a_name_of_a_sheet_with_an_apostrophe(tmp_path):
    """Twice 2 to 13: 180."""
    names = {"total": "='Bob''s'!$A$2:$A$13"}
    path = like(tmp_path / "book.xlsx", {"A": TWICE}, {("Out", "A1"): ("=SUM(total)", 180.0)}, names)
    with Package(path) as package:
        assert Session(package, proved=proved_sheets(package)).result.values == {("Out", "A1"): 180.0}


@pytest.mark.parametrize(
    ("other", "total"),
    [("$C$1", 0.0), ("later", 12 * 5.0)],  # a blank cell above the lines, a name whose cell computes 2+3
)
def test_a_branch_that_was_not_taken_before(tmp_path, other, total):
    """One in each of 12 lines, until the switch above them is turned; asked when the file is closed."""
    more = {("Bob's", "B1"): 1.0, ("Out", "A1"): ("=SUM('Bob''s'!A2:A13)", 12.0), ("Out", "B1"): ("=2+3", 5.0)}
    columns = {"A": (f"=IF($B$1>0,1,{other})", lambda _: 1.0)}
    with Package(like(tmp_path / "book.xlsx", columns, more, {"later": "=Out!$B$1"})) as package:
        session = Session(package, proved=proved_sheets(package))
        assert session.proved
        assert session.result.values["Out", "A1"] == 12.0
    variants = [{("Bob's", "B1"): -1.0}, {("Bob's", "B1"): 2.0}]
    assert [found["Out", "A1"] for found in session.what_ifs(variants, [("Out", "A1")])] == [total, 12.0]


def test_cells_above_the_lines_and_typed_columns_show_what_they_hold(tmp_path):
    columns = {"A": TWICE, "B": ("", lambda _: 9.0)}
    with Package(like(tmp_path / "book.xlsx", columns, {("Bob's", "A1"): 77.0})) as package:
        session = Session(package, proved=proved_sheets(package))
        found = [session.proved["Bob's"].value(cell) for cell in ("A1", "B1", "A13", "B2", "C2", "A14", "B14")]
        assert found == [77.0, None, 26.0, 9.0, None, None, None]
        head = ("Bob's", "A1")
        assert (session.what_if({}, [head]), session.what_if({head: 5.0}, [head])) == ({head: 77.0}, {head: 5.0})


def test_a_shared_number_given_anew_is_another_formula(tmp_path):
    """From B5 on the number stands for three times the cell beside; A9 is 27 then."""
    lines = ""
    for line in ROWS:
        first = f'<f t="shared" ref="A2:A13" si="0">In!A2*2</f><v>{line * 2}</v>'
        other = '<f t="shared" ref="A5:B13" si="0">In!B5*3</f><v>0</v>'
        a = first if line == 2 else f'<f t="shared" si="0"/><v>{line * 2}</v>'
        lines += books.row(line, A=a, B=other if line == 5 else f"<f>In!B{line}*3</f><v>0</v>")
    entered = "".join(books.row(line, A=f"<v>{line}</v>") for line in ROWS)
    with Package(
        books.write_book(tmp_path / "book.xlsx", {"L": books.sheet(lines), "In": books.sheet(entered)})
    ) as package:
        assert worked_out(package) == {}
        assert Session(package).result.values["L", "A9"] == 27.0


def test_named_numbers_are_read_once(tmp_path, monkeypatch):
    read = []
    cells = proving._cells
    monkeypatch.setattr(proving, "_cells", lambda package, name: read.append(name) or cells(package, name))
    more = {("Out", f"A{line}"): (f"=In!$A{line}*rate", line * 1.0) for line in ROWS} | {("In", "A1"): 1.0}
    with Package(like(tmp_path / "book.xlsx", {"A": TWICE}, more, {"rate": "=In!$A$1"})) as package:
        assert {name: found.differing for name, found in worked_out(package).items()} == {"Bob's": {}, "Out": {}}
    assert read == ["In"] * 3  # and as what stands beside each of the two
