"""Typed-in figures, links, hidden sheets, names, volatile functions."""

from __future__ import annotations

import pytest

from tests.books import OFFICE, PACKAGE, row, sheet, write_book
from tests.workbook.tasks.check.audited import cells_of, found, write


@pytest.mark.parametrize(
    ("formula", "severity"),
    [
        ("=A1*0.15", "warning"),
        ("=A1*15%", "warning"),
        ("=A1+-35", "warning"),
        ("=IF(A1<6,A1,A2)", "warning"),
        ("=SUM(A1,250)", "warning"),
        ("=PE_MONTHLY(A1,800,A2,A2,A2,A2)", "warning"),
        ("=A1/12", "note"),
        ("=A1*1000000", "note"),
        ("=A1*1", None),
        ("=IF(A1-A2<=1E-6*A1,A1,A2)", None),
        ("=IF(A1-A2<=1.1E-6*A1,A1,A2)", "warning"),
        ("=(1+A1)^A2-1", None),
        ("=ROUND(A1,2)", None),
        ("=INDEX(A1:A2,2)", None),
        ('=IF(A1="",6,A1)', None),
        ("=SUM(A1,0)", None),
        ('=A1&" of 30"', None),
        ("=SUMPRODUCT(A1:A2,{3;4})", None),
    ],
)
def test_figures_typed_into_formulas(tmp_path, formula, severity):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": 8, "A2": 4, "B1": formula}})
    assert [item.severity for item in found(path, "typed-number")] == [severity] * (severity is not None)


def test_a_figure_that_repeats_is_one_finding(tmp_path):
    cells = {f"A{n}": n for n in range(1, 301)} | {f"B{n}": f"=A{n}*0.19" for n in range(1, 301)}
    (finding,) = found(write(tmp_path / "b.xlsx", {"S": cells}))
    assert (finding.cell, finding.count) == ("B1:B300", 300)
    assert "0.19" in finding.what


@pytest.mark.parametrize(
    ("text", "faults"), [("1,200", 1), ("$30.00", 1), ("15%", 1), ("Q3", 0), ("2024-05-13", 0), ("-", 0)]
)
def test_numbers_stored_as_text(tmp_path, text, faults):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": 1, "A2": 2, "A3": text, "B1": "=SUM(A1:A3)"}})
    assert len(found(path, "number-as-text")) == faults


def test_a_text_among_texts_is_no_number(tmp_path):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": "Version", "A2": "1.2", "C1": 1, "D1": "=C1+C1"}})
    assert found(path) == []


def linked(path):
    link = f'<externalReferences><externalReference xmlns:r="{OFFICE}" r:id="rId9"/></externalReferences>'
    return write_book(
        path,
        {"S": sheet(row(1, A="<f>[1]Prices!B2</f><v>30</v>", B="<f>A1+A1</f><v>60</v>"))},
        workbook=link,
        parts={
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="http://x" xmlns:r="{OFFICE}">'
            '<externalBook r:id="rId1"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" Target="file:///C:/Q3%20prices.xlsx" '
            'TargetMode="External"/></Relationships>',
        },
        types='<Override PartName="/xl/externalLinks/externalLink1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/>',
        relationships=f'<Relationship Id="rId9" Type="{OFFICE}/externalLink" '
        'Target="externalLinks/externalLink1.xml"/>',
    )


def test_links_to_other_workbooks_name_the_file(tmp_path):
    (finding,) = found(linked(tmp_path / "b.xlsx"), "external-link")
    assert (finding.severity, finding.where) == ("warning", "S!A1")
    assert "Q3%20prices.xlsx" in finding.what


def test_hidden_sheets(tmp_path):
    sheets = {"S": {"A1": 1, "B1": "=Fed!A1+A1"}, "Fed": {"A1": 2}, "Old": {"A1": 2}, "Deep": {"A1": 3}}
    path = write(tmp_path / "b.xlsx", sheets, hidden=("Fed", "Old"), very_hidden=("Deep",))
    assert {item.sheet: item.severity for item in found(path)} == {"Fed": "warning", "Old": "note", "Deep": "warning"}
    assert found(write(tmp_path / "shown.xlsx", sheets)) == []


def test_a_deleted_cell_behind_iferror(tmp_path):
    text = sheet(row(1, A="<v>1</v>", B="<f>IFERROR(#REF!+A1,A1)</f><v>1</v>"))
    (finding,) = found(write_book(tmp_path / "b.xlsx", {"S": text}))
    assert (finding.severity, finding.kind, finding.cell) == ("error", "broken-reference", "B1")


@pytest.mark.parametrize(("name", "faults"), [("pe_monthly", 1), ("pe_cost", 0)])
def test_a_users_name_that_is_a_function_of_ours(tmp_path, name, faults):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": 1, "B1": "=A1+A1"}}, names={name: "=S!$A$1"})
    assert [item.severity for item in found(path, "name-clash")] == ["error"] * faults


def test_offset_and_indirect_are_noted(tmp_path):
    path = write(tmp_path / "b.xlsx", {"S": {"A1": 1, "A2": 2, "B1": '=INDIRECT("A1")', "B2": "=OFFSET(A1,1,0)"}})
    assert sorted(cells_of(found(path, "volatile"))) == ["B1", "B2"]
    assert {item.severity for item in found(path)} == {"note"}


def test_what_is_said_of_one_formula_comes_in_the_same_order_in_every_run(tmp_path):
    """A set would give its words in another order in each process: 5 in this one by chance in one of 120."""
    text = "NOW()+TODAY()+RAND()+OFFSET(A1,0,0)+INDIRECT(&quot;A1&quot;)"
    path = write_book(tmp_path / "b.xlsx", {"S": sheet(row(1, A="<v>1</v>", B=f"<f>{text}</f>"))})
    said = [item.what.split()[1].strip(",:") for item in found(path) if item.kind == "volatile"]
    assert said == ["INDIRECT", "NOW", "OFFSET", "RAND", "TODAY"]
