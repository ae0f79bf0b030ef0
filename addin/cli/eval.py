"""`breakeven eval`: any formula, through the embedded engine."""

from __future__ import annotations

import typer


def eval(
    formula: str = typer.Argument(..., help="A formula, such as '=FT_BREAKEVEN(2095.33,315,9)'."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Work out a formula, ours and native functions mixed; the exit code is 1 for an error value."""
    from addin.cli import fail
    from pycalc.errors import CalcError
    from pycalc.registry import number_text
    from workbook.engines import formualizer
    from workbook.formula import FormulaError

    try:
        value = formualizer.evaluate(formula)
    except FormulaError as problem:
        fail(f"{formula}: {problem}")
    message = value.message if isinstance(value, CalcError) and value.function else ""
    shown = value.code if isinstance(value, CalcError) else value
    if json:
        import json as json_text

        typer.echo(json_text.dumps({"formula": formula, "value": shown, "message": message}))
    else:
        typer.echo(number_text(shown) if isinstance(shown, float) else _text(shown))
        if message:
            typer.echo(message, err=True)
    raise typer.Exit(1 if isinstance(value, CalcError) else 0)


def _text(value: object) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value or "")
