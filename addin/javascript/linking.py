"""From the bodies of the worksheet functions to one text: what they call, what that calls, and the tables they read."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from addin.javascript.subset import DATA, UnknownConstructError, declared_temporaries, literal
from addin.javascript.transpile import Transpiler
from pycalc import FUNCTIONS
from pycalc.registry.definition import Function
from workbook.file import tsv

NATIVE = {line["python"]: line["javascript"] for line in tsv.lines(DATA / "native.tsv")}
"""What is written in JavaScript by hand, with what it stands for."""


class Linker:
    """Collects what a set of Python objects needs, each thing once, and gives it a name."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.names: dict[tuple[str, str], str] = {}
        self.taken: set[str] = set()
        self.returning: set[str] = set()
        """Functions that there are twice: with a low line behind its name one returns its errors."""
        self.class_members: set[str] = {"evaluate", "body", "call"}

    def add(self, value: Any) -> str:
        """The JavaScript name of a function, class or constant of a module."""
        return self._refer(value.__name__, value, vars(inspect.getmodule(value)))

    def body(self, value: Any) -> str:
        """The same of a worksheet function's body, returning its errors where it can."""
        given = self.add(value)
        return f"{given}_" if given in self.returning else given

    def _refer(self, name: str, value: Any, space: dict[str, Any]) -> str:
        owner, name = _home(name, value, space)
        native = NATIVE.get(f"{owner}.{name}")
        if native:
            return native
        if (owner, name) in self.names:
            return self.names[owner, name]
        if isinstance(value, ModuleType):
            raise UnknownConstructError(f"the module {value.__name__} as a value has no translation into JavaScript")
        if isinstance(value, str | int | float | bool | None) and not _is_mutable(owner, name):
            return literal(value, lambda: UnknownConstructError(f"{owner}.{name} is a number too large for JavaScript"))
        given = self._free_name(name)
        self.names[owner, name] = given
        self._emit(owner, name, given, value)
        return given

    def _free_name(self, name: str) -> str:
        given, number = f"{name}$", 1
        while given in self.taken:
            number += 1
            given = f"{name}${number}"
        self.taken.add(given)
        return given

    def _emit(self, owner: str, name: str, given: str, value: Any) -> None:
        if not _is_ours(owner):
            raise UnknownConstructError(f"{owner}.{name} has no translation into JavaScript")
        tree, file, space = _module(owner)
        node = tree.get(name)
        if node is None:
            raise UnknownConstructError(f"{file}: {name} is not defined at the top of the module")
        transpiler = Transpiler(
            space, file, lambda name, value: self._refer(name, value, space), lambda: self.class_members
        )
        place = len(self.texts)
        self.texts.append("")
        if isinstance(node, ast.FunctionDef):
            body_of = _worksheet_function(value)
            text = transpiler.function(node, given, "function", _numbers(body_of), bool(body_of))
            if transpiler.returned:
                self.returning.add(given)
                text = text.replace(f" {given}(", f" {given}_(", 1) + f"\nconst {given} = py.throwing({given}_);"
        elif isinstance(node, ast.ClassDef):
            self.class_members |= members(node)
            text = self._class(transpiler, node, given, value)
        else:
            text = self._constant(transpiler, node, owner, name, given, value)
        self.texts[place] = text
        # What a text needs was put behind it; classes and constants have to stand before what is made from them.
        if not isinstance(node, ast.FunctionDef):
            self.texts.append(self.texts.pop(place))

    def _class(self, transpiler: Transpiler, node: ast.ClassDef, given: str, value: Any) -> str:
        bases = [base for base in value.__bases__ if _is_ours(base.__module__)]
        base = self._refer(bases[0].__name__, bases[0], vars(inspect.getmodule(bases[0]))) if bases else ""
        if not bases and issubclass(value, Exception):
            base = "py.Exception"
        return transpiler.klass(node, given, base)

    def _constant(self, transpiler: Transpiler, node: ast.AST, owner: str, name: str, given: str, value: Any) -> str:
        assert isinstance(node, ast.Assign | ast.AnnAssign)
        if _is_mutable(owner, name):
            return f"let {given} = {transpiler.expression(node.value) if node.value else 'null'};"
        try:
            text = self._value(value)
        except UnknownConstructError:
            if node.value is None:
                raise
            text = transpiler.expression(node.value)
        return f"{declared_temporaries(transpiler.scope)}const {given} = {text};"

    def _value(self, value: Any) -> str:
        """A table of plain values as it is now; how it was made need not be translated."""
        if isinstance(value, list | tuple) and type(value) in (list, tuple):
            return f"[{', '.join(map(self._value, value))}]"
        if type(value) in (set, frozenset):
            return f"py.set([{', '.join(map(self._value, sorted(value, key=repr)))}])"
        if type(value) is dict:
            pairs = ", ".join(f"[{self._value(key)}, {self._value(entry)}]" for key, entry in value.items())
            return f"py.dict([{pairs}])"
        if inspect.isclass(value) and _is_ours(value.__module__):
            return self.add(value)

        def refuse() -> UnknownConstructError:
            return UnknownConstructError(f"the value {value!r:.60} has no translation into JavaScript")

        return literal(value, refuse)


