"""`breakeven risk`: what is read from a workbook, and the sheet that is put into its copy."""

from __future__ import annotations

import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from typer.testing import CliRunner

from addin.cli import app, main
from pycalc.errors import CalcError
from pycalc.risk.draws import Correlation, Step
from pycalc.risk.simulate import simulate
from tests import sharing
from tests.books import changed_parts, contents, row, sheet, write_book
from tests.pycalc.risk.course import COURSE
from workbook.engines import Recalculation, recalculate
from workbook.engines.formualizer import Session
from workbook.errors import WorkbookError
from workbook.file.addresses import column_letters, row_and_column
from workbook.file.named import cells
from workbook.file.package import Package
from workbook.file.put import Held, put_values
from workbook.tasks.check import check
from workbook.tasks.risk import question, risk
from workbook.tasks.risk.figures import driver_label
from workbook.template.styles import NUMBERS

pytestmark = pytest.mark.usefixtures("reported_once")

CHANGED_SINCE = "Inputs that have changed since the run"
VARY = {"queries": (5_000, 20_000), "pe_input_price": (10, 30)}


@pytest.fixture(scope="session")
def template(tiny):
    return tiny


def changed(template, folder, values):
    """A copy of the template with other inputs; where all are constants, what else it stores stays.

    "queries Low" is the cell beside that input, headed Low; "C Price cut from month" the cell of that row of Options.
    """
    out = folder / "changed.xlsx"
    with Package(template) as package:
        places = [(*place_of(package, defined), value) for defined, value in values.items()]
        if not any(str(value).startswith("=") for value in values.values()):
            for sheet_name, row, column, value in places:
                put_values(package, package.worksheet(sheet_name), {(row, column): value})
            return package.save(out)
    book = openpyxl.load_workbook(template)
    for sheet_name, row, column, value in places:
        book[sheet_name].cell(row, column).value = value
    book.save(out)
    return out


@pytest.fixture(scope="module")
def priced(tmp_path_factory):
    """The template with a third scenario, which sets the prompted input price: that of the course's third extension."""
    with Package(sharing.tiny(spare=2)) as package:
        put_values(package, package.worksheet("Scenarios"), {(6, THIRD): "GPT-4 at 0.015 per 1K"})
        override(package, "pe_input_price", 15.0)
        return package.save(tmp_path_factory.mktemp("priced") / "priced.xlsx")


SECOND, THIRD = 6, 7
"""Columns of scenarios on their sheet."""


def override(package, name, value):
    """Enter what the third scenario sets."""
    page, strings = package.worksheet("Scenarios"), package.strings()
    held = Held(package, page)
    [row] = [place[0] for place, cell in held.items() if place[1] == 3 and cell.value(strings) == name]
    put_values(package, page, {(row, THIRD): value}, held=held)


def as_stored():
    """The workbook's own figures, which the sheet says nothing of here, are not worked out."""
    return patch("workbook.tasks.report.figures.believed", lambda _: Recalculation())


def place_of(package, defined):
    name, _, end = defined.partition(" ")
    sheet_name, row, column = ("Options", 0, ord(name) - ord("A") + 1) if len(name) == 1 else cells(package)[name]
    if end:
        strings = package.strings()
        held = Held(package, package.worksheet(sheet_name))
        [found] = {place for place, cell in held.items() if cell.value(strings) == end and (not row or place[0] <= 5)}
        row, column = (row, found[1]) if row else (found[0], column)
    return sheet_name, row, column


def read(path):
    """The sheets of a workbook as they are stored, each read when it is asked for; no file stays open."""
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True, read_only=True)


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
    """What the sheet Cash flow says: the running total of fine-tuning, not discounted, after that month."""
    with Package(path) as package:
        shown = Held(package, package.worksheet("Cash flow")).shown()
    computed = recalculate(path).values
    shown |= {row_and_column(cell): value for (name, cell), value in computed.items() if name == "Cash flow"}
    [title] = [row for (row, column), text in shown.items() if column == 1 and text == "Running total of that"]
    assert shown[title + 5, 1] == "Fine-tuning"
    return shown[title + 5, 3 + month]


