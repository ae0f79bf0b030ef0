"""A portfolio equals the single-case workbook, row by row, and says what it left out."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

import workbook
from pycalc.errors import CalcError
from tests import sharing
from tests.workbook.tasks.portfolio.randomcases import NAMES, PROMPTED, farthest, prompted, row, single_cases, write
from workbook.engines import Recalculation
from workbook.engines.formualizer import Session
from workbook.engines.libreoffice import recalculate
from workbook.engines.proving import FEWEST
from workbook.engines.settling import settle
from workbook.errors import WorkbookError
from workbook.file.addresses import column_letters, row_and_column
from workbook.file.edits import value_edits
from workbook.file.package import Package
from workbook.file.xmlspans import spliced
from workbook.tasks import portfolio
from workbook.tasks.check import check
from workbook.tasks.check.survey import survey
from workbook.tasks.check.verdict import verdict
from workbook.tasks.diff import diff
from workbook.tasks.handover import handover
from workbook.tasks.kinds import worked
from workbook.tasks.portfolio.results import results
from workbook.tasks.recalc import recalc
from workbook.tasks.report import report
from workbook.template.inputs import used_options


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workbook of five random use cases, one of them with a sheet of its own, and its results."""
    folder = tmp_path_factory.mktemp("portfolio")
    draw = random.Random(8)
    table = portfolio.read(write(folder / "table.csv", [row(draw) for _ in range(5)]))
    found = portfolio.write(table, folder / "book.xlsx", "table.csv", budget=4_000, tabs=["Case 1"])
    return folder / "book.xlsx", table, found


@pytest.fixture
def year():
    """A model of the 12 months that lines of `prompted` count: half the columns, for what is not of their number."""
    with sharing.fewer_months():
        yield


@pytest.fixture(scope="module")
def alike(tmp_path_factory):
    """A workbook of as many use cases as it takes for lines to be proved alike, and its table."""
    folder = tmp_path_factory.mktemp("alike")
    draw = random.Random(8)
    table = portfolio.read(write(folder / "table.csv", [prompted(draw) for _ in range(FEWEST)], PROMPTED))
    with sharing.fewer_months():
        portfolio.write(table, folder / "book.xlsx", "table.csv")
    return folder / "book.xlsx", table


def test_each_row_equals_the_single_case_workbook(made):
    _, table, found = made
    for ours, theirs in zip(found, single_cases(table.inputs, table.rows), strict=True):
        assert farthest(ours, theirs) < 1e-12, (ours, theirs)


def proved(package):
    """The sheets that store what their formulas give."""
    return {name: sheet for name, sheet in worked(package).items() if not sheet.differing}


def test_a_model_that_stores_what_it_gives_is_not_computed_cell_by_cell(alike):
    book, _ = alike
    with Package(book) as package:
        found = {name: sheet.formulas for name, sheet in proved(package).items()}
        formulas = sum(cell.formula is not None for cell in package.cells(package.worksheet("Model").part))
        told, read = (survey(package, Recalculation(), None, sheets) for sheets in (proved(package), {}))
        assert told == read  # of all lines by the first ones, as by reading each
        assert list(told.errors) == list(read.errors)
    assert found == {"Model": formulas}
    assert not [finding for finding in check(book) if finding.severity == "error"]
    assert "as stored" in report(book).decode()


def test_an_error_typed_into_every_line_is_an_error_of_every_line(alike, tmp_path):
    with Package(alike[0]) as package:
        part = package.worksheet("Model").part
        *_, last = cells = list(package.cells(part))
        beside = column_letters(max(cell.column for cell in cells) + 1)
        lines = range(last.row - FEWEST + 1, last.row + 1)
        data = package.read(part).decode()
        for line in lines:
            end = data.index("</row>", data.index(f'<row r="{line}"'))
            data = f'{data[:end]}<c r="{beside}{line}" t="e"><v>#N/A</v></c>{data[end:]}'
        package.replace(part, data.encode())
        package.save(tmp_path / "typed.xlsx")
    with Package(tmp_path / "typed.xlsx") as package:
        told = survey(package, Recalculation(), None, sheets := proved(package))
        assert "Model" in sheets
        typed = {place[0] for (sheet, place), (_, text) in told.errors.items() if sheet == "Model" and not text}
    assert typed == set(lines)


