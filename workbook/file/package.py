"""An Excel workbook as the parts it is made of.

Opening checks the file before anything is read from it: that it is an Excel workbook at all, that it is
whole, and that it is no trap (a zip bomb, an XML part with a document type). Saving changes the parts it was
told to change and copies every other part as the compressed bytes it came in, in the old order, to a
temporary file in the target folder that takes the target's name only when it is complete. The source is
never written to.
"""

from __future__ import annotations

import os
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from workbook.errors import BadCell, BadWorkbook
from workbook.file.cells import Cell, cells, shared_strings
from workbook.file.opening import (
    LONGEST_PROLOGUE,
    changed_meanwhile,
    checked_entries,
    folded,
    has_document_type,
    is_unusual,
    open_zip,
    read_in_one_state,
    root_begins,
    state_of,
)
from workbook.file.saving import check_target, replacing, same_file
from workbook.file.strict import is_strict, strict
from workbook.file.xmlspans import Element, NotUtf8, check_depth, elements, spliced
from workbook.file.zipwriter import ZipWriter
from workbook.progress import counted

__all__ = ["BadWorkbook", "DefinedName", "Package", "Relationship", "Sheet", "check_target", "replacing", "same_file"]

_REPAIR = "Open it in Excel, let it repair, save it"
SIGNATURE_NOTE = "The file carries a digital signature; the changes break it, so sign the result again."
CONTENT_TYPES = "[Content_Types].xml"
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


