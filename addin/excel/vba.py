"""Our VBA: each function as a worksheet function that asks Python and gives real error values.

xlwings' own wrappers put the text of an error into the cell, which SUM passes over and IFERROR does not catch
(xlwings issue 776). Ours turn the error texts Python sends into CVErr values. The module keeps a name of its own:
xlwings overwrites the one called xlwings_udfs.
"""

from __future__ import annotations

from collections.abc import Iterable

from addin import packing
from addin.contract import argument_help
from addin.excel.functions import CATEGORY, ERROR_NUMBERS
from pycalc import FUNCTIONS
from pycalc.registry.definition import Argument, Function

MODULE = "BreakevenFunctions"
PYTHON_MODULE = "addin.excel.functions"


def module_text(names: Iterable[str] | None = None) -> str:
    """The module as a .bas file, with Windows line ends; of all functions, or of those named."""
    chosen = [FUNCTIONS[name] for name in (FUNCTIONS if names is None else names)]
    functions = "\n".join(_function(function) for function in chosen)
    cases = "\n".join(f'    Case "{code}": BreakevenErrorNumber = {number}' for code, number in ERROR_NUMBERS.items())
    helps = "\n".join(f"    BreakevenHelp{number}" for number in range(1, len(chosen) + 1))
    fields = {"functions": functions, "cases": cases, "helps": helps, "registration": _registration(chosen)}
    text = packing.part("excel", "breakeven.bas.template", module=MODULE, python=PYTHON_MODULE, **fields)
    return text.replace("\n", "\r\n")


def _function(function: Function) -> str:
    if function.variadic:
        return _repeating(function)
    names = [_parameter(argument) for argument in function.arguments]
    parameters = ", ".join(
        f"{'' if argument.required else 'Optional '}{name} As Variant"
        for name, argument in zip(names, function.arguments, strict=True)
    )
    given = ", ".join(names)
    return (
        f"Public Function {function.name}({_wrapped(parameters)}) As Variant\n"
        f'    {function.name} = BreakevenAnswer("{function.name}", Array({_wrapped(given)}))\n'
        "End Function\n"
    )


def _parameter(argument: Argument) -> str:
    """The argument's name; VBA knows no letter case, so one that equals a function's gets an underscore."""
    return f"{argument.name}_" if argument.name.upper() in FUNCTIONS else argument.name


def _repeating(function: Function) -> str:
    """A function whose last argument repeats."""
    *fixed, last = [argument.name for argument in function.arguments]
    parameters = [*(f"{name} As Variant" for name in fixed), f"ParamArray {last}() As Variant"]
    taken = [
        f"    If IsObject({name}) Then Set givenValues({place}) = {name} Else givenValues({place}) = {name}"
        for place, name in enumerate(fixed)
    ]
    fields = {"name": function.name, "last": last, "count": len(fixed), "fixed": "\n".join(taken)}
    return packing.part("excel", "repeating.bas.template", parameters=", ".join(parameters), **fields)


def _registration(functions: list[Function]) -> str:
    """What the function wizard shows. Excel takes no such texts of a hidden workbook, which an add-in is."""
    lines = []
    for number, function in enumerate(functions, 1):
        lines += [f"Private Sub BreakevenHelp{number}()", f"    Dim texts({len(function.arguments) - 1}) As String"]
        if not function.arguments:
            lines[-1] = "    ' it takes no arguments"
        lines += [
            f"    texts({place}) = {_text(argument_help(argument))}"
            for place, argument in enumerate(function.arguments)
        ]
        described = ", ArgumentDescriptions:=texts" if function.arguments else ""
        lines += [
            f'    Application.MacroOptions Macro:="{function.name}", Category:={_text(CATEGORY)}, _',
            f"        Description:={_text(function.summary)}{described}",
            "End Sub",
            "",
        ]
    return "\n".join(lines)


def _wrapped(names: str) -> str:
    """A long list over several lines, as VBA continues them."""
    lines, line = [], ""
    for name in names.split(", "):
        if len(line) + len(name) > 90:
            lines.append(line)
            line = ""
        line = f"{line}, {name}" if line else name
    return ", _\n        ".join([*lines, line])


def _text(value: str) -> str:
    """A VBA text; it knows only the characters of Windows' western code page."""
    value = value.replace("\u2212", "-").encode("cp1252", "replace").decode("cp1252")
    return '"' + value.replace('"', '""') + '"'
