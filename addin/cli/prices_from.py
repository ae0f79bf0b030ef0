"""`breakeven prices --from LIST FILE.json`: a newer public list against the catalogue, and into a file of one's own."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free
from pycalc.models import catalogue

if TYPE_CHECKING:
    from pycalc.models.snapshot import PriceChange

LISTS = ("litellm", "genai-prices")
SHOWN = 400
"""Rows of the table; all of them stand in the file and in --json."""


def compare(name: str, file: Path, model: str, day: str, new: bool, out: Path | None) -> None:
    """Show what a list changes, then write it where the user says."""
    from pycalc.models import catalogue, snapshot
    from workbook.file.saving import check_other, same_file

    terminal.check_choice("--from", name, LISTS)
    if not file.is_file():
        terminal.fail(f"{file} is no file. Download the list first: no command goes to the network")
    if out is not None:
        if out.suffix.lower() != ".csv":
            terminal.fail(f"{out} is no CSV file. Write -o my-prices.csv")
        check_free(out, file)
        check_other(file, out)
        if same_file(out.parent, Path(catalogue.__file__).parents[1] / "data"):
            terminal.fail(f"{out} is a file of the catalogue itself, which no command changes. Choose another place")
    day = day or _changed_on(file)
    with working(f"Comparing {file.name}"):
        found = snapshot.changes(name, file, day)
    if model:
        found = [change for change in found if change.model == catalogue.key(model)]
    fresh = [change for change in found if change.before is None]
    kept = found if new or model else [change for change in found if change.before is not None]
    told = terminal.as_json({"list": name, "day": day, "changes": kept, "new": len(fresh)})
    if not told:
        _show(kept, f"{name}, {file.name}, against the catalogue's prices of {day}")
        if not new and not model:
            terminal.say(f"{len(fresh):,} more prices are not in the catalogue: --new shows and writes them too.")
    if out is not None:
        _write(out, kept, name, day)
        if not told:
            terminal.say(f"{out}: {len(kept):,} prices. Look them over, then use --prices {out}.")


def _show(found: list[PriceChange], title: str) -> None:
    if not found:
        terminal.say(f"{title}: no price differs.")
        return
    table = terminal.table(("Model", "Kind"), ("Catalogue", "List", "Change"))
    for change in found[:SHOWN]:
        table.add_row(change.model, change.kind, *terminal.moved(change.before, change.after, "new", ""))
    terminal.print_table(table, title=title)
    if len(found) > SHOWN:
        terminal.say(f"and {len(found) - SHOWN:,} more: name a model, or use --json.")


def _write(out: Path, found: list[PriceChange], name: str, day: str) -> None:
    from pycalc.models import snapshot
    from workbook.file.saving import replacing

    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, snapshot.COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(snapshot.rows(found, name, day))
    with replacing(out) as file:
        file.write(text.getvalue().encode("utf-8"))


def _changed_on(file: Path) -> str:
    """The day the file was last changed: when it was downloaded, unless --on says otherwise.

    A list older than the catalogue is no newer one; a copy out of an archive may say 1980.
    """
    return max(date.fromtimestamp(file.stat().st_mtime).isoformat(), catalogue.as_of())
