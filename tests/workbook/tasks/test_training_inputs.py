"""`breakeven dataset FILE --into BOOK`: the result in a workbook's inputs, on a copy."""

from __future__ import annotations

import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter

from pycalc.dataset.audit import audit
from pycalc.dataset.cost import Plan
from tests.pycalc.dataset import published
from workbook.errors import BadWorkbook
from workbook.tasks.training_inputs import write_inputs


@pytest.fixture
def result(tmp_path):
    file = tmp_path / "toy.jsonl"
    file.write_bytes(published.toy())
    return audit(str(file), Plan(models=("gpt-3.5-turbo",), training_price=8))


def workbook(path, *, names=("examples", "tokens_per_example", "epochs", "ft_training_price", "ft_model"), **cells):
    """A small model: inputs with their source, and a formula over them."""
    book = xlsxwriter.Workbook(path)
    inputs, other = book.add_worksheet("My inputs"), book.add_worksheet("Model")
    blue = book.add_format({"font_color": "blue", "num_format": "#,##0.0"})
    inputs.write_row(0, 0, ["Assumption", "Value", "Unit", "Source", "Read on", "Note"])
    for row, name in enumerate(names, 2):
        inputs.write(row, 0, name)
        if name in cells:
            inputs.write(row, 1, cells[name], blue)
        inputs.write(row, 3, "a guess")
        inputs.write(row, 5, "a note")
        book.define_name(name, f"='My inputs'!$B${row + 1}")
    other.write_formula("A1", "=examples*tokens_per_example*epochs*ft_training_price/1000000", None, -1)
    book.close()
    return path


def stored(path):
    book = openpyxl.load_workbook(path, data_only=True)
    return {name: book["My inputs"][defined.attr_text.rpartition("!")[2].replace("$", "")] for name, defined in
            book.defined_names.items()}, book  # fmt: skip


def test_inputs_and_what_follows_from_them(tmp_path, result):
    book, out = workbook(tmp_path / "book.xlsx", examples=500, epochs=3), tmp_path / "out.xlsx"
    before = book.read_bytes()
    done = write_inputs(book, out, result, overwrite=True)
    cells, after = stored(out)
    # The guide's figures: 5 examples, 4,306 tokens an epoch, 20 epochs.
    assert cells["examples"].value == 5
    assert cells["tokens_per_example"].value == pytest.approx(4306 / 5, rel=1e-15)
    assert cells["epochs"].value == 20
    assert after["Model"]["A1"].value == pytest.approx(86120 * 8 / 1e6, rel=1e-12)
    assert done["inputs"].keys() == {"examples", "tokens_per_example", "epochs", "ft_training_price"}
    assert book.read_bytes() == before


def test_style_stays_and_the_source_changes_with_the_value(tmp_path, result):
    book, out = workbook(tmp_path / "book.xlsx", examples=500), tmp_path / "out.xlsx"
    write_inputs(book, out, result, overwrite=True)
    cells, after = stored(out)
    assert cells["examples"].number_format == "#,##0.0"
    row = cells["examples"].row
    sheet = after["My inputs"]
    assert "toy.jsonl" in sheet.cell(row, 4).value
    assert sheet.cell(row, 5).value == date.today().isoformat()
    assert sheet.cell(row, 6).value == "a note"


def test_only_the_sheets_concerned_change(tmp_path, result):
    book, out = workbook(tmp_path / "book.xlsx", examples=500), tmp_path / "out.xlsx"
    write_inputs(book, out, result, overwrite=True)
    with zipfile.ZipFile(book) as one, zipfile.ZipFile(out) as other:
        assert one.namelist() == other.namelist()
        changed = {name for name in one.namelist() if one.read(name) != other.read(name)}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_stays_text(tmp_path, result, start):
    """A file or model whose name begins like a formula puts no formula into the workbook."""
    result["file"] = f"{start}HYPERLINK(1)"
    out = tmp_path / "out.xlsx"
    write_inputs(workbook(tmp_path / "book.xlsx", examples=500), out, result, overwrite=True)
    cells, after = stored(out)
    with zipfile.ZipFile(out) as package:
        assert b"<f" not in package.read("xl/worksheets/sheet1.xml")
    source = after["My inputs"].cell(cells["examples"].row, 4)
    assert source.value.startswith(f"{start}HYPERLINK(1), counted by")


