"""An Excel workbook: its sheets, names and strings, and how its parts point to each other."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from workbook.errors import BadWorkbook
from workbook.file.cells import Cell, Value, cells, contents, shared_strings
from workbook.file.opening import folded
from workbook.file.parts import CONTENT_TYPES, Parts
from workbook.file.plaincells import Whole
from workbook.file.strict import is_strict, strict
from workbook.file.xmlspans import DECLARATION, Edit, appended, escaped, spliced
from workbook.progress import counted

SIGNATURE_NOTE = "The file carries a digital signature; the changes break it, so sign the result again."
MAIN_TYPES = (
    "sheet.main+xml",
    "sheet.macroEnabled.main+xml",
    "template.main+xml",
    "addin.macroEnabled.main+xml",
)


@dataclass(frozen=True)
class Relationship:
    """One line of a .rels part; `target` is the part's name, or the outside address when `external`."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last word of the type, which the transitional and the strict form of the standard share."""
        return self.type.rpartition("/")[2]


@dataclass(frozen=True)
class Sheet:
    """One tab: its name, its part, `kind` ("worksheet", "chartsheet", ..) and whether it is hidden."""

    name: str
    part: str
    kind: str
    state: str
    index: int


@dataclass(frozen=True)
class DefinedName:
    """A defined name; `sheet` is the sheet it is local to, None for the whole workbook."""

    name: str
    text: str
    sheet: str | None
    hidden: bool


