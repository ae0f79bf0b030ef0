"""The spreadsheet programs that run here: many cells, and one range of many rows, each against its goal in seconds."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.javascript import javascript
from bench.measure import ROOT, Row, race, skipped

CELLS = 10_000
ROWS = 100_000
_PYODIDE = ROOT / "tests" / "node" / "node_modules" / "pyodide"


def hosts(quick: bool) -> Iterator[Row]:
    yield from _adapter(quick)
    yield from _libreoffice()
    yield from _lite()
    yield from javascript()


def _goal(what: str, size: int, seconds: float, goal: float) -> Row:
    return Row("Hosts", what, size, seconds, "the goal", goal, 1.0)


def _adapter(quick: bool) -> Iterator[Row]:
    """What xlwings' server calls, with cells as COM hands them over."""
    from addin.excel.functions import PE_MONTHLY  # type: ignore[attr-defined]

    column = tuple((float(row),) for row in range(ROWS))
    for ranges, goal in ((1, 0.050), (6, 0.120)):
        args = [column] * ranges + [1.0] * (6 - ranges)
        (best,) = race(lambda args=args: PE_MONTHLY(*args), seconds=0.5 if quick else 3)
        yield _goal(f"xlwings adapter, {ranges} range{'s' if ranges > 1 else ''}", ROWS, best, goal)


def _libreoffice() -> Iterator[Row]:
    if not shutil.which("soffice"):
        yield skipped("Hosts", "LibreOffice", "it is not installed")
        return
    from tests.hosts.calchost import CalcHost

    with tempfile.TemporaryDirectory(prefix="breakeven-bench-", ignore_cleanup_errors=True) as folder:
        host = CalcHost(Path(folder))
        cells, block = host.run(
            ["new"],
            ["time", f"A1:A{CELLS}", "=PE_MONTHLY(ROW();800;50;100;30;60)"],
            ["time_array", f"B1:B{ROWS}", f"=PE_MONTHLY(D1:D{ROWS};800;50;100;30;60)"],
        )
        host.stop()
    yield _goal("LibreOffice, cells", CELLS, cells, CELLS / 50_000)
    yield Row("Hosts", "LibreOffice, one range", ROWS, block)


_TIMED = """
import json, sys, time, types
known = {}
def func(f):
    known[f.__name__] = f
    return f
module = types.ModuleType("xlwings")
module.func, module.arg = func, lambda name, **options: lambda f: f
sys.modules["xlwings"] = module
exec(compile(open("/files/main.py").read(), "main.py", "exec"), {"__name__": "main"})
call, rest = known["PE_MONTHLY"], ([[800.0]], [[50.0]], [[100.0]], [[30.0]], [[60.0]])
start = time.perf_counter()
for row in range(CELLS):
    call([[float(row)]], *rest)
cells = time.perf_counter() - start
column = [[float(row)] for row in range(ROWS)]
start = time.perf_counter()
call(column, *rest)
result = json.dumps([cells, time.perf_counter() - start])
"""


def _lite() -> Iterator[Row]:
    """The text of main.py in Pyodide; without NumPy, which is only on the network there."""
    node = shutil.which("node")
    if not node or not _PYODIDE.exists():
        yield skipped("Hosts", "xlwings Lite", "Node.js or Pyodide is missing: make node")
        return
    from addin.lite import main_py

    code = _TIMED.replace("CELLS", str(CELLS)).replace("ROWS", str(ROWS))
    order = {"pyodide": str(_PYODIDE), "files": {"/files/main.py": main_py.text()}, "code": code}
    driver = ROOT / "tests" / "hosts" / "lite_driver.mjs"
    ran = subprocess.run(
        [node, str(driver)], input=json.dumps(order), capture_output=True, text=True, check=True, timeout=300
    )
    cells, block = json.loads(ran.stdout.strip().splitlines()[-1])
    yield Row("Hosts", "xlwings Lite, cells", CELLS, cells)
    yield Row("Hosts", "xlwings Lite, one range", ROWS, block, note="without NumPy")
