"""`breakeven eval`: any formula, through the embedded engine."""

from __future__ import annotations

import typer

from addin.cli import terminal
from addin.cli.progress import working

TYPE_CHECKING = False
if TYPE_CHECKING:
    from workbook.formulas.parser import Formula


def eval(formula: str) -> None:
    """Work out a formula, ours and native functions mixed; the exit code is 1 for an error value.

    There is no workbook, so a cell it names is blank. An array shows its rows, a date is shown as one.
    """
    from pycalc.errors import CalcError
    from workbook.engines.single import evaluate
    from workbook.formulas.dates import gives_dates
    from workbook.formulas.parser import FormulaError, parse

    if not formula.strip(" ="):
        terminal.fail("the formula is empty. Write one, such as '=FT_BREAKEVEN(2095.33,315,9)'")
    try:
        parsed = parse(formula)
        cells = [one.text for one in parsed.references() if one.kind in ("cell", "range")]
        if cells:
            terminal.say(f"Note: there is no workbook here, {', '.join(cells)} counts as blank.", err=True)
        with working("Working out the formula"):
            value = evaluate(formula)
    except FormulaError as problem:
        terminal.fail(f"{formula}: {problem}")
    rows = value if isinstance(value, list) else [[value]]
    dates = gives_dates(formula)
    errors = [cell for row in rows for cell in row if isinstance(cell, CalcError)]
    message = errors[0].message if errors and errors[0].function else ""
    if errors and errors[0].code == "#NAME?":
        message = _unknown_names(parsed)
    said = {"formula": formula, "value": value, "message": message}
    if dates and not isinstance(value, list):
        said["date"] = _text(value, dates)
    if not terminal.as_json(said, indent=None):
        for row in rows:
            terminal.say("\t".join(_text(cell, dates) for cell in row))
        if message:
            terminal.say(message, err=True)
    raise typer.Exit(1 if errors else 0)


def _unknown_names(parsed: Formula) -> str:
    """The names in a formula that neither the engine nor we know, with what may have been meant."""
    from pycalc.registry import documentation
    from workbook.engines.surroundings import unknown_functions

    called = dict.fromkeys(call.name for call in parsed.calls)
    unknown = unknown_functions(called)
    if not called.keys() & {"LET", "LAMBDA"}:  # they give names of their own a meaning
        unknown += dict.fromkeys(one.text for one in parsed.references() if one.kind == "name")
    if not unknown:
        return "A name in the formula is unknown here."
    said = [f"{name} is no function or defined name here." for name in unknown]
    meant = [hint for name in unknown if "Did you mean" in (hint := documentation.nearest(name))]
    return " ".join([*said, *(meant or ["`breakeven functions` lists ours."])])


def _text(value: object, is_date: bool) -> str:
    """A cell as a spreadsheet shows it; a day as a person writes it."""
    from pycalc.registry.definition import number_text
    from workbook.formulas.dates import as_day

    if isinstance(value, float):
        return (as_day(value) if is_date else "") or number_text(value)
    return terminal.cell(value)
