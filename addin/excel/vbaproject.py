"""A VBA project from source text: the vbaProject.bin of a workbook with macros ([MS-OVBA]).

It holds no compiled code; the office program compiles the text when it opens the file, as it does with any
project that another version wrote.
"""

from __future__ import annotations

import struct

from addin import packing
from addin.excel.compound import compound_file

CODE_PAGE = 1252
PROJECT_ID = "{6B7D1C5E-2B53-4C0B-9C57-9A1D5F0E3A77}"
PROTECTION_SEED, PASSWORD_SEED, VISIBILITY_SEED = 7, 14, 21
"""The format scrambles three settings by a number that may be anything; fixed ones give the same file every time."""

_CHUNK = 4096
_DOCUMENT = "document.cls.template"
_REFERENCES = (
    (
        "stdole",
        "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\\Windows\\System32\\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\\Program Files\\Common Files\\Microsoft Shared\\"
        "OFFICE16\\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


def vba_project(modules: dict[str, str], sheets: list[str]) -> bytes:
    """The project of a workbook.

    Parameters
    ----------
    modules : name to source text, as a .bas file has it.
    sheets : the code names of the worksheets.
    """
    documents = {"ThisWorkbook": _text(_DOCUMENT, name="ThisWorkbook", kind="00020819")}
    documents |= {name: _text(_DOCUMENT, name=name, kind="00020820") for name in sheets}
    sources = documents | {name: _as_module(name, text) for name, text in modules.items()}
    streams = {name: compressed(text.encode(f"cp{CODE_PAGE}")) for name, text in sources.items()}
    return compound_file(
        {
            "VBA": {
                **streams,
                "_VBA_PROJECT": b"\xcc\x61\xff\xff\x00\x00\x00",
                "dir": compressed(_directory(list(documents), list(modules))),
            },
            "PROJECT": _project_text(list(documents), list(modules)).encode(f"cp{CODE_PAGE}"),
            "PROJECTwm": b"".join(
                name.encode(f"cp{CODE_PAGE}") + b"\0" + name.encode("utf-16-le") + b"\0\0" for name in sources
            )
            + b"\0\0",
        }
    )


def compressed(data: bytes) -> bytes:
    """[MS-OVBA] 2.4.1: chunks of 4,096 bytes, in each literals and copies of what came before."""
    chunks = [_compressed_chunk(data[start : start + _CHUNK]) for start in range(0, len(data), _CHUNK)]
    return b"\x01" + b"".join(chunks)


def _compressed_chunk(data: bytes) -> bytes:
    tokens = bytearray()
    position = 0
    while position < len(data):
        flags, flags_at = 0, len(tokens)
        tokens.append(0)
        for bit in range(8):
            if position >= len(data):
                break
            offset, length = _longest_match(data, position)
            if offset:
                flags |= 1 << bit
                bits = max((position - 1).bit_length(), 4)
                tokens += struct.pack("<H", ((offset - 1) << (16 - bits)) | (length - 3))
            else:
                tokens.append(data[position])
            position += length
        tokens[flags_at] = flags
    if len(tokens) > _CHUNK:  # what does not shrink is stored as it is
        return struct.pack("<H", 0x3000 | (_CHUNK - 1)) + data.ljust(_CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(tokens) - 1)) + bytes(tokens)


def _longest_match(data: bytes, position: int) -> tuple[int, int]:
    """How far back the longest repetition starts, and its length; 0 and 1 for none of three bytes or more."""
    longest = min((0xFFFF >> max((position - 1).bit_length(), 4)) + 3, len(data) - position)
    offset, length, end = 0, 2, position
    while length < longest:
        place = data.rfind(data[position : position + length + 1], 0, end + length)
        if place < 0:
            break
        offset, length, end = position - place, length + 1, place + 1
    return (offset, length) if offset else (0, 1)


def _directory(documents: list[str], modules: list[str]) -> bytes:
    """The dir stream: 2.3.4.2, record by record."""
    parts = [
        _record(0x0001, struct.pack("<I", 1)),
        _record(0x0002, struct.pack("<I", 0x409)),
        _record(0x0014, struct.pack("<I", 0x409)),
        _record(0x0003, struct.pack("<H", CODE_PAGE)),
        _record(0x0004, b"VBAProject"),
        _record(0x0005, b"") + _record(0x0040, b""),
        _record(0x0006, b"") + _record(0x003D, b""),
        _record(0x0007, struct.pack("<I", 0)),
        _record(0x0008, struct.pack("<I", 0)),
        struct.pack("<HIIH", 0x0009, 4, 1, 0),
        _record(0x000C, b"") + _record(0x003C, b""),
    ]
    for name, library in _REFERENCES:
        text = library.encode("ascii")
        parts += [
            _record(0x0016, name.encode("ascii")) + _record(0x003E, name.encode("utf-16-le")),
            _record(0x000D, struct.pack("<I", len(text)) + text + bytes(6)),
        ]
    parts += [_record(0x000F, struct.pack("<H", len(documents) + len(modules))), _record(0x0013, b"\xff\xff")]
    for name in (*documents, *modules):
        narrow, wide = name.encode(f"cp{CODE_PAGE}"), name.encode("utf-16-le")
        parts += [
            _record(0x0019, narrow) + _record(0x0047, wide),
            _record(0x001A, narrow) + _record(0x0032, wide),
            _record(0x001C, b"") + _record(0x0048, b""),
            _record(0x0031, struct.pack("<I", 0)),
            _record(0x001E, struct.pack("<I", 0)),
            _record(0x002C, b"\xff\xff"),
            _record(0x0022 if name in documents else 0x0021, b""),
            _record(0x002B, b""),
        ]
    return b"".join(parts) + _record(0x0010, b"")


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _project_text(documents: list[str], modules: list[str]) -> str:
    return _text(
        "project.txt.template",
        id=PROJECT_ID,
        documents="".join(f"Document={name}/&H00000000\n" for name in documents),
        modules="".join(f"Module={name}\n" for name in modules),
        protection=scrambled(bytes(4), PROTECTION_SEED),
        password=scrambled(bytes(1), PASSWORD_SEED),
        visibility=scrambled(bytes([0xFF]), VISIBILITY_SEED),
        windows="".join(f"{name}=0, 0, 0, 0, C\n" for name in (*documents, *modules)),
    )


def _text(template: str, /, **fields: str) -> str:
    """A text written by hand, with Windows line ends."""
    return packing.part("excel", template, **fields).replace("\n", "\r\n")


def scrambled(data: bytes, seed: int, project_id: str = PROJECT_ID) -> str:
    """[MS-OVBA] 2.4.3.2, as hexadecimal text."""
    key = sum(project_id.encode("ascii")) & 0xFF
    result = [seed, seed ^ 2, seed ^ key]
    before, one, two = key, result[2], result[1]
    for byte in bytes([7] * ((seed & 6) // 2)) + struct.pack("<I", len(data)) + data:
        mixed = byte ^ ((two + before) & 0xFF)
        result.append(mixed)
        two, one, before = one, mixed, byte
    return bytes(result).hex().upper()


def _as_module(name: str, text: str) -> str:
    """The source with its name on top and Windows line ends."""
    lines = [line for line in text.splitlines() if not line.startswith("Attribute VB_Name")]
    return "\r\n".join([f'Attribute VB_Name = "{name}"', *lines]) + "\r\n"