@pytest.mark.usefixtures("year")
def test_a_model_whose_input_was_typed_over_is_worked_out_for_all_lines(alike, tmp_path, monkeypatch):
    """By a program that does not calculate: no command goes over the cells of the model one by one."""
    book, table = alike
    stale = tmp_path / "stale.xlsx"
    place = table.inputs.index("queries")
    with Package(book) as package:
        part = package.worksheet("Inputs").part
        cell = next(each for each in package.cells(part) if (each.row, each.column) == (7, place + 2))
        data = package.read(part)
        package.replace(part, spliced(data, value_edits(data, cell, 1_000_000.0)))
        package.save(stale)
    with Package(stale) as package:
        part = package.worksheet("Model").part
        data = package.read(part)
        formulas = [cell for cell in package.cells(part) if cell.formula is not None]
        wrong = [[cell for cell in formulas if cell.row == row][place] for row, place in ((5, 93), (13, 63))]
        edits = [edit for cell in wrong for edit in value_edits(data, cell, 12_345.0)]
        package.replace(part, spliced(data, edits))
        package.save(tmp_path / "more.xlsx")
    judged = check(tmp_path / "more.xlsx")
    monkeypatch.setattr("workbook.tasks.kinds.worked", lambda *_, **__: {})
    expected = check(tmp_path / "more.xlsx")  # cell by cell
    monkeypatch.undo()
    assert {finding.cell for finding in judged if finding.kind == "stale"} >= {cell.address for cell in wrong}
    assert [(each.kind, each.where) for each in judged] == [(each.kind, each.where) for each in expected]
    with Package(stale) as package:
        infos = settle(package, proved=worked(package, as_stored=True)).infos
        assert {sheet for sheet, _ in infos} == {"Portfolio", "What first"}
    rows = [list(each) for each in table.rows]
    rows[2][place] = 1_000_000.0
    again = results(replace(table, rows=rows)).found
    assert recalc(stale, tmp_path / "kept.xlsx").changed == {}  # what is stored stays
    saved = sum(each["rec_saving_monthly"] for each in again if each["changes"])
    assert f"that saves USD {saved:,.0f} in month one" in report(stale).decode()
    assert "no difference" in handover(stale, tmp_path / "copy.xlsx").proofs[0]
    recalc(stale, tmp_path / "new.xlsx", everything=True)
    with Package(tmp_path / "new.xlsx") as package:
        assert "Model" in proved(package)
        cells = {
            cell.address: cell.value(package.strings()) for cell in package.cells(package.worksheet("Portfolio").part)
        }
    assert cells["F7"] == pytest.approx(again[2]["rec_saving_monthly"], rel=1e-12)
    assert not [finding for finding in check(tmp_path / "new.xlsx") if finding.severity == "error"]


@pytest.mark.usefixtures("year")
def test_errors_that_a_stale_value_hides_are_seen_in_any_line(alike, tmp_path):
    """A broken power of -4 is no number: of the seventh line, and of the tables that read it. What shows then is what
    the whole workbook comes to when it is calculated anew."""
    with Package(alike[0]) as package:
        part, rate = package.worksheet("Inputs").part, alike[1].inputs.index("annual_rate")
        cell = next(each for each in package.cells(part) if (each.row, each.column) == (11, rate + 2))
        data = package.read(part)
        package.replace(part, spliced(data, value_edits(data, cell, -5.0)))
        package.save(tmp_path / "stale.xlsx")
    with Package(tmp_path / "stale.xlsx") as package:
        values = Session(package).result.values
    errors = {(sheet, row_and_column(cell)) for (sheet, cell), each in values.items() if isinstance(each, CalcError)}
    with Package(tmp_path / "stale.xlsx") as package:
        session = Session(package, proved=worked(package, as_stored=True))
        judged = verdict(package, session)
        assert survey(package, session.result, judged.not_stored, session.proved).errors.keys() == errors
        assert "Portfolio" in {sheet for sheet, _ in errors} - {"Model"}


