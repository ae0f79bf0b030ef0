"""`breakeven prices`: the catalogue with its sources, on a date or between two, and into a workbook."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free, say_if_signed
from pycalc.errors import NoAnswerError
from pycalc.models import catalogue


def prices(
    model: str | None = None,
    on: str | None = None,
    history: bool = False,
    diff: tuple[str, str] | None = None,
    refresh: Path | None = None,
    snapshot: tuple[str, Path] | None = None,
    new: bool = False,
    out: Path | None = None,
) -> None:
    """Show prices with their sources, compare two dates or a newer list, or refresh a workbook's Prices sheet."""
    if out is not None and refresh is None and snapshot is None:
        terminal.fail("-o goes with --refresh BOOK.xlsx or --from LIST FILE.json")
    if snapshot is not None and (refresh or diff or history):
        terminal.fail("--from takes no --refresh, --diff or --history")
    if new and snapshot is None:
        terminal.fail("--new goes with --from LIST FILE.json")
    if sum((bool(on), bool(diff), history)) > 1:
        terminal.fail("--on, --history and --diff exclude each other: give one")
    day = terminal.iso_date(on) if on else catalogue.as_of()
    if snapshot is not None:
        from addin.cli.prices_from import compare

        compare(*snapshot, model or "", terminal.iso_date(on) if on else "", new, out)
    elif refresh is not None:
        if model or diff or history:
            terminal.fail(
                "--refresh takes no model, --diff or --history: it brings every row of the Prices sheet up to date"
            )
        target = out or refresh.with_name(f"{refresh.stem}-refreshed{refresh.suffix}")
        check_free(target, refresh)
        _refresh(refresh, target, day)
    elif diff is not None:
        _differences(model or "", terminal.iso_date(diff[0]), terminal.iso_date(diff[1]))
    else:
        _list(model or "", "" if history else day)


def _list(model: str, day: str) -> None:
    rows = list(catalogue.prices(model, day))
    if model:
        with suppress(NoAnswerError):  # most models have no fine-tuned prices
            rows += catalogue.prices(f"ft:{model}", day) if not model.lower().startswith("ft:") else []
    if terminal.as_json(lambda: [row.as_dict() for row in rows]):
        return
    heading = f"Prices on {day}" if day else "Prices, all periods"
    if not rows:
        rows = list(catalogue.prices(model))
        terminal.print_text(f"No price of {model} holds on {day}." + (" All its periods:" if rows else ""))
        heading = "Prices, all periods"
    if rows:
        _print_rows(f"{heading}; USD per 1M tokens unless another unit is named", rows, day)
    if model:
        terminal.print_text(_facts(model, day))


def _facts(model: str, day: str) -> str:
    """Context window and shutdown date, as a sentence."""
    try:
        found = catalogue.load().latest(model)
    except NoAnswerError:
        return "Only your own prices know this model; the catalogue does not."
    name = catalogue.load().find(model, day) if day else found.name
    facts = [f"{model} is {name}"] if catalogue.key(model) != name.lower() else []
    facts += [f"context window {found.context_window:,} tokens"] if found.context_window else []
    when = day or catalogue.as_of()
    if found.shutdown:
        facts += [f"shut down on {found.shutdown}" if found.shutdown <= when else f"shutdown {found.shutdown}"]
    else:
        facts += ["its seller's shutdown date is not kept here" if "/" in name else "no shutdown announced"]
    return "; ".join(facts)


def _differences(model: str, first: str, second: str) -> None:
    before, after = _by_key(model, first), _by_key(model, second)
    found: list[dict[str, Any]] = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old and new and old.amount == new.amount:
            continue
        row = new or old
        assert row is not None
        found.append(
            {
                "model": row.model,
                "kind": row.kind,
                "unit": catalogue.UNITS[row.unit],
                "before": old.amount if old else None,
                "after": new.amount if new else None,
                "from": new.effective_from if new else (old.effective_to if old else ""),
                "source": row.source,
            }
        )
    if terminal.as_json({"from": first, "to": second, "changes": found}):
        return
    if not found:
        terminal.print_text(f"No price changed from {first} to {second}.")
        return
    notes: dict[str, int] = {}
    table = terminal.table(("Model", "Kind"), ("Before", "After", "Change"), ("Since", "Source"))
    for change in found:
        moved = terminal.moved(change["before"], change["after"], "new", "ended")
        source = terminal.note_number(notes, change["source"])
        table.add_row(change["model"], change["kind"], *moved, change["from"], source)
    terminal.print_table(table, notes, f"From {first} to {second}")


def _by_key(model: str, day: str) -> dict[tuple[str, str], catalogue.Price]:
    """The prices that hold on a day; of one model, by the name the user gave, which may be another snapshot then."""
    try:
        rows = catalogue.prices(model, day)
        return {(model.lower() or row.model.lower(), row.kind): row for row in rows}
    except NoAnswerError:
        catalogue.load().latest(model)  # a name that is known on no day at all is a mistake
        return {}


def _refresh(book: Path, out: Path, day: str) -> None:
    from workbook.tasks.refresh import refresh

    with working(f"Writing {out}"):
        changes = refresh(book, out, day)
    say_if_signed(book)
    if terminal.as_json({"workbook": str(out), "prices_on": day, "rows": changes}):
        return
    table = terminal.table(("Cell", "Model", "Kind"), ("Before", "After", "Change"), ("What",))
    for row in changes:
        table.add_row(row.cell, row.model, row.kind, *terminal.moved(row.before, row.after, "", ""), row.what)
    if not changes:
        terminal.print_text(
            f"{out}: a copy, recalculated. The sheet Prices of {book} names no model and kind yet, so there was no "
            "price to look up. Write both into a row of its table; MODEL_PRICE gives a price without one."
        )
        return
    terminal.print_table(table)
    changed = sum(row.before != row.after for row in changes)
    kept = sum(row.what.startswith("kept") for row in changes)
    unknown = f"; {kept} kept, no price of that day is known" if kept else ""
    terminal.print_text(
        f"{out}: prices of {day}; {changed} of {len(changes)} prices changed{unknown}. {book} is as it was."
    )


def _print_rows(title: str, rows: list[catalogue.Price], day: str) -> None:
    notes: dict[str, int] = {}
    table = terminal.table(("Model", "Kind"), ("Price",), ("From", "To before", "Source"))
    for row in rows:
        unit = "" if row.unit == catalogue.TOKEN_PRICE else f" [{catalogue.UNITS[row.unit]}]"
        known = catalogue.load().models.get(row.model.lower())
        shut = known.shutdown if known and known.shutdown <= (day or catalogue.as_of()) else ""
        note = terminal.note_number(notes, row.provenance(shut, with_period=False))
        period = row.effective_from, row.effective_to
        table.add_row(row.model, f"{row.kind}{unit}", f"{row.amount:g}", *period, note)
    terminal.print_table(table, notes, title)
