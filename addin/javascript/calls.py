"""Python calls as JavaScript: keywords in their places, methods of Python's own types, classes."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any

from addin.javascript.expressions import Expressions
from addin.javascript.subset import BUILTINS, IGNORED_KEYWORDS, KEYWORDS, METHODS, MISSING


class Calls(Expressions):
    """Adds calls to expressions."""

    def e_Call(self, node: ast.Call) -> str:
        function = node.func
        value = self.object_of(function)
        if value is not MISSING and not (inspect.isclass(value) and value.__module__ == "builtins"):
            return self.called(node, value)
        if isinstance(function, ast.Name) and not self.scope.holds(function.id) and function.id in BUILTINS:
            if function.id == "isinstance":
                return self.is_instance(node)
            made = "new " if function.id.endswith(("Error", "Exception")) else ""
            return f"{made}py.{function.id}({self.plain_arguments(node, function.id)})"
        if isinstance(function, ast.Call) and isinstance(function.func, ast.Name) and function.func.id == "type":
            return self.of_same_class(node, function)
        if isinstance(function, ast.Attribute):
            return self.method_call(node, function)
        # What a variable holds may be a class, which JavaScript calls in another way.
        return f"py.invoke({', '.join(filter(None, [self.expression(function), self.plain_arguments(node, '')]))})"

    def is_instance(self, node: ast.Call) -> str:
        kinds = node.args[1]
        listed: list[ast.expr] = []
        while isinstance(kinds, ast.BinOp):  # str | bytes
            listed.insert(0, kinds.right)
            kinds = kinds.left
        listed = [*kinds.elts] if isinstance(kinds, ast.Tuple) else [kinds, *listed]
        value = self.expression(node.args[0])
        if not isinstance(node.args[0], ast.Name):
            return f"py.isinstance({value}, [{', '.join(map(self.kind, listed))}])"
        return f"({' || '.join(self.tested(kind, value) for kind in listed)})"

    def kind(self, node: ast.expr) -> str:
        """A class; one of Python's own by its name."""
        is_own = isinstance(node, ast.Name) and self.object_of(node) is MISSING
        return json.dumps(node.id) if is_own else self.expression(node)  # type: ignore[attr-defined]

    def tested(self, node: ast.expr, value: str) -> str:
        """Whether a variable holds an object of a class."""
        kind = self.kind(node)
        simple = {"str": "string", "bool": "boolean", "float": "number"}.get(kind.strip('"'))
        if simple:
            return f'typeof {value} === "{simple}"'
        return f"py.isinstance({value}, [{kind}])" if kind.startswith('"') else f"{value} instanceof {kind}"

    def of_same_class(self, node: ast.Call, function: ast.Call) -> str:
        """type(error)(...): an error of the same class; all of them are made alike."""
        from pycalc.errors import CalcError

        return f"new (py.type({self.expression(function.args[0])}))({self.matched(node, CalcError.__init__, 1)})"

    def method_call(self, node: ast.Call, function: ast.Attribute) -> str:
        name = function.attr
        if isinstance(function.value, ast.Call) and getattr(function.value.func, "id", "") == "super":
            return f"super({self.plain_arguments(node, '')})" if name == "__init__" else f"super.{name}()"
        owner = self.expression(function.value)
        if name in METHODS:
            return f'py.own({owner}, "{name}", [{self.plain_arguments(node, name)}])'
        if name not in self.methods():
            raise self.fail(node, f"the method {name}")
        if node.keywords:
            raise self.fail(node, f"keywords for the method {name}")
        return f"{owner}.{name}({self.plain_arguments(node, '')})"

    def plain_arguments(self, node: ast.Call, name: str) -> str:
        texts = [self.expression(argument) for argument in node.args]
        keywords = [keyword for keyword in node.keywords if keyword.arg not in IGNORED_KEYWORDS]
        if keywords:
            known = KEYWORDS.get(name, ())
            for keyword in keywords:
                if keyword.arg not in known:
                    raise self.fail(node, f"the keyword {keyword.arg}")
            options = ", ".join(f"{keyword.arg}: {self.expression(keyword.value)}" for keyword in keywords)
            texts.append(f"new py.Options({{ {options} }})")
        return ", ".join(texts)

    def called(self, node: ast.Call, value: Any) -> str:
        name = getattr(value, "__name__", "it")
        text = self.refer(name, value)
        if text.startswith(("py.", "Math.", "Number.", "$files.")) or not callable(value):
            return f"{text}({self.plain_arguments(node, name)})"
        if inspect.isclass(value):
            return f"new {text}({self.matched(node, value, 0)})"
        return f"{text}({self.matched(node, value, 0)})"

    def matched(self, node: ast.Call, value: Any, skipped: int) -> str:
        """Arguments in the places of the signature; JavaScript has no keywords."""
        names = list(inspect.signature(value).parameters)[skipped:]
        texts = [self.expression(argument) for argument in node.args]
        if not node.keywords:
            return ", ".join(texts)
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.fail(node, "keywords behind a starred argument")
        given = {keyword.arg: self.expression(keyword.value) for keyword in node.keywords}
        if None in given or not set(given) <= set(names):
            raise self.fail(node, f"the keywords {', '.join(map(str, given))}")
        last = max(names.index(str(name)) for name in given)
        texts += [given.get(name, "undefined") for name in names[len(texts) : last + 1]]
        return ", ".join(texts)
