"""Where the elements of an XML part stand, as byte spans, so that a part can be changed by splicing.

The parser (expat) says where an element starts and ends; only the bytes that change are written anew,
everything else, down to the order of attributes and the white space, stays as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from itertools import chain
from typing import BinaryIO
from xml.parsers import expat

from workbook.file.saving import Filed

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)[\"']")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_UNUSUAL = re.compile(
    rb"<!\[CDATA\[(?P<cdata>.*?)\]\]>|<!--.*?-->|<\?(?!xml\s).*?\?>|&#(?P<number>[0-9]{1,7}|x[0-9A-Fa-f]{1,6});",
    re.DOTALL,
)
_NOT_PLAIN = frozenset(map(ord, "<>&\"'"))

DEEPEST = 256
"""Elements inside one another: spreadsheet programs stay below 50; a file of 2 KB may hold a million."""

_LARGE = 1 << 22
"""Parts from this size on are better in a file."""

Edit = tuple[int, int, bytes]
"""Replace the bytes from start to end by these."""


class TooDeep(ValueError):
    """Elements nested so deep that only an attack explains it: their book-keeping alone would fill the memory."""

    def __init__(self) -> None:
        super().__init__(f"elements nested more than {DEEPEST} deep")


class NotUtf8(ValueError):
    """The part is XML in another encoding than UTF-8, which is read but not spliced."""


class Element:
    """One element: its name without prefix, its ancestors' names, its attributes as written, and its spans.

    `start`..`tag_end` is the start tag, `tag_end`..`content_end` the content, `end` the end of the end tag;
    an empty element `<a/>` has all three ends equal.
    """

    __slots__ = ("attributes", "content_end", "end", "name", "path", "start", "tag", "tag_end", "text")

    def __init__(self, tag: str, name: str, path: tuple[str, ...], attributes: dict[str, str], start: int) -> None:
        self.tag = tag
        self.name = name
        self.path = path
        self.attributes = attributes
        self.start = start
        self.tag_end = self.content_end = self.end = start
        self.text = ""

    @property
    def prefix(self) -> str:
        """The namespace prefix with its colon, "" when the element has none."""
        return self.tag[: len(self.tag) - len(self.name)]

    @property
    def closed(self) -> bool:
        """Whether it is written as an empty element, <a/>."""
        return self.tag_end == self.end


def elements(data: bytes, *wanted: str) -> list[Element]:
    """The elements of these names (any prefix), in the order of their start tags, with their own text."""
    check_encoding(data)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names = frozenset(wanted)
    found: list[Element] = []
    path: list[str] = []
    open_elements: list[Element | None] = []
    texts: list[list[str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        element = None
        if name in names:
            element = Element(tag, name, tuple(path), attributes, parser.CurrentByteIndex)
            element.tag_end = tag_end(data, element.start)
            found.append(element)
        open_elements.append(element)
        texts.append([])
        path.append(name)
        if len(path) > DEEPEST:
            raise TooDeep

    def end(_tag: str) -> None:
        path.pop()
        element = open_elements.pop()
        pieces = texts.pop()
        if element is not None:
            element.text = "".join(pieces)
            close(data, element, parser.CurrentByteIndex)

    def text(characters: str) -> None:
        if open_elements and open_elements[-1] is not None:
            texts[-1].append(characters)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    finally:
        let_go(parser)
    return found


def let_go(parser: expat.XMLParserType) -> None:
    """Part a parser from its handlers, which hold it and the bytes it read: a ring that would outlive its use."""
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def check_depth(data: bytes) -> None:
    """Refuse XML nested deeper than any part of a workbook, before a tree is made of it."""
    depth = 0

    def start(_tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise TooDeep

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(data, True)


def close(data: bytes, element: Element, index: int) -> None:
    """Set the ends of an element whose end the parser reports at `index`."""
    if data[element.tag_end - 2 : element.tag_end] == b"/>":
        element.content_end = element.end = element.tag_end
    else:
        element.content_end = index
        element.end = data.index(b">", index) + 1


def tag_end(data: bytes, start: int) -> int:
    """Where the start tag that begins at `start` ends: an attribute may hold a ">"."""
    match = _TAG.match(data, start)
    if match is None:  # the parser accepted it, so this is another encoding than the one it was read in
        raise NotUtf8
    return match.end()


def check_encoding(data: bytes) -> None:
    """Splicing is for UTF-8, which every spreadsheet program writes."""
    declared = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    ):
        raise NotUtf8(declared[1].decode() if declared else "UTF-16")


def appended(data: bytes, element: Element, new: bytes) -> Edit:
    """What to splice to put something behind all that an element holds, be it written as <a/>."""
    if not element.closed:
        return element.content_end, element.content_end, new
    opened = data[element.start : element.end - 2].rstrip() + b">"
    return element.start, element.end, opened + new + f"</{element.tag}>".encode()


def spliced(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with the edits made; edits must not overlap."""
    result = BytesIO()  # a list of pieces would hold the part once more
    _splice(result, data, sorted(edits, key=lambda edit: edit[:2]))
    return result.getvalue()


