"""Words on one function: its arguments, examples and the docstring that `help()` shows."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.errors import shown
from pycalc.registry.definition import Argument, Function

ERRORS = (
    ("#VALUE!", "WrongKindError", "the wrong kind of value: text or TRUE where a number belongs"),
    ("#NUM!", "OutOfBoundsError", "a number outside its bounds, or a result too large"),
    ("#DIV/0!", "ZeroRatioError", "a ratio whose denominator is zero in the data"),
    ("#N/A", "NoAnswerError", "no answer exists"),
)


def default_text(argument: Argument) -> str:
    """The default as help shows it, empty for a required argument or one that may stay unknown."""
    if argument.same_as:
        return argument.same_as
    return "" if argument.default is None else example_value(argument.default)


def example_value(value: object) -> str:
    """A value as it is typed in a formula."""
    if isinstance(value, tuple):
        return "{" + ", ".join(map(example_value, value)) + "}"
    if isinstance(value, str):
        return f'"{value}"'
    return shown(value)


def example_call(function: Function, args: tuple[Any, ...]) -> str:
    """An example as a formula."""
    return f"={function.name}({', '.join(map(example_value, args))})"


def argument_line(argument: Argument) -> str:
    """What an argument is: label, unit, bounds, default, in one line of at most 255 characters."""
    parts = [f"{argument.label} [{argument.unit}]"]
    bounds = argument.quantity.bounds()
    if bounds:
        parts.append(bounds)
    if not argument.required:
        default = default_text(argument)
        parts.append(f"default {default}" if default else "may be left out")
    return "; ".join(parts)


def docstring(function: Function) -> str:
    """The docstring of the public Python function, numpydoc headings."""
    lines = [function.summary, ""]
    if function.description:
        lines += [function.description, ""]
    lines += ["Parameters", "----------"]
    for argument in function.arguments:
        kind = {"number": "float or array", "text": "str", "flag": "bool", "date": "float or date"}.get(argument.kind)
        optional = "" if argument.required else ", optional"
        lines += [f"{argument.name} : {kind or 'object'}{optional}", f"    {argument_line(argument)}"]
    block = "list of lists" if function.spills else "float, or a block of the arguments' broadcast shape"
    result = "str" if function.returns == "text" else block
    lines += ["", "Returns", "-------", result, f"    [{function.returns}]", "", "Raises", "------"]
    for code, name, meaning in ERRORS:
        lines += [name, f"    {code}: {meaning}."]
    lines += ["", "Formula", "-------", function.formula]
    if function.references:
        lines += ["", "References", "----------", *function.references]
    if function.examples:
        lines += ["", "Examples", "--------"]
        for args, result in function.examples:
            lines += [f">>> pycalc.{function.call.__name__}({', '.join(map(repr, args))})", result]
    return "\n".join(lines)
