"""FT_CHECK: the message behind an error value, in any host."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS, calls, worksheet_function
from pycalc.registry.vocabulary import Quantity, quantity

SECTION = "Checking"


@worksheet_function(
    summary='"OK", or why a function gives an error value: which argument, what was expected, what to do.',
    returns="text",
    formula='"OK" when the function has a result for the arguments, else the message of its error',
    no_twin="A message takes the function's rules; a workbook shows the error value itself and validates its inputs",
    arguments={
        "name": quantity('Name of the function to check, such as "FT_BREAKEVEN"', "text"),
        "values": Quantity("Its arguments, in order", "as that function takes them", kind="any"),
    },
    shapes={"values": "scalar"},
    variadic=True,
    examples=((("FT_BREAKEVEN", 12, 315, 9), "OK"),),
)
def ft_check(name: str, *values: Any) -> str:
    """For a range call, the first bad element's message with its row and column."""
    function = FUNCTIONS.get(name.strip().upper())
    if function is None:
        return f"No function is named {name.strip() or '(blank)'}. Known are: {', '.join(sorted(FUNCTIONS))}"
    try:
        result = calls.evaluate(function, values)
    except CalcError as error:
        return error.message
    rows = result if isinstance(result, list) and isinstance(result[0], list) else [result]
    for row_number, row in enumerate(rows, 1):
        for column_number, cell in enumerate(row if isinstance(row, list) else [row], 1):
            if isinstance(cell, CalcError):
                return f"Row {row_number}, column {column_number}: {cell.message}"
    return "OK"
