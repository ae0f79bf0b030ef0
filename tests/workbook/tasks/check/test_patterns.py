"""Formulas that differ from their line, numbers typed over them: found wherever they are put, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import row, sheet, write_book
from tests.workbook.tasks.check.audited import cells_of, found, pasted, write
from workbook.formulas.shapes import shape_of, text_of

ROWS, COLUMNS = 6, 8
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def grid(rows: int = ROWS, columns: int = COLUMNS) -> dict[str, object]:
    """Numbers on the left, and beside them a formula filled over as many cells, with a total below and at the end."""
    cells: dict[str, object] = {}
    for r in range(2, rows + 2):
        cells[f"A{r}"] = f"Item {r}"
        for c in range(columns):
            cells[f"{LETTERS[1 + c]}{r}"] = 10.0 * r + c
            cells[f"{LETTERS[1 + columns + c]}{r}"] = f"={LETTERS[1 + c]}{r}*{LETTERS[1 + c]}$1"
        first, last = LETTERS[1 + columns], LETTERS[columns + columns]
        cells[f"{LETTERS[1 + 2 * columns]}{r}"] = f"=SUM({first}{r}:{last}{r})"
    for c in range(columns):
        cells[f"{LETTERS[1 + c]}1"] = 0.5 + c
        letter = LETTERS[1 + columns + c]
        cells[f"{letter}{rows + 2}"] = f"=SUM({letter}2:{letter}{rows + 1})"
    return cells


def formulas(cells: dict[str, object]) -> list[str]:
    return [cell for cell, content in cells.items() if str(content).startswith("=") and "SUM" not in str(content)]


def test_a_clean_grid_with_totals_has_no_findings(tmp_path):
    assert found(write(tmp_path / "b.xlsx", {"S": grid()})) == []


@settings(max_examples=25)
@given(st.sampled_from(formulas(grid())))
def test_a_number_typed_over_any_formula_is_found(tmp_path_factory, cell):
    path = write(tmp_path_factory.mktemp("t") / "b.xlsx", {"S": {**grid(), cell: 4711.0}})
    (finding,) = found(path)
    assert (finding.severity, finding.kind, finding.cell) == ("error", "typed-over", cell)
    assert "4711" in finding.what
    assert grid()[cell] in finding.what.replace("here ", "").replace("$1", "$1")


def test_a_block_of_numbers_pasted_over_the_middle_of_an_area_is_found(tmp_path):
    """Larger than what may be data in a line; on all four sides the same formula goes on."""
    middle = [f"{letter}{r}" for letter in LETTERS[11:16] for r in range(4, 10)]
    cells = {**grid(10, 8), **dict.fromkeys(middle, 5.0)}
    (finding,) = found(write(tmp_path / "b.xlsx", {"S": cells}), "typed-over")
    assert (finding.severity, finding.cell, finding.count) == ("error", "L4:P9", 30)


def test_spaces_around_operators_make_no_other_formula(tmp_path):
    cells = {f"A{r}": float(r) for r in range(1, 9)} | {f"B{r}": f"=A{r}*$A$1" for r in range(1, 9)}
    assert found(write(tmp_path / "b.xlsx", {"S": {**cells, "B5": "=A5 * $A$1"}}), "differs") == []
    assert cells_of(found(write(tmp_path / "c.xlsx", {"S": {**cells, "B5": "=A5 * $A$2"}}), "differs")) == ["B5"]


@settings(max_examples=25)
@given(st.sampled_from(formulas(grid())), st.sampled_from(["reference", "operator", "fixed"]))
def test_any_changed_formula_is_found(tmp_path_factory, cell, change):
    before = str(grid()[cell])
    after = {
        "reference": before.replace("$1", "$2"),
        "operator": before.replace("*", "+"),
        "fixed": before.replace("=", "=$"),
    }[change]
    path = write(tmp_path_factory.mktemp("t") / "b.xlsx", {"S": {**grid(), cell: after}})
    (finding,) = found(path, "differs")
    assert (finding.severity, finding.cell) == ("warning", cell)
    assert before[1:] in finding.what
    assert after[1:] in finding.what


def test_a_number_typed_over_the_first_cell_beside_another_formula(tmp_path):
    """The column before holds a formula of its own, as a live column beside scenarios does."""
    cells = grid()
    for n in range(2, 8):
        cells[f"I{n}"] = f"=MAX(B{n}:H{n})"
    assert cells_of(found(write(tmp_path / "clean.xlsx", {"S": cells}))) == []
    path = write(tmp_path / "b.xlsx", {"S": {**cells, "J4": 4711.0}})
    assert cells_of(found(path, "typed-over")) == ["J4"]


@pytest.mark.parametrize(("alike", "faults"), [(2, 0), (3, 1)])
def test_three_formulas_alike_make_a_line(tmp_path, alike, faults):
    cells: dict[str, object] = {f"{LETTERS[n]}1": n for n in range(6)}
    cells |= {f"{LETTERS[n]}2": f"={LETTERS[n]}1*{LETTERS[n]}1" for n in range(alike + 1)}
    cells["B2"] = "=B1+B1"
    assert len(found(write(tmp_path / "b.xlsx", {"S": cells}), "differs")) == faults


@pytest.mark.parametrize(("gap", "faults"), [(3, 3), (4, 0)])
def test_many_numbers_in_a_row_are_data(tmp_path, gap, faults):
    cells: dict[str, object] = {f"{LETTERS[n]}1": n for n in range(12)}
    cells |= {f"{LETTERS[n]}2": f"={LETTERS[n]}1*$A$1" for n in range(12)}
    cells |= {f"{LETTERS[4 + n]}2": 7.0 for n in range(gap)}
    assert sum(item.count for item in found(write(tmp_path / "b.xlsx", {"S": cells}), "typed-over")) == faults


@pytest.mark.parametrize(("call", "severity"), [("=A1*A1", "warning"), ("=TOKEN_ESTIMATE(A1)", "error")])
def test_a_number_in_a_line_is_an_error_where_our_functions_decide(tmp_path, call, severity):
    """Elsewhere it may be what somebody knows better than the line's formula: an actual, a plan that was agreed."""
    cells: dict[str, object] = {f"{LETTERS[n]}1": n + 1 for n in range(12)}
    cells |= {f"{LETTERS[n]}2": f"={LETTERS[n]}1*$A$1" for n in range(12)} | {"G2": 7.0, "A9": call}
    (finding,) = found(write(tmp_path / "b.xlsx", {"S": cells}), "typed-over")
    assert (finding.severity, finding.cell) == (severity, "G2")


