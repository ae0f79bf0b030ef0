"""A sheet made by XlsxWriter, moved into a workbook somebody else made: cells, styles and charts.

Its styles are put behind the workbook's own, so that no existing cell changes its look; every other part stays
as it is.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import xlsxwriter

from workbook.file.package import Package
from workbook.file.saving import scratch, unwritable
from workbook.file.sheets import add_sheet, free_part
from workbook.file.xmlspans import Edit, Element, elements, escaped

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument."
_STYLES = "xl/styles.xml"
_LISTS = ("fonts", "fills", "borders", "cellXfs")
_FIRST_OWN_FORMAT = 164


def graft_sheet(package: Package, name: str, write: Callable[[xlsxwriter.Workbook, str], None]) -> None:
    """Add a sheet of that name. `write(book, name)` makes it, as the only sheet, in an XlsxWriter workbook."""
    made = io.BytesIO()
    try:
        # XlsxWriter keeps rows in a file, and leaves it where it is when something goes wrong.
        with scratch() as folder:
            # Rows in order and texts in their cells, so that there is no table of shared strings to merge.
            book = xlsxwriter.Workbook(made, {"constant_memory": True, "tmpdir": folder})
            write(book, name)
            book.close()
    except OSError as problem:
        raise unwritable(Path(tempfile.gettempdir()), problem) from None
    with zipfile.ZipFile(made) as parts:
        data = parts.read("xl/worksheets/sheet1.xml")
        data = _restyled(data, _merge_styles(package, parts.read(_STYLES)))
        sheet = add_sheet(package, name, data)
        if "xl/drawings/drawing1.xml" in parts.namelist():
            _add_drawing(package, sheet, parts)


def _add_drawing(package: Package, sheet: str, parts: zipfile.ZipFile) -> None:
    drawing = free_part(package, "xl/drawings/drawing{}.xml")
    data = parts.read("xl/drawings/drawing1.xml")
    package.add(drawing, data, _TYPE + "drawing+xml")
    lines = parts.read("xl/drawings/_rels/drawing1.xml.rels").decode()
    edits: list[tuple[str, str]] = []
    for old, target in re.findall(r'Id="(\w+)"[^>]*Target="\.\./charts/([\w.]+)"', lines):
        chart = free_part(package, "xl/charts/chart{}.xml")
        package.add(chart, parts.read(f"xl/charts/{target}"), _TYPE + "drawingml.chart+xml")
        edits.append((old, package.relate(drawing, f"{_OFFICE}/chart", chart)))
    for old, new in edits:
        data = data.replace(f'r:id="{old}"'.encode(), f'r:id="new {new}"'.encode())
    package.replace(drawing, data.replace(b'r:id="new ', b'r:id="'))
    link = package.relate(sheet, f"{_OFFICE}/drawing", drawing)
    package.replace(sheet, package.read(sheet).replace(b'<drawing r:id="rId1"/>', f'<drawing r:id="{link}"/>'.encode()))


def _restyled(sheet: bytes, places: list[int]) -> bytes:
    """Style numbers of cells, rows and columns as the workbook counts them."""

    def moved(match: re.Match[bytes]) -> bytes:
        return match[1] + str(places[int(match[2])]).encode() + b'"'

    return re.sub(rb'(<(?:c|row|col) [^>]*?\b(?:s|style)=")(\d+)"', moved, sheet)


def _merge_styles(package: Package, added: bytes) -> list[int]:
    """Append XlsxWriter's styles; where each of its cell styles stands afterwards.

    A workbook whose styles part lacks one of the lists (none was seen) gets an unstyled sheet.
    """
    part = next(iter(package.related(package.workbook_part, "styles")), None)
    source = ElementTree.fromstring(added)
    space = source.tag.rpartition("}")[0] + "}"
    count = len(source.find(f"{space}cellXfs") or ())
    if part is None:
        return [0] * count
    data = package.read(part)
    target = package.xml(part)
    their_space = target.tag.rpartition("}")[0] + "}"
    lists = {name: target.find(f"{their_space}{name}") for name in _LISTS}
    spans = {element.name: element for element in elements(data, *_LISTS) if element.path == ("styleSheet",)}
    if any(found is None or name not in spans or spans[name].closed for name, found in lists.items()):
        return [0] * count
    offsets = {name: len(found) for name, found in lists.items() if found is not None}
    formats, edits = _number_formats(package, data, target, their_space, source, space)
    for name in _LISTS:
        text = _content(added, name)
        if name == "cellXfs":
            text = _renumbered(text, offsets, formats)
        span = spans[name]
        edits.append(_counted(data, span, offsets[name] + len(source.find(space + name) or ())))
        edits.append((span.content_end, span.content_end, _prefixed(text, span.prefix)))
    package.splice(part, edits)
    return [offsets["cellXfs"] + place for place in range(count)]


def _content(data: bytes, name: str) -> str:
    """What stands between the tags of one of XlsxWriter's lists."""
    span = elements(data, name)[0]
    return data[span.tag_end : span.content_end].decode()


def _renumbered(text: str, offsets: dict[str, int], formats: dict[int, int]) -> str:
    lists = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}

    def moved(match: re.Match[str]) -> str:
        attribute, number = match[1], int(match[2])
        new = formats.get(number, number) if attribute == "numFmtId" else number + offsets[lists[attribute]]
        return f'{attribute}="{new}"'

    text = re.sub(r'\b(numFmtId|fontId|fillId|borderId)="(\d+)"', moved, text)
    # Only the default cell style is sure to be there.
    return re.sub(r'xfId="\d+"', 'xfId="0"', text)


def _number_formats(
    package: Package,
    data: bytes,
    target: ElementTree.Element,
    their_space: str,
    source: ElementTree.Element,
    space: str,
) -> tuple[dict[int, int], list[Edit]]:
    """New numbers for XlsxWriter's own number formats, and the edit that adds them."""
    theirs = target.find(f"{their_space}numFmts")
    taken = [
        package.whole_number("numFmt", item.attrib, "numFmtId", 0) for item in (theirs if theirs is not None else ())
    ]
    free = max([_FIRST_OWN_FORMAT - 1, *taken]) + 1
    ours = source.find(f"{space}numFmts")
    if ours is None:
        return {}, []
    numbers = {int(item.get("numFmtId", 0)): free + place for place, item in enumerate(ours)}
    text = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escaped(item.get("formatCode", ""), quote=True)}"/>'
        for number, item in zip(numbers.values(), ours, strict=True)
    )
    spans = [element for element in elements(data, "numFmts") if element.path == ("styleSheet",)]
    root = elements(data, "styleSheet")[0]
    if spans and not spans[0].closed:
        span = spans[0]
        added = (span.content_end, span.content_end, _prefixed(text, span.prefix))
        return numbers, [_counted(data, span, len(taken) + len(numbers)), added]
    whole = f'<numFmts count="{len(numbers)}">{text}</numFmts>'
    edits: list[Edit] = [(span.start, span.end, b"") for span in spans]
    return numbers, [*edits, (root.tag_end, root.tag_end, _prefixed(whole, root.prefix))]


def _counted(data: bytes, span: Element, count: int) -> Edit:
    """The start tag of a list with its new number of children."""
    head = data[span.start : span.tag_end]
    return span.start, span.tag_end, re.sub(rb'\bcount="\d+"', b'count="%d"' % count, head)


def _prefixed(text: str, prefix: str) -> bytes:
    """XlsxWriter's elements with the namespace prefix the workbook uses."""
    return re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", text).encode()
