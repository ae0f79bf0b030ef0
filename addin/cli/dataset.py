"""`breakeven dataset`: what is in a fine-tuning file, what training on it costs, and whether it pays."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from addin.cli import terminal
from addin.cli.progress import reading, working
from addin.cli.target import check_free, check_options, in_one_state, say_if_signed
from pycalc.dataset.vendors import FORMATS, VENDORS, Format
from pycalc.models.catalogue import serial

TARGETS = (*VENDORS, *(name for name in FORMATS if name not in (Format.VERTEX, Format.BEDROCK, Format.TEXT)))
"""What a file can be converted for: a vendor, or a format by its own name."""


class _AuditUnlessNamed(TyperGroup):
    """`breakeven dataset FILE` is `breakeven dataset audit FILE`."""

    def parse_args(self, ctx, args):
        if not args:
            args = ["--help"]
        elif args[0] not in (*self.commands, "--help", "-h"):
            args = ["audit", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_AuditUnlessNamed,
    add_completion=False,
    rich_markup_mode=None,
    help="Audit a chat fine-tuning file (the default), or build one from a table: breakeven dataset FILE.jsonl",
)


@app.command()
def audit(
    file: str,
    vendor: str = "",
    to: str = "",
    model: list[str] | None = None,
    epochs: int | None = None,
    limit: int | None = None,
    training_price: float | None = None,
    on: str | None = None,
    held_out: str | None = None,
    label: str = "",
    edge: list[str] | None = None,
    volume: float | None = None,
    compare_with: str = "",
    prompt_tokens: float | None = None,
    minutes: float = 5,
    wage: float = 50,
    max_months: float = 6,
    use_case: str = "style",
    facts_change: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    into: Path | None = None,
    overwrite: bool = False,
    out: Path | None = None,
) -> None:
    """Audit a fine-tuning file as OpenAI's data-preparation guide does, by any vendor's rules; or convert it with --to.

    Exit code: 0 no errors in the data, 1 errors in the data (the rest is counted), 2 nothing could be audited.
    """
    from pycalc.dataset.audit import audit as run
    from pycalc.dataset.cost import Plan

    terminal.check_choice("--for", vendor, ("", *VENDORS))
    if to:
        _convert(file, to, out)
    check_options(into, out, workers, scheduler)
    plan = Plan(
        **({"models": tuple(model)} if model else {}),
        epochs=epochs,
        limit=limit,
        training_price=training_price,
        on_date=serial(terminal.iso_date(on)) if on else None,
        volume=volume,
        compare_with=compare_with,
        prompt_tokens=prompt_tokens,
        minutes_per_example=minutes,
        hourly_wage=wage,
        max_months=max_months,
        use_case=use_case,
        facts_change=facts_change,
    )
    asked: dict[str, Any] = {"vendor": vendor, "held_out": held_out, "label": label, "edge": edge or ()}
    with in_one_state(file, held_out), reading("Reading", file, held_out) as progress:
        result = run(file, plan, **asked, workers=workers, scheduler=scheduler, progress=progress)
    if into is not None and out is not None:
        result["into"] = _write_into(result, into, out, overwrite)
    _show(result)


def _show(result: dict[str, Any]) -> None:
    """Show the audit; exit code 1 where the data has errors."""
    from pycalc.dataset.audit import has_errors

    if not terminal.as_json(result):
        from addin.cli.dataset_report import show

        show(result)
    if has_errors(result):
        raise typer.Exit(1)


@app.command()
def build(
    table: str,
    out: str,
    sheet: str | None = None,
    system: str = "",
) -> None:
    """Build a training file from a table of examples.

    Rows with the same value in a column `conversation`, one after the other, become one example of several
    turns. Exit code: 0 all rows written, 1 some left out, 2 nothing written.
    """
    from workbook.tasks.training_file import build as run

    check_free(Path(out), Path(table))
    with working(f"Writing {out}"):
        built = run(table, out, sheet=sheet, system=system)
    skipped = [{"row": row, "reason": reason} for row, reason in built.skipped]
    told = {"out": out, "rows": built.rows, "examples": built.examples, "skipped": skipped}
    if not terminal.as_json(told | {"ignored_columns": built.ignored}):
        terminal.say(f"{built.examples:,} examples from {built.rows:,} rows: {out}")
        if built.ignored:
            terminal.print_text(f"Columns not used: {', '.join(built.ignored)}", "dim")
        left_out = [f"row {row} left out: {reason}" for row, reason in built.skipped]
        terminal.print_some(left_out, 10, " rows; --json lists all", "yellow")
        terminal.print_text(f"Now audit it: breakeven dataset {out}", "dim")
    if built.skipped:
        raise typer.Exit(1)


def _convert(file: str, to: str, out: Path | None) -> NoReturn:
    """Convert a training file. Exit code: 0 all examples held, 1 some left out, 2 nothing written."""
    from workbook.tasks.training_file import convert as run

    terminal.check_choice("--to", to, TARGETS)
    if out is None:
        terminal.fail("--to needs --out FILE: the training file itself is never changed")
    check_free(out, None if file == "-" else Path(file))
    with in_one_state(file), working(f"Writing {out}"):
        converted = run(file, str(out), to)
    left_out = [{"line": line, "reason": reason} for line, reason in converted.left_out]
    lost = dict(converted.lost)
    told = {"out": str(out), "examples": converted.examples, "not_held": converted.not_held, "lost": lost}
    if not terminal.as_json(told | {"left_out": left_out, "formats": dict(converted.formats)}):
        from addin.cli.dataset_report import show_converted

        show_converted(converted, str(out), to)
    raise typer.Exit(1 if converted.left_out else 0)


def _write_into(result: dict[str, Any], into: Path, out: Path, overwrite: bool) -> dict[str, Any]:
    from workbook.tasks.training_inputs import write_inputs

    if "models" not in result:
        terminal.fail(
            f"{result['file']}: no example could be counted, so {into} has nothing to gain. Nothing was written"
        )
    with working(f"Writing {out}"):
        written = write_inputs(into, out, result, overwrite=overwrite)
    say_if_signed(into)
    return written
