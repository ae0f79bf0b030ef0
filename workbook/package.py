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
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from workbook.errors import WorkbookError
from workbook.sheetxml import Cell, cells, shared_strings
from workbook.xmlspans import Element, NotUtf8, elements, spliced

MAXIMUM_ENTRIES = 20_000
MAXIMUM_BYTES = 1 << 30
"""What all parts together may unpack to."""
BOMB_BYTES = 100 << 20
BOMB_RATIO = 250
"""Parts that unpack to more than BOMB_BYTES at more than this ratio are a bomb; sheets stay below 100."""

CONTENT_TYPES = "[Content_Types].xml"
MAIN_TYPES = (
    "sheet.main+xml",
    "sheet.macroEnabled.main+xml",
    "template.main+xml",
    "addin.macroEnabled.main+xml",
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
_END_RECORD = struct.Struct("<4s4H2IH")
_CHUNK = 1 << 20


class BadWorkbook(WorkbookError):
    """A file that cannot be used as a workbook, or a place that cannot be written to.

    The message is one line: which file, what is wrong, what to do.
    """

    def __init__(self, path: str | os.PathLike[str], what: str, remedy: str) -> None:
        self.path = str(path)
        self.what = what
        self.remedy = remedy
        line = f"{self.path}: {what}. {remedy}"
        super().__init__(" ".join(line.split()).rstrip(".") + ".")


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
        self._zip = _open_zip(self.path)
        try:
            self._entries = _checked_entries(self.path, self._zip)
            self._folded = {_folded(name): name for name in self._entries}
            self._check_kind()
            self._check_document_types()
            self.workbook_part = self._find_workbook_part()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._zip.close()

    # reading

    @property
    def names(self) -> list[str]:
        """Every part, in the order of the file, new ones last."""
        return [name for name in (*self._entries, *self._new_names()) if name not in self._deleted]

    def __contains__(self, name: str) -> bool:
        name = self._folded.get(_folded(name), name)
        return (name in self._entries or name in self._changed) and name not in self._deleted

    def read(self, name: str) -> bytes:
        """The bytes of a part, as changed so far."""
        name = self._known(name)
        if name in self._changed:
            return self._changed[name]
        return self._read_entry(name)

    def xml(self, name: str) -> ElementTree.Element:
        """A small part, parsed. Worksheets are streamed instead: see `workbook.sheetxml`."""
        try:
            return ElementTree.fromstring(self.read(name))
        except ElementTree.ParseError as problem:
            raise self._damaged(name, problem) from None

    def elements(self, name: str, *wanted: str) -> list[Element]:
        """The elements of these names in a part, with their byte spans."""
        with self._parsing(name):
            return elements(self.read(name), *wanted)

    def cells(self, part: str) -> Iterator[Cell]:
        """The cells of a worksheet part, streamed."""
        with self._parsing(part):
            yield from cells(self.read(part))

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
        except (expat.ExpatError, ValueError) as problem:
            raise self._damaged(name, problem) from None

    def _damaged(self, name: str, problem: Exception) -> BadWorkbook:
        return BadWorkbook(
            self.path, f"its part {name} is damaged ({problem})", "Open it in Excel, let it repair, save it"
        )

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

    def defined_names(self) -> list[DefinedName]:
        """Every defined name with its scope."""
        sheets: list[str] | None = None
        found: list[DefinedName] = []
        for element in self._workbook_children("definedNames"):
            scope = element.get("localSheetId")
            if scope is not None and sheets is None:
                sheets = [s.get("name", "") for s in self._workbook_children("sheets")]
            local = sheets[int(scope)] if scope and sheets and int(scope) < len(sheets) else None
            hidden = element.get("hidden") in ("1", "true")
            found.append(DefinedName(element.get("name", ""), element.text or "", local, hidden))
        return found

    def has_signature(self) -> bool:
        """Whether the file, or its macros, carry a digital signature, which any change breaks."""
        kinds = {r.kind for r in self.relationships("")}
        return "origin" in kinds or any(_folded(n).startswith("_xmlsignatures/") for n in self.names)

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
        self._folded[_folded(name)] = name
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
            if _folded(element.attributes.get("PartName", "")) == _folded(name)
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
        gone = {r.id for r in self.relationships(part) if not r.external and _folded(r.target) == _folded(target)}
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
        for name, data in self._changed.items():
            self._check_well_formed(name, data)
        with replacing(out) as stream, open(self.path, "rb") as source:
            self._write(source, stream)
        return out

    def _check_well_formed(self, name: str, data: bytes) -> None:
        """No part leaves that Excel would have to repair: its XML is read once more, namespaces included."""
        if name.lower().endswith((".xml", ".rels", ".vml")):
            try:
                expat.ParserCreate(namespace_separator=" ").Parse(data, True)
            except expat.ExpatError as problem:
                raise self._damaged(name, problem) from None

    def dumps(self) -> bytes:
        """The workbook with its changes as bytes, for an engine that reads from memory."""
        stream = BytesIO()
        with open(self.path, "rb") as source:
            self._write(source, stream)
        return stream.getvalue()

    def _write(self, source: BinaryIO, stream: BinaryIO) -> None:
        writer = _ZipWriter(stream)
        for name, entry in self._entries.items():
            if name in self._deleted:
                continue
            if name in self._changed:
                writer.add(name, self._changed[name], entry.date_time)
            else:
                writer.copy(source, entry)
        for name in self._new_names():
            writer.add(name, self._changed[name], (1980, 1, 1, 0, 0, 0))
        writer.finish()

    def _new_names(self) -> list[str]:
        return [name for name in self._changed if name not in self._entries]

    # checks on opening

    def _known(self, name: str) -> str:
        actual = self._folded.get(_folded(name))
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
        folded = self._folded
        if "mimetype" in folded:
            kind = self._read_entry(folded["mimetype"])[:200].decode("ascii", "replace")
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
        for part, (what, remedy) in foreign.items():
            if part in folded:
                raise BadWorkbook(self.path, what, remedy)
        if _folded(CONTENT_TYPES) not in folded or "_rels/.rels" not in folded:
            raise BadWorkbook(self.path, "it is a zip file but no Excel workbook", "Give an .xlsx or .xlsm file")

    def _check_document_types(self) -> None:
        """Refuse a document type in any XML part: it is how entities reach outside the file or explode."""
        for name in self._entries:
            if not name.lower().endswith((".xml", ".rels", ".vml")):
                continue
            if _has_document_type(self._prologue(name)):
                raise BadWorkbook(
                    self.path,
                    f"its part {name} declares a document type (external entities), which no workbook needs",
                    "Do not trust this file; ask its sender for a clean one",
                )

    def _prologue(self, name: str) -> bytes:
        """A part up to its root element. Comments may be long, so this reads until it sees the element."""
        text = b""
        try:
            with self._zip.open(self._entries[name]) as stream:
                while block := stream.read(4096):
                    # A part in UTF-16 is ASCII with zero bytes between, as far as this check needs.
                    text += block.replace(b"\0", b"")
                    if re.search(rb"<[A-Za-z_]", text):
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


def same_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether two paths are one file, links and letter case of the file system included."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.abspath(one) == os.path.abspath(other)


def check_target(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    """Refuse a target before any work is done: the source itself, a folder, a place that is not there."""
    out = Path(out)
    endings = [Path(path).suffix.lower() for path in (source, out)]
    if endings[0] != endings[1] and set(endings) <= {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam"}:
        raise BadWorkbook(out, f"Excel opens no {endings[0]} under the ending {endings[1]}", f"Use {endings[0]}")
    if same_file(out, source):
        raise BadWorkbook(out, "the result would overwrite the workbook it is made from", "Choose another name")
    _check_place(out)


def _check_place(out: Path) -> None:
    if not out.parent.is_dir():
        raise BadWorkbook(out, f"the folder {out.parent} does not exist", "Create it, or choose another place")
    if out.is_dir():
        raise BadWorkbook(out, "this is a folder", "Give a file name")


@contextmanager
def replacing(out: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A temporary file beside `out` that becomes `out` when the block ends well and vanishes otherwise."""
    out = Path(out)
    _check_place(out)
    try:
        handle, temporary = _temporary(out.parent, out.name)
    except OSError as problem:
        raise _unwritable(out, problem) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(handle)
            os.fchmod(handle, _mode_for(out))
            if not os.path.exists(temporary):
                _name(handle, temporary)
        os.replace(temporary, out)
    except OSError as problem:
        _forget(temporary)
        raise _unwritable(out, problem) from None
    except BaseException:
        _forget(temporary)
        raise


def _name(handle: int, path: str) -> None:
    """Give a file that was opened without a name its name."""
    open_files = os.open("/proc/self/fd", os.O_RDONLY)
    try:
        os.link(str(handle), path, src_dir_fd=open_files, follow_symlinks=True)
    finally:
        os.close(open_files)


def _temporary(folder: Path, name: str) -> tuple[int, str]:
    """A new file open for writing, and its name.

    On Linux it has no name until it is complete, so that not even kill -9 leaves anything behind.
    """
    unnamed = getattr(os, "O_TMPFILE", 0)
    if unnamed:
        with suppress(OSError):
            handle = os.open(folder, unnamed | os.O_WRONLY, 0o600)
            return handle, str(folder / f".{name}.{os.getpid()}.{handle}.part")
    return tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)


def _unwritable(out: Path, problem: OSError) -> BadWorkbook:
    reason = (problem.strerror or str(problem)).lower()
    return BadWorkbook(out, f"it cannot be written ({reason})", "Close it elsewhere, or choose another folder")


def _mode_for(out: Path) -> int:
    """The permissions of the file being replaced, else what a new file would get."""
    try:
        return out.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _forget(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


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


def _has_document_type(prologue: bytes) -> bool:
    """A DOCTYPE outside comments and processing instructions."""
    bare = re.sub(rb"<!--.*?-->|<\?.*?\?>", b"", prologue, flags=re.DOTALL)
    return b"<!DOCTYPE" in bare.upper() or b"<!ENTITY" in bare.upper()


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        with open(path, "rb") as stream:
            start = stream.read(4096)
            if start.startswith(_OLE):
                raise _ole_refusal(path, start + stream.read(_CHUNK * 8))
    except IsADirectoryError:
        raise BadWorkbook(path, "this is a folder", "Give the workbook itself") from None
    except FileNotFoundError:
        raise BadWorkbook(path, "there is no such file", "Check the name and the folder") from None
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise BadWorkbook(
            path, f"it cannot be read ({reason})", "Close it elsewhere, or check its permissions"
        ) from None
    if not start.startswith(b"PK"):
        raise BadWorkbook(path, *_what_it_is(start))
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError):
        raise BadWorkbook(
            path, "it is cut off or damaged (its table of contents cannot be read)", "Get a fresh copy of it"
        ) from None


def _ole_refusal(path: Path, data: bytes) -> BadWorkbook:
    """An OLE compound file is an encrypted .xlsx or an old .xls; its directory names streams in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        return BadWorkbook(
            path, "it is protected by a password", "Remove the password in Excel (File, Info), save a copy"
        )
    if any(stream.encode("utf-16-le") + b"\0\0" in data for stream in ("Workbook", "Book")):
        return BadWorkbook(path, "it is an old .xls workbook", "Save it as .xlsx from Excel or LibreOffice")
    return BadWorkbook(path, "it is an old Office file, not an .xlsx", "Save it as .xlsx")


def _what_it_is(start: bytes) -> tuple[str, str]:
    """What a file that is no zip seems to be, and what to do."""
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "the file is empty", "Get a fresh copy of it"
    if not start.strip(b"\0"):
        return "the file holds nothing but zero bytes", "Get a fresh copy of it"
    if head.startswith(b"%pdf"):
        return "it is a PDF", "Give the workbook it was printed from"
    if head.startswith((b"<html", b"<!doctype html", b"<table")):
        return "it is a web page with the name of a workbook", "Open it in Excel and save it as .xlsx"
    if head.startswith(b"<?xml"):
        return "it is an XML file, not an .xlsx", "Open it in Excel and save it as .xlsx"
    if b"\0" not in start:
        return "it is a text file (CSV?), not an .xlsx", "Open it in Excel and save it as .xlsx"
    return "it is not an Excel workbook", "Give an .xlsx or .xlsm file"


def _checked_entries(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, when none of them is a trap."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAXIMUM_ENTRIES:
        raise BadWorkbook(path, f"it holds {len(entries):,} parts, more than any workbook", "Do not trust this file")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAXIMUM_BYTES:
        raise BadWorkbook(
            path,
            f"it unpacks to {unpacked / 2**30:,.1f} GB, above the limit of {MAXIMUM_BYTES / 2**30:.0f} GB",
            "Do not trust it; if it is yours, split it",
        )
    if unpacked > BOMB_BYTES and unpacked > BOMB_RATIO * max(packed, 1):
        raise BadWorkbook(
            path,
            f"it unpacks to {unpacked / 2**20:,.0f} MB from {packed / 2**20:,.1f} MB, as a zip bomb does",
            "Do not trust this file",
        )
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise BadWorkbook(path, "it is a zip file with a password", "Unpack it first")
        if _folded(entry.filename) in folded:
            raise BadWorkbook(
                path,
                f"it holds the part {entry.filename} twice",
                "Programs disagree on which counts: get a clean copy",
            )
        folded.add(_folded(entry.filename))
        found[entry.filename] = entry
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise BadWorkbook(path, f"its part {entry.filename} overlaps another, as in a zip bomb", "Do not trust it")
        end = entry.header_offset + _LOCAL_HEADER.size + entry.compress_size
    return found


class _ZipWriter:
    """Writes a zip entry by entry, copying compressed bytes where an entry is kept as it was."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._central: list[bytes] = []
        self._offset = 0

    def copy(self, source: BinaryIO, entry: zipfile.ZipInfo) -> None:
        """Take over an entry with its compressed bytes."""
        source.seek(entry.header_offset)
        header = _LOCAL_HEADER.unpack(source.read(_LOCAL_HEADER.size))
        source.seek(header[-2] + header[-1], os.SEEK_CUR)
        self._header(entry)
        left = entry.compress_size
        while left:
            block = source.read(min(left, _CHUNK))
            if not block:
                raise BadWorkbook(source.name, "it changed while it was being read", "Try again")
            self._put(block)
            left -= len(block)

    def add(self, name: str, data: bytes, when: tuple[int, int, int, int, int, int]) -> None:
        """Compress and write a part."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush()
        entry = zipfile.ZipInfo(name, when)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.CRC = zlib.crc32(data)
        entry.file_size, entry.compress_size = len(data), len(packed)
        self._header(entry)
        self._put(packed)

    def finish(self) -> None:
        """Write the table of contents."""
        start = self._offset
        for record in self._central:
            self._put(record)
        count = len(self._central)
        self._put(_END_RECORD.pack(b"PK\5\6", 0, 0, count, count, self._offset - start, start, 0))

    def _header(self, entry: zipfile.ZipInfo) -> None:
        # Sizes are known, so no data descriptor follows (bit 3); a name that is not plain is UTF-8 (bit 11).
        name = entry.filename.encode()
        flags = entry.flag_bits & ~0x808 | (0 if entry.filename.isascii() else 0x800)
        year, month, day, hour, minute, second = entry.date_time
        date = (max(year, 1980) - 1980) << 9 | month << 5 | day
        time = hour << 11 | minute << 5 | second // 2
        sizes = (entry.CRC, entry.compress_size, entry.file_size)
        common = (flags, entry.compress_type, time, date, *sizes, len(name), 0)
        self._central.append(
            _CENTRAL_HEADER.pack(
                b"PK\1\2", 20, 20, *common, 0, 0, entry.internal_attr, entry.external_attr, self._offset
            )
            + name
        )
        self._put(_LOCAL_HEADER.pack(b"PK\3\4", 20, *common) + name)

    def _put(self, data: bytes) -> None:
        self._stream.write(data)
        self._offset += len(data)
