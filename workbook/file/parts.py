"""The parts of a workbook file: a zip that is read safely, and written again with some parts changed.

Opening checks the file before anything is read from it: that it is an Excel workbook at all, that it is
whole, and that it is no trap (a zip bomb, an XML part with a document type). Saving changes the parts it was
told to change and copies every other part as the compressed bytes it came in, in the old order, to a
temporary file in the target folder that takes the target's name only when it is complete. The source is
never written to.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Self
from xml.etree import ElementTree
from xml.parsers import expat

from workbook.errors import BadCell, BadWorkbook
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
from workbook.file.plaincells import LARGE, large_span
from workbook.file.saving import check_target, replacing, whole
from workbook.file.xmlspans import Element, NotUtf8, check_depth, elements
from workbook.file.zipwriter import ZipWriter

CONTENT_TYPES = "[Content_Types].xml"
_REPAIR = "Open it in Excel, let it repair, save it"


class Parts:
    """A workbook file opened for reading, with the changes to make when it is saved.

    Use it as a context manager, or call `close`. Part names are the entry names of the zip, without a
    leading slash; they are looked up without regard to letter case, as the standard wants.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._changed: dict[str, bytes | Iterable[bytes]] = {}
        self._deleted: set[str] = set()
        self.changes = 0
        """How often something was changed."""
        self._recent: dict[str, bytes] = {}
        """The parts read last, no more than LARGE in all: one step after the other looks at the same sheets."""
        self._zip, self._stream = open_zip(self.path)
        try:
            self._state = read_in_one_state(self.path, self._stream.fileno())
            self._entries = checked_entries(self.path, self._zip)
            self.unusual = is_unusual(self._zip, self._stream)
            """Whether the zip has what few programs write: 64-bit records, bytes before or behind it."""
            self._folded = {folded(name): name for name in self._entries}
            self._check_kind()
            self._check_document_types()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
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
        return [name for name in dict.fromkeys((*self._entries, *self._changed)) if name not in self._deleted]

    def __contains__(self, name: str) -> bool:
        name = self._folded.get(folded(name), name)
        return (name in self._entries or name in self._changed) and name not in self._deleted

    def read(self, name: str) -> bytes:
        """The bytes of a part, as changed so far."""
        name = self.known(name)
        if name in self._changed:
            return whole(self._changed[name])
        return self._read_entry(name)

    def xml(self, name: str) -> ElementTree.Element:
        """A small part, parsed. Worksheets are streamed instead: see `workbook.file.cells`."""
        data = self.read(name)
        try:
            check_depth(data)
            return ElementTree.fromstring(data)
        except (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError) as problem:
            raise self.damaged(name, problem) from None  # LookupError: an encoding nobody knows

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
        with self.parsing(name):
            return elements(self.read(name), *wanted)

    @contextmanager
    def parsing(self, name: str) -> Iterator[None]:
        """Say of a fault met in the block that this part is damaged."""
        try:
            yield
        except NotUtf8 as problem:
            raise BadWorkbook(
                self.path, f"its part {name} is written in {problem}, not UTF-8", "Save it again from Excel"
            ) from None
        except BadCell as problem:
            raise self.damaged(name, problem.what) from None
        except (expat.ExpatError, ValueError, LookupError) as problem:
            raise self.damaged(name, problem) from None

    def damaged(self, name: str, problem: Exception | str) -> BadWorkbook:
        """The error to raise for a part that cannot be read."""
        return BadWorkbook(self.path, f"its part {name} is damaged ({problem})", _REPAIR)

    def known(self, name: str) -> str:
        """A part's name as the file spells it."""
        actual = self._folded.get(folded(name))
        if actual is None or actual in self._deleted:
            raise BadWorkbook(self.path, f"its part {name} is missing", "The file is damaged: get a fresh copy of it")
        return actual

    def _read_entry(self, name: str) -> bytes:
        if name in self._recent:
            return self._recent[name]
        try:
            data = self._zip.read(self._entries[name])
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
        if len(data) <= LARGE:
            self._recent[name] = data
            while sum(map(len, self._recent.values())) > LARGE:
                del self._recent[next(iter(self._recent))]
        return data

    def let_go(self) -> None:
        """Hold no part in memory any more: much else is about to be, and it can be read again."""
        self._recent.clear()
        large_span.cache_clear()

    # changing

    @property
    def changed(self) -> bool:
        """Whether anything differs from the file."""
        return bool(self._changed or self._deleted)

    def replace(self, name: str, data: bytes | Iterable[bytes]) -> None:
        """Give a part new bytes."""
        name = self.known(name)
        self._recent.pop(name, None)
        self._changed[name] = data
        self.changes += 1

    def add(self, name: str, data: bytes | Iterable[bytes]) -> None:
        """Add a part; one in pieces that come only once is made while the workbook is saved, and not to be read."""
        if name in self:
            raise ValueError(f"{self.path} already has a part {name}")
        self._folded[folded(name)] = name
        self._deleted.discard(name)
        self._changed[name] = data
        self.changes += 1

    def drop(self, name: str) -> None:
        """Remove a part, and nothing that speaks of it."""
        name = self.known(name)
        self._changed.pop(name, None)
        self._deleted.add(name)
        self.changes += 1

    # saving

    def save(self, out: str | os.PathLike[str], *, allow_source: bool = False) -> Path:
        """Write the workbook with its changes to `out`, which is the source only where that is allowed.

        A file already at `out` is replaced in one step; whatever happens on the way, no partial file is left
        under that name.
        """
        out = Path(out)
        if not allow_source:
            check_target(self.path, out)
        with replacing(out, like=self._stream.fileno()) as stream:
            self._write(stream, {name: self._well_formed(name, data) for name, data in self._changed.items()})
            if state_of(self._stream.fileno()) != self._state:
                raise changed_meanwhile(self.path)
        return out

    def _well_formed(self, name: str, data: bytes | Iterable[bytes]) -> Iterator[bytes]:
        """No part leaves that Excel would have to repair: its XML is read as it is written, namespaces included."""
        parser = expat.ParserCreate(namespace_separator=" ")
        is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
        try:
            for piece in [data] if isinstance(data, bytes) else data:
                if is_xml:
                    parser.Parse(piece, False)
                yield piece
            if is_xml:
                parser.Parse(b"", True)
        except expat.ExpatError as problem:
            raise self.damaged(name, problem) from None

    def dumps(self, instead: Mapping[str, bytes | Iterable[bytes]] | None = None) -> bytes:
        """The workbook with its changes as bytes, for an engine that reads from memory.

        `instead` are parts the engine is to see otherwise; the workbook itself stays as it is.
        """
        stream = BytesIO()
        self.dump(stream, instead or {})
        return stream.getvalue()

    def dump(self, stream: BinaryIO, instead: Mapping[str, bytes | Iterable[bytes]]) -> None:
        """The same, to a file."""
        self._write(stream, {**self._changed, **instead}, compress=False)

    def _write(
        self, stream: BinaryIO, changed: Mapping[str, bytes | Iterable[bytes]], *, compress: bool = True
    ) -> None:
        writer = ZipWriter(stream, compress=compress)
        for name, entry in self._entries.items():
            if name in self._deleted:
                continue
            if name in changed:
                writer.add(name, changed[name], entry.date_time)
            else:
                writer.copy(self._stream, entry)
        for name in changed:
            if name not in self._entries:
                writer.add(name, changed[name], (1980, 1, 1, 0, 0, 0))
        writer.finish()

    # checks on opening

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
