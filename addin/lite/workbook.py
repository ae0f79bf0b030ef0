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
from workbook.formulas.storedform import PREFIX, put_in_stored_form

STORE_ID = "wa200008175"
EXTENSION, PANES = "xl/webextensions/webextension1.xml", "xl/webextensions/taskpanes.xml"
PYODIDE = "314.0.0"
"""The first version whose Python is 3.14, which xlwings Lite brings."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_OFFICE = "http://schemas.microsoft.com/office"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_EXTENSION_TYPE = "application/vnd.ms-office.webextension+xml"
_PANES_TYPE = "application/vnd.ms-office.webextensiontaskpanes+xml"


def build(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    """Write `source` with the functions in it to `out`; every other part stays byte for byte as it is."""
    with Package(source) as package:
        put_in(package)
        package.save(out)


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
    if any(name.startswith("xl/webextensions/") for name in package.names):
        raise WorkbookError(f"{package.path} holds another add-in's data already. Take a copy without it")
    package.add(EXTENSION, _extension(put_in_stored_form(package)), _EXTENSION_TYPE)
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


def _extension(used: list[str]) -> bytes:
    """The part with our code, and with the marks Excel leaves there for the functions the workbook calls."""
    values = {"main.py": main_py.text(), "requirements.txt": main_py.REQUIREMENTS, "pyodideVersion": PYODIDE}
    lines = "".join(
        f'<we:property name="{name}" value={quoteattr(json.dumps(value))}/>' for name, value in values.items()
    )
    return (
        f'{_XML}<we:webextension xmlns:we="{_OFFICE}/webextensions/webextension/2010/11" '
        'id="{8C2C5B1E-6C64-4B0A-8D52-2A0B4C4E1F30}">'
        f'<we:reference id="{STORE_ID}" version="1.0.0.0" store="en-US" storeType="OMEX"/>'
        f'<we:alternateReferences><we:reference id="{STORE_ID}" version="1.0.0.0" store="{STORE_ID.upper()}" '
        f'storeType="OMEX"/></we:alternateReferences><we:properties>{lines}</we:properties><we:bindings/>'
        f'<we:snapshot xmlns:r="{_DOCUMENT}"/>{_marks(used)}</we:webextension>'
    ).encode()


def _marks(used: list[str]) -> str:
    """The extension list by which Excel knows which custom functions a workbook calls (MS-OWEXML 2.2.11, 2.2.13)."""
    if not used:
        return ""
    names = "".join(f"<we:customFunctionIds>{PREFIX}{name}</we:customFunctionIds>" for name in used)
    extensions = {
        "{D87F86FE-615C-45B5-9D79-34F1136793EB}": "<we:containsCustomFunctions/>",
        "{7C84B067-C214-45C3-A712-C9D94CD141B2}": f"<we:customFunctionIdList>{names}</we:customFunctionIdList>",
    }
    listed = "".join(f'<a:ext uri="{uri}" xmlns:a="{_DRAWING}">{text}</a:ext>' for uri, text in extensions.items())
    return f"<we:extLst>{listed}</we:extLst>"


def _panes() -> bytes:
    return (
        f'{_XML}<wetp:taskpanes xmlns:wetp="{_OFFICE}/webextensions/taskpanes/2010/11">'
        '<wetp:taskpane dockstate="right" visibility="1" width="350" row="0">'
        f'<wetp:webextensionref xmlns:r="{_DOCUMENT}" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>'
    ).encode()
