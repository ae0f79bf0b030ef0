"""Excel on Windows: xlwings' own code over our UDF module with COM stubbed, our VBA, and the files.

What real Excel does is in docs/not-yet-seen-in-excel.md.
"""

from __future__ import annotations

import datetime
import os
import warnings
import zipfile
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from addin.excel import vba, workbook
from addin.excel.vbaproject import compressed, scrambled, vba_project
from pycalc import FUNCTIONS
from pycalc.errors import CODES, CalcError, from_code
from tests.casetable import all_cases
from tests.hosts import comstubs
from tests.hosts.comstubs import MISSING, SCODES, FakeRange
from tests.hosts.hostilecases import hostile_cases
from tests.hosts.hostresults import Results

GOLDEN = Path(__file__).parent / "golden" / "functions.bas"
SAMPLE = ("FT_BREAKEVEN", "FT_DECISION", "PE_MONTHLY", "FT_CHECK", "PRICES_AS_OF")


@pytest.fixture(scope="module")
def windows():
    return comstubs.install()


def ask(windows, name, *args):
    """What a cell gets: VBA passes cells as ranges, and turns error texts into error values."""
    caller = FakeRange([[None]])
    rows = windows.udfs.call_udf("addin.excel.functions", name, args, None, caller)
    rows = [[from_code(cell) if isinstance(cell, str) and cell in CODES else cell for cell in row] for row in rows]
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def as_com(value):
    """A cell's value as COM hands it over."""
    return SCODES[value.code] if isinstance(value, CalcError) else value


def cells(value):
    rows = value if isinstance(value, list) else [[value]]
    return FakeRange([[as_com(cell) for cell in row] for row in rows])


def test_every_case(windows):
    results = Results("excel")
    compare(windows, results, all_cases())
    results.finish()


def test_hostile_values(windows):
    results = Results("excel")
    compare(windows, results, hostile_cases()[::5])  # the stub is slow; 5 is prime to the number of values
    results.all_right()


def compare(windows, results, rows):
    for case in rows:
        function = FUNCTIONS[case.function]
        if function.variadic:
            args = [cells(value) for value in (case.values["name"], *case.extra)]
        else:
            args = [
                cells(case.values[argument.name]) if argument.name in case.values else MISSING
                for argument in function.arguments
            ]
            while args and args[-1] is MISSING and len(args) > function.required:
                args.pop()
        got = ask(windows, case.function, *args)
        if isinstance(case.expected, list) and not isinstance(got, list):
            got = [[got]]
        results.compare(case, got, lambda *_: "")
    comstubs.forget()


def test_values_a_formula_gives_instead_of_cells(windows):
    # 500 examples x 5 minutes / 60 x 12 USD = 500 USD
    assert ask(windows, "FT_LABOR", 500.0, 5.0, 12.0) == 500
    assert ask(windows, "FT_LABOR", SCODES["#N/A"], 5.0, 12.0) == from_code("#N/A")
    assert ask(windows, "FT_LABOR", ((500.0,), (SCODES["#REF!"],)), 5.0, 12.0) == [[500], [from_code("#REF!")]]
    assert ask(windows, "FT_LABOR", (500.0, 1000.0), 5.0, 12.0) == [[500, 1000]]
    assert ask(windows, "FT_LABOR", ((500.0, 1000.0),), 5.0, 12.0) == [[500, 1000]]


def test_currency_dates_and_percent(windows):
    # a currency cell is a Decimal, a percent cell a plain number, a date cell a date
    assert ask(windows, "FT_LABOR", 500.0, 5.0, cells(Decimal("12"))) == 500
    assert ask(windows, "REVIEW_COST", 1000.0, cells(0.05), cells(Decimal("10"))) == 500
    may, serial = datetime.datetime(2024, 6, 1), 45444.0
    assert ask(windows, "MODEL_PRICE", "gpt-4o", "input", cells(may)) == ask(
        windows, "MODEL_PRICE", "gpt-4o", "input", serial
    )


