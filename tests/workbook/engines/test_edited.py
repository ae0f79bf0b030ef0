"""After an edit: what does not depend on it stays, the rest is believed where the engine was right before."""

from __future__ import annotations

import pytest

from workbook.engines import trial
from workbook.file.package import Package
from workbook.tasks.recalc import recalc

_CELLS = {  # formula; what the file says before, has to say after A1 went from 1 to 5, and where no second engine is
    "B1": ("=A1*2", 2, 10.0, 10.0),
    "C1": ("=1+1", 3, 3.0, 3.0),  # another answer than the engine's, and nothing it reads was edited
    "D1": ("=A1+1", 50, 6.0, 50.0),  # two engines give 2 from 1: it was out of date; one alone is not believed
    "E1": ("=D1+1", 51, 7.0, 51.0),
    "F1": ("=B1+C1", 5, 13.0, 13.0),
    "G1": ("=FT_BREAKEVEN(A1,2,1)", 1, 5.0, 5.0),
    "H1": ("=G1+C1", 4, 8.0, 8.0),
}


def _book(path, value):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("M")
    sheet.write_number("A1", value)
    for address, (formula, stored, *_) in _CELLS.items():
        sheet.write_formula(address, formula, None, stored)
    book.close()
    return path


@pytest.mark.parametrize("alone", [False, True])
def test_what_an_edit_changes(tmp_path, monkeypatch, alone):
    if alone:
        monkeypatch.setattr(trial, "SECOND", ())
    before, edited = _book(tmp_path / "before.xlsx", 1), _book(tmp_path / "edited.xlsx", 5)
    done = recalc(edited, tmp_path / "out.xlsx", before=before)
    with Package(done.out) as package:
        part = package.worksheets()[0].part
        shown = {cell.address: cell.value([]) for cell in package.cells(part) if cell.formula is not None}
    assert shown == {address: after[alone] for address, (_, _, *after) in _CELLS.items()}
    assert {cell for _, cell in done.kept} == ({"D1", "E1"} if alone else set())