class Package:
    """A workbook file opened for reading, with the changes to make when it is saved.

    Use it as a context manager, or call `close`. Part names are the entry names of the zip, without a
    leading slash; they are looked up without regard to letter case, as the standard wants.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._changed: dict[str, bytes] = {}
        self._deleted: set[str] = set()
        self._strings: list[str] | None = None
        self._zip, self._stream = open_zip(self.path)
        try:
            self._state = read_in_one_state(self.path, self._stream.fileno())
            self._entries = checked_entries(self.path, self._zip)
            self.unusual = is_unusual(self._zip, self._stream)
            """Whether the zip has what few programs write: 64-bit records, bytes before or behind it."""
            self._folded = {folded(name): name for name in self._entries}
            self._check_kind()
            self._check_document_types()
            self.workbook_part = self._find_workbook_part()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._zip.close()
        self._stream.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it could not be opened
            self.close()

    # reading

    @property
    def names(self) -> list[str]:
        """Every part, in the order of the file, new ones last."""
        return [name for name in (*self._entries, *self._new_names()) if name not in self._deleted]

    def __contains__(self, name: str) -> bool:
        name = self._folded.get(folded(name), name)
        return (name in self._entries or name in self._changed) and name not in self._deleted

    def read(self, name: str) -> bytes:
        """The bytes of a part, as changed so far."""
        name = self._known(name)
        if name in self._changed:
            return self._changed[name]
        return self._read_entry(name)

    def xml(self, name: str) -> ElementTree.Element:
        """A small part, parsed. Worksheets are streamed instead: see `workbook.file.cells`."""
        data = self.read(name)
        try:
            check_depth(data)
            return ElementTree.fromstring(data)
        except (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError) as problem:
            raise self._damaged(name, problem) from None  # LookupError: an encoding nobody knows

    def whole_number(self, tag: str, attributes: Mapping[str, str], name: str, default: int) -> int:
        """The whole number in an attribute of an element of the file, which may hold anything."""
        text = attributes.get(name)
        if text is None:
            return default
        if re.fullmatch(r"\s*[+-]?[0-9]{1,10}\s*", text):
            return int(text)
        raise BadWorkbook(
            self.path, f'an element <{tag}> of it says {name}="{text:.40}", where a whole number belongs', _REPAIR
        )

    def elements(self, name: str, *wanted: str) -> list[Element]:
        """The elements of these names in a part, with their byte spans."""
        with self._parsing(name):
            return elements(self.read(name), *wanted)

    def cells(self, part: str, data: bytes | None = None, *, formulas_only: bool = False) -> Iterator[Cell]:
        """The cells of a worksheet part, streamed; `data` is what `read` gave of it, where it is at hand."""
        with self._parsing(part):
            yield from counted(cells(self.read(part) if data is None else data, formulas_only), "cells")

    def strings(self) -> list[str]:
        """The shared strings of the workbook."""
        if self._strings is None:
            self._strings = []
            for part in self.related(self.workbook_part, "sharedStrings"):
                with self._parsing(part):
                    self._strings = shared_strings(self.read(part))
        return self._strings

    @contextmanager
    def _parsing(self, name: str) -> Iterator[None]:
        try:
            yield
        except NotUtf8 as problem:
            raise BadWorkbook(
                self.path, f"its part {name} is written in {problem}, not UTF-8", "Save it again from Excel"
            ) from None
        except BadCell as problem:
            raise self._damaged(name, problem.what) from None
        except (expat.ExpatError, ValueError, LookupError) as problem:
            raise self._damaged(name, problem) from None

    def _damaged(self, name: str, problem: Exception | str) -> BadWorkbook:
        return BadWorkbook(self.path, f"its part {name} is damaged ({problem})", _REPAIR)

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
        return [self._known(r.target) for r in self.relationships(part) if r.kind == kind and r.target in self]

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
        targets = {r.id: r for r in self.relationships(self.workbook_part)}
        found: list[Sheet] = []
        for element in self._workbook_children("sheets"):
            ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
            relationship = targets.get(ids[0]) if ids else None
            name = element.get("name", "")
            if relationship is None or relationship.target not in self:
                raise BadWorkbook(
                    self.path,
                    f'the part of its sheet "{name}" is missing',
                    "The file is damaged: open it in Excel, let it repair, save it",
                )
            found.append(
                Sheet(
                    name,
                    self._known(relationship.target),
                    relationship.kind,
                    element.get("state", "visible"),
                    len(found),
                )
            )
        return found

    def worksheets(self) -> list[Sheet]:
        """The tabs that hold cells."""
        return [sheet for sheet in self.sheets() if sheet.kind == "worksheet"]

    def worksheet(self, name: str, remedy: str = "Check the name") -> Sheet:
        """The worksheet of that name, letter case aside as in Excel; `BadWorkbook` when there is none."""
        for sheet in self.worksheets():
            if sheet.name.lower() == name.lower():
                return sheet
        raise BadWorkbook(self.path, f"it has no sheet named {name}", remedy)

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
        return SIGNATURE_NOTE if self.has_signature() else ""

    def has_signature(self) -> bool:
        """Whether the file, or its macros, carry a digital signature, which any change breaks."""
        kinds = {r.kind for r in self.relationships("")}
        return "origin" in kinds or any(folded(n).startswith("_xmlsignatures/") for n in self.names)

    def _workbook_children(self, wanted: str) -> list[ElementTree.Element]:
        for element in self.xml(self.workbook_part):
            if element.tag.endswith("}" + wanted):
                return list(element)
        return []

    # changing

    @property
    def changed(self) -> bool:
        """Whether anything differs from the file."""
        return bool(self._changed or self._deleted)

    def replace(self, name: str, data: bytes) -> None:
        """Give a part new bytes."""
        self._changed[self._known(name)] = data

    def add(self, name: str, data: bytes, content_type: str = "") -> None:
        """Add a part; with `content_type`, declare it too."""
        if name in self:
            raise ValueError(f"{self.path} already has a part {name}")
        self._folded[folded(name)] = name
        self._deleted.discard(name)
        self._changed[name] = data
        if content_type:
            self.declare(name, content_type)

    def delete(self, name: str) -> None:
        """Remove a part, its own relationships and its content-type line. Relationships to it: `unrelate`."""
        name = self._known(name)
        for gone in (name, relationships_part(name)):
            if gone in self:
                gone = self._known(gone)
                self._changed.pop(gone, None)
                self._deleted.add(gone)
        lines = [
            (element.start, element.end, b"")
            for element in self.elements(CONTENT_TYPES, "Override")
            if folded(element.attributes.get("PartName", "")) == folded(name)
        ]
        if lines:
            self.replace(CONTENT_TYPES, spliced(self.read(CONTENT_TYPES), lines))

    def declare(self, name: str, content_type: str) -> None:
        """Add a content-type line for a part."""
        line = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
        self._append(CONTENT_TYPES, "Types", line)

    def relate(self, part: str, kind_type: str, target: str, *, external: bool = False) -> str:
        """Point one part to another, and return the relationship's id."""
        rels = relationships_part(part)
        taken = {r.id for r in self.relationships(part)}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        # Relative, as Excel writes it: not every program understands a leading slash.
        address = target if external else posixpath.relpath(target, posixpath.dirname(part))
        mode = ' TargetMode="External"' if external else ""
        line = f'<Relationship Id="rId{number}" Type="{kind_type}" Target={quoteattr(address)}{mode}/>'
        if rels not in self:
            namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
            self.add(
                rels,
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
                f'<Relationships xmlns="{namespace}">{line}</Relationships>'.encode(),
            )
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
        self.replace(rels, spliced(self.read(rels), lines))

    def _append(self, part: str, root: str, line: str) -> None:
        """Add an element at the end of a part's root, with the prefix the root has."""
        data = self.read(part)
        element = self.elements(part, root)[0]
        new = line.replace("<", f"<{element.prefix}", 1).encode()
        if element.closed:
            opened = data[element.start : element.end - 2].rstrip() + b">"
            edit = (element.start, element.end, opened + new + f"</{element.tag}>".encode())
        else:
            edit = (element.content_end, element.content_end, new)
        self.replace(part, spliced(data, [edit]))

    # saving

    def save(self, out: str | os.PathLike[str], *, allow_source: bool = False) -> Path:
        """Write the workbook with its changes to `out`, which is the source only where that is allowed.

        A file already at `out` is replaced in one step; whatever happens on the way, no partial file is left
        under that name.
        """
        out = Path(out)
        if not allow_source:
            check_target(self.path, out)
        if is_strict(self.read(self.workbook_part)):
            self._changed = {
                name: strict(data) if name.lower().endswith((".xml", ".rels")) else data
                for name, data in self._changed.items()
            }
        for name, data in self._changed.items():
            self._check_well_formed(name, data)
        with replacing(out, like=self._stream.fileno()) as stream:
            self._write(stream, self._changed)
            if state_of(self._stream.fileno()) != self._state:
                raise changed_meanwhile(self.path)
        return out

    def _check_well_formed(self, name: str, data: bytes) -> None:
        """No part leaves that Excel would have to repair: its XML is read once more, namespaces included."""
        if name.lower().endswith((".xml", ".rels", ".vml")):
            try:
                expat.ParserCreate(namespace_separator=" ").Parse(data, True)
            except expat.ExpatError as problem:
                raise self._damaged(name, problem) from None

    def dumps(self, instead: Mapping[str, bytes] | None = None) -> bytes:
        """The workbook with its changes as bytes, for an engine that reads from memory.

        `instead` are parts the engine is to see otherwise; the workbook itself stays as it is.
        """
        stream = BytesIO()
        self._write(stream, {**self._changed, **(instead or {})}, compress=False)
        return stream.getvalue()

    def _write(self, stream: BinaryIO, changed: Mapping[str, bytes], *, compress: bool = True) -> None:
        writer = ZipWriter(stream, compress=compress)
        for name, entry in self._entries.items():
            if name in self._deleted:
                continue
            if name in changed:
                writer.add(name, changed[name], entry.date_time)
            else:
                writer.copy(self._stream, entry)
        for name in self._new_names():
            writer.add(name, changed[name], (1980, 1, 1, 0, 0, 0))
        writer.finish()

    def _new_names(self) -> list[str]:
        return [name for name in self._changed if name not in self._entries]

    # checks on opening

    def _known(self, name: str) -> str:
        actual = self._folded.get(folded(name))
        if actual is None or actual in self._deleted:
            raise BadWorkbook(self.path, f"its part {name} is missing", "The file is damaged: get a fresh copy of it")
        return actual

    def _read_entry(self, name: str) -> bytes:
        try:
            return self._zip.read(self._entries[name])
        except (zipfile.BadZipFile, zlib.error, EOFError, struct.error):
            raise BadWorkbook(
                self.path,
                f"its part {name} is damaged",
                "The file is incomplete or broken: get a fresh copy of it",
            ) from None
        except NotImplementedError as problem:
            raise BadWorkbook(
                self.path,
                f"its part {name} is packed in an unusual way ({problem})",
                "Save it again from Excel",
            ) from None

    def _check_kind(self) -> None:
        parts = self._folded
        if "mimetype" in parts:
            kind = self._read_entry(parts["mimetype"])[:200].decode("ascii", "replace")
            if "opendocument" in kind:
                raise BadWorkbook(
                    self.path,
                    f"it is an OpenDocument file ({kind.rpartition('.')[2]}), not an .xlsx",
                    "Save it as .xlsx from LibreOffice",
                )
        foreign = {
            "xl/workbook.bin": ("it is a binary workbook (.xlsb)", "Save it as .xlsx or .xlsm from Excel"),
            "word/document.xml": ("it is a Word document", "Give the workbook instead"),
            "ppt/presentation.xml": ("it is a PowerPoint file", "Give the workbook instead"),
            "index/document.iwa": ("it is a Numbers or Pages file", "Export it as .xlsx"),
        }
        for name, (what, remedy) in foreign.items():
            if name in parts:
                raise BadWorkbook(self.path, what, remedy)
        if folded(CONTENT_TYPES) not in parts or "_rels/.rels" not in parts:
            raise BadWorkbook(self.path, "it is a zip file but no Excel workbook", "Give an .xlsx or .xlsm file")

    def _check_document_types(self) -> None:
        """Refuse a document type in any XML part: it is how entities reach outside the file or explode."""
        for name in self._entries:
            if not name.lower().endswith((".xml", ".rels", ".vml")):
                continue
            if has_document_type(self._prologue(name)):
                raise BadWorkbook(
                    self.path,
                    f"its part {name} declares a document type (external entities), which no workbook needs",
                    "Do not trust this file; ask its sender for a clean one",
                )

    def _prologue(self, name: str) -> bytes:
        """A part up to its root element. Comments may be long, so this reads until it sees the element.

        A prologue of 64 KB is nobody's work: what was read of it counts as suspect.
        """
        text = b""
        try:
            with self._zip.open(self._entries[name]) as stream:
                while block := stream.read(4096):
                    # A part in UTF-16 is ASCII with zero bytes between, as far as this check needs.
                    text += block.replace(b"\0", b"")
                    if root_begins(text) or len(text) > LONGEST_PROLOGUE:
                        break
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            self._read_entry(name)
        return text

    def _find_workbook_part(self) -> str:
        for relationship in self.relationships(""):
            if relationship.kind == "officeDocument":
                part = self._known(relationship.target)
                kind = self.content_type(part)
                if not kind.endswith(MAIN_TYPES):
                    raise BadWorkbook(self.path, f"it is not an Excel workbook ({kind})", "Give an .xlsx or .xlsm file")
                return part
        raise BadWorkbook(self.path, "it is a zip file but no Excel workbook", "Give an .xlsx or .xlsm file")


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