def test_every_formula_is_worth_what_is_stored(made):
    """By LibreOffice, from scratch: ranks, order, budget and totals too."""
    path, _, _ = made
    with Package(path) as package:
        strings = package.strings()
        stored = {
            (sheet.name, cell.address): cell.value(strings)
            for sheet in package.worksheets()
            for cell in package.cells(sheet.part)
            if cell.formula is not None
        }
    worth = recalculate(path).values
    assert len(worth) > 4_000
    for place, value in worth.items():
        ours = stored[place]
        if isinstance(value, float) and isinstance(ours, float):
            assert ours == pytest.approx(value, rel=1e-11, abs=1e-9), place
        else:
            assert (ours or "") == (value or ""), place


def test_what_is_kept_has_no_break_even(made):
    """Nothing is paid back where nothing changes: a 0 would read as at once."""
    path, _, found = made
    with Package(path) as package:
        strings = package.strings()
        part = package.worksheet("Portfolio").part
        cells = {(cell.row, cell.column): cell.value(strings) for cell in package.cells(part)}
    heads = {str(cells[3, column]).split("\n")[0]: column for column in range(1, 20)}
    kept = [bool(each["changes"]) for each in found]
    assert {True, False} == set(kept)
    for line, changes in enumerate(kept, 5):
        shown = [cells[line, heads[title]] for title in ("Break-even", "Discounted payback")]
        assert [type(each) is float for each in shown][:1] == [changes], shown
        assert changes or shown == ["", ""]


def test_a_budget_takes_what_pays_back_soonest_and_fits(made):
    path, _, found = made
    changes = sorted(
        (each["rec_breakeven_months"], place)
        for place, each in enumerate(found)
        if not each["gaps"] and each["best_option"] != "Prompt engineering (today)"
    )
    spent, taken = 0.0, []
    for _, place in changes:
        if spent + found[place]["rec_upfront"] <= 4_000:
            spent += found[place]["rec_upfront"]
            taken.append(f"Case {place}")
    with Package(path) as package:
        sheet = next(each for each in package.worksheets() if each.name == "What first")
        strings = package.strings()
        cells = {cell.address: cell.value(strings) for cell in package.cells(sheet.part)}
    ours = [cells[f"B{line}"] for line in range(5, 5 + len(changes)) if cells[f"H{line}"] == 1]
    assert ours == taken
    assert 0 < len(taken) < len(changes)


@pytest.mark.usefixtures("year")
def test_every_command_takes_the_book(tmp_path):
    """`check` accuses nothing, the memo says what the sheets say, and the hand-over proves what is native already."""
    draw, path = random.Random(8), tmp_path / "book.xlsx"
    table = portfolio.read(write(tmp_path / "table.csv", [prompted(draw) for _ in range(5)], PROMPTED))
    found = portfolio.write(table, path, "table.csv", budget=4_000, tabs=["Case 1"])
    assert not [each for each in check(path) if each.severity == "error"]
    memo = report(path).decode()
    changing = [each for each in found if each["changes"]]
    saved, paid = (sum(each[key] for each in changing) for key in ("rec_saving_monthly", "rec_upfront"))
    assert f"Change {len(changing)} of 5: that saves USD {saved:,.0f} in month one for USD {paid:,.0f} paid up" in memo
    assert all(name in memo for name in table.names)
    with pytest.raises(WorkbookError, match="no page with sliders"):
        report(path, tmp_path / "page.html")
    result = handover(path, tmp_path / "copy.xlsx")
    assert (len(result.replacements), "no difference" in result.proofs[0]) == (0, True)
    assert handover(path, tmp_path / "names.xlsx", "lambda").warnings == result.warnings  # no LAMBDA name was made


@pytest.mark.usefixtures("year")
def test_diff_names_use_case_and_column_and_explains_the_totals(tmp_path):
    draw = random.Random(11)
    rows = [prompted(draw) for _ in range(2)]
    for name in ("old", "new"):
        table = portfolio.read(write(tmp_path / f"{name}.csv", rows, PROMPTED))
        portfolio.write(table, tmp_path / f"{name}.xlsx", f"{name}.csv")
        rows[1][PROMPTED.index("queries")] *= 2
    found = diff(tmp_path / "old.xlsx", tmp_path / "new.xlsx")
    assert [(change.title, change.old * 2 == change.new) for change in found.inputs] == [("Case 1: queries", True)]
    titles = [change.title for change in found.results]
    assert "Case 1: Today: year 1" in titles
    assert all(change.label.startswith("Case 1") for change in found.results if change.sheet == "Model")
    names = {answer.name for answer in found.answers}
    assert {"out_portfolio_rec_saving_monthly", "out_portfolio_rec_npv"} <= names
    assert all(name.startswith("out_portfolio_") for name in names)


