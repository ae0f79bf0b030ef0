"""xlwings Lite: the very text of main.py, read out of a workbook, run in Pyodide under Node.

xlwings Lite's own calling code (xlwings.pro) is licensed for paying or non-commercial users, so a stand-in does what
its documentation says of @func and @arg: single cells and ranges arrive as rows (ndim=2), blank cells as None, error
values as texts (err_to_str=True). That main.py also loads under xlwings' own, BSD-licensed decorators is tested
with the files of the installed xlwings, without its pro folder.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tempfile
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
import xlwings

from addin import webextension
from addin.lite import main_py, workbook
from pycalc import FUNCTIONS
from pycalc.errors import CODES, CalcError, from_code
from tests.casetable import all_cases
from tests.hosts.hostilecases import hostile_cases
from tests.hosts.hostresults import Results
from workbook.errors import WorkbookError
from workbook.file.package import Package

HERE = Path(__file__).parent
NODE = HERE.parent / "node"
"""Where package.json names Pyodide and the validator."""
STAND_IN = """
import json, sys, types

known = {}

def func(f):
    known[f.__name__] = f
    return f

def arg(name, **options):
    assert options["ndim"] == 2 and options["err_to_str"] is True and options["doc"]
    def decorated(f):
        assert name in f.__code__.co_varnames
        return f
    return decorated

module = types.ModuleType("xlwings")
module.func, module.arg = func, arg
sys.modules["xlwings"] = module
"""
ASK = """
exec(compile(open("/files/main.py").read(), "main.py", "exec"), {"__name__": "main"})
answers = []
for function, positional, named in json.load(open("/files/cases.json")):
    answers.append(known[function](*positional, **named))
result = json.dumps(answers)
"""


@pytest.fixture(scope="session")
def pyodide(node):
    """A function that runs code in Pyodide, which is loaded once."""
    folder = NODE / "node_modules" / "pyodide"
    if not folder.exists():
        remedy = "make node"
        if os.environ.get("CI"):
            pytest.fail(f"Pyodide is missing; in CI nothing is skipped. {remedy}")
        pytest.skip(f"Pyodide is missing. {remedy}")

    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [node, str(HERE / "lite_driver.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        )

        def run(code, files):
            order = json.dumps({"pyodide": str(folder.resolve()), "files": files, "code": code})
            late = threading.Timer(120, process.kill)
            late.start()
            with suppress(BrokenPipeError):
                process.stdin.write(order + "\n")
                process.stdin.flush()
            answer = process.stdout.readline()
            late.cancel()
            if answer:
                return json.loads(answer)
            said.seek(0)
            raise AssertionError(said.read()[-3000:])

        yield run
        process.stdin.close()
        assert process.wait(60) == 0
        process.stdout.close()


def with_functions(source, out):
    with Package(source) as package:
        workbook.put_in(package)
        package.save(out)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A workbook with a chart and a formula, and the same with the functions in it."""
    folder = tmp_path_factory.mktemp("lite")
    plain = xlsxwriter.Workbook(str(folder / "plain.xlsx"))
    sheet = plain.add_worksheet("Model")
    sheet.write_formula("A1", "=1+1", None, 2)
    chart = plain.add_chart({"type": "line"})
    chart.add_series({"values": "=Model!$A$1:$A$2"})
    sheet.insert_chart("C3", chart)
    plain.close()
    with_functions(folder / "plain.xlsx", folder / "lite.xlsx")
    return folder


@pytest.fixture(scope="module")
def main_text(book):
    with Package(book / "lite.xlsx") as package:
        return workbook.properties(package)["main.py"]


def rows(value):
    """Cells as Excel sends them."""
    block = value if isinstance(value, list) else [[value]]
    return [[cell.code if isinstance(cell, CalcError) else cell for cell in row] for row in block]


@pytest.fixture(scope="module")
def answers(pyodide, main_text):
    """The rows of the case tables and the hostile values, each with its answer: Pyodide is started once for both."""
    given = {"cases": all_cases(), "hostile": hostile_cases()}
    questions = []
    for case in itertools.chain(*given.values()):
        if FUNCTIONS[case.function].variadic:
            questions.append([case.function, [rows(value) for value in (case.values["name"], *case.extra)], {}])
        else:
            questions.append([case.function, [], {name: rows(value) for name, value in case.values.items()}])
    files = {"/files/main.py": main_text, "/files/cases.json": json.dumps(questions)}
    found = iter(pyodide(STAND_IN + ASK, files))
    answered = {name: list(zip(cases, found, strict=False)) for name, cases in given.items()}
    assert next(found, None) is None
    return answered


