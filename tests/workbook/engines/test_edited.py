"""After an edit: what does not depend on it stays, the rest is believed where the engine was right before."""

from __future__ import annotations

import pytest

from workbook.engines import edited, trial
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


def _book(path, value, cells=_CELLS, name="M"):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet(name)
    sheet.write_number("A1", value)
    for address, (formula, stored, *_) in cells.items():
        sheet.write_formula(address, formula, None, stored)
    book.close()
    return path


def _shown(path):
    with Package(path) as package:
        part = package.worksheets()[0].part
        return {cell.address: cell.value([]) for cell in package.cells(part) if cell.formula is not None}


@pytest.mark.parametrize("alone", [False, True])
def test_what_an_edit_changes(tmp_path, monkeypatch, alone):
    if alone:
        monkeypatch.setattr(trial, "SECOND", ())
    before, after = _book(tmp_path / "before.xlsx", 1), _book(tmp_path / "edited.xlsx", 5)
    done = recalc(after, tmp_path / "out.xlsx", before=before)
    assert _shown(done.out) == {address: after[alone] for address, (_, _, *after) in _CELLS.items()}
    assert {cell for _, cell in done.kept} == ({"D1", "E1"} if alone else set())


_RIGHT = {"B1": ("=A1*2", 2, 10.0), "C1": ("=1/3", 1 / 3, 1 / 3), "D1": ("=IF(A1>2,C1,B1)", 2, 1 / 3)}


@pytest.mark.parametrize("name", ["M", "Renamed"])
def test_what_reads_what_is_not_asked_where_every_value_was_right(tmp_path, monkeypatch, name):
    monkeypatch.setattr(edited, "filed", None)
    before, after = _book(tmp_path / "before.xlsx", 1, _RIGHT), _book(tmp_path / "edited.xlsx", 5, _RIGHT, name)
    done = recalc(after, tmp_path / "out.xlsx", before=before)
    assert _shown(done.out) == {address: value for address, (_, _, value) in _RIGHT.items()}
    assert not done.kept


def test_a_renamed_sheet_is_the_same_sheet(tmp_path):
    before, after = _book(tmp_path / "before.xlsx", 1), _book(tmp_path / "edited.xlsx", 5, name="Renamed")
    with Package(before) as old, Package(after) as new:
        assert dict(edited._edited(old, new)) == {("Renamed", "A1"): 1.0}