@pytest.mark.usefixtures("year")
def test_diff_of_columns_says_what_the_changed_tables_say(tmp_path):
    """Each changed input's effect on a total is the total of the table with that change alone; a use case that was put
    in between moves no other."""
    names = [f"Case {number}" for number in range(14)]

    def total(found):
        return sum(each["rec_npv"] for each in found if isinstance(each["rec_npv"], float))

    def made(name, rows):
        table = portfolio.read(write(tmp_path / f"{name}.csv", rows, PROMPTED))
        return total(portfolio.write(table, tmp_path / f"{name}.xlsx", f"{name}.csv"))

    draw = random.Random(21)
    rows = [prompted(draw) for _ in names]
    changed = [list(each) for each in rows]
    changed[3][PROMPTED.index("queries")] *= 3
    changed[10][PROMPTED.index("pe_input_price")] = 90
    totals = {"old": made("old", rows), "new": made("new", changed)}
    for case, column in ((3, "queries"), (10, "pe_input_price")):
        alone = [list(each) for each in rows]
        alone[case][PROMPTED.index(column)] = changed[case][PROMPTED.index(column)]
        totals[f"Case {case}: {column}"] = total(
            results(portfolio.read(write(tmp_path / "alone.csv", alone, PROMPTED))).found
        )
    found = diff(tmp_path / "old.xlsx", tmp_path / "new.xlsx")
    effects = {each.change.title: each.after for each in found.effects if each.answer == "out_portfolio_rec_npv"}
    answer = next(each for each in found.answers if each.name == "out_portfolio_rec_npv")
    told = {"old": answer.old, "new": answer.new, **effects}
    assert told == pytest.approx(totals, rel=1e-12)
    assert answer.with_inputs == pytest.approx(totals["new"], rel=1e-12)

    path = write(tmp_path / "more.csv", [*rows[:5], prompted(draw), *rows[5:]], PROMPTED)
    text = path.read_text().replace("\nCase 5,", "\nNew,")
    for number in range(6, len(names) + 1):
        text = text.replace(f"\nCase {number},", f"\nCase {number - 1},")
    path.write_text(text)
    portfolio.write(portfolio.read(path), tmp_path / "more.xlsx", "more.csv")
    found = diff(tmp_path / "old.xlsx", tmp_path / "more.xlsx")
    entered = [change for change in (*found.inputs, *found.texts) if change.sheet == "Inputs"]
    assert {change.label.split(":")[0] for change in entered} == {"New", "Use case"}
    assert not [change for change in found.results if change.sheet == "Model"]

    changed = [*rows[:4], rows[5], list(rows[4]), *rows[6:]]  # two changed places, and one of them its queries
    changed[5][PROMPTED.index("queries")] *= 2
    text = write(path, changed, PROMPTED).read_text()
    path.write_text(
        text.replace("\nCase 4,", "\nOther,").replace("\nCase 5,", "\nCase 4,").replace("\nOther,", "\nCase 5,")
    )
    portfolio.write(portfolio.read(path), tmp_path / "moved.xlsx", "moved.csv")
    found = diff(tmp_path / "old.xlsx", tmp_path / "moved.xlsx")
    entered = [change for change in (*found.inputs, *found.texts) if change.sheet == "Inputs"]
    assert [(change.label, change.old * 2) for change in entered] == [("Case 4: queries", entered[0].new)]
    assert {change.label.split(":")[0] for change in found.results if change.sheet == "Model"} == {"Case 4"}
    answer = next(each for each in found.answers if each.name == "out_portfolio_rec_npv")
    assert answer.with_inputs == pytest.approx(answer.new, rel=1e-12)


def test_missing_inputs_are_named_and_the_others_come_out(tmp_path):
    draw = random.Random(3)
    rows = [row(draw) for _ in range(4)]
    rows[1][NAMES.index("queries")] = ""
    rows[2][NAMES.index("cache_hit_rate")] = 1.5
    rows[3][NAMES.index("epochs")] = "three"
    table = portfolio.read(write(tmp_path / "table.csv", rows))
    left_out = [(each.row, each.use_case) for each in table.left_out]
    assert left_out == [(4, "Case 2"), (5, "Case 3")]
    first, second = results(table).found
    assert first["gaps"] == 0
    assert second["gaps"] == 1
    assert second["recommendation"] == "Enter tasks per month"


