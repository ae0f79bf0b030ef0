"""The extension's UNO interface: as IDL text, and compiled.

Calc calls an add-in function only through an interface from a type library (.rdb). LibreOffice's compiler for
those, unoidl-write, is part of its SDK, which few machines have; one interface of one shape is simple enough to
write directly. The tests hold the result against unoidl-write's.

The layout, all numbers 32 bits, little endian: a magic; offset and size of the root map; then, each after what it
refers to, entities (a kind byte and their parts), names ended by NUL, and maps of name and entity offsets.
"""

from __future__ import annotations

from addin.calc.names import INTERFACE, MODULE, method
from pycalc import FUNCTIONS
from pycalc.registry.definition import Function

_MAGIC = b"UNOIDL\xff\0"
_KIND_MODULE = b"\0"
_KIND_INTERFACE = b"\x05"
_INPUT = b"\0"
_SEEN = 0x80000000
"""Marks a string that was written before; the rest is its offset."""


def compiled() -> bytes:
    """The interface as a type library."""
    writer = _Writer()
    offset = writer.interface(list(FUNCTIONS.values()))
    name = INTERFACE
    for module in reversed(MODULE):
        map_offset = writer.map({name: offset}, root=False)
        name, offset = module, map_offset
    root = writer.map({name: offset}, root=True)
    writer.data[8:16] = _number(root) + _number(1)
    return bytes(writer.data)


def gives_text(function: Function) -> bool:
    """Whether a result may be a text. (The shutdown of a model is a date, or an empty text.)

    Such a function declares its result as "any", since a text in a block is equal to no other text (LibreOffice 7.4);
    the others a block, even of one cell: LibreOffice's Python can hand over no block where "any" is declared.
    """
    return function.returns == "text" or function.name == "MODEL_SHUTDOWN"


class _Writer:
    def __init__(self) -> None:
        self.data = bytearray(_MAGIC + bytes(8))
        self.strings: dict[str, int] = {}

    def interface(self, functions: list[Function]) -> int:
        offset = len(self.data)
        self.data += _KIND_INTERFACE + _number(1)
        self.string("com.sun.star.uno.XInterface")
        self.data += _number(0) + _number(0) + _number(len(functions))  # optional bases, attributes, methods
        for function in functions:
            self.string(method(function.name))
            self.string("any" if gives_text(function) else "[][]any")
            self.data += _number(len(function.arguments))
            for argument in function.arguments:  # "any" takes a number, a text, a range, or nothing when left out
                self.data += _INPUT
                self.string(method(argument.name))
                self.string("[]any" if function.repeats(argument) else "any")
            self.data += _number(0)  # exceptions
        return offset

    def map(self, entities: dict[str, int], root: bool) -> int:
        places = []
        for name, entity in entities.items():
            places.append((len(self.data), entity))
            self.data += name.encode("ascii") + b"\0"
        offset = len(self.data)
        if not root:
            self.data += _KIND_MODULE + _number(len(places))
        for place, entity in places:
            self.data += _number(place) + _number(entity)
        return offset

    def string(self, text: str) -> None:
        if text in self.strings:
            self.data += _number(self.strings[text] | _SEEN)
            return
        self.strings[text] = len(self.data)
        self.data += _number(len(text)) + text.encode("ascii")


def _number(value: int) -> bytes:
    return value.to_bytes(4, "little")
