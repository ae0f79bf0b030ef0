"""A workbook with the functions live in xlwings Lite: main.py and requirements.txt as its web extension.

The parts are the ones xlwings Lite itself leaves in a workbook, read from public ones; it is no official format.
"""

from __future__ import annotations

import json
import os
from xml.sax.saxutils import quoteattr

from addin.lite import main_py
from workbook.errors import WorkbookError
from workbook.file.package import Package

STORE_ID = "wa200008175"
EXTENSION, PANES = "xl/webextensions/webextension1.xml", "xl/webextensions/taskpanes.xml"
PYODIDE = "314.0.0"
"""The first version whose Python is 3.14, which xlwings Lite brings."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_OFFICE = "http://schemas.microsoft.com/office"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EXTENSION_TYPE = "application/vnd.ms-office.webextension+xml"
_PANES_TYPE = "application/vnd.ms-office.webextensiontaskpanes+xml"


def build(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    """Write `source` with the functions in it to `out`; every other part stays byte for byte as it is."""
    with Package(source) as package:
        put_in(package)
        package.save(out)


def put_in(package: Package) -> None:
    """Put the functions into a workbook, or bring the ones it holds up to date."""
    extension = _extension({"main.py": main_py.text(), "requirements.txt": main_py.REQUIREMENTS})
    if EXTENSION in package:
        if not properties(package).get("main.py", "").startswith(main_py.MARK):
            raise WorkbookError(
                f"{package.path} holds another add-in's data, which would be lost. Take a copy without it, or add "
                "the functions there by hand: main.py is what `breakeven addin build lite -o main.py` writes"
            )
        package.replace(EXTENSION, extension)
        return
    if any(name.startswith("xl/webextensions/") for name in package.names):
        raise WorkbookError(f"{package.path} holds another add-in's data already. Take a copy without it")
    package.add(EXTENSION, extension, _EXTENSION_TYPE)
    package.add(PANES, _panes(), _PANES_TYPE)
    package.relate(PANES, f"{_OFFICE}/2011/relationships/webextension", EXTENSION)
    package.relate("", f"{_OFFICE}/2011/relationships/webextensiontaskpanes", PANES)


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


def _extension(files: dict[str, str]) -> bytes:
    values = {**files, "pyodideVersion": PYODIDE}
    lines = "".join(
        f'<we:property name="{name}" value={quoteattr(json.dumps(value))}/>' for name, value in values.items()
    )
    return (
        f'{_XML}<we:webextension xmlns:we="{_OFFICE}/webextensions/webextension/2010/11" '
        'id="{8C2C5B1E-6C64-4B0A-8D52-2A0B4C4E1F30}">'
        f'<we:reference id="{STORE_ID}" version="1.0.0.0" store="en-US" storeType="OMEX"/>'
        f"<we:alternateReferences/><we:properties>{lines}</we:properties><we:bindings/>"
        f'<we:snapshot xmlns:r="{_DOCUMENT}"/></we:webextension>'
    ).encode()


def _panes() -> bytes:
    return (
        f'{_XML}<wetp:taskpanes xmlns:wetp="{_OFFICE}/webextensions/taskpanes/2010/11">'
        '<wetp:taskpane dockstate="right" visibility="1" width="350" row="0">'
        f'<wetp:webextensionref xmlns:r="{_DOCUMENT}" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>'
    ).encode()
