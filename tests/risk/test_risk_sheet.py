"""`breakeven risk`: what is read from a workbook, and the sheet that is put into its copy."""

from __future__ import annotations

import json
import math

import openpyxl
import pytest
from books import changed_parts, contents, row, sheet, write_book
from course import COURSE
from openpyxl.workbook.defined_name import DefinedName
from typer.testing import CliRunner

from addin.cli import app
from pycalc.errors import CalcError
from pycalc.risk.draws import Correlation, Step
from workbook.build import build
from workbook.engines import recalculate
from workbook.errors import WorkbookError
from workbook.model.styles import NUMBERS
from workbook.package import Package
from workbook.recalc import recalc
from workbook.risk import question, risk

VARY = {"queries": (5_000, 20_000), "pe_input_price": (10, 30)}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return build("techwiz", tmp_path_factory.mktemp("template") / "techwiz.xlsx")


def changed(template, folder, values):
    """A copy of the template with other inputs; "queries Low" is the cell beside that input, headed Low."""
    book = openpyxl.load_workbook(template)
    for defined, value in values.items():
        defined, _, end = defined.partition(" ")
        sheet_name, _, cell = book.defined_names[defined].attr_text.replace("$", "").partition("!")
        place = book[sheet_name.strip("'")][cell]
        if end:
            headings = {item.value: item.column for item in book["Inputs"][5]}
            place = place.parent.cell(place.row, headings[end])
        place.value = value
    book.save(folder / "changed.xlsx")
    return folder / "changed.xlsx"


INPUTS = {
    "months": 12,
    **COURSE,
    "context_tokens": 0,
    "pe_step_cut": None,
    "ft_cached_price": None,
}