@pytest.mark.parametrize(
    ("block", "cells", "count"), [("K3:M5", "K3:M5", 9), ("J4:Q4", "J4:Q4", 8), ("L2:L7", "L2:L7", 6)]
)
def test_a_block_of_values_pasted_over_formulas_is_one_error(tmp_path, block, cells, count):
    path = pasted(write(tmp_path / "b.xlsx", {"S": grid()}), tmp_path / "pasted.xlsx", ("S", block))
    (finding,) = found(path, "typed-over")
    assert (finding.severity, finding.cell, finding.count) == ("error", cells, count)


def test_the_opening_of_a_chain_is_no_fault(tmp_path):
    cells: dict[str, object] = {"A1": 100.0, "A2": 1.5}
    cells |= {f"{LETTERS[n]}1": f"={LETTERS[n - 1]}1*$A$2" for n in range(1, 9)}
    cells |= {"B3": "=A1", **{f"{LETTERS[n]}3": f"={LETTERS[n - 1]}3+{LETTERS[n]}1" for n in range(2, 9)}}
    assert found(write(tmp_path / "b.xlsx", {"S": cells})) == []


def test_the_opening_of_a_chain_is_no_fault_beside_a_full_column(tmp_path):
    """The balance of January is typed, that of each later month grows; the figures beside it begin in January."""
    cells: dict[str, object] = {"A3": 100.0, **{f"A{n}": f"=A{n - 1}*1.5" for n in range(4, 12)}}
    cells |= {f"B{n}": f"=A{n}*2" for n in range(3, 12)}
    assert found(write(tmp_path / "b.xlsx", {"S": cells}), "typed-over") == []
    cells |= {f"A{n}": f"=B{n}*1.5" for n in range(4, 12)} | {f"B{n}": "=$D$1*2" for n in range(3, 12)}
    assert [item.cell for item in found(write(tmp_path / "c.xlsx", {"S": cells}), "typed-over")] == ["A3"]


def labelled() -> dict[str, object]:
    """A row of months: its label and unit read by formulas, an opening of its own, then one formula filled on."""
    cells: dict[str, object] = {"A1": "Plan", "B1": "USD", "A2": 7.0, "A4": "=A1", "B4": '=B1&" per month"'}
    cells |= {f"{LETTERS[n]}3": float(n) for n in range(2, 12)}
    return cells | {"C4": "=-$A$2", **{f"{LETTERS[n]}4": f"={LETTERS[n]}3*$A$2" for n in range(3, 12)}}


