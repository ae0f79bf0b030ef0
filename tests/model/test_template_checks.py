"""The master check: broken formulas turn it red, whichever formula it is."""

from __future__ import annotations

import pytest
from model import shipped
from xlsxwriter.utility import xl_rowcol_to_cell

from workbook.build import written
from workbook.engines import formualizer as engine

formualizer = pytest.importorskip("formualizer")
NOT_THE_MODEL = ("Functions", "Checks", "Log", "Prices")


def _breakable(case: str):  # type: ignore[no-untyped-def]
    """Formula cells of the model; of a row with many alike the first, a middle and the last one."""
    book = shipped.book(case)
    for sheet in book.sheets:
        if sheet.name in NOT_THE_MODEL:
            continue
        rows: dict[int, list[int]] = {}
        for (row, column), cell in sheet.cells.items():
            if shipped.is_formula(cell) and not cell.style.startswith(("status", "unit")):
                rows.setdefault(row, []).append(column)
        for row, columns in sorted(rows.items()):
            columns.sort()
            few = columns if len(columns) <= 8 else [columns[0], columns[1], columns[len(columns) // 2], columns[-1]]
            yield from ((sheet, row, column) for column in few)


def _broken(formula: str, value: object) -> str | None:
    if isinstance(value, bool):
        return f"=NOT({formula[1:]})"
    if isinstance(value, float):
        return f"=({formula[1:]})*1.001+0.0007"
    return f'=({formula[1:]})&"x"' if isinstance(value, str) else None


@pytest.mark.parametrize("case", ["hospital"])
def test_master_notices_every_broken_formula(case: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    book, values = shipped.book(case), shipped.values(case)
    path = tmp_path / "book.xlsx"
    path.write_bytes(written(book, values))
    live = formualizer.load_workbook(str(path))
    engine.register(live)
    live.set_temporal_egress("serial")
    live.evaluate_all()

    def read(name: str) -> object:
        place = book.names[name]
        return live.get_value(place.sheet, place.row + 1, place.column + 1)

    results = [name for name in shipped.OUTPUT_NAMES if name != "out_checks"]
    before = {name: read(name) for name in results}
    assert read("out_checks") is True
    broken = noticed = 0
    missed = []
    for sheet, row, column in _breakable(case):
        formula = book.formula_at(sheet, row, column)
        wrong = _broken(formula, values.get((sheet.name, xl_rowcol_to_cell(row, column))))
        if wrong is None:
            continue
        live.set_formula(sheet.name, row + 1, column + 1, wrong)
        live.evaluate_all()
        red = read("out_checks") is not True
        broken += 1
        noticed += red
        if not red and any(_moved(before[name], read(name)) for name in results):
            missed.append((sheet.name, xl_rowcol_to_cell(row, column), formula))
        live.set_formula(sheet.name, row + 1, column + 1, formula)
    live.evaluate_all()
    assert read("out_checks") is True
    assert broken > 800
    assert noticed > 0.8 * broken  # most lines that are no result of their own are checked too
    assert not missed


def _moved(before: object, after: object) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(after - before) > 1e-9 * max(1, abs(before))
    return before != after


def test_checks_cover_every_function() -> None:
    """A row for each worksheet function: compared, or said to need the add-in."""
    from pycalc.registry import FUNCTIONS

    sheet = next(sheet for sheet in shipped.book("techwiz").sheets if sheet.name == "Checks")
    labels = " ".join(str(cell.content) for (_, column), cell in sheet.cells.items() if column == 0)
    assert [name for name in FUNCTIONS if name not in labels] == []
