"""The part of Python that can be translated: names, operators, methods, and helpers to look at its syntax."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook.file import tsv


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED = words(
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends "
    "finally for function if implements import in instanceof interface let new package private protected public "
    "return static super switch this throw try typeof var void while with yield null true false undefined py"
)

BUILTINS = words(
    "abs all any bool dict enumerate filter float frozenset getattr hasattr int isinstance iter len list map max min "
    "next range repr round set sorted str sum tuple type zip "
    "Exception OverflowError RuntimeError TypeError ValueError ZeroDivisionError"
)
KEYWORDS = {
    "sorted": ("key", "reverse"),
    "sort": ("key", "reverse"),
    "max": ("key", "default"),
    "min": ("key", "default"),
    "enumerate": ("start",),
    "split": ("sep", "maxsplit"),
}
"""Keyword arguments of builtins and of their methods: they become one last object."""
IGNORED_KEYWORDS = {"strict"}

METHODS = words(
    "add append clear count endswith find fromisoformat fromordinal fullmatch get index isalnum isalpha isdigit "
    "isoformat items join keys lower partition removeprefix removesuffix replace rpartition rstrip setdefault sort "
    "split startswith strip toordinal upper values"
)
"""Methods of Python's own types that the runtime has."""

TESTS = words("all any bool hasattr isinstance endswith isalnum isalpha isdigit startswith")
"""Functions and methods whose result is true or false already."""

DATA = Path(__file__).parent / "data"
_OPERATORS = {getattr(ast, line["python"]): line for line in tsv.lines(DATA / "operators.tsv")}
RUNTIME = {kind: line["runtime"] for kind, line in _OPERATORS.items()}
"""The functions of the runtime that operators and comparisons become."""
PLAIN = {kind: line["plain"] for kind, line in _OPERATORS.items() if line["plain"]}
"""What means the same in JavaScript where both sides are numbers."""
NUMBERS = frozenset(("float", "int"))


class UnknownConstructError(Exception):
    """A construct the transpiler does not know, with its file and line."""


@dataclass
class Scope:
    """The names of one function: which are its own, and what its imports bound."""

    names: set[str] = field(default_factory=set)
    imported: dict[str, Any] = field(default_factory=dict)
    outer: Scope | None = None

    numbers: set[str] = field(default_factory=set)
    """Names that hold nothing but numbers."""

    def is_number(self, name: str) -> bool:
        if name in self.names:
            return name in self.numbers
        return self.outer is not None and self.outer.is_number(name)

    def holds(self, name: str) -> bool:
        return name in self.names or (self.outer is not None and self.outer.holds(name))

    def bound(self, name: str) -> tuple[bool, Any]:
        if name in self.imported:
            return True, self.imported[name]
        return self.outer.bound(name) if self.outer is not None else (False, None)


MISSING = object()


def literal(value: object, refuse: Callable[[], Exception]) -> str:
    """A Python constant as JavaScript writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        if isinstance(value, int) and abs(value) > 2**53:
            raise refuse()
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value)
    raise refuse()


def declared_temporaries(scope: Scope) -> str:
    return "".join(f"let {name}; " for name in sorted(scope.names) if name.startswith("t") and name.endswith("_"))


def is_plain(node: ast.AST) -> bool:
    """A text or a number but 0 and 1, which in Python equal FALSE and TRUE too."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str | int | float)


def is_slots(node: ast.Assign) -> bool:
    return getattr(node.targets[0], "id", "") == "__slots__"


def bound_names(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def own_names(node: ast.FunctionDef) -> set[str]:
    """Names a function binds, those of functions inside it but not their names."""
    arguments = node.args
    names = {argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)}
    names |= {arguments.vararg.arg} if arguments.vararg else set()
    outer: set[str] = set()

    def walk(part: ast.AST) -> None:
        for child in ast.iter_child_nodes(part):
            if isinstance(child, ast.FunctionDef):
                names.add(child.name)
                continue
            if isinstance(child, ast.Lambda):
                continue
            if isinstance(child, ast.Global | ast.Nonlocal):
                outer.update(child.names)
            if isinstance(child, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                names.update(n.target.id for n in ast.walk(child) if isinstance(n, ast.NamedExpr))
                continue
            if isinstance(child, ast.ExceptHandler) and child.name:
                names.add(child.name)
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                names.add(child.id)
            walk(child)

    walk(node)
    return names - outer


def makes_a_generator(node: ast.FunctionDef) -> bool:
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(part, ast.FunctionDef | ast.Lambda | ast.GeneratorExp):
            waiting += ast.iter_child_nodes(part)
    return False