def test_every_case(answers):
    results = Results("lite")
    compare(results, answers["cases"])
    results.finish()


def test_hostile_values(answers):
    results = Results("lite")
    compare(results, answers["hostile"])
    results.all_right()


def compare(results, answered):
    for case, answer in answered:
        got = [[from_code(cell) if isinstance(cell, str) and cell in CODES else cell for cell in row] for row in answer]
        if not isinstance(case.expected, list) and len(got) == len(got[0]) == 1:
            got = got[0][0]
        results.compare(case, got, differs)


def differs(case, got):
    """Packages that are only on the network are missing here, as in a Pyodide that has not installed them."""
    cells = [cell for row in (got if isinstance(got, list) else [[got]]) for cell in row]
    for package in FUNCTIONS[case.function].needs:
        if all(isinstance(cell, CalcError) for cell in cells) and from_code("#N/A") in cells:
            return f"needs-{package}"
    return ""


def test_it_loads_under_xlwings_own_decorators(pyodide, main_text):
    folder = Path(xlwings.__file__).parent
    files = {
        f"/site/xlwings/{path.relative_to(folder)}": path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
        if path.relative_to(folder).parts[0] != "pro"
    }
    code = (
        "import sys, json\nsys.path.insert(0, '/site')\nnamespace = {}\n"
        "exec(compile(open('/files/main.py').read(), 'main.py', 'exec'), namespace)\n"
        "result = json.dumps([namespace['FT_LABOR']([[500.0]], [[5.0]], [[12.0]]), sys.version_info[:2]])"
    )
    answer, version = pyodide(code, {**files, "/files/main.py": main_text})
    assert answer == [[500]]  # 500 x 5 / 60 x 12
    assert version == [3, 14]


def test_the_workbook_keeps_all_its_parts(book):
    with zipfile.ZipFile(book / "plain.xlsx") as old, zipfile.ZipFile(book / "lite.xlsx") as new:
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        added = set(new.namelist()) - set(old.namelist())
    assert changed == {"[Content_Types].xml", "_rels/.rels"}
    assert added == {workbook.EXTENSION, webextension.PANES, "xl/webextensions/_rels/taskpanes.xml.rels"}


def test_main_py_survives_the_way_through_the_workbook(main_text):
    assert main_text == main_py.text()
    assert main_text.startswith(main_py.MARK)


def test_an_older_copy_is_brought_up_to_date(book, tmp_path):
    with Package(book / "lite.xlsx") as package:
        old = package.read(workbook.EXTENSION).replace(b"Version", b"Older version", 1)
        package.replace(workbook.EXTENSION, old)
        package.save(tmp_path / "old.xlsx")
    with_functions(tmp_path / "old.xlsx", tmp_path / "new.xlsx")
    with Package(tmp_path / "new.xlsx") as package:
        assert workbook.properties(package)["main.py"] == main_py.text()


def test_somebody_elses_code_is_not_overwritten(book, tmp_path):
    with Package(book / "lite.xlsx") as package:
        package.replace(workbook.EXTENSION, package.read(workbook.EXTENSION).replace(main_py.MARK.encode(), b"# mine"))
        package.save(tmp_path / "theirs.xlsx")
    with pytest.raises(WorkbookError, match="would be lost"):
        with_functions(tmp_path / "theirs.xlsx", tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_microsofts_validator_accepts_it(book, node):  # noqa: ARG001 - skips where there is no Node
    tool = NODE / "node_modules" / ".bin" / "ooxml-validator"
    if not tool.exists():
        remedy = "make node"
        if os.environ.get("CI"):
            pytest.fail(f"the validator is missing; in CI nothing is skipped. {remedy}")
        pytest.skip(f"the validator is missing. {remedy}")
    done = subprocess.run([tool, book / "lite.xlsx"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_broken_package_is_one_error_not_a_crash(pyodide, main_text):
    """What goes wrong in a function is an error value in the cell."""
    code = STAND_IN + (
        "exec(compile(open('/files/main.py').read(), 'main.py', 'exec'), {'__name__': 'main'})\n"
        "import pycalc.registry\n"
        "def broken(*values):\n    raise RuntimeError('broken')\n"
        "pycalc.registry.FUNCTIONS['FT_LABOR'].call = broken\n"
        "result = json.dumps(known['FT_LABOR']([[1.0]], [[1.0]], [[1.0]]))"
    )
    assert pyodide(code, {"/files/main.py": main_text}) == [["#VALUE!"]]
