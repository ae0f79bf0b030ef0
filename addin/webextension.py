"""What a workbook says of an Office add-in whose functions it calls: a web extension and its task pane.

Form: Microsoft, [MS-OWEXML], and files that Excel saved with such an add-in loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from workbook.file.package import Package
from workbook.file.sheets import free_part
from workbook.file.xmlspans import DECLARATION
from workbook.formulas.storedform import PREFIX

FOLDER = "xl/webextensions/"
PANES = f"{FOLDER}taskpanes.xml"
_OFFICE = "http://schemas.microsoft.com/office"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_EXTENSION_TYPE = "application/vnd.ms-office.webextension+xml"
_PANES_TYPE = "application/vnd.ms-office.webextensiontaskpanes+xml"
_NO_PANES = f'{DECLARATION}<wetp:taskpanes xmlns:wetp="{_OFFICE}/webextensions/taskpanes/2010/11"></wetp:taskpanes>'


def put_in(package: Package, extension: bytes, *, shown: bool) -> None:
    """Add a web extension beside those of other add-ins; `shown` opens its pane with the workbook."""
    part = free_part(package, FOLDER + "webextension{}.xml")
    package.add(part, extension, _EXTENSION_TYPE)
    if PANES not in package:
        package.add(PANES, _NO_PANES.encode(), _PANES_TYPE)
        package.relate("", f"{_OFFICE}/2011/relationships/webextensiontaskpanes", PANES)
    root = package.elements(PANES, "taskpanes")[0]
    row = len(package.elements(PANES, "taskpane"))
    link = package.relate(PANES, f"{_OFFICE}/2011/relationships/webextension", part)
    prefix = root.prefix
    pane = (
        f'<{prefix}taskpane dockstate="right" visibility="{int(shown)}" width="350" row="{row}">'
        f'<{prefix}webextensionref xmlns:r="{_DOCUMENT}" r:id="{link}"/></{prefix}taskpane>'
    )
    package.splice(PANES, [(root.content_end, root.content_end, pane.encode())])


def extension(
    instance: str, reference: str, more: str = "", properties: Mapping[str, str] | None = None, used: Sequence[str] = ()
) -> bytes:
    """The part of one add-in.

    Parameters
    ----------
    instance : the GUID of this web extension, in curly brackets.
    reference, more : the attributes of the reference to the add-in, and of another one.
    properties : what the add-in keeps in the workbook.
    used : the functions the workbook calls, by which Excel knows what the add-in is wanted for.
    """
    lines = "".join(
        f'<we:property name="{name}" value={quoteattr(value)}/>' for name, value in (properties or {}).items()
    )
    other = f"<we:reference {more}/>" if more else ""
    return (
        f'{DECLARATION}<we:webextension xmlns:we="{_OFFICE}/webextensions/webextension/2010/11" id="{instance}">'
        f"<we:reference {reference}/><we:alternateReferences>{other}</we:alternateReferences>"
        f"<we:properties>{lines}</we:properties><we:bindings/>"
        f'<we:snapshot xmlns:r="{_DOCUMENT}"/>{_marks(used)}</we:webextension>'
    ).encode()


def _marks(used: Sequence[str]) -> str:
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
