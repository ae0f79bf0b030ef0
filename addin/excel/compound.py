"""OLE compound files, written: the container a VBA project is kept in ([MS-CFB], version 3).

Only what a VBA project needs: streams, and storages one level deep.
"""

from __future__ import annotations

import struct

SECTOR = 512
MINI_SECTOR = 64
SMALLEST_BIG = 4096
"""Streams shorter than this go into the mini stream."""

_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_FAT = 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5

Tree = dict[str, "bytes | Tree"]


def compound_file(tree: Tree) -> bytes:
    """The streams of a tree (a dict within it is a storage) as one compound file."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add(entries, 0, tree)
    entries += [_Entry("", 0) for _ in range(-len(entries) % 4)]  # a directory sector holds four
    small = [entry for entry in entries if entry.kind == _STREAM and len(entry.content) < SMALLEST_BIG]
    big = [entry for entry in entries if entry.kind == _STREAM and len(entry.content) >= SMALLEST_BIG]

    mini_stream, mini_fat = _chained(small, MINI_SECTOR)
    entries[0].content = mini_stream
    chained = [*big, *([entries[0]] if mini_stream else [])]
    data, fat = _chained(chained, SECTOR)
    data, fat, first_mini_fat = _append(data, fat, _numbers(mini_fat)) if mini_fat else (data, fat, _END)
    mini_fat_sectors = -(-len(mini_fat) * 4 // SECTOR)
    data, fat, first_directory = _append(data, fat, b"".join(entry.packed() for entry in entries))

    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * SECTOR:
        fat_sectors += 1
    first_fat = len(fat)
    fat += [_FAT] * fat_sectors
    fat += [_FREE] * (fat_sectors * SECTOR // 4 - len(fat))
    places = [first_fat + number for number in range(fat_sectors)]
    if len(places) > 109:
        raise ValueError("the VBA project is larger than this writer's 7 MB")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fat_sectors,
        first_directory,
        0,
        SMALLEST_BIG,
        first_mini_fat,
        mini_fat_sectors,
        _END,
        0,
    )
    header += _numbers([*places, *[_FREE] * (109 - len(places))])
    return header + data + _numbers(fat)


class _Entry:
    """One directory entry."""

    def __init__(self, name: str, kind: int, content: bytes = b"") -> None:
        self.name = name
        self.kind = kind
        self.content = content
        self.start = _END if kind != _STORAGE else 0
        self.left = self.right = self.child = _FREE

    def packed(self) -> bytes:
        if not self.kind:
            return bytes(68) + _numbers([_FREE] * 3) + bytes(48)
        name = self.name.encode("utf-16-le") + b"\0\0"
        return struct.pack(
            "<64sHBBIII16xI16xIQ",
            name,
            len(name),
            self.kind,
            1,  # black
            self.left,
            self.right,
            self.child,
            0,
            self.start,
            len(self.content),
        )


def _add(entries: list[_Entry], parent: int, tree: Tree) -> None:
    numbers = []
    for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        numbers.append(len(entries))
        if isinstance(content, dict):
            entries.append(_Entry(name, _STORAGE))
            _add(entries, numbers[-1], content)
        else:
            entries.append(_Entry(name, _STREAM, content))
    entries[parent].child = _search_tree(entries, numbers)


def _search_tree(entries: list[_Entry], numbers: list[int]) -> int:
    """Link siblings, sorted by name, as a balanced search tree; its root."""
    if not numbers:
        return _FREE
    middle = len(numbers) // 2
    entries[numbers[middle]].left = _search_tree(entries, numbers[:middle])
    entries[numbers[middle]].right = _search_tree(entries, numbers[middle + 1 :])
    return numbers[middle]


def _chained(entries: list[_Entry], sector: int) -> tuple[bytes, list[int]]:
    """The contents sector by sector, and the chain of each; every entry learns where it starts."""
    data = b""
    fat: list[int] = []
    for entry in entries:
        if entry.content:
            entry.start = len(fat)
            count = -(-len(entry.content) // sector)
            data += entry.content.ljust(count * sector, b"\0")
            fat += [*range(entry.start + 1, entry.start + count), _END]
    return data, fat


def _append(data: bytes, fat: list[int], content: bytes) -> tuple[bytes, list[int], int]:
    start = len(fat)
    count = -(-len(content) // SECTOR)
    return data + content.ljust(count * SECTOR, b"\xff"), [*fat, *range(start + 1, start + count), _END], start


def _numbers(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)
