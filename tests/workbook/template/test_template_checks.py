"""The master check: broken formulas turn it red, whichever formula it is."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from xlsxwriter.utility import xl_rowcol_to_cell

from tests.workbook.template import shipped
from workbook.engines import formualizer as engine
from workbook.formulas.parser import parse, splice
from workbook.template.build import contents, written

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


def _with_row(case: str, at: int, step: int) -> bytes:
    """The template with a blank row put in before row `at` of Checks (step 1), that row deleted (-1), or as it is (0).

    Every reference follows, as in Excel: openpyxl moves cells alone.
    """

    def moved(text: str, sheet: str) -> str:
        edits = []
        for reference in parse(text).references():
            if (reference.sheet or sheet) == "Checks" and reference.kind in ("cell", "range"):
                body = re.sub(r"\d+", lambda row: str(int(row[0]) + step * (int(row[0]) >= at)), reference.body)
                edits.append((reference.end - len(reference.body), reference.end, body))
        return splice(text, edits)

    if not step:
        return contents(case)
    file = openpyxl.load_workbook(io.BytesIO(contents(case)))
    for sheet in file:
        for row in sheet.iter_rows():
            for cell in row:
                text = cell.value
                if isinstance(text, str) and text.startswith("=") and "Checks" in sheet.title + text:
                    cell.value = "=" + moved(text[1:], sheet.title)
    if step > 0:
        file["Checks"].insert_rows(at)
    else:
        file["Checks"].delete_rows(at)
    data = io.BytesIO()
    file.save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        (
            1,
            {
                "blank row": ({}, True),
                "own line without a result": ({"A": "Mine"}, False),
                "own line that holds": ({"A": "Mine", "E": "=1=1"}, True),
                "own line that fails": ({"A": "Mine", "E": "=1=0"}, False),
            },
        ),
        (-1, {"deleted": ({}, False)}),
        (
            0,
            {
                "untouched": ({}, True),
                "result a text": ({"E": "fine"}, False),
                "result an error": ({"E": "=NA()"}, False),
                "result cleared": ({"E": None}, False),
                "cleared": (dict.fromkeys("ABCDEFG"), False),
            },
        ),
    ],
    ids=["with a row more", "with a row less", "as it is"],
)
def test_master_counts_lines_not_rows(step: int, changes: dict, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """A blank row among the checks changes nothing; a line cleared, deleted or without its result turns it red.

    A line of one's own counts like the others.
    """
    sheet = next(sheet for sheet in shipped.book("blank").sheets if sheet.name == "Checks")
    at = 1 + next(row for (row, column), cell in sheet.cells.items() if column == 0 and cell.content == "FT_NPV")
    path = tmp_path / "book.xlsx"
    path.write_bytes(_with_row("blank", at, step))
    live = formualizer.load_workbook(str(path))
    engine.register(live)
    live.evaluate_all()
    seen = {}
    for name, (cells, _) in changes.items():
        for column, content in cells.items():
            place = ("Checks", at, " ABCDEFG".index(column))
            if str(content).startswith("="):
                live.set_formula(*place, content)
            else:
                live.set_value(*place, content)
        live.evaluate_all()
        seen[name] = live.get_value("Checks", 5, 2)
        assert live.get_value("Checks", 5, 3) == (0 if seen[name] is True else 1), name
    assert seen == {name: expected for name, (_, expected) in changes.items()}
