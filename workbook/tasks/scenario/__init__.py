"""Scenarios of a workbook: added with a tab and a column of their own, listed, removed, always on a copy.

A new scenario takes the first spare column of the sheet Scenarios, and that column's tab takes its name. Everything
else stays byte for byte, but for stored values, which are recalculated.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbook.errors import BadWorkbook
from workbook.file import my_prices, named
from workbook.file.addresses import Place
from workbook.file.book import recalculate_on_load
from workbook.file.cells import Cell, Value
from workbook.file.notes import add_notes
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.file.put import Held, put_values
from workbook.file.saving import check_target
from workbook.progress import counted
from workbook.tasks.broken import refuse_broken, refuse_settings
from workbook.tasks.recalc import save_recalculated
from workbook.tasks.scenario import catalogued, changes, tabs
from workbook.tasks.scenario import log as notes
from workbook.tasks.scenario.changes import BadChange, Change
from workbook.tasks.scenario.layout import Column, Layout, read

__all__ = ["BadChange", "Change", "Changed", "Scenario", "add_scenarios", "remove_scenario", "scenarios"]

_LONGEST_TITLE = 80
_LOGICAL: dict[str, Value] = {"TRUE()": True, "FALSE()": False}
"""As LibreOffice stores a logical value, which needs no recalculation."""


@dataclass(frozen=True)
class Scenario:
    """A scenario to add: its name and its changes, such as "pe_input_price=-50%" or "queries=20000".

    `prices_on` is an ISO date: the catalogue's prices of that day for the models the workbook names; changes come
    after it and win.
    """

    name: str
    changes: tuple[str, ...] = ()
    prices_on: str = ""


@dataclass
class Changed:
    """What was done: the file written, the scenarios added with their overrides, what a person should know."""

    out: Path
    added: list[Column] = field(default_factory=list)
    overrides: dict[int, list[Change]] = field(default_factory=dict)
    """By scenario number."""
    removed: str = ""
    warnings: list[str] = field(default_factory=list)


@steady()
def scenarios(book: str | os.PathLike[str]) -> list[Column]:
    """Every scenario column of a workbook, spare ones too, with its overrides and its tab.

    Raises
    ------
    BadWorkbook : the workbook has no scenarios of ours.

    >>> [column.title for column in scenarios("techwiz.xlsx")][:2]              # doctest: +SKIP
    ['Base', 'GPT-4 at 0.03 per 1K']
    """
    with Package(book) as package:
        return read(package).columns


def inputs(book: str | os.PathLike[str]) -> dict[str, Value]:
    """The inputs a scenario can override, with their base values.

    Raises
    ------
    BadWorkbook : the workbook has no scenarios of ours.
    """
    with Package(book) as package:
        return base_values(package, read(package))


@steady()
def add_scenarios(
    book: str | os.PathLike[str],
    out: str | os.PathLike[str],
    wanted: Sequence[Scenario],
    *,
    by: str = "",
    day: str = "",
    anyway: bool = False,
) -> Changed:
    """Write a copy of a workbook with further scenarios, each with a column and its tab.

    Parameters
    ----------
    book : the workbook, which is not touched.
    out : the copy.
    wanted : the scenarios, in the order of their columns.
    by, day : who and when, for the change log on the sheet Log; the line is left out where no day is given.
    anyway : work on a workbook with formulas that read deleted cells, too.

    Raises
    ------
    BadWorkbook : the workbook has no scenarios of ours, or no spare column is left. Nothing is written then.
    BadChange : a change names no input, or a value it cannot have. Nothing is written then.

    Examples
    --------
    >>> half = Scenario("GPT-4 half price", ("pe_input_price=-50%", "pe_output_price=-50%"))
    >>> add_scenarios("techwiz.xlsx", "half.xlsx", [half]).added[0].number        # doctest: +SKIP
    5
    """
    check_target(book, out)
    result = Changed(Path(out))
    with Package(book) as package:
        refuse_broken(package, "add the scenario to", anyway)
        refuse_settings(package, "the scenario", as_shown=True)
        layout = read(package)
        base = base_values(package, layout)
        with my_prices.in_use(package):
            planned = [_planned(package, layout, base, scenario, result) for scenario in wanted]
        _check_names(layout, [scenario.name for scenario in wanted])
        spare = [column for column in layout.columns if column.spare and column.number > 1]
        if len(spare) < len(wanted):
            raise BadWorkbook(
                book,
                f"{len(wanted)} scenarios want a column; of the {len(layout.columns)} on its sheet {layout.sheet.name} "
                f"{len(spare) or 'none'} {'is' if len(spare) < 2 else 'are'} spare",
                "Remove one with --remove NAME",
            )
        each = list(zip(spare, wanted, planned, strict=False))
        for column, scenario, overrides in counted(each, "scenarios", len(each)):
            result.added.append(_add(package, layout, column, scenario.name.strip(), overrides, result, by, day))
            result.overrides[column.number] = overrides
        _save(package, result)
    return result


@steady()
def remove_scenario(
    book: str | os.PathLike[str], out: str | os.PathLike[str], name: str, *, by: str = "", day: str = ""
) -> Changed:
    """Write a copy of a workbook without one scenario: its overrides go, its column and tab are spare again.

    Parameters
    ----------
    book : the workbook, which is not touched.
    out : the copy.
    name : its title, or its tab's name. The base cannot be removed.
    by, day : who and when, for the change log on the sheet Log; the line is left out where no day is given.

    Raises
    ------
    BadWorkbook : there is no such scenario. Nothing is written then.
    """
    check_target(book, out)
    result = Changed(Path(out))
    with Package(book) as package:
        layout = read(package)
        column = layout.find(name)
        if column is None:
            known = ", ".join(f'"{known.title}"' for known in layout.columns[1:] if known.title) or "none"
            raise BadWorkbook(book, f'it has no scenario named "{name}"', f"It has {known}")
        if column.number == 1:
            raise BadWorkbook(book, "the base cannot be removed", "Every other scenario counts from it")
        result.removed = column.title or name
        where = layout.column(column.number)
        rows = [layout.titles, *layout.rows.values()]
        notes.remove(package, layout.sheet.part, [f"{column.letters}{row}" for row in rows])
        _write(package, layout, {(row, where): None for row in rows})
        _select_base(package, layout, column.number, result)
        if column.tab:
            tabs.rename(package, column.tab, tabs.tab_name(package, f"Scenario {column.number}"))
        if day:
            notes.log(package, day, by, f'Scenario {column.number} "{result.removed}" removed')
        _save(package, result)
    return result


def base_values(package: Package, layout: Layout) -> dict[str, Value]:
    """The base value of each input that has an override row; recalculated where it is a formula."""
    strings = package.strings()
    wanted = {layout.inputs[name]: name for name in layout.rows}
    found: dict[str, Value] = dict.fromkeys(layout.rows)
    formulas = []
    sheets = {place[0] for place in wanted}
    for sheet in package.worksheets():
        for cell in package.cells(sheet.part) if sheet.name in sheets else ():
            name = wanted.get((sheet.name, cell.row, cell.column))
            if name:
                found[name] = _LOGICAL.get(cell.formula or "", cell.value(strings))
                if cell.kind and cell.formula not in _LOGICAL:
                    formulas.append((name, (sheet.name, cell.address)))
    if formulas:
        from workbook.engines.settling import believed

        values = believed(package).values
        for name, key in formulas:
            found[name] = values.get(key, found[name])
    return found


def _planned(
    package: Package, layout: Layout, base: dict[str, Value], scenario: Scenario, result: Changed
) -> list[Change]:
    """The overrides of a scenario; a later change of an input replaces an earlier one only if that came by prices."""
    found: dict[str, Change] = {}
    if scenario.prices_on:
        from_prices, missing = catalogued.prices_on(package, layout, base, scenario.prices_on)
        found = {change.name: change for change in from_prices}
        result.warnings += [f"{scenario.name}: {line}" for line in missing]
    given: set[str] = set()
    for text in scenario.changes:
        change = changes.parse(text, base)
        if change.name in given:
            raise BadChange(f"{change.name} is changed twice in {scenario.name!r}. Give it once")
        given.add(change.name)
        found[change.name] = change
        if change.warning:
            result.warnings.append(f"{scenario.name}: {change.warning}")
    for change in list(found.values()):
        if change.name in catalogued.MODELS and change.value != "none":
            rate = catalogued.usd_rate(package)
            priced, missing = catalogued.prices_of(layout, base, change, set(found), scenario.prices_on, rate)
            found |= {each.name: each for each in priced}
            result.warnings += [f"{scenario.name}: {line}" for line in missing]
    if not found:
        raise BadChange(f"the scenario {scenario.name!r} changes nothing. Give it a change such as pe_input_price=-50%")
    return list(found.values())


def _check_names(layout: Layout, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        bare = name.strip()
        if not bare:
            raise BadChange("a scenario needs a name. Give one, such as --name 'GPT-4 half price'")
        if len(bare) > _LONGEST_TITLE:
            raise BadChange(
                f"the name {bare[:20]}.. has {len(bare)} characters. At most {_LONGEST_TITLE} fit its heading"
            )
        if any(ord(character) < 32 for character in bare):
            raise BadChange(f"the name {bare!r} holds a line break or another control character. Leave it out")
        taken = layout.find(bare)
        if taken is not None or bare.lower() in seen:
            number = f" (scenario {taken.number})" if taken else ""
            raise BadChange(
                f"there is a scenario named {bare!r} already{number}. Take another name, or remove that one"
            )
        seen.add(bare.lower())


def _add(
    package: Package,
    layout: Layout,
    column: Column,
    title: str,
    overrides: list[Change],
    result: Changed,
    by: str,
    day: str,
) -> Column:
    where = layout.column(column.number)
    values: dict[Place, Value] = {(layout.titles, where): title}
    _write(package, layout, values | {(layout.rows[change.name], where): change.value for change in overrides})
    said = {f"{column.letters}{layout.rows[change.name]}": change.how for change in overrides}
    unnoted = add_notes(package, layout.sheet.part, said)
    if unnoted:
        result.warnings.append(f"No note on {', '.join(unnoted)}: the sheet has threaded comments")
    if column.tab:
        tabs.rename(package, column.tab, tabs.tab_name(package, title))
    else:
        result.warnings.append(f"Column {column.letters} of the sheet {layout.sheet.name} has no tab of its own")
    if day:
        line = f'Scenario {column.number} "{title}" added: ' + "; ".join(
            f"{c.name} {c.how.partition(':')[0]}" for c in overrides
        )
        notes.log(package, day, by, line)
    part = column.tab.part if column.tab else ""
    tab = next((sheet for sheet in package.worksheets() if sheet.part == part), None)
    return Column(column.number, column.letters, title, {change.name: change.value for change in overrides}, tab)


def _write(package: Package, layout: Layout, values: dict[Place, Value]) -> None:
    """Put values into cells of the sheet of scenarios; a new cell looks like its neighbour in the last column."""

    def neighbour(place: Place, held: Held) -> Cell | None:
        return next((held[place[0], other] for other in range(layout.last, 0, -1) if (place[0], other) in held), None)

    put_values(package, layout.sheet, values, like=neighbour, clearing=True)


def _select_base(package: Package, layout: Layout, number: int, result: Changed) -> None:
    """When the removed scenario is in force, the base is from now on."""
    sheet_name, row, column = layout.inputs["scenario"]
    sheet = package.worksheet(sheet_name)
    held = Held(package, sheet)
    cell = held.get((row, column))
    if cell is not None and not cell.kind and held.value((row, column)) == float(number):
        put_values(package, sheet, {(row, column): 1.0}, held=held)
        result.warnings.append("The removed scenario was in force; the base is now")


def _save(package: Package, result: Changed) -> None:
    """Write the copy with every value recalculated, and say when a check that held no longer does."""
    if note := package.signature_note():
        result.warnings.append(note.rstrip("."))
    recalculate_on_load(package)
    before = named.stored(package, ("out_checks",)).get("out_checks")
    save_recalculated(package, result.out)
    if before is not True:
        return
    with Package(result.out) as written:
        held = named.stored(written, ("out_checks",)).get("out_checks")
    if held is False:
        result.warnings.append("A check that held before no longer does: see the sheet Checks")