def test_a_model_comes_with_all_its_prices(tmp_path):
    """Fine-tuned gpt-4o-mini: 0.30 in, 0.15 cached, 1.20 out, shut down on 2027-01-14 (OpenAI, 2026-11-20)."""
    file = tmp_path / "toy.jsonl"
    file.write_bytes(published.toy())
    names = ("examples", "tokens_per_example", "epochs", "ft_training_price", "ft_model", "ft_input_price",
             "ft_output_price", "ft_cached_price", "ft_shutdown_date")  # fmt: skip
    out = tmp_path / "out.xlsx"
    book = workbook(tmp_path / "book.xlsx", names=names, ft_model="ft:gpt-3.5-turbo", ft_cached_price=9)
    write_inputs(book, out, audit(str(file), Plan(models=("gpt-4o-mini-2024-07-18",))), overwrite=True)
    cells, _ = stored(out)
    assert [cells[name].value for name in names[3:8]] == [3, "ft:gpt-4o-mini-2024-07-18", 0.3, 1.2, 0.15]
    assert cells["ft_shutdown_date"].value == 46401


def test_a_model_without_prices_on_that_date_leaves_the_old_one_in_place(tmp_path, result):
    names = ("examples", "tokens_per_example", "epochs", "ft_training_price", "ft_model", "ft_input_price")
    out = tmp_path / "out.xlsx"
    write_inputs(workbook(tmp_path / "b.xlsx", names=names, ft_model="mine", ft_input_price=7), out, result)
    cells, _ = stored(out)
    assert (cells["ft_model"].value, cells["ft_input_price"].value) == ("mine", 7)


def test_breakeven_inputs_where_volume_is_given(tmp_path):
    file = tmp_path / "toy.jsonl"
    file.write_bytes(published.toy())
    plan = Plan(models=("gpt-4o-mini",), volume=10_000, prompt_tokens=800)
    names = ("examples", "tokens_per_example", "epochs", "queries", "pe_prompt_tokens", "response_tokens")
    out = tmp_path / "out.xlsx"
    write_inputs(workbook(tmp_path / "book.xlsx", names=names), out, audit(str(file), plan))
    cells, _ = stored(out)
    assert (cells["queries"].value, cells["pe_prompt_tokens"].value) == (10_000, 800)
    assert cells["response_tokens"].value == pytest.approx(1609.0)


def test_a_workbook_without_such_inputs(tmp_path, result):
    out = tmp_path / "out.xlsx"
    book = workbook(tmp_path / "book.xlsx", names=("examples", "epochs"), examples=1)
    with pytest.raises(BadWorkbook, match="no cell named tokens_per_example"):
        write_inputs(book, out, result, overwrite=True)
    assert not out.exists()


def test_an_input_that_is_a_formula_is_not_lost(tmp_path, result):
    out = tmp_path / "out.xlsx"
    book = workbook(tmp_path / "book.xlsx", examples="=1+1")
    with pytest.raises(BadWorkbook, match="My inputs!B3 is a formula"):
        write_inputs(book, out, result, overwrite=True)
    assert not out.exists()


def test_the_workbook_itself_is_never_the_target(tmp_path, result):
    book = workbook(tmp_path / "book.xlsx", examples=1)
    with pytest.raises(BadWorkbook, match="overwrite"):
        write_inputs(book, book, result)


def test_what_is_filled_is_kept(tmp_path, result):
    """Of a model's figures all are kept where one is: its training price is not put beside another model's name."""
    names = ("examples", "tokens_per_example", "epochs", "ft_training_price", "ft_model")
    out = tmp_path / "out.xlsx"
    book = workbook(tmp_path / "book.xlsx", names=names, examples=0, ft_model="mine", epochs="")
    done = write_inputs(book, out, result)
    cells, after = stored(out)
    assert [cells[name].value for name in names] == [0, pytest.approx(4306 / 5), 20, None, "mine"]
    assert done["inputs"].keys() == {"tokens_per_example", "epochs"}
    assert done["kept"] == ["examples", "ft_training_price"]
    assert after["My inputs"].cell(cells["examples"].row, 4).value == "a guess"


def test_nothing_empty_nothing_written(tmp_path, result):
    book = workbook(tmp_path / "b.xlsx", examples=1, tokens_per_example=1, epochs=1, ft_training_price=1, ft_model="m")
    with pytest.raises(BadWorkbook, match="--overwrite"):
        write_inputs(book, tmp_path / "out.xlsx", result)
    assert not (tmp_path / "out.xlsx").exists()
