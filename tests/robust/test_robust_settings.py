"""How a workbook calculates (dates since 1904, precision as displayed, iteration), and whether it is signed.

Each command honours a setting or refuses it by its name; each that writes a copy of a signed workbook says so.
"""

from __future__ import annotations

import re
import sys
import zipfile

import pytest

from addin.cli import main
from tests.books import OFFICE, contents, row, sheet, write_book, write_zip
from tests.robust.writingcommands import EXAMPLE, fill
from workbook.file.package import SIGNATURE_NOTE, Package

LOG = "time,model,calls,tokens_in,tokens_out\n2026-10-01,gpt-4o,7,100,50\n"
COLUMNS = ("--columns", "time=time,model=model,calls=calls,tokens_in=tokens_in,tokens_out=tokens_out")
SCORES = "example,option,ok\n1,a,pass\n1,b,fail\n2,a,pass\n2,b,pass\n"

SINCE_1904 = 'date1904="1"'
AS_SHOWN = 'fullPrecision="0"'

AS = ("--as", "a=1", "--as", "b=")
VARIED = ("--vary", "queries=9000..20000", "-n", "500")

ON_THE_MODEL = {
    # What reads or writes the template's own cells, and which settings it refuses.
    "addin lambda": (("addin", "build", "lambda", "book.xlsx", "-o", "out.xlsx"), (SINCE_1904,)),
    "addin lite": (("addin", "build", "lite", "book.xlsx", "-o", "out.xlsx"), (SINCE_1904,)),
    "dataset": (("dataset", "train.jsonl", "--into", "book.xlsx", "--overwrite", "-o", "out.xlsx"), (SINCE_1904,)),
    "evaluate": (("evaluate", "scores.csv", "--into", "book.xlsx", *AS, "-o", "out.xlsx"), (SINCE_1904,)),
    "prices": (("prices", "--refresh", "book.xlsx", "-o", "out.xlsx"), (SINCE_1904,)),
    "report": (("report", "book.xlsx"), (SINCE_1904,)),
    "report page": (("report", "book.xlsx", "-o", "out.html"), (SINCE_1904, AS_SHOWN)),
    "risk": (("risk", "book.xlsx", *VARIED, "-o", "out.xlsx"), (SINCE_1904, AS_SHOWN)),
    "scenario": (("scenario", "book.xlsx", "-n", "x", "-s", "queries=1", "-o", "out.xlsx"), (SINCE_1904, AS_SHOWN)),
    "usage": (("usage", "log.csv", *COLUMNS, "--into", "book.xlsx", "-o", "out.xlsx"), (SINCE_1904,)),
}  # fmt: skip
NAMED = {SINCE_1904: "it counts days from 1904", AS_SHOWN: "(precision as displayed)"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    fill(tmp_path)
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "scores.csv").write_text(SCORES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsys):
    def ask(*words):
        monkeypatch.setattr(sys, "argv", ["breakeven", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr()

    return ask


@pytest.mark.parametrize("name", ON_THE_MODEL)
def test_settings_that_would_change_what_a_number_means_are_refused(name, folder, run):
    words, refused = ON_THE_MODEL[name]
    parts = contents(folder / "book.xlsx")
    for setting in refused:
        tag = b"workbookPr" if setting is SINCE_1904 else b"calcPr"
        book, count = re.subn(b"<%s " % tag, b"<%s %s " % (tag, setting.encode()), parts["xl/workbook.xml"], count=1)
        assert count
        write_zip(folder / "book.xlsx", {**parts, "xl/workbook.xml": book})
        code, said = run(*words)
        assert code == 2
        assert said.err.startswith("Error: book.xlsx: ")
        assert NAMED[setting] in said.err
        assert said.err.count("\n") == 1
        assert not list(folder.glob("out.*"))


CELLS = {
    # 43982 is 2024-06-01 since 1904 (43982 + 1462 = 45444): gpt-4o cost 5 USD then, 2.5 later.
    SINCE_1904: (
        row(1, A="<v>43982</v>", B='<f>MODEL_PRICE("gpt-4o","input",A1)</f><v>0</v>', C="<f>YEAR(A1)</f><v>2024</v>"),
        {"B1": 5.0, "C1": 2024.0},
    ),
    # 1/3 is shown, and so counts, as 0.33: three of it are 0.99.
    AS_SHOWN: (
        row(
            1,
            A='<c r="A1" s="1"><f>1/3</f><v>0.33</v></c>',
            B="<f>A1*3</f><v>0.99</v>",
            C="<f>PE_MONTHLY(B1,1000000,0,0,1,1)</f><v>0</v>",
        ),
        {"A1": 0.33, "B1": 0.99, "C1": 0.99},
    ),
    # Half of B and ten more: B is 20 and A 10, to the 0.001 at which Excel stops.
    'iterate="1"': (
        row(1, A="<f>B1/2</f><v>9.9995</v>", B="<f>A1+10</f><v>19.9995</v>", C="<f>FT_LABOR(B1,60,1)</f><v>0</v>"),
        {"A1": 10.0, "B1": 20.0, "C1": 20.0},
    ),
}
STYLES = {"xl/styles.xml": '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="2"/></cellXfs></styleSheet>'}


def small(path, setting):
    tag = "workbookPr" if setting is SINCE_1904 else "calcPr"
    return write_book(
        path,
        {"Data": sheet(CELLS[setting][0])},
        workbook=f"<{tag} {setting}/>",
        parts=STYLES,
        relationships=f'<Relationship Id="rId9" Type="{OFFICE}/styles" Target="styles.xml"/>',
    )


def values(path):
    with Package(path) as package:
        strings = package.strings()
        part = package.worksheet("Data").part
        return {cell.address: cell.value(strings) for cell in package.cells(part)}


@pytest.mark.parametrize("setting", CELLS)
def test_settings_are_honoured_where_formulas_are_computed(setting, tmp_path, run, monkeypatch):
    """recalc stores, check finds nothing stale in, handover proves and diff compares the same values."""
    monkeypatch.chdir(tmp_path)
    small(tmp_path / "book.xlsx", setting)
    expected = {place: pytest.approx(value, abs=0.001) for place, value in CELLS[setting][1].items()}
    assert run("recalc", "book.xlsx", "-o", "new.xlsx")[0] in (0, 1)  # 1: some cell keeps its value
    assert {place: values("new.xlsx")[place] for place in expected} == expected
    code, said = run("check", "new.xlsx", "--fail-on", "error")
    assert code == 0, said.out
    code, said = run("diff", "book.xlsx", "new.xlsx")
    assert code == 0, said
    assert "compute the same" in said.out
    for mode in ("formulas", "values"):
        code, said = run("handover", "book.xlsx", "--as", mode, "-o", f"{mode}.xlsx")
        assert code == 0, said.err
        assert {place: values(f"{mode}.xlsx")[place] for place in expected} == expected


def signed(path):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/origin.sigs", b"")


SIGNED = {
    name: words for name, (words, _) in ON_THE_MODEL.items() if not name.startswith(("report", "addin", "prices"))
}
"""`prices` has a test of its own."""
SMALL = {
    "recalc": ("recalc", "small.xlsx", "-o", "out.xlsx"),
    "handover": ("handover", "small.xlsx", "-o", "out.xlsx"),
    "addin lambda": ("addin", "build", "lambda", "small.xlsx", "-o", "out.xlsx"),
    "addin lite": ("addin", "build", "lite", "small.xlsx", "-o", "out.xlsx"),
    "addin office": ("addin", "build", "office", "small.xlsx", "--url", "https://localhost/", "-o", "out.xlsx"),
}


@pytest.mark.usefixtures("values_left_alone")
@pytest.mark.parametrize("name", [*SIGNED, *SMALL])
def test_a_copy_of_a_signed_workbook_is_said_to_be_signed_no_more(name, folder, run):
    (folder / "train.jsonl").write_text(EXAMPLE * 12)
    small(folder / "small.xlsx", SINCE_1904 if name in ("recalc", "handover") else AS_SHOWN)
    signed(folder / ("small.xlsx" if name in SMALL else "book.xlsx"))
    code, said = run(*{**SIGNED, **SMALL}[name])
    assert code in (0, 1), said.err
    assert (folder / "out.xlsx").exists()
    heard = " ".join((said.out + said.err).split())
    assert heard.count("digital signature") == 1, heard
    assert SIGNATURE_NOTE.rstrip(".") in heard


def test_a_copy_of_an_unsigned_one_is_not(folder, run):
    small(folder / "small.xlsx", AS_SHOWN)
    said = run(*SMALL["recalc"])[1]
    assert "signature" not in said.out + said.err
