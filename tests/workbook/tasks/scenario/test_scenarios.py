"""Scenarios added to and removed from workbooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from addin.cli import app
from pycalc.models import catalogue
from tests import sharing
from tests.workbook.tasks.scenario.scenariobooks import figure, formulas, tab_values
from tests.workbook.template import shipped
from workbook.engines import recalculate
from workbook.errors import BadWorkbook
from workbook.file import my_prices, named
from workbook.file.addresses import column_letters, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.put import Held, put_values
from workbook.file.titles import find_titles
from workbook.tasks.scenario import BadChange, Scenario, add_scenarios, inputs, remove_scenario, scenarios
from workbook.tasks.scenario.tabs import tab_name
from workbook.template.inputs import INPUTS, OPTION_ROWS, option_input
from workbook.template.model import common_key

HALF = Scenario("GPT-4 half price", ("pe_input_price=-50%", "pe_output_price=-50%"))
TWICE = Scenario("Twice the volume", ("queries=+100%",))
SHIPPED = {"Price 0.03 per 1K": 30, "Price 0.015 per 1K": 15, "Price 0.005 per 1K": 5}
# The course's price loop with its labour: 10,000 calls of 850 tokens in at that price and 100 out at 60 per 1M;
# fine-tuned 9.00 a month; 12 for training and 500 × 5 / 60 × 50 for labour.
MONTHLY = {30: 315.0, 15: 187.5, 5: 102.5}


def run(*arguments: object):
    return CliRunner().invoke(app, ["scenario", *map(str, arguments)])


@pytest.fixture(scope="module")
def tiny() -> Path:
    """The smallest template with two spare scenarios."""
    return sharing.tiny(spare=2)


@pytest.fixture(scope="module")
def without(tmp_path_factory) -> Path:
    """One of the shipped price drops is gone."""
    out = tmp_path_factory.mktemp("without") / "without.xlsx"
    remove_scenario(sharing.small(), out, "GPT-4 at 0.015 per 1K")
    return out


@pytest.fixture(scope="module")
def swept(without) -> Path:
    """The shipped price drops a second time, by the command: every spare column is taken, the one between them too."""
    out = without.with_name("swept.xlsx")
    result = run(without, "--sweep", "pe_input_price=30,15,5", "-o", out)
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def half(tiny, tmp_path_factory) -> Path:
    """Both spare columns are taken, the first with half the price."""
    out = tmp_path_factory.mktemp("half") / "half.xlsx"
    add_scenarios(tiny, out, [HALF, TWICE], by="Finance", day="2026-11-20")
    return out


@pytest.mark.parametrize("engine", ["stored", "formualizer", "libreoffice"])
def test_added_tabs_equal_the_shipped_ones(swept, engine, request):
    if engine == "libreoffice":
        request.getfixturevalue("soffice")
    computed = None if engine == "stored" else sharing.recalculated(swept, engine).values
    for tab, price in SHIPPED.items():
        added = tab_values(swept, f"pe_input_price {price}", computed)
        if price == 15:  # whose shipped column is taken by another; LibreOffice stores 15 digits
            shipped = tab_values(sharing.small(), tab)
            assert added == (_in_15_digits(shipped) if engine == "libreoffice" else shipped)
        else:
            assert added == tab_values(swept, tab, computed)
        assert len(added) > 80
        assert figure(added, "Running cost of month one") == pytest.approx(MONTHLY[price], rel=1e-12)
    values = computed or {}
    checks = (
        named.values(swept)["out_checks"] if engine == "stored" else values["Checks", _address(swept, "out_checks")]
    )
    assert checks is True


def _in_15_digits(values: dict[str, Value]) -> dict[str, Value]:
    return {label: float(f"{value:.15g}") if type(value) is float else value for label, value in values.items()}


def _address(path: Path, name: str) -> str:
    with Package(path) as package:
        _, row, column = named.cells(package)[name]
    return f"{column_letters(column)}{row}"


def test_half_price(half):
    """Both prices halved: 10,000 × (850 × 15 + 100 × 30) / 1e6 = 157.50."""
    values = tab_values(half, "GPT-4 half price")
    assert figure(values, "Running cost of month one") == pytest.approx(157.5, rel=1e-12)
    column = scenarios(half)[1]
    assert (column.letters, column.title, column.overrides) == (
        "F",
        "GPT-4 half price",
        {"pe_input_price": 15.0, "pe_output_price": 30.0},
    )
    with Package(half) as package:
        scenario_sheet = next(sheet for sheet in package.worksheets() if sheet.name == "Scenarios")
        comments = package.read(package.related(scenario_sheet.part, "comments")[0]).decode()
        assert "30 × (1 − 50%) = 15" in comments
        assert "60 × (1 − 50%) = 30" in comments
        assert any("added: pe_input_price 30 × (1 − 50%) = 15" in text for text in _texts(package, "Log"))


def _texts(package: Package, sheet: str) -> list[str]:
    part = next(each.part for each in package.worksheets() if each.name == sheet)
    strings = package.strings()
    return [value for cell in package.cells(part) if isinstance(value := cell.value(strings), str)]


def test_every_other_part_is_kept_byte_for_byte(half, tiny):
    with zipfile.ZipFile(tiny) as old, zipfile.ZipFile(half) as new:
        before = {name: old.read(name) for name in old.namelist()}
        after = {name: new.read(name) for name in new.namelist()}
    assert not set(before) - set(after)
    changed = {name for name in before if before[name] != after[name]}
    with Package(tiny) as package:
        parts = {sheet.part: sheet.name for sheet in package.worksheets()}
        kept = {name for name in before if "chart" in name or "drawing" in name or "style" in name or "theme" in name}
    assert len(kept) > 10
    assert not kept & changed
    sheets = {parts[name] for name in changed if name in parts}
    assert {"Scenarios", "Checks", "Log"} <= sheets <= {"Scenarios", "Checks", "Log", "Scenario 2", "Scenario 3"}
    assert "xl/workbook.xml" in changed


@pytest.mark.usefixtures("values_left_alone")
def test_the_original_is_not_touched(tiny, tmp_path):
    book = tmp_path / "book.xlsx"
    shutil.copyfile(tiny, book)
    before = book.read_bytes()
    with pytest.raises(BadWorkbook):
        add_scenarios(book, book, [HALF])
    assert book.read_bytes() == before
    add_scenarios(book, tmp_path / "copy.xlsx", [HALF])
    assert book.read_bytes() == before


def test_remove_gives_back_the_formulas(half, tiny, tmp_path):
    """The earlier one first, so that the later one's checks move up."""
    two = half
    for number, name in enumerate(["GPT-4 half price", "twice the VOLUME"]):
        target = tmp_path / f"{number}.xlsx"
        remove_scenario(two, target, name)
        two = target
        assert named.values(two)["out_checks"] is True
    assert formulas(two) == formulas(tiny)
    assert [(column.title, column.overrides) for column in scenarios(two)] == [
        (column.title, column.overrides) for column in scenarios(tiny)
    ]
    assert named.values(two)["out_checks"] is True
    with Package(two) as now, Package(tiny) as before:
        assert [sheet.name for sheet in now.sheets()] == [sheet.name for sheet in before.sheets()]
        assert now.defined_names() == before.defined_names()


