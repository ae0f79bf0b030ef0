"""The commands of a documentation page: run in a folder, and compared with what the page shows.

A block marked `console` holds lines that begin with "$ " and, below each, what it prints. A line of the page may hold
"...", which stands for any text within the line; a line that is only "..." stands for any lines. What a reader does in
a spreadsheet program is a line the site does not show:

    % test: busy.xlsx is bot.xlsx with 40000 in Inputs!B21
"""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

_PARTS = re.compile(r"^```console\n(.*?)^```$|^% test: (.*?)$", re.MULTILINE | re.DOTALL)
_EDIT = re.compile(r"(\S+) is (\S+) with (\S+) in (.+)!([A-Z]+\d+)")


@dataclass
class Step:
    """A command with the text below it, or an edit of a workbook."""

    line: int
    command: str = ""
    shown: str = ""
    edit: str = ""


def steps(page: str) -> Iterator[Step]:
    """What a page asks its reader to do, in order."""
    for part in _PARTS.finditer(page):
        line = page.count("\n", 0, part.start()) + 1
        if part[2]:
            yield Step(line, edit=part[2])
            continue
        for command in re.split(r"^\$ ", part[1], flags=re.MULTILINE)[1:]:
            first, _, shown = command.partition("\n")
            yield Step(line, first, shown)


def here(command: str) -> tuple[str, int]:
    """Run one of our commands in this process and folder, which saves a second; what it printed and its exit code."""
    from addin.cli import main

    printed = io.StringIO()
    with patch.object(sys, "argv", shlex.split(command)), redirect_stdout(printed), redirect_stderr(printed):
        try:
            main()
        except SystemExit as ended:
            return printed.getvalue(), int(ended.code or 0)
    return printed.getvalue(), 0


def run(step: Step, folder: Path, environment: dict[str, str]) -> tuple[str, int]:
    """Do one step in a process of its own; what it printed and its exit code. An edit prints nothing."""
    if step.edit:
        edit(folder, step.edit)
        return "", 0
    done = subprocess.run(
        ["/bin/sh", "-c", step.command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return done.stdout, done.returncode


def edit(folder: Path, words: str) -> None:
    """Type a number into a cell of a copy, and store what every formula then shows, as a spreadsheet program does."""
    from workbook.file.addresses import row_and_column
    from workbook.file.edits import constant_edit
    from workbook.file.package import Package
    from workbook.file.xmlspans import spliced
    from workbook.tasks.recalc import recalc

    found = _EDIT.fullmatch(words)
    assert found, f"not understood: {words}"
    new, old, value, sheet, place = found.groups()
    with Package(folder / old) as package:
        part = package.worksheet(sheet).part
        (cell,) = (cell for cell in package.cells(part) if (cell.row, cell.column) == row_and_column(place))
        data = package.read(part)
        package.replace(part, spliced(data, [constant_edit(data, cell, float(value))]))
        package.save(folder / f"unsaved-{new}")
    recalc(folder / f"unsaved-{new}", folder / new, everything=True)


def matches(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed, spaces at the end of a line apart."""
    pattern = "".join(_line_pattern(line) for line in shown.rstrip("\n").split("\n")) if shown.strip() else ""
    return re.fullmatch(pattern, _tidy(printed), re.DOTALL) is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:[^\n]*\n)*"
    return "[^\n]*".join(re.escape(part) for part in line.rstrip().split("...")) + r"\n"


def _tidy(text: str) -> str:
    """Without spaces at line ends and empty lines, which tables print and pages leave out."""
    lines = (line.rstrip() for line in text.split("\n"))
    return "".join(line + "\n" for line in lines if line)
