"""The record in xl/metadata.xml by which Excel knows that a cell's formula may spill; such cells name it by `cm`.

Its form is the one Excel writes, as measured by XlsxWriter's authors on files Excel saved.
"""

from __future__ import annotations

from pathlib import Path

from workbook.file.package import Package
from workbook.file.xmlspans import DECLARATION, Element, attribute_edit

PART = "xl/metadata.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"
_NAME = "XLDAPR"
_KIND, _FUTURE = (Path(__file__).parent / "dynamic.xml.template").read_text("utf-8").splitlines()
"""The kind of record, and the record itself."""


def mark(package: Package) -> str | None:
    """What a cell says in `cm`; the record is added where there is none.

    None where the workbook has such a part in a form Excel does not write: it is left alone.
    """
    found = package.related(package.workbook_part, "sheetMetadata")
    if not found:
        package.add(PART, _whole().encode(), _TYPE)
        package.relate(package.workbook_part, _RELATIONSHIP, PART)
        return "1"
    part = found[0]
    elements = package.elements(part, "metadata", "metadataTypes", "metadataType", "cellMetadata", "rc", "bk")
    if any(":" in element.tag or (element.name == "metadata" and element.closed) for element in elements):
        return None
    kinds = [element.attributes.get("name") for element in elements if element.name == "metadataType"]
    blocks = [element for element in elements if element.name == "bk" and element.path[-1:] == ("cellMetadata",)]
    records = [element for element in elements if element.name == "rc" and "cellMetadata" in element.path]
    if _NAME in kinds:
        number = str(kinds.index(_NAME) + 1)
        for place, block in enumerate(blocks):
            if any(block.start < rc.start < block.end and rc.attributes.get("t") == number for rc in records):
                return str(place + 1)
        return None
    _add(package, part, elements, len(kinds) + 1, len(blocks) + 1)
    return str(len(blocks) + 1)


def _add(package: Package, part: str, elements: list[Element], kind: int, block: int) -> None:
    """Add the record behind those of other kinds, in the schema's order: types, strings, future, cells, values."""
    data = package.read(part)
    whole = next(element for element in elements if element.name == "metadata")
    types = next((element for element in elements if element.name == "metadataTypes"), None)
    cells = next((element for element in elements if element.name == "cellMetadata"), None)
    later = package.elements(part, "cellMetadata", "valueMetadata", "extLst")
    place = min((element.start for element in later if len(element.path) == 1), default=whole.content_end)
    record = f'<bk><rc t="{kind}" v="0"/></bk>'
    edits = [(place, place, _FUTURE.encode())]
    if types is None:
        edits.append((whole.tag_end, whole.tag_end, f'<metadataTypes count="1">{_KIND}</metadataTypes>'.encode()))
    else:
        edits += _longer(data, types, _KIND, kind)
    if cells is None:
        edits[0] = (place, place, f'{_FUTURE}<cellMetadata count="1">{record}</cellMetadata>'.encode())
    else:
        edits += _longer(data, cells, record, block)
    package.splice(part, sorted(edits))


def _longer(data: bytes, element: Element, text: str, count: int) -> list[tuple[int, int, bytes]]:
    """A list with one more entry, which says how many it has."""
    return [
        attribute_edit(data, element.start, "count", str(count)),
        (element.content_end, element.content_end, text.encode()),
    ]


def _whole() -> str:
    return (
        f'{DECLARATION}<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<metadataTypes count="1">{_KIND}</metadataTypes>{_FUTURE}'
        '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
    )