def spliced_in_order(data: bytes, edits: Iterable[Edit]) -> bytes | Filed:
    """The same where the edits come in the order of the bytes, and are made as they come. A large part comes in a file,
    one that is not changed as the same object."""
    edits = iter(edits)
    first = next(edits, None)
    if first is None:
        return data
    result = Filed() if len(data) > _LARGE else BytesIO()
    _splice(result.file if isinstance(result, Filed) else result, data, chain([first], edits))
    return result if isinstance(result, Filed) else result.getvalue()


def _splice(result: BinaryIO, data: bytes, edits: Iterable[Edit]) -> None:
    kept = memoryview(data)
    at = 0
    for start, end, new in edits:
        if start < at:
            raise ValueError("overlapping edits")
        result.write(kept[at:start])
        result.write(new)
        at = end
    result.write(kept[at:])


def plain(data: bytes) -> bytes:
    """The same XML without CDATA sections, comments, and references to characters that may stand for themselves.

    For readers that know only what spreadsheet programs write: the embedded engine takes the text before a comment
    for the whole, and a CDATA section for none.
    """
    if b"<!" not in data and b"&#" not in data and data.rfind(b"<?") <= 0:
        return data

    def replaced(match: re.Match[bytes]) -> bytes:
        if match["cdata"] is not None:
            return escaped(match["cdata"].decode("utf-8", "replace")).encode()
        if match["number"] is None:
            return b""  # a comment, an instruction to a program
        text = match["number"].decode()
        character = int(text[1:], 16) if text[0] in "xX" else int(text)
        if character in _NOT_PLAIN or not (32 <= character <= 0x10FFFF) or 0xD800 <= character < 0xE000:
            return match[0]
        return chr(character).encode()

    return _UNUSUAL.sub(replaced, data)


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """A start tag with one attribute set, or removed when the value is None."""
    # From the first of several spaces only: trying each of a million takes a million times a million steps.
    pattern = re.compile(rb"(?<!\s)\s+" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")
    found = pattern.search(tag)
    new = b"" if value is None else f' {name}="{escaped(value, quote=True)}"'.encode()
    if found:
        return tag[: found.start()] + new + tag[found.end() :]
    if value is None:
        return tag
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + new + tag[end:]


def attribute_edit(data: bytes, start: int, name: str, value: str) -> Edit:
    """What to splice to set an attribute of the element that begins at a place."""
    end = tag_end(data, start)
    return start, end, with_attribute(data[start:end], name, value)


def escaped(text: str, *, quote: bool = False) -> str:
    """Text as XML content, or as an attribute in double quotes.

    Characters XML cannot hold are dropped: they cannot be in a formula; cell text has its own escape for
    them (`sheetxml.cell_text`).
    """
    usual = text.isprintable()  # no control character, no line end
    if not usual:
        text = ILLEGAL.sub("", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text if usual else text.replace("\r", "&#13;")
