"""Notes on cells (what Excel called comments before threaded ones): a text part and the boxes it is shown in."""

from __future__ import annotations

import re
from importlib import resources
from itertools import pairwise

from workbook.file.addresses import row_and_column
from workbook.file.edits import cell_text
from workbook.file.package import Package
from workbook.file.sheets import free_part
from workbook.file.xmlspans import DECLARATION, Edit, escaped

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument"
_AUTHOR = "llm-breakeven"
_BEHIND = ("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
"""What the standard wants behind <legacyDrawing>."""

_SHAPES, _SHAPE = resources.files("workbook.file").joinpath("notes.vml.template").read_text("utf-8").splitlines()
"""The boxes of a sheet's notes, and one of them."""


def add_notes(package: Package, sheet_part: str, notes: dict[str, str]) -> list[str]:
    """Put notes on cells of a worksheet; a note that is there already is continued.

    Returns the cells that got none: those with a threaded comment, which Excel keeps elsewhere too.
    """
    if package.related(sheet_part, "threadedComment"):
        return list(notes)
    texts = package.related(sheet_part, "comments")
    part = texts[0] if texts else _new_texts(package, sheet_part)
    fresh = _write_texts(package, part, notes)
    if fresh:
        _write_shapes(package, _shapes_part(package, sheet_part), fresh)
    return []


def notes_on(package: Package, sheet_part: str) -> dict[str, str]:
    """The notes on a worksheet, by the address of their cells."""
    space = f"{{{_MAIN}}}"
    return {
        note.get("ref", ""): "".join(text.text or "" for text in note.iter(f"{space}t"))
        for texts in package.related(sheet_part, "comments")
        for note in package.xml(texts).iter(f"{space}comment")
    }


def _new_texts(package: Package, sheet_part: str) -> str:
    part = free_part(package, "xl/comments{}.xml")
    package.add(
        part,
        f'{DECLARATION}<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>'.encode(),
        f"{_TYPE}.spreadsheetml.comments+xml",
    )
    package.relate(sheet_part, f"{_OFFICE}/comments", part)
    return part


def _write_texts(package: Package, part: str, notes: dict[str, str]) -> list[str]:
    """Add the texts, and return the cells that had none before."""
    found = package.elements(part, "authors", "author", "commentList", "comment", "text")
    authors = next(element for element in found if element.name == "authors")
    names = [element.text for element in found if element.name == "author"]
    prefix = authors.prefix
    edits: list[Edit] = []
    if _AUTHOR not in names:
        line = f"<{prefix}author>{_AUTHOR}</{prefix}author>".encode()
        edits.append((authors.content_end, authors.content_end, line))
        names.append(_AUTHOR)
    taken: dict[str, int] = {}
    for element, following in pairwise(found):
        if element.name == "comment" and following.name == "text":
            taken[element.attributes.get("ref", "")] = following.content_end
    lines = ""
    for address, note in notes.items():
        run = f'<{prefix}r><{prefix}t xml:space="preserve">{{}}</{prefix}t></{prefix}r>'
        shown = escaped(cell_text(note))
        if address in taken:
            edits.append((taken[address], taken[address], run.format("\n" + shown).encode()))
        else:
            text = f"<{prefix}text>{run.format(shown)}</{prefix}text>"
            author = names.index(_AUTHOR)
            lines += f'<{prefix}comment ref="{address}" authorId="{author}">{text}</{prefix}comment>'
    comments = next(element for element in found if element.name == "commentList")
    edits.append((comments.content_end, comments.content_end, lines.encode()))
    package.splice(part, edits)
    return [address for address in notes if address not in taken]


def _shapes_part(package: Package, sheet_part: str) -> str:
    """The drawing with the boxes of a sheet's notes; a new one where there is none."""
    legacy = package.elements(sheet_part, "legacyDrawing")
    if legacy:
        wanted = next(value for key, value in legacy[0].attributes.items() if key.endswith("id"))
        return next(r.target for r in package.relationships(sheet_part) if r.id == wanted)
    part = free_part(package, "xl/drawings/vmlDrawing{}.vml")
    blocks = [0]
    for name in package.names:
        if name.lower().endswith(".vml"):
            blocks += map(int, re.findall(rb'idmap[^>]*\bdata="(\d{1,9})', package.read(name)))
    package.add(part, _SHAPES.format(block=max(blocks) + 1).encode(), f"{_TYPE}.vmlDrawing")
    identifier = package.relate(sheet_part, f"{_OFFICE}/vmlDrawing", part)
    rest = f' xmlns:r="{_OFFICE}" r:id="{identifier}"/>'
    package.splice(sheet_part, [package.new_child(sheet_part, "worksheet", "legacyDrawing", rest, _BEHIND)])
    return part


def _write_shapes(package: Package, part: str, places: list[str]) -> None:
    data = package.read(part)
    block = re.search(rb'idmap[^>]*\bdata="(\d{1,9})', data)
    numbers = [int(number) for number in re.findall(rb"_x0000_s(\d{1,12})", data)]
    number = max([*numbers, 1024 * int(block[1] if block else 1)]) + 1
    shapes = ""
    for address in places:
        row, column = row_and_column(address)
        shapes += _SHAPE.format(
            number=number,
            left=column,
            right=column + 5,
            top=max(row - 2, 0),
            bottom=row + 4,
            row=row - 1,
            column=column - 1,
        )
        number += 1
    end = data.rindex(b"</xml")
    package.replace(part, data[:end] + shapes.encode() + data[end:])