def own_workbook(folder, values):
    """Somebody's own workbook: a sheet with our names in column B, low in D and high in E."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "My inputs"
    page.append(["What", "Value", "", "Low", "High"])
    for number, (name, value) in enumerate(INPUTS.items(), 2):
        page.append([name, values.get(name, value), "", values.get(f"{name} Low"), values.get(f"{name} High")])
        book.defined_names[name] = DefinedName(name, attr_text=f"'My inputs'!$B${number}")
    book.save(folder / "own.xlsx")
    return folder / "own.xlsx"


def running_total(path, month):
    """What the sheet Cash flow says: its running total, not discounted, after that month."""
    cash_flow = openpyxl.load_workbook(path, data_only=True)["Cash flow"]
    rows = [line for line in cash_flow.iter_rows(values_only=True) if line[0] == "Running total, not discounted"]
    assert len(rows) == 1
    return rows[0][2 + month]


EVERYTHING = {
    "monthly_growth": 0.05,
    "pe_annual_decline": 0.3,
    "ft_annual_decline": 0.1,
    "pe_step_month": 7,
    "pe_step_cut": 0.4,
    "ft_step_month": 3,
    "ft_step_cut": 0.2,
    "ft_hosting_monthly": 20,
    "evaluation_cost": 150,
    "retrains_per_year": 2.5,
    "relabel_share": 0.2,
    "training_minimum": 30,
    "validation_tokens": 1e6,
    "cache_hit_rate": 0.9,
    "cache_min_tokens": 50,
    "ft_cached_price": 0.5,
    "months": 17,
}


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["as shipped", "every row in use"])
def test_the_base_is_the_workbooks_own_cash_flow(template, tmp_path, values):
    path = recalc(changed(template, tmp_path, values), tmp_path / "recalculated.xlsx").out
    expected = running_total(path, values.get("months", 12))
    assert question(path, VARY).base == pytest.approx(expected, rel=1e-11)


def test_low_and_high_are_read_beside_the_base(tmp_path):
    ends = {"queries Low": 5_000, "queries High": 20_000, "hourly_wage High": 80, "context_tokens High": 500}
    path = own_workbook(tmp_path, ends)
    asked = question(path)
    assert asked.case.varied == {"queries": (5_000, 10_000, 20_000), "hourly_wage": (50, 50, 80)}
    assert asked.left_out == ["context_tokens"]
    asked = question(path, {"queries": (9_000, 11_000), "pe_step_cut": (0, 0.5)})
    assert asked.case.varied["queries"] == (9_000, 10_000, 11_000)
    assert asked.case.varied["pe_step_cut"] == (0, 0, 0.5)  # its blank cell counts as 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"queries Low": 20_000}, "queries: low 20000, base 10000 and high 10000 have to rise; see My inputs!D3"),
        ({"queries Low": "few"}, "shows 'few'; enter a number"),
        ({"pe_step_cut High": 1.5}, r"\(pe_step_cut\) is 1.5 share; it must be at least 0 and at most 1"),
        ({"queries": None}, "queries is blank; enter a value"),
        ({"queries": "many"}, "shows 'many'; enter a number"),
        ({"ft_cached_price High": 2}, "ft_cached_price.* is blank but has a low or high value"),
        ({"months": 37}, "must be a whole number, at least 1 and at most 36"),
    ],
)
def test_bad_inputs_are_named(tmp_path, values, message):
    with pytest.raises(WorkbookError, match=message):
        question(own_workbook(tmp_path, {"hourly_wage Low": 40, **values}))


def test_the_scenario_in_force_is_simulated(template, tmp_path):
    path = changed(template, tmp_path, {"scenario": 3, "queries Low": 5_000, "pe_input_price Low": 10})
    asked = question(path)
    assert asked.scenario == "scenario 3, GPT-4 at 0.015 per 1K"
    # 15 USD per 1M tokens: 187.50 a month against 9 (the course's third extension), 2095.33 upfront.
    assert asked.base == pytest.approx(12 * (187.5 - 9) - 12 - 500 * 5 / 60 * 50)
    assert set(asked.case.varied) == {"queries"}  # the scenario fixes the price
    assert question(path, {"pe_input_price": (10, 20)}).case.varied["pe_input_price"] == (10, 15, 20)


def test_nothing_to_vary_says_where_to_enter_it(tmp_path):
    with pytest.raises(WorkbookError, match="columns Low and High of the sheet My inputs, or name them: --vary"):
        question(own_workbook(tmp_path, {}))


def test_a_workbook_without_our_names(tmp_path):
    path = write_book(tmp_path / "other.xlsx", {"One": sheet(row(1, A="<v>1</v>"))})
    with pytest.raises(WorkbookError, match="no cell named queries"):
        question(path, VARY)


@pytest.fixture(scope="module")
def written(template, tmp_path_factory):
    out = tmp_path_factory.mktemp("risk") / "risk.xlsx"
    asked = question(
        template, VARY, [Correlation("queries", "pe_input_price", -0.5)], [Step("pe", 7, 0.4, 0.3)]
    )
    before = contents(template)
    result = risk(template, out, asked, trials=20_000)
    assert contents(template) == before
    return out, asked, result


def test_the_rest_of_the_file_stays_as_it_is(template, written):
    out, _, _ = written
    added = {name for name in changed_parts(template, out) if name not in contents(template)}
    assert changed_parts(template, out) - added == {
        "[Content_Types].xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
    }
    assert {name.split("/")[1] for name in added} == {"worksheets", "drawings", "charts"}
    old, new = openpyxl.load_workbook(template), openpyxl.load_workbook(out)
    assert new.sheetnames == [*old.sheetnames, "Risk"]
    for cell in ("A1", "B12", "B17"):  # the looks of a cell are found by its number, which must not have moved
        before, after = old["Inputs"][cell], new["Inputs"][cell]
        for look in ("number_format", "font", "fill", "border", "protection"):
            assert repr(getattr(before, look)) == repr(getattr(after, look))


def lines(path):
    """The rows of the sheet by their first cell, the first of each."""
    found = list(openpyxl.load_workbook(path, data_only=True)["Risk"].iter_rows(values_only=True))
    return {line[0]: line for line in reversed(found) if line[0] is not None}


def test_the_sheet_shows_the_result(written):
    out, asked, result = written
    found = lines(out)
    assert found["Net saving, P10"][1:3] == pytest.approx((result.p10.value, result.p10.error), rel=1e-12)
    assert found["Probability of paying back within 12 months"][1] == pytest.approx(result.paid.value, rel=1e-12)
    assert found["The same, and before the shutdown"][1] == result.paid_alive.value == 0  # shut down before the start
    assert found["Net saving with every input at its base"][1] == pytest.approx(asked.base, rel=1e-12)
    assert "queries and pe_input_price move together: rank correlation -0.5" in found
    assert "Base-model prices fall by 40% from month 7 on, with probability 30%" in found
    low, base, high = 5_000, 10_000, 20_000
    assert found["Model calls (queries)"][1:4] == (low, base, high)
    variance = (low**2 + base**2 + high**2 - low * base - low * high - base * high) / 18
    assert found["Model calls (queries)"][7:9] == (
        pytest.approx((low + base + high) / 3),
        pytest.approx(math.sqrt(variance)),
    )
    trials = [line[2] for label, line in found.items() if isinstance(label, (int, float))]
    assert sum(trials) == result.trials
    look = openpyxl.load_workbook(out)["Risk"]["B12"]
    assert look.number_format == NUMBERS["rate"]


def test_live_cells_are_worked_out_as_stored(written):
    out, _, _ = written
    stored = openpyxl.load_workbook(out, data_only=True)["Risk"]
    formulas = openpyxl.load_workbook(out)["Risk"]
    values = recalculate(out).values
    live = [cell for line in formulas.iter_rows() for cell in line if cell.data_type == "f"]
    assert len(live) > 40
    for cell in live:
        expected = stored[cell.coordinate].value
        got = values["Risk", cell.coordinate]
        assert got == (expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-12, abs=1e-12))


def test_a_change_of_the_base_is_noticed(written, tmp_path):
    out, _, _ = written
    book = openpyxl.load_workbook(out)
    sheet_name, _, cell = book.defined_names["queries"].attr_text.replace("$", "").partition("!")
    book[sheet_name][cell].value = 12_000
    book.save(tmp_path / "later.xlsx")
    values = recalculate(tmp_path / "later.xlsx").values
    place = next(c.coordinate for c in book["Risk"]["A"] if c.value == "Inputs that have changed since the run")
    assert values["Risk", place.replace("A", "B")] == "1: run it again"


def test_a_second_run_gets_a_sheet_of_its_own(written, tmp_path):
    out, _, _ = written
    again = tmp_path / "again.xlsx"
    risk(out, again, question(out, VARY), trials=100)
    book = openpyxl.load_workbook(again)
    assert book.sheetnames[-2:] == ["Risk", "Risk 2"]
    charts = [name for name in contents(again) if name.startswith("xl/charts/")]
    with Package(again) as package:
        [last] = [one for one in package.worksheets() if one.name == "Risk 2"]
        [drawing] = package.related(last.part, "drawing")
        own = package.related(drawing, "chart")
    assert len(own) == 2
    assert set(own) <= set(charts)
    for part in own:
        assert b"'Risk 2'!$" in contents(again)[part]


def test_into_a_workbook_that_another_program_wrote(tmp_path):
    own = own_workbook(tmp_path, {"queries Low": 5_000, "queries High": 20_000})
    out = tmp_path / "out.xlsx"
    result = risk(own, out, question(own), trials=100)
    assert openpyxl.load_workbook(out)["Risk"]["B12"].number_format == NUMBERS["rate"]
    assert lines(out)["Net saving, P50"][1] == pytest.approx(result.p50.value, rel=1e-12)  # 16 digits are stored


def test_the_original_is_never_the_target(tmp_path):
    path = own_workbook(tmp_path, {})
    with pytest.raises(WorkbookError, match="overwrite"):
        risk(path, path, question(path, VARY), trials=10)


def test_contradicting_correlations_are_refused(tmp_path):
    pairs = [Correlation("queries", "pe_input_price", 2)]
    with pytest.raises(CalcError, match="from -1 to 1"):
        question(own_workbook(tmp_path, {}), VARY, pairs)


def run(*arguments):
    return CliRunner().invoke(app, ["risk", *map(str, arguments), "--force"])


def test_the_command(tmp_path):
    own = own_workbook(tmp_path, {})
    out = tmp_path / "out.xlsx"
    asked = ("--vary", "queries=5000..20000", "--trials", 2000)
    done = run(own, "-o", out, *asked, "--step", "pe:7:0.4:0.3", "--json")
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["out"] == str(out)
    assert {driver["name"] for driver in result["drivers"]} == {"queries", "pe step in month 7"}
    assert "Risk" in openpyxl.load_workbook(out).sheetnames
    table = run(own, "-o", out, *asked)
    assert table.exit_code == 0
    assert "Net saving, P10" in table.stdout
    assert "± standard error" in table.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--vary", "queries=5000..many"),
        ("--vary", "queries=5000"),
        ("--vary", "queries=5000..20000", "--step", "pe:7"),
        ("--vary", "queries=5000..20000", "--step", "pe:7.5:0.4"),
        ("--vary", "queries=5000..20000", "--correlate", "queries=0.5"),
        ("--vary", "queries=5000..20000", "--trials", "0"),
        ("--vary", "colour=1..2"),
        (),
    ],
)
def test_bad_questions_write_nothing(tmp_path, arguments):
    own = own_workbook(tmp_path, {})
    out = tmp_path / "out.xlsx"
    done = run(own, "-o", out, *arguments)
    assert done.exit_code != 0
    assert "Traceback" not in done.output
    assert not out.exists()
    assert list(tmp_path.iterdir()) == [own]
