"""`breakeven eval`: any formula, through the embedded engine."""

from __future__ import annotations

import typer


def eval(
    formula: str = typer.Argument(..., help="A formula, such as '=FT_BREAKEVEN(2095.33,315,9)'."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Work out a formula, ours and native functions mixed; the exit code is 1 for an error value.

    There is no workbook, so a cell it names is blank. An array shows its rows.
    """
    from addin.cli import fail
    from addin.cli.progress import working
    from pycalc.errors import CalcError
    from workbook.engines import formualizer
    from workbook.formula import FormulaError, parse

    if not formula.strip(" ="):
        fail("the formula is empty. Write one, such as '=FT_BREAKEVEN(2095.33,315,9)'")
    try:
        parsed = parse(formula)
        cells = [one.text for one in parsed.references() if one.kind in ("cell", "range")]
        if cells:
            typer.echo(f"Note: there is no workbook here, {', '.join(cells)} counts as blank.", err=True)
        with working("Working out the formula"):
            value = formualizer.evaluate(formula)
    except FormulaError as problem:
        fail(f"{formula}: {problem}")
    rows = value if isinstance(value, list) else [[value]]
    errors = [cell for row in rows for cell in row if isinstance(cell, CalcError)]
    message = errors[0].message if errors and errors[0].function else ""
    if errors and errors[0].code == "#NAME?":
        message = _unknown_name([call.name for call in parsed.calls])
    if json:
        import json as json_text

        codes: list = [[cell.code if isinstance(cell, CalcError) else cell for cell in row] for row in rows]
        shown = codes if isinstance(value, list) else codes[0][0]
        typer.echo(json_text.dumps({"formula": formula, "value": shown, "message": message}))
    else:
        for row in rows:
            typer.echo("\t".join(map(_text, row)))
        if message:
            typer.echo(message, err=True)
    raise typer.Exit(1 if errors else 0)


def _unknown_name(calls: list[str]) -> str:
    """What may be wrong where the engine knows a name in the formula no better than we do."""
    from pycalc import FUNCTIONS, documentation

    hints = [f"{name}: {documentation.nearest(name)}" for name in calls if name not in FUNCTIONS]
    guesses = [hint for hint in hints if "Did you mean" in hint]
    return " ".join(guesses) or "A name in the formula is unknown here. `breakeven functions` lists our functions."


def _text(value: object) -> str:
    """A cell as a spreadsheet shows it."""
    from pycalc.errors import CalcError
    from pycalc.registry import number_text

    if isinstance(value, CalcError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    return number_text(value) if isinstance(value, float) else str(value or "")
