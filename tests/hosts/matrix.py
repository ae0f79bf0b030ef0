"""The host matrix docs/hosts/matrix.md, written from what the hosts' tests found.

After a change that is meant: `python -m tests.hosts.matrix --accept` runs those tests, keeps what they found and
writes the page anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pycalc import FUNCTIONS
from tests.hosts.hostresults import FOLDER, REASONS

HERE = Path(__file__).parent

PAGE = HERE.parent.parent / "docs" / "hosts" / "matrix.md"
HOSTS = {
    "excel": "Excel, xlwings",
    "lite": "xlwings Lite",
    "calc": "LibreOffice",
    "lambda": "Excel 365, LAMBDA",
    "office": "Office add-in, web",
    "office-desktop": "Office add-in, desktop",
    "sheets": "Google Sheets",
}
_HEAD = """<!-- Written by tests/hosts/matrix.py from the results of the tests; do not edit. -->
# Which function works where

Every row of every case table runs through each host: same number to 1e-12 of the largest term (LAMBDA: IRR and NPV
as their twins state), same error value. *Same* is the same as Python in every row; a number is a documented
difference, explained below the table.

How each host was run: xlwings' own code over our module with Windows' COM stubbed, the VBA in LibreOffice Basic; the
text of main.py in Pyodide under Node; the extension in headless LibreOffice 7.4, every case in a workbook as Excel
writes it; the LAMBDA names in IronCalc; the Office add-in's functions in Node against a stand-in for Office.js, a blank
cell arriving as null (web) and as 0, with Excel asked whether it is blank (desktop); the script of Google Sheets in
Node. Nothing was run in Excel itself: see
[not yet seen in Excel](../not-yet-seen-in-excel.md).
"""


def text() -> str:
    """The page."""
    found = {host: json.loads((FOLDER / f"{host}.json").read_text(encoding="utf-8")) for host in HOSTS}
    used = [reason for reason in REASONS if any(reason in seen for host in found.values() for seen in host.values())]
    numbers = {reason: number for number, reason in enumerate(used, 1)}
    lines = [_HEAD, f"| Function | {' | '.join(HOSTS.values())} |", "|---|" + "---|" * len(HOSTS)]
    for name in FUNCTIONS:
        cells = [_cell(found[host].get(name), numbers) for host in HOSTS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", *[f"{numbers[reason]}. {REASONS[reason]}" for reason in used], ""]
    return "\n".join(lines)


def _cell(reasons: list[str] | None, numbers: dict[str, int]) -> str:
    if reasons is None:
        return "not tested"
    notes = ", ".join(str(number) for number in sorted(numbers[reason] for reason in reasons if reason != "same"))
    if {"no-twin", "no-tokens"} & set(reasons):
        return f"no ({notes})"
    return f"same ({notes})" if notes else "same"


def main() -> None:
    if "--accept" in sys.argv:
        environment = {**os.environ, "BREAKEVEN_ACCEPT_HOSTS": "1"}
        # Without the test that the page is current: it is written below, from what the others find.
        tests = [str(HERE), "-q", "-k", "not page_is_current"]
        run = subprocess.run([sys.executable, "-m", "pytest", *tests], env=environment)
        if run.returncode:
            sys.exit(run.returncode)
    PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
