"""Commands on workbooks of growing size, against openpyxl's load and save: processor time and peak memory."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measure import Ran, Row, breakeven, last_line, process, skipped

_LOAD_AND_SAVE = "import sys, openpyxl; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])"
_AGAINST = "openpyxl load and save"
_GOALS = {"recalc": 0.5, "check": 0.7, "handover": 1.0, "diff": 0.7}
_WORTH_TRYING = 60.0
"""A command that took longer than this is not tried on the next size."""


def files(quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "new.xlsx"
        ran = process(breakeven("new", "--case", "techwiz", str(template)))
        if ran.code:
            yield skipped("Files", "new", last_line(ran))
        else:
            theirs = process(_openpyxl(template))
            yield _row("new (the template)", None, ran, theirs, None)
            yield from _commands(template, " (the template)", None, theirs, set())
        slow: set[str] = set()
        for size in (1_000, 10_000, *(() if quick else (100_000,))):
            for kind, write in (("", filled), (", mixed", mixed)):
                book = folder / f"{size}{kind}.xlsx"
                write(book, size)
                theirs = process(_openpyxl(book))
                yield from _commands(book, kind, size, theirs, slow)


def _commands(book: Path, kind: str, size: int | None, theirs: Ran, slow: set[str]) -> Iterator[Row]:
    for command, goal in _GOALS.items():
        what = command + kind
        if what in slow:
            yield skipped("Files", f"{what} of {size:,}", f"the size before took over {_WORTH_TRYING:g} s")
            continue
        out = str(book.with_name(f"{command}-{book.name}"))
        others = {"check": [], "diff": [str(book)]}.get(command, ["-o", out])
        ran = process(breakeven(command, str(book), *others))
        if ran.code not in (0, 1):  # 1: done, with something to say
            yield skipped("Files", what, last_line(ran))
            continue
        if ran.processor > _WORTH_TRYING:
            slow.add(what)
        yield _row(what, size, ran, theirs, goal)


def _row(what: str, size: int | None, ours: Ran, theirs: Ran, goal: float | None) -> Row:
    megabytes = (ours.megabytes, theirs.megabytes)
    return Row("Files", what, size, ours.processor, _AGAINST, theirs.processor, goal, *megabytes)


def _openpyxl(book: Path) -> list[str]:
    return [sys.executable, "-c", _LOAD_AND_SAVE, str(book), str(book.with_name("openpyxl.xlsx"))]


def filled(path: Path, size: int) -> None:
    """A workbook of `size` formulas in two columns filled down: half native, half calls of our functions."""
    formulas = (("=B{0}-C{0}", 306), ("=FT_BREAKEVEN(D{0},B{0},C{0})", 2095.33 / 306))
    _write(path, size, lambda row: (10_000 + row % 100, 315, 9, 2095.33), formulas)


def mixed(path: Path, size: int) -> None:
    """A workbook of `size` formulas of ten kinds: comparisons, look-ups, ranges, chains, errors caught; half ours."""
    formulas = (
        ("=B{0}-C{0}", 306),
        ("=FT_BREAKEVEN($D{0},$B{0},C{0})", 2095.33 / 306),
        ('=IF(B{0}>C{0}*2,"fine","not")', "fine"),
        ("=PE_MONTHLY(A{0},50,B{0},100,0.5,1.5)", 0.3325),
        ("=ROUND(SUM(A{0}:E{0})/5,2)", 783.87),
        ("=IFERROR(FT_BREAKEVEN(D{0},B{0}/2,$C${0}),0)+1", 2095.33 / 148.5 + 1),
        ("=E{0}+F{0}", 806),
        ("=FT_ROI(12,D{0},B{0})", (12 * 315 - 2095.33) / 2095.33),
        ("=VLOOKUP(A{0},$A$1:$B$50,2,FALSE)", 315),
        ("=ROUND(PE_MONTHLY(A{0},50,B{0},100,0.5,1.5),2)", 0.33),
    )
    _write(path, size, lambda _: (1_000, 315, 9, 2095.33, 500), formulas)


def _write(
    path: Path, size: int, constants: Callable[[int], tuple[float, ...]], formulas: tuple[tuple[str, object], ...]
) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Model")
    for row in range(size // len(formulas)):
        values = constants(row)
        sheet.write_row(row, 0, values)
        for column, (formula, value) in enumerate(formulas, len(values)):
            sheet.write_formula(row, column, formula.format(row + 1), None, value)
    book.close()
