"""What blank, omitted, error, TRUE and a range mean, said once for all hosts.

A host adapter turns what its spreadsheet sends into plain Python values, asks `answer`, and turns what comes back
into what its spreadsheet shows:

=================  ==========================  ======================================================
in the sheet       to us                       from us
=================  ==========================  ======================================================
number             float or int                float
text               str                         str
TRUE, FALSE        bool                        bool
date               Excel serial number         Excel serial number
blank cell         None                        "" (no function returns a blank)
omitted argument   None                        -
error value        `CalcError`                 `CalcError`
range              list or tuple of rows       list of rows
=================  ==========================  ======================================================

`answer` never raises: whatever goes wrong is an error value in the cell, and FT_CHECK tells why.
"""

from __future__ import annotations

from itertools import chain

from pycalc.errors import CODES, CalcError, WrongKindError, from_code
from pycalc.registry import FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pycalc.registry.definition import Argument

_CODES = frozenset(CODES)
_PLAIN = {float, str, bool}


def answer(name: str, args: Sequence[Any]) -> Any:
    """The result of one call from a sheet, an error value as a `CalcError`.

    Parameters
    ----------
    name : a worksheet function's name in capitals.
    args : its arguments in order, None for each one left out.
    """
    function = FUNCTIONS[name]
    count = len(args)
    while count > function.required and args[count - 1] is None:
        count -= 1
    try:
        return function.call(*args[:count])
    except CalcError as error:
        return error.bare()
    except Exception as failure:  # a cell shows an error value; the spreadsheet itself must never fall over
        return WrongKindError(f"failed: {failure!r}", "Report it with the arguments you gave", function=name)


def argument_help(argument: Argument) -> str:
    """What a function wizard says of one argument, at most the 255 characters Excel shows."""
    text = f"{argument.label} [{argument.unit}]"
    return (text if argument.required else f"(optional) {text}")[:255]


def with_errors(value: Any) -> Any:
    """Error texts as a host hands them over ("#N/A") turned into error values, in single values and ranges."""
    kind = type(value)
    if kind is str:
        return from_code(value) if value in _CODES else value
    if kind is list or kind is tuple:
        return [with_errors(cell) for cell in value] if _holds_error(value) else value
    return value


def _holds_error(cells: Sequence[Any]) -> bool:
    for cell in cells:
        if type(cell) is str:
            if cell in _CODES:
                return True
        elif type(cell) in (list, tuple) and _holds_error(cell):
            return True
    return False


def rows_with_error_texts(result: Any) -> list[list[Any]]:
    """A result as rows of cells, for hosts that take an error value as its text ("#N/A")."""
    if type(result) is not list:
        return [[_as_text(result)]]
    rows = result if type(result[0]) is list else [result]
    if set(map(type, chain.from_iterable(rows))) <= _PLAIN:
        return rows
    return [[_as_text(cell) for cell in row] for row in rows]


def _as_text(cell: Any) -> Any:
    if isinstance(cell, CalcError):
        return cell.code if cell.code in _CODES else "#VALUE!"
    return cell