def test_a_shipped_scenario_goes_and_its_column_is_used_again(without, swept):
    assert named.values(without)["out_checks"] is True
    assert [column.title for column in scenarios(without) if column.title][1:] == [
        "GPT-4 at 0.03 per 1K",
        "GPT-4 at 0.005 per 1K",
    ]
    assert (scenarios(swept)[2].number, scenarios(swept)[2].title) == (3, "pe_input_price 30")
    assert named.values(swept)["out_checks"] is True


@pytest.mark.usefixtures("values_left_alone")
def test_valid_for_microsofts_validator(half, tmp_path):
    tool = Path(__file__).parents[3] / "node/node_modules/.bin/ooxml-validator"
    if not tool.exists():
        if os.environ.get("CI"):
            pytest.fail("the validator is missing; in CI nothing is skipped. make node installs it")
        pytest.skip("the validator is missing. make node installs it")
    removed = tmp_path / "removed.xlsx"
    remove_scenario(half, removed, HALF.name)
    for each in (half, removed):
        said = json.loads(subprocess.run([str(tool), str(each)], capture_output=True, text=True, check=False).stdout)
        assert said["ok"]
        assert said["errors"] == []


def _selected(path: Path, out: Path, number: int) -> Path:
    """The workbook with another scenario in force."""
    from workbook.file.edits import constant_edit
    from workbook.file.xmlspans import spliced

    with Package(path) as package:
        name, row, column = named.cells(package)["scenario"]
        part = next(sheet.part for sheet in package.worksheets() if sheet.name == name)
        cell = next(cell for cell in package.cells(part) if (cell.row, cell.column) == (row, column))
        data = package.read(part)
        package.replace(part, spliced(data, [constant_edit(data, cell, float(number))]))
        return package.save(out)


