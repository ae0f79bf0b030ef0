"""`breakeven diff`: what changed between two workbooks, and what moved the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from addin.cli import terminal
from addin.cli.progress import working

if TYPE_CHECKING:
    from rich.console import Console

    from workbook.file.cells import Value
    from workbook.tasks.diff.changes import Change, Difference, Group

SHOWN = 20
"""Lines of a table; --json has all."""

HEADLINES = (
    "out_recommendation",
    "out_best_monthly",
    "out_decision",
    "out_breakeven_months",
    "out_saving_monthly",
    "out_upfront",
    "out_npv",
    "out_suitability",
)
"""The template's answers the table explains; --json explains all."""


def diff(old: Path, new: Path) -> None:
    """Say which inputs, prices, formulas and results differ, and by how much each input moved the answer.

    Both workbooks are recalculated first. Each changed input is put into the old workbook alone; what all of them
    move together beyond the sum is the interaction. Exit code 0: no difference that counts. 1: there are some.
    2: a file cannot be compared.
    """
    from workbook.tasks.diff import diff as run

    with working("Comparing"):
        found = run(old, new)
    if not terminal.as_json(found):
        _show(terminal.console(), found)
    if not found.same:
        raise typer.Exit(1)


def _show(console: Console, found: Difference) -> None:
    if found.same:
        console.print(f"{found.old} and {found.new} compute the same from the same inputs")
        return
    for words, names in (("Sheets added", found.added_sheets), ("Sheets removed", found.removed_sheets)):
        if names:
            console.print(f"{words}: {', '.join(names)}")
    _changes(console, "Inputs and prices", found.inputs)
    _answers(console, found)
    _changes(console, "Formulas", found.formulas, {group.name: group for group in found.groups})
    if found.results:
        shown = not any(answer.name.startswith("out_") for answer in found.answers)
        console.print(f"{len(found.results):,} results differ", style="bold")
        if shown:
            _changes(console, "Results", found.results)
    if found.texts:
        console.print(f"{len(found.texts):,} texts and numbers that no formula reads differ; --json lists them")


def _changes(console: Console, title: str, changes: list[Change], groups: dict[str, Group] | None = None) -> None:
    """A table of changes; of a group one line, with its shortest formula as the example."""
    if not changes:
        return
    examples = {change.group: change for change in sorted(changes, key=lambda item: -len(f"{item.old}{item.new}"))}
    lines = [change for change in changes if not change.group or examples[change.group] is change]
    table = terminal.table(("What", "Cell", "Old", "New"), ("Change",) if groups is None else ())
    for change in lines[:SHOWN]:
        group = groups.get(change.group) if groups else None
        if group is None:
            what, where, example = change.name or change.label, change.where, ""
        else:
            what, where, example = f"{group.count:,} cells: {group.what}", group.where, f"{change.cell}: "
        old, new = ("" if value is None else example for value in (change.old, change.new))
        old += _shown(change.old, change.date)
        new += _shown(change.new, change.date)
        table.add_row(what, where, old, new, *([_moved(change)] if groups is None else ()))
    console.print(title, style="bold")
    console.print(table)
    if len(lines) > SHOWN:
        console.print(f"and {len(lines) - SHOWN:,} more; --json lists all", style="dim")
    elif len(lines) < len(changes):
        console.print("Cells that changed alike are put together; --json lists each", style="dim")
    console.print()


def _answers(console: Console, found: Difference) -> None:
    """For each answer that moved: from old, by each input alone, by interaction, by the rest, to new."""
    from rich.text import Text

    from workbook.file.values import same
    from workbook.tasks.diff import difference

    template = any(answer.name in HEADLINES for answer in found.answers)
    wanted = [answer for answer in found.answers if not template or answer.name in HEADLINES]
    if template:
        wanted.sort(key=lambda answer: HEADLINES.index(answer.name))
    table = terminal.table(("Answer", "By", "From", "To"), ("Moved",))
    for answer in wanted:
        effects = [effect for effect in found.effects if effect.answer == answer.name]
        unmoved = same(answer.old, answer.new)
        if unmoved and not effects:
            continue
        total = "" if unmoved else _signed(difference(answer.old, answer.new))
        title = Text(answer.name, "bold"), Text("all changes", "bold")
        table.add_row(*title, _shown(answer.old), _shown(answer.new), total)
        for effect in effects[:SHOWN]:
            by = f"{effect.change.title} alone"
            table.add_row("", by, _shown(effect.before), _shown(effect.after), _signed(effect.moved))
        if answer.interaction:
            table.add_row("", "inputs together, beyond their sum", "", "", _signed(answer.interaction))
        if answer.rest and not same(answer.with_inputs, answer.new):
            values = _shown(answer.with_inputs), _shown(answer.new)
            table.add_row("", "formulas and the rest", *values, _signed(answer.rest))
    if table.row_count:
        console.print("What moved the answer", style="bold")
        console.print(table)
    if found.untried:
        console.print(f"{found.untried:,} more changed inputs were not tried one at a time", style="dim")
    console.print()


def _moved(change: Change) -> str:
    from workbook.tasks.diff import difference

    moved = difference(change.old, change.new)
    if moved is None:
        return ""
    if change.date:
        return f"{moved:+,.0f} day{'' if abs(moved) == 1 else 's'}"
    old = change.old
    return f"{moved / abs(old):+.1%}" if isinstance(old, float) and old else _signed(moved)


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+,.6g}"


def _shown(value: Value, is_date: bool = False) -> str:
    """A value as a table shows it; a day as a person writes it."""
    from workbook.formulas.dates import as_day

    text = (as_day(value) if is_date else "") or terminal.cell(value, ",.10g", "(blank)")
    return text if len(text) <= 160 else text[:157] + "..."