def test_bad_input_is_an_error_value_and_never_an_exception(windows):
    assert ask(windows, "FT_LABOR", cells("five"), 5.0, 12.0) == from_code("#VALUE!")
    assert ask(windows, "FT_CASHFLOW", cells([[1.0], [2.0]]), 5.0, 12.0) == from_code("#VALUE!")
    assert ask(windows, "FT_SUITABILITY", cells("x" * 32767), 500.0).startswith("GO")
    blank_column = FakeRange([[None]] * 1000)
    assert ask(windows, "FT_LABOR", blank_column, 5.0, 12.0) == [[0]] * 1000


def test_the_functions_have_help_for_every_argument(windows):
    for name, function in FUNCTIONS.items():
        known = getattr(windows.functions, name).__xlfunc__
        assert known["category"] == "LLM break-even"
        assert known["ret"]["doc"] == function.summary
        for argument, shown in zip(function.arguments, known["args"], strict=True):
            assert shown["name"] == argument.name
            assert argument.unit in shown["doc"]
            assert ("optional" in shown) is not (argument.required or function.variadic)


def test_xlwings_imports_the_module(windows):
    """xlwings' own button, without our VBA: its wrapper text, and the help it registers."""
    book = MagicMock()
    book.Name, book.Application.Version = "Book.xlsm", "16.0"
    imported = []
    book.VBProject.VBComponents.Import = lambda path: imported.append(Path(path).read_text())
    windows.udfs.import_udfs("addin.excel.functions", book)
    assert "Function FT_DECISION(upfront, pe_monthly, ft_monthly, Optional max_months," in imported[0]
    assert "Function FT_CHECK(name, ParamArray values())" in imported[0]
    described = [call.args[0] for call in book.Application.MacroOptions.call_args_list]
    assert sorted(described) == sorted(f"'Book.xlsm'!{name}" for name in FUNCTIONS)