def test_the_door_says_the_same_of_a_workbook_and_of_results_alone(tmp_path):
    draw = random.Random(5)
    rows = [row(draw) for _ in range(3)]
    rows[1][NAMES.index("queries")] = ""
    rows[2][NAMES.index("epochs")] = "three"
    path = write(tmp_path / "table.csv", rows)
    book = workbook.portfolio(path, tmp_path / "book.xlsx", values=["hourly_wage=50"])
    alone = workbook.portfolio(path, tmp_path / "results.csv", values=["hourly_wage=50"])
    for done in (book, alone):
        assert done.use_cases == 2
        assert [(each.row, each.use_case) for each in done.left_out] == [(4, "Case 2")]
        assert [(each.use_case, each.reason) for each in done.lacking] == [("Case 1", "Enter tasks per month")]
    first, second = book.results
    assert (first.use_case, first.gaps, second.gaps, second.rec_npv) == ("Case 0", 0, 1, None)
    assert first.rec_year1 == pytest.approx(first.pe_year1 - first.rec_saving_year1)
    assert alone.results == []
    with pytest.raises(portfolio.TableError, match="are for results alone"):
        workbook.portfolio(path, tmp_path / "other.xlsx", workers=2)
    with pytest.raises(portfolio.TableError, match=r"end it in \.xlsx"):
        workbook.portfolio(path, tmp_path / "other.txt")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("title,querries", "is no input. Is it queries?"),
        ("title,queries,queries", "has two columns queries"),
        ("title,colour", "no column is an input"),
        ("", "is empty"),
    ],
)
def test_a_header_that_cannot_be_read_is_one_line(header, message, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(f"{header}\na,1,2\n")
    with pytest.raises(portfolio.TableError, match=message.replace("?", r"\?")):
        portfolio.read(path)


def test_other_columns_are_said_and_values_for_all_rows_are_set(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("title,owner,queries\nA,nobody,1000\n")
    table = portfolio.read(path, portfolio.set_values(["hourly_wage=50", "queries=7"]))
    assert table.unused == ["owner"]
    assert dict(zip(table.inputs, table.rows[0], strict=True)) == {"queries": 1000, "hourly_wage": 50}
    with pytest.raises(portfolio.TableError, match="is no input of a use case"):
        portfolio.set_values(["nonsense=1"])


def test_results_alone_equal_those_in_the_workbook(made, tmp_path):
    _, table, found = made
    portfolio.write_results([table], tmp_path / "results.csv")
    portfolio.write_results([table], tmp_path / "results.parquet")
    import polars

    for frame in (polars.read_csv(tmp_path / "results.csv"), polars.read_parquet(tmp_path / "results.parquet")):
        assert frame["title"].to_list() == table.names
        for key in ("rec_npv", "pe_year1"):
            assert frame[key].to_list() == [each[key] for each in found]


def test_what_usage_prints_is_a_table(tmp_path):
    from pycalc.usage.gather import gather
    from pycalc.usage.summary import summarise

    examples = Path(__file__).parents[4] / "docs" / "examples" / "usage"
    path = tmp_path / "usage.json"
    path.write_text(
        json.dumps(summarise(gather([str(examples / "openai-usage.csv"), str(examples / "openai-costs.csv")])))
    )
    table = portfolio.read(path, portfolio.set_values(["max_months=12"]))
    rows = dict(zip(table.names, table.rows, strict=True))
    bot = dict(zip(table.inputs, rows["support bot"], strict=True))
    assert bot["queries"] == 12_000  # October, the last whole month
    assert (bot["pe_input_price"], bot["pe_output_price"]) == (2.5, 10)
    assert bot["query_tokens"] == 0
    assert bot["max_months"] == 12


def test_only_options_that_the_table_can_define_have_columns():
    assert used_options(["queries", "pe_input_price"]) == (1,)
    assert used_options(["ft_input_price", "context_tokens"]) == (1, 4, 5, 6)
    assert used_options(["pe_cached_price", "base_model"]) == (1, 2, 3)
    assert used_options(["own_hourly_price"]) == (1, 5, 7)
