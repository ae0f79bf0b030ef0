"""The functions as LAMBDA defined names, for Excel 365 with no add-in installed.

A LAMBDA is the guarded native twin over its own parameters, in the form Excel stores in a file:
``_xlfn.LAMBDA(_xlpm.upfront,_xlop.max_months,...)``. Optional parameters are declared ``_xlop.`` and used as
``_xlpm.``; a LET in front makes a left-out one an empty text, which the twin takes for its default.

One engine reads a parameter that equals a defined name of the workbook as that name, so such a parameter gets a
trailing underscore; the function itself keeps its name.
"""

from __future__ import annotations

from collections.abc import Iterable

from pycalc import FUNCTIONS
from pycalc.registry import native
from pycalc.registry.definition import Function
from workbook.file.package import Package

LONGEST = 8_191
"""Excel's limit on the characters of a defined name's formula."""


def names() -> list[str]:
    """The functions that can be a LAMBDA: those with a native twin."""
    return [name for name, function in FUNCTIONS.items() if function.twin]


def defined_name(function: Function | str, reserved_names: Iterable[str] = ()) -> str:
    """The formula of one LAMBDA defined name, as stored in a file, without a leading equals sign.

    Parameters
    ----------
    function : a `Function` or its name; it has to have a native twin.
    reserved_names : the other defined names of the workbook; letter case makes no difference. The names of all
        our functions count as reserved anyway.

    Raises
    ------
    ValueError : the function has no native twin, or the text is too long for a defined name.

    Examples
    --------
    >>> defined_name("FT_ROI").split(",IF(")[0]
    '_xlfn.LAMBDA(_xlpm.months,_xlpm.upfront,_xlpm.monthly_saving'
    """
    if isinstance(function, str):
        function = FUNCTIONS[function]
    if function.twin is None:
        raise ValueError(f"{function.name} cannot be a LAMBDA, it has no native twin: {function.no_twin}")
    taken = {name.upper() for name in (*reserved_names, *FUNCTIONS)}
    declared, bindings, given = [], [], {}
    for argument in function.arguments:
        name = _free(argument.name, taken)
        parameter = f"_xlpm.{name}"
        if argument.required:
            declared.append(parameter)
            given[argument.name] = parameter
        else:
            declared.append(f"_xlop.{name}")
            used = f"_xlpm.{_free(f'{argument.name}_given', taken)}"
            bindings.append(f'{used},IF(_xlfn.ISOMITTED({parameter}),"",{parameter})')
            given[argument.name] = used
    body = native.guarded(function, given)
    if bindings:
        body = f"_xlfn.LET({','.join(bindings)},{body})"
    text = f"_xlfn.LAMBDA({','.join(declared)},{body})"
    if len(text) > LONGEST:
        raise ValueError(f"the LAMBDA of {function.name} has {len(text)} characters, Excel takes {LONGEST}")
    return text


def put_in(package: Package) -> tuple[list[str], list[str]]:
    """Add every function to an open workbook's names; the names added, and those the workbook has already.

    A name the workbook has stays as it is: it may be the user's own. Calls as an add-in or Google Sheets left them
    become calls of the names.
    """
    from workbook.file.book import add_name, recalculate_on_load
    from workbook.formulas.storedform import put_in_plain_form

    put_in_plain_form(package)
    others = [defined.name for defined in package.defined_names()]
    taken = {name.upper() for name in others}
    added = [name for name in names() if name not in taken]
    for name in added:
        add_name(package, name, defined_name(name, others), FUNCTIONS[name].summary)
    recalculate_on_load(package)
    return added, [name for name in names() if name in taken]


def _free(name: str, taken: set[str]) -> str:
    """The name, with trailing underscores until nothing else has it; taken from then on."""
    while name.upper() in taken:
        name += "_"
    taken.add(name.upper())
    return name
