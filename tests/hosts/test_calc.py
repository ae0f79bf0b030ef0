"""The LibreOffice extension, installed as a user would install it, in real headless Calc."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import openpyxl
import pytest

from addin.calc import extension, registration, typelibrary
from addin.calc.names import INTERFACE, MODULE, SERVICE, method
from pycalc import FUNCTIONS
from pycalc.errors import CalcError, from_code
from pycalc.registry import calls, native
from tests.casetable import all_cases, same, scale
from tests.hosts.calchost import value
from tests.hosts.hostilecases import hostile_cases
from tests.hosts.hostresults import Results
from tests.workbook.engines import twinbook

CASES = all_cases()
IN_CELLS = [case for case in CASES if not FUNCTIONS[case.function].variadic]
VARIADIC = [case for case in CASES if FUNCTIONS[case.function].variadic]


@pytest.fixture(scope="module")
def packages(calc):
    """NumPy and tiktoken for LibreOffice's Python: this one's, where both are of one version."""
    version = "import sys; print(sys.version_info[:2])"
    theirs = subprocess.run([calc.python, "-c", version], capture_output=True, text=True, check=True).stdout
    if theirs.strip() != str(sys.version_info[:2]):
        return None
    return sysconfig.get_path("purelib")


def call(function, given):
    """PE_MONTHLY(B1,..) as Excel would write it; an argument left out is an empty place."""
    places = [given.get(argument.name, "") for argument in function.arguments]
    while places and not places[-1]:
        places.pop()
    return f"{function.name}({','.join(places)})"


@pytest.fixture(scope="module")
def from_excel(calc, packages, tmp_path_factory):
    """A workbook with every case as Excel writes it, opened in Calc, recalculated and saved again."""
    folder = tmp_path_factory.mktemp("cases")
    return folder, in_calc(calc, packages, folder, IN_CELLS)


def in_calc(calc, packages, folder, cases):
    """What Calc shows for each case of a workbook written by another program."""
    places = twinbook.write(folder / "in.xlsx", cases, call)
    cells = [[sheet, cell] for sheet, block in places.values() for row in block for cell in row]
    seen = calc.run(
        ["load", str(folder / "in.xlsx")],
        ["calculate"],
        ["read", cells],
        ["save", str(folder / "out.xlsx")],
        packages=packages,
    )[0]
    values = {tuple(place): value(cell) for place, cell in zip(cells, seen, strict=True)}
    shown = {}
    for case in cases:
        sheet, block = places[str(case)]
        rows = [[values[sheet, cell] for cell in row] for row in block]
        shown[str(case)] = rows if isinstance(case.expected, list) else rows[0][0]
    return shown


def test_hostile_values(calc, packages, tmp_path):
    cases = hostile_cases()[::3]  # 3 is prime to the number of values
    shown = in_calc(calc, packages, tmp_path, cases)
    results = Results("calc")
    for case in cases:
        results.compare(case, shown[str(case)], lambda case, got: differs(case, got, bool(packages)))
    results.all_right()


def test_every_case_in_a_workbook_from_excel(calc, from_excel, packages):
    _, shown = from_excel
    results = Results("calc")
    for case in IN_CELLS:
        results.compare(case, shown[str(case)], lambda case, got: differs(case, got, bool(packages)))
    for name, function in FUNCTIONS.items():
        for package in function.needs:
            results.reason(name, f"needs-{package}")
    for case, got in zip(VARIADIC, typed(calc), strict=True):
        results.compare(case, got, lambda *_: "")
    results.finish()


def typed(calc):
    """FT_CHECK's rows, typed with their values in the formula."""
    steps = []
    for row, case in enumerate(VARIADIC, 1):
        literals = ";".join(native.literal(item) for item in (case.values["name"], *case.extra))
        steps.append(["type", f"A{row}", f"={case.function}({literals})"])
    places = [f"A{row + 1}" for row in range(len(steps))]
    return [value(cell) for cell in calc.run(["new"], *steps, ["read", places])[0]]