EVERYTHING = {
    "monthly_growth": 0.05,
    "pe_annual_decline": 0.3,
    "ft_annual_decline": 0.1,
    "C Price cut from month": 7,
    "C Size of the price cut": 0.4,
    "G Price cut from month": 3,
    "G Size of the price cut": 0.2,
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
    "items_per_month": 900,
    "cost_per_review": 1.5,
    "pe_review_rate": 0.1,
    "ft_review_start_rate": 0.4,
    "ft_review_steady_rate": 0.08,
    "ft_review_ramp_months": 2.5,
}
OPEN = {"pe_shutdown_date": None, "ft_shutdown_date": None}
"""Neither model is shut down: what a saving is before the probability of outliving a shutdown is asked for."""


SHUT = {
    "ft_shutdown_date": 46346 + 200,  # in month 7 from 2026-11-20: the work moves to the newer model
    "setup_hours": 40,
    "upkeep_hours": 3,
    "ft_pass_rate": 0.9,
    "pe_pass_rate": 0.8,
    "G Months until it runs": 2,
    "G Reasoning, billed as output": 30,
    "G Calls for one task": 1.5,
    "batch_share": 0.5,
    "C Price of a batch call": 0.5,
    "G Price of a batch call": 0.6,
}
"""Setup and upkeep, cells that only Options has, and a shutdown."""


@pytest.mark.parametrize("values", [{}, EVERYTHING, SHUT], ids=["as shipped", "every row in use", "shut in month 7"])
def test_the_base_is_the_workbooks_own_cash_flow(tiny, lean, tmp_path, values):
    month = values.get("months", 12)
    path = changed(tiny if month <= 12 else lean, tmp_path, OPEN | values)
    assert question(path, VARY).base == pytest.approx(running_total(path, month), rel=1e-11)


def test_the_hospitals_fine_tuning_does_not_pay_back_in_year_one(tmp_path):
    """Written out: 605,000 a year with the prompt; fine-tuned 4,800 of calls, 625,000 of review, 4,193.07 once.

    The calls save 105,000 - 4,800 a year at 83,333 letters a month, review costs 125,000 more: 129,193 is back in the
    year from 107,000 letters a month on, not below.
    """
    none = dict.fromkeys(("base_model", "base_input_price", "base_output_price"))
    path = changed(sharing.tiny("hospital", spare=2), tmp_path, OPEN | none)
    asked = question(path, {"queries": (60_000, 100_000)})
    result = risk(path, tmp_path / "risk.xlsx", asked, trials=1_000)
    once = 1_000 * 1_100 * 3 * 8 / 1e6 + 1_000 * 5 / 60 * 50
    assert asked.base == pytest.approx(605_000 - 4_800 - 625_000 - once, rel=1e-9)
    assert result.paid.value == 0
    assert 0 < simulate(question(path, {"queries": (60_000, 120_000)}).case, 1_000).paid.value < 1


def test_low_and_high_are_read_beside_the_base(tmp_path):
    ends = {"queries Low": 5_000, "queries High": 20_000, "hourly_wage High": 80, "context_tokens High": 500}
    path = own_workbook(tmp_path, ends)
    asked = question(path)
    assert asked.case.varied == {"queries": (5_000, 10_000, 20_000), "hourly_wage": (50, 50, 80)}
    assert asked.left_out == {"context_tokens": "it does not move prompt engineering against fine-tuning"}
    asked = question(path, {"queries": (9_000, 11_000), "pe_step_cut": (0, 0.5)})
    assert asked.case.varied["queries"] == (9_000, 10_000, 11_000)
    assert asked.case.varied["pe_step_cut"] == (0, 0, 0.5)  # its blank cell counts as 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"queries Low": 20_000, "queries High": 30_000},
            r"queries: its base 10000 \(My inputs!B3\) must lie between low 20000 and high 30000; change the base "
            r"there, or low and high \(My inputs!D3 and My inputs!E3\)",
        ),
        ({"queries Low": 20_000, "queries High": 5_000}, "queries: low 20000 is above high 5000; see My inputs!D3"),
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


