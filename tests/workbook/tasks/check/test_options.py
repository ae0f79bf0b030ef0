"""Every column of Options and Scenarios is looked at as the named inputs are."""

from __future__ import annotations

import pytest

from tests import sharing
from tests.workbook.tasks.check.audited import ON
from workbook.engines import Recalculation
from workbook.file.addresses import row_and_column
from workbook.file.package import Package
from workbook.file.put import put_values
from workbook.tasks.check import check
from workbook.tasks.check.options import _Entry, _Model, option_findings
from workbook.tasks.check.survey import survey
from workbook.tasks.check.template import tampering


@pytest.fixture(scope="module")
def spared():
    """The smallest template with two spare scenarios, in columns F and G."""
    return sharing.tiny(spare=2)


def findings_of(source, target, cells):
    """What the columns of a copy with other contents give; formulas show what they did."""
    with Package(source) as package:
        for name in {sheet for sheet, _ in cells}:
            put = {row_and_column(cell): value for (sheet, cell), value in cells.items() if sheet == name}
            put_values(package, package.worksheet(name), put, clearing=True)
        package.save(target)
    with Package(target) as package:
        seen = survey(package, Recalculation())
        return list(option_findings(seen, tampering(seen, package), ON))


def test_the_shipped_workbook_has_none(techwiz, tmp_path):
    assert findings_of(techwiz, tmp_path / "b.xlsx", {}) == []


BOOKS = [
    [
        # RAG is based on today's GPT-4, which cost 30 USD per 1M tokens: 0.03 is its price per 1K.
        ({("Options", "F21"): 0.03}, "error", "unit", "Options!F21"),
        ({("Options", "L8"): "gpt-4.1", ("Options", "L24"): 0.008}, "error", "unit", "Options!L24"),
        ({("Options", "K25"): 40}, "error", "unit", "Options!K25"),
        ({("Options", "K23"): 0.00375}, "error", "unit", "Options!K23"),  # Claude Sonnet 4: 3.75 USD per 1M written
        ({("Options", "K15"): 0.8}, "error", "unit", "Options!K15"),
        ({("Scenarios", "G68"): 0.03}, "error", "unit", "Scenarios!G68"),
        ({("Options", "J46"): "500"}, "error", "number-as-text", "Options!J46"),
        ({("Options", "H75"): "2027-01-01"}, "error", "number-as-text", "Options!H75"),
        ({("Scenarios", "F68"): "5"}, "error", "number-as-text", "Scenarios!F68"),
        ({("Inputs", "B21"): "10000"}, "error", "number-as-text", "Inputs!B21"),
        ({("Inputs", "B16"): "2026-12-01"}, "error", "number-as-text", "Inputs!B16"),
        ({("Inputs", "B17"): 37}, "error", "out-of-bounds", "Inputs!B17"),  # months counted are 1 to 36
        ({("Options", "E46"): -1}, "error", "out-of-bounds", "Options!E46"),  # examples
        ({("Inputs", "B53"): 1}, "error", "out-of-bounds", "Inputs!B53"),  # TRUE or FALSE: 1 counts as neither
        ({("Options", "F13"): "Y"}, "error", "out-of-bounds", "Options!F13"),  # yes or no
        ({("Options", "G10"): "finetuned"}, "error", "out-of-bounds", "Options!G10"),
    ],
    [
        ({("Options", "L8"): "gpt-4.1", ("Options", "L24"): 9}, "warning", "price-unlike-catalogue", "Options!L24"),
        (
            {("Options", "K8"): "claude-sonnet-4", ("Options", "K23"): 3.5},
            "warning",
            "price-unlike-catalogue",
            "Options!K23",
        ),
        ({("Inputs", "B17"): 2.5}, "error", "out-of-bounds", "Inputs!B17"),
        ({("Inputs", "B16"): 20_261_201}, "error", "out-of-bounds", "Inputs!B16"),  # 2026-12-01, typed as a number
        ({("Options", "G75"): 2_958_466}, "error", "out-of-bounds", "Options!G75"),  # the day after Excel's last
        ({("Scenarios", "G68"): -3}, "error", "out-of-bounds", "Scenarios!G68"),
    ],
    [
        ({("Inputs", "D21"): None}, "warning", "no-source", "Inputs!B21"),
        ({("Options", "L31"): 2}, "warning", "no-source", "Options!L31"),  # an hour of a replica
    ],
]
"""Changes by the book they are made in together, and what each is found as: in no book two findings at one place."""


@pytest.mark.parametrize("changes", BOOKS, ids=["of a kind each", "of another kind there", "without source"])
def test_what_is_found(spared, tmp_path, changes):
    every = {cell: value for cells, *_ in changes for cell, value in cells.items()}
    passed_over = {"shutdown", "no-source"} - {kind for _, _, kind, _ in changes}
    findings = findings_of(spared, tmp_path / "b.xlsx", every)
    found = [(item.severity, item.kind, item.where) for item in findings if item.kind not in passed_over]
    assert sorted(found) == sorted(tuple(expected) for _, *expected in changes)


@pytest.mark.parametrize(("price", "months"), [(30, 36), (None, 1)])
def test_the_right_price_and_the_ends_of_a_range_are_no_finding(spared, tmp_path, price, months):
    cells = {("Options", "F21"): price, ("Options", "F79"): "our contract", ("Inputs", "B17"): months}
    assert findings_of(spared, tmp_path / "b.xlsx", cells) == []


def test_the_first_findings_are_the_causes(tiny, tmp_path, monkeypatch):
    """As in a large workbook a few formulas of each kind stand for the rest: thousands show what follows from each."""
    monkeypatch.setattr("workbook.engines.trial.MOST_TESTED", 50)
    causes = {
        ("Inputs", "B23"): "120.000",  # tokens of the question, as a German types 120,000
        ("Options", "G21"): "2,00",  # input price of the fine-tuned model
        ("Inputs", "B16"): "1 December 2026",  # start of use
        ("Inputs", "B17"): 48.0,  # months counted
    }
    with Package(tiny) as package:
        for (sheet, cell), value in causes.items():
            put_values(package, package.worksheet(sheet), {row_and_column(cell): value})
        path = package.save(tmp_path / "b.xlsx")
    findings = check(path, on=ON)
    assert {(each.severity, each.where) for each in findings[:4]} == {("error", "!".join(cell)) for cell in causes}
    assert len(findings) > 4  # what follows from them


def test_a_model_about_to_be_shut(tiny, tmp_path):
    """OpenAI's deprecations page shuts gpt-4.1 down on 2027-01-14, 55 days after the start of use on 2026-11-20."""
    (soon, undated) = findings_of(
        tiny, tmp_path / "b.xlsx", {("Options", "E8"): "gpt-4.1", ("Options", "E21"): None, ("Options", "E24"): None}
    )
    assert (soon.kind, soon.severity, soon.where) == ("shutdown", "warning", "Options!E8")  # the recommended one
    assert "55 days" in soon.what
    assert "2027-01-14" in undated.what


@pytest.mark.parametrize(
    ("seller", "asked"), [("OpenAI", "gpt-4o"), ("Azure", "azure/gpt-4o"), ("Amazon Bedrock", "bedrock/gpt-4o")]
)
def test_a_model_is_asked_for_at_its_seller(seller, asked):
    """A maker needs nothing in front; a seller stands there by the catalogue's word, not by its title."""
    held = {"model": "gpt-4o", "seller": seller}
    cells = {(1, row): _Entry("Options", (1, 1), 1, row, row, value) for row, value in held.items()}
    assert _Model(cells).model(1) == asked
