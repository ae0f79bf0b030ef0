"""One Python function or class as JavaScript.

What this knows of Python is what the bodies of the worksheet functions and what they call are written in; a
construct it does not know ends the build with file and line, so that nothing is ever translated wrongly in silence.
Where JavaScript means something else by the same sign (equality, truth, division, `in`), the text calls `py`, the
runtime in runtime.js.
"""

from __future__ import annotations

import ast
import inspect
from importlib import import_module

from addin.javascript.calls import Calls
from addin.javascript.subset import BUILTINS, MISSING, RUNTIME, is_slots, makes_a_generator, own_names
from pycalc.errors import CalcError

FIXED = {ast.Break: "break;", ast.Continue: "continue;"} | dict.fromkeys(
    (ast.Pass, ast.Global, ast.Nonlocal, ast.Assert), ""
)
"""Statements that read the same whatever stands in them."""


class Transpiler(Calls):
    """Translates the functions and classes of one module."""

    # Statements

    def block(self, nodes: list[ast.stmt]) -> str:
        return "\n".join(self.statement(node) for node in nodes)

    def statement(self, node: ast.stmt) -> str:
        if type(node) in FIXED:
            return FIXED[type(node)]
        method = getattr(self, f"s_{type(node).__name__}", None)
        if method is None:
            raise self.fail(node, type(node).__name__)
        return str(method(node))

    def s_Expr(self, node: ast.Expr) -> str:
        if isinstance(node.value, ast.Constant):
            return ""  # a docstring
        return f"{self.expression(node.value)};"

    def s_Return(self, node: ast.Return) -> str:
        return f"return {self.expression(node.value) if node.value else 'null'};"

    def s_Assign(self, node: ast.Assign) -> str:
        value = self.expression(node.value)
        *more, first = node.targets
        if more:
            held = self.fresh()
            return "\n".join([f"{held} = {value};", *(self.assigned(t, held) for t in (first, *more))])
        return self.assigned(first, value)

    def assigned(self, target: ast.AST, value: str) -> str:
        if isinstance(target, ast.Subscript):
            if isinstance(target.slice, ast.Slice):
                raise self.fail(target, "assigning to a slice")
            return f"py.setitem({self.expression(target.value)}, {self.expression(target.slice)}, {value});"
        if isinstance(target, ast.Tuple | ast.List):
            return f";{self.target(target)} = py.list({value});"
        return f"{self.target(target)} = {value};"

    def s_AnnAssign(self, node: ast.AnnAssign) -> str:
        return self.assigned(node.target, self.expression(node.value)) if node.value else ""

    def s_AugAssign(self, node: ast.AugAssign) -> str:
        kind = type(node.op)
        if kind not in RUNTIME:
            raise self.fail(node, f"the operator {kind.__name__}=")
        target = ast.copy_location(ast.parse(ast.unparse(node.target), mode="eval").body, node)
        value = f"py.{RUNTIME[kind]}({self.expression(target)}, {self.expression(node.value)})"
        if kind is ast.Add:  # a list grows in place
            value = f"py.iadd({self.expression(target)}, {self.expression(node.value)})"
        return self.assigned(node.target, value)

    def s_If(self, node: ast.If) -> str:
        text = f"if ({self.truth(node.test)}) {{\n{self.block(node.body)}\n}}"
        if node.orelse:
            text += f" else {{\n{self.block(node.orelse)}\n}}"
        return text

    def s_While(self, node: ast.While) -> str:
        if node.orelse:
            raise self.fail(node, "while with else")
        return f"while ({self.truth(node.test)}) {{\n{self.block(node.body)}\n}}"

    def s_For(self, node: ast.For) -> str:
        if node.orelse:
            raise self.fail(node, "for with else")
        target = self.target(node.target)
        return f"for ({target} of py.iter({self.expression(node.iter)})) {{\n{self.block(node.body)}\n}}"

    def s_Raise(self, node: ast.Raise) -> str:
        if node.exc is None:
            raise self.fail(node, "a bare raise")
        value, made = self.object_of(node.exc), self.object_of(getattr(node.exc, "func", node.exc))
        if isinstance(node.exc, ast.Call) and inspect.isclass(made) and issubclass(made, CalcError):
            self.late = node.exc.args[:1]
            self.returned |= self.returning
            return f"{'return' if self.returning else 'throw'} {self.expression(node.exc)};"
        if inspect.isclass(value) or (isinstance(node.exc, ast.Name) and node.exc.id in BUILTINS):
            return f"throw new {self.expression(node.exc)}();"
        return f"throw {self.expression(node.exc)};"

    def s_Try(self, node: ast.Try) -> str:
        if node.orelse or node.finalbody:
            raise self.fail(node, "try with else or finally")
        returning, self.returning = self.returning, False  # what is raised may be caught here
        held = f"e{self.caught}_"
        self.caught += 1
        text = f"try {{\n{self.block(node.body)}\n}} catch ({held}) {{\n"
        for handler in node.handlers:
            text += f"if (py.isinstance({held}, [{self.kinds(handler)}])) {{\n"
            if handler.name:
                text += f"{self.name(handler.name)} = {held};\n"
            text += f"{self.block(handler.body)}\n}} else "
        self.caught -= 1
        self.returning = returning
        return f"{text}throw {held};\n}}"

    def kinds(self, handler: ast.ExceptHandler) -> str:
        if handler.type is None:
            raise self.fail(handler, "a bare except")
        return self.many(handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])

    def s_With(self, node: ast.With) -> str:
        for item in node.items:
            value = self.object_of(item.context_expr)
            if type(value).__name__ != "lock":  # nothing else runs in between in JavaScript
                raise self.fail(node, "with")
        return self.block(node.body)

    def s_Import(self, node: ast.Import) -> str:
        for name in node.names:
            self.scope.imported[name.asname or name.name] = __import__(name.name)
        return ""

    def s_ImportFrom(self, node: ast.ImportFrom) -> str:
        module = import_module(node.module or "")
        for name in node.names:
            value = getattr(module, name.name, MISSING)
            if value is MISSING:
                value = import_module(f"{node.module}.{name.name}")
            self.scope.imported[name.asname or name.name] = value
        return ""

    # Functions and classes

    def s_FunctionDef(self, node: ast.FunctionDef) -> str:
        if node.decorator_list:
            raise self.fail(node, "a decorator")
        return self.function(node, self.name(node.name))

    def function(
        self,
        node: ast.FunctionDef,
        name: str,
        keyword: str = "function",
        numbers: frozenset[str] = frozenset(),
        returning: bool = False,
    ) -> str:
        """A function, or with another `keyword` ("" for a method, "get") a method without its self.

        `numbers` are parameters that are known to be numbers. `returning`: its errors are returned, which takes a tenth
        of the time of throwing them; `returned` tells whether there are any.
        """
        star = "*" if makes_a_generator(node) else ""
        outer, self.returning = self.returning, returning and not star
        parameters = self.parameters(node.args, node, skipped=keyword != "function")
        with self.inner() as scope:
            scope.names |= own_names(node)
            self.find_numbers(node, numbers, scope)
            body = self.block(node.body)
            self.returning = outer
            given = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
            given |= {node.args.vararg.arg} if node.args.vararg else set()
            inner = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n is not node}
            new = sorted(self.name(n) for n in scope.names - given - inner - set(scope.imported))
            declared = f"let {', '.join(new)};\n" if new else ""
            # Methods name their object as Python does.
            myself = "const self = this;\n" if keyword != "function" and name != "constructor" else ""
        head = f"{keyword}{star} {name}({parameters})".strip()
        return f"{head} {{\n{myself}{declared}{body}\n}}"

    def klass(self, node: ast.ClassDef, name: str, base: str) -> str:
        if node.decorator_list:
            raise self.fail(node, "a decorator")
        parts = []
        fixed = []
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                parts.append(self.class_method(statement, bool(base)))
            elif isinstance(statement, ast.Assign) and not is_slots(statement):
                text = f"{name}.prototype.{statement.targets[0].id}"  # type: ignore[attr-defined]
                fixed.append(f"{text} = {self.expression(statement.value)};")
        methods = "\n".join(filter(None, parts))
        extends = f" extends {base}" if base else ""
        return "\n".join([f"class {name}{extends} {{\n{methods}\n}}", *fixed])

    def class_method(self, node: ast.FunctionDef, has_base: bool) -> str:
        decorators = {getattr(decorator, "id", "") for decorator in node.decorator_list}
        if node.name == "__init__":
            text = self.function(node, "constructor", "")
            start = "const self = this;\n"
            if has_base:
                return text.replace("super();", "super();\n" + start, 1)
            head, brace, rest = text.partition("{\n")
            return head + brace + start + rest
        if node.name.startswith("__"):  # equality, hashing, pickling: Python's own business
            return ""
        if decorators == {"property"}:
            return self.function(node, node.name, "get")
        if decorators:
            raise self.fail(node, f"the decorator {', '.join(decorators)}")
        return self.function(node, node.name, "")