def test_the_scenario_in_force_is_simulated(priced, tmp_path):
    values = {"scenario": 3, "queries Low": 5_000, "hourly_wage Low": 40, **OPEN}
    with Package(changed(priced, tmp_path, values)) as package:
        override(package, "hourly_wage", 50.0)
        path = package.save(tmp_path / "wage.xlsx")
    asked = question(path)
    assert (asked.scenario, asked.scenario_name) == (3, "GPT-4 at 0.015 per 1K")
    said = "Simulated: scenario 3, GPT-4 at 0.015 per 1K. It sets hourly_wage, pe_input_price: fixed."
    assert asked.scenario_words() == said
    assert asked.left_out["hourly_wage"].startswith("scenario 3 sets it")
    # 15 USD per 1M tokens: 187.50 a month against 9 (the course's third extension), 2095.33 upfront.
    assert asked.base == pytest.approx(12 * (187.5 - 9) - 12 - 500 * 5 / 60 * 50)
    assert set(asked.case.varied) == {"queries"}  # the scenario fixes the wage
    asked = question(path, {"pe_input_price": (10, 20)})
    assert asked.case.varied["pe_input_price"] == (10, 15, 20)
    assert "Around its value pe_input_price varies, as asked" in asked.scenario_words()
    assert "It sets pe_input_price" not in asked.scenario_words()


def test_nothing_to_vary_says_where_to_enter_it(tmp_path):
    with pytest.raises(WorkbookError, match="columns Low and High of the sheet My inputs, or name them: --vary"):
        question(own_workbook(tmp_path, {}))


def test_before_an_option_is_entered_the_workbook_says_what_is_missing(tmp_path):
    path = changed(sharing.tiny("blank"), tmp_path, {"queries": 1_000, "months": 12})
    asked = question(path, {"queries": (500, 2_000)})
    with pytest.raises(WorkbookError, match=r"no option is entered. Enter tokens of the question, and 7 more inputs"):
        risk(path, tmp_path / "risk.xlsx", asked, trials=100)


def test_a_workbook_without_our_names(tmp_path):
    path = write_book(tmp_path / "other.xlsx", {"One": sheet(row(1, A="<v>1</v>"))})
    with pytest.raises(WorkbookError, match="no cell named queries"):
        question(path, VARY)


@pytest.fixture(scope="module")
def written(template, reported_once, tmp_path_factory):  # noqa: ARG001
    out = tmp_path_factory.mktemp("risk") / "risk.xlsx"
    asked = question(template, VARY, [Correlation("queries", "pe_input_price", -0.5)], [Step("pe", 7, 0.4, 0.3)])
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
    found = list(read(path)["Risk"].iter_rows(values_only=True))
    return {line[0]: line for line in reversed(found) if line[0] is not None}


def tables(path):
    """The tables of the sheet by their first heading, their rows by first cell."""
    found, head = {}, None
    for line in read(path)["Risk"].iter_rows(values_only=True):
        if line[0] in ("Result", "What drives the variance", "Net saving, USD", "Input"):
            head = found.setdefault(line[0], {})
        elif head is not None and line[0] and any(value is not None for value in line[1:]):
            head[line[0]] = line
    return found


def test_the_sheet_shows_the_result(written):
    out, asked, result = written
    found = lines(out)
    assert found["Net saving, P10"][1:3] == pytest.approx((result.p10.value, result.p10.error), rel=1e-12)
    assert found["Probability of paying back within 12 months"][1] == pytest.approx(result.paid.value, rel=1e-12)
    assert found["The same, and before the shutdown"][1] == result.paid_alive.value == 1  # no shutdown is known
    assert found["Net saving with every input at its base"][1] == pytest.approx(asked.base, rel=1e-12)
    together = "Tasks (queries) and Today: input (pe_input_price) move together: rank correlation -0.5"
    assert together in found
    assert "Base-model price cut from month 7: 40%, with probability 30%" in found
    assert found["Standard deviation"][1:3] == pytest.approx((result.deviation.value, result.deviation.error))
    drivers = tables(out)["What drives the variance"]
    for driver in result.drivers:
        shown = drivers[driver_label(driver.name)]
        for column, estimate in ((1, driver.share), (3, driver.low), (5, driver.high)):
            assert shown[column : column + 2] == pytest.approx((estimate.value, estimate.error))
    low, base, high = 5_000, 10_000, 20_000
    inputs = tables(out)["Input"]
    assert inputs["Tasks (queries)"][1:4] == (low, base, high)
    variance = (low**2 + base**2 + high**2 - low * base - low * high - base * high) / 18
    assert inputs["Tasks (queries)"][9:11] == (
        pytest.approx((low + base + high) / 3),
        pytest.approx(math.sqrt(variance)),
    )
    histogram = list(tables(out)["Net saving, USD"].values())
    assert sum(line[3] for line in histogram) == result.trials
    assert (histogram[0][0], histogram[0][1]) == (f"below {histogram[0][2]:,.0f}", None)  # the tails are open
    assert (histogram[-1][0], histogram[-1][2]) == (f"above {histogram[-1][1]:,.0f}", None)
    look = read(out)["Risk"]["B12"]
    assert look.number_format == NUMBERS["rate"]