class Package(Parts):
    """A workbook file opened for reading, with the changes to make when it is saved."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self._strings: list[str] | None = None
        self._sheets: tuple[int, list[Sheet]] = (-1, [])
        try:
            self.workbook_part = self._find_workbook_part()
        except BaseException:
            self.close()
            raise

    # reading

    def cells(self, part: str, data: bytes | None = None, *, formulas_only: bool = False) -> Iterator[Cell]:
        """The cells of a worksheet part, streamed; `data` is what `read` gave of it, where it is at hand."""
        return self.cells_or_lines(part, data, formulas_only, None)

    def cells_or_lines(self, part: str, data: bytes | None, formulas_only: bool, whole: Whole | None) -> Iterator[Any]:
        """The same, but for the lines that `whole` reads what it makes of them."""
        with self.parsing(part):
            yield from counted(cells(self.read(part) if data is None else data, formulas_only, whole), "cells")

    def contents(self, part: str) -> Iterator[tuple[int, int, str, Value]]:
        """Row, column, kind of formula ("" without one) and value of each cell of a worksheet part."""
        with self.parsing(part):
            yield from contents(self.read(part), self.strings())

    def strings(self) -> list[str]:
        """The shared strings of the workbook."""
        if self._strings is None:
            self._strings = []
            for part in self.related(self.workbook_part, "sharedStrings"):
                with self.parsing(part):
                    self._strings = shared_strings(self.read(part))
        return self._strings

    def relationships(self, part: str) -> list[Relationship]:
        """What a part points to; "" is the package itself."""
        rels = relationships_part(part)
        if rels not in self:
            return []
        found = []
        for element in self.xml(rels):
            if not element.tag.endswith("}Relationship"):
                continue
            external = element.get("TargetMode") == "External"
            target = element.get("Target", "")
            found.append(
                Relationship(
                    element.get("Id", ""),
                    element.get("Type", ""),
                    target if external else _resolved(part, target),
                    external,
                )
            )
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """The names of the parts a part points to by relationships of one kind."""
        return [self.known(r.target) for r in self.relationships(part) if r.kind == kind and r.target in self]

    def content_type(self, part: str) -> str:
        """What [Content_Types].xml says of a part; "" when nothing."""
        default = ""
        extension = part.rpartition(".")[2].lower()
        for element in self.xml(CONTENT_TYPES):
            if element.get("PartName", "").lstrip("/").lower() == part.lower():
                return element.get("ContentType", "")
            if element.get("Extension", "").lower() == extension:
                default = element.get("ContentType", "")
        return default

    def sheets(self) -> list[Sheet]:
        """The tabs in their order."""
        if self._sheets[0] != self.changes:
            self._sheets = self.changes, self._read_sheets()
        return self._sheets[1]

    def _read_sheets(self) -> list[Sheet]:
        targets = {r.id: r for r in self.relationships(self.workbook_part)}
        found: list[Sheet] = []
        for element in self._workbook_children("sheets"):
            ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
            relationship = targets.get(ids[0]) if ids else None
            name, state = element.get("name", ""), element.get("state", "visible")
            if ids == [""]:  # a module of macros from before Excel 97, kept as a tab without a part
                found.append(Sheet(name, "", "module", state, len(found)))
                continue
            if relationship is None or relationship.target not in self:
                raise BadWorkbook(
                    self.path,
                    f'the part of its sheet "{name}" is missing',
                    "The file is damaged: open it in Excel, let it repair, save it",
                )
            found.append(Sheet(name, self.known(relationship.target), relationship.kind, state, len(found)))
        return found

    def worksheets(self) -> list[Sheet]:
        """The tabs that hold cells."""
        return [sheet for sheet in self.sheets() if sheet.kind == "worksheet"]

    def find_sheet(self, name: str) -> Sheet | None:
        """The worksheet of that name, letter case aside as in Excel; None when there is none."""
        return next((sheet for sheet in self.worksheets() if sheet.name.upper() == name.upper()), None)

    def worksheet(self, name: str, remedy: str = "Check the name") -> Sheet:
        """The same; `BadWorkbook` when there is none."""
        sheet = self.find_sheet(name)
        if sheet is None:
            raise BadWorkbook(self.path, f"it has no sheet named {name}", remedy)
        return sheet

    def defined_names(self) -> list[DefinedName]:
        """Every defined name with its scope."""
        sheets: list[str] | None = None
        found: list[DefinedName] = []
        for element in self._workbook_children("definedNames"):
            scope = element.get("localSheetId")
            if scope is not None and sheets is None:
                sheets = [s.get("name", "") for s in self._workbook_children("sheets")]
            place = int(scope) if scope and scope.isdecimal() and len(scope) < 6 else -1
            local = sheets[place] if sheets and 0 <= place < len(sheets) else None
            hidden = element.get("hidden") in ("1", "true")
            found.append(DefinedName(element.get("name", ""), element.text or "", local, hidden))
        return found

    def signature_note(self) -> str:
        """What to say of a changed copy of a signed file, "" for one that is not."""
        kinds = {r.kind for r in self.relationships("")}
        signed = "origin" in kinds or any(folded(n).startswith("_xmlsignatures/") for n in self.names)
        return SIGNATURE_NOTE if signed else ""

    def _workbook_children(self, wanted: str) -> list[ElementTree.Element]:
        for element in self.xml(self.workbook_part):
            if element.tag.endswith("}" + wanted):
                return list(element)
        return []

    def _find_workbook_part(self) -> str:
        for relationship in self.relationships(""):
            if relationship.kind == "officeDocument":
                part = self.known(relationship.target)
                kind = self.content_type(part)
                if not kind.endswith(MAIN_TYPES):
                    raise BadWorkbook(self.path, f"it is not an Excel workbook ({kind})", "Give an .xlsx or .xlsm file")
                return part
        raise BadWorkbook(self.path, "it is a zip file but no Excel workbook", "Give an .xlsx or .xlsm file")

    # changing

    def add(self, name: str, data: bytes | Iterable[bytes], content_type: str = "") -> None:
        """Add a part; with `content_type`, declare it too."""
        super().add(name, data)
        if content_type:
            self.declare(name, content_type)

    def delete(self, name: str) -> None:
        """Remove a part, its own relationships and its content-type line. Relationships to it: `unrelate`."""
        name = self.known(name)
        for gone in (name, relationships_part(name)):
            if gone in self:
                self.drop(gone)
        lines = [
            (element.start, element.end, b"")
            for element in self.elements(CONTENT_TYPES, "Override")
            if folded(element.attributes.get("PartName", "")) == folded(name)
        ]
        self.splice(CONTENT_TYPES, lines)

    def declare(self, name: str, content_type: str) -> None:
        """Add a content-type line for a part."""
        line = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
        self._append(CONTENT_TYPES, "Types", line)

    def relate(self, part: str, kind_type: str, target: str) -> str:
        """Point one part to another, and return the relationship's id."""
        rels = relationships_part(part)
        taken = {r.id for r in self.relationships(part)}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        # Relative, as Excel writes it: not every program understands a leading slash.
        address = posixpath.relpath(target, posixpath.dirname(part))
        line = f'<Relationship Id="rId{number}" Type="{kind_type}" Target="{escaped(address, quote=True)}"/>'
        if rels not in self:
            namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
            self.add(rels, f'{DECLARATION}<Relationships xmlns="{namespace}">{line}</Relationships>'.encode())
        else:
            self._append(rels, "Relationships", line)
        return f"rId{number}"

    def unrelate(self, part: str, target: str) -> None:
        """Remove the relationships from one part to another."""
        rels = relationships_part(part)
        gone = {r.id for r in self.relationships(part) if not r.external and folded(r.target) == folded(target)}
        lines = [
            (element.start, element.end, b"")
            for element in self.elements(rels, "Relationship")
            if element.attributes.get("Id") in gone
        ]
        self.splice(rels, lines)

    def splice(self, part: str, edits: Sequence[Edit]) -> None:
        """Make edits in a part; without any it stays as it is."""
        if edits:
            self.replace(part, spliced(self.read(part), edits))

    def new_child(self, part: str, root: str, name: str, rest: str, followers: tuple[str, ...]) -> Edit:
        """What to splice for a new child of a part's root, before the first of those that the standard wants behind."""
        whole = self.elements(part, root)[0]
        later = [element.start for element in self.elements(part, *followers) if element.path == (root,)]
        at = min(later, default=whole.content_end)
        return at, at, f"<{whole.prefix}{name}{rest}".encode()

    def _append(self, part: str, root: str, line: str) -> None:
        """Add an element at the end of a part's root, with the prefix the root has."""
        element = self.elements(part, root)[0]
        new = line.replace("<", f"<{element.prefix}", 1).encode()
        self.splice(part, [appended(self.read(part), element, new)])

    def save(self, out: str | os.PathLike[str], *, allow_source: bool = False) -> Path:
        """Write the workbook with its changes to `out`, in the form of the standard it has: see `Parts.save`."""
        if is_strict(self.read(self.workbook_part)):
            self._changed = {
                name: strict(self.read(name)) if name.lower().endswith((".xml", ".rels")) else data
                for name, data in self._changed.items()
            }
        return super().save(out, allow_source=allow_source)


def relationships_part(part: str) -> str:
    """The .rels part that belongs to a part; "" is the package."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _resolved(part: str, target: str) -> str:
    """A relationship target as a part name: relative to the part's folder, or absolute with a slash."""
    if target.startswith("/"):
        return target.lstrip("/")
    pieces: list[str] = [] if "/" not in part else part.split("/")[:-1]
    for piece in PurePosixPath(target.replace("\\", "/")).parts:
        if piece == "..":
            pieces = pieces[:-1]
        elif piece != ".":
            pieces.append(piece)
    return "/".join(pieces)
