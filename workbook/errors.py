"""The errors of this package that a person can mend."""

from __future__ import annotations

import os

from pycalc.errors import UserError


class WorkbookError(UserError):
    """A workbook, or a task on one, that cannot be done as asked. A command prints the line and exits with 2."""


class BadWorkbook(WorkbookError):
    """A file that cannot be used as a workbook, or a place that cannot be written to.

    The message is one line: which file, what is wrong, what to do.
    """

    def __init__(self, path: str | os.PathLike[str], what: str, remedy: str) -> None:
        self.path = str(path)
        self.what = what
        self.remedy = remedy
        line = f"{self.path}: {what}. {remedy}"
        super().__init__(" ".join(line.split()).rstrip(".") + ".")


class BadCell(WorkbookError, ValueError):
    """A cell that no spreadsheet program writes."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"The file is damaged: {what}. Open it in Excel, let it repair, save it.")
