"""Texts generated from the registry: terminal help, reference pages."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.registry import FUNCTIONS, SECTIONS
from pycalc.registry.definition import Function
from pycalc.registry.texts import ERRORS, argument_line, example_call


def in_order() -> list[Function]:
    """All functions, section by section."""
    return sorted(FUNCTIONS.values(), key=lambda function: SECTIONS.index(function.section))


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


def nearest(name: str) -> str:
    """A suggestion for a mistyped name."""
    from difflib import get_close_matches

    close = get_close_matches(name.upper(), list(FUNCTIONS), n=3, cutoff=0.6)
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
        "examples": [{"formula": example_call(function, args), "result": result} for args, result in function.examples],
        "references": list(function.references),
    }


def table() -> str:
    """The functions as a Markdown table, for the README."""
    lines = ["| function | what it gives |", "|---|---|"]
    lines += [f"| `{function.syntax()}` | {function.summary} |" for function in in_order()]
    return "\n".join(lines)