def test_a_label_and_a_unit_read_by_formulas_are_no_figures(tmp_path):
    assert found(write(tmp_path / "b.xlsx", {"S": labelled()})) == []


@pytest.mark.parametrize(
    ("cell", "content", "kind"),
    [
        ("D4", "=D3+$A$2", "differs"),
        ("H4", "=0", "differs"),
        ("L4", "=L3*$A$1", "differs"),
        ("H4", '="none"', "differs"),
        ("C4", "=$A$2&D3", ""),
        ("H4", 3.0, "typed-over"),
    ],
)
def test_a_fault_behind_a_label_is_found(tmp_path, cell, content, kind):
    """Words in the midst of figures are no label; before them they are."""
    seen = [(item.kind, item.cell) for item in found(write(tmp_path / "b.xlsx", {"S": {**labelled(), cell: content}}))
            if item.kind in ("differs", "typed-over")]  # fmt: skip
    assert seen == ([(kind, cell)] if kind else [])


def test_words_made_of_what_the_figures_read_are_no_label(tmp_path):
    """The first of a row turned to a text: it reads the very cells its neighbours would."""
    cells = {**{f"{LETTERS[n]}1": float(n) for n in range(1, 9)}, "A2": 2.0}
    cells |= {f"{LETTERS[n]}3": f"={LETTERS[n]}1*$A$2" for n in range(1, 9)}
    path = write(tmp_path / "b.xlsx", {"S": {**cells, "B3": "=B1&$A$2"}})
    assert cells_of(found(path, "differs")) == ["B3"]


def test_subtotals_and_lists_of_different_formulas_are_no_faults(tmp_path):
    cells: dict[str, object] = {f"A{n}": float(n) for n in range(1, 20)}
    for n in range(1, 20):
        cells[f"B{n}"] = f"=A{n}*A{n}"
    cells["B7"], cells["B14"] = "=SUM(B1:B6)", "=SUM(B8:B13)"
    cells |= {"D1": "=A1+A2", "D2": "=A3*A4", "D3": "=MAX(A1:A9)", "D4": "=A1/A2", "D5": '="Total "&A1'}
    assert found(write(tmp_path / "b.xlsx", {"S": cells})) == []


def test_inputs_between_formulas_are_no_faults(tmp_path):
    """A column of results and inputs by turns, and an input row under a row of formulas."""
    cells = {"A1": 1, "B1": "=A1*A1", "B2": 5, "B3": "=B2+A1", "B4": 6, "B5": "=B4-A1"}
    cells |= {f"{LETTERS[n]}7": f"={LETTERS[n]}8*$A$1" for n in range(6)}
    cells |= {f"{LETTERS[n]}8": n for n in range(6)}
    assert found(write(tmp_path / "b.xlsx", {"S": cells})) == []


def test_shared_formulas_count_as_what_they_read(tmp_path):
    """As Excel and LibreOffice save a filled column; the fault is a number in its midst."""
    rows = [row(1, A="<v>1</v>", B='<f t="shared" ref="B1:B6" si="0">A1*3</f><v>3</v>')]
    rows += [row(n, A=f"<v>{n}</v>", B=f'<f t="shared" si="0"/><v>{3 * n}</v>') for n in range(2, 7)]
    clean = write_book(tmp_path / "clean.xlsx", {"S": sheet("".join(rows))})
    assert {item.kind for item in found(clean)} == {"typed-number"}
    rows[3] = row(4, A="<v>4</v>", B="<v>13</v>")
    assert cells_of(found(write_book(tmp_path / "b.xlsx", {"S": sheet("".join(rows))}), "typed-over")) == ["B4"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A1*2", "A2*2", True),
        ("A1*2", "A1*2", False),
        ("$A$1*2", "$A$1*2", True),
        ("A$1+LOG10(A1)", "A$1+LOG10(A2)", True),
        ('"A1"&A1', '"A1"&A2', True),
        ('"A1"&A1', '"A2"&A2', False),
        ("'Q1 A1'!A1", "'Q1 A1'!A2", True),
        ("'Q1 A1'!A1", "'Q1 A2'!A2", False),
        ("Table1[A1]*A1", "Table1[A1]*A2", True),
        ("SUM(A1:B1)", "SUM(A2:B2)", True),
    ],
)
def test_shapes_of_one_formula_filled_down(one, other, same):
    """The same formula in C1 and filled down to C2."""
    first, second = shape_of(one, 1, 3)[0], shape_of(other, 2, 3)[0]
    assert (first == second) == same
    assert text_of(first, 1, 3) == one
    assert text_of(second, 2, 3) == other