def test_selecting_the_new_scenario_drives_the_model(half, tmp_path):
    computed = recalculate(_selected(half, tmp_path / "selected.xlsx", 2)).values
    assert computed["Costs", _address(half, "out_pe_monthly")] == pytest.approx(157.5, rel=1e-12)
    assert computed["Checks", _address(half, "out_checks")] is True


@pytest.mark.usefixtures("values_left_alone")
def test_removing_the_scenario_in_force_puts_the_base_in_force(half, tmp_path):
    result = remove_scenario(_selected(half, tmp_path / "on.xlsx", 2), tmp_path / "off.xlsx", HALF.name)
    assert named.values(tmp_path / "off.xlsx")["scenario"] == 1
    assert any("in force" in warning for warning in result.warnings)


@pytest.mark.usefixtures("values_left_alone")
def test_prices_of_a_date(tmp_path):
    """gpt-4 was 30 and 60 per 1M (vendor list of March 2023); ft:gpt-3.5-turbo 12 and 16, from 2023-11-06 3 and 6."""
    out = tmp_path / "then.xlsx"
    result = add_scenarios(
        sharing.tiny("hospital", spare=2),
        out,
        [Scenario("Then", prices_on="2023-09-01"), Scenario("Later", prices_on="2023-11-06")],
    )
    then, later = (column.overrides for column in result.added)
    assert (then["pe_input_price"], then["pe_output_price"]) == (30, 60)
    assert (then["ft_input_price"], then["ft_output_price"], then["ft_training_price"]) == (12, 16, 8)
    assert (later["ft_input_price"], later["ft_output_price"]) == (3, 6)
    assert any("gpt-6-luna" in warning for warning in result.warnings)  # not yet sold
    with pytest.raises(BadChange, match="no price on 1999-01-01"):
        add_scenarios(
            sharing.tiny("hospital", spare=2), tmp_path / "no.xlsx", [Scenario("Before", prices_on="1999-01-01")]
        )


def _by_openpyxl(path: Path, out: Path) -> None:
    """Sheets renamed (openpyxl leaves formulas alone, so they are renamed there too) and reordered, a value changed."""
    book = openpyxl.load_workbook(path)
    book.move_sheet("Scenarios", -6)
    book.move_sheet("Base", 5)
    inputs = book["Inputs"]
    inputs[_address(path, "queries")] = 20_000
    inputs[_address(path, "pe_input_price")] = "=60/2"
    book.save(out)


def test_edited_and_saved_by_openpyxl(tiny, tmp_path):
    edited, out = tmp_path / "edited.xlsx", tmp_path / "out.xlsx"
    _by_openpyxl(tiny, edited)
    add_scenarios(edited, out, [HALF])
    values = tab_values(out, HALF.name)
    assert figure(values, "Running cost of month one") == pytest.approx(2 * 157.5, rel=1e-12)
    assert named.values(out)["out_checks"] is True
    with Package(edited) as before, Package(out) as after:
        order = [sheet.name.replace("Scenario 2", HALF.name) for sheet in before.sheets()]
        assert [sheet.name for sheet in after.sheets()] == order


