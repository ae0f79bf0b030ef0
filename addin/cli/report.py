"""`breakeven report`: the decision memo on a workbook, and the course's report on the hospital."""

from __future__ import annotations

from pathlib import Path

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free


def report(
    book: Path | None = None,
    form: str = "",
    out: Path | None = None,
    date: str = "",
    case: str = "",
    anyway: bool = False,
) -> None:
    """Write the decision memo: the answer, the options, what would flip it, assumptions with sources, checks.

    html is a page for somebody without a spreadsheet: one file, for a phone too, whose inputs can be moved.
    """
    from workbook.tasks import report as operations

    if (book is None) == (not case):
        terminal.fail("give a workbook, or --case hospital")
    if book is None:
        _case(case, out)
        return
    if date:
        date = terminal.iso_date(date)
    if terminal.as_json(lambda: _lines(book, date, anyway)):
        return
    form = form.lower().lstrip(".")
    if out is None and (form or "txt") in ("pdf", "docx", "html"):
        terminal.fail(f"-o is missing: a {form} is no text for the screen. Give -o memo.{form}")
    if out is not None:
        check_free(out, book)
    with working("Recalculating and writing"):
        data = operations.report(book, out, form, date=date, anyway=anyway)
    if out is None:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        terminal.say(text, nl=False)
    else:
        terminal.say(f"{out}: {len(data):,} bytes")


def _lines(book: Path, date: str, anyway: bool) -> list[dict[str, object]]:
    from workbook.tasks.report import contents, table

    with working("Recalculating"):
        memo = contents(book, date=date, anyway=anyway)
    return [dict(zip(table.COLUMNS, line, strict=True)) for line in table.lines(memo)]


def _case(case: str, out: Path | None) -> None:
    """The course's report, which needs no workbook."""
    terminal.check_choice("--case", case, ("hospital",))
    from workbook.file.saving import replacing
    from workbook.tasks.report.hospital import MedicalAIProject

    project = MedicalAIProject()
    if out is not None:
        if "json" in terminal.FLAGS.get() or out.suffix.lower() not in (".txt", ".md"):
            terminal.fail(f"the report on {case} is a text: give -o {out.with_suffix('.txt')}, or a workbook")
        check_free(out)
        with replacing(out) as stream:
            stream.write(project.report().encode())
        terminal.say(f"{out}: {out.stat().st_size:,} bytes")
        return
    running = ("pe_monthly", "ft_monthly", "training", "labor")
    years = ("pe_year1", "ft_year1", "pe_year2", "ft_year2", "newer_year1", "winner")
    figures = {name: getattr(project, name) for name in (*running, *years)}
    if not terminal.as_json(figures | {"recommendation": project.recommendation()}):
        terminal.say(project.report(), nl=False)