def _is_ours(module: str) -> bool:
    """Whether the source of a module is translated; anything else has to be in NATIVE."""
    return module.partition(".")[0] == "pycalc"


def _worksheet_function(value: Any) -> Function | None:
    """The worksheet function whose body this is."""
    function = FUNCTIONS.get(getattr(value, "__name__", "").upper())
    return function if function and function.body is inspect.unwrap(value) else None


def _numbers(function: Function | None) -> frozenset[str]:
    """The arguments of a worksheet function's body that are numbers whatever was given."""
    if function is None:
        return frozenset()
    return frozenset(
        argument.name
        for argument in function.arguments
        if argument.kind in ("number", "date")
        and argument.shape != "range"
        and (argument.required or argument.default is not None or argument.same_as)
    )


def members(node: ast.ClassDef) -> set[str]:
    """What may be called on an object of a class: its methods, and functions held in its slots."""
    names = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    return {name for name in names if not name.startswith("__")}


def _home(name: str, value: Any, space: dict[str, Any]) -> tuple[str, str]:
    """The module and the name under which an object is defined."""
    if isinstance(value, FunctionType) and hasattr(value, "__wrapped__"):
        value = inspect.unwrap(value)
    owner = getattr(value, "__module__", None)
    if (inspect.isroutine(value) or inspect.isclass(value)) and owner:
        return owner, value.__name__
    if isinstance(value, ModuleType):
        return value.__name__, ""
    home = space["__name__"]
    return (home, name) if _defines(home, name) else _imported_from(home, name, value)


def _defines(module: str, name: str) -> bool:
    return _is_ours(module) and name in _module(module)[0]


def _imported_from(home: str, name: str, value: Any) -> tuple[str, str]:
    """A constant that a module imported from another, or names as catalogue.UNITS: where it stands."""
    for module_name, module in sorted(sys.modules.items()):
        if _is_ours(module_name) and vars(module).get(name) is value and _defines(module_name, name):
            return module_name, name
    return home, name


@cache
def _module(name: str) -> tuple[dict[str, ast.AST], str, dict[str, Any]]:
    """The definitions at the top of a module by name, its file, its namespace."""
    found: dict[str, ast.AST] = {}
    for node in _tree(name).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found.update((target.id, node) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
    module = sys.modules[name]
    return found, str(module.__file__), vars(module)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8"))


@cache
def _mutable_names(module: str) -> frozenset[str]:
    return frozenset(name for node in ast.walk(_tree(module)) if isinstance(node, ast.Global) for name in node.names)


def _is_mutable(module: str, name: str) -> bool:
    return _is_ours(module) and name in _mutable_names(module)