def _renamed(path: Path, out: Path) -> None:
    """Two sheets renamed as Excel does it, in every part that names them."""
    with Package(path) as package:
        for part in package.names:
            if part.endswith(".xml"):
                data = package.read(part)
                new = data.replace(b"Scenarios!", b"'What if, please'!").replace(b'"Scenarios"', b'"What if, please"')
                new = new.replace(b"'Price 0.03 per 1K'", b"'Today''s price'").replace(
                    b'"Price 0.03 per 1K"', b'"Today\'s price"'
                )
                if new != data:
                    package.replace(part, new)
        package.save(out)


def test_renamed_sheets_and_a_name_full_of_signs(small, tmp_path):
    """Signs that XML, formulas and page footers have their own uses for."""
    title = 'Dear\'s & "cheap" <1> = +2'
    renamed, out = tmp_path / "renamed.xlsx", tmp_path / "out.xlsx"
    _renamed(small, renamed)
    assert [column.tab.name for column in scenarios(renamed) if column.tab][1] == "Today's price"
    added = add_scenarios(renamed, out, [HALF, Scenario(title, ("queries=20000",))]).added
    assert [column.title for column in added] == [HALF.name, title]
    column = scenarios(out)[5]
    assert column.title == title
    assert column.tab is not None
    assert column.tab.name == title
    assert figure(tab_values(out, HALF.name), "Running cost of month one") == pytest.approx(157.5, rel=1e-12)
    assert figure(tab_values(out, title), "Running cost of month one") == pytest.approx(630, rel=1e-12)
    assert named.values(out)["out_checks"] is True


@pytest.mark.parametrize(
    ("title", "tab"),
    [
        ("a/b: c*d?[e]", "a b c d e"),
        ("x" * 60, "x" * 31),
        ("costs", "costs (2)"),  # a sheet of that name is there
        ("'quoted'", "quoted"),
        ("History", "History (2)"),  # Excel keeps that name for itself
        ("???", "Scenario"),
    ],
)
def test_tab_names(small, title, tab):
    with Package(small) as package:
        assert tab_name(package, title) == tab


def test_five_spare_columns_and_no_sixth(swept, techwiz, tmp_path):
    assert [column.spare for column in scenarios(swept)] == [False] * 6
    assert named.values(swept)["out_checks"] is True
    with pytest.raises(BadWorkbook, match="none is spare"):
        add_scenarios(swept, tmp_path / "six.xlsx", [HALF])
    six = [Scenario(f"Volume {number}", (f"queries={number}000",)) for number in range(1, 7)]
    with pytest.raises(BadWorkbook, match="5 are spare"):
        add_scenarios(techwiz, tmp_path / "six.xlsx", six)
    assert not (tmp_path / "six.xlsx").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "pe_input=3", "-n", "x"], "there is no input pe_input"),
        (["--set", "queries=5"], "--name is missing"),
        (["--set", "queries=5", "-n", "BASE"], "named 'BASE' already"),
        (["--set", "queries=5", "--set", "queries=6", "-n", "x"], "changed twice"),
        (["-n", "x"], "say one thing to do"),
        (["--list", "--remove", "x"], "say one thing to do"),
        (["--remove", "Base"], "base cannot be removed"),
        (["--remove", "nothing"], "no scenario named"),
        (["--from", "moon", "-n", "x"], "--from takes prices"),
        (["--on", "2026-01-01", "--set", "queries=5", "-n", "x"], "--on goes with"),
        (["--from", "prices", "--on", "yesterday"], "is no date"),
        (["--set", "queries=5", "-n", "x" * 81], "At most 80"),
        (["--set", "queries=5", "-n", "a\nb"], "control character"),
    ],
)
def test_refusals(tiny, tmp_path, arguments, said):
    result = run(tiny, *arguments, "-o", tmp_path / "out.xlsx")
    if result.exit_code != 2:  # errors of the operation come to main(), which prints them
        assert said in str(result.exception)
    else:
        assert said in result.output
    assert not list(tmp_path.iterdir())


