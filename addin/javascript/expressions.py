"""Python expressions as JavaScript."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from addin.javascript.subset import (
    BUILTINS,
    MISSING,
    NUMBERS,
    PLAIN,
    RESERVED,
    RUNTIME,
    TESTS,
    Scope,
    UnknownConstructError,
    bound_names,
    declared_temporaries,
    is_plain,
    literal,
)


class Expressions:
    """Translates the functions and classes of one module.

    `refer` is asked for the JavaScript name of each Python object a text names; `file` and the line offset of a
    piece of source are for messages.
    """

    def __init__(
        self, space: dict[str, Any], file: str, refer: Callable[[str, Any], str], methods: Callable[[], set[str]]
    ) -> None:
        self.space = space
        self.file = file
        self.refer = refer
        self.methods = methods
        self.scope = Scope()
        self.caught = 0
        """How many `except` stand around the statement."""
        self.returning = self.returned = False
        self.late: list[ast.expr] = []
        """What an error says, put together when somebody reads it."""
        self.temporaries = 0

    # Names and objects

    @contextmanager
    def inner(self) -> Iterator[Scope]:
        """A scope within the one that is open."""
        outer, self.scope = self.scope, Scope(outer=self.scope)
        yield self.scope
        self.scope = outer

    def fail(self, node: ast.AST, what: str) -> UnknownConstructError:
        line = getattr(node, "lineno", 0)
        return UnknownConstructError(f"{self.file}, line {line}: {what} has no translation into JavaScript")

    def object_of(self, node: ast.AST) -> Any:
        """The Python object a name or a dotted name stands for, MISSING when it is a local value."""
        if isinstance(node, ast.Name):
            found, value = self.scope.bound(node.id)
            if found:
                return value
            if self.scope.holds(node.id):
                return MISSING
            return self.space.get(node.id, MISSING)
        if isinstance(node, ast.Attribute):
            owner = self.object_of(node.value)
            if inspect.ismodule(owner):
                return getattr(owner, node.attr, MISSING)
        return MISSING

    def name(self, text: str) -> str:
        return f"{text}_" if text in RESERVED else text

    def fresh(self) -> str:
        self.temporaries += 1
        name = f"t{self.temporaries}_"
        self.scope.names.add(name)
        return name

    def is_number(self, node: ast.AST) -> bool:
        """Whether an expression can only be a number: its parts are, by their annotations or by what was assigned."""
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
            return self.is_number(node.operand)
        if isinstance(node, ast.BinOp):
            return self.is_number(node.left) and self.is_number(node.right)
        if isinstance(node, ast.IfExp):
            return self.is_number(node.body) and self.is_number(node.orelse)
        if isinstance(node, ast.Name | ast.Attribute):
            value = self.object_of(node)
            if value is MISSING:
                return isinstance(node, ast.Name) and self.scope.is_number(node.id)
            return isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(node, ast.Call):
            value = self.object_of(node.func)
            if value is MISSING:
                return getattr(node.func, "id", "") in ("min", "max", "abs") and all(map(self.is_number, node.args[:2]))
            annotations = getattr(value, "__annotations__", {})
            is_test = getattr(value, "__name__", "").startswith("is")  # math.isfinite gives no number
            return annotations.get("return") in NUMBERS or (getattr(value, "__module__", "") == "math" and not is_test)
        return isinstance(node, ast.Constant) and type(node.value) in (int, float)

    def is_test(self, node: ast.AST) -> bool:
        """Whether an expression can only be true or false."""
        if not isinstance(node, ast.Call):
            return False
        value = self.object_of(node.func)
        if value is MISSING:
            return getattr(node.func, "id", getattr(node.func, "attr", "")) in TESTS
        module, annotations = getattr(value, "__module__", ""), getattr(value, "__annotations__", {})
        return annotations.get("return") == "bool" or (module == "math" and value.__name__.startswith("is"))

    def find_numbers(self, node: ast.FunctionDef, given: frozenset[str], scope: Scope) -> None:
        """Names of a function that only ever hold numbers: those given, those annotated, what is made of them."""
        scope.numbers = set(given)
        for argument in node.args.args:
            if argument.annotation is not None and ast.unparse(argument.annotation) in NUMBERS:
                scope.numbers.add(argument.arg)
        assigned: dict[str, list[ast.expr | None]] = {}
        for part in ast.walk(node):
            if isinstance(part, ast.Assign) and all(isinstance(target, ast.Name) for target in part.targets):
                for target in part.targets:
                    assigned.setdefault(target.id, []).append(part.value)  # type: ignore[attr-defined]
            elif isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
                assigned.setdefault(part.target.id, []).append(part.value)
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                assigned.setdefault(part.id, [])
        stores = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
        for _ in assigned:
            for name, values in assigned.items():
                known = len(values) == stores.count(name) and all(v is not None and self.is_number(v) for v in values)
                if known and name not in scope.numbers and name in scope.names:
                    scope.numbers.add(name)
        # A parameter that is assigned something else is no longer known.
        for name, values in assigned.items():
            if name in scope.numbers and not all(v is not None and self.is_number(v) for v in values):
                scope.numbers.discard(name)

    # Expressions

    def expression(self, node: ast.AST) -> str:
        method = getattr(self, f"e_{type(node).__name__}", None)
        if method is None:
            raise self.fail(node, type(node).__name__)
        return str(method(node))

    def many(self, nodes: list[Any]) -> str:
        return ", ".join(self.expression(node) for node in nodes)

    def e_Constant(self, node: ast.Constant) -> str:
        return literal(node.value, lambda: self.fail(node, f"the constant {node.value!r}"))

    def e_Name(self, node: ast.Name) -> str:
        value = self.object_of(node)
        if value is not MISSING:
            return self.refer(node.id, value)
        if self.scope.holds(node.id):
            return self.name(node.id)
        if node.id in BUILTINS:
            return f"py.{self.name(node.id)}"
        raise self.fail(node, f"the name {node.id}")

    def e_Attribute(self, node: ast.Attribute) -> str:
        value = self.object_of(node)
        if value is not MISSING:
            return self.refer(node.attr, value)
        if node.attr == "__name__":
            return f"py.name({self.expression(node.value)})"
        if node.attr == "__dict__":
            raise self.fail(node, "__dict__")
        return f"{self.expression(node.value)}.{node.attr}"

    def e_BinOp(self, node: ast.BinOp) -> str:
        left, right = self.expression(node.left), self.expression(node.right)
        kind = type(node.op)
        if kind in PLAIN and self.is_number(node.left) and self.is_number(node.right):
            return f"({left} {PLAIN[kind]} {right})"
        if kind not in RUNTIME:
            raise self.fail(node, f"the operator {kind.__name__}")
        return f"py.{RUNTIME[kind]}({left}, {right})"

    def e_UnaryOp(self, node: ast.UnaryOp) -> str:
        if isinstance(node.op, ast.Not):
            return f"!{self.truth(node.operand)}"
        sign = {ast.USub: "-", ast.UAdd: "+"}.get(type(node.op))
        if sign is None:
            raise self.fail(node, f"the operator {type(node.op).__name__}")
        return f"({sign}{self.expression(node.operand)})"

    def e_BoolOp(self, node: ast.BoolOp) -> str:
        *first, last = node.values
        text = self.expression(last)
        for value in reversed(first):
            held = self.fresh()
            test = f"py.truth({held} = {self.expression(value)})"
            text = f"({test} ? {text} : {held})" if isinstance(node.op, ast.And) else f"({test} ? {held} : {text})"
        return text

    def e_Compare(self, node: ast.Compare) -> str:
        parts = []
        left = self.expression(node.left)
        left_node: ast.AST = node.left
        for position, (operator, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
            right = self.expression(right_node)
            again = position + 1 < len(node.ops) and not isinstance(right_node, ast.Name | ast.Constant)
            if again:
                held = self.fresh()
                parts.append(self.compared(operator, left, f"({held} = {right})", left_node, right_node))
                left = held
            else:
                parts.append(self.compared(operator, left, right, left_node, right_node))
                left = right
            left_node = right_node
        return parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"

    def compared(self, operator: ast.cmpop, left: str, right: str, left_node: ast.AST, right_node: ast.AST) -> str:
        if type(operator) in PLAIN and self.is_number(left_node) and self.is_number(right_node):
            return f"({left} {PLAIN[type(operator)]} {right})"
        is_same = isinstance(operator, ast.Is | ast.IsNot)
        if is_same or (isinstance(operator, ast.Eq | ast.NotEq) and (is_plain(left_node) or is_plain(right_node))):
            return f"({left} {'===' if isinstance(operator, ast.Is | ast.Eq) else '!=='} {right})"
        return f"py.{RUNTIME[type(operator)]}({left}, {right})"

    def truth(self, node: ast.AST) -> str:
        """An expression as a JavaScript condition."""
        if isinstance(node, ast.Compare):
            return self.expression(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"!{self.truth(node.operand)}"
        if isinstance(node, ast.BoolOp):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            return f"({sign.join(self.truth(value) for value in node.values)})"
        if self.is_number(node):
            return f"({self.expression(node)} !== 0)"
        if self.is_test(node):
            return self.expression(node)
        return f"py.truth({self.expression(node)})"

    def e_IfExp(self, node: ast.IfExp) -> str:
        return f"({self.truth(node.test)} ? {self.expression(node.body)} : {self.expression(node.orelse)})"

    def e_NamedExpr(self, node: ast.NamedExpr) -> str:
        return f"({self.name(node.target.id)} = {self.expression(node.value)})"

    def e_JoinedStr(self, node: ast.JoinedStr) -> str:
        text = f"({' + '.join(map(self.expression, node.values))})" if node.values else '""'
        return f"py.late(() => {text})" if node in self.late else text

    def e_FormattedValue(self, node: ast.FormattedValue) -> str:
        value = self.expression(node.value)
        if node.conversion != -1:
            raise self.fail(node, "!r")
        return f"py.format({value}, {self.expression(node.format_spec)})" if node.format_spec else f"py.str({value})"

    def e_List(self, node: ast.List) -> str:
        return f"[{self.many(node.elts)}]"

    e_Tuple = e_List

    def e_Dict(self, node: ast.Dict) -> str:
        if None in node.keys:
            raise self.fail(node, "** in a dict")
        pairs = ", ".join(f"[{self.many([*pair])}]" for pair in zip(node.keys, node.values, strict=True))
        return f"py.dict([{pairs}])"

    def e_Starred(self, node: ast.Starred) -> str:
        return f"...py.iter({self.expression(node.value)})"

    def e_Subscript(self, node: ast.Subscript) -> str:
        owner = self.expression(node.value)
        if isinstance(node.slice, ast.Slice):
            if node.slice.step:
                raise self.fail(node, "a slice with a step")
            start, end = (self.expression(part) if part else "null" for part in (node.slice.lower, node.slice.upper))
            return f"py.slice({owner}, {start}, {end})"
        return f"py.item({owner}, {self.expression(node.slice)})"

    def e_Lambda(self, node: ast.Lambda) -> str:
        with self.inner() as scope:
            scope.names.update(argument.arg for argument in node.args.args)
            body = self.expression(node.body)
            if held := declared_temporaries(scope):
                body = f"{{ {held} return {body}; }}"
            return f"(({self.parameters(node.args, node)}) => {body})"

    def e_ListComp(self, node: ast.ListComp) -> str:
        return f"py.list({self.comprehension(node, node.elt)})"

    def e_GeneratorExp(self, node: ast.GeneratorExp) -> str:
        return self.comprehension(node, node.elt)

    def e_DictComp(self, node: ast.DictComp) -> str:
        return f"py.dict({self.comprehension(node, ast.Tuple([node.key, node.value], ast.Load()))})"

    def comprehension(self, node: Any, element: ast.AST) -> str:
        """A comprehension as a generator that is called at once."""
        first = self.expression(node.generators[0].iter)
        with self.inner() as scope:
            text = ""
            for position, generator in enumerate(node.generators):
                scope.names.update(bound_names(generator.target))
                source = "source_" if position == 0 else self.expression(generator.iter)
                text += f"for (const {self.target(generator.target)} of py.iter({source})) "
                for condition in generator.ifs:
                    text += f"if ({self.truth(condition)}) "
            text += f"yield {self.expression(element)};"
        return f"(function* (source_) {{ {declared_temporaries(scope)}{text} }})({first})"

    def e_Yield(self, node: ast.Yield) -> str:
        return f"(yield {self.expression(node.value) if node.value else 'null'})"

    def target(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            if not self.scope.holds(node.id):  # declared global
                return self.refer(node.id, self.space[node.id])
            return self.name(node.id)
        if isinstance(node, ast.Attribute):
            return self.e_Attribute(node)
        if isinstance(node, ast.Tuple | ast.List):
            elements = ["" if getattr(element, "id", "") == "_" else self.target(element) for element in node.elts]
            return f"[{', '.join(elements)}]"
        if isinstance(node, ast.Starred):
            return f"...{self.target(node.value)}"
        raise self.fail(node, f"assigning to {type(node).__name__}")

    def parameters(self, args: ast.arguments, node: ast.AST, skipped: bool = False) -> str:
        if args.kwarg or args.posonlyargs:
            raise self.fail(node, "this kind of parameter")
        names = args.args[1:] if skipped else args.args
        defaults: list[ast.expr | None] = [None] * (len(names) - len(args.defaults))
        both = [*zip(names, [*defaults, *args.defaults], strict=True)]
        both += zip(args.kwonlyargs, args.kw_defaults, strict=True)
        texts = [
            self.name(argument.arg) + (f" = {self.expression(default)}" if default is not None else "")
            for argument, default in both
        ]
        if args.vararg:
            texts.append(f"...{self.name(args.vararg.arg)}")
        return ", ".join(texts)
