"""`breakeven functions`: the list, or one function's full help."""

from __future__ import annotations

from addin.cli import terminal


def functions(name: str | None = None) -> None:
    """List the worksheet functions, or explain one."""
    from pycalc import FUNCTIONS
    from pycalc.registry import documentation

    if name is not None and name.upper() not in FUNCTIONS:
        terminal.fail(f"No function is named {name}. {documentation.nearest(name)}")
    chosen = [FUNCTIONS[name.upper()]] if name else documentation.in_order()
    if terminal.as_json(lambda: [documentation.as_data(function) for function in chosen]):
        return
    if name:
        terminal.say(documentation.help_text(chosen[0]))
    else:
        _print_list(documentation)


def _print_list(documentation) -> None:
    from rich.text import Text

    table = terminal.table(("Function", "What it gives"))
    section = ""
    for function in documentation.in_order():
        if function.section != section:
            section = function.section
            table.add_row("", "")
            table.add_row(Text(section, style="bold"), "")
        table.add_row(function.name, function.summary)
    terminal.print_table(table)
