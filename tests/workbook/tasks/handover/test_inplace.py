"""The copy computed in the engine of the original is the copy read and loaded for itself."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from unittest.mock import Mock, patch

import pytest
import xlsxwriter

from tests import sharing
from tests.books import contents
from workbook.file.package import Package
from workbook.formulas.cells import formula_cells
from workbook.tasks.handover import formulas, handover
from workbook.tasks.handover.inplace import InPlace
from workbook.tasks.handover.twins import MODES

WHEN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FORMULAS = (
    "=FT_BREAKEVEN($A{0},B{0},{1}{0})",
    "=IFERROR(FT_ROI(12,A{0},{1}{0}/$C${0}),9)+1",
    "=FT_BREAKEVEN(Data!A{0},{1}{0},rate)*2",
    "=FT_NPV(12,{1}{0},B{0}-C{0},0.01,3)",  # its twin gives another last digit
    "=IF({1}{0}>0,{1}{0}*2,{2}{0})",  # reads what became a twin
    "=FT_ROI(12,{1}{0},{2}{0})",
    "=SUM(A{0}:C{0})+FT_ROI(12,SUM(A{0}:{2}{0}),B{0})",
    '=MODEL_PRICE("gpt-4o","input")*{1}{0}',
    '=PRICE_SOURCE("gpt-4o","input")&{1}{0}',
    '=MODEL_PRICE("gpt-4o","output")',
    "=IF(_xlfn.ISFORMULA({1}{0}),1,2)",
    "=IF(_xlfn.FORMULATEXT({1}{0})=1,1,2)",
    "=IF(TODAY()>1,FT_BREAKEVEN(A{0},B{0},{2}{0}),0)",
    "=ROUND(PE_MONTHLY({1}{0},50,B{0},100,0.5,1.5),2)",
)
"""Lines of formulas that read constants and the columns to the left."""
CONSTANTS = (2095.33, 315, 9, 0, -1, "", "text", "12", True, None, 1e-7)


def book(path, seed):
    """Formulas that are filled down, but for some of their own, over constants of every kind."""
    draw = random.Random(seed)
    with xlsxwriter.Workbook(path) as made:
        model, data = made.add_worksheet("Model"), made.add_worksheet("Data")
        made.define_name("rate", "=Data!$C$1")
        data.write("C1", 9)
        for row in range(12):
            for column in range(3):
                value = draw.choice(CONSTANTS) if draw.random() < 0.2 else (2095.33, 315, 9)[column] + row
                model.write(row, column, value)
                data.write(row, column if column < 2 else 5, value)
        for column in range(3, 10):
            formula, *reads = draw.choice(FORMULAS), *draw.choices("ABCDEFGHIJ"[:column], k=2)
            for row in range(12):
                own = draw.choice(FORMULAS) if draw.random() < 0.1 else formula
                model.write_formula(row, column, own.format(row + 1, *reads), None, "")
    return path


def handed(path, out, mode):
    try:
        result = handover(path, out, mode, when=WHEN)
    except Exception as problem:  # what is refused is refused with the same words
        return str(problem)
    return contents(out), result.proofs, result.warnings, result.replacements


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("mode", MODES)
def test_the_same_copy(mode, seed, tmp_path):
    """However it is made: read for itself, by lines, and column by column."""
    path = book(tmp_path / "book.xlsx", seed)
    here = handed(path, tmp_path / "out.xlsx", mode)
    with patch.object(InPlace, "computed", Mock(return_value=None)):
        assert handed(path, tmp_path / "out.xlsx", mode) == here
    with patch("workbook.formulas.alike.ENOUGH", 1):
        by_line = handed(path, tmp_path / "out.xlsx", mode)
        with patch("workbook.tasks.handover.inplace._ASKED", 0):
            by_column = handed(path, tmp_path / "out.xlsx", mode)
    if isinstance(here, str):
        assert by_line == by_column == here
    else:
        assert but_the_list(by_line) == but_the_list(by_column) == but_the_list(here)


@pytest.mark.parametrize("which", ["filled down", "template"])
def test_what_is_computed_in_place(which, tmp_path):
    """No copy is loaded for formulas filled down, nor for the template, in which some ask what others are."""
    path = sharing.tiny() if which == "template" else tmp_path / "book.xlsx"
    if which != "template":
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet()
            for row in range(300):
                sheet.write_row(row, 0, (2095.33, 315, 9))
                sheet.write_formula(row, 3, f"=FT_BREAKEVEN(A{row + 1},B{row + 1},C{row + 1})", None, 2095.33 / 306)
    with patch("workbook.tasks.handover.proof.Session") as loaded:
        handover(path, tmp_path / "out.xlsx")
    assert not loaded.called


def but_the_list(done):
    """All but the sheet Handover, where formulas that are fixed each to its own line are listed together or apart; and
    how many formulas were proved, whichever way."""
    parts, proofs, warnings, replacements = done
    del parts["xl/worksheets/sheet3.xml"]
    formulas = sum(
        int(number.replace(",", "")) for proof in proofs for number in re.findall(r"([\d,]+) formulas", proof)
    )
    return parts, formulas, warnings, sum(line.cells for line in replacements)


def faulty_twin(monkeypatch, _):
    """2,095.33 / (315 - 9), but where column A holds 1: there the twin says 7."""
    from pycalc.registry import native

    guarded = native.guarded
    monkeypatch.setattr(native, "guarded", lambda *given: f"IF({given[1]['upfront']}=1,7,{guarded(*given)})")


def written_to_another_cell(monkeypatch, row):
    """What is computed in place is right, what is written is not: D5 gets the formula of another line."""
    put = formulas.formula_as

    def misplaced(cell, text, *more):
        return put(cell, text.replace(f"A{row}", "A6") if cell.address == f"D{row}" else text, *more)

    monkeypatch.setattr(formulas, "formula_as", misplaced)


def one_to_twenty(path, odd):
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for row in range(1, 21):
            sheet.write_row(row - 1, 0, (1 if row == odd else 2095.33, 315, 9))
            sheet.write_formula(row - 1, 3, f"=FT_BREAKEVEN(A{row},B{row},C{row})", None, "")
    return path


@pytest.mark.parametrize("asked", [100, 0])
@pytest.mark.parametrize(("fault", "row"), [(faulty_twin, 5), (faulty_twin, 15), (written_to_another_cell, 5)])
def test_what_is_wrong_in_one_line_becomes_a_value(tmp_path, monkeypatch, fault, row, asked):
    """Cell by cell at first, then whole lines at once, in the engine or column by column."""
    fault(monkeypatch, row)
    monkeypatch.setattr("workbook.tasks.handover.inplace._ASKED", asked)
    monkeypatch.setattr("workbook.formulas.alike.ENOUGH", 8)
    result = handover(one_to_twenty(tmp_path / "book.xlsx", row), tmp_path / "out.xlsx")
    assert [(line.area, line.how, line.cells) for line in result.replacements] == [
        (f"D1:D{row - 1}", "formula", row - 1),
        (f"D{row}", "value", 1),
        (f"D{row + 1}:D20", "formula", 20 - row),
    ]
    with Package(tmp_path / "out.xlsx") as package:
        assert len(list(formula_cells(package, "xl/worksheets/sheet1.xml"))) == 19


def test_what_columns_tell_is_said_apart(tmp_path, monkeypatch):
    """Of 300 lines the first 50 are looked at cell by cell, the next 100 are asked of the engine; the other 150 are
    2,095.33 / (315 - 9) each, and read by a formula in the engine; but for a line with a text."""
    monkeypatch.setattr("workbook.formulas.alike.ENOUGH", 48)
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for row in range(1, 301):
            shows = "#VALUE!" if row == 200 else 2095.33 / 306
            sheet.write_row(row - 1, 0, ("much" if row == 200 else 2095.33, 315, 9))
            sheet.write_formula(row - 1, 3, f"=FT_BREAKEVEN(A{row},B{row},C{row})", None, shows)
            sheet.write_formula(row - 1, 4, f"=D{row}*2", None, shows * (1 if row == 200 else 2))
    by_engine, by_columns = handover(path, tmp_path / "out.xlsx").proofs
    assert "formualizer: 451 formulas computed" in by_engine
    assert "149 formulas more" in by_columns


def test_lines_written_otherwise_than_they_were_proved_become_values(tmp_path, monkeypatch):
    """Read at once are the lines from the tenth or so on; in their copies A is B."""
    write = formulas.element_of
    monkeypatch.setattr("workbook.formulas.alike.ENOUGH", 8)
    monkeypatch.setattr(formulas, "element_of", lambda text: write(text.replace("A\x02", "B\x02")))
    result = handover(one_to_twenty(tmp_path / "book.xlsx", 0), tmp_path / "out.xlsx")
    first, second = result.replacements
    assert (first.how, second.how, first.cells + second.cells) == ("formula", "value", 20)
    assert second.cells >= 10
    with Package(tmp_path / "out.xlsx") as package:
        held = {cell.address: cell for cell in package.cells("xl/worksheets/sheet1.xml")}
    assert {held[f"D{row}"].value([]) for row in range(1, 21)} == {2095.33 / 306}


def test_formulas_filled_down_are_listed_once(tmp_path):
    """A line between, another formula or column: each begins anew. ROI: (saving * months - upfront) / upfront."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("S")
        for row in (1, 2, 3, 5, 6):
            sheet.write_row(row - 1, 0, (row, 315))
            sheet.write_formula(row - 1, 2, f"=FT_ROI({13 if row == 3 else 12},A{row},B{row})", None, "")
            sheet.write_formula(row - 1, 3, f"=FT_ROI(12,B{row},A{row})", None, "")
    result = handover(path, tmp_path / "out.xlsx")
    listed = {line.area: (line.cells, line.value) for line in result.replacements}
    assert listed == {
        "C1:C2": (2, 12 * 315 / 1 - 1),
        "D1:D3": (3, 12 * 1 / 315 - 1),
        "C3": (1, 13 * 315 / 3 - 1),
        "C5:C6": (2, 12 * 315 / 5 - 1),
        "D5:D6": (2, 12 * 5 / 315 - 1),
    }
    assert result.replaced == 10
    with Package(tmp_path / "out.xlsx") as package:
        rows = [cell.value(package.strings()) for cell in package.cells(package.worksheet("Handover").part)]
    assert {"D1:D3", "3 cells, filled down; this is the first", 10.0} <= {*rows}