def differs(case, got, has_packages):
    """Why Calc differs in this row, if what it shows follows from that."""
    function = FUNCTIONS[case.function]
    for package in function.needs:
        if not has_packages and everywhere(got, "#N/A"):
            return f"needs-{package}"
    cells = [cell for item in case.values.values() if isinstance(item, list) for row in item for cell in row]
    if any(isinstance(cell, CalcError) for cell in cells) and everywhere(got, "Err:504"):
        return "range-error"
    if same(got, truth_as_number(case.expected), max(case.tolerance, 1e-12), scale(case)):
        return "truth-is-a-number"
    arrived = as_calc_sends(function, case.values)
    try:
        expected = calls.evaluate(function, arrived)
    except CalcError as error:
        expected = error
    if isinstance(expected, list) and not isinstance(got, list):
        expected = expected[0][0]  # it spills, into one cell here because Python's answer was one error
    if not same(got, truth_as_number(expected), max(case.tolerance, 1e-12), scale(case)):
        return ""
    given = [
        cell for item in case.values.values() for row in (item if isinstance(item, list) else [[item]]) for cell in row
    ]
    if True in [item for item in given if isinstance(item, bool)]:
        return "true-is-1"
    if None in given:
        return "blank-is-0"
    if case.has_range() and "" in given:
        return "empty-text-is-blank"
    return "0-is-blank" if 0.0 in given else ""


def as_calc_sends(function, values):
    """The arguments as they arrive: TRUE is 1, a blank cell 0, 0 no text and no date, a range's empty text a blank."""
    arrived = []
    for argument in function.arguments:
        item = values.get(argument.name)
        if isinstance(item, list):
            item = [[None if cell == "" else truth_as_number(cell) for cell in row] for row in item]
        item = truth_as_number(item) if isinstance(item, bool) else item
        blank_text = argument.kind == "text" or (argument.kind == "date" and not argument.required)
        if item is None and argument.name in values and not blank_text:
            item = 0.0
        arrived.append(None if blank_text and item == 0.0 else item)
    while arrived and arrived[-1] is None:
        arrived.pop()
    return tuple(arrived)


def everywhere(got, code):
    rows = got if isinstance(got, list) else [[got]]
    return all(cell == from_code(code) and isinstance(cell, CalcError) for row in rows for cell in row)


def truth_as_number(result):
    if isinstance(result, list):
        return [[truth_as_number(cell) for cell in row] for row in result]
    return float(result) if isinstance(result, bool) else result


def test_it_saves_the_names_excel_knows(from_excel):
    folder, _ = from_excel
    before, after = (openpyxl.load_workbook(folder / name) for name in ("in.xlsx", "out.xlsx"))
    for sheet in before:
        for row in sheet.iter_rows(max_col=1):
            (old,), new = row, after[sheet.title].cell(row[0].row, 1)
            old, new = (getattr(cell.value, "text", cell.value) for cell in (old, new))
            if isinstance(old, str):
                assert new == old.replace(" ", "")


def test_typed_by_name_with_the_errors_of_excel(calc):
    seen = calc.run(
        ["new"],
        ["type", "A1", "=PE_MONTHLY(10000;800;50;100;30;60)"],
        ["type", "A2", "=FT_BREAKEVEN(12;9;315)"],
        ["type", "A3", "=FT_ROI(12;0;306)"],
        ["type", "A4", "=ft_labor(-1;5;50)"],
        ["type", "A5", '=FT_LABOR("five";5;50)'],
        ["type", "A6", '=FT_CHECK("FT_LABOR";-1;5;50)'],
        ["type", "A7", "=SUM(FT_CASHFLOW(3;1000;600))"],
        ["type", "A8", "=PE_MONTHLY(PE_MONTHLY(10000;800;50;100;30;60);800;50;100;30;60)"],
        ["type", "A9", '=IF(FT_DECISION(12;315;9)="FINE-TUNE";LEFT(FT_DECISION(12;315;9);4);"")'],
        ["type", "A10", "=PE_MONTHLY()"],
        ["type", "A11", "=PE_MONTHLY(1;2;3;4;5)"],
        ["type", "A12", '=FT_SUITABILITY(REPT("x";32767);100)'],
        *[["type", f"B{row}", f"=ERROR.TYPE(A{row})"] for row in range(2, 6)],
        ["read", [f"A{row}" for row in range(1, 13)]],
        ["read", [f"B{row}" for row in range(2, 6)]],
    )
    values, types = [value(cell) for cell in seen[0]], seen[1]
    # 10,000 x ((800 + 50) x 30 + 100 x 60) / 1e6; then 315 such calls instead of 10,000
    assert values[0] == 315
    assert types == [7, 2, 6, 3]  # Excel's ERROR.TYPE: #N/A, #DIV/0!, #NUM!, #VALUE!
    assert values[5].startswith("FT_LABOR: examples = -1 [examples] must be at least 0")
    assert values[6] == 800
    assert values[7] == pytest.approx(9.9225, rel=1e-12)
    assert values[8] == "FINE"
    assert values[9] == from_code("#VALUE!")  # what is required was left out
    assert values[10] == from_code("#VALUE!")
    assert values[11].startswith("GO:")