def test_a_book_without_our_names(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(BadWorkbook, match="no cell named scenario"):
        scenarios(tmp_path / "own.xlsx")


def test_lists_as_json(small):
    listed = json.loads(run(small, "--list", "--json").output)
    assert [(each["number"], each["name"], each["overrides"]) for each in listed][:2] == [
        (1, "Base", {}),
        (2, "GPT-4 at 0.03 per 1K", {"pe_input_price": 30}),
    ]
    inputs = {each["name"]: each["base"] for each in json.loads(run(small, "--inputs", "--json").output)}
    assert inputs["queries"] == 10_000
    assert inputs["pe_cached_price"] in (None, "")


@pytest.mark.usefixtures("values_left_alone")
def test_a_scenarios_model_takes_ones_own_price(tiny, tmp_path):
    """gpt-4o's input price is 2.50 (developers.openai.com/api/docs/pricing); on the sheet My prices it is 1.75."""
    book = tmp_path / "own.xlsx"
    with Package(tiny) as package:
        sheet = package.worksheet(my_prices.SHEET)
        strings = package.strings()
        values = {place: cell.value(strings) for place, cell in Held(package, sheet).items()}
        top, columns = find_titles(values, my_prices.NEEDED)
        row = {"model": "gpt-4o", "kind": "input", "amount": 1.75, "source": "contract", "read_on": "2026-11-28"}
        put_values(package, sheet, {(top + 1, columns[field]): value for field, value in row.items()})
        package.save(book)
    result = add_scenarios(book, tmp_path / "new.xlsx", [Scenario("Ours", ("pe_model=gpt-4o",))])
    (overrides,) = result.overrides.values()
    found = {change.name: change for change in overrides}
    assert (found["pe_input_price"].value, found["pe_output_price"].value) == (1.75, 10)
    assert "your own price (My prices): contract" in found["pe_input_price"].how
    with Package(tmp_path / "new.xlsx") as package:
        assert [price.amount for price in my_prices.read(package)] == [1.75]


def _valid(item) -> str:
    """A value this input may have, other than what the case has."""
    if item.choices:
        return item.choices[-1]
    if item.quantity.kind == "number":
        return "1" if item.quantity.whole else "0.5"
    return {"text": "other", "date": "2027-03-04", "flag": "TRUE"}[item.quantity.kind]


@pytest.mark.usefixtures("values_left_alone")
def test_every_input_can_be_set_and_blanked_in_a_scenario(tiny, tmp_path):
    """The values in force on the scenario's tab are the ones given; those of nothing else but the base's are blank."""
    known = [name for name in inputs(tiny) if INPUTS[name].scenario]
    assert len(known) > 600
    given = {name: _valid(INPUTS[name]) for name in known}
    wanted = [
        Scenario("Set", tuple(f"{name}={value}" for name, value in given.items())),
        Scenario("Blanked", tuple(f"{name}=none" for name in known)),
    ]
    out = tmp_path / "all.xlsx"
    added = add_scenarios(tiny, out, wanted).added
    assert [len(column.overrides) for column in added] == [len(known)] * 2
    book = shipped.book("techwiz")
    computed = sharing.recalculated(out).values
    held = [
        {row_and_column(cell): value for (sheet, cell), value in computed.items() if sheet == column.tab.name}
        for column in added
    ]
    for name, value in given.items():
        key = f"{name.split('.')[1]}.{name.split('.')[0]}" if name[0].isdigit() else _key_of(name)
        places = [book.find(key, (f"tab{column.number}",)) for column in added]
        now, blank = (cells.get((place.row + 1, place.column + 1)) for cells, place in zip(held, places, strict=True))
        date = catalogue.serial(value) if INPUTS[name].quantity.kind == "date" else value
        assert now == (float(date) if isinstance(date, float) or date[0] in "01" else {"TRUE": True}.get(date, date))
        assert blank in ("", None), name


def _key_of(name: str) -> str:
    """The key of the value in force of a named input."""
    option = INPUTS[name].option
    if not option:
        return common_key(name)
    return next(f"{key}.{option}" for key in OPTION_ROWS if option_input(option, key) == name)
