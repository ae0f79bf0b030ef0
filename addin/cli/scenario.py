"""`breakeven scenario`: what-if columns and tabs, on a copy of a workbook."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free
from pycalc.models import catalogue

if TYPE_CHECKING:
    from workbook.tasks.scenario import Changed, Scenario


def scenario(
    book: Path,
    name: str = "",
    change: list[str] | None = None,
    sweep: str = "",
    source: str = "",
    on: str = "",
    remove: str = "",
    listing: bool = False,
    inputs: bool = False,
    out: Path | None = None,
    who: str = "",
    anyway: bool = False,
) -> None:
    """Add scenarios to a copy of a workbook, each with a column and a tab as if it had shipped; list or remove them."""
    from workbook.tasks import scenario as operations

    adding = bool(change or sweep or source)
    if sum((adding, bool(remove), listing, inputs)) != 1:
        terminal.fail("say one thing to do: --set, --sweep or --from prices to add, --remove NAME, --list, or --inputs")
    if listing:
        _list(book)
        return
    if inputs:
        _inputs(book)
        return
    if out is None:
        terminal.fail("-o COPY.xlsx is missing: the workbook itself is never changed")
    check_free(out, book)
    wanted = [] if remove else _wanted(name, change or [], sweep, source, on)
    with working(f"Writing {out}"):
        today = date.today().isoformat()
        if remove:
            result = operations.remove_scenario(book, out, remove, by=who, day=today)
        else:
            result = operations.add_scenarios(book, out, wanted, by=who, day=today, anyway=anyway)
    if terminal.as_json(lambda: _as_data(result)):
        return
    _say_what_changed(result)
    terminal.say(f"{out}: recalculated; {book} is as it was.")


def _say_what_changed(result: Changed) -> None:
    for column in result.added:
        assert column.tab is not None
        terminal.say(f"Scenario {column.number}, {column.title}: column {column.letters}, tab {column.tab.name}")
        for item in result.overrides[column.number]:
            terminal.say(f"  {item.name} = {_value(item.name, item.value)}  ({item.how})")
    if result.removed:
        terminal.say(f"Removed: {result.removed}")
    for warning in result.warnings:
        terminal.say(f"Note: {warning}")


def _wanted(name: str, given: list[str], sweep: str, source: str, on: str) -> list[Scenario]:
    """The scenarios asked for."""
    from workbook.tasks.scenario import Scenario, changes

    day = ""
    if source:
        terminal.check_choice("--from", source.strip().lower(), ("prices",))
        day = terminal.iso_date(on) if on else catalogue.as_of()
    elif on:
        terminal.fail("--on goes with --from prices")
    if not sweep:
        title = name or (f"Prices on {day}" if day else "")
        if not title:
            terminal.fail("--name is missing: a scenario needs a name, such as --name 'GPT-4 half price'")
        return [Scenario(title, tuple(given), day)]
    pairs = changes.sweep(sweep)
    before = f"{name}: " if name else ""
    return [Scenario(f"{before}{item} {value}", (*given, f"{item}={value}"), day) for item, value in pairs]


def _list(book: Path) -> None:
    from workbook.tasks.scenario import scenarios

    found = scenarios(book)
    if terminal.as_json([_column(column) for column in found if not column.spare]):
        return
    table = terminal.table(("No", "Name", "Column", "Tab", "Overrides"))
    for column in found:
        if not column.spare:
            overrides = ", ".join(f"{name}={_value(name, value)}" for name, value in column.overrides.items())
            tab = column.tab.name if column.tab else "none"
            table.add_row(str(column.number), column.title, column.letters, tab, overrides)
    terminal.print_table(table)
    terminal.say(f"{sum(column.spare for column in found)} spare columns of {len(found)}.")


def _inputs(book: Path) -> None:
    from workbook.tasks.scenario import inputs as base_values
    from workbook.template.inputs import INPUTS

    base = base_values(book)
    rows = [
        {"name": name, "label": INPUTS[name].label, "base": value, "unit": INPUTS[name].unit}
        for name, value in base.items()
    ]
    if terminal.as_json(rows):
        return
    table = terminal.table(("Name", "Input"), ("Base",), ("Unit",))
    for name, value in base.items():
        table.add_row(name, INPUTS[name].label, _value(name, value), INPUTS[name].unit)
    terminal.print_table(table)


def _value(name: str, value: object) -> str:
    """A value as a person writes it: dates as dates."""
    from workbook.template.inputs import INPUTS

    return (INPUTS[name].quantity.kind == "date" and catalogue.day_of(value)) or terminal.cell(value)


def _column(column: Any) -> dict[str, Any]:
    return {
        "number": column.number,
        "name": column.title,
        "column": column.letters,
        "tab": column.tab.name if column.tab else None,
        "overrides": column.overrides,
    }


def _as_data(result: Changed) -> dict[str, Any]:
    added = [
        _column(column) | {"how": {change.name: change.how for change in result.overrides[column.number]}}
        for column in result.added
    ]
    return {"out": result.out, "added": added, "removed": result.removed or None, "warnings": result.warnings}
