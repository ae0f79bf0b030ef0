"""The Office add-in and Google Sheets: every row of every case table through the generated files, in Node.

What arrives is what Microsoft and Google document: blocks of cells, an error value as an object, what was left out
null; a blank cell null on the web and 0 on the desktop, "" in Sheets.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from addin.office import build as office
from addin.sheets import build as sheets
from pycalc import FUNCTIONS
from pycalc.errors import CODES, CalcError, from_code
from tests.casetable import all_cases, same, scale
from tests.hosts.hostilecases import hostile_cases
from tests.hosts.hostresults import Results

DRIVER = Path(__file__).with_name("javascript_driver.mjs")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("javascript")
    office.build(folder / "office", "https://localhost:3000")
    sheets.build(folder / "sheets")
    return folder


def ask(node, host, files, calls):
    order = json.dumps({"host": host, "files": [str(file) for file in files], "calls": calls})
    done = subprocess.run([node, str(DRIVER)], input=order, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def given(case):
    """The arguments in their places, None for one left out."""
    return list(case.args())


def block(value):
    return value if isinstance(value, list) else [[value]]


def asked_of(host):
    """The results of the tables and of the hostile values, and each case with those it belongs to: asked at once, for
    Node and the vocabularies are then loaded once."""
    tables, hostile = Results(host), Results(host)
    return tables, hostile, [(tables, case) for case in all_cases()] + [(hostile, case) for case in hostile_cases()]


@pytest.mark.parametrize("host", ["office", "office-desktop"])
def test_office(folders, node, host):
    desktop = host == "office-desktop"
    tables, hostile, asked = asked_of(host)
    script = next((folders / "office").glob("functions-*.js"))
    calls = [office_call(case, desktop) for _, case in asked]
    answers = ask(node, "desktop" if desktop else "web", [script], calls)
    for (results, case), answer in zip(asked, answers, strict=True):
        got = received(answer)
        if isinstance(got, list) and not isinstance(case.expected, list) and len(got) == len(got[0]) == 1:
            got = got[0][0]
        results.compare(case, got, blank_in_check if desktop else nothing)
    tables.finish()
    hostile.all_right()


def nothing(_case, _got):
    return ""


def blank_in_check(case, _got):
    return "blank-in-check" if case.function == "FT_CHECK" and None in case.extra else ""


def office_call(case, desktop):
    function = FUNCTIONS[case.function]
    names = [argument.name for argument in function.arguments]
    values = given(case)
    left_out = [not function.variadic and names[i] not in case.values for i in range(len(values))]
    args = [None if out else sent(value, desktop) for value, out in zip(values, left_out, strict=True)]
    kinds = [None if out else types(value) for value, out in zip(values, left_out, strict=True)]
    if function.variadic:
        return case.function, [args[0], args[1:]], [kinds[0], None]
    missing = len(names) - len(args)
    return case.function, args + [None] * missing, kinds + [None] * missing


def sent(value, desktop):
    def cell(value):
        if isinstance(value, CalcError):
            return {"type": "Error", "basicValue": value.code}
        return 0 if value is None and desktop else value

    return [[cell(value) for value in row] for row in block(value)]


def types(value):
    return [["Empty" if cell is None else "Double" for cell in row] for row in block(value)]


def received(answer):
    if isinstance(answer, dict) and "error" in answer:
        return from_code(answer["error"])
    return [list(map(received, row)) for row in answer] if isinstance(answer, list) else number(answer)


def number(value):
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_sheets(folders, node):
    tables, hostile, asked = asked_of("sheets")
    asked = [(results, case) for results, case in asked if case.function in sheets.names()]
    files = [folders / "sheets" / name for name in ("Breakeven.gs", "Code.gs")]
    calls = [(case.function, [sheet_argument(value) for value in given(case)], []) for _, case in asked]
    for (results, case), answer in zip(asked, ask(node, "sheets", files, calls), strict=True):
        results.compare(case, number(answer) if not isinstance(answer, list) else answer, sheets_differs)
    for name in FUNCTIONS:
        if name not in sheets.names():
            tables.reason(name, "no-tokens")
    tables.finish()
    hostile.all_right()


def sheet_argument(value):
    def cell(value):
        return "" if value is None else value.code if isinstance(value, CalcError) else value

    return [[cell(value) for value in row] for row in value] if isinstance(value, list) else cell(value)


def sheets_differs(case, got):
    if isinstance(got, dict) and "thrown" in got:
        codes = {cell.code for row in block(case.expected) for cell in row if isinstance(cell, CalcError)}
        if any(got["thrown"].endswith(f"({code})") for code in codes):
            return "thrown-error"
    elif isinstance(got, list) and isinstance(case.expected, list):
        shown = [[from_code(cell) if cell in CODES else cell for cell in row] for row in got]
        if same(shown, case.expected, case.tolerance, scale(case)):
            return "error-text"
    values = [cell for value in given(case) for row in block(value) for cell in row]
    return "blank-is-empty-text" if "" in values else ""