def test_live_cells_are_worked_out_as_stored(written):
    out, _, _ = written
    values = sharing.recalculated(out).values
    with Package(out) as package:
        [page] = [one for one in package.worksheets() if one.name == "Risk"]
        live = {cell.address: cell.value(package.strings()) for cell in package.cells(page.part) if cell.kind}
    assert len(live) > 40
    for address, expected in live.items():
        got = values["Risk", address]
        assert got == (expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-12, abs=1e-12))


def said_to_have_changed(path):
    """What the sheet Risk of a workbook says, recalculated."""
    row = next(line[0].row for line in read(path)["Risk"].iter_rows() if line[0].value == CHANGED_SINCE)
    return recalculate(path).values["Risk", f"B{row}"]


@pytest.fixture(scope="module")
def in_columns(tmp_path_factory):
    """Simulated from the columns Low and High; queries has both, hourly_wage a high alone."""
    folder = tmp_path_factory.mktemp("columns")
    ends = {"queries Low": 5_000, "queries High": 20_000, "hourly_wage High": 80}
    path = own_workbook(folder, ends)
    risk(path, folder / "out.xlsx", question(path), trials=100)
    return folder / "out.xlsx"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "none"),
        ({"context_tokens": 3}, "none"),  # moves no net saving
        ({"queries": 12_000}, "1: run it again"),
        ({"queries Low": 4_000}, "1: run it again"),
        ({"queries High": 21_000}, "1: run it again"),
        ({"hourly_wage Low": 40}, "1: run it again"),
        ({"hourly_wage High": None}, "1: run it again"),
        ({"pe_output_price": 59}, "1: run it again"),  # not varied
        ({"pe_output_price High": 70}, "1: run it again"),  # now it would be
        ({"pe_output_price Low": 0}, "1: run it again"),  # blank before: not the same as 0
        ({"ft_cached_price": 0}, "1: run it again"),
        ({"months": 24, "queries": 12_000}, "2: run it again"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value) or "nothing",
)
def test_a_change_since_the_run_is_noticed(in_columns, tmp_path, values, said):
    assert said_to_have_changed(changed(in_columns, tmp_path, values)) == said


@pytest.fixture
def under_third(priced, tmp_path):
    """A simulation with the third scenario in force, each once: the copy, and what it says of changes since."""

    def run(vary):
        if tuple(vary) not in _under_third:
            path = changed(priced, tmp_path, {"scenario": 3, "queries Low": 5_000})
            out = tmp_path / "out.xlsx"
            with as_stored():
                risk(path, out, question(path, vary), trials=100)
            _under_third[tuple(vary)] = out, _Since(out)
        return _under_third[tuple(vary)]

    return run


_under_third = {}


class _Since:
    """What the sheet Risk says of changes since the run, were cells others."""

    def __init__(self, path):
        rows = read(path)["Risk"].iter_rows()
        self.said = next(("Risk", f"B{line[0].row}") for line in rows if line[0].value == CHANGED_SINCE)
        with Package(path) as package:
            self.session = Session(package)
            self.now = self.session.result.values[self.said]

    def after(self, cell, value):
        found = self.session.what_if({cell: value}, [self.said])
        assert [*found] == [self.said]
        return found[self.said]


def cell_of(path, name):
    with Package(path) as package:
        sheet_name, row, column = cells(package)[name]
    return sheet_name, f"{column_letters(column)}{row}"


