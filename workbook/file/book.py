"""Changes to the workbook part: defined names, the calculation settings, a further sheet."""

from __future__ import annotations

import re

from workbook.file.package import Package
from workbook.file.xmlspans import Edit, attribute_edit, escaped, spliced

_NOWHERE = "file:///dev/null/nothing"
_MAY_POINT = re.compile(r"\.rels$|\.vml$|^xl/connections\.xml$", re.IGNORECASE)
_OUTSIDE = re.compile(rb"""(\b(?:href|src|url|sourceFile)\s*=\s*["'])[^"']*""", re.IGNORECASE)
"""Addresses outside the relationships: pictures in drawings of old, queries of the web."""

_AFTER_CALCULATION = (
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
)
"""What the standard wants behind <calcPr>, which itself follows <definedNames>."""


def add_name(package: Package, name: str, text: str, comment: str = "") -> None:
    """Add a defined name for the whole workbook."""
    part = package.workbook_part
    note = f' comment="{escaped(comment[:255], quote=True)}"' if comment else ""
    prefix = package.elements(part, "workbook")[0].prefix
    line = f'<{prefix}definedName name="{name}"{note}>{escaped(text)}</{prefix}definedName>'
    found = package.elements(part, "definedNames")
    if found and not found[0].closed:
        end = found[0].content_end
        edit = (end, end, line.encode())
    else:
        rest = f">{line}</{prefix}definedNames>"
        edit = package.new_child(part, "workbook", "definedNames", rest, ("calcPr", *_AFTER_CALCULATION))
    package.splice(part, [edit])


def recalculate_on_load(package: Package) -> None:
    """Have Excel calculate everything when it opens the file, in its own order: it trusts stored values otherwise."""
    drop_calculation_chain(package)
    part = package.workbook_part
    if found := package.elements(part, "calcPr"):
        edit = attribute_edit(package.read(part), found[0].start, "fullCalcOnLoad", "1")
    else:
        rest = ' calcId="191029" fullCalcOnLoad="1"/>'
        edit = package.new_child(part, "workbook", "calcPr", rest, _AFTER_CALCULATION)
    package.splice(part, [edit])


def drop_calculation_chain(package: Package) -> None:
    """Remove the calculation chain, which Excel rebuilds: one that is out of date brings the repair prompt."""
    for part in package.related(package.workbook_part, "calcChain"):
        package.unrelate(package.workbook_part, part)
        package.delete(part)


def detached(package: Package) -> dict[str, bytes]:
    """The parts as a copy has them in which nothing points outside: whatever opens it fetches and follows nothing.

    Stored values of linked workbooks stay, and so does the place of every link.
    """
    found: dict[str, bytes] = {}
    for name in package.names:
        data = new = package.read(name) if _MAY_POINT.search(name) else b""
        if name.lower().endswith(".rels"):
            edits: list[Edit] = []
            for element in package.elements(name, "Relationship"):
                if element.attributes.get("TargetMode", "").lower() == "external":
                    edits.append(attribute_edit(data, element.start, "Target", _NOWHERE))
            new = spliced(data, edits)
        elif data:
            new = _OUTSIDE.sub(rb"\1" + _NOWHERE.encode(), data)
        if new != data:
            found[name] = new
    return found


def drop_link(package: Package, number: int) -> bool:
    """Remove a link to another workbook, [number], when it is the last one and nothing reads from it any more.

    Only the last: the numbers of the others are their places in the list.
    """
    references = package.elements(package.workbook_part, "externalReference")
    if number != len(references):
        return False
    wanted = next(value for key, value in references[-1].attributes.items() if key.endswith(":id"))
    part = next(r.target for r in package.relationships(package.workbook_part) if r.id == wanted)
    for name in package.names:
        if name.endswith(".xml") and name != part and f"[{number}]".encode() in package.read(name):
            return False
    holder = package.elements(package.workbook_part, "externalReferences")[0]
    gone = holder if number == 1 else references[-1]
    package.splice(package.workbook_part, [(gone.start, gone.end, b"")])
    package.unrelate(package.workbook_part, part)
    package.delete(part)
    return True