def test_our_vba_is_the_golden_text():
    text = vba.module_text(SAMPLE).replace("\r\n", "\n")
    if os.environ.get("BREAKEVEN_ACCEPT_HOSTS"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_our_vba_keeps_vbas_limits():
    lines = vba.module_text().split("\r\n")
    assert max(map(len, lines)) < 1023
    continued = 0
    for line in lines:
        continued = continued + 1 if line.endswith(" _") else 0
        assert continued <= 24
    assert vba.MODULE != "xlwings_udfs"  # xlwings overwrites that one
    assert vba.module_text().isascii() or vba.module_text().encode("cp1252")


STUB = """Option VBASupport 1
Option ClassModule
Public Function CallUDF(pythonModule, name, given, book, caller)
    If name = "FT_ROI" Then Err.Raise 5, , "boom"
    If name = "FT_LABOR" Then
        CallUDF = "#DIV/0!"
    ElseIf name = "FT_CHECK" Then
        CallUDF = pythonModule & " " & UBound(given) & given(0) & given(1)
    Else
        CallUDF = UBound(given) & IsMissing(given(UBound(given)))
    End If
End Function
"""
TRIALS = """Option VBASupport 1
Function XLPy()
    Set XLPy = New Stub
End Function
Function Block()
    Dim given(1 To 2, 1 To 2)
    given(1, 1) = "#N/A": given(1, 2) = 5: given(2, 1) = "x": given(2, 2) = "#NUM!"
    result = BreakevenErrors(given)
    Block = (result(1, 1) = CVErr(2042)) & result(1, 2) & result(2, 1) & (result(2, 2) = CVErr(2036))
End Function
Function Row()
    result = BreakevenErrors(Array("#N/A", 5))
    Row = IsError(result(0)) & result(1)
End Function
Function Single_()
    Single_ = (FT_LABOR(1, 2, 3) = CVErr(2007))
End Function
Function Repeating()
    Repeating = FT_CHECK("FT_LABOR", 2, 3)
End Function
Function LeftOut()
    LeftOut = PE_MONTHLY(1, 2, 3, 4, 5, 6)
End Function
Function Failing()
    Failing = (FT_ROI(1, 2, 3) = CVErr(2015))
End Function
"""


def test_our_vba_runs_in_libreoffice_basic(calc):
    """The whole module compiles there; a stub stands for xlwings' Python."""
    module = vba.module_text().replace("\r\n", "\n")
    module = module.replace(f'Attribute VB_Name = "{vba.MODULE}"', "Option VBASupport 1")
    names = ["Block", "Row", "Single_", "Repeating", "LeftOut", "Failing"]
    seen = calc.run(
        ["new"],
        ["basic", {"Ours": module, "Stub": STUB, "Trials": TRIALS}, *[f"Trials.{name}" for name in names]],
    )[0]
    assert seen == ["True5xTrue", "True5", True, "addin.excel.functions 2FT_LABOR2", "7True", True]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("excel")
    workbook.build(folder)
    return folder


@pytest.fixture(scope="module")
def olevba():
    """A function that reads a project's modules as olevba does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oletools uses old names of pyparsing
        module = pytest.importorskip("oletools.olevba", reason="pip install oletools; LibreOffice reads them too")

    def read(path):
        parser = module.VBA_Parser(str(path))
        sources = {name.removesuffix(".bas"): text for _, _, name, text in parser.extract_macros()}
        parser.close()
        return sources

    return read


def test_libreoffice_reads_our_project_back(files, calc):
    modules = calc.run(["load", str(files / workbook.WORKBOOK)], ["modules", "VBAProject"])[0]
    assert set(modules) == {"ThisWorkbook", "Sheet1", "xlwings", vba.MODULE}
    ours = [line for line in vba.module_text().splitlines()[1:] if line]
    assert [line for line in modules[vba.MODULE].splitlines() if line in set(ours)] == ours


@pytest.mark.parametrize("name", [workbook.WORKBOOK, workbook.ADDIN])
def test_olevba_reads_our_project_back(files, olevba, name):
    sources = olevba(files / name)
    assert sources[vba.MODULE].replace("\r\n", "\n").strip() == vba.module_text().replace("\r\n", "\n").strip()
    ours = sources["xlwings"].split()
    assert ours == workbook.xlwings_module().split()
    assert {"ThisWorkbook.cls", "Sheet1.cls"} <= set(sources)


def test_the_addin_says_it_is_one(files):
    with zipfile.ZipFile(files / workbook.ADDIN) as archive:
        assert b"application/vnd.ms-excel.addin.macroEnabled.main+xml" in archive.read("[Content_Types].xml")


def test_the_same_sources_give_the_same_files(files, tmp_path):
    workbook.build(tmp_path)
    for name in (workbook.WORKBOOK, workbook.ADDIN, workbook.MODULE):
        assert (tmp_path / name).read_bytes() == (files / name).read_bytes()


def test_scrambling_is_the_formats_own():
    """The three texts of the example project in [MS-OVBA], 3.1.4."""
    project = "{917DED54-440B-4FD1-A5C1-74ACF261E600}"
    assert scrambled(bytes(4), 0x07, project) == "0705D8E3D8EDDBF1DBF1DBF1DBF1"
    assert scrambled(bytes(1), 0x0E, project) == "0E0CD1ECDFF4E7F5E7F5E7"
    assert scrambled(b"\xff", 0x15, project) == "1517CAF1D6F9D7F9D706"


def test_compression_of_the_formats_examples():
    """[MS-OVBA] 3.2: nothing to compress, and nothing but repetition."""
    assert compressed(b"abcdefghijklmnopqrstuv.").hex() == "0119b000616263646566676800696a6b6c6d6e6f70007172737475762e"
    assert compressed(b"a" * 73).hex() == "0103b002614500"


@pytest.mark.parametrize("length", [0, 1, 4095, 4096, 4097, 70000])
def test_projects_of_any_size_are_read_back(tmp_path, olevba, length):
    body = "' " + "".join(chr(33 + (number * 7919) % 90) for number in range(length))
    (tmp_path / "vbaProject.bin").write_bytes(vba_project({"Some": f"Sub A()\nEnd Sub\n{body}\n"}, ["Sheet1"]))
    assert body in olevba(tmp_path / "vbaProject.bin")["Some"]


def test_the_module_imports_where_there_is_no_excel():
    namespace = SimpleNamespace(**vars(__import__("addin.excel.functions", fromlist=["x"])))
    assert namespace.FT_LABOR(500.0, 5.0, 12.0) == [[500]]
