"""The decision memo on a workbook: one page for the board, details after it, in five formats."""

from __future__ import annotations

import os
from pathlib import Path

from pycalc.version import how_to_install
from workbook.errors import WorkbookError
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.file.saving import check_other, replacing
from workbook.progress import step
from workbook.tasks.broken import refuse_broken, refuse_settings
from workbook.tasks.kinds import is_portfolio
from workbook.tasks.page import page
from workbook.tasks.report import portfolio
from workbook.tasks.report.contents import memo
from workbook.tasks.report.figures import read
from workbook.tasks.report.memo import Memo

__all__ = ["FORMATS", "MEMO_FORMATS", "Memo", "ReportNeeds", "contents", "report", "written"]

MEMO_FORMATS = ("txt", "md", "pdf", "docx", "csv")
"""What a memo is written in."""

FORMATS = (*MEMO_FORMATS, "html")
"""All that `report` writes: the page is made from the workbook, not from the memo."""


class ReportNeeds(WorkbookError):
    """A library that writes a format is not installed; the message says how to install it."""


@steady()
def report(
    book: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    form: str = "",
    *,
    date: str = "",
    anyway: bool = False,
) -> bytes:
    """The decision memo on a workbook; written to `out` where that is given, and returned.

    Every figure is recalculated first, so the memo never shows a stale value. The same workbook gives the same
    bytes: the date in the heading is the workbook's start date.

    Parameters
    ----------
    book : the workbook, made from our template, which is not touched.
    out : the file to write.
    form : "txt", "md", "pdf", "docx", "csv", or "html", the page that recomputes; by default what `out` ends in,
        else "txt".
    date : an ISO date for the heading in place of the workbook's start date.
    anyway : report on a workbook with formulas that read deleted cells, too.

    Raises
    ------
    BadWorkbook : the file is no workbook, or has not our named results. Nothing is written then.
    ReportNeeds : a library for this format is not installed.

    Examples
    --------
    >>> report("techwiz.xlsx", "memo.pdf")[:4]                                  # doctest: +SKIP
    b'%PDF'
    """
    form = (form or (Path(out).suffix[1:] if out else "") or "txt").lower()
    if form not in FORMATS:
        raise WorkbookError(f"there is no report format {form!r}. There are {', '.join(FORMATS)}")
    if out is not None:
        check_other(book, out)
        ending = Path(out).suffix[1:].lower()
        if ending in FORMATS and ending != form:
            raise WorkbookError(f"{out} ends in .{ending}, but the report is to be a {form}. Use the ending .{form}")
    if form == "html":
        with Package(book) as package:
            if is_portfolio(package):
                raise WorkbookError(f"{book}: a portfolio has no page with sliders. Use pdf, docx, md, txt or csv")
        data = page(book, anyway=anyway)
    else:
        data = written(contents(book, date=date, anyway=anyway), form)
    if out is not None:
        with replacing(Path(out), like=book) as stream:
            stream.write(data)
    return data


@steady()
def contents(book: str | os.PathLike[str], *, date: str = "", anyway: bool = False) -> Memo:
    """The memo as data."""
    with Package(book) as package:
        refuse_broken(package, "report on", anyway)
        refuse_settings(package, "the report")
        step("recalculating", 1, 3)
        if is_portfolio(package):
            return portfolio.memo(package, date, anyway)
        figures = read(package, anyway=anyway)
        step("composing the memo", 2, 3)
        return memo(figures, package, date)


def written(made: Memo, form: str) -> bytes:
    """A memo in one of `MEMO_FORMATS`."""
    if form not in MEMO_FORMATS:
        raise WorkbookError(f"a memo is not written as {form!r}. There are {', '.join(MEMO_FORMATS)}")
    step(f"writing it as {form}", 3, 3)
    try:
        if form == "pdf":
            from workbook.tasks.report.pdf import as_pdf

            return as_pdf(made)
        if form == "docx":
            from workbook.tasks.report.word import as_docx

            return as_docx(made)
    except ModuleNotFoundError as missing:
        raise ReportNeeds(f"the {form} report needs the package {missing.name}. {how_to_install('report')}") from None
    if form == "csv":
        from workbook.tasks.report.table import as_csv

        return as_csv(made).encode("utf-8-sig")  # Excel takes a CSV without the mark for an 8-bit one
    from workbook.tasks.report import text

    return (text.as_markdown(made) if form == "md" else text.as_text(made)).encode()
