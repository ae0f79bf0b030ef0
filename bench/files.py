"""`new`, `recalc`, `check` and `handover` on files of growing size, against openpyxl's load and save."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, breakeven, last_line, process, skipped

_LOAD_AND_SAVE = "import sys, openpyxl; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])"
_WORTH_TRYING = 60.0
"""A command that took longer than this is not tried on the next size."""


def files(quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ran = process(breakeven("new", "--case", "techwiz", str(folder / "new.xlsx")))
        if ran.code:
            yield skipped("Files", "new", last_line(ran))
        else:
            theirs = process(_openpyxl(folder / "new.xlsx"))
            yield Row(
                "Files",
                "new (the template)",
                None,
                ran.seconds,
                "openpyxl load and save of it",
                theirs.seconds,
                None,
                ran.megabytes,
                theirs.megabytes,
            )
        slow: set[str] = set()
        for size in (100, 1_000, 10_000, *(() if quick else (100_000,))):
            book = folder / f"{size}.xlsx"
            _write(book, size)
            theirs = process(_openpyxl(book))
            for command in ("recalc", "check", "handover"):
                if command in slow:
                    yield skipped("Files", f"{command} of {size:,}", f"the size before took over {_WORTH_TRYING:g} s")
                    continue
                arguments = [command, str(book)]
                if command != "check":
                    arguments += ["-o", str(folder / f"{command}-{size}.xlsx")]
                ran = process(breakeven(*arguments))
                if ran.code not in (0, 1):  # 1: done, with something to say
                    yield skipped("Files", f"{command} of {size:,}", last_line(ran))
                    continue
                if ran.seconds > _WORTH_TRYING:
                    slow.add(command)
                yield Row(
                    "Files",
                    command,
                    size,
                    ran.seconds,
                    "openpyxl load and save",
                    theirs.seconds,
                    None,
                    ran.megabytes,
                    theirs.megabytes,
                )


def _openpyxl(book: Path) -> list[str]:
    return [sys.executable, "-c", _LOAD_AND_SAVE, str(book), str(book.with_name("openpyxl.xlsx"))]


def _write(path: Path, size: int) -> None:
    """A workbook of `size` formulas: half native, half calls of our functions."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Model")
    for row in range(size // 2):
        place = row + 1
        sheet.write_row(row, 0, (10_000 + row % 100, 315, 9, 2095.33))
        sheet.write_formula(row, 4, f"=B{place}-C{place}", None, 306)
        sheet.write_formula(row, 5, f"=FT_BREAKEVEN(D{place},B{place},C{place})", None, 2095.33 / 306)
    book.close()