def test_ranges_in_and_out(calc):
    cells = [["fill", f"A{row}", 1000 * row] for row in (1, 2, 4)]
    seen = calc.run(
        ["new"],
        *cells,
        ["fill", "A3", "text"],
        ["array", "C1:C5", "=PE_MONTHLY(A1:A5;800;50;100;30;60)"],
        ["array", "D1:E2", "=FT_SENSITIVITY(600;110;10;F1:G1;F2:F3)"],
        ["fill", "F1", 1],
        ["fill", "G1", 2],
        ["fill", "F2", 0.5],
        ["fill", "F3", 1],
        ["calculate"],
        ["read", ["C1", "C2", "C3", "C4", "C5"]],
        ["read", ["D1", "E1", "D2", "E2"]],
    )
    assert [value(cell) for cell in seen[0]] == [31.5, 63, from_code("#VALUE!"), 126, 0]
    assert seen[1] == [12, 24, 6, 12]  # 600 u / (100 v)


def test_the_function_wizard_explains_every_argument(calc):
    (texts,) = calc.run(["help"])
    for name, function in FUNCTIONS.items():
        summary, arguments = texts[name]
        assert summary == function.summary
        assert [shown for shown, _ in arguments] == [argument.name for argument in function.arguments]
        for argument, (_, help_text) in zip(function.arguments, arguments, strict=True):
            assert argument.label in help_text
            assert argument.unit in help_text
            assert ("optional" in help_text) is not argument.required


def test_tokens_without_tiktoken_say_why(calc):
    seen = calc.run(
        ["new"],
        ["type", "A1", '=TOKEN_COUNT("hello")'],
        ["type", "A2", '=FT_CHECK("TOKEN_COUNT";"hello")'],
        ["read", ["A1", "A2"]],
    )
    if not isinstance(value(seen[0][0]), CalcError):
        pytest.skip("LibreOffice's Python has tiktoken")
    assert value(seen[0][0]) == from_code("#N/A")
    assert "tiktoken" in seen[0][1]


def test_other_workbooks_pass_through_untouched(calc, tmp_path):
    """The filter that stands before LibreOffice's own leaves a file without our functions to it."""
    book = openpyxl.Workbook()
    book.active["A1"] = "=SUM(1,2)"
    book.active["A2"] = "=PE_MONTHLY_OF_MINE(1)"
    book.active["A3"] = '="=PE_MONTHLY(1)"'
    book.save(tmp_path / "in.xlsx")
    seen = calc.run(
        ["load", str(tmp_path / "in.xlsx")],
        ["calculate"],
        ["read", ["A1", "A3"]],
        ["formulas", ["A2"]],
        ["save", str(tmp_path / "out.xlsx")],
    )
    assert seen[0] == [3, "=PE_MONTHLY(1)"]
    saved = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert saved["A3"].value == '="=PE_MONTHLY(1)"'