@pytest.mark.parametrize(
    "vary", [{}, {"pe_input_price": (10, 20)}], ids=["fixed by the scenario", "varied all the same"]
)
def test_under_a_scenario_the_value_in_force_is_compared(under_third, vary):
    out, since = under_third(vary)
    found = tables(out)["Input"]["Today: input (pe_input_price)"]
    assert (found[2], found[6]) == (15, 15)
    if vary:
        assert found[9] == pytest.approx(15)
    # The constant on Inputs is out of force, the override on Scenarios is in it.
    override = next(line[6] for line in read(out)["Scenarios"].iter_rows(max_col=7) if line[6].value == 15)
    assert since.now == "none"
    assert since.after(cell_of(out, "pe_input_price"), 29.0) == "none"
    assert since.after(("Scenarios", override.coordinate), 14.0) == "1: run it again"


def test_another_scenario_is_noticed(under_third):
    out, since = under_third({})
    # Scenario 3 sets the prompted input price, the base does not: two things differ.
    assert since.after(cell_of(out, "scenario"), 1.0) == "2: run it again"


def test_a_base_with_all_its_digits_is_not_taken_for_a_change(tmp_path):
    own = own_workbook(tmp_path, {"hourly_wage": "=0.1+0.2", "hourly_wage High": 80})
    risk(own, tmp_path / "out.xlsx", question(own), trials=100)
    assert said_to_have_changed(tmp_path / "out.xlsx") == "none"


@pytest.fixture(scope="module")
def unstored(tiny, tmp_path_factory):
    """What is asked of a template that openpyxl saved, which stores no values of formulas, with formulas as inputs.

    Without the sheet Functions, one of whose formulas takes LibreOffice.
    """
    book = openpyxl.load_workbook(tiny)
    del book["Functions"]
    [price] = [line[SECOND - 1] for line in book["Scenarios"].iter_rows() if line[2].value == "pe_input_price"]
    price.value = "=30/2"
    given = {"ft_hosting_monthly": "=50*4", "queries High": "=queries*2", "scenario": "=1+1", **OPEN}
    with Package(tiny) as package:
        for defined, value in given.items():
            sheet_name, row, column = place_of(package, defined)
            book[sheet_name].cell(row, column).value = value
    path = tmp_path_factory.mktemp("unstored") / "formula.xlsx"
    book.save(path)
    return question(path)


def test_a_formula_without_a_stored_value_is_worked_out(unstored, tmp_path):
    own = own_workbook(
        tmp_path, {"queries": "=5000*2", "queries Low": "=B3*0.5", "queries High": "=B3*2", "examples": "=50*10"}
    )
    asked = question(own)
    assert asked.case.varied == {"queries": (5_000, 10_000, 20_000)}
    assert asked.case.fixed["examples"] == 500
    assert unstored.case.fixed["ft_hosting_monthly"] == 200
    assert unstored.case.varied == {"queries": (10_000, 10_000, 20_000)}
    assert unstored.scenario == 2


def test_an_override_without_a_stored_value_is_worked_out(unstored):
    """15 USD per 1M tokens: 187.50 a month; fine-tuned 9 and 200 for hosting."""
    assert unstored.base == pytest.approx(12 * (187.5 - 9 - 200) - 12 - 500 * 5 / 60 * 50)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"queries": "=1/0"}, r"My inputs!B3 \(queries\) shows #DIV/0!; enter a number"),
        ({"queries Low": "=NA()"}, r"My inputs!D3 \(queries\) shows #N/A; enter a number or leave it blank"),
        ({"queries Low": "=NOSUCH(1)"}, r"My inputs!D3 (has no stored value|\(queries\) shows #NAME\?)"),
    ],
)
def test_a_formula_without_a_number_is_named(tmp_path, values, message):
    with pytest.raises(WorkbookError, match=message):
        question(own_workbook(tmp_path, {"hourly_wage Low": 40, **values}))


