"""A workbook with the functions live in xlwings Lite: main.py and requirements.txt as its web extension.

The parts are the ones xlwings Lite itself leaves in a workbook, read from public ones; it is no official format.
"""

from __future__ import annotations

import json

from addin import webextension
from addin.lite import main_py
from workbook.errors import WorkbookError
from workbook.file.package import Package
from workbook.formulas.storedform import put_in_stored_form

STORE_ID = "wa200008175"
EXTENSION = f"{webextension.FOLDER}webextension1.xml"
PYODIDE = "314.0.0"
"""The first version whose Python is 3.14, which xlwings Lite brings."""

ADDIN = "1.0.0.0-18"
"""The add-in's version, as the newest public workbooks that were looked at have it."""


def put_in(package: Package) -> None:
    """Put the functions into a workbook, or bring the ones it holds up to date."""
    if EXTENSION in package:
        if not properties(package).get("main.py", "").startswith(main_py.MARK):
            raise WorkbookError(
                f"{package.path} holds another add-in's data, which would be lost. Take a copy without it, or add "
                "the functions there by hand: main.py is what `breakeven addin build lite -o main.py` writes"
            )
        package.replace(EXTENSION, _extension(put_in_stored_form(package)))
        return
    if any(name.startswith(webextension.FOLDER) for name in package.names):
        raise WorkbookError(f"{package.path} holds another add-in's data already. Take a copy without it")
    webextension.put_in(package, _extension(put_in_stored_form(package)), shown=True)


def properties(package: Package) -> dict[str, str]:
    """What xlwings Lite keeps in a workbook, by name; empty when it keeps nothing."""
    if EXTENSION not in package:
        return {}
    found = {}
    for element in package.xml(EXTENSION).iter():
        if element.tag.endswith("}property"):
            value = json.loads(element.get("value", '""'))
            found[element.get("name", "")] = value if isinstance(value, str) else json.dumps(value)
    return found


def _extension(used: list[str]) -> bytes:
    """The part with our code, and with the marks Excel leaves there for the functions the workbook calls."""
    values = {
        "main.py": main_py.text(),
        "requirements.txt": main_py.REQUIREMENTS,
        "pyodideVersion": PYODIDE,
        "addinVersion": ADDIN,
    }
    return webextension.extension(
        "{8C2C5B1E-6C64-4B0A-8D52-2A0B4C4E1F30}",
        f'id="{STORE_ID}" version="1.0.0.0" store="en-US" storeType="OMEX"',
        f'id="{STORE_ID}" version="1.0.0.0" store="{STORE_ID.upper()}" storeType="OMEX"',
        {name: json.dumps(value) for name, value in values.items()},
        used,
    )