def test_german_separators(calc):
    calc.speak("de-DE")
    try:
        seen = calc.run(
            ["new"],
            ["local", "A1", "=PE_MONTHLY(10000;800;50;100;30;60;7,5;0,5)"],
            ["read", ["A1"]],
            ["shown_locally", "A1"],
        )
    finally:
        calc.speak("en-US")
    # 10,000 x (800 x (0.5 x 30 + 0.5 x 7.5) + 50 x 30 + 100 x 60) / 1e6
    assert seen[0] == [225]
    assert seen[1] == "=PE_MONTHLY(10000;800;50;100;30;60;7,5;0,5)"


def test_a_broken_module_is_said_in_the_cell(calc):
    with calc.damaged("pythonpath/pycalc/registry/__init__.py"):
        seen = calc.run(
            ["new"],
            ["type", "A1", "=FT_LABOR(500;5;50)"],
            ["type", "A2", '=FT_CHECK("FT_LABOR";500;5;50)'],
            ["read", ["A1", "A2"]],
        )
    assert value(seen[0][0]) == from_code("#N/A")
    assert "cannot start in LibreOffice's Python" in seen[0][1]


def idl() -> str:
    """The interface as LibreOffice's own compiler reads it."""
    methods = []
    for function in FUNCTIONS.values():
        taken = [(method(argument.name), "any") for argument in function.arguments]
        if function.variadic:
            taken[-1] = (taken[-1][0], "sequence<any>")
        arguments = ", ".join(f"[in] {kind} {name}" for name, kind in taken)
        result = "any" if typelibrary.gives_text(function) else "sequence< sequence<any> >"
        methods.append(f"        {result} {method(function.name)}({arguments});")
    body = "\n".join(methods)
    return f"module {MODULE[0]} {{ module {MODULE[1]} {{\n    interface {INTERFACE} {{\n{body}\n    }};\n}}; }};\n"


def test_the_type_library_says_what_unoidl_write_would(tmp_path):
    tools = Path("/usr/lib/libreoffice/sdk/bin")
    if not (tools / "unoidl-write").exists():  # the runs in LibreOffice prove the library without it
        pytest.skip("unoidl-write is missing; Debian: apt-get install libreoffice-dev")
    types = "/usr/lib/libreoffice/program/types.rdb"
    (tmp_path / "ours.rdb").write_bytes(typelibrary.compiled())
    (tmp_path / "it.idl").write_text(idl(), encoding="ascii")
    subprocess.run([tools / "unoidl-write", types, "it.idl", "theirs.rdb"], cwd=tmp_path, check=True)
    texts = [
        subprocess.run(
            [tools / "unoidl-read", types, name], cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout
        for name in ("ours.rdb", "theirs.rdb")
    ]
    assert texts[0] == texts[1]
    assert "any ftDecision([in] any upfront," in texts[0]
    assert "sequence<sequence<any>> peMonthly([in] any queries," in texts[0].replace("< ", "<").replace(" >", ">")


def test_the_same_sources_give_the_same_bytes(tmp_path):
    extension.build(tmp_path / "1.oxt")
    extension.build(tmp_path / "2.oxt")
    assert (tmp_path / "1.oxt").read_bytes() == (tmp_path / "2.oxt").read_bytes()


def test_it_carries_what_it_needs(tmp_path):
    extension.build(tmp_path / "it.oxt")
    with zipfile.ZipFile(tmp_path / "it.oxt") as archive:
        names = archive.namelist()
        manifest = archive.read("META-INF/manifest.xml").decode()
    assert {"pythonpath/pycalc/registry/__init__.py", "pythonpath/addin/contract.py", "breakeven.rdb"} <= set(names)
    for part in ("breakeven.rdb", "breakeven_functions.py", "breakeven_names.py", "CalcAddIns.xcu", "Jobs.xcu"):
        assert part in names
        assert f'full-path="{part}"' in manifest


def test_the_long_name_is_the_one_calc_builds():
    assert f"{SERVICE}.{method('PE_MONTHLY')}".upper() == "ORG.LLMBREAKEVEN.FUNCTIONS.PEMONTHLY"
    assert '<value xml:lang="en">PE_MONTHLY</value>' in registration.functions_help()
