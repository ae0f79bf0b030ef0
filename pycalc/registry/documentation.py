"""Texts generated from the registry: terminal help, reference pages, docstrings of the public functions."""

from __future__ import annotations

from pycalc.errors import shown
from pycalc.registry import FUNCTIONS, SECTIONS
from pycalc.registry.definition import Argument, Function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ERRORS = (
    ("#VALUE!", "WrongKindError", "the wrong kind of value: text or TRUE where a number belongs"),
    ("#NUM!", "OutOfBoundsError", "a number outside its bounds, or a result too large"),
    ("#DIV/0!", "ZeroRatioError", "a ratio whose denominator is zero in the data"),
    ("#N/A", "NoAnswerError", "no answer exists"),
)


def in_order() -> list[Function]:
    """All functions, section by section."""
    return sorted(FUNCTIONS.values(), key=lambda function: SECTIONS.index(function.section))


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


def example_call(function: Function, args: tuple) -> str:
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


def help_text(function: Function) -> str:
    """One function's full help as plain text."""
    lines = [function.syntax(), "", function.summary, "", "Arguments"]
    width = max((len(argument.name) for argument in function.arguments), default=0)
    lines += [f"  {argument.name:<{width}}  {argument_line(argument)}" for argument in function.arguments]
    lines += ["", "Result", f"  {function.returns}"]
    if function.formula:
        lines += ["", "Formula", f"  {function.formula}"]
    if function.description:
        lines += ["", *function.description.split("\n")]
    lines += ["", "Native Excel", f"  ={function.twin}" if function.twin else f"  none: {function.no_twin}"]
    if function.twin_limit:
        lines += [f"  Limit: {function.twin_limit}"]
    lines += ["", "Errors"] + [f"  {code:<8} {meaning}" for code, _, meaning in ERRORS]
    if function.examples:
        lines += ["", "Examples"]
        lines += [f"  {example_call(function, args)}  ->  {result}" for args, result in function.examples]
    if function.references:
        lines += ["", "Sources"] + [f"  {reference}" for reference in function.references]
    if function.needs:
        lines += ["", f"Needs {', '.join(function.needs)}; #N/A where it cannot be imported."]
    return "\n".join(lines)


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
    lines += ["", "Returns", "-------", _return_type(function), f"    [{function.returns}]", "", "Raises", "------"]
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


def _return_type(function: Function) -> str:
    if function.returns == "text":
        return "str"
    return "list of lists" if function.spills else "float, or a block of the arguments' broadcast shape"


def nearest(name: str) -> str:
    """A suggestion for a mistyped name."""
    from difflib import get_close_matches

    close = get_close_matches(name.upper(), list(FUNCTIONS), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(close)}?" if close else "`breakeven functions` lists them."


def as_data(function: Function) -> dict[str, Any]:
    """The definition as plain data, for JSON."""
    return {
        "name": function.name,
        "section": function.section,
        "syntax": function.syntax(),
        "summary": function.summary,
        "returns": function.returns,
        "formula": function.formula,
        "native": function.twin,
        "no_native": function.no_twin,
        "native_limit": function.twin_limit,
        "arguments": [
            {
                "name": argument.name,
                "label": argument.label,
                "unit": argument.unit,
                "kind": argument.kind,
                "bounds": argument.quantity.bounds(),
                "required": argument.required,
                "default": argument.same_as or argument.default,
                "shape": argument.shape,
            }
            for argument in function.arguments
        ],
        "examples": [
            {"formula": example_call(function, args), "result": result} for args, result in function.examples
        ],
        "references": list(function.references),
    }


def table() -> str:
    """The functions as a Markdown table, for the README."""
    lines = ["| function | what it gives |", "|---|---|"]
    lines += [f"| `{function.syntax()}` | {function.summary} |" for function in in_order()]
    return "\n".join(lines)