def test_the_horizon_is_not_varied_and_that_is_said(tmp_path):
    own = own_workbook(tmp_path, {"months Low": 6, "months High": 24, "hourly_wage Low": 40})
    asked = question(own)
    assert asked.left_out == {"months": "it is the horizon of the comparison; run risk once for each horizon"}
    with pytest.raises(WorkbookError, match="months: it is the horizon"):
        question(own_workbook(tmp_path, {"months Low": 6}))


@pytest.mark.parametrize(("number", "shown"), [(17, "17"), (2.5, "2.5"), (0, "0")])
def test_a_scenario_that_is_not_there(template, tmp_path, number, shown):
    path = changed(template, tmp_path, {"scenario": number, "queries Low": 5_000})
    with pytest.raises(WorkbookError, match=f"there is no scenario {shown}; enter the number of a column on Scenarios"):
        question(path)


@pytest.fixture(scope="module")
def several(template, tmp_path_factory):
    """A simulation of several inputs, one of them a date, and of a step that is there twice."""
    folder = tmp_path_factory.mktemp("several")
    path = changed(template, folder, {"queries Low": 5_000, "examples High": 700})
    asked = question(path, {"hourly_wage": (30, 80), "start_date": (46_000, 46_500)}, (), [Step("ft", 5, 0.2)] * 2)
    with as_stored():
        risk(path, folder / "out.xlsx", asked, trials=1000)
    return folder / "out.xlsx"


def test_check_has_nothing_against_the_sheet(several):
    assert not [finding for finding in check(several) if finding.sheet == "Risk"]


def test_the_deviation_of_a_date_is_in_days(several):
    page = read(several)["Risk"]
    [line] = [line for line in page.iter_rows() if line[0].value == "Start of use (start_date)" and line[10].value]
    assert "yy" in line[9].number_format
    assert "yy" not in line[10].number_format
    assert line[4].value == "date, spread in days"


def test_no_chart_is_cut_by_a_page(written):
    out, _, _ = written
    page = openpyxl.load_workbook(out)["Risk"]
    first_break = min(one.id for one in page.row_breaks.brk)
    heights = [page.row_dimensions[row].height or 15 for row in range(1, first_break + 1)]
    for chart in page._charts:
        start = chart.anchor._from.row
        assert start < chart.anchor.to.row < first_break
    # A4 across: 210 mm less the margins, 72 points an inch.
    room = (210 / 25.4 - page.page_margins.top - page.page_margins.bottom) * 72
    assert sum(heights) * page.page_setup.scale / 100 < room


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
    assert read(out)["Risk"]["B12"].number_format == NUMBERS["rate"]
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
    labels = {driver["name"]: driver["label"] for driver in result["drivers"]}
    assert labels == {
        "queries": "Tasks (queries)",
        "Base-model price cut from month 7": "Base-model price cut from month 7",
    }
    # What was simulated, and a standard error beside each figure.
    assert result["base"] == pytest.approx(12 * 306 - 12 - 500 * 5 / 60 * 50)
    assert result["varied"]["queries"] == {"low": 5000, "base": 10_000, "high": 20_000, "unit": "per month"}
    assert result["fixed"]["hourly_wage"] == 50
    assert "queries" not in result["fixed"]
    assert (result["months"], result["scenario"], result["left_out"], result["correlations"]) == (12, None, {}, [])
    [step] = result["steps"]
    assert (step["option"], step["month"], step["cut"], step["probability"]) == ("pe", 7, 0.4, 0.3)
    figures = [result[name] for name in ("p10", "p50", "p90", "mean", "deviation", "paid", "paid_alive")]
    figures += [driver[name] for driver in result["drivers"] for name in ("share", "low", "high")]
    figures += [bar["share"] for bar in result["histogram"]]
    assert all(set(figure) == {"value", "error"} for figure in figures)
    assert result["histogram"][0]["from"] is result["histogram"][-1]["to"] is None
    assert "Risk" in read(out).sheetnames
    table = run(own, "-o", out, *asked)
    assert table.exit_code == 0
    assert "Net saving, P10" in table.stdout
    assert "± standard error" in table.stdout