def test_a_name_that_asks_what_cells_are_is_computed_in_the_copy(tmp_path):
    """Where D1 becomes a value, a name for ISFORMULA(D1) is FALSE in the copy: what was TRUE is not proved."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("S")
        made.define_name("asks", "=_xlfn.ISFORMULA(S!$D$1)")
        sheet.write_row(0, 0, (2095.33, 315, 9))
        sheet.write_formula("D1", "=FT_BREAKEVEN(A1,B1,C1)", None, 2095.33 / 306)
        sheet.write_formula("E1", "=asks", None, True)
    assert "1 not computed" in handover(path, tmp_path / "out.xlsx", "values").proofs[0]


def test_what_keeps_its_stored_value_is_not_counted_as_proved(tmp_path):
    """Excel's page on BESSELJ prints 0.329925829, the engine gives 0.329925727: that cell's value stands, unproved."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_formula("A1", "=FT_ROI(12,2,1)", None, 5)
        sheet.write_formula("A2", "=BESSELJ(1.9,2)", None, 0.329925828669785)
        sheet.write_formula("A3", "=A2+A1", None, 5.329925828669785)
    (proof,) = handover(path, tmp_path / "out.xlsx").proofs
    assert "formualizer: 2 formulas computed" in proof
    assert "1 not computed" in proof