def test_one_outcome_and_one_month(tmp_path):
    own = own_workbook(tmp_path, {"months": 1})
    out = tmp_path / "out.xlsx"
    result = json.loads(run(own, "-o", out, "--step", "ft:5:0.2", "--trials", 100, "--json").stdout)
    # 315 less 9, less training and labour.
    net = 306 - 12 - 500 * 5 / 60 * 50
    assert result["deviation"] == {"value": 0, "error": 0}
    assert result["p10"] == {"value": pytest.approx(net), "error": 0}
    [bar] = result["histogram"]
    assert (bar["trials"], bar["label"]) == (100, f"about {net:,.2f}")
    assert "Probability of paying back within 1 month" in lines(out)


def test_a_certain_step_reads_the_same_everywhere(tmp_path):
    own = own_workbook(tmp_path, {})
    out = tmp_path / "out.xlsx"
    asked = ("-o", out, "--vary", "queries=5000..20000", "--step", "ft:5:0.2", "--trials", 2000)
    [certain] = [one for one in json.loads(run(own, *asked, "--json").stdout)["drivers"] if one["name"] != "queries"]
    assert (certain["effect"], certain["share"], certain["low"], certain["high"]) == (
        "not drawn: certain",
        None,
        None,
        None,
    )
    assert "not drawn: certain" in run(own, *asked).stdout
    shown = tables(out)["What drives the variance"]["Fine-tuned price cut from month 5"]
    assert shown[1:10] == (*(None,) * 8, "not drawn: certain")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--workers", -3), "--workers"),
        (("--seed", -1), "--seed"),
        (("--seed", 2**60), "--seed"),
        (("--trials", 0), "--trials"),
        (("--vary", "examples=100..1e308"), "net saving beyond"),
        (("--vary", "examples=100..inf"), "must be finite numbers"),
        (("--vary", "examples=100..nan"), "must be finite numbers"),
        (("--vary", "queries=1..20000"), "queries is there twice"),
        (("--vary", "examples=600..700"), "its base 500 (My inputs!B12) must lie between low 600 and high 700"),
        (("--step", "pe:5:2"), "has a cut of 2"),
        (("--step", "pe:5:0.2:7"), "has a probability of 7"),
    ],
)
def test_bad_options_are_one_line(tmp_path, capsys, monkeypatch, arguments, message):
    own = own_workbook(tmp_path, {})
    command = ["breakeven", "risk", own, "--vary", "queries=9000..20000", *arguments, "-o", tmp_path / "out.xlsx"]
    monkeypatch.setattr(sys, "argv", [str(word) for word in command])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert message in said.err
    assert said.err.count("\n") == 1
    assert "fault of ours" not in said.err
    assert said.out == ""
    assert list(tmp_path.iterdir()) == [own]


@pytest.mark.parametrize("moment", ["workers are starting", "at work"])
def test_an_interrupt_ends_the_workers_quietly(tmp_path, moment):
    pytest.importorskip("distributed")
    own = own_workbook(tmp_path, {})
    command = [sys.executable, "-c", "from addin.cli import main; main()", "risk", own, "--vary", "queries=9000..20000"]
    command += ["-n", "50000000000", "--workers", "1", "-o", tmp_path / "out.xlsx"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, text=True)
    try:
        wait_until(lambda: len(members(running.pid)) > 2)  # itself, Python's resource tracker, a worker
        if moment == "at work":
            time.sleep(3)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of them
        _, said = running.communicate(timeout=180)
        assert running.returncode == 130
        assert said.strip() == ""
        wait_until(lambda: not members(running.pid))
    finally:
        if members(running.pid):
            os.killpg(running.pid, signal.SIGKILL)
    assert list(tmp_path.iterdir()) == [own]


def members(group):
    """The processes of a group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(state[2]) == group and state[0] != "Z":
                found.append(int(entry.name))
    return found


def wait_until(condition):
    end = time.monotonic() + 180  # on a loaded machine Dask takes its time
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


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


def test_a_price_of_an_option_has_its_range_on_options(template, tmp_path):
    """Fine-tuned output is 6 USD in the case; its low and high stand in the last rows of its own column."""
    asked = question(changed(template, tmp_path, {"G Output: low": 0, "G Output: high": 12}))
    assert asked.case.varied == {"ft_output_price": (0, 6, 12)}
    used = asked.used["ft_output_price"]
    assert used.low_now.startswith("Options!$G$")
    assert used.high_now.startswith("Options!$G$")
